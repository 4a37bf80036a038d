//! What is shown where, without pixels: a picture is composed in several sizes from one decision.

use causeway_base::VideoSize;

/// Columns of the grid that places are counted in. With [`GRID_HEIGHT`] it is 16:9, and both can
/// be divided by all that layouts divide by: 2, 3, 4, 5, 6 and 7.
pub const GRID_WIDTH: u16 = 20_160;

/// Rows of the grid.
pub const GRID_HEIGHT: u16 = 11_340;

/// A place in a picture, counted in the grid. It lies within the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Area {
    left: u16,
    top: u16,
    width: u16,
    height: u16,
}

/// A place in a picture in pixels. All numbers are even, so that chroma has the same edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PixelArea {
    /// The left edge.
    pub left: u16,
    /// The upper edge.
    pub top: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Area {
    /// The whole picture.
    pub const ALL: Self = Self { left: 0, top: 0, width: GRID_WIDTH, height: GRID_HEIGHT };

    /// A place, unless it is empty or not within the picture.
    pub const fn new(left: u16, top: u16, width: u16, height: u16) -> Option<Self> {
        let fits = left as u32 + width as u32 <= GRID_WIDTH as u32
            && top as u32 + height as u32 <= GRID_HEIGHT as u32;
        if fits && width > 0 && height > 0 {
            return Some(Self { left, top, width, height });
        }
        None
    }

    /// The left edge.
    pub const fn left(&self) -> u16 {
        self.left
    }

    /// The upper edge.
    pub const fn top(&self) -> u16 {
        self.top
    }

    /// Columns.
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Rows.
    pub const fn height(&self) -> u16 {
        self.height
    }

    /// Whether both have a point in common.
    pub const fn meets(&self, other: &Self) -> bool {
        self.left < other.left + other.width
            && other.left < self.left + self.width
            && self.top < other.top + other.height
            && other.top < self.top + self.height
    }

    /// The place on a canvas of this size. Neighbours in the grid are neighbours in pixels.
    pub fn in_pixels(&self, canvas: VideoSize) -> PixelArea {
        let scaled = |at: u16, all: u16, pixels: u16| {
            (u32::from(at) * u32::from(pixels) / u32::from(all)) as u16 & !1
        };
        let x = |at| scaled(at, GRID_WIDTH, canvas.width);
        let y = |at| scaled(at, GRID_HEIGHT, canvas.height);
        let (left, top) = (x(self.left), y(self.top));
        let (right, bottom) = (x(self.left + self.width), y(self.top + self.height));
        PixelArea { left, top, width: right - left, height: bottom - top }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_base::SizeClass;

    #[test]
    fn the_grid_has_the_shape_of_a_canvas() {
        assert_eq!(u32::from(GRID_WIDTH) * 9, u32::from(GRID_HEIGHT) * 16);
        for parts in 2..=7 {
            assert_eq!((GRID_WIDTH % parts, GRID_HEIGHT % parts), (0, 0), "{parts}");
        }
    }

    #[test]
    fn a_place_outside_of_the_picture_is_none() {
        assert_eq!(Area::new(0, 0, GRID_WIDTH, GRID_HEIGHT), Some(Area::ALL));
        for (left, top, width, height) in [
            (1, 0, GRID_WIDTH, 1),
            (0, 1, 1, GRID_HEIGHT),
            (u16::MAX, 0, u16::MAX, 1),
            (0, u16::MAX, 1, u16::MAX),
            (0, 0, 0, 1),
            (0, 0, 1, 0),
        ] {
            assert_eq!(Area::new(left, top, width, height), None);
        }
    }

    proptest::proptest! {
        #[test]
        fn neighbours_leave_no_gap_and_do_not_overlap(cut in 1..GRID_WIDTH, class in 0usize..4) {
            let canvas = SizeClass::ALL[class].size();
            let left = Area::new(0, 0, cut, GRID_HEIGHT).expect("within").in_pixels(canvas);
            let right = Area::new(cut, 0, GRID_WIDTH - cut, GRID_HEIGHT).expect("within");
            let right = right.in_pixels(canvas);
            proptest::prop_assert_eq!(left.left + left.width, right.left);
            proptest::prop_assert_eq!(right.left + right.width, canvas.width);
            for number in [left.width, left.height, right.left, right.width] {
                proptest::prop_assert_eq!(number % 2, 0);
            }
        }
    }
}
