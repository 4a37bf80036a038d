#![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

use super::*;
use proptest::prelude::*;

const STEP: Duration = Duration::from_millis(20);

/// The packets of some digits as our sender makes them.
fn packets_of(digits: &str) -> Vec<(Instant, EventPacket)> {
    let mut sender = EventSender::new(8_000);
    sender.queue(digits);
    let (mut now, mut timestamp) = (Instant::now(), 5_000);
    let mut packets = Vec::new();
    while sender.is_active() {
        packets.extend(sender.tick(timestamp, 160).into_iter().flatten().map(|p| (now, p)));
        now += STEP;
        timestamp += 160;
    }
    packets
}

fn digits_heard(packets: impl IntoIterator<Item = (Instant, EventPacket)>) -> (String, usize) {
    let mut receiver = EventReceiver::new(8_000);
    let (mut heard, mut ends, mut last) = (String::new(), 0, None);
    for (now, packet) in packets {
        let events = receiver.poll(now).into_iter();
        for event in events
            .chain(receiver.receive(now, packet.timestamp, &packet.payload).into_iter().flatten())
        {
            match event {
                DigitEvent::Started { digit } => heard.push(digit),
                DigitEvent::Ended { .. } => ends += 1,
            }
        }
        last = Some(now);
    }
    ends += usize::from(last.and_then(|now| receiver.poll(now + END_LOST)).is_some());
    (heard, ends)
}

#[test]
fn a_digit_is_five_updates_of_which_the_last_comes_thrice() {
    let packets = packets_of("5");
    assert_eq!(packets.len(), 7);
    assert_eq!(packets.iter().filter(|(_, packet)| packet.marker).count(), 1);
    let blocks: Vec<_> =
        packets.iter().map(|(_, packet)| TelephoneEvent::parse(&packet.payload).unwrap()).collect();
    assert_eq!(
        blocks.iter().map(|block| (block.duration, block.end)).collect::<Vec<_>>(),
        [
            (160, false),
            (320, false),
            (480, false),
            (640, false),
            (800, true),
            (800, true),
            (800, true)
        ]
    );
    assert!(packets.iter().all(|(_, packet)| packet.timestamp == 5_000));
}

#[test]
fn digits_arrive_once_each_and_in_order() {
    assert_eq!(digits_heard(packets_of("1122*#AD")), ("1122*#AD".to_owned(), 8));
}

#[test]
fn lost_ends_do_not_join_two_presses() {
    let packets = packets_of("77").into_iter().filter(|(_, packet)| packet.payload[1] & 0x80 == 0);
    assert_eq!(digits_heard(packets), ("77".to_owned(), 2));
}

#[test]
fn an_end_alone_still_is_a_digit() {
    let packets = packets_of("9").into_iter().filter(|(_, packet)| packet.payload[1] & 0x80 != 0);
    assert_eq!(digits_heard(packets), ("9".to_owned(), 1));
}

#[test]
fn the_duration_is_that_of_the_last_update() {
    let mut receiver = EventReceiver::new(8_000);
    let now = Instant::now();
    let block = |end, duration| TelephoneEvent { event: 3, end, volume: 10, duration }.to_bytes();
    assert_eq!(
        receiver.receive(now, 1, &block(false, 400))[1],
        Some(DigitEvent::Started { digit: '3' })
    );
    let ended = DigitEvent::Ended { digit: '3', duration: Duration::from_millis(100) };
    assert_eq!(receiver.receive(now, 1, &block(true, 800))[2], Some(ended));
    assert_eq!(receiver.receive(now, 1, &block(true, 800)), [None; 3]);
    assert_eq!(receiver.poll(now + END_LOST), None);
}

#[test]
fn a_press_of_half_a_minute_is_one_digit() {
    let mut receiver = EventReceiver::new(8_000);
    let (mut now, mut starts) = (Instant::now(), 0);
    for tick in 1..=1_500u32 {
        let segment = (tick * 160 - 1) / 65_535;
        let duration = (tick * 160 - segment * 65_535) as u16;
        let block = TelephoneEvent { event: 3, end: tick == 1_500, volume: 10, duration };
        let events = receiver.receive(now, 1 + segment * 65_535, &block.to_bytes());
        starts +=
            events.iter().flatten().filter(|e| matches!(e, DigitEvent::Started { .. })).count();
        if tick == 1_500 {
            let whole = DigitEvent::Ended { digit: '3', duration: Duration::from_secs(30) };
            assert_eq!(events[2], Some(whole));
        }
        now += STEP;
    }
    assert_eq!(starts, 1);
}

#[test]
fn flash_and_short_payloads_are_nothing() {
    let mut receiver = EventReceiver::new(8_000);
    assert_eq!(receiver.receive(Instant::now(), 1, &[16, 0, 0, 1]), [None; 3]);
    assert_eq!(receiver.receive(Instant::now(), 1, &[1, 0, 0]), [None; 3]);
}

#[test]
fn the_queue_is_bounded() {
    let mut sender = EventSender::new(8_000);
    sender.queue(&"1".repeat(1_000));
    assert_eq!(sender.waiting.len(), MAX_DIGITS);
}

proptest! {
    #[test]
    fn loss_duplicates_and_order_make_no_double(
        digits in "[0-9*#]{1,12}",
        keep in prop::collection::vec(0u8..4, 0..84),
        swaps in prop::collection::vec(0usize..84, 0..20),
    ) {
        let mut packets = packets_of(&digits);
        for at in swaps {
            // Neighbours change places; each keeps the place's time.
            if at + 1 < packets.len() {
                let (one, two) = (packets[at].1, packets[at + 1].1);
                packets[at].1 = two;
                packets[at + 1].1 = one;
            }
        }
        // Each packet comes never, once or twice.
        let kept = packets.into_iter().enumerate().flat_map(|(at, packet)| {
            let times = match keep.get(at) { Some(0) => 0, Some(1) => 2, _ => 1 };
            std::iter::repeat_n(packet, times)
        });
        let (heard, ends) = digits_heard(kept);
        prop_assert_eq!(heard.len(), ends);
        let mut rest = digits.chars();
        prop_assert!(heard.chars().all(|digit| rest.any(|sent| sent == digit)), "{} of {}", heard, digits);
    }
}
