//! The floor: what no server that does this job can go below.
//!
//! One thread does only this, and only its own CPU time counts (`CLOCK_THREAD_CPUTIME_ID`; the
//! load runs on another thread, sends the same packets at the same phases as to the server, and
//! is not counted):
//!
//! * Telephones have one UDP socket a leg. Every 10 ms it asks epoll which sockets have something
//!   and takes one packet of each with `recv`, until there are none: fewer wake-ups than with one
//!   for each packet. Browsers share one socket, which is read until it is empty.
//! * It decodes every packet that comes, by one decoder a leg, called straight (libopus,
//!   `audio-codec`): who is loudest is known only then. Left out are the packets of quiet legs
//!   whose level the header extension tells (`+level`), and those that are not sent (`+dtx`).
//!   Decoding runs at the codec's own rate, Opus at 48 kHz.
//! * Every 20 ms it encodes one packet of speech for each distinct mix: one for each talker
//!   that is mixed (at most 4), one for all others. Opus with the server's own settings.
//! * Every 20 ms it writes a header before the payload and calls `send` once for each leg.
//! * With `+srtp` every packet is opened and protected by the server's own SRTP; those of browsers
//!   by the suite on which they settle with us.
//!
//! A server that reads the level out of the payload itself need not decode what is quiet, and
//! can come below this. So two stricter floors stand beside it: one that decodes only the legs
//! that are mixed, as if it were told the loudest, and one of the sockets alone.
//!
//! Not in any floor: jitter buffers, levels, resampling, mixing, statistics, RTCP, the source
//! guard, timers, ICE, signalling. That is what the ratio pays for.

mod port;

use crate::case::Case;
use crate::load;
use causeway_base::Codec;
use causeway_media::audio::codec::EncoderSettings;
use causeway_rtp::srtp::{MAX_SRTP_OVERHEAD, SrtpReceiver, SrtpSender};
use causeway_server::load::codec::{packet_samples, source_rate};
use causeway_server::load::material;
use causeway_server::load::reception::RtpHeader;
use port::Port;
use rustix::event::Timespec;
use rustix::thread::{ClockId, clock_nanosleep_absolute};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const TICK: Duration = Duration::from_millis(10);
const WINDOW: Duration = Duration::from_secs(4);

/// The floor of a case in CPU ms per leg and second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Floor {
    /// Sockets, codecs and protection: decodes all.
    pub(crate) all: f64,
    /// The same, but decodes only the legs that are mixed.
    pub(crate) mixed: f64,
    /// The sockets alone.
    pub(crate) sockets: f64,
}

/// Measures the floor of a case.
pub(crate) fn measure(case: &Case) -> io::Result<Floor> {
    Ok(Floor {
        all: run(case, Work::DecodeAll)?,
        mixed: run(case, Work::DecodeMixed)?,
        sockets: run(case, Work::Sockets)?,
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    DecodeAll,
    DecodeMixed,
    Sockets,
}

fn run(case: &Case, work: Work) -> io::Result<f64> {
    let legs = load::legs(case)?;
    let peers = legs.iter().map(|leg| leg.carrier().local()).collect::<io::Result<Vec<_>>>()?;
    let port = Port::open(case.door, &peers)?;
    let locals = port.locals()?;
    let mut bare = Bare::new(case, work, port)?;
    let (measuring, stop) = (AtomicBool::new(false), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let floor = scope.spawn(|| bare.run(&measuring, &stop));
        let driven = load::drive(case, legs, &locals, || {
            measuring.store(true, Ordering::Relaxed);
            std::thread::sleep(WINDOW);
            measuring.store(false, Ordering::Relaxed);
        });
        stop.store(true, Ordering::Relaxed);
        let spent = floor.join().map_err(|_| io::Error::other("the floor panicked"))??;
        driven?;
        Ok(spent.as_secs_f64() * 1000.0 / WINDOW.as_secs_f64() / case.legs as f64)
    })
}

/// The least that serves a conference.
struct Bare {
    level_known: bool,
    work: Work,
    talkers: usize,
    mixed: usize,
    port: Port,
    legs: Vec<BareLeg>,
    mixes: Vec<Mix>,
    speech: Vec<i16>,
    place: usize,
    frame: usize,
    payload_type: u8,
    clock: u32,
}

struct BareLeg {
    decoder: Decoder,
    open: Option<SrtpReceiver>,
    protect: Option<SrtpSender>,
    sequence: u16,
}

struct Mix {
    encoder: Encoder,
    payload: [u8; 640],
    len: usize,
}

enum Decoder {
    Opus(opus::Decoder),
    Other(Box<dyn audio_codec::Decoder>),
}

enum Encoder {
    Opus(opus::Encoder),
    Other(Box<dyn audio_codec::Encoder>),
}

impl Bare {
    fn new(case: &Case, work: Work, port: Port) -> io::Result<Self> {
        let mut legs = vec![];
        for index in 0..case.legs {
            let spec = load::srtp(case, index);
            legs.push(BareLeg {
                decoder: Decoder::new(case.codec)?,
                open: case.srtp.then(|| SrtpReceiver::new(spec.suite, &spec.send)).flatten(),
                protect: case.srtp.then(|| SrtpSender::new(spec.suite, &spec.receive)).flatten(),
                sequence: 0,
            });
        }
        let mix = || {
            let payload = [0; 640];
            Ok(Mix { encoder: Encoder::new(case.codec)?, payload, len: 0 })
        };
        let rate = source_rate(case.codec);
        Ok(Self {
            level_known: case.level,
            work,
            talkers: case.talkers,
            mixed: case.mixed(),
            port,
            legs,
            mixes: (0..case.mixes()).map(|_| mix()).collect::<io::Result<_>>()?,
            speech: material::speech(rate, 0),
            place: 0,
            frame: packet_samples(rate),
            payload_type: load::payload_type(case),
            clock: case.codec.clock_rate(),
        })
    }

    /// Runs until `stop`; the CPU time spent while `measuring`.
    fn run(&mut self, measuring: &AtomicBool, stop: &AtomicBool) -> io::Result<Duration> {
        let (mut begun, mut spent) = (None, Duration::ZERO);
        let mut deadline = clock(rustix::time::ClockId::Monotonic);
        let mut tick = 0u32;
        while !stop.load(Ordering::Relaxed) {
            deadline += TICK;
            let _ = clock_nanosleep_absolute(ClockId::Monotonic, &timespec(deadline));
            match (begun, measuring.load(Ordering::Relaxed)) {
                (None, true) => begun = Some(cpu()),
                (Some(begin), false) => {
                    spent = cpu() - begin;
                    begun = None;
                }
                _ => {}
            }
            self.receive()?;
            tick += 1;
            if tick.is_multiple_of(2) {
                self.encode();
                self.send(tick / 2)?;
            }
        }
        // The load may stop before the next tick saw that the window is over.
        Ok(begun.map_or(spent, |begin| cpu() - begin))
    }

    fn receive(&mut self) -> io::Result<()> {
        let mut samples = [0; 5760];
        let Self { port, legs, work, talkers, mixed, level_known, payload_type, .. } = self;
        port.receive(|index, packet| {
            let Some(leg) = legs.get_mut(index) else { return };
            if *work == Work::Sockets {
                return;
            }
            let mut len = packet.len();
            if let Some(open) = &mut leg.open {
                len = open.unprotect_rtp(packet).unwrap_or(0);
            }
            let Some(header) = RtpHeader::parse(&packet[..len]) else { return };
            let decodes = match work {
                Work::DecodeAll => index < *talkers || !*level_known,
                Work::DecodeMixed => index < *mixed,
                Work::Sockets => false,
            };
            if decodes && header.payload_type == *payload_type {
                leg.decoder.decode(&packet[header.len..len], &mut samples);
            }
        })
    }

    fn encode(&mut self) {
        let speech = &self.speech[self.place..self.place + self.frame];
        self.place = (self.place + self.frame) % self.speech.len();
        for mix in &mut self.mixes {
            mix.len = match self.work {
                Work::Sockets => 160,
                _ => mix.encoder.encode(speech, &mut mix.payload),
            };
        }
    }

    fn send(&mut self, round: u32) -> io::Result<()> {
        let mut packet = [0; 700 + MAX_SRTP_OVERHEAD];
        for (index, leg) in self.legs.iter_mut().enumerate() {
            // Mixed talkers hear the first mixes, everybody else the last.
            let own = if index < self.mixed { index } else { self.mixes.len() - 1 };
            let mix = &self.mixes[own];
            packet[..2].copy_from_slice(&[0x80, self.payload_type]);
            packet[2..4].copy_from_slice(&leg.sequence.to_be_bytes());
            packet[4..8].copy_from_slice(&round.wrapping_mul(self.clock / 50).to_be_bytes());
            packet[8..12].copy_from_slice(&(index as u32 + 1).to_be_bytes());
            leg.sequence = leg.sequence.wrapping_add(1);
            let mut len = 12 + mix.len;
            packet[12..len].copy_from_slice(&mix.payload[..mix.len]);
            if let Some(protect) = &mut leg.protect
                && self.work != Work::Sockets
            {
                len = protect
                    .protect_rtp(&mut packet, len)
                    .map_err(|e| io::Error::other(format!("SRTP: {e:?}")))?;
            }
            self.port.send(index, &packet[..len])?;
        }
        Ok(())
    }
}

impl Decoder {
    fn new(codec: Codec) -> io::Result<Self> {
        Ok(match codec {
            Codec::Opus => Decoder::Opus(
                opus::Decoder::new(48_000, opus::Channels::Mono).map_err(io::Error::other)?,
            ),
            Codec::G722 => Decoder::Other(Box::new(audio_codec::g722::G722Decoder::new())),
            Codec::Pcma => Decoder::Other(Box::new(audio_codec::pcma::PcmaDecoder::new())),
            Codec::Pcmu => Decoder::Other(Box::new(audio_codec::pcmu::PcmuDecoder::new())),
        })
    }

    fn decode(&mut self, payload: &[u8], samples: &mut [i16]) {
        match self {
            Decoder::Opus(opus) => {
                let _ = opus.decode(payload, samples, false);
            }
            Decoder::Other(other) => {
                let _ = other.decode_into(payload, samples);
            }
        }
    }
}

impl Encoder {
    fn new(codec: Codec) -> io::Result<Self> {
        let opus = || -> opus::Result<opus::Encoder> {
            let settings = EncoderSettings::default();
            let (channels, mode) = (opus::Channels::Mono, opus::Application::Voip);
            let mut encoder = opus::Encoder::new(48_000, channels, mode)?;
            encoder.set_bitrate(opus::Bitrate::Bits(settings.bitrate.as_bps() as i32))?;
            encoder.set_complexity(i32::from(settings.complexity))?;
            Ok(encoder)
        };
        Ok(match codec {
            Codec::Opus => Encoder::Opus(opus().map_err(io::Error::other)?),
            Codec::G722 => Encoder::Other(Box::new(audio_codec::g722::G722Encoder::new())),
            Codec::Pcma => Encoder::Other(Box::new(audio_codec::pcma::PcmaEncoder::new())),
            Codec::Pcmu => Encoder::Other(Box::new(audio_codec::pcmu::PcmuEncoder::new())),
        })
    }

    fn encode(&mut self, samples: &[i16], payload: &mut [u8]) -> usize {
        match self {
            Encoder::Opus(opus) => opus.encode(samples, payload).unwrap_or(0),
            Encoder::Other(other) => other.encode_into(samples, payload).unwrap_or(0),
        }
    }
}

fn cpu() -> Duration {
    clock(rustix::time::ClockId::ThreadCPUTime)
}

fn clock(id: rustix::time::ClockId) -> Duration {
    let now = rustix::time::clock_gettime(id);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

fn timespec(at: Duration) -> Timespec {
    Timespec { tv_sec: at.as_secs() as i64, tv_nsec: i64::from(at.subsec_nanos()) }
}
