//! What sources send: a moving scene with a number in each picture, encoded once.

use causeway_base::{SizeClass, VideoCodec, VideoSize};
use causeway_media::video::codec::{EncoderSettings, encoder};
use causeway_media::video::colour::Colour;
use causeway_media::video::frame::{Frame, FramePool, FrameSource, Plane};
use std::io;

/// Pictures of the clip: eight seconds, so that full pictures are as rare as in a call. Its
/// numbers fit a byte.
pub(crate) const PICTURES: usize = 240;

/// Pictures a second.
pub(crate) const FRAME_RATE: u8 = 30;

/// The number is drawn as so many cells in a row from the upper left corner, white for a one.
const BITS: usize = 8;

/// A cell is this part of the picture in both directions.
const CELLS: usize = 12;

/// The access units of the clip.
pub(crate) fn encoded(class: SizeClass) -> io::Result<Vec<Vec<u8>>> {
    encode(class, PICTURES, |pool, number| draw(pool, class.size(), number))
}

/// Those of a second of it, in which the picture of a number and the next are white: one alone may
/// be left out where time is short.
pub(crate) fn flashing(class: SizeClass, flash: usize) -> io::Result<Vec<Vec<u8>>> {
    encode(class, FRAME_RATE.into(), |pool, number| {
        if !(flash..=flash + 1).contains(&number) {
            return draw(pool, class.size(), number);
        }
        let mut white = pool.take(class.size()).map_err(io::Error::other)?;
        white.planes_mut().fill(Colour::rgb(255, 255, 255));
        Ok(white.freeze())
    })
}

fn encode(
    class: SizeClass,
    pictures: usize,
    draw: impl Fn(&FramePool, usize) -> io::Result<Frame>,
) -> io::Result<Vec<Vec<u8>>> {
    let (size, bitrate) = (class.size(), crate::leg::rate(class));
    let settings = EncoderSettings { size, bitrate, fps: FRAME_RATE, max_nal: None };
    let mut encoder = encoder(VideoCodec::H264, settings).map_err(io::Error::other)?;
    let pool = FramePool::new(2);
    let mut access_units = vec![];
    for number in 0..pictures {
        let mut access_unit = vec![];
        let picture = draw(&pool, number)?;
        encoder.encode(&picture, number == 0, &mut access_unit).map_err(io::Error::other)?;
        access_units.push(access_unit);
    }
    Ok(access_units)
}

/// The number in a picture, or in the part of one that shows the clip. `None` where it shows
/// something else.
pub(crate) fn number(luma: Plane<'_>) -> Option<u8> {
    let (width, height) = (luma.width() / CELLS, luma.height() / CELLS);
    let row = luma.row(height / 2);
    let bit = |bit: usize| match row.get(bit * width + width / 2)? {
        0..60 => Some(0),
        180.. => Some(1),
        _ => None,
    };
    (0..BITS).try_fold(0, |number, at| Some(number << 1 | bit(at)?))
}

/// A person's worth of movement before a still wall, and the grain of a camera.
fn draw(pool: &FramePool, size: VideoSize, number: usize) -> io::Result<Frame> {
    let mut frame = pool.take(size).map_err(io::Error::other)?;
    let (width, height) = (usize::from(size.width), usize::from(size.height));
    let mut planes = frame.planes_mut();
    let mut grain = number as u32 | 1;
    let angle = number as f32 / 20.0;
    let head = (
        width as f32 * (0.5 + 0.08 * angle.sin()),
        height as f32 * (0.5 + 0.05 * (1.7 * angle).cos()),
    );
    let radius = height as f32 / 4.0;
    for y in 0..height {
        let row = planes.y.row_mut(y);
        for (x, luma) in row.iter_mut().enumerate() {
            let distance = ((x as f32 - head.0).powi(2) + (y as f32 - head.1).powi(2)).sqrt();
            let base = if distance < radius {
                170.0 - 60.0 * distance / radius + 12.0 * ((x as f32 - head.0) / 9.0).sin()
            } else {
                70.0 + 60.0 * x as f32 / width as f32 + 20.0 * (y as f32 / 23.0).sin()
            };
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *luma = base as u8 + (grain >> 30) as u8;
        }
    }
    for (plane, base) in [(&mut planes.u, 110), (&mut planes.v, 140)] {
        for (y, row) in plane.rows_mut().enumerate() {
            row.fill(base + (y * 16 / height) as u8);
        }
    }
    let (cell_width, cell_height) = (width / CELLS, height / CELLS);
    for y in 0..cell_height {
        let row = planes.y.row_mut(y);
        for bit in 0..BITS {
            let value = if number >> (BITS - 1 - bit) & 1 == 1 { 235 } else { 16 };
            row[bit * cell_width..(bit + 1) * cell_width].fill(value);
        }
    }
    Ok(frame.freeze())
}
