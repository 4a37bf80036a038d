//! What is shown where, without pixels: a picture is composed in several sizes from one decision.
//!
//! * [`Area`]: a place. * [`PicturePlan`]: one picture, its tiles or its screen.
//! * [`VideoEgress`]: who is sent which.

use causeway_base::{Lang, LegId, Redacted, VideoSize};
use std::fmt;

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

/// The most tiles of a picture: a page of equals.
pub const MAX_TILES: usize = 16;

/// The longest text of a picture that is drawn, in characters; more is cut.
pub const MAX_TEXT: usize = 160;

/// Lines below colour bars: one of sound, one of pictures, one of what to do.
pub const MAX_BAR_LINES: usize = 3;

/// The most that a picture leaves free along each edge, in percent: no set hides more.
pub const MAX_MARGIN: u8 = 10;

/// Names a picture within its conference. The same name is the same picture, whatever becomes of
/// it, so that its encoders go on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PictureId(pub u32);

/// How well somebody is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PathQuality {
    /// Words are lost.
    Bad,
    /// It can be heard.
    Poor,
    /// Nothing is to be said.
    Good,
}

/// What is drawn beside a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TileMarks {
    /// Is muted.
    pub muted: bool,
    /// Raises a hand.
    pub hand: bool,
    /// Is heard by telephone.
    pub phone: bool,
    /// Is the active speaker: a frame around the tile.
    pub speaking: bool,
    /// Connected less than well.
    pub quality: Option<PathQuality>,
}

/// One place of a picture. `Debug` does not show the name.
#[derive(Clone, PartialEq, Eq)]
pub struct PlannedTile {
    /// Where.
    pub area: Area,
    /// Whose main video it shows; without one, or while nothing comes, the name alone.
    pub source: Option<LegId>,
    /// The name below it; none where empty.
    pub name: String,
    /// What is drawn beside it.
    pub marks: TileMarks,
}

impl fmt::Debug for PlannedTile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlannedTile")
            .field("area", &self.area)
            .field("source", &self.source)
            .field("name", &Redacted(&self.name))
            .field("marks", &self.marks)
            .finish()
    }
}

/// What somebody types, echoed on a screen. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub enum ScreenEntry {
    /// The digits themselves.
    Digits(String),
    /// So many that nobody may read: a PIN.
    Hidden(usize),
}

impl fmt::Debug for ScreenEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Digits(_) => "Digits(…)",
            Self::Hidden(_) => "Hidden(…)",
        })
    }
}

/// Text that a room shows while it is not in a conference, in the language that it was made in.
/// `Debug` does not show it: it names meetings.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TextScreen {
    /// The large line.
    pub title: String,
    /// Below it.
    pub lines: Vec<String>,
    /// What was typed so far.
    pub entry: Option<ScreenEntry>,
}

impl fmt::Debug for TextScreen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextScreen")
            .field("title", &Redacted(&self.title))
            .field("lines", &self.lines.len())
            .field("entry", &self.entry)
            .finish()
    }
}

/// What a picture shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Show {
    /// People.
    People {
        /// At most [`MAX_TILES`], the later ones over the earlier.
        tiles: Vec<PlannedTile>,
        /// People who are heard only: "N more on the phone".
        on_phone: usize,
        /// People with a picture of their own who found no place: "N more on camera".
        more: usize,
        /// The meeting is recorded.
        recording: bool,
    },
    /// Text.
    Text(TextScreen),
    /// Colour bars with a clock and text, and somebody's own picture back: the test call.
    Bars {
        /// The text below them, line by line: at most [`MAX_BAR_LINES`].
        lines: Vec<String>,
        /// Whose picture is shown in them.
        source: Option<LegId>,
    },
}

/// One picture of a conference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PicturePlan {
    /// Its name.
    pub id: PictureId,
    /// What it shows.
    pub show: Show,
    /// The language of what the bridge itself writes into it.
    pub lang: Lang,
    /// How much stays free along each edge, in percent of the side, at most [`MAX_MARGIN`]: old
    /// sets do not show what lies there.
    pub margin: u8,
}

impl PicturePlan {
    /// The legs whose video it shows.
    pub fn sources(&self) -> impl Iterator<Item = LegId> + '_ {
        let (tiles, alone) = match &self.show {
            Show::People { tiles, .. } => (tiles.as_slice(), None),
            Show::Text(_) => (&[][..], None),
            Show::Bars { source, .. } => (&[][..], *source),
        };
        tiles.iter().filter_map(|tile| tile.source).chain(alone)
    }
}

/// The most tiles that one leg is sent each by a line of its own: who speaks and a strip, with the
/// one who takes the place of who is on the stage, or a page of three by three. More would be too
/// small to be worth the packets.
pub const MAX_FORWARDED: usize = 9;

/// What feeds an outgoing video line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum VideoFeed {
    /// Nothing is sent.
    #[default]
    Nothing,
    /// A composed picture.
    Picture(PictureId),
    /// Another leg's video as it is; while codec, size or rate do not fit, this picture, which
    /// shows nothing else.
    Forward(LegId, PictureId),
    /// Of a main line: nothing, since the leg's lines of [`Content::Tile`] bring what this picture
    /// shows; the picture itself while one of them cannot.
    ///
    /// [`Content::Tile`]: crate::video::Content::Tile
    Tiles(PictureId),
    /// Of a line of [`Content::Tile`](crate::video::Content::Tile): this leg's video as it is, in
    /// the size that its tile needs.
    Source(LegId),
}

/// The way out of one line of a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VideoEgress {
    /// The leg.
    pub leg: LegId,
    /// Which of its lines: 0 is the main one, and those of
    /// [`Content::Tile`](crate::video::Content::Tile) follow from 1 on, at most [`MAX_FORWARDED`].
    pub line: usize,
    /// What it gets.
    pub feed: VideoFeed,
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

    #[test]
    fn no_log_shows_a_name_or_what_is_typed() {
        let entry = Some(ScreenEntry::Digits("13800138000".to_owned()));
        let (title, lines) = ("王小明的会议".to_owned(), vec!["secret".to_owned()]);
        let (area, source, marks) = (Area::ALL, None, TileMarks::default());
        let tile = PlannedTile { area, source, name: "王小明先生".to_owned(), marks };
        let shown = format!("{:?} {tile:?}", Show::Text(TextScreen { title, lines, entry }));
        for hidden in ["小明", "secret", "138"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
        assert!(!format!("{:?}", ScreenEntry::Hidden(6)).contains('6'));
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
