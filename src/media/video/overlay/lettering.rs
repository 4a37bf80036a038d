//! Text and marks as masks, kept while they are in use.

use std::collections::HashMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use cosmic_text::fontdb::{Database, Source};
use cosmic_text::{
    Align, Attrs, Buffer, Ellipsize, EllipsizeHeightLimit, Family, FontSystem, LayoutGlyph,
    LayoutRun, Metrics, PlatformFallback, Shaping, SwashCache, SwashContent, SwashImage, Wrap,
};

use super::figure;
use super::mark::{self, Mark};
use crate::video::sprite::Mask;

/// Letters of a text that are looked at: no line on a screen has more.
pub const MAX_TEXT_CHARS: usize = 160;

/// Masks that are kept: names, in two sizes, of all tiles of some pages of a conference.
const MAX_MASKS: usize = 512;

/// The smallest letters, in pixels: below they are dots.
const MIN_SIZE: u16 = 6;

/// The largest letters, in pixels.
const MAX_SIZE: u16 = 400;

/// The largest disc, in pixels: half of the height of 1080p.
const MAX_SIDE: u16 = 544;

/// Where Debian's packages put fonts: one for Latin script (fonts-dejavu-core, fonts-liberation,
/// fonts-noto-core) and one for Chinese (fonts-droid-fallback, fonts-noto-cjk, fonts-wqy-microhei).
/// The first of each that is there is taken.
const SYSTEM_FONTS: [&[&str]; 2] = [
    &[
        "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
        "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
        "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
    ],
    &[
        "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
        "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    ],
];

/// A font.
#[derive(Clone)]
pub enum FontSource {
    /// A file of TrueType or OpenType outlines.
    File(PathBuf),
    /// The contents of one.
    Bytes(Arc<Vec<u8>>),
}

impl fmt::Debug for FontSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FontSource::File(path) => write!(f, "File({})", path.display()),
            FontSource::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
        }
    }
}

/// Draws text and marks, each once.
pub struct Lettering {
    /// Boxed, as most of it is only there to be asked rarely.
    fonts: Option<Box<Fonts>>,
    masks: HashMap<Key, Kept>,
    /// Counts what was asked for, to know what was not for long.
    asked: u64,
}

/// What a mask is kept for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Text { text: String, size: u16, widest: u16 },
    Mark(Mark, u16),
    Disc(u16),
    Shade(u16, u16),
}

struct Kept {
    mask: Option<Arc<Mask>>,
    asked: u64,
}

struct Fonts {
    system: FontSystem,
    glyphs: SwashCache,
}

impl Lettering {
    /// Letters of these fonts; earlier ones are preferred where both have a letter. What cannot be
    /// read as a font is left out.
    pub fn new(sources: impl IntoIterator<Item = FontSource>) -> Self {
        let mut fonts = Database::new();
        for source in sources {
            match source {
                FontSource::File(path) => drop(fonts.load_font_file(path)),
                FontSource::Bytes(bytes) => drop(fonts.load_font_source(Source::Binary(bytes))),
            }
        }
        Self { fonts: Fonts::of(fonts).map(Box::new), masks: HashMap::new(), asked: 0 }
    }

    /// Letters of the fonts that Debian's packages install.
    pub fn of_system() -> Self {
        let first = |paths: &&[&str]| paths.iter().map(PathBuf::from).find(|path| path.exists());
        Self::new(SYSTEM_FONTS.iter().filter_map(first).map(FontSource::File))
    }

    /// Whether there is any font. Without one only digits are drawn.
    pub fn has_font(&self) -> bool {
        self.fonts.is_some()
    }

    /// One line of text whose letters are about `size` pixels high, cut with an ellipsis at
    /// `widest` pixels. `None` where nothing of it can be drawn.
    pub fn text(&mut self, text: &str, size: u16, widest: u16) -> Option<Arc<Mask>> {
        let size = size.clamp(MIN_SIZE, MAX_SIZE);
        let text: String = text.chars().take(MAX_TEXT_CHARS).map(visible).collect();
        let key = Key::Text { text, size, widest };
        self.kept(key, |fonts, key| match (fonts, key) {
            (Some(fonts), Key::Text { text, .. }) => fonts.draw_guarded(text, size, widest),
            (None, Key::Text { text, .. }) => figure::draw(text, size, widest),
            _ => None,
        })
    }

    /// A mark `side` pixels high and wide.
    pub fn mark(&mut self, mark: Mark, side: u16) -> Arc<Mask> {
        let side = side.min(MAX_SIZE);
        self.kept(Key::Mark(mark, side), |_, _| Some(mark::draw(mark, side))).unwrap_or_default()
    }

    /// A disc of a diameter in pixels.
    pub(super) fn disc(&mut self, side: u16) -> Arc<Mask> {
        let side = side.min(MAX_SIDE);
        self.kept(Key::Disc(side), |_, _| Some(mark::disc(side))).unwrap_or_default()
    }

    /// A box of a size.
    pub(crate) fn shade(&mut self, width: u16, height: u16) -> Arc<Mask> {
        let draw = || Mask::new(width.into(), height.into(), |_, _| 255);
        self.kept(Key::Shade(width, height), |_, _| Some(draw())).unwrap_or_default()
    }

    fn kept(
        &mut self,
        key: Key,
        draw: impl FnOnce(Option<&mut Fonts>, &Key) -> Option<Mask>,
    ) -> Option<Arc<Mask>> {
        self.asked += 1;
        if let Some(kept) = self.masks.get_mut(&key) {
            kept.asked = self.asked;
            return kept.mask.clone();
        }
        if self.masks.len() >= MAX_MASKS {
            self.forget();
        }
        let mask = draw(self.fonts.as_deref_mut(), &key).map(Arc::new);
        self.masks.insert(key, Kept { mask: mask.clone(), asked: self.asked });
        mask
    }

    /// Forgets the half that was not asked for the longest: once in a long while.
    fn forget(&mut self) {
        let mut asked: Vec<u64> = self.masks.values().map(|kept| kept.asked).collect();
        let middle = asked.len() / 2;
        let (_, median, _) = asked.select_nth_unstable(middle);
        let median = *median;
        self.masks.retain(|_, kept| kept.asked > median);
    }
}

impl fmt::Debug for Lettering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lettering(font: {}, masks: {})", self.has_font(), self.masks.len())
    }
}

/// A letter of one line, or a space for what ends lines or turns the direction of writing: that
/// breaks a line in two, and lets a name pass for another.
fn visible(letter: char) -> char {
    match letter {
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            ' '
        }
        _ if letter.is_control() => ' ',
        _ => letter,
    }
}

impl Fonts {
    fn of(mut fonts: Database) -> Option<Self> {
        let family = fonts.faces().next()?.families.first()?.0.clone();
        fonts.set_sans_serif_family(family);
        // The language of what is written alike in several decides its shapes.
        let locale = String::from("zh-CN");
        let system =
            FontSystem::new_with_locale_and_db_and_fallback(locale, fonts, PlatformFallback);
        Some(Self { system, glyphs: SwashCache::new() })
    }

    /// Strangers choose the text, and shaping it is long code of somebody else's: where that gives
    /// up, the name is left out and the picture goes on.
    fn draw_guarded(&mut self, text: &str, size: u16, widest: u16) -> Option<Mask> {
        let drawn = catch_unwind(AssertUnwindSafe(|| self.draw(text, size, widest)));
        drawn.unwrap_or_else(|_| {
            // What it left half done goes with it.
            *self = Self::of(self.system.db().clone())?;
            None
        })
    }

    fn draw(&mut self, text: &str, size: u16, widest: u16) -> Option<Mask> {
        let height = f32::from(size);
        let mut buffer = Buffer::new(&mut self.system, Metrics::new(height, height * 1.3));
        buffer.set_wrap(Wrap::None);
        buffer.set_ellipsize(Ellipsize::End(EllipsizeHeightLimit::Lines(1)));
        buffer.set_size(Some(f32::from(widest)), None);
        let attributes = Attrs::new().family(Family::SansSerif);
        buffer.set_text(text, &attributes, Shaping::Advanced, Some(Align::Left));
        buffer.shape_until_scroll(&mut self.system, false);
        let run = buffer.layout_runs().next()?;
        let width = (run.line_w.ceil() as usize).min(widest.into());
        let rows = run.line_height.ceil() as usize;
        let mut canvas = vec![0u8; width * rows];
        self.draw_run(&run, &mut canvas, width);
        if canvas.iter().all(|pixel| *pixel == 0) {
            return None;
        }
        Some(Mask::new(width, rows, |x, y| canvas[y * width + x]))
    }

    fn draw_run(&mut self, run: &LayoutRun<'_>, canvas: &mut [u8], width: usize) {
        for glyph in run.glyphs {
            if let Some((left, top, image)) = self.image(run, glyph) {
                draw_image(left, top, &image, canvas, width);
            }
        }
    }

    /// A letter's picture and its place. Glyphs are not kept beside the masks.
    fn image(
        &mut self,
        run: &LayoutRun<'_>,
        glyph: &LayoutGlyph,
    ) -> Option<(i32, i32, SwashImage)> {
        let place = glyph.physical((0.0, run.line_y - run.line_top), 1.0);
        let image = self.glyphs.get_image_uncached(&mut self.system, place.cache_key)?;
        Some((place.x + image.placement.left, place.y - image.placement.top, image))
    }
}

/// Adds a letter's coverage where it lies on the canvas.
fn draw_image(left: i32, top: i32, image: &SwashImage, canvas: &mut [u8], width: usize) {
    let (bytes, at) = match image.content {
        SwashContent::Mask => (1, 0),
        // Of a coloured picture, such as an emoji, its outline.
        SwashContent::Color | SwashContent::SubpixelMask => (4, 3),
    };
    let columns = (image.placement.width as usize).max(1);
    for (index, pixel) in image.data.chunks_exact(bytes).enumerate() {
        let x = usize::try_from(left + (index % columns) as i32).ok().filter(|x| *x < width);
        let y = usize::try_from(top + (index / columns) as i32).ok();
        let (Some(x), Some(y)) = (x, y) else { continue };
        if let Some(out) = canvas.get_mut(y * width + x) {
            *out = out.saturating_add(pixel[at]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shaping_that_gives_up_costs_that_text_alone() {
        let mut lettering = Lettering::of_system();
        let Some(fonts) = lettering.fonts.as_deref_mut() else { return };
        // A paragraph's end before letters of the other direction: a name never gets here with it.
        assert!(fonts.draw_guarded("\u{2029}\u{1ee67}", 20, 300).is_none());
        assert!(fonts.draw_guarded("after", 20, 300).is_some());
    }

    #[test]
    fn letters_that_turn_the_line_are_spaces() {
        let name: String = "a\u{202e}b\u{2029}c\n\u{7}会".chars().map(visible).collect();
        assert_eq!(name, "a b c  会");
    }
}
