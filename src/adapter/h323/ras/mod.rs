//! RAS over UDP: our gatekeeper for rooms, and our registration at another's.
//!
//! One task, [`Ras`], owns the sockets and the machines of `causeway_proto::h323::ras`.
//!
//! * [`config`]: what it is told at its start. * [`view`]: what is shown of registrations.
//! * `task`: the task. * `rooms`: our gatekeeper in it. * `upstream`: our registration in it.
//! * `socket`: its sockets.

pub mod config;
mod rooms;
mod socket;
mod task;
#[cfg(test)]
mod tests;
mod upstream;
pub mod view;

pub use causeway_proto::h323::ras::gatekeeper::{Reach, Usage};
pub use causeway_proto::h323::ras::{CallKey, Key};
pub use config::{
    Admission, AdmissionRequest, By, Decision, GatekeeperConfig, Neighbour, RasConfig, RoomUser,
    UpstreamConfig,
};
pub use view::{AdmittedCall, RasNews, RegistrationView, UpstreamState, UpstreamView};

use causeway_base::EndCause;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::{broadcast, mpsc, oneshot};
use view::Views;

/// Requests that may wait for the task of RAS: one for each call that comes or goes, in a burst.
pub const MAX_COMMANDS: usize = 1024;

/// What a gatekeeper wants of calls that are not its own to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RasEvent {
    /// The gatekeeper where we are registered ends a call, or no longer knows us.
    Drop(CallKey, EndCause),
    /// What an admitted call may use from now on, both directions together, in bit/s: the
    /// gatekeeper where we are registered changed it, or a room that our gatekeeper sent here did.
    /// What it may use at first stands in [`Admitted`] and [`AdmittedCall`].
    Bandwidth(CallKey, u64),
    /// The gatekeeper where we are registered has a call for us, of this callIdentifier, and takes
    /// our connection for it there (H.460.18).
    Connect([u8; 16], SocketAddr),
    /// A room told our gatekeeper that its call is over, or went without a word.
    RoomLeft(CallKey),
    /// A call that a room made to elsewhere than us is over.
    RoomCalled(Box<RoomCall>),
}

/// A call of a registered room that did not come to us: to another room, or to a neighbour's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomCall {
    /// The room's first name.
    pub calling: String,
    /// Whom it called, by the first name that it gave; empty where it only said an address.
    pub called: String,
    /// The room's own address.
    pub source: IpAddr,
    /// Where we took calls then, as the room saw us.
    pub here: IpAddr,
    /// When it was admitted.
    pub began: SystemTime,
    /// What the room said of it at its end.
    pub usage: Usage,
}

/// A call of ours for which the gatekeeper is asked where we are registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRequest {
    /// The call.
    pub key: CallKey,
    /// Its call reference.
    pub call_reference: u16,
    /// Its conference identifier.
    pub conference: [u8; 16],
    /// Whom it is for.
    pub to: Vec<String>,
    /// Where it goes or comes from, where that is known.
    pub address: Option<SocketAddr>,
    /// Who calls.
    pub from: Vec<String>,
    /// Both directions together, in bit/s.
    pub bandwidth: u64,
}

/// The gatekeeper allows a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Admitted {
    /// Where it is to go: the other side's address, or the gatekeeper's own.
    pub address: Option<SocketAddr>,
    /// Whom it is for now, where the gatekeeper put other names in place.
    pub to: Vec<String>,
    /// What it may use, both directions together, in bit/s.
    pub bandwidth: u64,
}

/// What the task is told.
#[derive(Debug)]
pub(super) enum Control {
    Admit(Box<CallRequest>, oneshot::Sender<Result<Admitted, EndCause>>),
    End(CallKey),
    Find(String, oneshot::Sender<Option<SocketAddr>>),
    Unregister(SocketAddr),
    Indicate(SocketAddr, [u8; 16]),
    Stop(oneshot::Sender<()>),
}

/// Starts RAS.
#[derive(Debug)]
pub struct Ras;

impl Ras {
    /// Binds the sockets and starts the task on the current tokio runtime. What gatekeepers want
    /// of calls goes to `events`; when it is closed, or all handles are gone, the task ends.
    ///
    /// # Errors
    /// A socket could not be bound.
    pub async fn start(
        config: RasConfig,
        events: mpsc::Sender<RasEvent>,
    ) -> Result<RasHandle, RasError> {
        let (control, controls) = mpsc::channel(MAX_COMMANDS);
        let peers = config.peers().collect();
        let task = task::Task::new(config, controls, events)?;
        let (bound, views) = (task.bound(), task.views());
        tokio::spawn(task.run());
        Ok(RasHandle { control, bound, peers, views })
    }
}

/// Talks to the running task of RAS. Clones talk to the same one.
#[derive(Clone, Debug)]
pub struct RasHandle {
    control: mpsc::Sender<Control>,
    bound: Vec<SocketAddr>,
    /// Where neighbours are, and the gatekeeper where we are registered.
    peers: Arc<[IpAddr]>,
    views: Views,
}

/// A socket of RAS could not be bound.
#[derive(Debug)]
pub struct RasError {
    /// Where.
    pub address: SocketAddr,
    /// What the system said.
    pub error: std::io::Error,
}

impl fmt::Display for RasError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot take RAS on {}: {}", self.address, self.error)
    }
}

impl std::error::Error for RasError {}

impl RasHandle {
    /// The addresses on which RAS is taken, with the ports that the system chose: our
    /// gatekeeper's, that of discovery, and that of our registration, as far as there are such.
    pub fn bound(&self) -> &[SocketAddr] {
        &self.bound
    }

    /// The registered rooms.
    pub fn registrations(&self) -> Vec<RegistrationView> {
        self.views.registrations(SystemTime::now())
    }

    /// Our own registration; `None` where there is none to be.
    pub fn upstream(&self) -> Option<UpstreamView> {
        self.views.upstream()
    }

    /// What happens to registrations from now on; at most [`view::MAX_NEWS`] wait.
    pub fn news(&self) -> broadcast::Receiver<RasNews> {
        self.views.subscribe()
    }

    /// The registered room of a name or number.
    pub fn room(&self, name: &str) -> Option<RegistrationView> {
        self.views.room(name, SystemTime::now())
    }

    /// Whether calls from an address are those of rooms that are registered here, or come by
    /// gatekeepers that we are told of. TCP proves where a call comes from.
    pub fn knows(&self, source: IpAddr) -> bool {
        let source = source.to_canonical();
        self.peers.contains(&source) || self.views.has_room_at(source)
    }

    /// Whether a neighbour was told within the last minute that its room may call this name here.
    pub fn expects(&self, name: &str) -> bool {
        self.views.is_expected(Instant::now(), name)
    }

    /// The call of a registered room that our gatekeeper sent to us, by its callIdentifier. Who
    /// calls is who it is only where the connection comes from [`AdmittedCall::source`].
    pub fn admitted(&self, identifier: &[u8; 16]) -> Option<AdmittedCall> {
        self.views.call(identifier)
    }

    /// Asks the neighbours whose prefix fits where a name or number is.
    pub async fn find(&self, name: &str) -> Option<SocketAddr> {
        let (answer, answered) = oneshot::channel();
        self.control.send(Control::Find(name.to_owned(), answer)).await.ok()?;
        answered.await.ok().flatten()
    }

    /// Has the room that takes RAS there connect to us for the call of this callIdentifier. One that
    /// is not [`Reach::Indicated`] is not told.
    pub async fn indicate(&self, ras: SocketAddr, call: [u8; 16]) {
        let _ = self.control.send(Control::Indicate(ras, call)).await;
    }

    /// Asks for a call, out or in, at the gatekeeper where we are registered.
    ///
    /// # Errors
    /// Why it may not be; [`EndCause::Unreachable`] while we are not registered.
    pub async fn admit(&self, call: CallRequest) -> Result<Admitted, EndCause> {
        let (answer, answered) = oneshot::channel();
        let asked = self.control.send(Control::Admit(Box::new(call), answer)).await;
        asked.map_err(|_| EndCause::Draining)?;
        answered.await.unwrap_or(Err(EndCause::Draining))
    }

    /// A call that was admitted is over. One that was not is nothing to it.
    pub async fn end(&self, call: CallKey) {
        let _ = self.control.send(Control::End(call)).await;
    }

    /// Ends the registration of a room, and tells it so.
    pub async fn unregister(&self, ras: SocketAddr) {
        let _ = self.control.send(Control::Unregister(ras)).await;
    }

    /// Unregisters all rooms and us, waits for the answers (at most `patience`), and stops.
    pub async fn stop(&self, patience: Duration) {
        let (done, stopped) = oneshot::channel();
        if self.control.send(Control::Stop(done)).await.is_ok() {
            let _ = tokio::time::timeout(patience, stopped).await;
        }
    }
}
