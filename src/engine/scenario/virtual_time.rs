//! One worker under a virtual clock: seconds of a call in milliseconds, and the same each time.

use super::phone::Phone;
use super::{CONFERENCE, LOCAL};
use crate::EngineConfig;
use crate::clock::{Now, TickMetrics};
use crate::leg::{Leg, Path};
use crate::order::Order;
use crate::play::Play;
use crate::port::PortRange;
use crate::worker::{Buffers, Flow, Worker};
use causeway_base::{Codec, ConferenceId, LegId};
use causeway_plan::{
    AudioEgress, AudioIngress, Clip, Feed, LegStats, MediaEvent, MediaPlan, PlayId,
};
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
    buffers: Buffers,
    now: Now,
    tick: u64,
    version: u64,
}

impl VirtualTime {
    pub(super) fn new(first_port: u16) -> Self {
        let (orders, queue) = sync_channel(1024);
        let (sender, events) = channel(1024);
        let config = EngineConfig { realtime: false, ..EngineConfig::default() };
        let worker = Worker::new(config, queue, sender, Arc::new(TickMetrics::default()), None)
            .expect("epoll");
        let bench = Self {
            worker,
            orders,
            events,
            seen: Vec::new(),
            ports: PortRange::new(&(first_port..=first_port + 19)),
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
        self.order(Order::Adopt(Box::new(Leg::new(leg, Path::Ports(pair)))));
        self.order(Order::Configure(leg, Box::new(phone.media())));
        phone
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
            for _ in 0..2 {
                self.now.instant += Duration::from_millis(10);
                self.now.wall += Duration::from_millis(10);
                assert_eq!(self.worker.tick(self.now, self.tick, &mut self.buffers), Flow::GoOn);
                self.tick += 1;
            }
            phones.iter_mut().for_each(|phone| phone.receive());
            while let Ok(event) = self.events.try_recv() {
                self.seen.push(event);
            }
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
        self.order(Order::ReportStats(phone.leg));
        self.run(20, &mut [phone], |_| {});
        let stats = self.seen.iter().rev().find_map(|event| match event {
            MediaEvent::Stats { stats, .. } => Some((**stats).clone()),
            _ => None,
        });
        stats.expect("an answer")
    }
}
