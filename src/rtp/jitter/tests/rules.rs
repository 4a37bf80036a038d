//! One rule each.

use super::super::*;
use super::{TICK, ms};
use proptest::prelude::*;

pub(super) fn arrival(seq: u16, timestamp: u32, payload: &[u8]) -> Arrival<'_> {
    Arrival { ssrc: 1, seq, timestamp, payload_type: 0, marker: false, level: None, payload }
}

/// A buffer with a listener: ticks are counted from the start.
struct Line {
    buffer: JitterBuffer,
    start: Instant,
}

impl Line {
    fn new() -> Self {
        Self { buffer: JitterBuffer::new(8_000, TICK), start: Instant::now() }
    }

    /// A packet of the steady stream arrives 5 ms before a tick.
    fn put(&mut self, tick: u32, seq: u16) -> Inserted {
        self.put_at(tick, seq, u32::from(seq) * 160)
    }

    fn put_at(&mut self, tick: u32, seq: u16, timestamp: u32) -> Inserted {
        self.buffer.insert(self.start + TICK * tick - ms(5), &arrival(seq, timestamp, &[seq as u8]))
    }

    /// What is heard: the numbers of packets, or a word.
    fn hear(&mut self, tick: u32) -> String {
        match self.buffer.pull(self.start + TICK * tick, false) {
            Pull::Packet(packet) => packet.seq.to_string(),
            Pull::Merge { first, second } => format!("{}+{}", first.seq, second.seq),
            Pull::Lost { next: Some(next), .. } => format!("fec {}", next.seq),
            Pull::Lost { next: None, .. } => "lost".to_owned(),
            Pull::Silence => "silence".to_owned(),
        }
    }

    /// A second of the steady stream from 0 on; the next packet is 50, the next tick 51.
    fn running() -> Self {
        let mut line = Self::new();
        for seq in 0..50 {
            assert_eq!(line.put(u32::from(seq) + 1, seq), Inserted::Ok);
            assert_eq!(line.hear(u32::from(seq) + 1), seq.to_string());
        }
        line
    }
}

#[test]
fn the_first_packet_is_played_at_the_next_tick() {
    let mut line = Line::new();
    assert_eq!(line.hear(0), "silence");
    line.put(1, 7);
    assert_eq!(line.hear(1), "7");
}

#[test]
fn a_lost_packet_is_concealed_in_its_time_and_known_when_it_comes_late() {
    let mut line = Line::running();
    assert_eq!(line.hear(51), "lost");
    line.put(52, 51);
    assert_eq!(line.hear(52), "51");
    assert_eq!(line.put(53, 50), Inserted::Late);
    assert_eq!(line.put(53, 51), Inserted::Duplicate);
    assert_eq!(line.put(53, 52), Inserted::Ok);
    assert_eq!(line.put(53, 52), Inserted::Duplicate);
    assert_eq!(line.hear(53), "52");
}

#[test]
fn a_stop_is_concealed_for_a_while_and_then_silent() {
    let mut line = Line::running();
    for tick in 51..56 {
        assert_eq!(line.hear(tick), "lost");
    }
    assert_eq!(line.hear(56), "silence");
    line.put_at(100, 50, 99 * 160);
    assert_eq!(line.hear(100), "50");
}

#[test]
fn a_talk_pause_by_timestamps_is_silence() {
    let mut line = Line::running();
    line.buffer.pause();
    for tick in 51..150 {
        assert_eq!(line.hear(tick), "silence");
    }
    line.put_at(150, 50, 149 * 160);
    assert_eq!(line.hear(150), "50");
    // A pause known from the timestamp alone, and the packet is early.
    line.put_at(151, 51, 151 * 160);
    assert_eq!(line.hear(151), "silence");
    assert_eq!(line.hear(152), "51");
}

#[test]
fn telephone_events_leave_no_trace() {
    let mut line = Line::running();
    // Events take the place of audio for five ticks.
    for seq in 50..55u16 {
        line.buffer.pass_over(1, seq);
        assert_eq!(line.hear(u32::from(seq) + 1), "silence");
    }
    line.put(56, 55);
    assert_eq!(line.hear(56), "55");
    // Events between audio, both at once: three packets a tick, one of them audio.
    line.buffer.pass_over(1, 56);
    line.put_at(57, 57, 56 * 160);
    line.buffer.pass_over(1, 58);
    assert_eq!(line.hear(57), "57");
    line.put_at(58, 59, 57 * 160);
    assert_eq!(line.hear(58), "59");
    assert_eq!(line.buffer.stats().concealed, 0);
}

#[test]
fn another_ssrc_restarts_at_once() {
    let mut line = Line::running();
    let mut other = arrival(40_000, 77, &[1]);
    other.ssrc = 2;
    assert_eq!(line.buffer.insert(line.start + TICK * 51 - ms(1), &other), Inserted::Ok);
    assert_eq!(line.hear(51), "40000");
    assert_eq!(line.buffer.stats().resyncs, 1);
}

#[test]
fn a_restarted_sender_is_believed_at_its_second_packet() {
    for (seq, timestamp) in [(30_000, 9_000_000), (51, 9_000_000), (30_000, 160 * 51)] {
        let mut line = Line::running();
        assert_eq!(line.put_at(51, seq, timestamp), Inserted::Late);
        assert_eq!(line.put_at(52, seq + 1, timestamp + 160), Inserted::Ok);
        assert_eq!(line.hear(52), (seq + 1).to_string());
        assert_eq!(line.put_at(53, seq + 2, timestamp + 320), Inserted::Ok);
        assert_eq!(line.hear(53), (seq + 2).to_string());
    }
}

#[test]
fn one_stray_packet_restarts_nothing() {
    let mut line = Line::running();
    assert_eq!(line.put_at(51, 30_000, 9_000_000), Inserted::Late);
    line.put(51, 50);
    assert_eq!(line.hear(51), "50");
    assert_eq!(line.buffer.stats().resyncs, 0);
}

#[test]
fn an_outage_ends_with_the_newest_talk() {
    let mut line = Line::running();
    (51..110).for_each(|tick| {
        line.hear(tick);
    });
    // 1.2 s of packets at once: those beyond the longest wait are skipped.
    for seq in 50..110 {
        line.put(110, seq);
    }
    let first: u16 = line.hear(110).parse().unwrap();
    assert!((88..=109).contains(&first), "{first}");
}

#[test]
fn nothing_is_played_from_an_abandoned_buffer_but_the_newest() {
    let mut line = Line::running();
    for seq in 50..1_000u16 {
        let inserted = line.put(u32::from(seq) + 1, seq);
        assert_eq!(inserted == Inserted::Overflow, seq >= 50 + 64);
    }
    assert_eq!(line.buffer.len(), MAX_PACKETS);
    let heard: u16 = line.hear(1_001).parse().unwrap();
    assert!(heard >= 998, "{heard}");
}

#[test]
fn a_payload_too_long_is_refused() {
    let mut line = Line::new();
    let long = [0; MAX_PAYLOAD + 1];
    assert_eq!(line.buffer.insert(line.start, &arrival(1, 0, &long)), Inserted::Overflow);
    assert!(line.buffer.is_empty());
}

#[test]
fn a_merge_gives_both_packets_and_lowers_the_delay() {
    let mut line = Line::running();
    // The way becomes 100 ms longer for a second, then short again.
    let mut heard = Vec::new();
    for tick in 51..600u32 {
        let seq = tick as u16 - 1;
        let extra = if seq < 100 { 5 } else { 0 };
        if !(100..105).contains(&seq) {
            line.buffer.insert(
                line.start + TICK * (tick + extra) - ms(5),
                &arrival(seq, u32::from(seq) * 160, &[1]),
            );
        }
        heard.push(line.hear(tick + extra));
    }
    assert!(heard.iter().filter(|word| word.contains('+')).count() >= 3, "{heard:?}");
    assert!(line.buffer.delay() < ms(45), "{:?}", line.buffer.delay());
}

/// What the fuzzer does too: any packets and ticks in any order.
pub(in super::super) fn exercise(steps: impl IntoIterator<Item = (u8, u16, u32)>) {
    crate::fuzz::jitter_steps(steps);
}

proptest! {
    #[test]
    fn whatever_comes_order_holds_and_nothing_is_played_twice(
        steps in prop::collection::vec((any::<u8>(), any::<u16>(), any::<u32>()), 0..400)
    ) {
        exercise(steps);
    }

    #[test]
    fn nearby_numbers_too(
        steps in prop::collection::vec((any::<u8>(), 0u16..200, 0u32..40_000), 0..400)
    ) {
        exercise(steps);
    }
}

/// Plays a stream whose every fourth packet is lost and carried again by the next, and returns
/// what is heard from tick `from` on.
fn with_redundancy(from: u32) -> Vec<String> {
    let mut line = Line::running();
    line.buffer.set_fec(true);
    let mut heard = vec![];
    for seq in 50..350u16 {
        let tick = u32::from(seq) + 1;
        if seq % 4 != 0 {
            line.put(tick, seq);
            let before = arrival(seq, u32::from(seq) * 160, &[9]);
            assert_eq!(line.buffer.fill(&before, 160, 1), seq % 4 == 1, "{seq}");
        }
        heard.push(line.hear(tick));
    }
    heard.split_off(from as usize - 51)
}

#[test]
fn what_is_carried_again_is_played_once_a_packet_more_is_held() {
    let heard = with_redundancy(150);
    let lost = heard.iter().filter(|it| *it == "lost").count();
    assert_eq!(lost, 0, "{heard:?}");
}
