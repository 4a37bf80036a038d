use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

const MINUTE: Duration = Duration::from_secs(60);

// The clock of the tests starts anywhere; only differences count.
#[allow(clippy::disallowed_methods)]
fn start() -> (Attempts, Instant) {
    (Attempts::new(AttemptRules::default()), Instant::now())
}

fn from(source: &str) -> Attempt {
    Attempt { source: Some(source.parse().expect(source)), ..Attempt::default() }
}

fn at(conference: &str, caller: u64) -> Attempt {
    Attempt { caller: Some(caller), conference: Some(conference.into()), ..Attempt::default() }
}

/// Guesses wrong: whether it was allowed, and which limit that used up.
fn guess(attempts: &mut Attempts, now: Instant, attempt: &Attempt) -> Result<Option<Limit>, Limit> {
    let permit = attempts.check(now, attempt).map_err(|exhausted| exhausted.limit)?;
    Ok(attempts.failed(now, permit).map(|exhausted| exhausted.limit))
}

/// How many wrong guesses in a row are allowed.
fn guesses(attempts: &mut Attempts, now: Instant, attempt: &Attempt) -> usize {
    (0..200).take_while(|_| guess(attempts, now, attempt).is_ok()).count()
}

#[test]
fn a_source_has_ten_wrong_guesses_in_any_ten_minutes() {
    let (mut attempts, t) = start();
    let source = from("192.0.2.1");
    assert_eq!(guesses(&mut attempts, t, &source), 10);
    let refused = attempts.check(t + 5 * MINUTE, &source).map(|_| ());
    assert_eq!(refused, Err(Exhausted { limit: Limit::Source, until: t + 10 * MINUTE }));
    assert_eq!(guesses(&mut attempts, t, &from("192.0.2.2")), 10, "another");
    assert_eq!(guesses(&mut attempts, t + 10 * MINUTE, &source), 10);
}

/// Whoever calls through a trunk may say each time to be somebody else.
#[test]
fn callers_of_a_trunk_who_change_their_number_share_its_guesses() {
    let (mut attempts, t) = start();
    let through = |caller| Attempt {
        caller: Some(caller),
        trunk: Some("carrier".into()),
        ..Attempt::default()
    };
    let allowed = (0..500).filter(|n| guess(&mut attempts, t, &through(*n)).is_ok()).count();
    assert_eq!(allowed, AttemptRules::default().trunk.wrong);
    assert_eq!(guess(&mut attempts, t, &through(900)), Err(Limit::Trunk));
    let exhausted = attempts.exhausted(t, &through(901)).map(|exhausted| exhausted.limit);
    assert_eq!(exhausted, Some(Limit::Trunk));
    assert!(guess(&mut attempts, t + MINUTE, &through(900)).is_ok());
    let right = attempts.check(t + 3 * MINUTE, &through(7)).expect("allowed");
    attempts.succeeded(t + 3 * MINUTE, right);
    assert_eq!(attempts.exhausted(t + 3 * MINUTE, &from("192.0.2.1")), None);
}

#[test]
fn a_64_of_ipv6_is_one_source_and_a_caller_is_the_same_from_anywhere() {
    let (mut attempts, t) = start();
    assert_eq!(guesses(&mut attempts, t, &from("2001:db8::1")), 10);
    assert_eq!(guesses(&mut attempts, t, &from("2001:db8::2:1")), 0);
    let caller = |source| Attempt { caller: Some(7), ..from(source) };
    assert_eq!(guesses(&mut attempts, t, &caller("192.0.2.1")), 5);
    assert_eq!(guess(&mut attempts, t, &caller("192.0.2.2")), Err(Limit::Caller));
}

#[test]
fn the_guess_that_uses_up_a_limit_says_so_once() {
    let (mut attempts, t) = start();
    let caller = Attempt { caller: Some(7), ..Attempt::default() };
    let said: Vec<_> = (0..6).map(|_| guess(&mut attempts, t, &caller)).collect();
    assert_eq!(
        said,
        [Ok(None), Ok(None), Ok(None), Ok(None), Ok(Some(Limit::Caller)), Err(Limit::Caller)]
    );
}

#[test]
fn guesses_at_the_same_time_do_not_slip_under_the_limit_together() {
    let (mut attempts, t) = start();
    let source = from("192.0.2.1");
    let permits: Vec<_> = std::iter::from_fn(|| attempts.check(t, &source).ok()).collect();
    assert_eq!(permits.len(), 10);
    for permit in permits {
        attempts.succeeded(t, permit);
    }
    assert_eq!(guesses(&mut attempts, t, &source), 10, "right guesses cost nothing");
}

#[test]
fn who_knows_one_pin_buys_no_guesses_at_another() {
    let (mut attempts, t) = start();
    let mut wrong = 0;
    for n in 0..100 {
        let now = t + Duration::from_secs(n);
        if guess(&mut attempts, now, &from("192.0.2.1")).is_ok() {
            wrong += 1;
        }
        if let Ok(permit) = attempts.check(now, &from("192.0.2.1")) {
            attempts.succeeded(now, permit);
        }
    }
    assert_eq!(wrong, 10);
}

#[test]
fn a_conference_under_attack_takes_no_pin_from_strangers_for_a_minute_then_two() {
    let (mut attempts, t) = start();
    for caller in 0..29 {
        assert_eq!(guess(&mut attempts, t, &at("r1", caller)), Ok(None));
    }
    assert_eq!(guess(&mut attempts, t, &at("r1", 29)), Ok(Some(Limit::Conference)));
    assert_eq!(guess(&mut attempts, t, &at("r1", 30)), Err(Limit::Conference));
    assert_eq!(guess(&mut attempts, t, &at("r2", 30)), Ok(None), "another conference");
    let trusted = Attempt { trusted: true, ..at("r1", 31) };
    assert!(attempts.check(t, &trusted).is_ok(), "a host on a trusted device gets in");

    let mut now = t;
    for minutes in [1, 2, 4] {
        now += minutes * MINUTE;
        assert_eq!(
            guess(&mut attempts, now - Duration::from_secs(1), &at("r1", 99)),
            Err(Limit::Conference)
        );
        let fresh = 100 + u64::from(minutes);
        assert_eq!(guess(&mut attempts, now, &at("r1", fresh)), Ok(Some(Limit::Conference)));
    }
}

#[test]
fn the_lock_of_a_conference_grows_to_fifteen_minutes_and_is_forgiven_after_an_hour() {
    let rule = AttemptRule { wrong: 1, window: MINUTE };
    let (mut attempts, mut now) = start();
    attempts.conferences = Table::new(rule, MAX_CONFERENCES);
    let mut locks = Vec::new();
    for caller in 0..6 {
        let permit = attempts.check(now, &at("r1", caller)).expect("open");
        let until = attempts.failed(now, permit).expect("locks").until;
        locks.push((until - now).as_secs() / 60);
        now = until;
    }
    assert_eq!(locks, [1, 2, 4, 8, 15, 15]);
    now += FORGIVEN_AFTER + Duration::from_secs(1);
    let permit = attempts.check(now, &at("r1", 9)).expect("open");
    assert_eq!(attempts.failed(now, permit).expect("locks").until, now + FIRST_LOCK);
}

#[test]
fn a_flood_of_sources_is_held_in_bounded_memory_and_clears_no_count() {
    let (mut attempts, t) = start();
    let guilty = from("192.0.2.1");
    assert_eq!(guesses(&mut attempts, t, &guilty), 10);
    let mut allowed = 0;
    for n in 0..100_000u32 {
        let flood = Ipv6Addr::from_bits((0x2001_0DB8 << 96) | (u128::from(n) << 64));
        let flood = Attempt { source: Some(IpAddr::V6(flood)), ..Attempt::default() };
        allowed += usize::from(guess(&mut attempts, t, &flood).is_ok());
    }
    assert_eq!(attempts.sources.counts.len(), MAX_SOURCES);
    assert_eq!(allowed, MAX_SOURCES - 1 + 10, "those who find it full share ten guesses");
    assert_eq!(guesses(&mut attempts, t, &guilty), 0);
    assert_eq!(guesses(&mut attempts, t, &from("198.51.100.1")), 10, "another network");
    assert_eq!(guesses(&mut attempts, t + 10 * MINUTE, &from("203.0.113.1")), 10);
    assert!(attempts.sources.counts.len() <= 2, "what no longer counts is dropped");
}

#[test]
fn the_log_shows_neither_source_nor_caller() {
    let attempt = Attempt { caller: Some(424_242), ..from("192.0.2.77") };
    let shown = format!("{attempt:?}");
    assert!(!shown.contains("192.0.2") && !shown.contains("424242"), "{shown}");
}

proptest! {
    /// Few sources, a table of two, and any order of checks, right and wrong guesses: in no
    /// window has a source more wrong guesses than its rule says.
    #[test]
    fn no_interleaving_gives_a_source_more_wrong_guesses_than_its_rule(
        steps in prop::collection::vec((0u8..5, 0u8..4, 0u64..40), 1..300),
    ) {
        let rule = AttemptRule { wrong: 3, window: MINUTE };
        let (mut attempts, mut now) = start();
        attempts.sources = Table::new(rule, 2);
        let mut pending: VecDeque<(u8, Permit)> = VecDeque::new();
        let mut wrong: BTreeMap<u8, Vec<Instant>> = BTreeMap::new();
        for (source, verb, seconds) in steps {
            now += Duration::from_secs(seconds);
            while pending.front().is_some_and(|(_, permit)| now >= permit.at + MINUTE) {
                pending.pop_front();
            }
            let attempt = Attempt {
                source: Some(IpAddr::V4(Ipv4Addr::new(192, source, 0, 1))),
                ..Attempt::default()
            };
            match verb {
                0 | 1 => {
                    if let Ok(permit) = attempts.check(now, &attempt) {
                        pending.push_back((source, permit));
                    }
                }
                2 => {
                    if let Some((source, permit)) = pending.pop_back() {
                        attempts.failed(now, permit);
                        wrong.entry(source).or_default().push(now);
                    }
                }
                _ => {
                    if let Some((_, permit)) = pending.pop_front() {
                        attempts.succeeded(now, permit);
                    }
                }
            }
            prop_assert!(attempts.sources.counts.len() <= 2);
            prop_assert!(attempts.sources.counts.values().chain(&attempts.sources.shared)
                .all(|count| count.wrong.len() <= 3));
        }
        for times in wrong.values() {
            prop_assert!(times.windows(4).all(|four| four[3] - four[0] >= MINUTE), "{times:?}");
        }
    }
}
