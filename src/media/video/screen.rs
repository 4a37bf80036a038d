//! What the bridge itself shows: colour bars with a clock, and screens of text for those who are
//! not in a conference yet.
//!
//! Screens are scenes like any other, drawn by a [`Compositor`](super::compose::Compositor). All
//! that is to be read lies within the middle nine tenths, as old television sets show no more.

use std::sync::Arc;

use causeway_base::VideoSize;

use super::colour::Colour;
use super::compose::{Fit, Rect, Scene, Tile};
use super::frame::Frame;
use super::overlay::Lettering;
use super::sprite::{Mask, Sprite};
use super::theme::Theme;

/// Digits that an entry shows; earlier ones have moved out on the left.
pub const MAX_ECHO: usize = 12;

/// Lines below colour bars: more do not fit.
const MAX_BAR_LINES: usize = 3;

/// The smallest letters below colour bars, in pixels: in less no Chinese letter is read.
const LEAST_LINE: u16 = 9;

/// Lines below the title: more do not fit.
const MAX_LINES: usize = 6;

/// Titles, digits.
const BRIGHT: Colour = Colour::WHITE;
/// Further lines.
const SOFT: Colour = Colour::rgb(190, 198, 214);
/// How much lighter than the background is where digits go, in luma.
const FIELD_LIFT: u8 = 24;

/// The 75 % bars of ITU-R BT.471: white, yellow, cyan, green, magenta, red, blue.
const BARS: [Colour; 7] = [
    Colour::rgb(191, 191, 191),
    Colour::rgb(191, 191, 0),
    Colour::rgb(0, 191, 191),
    Colour::rgb(0, 191, 0),
    Colour::rgb(191, 0, 191),
    Colour::rgb(191, 0, 0),
    Colour::rgb(0, 0, 191),
];

/// What a screen of text says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TitleScreen {
    /// The first line, in large letters.
    pub title: String,
    /// Further lines.
    pub lines: Vec<String>,
    /// What was dialled so far, where digits are asked for.
    pub entry: Option<Entry>,
}

/// Digits that are being entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Shown as they are.
    Digits(String),
    /// Only how many, as for a PIN.
    Hidden(usize),
}

impl Entry {
    /// The last of them, as they are shown.
    fn shown(&self) -> String {
        match self {
            Entry::Digits(digits) => {
                let length = digits.chars().count();
                digits.chars().skip(length.saturating_sub(MAX_ECHO)).collect()
            }
            Entry::Hidden(count) => "●".repeat((*count).min(MAX_ECHO)),
        }
    }
}

/// A screen of text in the middle of a canvas, below the theme's logo where there is room for it.
pub fn title(
    lettering: &mut Lettering,
    canvas: VideoSize,
    screen: &TitleScreen,
    theme: &Theme,
) -> Scene {
    let background = theme.background;
    let unit = (canvas.height / 24).max(8);
    let lines = &screen.lines[..screen.lines.len().min(MAX_LINES)];
    let mut page = Page::new(lettering, canvas);
    let entry = if screen.entry.is_some() { 5 * unit } else { 0 };
    let height = 4 * unit + lines.len() as u16 * 2 * unit + entry;
    page.top = canvas.height.saturating_sub(height) / 2;
    let logo = theme.logo.as_ref().and_then(|logo| logo_above(canvas, page.top, logo, background));
    page.line(&screen.title, 2 * unit, BRIGHT);
    page.top += unit;
    for line in lines {
        page.line(line, unit * 5 / 4, SOFT);
    }
    if let Some(entry) = &screen.entry {
        page.top += unit;
        let field = Colour { y: background.y.saturating_add(FIELD_LIFT), ..background };
        page.field(&entry.shown(), 2 * unit, field);
    }
    let mut tile = Tile::new(Rect::all(canvas), None);
    tile.colour = background;
    tile.sprites = page.sprites;
    Scene { canvas, background, tiles: std::iter::once(tile).chain(logo).collect() }
}

/// A logo between the upper edge of what every set shows and the text; `None` where that is too
/// little.
fn logo_above(canvas: VideoSize, text: u16, logo: &Frame, background: Colour) -> Option<Tile> {
    let top = canvas.height / 18;
    let height = (canvas.height / 8).min(text.checked_sub(top)?);
    if height < canvas.height / 18 {
        return None;
    }
    let width = canvas.width / 2;
    let mut tile = Tile::new(Rect::new((canvas.width - width) / 2, top, width, height), None);
    tile.frame = Some(logo.clone());
    tile.fit = Fit::Whole;
    tile.colour = background;
    Some(tile)
}

/// Colour bars over a mark that moves by the number of the picture, with lines of text, three at
/// most, and a smaller one, such as the time, on a dark ground.
pub fn bars(
    lettering: &mut Lettering,
    canvas: VideoSize,
    lines: &[String],
    clock: &str,
    picture: u32,
) -> Scene {
    let bar_height = (canvas.height / 20 * 13) & !1;
    let edge = |bar: usize| (usize::from(canvas.width) * bar / BARS.len()) as u16 & !1;
    let mut tiles: Vec<Tile> = (0..BARS.len())
        .map(|bar| {
            let (left, right) =
                (edge(bar), if bar + 1 < BARS.len() { edge(bar + 1) } else { canvas.width });
            let mut tile = Tile::new(Rect::new(left, 0, right - left, bar_height), None);
            tile.colour = BARS[bar];
            tile
        })
        .collect();
    tiles.push(moving_mark(canvas, bar_height, picture));
    tiles.push(words(lettering, canvas, bar_height, lines, clock));
    Scene { canvas, background: Colour::BLACK, tiles }
}

/// A strip in which a white block walks from left to right in 60 pictures.
fn moving_mark(canvas: VideoSize, top: u16, picture: u32) -> Tile {
    let height = (canvas.height / 20).max(2);
    let mut tile = Tile::new(Rect::new(0, top, canvas.width, height), None);
    let width = (canvas.width / 30).max(2);
    let mask = Arc::new(Mask::new(width.into(), height.into(), |_, _| 255));
    let left = (u32::from(canvas.width - width) * (picture % 60) / 59) as u16;
    tile.sprites = vec![Sprite { left, top: 0, mask, colour: BRIGHT, opacity: 255 }];
    tile
}

fn words(
    lettering: &mut Lettering,
    canvas: VideoSize,
    bars: u16,
    lines: &[String],
    clock: &str,
) -> Tile {
    let top = (bars + canvas.height / 20) & !1;
    let rect = Rect::new(0, top, canvas.width, canvas.height.saturating_sub(top));
    let mut tile = Tile::new(rect, None);
    let mut page = Page::new(lettering, VideoSize::new(canvas.width, rect.height()));
    // The last twentieth of the picture is not to be read everywhere.
    let all = rect.height() / 6 * 5;
    // With three lines each is as high as a caption: 1 + 3 * 4.5 + 2 = 16.5 of 17 units.
    let unit = all / 17;
    let size = (3 * unit).max(LEAST_LINE);
    page.top = unit;
    for line in &lines[..lines.len().min(MAX_BAR_LINES)] {
        page.line(line, size, BRIGHT);
    }
    // In a small picture the lines take its place.
    if page.top + 2 * unit <= all {
        page.line(clock, 2 * unit, SOFT);
    }
    tile.sprites = page.sprites;
    tile
}

/// Lines that are written one below the other, each in the middle.
struct Page<'a> {
    lettering: &'a mut Lettering,
    width: u16,
    top: u16,
    sprites: Vec<Sprite>,
}

impl<'a> Page<'a> {
    fn new(lettering: &'a mut Lettering, size: VideoSize) -> Self {
        Self { lettering, width: size.width, top: 0, sprites: Vec::new() }
    }

    fn line(&mut self, text: &str, size: u16, colour: Colour) {
        if let Some(mask) = self.lettering.text(text, size, self.width / 10 * 9) {
            let top = self.top;
            self.push(mask, top, colour);
        }
        self.top += size * 3 / 2;
    }

    /// A field with text in it, which may be none.
    fn field(&mut self, text: &str, size: u16, colour: Colour) {
        let shade = self.lettering.shade((size * 12).min(self.width / 10 * 9), size * 2);
        let top = self.top;
        self.push(shade, top, colour);
        if let Some(mask) = self.lettering.text(text, size, self.width / 10 * 8) {
            // Digits have nothing below their line: what is seen of them is in the middle.
            let ink = mask.ink();
            let above = (size * 2).saturating_sub(ink.len() as u16) / 2;
            self.push(mask, (top + above).saturating_sub(ink.start as u16), BRIGHT);
        }
    }

    fn push(&mut self, mask: Arc<Mask>, top: u16, colour: Colour) {
        let left = self.width.saturating_sub(mask.width() as u16) / 2;
        self.sprites.push(Sprite { left, top, mask, colour, opacity: 255 });
    }
}
