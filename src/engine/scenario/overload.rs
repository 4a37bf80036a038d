//! Workers that are too busy to take what they are told: it is there whole, or not at all.

use super::{CONFERENCE, LOCAL};
use crate::order::Order;
use crate::port::PortRange;
use crate::{Engine, EngineConfig, Overloaded, WebRtcConfig, WorkerHandle, open_doors};
use causeway_base::LegId;
use causeway_plan::{MediaCommand, MediaEvent};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, mpsc};
use tokio::sync::mpsc::{Receiver, channel};

const LEG: LegId = LegId(1);

/// An engine whose workers do nothing.
struct Stuck {
    engine: Engine,
    /// By worker.
    queues: Vec<mpsc::Receiver<Order>>,
    events: Receiver<MediaEvent>,
}

impl Stuck {
    /// Each worker has room for so many orders.
    fn new(rooms: &[usize]) -> Self {
        let doors = WebRtcConfig { addresses: vec![LOCAL], udp_port: 0, tcp_port: None };
        let workers = rooms.len();
        let config = EngineConfig { workers, webrtc: Some(doors), ..EngineConfig::default() };
        let (sender, events) = channel(16);
        let worker = |room: &usize| {
            let (orders, queue) = sync_channel(*room);
            let (metrics, thread) = (Arc::default(), Mutex::default());
            (WorkerHandle { orders, metrics, realtime: false, thread }, queue)
        };
        let (workers, queues) = rooms.iter().map(worker).unzip();
        let engine = Engine {
            ports: PortRange::new(&config.ports),
            doors: open_doors(&config).expect("loopback"),
            config,
            workers,
            machinery: None,
            events: sender,
            places: Mutex::default(),
        };
        Self { engine, queues, events }
    }

    fn orders(&self, worker: usize) -> Vec<Order> {
        self.queues[worker].try_iter().collect()
    }
}

#[test]
fn a_reservation_cut_by_overload_leaves_nothing() {
    for room in 0..=2 {
        let mut stuck = Stuck::new(&[room]);
        let taken = stuck.engine.send(MediaCommand::ReserveWebRtc { leg: LEG }).is_ok();
        assert_eq!(taken, room > 0);
        assert_eq!(!stuck.orders(0).is_empty(), taken, "room for {room}");
        assert_eq!(stuck.engine.places().legs.contains_key(&LEG), taken);
        assert_eq!(stuck.events.try_recv().is_ok(), taken);
    }
}

#[test]
fn a_released_browser_is_forgotten_though_the_worker_is_busy() {
    let stuck = Stuck::new(&[2, 8]);
    let tell = |command| stuck.engine.send(command);
    let release = || tell(MediaCommand::Release { leg: LEG });
    tell(MediaCommand::OpenConference { conference: CONFERENCE }).expect("room");
    tell(MediaCommand::ReserveWebRtc { leg: LEG }).expect("room");
    tell(MediaCommand::Move { leg: LEG, conference: CONFERENCE }).expect("room");
    stuck.orders(1);
    assert_eq!(release(), Err(Overloaded), "the worker of the conference is busy");
    let is_forget = |order: &Order| matches!(order, Order::Forget(LEG));
    assert!(stuck.orders(1).iter().any(is_forget), "the door is not");
    stuck.orders(0);
    release().expect("room");
    let is_release = |order: &Order| matches!(order, Order::Release(LEG));
    assert!(stuck.orders(0).iter().any(is_release));
    assert!(stuck.engine.places().legs.is_empty());
}
