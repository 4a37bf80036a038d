//! Which UDP sources have shown that what we send reaches them.
//!
//! Anybody can write another's address on a datagram. Until a source returns a tag that we chose,
//! it may be the victim of whoever sends under its name. Such a stranger gets no more than
//! [`CREDIT`] times what came from it, and its calls are the first to go when many wait for
//! their ACK.

use super::words::Flow;
use causeway_base::LegId;
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;

/// Bytes that a stranger may be sent for each that came from it (the bound of RFC 9000 section
/// 8.1): enough for an answer to a short INVITE, and for its repeat when the ACK is lost.
pub(crate) const CREDIT: usize = 3;

/// Sources that are remembered: some 3 MB. Beyond it those that showed themselves longest ago
/// are strangers again, which they hardly notice.
const MAX_PROVEN: usize = 65_536;

/// Calls that a proven source may begin without confirming one, before its name seems to be
/// misused: a trunk that answers within 200 ms confirms 300 a second.
const MAX_UNCONFIRMED: u32 = 64;

/// Calls of strangers that wait for their ACK. A real caller confirms within its round trip, so
/// that even 2,000 forged calls a second do not push it out before.
const MAX_WAITING: usize = 512;

/// The callers of one endpoint.
#[derive(Debug, Default)]
pub(crate) struct Callers {
    /// Calls begun since a source showed itself last; lately seen, and before that.
    recent: HashMap<IpAddr, u32>,
    before: HashMap<IpAddr, u32>,
    /// Calls of strangers, the oldest first; some are confirmed, or over.
    waiting: VecDeque<LegId>,
}

impl Callers {
    /// A request came over UDP with a tag of ours: its source gets what we send.
    pub(crate) fn prove(&mut self, source: IpAddr) {
        self.remember(source, 0);
    }

    /// A new call comes by this flow. Whether its source may be another's.
    pub(crate) fn is_stranger(&mut self, flow: Flow) -> bool {
        if flow.carrier.is_reliable() {
            return false;
        }
        let source = flow.remote.ip();
        let known = self.recent.get(&source).or_else(|| self.before.get(&source)).copied();
        match known {
            Some(begun) if begun < MAX_UNCONFIRMED => {
                self.remember(source, begun + 1);
                false
            }
            _ => true,
        }
    }

    /// A stranger's call waits for its ACK. Gives the one that has to make room for it.
    pub(crate) fn wait(&mut self, call: LegId) -> Option<LegId> {
        self.waiting.push_back(call);
        if self.waiting.len() > MAX_WAITING { self.waiting.pop_front() } else { None }
    }

    fn remember(&mut self, source: IpAddr, begun: u32) {
        if self.recent.len() >= MAX_PROVEN / 2 && !self.recent.contains_key(&source) {
            self.before = std::mem::take(&mut self.recent);
        }
        self.recent.insert(source, begun);
    }
}
