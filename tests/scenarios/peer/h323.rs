//! A room of H.323 of the scenarios' own: call signalling and control by the same state machines as
//! the bridge's, on sockets of its own; a tone for its voice, and what it hears kept.

use super::cover::Cover;
use super::process::PATIENCE;
use crate::sound::Wave;
use audio_codec::{Decoder as _, Encoder as _, pcma::PcmaDecoder, pcma::PcmaEncoder};
use causeway_asn1::h245::{
    CommandMessage, EncryptionUpdateRequest, MiscellaneousCommand, MiscellaneousCommandType,
    MultimediaSystemControlMessage as Message,
};
use causeway_base::{Codec, EndCause};
use causeway_plan::{Direction, Encryption, LegMedia, MediaProtection, OfferPolicy, VideoPolicy};
use causeway_proto::h323::address;
use causeway_proto::h323::call::Placing;
use causeway_proto::h323::h245;
use causeway_proto::h323::session::{Command, Config, Event, Input, Output, Session, Terms};
use causeway_proto::offer_answer::LocalMedia;
use causeway_wire::tpkt::{self, TpktStream};
use std::{
    f64::consts::TAU,
    io::{ErrorKind, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// One packet of sound, and how long the room rests between looks at its sockets.
const PACKET: Duration = Duration::from_millis(20);
const REST: Duration = Duration::from_millis(2);

/// Samples a second of G.711, and of one packet.
const RATE: u32 = 8_000;
const SAMPLES: usize = 160;

/// How a call begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    /// H.245 within call signalling.
    pub(crate) tunnelled: bool,
    /// Channels proposed at once.
    pub(crate) fast: bool,
    /// Whether its media is encrypted (H.235.6).
    pub(crate) encryption: Encryption,
    /// What it is in H.245: the greater decides conflicts, and makes the keys. The bridge is 190.
    pub(crate) terminal: u8,
    /// It connects where the bridge takes H.245.
    pub(crate) comes_for_control: bool,
}

impl Start {
    /// What rooms mostly do, in the clear.
    pub(crate) const USUAL: Self = Self::new(true, false);

    pub(crate) const fn new(tunnelled: bool, fast: bool) -> Self {
        let (encryption, terminal) = (Encryption::Off, 50);
        Self { tunnelled, fast, encryption, terminal, comes_for_control: true }
    }

    /// The same by a room that has nothing in the clear.
    pub(crate) const fn secret(self) -> Self {
        Self { encryption: Encryption::Required, ..self }
    }
}

/// What a room is told to do.
enum Order {
    Say(Command),
    /// Asks for new keys of what it hears and sees, where H.245 has a connection of its own.
    RenewKeys,
    /// Sends no sound any more, or does again.
    Rest(bool),
}

/// What a room agreed of its picture.
#[derive(Clone, Debug)]
pub(crate) struct AgreedPicture {
    /// The payload types of what the bridge takes, and of what it sends.
    pub(crate) taken: u8,
    pub(crate) sent: Vec<u8>,
    pub(crate) protection: MediaProtection,
}

impl AgreedPicture {
    fn of(media: &LegMedia) -> Option<(SocketAddr, Self)> {
        let line = media.video.first()?;
        let rtp = line.transport.rtp()?;
        let sent: Vec<u8> = line.receive.iter().map(|format| format.payload_type).collect();
        let agreed =
            Self { taken: line.send?.format.payload_type, sent, protection: rtp.protection };
        (!agreed.sent.is_empty()).then_some((rtp.remote_rtp?, agreed))
    }
}

/// A room in a call.
pub(crate) struct H323Room {
    name: String,
    orders: Sender<Order>,
    seen: Arc<Mutex<Seen>>,
    worker: Option<JoinHandle<()>>,
}

/// What others may know of it.
#[derive(Default)]
struct Seen {
    media: Option<LegMedia>,
    answered: bool,
    ended: Option<EndCause>,
    keys_wanted: usize,
    heard: Vec<f32>,
    /// Packets of sound that did not open.
    shut: usize,
}

/// Where pictures are awaited: a port whose socket somebody else holds.
pub(crate) type Pictures = Option<u16>;

impl H323Room {
    /// Calls and waits until sound flows both ways.
    pub(crate) fn call(name: &str, alias: &str, port: u16, start: Start, hertz: f64) -> Self {
        let room = Self::dial(name, alias, port, start, hertz, None);
        room.wait_for("both ways of sound", |seen| seen.answered && talks(seen));
        room
    }

    /// Calls and waits for nothing.
    pub(crate) fn dial(
        name: &str,
        alias: &str,
        port: u16,
        start: Start,
        hertz: f64,
        pictures: Pictures,
    ) -> Self {
        let bridge = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let stream = TcpStream::connect(bridge).expect("the bridge listens");
        let terms = Station::terms(start, pictures);
        let station = Station::new(stream, start, hertz, terms);
        let placing = Placing {
            call_reference: 7,
            call_identifier: [7; 16],
            conference: [8; 16],
            from: vec![address::alias(name)],
            display: name.to_owned(),
            to: (!alias.is_empty()).then(|| address::alias(alias)).into_iter().collect(),
            destination: Some(bridge),
            source: None,
            fast_start: vec![],
            overlap: false,
        };
        let terms = Box::new(station.terms.clone());
        let place = Command::Place { placing: Box::new(placing), terms, fast: start.fast };
        Self::begin(name, station, Some(place))
    }

    /// Waits on a port for the bridge to call, rings, and answers.
    pub(crate) fn await_call(name: &str, listener: &TcpListener, start: Start, hertz: f64) -> Self {
        listener.set_nonblocking(true).expect("a socket");
        let deadline = Instant::now() + PATIENCE;
        let stream = loop {
            match listener.accept() {
                Ok((stream, _)) => break stream,
                Err(_) => assert!(Instant::now() < deadline, "{name}: nobody calls"),
            }
            thread::sleep(REST);
        };
        Self::begin(name, Station::new(stream, start, hertz, Station::terms(start, None)), None)
    }

    fn begin(name: &str, mut station: Station, first: Option<Command>) -> Self {
        let (orders, taken) = mpsc::channel();
        let seen = Arc::clone(&station.seen);
        let worker = thread::spawn(move || {
            first.into_iter().for_each(|first| station.command(first));
            station.work(&taken);
        });
        Self { name: name.to_owned(), orders, seen, worker: Some(worker) }
    }

    /// Presses keys, as a person does.
    pub(crate) fn press(&self, keys: &str) {
        for key in keys.chars() {
            self.tell(Command::SendDigits(key.to_string()));
            thread::sleep(Duration::from_millis(150));
        }
    }

    pub(crate) fn tell(&self, command: Command) {
        let _ = self.orders.send(Order::Say(command));
    }

    /// Sends no sound any more, or does again.
    pub(crate) fn rest(&self, rests: bool) {
        let _ = self.orders.send(Order::Rest(rests));
    }

    /// Has the bridge, as master, make new keys for what it sends.
    pub(crate) fn renew_keys(&self) {
        let _ = self.orders.send(Order::RenewKeys);
    }

    /// What is agreed, once there is anything.
    pub(crate) fn media(&self) -> LegMedia {
        self.wait_for("media", |seen| seen.media.is_some());
        seen(&self.seen).media.clone().expect("just seen")
    }

    /// Waits until its pictures flow that way.
    pub(crate) fn wait_for_pictures(&self, wanted: Direction) {
        let flow = |seen: &Seen| seen.media.as_ref().is_some_and(|it| it.pictures() == wanted);
        self.wait_for("the direction of pictures", flow);
    }

    /// Waits until something else is agreed than `before`.
    pub(crate) fn wait_for_other_media(&self, before: &LegMedia) {
        self.wait_for("other media", |seen| seen.media.as_ref().is_some_and(|it| it != before));
    }

    /// Where the bridge takes its pictures, once it takes and sends any.
    pub(crate) fn pictures(&self) -> SocketAddr {
        let agreed = |seen: &Seen| seen.media.as_ref().and_then(AgreedPicture::of);
        self.wait_for("pictures", |seen| agreed(seen).is_some());
        agreed(&seen(&self.seen)).expect("just seen").0
    }

    /// What holds of its picture at each moment, for who carries it.
    pub(crate) fn agreed_picture(
        &self,
    ) -> impl Fn() -> Option<AgreedPicture> + Send + Sync + use<> {
        let shared = Arc::clone(&self.seen);
        move || seen(&shared).media.as_ref().and_then(AgreedPicture::of).map(|(_, agreed)| agreed)
    }

    /// Whether all that flows is encrypted, and how many packets of sound did not open.
    pub(crate) fn secrecy(&self) -> (bool, usize) {
        let seen = seen(&self.seen);
        (seen.media.as_ref().is_some_and(|media| media.transport.is_encrypted()), seen.shut)
    }

    /// Waits until sound flows both ways, or neither.
    pub(crate) fn wait_until_talking(&self, wanted: bool) {
        self.wait_for("the direction of sound", |seen| talks(seen) == wanted);
    }

    /// Why its call ended.
    pub(crate) fn wait_for_end(&self) -> EndCause {
        self.wait_for("its end", |seen| seen.ended.is_some());
        seen(&self.seen).ended.expect("just seen")
    }

    pub(crate) fn has_ended(&self) -> bool {
        seen(&self.seen).ended.is_some()
    }

    /// The last of what it heard.
    pub(crate) fn heard(&self, last: Duration) -> Wave {
        let heard = &seen(&self.seen).heard;
        let wanted = (last.as_secs_f64() * f64::from(RATE)) as usize;
        let from = heard.len().saturating_sub(wanted);
        Wave { rate: RATE, samples: heard[from..].to_vec() }
    }

    fn wait_for(&self, what: &str, is_there: impl Fn(&Seen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_there(&seen(&self.seen)) {
            let ended = seen(&self.seen).ended;
            assert!(Instant::now() < deadline, "{} never had {what}; ended: {ended:?}", self.name);
            thread::sleep(REST);
        }
    }
}

impl Drop for H323Room {
    /// Hangs up.
    fn drop(&mut self) {
        self.tell(Command::End(EndCause::Normal));
        if let Some(worker) = self.worker.take() {
            let _ = worker.join();
        }
    }
}

fn seen(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

fn talks(seen: &Seen) -> bool {
    seen.media.as_ref().is_some_and(|media| {
        media.direction.sends()
            && media.direction.receives()
            && media.transport.rtp().is_some_and(|rtp| rtp.remote_rtp.is_some())
    })
}

/// A connection and what waits of it.
struct Wire {
    stream: TcpStream,
    packets: TpktStream,
}

impl Wire {
    fn new(stream: TcpStream) -> Self {
        stream.set_nodelay(true).expect("a socket");
        Self { stream, packets: TpktStream::default() }
    }

    fn send(&mut self, packet: &[u8]) {
        // What cannot be sent is read as the end.
        let _ = self.stream.set_nonblocking(false);
        let _ = self.stream.write_all(&tpkt::frame(packet).expect("short"));
    }

    /// The next packet; `None` while there is none.
    fn receive(&mut self) -> Result<Option<Vec<u8>>, ()> {
        self.stream.set_nonblocking(true).map_err(|_| ())?;
        let mut buffer = [0; 4096];
        loop {
            if let Some(packet) = self.packets.take().map_err(|_| ())? {
                return Ok(Some(packet.to_vec()));
            }
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(()),
                Ok(length) => self.packets.push(&buffer[..length]).map_err(|_| ())?,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(_) => return Err(()),
            }
        }
    }
}

/// The call itself, in a thread of its own.
struct Station {
    session: Session,
    wire: Wire,
    control: Option<Wire>,
    /// Where H.245 is awaited.
    door: Option<TcpListener>,
    terms: Terms,
    rtp: UdpSocket,
    cover: Cover,
    comes_for_control: bool,
    /// It sends no sound.
    rests: bool,
    hertz: f64,
    seen: Arc<Mutex<Seen>>,
    deadline: Option<Instant>,
    is_over: bool,
}

impl Station {
    fn terms(start: Start, pictures: Pictures) -> Terms {
        let at = |port: u16| LocalMedia {
            advertised: Ipv4Addr::LOCALHOST.into(),
            rtp_port: port,
            rtcp_port: port + 1,
        };
        let video =
            VideoPolicy { codecs: vec![causeway_base::VideoCodec::H264], ..VideoPolicy::default() };
        Terms {
            policy: OfferPolicy {
                codecs: vec![Codec::Pcma],
                telephone_events: false,
                encryption: start.encryption,
                video: if pictures.is_some() { video } else { VideoPolicy::default() },
                ..OfferPolicy::default()
            },
            audio: at(super::film::free_pair()),
            video: pictures.map(at),
            signalling_source: Ipv4Addr::LOCALHOST.into(),
        }
    }

    fn new(stream: TcpStream, start: Start, hertz: f64, terms: Terms) -> Self {
        let seed = [7; 32];
        let mut config = Config::new("Polycom Scenario", "1", start.tunnelled, PATIENCE, seed);
        config.call.control = h245::Config::new(start.terminal, seed);
        let port = terms.audio.rtp_port;
        let rtp = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).expect("a free port");
        rtp.set_nonblocking(true).expect("a socket");
        Self {
            session: Session::new(config),
            wire: Wire::new(stream),
            control: None,
            door: None,
            terms,
            rtp,
            cover: Cover::default(),
            comes_for_control: start.comes_for_control,
            rests: false,
            hertz,
            seen: Arc::default(),
            deadline: None,
            is_over: false,
        }
    }

    fn command(&mut self, command: Command) {
        self.session.handle_input(Instant::now(), Input::Command(command));
        self.drain();
    }

    /// By H.245 itself: keys are none of what a session is told to renew.
    fn renew_keys(&mut self) {
        let control = self.control.as_mut().expect("H.245 has its own connection");
        // Sound and picture: the bridge counts its channels from 1.
        for logical_channel_number in [1, 2] {
            let type_ = MiscellaneousCommandType::EncryptionUpdateRequest(
                EncryptionUpdateRequest::default(),
            );
            let asked = MiscellaneousCommand { logical_channel_number, type_, direction: None };
            let asked = Message::Command(Box::new(CommandMessage::MiscellaneousCommand(asked)));
            control.send(&causeway_asn1::encode(&asked).expect("it can be said"));
        }
    }

    fn work(&mut self, orders: &Receiver<Order>) {
        let (mut due, mut sequence) = (Instant::now(), 0_u16);
        while !self.is_over {
            while let Ok(order) = orders.try_recv() {
                match order {
                    Order::Say(command) => self.command(command),
                    Order::RenewKeys => self.renew_keys(),
                    Order::Rest(rests) => self.rests = rests,
                }
            }
            self.signalling();
            self.controlling();
            if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                self.session.handle_timeout(Instant::now());
                self.drain();
            }
            self.hear();
            while Instant::now() >= due {
                due += PACKET;
                sequence = sequence.wrapping_add(1);
                if !self.rests {
                    self.speak(sequence);
                }
            }
            thread::sleep(REST);
        }
    }

    fn signalling(&mut self) {
        loop {
            match self.wire.receive() {
                Ok(Some(packet)) => {
                    self.session.handle_input(Instant::now(), Input::Signalling(&packet));
                    self.drain();
                }
                Ok(None) => return,
                Err(()) => {
                    self.session.handle_input(Instant::now(), Input::SignallingLost);
                    self.drain();
                    self.is_over = true;
                    return;
                }
            }
        }
    }

    fn controlling(&mut self) {
        if let Some(Ok((stream, _))) = self.door.as_ref().map(TcpListener::accept) {
            (self.door, self.control) = (None, Some(Wire::new(stream)));
            self.session.handle_input(Instant::now(), Input::ControlConnected);
            self.drain();
        }
        while let Some(read) = self.control.as_mut().map(Wire::receive) {
            match read {
                Ok(Some(packet)) => {
                    self.session.handle_input(Instant::now(), Input::Control(&packet));
                    self.drain();
                }
                Ok(None) => return,
                Err(()) => {
                    self.control = None;
                    self.session.handle_input(Instant::now(), Input::ControlLost);
                    self.drain();
                }
            }
        }
    }

    fn drain(&mut self) {
        loop {
            match self.session.poll_output() {
                Output::Signalling(packet) => self.wire.send(&packet),
                Output::Control(packet) => {
                    if let Some(control) = &mut self.control {
                        control.send(&packet);
                    }
                }
                Output::ConnectControl(_) if !self.comes_for_control => {}
                Output::ConnectControl(address) => {
                    let stream = TcpStream::connect(address).expect("the bridge takes H.245");
                    self.control = Some(Wire::new(stream));
                    self.session.handle_input(Instant::now(), Input::ControlConnected);
                }
                Output::Close => self.is_over = true,
                Output::Event(event) => self.happened(event),
                Output::Timeout(deadline) => {
                    self.deadline = deadline;
                    return;
                }
            }
        }
    }

    fn happened(&mut self, event: Event) {
        match event {
            Event::Offered(offer) => {
                let control = (!offer.tunnelled).then(|| self.open_door());
                let terms = Box::new(self.terms.clone());
                let commands =
                    [Command::Proceed, Command::Ring, Command::Answer { terms, control }];
                for command in commands {
                    self.session.handle_input(Instant::now(), Input::Command(command));
                }
                seen(&self.seen).answered = true;
            }
            Event::ControlWanted => {
                let address = self.open_door();
                let command = Command::AnnounceControl(address);
                self.session.handle_input(Instant::now(), Input::Command(command));
            }
            Event::Answered { .. } => seen(&self.seen).answered = true,
            Event::MediaReady(media) => {
                let rtp = media.transport.rtp().expect("ports of its own");
                self.cover.agree(rtp.protection);
                seen(&self.seen).media = Some(*media);
            }
            Event::KeyframeNeeded => seen(&self.seen).keys_wanted += 1,
            Event::Ended(cause) => seen(&self.seen).ended = Some(cause),
            _ => {}
        }
    }

    fn open_door(&mut self) -> SocketAddr {
        let door = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        door.set_nonblocking(true).expect("a socket");
        let address = door.local_addr().expect("bound");
        self.door = Some(door);
        address
    }

    /// Sends the next packet of its tone, where it may.
    fn speak(&mut self, sequence: u16) {
        let (to, format) = {
            let seen = seen(&self.seen);
            let Some(media) = seen.media.as_ref().filter(|media| media.direction.sends()) else {
                return;
            };
            let to = media.transport.rtp().and_then(|rtp| rtp.remote_rtp);
            (to, media.audio.send)
        };
        let Some(to) = to else { return };
        let first = usize::from(sequence) * SAMPLES;
        let sample = |index: usize| {
            let phase = TAU * self.hertz * (first + index) as f64 / f64::from(RATE);
            // -12 dB of full scale, as all tones here.
            (8_192.0 * phase.sin()) as i16
        };
        let samples: Vec<i16> = (0..SAMPLES).map(sample).collect();
        let payload = PcmaEncoder::new().encode(&samples);
        let mut packet = vec![0x80, format.payload_type];
        packet.extend(sequence.to_be_bytes());
        packet.extend((u32::from(sequence) * SAMPLES as u32).to_be_bytes());
        packet.extend(*b"h323");
        packet.extend(payload);
        if self.cover.protect(&mut packet) {
            let _ = self.rtp.send_to(&packet, to);
        }
    }

    fn hear(&mut self) {
        let mut buffer = [0; 2048];
        while let Ok((length, _)) = self.rtp.recv_from(&mut buffer) {
            let mut packet = buffer[..length].to_vec();
            if !self.cover.open(&mut packet) {
                seen(&self.seen).shut += 1;
            } else if let Some(payload) = packet.get(12..) {
                let samples = PcmaDecoder::new().decode(payload);
                let samples = samples.into_iter().map(|sample| f32::from(sample) / 32_768.0);
                seen(&self.seen).heard.extend(samples);
            }
        }
    }
}
