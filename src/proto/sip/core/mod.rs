//! What all calls share: transactions, timers, outputs, randomness.
//!
//! * [`client`]: requests of ours, their transactions and messages.
//! * [`server`]: requests of others, likewise.
//! * [`stateless`]: answers for which nothing is kept.

pub(crate) mod client;
pub(crate) mod server;
pub(crate) mod stateless;

pub(crate) use client::{Delivery, Owner};
pub(crate) use server::ServerId;

use super::config::Config;
use super::digest::Nonces;
use super::limits::MAX_OUTPUTS;
use super::random::Random;
use super::timer::TimerQueue;
use super::transaction::{ClientKey, ServerKey};
use super::words::{Event, Flow, Output};
use bytes::Bytes;
use causeway_base::LegId;
use client::ClientTransaction;
use server::ServerTransaction;
use std::collections::{BTreeSet, HashMap, VecDeque};

/// Whose deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum TimerKey {
    Client(ClientKey),
    Server(ServerId),
    Call(LegId),
}

/// All but the calls.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) config: Config,
    pub(crate) random: Random,
    pub(crate) nonces: Nonces,
    clients: HashMap<ClientKey, ClientTransaction>,
    servers: HashMap<ServerId, ServerTransaction>,
    server_ids: HashMap<ServerKey, ServerId>,
    next_server: u64,
    /// Client transactions alive, by call.
    alive: HashMap<LegId, usize>,
    pub(crate) timers: TimerQueue<TimerKey>,
    outputs: VecDeque<Output>,
    /// Calls whose deadline or end is to be looked at.
    pub(crate) touched: BTreeSet<LegId>,
}

impl Core {
    pub(crate) fn new(config: Config) -> Self {
        let mut random = Random::new(config.seed);
        let nonces = Nonces::new(random.wide(), config.digest.clone());
        Self {
            config,
            random,
            nonces,
            clients: HashMap::new(),
            servers: HashMap::new(),
            server_ids: HashMap::new(),
            next_server: 0,
            alive: HashMap::new(),
            timers: TimerQueue::new(),
            outputs: VecDeque::new(),
            touched: BTreeSet::new(),
        }
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    pub(crate) fn transmit(&mut self, flow: Flow, bytes: Bytes) {
        if self.outputs.len() < MAX_OUTPUTS {
            self.outputs.push_back(Output::Transmit { flow, bytes });
        }
    }

    pub(crate) fn pop_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    pub(crate) fn transactions(&self) -> usize {
        self.clients.len() + self.servers.len()
    }

    /// Client transactions of a call that are not over.
    pub(crate) fn alive(&self, call: LegId) -> bool {
        self.alive.contains_key(&call)
    }
}
