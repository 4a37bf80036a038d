//! The conference domain as a pure state machine: time, legs and people come in as
//! [`Command`]s, what was decided goes out as [`Event`]s. Words of RFC 4353 and RFC 4575.
//!
//! * [`leg`]: the only words that adapters share with the rest, [`LegEvent`] and [`LegCommand`].
//! * [`conference`]: [`Conference`], the machine: `handle(now, Command)`, then drain
//!   `poll_event()`; `poll_timeout()` says when to call `handle_timeout(now)`.
//! * [`command`] and [`event`]: its words, imperative and past tense.
//! * [`admission`]: the way of a leg from its arrival to being heard, one for every kind of leg.
//! * [`participant`] and [`roster`]: who is there, in which role, and why nothing is heard of them.
//! * `queue`: the order of those who wait. * `voice`: how often a leg is told something.
//! * [`chat`]: what people write to each other.
//! * [`policy`]: limits, admission and end rules.
//! * [`speaker`]: who speaks, with hysteresis. * [`layout`]: who is seen, and where.
//! * [`forwarding`]: whether browsers get a composed picture or people as they send themselves.
//! * [`digit`]: one stream of digits out of three ways to send them.
//! * [`key`]: what the keys of a telephone do. * [`notice`]: what one leg is told by voice.
//! * [`reception`]: the voice menu before a conference.
//! * `tile`: which of a browser's lines brings whom.
//! * [`media_plan`]: what the decisions mean for the mixer. * `picture_plan`: what they mean for
//!   pictures. * `screen`: what a room shows while it waits.

pub mod admission;
pub mod chat;
pub mod command;
pub mod conference;
pub mod digit;
pub mod event;
pub mod forwarding;
#[doc(hidden)]
pub mod fuzz;
pub mod key;
pub mod layout;
pub mod leg;
pub mod media_plan;
pub mod notice;
pub mod participant;
mod picture_plan;
pub mod policy;
mod queue;
pub mod reception;
pub mod roster;
mod screen;
pub mod speaker;
mod tile;
mod voice;

pub use admission::{AdmissionState, Door, Hold};
pub use chat::{ChatText, Said, TextError};
pub use command::{By, CallerKey, Command, CommandError, Join};
pub use conference::Conference;
pub use conference::picture::Looks;
pub use conference::view::{ConferenceView, LegView, ParticipantView};
pub use event::Event;
pub use forwarding::BrowserPictures;
pub use key::{KeyAction, KeyError, KeyTable};
pub use layout::{Layout, NamedLayout, PictureChoice};
pub use leg::{
    LegCommand, LegEvent, MediaAddress, Offered, PortAddress, Proof, Protocol, ReferralFate,
};
pub use notice::{Notice, Phrase};
pub use participant::{DisplayName, Mute, Participant, Role, Who};
pub use policy::{EndRules, HostPresence, Lobby, Settings};
pub use reception::{Arrival, Goal, Reception, ReceptionCommand, ReceptionEvent, Verdict};
pub use roster::Roster;

#[cfg(test)]
mod tests;
