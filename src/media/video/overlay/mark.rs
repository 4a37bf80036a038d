//! Marks beside a name, as shapes of circles, bars and strokes.

use crate::video::sprite::Mask;

/// How well a participant is received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quality {
    /// Nothing is lost.
    Good,
    /// It shows now and then.
    Fair,
    /// It disturbs.
    Bad,
}

/// A mark beside a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// The microphone is off.
    Muted,
    /// A hand is raised.
    Hand,
    /// By telephone.
    Phone,
    /// With a camera.
    Camera,
    /// How well it is received, as bars.
    Quality(Quality),
    /// It is recorded.
    Recording,
}

/// Samples of a pixel each way: 17 shades of edge.
const SAMPLES: usize = 4;

/// Draws a mark `side` pixels high and wide.
pub(super) fn draw(mark: Mark, side: u16) -> Mask {
    let side = usize::from(side);
    let step = 1.0 / (side * SAMPLES) as f32;
    Mask::new(side, side, |x, y| {
        let sample = |index: usize, start: usize| ((start * SAMPLES + index) as f32 + 0.5) * step;
        let mut sum = 0.0;
        for (a, b) in (0..SAMPLES).flat_map(|a| (0..SAMPLES).map(move |b| (a, b))) {
            sum += coverage(mark, Point { x: sample(a, x), y: sample(b, y) });
        }
        (sum * 255.0 / (SAMPLES * SAMPLES) as f32).round() as u8
    })
}

/// Draws a disc `side` pixels high and wide, its edge a pixel soft.
pub(super) fn disc(side: u16) -> Mask {
    let radius = f32::from(side) / 2.0;
    Mask::new(side.into(), side.into(), |x, y| {
        let centre = |at: usize| at as f32 + 0.5 - radius;
        let inside = radius - centre(x).hypot(centre(y)) + 0.5;
        (inside.clamp(0.0, 1.0) * 255.0) as u8
    })
}

/// A place in a mark, 0 to 1 each way.
#[derive(Clone, Copy)]
struct Point {
    x: f32,
    y: f32,
}

impl Point {
    fn to(self, x: f32, y: f32) -> f32 {
        (self.x - x).hypot(self.y - y)
    }

    /// How far it is from a stroke between two places.
    fn to_stroke(self, a: (f32, f32), b: (f32, f32)) -> f32 {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let along = ((self.x - a.0) * dx + (self.y - a.1) * dy) / (dx * dx + dy * dy).max(1e-6);
        let along = along.clamp(0.0, 1.0);
        self.to(a.0 + along * dx, a.1 + along * dy)
    }

    fn in_box(self, left: f32, top: f32, right: f32, bottom: f32) -> bool {
        (left..right).contains(&self.x) && (top..bottom).contains(&self.y)
    }
}

/// How much of a place the mark covers.
fn coverage(mark: Mark, at: Point) -> f32 {
    match mark {
        Mark::Muted => f32::from(u8::from(muted(at))),
        Mark::Hand => f32::from(u8::from(hand(at))),
        Mark::Phone => f32::from(u8::from(phone(at))),
        Mark::Camera => f32::from(u8::from(camera(at))),
        Mark::Quality(quality) => bars(at, quality),
        Mark::Recording => f32::from(u8::from(at.to(0.5, 0.5) < 0.34)),
    }
}

/// A microphone, struck out with a gap along the stroke.
fn muted(at: Point) -> bool {
    let stroke = at.to_stroke((0.16, 0.12), (0.84, 0.9));
    let microphone = at.to_stroke((0.5, 0.22), (0.5, 0.46)) < 0.13
        || (at.y > 0.46 && (at.to(0.5, 0.46) - 0.25).abs() < 0.045)
        || at.to_stroke((0.5, 0.74), (0.5, 0.88)) < 0.045
        || at.to_stroke((0.34, 0.9), (0.66, 0.9)) < 0.045;
    stroke < 0.05 || (microphone && stroke > 0.11)
}

/// Four fingers, a thumb and a palm.
fn hand(at: Point) -> bool {
    let fingers = [
        ((0.31, 0.30), (0.35, 0.6)),
        ((0.44, 0.17), (0.45, 0.6)),
        ((0.57, 0.17), (0.56, 0.6)),
        ((0.70, 0.28), (0.67, 0.6)),
        ((0.16, 0.56), (0.36, 0.78)),
    ];
    fingers.iter().any(|(tip, root)| at.to_stroke(*tip, *root) < 0.05)
        || at.to_stroke((0.44, 0.7), (0.58, 0.68)) < 0.16
        || at.to_stroke((0.48, 0.8), (0.55, 0.8)) < 0.12
}

/// A handset: a bow from ear to mouth.
fn phone(at: Point) -> bool {
    let bow = (at.to(0.92, 0.08) - 0.72).abs() < 0.085 && at.x < 0.78 && at.y > 0.22;
    let ear = at.to_stroke((0.20, 0.20), (0.30, 0.32)) < 0.12;
    let mouth = at.to_stroke((0.68, 0.70), (0.80, 0.80)) < 0.12;
    bow || ear || mouth
}

/// A body, and a lens that opens to the right.
fn camera(at: Point) -> bool {
    let lens = (0.7..0.92).contains(&at.x) && (at.y - 0.5).abs() < 0.06 + 0.7 * (at.x - 0.7);
    at.in_box(0.1, 0.28, 0.64, 0.72) || lens
}

/// Three bars, those that are missing faint.
fn bars(at: Point, quality: Quality) -> f32 {
    let full = match quality {
        Quality::Good => 3,
        Quality::Fair => 2,
        Quality::Bad => 1,
    };
    let bar = |number: usize| {
        let left = 0.12 + 0.28 * number as f32;
        at.in_box(left, 0.62 - 0.25 * number as f32, left + 0.2, 0.9)
    };
    match (0..3).find(|number| bar(*number)) {
        Some(number) if number < full => 1.0,
        Some(_) => 0.3,
        None => 0.0,
    }
}
