//! What somebody wants to see.

use super::Layout;
use causeway_base::ParticipantId;

/// One participant's choice; what is not chosen is the conference's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PictureChoice {
    /// A layout of one's own.
    pub layout: Option<Layout>,
    /// Who is large, whoever speaks, while there is a picture of them.
    pub pinned: Option<ParticipantId>,
    /// The page of a layout that has several, from 0; beyond the last it is the last.
    pub page: usize,
}

impl Layout {
    /// The next one by a key, in a circle: those that differ without anything to choose for them.
    #[must_use]
    pub const fn next(&self) -> Self {
        match self {
            Layout::Speaker => Layout::Equal,
            Layout::Equal => Layout::Single,
            Layout::Single | Layout::SideBySide | Layout::Custom(_) => Layout::Speaker,
        }
    }

    /// What is shown in its place: for somebody pinned or in the light there has to be a stage, and beside content
    /// that nobody shares stands nothing.
    #[must_use]
    pub fn in_effect(self, has_large: bool, is_shared: bool) -> Self {
        match self {
            Layout::SideBySide if !is_shared => Layout::Speaker,
            Layout::Equal if has_large => Layout::Speaker,
            same => same,
        }
    }
}
