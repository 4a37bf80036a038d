//! The path of a packet does not allocate in steady state.

use super::phone::{Crypto, Phone};
use super::{CONFERENCE, LOCAL};
use crate::EngineConfig;
use crate::clock::{Now, TickMetrics};
use crate::leg::{Leg, Path};
use crate::order::Order;
use crate::play::Play;
use crate::port::PortRange;
use crate::worker::{Buffers, Flow, Worker};
use causeway_base::{Codec, LegId};
use causeway_plan::{
    AudioEgress, AudioIngress, Clip, Feed, MediaPlan, PlayId, SrtpKey, SrtpSpec, SrtpSuite,
};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

/// Ticks until every buffer has its size: the first reports are sent, the talkers have settled.
const WARM_UP: u64 = 700;

/// Ticks that are measured.
const MEASURED: u64 = 400;

fn crypto(codec: Codec) -> Option<Crypto> {
    // One of the three under SRTP covers both ways.
    (codec == Codec::Pcma).then(|| {
        let suite = SrtpSuite::Aes128CmSha1_80;
        let key = SrtpKey::new(suite, &[5; 30]).expect("30 bytes");
        Crypto(SrtpSpec { suite, send: key, receive: key })
    })
}

#[test]
fn a_packet_in_steady_state_allocates_nothing() {
    let (orders, queue) = sync_channel(64);
    let (events, _receiver) = tokio::sync::mpsc::channel(1024);
    let config = EngineConfig { realtime: false, ..EngineConfig::default() };
    let mut worker =
        Worker::new(config, queue, events, Arc::new(TickMetrics::default()), None, None)
            .expect("epoll");
    let ports = PortRange::new(&(32_900..=32_939));
    let mut phones = Vec::new();
    orders.send(Order::OpenConference(CONFERENCE)).expect("room");
    let feeds = [Feed::Mix, Feed::Played, Feed::Echo(300)];
    let kinds = feeds.into_iter().flat_map(|feed| Codec::ALL.map(|codec| (feed, codec)));
    for (index, (feed, codec)) in kinds.clone().enumerate() {
        let leg = LegId(index as u64 + 1);
        let pair = ports.reserve(LOCAL, 0).expect("free ports");
        let phone = Phone::new(leg, codec, pair.rtp_address, crypto(codec));
        for order in [
            Order::Adopt(Box::new(Leg::new(leg, Path::Ports(pair))), None),
            Order::Configure(leg, Box::new(phone.media())),
            Order::Enter(leg, CONFERENCE),
        ] {
            orders.send(order).expect("room");
        }
        if feed != Feed::Mix || codec == Codec::G722 {
            let clip = Clip(vec![1_000; 5_000].into());
            let music = Play::new(PlayId(1), vec![clip.clone(), clip], true);
            orders.send(Order::Play(leg, Box::new(music))).expect("room");
        }
        phones.push(phone);
    }
    let plan = MediaPlan {
        version: 1,
        max_talkers: 4,
        ingress: phones
            .iter()
            .map(|phone| AudioIngress { leg: phone.leg, heard: true, auto_gain: true })
            .collect(),
        egress: phones
            .iter()
            .zip(kinds)
            .map(|(phone, (feed, _))| AudioEgress { leg: phone.leg, feed })
            .collect(),
        ..MediaPlan::default()
    };
    orders.send(Order::Apply(CONFERENCE, Box::new(plan))).expect("room");

    let mut buffers = Buffers::default();
    let mut now = Now::read();
    let mut allocations = 0;
    for tick in 0..WARM_UP + MEASURED {
        if tick % 2 == 0 {
            phones.iter_mut().for_each(Phone::send_tone);
        }
        now.instant += Duration::from_millis(10);
        now.wall += Duration::from_millis(10);
        let counted = allocation_counter::measure(|| {
            assert_eq!(worker.tick(now, tick, &mut buffers), Flow::GoOn);
        });
        if tick >= WARM_UP {
            allocations += counted.count_total;
        }
        phones.iter_mut().for_each(Phone::receive);
    }
    for phone in &phones {
        assert!(phone.packets() as u64 >= MEASURED / 2, "{} packets", phone.packets());
    }
    assert_eq!(allocations, 0);
}
