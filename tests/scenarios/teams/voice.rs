//! A whole bridge with a trunk to the stand-in: who is called and who calls is heard both ways, by
//! SRTP with keys of the descriptions.

use super::{
    CALLEE, KEY, PROXIES,
    gateway::configuration,
    service::{GATEWAY, Service, Wanted, answer, header},
    tag_of,
};
use crate::{
    conference::{AUDIBLE_DB, INAUDIBLE_DB, TONES, VOICE},
    peer::{Baresip, Bridge, Folder, Line, Setting, Transport, talk},
    sound::{Wave, level_db, tone},
};
use audio_codec::{Decoder as _, Encoder as _, pcma::PcmaDecoder, pcma::PcmaEncoder};
use causeway_plan::{SrtpKey, SrtpSuite};
use causeway_rtp::srtp::{MAX_SRTP_OVERHEAD, SrtpReceiver, SrtpSender};
use sip_codec::{HeaderName, Method};
use std::{
    f64::consts::TAU,
    net::{SocketAddr, UdpSocket},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

const SUITE: SrtpSuite = SrtpSuite::Aes128CmSha1_80;

/// A packet's samples at 8 kHz, and its length in time.
const SAMPLES: usize = 160;
const PACKET: Duration = Duration::from_millis(20);

/// Every so many packets a pause is announced instead (RFC 3389): nobody may hear that as a noise.
const COMFORT_NOISE_EACH: u16 = 25;

/// A media processor of the service: it says one tone and keeps what it hears.
struct Voice {
    shared: Arc<Shared>,
    task: Option<JoinHandle<()>>,
}

struct Shared {
    heard: Mutex<Vec<f32>>,
    over: AtomicBool,
}

fn key(base64: &str) -> SrtpKey {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let bytes: Vec<u8> = base64
        .as_bytes()
        .chunks_exact(4)
        .flat_map(|four| {
            let word = four.iter().fold(0_u32, |word, byte| word << 6 | u32::from(value(*byte)));
            let [_, bytes @ ..] = word.to_be_bytes();
            bytes
        })
        .collect();
    SrtpKey::new(SUITE, &bytes).expect("30 bytes")
}

impl Voice {
    fn bind() -> (UdpSocket, u16) {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("loopback");
        socket.set_read_timeout(Some(Duration::from_millis(2))).expect("a time above zero");
        let port = socket.local_addr().expect("bound").port();
        (socket, port)
    }

    /// Talks with whoever wrote this description. What it sends has [`KEY`].
    fn talk(socket: UdpSocket, hertz: f64, description: &str, identifier: &[u8]) -> Self {
        let line = |beginning: &str| {
            let mut lines = description.lines().filter_map(|line| line.strip_prefix(beginning));
            lines.next().unwrap_or_else(|| panic!("no {beginning} in:\n{description}")).to_owned()
        };
        let theirs = line("a=crypto:");
        assert!(theirs.contains(" AES_CM_128_HMAC_SHA1_80 "), "{theirs}");
        let theirs = key(theirs.split("inline:").nth(1).and_then(|k| k.get(..40)).expect("a key"));
        let to = line("m=audio ").split(' ').next().and_then(|port| port.parse().ok());
        let to = SocketAddr::from(([127, 0, 0, 1], to.expect("a port")));
        let shared = Arc::new(Shared { heard: Mutex::default(), over: AtomicBool::new(false) });
        let (sharing, identifier) = (Arc::clone(&shared), identifier.to_vec());
        let task = thread::spawn(move || {
            let sender = SrtpSender::new(SUITE, &key(KEY)).expect("a key");
            let receiver = SrtpReceiver::new(SUITE, &theirs).expect("a key");
            converse(&sharing, &socket, to, hertz, (sender, receiver), &identifier);
        });
        Self { shared, task: Some(task) }
    }

    fn hang_up(mut self) -> Wave {
        self.shared.over.store(true, Ordering::Relaxed);
        self.task.take().expect("once").join().expect("talks");
        let samples = std::mem::take(&mut *self.shared.heard.lock().expect("alive"));
        Wave { rate: 8_000, samples }
    }
}

fn converse(
    shared: &Shared,
    socket: &UdpSocket,
    to: SocketAddr,
    hertz: f64,
    (mut sender, mut receiver): (SrtpSender, SrtpReceiver),
    identifier: &[u8],
) {
    let (mut next, mut sequence) = (Instant::now(), 0_u16);
    let mut buffer = [0; 2048];
    while !shared.over.load(Ordering::Relaxed) {
        if Instant::now() >= next {
            next += PACKET;
            let mut packet = rtp(hertz, sequence);
            let length = packet.len();
            packet.resize(length + MAX_SRTP_OVERHEAD, 0);
            let length = sender.protect_rtp(&mut packet, length).expect("protects");
            packet.truncate(length);
            let tag = length - 10;
            packet.splice(tag..tag, identifier.iter().copied());
            let _ = socket.send_to(&packet, to);
            sequence += 1;
        }
        let Ok((length, _)) = socket.recv_from(&mut buffer) else { continue };
        // RTCP is of no interest here.
        if buffer[1] & 0x7f != 8 {
            continue;
        }
        let length = receiver.unprotect_rtp(&mut buffer[..length]).expect("our key opens it");
        let samples = PcmaDecoder::new().decode(&buffer[12..length]);
        let samples = samples.into_iter().map(|sample| f32::from(sample) / 32_768.0);
        shared.heard.lock().expect("alive").extend(samples);
    }
}

/// A packet of A-law with its part of the tone, or one that announces a pause.
fn rtp(hertz: f64, sequence: u16) -> Vec<u8> {
    let is_pause = sequence % COMFORT_NOISE_EACH == COMFORT_NOISE_EACH - 1;
    let mut packet = vec![0x80, if is_pause { 13 } else { 8 }];
    packet.extend(sequence.to_be_bytes());
    packet.extend((u32::from(sequence) * SAMPLES as u32).to_be_bytes());
    packet.extend(*b"team");
    if is_pause {
        // -78 dBov.
        packet.push(78);
        return packet;
    }
    let sample = |index: usize| {
        let at = (usize::from(sequence) * SAMPLES + index) as f64 / 8_000.0;
        (8_192.0 * (TAU * hertz * at).sin()) as i16
    };
    let samples: Vec<i16> = (0..SAMPLES).map(sample).collect();
    packet.extend(PcmaEncoder::new().encode(&samples));
    packet
}

/// What the service says of its media at a port.
fn description(port: u16, keys: &str) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=session\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio {port} RTP/SAVP 8 13 101\r\n{keys}a=rtcp:{port}\r\na=rtcp-mux\r\n\
         a=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
    )
}

/// Who is there is heard by the other, and nobody hears itself.
fn both_were_heard(service: &Wave, phone: &Wave) {
    let [one, other, _] = TONES;
    assert!(level_db(service, other) > AUDIBLE_DB, "{:.1} dB", level_db(service, other));
    assert!(level_db(service, one) < INAUDIBLE_DB, "{:.1} dB", level_db(service, one));
    assert!(level_db(phone, one) > AUDIBLE_DB, "{:.1} dB", level_db(phone, one));
    assert!(level_db(phone, other) < INAUDIBLE_DB, "{:.1} dB", level_db(phone, other));
}

/// The last part of a conversation, once everybody was there.
fn end_of(wave: &Wave) -> Wave {
    let judged = Duration::from_secs(2);
    wave.part(wave.duration().saturating_sub(judged + Duration::from_millis(300)), judged)
}

fn begin() -> (Runtime, Service, Bridge, Folder) {
    let runtime = Runtime::new().expect("a runtime");
    let service = runtime.block_on(Service::start());
    let folder = Folder::new("teams-bridge");
    let more = format!(
        "[network]\nnameservers = [\"{}\"]\n{}\
         [[rule]]\nname = \"ours\"\nmatch = '\\+861012345678'\nto = \"conference:1001\"\n\
         [[rule]]\nname = \"out\"\nmatch = '77(?P<number>\\d+)'\n\
         to = \"gateway:teams:+${{number}}\"\nopen = true\n\
         [calling_out]\nenabled = true\nallow = [\"+49\"]\n",
        service.dns,
        configuration(&service, &folder)
    );
    let bridge = Bridge::with(Setting { more: &more, ..Setting::default() });
    (runtime, service, bridge, folder)
}

#[test]
fn dr16_dr27_who_calls_from_teams_is_in_the_conference_of_its_number_and_heard_both_ways() {
    let (runtime, mut service, bridge, _folder) = begin();
    let [one, other, _] = TONES;
    let mut phone = Baresip::start("phone", Line::PLAIN, &tone(other, VOICE));
    phone.call("1001", bridge.port(Transport::Udp));
    let (socket, port) = Voice::bind();
    let offer = description(
        port,
        &format!(
            "a=crypto:0 AES_CM_128_HMAC_SHA1_32 inline:{KEY}|2^31\r\n\
             a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^31\r\n"
        ),
    );
    let (voice, line, tag, target) = runtime.block_on(async {
        let identity = service.identity();
        let door = service.door().await;
        let line = service.open(door, &identity).await.expect("is let in");
        let target = format!("sip:+861012345678@{GATEWAY}:{};user=phone", door.port());
        let more = super::contact(&service);
        let wanted = super::call(&target, &more, &offer);
        service.ask(&line, &wanted);
        let response = loop {
            let response = service.response().await;
            if response.status.code() >= 200 {
                break response;
            }
        };
        assert_eq!(response.status.code(), 200);
        let tag = tag_of(&response.headers);
        let answer = String::from_utf8_lossy(&response.body).into_owned();
        service.ask(&line, &Wanted { method: "ACK", to_tag: &tag, ..super::call(&target, "", "") });
        (Voice::talk(socket, one, &answer, &[]), line, tag, target)
    });
    bridge.wait_for_lines("participant joined", 2);
    talk(Duration::from_secs(3));
    let bye = Wanted { method: "BYE", seq: 2, to_tag: &tag, ..super::call(&target, "", "") };
    let heard = voice.hang_up();
    service.ask(&line, &bye);
    let response = runtime.block_on(service.response());
    assert_eq!(header(&response.headers, HeaderName::CSeq), "2 BYE");
    phone.hang_up();
    both_were_heard(&end_of(&heard), &end_of(&phone.heard()));
}

/// A telephone dials a number of a rule, and the two are put through to each other: ringing, voice
/// and the end pass from one to the other. The key of the service has an identifier.
#[test]
fn dr17_dr27_who_is_called_in_teams_by_a_rule_is_heard_both_ways_and_ends_both() {
    let (runtime, mut service, bridge, _folder) = begin();
    let [one, other, _] = TONES;
    let mut phone = Baresip::start("phone", Line::PLAIN, &tone(other, VOICE));
    runtime.block_on(service.door());
    phone.dial(&format!("77{}", CALLEE.trim_start_matches('+')), bridge.port(Transport::Udp));
    let (socket, port) = Voice::bind();
    let (voice, heard, invite) = runtime.block_on(async {
        let (heard, invite) = service.request(Method::Invite).await;
        assert_eq!(invite.uri.user().expect("a user").to_string(), CALLEE);
        heard.line.send(answer(&invite, "180 Ringing", "a", &super::contact(&service), ""));
        let offer = String::from_utf8_lossy(&invite.body).into_owned();
        let mut lines = offer.lines().filter_map(|line| line.strip_prefix("a=crypto:"));
        let ours = lines.find(|line| line.contains(" AES_CM_128_HMAC_SHA1_80 ")).expect("ours");
        let number = ours.split(' ').next().expect("a tag");
        let body = description(
            port,
            &format!("a=crypto:{number} AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^31|1:1\r\n"),
        );
        heard.line.send(answer(&invite, "200 OK", "a", &super::contact(&service), &body));
        service.request(Method::Ack).await;
        let key = format!("a=crypto:{ours}");
        let media = offer.lines().find(|line| line.starts_with("m=audio")).expect("audio");
        (Voice::talk(socket, one, &format!("{media}\r\n{key}\r\n"), &[1]), heard, invite)
    });
    phone.wait_for("CALL_ESTABLISHED");
    talk(Duration::from_secs(3));
    let told = voice.hang_up();
    // The service hangs up; the telephone hears of it.
    let gateway_tag = header(&invite.headers, HeaderName::From);
    let (_, gateway_tag) = gateway_tag.rsplit_once("tag=").expect("a tag");
    let call = header(&invite.headers, HeaderName::CallId);
    let bye = format!(
        "BYE sip:x@{GATEWAY} SIP/2.0\r\nVia: SIP/2.0/TLS {}:5061;branch=z9hG4bKbye\r\n\
         Max-Forwards: 70\r\nFrom: <sip:{CALLEE}@{}>;tag=a\r\nTo: <sip:x@{GATEWAY}>;tag={gateway_tag}\r\n\
         Call-ID: {call}\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n",
        PROXIES[3], PROXIES[0]
    );
    heard.line.send(bye);
    runtime.block_on(service.response());
    phone.wait_for("CALL_CLOSED");
    both_were_heard(&end_of(&told), &end_of(&phone.heard()));
}
