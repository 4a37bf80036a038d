//! What is written and drawn over pictures: names, marks, notices.
//!
//! Each text and mark is drawn once and kept; blending it costs about as much as copying it. Fonts
//! are read from files or given as bytes. Without any, names are left out: marks stay, and digits,
//! which have shapes built in, so that clocks and number entry work in every installation.

mod card;
mod figure;
mod lettering;
mod mark;

pub use card::card;
pub use lettering::{FontSource, Lettering, MAX_TEXT_CHARS};
pub use mark::{Mark, Quality};

use std::sync::Arc;

use causeway_base::Lang;

use super::colour::Colour;
use super::compose::{Rect, Tile};
use super::sprite::{Mask, Sprite};

/// What lies behind letters over a picture.
const SHADE: Colour = Colour::rgb(16, 18, 24);

/// How much of the picture it hides, of 255.
const SHADE_OPACITY: u8 = 160;

/// Letters and marks.
const INK: Colour = Colour::WHITE;

/// A raised hand, a warning.
const AMBER: Colour = Colour::rgb(250, 190, 60);

/// What is wrong: muted, bad quality.
const RED: Colour = Colour::rgb(235, 70, 60);

/// The colour of a mark.
const fn ink(mark: Mark) -> Colour {
    match mark {
        Mark::Muted | Mark::Recording | Mark::Quality(Quality::Bad) => RED,
        Mark::Hand | Mark::Quality(Quality::Fair) => AMBER,
        Mark::Phone | Mark::Camera | Mark::Quality(Quality::Good) => INK,
    }
}

/// The name of a tile's participant and the marks before it, along its lower edge. The letters
/// grow with the tile; one that they would mostly hide goes without.
pub fn caption(lettering: &mut Lettering, tile: Rect, name: &str, marks: &[Mark]) -> Vec<Sprite> {
    let size = (tile.height() / 13).clamp(12, 32);
    let padding = size / 2;
    let widest = tile.width().saturating_sub(2 * padding);
    let row = Row::new(lettering, name, marks, size, widest.saturating_sub(2 * padding));
    let height = size * 2;
    if row.is_empty() || tile.height() < height / 3 * 5 || widest == 0 {
        return Vec::new();
    }
    let top = tile.height() - height;
    let shade = lettering.shade(row.width + 2 * padding, height);
    let shade = Sprite { left: 0, top, mask: shade, colour: SHADE, opacity: SHADE_OPACITY };
    std::iter::once(shade).chain(row.sprites(padding, top, height)).collect()
}

/// How many more are present than a picture shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct More {
    /// With a picture of their own, for which there is no place.
    pub on_camera: usize,
    /// Without one.
    pub on_phone: usize,
}

/// A tile for each kind of them, one below the other in the upper right corner.
pub fn more(lettering: &mut Lettering, within: Rect, more: More, lang: Lang) -> Vec<Tile> {
    let More { on_camera, on_phone } = more;
    let texts = match lang {
        Lang::Zh => {
            [format!("另有 {on_camera} 人未在画面中"), format!("另有 {on_phone} 人通过电话参会")]
        }
        Lang::En => {
            [format!("{on_camera} more on camera"), format!("{on_phone} more on the phone")]
        }
    };
    let told = [(on_camera, Mark::Camera), (on_phone, Mark::Phone)].into_iter().zip(&texts);
    let told = told.filter(|((count, _), _)| *count > 0).zip(0..);
    told.map(|(((_, mark), text), row)| badge(lettering, within, Corner::Right(row), text, &[mark]))
        .collect()
}

/// A tile that tells that the meeting is recorded, in the upper left corner.
pub fn recording(lettering: &mut Lettering, within: Rect, lang: Lang) -> Tile {
    let text = match lang {
        Lang::Zh => "录制中",
        Lang::En => "Recording",
    };
    badge(lettering, within, Corner::Left, text, &[Mark::Recording])
}

/// An upper corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Corner {
    Left,
    /// Below so many others.
    Right(u16),
}

/// A tile as wide as its text, with marks before it, in a corner.
fn badge(
    lettering: &mut Lettering,
    within: Rect,
    corner: Corner,
    text: &str,
    marks: &[Mark],
) -> Tile {
    let size = (within.height() / 28).clamp(10, 40);
    let row = Row::new(lettering, text, marks, size, (within.width() / 2).saturating_sub(size));
    let (width, height) = ((row.width + size).next_multiple_of(2), 2 * size);
    let (left, above) = match corner {
        Corner::Left => (within.left(), 0),
        Corner::Right(above) => (within.left() + within.width().saturating_sub(width), above),
    };
    let top = within.top() + above * height;
    let mut tile = Tile::new(Rect::new(left, top, width, height), None);
    tile.colour = SHADE;
    tile.sprites = row.sprites(size / 2, 0, height).collect();
    tile
}

/// Marks and text beside each other.
struct Row {
    parts: Vec<(u16, Arc<Mask>, Colour)>,
    width: u16,
}

impl Row {
    fn new(lettering: &mut Lettering, text: &str, marks: &[Mark], size: u16, widest: u16) -> Self {
        let mut row = Self { parts: Vec::new(), width: 0 };
        let gap = size / 3;
        for &mark in marks {
            let side = size + size / 4;
            if row.width + side <= widest {
                row.push(lettering.mark(mark, side), ink(mark), gap);
            }
        }
        if let Some(mask) = lettering.text(text, size, widest.saturating_sub(row.width)) {
            row.push(mask, INK, gap);
        }
        row.width = row.width.saturating_sub(gap);
        row
    }

    fn push(&mut self, mask: Arc<Mask>, colour: Colour, gap: u16) {
        let width = mask.width() as u16;
        self.parts.push((self.width, mask, colour));
        self.width += width + gap;
    }

    fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Each part in the middle of `height` rows from `top` on.
    fn sprites(self, left: u16, top: u16, height: u16) -> impl Iterator<Item = Sprite> {
        self.parts.into_iter().map(move |(at, mask, colour)| {
            let top = top + height.saturating_sub(mask.height() as u16) / 2;
            Sprite { left: left + at, top, mask, colour, opacity: 255 }
        })
    }
}
