//! The loop of one media worker: wait for the tick, take datagrams, run the conferences whose
//! tick it is.

use crate::clock::{Now, TickClock, TickMetrics};
use crate::leg::{Leg, Path};
use crate::order::{MAX_ORDERS_PER_TICK, Order, Subject};
use crate::port::PortPair;
use crate::room::{Room, Scratch};
use crate::sys::{self, Inbox};
use crate::video::{Machinery, line};
use crate::webrtc::{self, Datagram, Inlet, Load, Parcel};
use crate::{EngineConfig, ingress, report, sound};
use causeway_base::{ConferenceId, EndCause, LegId};
use causeway_plan::webrtc::MAX_CANDIDATES;
use causeway_plan::{IceCredentials, MediaEvent};
use rustix::event::{Timespec, epoll};
use std::collections::{HashMap, VecDeque};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::Sender;

/// A conference's ticks are every second one: 20 ms.
const TICKS_PER_QUANTUM: u64 = 2;

/// Datagrams that epoll names at once.
const EPOLL_BATCH: usize = 512;

/// Rounds of epoll in one tick. With the batch: 4096 datagrams in 10 ms; a flood beyond that
/// waits in the sockets' own buffers, and is dropped there.
const MAX_EPOLL_ROUNDS: usize = 8;

/// The longest datagram that is taken: an Ethernet frame's, with room to see that it is longer.
const MAX_DATAGRAM: usize = 2048;

/// Events that wait for a slow reader. Digits of a thousand legs fit; beyond it the oldest are
/// dropped, and counted in the log.
const MAX_BACKLOG: usize = 65_536;

/// Datagrams kept for one leg that is on its way from another worker.
const MAX_AWAITED: usize = 64;

/// Orders kept for it: its candidates, and as many of all that else is said in a tick or two.
const MAX_AWAITED_ORDERS: usize = 2 * MAX_CANDIDATES;

/// What is kept for a leg until it arrives.
#[derive(Debug, Default)]
struct Awaited {
    orders: VecDeque<Order>,
    datagrams: Parcel,
}

impl Awaited {
    /// Keeps an order. Candidates leave room for what matters more, and the end is always kept:
    /// it comes once.
    fn keep(&mut self, order: Order) {
        let most = match order {
            Order::Release(_) => usize::MAX,
            Order::AddCandidate(..) => MAX_CANDIDATES,
            _ => MAX_AWAITED_ORDERS,
        };
        if self.orders.len() < most {
            self.orders.push_back(order);
        }
    }
}

/// Legs whose datagrams are taken in a small part of one tick (a tenth of a tick for a hundred).
const MANY_LEGS: usize = 400;

/// Each leg's reports and silence are looked at in every tenth tick, spread over the ticks.
const REPORT_TICKS: u64 = 10;

/// A browser's session is looked at this often at least, so that what its sending moved is found.
const MAX_REST: Duration = Duration::from_millis(100);

/// The legs of a worker by slot, so that epoll and conferences name them by number.
#[derive(Debug, Default)]
pub(crate) struct Legs {
    slots: Vec<Option<Box<Leg>>>,
    /// When the sessions of browsers want to be looked at. Beside each other, so that to find
    /// those that do costs nothing for those that do not.
    wakes: Vec<Option<Instant>>,
    free: Vec<usize>,
    by_id: HashMap<LegId, usize>,
}

impl Legs {
    pub(crate) fn slot(&self, leg: LegId) -> Option<usize> {
        self.by_id.get(&leg).copied()
    }

    pub(crate) fn get_mut(&mut self, slot: usize) -> Option<&mut Leg> {
        self.slots.get_mut(slot)?.as_deref_mut()
    }

    /// Has the processor fetch a leg that is visited next.
    pub(crate) fn prefetch(&self, slot: usize) {
        if let Some(Some(leg)) = self.slots.get(slot) {
            sys::prefetch(&**leg);
        }
    }

    fn insert(&mut self, leg: Box<Leg>) -> usize {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.wakes.push(None);
            self.slots.len() - 1
        });
        self.by_id.insert(leg.id, slot);
        self.slots[slot] = Some(leg);
        slot
    }

    fn remove(&mut self, leg: LegId) -> Option<Box<Leg>> {
        let slot = self.by_id.remove(&leg)?;
        self.free.push(slot);
        self.wakes[slot] = None;
        self.slots[slot].take()
    }

    /// Has a browser's session looked at when it is due.
    fn wake(&mut self, slot: usize, now: Now) {
        let leg = self.slots.get(slot).and_then(Option::as_deref);
        let due = match leg.map(|leg| &leg.path) {
            Some(Path::WebRtc(peer)) => peer.due(now),
            _ => None,
        };
        if let Some(wake) = self.wakes.get_mut(slot) {
            *wake = due.map(|due| due.min(now.instant + MAX_REST));
        }
    }
}

/// Where a worker's events go. Never blocks: what does not fit waits here.
#[derive(Debug)]
pub(crate) struct EventSink {
    events: Sender<MediaEvent>,
    backlog: VecDeque<MediaEvent>,
    dropped: u64,
}

impl EventSink {
    pub(crate) fn send(&mut self, event: MediaEvent) {
        if self.backlog.len() == MAX_BACKLOG {
            self.backlog.pop_front();
            self.dropped += 1;
        }
        self.backlog.push_back(event);
    }

    fn flush(&mut self) {
        while let Some(event) = self.backlog.pop_front() {
            match self.events.try_send(event) {
                Ok(()) => {}
                Err(tokio::sync::mpsc::error::TrySendError::Full(event)) => {
                    self.backlog.push_front(event);
                    return;
                }
                Err(tokio::sync::mpsc::error::TrySendError::Closed(_)) => {
                    self.backlog.clear();
                    return;
                }
            }
        }
        if self.dropped > 0 {
            tracing::warn!(dropped = self.dropped, "media events were dropped: the reader is slow");
            self.dropped = 0;
        }
    }
}

/// One media worker.
#[derive(Debug)]
pub(crate) struct Worker {
    config: EngineConfig,
    orders: Receiver<Order>,
    metrics: Arc<TickMetrics>,
    epoll: OwnedFd,
    /// The sockets of video, whose datagrams are taken on every tick.
    video_epoll: OwnedFd,
    /// What pictures are made by.
    machinery: Option<Machinery>,
    legs: Legs,
    rooms: HashMap<ConferenceId, Room>,
    awaited: HashMap<LegId, Awaited>,
    /// Its door for browsers. Taken out while it gives what came.
    inlet: Option<Inlet>,
    /// Legs and notices for other workers whose queues were full.
    departures: Vec<(SyncSender<Order>, Order)>,
    draining: VecDeque<(Instant, Box<Leg>)>,
    sink: EventSink,
    scratch: Scratch,
}

impl Worker {
    pub(crate) fn new(
        config: EngineConfig,
        orders: Receiver<Order>,
        events: Sender<MediaEvent>,
        metrics: Arc<TickMetrics>,
        inlet: Option<Inlet>,
        machinery: Option<Machinery>,
    ) -> io::Result<Self> {
        Ok(Self {
            config,
            orders,
            metrics,
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            video_epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            machinery,
            legs: Legs::default(),
            rooms: HashMap::new(),
            awaited: HashMap::new(),
            inlet,
            departures: Vec::new(),
            draining: VecDeque::new(),
            sink: EventSink { events, backlog: VecDeque::new(), dropped: 0 },
            scratch: Scratch::default(),
        })
    }

    /// Works until told to stop, or until nobody can tell any more.
    pub(crate) fn run(mut self) {
        let mut clock = TickClock::start();
        let mut buffers = Buffers::default();
        loop {
            let tick = clock.wait(&self.metrics);
            let now = Now::read();
            if self.tick(now, tick, &mut buffers) == Flow::Stop {
                break;
            }
            clock.done(now.instant, &self.metrics);
        }
        self.say_goodbye();
    }

    /// All that one tick does.
    pub(crate) fn tick(&mut self, now: Now, tick: u64, buffers: &mut Buffers) -> Flow {
        if self.take_orders(now) == Flow::Stop {
            return Flow::Stop;
        }
        if self.receives_on(tick) {
            self.receive(now, buffers);
        }
        self.receive_video(now, buffers);
        self.receive_browsers(now);
        self.run_rooms(now, tick);
        self.run_sessions(now);
        self.run_reports(now, tick);
        self.scratch.out.browsers.flush();
        self.end_drains(now);
        self.sink.flush();
        Flow::GoOn
    }

    /// The legs it has or rests, and what its door knows.
    #[cfg(test)]
    pub(crate) fn residue(&self) -> (usize, (usize, usize, usize)) {
        let held = self.legs.by_id.len() + self.draining.len() + self.awaited.len();
        (held, self.inlet.as_ref().map_or((0, 0, 0), |inlet| inlet.lookup.len()))
    }

    /// Has a browser's session panic, by a payload that no encoder makes.
    #[cfg(test)]
    pub(crate) fn break_session(&mut self, now: Now, leg: LegId) {
        let leg = self.legs.slot(leg).and_then(|slot| self.legs.get_mut(slot));
        let Some(Leg { path: Path::WebRtc(peer), link: Some(link), .. }) = leg else { return };
        let numbers = link.egress.sender.packet(960);
        let payload_type = link.media.audio.send.payload_type;
        peer.send(now, numbers, payload_type, &[0; 4_000], &mut self.scratch.out.browsers);
    }

    /// Has the next work on a leg come to a fault.
    #[cfg(test)]
    pub(crate) fn break_leg(&mut self, leg: LegId) {
        if let Some(leg) = self.legs.slot(leg).and_then(|slot| self.legs.get_mut(slot)) {
            leg.is_broken = true;
        }
    }

    /// Has the next tick of a conference come to a fault.
    #[cfg(test)]
    pub(crate) fn break_room(&mut self, conference: ConferenceId) {
        if let Some(room) = self.rooms.get_mut(&conference) {
            room.is_broken = true;
        }
    }

    #[cfg(test)]
    fn take_broken(&mut self, leg: LegId) -> bool {
        let leg = self.legs.slot(leg).and_then(|slot| self.legs.get_mut(slot));
        leg.is_some_and(|leg| std::mem::take(&mut leg.is_broken))
    }

    fn take_orders(&mut self, now: Now) -> Flow {
        for (target, order) in std::mem::take(&mut self.departures) {
            self.hand_over(target, order);
        }
        for _ in 0..MAX_ORDERS_PER_TICK {
            match self.orders.try_recv() {
                Ok(Order::Stop) | Err(TryRecvError::Disconnected) => return Flow::Stop,
                Ok(order) => self.carry_out(now, order),
                Err(TryRecvError::Empty) => break,
            }
        }
        Flow::GoOn
    }

    /// A fault in an order ends the leg or the conference that it is about; the others do not
    /// notice.
    fn carry_out(&mut self, now: Now, order: Order) {
        let subject = order.subject();
        #[cfg(test)]
        let broken = order.leg().is_some_and(|leg| self.take_broken(leg));
        let work = AssertUnwindSafe(|| {
            #[cfg(test)]
            assert!(!broken, "a fault that a test made");
            self.obey(now, order);
        });
        if catch_unwind(work).is_err() {
            match subject {
                Some(Subject::Leg(leg)) => self.fail(leg),
                Some(Subject::Conference(conference)) => self.fail_room(now, conference),
                None => {}
            }
        }
    }

    fn obey(&mut self, now: Now, order: Order) {
        if let Some(leg) = order.leg()
            && let Some(awaited) = self.awaited.get_mut(&leg)
        {
            awaited.keep(order);
            return;
        }
        match order {
            Order::OpenConference(conference) => {
                let phase = self.quietest_phase();
                let room = Room::new(conference, phase, self.machinery.clone());
                self.rooms.insert(conference, room);
            }
            Order::CloseConference(conference) => self.close_room(now, conference),
            Order::Apply(conference, plan) => {
                if let Some(room) = self.rooms.get_mut(&conference) {
                    room.apply(*plan, &mut self.legs);
                }
            }
            Order::Adopt(leg, ice) => {
                if let Some(ice) = ice {
                    self.enrol(leg.id, ice);
                }
                self.adopt(now, leg);
            }
            Order::AdoptVideo(leg, ports) => self.adopt_video(leg, *ports),
            Order::Configure(leg, media) => {
                if let Some(slot) = self.legs.slot(leg)
                    && let Some(leg) = self.legs.get_mut(slot)
                {
                    leg.configure(now, *media, &mut self.scratch.out);
                    if let Some(room) = leg.room.and_then(|room| self.rooms.get_mut(&room)) {
                        room.regroup();
                    }
                    self.legs.wake(slot, now);
                }
            }
            Order::AddCandidate(leg, candidate) => {
                if let Some(slot) = self.legs.slot(leg)
                    && let Some(leg) = self.legs.get_mut(slot)
                {
                    webrtc::add_candidate(leg, &candidate, now, &mut self.scratch.out.browsers);
                }
            }
            Order::Enrol(leg, ice) => self.enrol(leg, ice),
            Order::Follow(leg, worker) => {
                if let Some(inlet) = &mut self.inlet {
                    inlet.follow(leg, worker);
                }
            }
            Order::Forget(leg) => {
                if let Some(inlet) = &mut self.inlet {
                    inlet.lookup.forget(leg);
                }
            }
            Order::Enter(leg, conference) => self.enter(now, leg, conference),
            Order::Expect(leg) => {
                self.awaited.insert(leg, Awaited::default());
            }
            Order::Depart(leg, conference, target) => {
                let order = match self.take_out(now, leg) {
                    Some(leg) => Order::Arrive(leg, conference),
                    None => Order::Gone(leg),
                };
                self.hand_over(target, order);
            }
            Order::Arrive(leg, conference) => {
                let id = leg.id;
                self.adopt(now, leg);
                self.enter(now, id, conference);
                let awaited = self.awaited.remove(&id).unwrap_or_default();
                for (leg, datagram) in awaited.datagrams.datagrams() {
                    self.take_browser(now, leg, &datagram);
                }
                for order in awaited.orders {
                    self.carry_out(now, order);
                }
            }
            Order::Gone(leg) => {
                self.awaited.remove(&leg);
            }
            Order::RefreshPicture(leg) => {
                if let Some(leg) = self.legs.slot(leg).and_then(|slot| self.legs.get_mut(slot)) {
                    line::refresh(leg);
                }
            }
            Order::SendDigits(leg, digits) => {
                if let Some(leg) = self.legs.slot(leg).and_then(|slot| self.legs.get_mut(slot)) {
                    leg.send_digits(&digits);
                }
            }
            Order::Play(leg, play) => {
                if let Some(leg) = self.legs.slot(leg).and_then(|slot| self.legs.get_mut(slot)) {
                    leg.play(*play);
                }
            }
            Order::StopPlaying(leg) => {
                if let Some(leg) = self.legs.slot(leg).and_then(|slot| self.legs.get_mut(slot)) {
                    leg.stop_playing();
                }
            }
            Order::Listen(leg, on) => {
                if let Some(leg) = self.legs.slot(leg).and_then(|slot| self.legs.get_mut(slot)) {
                    leg.listen(on);
                }
            }
            Order::Look(leg, answer) => {
                let found = self.legs.slot(leg).and_then(|slot| self.legs.get_mut(slot));
                let room = found.and_then(|leg| leg.room);
                let room = room.and_then(|room| self.rooms.get_mut(&room));
                let pictures = room.and_then(|room| room.pictures.as_mut());
                let shown = pictures.and_then(|pictures| pictures.shown_to(leg, now.instant));
                // Who asked may have given up.
                let _ = answer.try_send(shown);
            }
            Order::ReportStats(leg) => {
                if let Some(leg) = self.legs.slot(leg).and_then(|slot| self.legs.get_mut(slot)) {
                    self.sink.send(leg.stats_event(now));
                }
            }
            Order::Release(leg) => self.release(now, leg),
            Order::Stop => {}
        }
    }

    fn enrol(&mut self, leg: LegId, ice: IceCredentials) {
        if let Some(inlet) = &mut self.inlet {
            inlet.lookup.enrol(leg, ice);
        }
    }

    fn adopt(&mut self, now: Now, leg: Box<Leg>) {
        let id = leg.id;
        let slot = self.legs.insert(leg);
        // One that comes from elsewhere is looked at on this tick.
        self.legs.wakes[slot] = Some(now.instant);
        if let Some(leg) = self.legs.get_mut(slot)
            && let Err(error) = watch(&self.epoll, &self.video_epoll, leg, slot)
        {
            tracing::error!(%error, leg = %id, "a leg's sockets cannot be watched");
            self.sink.send(MediaEvent::Failed { leg: id, cause: EndCause::Internal });
        }
    }

    /// A leg that has ports for pictures keeps those.
    fn adopt_video(&mut self, id: LegId, ports: PortPair) {
        let Some(slot) = self.legs.slot(id) else { return };
        let Some(leg) = self.legs.get_mut(slot).filter(|leg| leg.video_ports.is_none()) else {
            return;
        };
        let watched = watch_pair(&self.video_epoll, &ports, slot);
        leg.video_ports = Some(ports);
        if let Err(error) = watched {
            tracing::error!(%error, leg = %id, "a leg's sockets cannot be watched");
            self.sink.send(MediaEvent::Failed { leg: id, cause: EndCause::Internal });
        }
    }

    fn enter(&mut self, now: Now, leg: LegId, conference: ConferenceId) {
        let Some(slot) = self.legs.slot(leg) else { return };
        let Some(leg) = self.legs.get_mut(slot) else { return };
        let before = leg.room.replace(conference);
        if before != Some(conference) {
            line::leave(leg, now.instant);
            sound::leave(leg);
        }
        for id in before.into_iter().filter(|id| *id != conference).chain([conference]) {
            if let Some(room) = self.rooms.get_mut(&id) {
                room.seat(&mut self.legs);
            }
        }
    }

    /// Takes a leg off this worker, with its sockets open.
    fn take_out(&mut self, now: Now, leg: LegId) -> Option<Box<Leg>> {
        let mut leg = self.legs.remove(leg)?;
        for (epoll, ports) in pairs(&self.epoll, &self.video_epoll, &leg) {
            // Fails only for a socket that was never added.
            let _ = epoll::delete(epoll, ports.rtp.as_fd());
            let _ = epoll::delete(epoll, ports.rtcp.as_fd());
        }
        line::leave(&mut leg, now.instant);
        if let Some(room) = leg.room.take().and_then(|room| self.rooms.get_mut(&room)) {
            room.seat(&mut self.legs);
        }
        Some(leg)
    }

    fn release(&mut self, now: Now, leg: LegId) {
        let Some(mut leg) = self.take_out(now, leg) else { return };
        report::send_goodbye(&mut leg, now, &mut self.scratch.out);
        self.sink.send(leg.stats_event(now));
        leg.rest();
        // A browser has no port of its own that could rest.
        if matches!(leg.path, Path::Ports(_)) {
            self.draining.push_back((now.instant + self.config.drain, leg));
        }
    }

    fn hand_over(&mut self, target: SyncSender<Order>, order: Order) {
        match target.try_send(order) {
            Ok(()) => {}
            Err(TrySendError::Full(order)) => self.departures.push((target, order)),
            // The other worker ended: the leg ends with it.
            Err(TrySendError::Disconnected(_)) => {}
        }
    }

    fn close_room(&mut self, now: Now, conference: ConferenceId) {
        if let Some(room) = self.rooms.remove(&conference) {
            for slot in room.slots() {
                if let Some(leg) = self.legs.get_mut(slot) {
                    leg.room = None;
                    line::leave(leg, now.instant);
                }
            }
        }
    }

    /// A leg came to a fault of ours: it is at rest until it is released.
    fn fail(&mut self, leg: LegId) {
        let Some(slot) = self.legs.slot(leg) else { return };
        let Some(found) = self.legs.get_mut(slot) else { return };
        tracing::error!(%leg, "a leg's media panicked");
        found.rest();
        if let Some(room) = found.room.and_then(|room| self.rooms.get_mut(&room)) {
            room.regroup();
        }
        self.sink.send(MediaEvent::Failed { leg, cause: EndCause::Internal });
    }

    fn fail_room(&mut self, now: Now, conference: ConferenceId) {
        self.close_room(now, conference);
        let cause = EndCause::Internal;
        self.sink.send(MediaEvent::ConferenceFailed { conference, cause });
    }

    /// The phase with fewer conferences, so that the two ticks of a quantum share the work.
    fn quietest_phase(&self) -> u64 {
        (0..TICKS_PER_QUANTUM)
            .min_by_key(|phase| self.rooms.values().filter(|room| room.phase == *phase).count())
            .unwrap_or(0)
    }

    /// Datagrams are taken right before a conference needs them, and no sooner: the kernel has
    /// stamped them with their time, and what is touched now is still at hand when it is played.
    ///
    /// Many legs at once would fill that tick; theirs are taken on every tick.
    fn receives_on(&self, tick: u64) -> bool {
        let phase = tick % TICKS_PER_QUANTUM;
        if self.legs.by_id.len() > MANY_LEGS {
            return true;
        }
        if self.rooms.is_empty() { phase == 0 } else { self.has_room_at(phase) }
    }

    fn has_room_at(&self, phase: u64) -> bool {
        self.rooms.values().any(|room| room.phase == phase)
    }

    fn receive(&mut self, now: Now, buffers: &mut Buffers) {
        for _ in 0..MAX_EPOLL_ROUNDS {
            buffers.events.clear();
            let spare = rustix::buffer::spare_capacity(&mut buffers.events);
            let Ok(count) = epoll::wait(&self.epoll, spare, Some(&Timespec::default())) else {
                return;
            };
            let mut ahead = buffers.events.iter().skip(1);
            for event in &buffers.events {
                if let Some(next) = ahead.next() {
                    self.legs.prefetch((next.data.u64() >> 1) as usize);
                }
                let token = event.data.u64();
                let Some(leg) = self.legs.get_mut((token >> 1) as usize) else { continue };
                let port = if token & 1 == 0 { ingress::Port::Rtp } else { ingress::Port::Rtcp };
                let id = leg.id;
                if faults(leg, |leg| {
                    ingress::take(leg, port, now, &mut buffers.datagram, &mut self.sink);
                }) {
                    self.fail(id);
                }
            }
            if count == 0 {
                return;
            }
        }
    }

    /// Takes what came to the sockets of video.
    fn receive_video(&mut self, now: Now, buffers: &mut Buffers) {
        for _ in 0..MAX_EPOLL_ROUNDS {
            buffers.events.clear();
            let spare = rustix::buffer::spare_capacity(&mut buffers.events);
            let Ok(count) = epoll::wait(&self.video_epoll, spare, Some(&Timespec::default()))
            else {
                return;
            };
            if count == 0 {
                return;
            }
            for event in &buffers.events {
                let token = event.data.u64();
                let Some(leg) = self.legs.get_mut((token >> 1) as usize) else { continue };
                let port = if token & 1 == 0 { line::Port::Rtp } else { line::Port::Rtcp };
                let id = leg.id;
                if faults(leg, |leg| {
                    line::take(leg, port, now, &mut buffers.inbox, &mut self.sink);
                }) {
                    self.fail(id);
                }
            }
        }
    }

    /// Takes what browsers sent: on every tick, since a handshake waits for each of its steps.
    fn receive_browsers(&mut self, now: Now) {
        let Some(mut inlet) = self.inlet.take() else { return };
        inlet.run(now, &mut |leg, datagram| self.take_browser(now, leg, datagram));
        self.inlet = Some(inlet);
    }

    fn take_browser(&mut self, now: Now, leg: LegId, datagram: &Datagram<'_>) {
        if let Some(slot) = self.legs.slot(leg)
            && let Some(found) = self.legs.get_mut(slot)
        {
            if faults(found, |leg| {
                webrtc::take(leg, datagram, now, &mut self.scratch.out.browsers, &mut self.sink);
            }) {
                self.fail(leg);
            }
            self.legs.wake(slot, now);
        } else if let Some(awaited) = self.awaited.get_mut(&leg)
            && awaited.datagrams.len() < MAX_AWAITED
        {
            awaited.datagrams.put(leg, datagram);
        }
    }

    /// Lets the time of those sessions pass that are due.
    fn run_sessions(&mut self, now: Now) {
        for slot in 0..self.legs.wakes.len() {
            let due = self.legs.wakes.get(slot).copied().flatten();
            if due.is_some_and(|due| due <= now.instant)
                && let Some(leg) = self.legs.get_mut(slot)
            {
                let id = leg.id;
                if faults(leg, |leg| {
                    webrtc::run(leg, now, &mut self.scratch.out.browsers, &mut self.sink);
                }) {
                    self.fail(id);
                }
                self.legs.wake(slot, now);
            }
        }
    }

    /// The sound of all conferences leaves before any picture does: where time, or room to send,
    /// is short, pictures go without.
    fn run_rooms(&mut self, now: Now, tick: u64) {
        self.run_each(now, |room, legs, scratch, sink| {
            if tick % TICKS_PER_QUANTUM == room.phase {
                room.run(legs, scratch, now, sink);
            }
            true
        });
        self.scratch.out.browsers.flush();
        self.scratch.out.browsers.carry(Load::Pictures);
        self.run_each(now, |room, legs, scratch, sink| room.run_pictures(legs, scratch, now, sink));
        self.scratch.out.browsers.carry(Load::Urgent);
    }

    /// Works on each conference. One of which the work says false, or comes to a fault, ends.
    fn run_each(
        &mut self,
        now: Now,
        work: impl Fn(&mut Room, &mut Legs, &mut Scratch, &mut EventSink) -> bool,
    ) {
        let mut failed = Vec::new();
        for (id, room) in &mut self.rooms {
            // A fault in one conference's media ends that conference; the others do not notice.
            let work = AssertUnwindSafe(|| {
                #[cfg(test)]
                assert!(!room.is_broken, "a fault that a test made");
                work(room, &mut self.legs, &mut self.scratch, &mut self.sink)
            });
            if !catch_unwind(work).unwrap_or(false) {
                failed.push(*id);
            }
        }
        for conference in failed {
            self.fail_room(now, conference);
        }
    }

    fn run_reports(&mut self, now: Now, tick: u64) {
        let first = (tick % REPORT_TICKS) as usize;
        for slot in (first..self.legs.slots.len()).step_by(REPORT_TICKS as usize) {
            if let Some(leg) = self.legs.get_mut(slot) {
                let id = leg.id;
                if faults(leg, |leg| {
                    report::run(leg, now, self.config.silence, &mut self.sink);
                    line::run(leg, now, &mut self.sink);
                }) {
                    self.fail(id);
                }
            }
        }
    }

    fn end_drains(&mut self, now: Now) {
        while self.draining.front().is_some_and(|(until, _)| *until <= now.instant) {
            self.draining.pop_front();
        }
    }

    fn say_goodbye(&mut self) {
        let now = Now::read();
        for leg in self.legs.slots.iter_mut().flatten() {
            report::send_goodbye(leg, now, &mut self.scratch.out);
        }
        self.scratch.out.browsers.flush();
    }
}

/// Works on one leg. True where that came to a fault of ours, which is that leg's alone.
fn faults(leg: &mut Leg, work: impl FnOnce(&mut Leg)) -> bool {
    let work = AssertUnwindSafe(|| {
        #[cfg(test)]
        assert!(!std::mem::take(&mut leg.is_broken), "a fault that a test made");
        work(leg);
    });
    catch_unwind(work).is_err()
}

/// Whether the worker goes on after a tick.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    GoOn,
    Stop,
}

/// What a tick receives into.
pub(crate) struct Buffers {
    events: Vec<epoll::Event>,
    datagram: [u8; MAX_DATAGRAM],
    inbox: Box<Inbox>,
}

impl Default for Buffers {
    fn default() -> Self {
        Self {
            events: Vec::with_capacity(EPOLL_BATCH),
            datagram: [0; MAX_DATAGRAM],
            inbox: Inbox::new(),
        }
    }
}

/// The pairs of ports of a leg, each with the epoll instance that watches it.
fn pairs<'a>(
    epoll: &'a OwnedFd,
    video_epoll: &'a OwnedFd,
    leg: &'a Leg,
) -> impl Iterator<Item = (&'a OwnedFd, &'a PortPair)> {
    let audio = match &leg.path {
        Path::Ports(ports) => Some((epoll, ports)),
        Path::WebRtc(_) => None,
    };
    let video = leg.video_ports.as_ref().map(|ports| (video_epoll, ports));
    audio.into_iter().chain(video)
}

fn watch(epoll: &OwnedFd, video_epoll: &OwnedFd, leg: &Leg, slot: usize) -> io::Result<()> {
    pairs(epoll, video_epoll, leg).try_for_each(|(epoll, ports)| watch_pair(epoll, ports, slot))
}

/// Has epoll name a leg's sockets by its slot: even for RTP, odd for RTCP. Level-triggered, so
/// that one system call takes a datagram and none is forgotten.
fn watch_pair(epoll: &OwnedFd, ports: &PortPair, slot: usize) -> io::Result<()> {
    for (socket, rtcp) in [(&ports.rtp, false), (&ports.rtcp, true)] {
        let token = epoll::EventData::new_u64((slot as u64) << 1 | u64::from(rtcp));
        epoll::add(epoll, socket.as_fd(), token, epoll::EventFlags::IN)?;
    }
    Ok(())
}
