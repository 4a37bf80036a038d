//! What is played at each tick, and how the delay follows the lateness of packets.

use super::store::Slot;
use super::{JitterBuffer, Pull, State};
use std::time::Instant;

/// A packet that comes right at the tick should not miss it (milliseconds).
const MARGIN: i64 = 1;

/// Packets that stop coming are concealed for this long (milliseconds), then it is silence.
const MAX_HOLD: i64 = 100;

/// Too little delay is borne this long for the sake of a quiet moment (milliseconds).
const GROW_AFTER: i64 = 200;

/// Too much delay must have lasted this long before it is shortened (milliseconds): in a quiet
/// moment, and in any.
const SHRINK_AFTER_QUIET: i64 = 500;
const SHRINK_AFTER: i64 = 1_000;

/// From so many packet times of surplus on, shortening is four times as quick.
const MUCH: i64 = 3;

/// The loss from which on a packet more is held for FEC, and the one below which it is not
/// (in 32768ths: 2 % and 1 %).
const LOSSY: i32 = 655;
const LOSSLESS: i32 = 328;

/// What the adaptation remembers from tick to tick. Times are in clock units.
#[derive(Debug)]
pub(super) struct Adaptation {
    pub(super) fec: bool,
    /// One packet more is held, so that FEC finds it.
    holds_for_fec: bool,
    /// Share of packets lost, in 32768ths, over the last hundred or so.
    loss: i32,
    /// The transit at which the last packet was played.
    pub(super) offset: Option<i64>,
    /// Since when the delay is too little, or too much.
    short_since: Option<i64>,
    long_since: Option<i64>,
}

impl Adaptation {
    pub(super) const fn new() -> Self {
        Self {
            fec: false,
            holds_for_fec: false,
            loss: 0,
            offset: None,
            short_since: None,
            long_since: None,
        }
    }

    pub(super) const fn restart(&mut self) {
        *self = Self { fec: self.fec, ..Self::new() };
    }

    pub(super) const fn count(&mut self, lost: bool) {
        let towards = if lost { 32_768 } else { 0 };
        self.loss += (towards - self.loss) >> 7;
        if self.loss >= LOSSY {
            self.holds_for_fec = true;
        } else if self.loss < LOSSLESS {
            self.holds_for_fec = false;
        }
    }
}

/// What a tick does, without the bytes.
enum Step {
    Play(Slot),
    Merge(Slot, Slot),
    Conceal(Option<Slot>),
    Silence,
}

impl JitterBuffer {
    /// What to play next. Call it when the audio of the last pull has been played, at the tick
    /// that emits it; `quiet` says that the audio played last was quiet, so that a change of
    /// delay would hardly be heard.
    pub fn pull(&mut self, now: Instant, quiet: bool) -> Pull<'_> {
        self.store.reclaim();
        if self.ssrc.is_none() {
            return Pull::Silence;
        }
        let now = self.units(now);
        self.skip_notes();
        let step = match self.state {
            State::Fresh | State::Paused => self.begin(now),
            State::Playing { held } => self.go_on(now, quiet, held),
        };
        match step {
            Step::Silence => Pull::Silence,
            Step::Play(slot) => Pull::Packet(self.store.packet(&slot)),
            Step::Merge(first, second) => {
                Pull::Merge { first: self.store.packet(&first), second: self.store.packet(&second) }
            }
            Step::Conceal(next) => {
                self.stats.concealed += 1;
                Pull::Lost {
                    next: next.map(|slot| self.store.packet(&slot)),
                    duration: self.duration as u32,
                }
            }
        }
    }

    /// The transit to play at.
    fn target(&self) -> i64 {
        let Some(wanted) = self.lateness.wanted() else { return i64::MIN };
        let held =
            if self.adaptation.fec && self.adaptation.holds_for_fec { self.duration } else { 0 };
        wanted + self.millis(MARGIN) + held
    }

    /// Passes numbers that something else used. If only such came, the audio pauses.
    fn skip_notes(&mut self) {
        let mut skipped = false;
        while self.store.get(self.next_seq).is_some_and(|slot| !slot.is_audio()) {
            self.store.discard(self.next_seq);
            self.advance_to(self.next_seq + 1);
            skipped = true;
        }
        if skipped && self.store.len() == 0 && self.state != State::Fresh {
            self.state = State::Paused;
        }
    }

    /// The first audio packet from a number on. Notes in between are thrown away.
    fn first_audio_from(&mut self, seq: u64) -> Option<Slot> {
        loop {
            let slot = *self.store.first_from(seq)?;
            if slot.is_audio() {
                return Some(slot);
            }
            self.store.discard(slot.seq);
        }
    }

    /// Begins a talk spurt: with the newest packet that has waited long enough, so that a pause
    /// corrects the delay for nothing; the very first packet does not wait.
    fn begin(&mut self, now: i64) -> Step {
        let target = self.target();
        let Some(mut head) = self.first_audio_from(self.next_seq) else { return Step::Silence };
        while let Some(second) = self.first_audio_from(head.seq + 1)
            && now - second.timestamp >= target
        {
            self.store.discard(head.seq);
            self.stats.late += 1;
            head = second;
        }
        if self.state != State::Fresh && now - head.timestamp < target {
            return Step::Silence;
        }
        self.play(now, head)
    }

    fn go_on(&mut self, now: i64, quiet: bool, held: u32) -> Step {
        let Some(head) = self.store.get(self.next_seq).copied() else {
            return self.go_on_without(now, quiet, held);
        };
        if head.timestamp - self.next_timestamp > self.duration / 2 {
            // The sender paused in between: it is due when its timestamp says.
            self.state = State::Paused;
            return self.begin(now);
        }
        if held > 0 {
            return self.play_late(now, head, held);
        }
        let surplus = now - head.timestamp - self.target();
        if let Some(second) = self.merges(now, quiet, surplus, &head) {
            self.play(now, head);
            self.play(now, second);
            self.adaptation.offset = Some(now - head.timestamp - self.duration);
            self.stats.merged += 1;
            return Step::Merge(head, second);
        }
        if self.stretches(now, quiet, surplus) {
            return Step::Conceal(None);
        }
        self.play(now, head)
    }

    /// The next packet is not there.
    fn go_on_without(&mut self, now: i64, quiet: bool, held: u32) -> Step {
        let Some(later) = self.first_audio_from(self.next_seq + 1) else {
            if i64::from(held + 1) * self.duration > self.millis(MAX_HOLD).max(self.duration) {
                self.state = State::Paused;
                return Step::Silence;
            }
            self.state = State::Playing { held: held + 1 };
            return Step::Conceal(None);
        };
        if held > 0 {
            // What was concealed in waiting stands for it, and the next is on time.
            self.pass_lost(&later);
            self.state = State::Playing { held: held - 1 };
            return self.go_on(now, quiet, held - 1);
        }
        let fec = self.adaptation.fec;
        if !fec && now - self.next_timestamp < self.target() {
            // Packets are known to come later than this.
            self.state = State::Playing { held: 1 };
            return Step::Conceal(None);
        }
        let next = (later.seq == self.next_seq + 1).then_some(later);
        self.pass_lost(&later);
        Step::Conceal(next)
    }

    /// The next packet came after its time was concealed. Either everything is later now, and
    /// the delay grows; or it alone was, and the one that is due now is played instead.
    fn play_late(&mut self, now: i64, head: Slot, held: u32) -> Step {
        let due = self.store.get(head.seq + u64::from(held)).copied();
        match due {
            Some(due) if due.is_audio() && now - due.timestamp >= self.target() => {
                for seq in head.seq..due.seq {
                    self.stats.late += u64::from(self.store.get(seq).is_some());
                    self.store.discard(seq);
                }
                self.play(now, due)
            }
            _ => self.play(now, head),
        }
    }

    /// The second of two packets to merge, if the delay should and can be shortened now.
    fn merges(&mut self, now: i64, quiet: bool, surplus: i64, head: &Slot) -> Option<Slot> {
        if surplus <= self.duration + self.millis(MARGIN) {
            self.adaptation.long_since = None;
            return None;
        }
        let since = *self.adaptation.long_since.get_or_insert(now);
        let mut wait = self.millis(if quiet { SHRINK_AFTER_QUIET } else { SHRINK_AFTER });
        if surplus > MUCH * self.duration {
            wait /= 4;
        }
        if now - since < wait {
            return None;
        }
        let second = self.store.get(head.seq + 1).copied()?;
        let follows =
            (second.timestamp - head.timestamp - self.duration).abs() <= self.duration / 2;
        let alike = second.is_audio() && second.payload_type() == head.payload_type();
        if !follows || !alike {
            return None;
        }
        self.adaptation.long_since = None;
        Some(second)
    }

    /// Whether the delay should be made longer now, by concealing once before the next packet.
    fn stretches(&mut self, now: i64, quiet: bool, surplus: i64) -> bool {
        if surplus >= 0 {
            self.adaptation.short_since = None;
            return false;
        }
        let since = *self.adaptation.short_since.get_or_insert(now);
        let stretches = quiet || now - since >= self.millis(GROW_AFTER);
        if stretches {
            self.adaptation.short_since = None;
        }
        stretches
    }

    fn play(&mut self, now: i64, slot: Slot) -> Step {
        self.store.lend(slot.seq);
        self.advance_to(slot.seq + 1);
        self.played |= 1;
        self.next_timestamp = slot.timestamp + self.duration;
        self.state = State::Playing { held: 0 };
        self.adaptation.offset = Some(now - slot.timestamp);
        self.adaptation.count(false);
        self.stats.played += 1;
        Step::Play(slot)
    }

    /// Gives the next packet up; `later` is the first one there is.
    fn pass_lost(&mut self, later: &Slot) {
        self.adaptation.count(true);
        self.next_timestamp += self.duration;
        let next = if self.next_timestamp >= later.timestamp {
            // The time of all that is missing has been filled.
            self.next_timestamp = later.timestamp;
            later.seq
        } else {
            self.next_seq + 1
        };
        self.advance_to(next);
    }
}
