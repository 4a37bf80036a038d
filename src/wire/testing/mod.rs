//! What tests of several crates share; nothing else uses it.
//!
//! * [`capture`]: what went over the wire, out of capture files.
//! * [`hostile`]: messages of Q.931 that are wrong in every way that they can be.

pub mod capture;
pub mod hostile;
