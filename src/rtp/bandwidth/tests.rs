use super::path::{Path, TRIP, read};
use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn begin() -> Instant {
    #[allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]
    Instant::now()
}

fn allocator(now: Instant, agreed: Option<Bound>) -> Allocator {
    Allocator::new(now, Overhead::IPV4, agreed, SizeClass::P1080)
}

#[test]
fn it_begins_with_what_was_agreed() {
    let now = begin();
    for (agreed, class, kbps) in [
        (None, SizeClass::P720, 1_200),
        (Some(Bound::As(Bitrate::kbps(2_048))), SizeClass::P720, 1_200),
        (Some(Bound::Tias(Bitrate::kbps(384))), SizeClass::P360, 383),
        (Some(Bound::As(Bitrate::kbps(16))), SizeClass::P180, 40),
        (Some(Bound::Tias(Bitrate::kbps(50_000))), SizeClass::P720, 1_200),
    ] {
        let allocation = allocator(now, agreed).allocate(now).unwrap();
        assert_eq!((allocation.class, allocation.rate.as_kbps()), (class, kbps), "{agreed:?}");
    }
}

#[test]
fn the_lowest_word_counts_and_says_whose_it_is() {
    let now = begin();
    let mut allocator = allocator(now, Some(Bound::Tias(Bitrate::kbps(1_150))));
    assert_eq!(allocator.rate(now).map(|(_, cause)| cause), Some(Cause::Agreed));
    allocator.requested(BitrateLimit { ssrc: 1, bitrate: Bitrate::kbps(1_000), overhead: 40 });
    let (rate, cause) = allocator.rate(now).unwrap();
    assert_eq!((rate.as_kbps(), cause), (964, Cause::Request));
    allocator.estimated(now, Bitrate::kbps(500));
    let (rate, cause) = allocator.rate(now).unwrap();
    assert_eq!((rate.as_kbps(), cause), (493, Cause::Estimate));
    let later = now + ESTIMATE_LIFETIME;
    assert_eq!(allocator.rate(later).map(|(_, cause)| cause), Some(Cause::Request), "not repeated");
    allocator.requested(BitrateLimit { ssrc: 1, bitrate: Bitrate::kbps(9_000), overhead: 40 });
    assert_eq!(allocator.rate(later).map(|(_, cause)| cause), Some(Cause::Agreed));
    allocator.set_agreed(None, SizeClass::P360);
    assert_eq!(allocator.rate(later).map(|(_, cause)| cause), Some(Cause::Loss));
    assert_eq!(allocator.allocate(later).unwrap().class, SizeClass::P360);
}

#[test]
fn a_request_below_any_picture_stops_it_until_another_comes_or_the_source_changes() {
    let now = begin();
    let mut allocator = allocator(now, None);
    let request = |kbps| BitrateLimit { ssrc: 1, bitrate: Bitrate::kbps(kbps), overhead: 40 };
    for kbps in [0, 30] {
        allocator.requested(request(kbps));
        assert_eq!(allocator.allocate(now), None, "{kbps}");
    }
    allocator.requested(request(64));
    assert!(allocator.allocate(now).is_some_and(|it| it.rate >= MIN));
    allocator.requested(request(0));
    allocator.estimated(now, Bitrate::kbps(100));
    allocator.forget_source();
    assert_eq!(allocator.rate(now), Some((START, Cause::Loss)));
    assert!(allocator.allocate(now).is_some());
}

#[test]
fn reports_of_loss_take_the_rate_and_then_the_size_down_and_up_again() {
    let start = begin();
    let mut allocator = allocator(start, Some(Bound::Tias(Bitrate::kbps(1_024))));
    assert_eq!(allocator.allocate(start).unwrap().class, SizeClass::P720);
    let mut classes = vec![];
    for second in 1..60 {
        let now = start + second * SECOND;
        // A fifth is lost for ten seconds, then nothing.
        allocator.reported(now, if second <= 10 { 51 } else { 0 }, TRIP);
        let class = allocator.allocate(now).unwrap().class;
        if classes.last().is_none_or(|(_, last)| *last != class) {
            classes.push((second, class));
        }
    }
    let order: Vec<_> = classes.iter().map(|(_, class)| *class).collect();
    assert_eq!(order, [SizeClass::P720, SizeClass::P360, SizeClass::P720], "{classes:?}");
    let end = start + 60 * SECOND;
    assert_eq!(allocator.rate(end).map(|(_, cause)| cause), Some(Cause::Agreed));
}

#[test]
fn transport_wide_feedback_finds_the_path() {
    let mut path = Path::new(begin(), Bitrate::kbps(800));
    let mut allocator = Allocator::new(path.now(), Overhead::BROWSER, None, SizeClass::P1080);
    let mut sizes = vec![];
    let mut allocation = allocator.allocate(path.now()).unwrap();
    let mut rates = 0;
    for tenth in 0..600 {
        path.send_for_100_ms(allocation.rate);
        if let Some(packet) = path.feedback() {
            allocator.fed_back(path.now(), &read(&packet), &mut path.departures, 2 * TRIP);
        }
        allocation = allocator.allocate(path.now()).unwrap();
        if sizes.last().is_none_or(|(_, last)| *last != allocation.class) {
            sizes.push((path.at(), allocation.class));
        }
        if tenth >= 300 {
            rates += allocation.rate.as_kbps();
        }
    }
    let mean = rates / 300;
    assert!((450..=820).contains(&mean), "{mean}");
    assert!(sizes.len() <= 4, "{sizes:?}");
    assert!(path.lost * 50 < path.sent, "{} of {}", path.lost, path.sent);
}
