//! The thread that feeds one decoder process: frames in, pictures out, a new process where the old
//! one died.

use super::memory::{Memory, Slot};
use super::message::{Answer, Request};
use super::process::{Fault, Process};
use super::queue::{Follows, Next, Queue, Waits};
use super::record::Streak;
use super::strain::Judge;
use super::stream::{Stream, StreamId};
use super::{DecodeMetrics, DecoderProgram, MAX_STREAMS, SharedRecords};
use causeway_base::VideoSize;
use causeway_media::video::codec::DecodeError;
use causeway_media::video::detect::Watch;
use causeway_media::video::frame::{Frame, FrameMut};
use causeway_plan::video::FreezeCause;
use causeway_rtp::video::FrameKind;
use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

/// How often a process that has nothing to do is looked after.
const ROUND: Duration = Duration::from_secs(1);

/// A decoder that was not used for so long may be closed where another stream needs its seat.
const IDLE: Duration = Duration::from_secs(10);

/// All that the thread has.
pub(super) struct Feeder {
    program: DecoderProgram,
    queue: Arc<Queue>,
    metrics: Arc<DecodeMetrics>,
    records: SharedRecords,
    memory: Memory,
    memory_fd: OwnedFd,
    state: State,
    streak: Streak,
    judge: Judge,
    /// Times of watches count from here.
    began: Instant,
    members: HashMap<StreamId, Member>,
    /// Of which it decodes something now.
    decoding: Option<StreamId>,
    /// Whose decoder is where in the process.
    seats: [Option<StreamId>; MAX_STREAMS],
}

enum State {
    Running(Process, Instant),
    /// The next one begins then.
    Waiting(Instant),
}

/// Where a stream's decoder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seat {
    None,
    At(u8),
    /// Nowhere: all seats are taken, and its owner knows.
    Refused,
}

/// A stream of which something was to be decoded.
struct Member {
    stream: Arc<Stream>,
    seat: Seat,
    used: Instant,
    watch: Watch,
}

impl Feeder {
    /// Starts the process and feeds it until its queue is closed. Tells on `ready` how the start
    /// went.
    pub(super) fn run(
        program: DecoderProgram,
        queue: Arc<Queue>,
        metrics: Arc<DecodeMetrics>,
        records: SharedRecords,
        ready: &mpsc::SyncSender<io::Result<()>>,
    ) {
        let feeder = Self::start(program, queue, metrics, records);
        let (feeder, result) = match feeder {
            Ok(feeder) => (Some(feeder), Ok(())),
            Err(error) => (None, Err(error)),
        };
        // Only fails where whoever started this gave up.
        let _ = ready.send(result);
        if let Some(mut feeder) = feeder {
            while feeder.guarded_step() {}
        }
    }

    /// A fault of ours is that of the stream which it met: all begin anew with another process.
    fn guarded_step(&mut self) -> bool {
        let step = catch_unwind(AssertUnwindSafe(|| self.step()));
        let decoding = self.decoding.take();
        step.unwrap_or_else(|_| {
            self.bury(Fault::Ours, decoding);
            true
        })
    }

    fn start(
        program: DecoderProgram,
        queue: Arc<Queue>,
        metrics: Arc<DecodeMetrics>,
        records: SharedRecords,
    ) -> io::Result<Self> {
        let (memory, memory_fd) = Memory::create()?;
        let began = Instant::now();
        let process = Process::start(&program, memory_fd.as_fd())?;
        queue.process.store(process.id(), Ordering::Relaxed);
        let judge = Judge::new();
        #[cfg(test)]
        let judge = super::tests::judge_of(&program).unwrap_or(judge);
        Ok(Self {
            program,
            queue,
            metrics,
            records,
            memory,
            memory_fd,
            state: State::Running(process, began),
            streak: Streak::default(),
            judge,
            began,
            members: HashMap::new(),
            decoding: None,
            seats: [None; MAX_STREAMS],
        })
    }

    /// Does one thing; `false` at the end of all.
    fn step(&mut self) -> bool {
        self.revive(Instant::now());
        let patience = if let State::Waiting(until) = self.state {
            // What comes meanwhile waits in the queue, or makes room there.
            self.queue.rest(until.saturating_duration_since(Instant::now()));
            return !self.queue.is_closed();
        } else {
            ROUND
        };
        match self.queue.next(patience) {
            Next::Decode(stream, frame) => {
                let begun = Instant::now();
                self.decode(&stream, &frame);
                let (now, waited) = (Instant::now(), begun.saturating_duration_since(frame.since));
                self.queue.strain.set(self.judge.decoded(now, waited, now - begun));
            }
            Next::Ended(id) => self.end(id),
            Next::Nothing => {
                self.look_after();
                self.queue.strain.set(self.judge.idle(Instant::now()));
            }
            Next::Closed => return false,
        }
        true
    }

    /// Starts a process where there is none, and it is time.
    fn revive(&mut self, now: Instant) {
        match self.state {
            State::Waiting(until) if until <= now => {}
            State::Waiting(_) | State::Running(..) => return,
        }
        match Process::start(&self.program, self.memory_fd.as_fd()) {
            Ok(process) => {
                self.queue.process.store(process.id(), Ordering::Relaxed);
                self.state = State::Running(process, now);
            }
            Err(error) => {
                let now = Instant::now();
                tracing::error!(%error, "a video decoder cannot start");
                self.state = State::Waiting(now + self.streak.died(now, now).max(ROUND));
            }
        }
    }

    /// Learns that a process died while it had nothing to do.
    fn look_after(&mut self) {
        if let State::Running(process, _) = &mut self.state
            && !process.runs()
        {
            self.bury(Fault::Gone, None);
        }
    }

    fn decode(&mut self, stream: &Arc<Stream>, frame: &Waits) {
        let asked = Instant::now();
        self.decoding = Some(stream.id);
        let Some(seat) = self.seat(stream, asked) else { return };
        let State::Running(process, _) = &mut self.state else { return stream.break_off() };
        self.memory.write_unit(&frame.bytes);
        let slot = self.memory.slot();
        let request = Request::Decode {
            seat,
            codec: stream.codec,
            lost: frame.follows == Follows::Gap,
            blind: frame.kind == FrameKind::Blind,
            slot: slot.as_ref().map(Slot::index),
            length: frame.bytes.len() as u32,
        };
        #[cfg(test)]
        assert_ne!(frame.bytes, super::tests::FAULT, "a fault that a test made");
        let said = match process.ask(request) {
            Ok(Answer::Picture(size)) => picture(size, slot).map(|picture| {
                let took = asked.elapsed();
                self.metrics.count(took);
                self.show(stream, picture);
            }),
            Ok(Answer::Nothing) => Ok(()),
            Ok(Answer::Broken) => {
                stream.break_off();
                Ok(())
            }
            Ok(Answer::Failed(error)) => {
                fail(stream, error);
                Ok(())
            }
            Ok(Answer::Ready) => Err(Fault::Nonsense),
            Err(fault) => Err(fault),
        };
        if let Err(fault) = said {
            self.bury(fault, Some(stream.id));
        }
    }

    fn show(&mut self, stream: &Stream, picture: Frame) {
        let time = self.began.elapsed();
        let watch = self.members.get_mut(&stream.id).map(|member| &mut member.watch);
        if let Some(sight) = watch.and_then(|watch| watch.look(time, &picture)) {
            stream.set_sight(sight);
        }
        stream.show(picture);
    }

    /// The stream's seat, else a free one, else that of a stream that has not used it for long.
    /// Where there is none, the stream stands still until there is: to ask for a key picture would
    /// not help.
    fn seat(&mut self, stream: &Arc<Stream>, now: Instant) -> Option<u8> {
        let member = self.members.entry(stream.id).or_insert_with(|| Member {
            stream: Arc::clone(stream),
            seat: Seat::None,
            used: now,
            watch: Watch::new(),
        });
        member.used = now;
        let before = member.seat;
        if let Seat::At(seat) = before {
            return Some(seat);
        }
        let free = self.seats.iter().position(Option::is_none);
        let Some(index) = free.or_else(|| self.vacate(now)) else {
            if before != Seat::Refused {
                self.members.get_mut(&stream.id)?.seat = Seat::Refused;
                stream.freeze(FreezeCause::Crowded);
            }
            return None;
        };
        if before == Seat::Refused {
            stream.thaw();
        }
        self.seats[index] = Some(stream.id);
        self.members.get_mut(&stream.id)?.seat = Seat::At(index as u8);
        Some(index as u8)
    }

    /// Closes the decoder that was idle for longest, if it was for long.
    fn vacate(&mut self, now: Instant) -> Option<usize> {
        let seated = |member: &&mut Member| matches!(member.seat, Seat::At(_));
        let idle = self.members.values_mut().filter(seated).min_by_key(|member| member.used)?;
        if now.saturating_duration_since(idle.used) < IDLE {
            return None;
        }
        let Seat::At(seat) = std::mem::replace(&mut idle.seat, Seat::None) else { return None };
        self.close(seat);
        Some(usize::from(seat))
    }

    fn close(&mut self, seat: u8) {
        self.seats[usize::from(seat)] = None;
        if let State::Running(process, _) = &mut self.state
            && let Err(fault) = process.tell(Request::Close { seat })
        {
            self.bury(fault, None);
        }
    }

    /// A stream is over: what it took is given back.
    fn end(&mut self, id: StreamId) {
        // With the stream goes its last picture.
        let Some(Member { seat, .. }) = self.members.remove(&id) else { return };
        if let Seat::At(seat) = seat {
            self.close(seat);
        }
        self.memory.trim();
    }

    /// Ends the process. All its streams keep their last pictures and need key pictures; one of
    /// which it died has it on its record.
    fn bury(&mut self, fault: Fault, decoding: Option<StreamId>) {
        let now = Instant::now();
        let State::Running(process, born) = &mut self.state else { return };
        let status = process.end().map_or_else(|error| error.to_string(), |how| how.to_string());
        self.queue.process.store(0, Ordering::Relaxed);
        tracing::warn!(%fault, status, "a video decoder is started again");
        self.state = State::Waiting(now + self.streak.died(*born, now));
        self.metrics.restarts.fetch_add(1, Ordering::Relaxed);
        self.seats = [None; MAX_STREAMS];
        for member in self.members.values_mut() {
            if matches!(member.seat, Seat::At(_)) {
                member.seat = Seat::None;
                member.stream.break_off();
            }
        }
        let guilty = decoding.filter(|_| fault != Fault::Gone);
        if let Some(member) = guilty.and_then(|id| self.members.get(&id))
            && let Some(bar) = self.records.open().blame(member.stream.owner, now)
        {
            self.queue.bar(member.stream.id, now + bar);
        }
    }
}

/// What a process says that lies in a slot.
fn picture(size: VideoSize, slot: Option<Slot>) -> Result<Frame, Fault> {
    let slot = slot.ok_or(Fault::Nonsense)?;
    let frame = FrameMut::in_memory(size, Box::new(slot)).map_err(|_| Fault::Nonsense)?;
    Ok(frame.freeze())
}

/// What follows from an error.
fn fail(stream: &Stream, error: DecodeError) {
    match error {
        DecodeError::Size(_) | DecodeError::TooLong => stream.freeze(FreezeCause::Size),
        DecodeError::Unsupported | DecodeError::Unavailable => {
            stream.freeze(FreezeCause::Unsupported);
        }
        // One picture is left out; the next one may find a slot.
        DecodeError::Exhausted => {}
    }
}
