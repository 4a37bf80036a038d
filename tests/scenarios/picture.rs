//! A picture that a telephone or a browser saw, and what is where in it.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// Red, green and blue of each pixel.
pub(crate) struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// Reads a PNG of eight bits.
    pub(crate) fn read(path: &Path) -> Self {
        let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut reader = png::Decoder::new(BufReader::new(file)).read_info().expect("a PNG");
        let mut bytes = vec![0; reader.output_buffer_size().expect("not too large")];
        let info = reader.next_frame(&mut bytes).expect("a whole PNG");
        let samples = info.color_type.samples();
        let pixels = bytes[..info.buffer_size()]
            .chunks_exact(samples)
            .map(|pixel| match *pixel {
                [red, green, blue, ..] => [red, green, blue],
                [grey, ..] => [grey; 3],
                [] => unreachable!("a pixel has a sample"),
            })
            .collect();
        Self { width: info.width as usize, height: info.height as usize, pixels }
    }

    pub(crate) fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// The share of a part's pixels that look like a colour. The part is given by its corners in
    /// thousandths of the picture.
    pub(crate) fn share(&self, part: Part, colour: [u8; 3]) -> f64 {
        let Part { left, top, right, bottom } = part;
        let columns = self.width * left / 1_000..self.width * right / 1_000;
        let rows = self.height * top / 1_000..self.height * bottom / 1_000;
        let all = columns.len() * rows.len();
        let like = rows
            .flat_map(|row| columns.clone().map(move |column| row * self.width + column))
            .filter(|at| is_like(self.pixels[*at], colour))
            .count();
        like as f64 / all.max(1) as f64
    }

    /// The middle column of what looks like a colour in a part, in thousandths of the picture.
    pub(crate) fn column(&self, part: Part, colour: [u8; 3]) -> Option<usize> {
        let Part { left, top, right, bottom } = part;
        let rows = self.height * top / 1_000..self.height * bottom / 1_000;
        let columns = self.width * left / 1_000..self.width * right / 1_000;
        let is_there =
            |column: &usize, row| is_like(self.pixels[row * self.width + *column], colour);
        let alike: Vec<usize> = rows
            .flat_map(|row| columns.clone().filter(move |column| is_there(column, row)))
            .collect();
        let middle = alike.iter().sum::<usize>().checked_div(alike.len())?;
        Some(middle * 1_000 / self.width)
    }
}

/// A part of a picture: its corners in thousandths of the width and of the height.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) right: usize,
    pub(crate) bottom: usize,
}

/// As near as two codecs leave a colour.
fn is_like(pixel: [u8; 3], colour: [u8; 3]) -> bool {
    pixel.iter().zip(colour).all(|(ours, theirs)| ours.abs_diff(theirs) < 60)
}
