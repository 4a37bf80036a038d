//! What a receiver of video can ask its sender (`a=rtcp-fb`, RFC 4585 section 4.2).

use std::fmt;

/// One kind of feedback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FeedbackKind {
    /// `nack`: packets are asked for again (RFC 4585 section 6.2.1).
    Nack,
    /// `nack pli`: a picture was lost (RFC 4585 section 6.3.1).
    Pli,
    /// `ccm fir`: a key frame is needed (RFC 5104 section 4.3.1).
    Fir,
    /// `ccm tmmbr`: a bound of the rate (RFC 5104 section 4.2.1).
    Tmmbr,
    /// `goog-remb`: an estimate of the rate (draft-alvestrand-rmcat-remb).
    Remb,
    /// `transport-cc`: when each packet arrived
    /// (draft-holmer-rmcat-transport-wide-cc-extensions). Packets are numbered by a header
    /// extension; a line without that cannot have it. We agree to it and do not offer it.
    TransportCc,
}

impl FeedbackKind {
    /// All kinds.
    pub const ALL: [FeedbackKind; 6] = [
        FeedbackKind::Nack,
        FeedbackKind::Pli,
        FeedbackKind::Fir,
        FeedbackKind::Tmmbr,
        FeedbackKind::Remb,
        FeedbackKind::TransportCc,
    ];

    /// What stands behind the payload type.
    pub const fn name(self) -> &'static str {
        match self {
            FeedbackKind::Nack => "nack",
            FeedbackKind::Pli => "nack pli",
            FeedbackKind::Fir => "ccm fir",
            FeedbackKind::Tmmbr => "ccm tmmbr",
            FeedbackKind::Remb => "goog-remb",
            FeedbackKind::TransportCc => "transport-cc",
        }
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Feedback(u8);

impl Feedback {
    /// None.
    pub const NONE: Self = Self(0);
    /// All.
    pub const ALL: Self = Self((1 << FeedbackKind::ALL.len()) - 1);

    /// With one more.
    pub const fn with(self, kind: FeedbackKind) -> Self {
        Self(self.0 | 1 << kind as u8)
    }

    /// Whether it has one.
    pub const fn has(self, kind: FeedbackKind) -> bool {
        self.0 & 1 << kind as u8 != 0
    }

    /// What both have.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What either has.
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Its kinds, in the order of [`FeedbackKind::ALL`].
    pub fn kinds(self) -> impl Iterator<Item = FeedbackKind> {
        FeedbackKind::ALL.into_iter().filter(move |kind| self.has(*kind))
    }
}

impl FromIterator<FeedbackKind> for Feedback {
    fn from_iter<I: IntoIterator<Item = FeedbackKind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Debug for Feedback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.kinds()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        assert_eq!(Feedback::from_iter(FeedbackKind::ALL), Feedback::ALL);
        let set = Feedback::NONE.with(FeedbackKind::Fir).with(FeedbackKind::Nack);
        let kinds: Vec<_> = set.kinds().collect();
        assert_eq!(kinds, [FeedbackKind::Nack, FeedbackKind::Fir]);
        assert_eq!(set.and(Feedback::from_iter([FeedbackKind::Fir])).kinds().count(), 1);
        assert!(!Feedback::NONE.has(FeedbackKind::Nack));
    }
}
