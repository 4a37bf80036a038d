//! No form of a number gets around the prefixes, and no order of calls around the caps.

use super::*;
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Instant;

fn prefixes(texts: &[&str]) -> Vec<Prefix> {
    texts.iter().map(|text| Prefix::parse(text).expect(text)).collect()
}

fn rules() -> CallingOut {
    CallingOut {
        enabled: true,
        allow: prefixes(&["+86", "+1"]),
        deny: prefixes(&["+1900", "+86168"]),
        domains: vec!["zoomcrc.com".to_owned(), ".rooms.example.com".to_owned()],
        ..CallingOut::default()
    }
}

fn ask(target: &str) -> Result<String, EndCause> {
    let callee = rules().callee(target, Asker::Host, Line::Public, &NumberPlan::default())?;
    Ok(callee.as_str().to_owned())
}

#[test]
fn calling_out_is_off_by_default_and_needs_a_host_or_a_caller_who_proved_who_it_is() {
    let numbers = NumberPlan::default();
    let barred = Err(EndCause::CallingOutBarred);
    for asker in [Asker::Host, Asker::Stranger, Asker::Rule] {
        assert_eq!(
            CallingOut::default().callee("13800138000", asker, Line::Public, &numbers),
            barred
        );
    }
    assert_eq!(rules().callee("13800138000", Asker::Stranger, Line::Public, &numbers), barred);
    assert!(rules().callee("13800138000", Asker::Host, Line::Public, &numbers).is_ok());
    assert!(rules().callee("13800138000", Asker::Rule, Line::Public, &numbers).is_ok());
    let nothing = CallingOut { allow: Vec::new(), ..rules() };
    assert_eq!(
        nothing.callee("13800138000", Asker::Host, Line::Public, &numbers),
        barred,
        "on, but nobody"
    );
}

#[test]
fn only_canonical_numbers_are_compared_and_dialled() {
    for form in
        ["+8613800138000", "00 86 138-0013-8000", "９１３８００１３８０００", "tel:13800138000"]
    {
        assert_eq!(ask(form), Ok("+8613800138000".to_owned()), "{form}");
    }
    let premium = [
        "+19005550000",
        "0019005550000",
        "9 00 1 900 555 0000",
        "+1-900-555-0000",
        "＋１９００５５５００００",
        "+1(900)5550000",
        "tel:+1.900.555.0000",
        "tel:9005550000;phone-context=+1",
        "+86168123456",
        "+86 00 1 900 555 0000",
        "000019005550000",
        "+442079460000",
        "110",
        "+86110",
        "9110",
        "1001",
        "*6",
        "16812345678",
        "sip:+19005550000@zoomcrc.com",
        "sip:%2B19005550000@zoomcrc.com",
        "\u{202D}+1900\u{202C}5550000",
    ];
    for form in premium {
        assert_eq!(ask(form), Err(EndCause::CallingOutBarred), "{form}");
    }
}

#[test]
fn addresses_are_called_at_listed_hosts_only_and_without_parameters() {
    let room = "sip:123.456@zoomcrc.com";
    assert_eq!(ask("sip:123.456@ZoomCRC.com;maddr=evil.example;transport=tls"), Ok(room.into()));
    assert_eq!(ask("123.456@zoomcrc.com?Route=evil"), Ok(room.into()));
    assert_eq!(ask("sips:a@b.rooms.example.com"), Ok("sips:a@b.rooms.example.com".into()));
    for barred in [
        "sip:a@evil.example",
        "sip:a@notzoomcrc.com",
        "sip:a@rooms.example.com",
        "sip:a@xrooms.example.com",
        "h323:a@elsewhere.example",
        "sip:a@zoomcrc.com.evil.example",
    ] {
        assert_eq!(ask(barred), Err(EndCause::CallingOutBarred), "{barred}");
    }
    for bad in
        ["sip:a@evil.example@zoomcrc.com", "sip:zoomcrc.com", "sip:@zoomcrc.com", "zoomcrc", ""]
    {
        assert_eq!(ask(bad), Err(EndCause::BadAddress), "{bad}");
    }
}

#[test]
fn a_sip_address_is_called_at_the_port_that_it_names() {
    for (asked, called) in [
        ("sip:a@zoomcrc.com:5070", "sip:a@zoomcrc.com:5070"),
        ("a@zoomcrc.com:5060", "sip:a@zoomcrc.com:5060"),
        ("sips:a@ZoomCRC.com:05071;transport=tcp?x=:1", "sips:a@zoomcrc.com:5071"),
        ("sip:a;x=:1@zoomcrc.com", "sip:a@zoomcrc.com"),
        ("sip:a@[2001:db8::1]:5070", "sip:a@[2001:db8::1]:5070"),
        ("sip:a@[2001:db8::1]", "sip:a@[2001:db8::1]"),
        ("h323:a@zoomcrc.com:1721", "h323:a@zoomcrc.com:1721"),
        ("h323:@zoomcrc.com", "h323:@zoomcrc.com"),
        ("h323:[2001:db8::1]:1721", "h323:@[2001:db8::1]:1721"),
        ("h323:2001:db8::1", "h323:@[2001:db8::1]"),
    ] {
        let domains = vec!["zoomcrc.com".to_owned(), "[2001:db8::1]".to_owned()];
        let rules = CallingOut { domains, ..rules() };
        let callee = rules.callee(asked, Asker::Host, Line::Public, &NumberPlan::default());
        assert_eq!(callee.map(|callee| callee.as_str().to_owned()), Ok(called.into()), "{asked}");
    }
    for bad in ["0", "65536", "", "x", "+5", "5:6"] {
        assert_eq!(ask(&format!("sip:a@zoomcrc.com:{bad}")), Err(EndCause::BadAddress), "{bad}");
    }
}

#[test]
fn a_prefix_is_international() {
    for bad in ["86", "", "+", "+0", "+86a", "0086", "+1234567890123456"] {
        assert_eq!(Prefix::parse(bad), None, "{bad}");
    }
    assert_eq!(Prefix::parse("+86 21"), Prefix::parse("+86-21"));
}

// The clock of the tests starts anywhere; only differences count.
#[allow(clippy::disallowed_methods)]
fn start() -> Instant {
    Instant::now()
}

fn caps() -> CallingOut {
    CallingOut {
        conference_simultaneous: 2,
        conference_total: 4,
        day_calls: 6,
        day_time: Duration::from_secs(100 * 60),
        call_time: Duration::from_secs(30 * 60),
        ..rules()
    }
}

fn somebody() -> Callee {
    rules()
        .callee("13800138000", Asker::Host, Line::Public, &NumberPlan::default())
        .expect("allowed")
}

#[test]
fn the_days_time_is_set_aside_when_a_call_begins_and_comes_back_when_it_ends() {
    let (mut ledger, t, caps) = (Ledger::new(), start(), caps());
    let minutes = |n: u64| Duration::from_secs(n * 60);
    let place = |ledger: &mut Ledger, at| ledger.place(at, &caps, None, &somebody());
    let calls: Vec<_> = (0..3).map(|_| place(&mut ledger, t).expect("room")).collect();
    assert_eq!(calls[0].until, t + minutes(30));
    assert_eq!(place(&mut ledger, t).map(|placed| placed.until), Ok(t + minutes(10)), "the rest");
    assert_eq!(place(&mut ledger, t), Err(EndCause::CallingOutCapReached));
    ledger.ended(t + minutes(5), calls[0].id);
    ledger.ended(t + minutes(9), calls[0].id);
    let later = t + minutes(5);
    assert_eq!(place(&mut ledger, later).map(|placed| placed.until), Ok(later + minutes(25)));
    assert_eq!(ledger.day(later), (5, minutes(100)));
    assert_eq!(ledger.running(), 4);
}

#[test]
fn extensions_of_our_own_exchange_are_no_toll_and_a_way_out_of_it_is_no_extension() {
    let numbers = NumberPlan::default();
    let ask = |target: &str, line| {
        let callee = CallingOut::default().callee(target, Asker::Rule, line, &numbers);
        callee.map(|callee| (callee.kind(), callee.as_str().to_owned()))
    };
    let stranger = CallingOut::default().callee("2001", Asker::Stranger, Line::Internal, &numbers);
    assert_eq!(stranger, Err(EndCause::CallingOutBarred), "nor for anybody on the internet");
    assert_eq!(ask("2001", Line::Internal), Ok((CalleeKind::Extension, "2001".to_owned())));
    let barred = Err(EndCause::CallingOutBarred);
    assert_eq!(ask("2001", Line::Public), barred);
    for form in
        ["110", "9110", "95588", "913800", "013800", "2155550", "*72", "13800138000", "9001900"]
    {
        assert_eq!(ask(form, Line::Internal), barred, "{form}");
    }
}

#[test]
fn a_conference_that_begins_anew_has_no_new_calls_of_the_same_day() {
    let (mut ledger, t, caps) = (Ledger::new(), start(), caps());
    let key: Arc<str> = "meeting".into();
    let hour = Duration::from_secs(3_600);
    for _ in 0..2 {
        ledger.recall(t, Past { conference: Some(key.clone()), ended_ago: hour, time: hour / 6 });
    }
    for minute in 0..2 {
        let at = t + Duration::from_secs(minute * 60);
        let placed =
            ledger.place(at, &caps, Some(&key), &somebody()).expect("two of four are left");
        ledger.ended(at, placed.id);
    }
    let capped = Err(EndCause::CallingOutCapReached);
    assert_eq!(ledger.place(t + hour, &caps, Some(&key), &somebody()), capped);
    let next = t + DAY;
    assert!(ledger.place(next, &caps, Some(&key), &somebody()).is_ok(), "the day is over");
}

proptest! {
    /// In any order of calls, ends and pauses: never more than the caps, in no window of a day.
    #[test]
    fn no_interleaving_exceeds_a_cap(steps in prop::collection::vec((0u8..5, 0usize..8, 0u64..40_000), 1..120)) {
        let (mut ledger, mut now, caps) = (Ledger::new(), start(), caps());
        let mut running: Vec<(OutgoingId, usize, Instant, Instant)> = Vec::new();
        let mut past: Vec<(Instant, Instant)> = Vec::new();
        let keys: [Arc<str>; 3] = ["a".into(), "b".into(), "c".into()];
        let mut begun: Vec<(usize, Instant)> = Vec::new();
        for (step, pick, seconds) in steps {
            match step {
                0..=2 => {
                    let conference = pick % 3;
                    let key = &keys[conference];
                    if let Ok(placed) = ledger.place(now, &caps, Some(key), &somebody()) {
                        prop_assert!(placed.until <= now + caps.call_time);
                        running.push((placed.id, conference, now, placed.until));
                        begun.push((conference, now));
                    }
                }
                3 if !running.is_empty() => {
                    let (id, _, began, until) = running.remove(pick % running.len());
                    past.push((began, now.min(until)));
                    ledger.ended(now, id);
                }
                _ => {
                    now += Duration::from_secs(seconds);
                    // Whoever places calls hangs them up in time.
                    let (over, on): (Vec<_>, Vec<_>) = running.into_iter().partition(|call| call.3 <= now);
                    for (id, _, began, until) in over {
                        past.push((began, until));
                        ledger.ended(now, id);
                    }
                    running = on;
                }
            }
            for conference in 0..keys.len() {
                let at_once = running.iter().filter(|call| call.1 == conference).count();
                prop_assert!(at_once <= caps.conference_simultaneous);
                let today = |call: &&(usize, Instant)| call.0 == conference && call.1 + DAY > now;
                prop_assert!(begun.iter().filter(today).count() <= caps.conference_total);
            }
        }
        let all: Vec<_> = past.into_iter().chain(running.into_iter().map(|call| (call.2, call.3))).collect();
        for (from, _) in &all {
            let to = *from + DAY;
            let began = all.iter().filter(|(began, _)| began >= from && *began < to).count();
            prop_assert!(began <= caps.day_calls);
            let time: Duration = all
                .iter()
                .map(|(began, ended)| (*ended).min(to).saturating_duration_since((*began).max(*from)))
                .sum();
            prop_assert!(time <= caps.day_time);
        }
    }
}
