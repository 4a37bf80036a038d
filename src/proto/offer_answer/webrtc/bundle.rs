//! The lines of an offer, and which of them share a transport (RFC 5888, RFC 9143).

use crate::offer_answer::Refusal;
use causeway_plan::webrtc::MAX_MID;
use causeway_wire::sdp::{Group, MediaDescription, SessionDescription};

/// Groups of an offer that are read. A browser writes one.
const MAX_GROUPS: usize = 4;

/// An offer, its lines by their identification tags.
#[derive(Debug)]
pub(super) struct Offered<'a> {
    pub(super) session: &'a SessionDescription,
    groups: Vec<Group>,
}

impl<'a> Offered<'a> {
    /// # Errors
    /// Two lines have the same tag.
    pub(super) fn read(session: &'a SessionDescription) -> Result<Self, Refusal> {
        let groups = session
            .attributes
            .iter()
            .filter(|attribute| attribute.name.eq_ignore_ascii_case("group"))
            .filter_map(|attribute| Group::parse(attribute.value.as_deref()?))
            .filter(|group| group.semantics.eq_ignore_ascii_case("BUNDLE"))
            .filter(|group| !group.tags.is_empty())
            .take(MAX_GROUPS)
            .collect();
        let mut tags: Vec<_> = session.media.iter().filter_map(tag).collect();
        let count = tags.len();
        tags.sort_unstable();
        tags.dedup();
        if tags.len() < count {
            return Err(Refusal::bad("two lines have the same a=mid"));
        }
        Ok(Self { session, groups })
    }

    /// The lines of this kind that are switched on, with their places; the line in `first`, if it
    /// is one, before the others.
    pub(super) fn lines(
        &self,
        kind: &'static str,
        first: Option<usize>,
    ) -> impl Iterator<Item = (usize, &'a MediaDescription)> {
        let media = &self.session.media;
        let places = first.into_iter().chain((0..media.len()).filter(move |i| Some(*i) != first));
        places.filter_map(|index| Some((index, media.get(index)?))).filter(move |(index, line)| {
            line.kind.eq_ignore_ascii_case(kind) && self.is_on(*index, line)
        })
    }

    /// A line of port 0 is off, unless it says that it goes with the others of its group only.
    fn is_on(&self, index: usize, line: &MediaDescription) -> bool {
        line.port != 0 || (line.has("bundle-only") && self.group_of(index).is_some())
    }

    /// The group of a line.
    pub(super) fn group_of(&self, index: usize) -> Option<&Group> {
        let tag = tag(self.session.media.get(index)?)?;
        self.groups.iter().find(|group| group.tags.iter().any(|other| other == tag))
    }

    /// The line of these that their group names first: it speaks for the transport of all.
    pub(super) fn first_of(&self, taken: &[usize]) -> Option<usize> {
        let place = |index: &usize| {
            let own = tag(self.session.media.get(*index)?)?;
            self.group_of(*index)?.tags.iter().position(|other| other == own)
        };
        taken.iter().copied().min_by_key(|index| (place(index), *index))
    }

    /// The tag of a line that is taken; the engine needs one also where the offer has none.
    ///
    /// # Errors
    /// It is outside of the group of others, or its tag cannot be used.
    pub(super) fn mid(&self, index: usize, line: &MediaDescription) -> Result<String, Refusal> {
        match tag(line) {
            Some(tag) if !is_usable(tag) => Err(Refusal::bad("a=mid is too long or no token")),
            _ if !self.groups.is_empty() && self.group_of(index).is_none() => {
                Err(Refusal::bad("the line is in no a=group:BUNDLE"))
            }
            Some(tag) => Ok(tag.to_owned()),
            None => Ok("0".to_owned()),
        }
    }

    /// The line that the group of a line names first: its transport counts where the line has
    /// none of its own.
    pub(super) fn tagged(&self, index: usize) -> Option<&'a MediaDescription> {
        let first = self.group_of(index)?.tags.first()?;
        self.session.media.iter().find(|line| tag(line) == Some(first))
    }
}

/// The tag of a line, as it stands.
pub(super) fn tag(line: &MediaDescription) -> Option<&str> {
    line.values("mid").next().map(str::trim)
}

/// Whether a tag is a token (RFC 8866 section 9) of a length that we carry.
pub(super) fn is_usable(tag: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`{|}~".contains(&byte);
    (1..=MAX_MID).contains(&tag.len()) && tag.bytes().all(fits)
}
