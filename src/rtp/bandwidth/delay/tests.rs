use super::super::path::{Path, TRIP, read};
use super::*;
use causeway_wire::rtcp::{RtcpPacket, RtcpView};
use proptest::prelude::*;

fn begin() -> Instant {
    #[allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]
    Instant::now()
}

/// Runs for so many seconds; the rate of each tenth, in kbit/s.
fn run(path: &mut Path, control: &mut DelayControl, seconds: u64) -> Vec<u64> {
    run_at(path, control, seconds, |rate| rate)
}

/// The same, where what is sent is not always the rate.
fn run_at(
    path: &mut Path,
    control: &mut DelayControl,
    seconds: u64,
    sent: impl Fn(Bitrate) -> Bitrate,
) -> Vec<u64> {
    (0..seconds * 10)
        .map(|_| {
            path.send_for_100_ms(sent(control.rate()));
            if let Some(packet) = path.feedback() {
                let now = path.now();
                control.fed_back(now, &read(&packet), &mut path.departures, 2 * TRIP);
            }
            control.rate().as_kbps()
        })
        .collect()
}

fn mean(rates: &[u64]) -> u64 {
    rates.iter().sum::<u64>() / rates.len() as u64
}

#[test]
fn a_narrow_path_is_filled_but_not_its_queue() {
    for capacity in [300, 1_000, 3_000] {
        let mut path = Path::new(begin(), Bitrate::kbps(capacity));
        let mut control = DelayControl::new(Bitrate::kbps(capacity * 2 / 3));
        run(&mut path, &mut control, 20);
        path.count_anew();
        let rates = run(&mut path, &mut control, 60);
        let mean = mean(&rates);
        assert!(mean > capacity * 65 / 100, "{mean} of {capacity}");
        assert!(mean < capacity * 103 / 100, "{mean} of {capacity}");
        assert!(path.lost * 100 < path.sent, "{} of {} lost", path.lost, path.sent);
    }
}

#[test]
fn a_path_that_becomes_narrow_is_seen_within_two_seconds() {
    let mut path = Path::new(begin(), Bitrate::kbps(3_000));
    let mut control = DelayControl::new(Bitrate::kbps(2_000));
    run(&mut path, &mut control, 10);
    path.capacity = Bitrate::kbps(600);
    let rates = run(&mut path, &mut control, 10);
    assert!(rates[20] < 700, "{:?}", &rates[..21]);
    assert!(mean(&rates[50..]) < 640, "{}", mean(&rates[50..]));
    path.count_anew();
    run(&mut path, &mut control, 10);
    assert!(path.longest_queue_us < 300_000, "{}", path.longest_queue_us);
}

#[test]
fn a_path_that_becomes_wide_is_filled_again() {
    let mut path = Path::new(begin(), Bitrate::kbps(500));
    let mut control = DelayControl::new(Bitrate::kbps(1_000));
    run(&mut path, &mut control, 20);
    path.capacity = Bitrate::kbps(4_000);
    let rates = run(&mut path, &mut control, 60);
    let last = mean(&rates[500..]);
    assert!(last > 1_500, "{last}");
}

#[test]
fn a_picture_that_stands_still_teaches_nothing() {
    let mut path = Path::new(begin(), Bitrate::kbps(5_000));
    let mut control = DelayControl::new(Bitrate::kbps(400));
    let rates = run_at(&mut path, &mut control, 60, |_| Bitrate::kbps(300));
    assert!(rates.last().is_some_and(|last| *last < 480), "{:?}", rates.last());
}

#[test]
fn a_clock_that_wraps_is_followed() {
    let mut path = Path::new(begin(), Bitrate::kbps(5_000));
    path.clock = (1 << 23) - 20; // signed: from the highest to the lowest
    let mut control = DelayControl::new(Bitrate::kbps(500));
    let rates = run(&mut path, &mut control, 5);
    assert!(rates.windows(2).all(|pair| pair[1] >= pair[0]), "{rates:?}");
    assert!(rates.last().is_some_and(|last| *last > 650));
}

#[test]
fn feedback_of_packets_that_never_left_says_nothing() {
    let mut path = Path::new(begin(), Bitrate::kbps(5_000));
    path.send_for_100_ms(Bitrate::kbps(2_000));
    let packet = path.feedback().unwrap();
    let mut control = DelayControl::new(Bitrate::kbps(500));
    let mut departures = Departures::new();
    assert_eq!(control.fed_back(path.now(), &read(&packet), &mut departures, TRIP), None);
    assert_eq!((control.rate(), control.counted), (Bitrate::kbps(500), (0, 0)));
    control.fed_back(path.now(), &read(&packet), &mut path.departures, TRIP);
    let (came, lost) = control.counted;
    assert!(came > 10 && lost == 0);
    control.fed_back(path.now(), &read(&packet), &mut path.departures, TRIP);
    assert_eq!(control.counted, (came, 0), "nothing new");
}

#[test]
fn losses_are_told_of_many_packets_at_once() {
    let mut path = Path::new(begin(), Bitrate::kbps(300));
    let mut control = DelayControl::new(Bitrate::kbps(500));
    let mut told = vec![];
    for _ in 0..50 {
        path.send_for_100_ms(Bitrate::kbps(1_500));
        let Some(packet) = path.feedback() else { continue };
        let before = control.counted;
        let lost = control.fed_back(path.now(), &read(&packet), &mut path.departures, TRIP);
        assert_eq!(lost.is_some(), before != (0, 0) && control.counted == (0, 0));
        told.extend(lost);
    }
    assert!((4..=8).contains(&told.len()), "{told:?}");
    assert!(told.last().is_some_and(|lost| *lost > 128), "most is lost: {told:?}");
}

proptest! {
    #[test]
    fn any_feedback_leaves_a_rate_within_bounds(messages in prop::collection::vec(
        (prop::collection::vec(any::<u8>(), 16..200), 1u64..500), 1..30)) {
        let mut now = begin();
        let mut control = DelayControl::new(Bitrate::kbps(500));
        let mut departures = Departures::new();
        for (mut body, wait) in messages {
            now += Duration::from_millis(wait);
            for _ in 0..50 {
                departures.leave(now, 1_200);
            }
            body.truncate(body.len() / 4 * 4);
            body[8..10].copy_from_slice(&[0, 0]); // the number of the first packet
            body[10..12].copy_from_slice(&[0, 40]);
            let mut packet = vec![0x8f, 205, 0, (body.len() / 4) as u8];
            packet.extend(body);
            let Some(RtcpPacket::TransportFeedback(feedback)) = RtcpView::parse(&packet).unwrap().packets().next() else { panic!() };
            if let Some(causeway_wire::rtcp::TransportFeedback::TransportWide(wide)) = feedback.transport() {
                control.fed_back(now, &wide, &mut departures, TRIP);
            }
            prop_assert!((MIN..=MAX).contains(&control.rate()));
        }
    }
}
