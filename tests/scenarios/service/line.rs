//! The telephone line of a stand-in: it answers calls as its contract says, speaks, and takes in
//! sound and keys. SIP over UDP, G.711 A-law, RFC 4733.

use super::menu::{Menu, Say};
use crate::{peer::talk, sound::Wave};
use audio_codec::{Decoder as _, Encoder as _, pcma::PcmaDecoder, pcma::PcmaEncoder};
use std::{
    f64::consts::TAU,
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// What it says and hears, in hertz. No multiples of each other.
pub(super) const MENU: f64 = 620.0;
pub(super) const MUSIC: f64 = 830.0;
pub(super) const MEETING: f64 = 1130.0;
const BEEP: f64 = 1_490.0;

/// Samples of 20 ms.
const FRAME: usize = 160;
const RATE: u32 = 8_000;
const TICK: Duration = Duration::from_millis(20);

/// Payload types of its answers.
const ALAW: u8 = 8;
const EVENTS: u8 = 101;

/// How long a scenario waits for something of a stand-in.
const PATIENCE: Duration = Duration::from_secs(40);

/// How a call is answered.
pub(super) enum Reply {
    /// By this menu, after so long; it rings meanwhile.
    Answer(Duration, Box<dyn Menu>),
    /// By a status, with further header lines.
    Refuse(u16, &'static str),
}

/// What a call asks for.
pub(super) struct Invite {
    /// The user part of the request line, as it stands there.
    pub(super) user: String,
    /// The whole offer.
    pub(super) offer: String,
    /// Calls before it.
    pub(super) earlier: usize,
}

/// What became of a call.
#[derive(Clone, Default)]
pub(super) struct Kept {
    pub(super) user: String,
    pub(super) keys: String,
    /// Since its answer, at 8 kHz.
    pub(super) heard: Vec<f32>,
    /// When it was let in, in samples since its answer.
    pub(super) entered: Option<usize>,
    pub(super) answered: bool,
    pub(super) over: bool,
    pub(super) cancelled: bool,
    /// RTP packets on its line for pictures.
    pub(super) pictures: usize,
}

#[derive(Default)]
struct Journal {
    calls: Vec<Kept>,
    violations: Vec<String>,
}

type Contract = Box<dyn FnMut(&Invite) -> Reply + Send>;

/// A service on a port.
pub(super) struct Line {
    pub(super) port: u16,
    journal: Arc<Mutex<Journal>>,
    meeting: Arc<AtomicU32>,
    over: Arc<AtomicBool>,
    worker: Option<JoinHandle<()>>,
}

impl Line {
    pub(super) fn open(contract: impl FnMut(&Invite) -> Reply + Send + 'static) -> Self {
        let socket = socket();
        let port = socket.local_addr().expect("bound").port();
        let (journal, over) = (Arc::default(), Arc::new(AtomicBool::new(false)));
        let meeting = Arc::new(AtomicU32::new(MEETING as u32));
        let mut station = Station {
            socket,
            contract: Box::new(contract),
            calls: Vec::new(),
            journal: Arc::clone(&journal),
            meeting: Arc::clone(&meeting),
        };
        let until = Arc::clone(&over);
        let worker = thread::spawn(move || station.work(&until));
        Self { port, journal, meeting, over, worker: Some(worker) }
    }

    /// Its meeting says this from now on, in hertz.
    pub(super) fn say_in_meeting(&self, hertz: u32) {
        self.meeting.store(hertz, Ordering::Relaxed);
    }

    /// Waits until this holds of the calls.
    pub(super) fn wait_for(&self, what: &str, holds: impl Fn(&[Kept]) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !holds(&lock(&self.journal).calls) {
            let journal = lock(&self.journal);
            let keys: Vec<_> = journal.calls.iter().map(|kept| kept.keys.clone()).collect();
            assert!(
                Instant::now() < deadline,
                "no {what}; keys {keys:?}, violations {:?}",
                journal.violations
            );
            drop(journal);
            talk(TICK);
        }
    }

    /// Waits until its n-th call was let in, from 0.
    pub(super) fn wait_until_in(&self, nth: usize) {
        self.wait_for("entry", |calls| calls.get(nth).is_some_and(|kept| kept.entered.is_some()));
    }

    pub(super) fn calls(&self) -> Vec<Kept> {
        lock(&self.journal).calls.clone()
    }

    /// What a call heard in its last time.
    pub(super) fn heard_last(&self, nth: usize, last: Duration) -> Wave {
        let heard = self.calls().swap_remove(nth).heard;
        let length = (last.as_secs_f64() * f64::from(RATE)) as usize;
        Wave { rate: RATE, samples: heard[heard.len().saturating_sub(length)..].to_vec() }
    }

    /// Fails where its contract was broken.
    pub(super) fn is_content(&self) {
        let journal = lock(&self.journal);
        assert!(journal.violations.is_empty(), "{:?}", journal.violations);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(worker) = self.worker.take() {
            let _ = worker.join();
        }
    }
}

fn lock(journal: &Mutex<Journal>) -> MutexGuard<'_, Journal> {
    journal.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has UDP");
    socket.set_nonblocking(true).expect("a socket");
    socket
}

struct Station {
    socket: UdpSocket,
    contract: Contract,
    calls: Vec<Call>,
    journal: Arc<Mutex<Journal>>,
    meeting: Arc<AtomicU32>,
}

/// One call.
struct Call {
    id: String,
    peer: SocketAddr,
    invite: String,
    stage: Stage,
    rtp: UdpSocket,
    pictures: Option<UdpSocket>,
    remote: SocketAddr,
    encoder: PcmaEncoder,
    /// Keys that its menu did not take yet.
    keys: String,
    /// The RTP time of the last event.
    event: Option<u32>,
    ticks: u64,
}

enum Stage {
    Ringing { until: Instant, menu: Box<dyn Menu> },
    Speaking { since: Instant, menu: Box<dyn Menu> },
    Over,
}

impl Station {
    fn work(&mut self, over: &AtomicBool) {
        let mut next = Instant::now();
        while !over.load(Ordering::Relaxed) {
            self.receive();
            for at in 0..self.calls.len() {
                self.tick(at);
            }
            next += TICK;
            thread::sleep(next.saturating_duration_since(Instant::now()));
        }
    }

    fn receive(&mut self) {
        let mut buffer = [0; 65_535];
        loop {
            let (length, peer) = match self.socket.recv_from(&mut buffer) {
                Ok(received) => received,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                // The bridge is gone.
                Err(_) => return,
            };
            let message = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if !message.starts_with("SIP/2.0") {
                self.request(&message, peer);
            }
        }
    }

    fn request(&mut self, message: &str, peer: SocketAddr) {
        let method = message.split(' ').next().unwrap_or_default();
        let id = header(message, "Call-ID").unwrap_or_default().to_owned();
        let known = self.calls.iter().position(|call| call.id == id);
        match (method, known) {
            ("INVITE", None) => self.invited(message, peer, id),
            // Again, or a refresh: nothing changes.
            ("INVITE", Some(at)) => {
                if let Stage::Speaking { .. } = self.calls[at].stage {
                    let body = self.calls[at].answer();
                    self.reply(message, peer, 200, "", &body);
                }
            }
            ("CANCEL", Some(at)) => {
                self.reply(message, peer, 200, "", "");
                let invite = self.calls[at].invite.clone();
                self.reply(&invite, peer, 487, "", "");
                self.calls[at].stage = Stage::Over;
                let mut journal = lock(&self.journal);
                (journal.calls[at].cancelled, journal.calls[at].over) = (true, true);
            }
            ("BYE", Some(at)) => {
                self.reply(message, peer, 200, "", "");
                self.calls[at].stage = Stage::Over;
                lock(&self.journal).calls[at].over = true;
            }
            ("INFO", _) => {
                // AC-01: keys by telephone-event only.
                if header(message, "Content-Type").is_some_and(|kind| kind.contains("dtmf")) {
                    self.violated("keys by INFO");
                }
                self.reply(message, peer, 200, "", "");
            }
            ("ACK", _) => {}
            (_, None) => self.reply(message, peer, 481, "", ""),
            _ => self.reply(message, peer, 200, "", ""),
        }
    }

    fn invited(&mut self, message: &str, peer: SocketAddr, id: String) {
        let target = message.split(' ').nth(1).unwrap_or_default();
        let user = target.trim_start_matches("sip:").split_once('@').map_or("", |(user, _)| user);
        let offer = message.split_once("\r\n\r\n").map_or("", |(_, body)| body).to_owned();
        if !offer.contains("telephone-event") {
            self.violated("an offer without telephone-event");
        }
        let invite = Invite { user: user.to_owned(), offer, earlier: self.calls.len() };
        let reply = (self.contract)(&invite);
        let mut kept = Kept { user: invite.user.clone(), ..Kept::default() };
        let stage = match reply {
            Reply::Answer(after, menu) => {
                self.reply(message, peer, 180, "", "");
                Stage::Ringing { until: Instant::now() + after, menu }
            }
            Reply::Refuse(status, lines) => {
                self.reply(message, peer, status, lines, "");
                kept.over = true;
                Stage::Over
            }
        };
        let port = media_port(&invite.offer, "audio");
        let has_pictures = invite.offer.contains("m=video ") && !invite.offer.contains("m=video 0");
        self.calls.push(Call {
            id,
            peer,
            invite: message.to_owned(),
            stage,
            rtp: socket(),
            pictures: has_pictures.then(socket),
            remote: (Ipv4Addr::LOCALHOST, port).into(),
            encoder: PcmaEncoder::new(),
            keys: String::new(),
            event: None,
            ticks: 0,
        });
        lock(&self.journal).calls.push(kept);
    }

    fn violated(&self, what: &str) {
        lock(&self.journal).violations.push(what.to_owned());
    }

    fn reply(&self, request: &str, peer: SocketAddr, status: u16, lines: &str, body: &str) {
        let own = self.socket.local_addr().expect("bound");
        let mut text = format!("SIP/2.0 {status} Said\r\n");
        for line in request.split("\r\n").skip(1).take_while(|line| !line.is_empty()) {
            let name = line.split(':').next().unwrap_or_default();
            let tagged = name == "To" && !line.contains(";tag=") && status > 100;
            match name {
                "Via" | "From" | "To" | "Call-ID" | "CSeq" => {
                    text += line;
                    text += if tagged { ";tag=service\r\n" } else { "\r\n" };
                }
                _ => {}
            }
        }
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        text += &format!(
            "Contact: <sip:service@{own}>\r\n{lines}{kind}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let _ = self.socket.send_to(text.as_bytes(), peer);
    }

    /// 20 ms of a call.
    fn tick(&mut self, at: usize) {
        let call = &mut self.calls[at];
        let is_due =
            matches!(&call.stage, Stage::Ringing { until, .. } if Instant::now() >= *until);
        if is_due {
            let Stage::Ringing { menu, .. } = std::mem::replace(&mut call.stage, Stage::Over)
            else {
                return;
            };
            call.stage = Stage::Speaking { since: Instant::now(), menu };
            let (invite, peer, body) = (call.invite.clone(), call.peer, call.answer());
            self.reply(&invite, peer, 200, "", &body);
            lock(&self.journal).calls[at].answered = true;
        }
        let call = &mut self.calls[at];
        call.listen(&mut lock(&self.journal), at);
        let Stage::Speaking { since, menu } = &mut call.stage else { return };
        let say = menu.say(since.elapsed(), &mut call.keys);
        if say == Say::Bye {
            let bye = call.bye(self.socket.local_addr().expect("bound"));
            let _ = self.socket.send_to(bye.as_bytes(), call.peer);
            call.stage = Stage::Over;
            lock(&self.journal).calls[at].over = true;
            return;
        }
        if matches!(say, Say::Beep | Say::Meeting) {
            let kept = &mut lock(&self.journal).calls[at];
            let heard = kept.heard.len();
            kept.entered.get_or_insert(heard);
        }
        call.send(say, self.meeting.load(Ordering::Relaxed).into());
    }
}

impl Call {
    /// The answer: A-law, events, and pictures in the mode that every bridge takes where they are
    /// offered.
    fn answer(&self) -> String {
        let port = self.rtp.local_addr().expect("bound").port();
        let offer = self.invite.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let mut lines = format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
             m=audio {port} RTP/AVP {ALAW} {EVENTS}\r\na=rtpmap:{ALAW} PCMA/8000\r\n\
             a=rtpmap:{EVENTS} telephone-event/8000\r\na=fmtp:{EVENTS} 0-15\r\n"
        );
        for line in offer.lines().filter(|line| line.starts_with("m=")).skip(1) {
            let profile = line.split(' ').nth(2).unwrap_or("RTP/AVP");
            match (line.starts_with("m=video"), &self.pictures, single_nal(offer)) {
                (true, Some(pictures), Some(format)) => {
                    let port = pictures.local_addr().expect("bound").port();
                    lines += &format!(
                        "m=video {port} {profile} {format}\r\na=rtpmap:{format} H264/90000\r\n\
                         a=fmtp:{format} profile-level-id=42e01f;packetization-mode=0\r\n\
                         a=recvonly\r\n"
                    );
                }
                _ => {
                    let kind = line.split(' ').next().unwrap_or("m=x");
                    let format = line.rsplit(' ').next().unwrap_or("0");
                    lines += &format!("{kind} 0 {profile} {format}\r\n");
                }
            }
        }
        lines
    }

    fn bye(&self, own: SocketAddr) -> String {
        let value = |name: &str| header(&self.invite, name).unwrap_or_default().to_owned();
        let contact = value("Contact");
        let target = contact.split(['<', '>']).nth(1).unwrap_or(&contact).to_owned();
        format!(
            "BYE {target} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK{}bye\r\n\
             Max-Forwards: 70\r\nFrom: {};tag=service\r\nTo: {}\r\nCall-ID: {}\r\n\
             CSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n",
            self.id.replace(|c: char| !c.is_ascii_alphanumeric(), ""),
            value("To"),
            value("From"),
            self.id
        )
    }

    /// Takes in what came since the last tick.
    fn listen(&mut self, journal: &mut Journal, at: usize) {
        let mut buffer = [0; 2_048];
        while let Ok((length, _)) = self.rtp.recv_from(&mut buffer) {
            let packet = &buffer[..length];
            let (Some(kind), Some(payload)) = (packet.get(1), packet.get(12..)) else { continue };
            match kind & 0x7f {
                ALAW => {
                    let samples = PcmaDecoder::new().decode(payload);
                    let heard = samples.iter().map(|sample| f32::from(*sample) / 32_768.0);
                    journal.calls[at].heard.extend(heard);
                }
                EVENTS => {
                    let time = u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
                    // AC-06: three packets of an end, and all before it, are one key.
                    if self.event.replace(time) != Some(time)
                        && let Some(key) = payload
                            .first()
                            .and_then(|event| b"0123456789*#ABCD".get(usize::from(*event)))
                    {
                        self.keys.push(char::from(*key));
                        journal.calls[at].keys.push(char::from(*key));
                    }
                }
                _ => journal.violations.push(format!("payload type {}", kind & 0x7f)),
            }
        }
        let Some(pictures) = &self.pictures else { return };
        while let Ok((length, _)) = pictures.recv_from(&mut buffer) {
            let packet = &buffer[..length];
            let is_rtcp = packet.get(1).is_some_and(|kind| (200..=207).contains(kind));
            if !is_rtcp && length > 12 {
                journal.calls[at].pictures += 1;
                // Packetization mode 0 (RFC 6184 section 6.2): single NAL units.
                if packet.get(12).is_some_and(|byte| byte & 0x1f > 23) {
                    journal.violations.push("a fragment in packetization mode 0".to_owned());
                }
            }
        }
    }

    fn send(&mut self, say: Say, meeting: f64) {
        let hertz = match say {
            Say::Menu => MENU,
            Say::Beep => BEEP,
            Say::Music => MUSIC,
            Say::Meeting => meeting,
            Say::Nothing | Say::Bye => 0.0,
        };
        // Words and music move; a beep and the meeting's tone stand still.
        let moves = matches!(say, Say::Menu | Say::Music);
        let start = self.ticks * FRAME as u64;
        let samples: Vec<i16> = (start..start + FRAME as u64)
            .map(|at| {
                let time = at as f64 / f64::from(RATE);
                let loud = if moves { 0.7 + 0.3 * (TAU * 4.0 * time).sin() } else { 1.0 };
                let sound = if hertz > 0.0 { (TAU * hertz * time).sin() } else { 0.0 };
                (sound * loud * 6_000.0) as i16
            })
            .collect();
        let mut packet = vec![0x80, ALAW];
        packet.extend((self.ticks as u16).to_be_bytes());
        packet.extend((start as u32).to_be_bytes());
        packet.extend(7u32.to_be_bytes());
        packet.extend(self.encoder.encode(&samples));
        let _ = self.rtp.send_to(&packet, self.remote);
        self.ticks += 1;
    }
}

/// The payload type of an offer's H.264 in packetization mode 0.
pub(super) fn single_nal(offer: &str) -> Option<&str> {
    let is_h264 = |format: &str| offer.contains(&format!("a=rtpmap:{format} H264/90000"));
    let lines = offer.lines().filter_map(|line| line.strip_prefix("a=fmtp:"));
    lines
        .filter_map(|line| line.split_once(' '))
        .find(|(format, what)| is_h264(format) && !what.contains("packetization-mode=1"))
        .map(|(format, _)| format)
}

fn media_port(offer: &str, kind: &str) -> u16 {
    let line = offer.split(&format!("m={kind} ")).nth(1).unwrap_or_default();
    line.split(' ').next().and_then(|port| port.parse().ok()).unwrap_or_default()
}

/// The value of a header's first line.
fn header<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    let lines = message.split("\r\n").take_while(|line| !line.is_empty());
    lines.skip(1).find_map(|line| line.split_once(": ").filter(|it| it.0 == name)).map(|it| it.1)
}
