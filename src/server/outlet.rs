//! Where a conference's orders go: the adapter that has the leg, and the engine.

use crate::conference_actor::Order;
use causeway_adapter::sip::{SipError, SipHandle};
use causeway_engine::Engine;
use std::fmt;

/// Carries orders out. Never blocks.
pub(crate) trait Outlet: fmt::Debug + Send + Sync + 'static {
    /// Gives an order to whom it concerns.
    ///
    /// # Errors
    /// [`Busy`]: try the same order again a little later.
    fn carry_out(&self, order: Order) -> Result<(), Busy>;
}

/// The receiver's queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Busy;

/// The real ones.
#[derive(Debug)]
pub(crate) struct Drivers {
    pub(crate) sip: SipHandle,
    pub(crate) engine: Engine,
}

impl Outlet for Drivers {
    fn carry_out(&self, order: Order) -> Result<(), Busy> {
        match order {
            Order::Leg(command) => match self.sip.try_command(command) {
                Err(SipError::Overloaded) => Err(Busy),
                // A stopped adapter has hung up every leg.
                _ => Ok(()),
            },
            Order::Media(command) => self.engine.send(command).map_err(|_| Busy),
        }
    }
}
