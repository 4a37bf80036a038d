//! A picture as a PNG file, for those who look at a meeting from outside.

use std::fmt;

use super::colour::Colour;
use super::frame::Frame;

/// A picture could not be written as PNG: no memory is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotError;

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the picture cannot be written")
    }
}

impl std::error::Error for SnapshotError {}

/// Writes a picture as PNG (RFC 2083) in eight bits of red, green and blue.
pub fn png(picture: &Frame) -> Result<Vec<u8>, SnapshotError> {
    let size = picture.size();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, size.width.into(), size.height.into());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().map_err(|_| SnapshotError)?;
    writer.write_image_data(&rgb(picture)).map_err(|_| SnapshotError)?;
    writer.finish().map_err(|_| SnapshotError)?;
    Ok(file)
}

/// Red, green and blue of each pixel, row after row.
fn rgb(picture: &Frame) -> Vec<u8> {
    let planes = picture.planes();
    let mut pixels = Vec::with_capacity(3 * picture.size().pixels() as usize);
    for (number, row) in planes.y.rows().enumerate() {
        let (u, v) = (planes.u.row(number / 2), planes.v.row(number / 2));
        let colours = row.iter().zip(u.iter().zip(v).flat_map(|both| [both, both]));
        pixels.extend(colours.flat_map(|(&y, (&u, &v))| Colour { y, u, v }.to_rgb()));
    }
    pixels
}
