//! The one way in for browsers, and for programs that publish or play by WHIP or WHEP: from a good
//! link to a leg with a seat.
//!
//! ```text
//! link checked -> rate -> front desk (PIN, attempts, phase) -> leg opened at the adapter
//!              -> seat in the conference -> the link is used
//! ```
//!
//! Whatever fails on the way takes back what was done before it.

use crate::actor::Purpose;
use crate::actor::Visit;
use crate::actor::call::{Call, Keeper};
use crate::front_desk::{FrontDesk, Refusal};
use crate::journal::Journal;
use crate::link::{Grant, Links};
use crate::metrics;
use crate::record::Draft;
use crate::store::NewAudit;
use causeway_adapter::sip::LegIds;
use causeway_adapter::webrtc::message::NetworkTest;
use causeway_adapter::webrtc::{Door, Peer, WebRtcHandle};
use causeway_base::{Alias, EndCause, Lang, LegId};
use causeway_conference::{DisplayName, Offered, Proof, Protocol, Role, Who};
use causeway_dial::network::customer;
use causeway_dial::{Network, RateLimit, RateRule};
use dashmap::DashMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use zeroize::Zeroizing;

/// Visits that may wait for the router: as many as come at once when a large meeting begins.
pub(crate) const MAX_VISITS: usize = 1024;

/// How often one source may come: an office that joins on the hour, behind one address.
const JOINS: RateRule = RateRule { per_second: 20, burst: 400, exempt: Vec::new() };

/// Programs of one source that publish or play at a time (an IPv6 source is a /64): the machines of
/// a studio. Pages have places of their own at their WebSocket.
pub(crate) const MAX_PROGRAMS: usize = 64;

/// How long a seat may take: the router and the conference only compute.
const LONGEST: Duration = Duration::from_secs(10);

/// The longest `User-Agent` that is kept, in bytes.
const MAX_USER_AGENT: usize = 256;

/// Somebody who has a good link. `Debug` shows nothing personal.
pub(crate) struct Request {
    /// What the link gives.
    pub(crate) grant: Grant,
    pub(crate) pin: Option<Zeroizing<String>>,
    /// The name to show, where the link says none.
    pub(crate) name: String,
    pub(crate) lang: Lang,
    /// Where its signalling comes from, a proxy of ours left out.
    pub(crate) source: SocketAddr,
    /// The address of ours at which it arrived.
    pub(crate) local: IpAddr,
    /// It came over TLS.
    pub(crate) secure: bool,
    pub(crate) user_agent: Option<String>,
    /// What the test before joining found.
    pub(crate) test: Option<NetworkTest>,
    /// How it comes. A page keeps its seat, also without media; any other leg ends when its media is
    /// gone for [`crate::actor::call::MEDIA_GONE`].
    pub(crate) door: Door,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("grant", &self.grant).finish_non_exhaustive()
    }
}

/// Somebody who has a seat. Dropping the peer lets go of the leg.
#[derive(Debug)]
pub(crate) struct Entered {
    /// The leg at its adapter.
    pub(crate) peer: Peer,
    /// The seat.
    pub(crate) who: Who,
    pub(crate) role: Role,
    /// Names the call's record.
    pub(crate) record: Option<Arc<str>>,
    /// The place of a program among those of its source, as long as its leg is there.
    pub(crate) place: Option<Place>,
}

/// One program; dropping it gives its place back.
#[derive(Debug)]
pub(crate) struct Place {
    programs: Arc<DashMap<IpAddr, usize>>,
    source: IpAddr,
}

impl Place {
    /// A place for a source; `None` where it has too many.
    fn take(programs: &Arc<DashMap<IpAddr, usize>>, source: IpAddr) -> Option<Self> {
        let source = customer(source);
        let mut count = programs.entry(source).or_insert(0);
        if *count >= MAX_PROGRAMS {
            return None;
        }
        *count += 1;
        Some(Self { programs: Arc::clone(programs), source })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.programs.remove_if_mut(&self.source, |_, count| {
            *count = count.saturating_sub(1);
            *count == 0
        });
    }
}

/// What the way in leads through.
pub(crate) struct Entrance {
    desk: Arc<FrontDesk>,
    links: Arc<Links>,
    journal: Arc<Journal>,
    legs: LegIds,
    webrtc: WebRtcHandle,
    visits: mpsc::Sender<Box<Visit>>,
    rate: Mutex<RateLimit>,
    /// Programs by source. Bounded by the legs that there may be.
    programs: Arc<DashMap<IpAddr, usize>>,
}

impl fmt::Debug for Entrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entrance").finish_non_exhaustive()
    }
}

/// What an entrance is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) desk: Arc<FrontDesk>,
    pub(crate) links: Arc<Links>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) legs: LegIds,
    pub(crate) webrtc: WebRtcHandle,
    /// To the router.
    pub(crate) visits: mpsc::Sender<Box<Visit>>,
    /// Sources that may come as often as they like.
    pub(crate) exempt: Vec<Network>,
}

impl Entrance {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { desk, links, journal, legs, webrtc, visits, exempt } = parts;
        let rate = Mutex::new(RateLimit::new(RateRule { exempt, ..JOINS }));
        let programs = Arc::default();
        Self { desk, links, journal, legs, webrtc, visits, rate, programs }
    }

    /// Gives somebody a seat, or says why not. Who gives up while this runs leaves nothing behind.
    pub(crate) async fn enter(&self, request: Request) -> Result<Entered, Refusal> {
        let entered = self.take_in(request).await;
        match &entered {
            Ok(_) => metrics::join("ok"),
            Err(Refusal::PinNeeded) => metrics::join("pin-needed"),
            Err(Refusal::PinWrong) => metrics::join("pin-wrong"),
            Err(Refusal::Link(problem)) => metrics::join(problem.code()),
            Err(Refusal::Cause(cause)) => metrics::join(cause.code()),
        }
        entered
    }

    async fn take_in(&self, request: Request) -> Result<Entered, Refusal> {
        let now = Instant::now();
        if !self.has_rate(now, request.source.ip()) {
            return Err(Refusal::Cause(EndCause::RateLimited));
        }
        let place = match request.door {
            Door::Page => None,
            Door::Whip | Door::Whep => {
                let place = Place::take(&self.programs, request.source.ip());
                Some(place.ok_or(Refusal::Cause(EndCause::CapacityReached))?)
            }
        };
        let leg = self.legs.next();
        let offered = offered(leg, &request);
        let pin = request.pin.as_ref().map(|pin| pin.as_str());
        let (received, audited) = self.desk.receive_by_link(now, &offered, &request.grant, pin);
        audited.into_iter().for_each(|audited| self.journal.audit(audited));
        let admitted = received?;
        let peer = self.webrtc.open(leg, request.door);
        let peer = peer.map_err(|_| Refusal::Cause(EndCause::CapacityReached))?;
        let mut draft = Draft::begun(leg, Protocol::WebRtc, false);
        draft.called = request.grant.meeting.to_string();
        draft.calling.clone_from(&offered.display_name);
        draft.source = Some(request.source.ip());
        draft.conference = Some(Arc::clone(&request.grant.meeting));
        draft.test = request.test.map(Arc::new);
        let record = draft.id.clone();
        let (seated, seat) = oneshot::channel();
        let mut call = Call::offered(Box::new(offered), request.lang, draft);
        if request.door != Door::Page {
            call.keeper = Keeper::Media { gone: Some(now) };
        }
        let key = Arc::clone(&request.grant.meeting);
        let visit = Visit {
            call,
            caller: Some(admitted.caller),
            trusted: admitted.trusted,
            purpose: Purpose::Join { key, role: admitted.role, beside: None },
            seated: Some(seated),
        };
        let who = self.seat(visit, seat).await;
        let who = who.map_err(|cause| {
            peer.end(cause);
            Refusal::Cause(cause)
        })?;
        if let Err(problem) = self.links.use_up(&request.grant).await {
            peer.end(EndCause::Forbidden);
            return Err(Refusal::Link(problem));
        }
        let Grant { link, meeting, .. } = &request.grant;
        let audited = NewAudit::new(&leg.to_string(), "link.join", meeting, link);
        self.journal.audit(audited.with("source", &request.source.ip().to_string()));
        Ok(Entered { peer, who, role: admitted.role, record, place })
    }

    async fn seat(
        &self,
        visit: Visit,
        seat: oneshot::Receiver<Result<Who, EndCause>>,
    ) -> Result<Who, EndCause> {
        let come = async {
            // Without a router the bridge has stopped.
            self.visits.send(Box::new(visit)).await.map_err(|_| EndCause::Draining)?;
            seat.await.unwrap_or(Err(EndCause::Internal))
        };
        timeout(LONGEST, come).await.unwrap_or(Err(EndCause::Internal))
    }

    fn has_rate(&self, now: Instant, source: IpAddr) -> bool {
        self.rate.lock().unwrap_or_else(PoisonError::into_inner).take(now, source)
    }
}

/// Somebody at the door, as every adapter shows callers.
fn offered(leg: LegId, request: &Request) -> Offered {
    let name = request.grant.name.clone();
    let name = name.unwrap_or_else(|| DisplayName::new(&request.name));
    let user_agent = request
        .user_agent
        .as_deref()
        .map(|agent| agent[..agent.floor_char_boundary(MAX_USER_AGENT)].to_owned());
    Offered {
        leg,
        protocol: Protocol::WebRtc,
        called: Alias::sip(&request.grant.meeting, ""),
        calling: Alias::sip("", ""),
        private: false,
        proof: Proof::default(),
        display_name: name.as_str().to_owned(),
        source: request.source,
        local: request.local,
        secure: request.secure,
        user_agent,
        device: Default::default(),
        pictures: true,
    }
}
