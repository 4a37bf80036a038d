//! The media of all calls, on one thread: every leg sends once in 20 ms at its own phase, and
//! all that comes back is counted.
//!
//! The thread sleeps until the next leg is due. Sends of many legs are gathered into steps of
//! `STEP`, so that a thousand legs cost some thousand wake-ups a second, not fifty thousand. It
//! does not wait on its sockets: on one machine the sender of a packet pays for waking whoever
//! waits for it, and a bridge's peers are elsewhere. What came is taken after each sleep, which
//! `LONGEST_SLEEP` bounds; so much, at most, is added to the latency that is measured.

use super::click::Click;
use super::codec::{self, PACKET_MS};
use super::ear::{Ear, Heard, PATIENCE};
use super::leg::{Carrier, Leg, Role};
use super::material::{LOOP_PACKETS, Material};
use causeway_base::Codec;
use rustix::event::{Timespec, epoll};
use rustix::fd::OwnedFd;
use std::io;
use std::sync::mpsc::{Receiver, Sender, TryRecvError};
use std::time::{Duration, Instant};

/// Sends are gathered into steps of this length.
const STEP: Duration = Duration::from_micros(200);

/// The longest sleep, for the sake of arrival times.
const LONGEST_SLEEP: Duration = Duration::from_micros(500);

/// Packets taken or sent before the other side has its turn.
const BATCH: usize = 64;

/// Legs that are listened to at a time. The rest have their turn later.
const EARS: usize = 8;

/// A send this long after its instant is the load's own fault, and is counted.
const OWN_LATE: Duration = Duration::from_millis(5);

/// When in its second a click is listened for.
const EARS_OPEN: Duration = Duration::from_millis(200);

/// The click is said at about half a second, and is waited for.
const EARS_CLOSE: Duration = Duration::from_millis(550).saturating_add(PATIENCE);

const ROUND: Duration = Duration::from_millis(PACKET_MS as u64);

/// Milliseconds that the histogram of lateness distinguishes.
const LATENESS_BINS: usize = 256;

/// What the thread is told.
#[derive(Debug)]
pub enum Order<A> {
    /// A leg has its answer.
    Start(usize, Box<A>),
    /// A leg ended.
    Stop(usize),
    /// Count from now on.
    Measure,
    /// Stop, and say what was counted.
    Finish,
}

/// One click, as one ear heard it.
#[derive(Debug)]
pub struct Listened {
    leg: usize,
    clicker: Option<usize>,
    others_talk: bool,
    ear: Ear,
    said: Option<Instant>,
}

/// What was counted between [`Order::Measure`] and [`Order::Finish`].
#[derive(Debug)]
pub struct Tally<C> {
    /// How long it took.
    pub window: Duration,
    /// The legs, with their counters.
    pub legs: Vec<Leg<C>>,
    /// Packets by milliseconds of lateness; the last bin holds all beyond.
    pub lateness: Vec<u64>,
    /// Packets that the load itself sent too late.
    pub own_late: u64,
    /// Packets that the system refused to send.
    pub own_errors: u64,
}

/// What all ears heard.
#[derive(Debug, Default)]
pub struct Clicks {
    /// Added latencies, one for each click that was heard.
    pub latencies: Vec<Duration>,
    /// Clicks that should have been heard.
    pub expected: u64,
    /// Times that a talker heard its own click.
    pub echoes: u64,
    /// Legs that should have heard speech, and whether they ever did.
    pub speech: std::collections::BTreeMap<usize, bool>,
}

/// The running media of all calls.
#[derive(Debug)]
pub struct Traffic<C> {
    codec: Codec,
    material: Material,
    legs: Vec<Leg<C>>,
    /// Legs by phase.
    order: Vec<usize>,
    talkers: Vec<usize>,
    epoll: OwnedFd,
    origin: Instant,
    /// The next to send: its place in `order`, and the round.
    cursor: usize,
    round: u64,
    click_said: Option<Instant>,
    ears: Ears,
    next_ear: usize,
    measuring: Option<Instant>,
    lateness: Vec<u64>,
    own_late: u64,
    own_errors: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ears {
    /// Closed until the click of this second.
    Closed(u64),
    /// Open for the click of this second.
    Open(u64),
}

impl<C: Carrier> Traffic<C> {
    /// Takes the legs over; nothing is sent yet.
    ///
    /// # Errors
    /// What the system says.
    pub fn new(codec: Codec, material: Material, legs: Vec<Leg<C>>) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        for (index, leg) in legs.iter().enumerate() {
            let data = epoll::EventData::new_u64(index as u64);
            epoll::add(&epoll, leg.carrier().socket(), data, epoll::EventFlags::IN)?;
        }
        let mut order: Vec<usize> = (0..legs.len()).collect();
        order.sort_by_key(|&index| legs.get(index).map(|leg| leg.phase));
        let talks =
            |&index: &usize| legs.get(index).is_some_and(|leg| matches!(leg.role, Role::Talker(_)));
        let talkers = (0..legs.len()).filter(talks).collect();
        Ok(Self {
            codec,
            material,
            legs,
            order,
            talkers,
            epoll,
            origin: Instant::now(),
            cursor: 0,
            round: 0,
            click_said: None,
            ears: Ears::Closed(0),
            next_ear: 0,
            measuring: None,
            lateness: vec![0; LATENESS_BINS],
            own_late: 0,
            own_errors: 0,
        })
    }

    /// Runs until [`Order::Finish`], or until nobody can give orders any more.
    ///
    /// # Errors
    /// What the system says about waiting.
    pub fn run(
        mut self,
        orders: &Receiver<Order<C::Answer>>,
        heard: &Sender<Listened>,
    ) -> io::Result<Tally<C>> {
        let mut events = Vec::with_capacity(BATCH);
        loop {
            match orders.try_recv() {
                Ok(Order::Start(leg, answer)) => self.start(leg, *answer),
                Ok(Order::Stop(leg)) => self.legs.get_mut(leg).into_iter().for_each(Leg::stop),
                Ok(Order::Measure) => self.measure(),
                Ok(Order::Finish) | Err(TryRecvError::Disconnected) => return Ok(self.tally()),
                Err(TryRecvError::Empty) => {}
            }
            self.send_due();
            self.turn_ears(heard);
            let may_sleep = events.len() < BATCH;
            events.clear();
            if may_sleep {
                self.sleep_until_next_step();
            }
            match epoll::wait(
                &self.epoll,
                rustix::buffer::spare_capacity(&mut events),
                Some(&Timespec::default()),
            ) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            for event in &events {
                let index = event.data.u64() as usize;
                if let Some(lateness) = self.legs.get_mut(index).and_then(Leg::receive) {
                    let bin = (lateness.as_millis() as usize).min(LATENESS_BINS - 1);
                    self.lateness.get_mut(bin).into_iter().for_each(|count| *count += 1);
                }
            }
        }
    }

    fn start(&mut self, index: usize, answer: C::Answer) {
        let ssrc = 0x1000_0000 | (index as u32).wrapping_mul(0x9e37_79b1) >> 4;
        if let Some(leg) = self.legs.get_mut(index)
            && leg.start(answer, ssrc).is_err()
        {
            self.own_errors += 1;
        }
    }

    fn measure(&mut self) {
        self.measuring = Some(Instant::now());
        self.lateness.fill(0);
        self.own_late = 0;
        self.own_errors = 0;
        self.legs.iter_mut().for_each(Leg::reset);
    }

    fn tally(self) -> Tally<C> {
        Tally {
            window: self.measuring.map_or(Duration::ZERO, |begin| begin.elapsed()),
            legs: self.legs,
            lateness: self.lateness,
            own_late: self.own_late,
            own_errors: self.own_errors,
        }
    }

    fn due(&self) -> Instant {
        let phase = self.order.get(self.cursor).and_then(|&leg| self.legs.get(leg));
        let phase = phase.map_or(Duration::ZERO, |leg| leg.phase);
        self.origin + ROUND.saturating_mul(self.round as u32) + phase
    }

    /// Until the end of the step in which the next leg is due.
    fn sleep_until_next_step(&self) {
        let since = self.due().saturating_duration_since(self.origin);
        let steps = since.as_nanos().div_ceil(STEP.as_nanos());
        let wake = self.origin + Duration::from_nanos((steps * STEP.as_nanos()) as u64);
        let wait = wake.saturating_duration_since(Instant::now()).min(LONGEST_SLEEP);
        if !wait.is_zero() {
            let wait = rustix::thread::Timespec { tv_sec: 0, tv_nsec: wait.subsec_nanos().into() };
            // Woken early by a signal, it only takes a turn more.
            let _ = rustix::thread::nanosleep(&wait);
        }
    }

    fn send_due(&mut self) {
        if self.order.is_empty() {
            return;
        }
        let now = Instant::now();
        for _ in 0..BATCH {
            let due = self.due();
            if due > now {
                return;
            }
            if now - due > OWN_LATE {
                self.own_late += 1;
            }
            self.send_one();
            self.cursor += 1;
            if self.cursor == self.order.len() {
                self.cursor = 0;
                self.round += 1;
            }
        }
    }

    fn send_one(&mut self) {
        let clicker = self.clicker(self.round / LOOP_PACKETS as u64);
        let Some(&index) = self.order.get(self.cursor) else { return };
        let Some(leg) = self.legs.get_mut(index) else { return };
        if !leg.is_active() {
            return;
        }
        let place = (self.round % LOOP_PACKETS as u64) as usize;
        let clicks = clicker == Some(index);
        let (loop_, click_at) = match leg.role {
            Role::Listener => (Some(&self.material.quiet), None),
            Role::Talker(voice) if clicks => {
                (self.material.click.get(voice), self.material.click_at.get(voice))
            }
            Role::Talker(voice) => (self.material.talk.get(voice), None),
        };
        let Some(payload) = loop_.and_then(|loop_| loop_.get(place)) else { return };
        if leg.send(self.round, payload).is_err() {
            self.own_errors += 1;
        }
        if let Some(at) = click_at {
            let into = at - place as f64 * ROUND.as_secs_f64();
            if (0.0..ROUND.as_secs_f64()).contains(&into) {
                self.click_said = Some(Instant::now() + Duration::from_secs_f64(into));
            }
        }
    }

    /// Who clicks in this second: the talkers take turns.
    fn clicker(&self, second: u64) -> Option<usize> {
        let turn = (second % self.talkers.len().max(1) as u64) as usize;
        self.talkers.get(turn).copied()
    }

    /// Opens and closes the ears when it is time.
    fn turn_ears(&mut self, heard: &Sender<Listened>) {
        let (second, offset) = match self.ears {
            Ears::Closed(second) => (second, EARS_OPEN),
            Ears::Open(second) => (second, EARS_CLOSE),
        };
        if Instant::now() < self.origin + Duration::from_secs(second) + offset {
            return;
        }
        match self.ears {
            Ears::Closed(second) => {
                self.click_said = None;
                if self.measuring.is_some() {
                    self.open_ears(self.clicker(second));
                }
                self.ears = Ears::Open(second);
            }
            Ears::Open(second) => {
                self.close_ears(self.clicker(second), heard);
                self.ears = Ears::Closed(second + 1);
            }
        }
    }

    /// One ear on the talker who clicks, the others on legs in turn.
    fn open_ears(&mut self, clicker: Option<usize>) {
        let count = self.legs.len();
        let others = EARS.min(count).saturating_sub(1);
        let from = self.next_ear;
        let turn = (from..from + count).map(|leg| leg % count).filter(|&leg| Some(leg) != clicker);
        self.next_ear += others;
        for index in clicker.into_iter().chain(turn.take(others)) {
            if let Some(leg) = self.legs.get_mut(index).filter(|leg| leg.is_active()) {
                leg.ear = Ear::new(self.codec).ok();
            }
        }
    }

    fn close_ears(&mut self, clicker: Option<usize>, heard: &Sender<Listened>) {
        for (index, leg) in self.legs.iter_mut().enumerate() {
            let Some(ear) = leg.ear.take() else { continue };
            let talks = matches!(leg.role, Role::Talker(_));
            let others_talk = self.talkers.len() > usize::from(talks);
            let said = self.click_said;
            // Whoever judged has gone: then nobody wants to know.
            let _ = heard.send(Listened { leg: index, clicker, others_talk, ear, said });
        }
    }
}

impl Clicks {
    /// Judges what the ears heard, beside the media thread, until it ends.
    pub fn judge(codec: Codec, heard: &Receiver<Listened>) -> Self {
        let click = Click::new(codec::hearing_rate(codec));
        let mut clicks = Self::default();
        for listened in heard {
            clicks.take(&click, &listened);
        }
        clicks
    }

    fn take(&mut self, click: &Click, listened: &Listened) {
        let Heard { speech, click } = listened.ear.judge(click, listened.said);
        if listened.others_talk {
            *self.speech.entry(listened.leg).or_default() |= speech;
        }
        if listened.clicker == Some(listened.leg) {
            self.echoes += u64::from(click.is_some());
        } else if listened.said.is_some() {
            self.expected += 1;
            self.latencies.extend(click);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::direct::{Direct, Remote};
    use std::net::{IpAddr, Ipv4Addr, UdpSocket};
    use std::sync::mpsc;
    use std::thread;

    const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn leg(codec: Codec, role: Role, phase_ms: u64) -> Leg<Direct> {
        Leg::new(Direct::bind(LOCAL).unwrap(), codec, role, Duration::from_millis(phase_ms))
    }

    /// A conference of one talker: what it says reaches everybody else after `DELAY`.
    fn relay(sockets: Vec<UdpSocket>, delay: Duration) {
        sockets[0].set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        let mut packet = [0; 1_500];
        while let Ok(len) = sockets[0].recv(&mut packet) {
            let until = Instant::now() + delay;
            while Instant::now() < until {
                thread::yield_now();
            }
            for socket in &sockets[1..] {
                socket.send(&packet[..len]).unwrap();
            }
        }
    }

    #[test]
    fn a_relay_adds_the_delay_that_it_adds() {
        const DELAY: Duration = Duration::from_millis(4);
        let codec = Codec::Pcma;
        let material = Material::new(codec, -64.0, false).unwrap();
        let legs = vec![
            leg(codec, Role::Talker(0), 3),
            leg(codec, Role::Listener, 11),
            leg(codec, Role::Listener, 17),
        ];
        let mut sockets = vec![];
        let (orders, for_traffic) = mpsc::channel();
        for (index, leg) in legs.iter().enumerate() {
            let socket = UdpSocket::bind((LOCAL, 0)).unwrap();
            socket.connect(leg.carrier().local().unwrap()).unwrap();
            let remote = Remote {
                rtp: socket.local_addr().unwrap(),
                payload_type: 8,
                receive_payload_type: 8,
                comfort_noise: None,
                level_extension: None,
                srtp: None,
            };
            orders.send(Order::Start(index, Box::new(remote))).unwrap();
            sockets.push(socket);
        }
        let relay = thread::spawn(move || relay(sockets, DELAY));
        let traffic = Traffic::new(codec, material, legs).unwrap();
        let (to_judge, heard) = mpsc::channel();
        let judge = thread::spawn(move || Clicks::judge(codec, &heard));
        let timer = thread::spawn(move || {
            orders.send(Order::Measure).unwrap();
            let (_never, wait) = mpsc::channel::<()>();
            let _ = wait.recv_timeout(Duration::from_millis(2_200));
            orders.send(Order::Finish).unwrap();
        });
        let tally = traffic.run(&for_traffic, &to_judge).unwrap();
        drop(to_judge);
        timer.join().unwrap();
        let clicks = judge.join().unwrap();
        relay.join().unwrap();

        let packets: Vec<u64> =
            tally.legs.iter().map(|leg| leg.reception.counters.packets).collect();
        assert_eq!(packets[0], 0, "the talker hears nothing");
        assert!((105..=112).contains(&packets[1]), "{packets:?}");
        assert_eq!(clicks.expected, 4, "two listeners, two clicks");
        assert_eq!(clicks.echoes, 0);
        assert!(clicks.speech[&1] && clicks.speech[&2]);
        assert_eq!(clicks.latencies.len(), 4);
        let least = clicks.latencies.iter().min().unwrap();
        assert!((3_900..8_000).contains(&least.as_micros()), "{least:?}");
    }
}
