//! One encoder: composed pictures in, of which a newer one replaces what waits, encoded ones out.

use super::need::{Need, Take};
use super::{EncodeKey, EncodedPicture, locked};
use causeway_base::Bitrate;
use causeway_media::video::codec::{EncoderSettings, SINGLE_NAL_BYTES, VideoEncoder, encoder};
use causeway_media::video::frame::Frame;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Pictures that wait for their reader: a second of them. A reader that is slower gets a whole
/// picture next, as differences to what it never saw are worth nothing.
const MAX_WAITING: usize = 30;

/// After an encoder failed, the next one is made this much later.
const RETRY: Duration = Duration::from_secs(1);

/// One encoder of a composition.
pub(super) struct Encoding {
    pub(super) key: EncodeKey,
    /// In bit/s.
    rate: AtomicU64,
    asked: AtomicBool,
    inbox: Mutex<Inbox>,
    machine: Mutex<Machine>,
    outbox: Mutex<Outbox>,
}

/// What goes in.
#[derive(Debug, Default)]
struct Inbox {
    need: Need,
    waiting: Option<Work>,
    job: Job,
}

/// Whether a thread has it to do, or does it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Job {
    #[default]
    None,
    Given,
}

#[derive(Debug)]
struct Work {
    picture: Frame,
    at: Instant,
    take: Take,
    frame_rate: u8,
}

/// The encoder itself.
#[derive(Debug)]
enum Machine {
    Absent,
    Running { encoder: Box<dyn VideoEncoder>, rate: Bitrate, frame_rate: u8 },
    Failed(Instant),
}

/// What comes out.
#[derive(Debug)]
struct Outbox {
    pictures: Vec<Arc<EncodedPicture>>,
    flow: Flow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    Whole,
    /// Something is missing before the next picture, unless that is a whole one.
    Broken,
}

impl fmt::Debug for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoding({:?}, {} bit/s)", self.key, self.rate.load(Ordering::Relaxed))
    }
}

/// What came of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoded {
    /// Nothing was to do.
    Nothing,
    /// It waits for its reader.
    Picture {
        /// It is a whole one.
        key: bool,
    },
    /// The codec failed.
    Failed,
}

impl Encoding {
    pub(super) fn new(key: EncodeKey) -> Self {
        let rates = key.class.rates();
        Self {
            key,
            rate: AtomicU64::new((rates.start().as_bps() + rates.end().as_bps()) / 2),
            asked: AtomicBool::new(false),
            inbox: Mutex::default(),
            machine: Mutex::new(Machine::Absent),
            outbox: Mutex::new(Outbox { pictures: Vec::new(), flow: Flow::Whole }),
        }
    }

    /// Aims at a rate, as far as its size is worth it.
    pub(super) fn set_rate(&self, rate: Bitrate) {
        let rates = self.key.class.rates();
        let rate = rate.clamp(*rates.start(), *rates.end());
        self.rate.store(rate.as_bps(), Ordering::Relaxed);
    }

    /// Somebody needs a whole picture.
    pub(super) fn refresh(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// All that came out since the last call. Never waits: what a thread adds just now comes with
    /// the next call.
    pub(super) fn take(&self) -> Vec<Arc<EncodedPicture>> {
        match self.outbox.try_lock() {
            Ok(mut outbox) => std::mem::take(&mut outbox.pictures),
            Err(_) => Vec::new(),
        }
    }

    /// Whether a picture is still to be encoded.
    pub(super) fn is_busy(&self) -> bool {
        locked(&self.inbox).job == Job::Given
    }

    /// Gives it a composed picture, of so many a second, where it needs one; it replaces one that
    /// still waits. Returns whether somebody is now to call [`Self::run`].
    pub(super) fn offer(&self, picture: &Frame, at: Instant, frame_rate: u8) -> bool {
        let mut inbox = locked(&self.inbox);
        let asked = self.asked.swap(false, Ordering::Relaxed);
        let Some(mut take) = inbox.need.judge(at, picture.id(), asked) else { return false };
        if inbox.waiting.as_ref().is_some_and(|work| work.take == Take::Whole) {
            take = Take::Whole;
        }
        inbox.waiting = Some(Work { picture: picture.clone(), at, take, frame_rate });
        std::mem::replace(&mut inbox.job, Job::Given) == Job::None
    }

    /// Encodes the picture that waits.
    pub(super) fn run(&self) -> Encoded {
        let Some(work) = locked(&self.inbox).waiting.take() else { return Encoded::Nothing };
        let mut bytes = Vec::new();
        let result = self.encode(&work, &mut bytes);
        match result {
            Some(key) => {
                self.put(EncodedPicture { bytes, key, at: work.at });
                Encoded::Picture { key }
            }
            None => {
                self.fail(work.at);
                Encoded::Failed
            }
        }
    }

    /// The job is done; whether there is another already.
    pub(super) fn finish(&self) -> bool {
        let mut inbox = locked(&self.inbox);
        if inbox.waiting.is_none() {
            inbox.job = Job::None;
        }
        inbox.waiting.is_some()
    }

    /// Whether it became a whole picture; `None` where the codec failed.
    fn encode(&self, work: &Work, bytes: &mut Vec<u8>) -> Option<bool> {
        let wanted = (Bitrate::bps(self.rate.load(Ordering::Relaxed)), work.frame_rate);
        let mut machine = locked(&self.machine);
        if matches!(*machine, Machine::Absent)
            || matches!(*machine, Machine::Failed(at) if work.at >= at + RETRY)
        {
            *machine = Machine::Running {
                encoder: encoder(self.key.codec, self.settings(wanted)).ok()?,
                rate: wanted.0,
                frame_rate: wanted.1,
            };
        }
        let Machine::Running { encoder, rate, frame_rate } = &mut *machine else { return None };
        if (*rate, *frame_rate) != wanted {
            (*rate, *frame_rate) = wanted;
            encoder.set_rate(wanted.0, wanted.1);
        }
        let encoded = encoder.encode(&work.picture, work.take == Take::Whole, bytes);
        encoded.ok().map(|info| info.key)
    }

    fn settings(&self, (bitrate, fps): (Bitrate, u8)) -> EncoderSettings {
        let max_nal = self.key.single_nal.then_some(SINGLE_NAL_BYTES);
        EncoderSettings { size: self.key.class.size(), bitrate, fps, max_nal }
    }

    /// The encoder is of no use any more.
    pub(super) fn fail(&self, now: Instant) {
        let mut machine = locked(&self.machine);
        if !matches!(*machine, Machine::Failed(at) if now < at + RETRY) {
            *machine = Machine::Failed(now);
        }
        self.refresh();
    }

    fn put(&self, picture: EncodedPicture) {
        let mut outbox = locked(&self.outbox);
        if outbox.pictures.len() >= MAX_WAITING {
            outbox.pictures.clear();
            outbox.flow = Flow::Broken;
        }
        match outbox.flow {
            Flow::Broken if !picture.key => {
                drop(outbox);
                self.refresh();
            }
            _ => {
                outbox.flow = Flow::Whole;
                outbox.pictures.push(Arc::new(picture));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_base::{SizeClass, VideoCodec};
    use causeway_media::video::colour::Colour;
    use causeway_media::video::frame::{FramePool, FrameSource};

    fn encoding() -> Encoding {
        let key = EncodeKey {
            codec: VideoCodec::Vp8,
            class: SizeClass::P180,
            single_nal: false,
            frame_rate: 30,
        };
        Encoding::new(key)
    }

    fn picture() -> Frame {
        let mut frame = FramePool::new(1).take(SizeClass::P180.size()).expect("a frame");
        frame.planes_mut().fill(Colour::rgb(80, 120, 40));
        frame.freeze()
    }

    /// Offers a picture at each beat, and encodes it.
    fn go(encoding: &Encoding, start: Instant, beats: std::ops::Range<u32>) {
        for beat in beats {
            if encoding.offer(&picture(), start + Duration::from_millis(33) * beat, 30) {
                encoding.run();
                encoding.finish();
            }
        }
    }

    #[test]
    fn a_waiting_picture_is_replaced_and_stays_whole() {
        let (encoding, start) = (encoding(), Instant::now());
        assert!(encoding.offer(&picture(), start, 30), "somebody is to run");
        assert!(!encoding.offer(&picture(), start + Duration::from_millis(33), 30));
        assert!(encoding.is_busy());
        assert_eq!(encoding.run(), Encoded::Picture { key: true });
        assert!(!encoding.finish() && !encoding.is_busy());
        let [only] = &encoding.take()[..] else { panic!("one picture") };
        assert_eq!((only.key, only.at), (true, start + Duration::from_millis(33)));
    }

    #[test]
    fn a_reader_that_sleeps_gets_a_whole_picture_next_and_few_that_waited() {
        let (encoding, start) = (encoding(), Instant::now());
        go(&encoding, start, 0..100);
        let pictures = encoding.take();
        assert!(pictures.len() <= MAX_WAITING);
        assert!(pictures[0].key);
        go(&encoding, start, 100..103);
        assert_eq!(encoding.take().iter().map(|p| p.key).collect::<Vec<_>>(), [false; 3]);
    }

    #[test]
    fn after_a_failure_another_encoder_begins_whole() {
        let (encoding, start) = (encoding(), Instant::now());
        go(&encoding, start, 0..2);
        encoding.fail(start + Duration::from_millis(66));
        go(&encoding, start, 2..50);
        let pictures = encoding.take();
        let gap = pictures[2].at - pictures[1].at;
        assert!(pictures[2].key && gap >= RETRY && gap < 2 * RETRY, "{gap:?}");
    }

    #[test]
    fn rates_stay_within_those_of_the_class() {
        let encoding = encoding();
        for (asked, set) in [(5, 50), (200, 200), (9_000, 350)] {
            encoding.set_rate(Bitrate::kbps(asked));
            assert_eq!(encoding.rate.load(Ordering::Relaxed), set * 1000);
        }
    }
}
