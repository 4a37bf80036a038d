//! Gatekeepers that stand in for ours when it is gone, as it names them itself (H.225.0 section
//! 7.2.1 and H.323 section 7.2.6).

use crate::h323::address;
use causeway_asn1::BmpString;
use causeway_asn1::h225::AlternateGk;
use std::net::SocketAddr;

/// Alternates that are remembered.
const MAX_ALTERNATES: usize = 8;

/// How often in a row gatekeepers may send us on, before it counts as a failure.
const MAX_REDIRECTS: u8 = 4;

/// The alternates of a gatekeeper, the best first, and which of them was tried.
#[derive(Debug, Default)]
pub(super) struct Alternates {
    known: Vec<(SocketAddr, Option<BmpString>)>,
    /// The first of `known` that was not tried since the last success.
    next: usize,
    redirects: u8,
}

impl Alternates {
    /// The gatekeeper names others. An empty list says that there are none.
    pub(super) fn learn(&mut self, named: &[AlternateGk]) {
        let mut named: Vec<&AlternateGk> = named.iter().take(MAX_ALTERNATES).collect();
        // 0 is the best.
        named.sort_by_key(|one| one.priority);
        self.known = named
            .into_iter()
            .filter_map(|one| {
                let address = address::socket(&one.ras_address)?;
                Some((address, one.gatekeeper_identifier.clone()))
            })
            .collect();
        self.next = 0;
    }

    /// The gatekeeper refuses, and names others instead. Whether one of them is to be asked.
    pub(super) fn redirected(&mut self, named: &[AlternateGk]) -> bool {
        if named.is_empty() || self.redirects >= MAX_REDIRECTS {
            return false;
        }
        self.redirects += 1;
        self.learn(named);
        true
    }

    /// The next to be asked. `None`: all were.
    pub(super) fn next(&mut self) -> Option<(SocketAddr, Option<BmpString>)> {
        let next = self.known.get(self.next).cloned();
        self.next = self.next.saturating_add(1).min(self.known.len());
        next
    }

    /// One of them, or the gatekeeper itself, took us.
    pub(super) fn succeeded(&mut self) {
        self.next = 0;
        self.redirects = 0;
    }

    /// All were tried in vain: it begins anew with the gatekeeper itself.
    pub(super) fn failed(&mut self) {
        self.succeeded();
    }
}
