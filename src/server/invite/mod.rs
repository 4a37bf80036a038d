//! Invites: one meeting gives one card of addresses, and the card gives text, HTML and iCalendar,
//! in Chinese and in English.
//!
//! * [`address`]: where the bridge is reached.
//! * [`card`]: every way in, each tried against the dial plan before it is published; [`cards`]:
//!   those of a bridge.
//! * [`text`]: the words. * [`html`]: the same for a mail. * [`calendar`]: RFC 5545.
//! * [`time`]: Beijing time first in Chinese, UTC beside it.

pub mod address;
pub mod calendar;
pub mod card;
pub mod cards;
pub mod html;
pub mod text;
pub mod time;

pub use address::{Addresses, Bound, Phone, SipPlace};
pub use card::{Card, CardError, Subject, Tokens};
pub use cards::Cards;

#[cfg(test)]
mod tests;
