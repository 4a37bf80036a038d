//! Conferences with the real engine: two peers speak RTP over the loopback, only their
//! signalling is scripted.

use super::offered;
use crate::actor::{Answering, Order};
use crate::directory::Directory;
use crate::journal::Journal;
use crate::outlet::{Busy, Outlet};
use crate::router::Router;
use causeway_base::{Codec, EndCause, LegId};
use causeway_conference::{LegCommand, LegEvent, Settings};
use causeway_dial::OurHosts;
use causeway_engine::{Engine, EngineConfig};
use causeway_plan::{
    AudioFormat, Direction, LegAudio, LegMedia, MediaEvent, OfferPolicy, Transport, TransportSpec,
};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::sync::{broadcast, mpsc};

/// A-law of a loud sample, positive and negative, and of silence (G.711 table 1a).
const LOUD: [u8; 2] = [0xA5, 0x25];
const SILENCE: [u8; 2] = [0xD5, 0x55];

#[derive(Debug)]
struct Drivers {
    engine: Engine,
    legs: mpsc::UnboundedSender<LegEvent>,
    accepted: mpsc::UnboundedSender<(LegId, SocketAddr)>,
}

impl Outlet for Drivers {
    fn carry_out(&self, order: Order) -> Result<(), Busy> {
        match order {
            Order::Media(command) => return self.engine.send(command).map_err(|_| Busy),
            Order::Leg(LegCommand::Accept { leg, media, .. }) => {
                let _ = self.accepted.send((leg, media.ports().expect("its own").rtp));
            }
            Order::Leg(LegCommand::Reject { leg, cause } | LegCommand::End { leg, cause }) => {
                let _ = self.legs.send(LegEvent::Ended { leg, cause });
            }
            _ => {}
        }
        Ok(())
    }
}

struct Node {
    router: Router<Drivers>,
    legs: mpsc::UnboundedReceiver<LegEvent>,
    media: mpsc::Receiver<MediaEvent>,
    accepted: mpsc::UnboundedReceiver<(LegId, SocketAddr)>,
}

impl Node {
    fn start(workers: usize) -> Self {
        let (media_sender, media) = mpsc::channel(256);
        let (leg_sender, legs) = mpsc::unbounded_channel();
        let (accepted_sender, accepted) = mpsc::unbounded_channel();
        let config = EngineConfig {
            workers,
            ports: 31_900..=31_999,
            realtime: false,
            ..EngineConfig::default()
        };
        let engine = Engine::start(config, media_sender).expect("an engine");
        let router = Router {
            directory: Arc::new(Directory::default()),
            desk: super::desk(OurHosts::new(["192.0.2.5"]), "room".into(), Settings::default()),
            journal: Arc::new(Journal::new(None)),
            reception: Default::default(),
            legs: Default::default(),
            local: IpAddr::from([127, 0, 0, 1]),
            local_h323: IpAddr::from([127, 0, 0, 2]),
            answering: Arc::new(Answering {
                policy: OfferPolicy::default(),
                advertised: Vec::new(),
                seeing_trunks: Default::default(),
                farewell: false,
            }),
            outlet: Arc::new(Drivers { engine, legs: leg_sender, accepted: accepted_sender }),
            news: broadcast::channel(64).0,
            handovers: mpsc::unbounded_channel().0,
            ports: Vec::new(),
            max_calls: 10,
            draining: false,
            echoes: None,
        };
        Node { router, legs, media, accepted }
    }

    /// Handles events until a leg was accepted; gives the address for its media.
    async fn until_accepted(&mut self) -> (LegId, SocketAddr) {
        loop {
            tokio::select! {
                Some(accepted) = self.accepted.recv() => return accepted,
                Some(event) = self.legs.recv() => self.router.leg_event(event).await,
                Some(event) = self.media.recv() => self.router.media_event(event).await,
            }
        }
    }

    async fn call(&mut self, leg: u64) -> Peer {
        let mut offer = offered(leg);
        offer.local = IpAddr::V4(Ipv4Addr::LOCALHOST);
        self.router.leg_event(LegEvent::Offered(offer)).await;
        let (leg, bridge) = self.until_accepted().await;
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
        let own = socket.local_addr().expect("bound");
        let media = Box::new(media(own));
        self.router.leg_event(LegEvent::MediaReady { leg, media }).await;
        self.router.leg_event(LegEvent::Answered { leg }).await;
        Peer { leg, socket, bridge, seq: 0, loud: 0, packets: 0 }
    }
}

fn media(peer: SocketAddr) -> LegMedia {
    let format = AudioFormat::new(Codec::Pcma, 8);
    LegMedia {
        transport: Transport::Rtp(TransportSpec {
            remote_rtp: Some(peer),
            remote_rtcp: Some(peer),
            rtcp_mux: true,
            signalling_source: peer.ip(),
            protection: causeway_plan::MediaProtection::Clear,
        }),
        direction: Direction::SendReceive,
        audio: LegAudio {
            send: format,
            receive: vec![format],
            ptime_ms: 20,
            send_events: None,
            receive_events: Vec::new(),
            receive_comfort_noise: Vec::new(),
            level_extension: None,
        },
        video: vec![],
    }
}

/// A telephone: sends 20 ms of G.711 at a time and counts what it hears.
struct Peer {
    leg: LegId,
    socket: UdpSocket,
    bridge: SocketAddr,
    seq: u16,
    loud: usize,
    packets: usize,
}

impl Peer {
    async fn say(&mut self, sample: [u8; 2]) {
        let mut packet = vec![0x80, 8];
        packet.extend(self.seq.to_be_bytes());
        packet.extend((u32::from(self.seq) * 160).to_be_bytes());
        packet.extend((self.leg.0 as u32).to_be_bytes());
        // A square wave of 500 Hz: 8 samples up, 8 down.
        packet.extend((0..160).map(|n| sample[n / 8 % 2]));
        self.seq += 1;
        self.socket.send_to(&packet, self.bridge).await.expect("sent");
    }

    fn listen(&mut self) {
        let mut packet = [0; 1500];
        while let Ok((length, _)) = self.socket.try_recv_from(&mut packet) {
            let [_, kind, ..] = packet;
            // RTCP has packet types from 200 on (RFC 5761 section 4).
            if length < 12 || kind & 0x7F != 8 {
                continue;
            }
            self.packets += 1;
            // The magnitude of A-law, its even bits inverted: above 0x40 is loud.
            let loud = packet[12..length].iter().filter(|byte| (**byte ^ 0x55) & 0x7F > 0x40);
            self.loud += usize::from(loud.count() > 80);
        }
    }
}

async fn one_hears_the_other_and_nobody_itself(workers: usize) {
    let mut node = Node::start(workers);
    let (mut talker, mut listener) = (node.call(1).await, node.call(2).await);
    let mut tick = tokio::time::interval(Duration::from_millis(20));
    let mut ticks = 0;
    while ticks < 1000 && (listener.loud < 40 || talker.packets < 40) {
        tokio::select! {
            _ = tick.tick() => {
                talker.say(LOUD).await;
                listener.say(SILENCE).await;
                ticks += 1;
            }
            Some(event) = node.legs.recv() => node.router.leg_event(event).await,
            Some(event) = node.media.recv() => node.router.media_event(event).await,
        }
        talker.listen();
        listener.listen();
    }
    assert!(listener.loud >= 40, "the listener heard {} of {ticks} packets", listener.loud);
    assert!(talker.packets >= 40, "the talker got {} packets", talker.packets);
    assert_eq!(talker.loud, 0, "the talker heard itself");
    hang_up(node, [talker.leg, listener.leg]).await;
}

async fn hang_up(mut node: Node, legs: [LegId; 2]) {
    for leg in legs {
        node.router.leg_event(LegEvent::Ended { leg, cause: EndCause::Normal }).await;
    }
    let mut released = 0;
    while released < legs.len() {
        let event = node.media.recv().await.expect("the engine runs");
        released += usize::from(matches!(event, MediaEvent::Stats { .. }));
    }
    assert_eq!(node.router.directory.leg_count(), 0);
}

#[tokio::test]
async fn one_hears_the_other_and_nobody_itself_with_one_worker() {
    one_hears_the_other_and_nobody_itself(1).await;
}

#[tokio::test]
async fn one_hears_the_other_and_nobody_itself_with_three_workers() {
    one_hears_the_other_and_nobody_itself(3).await;
}
