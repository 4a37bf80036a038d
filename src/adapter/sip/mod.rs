//! SIP over UDP, TCP and TLS: the driver around `causeway_proto::sip::Endpoint`.
//!
//! One task owns the endpoint. It speaks [`LegEvent`] and [`LegCommand`] with the rest.
//!
//! * [`config`]: what it is told at its start.
//! * `transport`: sockets; messages with the flow they came by.
//! * `driver`: the task: the endpoint between the sockets and the legs.
//! * [`account`]: users and trunks. * `accounts`: all of them. * [`view`]: what is shown of them.
//! * `resolver`: asks the DNS where a URI leads.
//! * `leg`: one call's descriptions: offer/answer between the endpoint's events and the leg's.
//! * `facts`: what an INVITE says of itself.

pub mod account;
mod accounts;
pub mod config;
mod driver;
mod facts;
mod leg;
mod resolver;
#[cfg(test)]
mod tests;
mod transport;
pub mod view;

pub use account::{DirectRouting, MutualTls, Trunk, User};
pub use causeway_proto::sip::{Algorithm, Carrier, Credentials, Secret};
pub use config::{
    Admission, Advertised, Decision, IncomingCall, LegIds, Limits, Listener, Refused, SipConfig,
    Transport,
};
pub use view::{ProxyView, RegistrationView, SipNews, TrunkHealth, TrunkRegistration, TrunkView};

use causeway_conference::{LegCommand, LegEvent};
use driver::Driver;
use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};
use tokio::sync::{broadcast, mpsc, oneshot};
use view::Views;

/// Commands that may wait for the signalling task: a burst of one command for each of a
/// thousand legs (the end of a large conference) must not block a conference.
pub const MAX_COMMANDS: usize = 4096;

/// Starts the SIP adapter.
#[derive(Debug)]
pub struct SipAdapter;

/// Talks to a running SIP adapter. Clones talk to the same one.
#[derive(Clone, Debug)]
pub struct SipHandle {
    control: mpsc::Sender<Control>,
    bound: Vec<(Carrier, SocketAddr)>,
    doors: Vec<(u16, Vec<SocketAddr>)>,
    views: Views,
}

/// What the signalling task is told.
#[derive(Debug)]
pub(crate) enum Control {
    Command(Box<LegCommand>),
    Drain,
    Stop { done: oneshot::Sender<()> },
}

/// Why the adapter did not start, or is gone.
#[derive(Debug)]
pub enum SipError {
    /// A listener could not be bound.
    Bind {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        error: std::io::Error,
    },
    /// The adapter has stopped.
    Stopped,
    /// [`MAX_COMMANDS`] commands wait already.
    Overloaded,
}

impl fmt::Display for SipError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SipError::Bind { address, error } => write!(f, "cannot listen on {address}: {error}"),
            SipError::Stopped => f.write_str("the SIP adapter has stopped"),
            SipError::Overloaded => f.write_str("too many SIP commands wait"),
        }
    }
}

impl std::error::Error for SipError {}

impl SipAdapter {
    /// Binds all listeners and starts the signalling task on the current tokio runtime.
    /// Events of all legs go to `events`; when it is closed, the adapter stops.
    pub async fn start(
        config: SipConfig,
        events: mpsc::Sender<LegEvent>,
    ) -> Result<SipHandle, SipError> {
        let (control, controls) = mpsc::channel(MAX_COMMANDS);
        let driver = Driver::new(config, controls, events).await?;
        let (bound, views) = (driver.bound().to_vec(), driver.views().clone());
        let doors = driver.doors();
        tokio::spawn(driver.run());
        Ok(SipHandle { control, bound, doors, views })
    }
}

impl SipHandle {
    /// The addresses that are listened on, with the ports that the system chose.
    pub fn bound(&self) -> &[(Carrier, SocketAddr)] {
        &self.bound
    }

    /// Where a trunk that knows us by a name opens connections to us, with the ports that the
    /// system chose: its number in the configuration, and the addresses.
    pub fn doors(&self) -> &[(u16, Vec<SocketAddr>)] {
        &self.doors
    }

    /// The trunks, in the order of the configuration.
    pub fn trunks(&self) -> Vec<TrunkView> {
        self.views.trunks()
    }

    /// The contacts of all registered users, by user.
    pub fn registrations(&self) -> Vec<RegistrationView> {
        self.views.registrations(SystemTime::now())
    }

    /// What happens to trunks and registrations from now on; at most [`view::MAX_NEWS`] wait.
    pub fn news(&self) -> broadcast::Receiver<SipNews> {
        self.views.subscribe()
    }

    /// Gives a command to a leg. A leg that is gone ignores it. Waits while
    /// [`MAX_COMMANDS`] are under way.
    pub async fn command(&self, command: LegCommand) -> Result<(), SipError> {
        self.control.send(Control::Command(Box::new(command))).await.map_err(|_| SipError::Stopped)
    }

    /// Gives a command to a leg without waiting.
    pub fn try_command(&self, command: LegCommand) -> Result<(), SipError> {
        self.control.try_send(Control::Command(Box::new(command))).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SipError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => SipError::Stopped,
        })
    }

    /// Refuses new calls from now on with 503 `Draining`; running ones go on.
    pub async fn drain(&self) {
        let _ = self.control.send(Control::Drain).await;
    }

    /// Hangs up every call, waits for their BYEs to be answered (at most `patience`), and stops.
    pub async fn stop(&self, patience: Duration) {
        let (done, stopped) = oneshot::channel();
        if self.control.send(Control::Stop { done }).await.is_ok() {
            let _ = tokio::time::timeout(patience, stopped).await;
        }
    }
}
