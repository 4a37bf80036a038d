//! What receivers make of what they get: all count, the first one looks.

use super::camera::Times;
use super::{Heard, SETTLE, WINDOW};
use crate::case::{Case, Kind};
use crate::clip;
use crate::tile;
use crate::usage::{now_us, own_cpu};
use causeway_base::VideoCodec;
use causeway_media::video::codec::{Decoded, decoder};
use causeway_media::video::frame::{Frame, FramePool};
use causeway_plan::picture::PixelArea;
use causeway_rtp::video::{Assembled, Assembler, Piece};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What the look saw.
#[derive(Default)]
struct Seen {
    delays: Vec<f64>,
    /// It needs a full picture.
    lost: bool,
    first_us: u64,
    first_source_us: u64,
}

/// The streams that the receivers of a load get, each named by a `K`.
pub(super) struct Screens<K> {
    pictures: HashMap<K, u64>,
    packets: u64,
    octets: u64,
    first: Option<K>,
    assembler: Assembler,
    frames: SyncSender<(u64, Vec<u8>)>,
    seen: Arc<Mutex<Seen>>,
    end: Instant,
    phase: Phase,
}

enum Phase {
    Settling,
    /// With what the load had used at its beginning.
    Measuring(Duration),
}

impl<K: Hash + Eq> Screens<K> {
    /// Screens whose window ends at [`Self::end`].
    pub(super) fn new(case: &Case, first: K, times: Arc<Times>) -> Self {
        let (frames, taken) = sync_channel(64);
        let area = match case.kind {
            Kind::Forwarded => tile::areas(1)[0].in_pixels(case.size.size()),
            Kind::Shared | Kind::H323 | Kind::Private | Kind::Browsers => {
                tile::areas(case.shown)[0].in_pixels(case.out().size())
            }
        };
        let seen = Arc::new(Mutex::new(Seen::default()));
        let look = Look { area, last: None, times, seen: Arc::clone(&seen) };
        std::thread::spawn(move || look.run(&taken));
        Self {
            pictures: HashMap::new(),
            packets: 0,
            octets: 0,
            first: Some(first),
            assembler: Assembler::new(VideoCodec::H264, Duration::from_millis(40)),
            frames,
            seen,
            end: Instant::now() + SETTLE + WINDOW,
            phase: Phase::Settling,
        }
    }

    /// When it is over.
    pub(super) const fn end(&self) -> Instant {
        self.end
    }

    /// Lets time pass: tells when the window begins. False after its end.
    pub(super) fn goes_on(&mut self) -> bool {
        let now = Instant::now();
        if matches!(self.phase, Phase::Settling) && now >= self.end - WINDOW {
            self.phase = Phase::Measuring(own_cpu());
            self.pictures.values_mut().for_each(|count| *count = 0);
            (self.packets, self.octets) = (0, 0);
            self.seen().delays.clear();
            println!("window");
        }
        now < self.end
    }

    /// Counts a packet of so many bytes of a stream. Whether that is the one that is looked at.
    pub(super) fn count(&mut self, stream: K, marker: bool, bytes: usize) -> bool {
        let is_first = self.first.as_ref() == Some(&stream);
        (self.packets, self.octets) = (self.packets + 1, self.octets + bytes as u64);
        *self.pictures.entry(stream).or_default() += u64::from(marker);
        is_first
    }

    /// Takes a packet of the receiver that looks.
    pub(super) fn look(&mut self, piece: &Piece<'_>) {
        let (now, at) = (Instant::now(), now_us());
        self.assembler.insert(now, piece);
        while let Some(assembled) = self.assembler.poll(now) {
            if let Assembled::Frame(frame) = assembled {
                // One who looks too slowly misses a picture, and sees the next.
                let _ = self.frames.try_send((at, frame.bytes.to_vec()));
            }
        }
    }

    /// Whether the one that looks needs a full picture, since the last call.
    pub(super) fn needs_full(&self) -> bool {
        std::mem::take(&mut self.seen().lost)
    }

    /// Tells what came of it, for so many streams.
    pub(super) fn tell(&self, streams: usize) {
        let seen = self.seen();
        let Phase::Measuring(before) = self.phase else { return };
        let all_came = self.pictures.len() >= streams;
        let least = self.pictures.values().min().copied().filter(|_| all_came);
        let heard = Heard {
            pictures: self.pictures.values().sum(),
            least: least.unwrap_or(0),
            packets: self.packets,
            octets: self.octets,
            delay_ms: seen.delays.iter().sum::<f64>() / seen.delays.len().max(1) as f64,
            worst_ms: seen.delays.iter().copied().fold(0.0, f64::max),
            first_us: seen.first_us,
            first_source_us: seen.first_source_us,
            cpu: own_cpu() - before,
        };
        println!("{}", heard.told());
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Decodes, and times each number that is seen for the first time.
struct Look {
    area: PixelArea,
    last: Option<u8>,
    times: Arc<Times>,
    seen: Arc<Mutex<Seen>>,
}

impl Look {
    fn run(mut self, frames: &Receiver<(u64, Vec<u8>)>) {
        let pool = FramePool::new(4);
        let Ok(mut decoder) = decoder(VideoCodec::H264) else { return };
        while let Ok((at, bytes)) = frames.recv() {
            match decoder.decode(&bytes, &pool) {
                Ok(Decoded::Picture(picture)) => self.see(at, &picture),
                _ => self.seen.lock().unwrap_or_else(PoisonError::into_inner).lost = true,
            }
        }
    }

    fn see(&mut self, at: u64, picture: &Frame) {
        let area = self.area;
        let [left, top] = [area.left, area.top].map(usize::from);
        let [width, height] = [area.width, area.height].map(usize::from);
        let number = clip::number(picture.planes().part(left, top, width, height).y);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.first_us == 0 {
            seen.first_us = at;
        }
        let Some(number) = number else { return };
        if seen.first_source_us == 0 {
            seen.first_source_us = at;
        }
        if self.last.replace(number) == Some(number) {
            return;
        }
        let Some(sent) = self.times.0.get(usize::from(number)) else { return };
        seen.delays.push(at.saturating_sub(sent.load(Ordering::Relaxed)) as f64 / 1_000.0);
    }
}
