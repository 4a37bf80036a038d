#![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

use super::*;
use proptest::prelude::*;

const TICK: Duration = Duration::from_millis(20);

fn at(start: Instant, packet: u32) -> Instant {
    start + TICK * packet
}

#[test]
fn loss_is_counted_over_the_wrap_and_per_interval() {
    let start = Instant::now();
    let mut statistics = ReceiverStatistics::new(8_000);
    assert_eq!(statistics.report(start), None);
    for packet in 0..100u32 {
        if packet % 10 != 5 {
            let seq = 65_500u16.wrapping_add(packet as u16);
            statistics.receive(at(start, packet), 9, seq, packet * 160, 160);
        }
    }
    let report = statistics.report(at(start, 100)).unwrap();
    assert_eq!((report.lost, report.fraction_lost, report.jitter), (10, 25, 0));
    assert_eq!(report.highest_sequence, 65_599);
    assert_eq!(statistics.octets(), 90 * 160);
    let again = statistics.report(at(start, 100)).unwrap();
    assert_eq!((again.lost, again.fraction_lost), (10, 0));
}

#[test]
fn duplicates_make_the_loss_negative() {
    let start = Instant::now();
    let mut statistics = ReceiverStatistics::new(8_000);
    for _ in 0..3 {
        statistics.receive(start, 9, 7, 0, 160);
    }
    assert_eq!(statistics.lost(), -2);
    assert_eq!(statistics.report(start).unwrap().fraction_lost, 0);
}

#[test]
fn jitter_follows_appendix_a8() {
    let start = Instant::now();
    let mut statistics = ReceiverStatistics::new(8_000);
    for packet in 0..2_000u32 {
        let late = Duration::from_millis(if packet % 2 == 0 { 0 } else { 10 });
        statistics.receive(at(start, packet) + late, 9, packet as u16, packet * 160, 160);
    }
    // Each transit differs by 10 ms from the one before: that is the fixed point.
    let jitter = statistics.jitter();
    assert!((Duration::from_millis(9)..=Duration::from_millis(11)).contains(&jitter), "{jitter:?}");
}

#[test]
fn a_new_source_keeps_the_old_losses() {
    let start = Instant::now();
    let mut statistics = ReceiverStatistics::new(8_000);
    statistics.receive(start, 1, 10, 0, 160);
    statistics.receive(start, 1, 12, 320, 160);
    statistics.receive(start, 2, 40_000, 0, 160);
    assert_eq!(statistics.lost(), 1);
    assert_eq!(statistics.report(start).unwrap().ssrc, 2);
    statistics.receive(start, 2, 10_000, 0, 160);
    assert_eq!(statistics.lost(), 1, "a jump is a restart, not thirty thousand losses");
}

#[test]
fn a_sender_report_is_echoed() {
    let start = Instant::now();
    let mut statistics = ReceiverStatistics::new(8_000);
    statistics.receive(start, 1, 10, 0, 160);
    statistics.sender_report(start, 2, NtpTime(77 << 32));
    assert_eq!(statistics.report(start).unwrap().last_sender_report, NtpShort(0));
    statistics.sender_report(start, 1, NtpTime(77 << 32));
    let report = statistics.report(start + Duration::from_millis(500)).unwrap();
    assert_eq!(report.last_sender_report, NtpTime(77 << 32).short());
    assert_eq!(report.delay_since_last, NtpShort(0x8000));
}

proptest! {
    #[test]
    fn any_sequence_of_packets_is_survived(
        packets in prop::collection::vec((0u32..3, any::<u16>(), any::<u32>(), 0u64..5_000), 0..300)
    ) {
        let start = Instant::now();
        let mut now = start;
        let mut statistics = ReceiverStatistics::new(48_000);
        for (ssrc, seq, timestamp, wait) in packets {
            now += Duration::from_millis(wait);
            statistics.receive(now, ssrc, seq, timestamp, 10);
            let _ = statistics.report(now);
        }
        prop_assert!(statistics.lost() <= 300 * MAX_DROPOUT as i64);
    }
}
