//! Layouts that settings and meetings name.

use super::Layout;

/// A layout with a name: all but those of somebody's own places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NamedLayout {
    /// [`Layout::Single`].
    Single,
    /// [`Layout::Speaker`].
    Speaker,
    /// [`Layout::Equal`].
    Equal,
    /// [`Layout::SideBySide`].
    SideBySide,
}

impl NamedLayout {
    /// Every one of them.
    pub const ALL: [Self; 4] = [Self::Single, Self::Speaker, Self::Equal, Self::SideBySide];

    /// The name, stable: in settings, in the API and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Speaker => "speaker",
            Self::Equal => "equal",
            Self::SideBySide => "side-by-side",
        }
    }

    /// The layout of a name, `None` where there is none.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layout| layout.name() == name)
    }
}

impl From<NamedLayout> for Layout {
    fn from(layout: NamedLayout) -> Self {
        match layout {
            NamedLayout::Single => Self::Single,
            NamedLayout::Speaker => Self::Speaker,
            NamedLayout::Equal => Self::Equal,
            NamedLayout::SideBySide => Self::SideBySide,
        }
    }
}
