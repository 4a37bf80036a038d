//! Who is seen where in a running meeting, and what everybody sees.

use super::text::ParticipantId;
use causeway_base::VideoSize;
use causeway_conference as conference;
use causeway_plan::picture::{Area, GRID_HEIGHT, GRID_WIDTH};
use causeway_plan::video;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Parts of a side of a picture in which places are counted.
const WHOLE: u16 = 1_000;

/// How a picture is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LayoutName {
    /// Who speaks, alone.
    Single,
    /// Who speaks, and a strip of seven others below.
    Speaker,
    /// Everybody alike, sixteen on a page.
    Equal,
    /// Content, and four people beside it. Without content as `speaker`.
    SideBySide,
    /// Places of somebody's own.
    Custom,
}

/// A layout that a meeting begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NamedLayout {
    /// Who speaks, alone.
    Single,
    /// Who speaks, and a strip of seven others below.
    Speaker,
    /// Everybody alike, sixteen on a page.
    Equal,
    /// Content, and four people beside it. Without content as `speaker`.
    SideBySide,
}

impl From<NamedLayout> for conference::NamedLayout {
    fn from(layout: NamedLayout) -> Self {
        match layout {
            NamedLayout::Single => conference::NamedLayout::Single,
            NamedLayout::Speaker => conference::NamedLayout::Speaker,
            NamedLayout::Equal => conference::NamedLayout::Equal,
            NamedLayout::SideBySide => conference::NamedLayout::SideBySide,
        }
    }
}

impl From<conference::NamedLayout> for NamedLayout {
    fn from(layout: conference::NamedLayout) -> Self {
        match layout {
            conference::NamedLayout::Single => NamedLayout::Single,
            conference::NamedLayout::Speaker => NamedLayout::Speaker,
            conference::NamedLayout::Equal => NamedLayout::Equal,
            conference::NamedLayout::SideBySide => NamedLayout::SideBySide,
        }
    }
}

/// A place in a picture, in thousandths of its sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The left edge.
    pub left: u16,
    /// The upper edge.
    pub top: u16,
    /// How wide.
    pub width: u16,
    /// How high.
    pub height: u16,
}

/// A layout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// Which.
    pub name: LayoutName,
    /// Of `custom` and of no other: 1 to 16 places that do not overlap, the first for who speaks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 16)]
    pub places: Vec<Place>,
}

impl Layout {
    /// As the conference knows it; `None` where the places are none.
    pub fn read(&self) -> Option<conference::Layout> {
        let named = match self.name {
            LayoutName::Single => conference::Layout::Single,
            LayoutName::Speaker => conference::Layout::Speaker,
            LayoutName::Equal => conference::Layout::Equal,
            LayoutName::SideBySide => conference::Layout::SideBySide,
            LayoutName::Custom => {
                let areas: Option<Vec<Area>> = self.places.iter().map(Place::area).collect();
                return conference::Layout::custom(areas?);
            }
        };
        self.places.is_empty().then_some(named)
    }
}

impl From<&conference::Layout> for Layout {
    fn from(layout: &conference::Layout) -> Self {
        let places = match layout {
            conference::Layout::Custom(areas) => areas.iter().map(Place::of).collect(),
            _ => Vec::new(),
        };
        Self { name: layout.into(), places }
    }
}

impl From<&conference::Layout> for LayoutName {
    fn from(layout: &conference::Layout) -> Self {
        match layout {
            conference::Layout::Single => LayoutName::Single,
            conference::Layout::Speaker => LayoutName::Speaker,
            conference::Layout::Equal => LayoutName::Equal,
            conference::Layout::SideBySide => LayoutName::SideBySide,
            conference::Layout::Custom(_) => LayoutName::Custom,
        }
    }
}

impl Place {
    /// Edges are turned into the grid, not sides: neighbours leave no gap.
    fn area(&self) -> Option<Area> {
        let along = |begin: u16, side: u16, whole: u16| {
            let end = begin.checked_add(side).filter(|end| *end <= WHOLE)?;
            let at = |edge: u16| (u32::from(edge) * u32::from(whole) / u32::from(WHOLE)) as u16;
            Some((at(begin), at(end) - at(begin)))
        };
        let (left, width) = along(self.left, self.width, GRID_WIDTH)?;
        let (top, height) = along(self.top, self.height, GRID_HEIGHT)?;
        Area::new(left, top, width, height)
    }

    fn of(area: &Area) -> Self {
        let at = |edge: u16, whole: u16| {
            (u32::from(edge) * u32::from(WHOLE)).div_ceil(u32::from(whole)) as u16
        };
        let (left, top) = (at(area.left(), GRID_WIDTH), at(area.top(), GRID_HEIGHT));
        let right = at(area.left() + area.width(), GRID_WIDTH);
        let bottom = at(area.top() + area.height(), GRID_HEIGHT);
        Self { left, top, width: right - left, height: bottom - top }
    }
}

/// What is left of pictures where the bridge has too little time for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Strain {
    /// All of them.
    None,
    /// Fewer a second.
    FewerPictures,
    /// Small ones.
    Smaller,
    /// None: audio only.
    AudioOnly,
}

impl From<video::VideoStrain> for Strain {
    fn from(strain: video::VideoStrain) -> Self {
        match strain {
            video::VideoStrain::None => Strain::None,
            video::VideoStrain::FewerPictures => Strain::FewerPictures,
            video::VideoStrain::Smaller => Strain::Smaller,
            video::VideoStrain::AudioOnly => Strain::AudioOnly,
        }
    }
}

/// How the pictures of a running meeting are composed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Pictures {
    /// The layout of all who chose none of their own.
    pub layout: Layout,
    /// Who is large for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spotlight: Option<ParticipantId>,
    /// What is left of them where the bridge has too little time.
    pub strain: Strain,
}

/// Who is large for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Spotlight {
    /// Whom; absent: who speaks.
    #[serde(default)]
    pub participant: Option<ParticipantId>,
}

/// What a participant shall see. What is absent is the meeting's.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PictureChoice {
    /// A layout of its own.
    #[serde(default)]
    pub layout: Option<Layout>,
    /// Who is large, whoever speaks.
    #[serde(default)]
    pub pinned: Option<ParticipantId>,
    /// The page, from 0, of a layout that has several; beyond the last it is the last.
    #[serde(default)]
    pub page: u32,
}

/// What a participant sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct View {
    /// The layout that it gets.
    pub layout: LayoutName,
    /// The layout of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chosen: Option<Layout>,
    /// Who is large for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned: Option<ParticipantId>,
    /// The page, from 0.
    pub page: u32,
    /// How many pages there are.
    pub pages: u32,
    /// People with a camera who found no place in it.
    pub more: u32,
}

/// How pictures come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VideoState {
    /// None come.
    Absent,
    /// They come.
    Coming,
    /// They cannot be shown: the last good one stays.
    Frozen,
}

impl From<video::VideoState> for VideoState {
    fn from(state: video::VideoState) -> Self {
        match state {
            video::VideoState::Absent => VideoState::Absent,
            video::VideoState::Coming => VideoState::Coming,
            video::VideoState::Frozen(_) => VideoState::Frozen,
        }
    }
}

/// Why pictures cannot be shown though packets come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FreezeCause {
    /// A whole picture was asked for, and does not come.
    NoKeyFrame,
    /// They are too large, or have no pixels.
    Size,
    /// Interlaced, not 4:2:0, or more than eight bits.
    Unsupported,
    /// Their decoder died of them, again and again.
    Crashed,
    /// More are shown than are decoded at once.
    Crowded,
}

impl From<video::FreezeCause> for FreezeCause {
    fn from(cause: video::FreezeCause) -> Self {
        match cause {
            video::FreezeCause::NoKeyFrame => FreezeCause::NoKeyFrame,
            video::FreezeCause::Size => FreezeCause::Size,
            video::FreezeCause::Unsupported => FreezeCause::Unsupported,
            video::FreezeCause::Crashed => FreezeCause::Crashed,
            video::FreezeCause::Crowded => FreezeCause::Crowded,
        }
    }
}

/// What pictures look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sight {
    /// Nothing is wrong, or nothing is known.
    Fine,
    /// Black: a covered lens.
    Black,
    /// Always the same, though pictures come.
    Frozen,
    /// Too dark to know a face.
    LowLight,
}

impl From<video::Sight> for Sight {
    fn from(sight: video::Sight) -> Self {
        match sight {
            video::Sight::Fine => Sight::Fine,
            video::Sight::Black => Sight::Black,
            video::Sight::Frozen => Sight::Frozen,
            video::Sight::LowLight => Sight::LowLight,
        }
    }
}

/// A participant's camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Video {
    /// How its pictures come.
    pub state: VideoState,
    /// Why they stand still.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<FreezeCause>,
    /// What they look like, as far as somebody is shown them.
    pub sight: Sight,
    /// Somebody is shown them.
    pub seen: bool,
    /// Their size, while somebody is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
}

/// The size of a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Size {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl From<VideoSize> for Size {
    fn from(size: VideoSize) -> Self {
        Self { width: size.width, height: size.height }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn custom(places: &[[u16; 4]]) -> Layout {
        let place = |&[left, top, width, height]: &[u16; 4]| Place { left, top, width, height };
        Layout { name: LayoutName::Custom, places: places.iter().map(place).collect() }
    }

    #[test]
    fn a_layout_of_ones_own_is_kept_as_it_was_said() {
        let thirds = custom(&[[0, 0, 333, 1000], [333, 0, 333, 1000], [666, 0, 334, 1000]]);
        let read = thirds.read().expect("three places");
        assert_eq!(Layout::from(&read), thirds);
        for wrong in [
            custom(&[]),
            custom(&[[0, 0, 1001, 1]]),
            custom(&[[u16::MAX, 0, u16::MAX, 1]]),
            custom(&[[0, 0, 0, 1]]),
            custom(&[[0, 0, 10, 10], [9, 9, 10, 10]]),
            custom(&[[0, 0, 1, 1]; 17]),
            Layout { name: LayoutName::Equal, ..custom(&[[0, 0, 1, 1]]) },
        ] {
            assert_eq!(wrong.read(), None, "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn every_place_in_a_picture_comes_back_as_it_was(
            left in 0u16..1000, top in 0u16..1000, width in 1u16..1000, height in 1u16..1000,
        ) {
            let place = [left, top, width.min(1000 - left), height.min(1000 - top)];
            let layout = custom(&[place]);
            let read = layout.read().expect("within");
            prop_assert_eq!(Layout::from(&read), layout);
        }
    }
}
