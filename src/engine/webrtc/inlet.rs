//! A worker's end of its door: takes what came, finds whose it is, and passes on what belongs to
//! legs of other workers.

use super::lookup::{Lookup, Place};
use super::stream::Streams;
use super::{Datagram, Door, Parcel, Route};
use crate::clock::Now;
use crate::sys::{self, Inbox};
use causeway_base::LegId;
use causeway_plan::CandidateProtocol;
use causeway_wire::demux::DatagramKind;
use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};

/// Batches that are taken of one socket in a tick. With [`sys::BATCH`]: 4096 datagrams; a flood
/// beyond that waits in the socket's own buffer, and is dropped there.
const MAX_BATCHES: usize = 64;

/// What takes the datagrams of this worker's legs.
pub(crate) type Take<'a> = dyn FnMut(LegId, &Datagram<'_>) + 'a;

/// The receiving end of a door.
#[derive(Debug)]
pub(crate) struct Inlet {
    /// The number of its worker.
    worker: usize,
    door: Arc<Door>,
    pub(crate) lookup: Lookup,
    streams: Option<Streams>,
    inbox: Box<Inbox>,
    /// To the workers, by number, and what is meant for them in this tick.
    passages: Vec<SyncSender<Parcel>>,
    parcels: Vec<Parcel>,
    arrivals: Receiver<Parcel>,
    /// Datagrams that no worker had room for since the last word of it.
    lost: u64,
}

impl Inlet {
    pub(crate) fn new(
        worker: usize,
        door: Arc<Door>,
        passages: Vec<SyncSender<Parcel>>,
        arrivals: Receiver<Parcel>,
    ) -> io::Result<Self> {
        let streams = (!door.tcp.is_empty()).then(|| Streams::new(&door)).transpose()?;
        Ok(Self {
            worker,
            parcels: passages.iter().map(|_| Parcel::default()).collect(),
            door,
            lookup: Lookup::default(),
            streams,
            inbox: Inbox::new(),
            passages,
            arrivals,
            lost: 0,
        })
    }

    /// A leg of this door is at another worker now, or back at this one.
    pub(crate) fn follow(&mut self, leg: LegId, worker: usize) {
        let here = worker == self.worker;
        self.lookup.follow(leg, if here { Place::Here } else { Place::Worker(worker) });
    }

    /// Takes all that came since the last tick, by the sockets and from other workers.
    pub(crate) fn run(&mut self, now: Now, take: &mut Take<'_>) {
        while let Ok(parcel) = self.arrivals.try_recv() {
            parcel.datagrams().for_each(|(leg, datagram)| take(leg, &datagram));
        }
        self.take_udp(now, take);
        self.take_tcp(now, take);
        self.pass_on();
    }

    fn take_udp(&mut self, now: Now, take: &mut Take<'_>) {
        let Self { door, lookup, inbox, parcels, .. } = self;
        for (local, socket) in &door.udp {
            for _ in 0..MAX_BATCHES {
                // An error here is an ICMP complaint about something we sent: it was one
                // datagram's, and the next may wait behind it.
                let Ok(count) = sys::receive_batch(socket.as_fd(), inbox) else { break };
                for (received, bytes) in inbox.datagrams(count) {
                    let protocol = CandidateProtocol::Udp;
                    let route = Route { protocol, source: received.source, local: *local };
                    let arrival = now.instant_of(received.arrival);
                    if !received.truncated {
                        let datagram = Datagram { route, arrival, bytes };
                        deliver(lookup, parcels, now, &datagram, take);
                    }
                }
                if count < sys::BATCH {
                    break;
                }
            }
        }
    }

    fn take_tcp(&mut self, now: Now, take: &mut Take<'_>) {
        let Self { door, lookup, streams: Some(streams), parcels, .. } = self else { return };
        streams
            .run(door, now.instant, &mut |datagram| deliver(lookup, parcels, now, datagram, take));
        streams.sweep(door, lookup, now.instant);
    }

    fn pass_on(&mut self) {
        for (parcel, passage) in self.parcels.iter_mut().zip(&self.passages) {
            if parcel.len() > 0 && passage.try_send(std::mem::take(parcel)).is_err() {
                self.lost += 1;
            }
        }
        if self.lost > 0 {
            tracing::warn!(ticks = self.lost, "datagrams for a busy media worker were lost");
            self.lost = 0;
        }
    }
}

/// Gives a datagram to its leg. True for a genuine connectivity check.
fn deliver(
    lookup: &mut Lookup,
    parcels: &mut [Parcel],
    now: Now,
    datagram: &Datagram<'_>,
    take: &mut Take<'_>,
) -> bool {
    let route = datagram.route;
    let checked = match DatagramKind::of(datagram.bytes) {
        DatagramKind::Stun => lookup.check(datagram.bytes, route, now.instant),
        _ => None,
    };
    let found = checked.or_else(|| match DatagramKind::of(datagram.bytes) {
        // A request whose check failed is nobody's, also from a source that is known.
        _ if is_request(datagram.bytes) => None,
        DatagramKind::Stun | DatagramKind::Dtls | DatagramKind::Rtp | DatagramKind::Rtcp => {
            lookup.of_source(route)
        }
        _ => None,
    });
    match found {
        Some((leg, Place::Here)) => take(leg, datagram),
        Some((leg, Place::Worker(worker))) => {
            if let Some(parcel) = parcels.get_mut(worker) {
                parcel.put(leg, datagram);
            }
        }
        None => {}
    }
    checked.is_some()
}

/// A request of STUN, by the two bits of the class (RFC 8489 section 5). To a leg comes none but a
/// genuine connectivity check.
pub(super) fn is_request(datagram: &[u8]) -> bool {
    DatagramKind::of(datagram) == DatagramKind::Stun
        && matches!(datagram, [high, low, ..] if high & 1 == 0 && low & 0x10 == 0)
}
