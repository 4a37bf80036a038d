//! Planes to another size.
//!
//! As long as both directions shrink to half or less, four pixels become one: exact, and nearly
//! free. What is left is averaged by area where it shrinks and interpolated where it grows, first
//! down the columns, then along the rows. The last step writes straight into its destination.

mod kernel;
mod simd;

use super::frame::{Plane, PlaneMut, Planes, PlanesMut};
use kernel::Kernel;
use simd::Simd;

/// Width and height in pixels.
type Size = (usize, usize);

/// Scales pictures of one size to another. It keeps the weights and the rows in between.
#[derive(Debug)]
pub struct Scaler {
    luma: PlaneScaler,
    chroma: PlaneScaler,
}

impl Scaler {
    /// A scaler whose luma planes are of these sizes in pixels, width first; none of them zero.
    pub fn new(from: Size, to: Size) -> Self {
        Self::with(from, to, Simd::detect())
    }

    fn with(from: Size, to: Size, simd: Simd) -> Self {
        let half = |(width, height): Size| (width.div_ceil(2), height.div_ceil(2));
        Self {
            luma: PlaneScaler::new(from, to, simd),
            chroma: PlaneScaler::new(half(from), half(to), simd),
        }
    }

    /// Whether it was made for these sizes.
    pub fn is_for(&self, from: Size, to: Size) -> bool {
        self.luma.from == from && self.luma.to == to
    }

    /// Scales one picture. Planes that are smaller than the scaler was made for are left as they
    /// are.
    pub fn scale(&mut self, from: Planes<'_>, to: PlanesMut<'_>) {
        let PlanesMut { mut y, mut u, mut v } = to;
        self.luma.scale(from.y, &mut y);
        self.chroma.scale(from.u, &mut u);
        self.chroma.scale(from.v, &mut v);
    }
}

/// The last step.
#[derive(Debug)]
enum Last {
    Copy,
    Halve,
    Resample { columns: Kernel, rows: Kernel, row: Vec<u8> },
}

#[derive(Debug)]
struct PlaneScaler {
    from: Size,
    to: Size,
    /// Planes halved before the last step, each half the one before.
    halved: Vec<Halved>,
    last: Last,
    simd: Simd,
}

#[derive(Debug)]
struct Halved {
    size: Size,
    pixels: Vec<u8>,
}

impl PlaneScaler {
    fn new(from: Size, to: Size, simd: Simd) -> Self {
        let mut halved = Vec::new();
        let (mut width, mut height) = from;
        let (to_width, to_height) = to;
        let last = loop {
            if (width, height) == to {
                break Last::Copy;
            }
            if width < 2 * to_width || height < 2 * to_height {
                break Last::Resample {
                    columns: Kernel::new(height, to_height),
                    rows: Kernel::new(width, to_width),
                    row: vec![0; width + kernel::WINDOW],
                };
            }
            (width, height) = (width / 2, height / 2);
            if (width, height) == to {
                break Last::Halve;
            }
            halved.push(Halved { size: (width, height), pixels: vec![0; width * height] });
        };
        Self { from, to, halved, last, simd }
    }

    fn scale(&mut self, from: Plane<'_>, to: &mut PlaneMut<'_>) {
        if (from.width(), from.height()) != self.from || (to.width(), to.height()) != self.to {
            return;
        }
        let mut source = from;
        for Halved { size: (width, height), pixels } in &mut self.halved {
            for (row, out) in pixels.chunks_exact_mut(*width).enumerate() {
                self.simd.halve(source.row(2 * row), source.row(2 * row + 1), out);
            }
            source = Plane::new(pixels, *width, *width, *height);
        }
        match &mut self.last {
            Last::Copy => to.copy_from(source),
            Last::Halve => {
                for (row, out) in to.rows_mut().enumerate() {
                    self.simd.halve(source.row(2 * row), source.row(2 * row + 1), out);
                }
            }
            Last::Resample { columns, rows, row } => {
                let width = source.width();
                for (number, out) in to.rows_mut().enumerate() {
                    let (start, weights) = columns.weights(number);
                    self.simd.blend(source, start, weights, &mut row[..width]);
                    self.simd.resample(rows, row, out);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::noise::Noise;

    /// Scales one plane of `from`, made by `pixel`, by both kinds of code, which must agree.
    fn scaled(from: Size, to: Size, mut pixel: impl FnMut(usize, usize) -> u8) -> Vec<u8> {
        let stride = from.0 + 5;
        let source: Vec<u8> = (0..stride * from.1)
            .map(|at| if at % stride < from.0 { pixel(at % stride, at / stride) } else { 77 })
            .collect();
        let [portable, detected] = [Simd::Portable, Simd::detect()].map(|simd| {
            let mut out = vec![1; to.0 * to.1];
            let mut scaler = PlaneScaler::new(from, to, simd);
            let (width, height) = to;
            let source = Plane::new(&source, stride, from.0, from.1);
            scaler.scale(source, &mut PlaneMut::new(&mut out, width, width, height));
            out
        });
        assert!(portable == detected, "{from:?} {to:?}");
        detected
    }

    #[test]
    fn four_pixels_become_one() {
        let out = scaled((4, 4), (2, 2), |x, y| (16 * y + x) as u8);
        assert_eq!(out, [9, 11, 41, 43]);
    }

    #[test]
    fn flat_pictures_stay_as_they_are_at_any_size() {
        for from in [(640, 360), (1280, 720), (1, 1), (7, 300), (1919, 1079)] {
            for to in [(640, 360), (426, 240), (1280, 720), (2, 2), (311, 174), (640, 20)] {
                for value in [0, 16, 128, 255] {
                    let out = scaled(from, to, |_, _| value);
                    assert!(out.iter().all(|pixel| *pixel == value), "{from:?} {to:?} {value}");
                }
            }
        }
    }

    #[test]
    fn noise_at_any_size_is_the_same_by_either_code() {
        let mut noise = Noise::new(9);
        for _ in 0..60 {
            let mut side = || 1 + noise.bits() as usize % 700;
            let (from, to) = ((side(), side()), (side(), side()));
            let mut pixels = Noise::new(3);
            scaled(from, to, |_, _| pixels.bits() as u8);
        }
    }

    #[test]
    fn what_is_where_stays_there() {
        for (from, to) in [
            ((1280, 720), (426, 240)),
            ((640, 360), (426, 240)),
            ((640, 360), (360, 202)),
            ((320, 180), (640, 360)),
            ((1280, 720), (640, 360)),
            ((1920, 1080), (212, 120)),
        ] {
            // A slope of light each way tells the place of every pixel.
            for down in [false, true] {
                let out = scaled(from, to, |x, y| {
                    if down { (y * 255 / from.1) as u8 } else { (x * 255 / from.0) as u8 }
                });
                for (at, pixel) in out.iter().enumerate() {
                    let expected = if down {
                        ((at / to.0) as f64 + 0.5) / to.1 as f64 * 255.0
                    } else {
                        ((at % to.0) as f64 + 0.5) / to.0 as f64 * 255.0
                    };
                    let off = (f64::from(*pixel) + 0.5 - expected).abs();
                    assert!(off < 1.6, "{from:?} {to:?} at {at}: {pixel} {expected}");
                }
            }
        }
    }

    #[test]
    fn shrinking_keeps_the_mean() {
        let mut noise = Noise::new(4);
        let mut sum = 0.0;
        let out = scaled((640, 360), (400, 225), |_, _| {
            let pixel = noise.bits() as u8 / 2;
            sum += f64::from(pixel);
            pixel
        });
        let before = sum / 230_400.0;
        let after = out.iter().map(|pixel| f64::from(*pixel)).sum::<f64>() / 90_000.0;
        assert!((before - after).abs() < 0.5, "{before} {after}");
    }

    #[test]
    fn planes_of_other_sizes_are_left_alone() {
        let mut scaler = PlaneScaler::new((4, 4), (2, 2), Simd::detect());
        let mut out = [9; 4];
        scaler.scale(Plane::new(&[0; 9], 3, 3, 3), &mut PlaneMut::new(&mut out, 2, 2, 2));
        assert_eq!(out, [9; 4]);
    }
}
