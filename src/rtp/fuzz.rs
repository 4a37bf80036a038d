//! Bodies of the fuzz targets; the tests run them too.
#![allow(clippy::missing_panics_doc, reason = "a fuzz target speaks by panicking")]

use crate::jitter::{Arrival, JitterBuffer, MAX_PACKETS, Pull};
use crate::telephone_event::{DigitEvent, EventReceiver};
use causeway_plan::{SrtpKey, SrtpSuite};
use std::time::{Duration, Instant};

/// Some instant: only differences count.
#[allow(clippy::disallowed_methods, reason = "the one place where a fuzz run begins")]
fn beginning() -> Instant {
    Instant::now()
}

/// Packets and ticks: six bytes a step.
pub fn jitter_ops(data: &[u8]) {
    let steps = data.chunks_exact(7).map(|step| {
        (
            step[0],
            u16::from_be_bytes([step[1], step[2]]),
            u32::from_be_bytes([step[3], step[4], step[5], step[6]]),
        )
    });
    jitter_steps(steps);
}

/// An operation, a sequence number and a timestamp each. Asserts that packets are played in
/// order and once, and that the depth is bounded.
pub fn jitter_steps(steps: impl IntoIterator<Item = (u8, u16, u32)>) {
    let mut now = beginning();
    let mut buffer = JitterBuffer::new(8_000, Duration::from_millis(20));
    let mut last: Option<(u64, u16)> = None;
    let mut hear = |resyncs: u64, seq: u16| {
        if let Some((stream, before)) = last
            && stream == resyncs
        {
            assert!(seq.wrapping_sub(before) as i16 > 0, "{seq} after {before}");
        }
        last = Some((resyncs, seq));
    };
    for (operation, seq, timestamp) in steps {
        let payload = [0; 20];
        match operation % 8 {
            0..=3 => {
                let arrival = Arrival {
                    ssrc: u32::from(operation == 0),
                    seq,
                    timestamp,
                    payload_type: 0,
                    marker: operation & 0x80 != 0,
                    level: None,
                    payload: &payload,
                };
                buffer.insert(now, &arrival);
                if operation & 0x40 != 0 {
                    buffer.fill(&arrival, timestamp & 0x3fff, u64::from(operation & 3));
                }
            }
            4 => buffer.pass_over(u32::from(operation == 4), seq),
            5 => now += Duration::from_micros(u64::from(timestamp) % 100_000),
            6 => {
                buffer.pause();
                buffer.set_fec(operation & 0x80 != 0);
            }
            _ => {
                now += Duration::from_millis(20);
                let resyncs = buffer.stats().resyncs;
                match buffer.pull(now, operation & 0x80 != 0) {
                    Pull::Packet(packet) => hear(resyncs, packet.seq),
                    Pull::Merge { first, second } => {
                        hear(resyncs, first.seq);
                        hear(resyncs, second.seq);
                    }
                    Pull::Lost { .. } | Pull::Silence => {}
                }
            }
        }
        assert!(buffer.len() <= MAX_PACKETS);
    }
}

/// An event stream: one byte of waiting, one of timestamp, four of payload a step. Asserts that
/// starts and ends take turns.
pub fn dtmf_event(data: &[u8]) {
    let mut now = beginning();
    let mut receiver = EventReceiver::new(8_000);
    let mut down = None;
    for step in data.chunks_exact(6) {
        now += Duration::from_millis(u64::from(step[0]));
        let polled = receiver.poll(now);
        let received = receiver.receive(now, u32::from(step[1]) * 160, &step[2..]);
        for event in polled.into_iter().chain(received.into_iter().flatten()) {
            match event {
                DigitEvent::Started { digit } => assert_eq!(down.replace(digit), None),
                DigitEvent::Ended { digit, .. } => assert_eq!(down.take(), Some(digit)),
            }
        }
    }
}

/// A packet under each suite, as RTP and as RTCP: nothing is authentic by chance, and a refused
/// packet is left as it was.
pub fn srtp_unprotect(data: &[u8]) {
    for suite in SrtpSuite::ALL {
        let keying = [0x5a; causeway_plan::transport::MAX_KEYING_LEN];
        let key = SrtpKey::new(suite, &keying[..suite.keying_len()]);
        let Some(mut receiver) = key.and_then(|key| crate::SrtpReceiver::new(suite, &key)) else {
            continue;
        };
        let mut packet = data.to_vec();
        if receiver.unprotect_rtp(&mut packet).is_err() {
            assert_eq!(packet, data);
        }
        let mut packet = data.to_vec();
        if receiver.unprotect_rtcp(&mut packet).is_err() {
            assert_eq!(packet, data);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_body_survives_noise(data in prop::collection::vec(any::<u8>(), 0..600)) {
            super::jitter_ops(&data);
            super::dtmf_event(&data);
            super::srtp_unprotect(&data);
        }
    }
}
