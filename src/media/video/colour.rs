//! Colours in YCbCr by BT.601 with studio range, which is what video without a word about its
//! colours is taken for in telephony.

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Colour {
    /// Luma, 16 (black) to 235 (white).
    pub y: u8,
    /// Cb, 16 to 240, 128 without colour.
    pub u: u8,
    /// Cr, likewise.
    pub v: u8,
}

impl Colour {
    /// Black.
    pub const BLACK: Colour = Colour { y: 16, u: 128, v: 128 };
    /// White.
    pub const WHITE: Colour = Colour { y: 235, u: 128, v: 128 };

    /// From red, green and blue, 0 to 255 each (BT.601 in units of 1/256).
    pub const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        let (r, g, b) = (red as i32, green as i32, blue as i32);
        Self {
            y: (((66 * r + 129 * g + 25 * b + 128) >> 8) + 16) as u8,
            u: (((-38 * r - 74 * g + 112 * b + 128) >> 8) + 128) as u8,
            v: (((112 * r - 94 * g - 18 * b + 128) >> 8) + 128) as u8,
        }
    }

    /// Red, green and blue.
    pub const fn to_rgb(self) -> [u8; 3] {
        let (y, u, v) = (298 * (self.y as i32 - 16), self.u as i32 - 128, self.v as i32 - 128);
        [clip(y + 409 * v), clip(y - 100 * u - 208 * v), clip(y + 516 * u)]
    }
}

const fn clip(value: i32) -> u8 {
    let value = (value + 128) >> 8;
    if value < 0 {
        0
    } else if value > 255 {
        255
    } else {
        value as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_survive_the_way_there_and_back() {
        assert_eq!(Colour::rgb(0, 0, 0), Colour::BLACK);
        assert_eq!(Colour::rgb(255, 255, 255), Colour::WHITE);
        for red in (0..=255).step_by(51) {
            for green in (0..=255).step_by(51) {
                for blue in (0..=255).step_by(51) {
                    let back = Colour::rgb(red, green, blue).to_rgb();
                    for (a, b) in [red, green, blue].into_iter().zip(back) {
                        assert!(a.abs_diff(b) <= 3, "{red} {green} {blue}: {back:?}");
                    }
                }
            }
        }
    }
}
