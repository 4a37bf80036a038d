//! What is numbered. Every identifier is its own type, so that one cannot stand for another.

use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    };
}

id!(
    /// One signalling relation with its media: a SIP dialog, an H.323 call, a WebRTC session.
    LegId,
    "leg-"
);
id!(
    /// One conference (RFC 4353), for as long as it lives.
    ConferenceId,
    "conf-"
);
id!(
    /// One entry of a roster, with one or more legs.
    ParticipantId,
    "part-"
);
