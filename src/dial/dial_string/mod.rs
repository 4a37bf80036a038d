//! Dial strings: what is dialled to reach a meeting of another service, with its passcode where
//! the string can carry one.
//!
//! * `service`: the services, a closed list. * `field`: what strings are made of, by name: no
//!   service agrees with another about the order.
//! * `form`: a string with places for fields; builds and reads.
//! * `table`: every string that is known, how it is reached, and how sure that is.

mod field;
mod form;
mod service;
mod table;
#[cfg(test)]
mod tests;

pub use field::{Field, FieldError, Fields, Kind, MAX_DIGITS, MAX_HOST, MAX_NAME, MAX_PASSCODE};
pub use form::{FillError, Form, FormError};
pub use service::{Protocol, Service};
pub use table::{DialString, Dialled, Evidence, dial_string, dial_strings};
