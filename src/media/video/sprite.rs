//! Shapes that are blended over a picture: letters, marks and what lies behind them.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::colour::Colour;
use super::frame::{PlaneMut, PlanesMut};

/// How much of each pixel a shape covers.
#[derive(Default, PartialEq, Eq)]
pub struct Mask {
    width: usize,
    height: usize,
    /// Coverage of luma pixels, 0 to 255, row after row.
    luma: Vec<u8>,
    /// Coverage of chroma pixels, at half the size.
    chroma: Vec<u8>,
}

impl Mask {
    /// A mask from its coverage, row after row; both sides are rounded up to even numbers.
    /// `pixel(x, y)` is asked once for each pixel.
    pub fn new(width: usize, height: usize, mut pixel: impl FnMut(usize, usize) -> u8) -> Self {
        let (full_width, full_height) = (width.next_multiple_of(2), height.next_multiple_of(2));
        let mut luma = vec![0; full_width * full_height];
        for (y, row) in luma.chunks_exact_mut(full_width.max(1)).enumerate().take(height) {
            row[..width].iter_mut().enumerate().for_each(|(x, out)| *out = pixel(x, y));
        }
        let chroma = halved(&luma, full_width);
        Self { width: full_width, height: full_height, luma, chroma }
    }

    /// Columns; even.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows; even.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The rows from the first to the last that it covers any of; none where it covers nothing.
    pub fn ink(&self) -> Range<usize> {
        let covers = |row: &[u8]| row.iter().any(|pixel| *pixel > 0);
        let mut rows = self.luma.chunks_exact(self.width.max(1)).map(covers);
        let first = rows.position(|covers| covers);
        let more = rows.rposition(|covers| covers).map_or(0, |last| last + 1);
        first.map_or(0..0, |first| first..first + 1 + more)
    }
}

/// The mean of each four.
fn halved(luma: &[u8], width: usize) -> Vec<u8> {
    let pairs = luma.chunks_exact((2 * width).max(1));
    let rows = pairs.flat_map(|pair| {
        let (upper, lower) = pair.split_at(width);
        let columns = upper.chunks_exact(2).zip(lower.chunks_exact(2));
        columns.map(|(a, b)| {
            let sum: u16 = [a[0], a[1], b[0], b[1]].into_iter().map(u16::from).sum();
            ((sum + 2) / 4) as u8
        })
    });
    rows.collect()
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mask({}x{})", self.width, self.height)
    }
}

/// A shape in one colour at a place of a tile.
#[derive(Clone, Debug)]
pub struct Sprite {
    /// Columns from the tile's left edge; odd ones are rounded down.
    pub left: u16,
    /// Rows from its upper edge; odd ones are rounded down.
    pub top: u16,
    /// The shape.
    pub mask: Arc<Mask>,
    /// Its colour.
    pub colour: Colour,
    /// How much of what is below it hides where it covers, 0 to 255.
    pub opacity: u8,
}

impl PartialEq for Sprite {
    /// Masks are the same where they are one.
    fn eq(&self, other: &Self) -> bool {
        (self.left, self.top, self.colour, self.opacity)
            == (other.left, other.top, other.colour, other.opacity)
            && Arc::ptr_eq(&self.mask, &other.mask)
    }
}

impl Sprite {
    /// Blends what of it lies within a tile.
    pub fn draw(&self, tile: &mut PlanesMut<'_>) {
        let (left, top) = (usize::from(self.left & !1), usize::from(self.top & !1));
        let (width, height) = (self.mask.width, self.mask.height);
        let mut place = tile.part(left, top, width, height);
        let Colour { y, u, v } = self.colour;
        blend(&mut place.y, &self.mask.luma, width, y, self.opacity);
        blend(&mut place.u, &self.mask.chroma, width / 2, u, self.opacity);
        blend(&mut place.v, &self.mask.chroma, width / 2, v, self.opacity);
    }
}

fn blend(plane: &mut PlaneMut<'_>, mask: &[u8], width: usize, value: u8, opacity: u8) {
    let opacity = u32::from(opacity) + u32::from(opacity >= 128);
    for (row, mask) in plane.rows_mut().zip(mask.chunks_exact(width.max(1))) {
        for (pixel, cover) in row.iter_mut().zip(mask) {
            // 0 to 65280: 256 parts of 255.
            let cover = u32::from(*cover) * opacity;
            let sum = u32::from(*pixel) * (65_280 - cover) + u32::from(value) * cover;
            *pixel = ((sum + 32_640) / 65_280) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::frame::{FramePool, FrameSource};
    use causeway_base::VideoSize;

    fn drawn(sprite: &Sprite) -> Vec<Vec<u8>> {
        let mut frame = FramePool::new(1).take(VideoSize::new(8, 6)).unwrap();
        frame.planes_mut().fill(Colour::BLACK);
        sprite.draw(&mut frame.planes_mut());
        frame.planes().y.rows().map(<[u8]>::to_vec).collect()
    }

    #[test]
    fn shapes_cover_as_much_as_they_say_and_stay_within_their_tile() {
        let mask = Arc::new(Mask::new(3, 3, |x, _| if x == 0 { 128 } else { 255 }));
        let sprite = |left, top, opacity| Sprite {
            left,
            top,
            mask: Arc::clone(&mask),
            colour: Colour::WHITE,
            opacity,
        };
        let rows = drawn(&sprite(2, 2, 255));
        assert_eq!(rows[1], [16; 8]);
        assert_eq!(rows[2], [16, 16, 126, 235, 235, 16, 16, 16]);
        assert_eq!(rows[5], [16; 8]);
        let half = drawn(&sprite(3, 2, 128));
        assert!(half[2][3].abs_diff(126) <= 1, "{}", half[2][3]);
        assert_eq!(drawn(&sprite(6, 4, 255))[4], [16, 16, 16, 16, 16, 16, 126, 235]);
        assert_eq!(drawn(&sprite(40, 40, 255))[5], [16; 8]);
    }

    #[test]
    fn odd_shapes_have_chroma_at_their_edges() {
        let mask = Mask::new(3, 1, |_, _| 255);
        assert_eq!((mask.width(), mask.height()), (4, 2));
        assert_eq!(mask.chroma, [128, 64]);
        assert_eq!(Mask::new(0, 0, |_, _| 1).luma, []);
    }

    #[test]
    fn what_is_seen_of_a_shape_is_from_its_first_row_to_its_last() {
        let rows = |covered: &'static [usize]| {
            Mask::new(2, 8, move |_, y| u8::from(covered.contains(&y))).ink()
        };
        assert_eq!((rows(&[2, 5]), rows(&[3]), rows(&[])), (2..6, 3..4, 0..0));
        assert_eq!(Mask::default().ink(), 0..0);
    }
}
