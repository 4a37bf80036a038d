//! The conference domain as a pure state machine.
//!
//! * [`leg`]: the only words that adapters share with the rest, [`LegEvent`] and [`LegCommand`].

pub mod leg;

pub use leg::{LegCommand, LegEvent, MediaAddress, Offered, Protocol};
