//! Sans-IO signalling engines: SIP, offer/answer, H.323.
//!
//! # The shape of every engine
//!
//! An engine is a plain value. It owns no socket, no clock, no task and no lock; the same value
//! runs in a unit test with a virtual clock, in a fuzzer and behind a driver.
//!
//! * `handle_input(now, Input)` takes one thing that happened: a message that arrived, a
//!   connection that failed, a command of the application. It never fails and never blocks.
//!   What the network sends wrong is answered, counted or dropped inside.
//! * `handle_timeout(now)` is called when the deadline that the engine last asked for has
//!   passed. Calling it early, late or twice is harmless: late timers fire once, in order.
//! * `poll_output() -> Output` is drained after each of the two, until it says
//!   `Output::Timeout`. `Output::Transmit` is to be sent now, in the order given;
//!   `Output::Event` is for the application. `Output::Timeout(Some(deadline))` says when
//!   `handle_timeout` is due at the latest, `None` that nothing waits.
//!
//! `now` is a [`std::time::Instant`] and never goes backwards from call to call; an engine that
//! is given an older one acts as if no time had passed. Randomness comes from a seed in the
//! configuration. Outputs queue inside the engine: one input makes a bounded number of them.

pub mod h323;
pub mod offer_answer;
pub mod sip;

/// Bodies of all fuzz targets of this crate.
#[doc(hidden)]
pub mod fuzz {
    pub use crate::h323::fuzz::*;
    pub use crate::offer_answer::fuzz::*;
    pub use crate::sip::fuzz::*;
}
