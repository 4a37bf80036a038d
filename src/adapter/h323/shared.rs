//! What all calls share, and by what each of them is moved.

use super::awaited::Awaited;
use super::config::H323Config;
use super::control::Ports;
use super::locate::Locator;
use crate::local::LocalAddresses;
use crate::random::seed;
use causeway_base::LegId;
use causeway_conference::{LegCommand, LegEvent};
use causeway_proto::h323::session::{self, Session};
use dashmap::DashMap;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// Commands that may wait for a call. It is accepted once; keys are pressed by people.
const MAX_COMMANDS: usize = 32;

/// Where the adapter is in its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Life {
    /// It takes calls.
    #[default]
    Serving,
    /// Running calls go on, no new ones come in.
    Draining,
    /// Every call ends.
    Stopping,
}

/// What all calls share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) config: H323Config,
    pub(super) locals: LocalAddresses,
    pub(super) ports: Ports,
    pub(super) locator: Locator,
    pub(super) events: mpsc::Sender<LegEvent>,
    pub(super) legs: DashMap<LegId, Reins>,
    /// Calls that a gatekeeper admitted, by their callIdentifier.
    pub(super) admitted: DashMap<[u8; 16], LegId>,
    /// Who calls a room behind a firewall, and waits for its connection.
    pub(super) awaited: Awaited,
    pub(super) life: watch::Sender<Life>,
    /// Tasks of calls.
    pub(super) tasks: watch::Sender<usize>,
}

/// By what a leg is moved.
#[derive(Debug)]
pub(super) struct Reins {
    pub(super) commands: mpsc::Sender<LegCommand>,
    admitted: watch::Sender<Option<u64>>,
}

/// A leg's place among the others; dropping it gives it up.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) leg: LegId,
    pub(super) commands: mpsc::Receiver<LegCommand>,
    /// What a gatekeeper lets it use, both directions together, in bit/s.
    pub(super) admitted: watch::Receiver<Option<u64>>,
    shared: Arc<Shared>,
}

/// Counts a task while it is there.
#[derive(Debug)]
pub(super) struct Present(Arc<Shared>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.shared.legs.remove(&self.leg);
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.0.tasks.send_modify(|tasks| *tasks = tasks.saturating_sub(1));
    }
}

impl Shared {
    pub(super) fn new(config: H323Config, events: mpsc::Sender<LegEvent>) -> Self {
        Self {
            locals: LocalAddresses::new(config.advertised.clone()),
            ports: Ports::default(),
            locator: Locator::new(&config.nameservers),
            events,
            legs: DashMap::new(),
            admitted: DashMap::new(),
            awaited: Awaited::default(),
            life: watch::channel(Life::default()).0,
            tasks: watch::channel(0).0,
            config,
        }
    }

    /// A leg can be told something from now on.
    pub(super) fn seat(self: &Arc<Self>, leg: LegId) -> Seat {
        let (sender, commands) = mpsc::channel(MAX_COMMANDS);
        let (told, admitted) = watch::channel(None);
        self.legs.insert(leg, Reins { commands: sender, admitted: told });
        Seat { leg, commands, admitted, shared: Arc::clone(self) }
    }

    /// A gatekeeper lets a leg use so much, both directions together, in bit/s.
    pub(super) fn limit(&self, leg: LegId, bandwidth: u64) {
        if let Some(reins) = self.legs.get(&leg) {
            reins.admitted.send_replace(Some(bandwidth));
        }
    }

    /// Whether a gatekeeper that we are told of is there.
    pub(super) fn is_gatekeeper(&self, ip: IpAddr) -> bool {
        self.config.gatekeepers.iter().any(|one| one.to_canonical() == ip.to_canonical())
    }

    /// One task more.
    pub(super) fn present(self: &Arc<Self>) -> Present {
        self.tasks.send_modify(|tasks| *tasks += 1);
        Present(Arc::clone(self))
    }

    /// A session that has not begun.
    pub(super) fn session(&self) -> Session {
        let H323Config { product: (name, version), tunnelling, ring_patience, .. } = &self.config;
        let config = session::Config::new(name, version, *tunnelling, *ring_patience, seed());
        Session::new(config)
    }
}
