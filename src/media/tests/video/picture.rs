//! Pictures that the tests share, and how alike two are.

use causeway_base::VideoSize;
use causeway_media::video::frame::{Frame, FramePool, FrameSource, Plane};

/// A pool large enough for any test.
pub(crate) fn pool() -> FramePool {
    FramePool::new(64)
}

/// Slopes of light with a pattern in them, of which each `number` shows another moment; `seed`
/// gives each stream its own colour.
pub(crate) fn moving(pool: &FramePool, size: VideoSize, seed: usize, number: usize) -> Frame {
    let mut frame = pool.take(size).unwrap();
    let planes = frame.planes_mut();
    for (mut plane, scale, base) in [(planes.y, 1, 40), (planes.u, 2, 70), (planes.v, 2, 110)] {
        for (y, row) in plane.rows_mut().enumerate() {
            for (x, pixel) in row.iter_mut().enumerate() {
                let (x, y) = (x * scale + 3 * number, y * scale + number);
                let slope = (x / 4 + y / 3 + seed * 37) % 256;
                let slope = slope.min(255 - slope);
                let pattern = usize::from((x / 24 + y / 24) % 3 == 0) * 24;
                *pixel = (base + slope / 2 + pattern / scale) as u8;
            }
        }
    }
    frame.freeze()
}

/// One colour all over.
pub(crate) fn plain(pool: &FramePool, size: VideoSize, [y, u, v]: [u8; 3]) -> Frame {
    let mut frame = pool.take(size).unwrap();
    let mut planes = frame.planes_mut();
    planes.y.fill(y);
    planes.u.fill(u);
    planes.v.fill(v);
    frame.freeze()
}

/// The mean square difference of two planes.
fn error(a: Plane<'_>, b: Plane<'_>) -> f64 {
    let pixels = (a.width() * a.height()) as f64;
    let pairs = a.rows().zip(b.rows()).flat_map(|(a, b)| a.iter().zip(b));
    pairs.map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum::<f64>() / pixels
}

/// Likeness of luma in dB (PSNR); 30 is a good picture, 99 the same one.
pub(crate) fn likeness(a: &Frame, b: &Frame) -> f64 {
    assert_eq!(a.size(), b.size());
    10.0 * (65_025.0 / error(a.planes().y, b.planes().y).max(1e-5)).log10()
}

/// Likeness of both chroma planes in dB.
pub(crate) fn colour_likeness(a: &Frame, b: &Frame) -> f64 {
    let (a, b) = (a.planes(), b.planes());
    10.0 * (65_025.0 / (error(a.u, b.u) + error(a.v, b.v)).max(1e-5)).log10()
}
