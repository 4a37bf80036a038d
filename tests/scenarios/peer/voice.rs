//! The voice and the ear of a room of the scenarios' own: G.711 A-law by RTP, a tone for its voice.

use crate::sound::Wave;
use audio_codec::{Decoder as _, Encoder as _, pcma::PcmaDecoder, pcma::PcmaEncoder};
use std::{
    f64::consts::TAU,
    net::{SocketAddr, UdpSocket},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

const RATE: u32 = 8_000;

/// Samples of 20 ms.
const FRAME: u64 = 160;
const PACKET: Duration = Duration::from_millis(20);

/// The payload type of A-law (RFC 3551).
const ALAW: u8 = 8;

/// As loud as the tones of telephones, full scale 32,767.
const AMPLITUDE: f64 = 8_000.0;

/// Speaks and hears until it is dropped.
pub(crate) struct Voice {
    heard: Arc<Mutex<Vec<f32>>>,
    over: Arc<AtomicBool>,
    worker: Option<JoinHandle<()>>,
}

impl Voice {
    /// From a socket of its own to where the bridge takes sound.
    pub(crate) fn start(socket: UdpSocket, bridge: SocketAddr, hertz: f64) -> Self {
        socket.set_nonblocking(true).expect("a socket");
        let (heard, over) = (Arc::default(), Arc::new(AtomicBool::new(false)));
        let (kept, until) = (Arc::clone(&heard), Arc::clone(&over));
        let worker = thread::spawn(move || {
            let mut due = Instant::now();
            for number in 0.. {
                if until.load(Ordering::Relaxed) {
                    return;
                }
                hear(&socket, &kept);
                let _ = socket.send_to(&packet(number, hertz), bridge);
                due += PACKET;
                thread::sleep(due.saturating_duration_since(Instant::now()));
            }
        });
        Self { heard, over, worker: Some(worker) }
    }

    /// The last of what it heard.
    pub(crate) fn heard(&self, last: Duration) -> Wave {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = (last.as_secs_f64() * f64::from(RATE)) as usize;
        let from = heard.len().saturating_sub(wanted);
        Wave { rate: RATE, samples: heard[from..].to_vec() }
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(worker) = self.worker.take() {
            let _ = worker.join();
        }
    }
}

fn hear(socket: &UdpSocket, heard: &Mutex<Vec<f32>>) {
    let mut buffer = [0; 2_048];
    while let Ok((length, _)) = socket.recv_from(&mut buffer) {
        let packet = &buffer[..length];
        let is_sound = packet.get(1).is_some_and(|kind| kind & 0x7f == ALAW);
        let Some(payload) = packet.get(12..).filter(|_| is_sound) else { continue };
        let samples = PcmaDecoder::new().decode(payload);
        let samples = samples.iter().map(|sample| f32::from(*sample) / 32_768.0);
        heard.lock().unwrap_or_else(PoisonError::into_inner).extend(samples);
    }
}

fn packet(number: u64, hertz: f64) -> Vec<u8> {
    let start = number * FRAME;
    let sample = |at| (AMPLITUDE * (TAU * hertz * at as f64 / f64::from(RATE)).sin()) as i16;
    let samples: Vec<i16> = (start..start + FRAME).map(sample).collect();
    let mut packet = vec![0x80, ALAW];
    packet.extend((number as u16).to_be_bytes());
    packet.extend((start as u32).to_be_bytes());
    packet.extend(5_u32.to_be_bytes());
    packet.extend(PcmaEncoder::new().encode(&samples));
    packet
}
