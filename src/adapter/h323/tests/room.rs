//! A room that a test leads by the hand: its signalling in one place, its H.245 in another.

use super::node::PATIENCE;
use causeway_plan::{Encryption, OfferPolicy};
use causeway_proto::h323::address;
use causeway_proto::h323::call::Placing;
use causeway_proto::h323::session::{Command, Config, Event, Input, Output, Session, Terms};
use causeway_proto::offer_answer::LocalMedia;
use causeway_wire::tpkt::{self, TpktStream};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub(super) struct Room {
    session: Session,
    stream: TcpStream,
    packets: TpktStream,
    /// Where the bridge takes H.245.
    pub(super) control: Option<SocketAddr>,
    heard: Vec<Event>,
}

impl Room {
    /// Calls without tunnelling. `source`: where it says it is.
    pub(super) async fn call(
        bridge: SocketAddr,
        source: Option<SocketAddr>,
        overlap: bool,
    ) -> Self {
        let config = Config::new("Room", "1", false, PATIENCE, [7; 32]);
        let stream = TcpStream::connect(bridge).await.expect("connects");
        let mut room = Self {
            session: Session::new(config),
            stream,
            packets: TpktStream::default(),
            control: None,
            heard: Vec::new(),
        };
        let placing = Placing {
            call_reference: 7,
            call_identifier: [7; 16],
            conference: [8; 16],
            from: vec![address::alias("Room 7")],
            display: "Room 7".to_owned(),
            to: vec![address::alias("80")],
            destination: Some(bridge),
            source,
            fast_start: vec![],
            overlap,
        };
        let local = Ipv4Addr::LOCALHOST.into();
        let policy = OfferPolicy { encryption: Encryption::Off, ..OfferPolicy::default() };
        let audio = LocalMedia { advertised: local, rtp_port: 20_000, rtcp_port: 20_001 };
        let terms = Terms { policy, audio, video: None, signalling_source: local };
        let (placing, terms) = (Box::new(placing), Box::new(terms));
        room.command(Command::Place { placing, terms, fast: false }).await;
        room
    }

    pub(super) async fn command(&mut self, command: Command) {
        self.session.handle_input(Instant::now(), Input::Command(command));
        self.say().await;
    }

    async fn say(&mut self) {
        loop {
            match self.session.poll_output() {
                Output::Signalling(packet) => {
                    let packet = tpkt::frame(&packet).expect("short");
                    self.stream.write_all(&packet).await.expect("sent");
                }
                Output::ConnectControl(address) => self.control = Some(address),
                Output::Event(event) => self.heard.push(event),
                Output::Control(_) | Output::Close => {}
                Output::Timeout(_) => return,
            }
        }
    }

    /// Listens until it has heard, or learned, what a test wants to know.
    pub(super) async fn until<T>(&mut self, wanted: impl Fn(&Self, &[Event]) -> Option<T>) -> T {
        loop {
            if let Some(found) = wanted(self, &self.heard) {
                return found;
            }
            let mut bytes = [0; 4096];
            let read = timeout(PATIENCE, self.stream.read(&mut bytes)).await.expect("in time");
            let count = read.expect("read");
            assert!(count > 0, "the bridge hung up: {:?}", self.heard);
            self.packets.push(&bytes[..count]).expect("in frame");
            while let Some(packet) = self.packets.take().expect("in frame") {
                let packet = packet.to_vec();
                self.session.handle_input(Instant::now(), Input::Signalling(&packet));
            }
            self.say().await;
        }
    }
}
