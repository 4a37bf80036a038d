//! The way of datagrams from the door that they came to, to the worker that has their leg.

use super::{Datagram, Route};
use causeway_base::LegId;
use std::ops::Range;
use std::time::Instant;

/// Parcels that wait for one worker: eight ticks' of one other. A worker that is further behind
/// loses them, as it would lose them in its sockets.
pub(crate) const MAX_PARCELS: usize = 8;

/// Datagrams in one parcel: what a worker takes in a tick.
const MAX_DATAGRAMS: usize = 4096;

/// What one worker took for another in a tick.
#[derive(Debug, Default)]
pub(crate) struct Parcel {
    bytes: Vec<u8>,
    datagrams: Vec<(LegId, Route, Instant, Range<usize>)>,
}

impl Parcel {
    pub(crate) fn len(&self) -> usize {
        self.datagrams.len()
    }

    /// Puts a datagram in, or loses it where the parcel is full.
    pub(crate) fn put(&mut self, leg: LegId, datagram: &Datagram<'_>) {
        if self.datagrams.len() < MAX_DATAGRAMS {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(datagram.bytes);
            let range = start..self.bytes.len();
            self.datagrams.push((leg, datagram.route, datagram.arrival, range));
        }
    }

    /// What is in it, in order.
    pub(crate) fn datagrams(&self) -> impl Iterator<Item = (LegId, Datagram<'_>)> {
        self.datagrams.iter().filter_map(|(leg, route, arrival, range)| {
            let bytes = self.bytes.get(range.clone())?;
            Some((*leg, Datagram { route: *route, arrival: *arrival, bytes }))
        })
    }
}
