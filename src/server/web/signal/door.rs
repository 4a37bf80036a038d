//! What the door of pages shares, and how long it is patient.

use super::callback::Callbacks;
use super::look::Pace;
use super::place::Places;
use super::scenes::Scenes;
use super::seat::Seats;
use super::shown::Allowed;
use crate::bridge::Bridge;
use crate::front_desk::FrontDesk;
use crate::journal::Journal;
use crate::link::Links;
use crate::live::Live;
use crate::look::Looks;
use crate::web::entrance::Entrance;
use causeway_adapter::webrtc::message::IceServer;
use causeway_conference::Who;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// How long pages have to hear that the bridge stops.
const GOODBYE: Duration = Duration::from_secs(2);

/// How long the door waits for what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// For the first word.
    pub(crate) hello: Duration,
    /// For a PIN that was asked for: somebody looks for the invitation.
    pub(crate) pin: Duration,
    /// For a page whose connection broke.
    pub(crate) seat: Duration,
    /// For feedback after the end: who reads slowly, or by ear, needs more than seconds (WCAG 2.2.1).
    pub(crate) feedback: Duration,
    /// Between two questions whether the page is there: shorter than proxies wait before they
    /// close a silent connection.
    pub(crate) ping: Duration,
    /// Without any word or answer: the connection is dead.
    pub(crate) silence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            hello: Duration::from_secs(10),
            pin: Duration::from_secs(120),
            seat: Duration::from_secs(30),
            feedback: Duration::from_secs(120),
            ping: Duration::from_secs(15),
            silence: Duration::from_secs(40),
        }
    }
}

/// The telephone number and the code of a meeting, by its key.
pub(crate) type PhoneOf = Box<dyn Fn(&str) -> Option<(String, String)> + Send + Sync>;

/// The ICE servers for a participant.
pub(crate) type IceFor = Box<dyn Fn(Who) -> Vec<IceServer> + Send + Sync>;

/// What pages are told that the conference does not know.
pub(crate) struct Facts {
    pub(crate) phone: PhoneOf,
    pub(crate) ice: IceFor,
    pub(crate) patience: Patience,
}

/// The door of pages.
pub(crate) struct Door {
    pub(super) live: Live,
    pub(super) entrance: Arc<Entrance>,
    pub(super) links: Arc<Links>,
    pub(super) desk: Arc<FrontDesk>,
    pub(super) journal: Arc<Journal>,
    pub(super) scenes: Arc<Scenes>,
    pub(super) seats: Arc<Seats>,
    pub(super) places: Arc<Places>,
    pub(super) callbacks: Callbacks,
    pub(super) looks: Arc<Looks>,
    /// How often somebody looks.
    pub(super) looking: Pace,
    pub(super) patience: Patience,
    /// The address of ours at which pages arrive.
    pub(super) local: IpAddr,
    phone: PhoneOf,
    ice: IceFor,
    draining: watch::Sender<bool>,
    closing: watch::Sender<bool>,
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").finish_non_exhaustive()
    }
}

impl Door {
    /// Of a running bridge.
    pub(crate) fn new(bridge: &Bridge, facts: Facts) -> Self {
        let Facts { phone, ice, patience } = facts;
        Self {
            live: bridge.live().clone(),
            entrance: Arc::clone(bridge.entrance()),
            links: Arc::clone(bridge.links()),
            desk: Arc::clone(bridge.desk()),
            journal: Arc::clone(bridge.journal()),
            scenes: Arc::new(Scenes::new(bridge.live().clone())),
            seats: Arc::default(),
            places: Arc::default(),
            callbacks: Callbacks::default(),
            looks: Arc::clone(bridge.looks()),
            looking: Pace::default(),
            patience,
            local: bridge.local(),
            phone,
            ice,
            draining: watch::channel(false).0,
            closing: watch::channel(false).0,
        }
    }

    /// Tells every page that the bridge stops when the meetings that go on are over.
    pub(crate) fn drain(&self) {
        self.draining.send_replace(true);
    }

    pub(super) fn draining(&self) -> watch::Receiver<bool> {
        self.draining.subscribe()
    }

    /// Tells every page that the bridge stops, and waits a little until they have heard it.
    pub(crate) async fn close(&self) {
        self.closing.send_replace(true);
        let gone = async {
            while self.places.count() > 0 {
                sleep(Duration::from_millis(10)).await;
            }
        };
        let _ = timeout(GOODBYE, gone).await;
    }

    pub(super) async fn closing(&self) {
        let mut closing = self.closing.subscribe();
        // The sender is here.
        let _ = closing.wait_for(|closing| *closing).await;
    }

    pub(super) fn allowed(&self) -> Allowed {
        let (calls_out, draining) = (self.desk.outgoing().is_enabled(), *self.draining.borrow());
        Allowed { calls_out, draining }
    }

    pub(super) fn phone(&self, meeting: &str) -> Option<(String, String)> {
        (self.phone)(meeting)
    }

    pub(super) fn ice_servers(&self, who: Who) -> Vec<IceServer> {
        (self.ice)(who)
    }
}
