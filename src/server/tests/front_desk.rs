//! Who may go where, in which role and language, and what is asked first.

use super::offered;
use crate::actor::Purpose;
use crate::actor::call::Call;
use crate::config::Trust;
use crate::front_desk::{Answered, Caller, FrontDesk, Pictures, Rules};
use crate::journal::Journal;
use crate::meeting::{Kind, Meeting, Meetings, Permanent, Pin};
use crate::record::Draft;
use causeway_base::{Alias, EndCause, Lang, LegId};
use causeway_conference::reception::{Answer, Entered, Question};
use causeway_conference::{CallerKey, Goal, Lobby, Offered, Proof, Protocol, Role, Settings};
use causeway_dial::calling_out::Asker;
use causeway_dial::{AliasPattern, DialPlan, Found, NameTable, NumberPlan, OurHosts};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Whoever calls from here is one of ours.
pub(crate) const OURS: &str = "10.1.2.3:5060";

/// A proxy of ours that stands among them.
pub(crate) const PROXY: &str = "10.9.9.9";

pub(crate) const HOST: &str = "4711";
pub(crate) const GUEST: &str = "135790";

fn room(key: &str, number: &str, host: Option<&str>, guest: Option<&str>) -> Permanent {
    Permanent {
        key: key.into(),
        aliases: vec![number.to_owned()],
        code: None,
        settings: Settings::default(),
        layout: None,
        host_pin: host.and_then(Pin::parse),
        guest_pin: guest.and_then(Pin::parse),
    }
}

/// Four conferences: open, with a PIN for hosts, for guests, for both.
pub(crate) fn desk_with(operator: Option<&str>) -> Arc<FrontDesk> {
    Arc::new(FrontDesk::new(rules(operator), Arc::new(Meetings::fixed(rooms()))))
}

fn rooms() -> Vec<Permanent> {
    vec![
        room("open", "1001", None, None),
        room("host", "1002", Some(HOST), None),
        room("guest", "1003", None, Some(GUEST)),
        room("both", "1004", Some(HOST), Some(GUEST)),
    ]
}

fn rules(operator: Option<&str>) -> Rules {
    let numbers = NumberPlan::default();
    let mut names = NameTable::new();
    let mut name = |text: &str, found| {
        let pattern = AliasPattern::parse(text).expect("a name");
        names.insert(&pattern, &numbers, found).expect("free");
    };
    for room in &rooms() {
        name(&room.aliases[0], Found::Conference(Arc::clone(&room.key)));
    }
    name("9000", Found::Reception { lang: None });
    name("9999", Found::TestCall);
    name("2001", Found::User("desk".into()));
    Rules {
        dial_plan: Arc::new(DialPlan::of_names(OurHosts::default(), numbers)),
        names,
        calling_out: Default::default(),
        trunks: Vec::new(),
        pictures: Pictures { margin: 4, ..Pictures::default() },
        trust: Trust {
            networks: vec!["10.0.0.0/8".parse().expect("a network")],
            proxies: vec![PROXY.parse().expect("a network")],
            ..Trust::default()
        },
        langs: [("carrier".into(), Lang::En), ("room1".into(), Lang::Zh)].into(),
        lang: Lang::Zh,
        keys: Default::default(),
        exempt: vec!["127.0.0.0/8".parse().expect("a network")],
        operator: operator.map(|alias| Alias::parse(alias).expect("an alias")),
    }
}

fn desk() -> Arc<FrontDesk> {
    desk_with(None)
}

fn call(number: &str) -> Box<Offered> {
    let mut call = offered(1);
    call.called = Alias::sip(number, "192.0.2.5");
    call
}

fn purpose(desk: &FrontDesk, call: &Offered) -> Result<Purpose, EndCause> {
    let mut draft = Draft::begun(LegId(1), Protocol::Sip, false);
    desk.receive(call, &mut draft).map(|welcome| welcome.purpose)
}

fn lang(desk: &FrontDesk, call: Box<Offered>) -> Lang {
    let mut draft = Draft::begun(LegId(1), Protocol::Sip, false);
    desk.receive(&call, &mut draft).expect("welcome").visit(call, draft).call.lang
}

/// Somebody who asks, and whether it is one of ours.
fn caller(proof: Proof, key: u64, trusted: bool) -> Caller {
    let mut call = call("9000");
    call.proof = proof;
    let draft = Draft::begun(LegId(1), Protocol::Sip, false);
    Caller::of(&Call::offered(call, Lang::Zh, draft), Some(CallerKey(key)), trusted)
}

pub(crate) fn stranger() -> Caller {
    caller(Proof::default(), 7, false)
}

fn entered(digits: &str) -> Entered {
    Entered { digits: digits.to_owned(), choices: 0 }
}

fn number(desk: &FrontDesk, caller: &Caller, digits: &str) -> Answer {
    desk.answer(Instant::now(), caller, Question::Number(entered(digits))).answer
}

fn pin(desk: &FrontDesk, caller: &Caller, key: Option<&str>, digits: &str) -> Answered {
    let question = Question::Pin { key: key.map(Into::into), pin: entered(digits) };
    desk.answer(Instant::now(), caller, question)
}

fn enter(key: &str, role: Role) -> Answer {
    Answer::Enter { key: key.into(), role, beside: None }
}

fn ask(key: &str, guests_need_pin: bool) -> Purpose {
    Purpose::Ask(Goal::Conference { key: key.into(), guests_need_pin })
}

fn join(key: &str) -> Purpose {
    Purpose::Join { key: key.into(), role: Role::Guest, beside: None }
}

#[test]
fn strangers_are_asked_for_every_pin_and_our_devices_only_for_that_of_hosts() {
    let desk = desk();
    for (called, of_strangers, of_ours) in [
        ("1001", join("open"), join("open")),
        ("1002", ask("host", false), ask("host", false)),
        ("1003", ask("guest", true), join("guest")),
        ("1004", ask("both", true), ask("both", false)),
    ] {
        let mut call = call(called);
        assert_eq!(purpose(&desk, &call), Ok(of_strangers));
        call.source = OURS.parse().expect("an address");
        assert_eq!(purpose(&desk, &call), Ok(of_ours));
    }
}

#[test]
fn one_of_our_devices_becomes_a_host_by_the_pin_and_a_guest_without() {
    let desk = desk();
    let ours = caller(Proof::default(), 7, true);
    let needed = Answer::PinNeeded { key: "both".into(), guests_need_pin: false };
    assert_eq!(number(&desk, &ours, "1004"), needed);
    assert_eq!(pin(&desk, &ours, Some("both"), HOST).answer, enter("both", Role::Host));
    assert_eq!(pin(&desk, &ours, Some("both"), "").answer, enter("both", Role::Guest));
    assert_eq!(pin(&desk, &ours, Some("both"), "999999").answer, Answer::No);
    assert_eq!(pin(&desk, &stranger(), Some("both"), "").answer, Answer::No);
}

#[test]
fn the_language_is_that_of_user_or_trunk_then_of_the_number_however_it_is_written() {
    let desk = desk();
    let by = |proof: Proof, calling: &str| {
        let mut call = call("9000");
        (call.proof, call.calling) = (proof, Alias::sip(calling, "phone.example.com"));
        lang(&desk, call)
    };
    let user = Proof { user: Some("room1".into()), ..Proof::default() };
    let trunk = Proof { trunk: Some("carrier".into()), ..Proof::default() };
    assert_eq!(by(user, "+442079460000"), Lang::Zh);
    assert_eq!(by(trunk, "+8613800138000"), Lang::En);
    for (calling, wanted) in [
        ("+442079460000", Lang::En),
        ("00442079460000", Lang::En),
        ("008613800138000", Lang::Zh),
        ("13800138000", Lang::Zh),
        ("+85225550000", Lang::Zh),
        ("+12025550123", Lang::En),
        ("caller-7391", Lang::Zh),
    ] {
        assert_eq!(by(Proof::default(), calling), wanted, "{calling}");
    }
}

#[test]
fn callers_without_a_number_share_no_place_in_the_queue() {
    let desk = desk();
    let key = |calling: &str, private: bool| {
        let mut call = call("1001");
        (call.calling, call.private) = (Alias::sip(calling, "anonymous.invalid"), private);
        call.proof.trunk = Some("carrier".into());
        let mut draft = Draft::begun(LegId(1), Protocol::Sip, false);
        desk.receive(&call, &mut draft).expect("welcome").visit(call, draft).caller
    };
    assert_eq!((key("anonymous", false), key("Unavailable", false)), (None, None));
    assert_eq!(key("13800138000", true), None);
    assert!(key("13800138000", false).is_some());
    assert_eq!(key("13800138000", false), key("13800138000", false));
    assert_ne!(key("13800138000", false), key("13800138001", false));
}

#[test]
fn wrong_entries_use_up_the_attempts_and_the_last_one_is_audited() {
    let desk = desk();
    let caller = stranger();
    for n in 0..5 {
        let wrong = pin(&desk, &caller, Some("both"), "0000");
        assert_eq!(wrong.answer, Answer::No, "{n}");
        let audited = wrong.audited.expect("an entry");
        let (action, result) = match n {
            4 => ("attempts", "caller-exhausted"),
            _ => ("pin.enter", "wrong"),
        };
        assert_eq!((audited.action.as_str(), audited.result.as_str()), (action, result));
        assert_eq!(audited.object, "both");
    }
    let refused = pin(&desk, &caller, Some("both"), HOST);
    assert_eq!(refused.answer, Answer::Exhausted, "the right one too");
    assert_eq!(number(&desk, &caller, "1001"), Answer::Exhausted);
}

fn meeting(id: &str, kind: Kind, created: jiff::Timestamp) -> Meeting {
    Meeting {
        id: id.into(),
        name: id.to_owned(),
        kind,
        aliases: Vec::new(),
        code: "987654321".to_owned(),
        host_pin: None,
        guest_pin: None,
        link_secret: "link".to_owned(),
        lobby: Lobby::Off,
        wait_for_host: false,
        mute_on_entry: false,
        guests_call_me: false,
        locked_at_start: false,
        layout: None,
        max_participants: 10,
        lang: Lang::Zh,
        early_entry_min: 0,
        created,
        ended: None,
        sequence: 0,
    }
}

/// A meeting at a time, with a PIN for guests.
pub(crate) fn scheduled(starts: jiff::Timestamp, ends: jiff::Timestamp) -> Meeting {
    let kind = Kind::Scheduled { starts, ends };
    Meeting { guest_pin: Pin::parse(GUEST), ..meeting("meeting", kind, starts) }
}

/// A front desk with these meetings.
pub(crate) fn desk_of(meetings: impl IntoIterator<Item = Meeting>) -> Arc<FrontDesk> {
    Arc::new(FrontDesk::new(rules(None), Arc::new(Meetings::of_meetings(meetings))))
}

/// Who calls again while the store still learns of the end must not open the meeting anew.
#[tokio::test]
async fn a_meeting_is_over_the_moment_its_host_ended_the_conference() {
    let now = jiff::Timestamp::now();
    let meeting = meeting("brief", Kind::AdHoc, now);
    let desk = desk_of([meeting]);
    let called = call("987654321");
    assert_eq!(purpose(&desk, &called), Ok(join("brief")));
    let journal = Arc::new(Journal::new(None));
    desk.conference_ended(&journal, "brief".into(), EndCause::ConferenceEnded);
    assert_eq!(desk.closed("brief"), Some(EndCause::Gone));
    assert_eq!(purpose(&desk, &called), Err(EndCause::NotFound));
}

#[test]
fn a_right_pin_is_audited_with_its_role() {
    let entry = pin(&desk(), &stranger(), Some("both"), GUEST).audited.expect("an entry");
    assert_eq!((entry.action.as_str(), entry.result.as_str()), ("pin.enter", "guest"));
}

#[test]
fn callers_of_a_trunk_who_change_their_number_do_not_guess_for_ever() {
    let desk = desk();
    let through =
        |key| caller(Proof { trunk: Some("carrier".into()), ..Proof::default() }, key, false);
    let answers = (0..150).map(|key| number(&desk, &through(key), "555"));
    let guesses = answers.filter(|answer| *answer == Answer::No).count();
    assert_eq!(guesses, 100);
}

/// Nobody learns that a conference exists from its being closed to guesses.
#[test]
fn a_conference_that_takes_no_more_guesses_answers_as_an_unknown_number() {
    let desk = desk();
    let through =
        |key| caller(Proof { trunk: Some("carrier".into()), ..Proof::default() }, key, false);
    let guess = |key| pin(&desk, &through(key), Some("both"), "0000");
    let audited = (0..31).filter_map(|key| guess(key).audited);
    let locked = audited.filter(|entry| entry.result == "conference-exhausted").count();
    assert!(locked > 0);
    assert_eq!(pin(&desk, &through(99), Some("both"), HOST).answer, Answer::No);
    assert_eq!(pin(&desk, &through(99), None, HOST).answer, Answer::No);
}

/// A language digit may belong to the number: the longest that exists counts, and all together are
/// one try.
#[test]
fn what_may_be_a_language_digit_costs_one_try() {
    let desk = desk();
    let ask = |digits: &str, choices| {
        let number = Entered { digits: digits.to_owned(), choices };
        desk.answer(Instant::now(), &stranger(), Question::Number(number))
    };
    let found = ask("91001", 1);
    assert_eq!((found.answer, found.skipped), (enter("open", Role::Guest), 1));
    let found = ask("9999", 1);
    assert_eq!((found.answer, found.skipped), (Answer::Test, 0));
    for _ in 0..5 {
        assert_eq!(ask("98555", 2).answer, Answer::No);
    }
    assert_eq!(ask("98555", 2).answer, Answer::Exhausted);
}

#[test]
fn a_source_that_calls_one_number_after_the_other_is_shut_out_and_audited_once() {
    let desk = desk();
    let (now, source) = (Instant::now(), "203.0.113.9".parse().expect("an address"));
    let nobody = Proof::default();
    let mut audited = Vec::new();
    for _ in 0..20 {
        assert!(!desk.is_shut_out(now, source, &nobody));
        let (told, entry) = desk.turned_away(now, source, &nobody, EndCause::Gone);
        assert_eq!(told, EndCause::NotFound, "ended and unknown are alike");
        audited.extend(entry);
    }
    assert!(desk.is_shut_out(now, source, &nobody));
    assert_eq!(audited.len(), 1);
    let user = Proof { user: Some("room1".into()), ..Proof::default() };
    assert!(!desk.is_shut_out(now, source, &user), "who proves who it is");
    let (told, entry) = desk.turned_away(now, source, &user, EndCause::Gone);
    assert_eq!((told, entry), (EndCause::Gone, None));
    assert!(!desk.is_shut_out(now + Duration::from_secs(600), source, &nobody));
}

#[test]
fn exempt_networks_may_call_what_they_like() {
    let desk = desk();
    let (now, source) = (Instant::now(), "127.0.0.1".parse().expect("an address"));
    for _ in 0..50 {
        desk.turned_away(now, source, &Proof::default(), EndCause::NotFound);
    }
    assert!(!desk.is_shut_out(now, source, &Proof::default()));
}

#[test]
fn wrong_entries_lead_past_no_pin_and_to_nobody_whom_a_rule_refuses() {
    for operator in ["1003", "1004", "9000", "9999"] {
        assert_eq!(desk_with(Some(operator)).operator(), None, "{operator}");
    }
    assert_eq!(desk_with(Some("1002")).operator(), Some(join("host")), "guests need none");
    let text = "[[rule]]\nmatch = '3001'\nto = \"reject:403\"\n";
    let config = crate::Config::parse("test.toml", text, &|_| None).expect("valid");
    let rules = Rules { dial_plan: Arc::clone(&config.dial_plan), ..rules(Some("3001")) };
    let desk = FrontDesk::new(rules, Arc::new(Meetings::fixed(Vec::new())));
    assert_eq!(desk.operator(), None);
}

#[test]
fn the_operator_is_a_conference_of_ours_or_is_called() {
    assert_eq!(desk().operator(), None);
    assert_eq!(desk_with(Some("1001")).operator(), Some(join("open")));
    let away = desk_with(Some("sip:desk@example.com")).operator();
    let target = "sip:desk@example.com".to_owned();
    let (asker, rule) = (Asker::Rule, "reception.operator".into());
    assert_eq!(away, Some(Purpose::Gateway { target, trunk: None, asker, rule }));
}
