//! Flash and click: what is seen and heard at one instant, and how far apart it arrives.

use super::camera::{Camera, MAX_PAYLOAD};
use super::{LOCAL, payload_type, told};
use crate::clip;
use crate::sync::NAME;
use crate::usage::now_us;
use audio_codec::pcmu::{PcmuDecoder, PcmuEncoder};
use audio_codec::{Decoder as _, Encoder as _};
use causeway_base::{SizeClass, VideoCodec};
use causeway_media::video::codec::{Decoded, decoder};
use causeway_media::video::frame::{Frame, FramePool};
use causeway_rtp::video::{Assembled, Assembler, Piece};
use causeway_wire::demux::DatagramKind;
use causeway_wire::rtcp::{NtpTime, RtcpPacket, RtcpView, RtcpWriter, SenderInfo};
use causeway_wire::rtp::{MIN_LEN, RtpHeader, RtpView};
use serde_json::{Value, json};
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// From the first packet to what counts, and that.
const SETTLE: Duration = Duration::from_secs(5);
const WINDOW: Duration = Duration::from_secs(20);

/// Which picture of a second is white.
const FLASH: usize = 15;

/// Samples of a packet, and packets of a second; the click begins with the one that begins with the
/// flash.
const SAMPLES: usize = 160;
const PACKETS: usize = 50;
const CLICK: usize = PACKETS / 2;

/// The rates of both clocks.
const SOUND_RATE: u32 = 8_000;
const PICTURE_RATE: u32 = 90_000;

/// Between a murmur and a click.
const LOUD: i16 = 8_000;

/// Between other pictures and a white one.
const BRIGHT: u64 = 150;

/// What belongs together is nearer than this.
const NEAR_US: i64 = 400_000;

/// Tells the ports of the source's sound and picture, and of the receiver's; is told where the
/// source sends to; says how far apart what arrived was.
pub(super) fn serve() -> io::Result<()> {
    let access_units = clip::flashing(SizeClass::P360, FLASH)?;
    let sockets = (0..4).map(|_| UdpSocket::bind((LOCAL, 0))).collect::<io::Result<Vec<_>>>()?;
    let ports = sockets.iter().map(|it| Ok(it.local_addr()?.port().to_string()));
    println!("{}", ports.collect::<io::Result<Vec<_>>>()?.join(" "));
    let [sound, picture, ear, eye] = &sockets[..] else { unreachable!("four were bound") };
    let told = told()?;
    let targets: Vec<_> = told.iter().filter_map(|port| port.parse::<u16>().ok()).collect();
    let [to_sound, to_picture] = targets[..] else {
        return Err(io::Error::other("nowhere to send to"));
    };
    sound.connect(SocketAddr::new(LOCAL, to_sound))?;
    picture.connect(SocketAddr::new(LOCAL, to_picture))?;
    let begin = Begin { at: Instant::now(), wall: SystemTime::now() };
    let end = begin.at + SETTLE + WINDOW;
    let (clicks, flashes) = std::thread::scope(|scope| {
        scope.spawn(|| film(picture, &access_units, begin, end));
        scope.spawn(|| speak(sound, begin, end));
        let clicks = scope.spawn(|| listen(ear, begin, end));
        let flashes = watch(eye, begin, end);
        (clicks.join(), flashes)
    });
    let clicks = clicks.map_err(|_| io::Error::other("the ear panicked"))??;
    println!("{}", row(&clicks, &flashes?));
    Ok(())
}

/// When the source's clocks were zero.
#[derive(Clone, Copy)]
struct Begin {
    at: Instant,
    wall: SystemTime,
}

impl Begin {
    /// Says what the wall clock was when the clock of a stream had a number.
    fn report(&self, socket: &UdpSocket, ssrc: u32, rate: u32) {
        let since = self.at.elapsed();
        let wall = (self.wall + since).duration_since(UNIX_EPOCH).unwrap_or_default();
        let rtp_timestamp = (since.as_micros() * u128::from(rate) / 1_000_000) as u32;
        let info =
            SenderInfo { ntp: NtpTime::from_unix(wall), rtp_timestamp, packets: 1, octets: 1 };
        let mut compound = [0; 128];
        let mut writer = RtcpWriter::new(&mut compound);
        writer.sender_report(ssrc, &info, &[]).expect("room");
        writer.cname(ssrc, NAME).expect("room");
        let len = writer.len();
        let _ = socket.send(&compound[..len]);
    }
}

fn film(socket: &UdpSocket, access_units: &[Vec<u8>], begin: Begin, end: Instant) {
    let mut camera = Camera::new(1, payload_type(VideoCodec::H264));
    let mut packet = [0; MIN_LEN + MAX_PAYLOAD];
    for number in 0u32.. {
        let due = begin.at + Duration::from_secs(1) * number / u32::from(clip::FRAME_RATE);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if due >= end {
            return;
        }
        if number.is_multiple_of(15) {
            begin.report(socket, 1, PICTURE_RATE);
        }
        camera.film(access_units, |header, payload| {
            let at = header.write(&[], &[], &mut packet).expect("room");
            packet[at..at + payload.len()].copy_from_slice(payload);
            let _ = socket.send(&packet[..at + payload.len()]);
        });
    }
}

/// A packet leaves when its last sample was spoken.
fn speak(socket: &UdpSocket, begin: Begin, end: Instant) {
    let mut encoder = PcmuEncoder::new();
    let mut packet = [0; MIN_LEN + SAMPLES];
    for number in 0u32.. {
        let due = begin.at + Duration::from_millis(20) * (number + 1);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if due >= end {
            return;
        }
        if number.is_multiple_of(25) {
            begin.report(socket, 2, SOUND_RATE);
        }
        let clicks = number as usize % PACKETS == CLICK;
        // A murmur that is never silence, and a click of five milliseconds.
        let sample = |at: usize| match (clicks && at < SAMPLES / 4, at % 8 < 4) {
            (true, true) => 24_000,
            (true, false) => -24_000,
            (false, true) => 900,
            (false, false) => -900,
        };
        let samples: [i16; SAMPLES] = std::array::from_fn(sample);
        let header = RtpHeader {
            marker: number == 0,
            payload_type: 0,
            sequence: number as u16,
            timestamp: number * SAMPLES as u32,
            ssrc: 2,
        };
        let at = header.write(&[], &[], &mut packet).expect("room");
        let len = encoder.encode_into(&samples, &mut packet[at..]).unwrap_or(0);
        let _ = socket.send(&packet[..at + len]);
    }
}

/// When something was heard or seen.
#[derive(Clone, Copy)]
struct Event {
    /// By the machine's clock.
    arrival_us: i64,
    timestamp: u32,
}

/// What came of one stream.
#[derive(Default)]
struct Arrived {
    events: Vec<Event>,
    report: Option<SenderInfo>,
    rate: u32,
}

impl Arrived {
    fn add(&mut self, begin: Begin, arrival_us: i64, timestamp: u32) {
        let is_new = self.events.last().is_none_or(|last| arrival_us - last.arrival_us > NEAR_US);
        if is_new && begin.at.elapsed() > SETTLE {
            self.events.push(Event { arrival_us, timestamp });
        }
    }

    fn hear_report(&mut self, datagram: &[u8]) {
        let Ok(compound) = RtcpView::parse(datagram) else { return };
        for packet in compound.packets() {
            if let RtcpPacket::SenderReport { info, .. } = packet {
                self.report = Some(info);
            }
        }
    }

    /// When an event was by the sender's clock, as its reports tell it.
    fn sent_us(&self, event: Event) -> Option<i64> {
        let report = self.report?;
        let units = event.timestamp.wrapping_sub(report.rtp_timestamp) as i32;
        // Seconds since 1900 in the upper half, parts of one in the lower.
        let wall = ((u128::from(report.ntp.0) * 1_000_000) >> 32) as i64;
        Some(wall + i64::from(units) * 1_000_000 / i64::from(self.rate))
    }
}

/// Takes what comes to a socket until the end: true for media.
fn take(socket: &UdpSocket, end: Instant, mut each: impl FnMut(bool, &[u8])) -> io::Result<()> {
    socket.set_read_timeout(Some(Duration::from_millis(100)))?;
    let mut buffer = [0; 2_048];
    while Instant::now() < end {
        let Ok(len) = socket.recv(&mut buffer) else { continue };
        each(DatagramKind::of(&buffer[..len]) == DatagramKind::Rtp, &buffer[..len]);
    }
    Ok(())
}

fn listen(socket: &UdpSocket, begin: Begin, end: Instant) -> io::Result<Arrived> {
    let mut clicks = Arrived { rate: SOUND_RATE, ..Arrived::default() };
    let mut decoder = PcmuDecoder::new();
    take(socket, end, |is_media, datagram| {
        let at = now_us() as i64;
        if !is_media {
            return clicks.hear_report(datagram);
        }
        let Ok(view) = RtpView::parse(datagram) else { return };
        let mut samples = [0i16; 2 * SAMPLES];
        let count = decoder.decode_into(view.payload(), &mut samples).unwrap_or(0);
        let heard = samples[..count].iter().position(|sample| sample.abs() > LOUD);
        if let Some(sample) = heard {
            // It is played that much after the packet's first.
            let later = sample as i64 * 1_000_000 / i64::from(SOUND_RATE);
            clicks.add(begin, at + later, view.timestamp().wrapping_add(sample as u32));
        }
    })?;
    Ok(clicks)
}

fn watch(socket: &UdpSocket, begin: Begin, end: Instant) -> io::Result<Arrived> {
    let mut flashes = Arrived { rate: PICTURE_RATE, ..Arrived::default() };
    let mut assembler = Assembler::new(VideoCodec::H264, Duration::from_millis(40));
    let pool = FramePool::new(4);
    let mut decoder = decoder(VideoCodec::H264).map_err(io::Error::other)?;
    take(socket, end, |is_media, datagram| {
        let (now, at) = (Instant::now(), now_us() as i64);
        if !is_media {
            return flashes.hear_report(datagram);
        }
        let Ok(view) = RtpView::parse(datagram) else { return };
        let (seq, timestamp, marker) = (view.sequence(), view.timestamp(), view.marker());
        assembler.insert(now, &Piece { seq, timestamp, marker, payload: view.payload() });
        while let Some(assembled) = assembler.poll(now) {
            if let Assembled::Frame(frame) = assembled
                && let Ok(Decoded::Picture(picture)) = decoder.decode(frame.bytes, &pool)
                && brightness(&picture) > BRIGHT
            {
                flashes.add(begin, at, timestamp);
            }
        }
    })?;
    Ok(flashes)
}

fn brightness(picture: &Frame) -> u64 {
    let luma = picture.planes().y;
    let sum: u64 = luma.rows().flatten().map(|pixel| u64::from(*pixel)).sum();
    sum / (luma.width() * luma.height()) as u64
}

/// The sound after the picture, in milliseconds: as packets arrive, and as reports tell a receiver
/// to play them.
fn row(clicks: &Arrived, flashes: &Arrived) -> Value {
    let (mut arrivals, mut clocks) = (vec![], vec![]);
    for flash in &flashes.events {
        let near = clicks
            .events
            .iter()
            .min_by_key(|click| (click.arrival_us - flash.arrival_us).abs())
            .filter(|click| (click.arrival_us - flash.arrival_us).abs() < NEAR_US);
        let Some(click) = near else { continue };
        arrivals.push(click.arrival_us - flash.arrival_us);
        if let Some((sound, picture)) = clicks.sent_us(*click).zip(flashes.sent_us(*flash)) {
            clocks.push(sound - picture);
        }
    }
    let mean = |all: &[i64]| all.iter().sum::<i64>() as f64 / all.len().max(1) as f64 / 1_000.0;
    let worst = |all: &[i64]| all.iter().map(|it| it.abs()).max().unwrap_or(0) as f64 / 1_000.0;
    json!({
        "case": NAME,
        "flashes": flashes.events.len(),
        "clicks": clicks.events.len(),
        "pairs": arrivals.len(),
        "sound_after_picture_ms": mean(&clocks),
        "worst_ms": worst(&clocks),
        "by_reports": clocks.len(),
        "arrival_ms": mean(&arrivals),
        "arrival_worst_ms": worst(&arrivals),
    })
}
