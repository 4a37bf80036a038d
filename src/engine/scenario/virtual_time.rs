//! One worker under a virtual clock: seconds of a call in milliseconds, and the same each time.

use super::browser::peer::{Browser, Habit};
use super::phone::Phone;
use super::{CONFERENCE, LOCAL};
use crate::EngineConfig;
use crate::clock::{Now, TickMetrics};
use crate::leg::{Leg, Path};
use crate::order::Order;
use crate::play::Play;
use crate::port::PortRange;
use crate::video::Machinery;
use crate::webrtc::{self, Door, Inlet, Peer, WebRtcConfig};
use crate::worker::{Buffers, Flow, Worker};
use causeway_base::{Codec, ConferenceId, LegId};
use causeway_plan::{
    AudioEgress, AudioIngress, Clip, Feed, LegStats, MediaEvent, MediaPlan, PlayId, WebRtcAddress,
    WebRtcState,
};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, channel};

pub(super) struct VirtualTime {
    worker: Worker,
    orders: SyncSender<Order>,
    events: Receiver<MediaEvent>,
    pub(super) seen: Vec<MediaEvent>,
    ports: Arc<PortRange>,
    door: Arc<Door>,
    buffers: Buffers,
    pub(super) now: Now,
    tick: u64,
    version: u64,
}

impl VirtualTime {
    pub(super) fn new(first_port: u16) -> Self {
        Self::start(first_port, None)
    }

    /// A worker with pictures, which are composed by the real clock.
    pub(super) fn with_video(first_port: u16) -> Self {
        let machinery = Machinery::start(&super::video::config()).expect("threads");
        Self::start(first_port, Some(machinery))
    }

    fn start(first_port: u16, machinery: Option<Machinery>) -> Self {
        let (orders, queue) = sync_channel(1024);
        let (sender, events) = channel(1024);
        let config = EngineConfig { realtime: false, ..EngineConfig::default() };
        let doors = WebRtcConfig { addresses: vec![LOCAL], udp_port: 0, tcp_port: Some(0) };
        let door = Arc::new(Door::open(&doors, 0, 0).expect("loopback"));
        let (passage, arrivals) = sync_channel(webrtc::MAX_PARCELS);
        let inlet = Inlet::new(0, Arc::clone(&door), vec![passage], arrivals).expect("epoll");
        let metrics = Arc::new(TickMetrics::default());
        let worker =
            Worker::new(config, queue, sender, metrics, Some(inlet), machinery).expect("epoll");
        let bench = Self {
            worker,
            orders,
            events,
            seen: Vec::new(),
            ports: PortRange::new(&(first_port..=first_port + 19)),
            door,
            buffers: Buffers::default(),
            now: Now::read(),
            tick: 0,
            version: 0,
        };
        bench.order(Order::OpenConference(CONFERENCE));
        bench
    }

    pub(super) fn order(&self, order: Order) {
        self.orders.send(order).expect("room");
    }

    /// A phone whose media is settled, in no conference yet.
    pub(super) fn call(&self, number: u64, codec: Codec) -> Phone {
        let leg = LegId(number);
        let pair = self.ports.reserve(LOCAL, 0).expect("free ports");
        let phone = Phone::new(leg, codec, pair.rtp_address, None);
        self.order(Order::Adopt(Box::new(Leg::new(leg, Path::Ports(pair))), None));
        self.order(Order::Configure(leg, Box::new(phone.media())));
        phone
    }

    /// A leg with ports for sound and for video.
    pub(super) fn adopt_with_video(&self, number: u64) -> (LegId, SocketAddr, SocketAddr) {
        let leg = LegId(number);
        let reserve = || self.ports.reserve(LOCAL, 0).expect("free ports");
        let (audio, video) = (reserve(), reserve());
        let addresses = (audio.rtp_address, video.rtp_address);
        let adopted = Leg::new(leg, Path::Ports(audio)).with_video_ports(Some(video));
        self.order(Order::Adopt(Box::new(adopted), None));
        (leg, addresses.0, addresses.1)
    }

    /// A browser's leg, reserved.
    pub(super) fn reserve(&self, number: u64) -> WebRtcAddress {
        let leg = LegId(number);
        let ice = webrtc::credentials().expect("random");
        let path = Path::WebRtc(Box::new(Peer::new(Arc::clone(&self.door))));
        self.order(Order::Adopt(Box::new(Leg::new(leg, path)), Some(ice.clone())));
        WebRtcAddress {
            ice,
            fingerprint: webrtc::identity().expect("made").fingerprint,
            udp: self.door.udp_addresses(),
            tcp: self.door.tcp_addresses(),
        }
    }

    /// A browser in the conference, not connected yet.
    pub(super) fn open(&self, number: u64, habit: Habit) -> Browser {
        let browser = Browser::new(LegId(number), &self.reserve(number), habit, self.now.instant);
        self.order(Order::Configure(browser.leg, Box::new(browser.media())));
        self.order(Order::Enter(browser.leg, CONFERENCE));
        browser
    }

    /// Lets `milliseconds` pass; every 20 browsers and phones say what they have to say.
    pub(super) fn talk(
        &mut self,
        milliseconds: u64,
        browsers: &mut [&mut Browser],
        phones: &mut [&mut Phone],
    ) {
        for _ in 0..milliseconds / 20 {
            browsers.iter_mut().for_each(|browser| browser.say(self.now.instant));
            phones.iter_mut().for_each(|phone| phone.send_tone());
            for _ in 0..2 {
                // The kernel stamps what comes by the real clock, and a session measures by it.
                self.now.wall = Now::read().wall;
                self.tick();
                browsers.iter_mut().for_each(|browser| browser.run(self.now.instant));
            }
            phones.iter_mut().for_each(|phone| phone.receive());
        }
    }

    /// One tick, and what it told.
    pub(super) fn tick(&mut self) {
        self.now.instant += Duration::from_millis(10);
        self.now.wall += Duration::from_millis(10);
        assert_eq!(self.worker.tick(self.now, self.tick, &mut self.buffers), Flow::GoOn);
        self.tick += 1;
        while let Ok(event) = self.events.try_recv() {
            self.seen.push(event);
        }
    }

    /// One tick. The kernel stamps what came by the real clock.
    pub(super) fn tick_of_now(&mut self) {
        self.now.wall = Now::read().wall;
        self.tick();
    }

    /// What the worker holds: legs, and what the lookup knows.
    pub(super) fn residue(&self) -> (usize, (usize, usize, usize)) {
        self.worker.residue()
    }

    /// Has a browser's session panic.
    pub(super) fn break_session(&mut self, leg: LegId) {
        self.worker.break_session(self.now, leg);
    }

    /// Has the next work on a leg come to a fault.
    pub(super) fn break_leg(&mut self, leg: LegId) {
        self.worker.break_leg(leg);
    }

    /// Has the next tick of a conference come to a fault.
    pub(super) fn break_room(&mut self, conference: ConferenceId) {
        self.worker.break_room(conference);
    }

    /// A leg on its way to another worker.
    pub(super) fn take_out(&mut self, leg: LegId) -> Box<Leg> {
        let (away, arrivals) = sync_channel(1);
        self.order(Order::Depart(leg, CONFERENCE, away));
        self.tick();
        match arrivals.try_recv() {
            Ok(Order::Arrive(leg, _)) => leg,
            other => panic!("no leg but {other:?}"),
        }
    }

    /// How a browser's transport was told to stand, in order.
    pub(super) fn states(&self, leg: LegId) -> Vec<WebRtcState> {
        let state = |event: &MediaEvent| match event {
            MediaEvent::WebRtcChanged { leg: changed, state } if *changed == leg => Some(*state),
            _ => None,
        };
        self.seen.iter().filter_map(state).collect()
    }

    pub(super) fn join(&self, number: u64, codec: Codec) -> Phone {
        let phone = self.call(number, codec);
        self.order(Order::Enter(phone.leg, CONFERENCE));
        phone
    }

    pub(super) fn plan(&mut self, conference: ConferenceId, legs: &[(LegId, bool, Feed)]) {
        self.version += 1;
        let plan = MediaPlan {
            version: self.version,
            max_talkers: 4,
            ingress: legs
                .iter()
                .map(|(leg, heard, _)| AudioIngress { leg: *leg, heard: *heard, auto_gain: false })
                .collect(),
            egress: legs
                .iter()
                .map(|(leg, _, feed)| AudioEgress { leg: *leg, feed: *feed })
                .collect(),
            ..MediaPlan::default()
        };
        self.order(Order::Apply(conference, Box::new(plan)));
    }

    pub(super) fn play(&self, leg: LegId, play: u64, clips: &[&Clip], loops: bool) {
        let clips = clips.iter().map(|clip| (*clip).clone()).collect();
        self.order(Order::Play(leg, Box::new(Play::new(PlayId(play), clips, loops))));
    }

    /// Lets `milliseconds` pass; every 20 each phone takes what came and says `say`.
    pub(super) fn run(
        &mut self,
        milliseconds: u64,
        phones: &mut [&mut Phone],
        mut say: impl FnMut(&mut Phone),
    ) {
        for _ in 0..milliseconds / 20 {
            phones.iter_mut().for_each(|phone| say(phone));
            (0..2).for_each(|_| self.tick());
            phones.iter_mut().for_each(|phone| phone.receive());
        }
    }

    /// The playings that ended, in order.
    pub(super) fn played(&self) -> Vec<(LegId, u64)> {
        let ended = |event: &MediaEvent| match event {
            MediaEvent::Played { leg, play } => Some((*leg, play.0)),
            _ => None,
        };
        self.seen.iter().filter_map(ended).collect()
    }

    pub(super) fn stats(&mut self, phone: &mut Phone) -> LegStats {
        self.stats_of(phone.leg)
    }

    pub(super) fn stats_of(&mut self, leg: LegId) -> LegStats {
        self.order(Order::ReportStats(leg));
        (0..2).for_each(|_| self.tick());
        let stats = self.seen.iter().rev().find_map(|event| match event {
            MediaEvent::Stats { stats, .. } => Some((**stats).clone()),
            _ => None,
        });
        stats.expect("an answer")
    }
}
