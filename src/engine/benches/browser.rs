//! What browsers cost the engine, without signalling: for tuning.
//!
//! `cargo bench -p causeway-engine --bench browser -- 100:3 300:3+lite` runs the named cases:
//! legs, talkers, `+lite` (the bridge is ICE-lite), `+dtx` (who does not talk sends next to
//! nothing). One JSON object a line: CPU of the media worker, in milliseconds per leg per second
//! of media, and resident kilobytes per leg. The browsers are a process of their own.
#![allow(clippy::disallowed_methods, reason = "a bench owns its sockets, threads and clocks")]

use causeway_base::{Codec, ConferenceId, LegId};
use causeway_engine::{Engine, EngineConfig, WebRtcConfig};
use causeway_media::audio::codec::{Encoder, EncoderSettings};
use causeway_plan::{
    AudioEgress, AudioFormat, AudioIngress, Direction, DtlsRole, Feed, Fingerprint, IceCredentials,
    LegAudio, LegMedia, MediaCommand, MediaEvent, MediaPlan, Transport, WebRtcAddress, WebRtcAudio,
    WebRtcSpec, WebRtcState,
};
use std::error::Error;
use std::f32::consts::TAU;
use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use str0m::media::{Frequency, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{Extension, ExtensionValues, RtpWrite};
use str0m::{Candidate, Event, IceCreds, Input, Output, Rtc, RtcConfig};
use tokio::sync::mpsc::{Receiver, channel};

const ROOM: ConferenceId = ConferenceId(1);
const OPUS: u8 = 111;
const LEVEL: u8 = 1;
const WINDOW: Duration = Duration::from_secs(8);
const PACKET: Duration = Duration::from_millis(20);
const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Packets between those that a quiet leg sends under DTX: every 400 ms.
const DTX: u64 = 20;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[derive(Clone, Debug)]
struct Case {
    name: String,
    legs: usize,
    talkers: usize,
    lite: bool,
    dtx: bool,
}

fn main() -> Outcome<()> {
    let names: Vec<_> = std::env::args().skip(1).filter(|name| !name.starts_with("--")).collect();
    if let Some(name) = std::env::var_os("CAUSEWAY_BROWSERS") {
        return browse(&case(&name.to_string_lossy())?);
    }
    let names = if names.is_empty() { vec!["50:3".into(), "100:3".into()] } else { names };
    names.iter().try_for_each(|name| measure(&case(name)?))
}

fn case(name: &str) -> Outcome<Case> {
    let mut parts = name.split('+');
    let (legs, talkers) = parts.next().and_then(|it| it.split_once(':')).ok_or("legs:talkers")?;
    let flags: Vec<_> = parts.collect();
    Ok(Case {
        name: name.into(),
        legs: legs.parse()?,
        talkers: talkers.parse()?,
        lite: flags.contains(&"lite"),
        dtx: flags.contains(&"dtx"),
    })
}

/// The engine's side.
fn measure(case: &Case) -> Outcome<()> {
    let (sender, mut events) = channel(65_536);
    let config = EngineConfig {
        workers: 1,
        webrtc: Some(WebRtcConfig { addresses: vec![LOCAL], udp_port: 0, tcp_port: None }),
        ..EngineConfig::default()
    };
    let engine = Engine::start(config, sender)?;
    let idle = resident_kb()?;
    engine.send(MediaCommand::OpenConference { conference: ROOM })?;
    let mut browsers = Command::new(std::env::current_exe()?)
        .env("CAUSEWAY_BROWSERS", &case.name)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut to = browsers.stdin.take().ok_or("piped")?;
    let mut from = BufReader::new(browsers.stdout.take().ok_or("piped")?).lines();
    for number in 1..=case.legs {
        let leg = LegId(number as u64);
        engine.send(MediaCommand::ReserveWebRtc { leg })?;
        let local = reserved(&mut events).ok_or("not reserved")?;
        writeln!(to, "{}", written(&local.ice, local.fingerprint, local.udp[0]))?;
        let line = from.next().ok_or("the browsers ended")??;
        let (remote_ice, remote_fingerprint, _) = read(&line)?;
        let media = media(case, local, remote_ice, remote_fingerprint, leg);
        engine.send(MediaCommand::Configure { leg, media: Box::new(media) })?;
        engine.send(MediaCommand::Move { leg, conference: ROOM })?;
    }
    engine.send(MediaCommand::Apply { conference: ROOM, plan: plan(case) })?;
    let mut up = 0;
    while up < case.legs {
        match events.blocking_recv().ok_or("the engine ended")? {
            MediaEvent::WebRtcChanged { state: WebRtcState::Connected { .. }, .. } => up += 1,
            MediaEvent::Failed { leg, cause } => return Err(format!("{leg}: {cause}").into()),
            _ => {}
        }
    }
    std::thread::sleep(Duration::from_secs(3));
    let before = media_cpu()?;
    std::thread::sleep(WINDOW);
    let spent = media_cpu()? - before;
    let grown = resident_kb()?.saturating_sub(idle);
    drop(to);
    let heard = from.next().ok_or("the browsers ended")??;
    browsers.wait()?;
    let per_leg = spent.as_secs_f64() * 1000.0 / WINDOW.as_secs_f64() / case.legs as f64;
    println!(
        "{{\"case\":\"{}\",\"cpu_ms_per_leg_s\":{per_leg:.3},\"rss_kb_per_leg\":{:.0},\"heard\":{heard}}}",
        case.name,
        grown as f64 / case.legs as f64,
    );
    engine.shutdown();
    Ok(())
}

fn reserved(events: &mut Receiver<MediaEvent>) -> Option<WebRtcAddress> {
    loop {
        if let MediaEvent::WebRtcReserved { local, .. } = events.blocking_recv()? {
            return Some(*local);
        }
    }
}

fn media(
    case: &Case,
    local: WebRtcAddress,
    remote_ice: IceCredentials,
    remote_fingerprint: Fingerprint,
    leg: LegId,
) -> LegMedia {
    let opus = AudioFormat { fec: true, ..AudioFormat::new(Codec::Opus, OPUS) };
    LegMedia {
        transport: Transport::WebRtc(Box::new(WebRtcSpec {
            local_ice: local.ice,
            remote_ice,
            remote_fingerprint,
            dtls: DtlsRole::Server,
            ice_lite: case.lite,
            remote_candidates: vec![],
            audio: Some(WebRtcAudio {
                mid: "0".into(),
                remote_ssrc: Some(SPOKEN),
                local_ssrc: HEARD,
                cname: leg.to_string(),
                mid_extension: None,
                receive_red: None,
            }),
            video_formats: vec![],
            data: None,
        })),
        direction: Direction::SendReceive,
        audio: LegAudio {
            send: opus,
            receive: vec![opus],
            ptime_ms: 20,
            send_events: None,
            receive_events: vec![126],
            receive_comfort_noise: vec![],
            level_extension: Some(LEVEL),
        },
        video: vec![],
    }
}

/// The sources of both sides, the same for all: each has a session of its own.
const SPOKEN: u32 = 0x1234_0001;
const HEARD: u32 = 0x1234_0002;

fn plan(case: &Case) -> MediaPlan {
    let legs = || (1..=case.legs as u64).map(LegId);
    MediaPlan {
        version: 1,
        max_talkers: 4,
        ingress: legs().map(|leg| AudioIngress { leg, heard: true, auto_gain: false }).collect(),
        egress: legs().map(|leg| AudioEgress { leg, feed: Feed::Mix }).collect(),
        ..MediaPlan::default()
    }
}

fn written(ice: &IceCredentials, fingerprint: Fingerprint, address: SocketAddr) -> String {
    let hex: String = fingerprint.0.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{} {} {hex} {address}", ice.ufrag, ice.password)
}

fn read(line: &str) -> Outcome<(IceCredentials, Fingerprint, SocketAddr)> {
    let words: Vec<_> = line.split_whitespace().collect();
    let [ufrag, password, hex, address] = words[..] else { return Err("four words".into()) };
    let mut fingerprint = [0; 32];
    for (at, byte) in fingerprint.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2).ok_or("hex")?, 16)?;
    }
    let ice = IceCredentials { ufrag: ufrag.into(), password: password.into() };
    Ok((ice, Fingerprint(fingerprint), address.parse()?))
}

struct Browser {
    rtc: Rtc,
    socket: UdpSocket,
    local: SocketAddr,
    door: SocketAddr,
    up: bool,
    packets: u64,
    due: Instant,
}

/// The browsers' side: a leg for each line, until there are no more.
fn browse(case: &Case) -> Outcome<()> {
    let mut browsers = Vec::new();
    let mut lines = BufReader::new(std::io::stdin()).lines();
    for _ in 0..case.legs {
        let line = lines.next().ok_or("the engine ended")??;
        let browser = open(&line)?;
        browsers.push(browser);
    }
    let (done, ended) = std::sync::mpsc::channel::<()>();
    std::thread::spawn(move || {
        let _ = lines.next();
        drop(done);
    });
    let (tone, silence) = (packets(true)?, packets(false)?);
    let start = Instant::now();
    for number in 0u64.. {
        for (index, browser) in browsers.iter_mut().enumerate() {
            let talks = index < case.talkers;
            let rests = !talks && case.dtx && number % DTX != 0;
            if browser.up && !rests {
                let payloads = if talks { &tone } else { &silence };
                let payload = &payloads[number as usize % payloads.len()];
                browser.say(number, payload, if talks { 20 } else { 127 })?;
            }
        }
        let next = start + PACKET * (number as u32 + 1);
        loop {
            for browser in &mut browsers {
                browser.run()?;
            }
            let now = Instant::now();
            if now >= next {
                break;
            }
            std::thread::sleep((next - now).min(Duration::from_millis(5)));
        }
        if matches!(ended.try_recv(), Err(std::sync::mpsc::TryRecvError::Disconnected)) {
            break;
        }
    }
    println!("{}", browsers.iter().map(|browser| browser.packets).sum::<u64>());
    Ok(())
}

fn packets(tone: bool) -> Outcome<Vec<Vec<u8>>> {
    let mut encoder = Encoder::new(Codec::Opus, EncoderSettings::default())?;
    let mut packets = Vec::new();
    for number in 0..50 {
        let sample = |at: usize| {
            let phase = TAU * 440.0 * (number * 960 + at) as f32 / 48_000.0;
            if tone { 0.3 * phase.sin() } else { 0.0 }
        };
        let frame: Vec<f32> = (0..960).map(sample).collect();
        let mut payload = [0; 1275];
        let len = encoder.encode(&frame, &mut payload)?;
        packets.push(payload[..len].to_vec());
    }
    Ok(packets)
}

fn open(line: &str) -> Outcome<Browser> {
    let (ice, fingerprint, door) = read(line)?;
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_nonblocking(true)?;
    let local = socket.local_addr()?;
    let own = IceCreds::new();
    let mut config = RtcConfig::new()
        .set_rtp_mode(true)
        .set_local_ice_credentials(own.clone())
        .clear_codecs()
        .clear_extension_map();
    config.extension_map().set(LEVEL, Extension::AudioLevel);
    config.codec_config().add_config(
        OPUS.into(),
        None,
        str0m::format::Codec::Opus,
        Frequency::FORTY_EIGHT_KHZ,
        Some(2),
        str0m::format::FormatParams::default(),
    );
    let now = Instant::now();
    let mut rtc = config.build(now);
    rtc.add_local_candidate(Candidate::builder().udp().host(local).build()?);
    rtc.add_remote_candidate(Candidate::builder().udp().host(door).build()?);
    let mut direct = rtc.direct_api();
    direct.set_ice_controlling(true);
    direct.set_remote_ice_credentials(IceCreds { ufrag: ice.ufrag, pass: ice.password });
    direct.set_remote_fingerprint(str0m::config::Fingerprint {
        hash_func: "sha-256".into(),
        bytes: fingerprint.0.to_vec(),
    });
    let mid = Mid::from("0");
    direct.declare_media(mid, MediaKind::Audio);
    direct.declare_stream_tx(SPOKEN.into(), None, mid, None);
    direct.expect_stream_rx(HEARD.into(), None, mid, None).suppress_nack(true);
    direct.start_dtls(true)?;
    let bytes = direct.local_dtls_fingerprint().bytes.clone();
    let mine = Fingerprint(bytes.try_into().map_err(|_| "32 bytes")?);
    let ice = IceCredentials { ufrag: own.ufrag, password: own.pass };
    println!("{}", written(&ice, mine, local));
    Ok(Browser { rtc, socket, local, door, up: false, packets: 0, due: now })
}

impl Browser {
    fn say(&mut self, number: u64, payload: &[u8], level: i8) -> Outcome<()> {
        let now = Instant::now();
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx(&SPOKEN.into()).ok_or("declared")?;
        let values = ExtensionValues {
            audio_level: Some(-level),
            voice_activity: Some(level < 100),
            ..ExtensionValues::default()
        };
        let timestamp = number as u32 * 960;
        let packet = RtpWrite::new(OPUS.into(), (number + 1).into(), timestamp, now, payload);
        stream.write_rtp(packet.ext_vals(values));
        self.rtc.handle_input(Input::Timeout(now))?;
        self.drain()
    }

    fn run(&mut self) -> Outcome<()> {
        let mut buffer = [0; 2048];
        while let Ok(len) = self.socket.recv(&mut buffer) {
            let receive = Receive::new(Protocol::Udp, self.door, self.local, &buffer[..len])?;
            self.rtc.handle_input(Input::Receive(Instant::now(), receive))?;
            self.drain()?;
        }
        let now = Instant::now();
        if self.due <= now {
            self.rtc.handle_input(Input::Timeout(now))?;
            self.drain()?;
        }
        Ok(())
    }

    fn drain(&mut self) -> Outcome<()> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(at) => {
                    self.due = at;
                    return Ok(());
                }
                Output::Transmit(transmit) => {
                    let _ = self.socket.send_to(&transmit.contents, transmit.destination);
                }
                Output::Event(Event::Connected) => self.up = true,
                Output::Event(Event::RtpPacket(_)) => self.packets += 1,
                Output::Event(_) => {}
            }
        }
    }
}

/// CPU time of the media workers, from the scheduler's nanoseconds.
fn media_cpu() -> Outcome<Duration> {
    let mut total = Duration::ZERO;
    for task in std::fs::read_dir("/proc/self/task")? {
        let task = task?.path();
        let comm = std::fs::read_to_string(task.join("comm"))?;
        let stat = std::fs::read_to_string(task.join("schedstat"))?;
        if comm.starts_with("media-") {
            total += Duration::from_nanos(stat.split_whitespace().next().ok_or("stat")?.parse()?);
        }
    }
    Ok(total)
}

fn resident_kb() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("VmRSS")?;
    Ok(line.split_whitespace().next().ok_or("a number")?.parse()?)
}
