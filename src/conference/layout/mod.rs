//! How a picture is divided, and who is in which place.
//!
//! * [`Layout`]: the divisions; [`Layout::areas`] gives the places of so many people.
//! * [`Stage`]: who is in them. Places stay with their people while they can, so that nobody has
//!   to look for a face.
//! * [`PictureChoice`]: what one of them wants to see. * [`NamedLayout`]: what settings say.

mod choice;
mod named;
mod stage;

pub use choice::PictureChoice;
pub use named::NamedLayout;
pub use stage::{Picture, Pictures, Seen, Stage};

use causeway_plan::picture::{Area, GRID_HEIGHT, GRID_WIDTH};

/// People in the strip below the speaker.
pub const STRIP: usize = 7;

/// People on one page of [`Layout::Equal`]: at 720p each has 320x180 pixels.
pub const PAGE: usize = 16;

/// People beside content.
pub const BESIDE: usize = 4;

/// Places of a layout of somebody's own: as many as a page of equals.
pub const MAX_CUSTOM: usize = PAGE;

/// How a picture is divided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Layout {
    /// Who speaks, and nobody else.
    Single,
    /// Who speaks, and a strip of [`STRIP`] others below.
    #[default]
    Speaker,
    /// Everybody alike, [`PAGE`] on a page.
    Equal,
    /// Content, and a column of [`BESIDE`] people on its right.
    SideBySide,
    /// Places of somebody's own, the first for who speaks.
    Custom(Vec<Area>),
}

impl Layout {
    /// A layout of one's own. `None` where there is no place, more than [`MAX_CUSTOM`], or two
    /// overlap.
    pub fn custom(areas: Vec<Area>) -> Option<Self> {
        let apart = |(index, area): (usize, &Area)| {
            areas.iter().skip(index + 1).all(|other| !area.meets(other))
        };
        let good = (1..=MAX_CUSTOM).contains(&areas.len());
        (good && areas.iter().enumerate().all(apart)).then_some(Self::Custom(areas))
    }

    /// The most people of one picture.
    pub fn places(&self) -> usize {
        match self {
            Self::Single => 1,
            Self::Speaker => 1 + STRIP,
            Self::Equal => PAGE,
            Self::SideBySide => BESIDE,
            Self::Custom(areas) => areas.len(),
        }
    }

    /// Whether one place is larger than the others, for who speaks.
    pub fn has_stage(&self) -> bool {
        matches!(self, Self::Single | Self::Speaker | Self::Custom(_))
    }

    /// Whether people are told how many found no place: not those who want to see one person and
    /// nobody else.
    pub fn tells_of_more(&self) -> bool {
        self.places() > 1
    }

    /// The place of content, if it has one beside the people.
    pub fn content(&self) -> Option<Area> {
        match self {
            Self::SideBySide => {
                Area::new(0, GRID_HEIGHT / 8, GRID_WIDTH / 4 * 3, GRID_HEIGHT / 4 * 3)
            }
            _ => None,
        }
    }

    /// The places of so many people, at most [`Self::places`]. Each place is 16:9 but those of
    /// [`Layout::Custom`].
    pub fn areas(&self, people: usize) -> Vec<Area> {
        let people = people.min(self.places());
        match self {
            _ if people == 0 => Vec::new(),
            Self::Single => vec![Area::ALL],
            Self::Speaker if people == 1 => vec![Area::ALL],
            Self::Speaker => speaker(people - 1),
            Self::Equal => equal(people),
            Self::SideBySide => beside(people),
            Self::Custom(areas) => areas[..people].to_vec(),
        }
    }
}

/// The large place, and a strip of so many, in the middle, below it.
fn speaker(others: usize) -> Vec<Area> {
    let (width, height) = (GRID_WIDTH / 7, GRID_HEIGHT / 7);
    let large = Area::new(width / 2, 0, width * 6, height * 6);
    let begin = (GRID_WIDTH - width * others as u16) / 2;
    let strip = (0..others as u16)
        .filter_map(|index| Area::new(begin + width * index, height * 6, width, height));
    large.into_iter().chain(strip).collect()
}

/// The smallest square grid that takes them; what it leaves free is above and below, and beside
/// the last row.
fn equal(people: usize) -> Vec<Area> {
    let columns = (1..).find(|side| side * side >= people).unwrap_or(1);
    let rows = people.div_ceil(columns);
    let (width, height) = (GRID_WIDTH / columns as u16, GRID_HEIGHT / columns as u16);
    let top = (GRID_HEIGHT - height * rows as u16) / 2;
    let place = |index: usize| {
        let (row, column) = (index / columns, index % columns);
        let in_row = (people - row * columns).min(columns);
        let left = (GRID_WIDTH - width * in_row as u16) / 2;
        Area::new(left + width * column as u16, top + height * row as u16, width, height)
    };
    (0..people).filter_map(place).collect()
}

/// A column on the right, in the middle of the height.
fn beside(people: usize) -> Vec<Area> {
    let (width, height) = (GRID_WIDTH / 4, GRID_HEIGHT / 4);
    let top = (GRID_HEIGHT - height * people as u16) / 2;
    let place = |index: u16| Area::new(width * 3, top + height * index, width, height);
    (0..people as u16).filter_map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built_in() -> [Layout; 4] {
        [Layout::Single, Layout::Speaker, Layout::Equal, Layout::SideBySide]
    }

    #[test]
    fn every_layout_has_a_place_of_the_right_shape_for_each_and_none_overlap() {
        for layout in built_in() {
            for people in 0..=layout.places() + 3 {
                let areas = layout.areas(people);
                assert_eq!(areas.len(), people.min(layout.places()), "{layout:?} of {people}");
                let all: Vec<_> = layout.content().into_iter().chain(areas).collect();
                for (index, area) in all.iter().enumerate() {
                    let shape = u32::from(area.width()) * 9 == u32::from(area.height()) * 16;
                    assert!(shape, "{layout:?} of {people}: {area:?}");
                    let meets = all[..index].iter().any(|other| area.meets(other));
                    assert!(!meets, "{layout:?} of {people}: {area:?}");
                }
            }
        }
    }

    #[test]
    fn equals_share_the_picture_in_the_smallest_grid() {
        for (people, columns) in [(1, 1), (2, 2), (4, 2), (5, 3), (9, 3), (10, 4), (16, 4)] {
            for area in Layout::Equal.areas(people) {
                assert_eq!(area.width(), GRID_WIDTH / columns, "{people}");
            }
        }
        let [_, _, third] = Layout::Equal.areas(3)[..] else { panic!("three") };
        assert_eq!(third.left(), GRID_WIDTH / 4, "the last row is in the middle");
    }

    #[test]
    fn a_layout_of_ones_own_has_places_that_do_not_overlap() {
        let half = |left| Area::new(left, 0, GRID_WIDTH / 2, GRID_HEIGHT).expect("within");
        let halves = Layout::custom(vec![half(0), half(GRID_WIDTH / 2)]).expect("apart");
        assert_eq!(halves.areas(9).len(), 2);
        assert_eq!(Layout::custom(vec![half(0), half(1)]), None);
        assert_eq!(Layout::custom(vec![]), None);
        let tiny = |index| Area::new(index, 0, 1, 1).expect("within");
        assert_eq!(Layout::custom((0..=MAX_CUSTOM as u16).map(tiny).collect()), None);
    }
}
