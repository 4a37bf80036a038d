//! SIP as a pure state machine (RFC 3261 and its companions), on top of `sip-codec`.
//!
//! [`Endpoint`] owns all transactions, dialogs and calls of a node. It takes [`Input`]s and gives
//! [`Output`]s, as the crate's documentation says. Session descriptions are opaque to it; it
//! keeps who owes an answer.
//!
//! * [`words`]: inputs, commands, events, outputs. * [`config`], [`limits`], [`timer`].
//! * [`endpoint`]: routes messages to transactions and calls.
//! * `transaction`: the four machines of RFC 3261 section 17, with RFC 6026.
//! * `core`: transactions with their messages, timers, outputs.
//! * `callers`: UDP sources that nothing proves. * `dialog`: tags, sequence numbers, route sets.
//! * [`location`]: from a URI to addresses (RFC 3263).
//! * `invite`: calls as caller and callee, offers anew, session timers, 100rel.
//! * [`digest`]: authentication both ways. * [`identity`]: who calls, asserted and hidden.
//! * [`registrar`]: where devices are. * [`registration`]: ours at a trunk. * [`health`]: whether
//!   a trunk answers. * `shown`: what logs see of all this.
//!
//! An incoming call: [`Event::Invited`] (nothing is kept yet) -> [`Command::Admit`] ->
//! [`Command::Progress`] -> [`Command::Answer`] -> [`Event::Confirmed`] -> … ->
//! [`Event::Ended`]. An outgoing one: [`Command::Invite`] -> [`Event::Progress`] ->
//! [`Event::Answered`] -> … -> [`Event::Ended`]. A device registers: [`Event::Register`] ->
//! [`Endpoint::verify`] -> [`Registrar::register`] -> [`Command::AnswerRegister`]. We register:
//! [`Registration`] -> [`Command::Request`] -> [`Event::Responded`] -> [`Registration`].

pub(crate) mod callers;
pub mod config;
pub(crate) mod core;
pub(crate) mod dialog;
pub mod digest;
pub mod endpoint;
#[doc(hidden)]
pub mod fuzz;
pub mod health;
pub mod identity;
pub(crate) mod invite;
pub mod limits;
pub mod location;
pub(crate) mod random;
pub(crate) mod read;
pub mod registrar;
pub mod registration;
mod shown;
pub mod timer;
pub(crate) mod transaction;
pub mod words;

#[cfg(test)]
mod tests;

pub use config::Config;
pub use digest::{Algorithm, Credentials, Secret, Verdict};
pub use endpoint::Endpoint;
pub use health::Health;
pub use identity::{Identity, Presentation};
pub use limits::Limits;
pub use read::sdp as session_description;
pub use registrar::Registrar;
pub use registration::Registration;
pub use words::{Carrier, Command, Event, Flow, Hop, Input, Invite, Output};
