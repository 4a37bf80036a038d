//! H.323 over TCP: the driver around `causeway_proto::h323::session::Session`, one task a call. It
//! speaks [`LegEvent`] and [`LegCommand`] with the rest.
//!
//! * [`config`]: what it is told at its start.
//! * `shared`: what all calls share.
//! * `listen`: connections that come in. * `dial`: calls that go out. * `locate`: where they lead.
//! * `redirect`: where whom we call has us call instead.
//! * `awaited`: connections that rooms behind firewalls make for calls of ours.
//! * `call`: one call: its session between its connections and its leg.
//! * `wire`: one connection. * `control`: that of H.245, where it has one of its own.
//! * `facts`: what a Setup says of itself.
//! * `upstream`: whether the gatekeeper where we are registered lets us take a call.
//! * [`ras`]: gatekeepers: ours for rooms, and the one where we are registered.

mod awaited;
mod call;
pub mod config;
mod control;
mod dial;
mod facts;
mod listen;
mod locate;
pub mod ras;
mod reachable;
mod redirect;
mod shared;
#[cfg(test)]
mod tests;
mod upstream;
mod wire;

pub use config::{
    Admission, Advertised, Decision, H323Config, IncomingCall, Leads, LeadsOn, LegIds, Limits,
    Refused,
};

use causeway_conference::{LegCommand, LegEvent};
use ras::{CallKey, RasEvent};
use shared::{Life, Shared};
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Starts the H.323 adapter.
#[derive(Debug)]
pub struct H323Adapter;

/// Talks to a running H.323 adapter. Clones talk to the same one.
#[derive(Clone, Debug)]
pub struct H323Handle {
    shared: Arc<Shared>,
    bound: Vec<SocketAddr>,
}

/// Why the adapter did not start, or does not take a command.
#[derive(Debug)]
pub enum H323Error {
    /// A listener could not be bound.
    Bind {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        error: std::io::Error,
    },
    /// Too many commands wait for the leg.
    Overloaded,
}

impl fmt::Display for H323Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            H323Error::Bind { address, error } => write!(f, "cannot listen on {address}: {error}"),
            H323Error::Overloaded => f.write_str("too many commands wait for a leg of H.323"),
        }
    }
}

impl std::error::Error for H323Error {}

impl H323Adapter {
    /// Binds all listeners and takes calls on the current tokio runtime. Events of all legs go to
    /// `events`.
    ///
    /// # Errors
    /// [`H323Error::Bind`].
    pub fn start(
        config: H323Config,
        events: mpsc::Sender<LegEvent>,
    ) -> Result<H323Handle, H323Error> {
        let shared = Arc::new(Shared::new(config, events));
        let bound = listen::listen(&shared)?;
        Ok(H323Handle { shared, bound })
    }
}

impl H323Handle {
    /// The addresses that are listened on, with the ports that the system chose.
    pub fn bound(&self) -> &[SocketAddr] {
        &self.bound
    }

    /// Gives a command to a leg without waiting. A leg that is gone ignores it.
    ///
    /// # Errors
    /// [`H323Error::Overloaded`]: try again a little later.
    pub fn try_command(&self, command: LegCommand) -> Result<(), H323Error> {
        if matches!(command, LegCommand::Dial { .. }) {
            dial::dial(&self.shared, command);
            return Ok(());
        }
        let Some(leg) = self.shared.legs.get(&command.leg()).map(|leg| leg.commands.clone()) else {
            return Ok(());
        };
        match leg.try_send(command) {
            Err(mpsc::error::TrySendError::Full(_)) => Err(H323Error::Overloaded),
            // Its last word is on its way.
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => Ok(()),
        }
    }

    /// Carries out what a gatekeeper wants of a call that it admitted, or has for us.
    pub fn gatekeeper_wants(&self, event: &RasEvent) {
        let leg = |key: &CallKey| self.shared.admitted.get(&key.identifier).map(|leg| *leg);
        match event {
            RasEvent::Drop(key, cause) => {
                if let Some(leg) = leg(key) {
                    // A leg that is so far behind ends by itself.
                    let _ = self.try_command(LegCommand::End { leg, cause: *cause });
                }
            }
            RasEvent::Bandwidth(key, bandwidth) => {
                leg(key).into_iter().for_each(|leg| self.shared.limit(leg, *bandwidth));
            }
            RasEvent::Connect(call, at) => awaited::connect(&self.shared, *call, *at),
            RasEvent::RoomLeft(_) | RasEvent::RoomCalled(_) => {}
        }
    }

    /// Refuses new calls from now on; running ones go on.
    pub fn drain(&self) {
        self.live(Life::Draining);
    }

    /// Ends every call and waits until all have said so, at most `patience`.
    pub async fn stop(&self, patience: Duration) {
        self.live(Life::Stopping);
        let mut tasks = self.shared.tasks.subscribe();
        let _ = timeout(patience, tasks.wait_for(|tasks| *tasks == 0)).await;
    }

    fn live(&self, next: Life) {
        self.shared.life.send_if_modified(|life| {
            let goes_on = *life != Life::Stopping && *life != next;
            if goes_on {
                *life = next;
            }
            goes_on
        });
    }
}
