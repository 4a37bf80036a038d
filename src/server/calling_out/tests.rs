//! Which calls of ours may be made, what is told of the caller, and what counts on after a restart.

use super::*;
use causeway_base::Alias;
use causeway_conference::{Offered, Proof, Protocol};

const FILE: &str = "[calling_out]\nenabled = true\nallow = [\"+86\"]\n\
    [[trunk]]\nname = \"inward\"\nsources = [\"192.0.2.0/24\"]\ntrusted = true\n\
    [[trunk]]\nname = \"pbx\"\ntarget = \"sip:192.0.2.8\"\ninternal = true\n\
    [[trunk]]\nname = \"carrier\"\ntarget = \"sip:192.0.2.9\"\n";

fn outgoing() -> Outgoing {
    Outgoing::of(&Config::parse("test.toml", FILE, &|_| None).expect("valid"))
}

fn call(target: &str, trunk: Option<&str>) -> CallOut {
    CallOut {
        target: target.to_owned(),
        trunk: trunk.map(Arc::from),
        display_name: String::new(),
        role: Role::Guest,
        lang: Lang::En,
        beside: None,
        bridging: None,
    }
}

fn wanted(asker: Asker) -> Wanted {
    Wanted { asker, conference: None, rule: "out".into() }
}

fn place(target: &str, trunk: Option<&str>, shown: Appearance) -> Result<Errand, EndCause> {
    let wanted = wanted(Asker::Rule);
    outgoing().place(Instant::now(), LegId(1), &wanted, call(target, trunk), shown)
}

fn offered(proof: Proof) -> Offered {
    Offered {
        leg: LegId(2),
        protocol: Protocol::Sip,
        called: Alias::sip("1001", "192.0.2.5"),
        calling: Alias::sip("ann", "192.0.2.5"),
        private: true,
        proof,
        display_name: "Ann".to_owned(),
        source: "203.0.113.77:40000".parse().expect("an address"),
        local: [192, 0, 2, 5].into(),
        secure: false,
        user_agent: None,
        device: Default::default(),
        pictures: true,
    }
}

#[test]
fn a_number_goes_by_the_first_trunk_that_carries_calls_out_and_an_extension_by_our_exchange() {
    let number = place("13800138000", None, Appearance::ourselves()).expect("allowed");
    assert_eq!(
        (number.target.as_str(), number.trunk()),
        ("+8613800138000", Some(&"carrier".into()))
    );
    let extension = place("2001", None, Appearance::ourselves()).expect("no toll");
    assert_eq!((extension.target.as_str(), extension.trunk()), ("2001", Some(&"pbx".into())));
    let inward = place("13800138000", Some("inward"), Appearance::ourselves());
    assert_eq!(inward, Err(EndCause::NoTrunk), "it carries nothing out");
    let foreign = place("+442079460000", Some("pbx"), Appearance::ourselves());
    assert_eq!(foreign, Err(EndCause::CallingOutBarred), "also by our exchange");
}

#[test]
fn a_room_of_h323_is_called_at_an_allowed_host_however_it_is_written() {
    let text =
        format!("{FILE}[reception]\n").replace("allow =", "domains = [\"192.0.2.7\"]\nallow =");
    let outgoing = Outgoing::of(&Config::parse("test.toml", &text, &|_| None).expect("valid"));
    let place = |target: &str| {
        let (wanted, call) = (wanted(Asker::Host), call(target, None));
        outgoing.place(Instant::now(), LegId(1), &wanted, call, Appearance::ourselves())
    };
    for (target, called) in [
        ("h323:8001@192.0.2.7", "h323:8001@192.0.2.7"),
        ("192.0.2.7##8001", "h323:8001@192.0.2.7"),
        ("H323:room@192.0.2.7:1721", "h323:room@192.0.2.7:1721"),
        ("h323:@192.0.2.7", "h323:@192.0.2.7"),
        ("192.0.2.7##", "h323:@192.0.2.7"),
        ("h323:192.0.2.7", "h323:@192.0.2.7"),
        ("h323:192.0.2.7:1721", "h323:@192.0.2.7:1721"),
    ] {
        let errand = place(target).expect(target);
        assert_eq!((errand.target.as_str(), errand.protocol()), (called, Protocol::H323));
        assert_eq!(errand.way, Way::Direct);
    }
    let name = |target: &str| place(target).expect(target).name();
    assert_eq!(
        (name("192.0.2.7##8001"), name("h323:@192.0.2.7")),
        ("8001".into(), "192.0.2.7".into())
    );
    for barred in ["h323:8001@192.0.2.9", "192.0.2.9##8001"] {
        assert_eq!(place(barred), Err(EndCause::CallingOutBarred), "{barred}");
    }
    assert_eq!(place("h323:8001"), Err(EndCause::CallingOutBarred), "no gatekeeper is asked");
    let text = text.replace("[\"192.0.2.7\"]", "[\"gatekeeper\"]");
    let outgoing = Outgoing::of(&Config::parse("test.toml", &text, &|_| None).expect("valid"));
    let (wanted, call) = (wanted(Asker::Host), call("h323:8001", None));
    let errand = outgoing.place(Instant::now(), LegId(2), &wanted, call, Appearance::ourselves());
    assert_eq!(errand.expect("allowed").target, "h323:8001");
}

#[test]
fn a_user_who_has_a_room_of_h323_only_is_called_there() {
    let to = |protocol| {
        let shown = Appearance::ourselves();
        outgoing().to_user(Instant::now(), LegId(1), "room9", protocol, Lang::En, shown)
    };
    let local = [192, 0, 2, 5].into();
    let (room, telephone) = (to(Protocol::H323), to(Protocol::Sip));
    assert_eq!((room.protocol(), room.address(local)), (Protocol::H323, "h323:room9".to_owned()));
    let expected = (Protocol::Sip, "sip:room9@192.0.2.5".to_owned());
    assert_eq!((telephone.protocol(), telephone.address(local)), expected);
}

#[test]
fn a_rule_calls_nobody_for_a_caller_of_whom_nothing_is_proved() {
    let (outgoing, now) = (outgoing(), Instant::now());
    let purpose = |asker| Purpose::Gateway {
        target: "13800138000".to_owned(),
        trunk: None,
        asker,
        rule: "out".into(),
    };
    assert_eq!(outgoing.check(now, &purpose(Asker::Rule)), Ok(()));
    let barred = Err(EndCause::CallingOutBarred);
    assert_eq!(outgoing.check(now, &purpose(Asker::Stranger)), barred);
    let unproved =
        Destination::Gateway { trunk: None, target: "13800138000".to_owned(), open: false };
    assert_eq!(outgoing.verdict(&unproved, false), Some(barred));
    assert_eq!(outgoing.verdict(&unproved, true), Some(Ok(())));
}

#[test]
fn a_caller_is_told_to_a_trunk_only_as_a_number_for_which_somebody_vouches() {
    let outgoing = outgoing();
    let shown = |calling: &str, proof| {
        let caller = Offered { calling: Alias::sip(calling, "192.0.2.5"), ..offered(proof) };
        let caller = Appearance::of(&caller, &outgoing);
        let errand = place("13800138000", None, caller).expect("allowed");
        assert!(errand.shown.private, "who hides stays hidden");
        (errand.shown.calling.user().to_owned(), errand.shown.display_name)
    };
    let user = || Proof { user: Some("2001".into()), ..Proof::default() };
    let by = |trunk: &str| Proof { trunk: Some(trunk.into()), ..Proof::default() };
    let told = |user: &str, name: &str| (user.to_owned(), name.to_owned());
    assert_eq!(shown("2001", user()), told("2001", "Ann"));
    assert_eq!(shown("ann", user()), told("", "Ann"), "no number: the trunk's own");
    assert_eq!(shown("+8613912345678", by("inward")), told("+8613912345678", "Ann"));
    assert_eq!(shown("+8613912345678", by("carrier")), told("", ""), "not believed");
    assert_eq!(shown("+8613912345678", Proof::default()), told("", ""));
}

/// Whoever writes one of our extensions into From is not shown as one.
#[test]
fn a_caller_for_whom_nobody_vouches_is_shown_where_it_comes_from() {
    let outgoing = outgoing();
    let shown = |proof| Appearance::of(&offered(proof), &outgoing).calling;
    assert_eq!(shown(Proof::default()), Alias::sip("ann", "203.0.113.77"));
    let untrusted = Proof { trunk: Some("carrier".into()), ..Proof::default() };
    assert_eq!(shown(untrusted), Alias::sip("ann", "203.0.113.77"));
    let user = Proof { user: Some("ann".into()), ..Proof::default() };
    assert_eq!(shown(user), Alias::sip("ann", ""), "at our own address");
}

#[test]
fn the_record_of_a_call_out_says_who_asked_by_which_way_and_what_was_checked() {
    let errand = place("13800138000", None, Appearance::ourselves()).expect("allowed");
    let why: serde_json::Value = serde_json::from_str(&errand.explanation).expect("JSON");
    let en = why["en"].as_str().expect("text");
    for part in ["put through by out", "by the trunk carrier", "prefix is allowed", "1 of 100"] {
        assert!(en.contains(part), "{part} in {en}");
    }
    assert!(why["zh-CN"].as_str().expect("text").contains("中继 carrier"));
    assert!(!errand.explanation.contains("13800138000"), "the number stands elsewhere");
}

const LONGEST: Duration = Duration::from_secs(30 * 60);

#[test]
fn calls_of_before_a_restart_count_on_where_they_were_counted() {
    let errand = |conference: Option<&str>| {
        let wanted = Wanted { conference: conference.map(Arc::from), ..wanted(Asker::Host) };
        let call = call("13800138000", None);
        outgoing()
            .place(Instant::now(), LegId(1), &wanted, call, Appearance::ourselves())
            .expect("allowed")
    };
    let now = Timestamp::now();
    let ago = |minutes: i64| now - SignedDuration::from_mins(minutes);
    let mut record = CallRecord::new("a", "sip", CallDirection::Outgoing, ago(40));
    record.ended = Some(ago(30));
    record.explanation = errand(Some("board")).explanation;
    let past = ended(&record, LONGEST, now).expect("counted");
    assert_eq!(past.conference.as_deref(), Some("board"));
    assert_eq!((past.time.as_secs(), past.ended_ago.as_secs()), (600, 1_800));
    // The node died in the middle of it: all that was set aside counts, up to now.
    record.ended = None;
    let past = ended(&record, LONGEST, now).expect("counted");
    assert_eq!((past.time.as_secs(), past.ended_ago.as_secs()), (1_800, 600));
    record.ended = Some(ago(24 * 60));
    assert_eq!(ended(&record, LONGEST, now), None, "a day ago");
    record.ended = Some(ago(30));
    record.explanation = why::to_user();
    assert_eq!(ended(&record, LONGEST, now), None, "no toll");
}

/// The placed call and the ledger meet by the leg: an end frees what was set aside.
#[test]
fn a_call_that_ended_leaves_nothing_running() {
    let (outgoing, now) = (outgoing(), Instant::now());
    let wanted = wanted(Asker::Host);
    let call = call("13800138000", None);
    outgoing.place(now, LegId(7), &wanted, call, Appearance::ourselves()).expect("allowed");
    assert_eq!(outgoing.book().ledger.running(), 1);
    outgoing.ended(now, LegId(7));
    outgoing.ended(now, LegId(7));
    assert_eq!(outgoing.book().ledger.running(), 0);
}

#[test]
fn a_call_is_led_to_an_allowed_host_alone() {
    let with = |domains: &str| {
        let text = FILE.replace("allow =", &format!("domains = [{domains}]\nallow ="));
        Outgoing::of(&Config::parse("test.toml", &text, &|_| None).expect("valid"))
    };
    let outgoing = with("\"192.0.2.7\"");
    for (target, leads) in [
        ("h323:8002@192.0.2.7:1720", true),
        ("h323:@192.0.2.7", true),
        ("h323:8002@192.0.2.9:1720", false),
        ("h323:+442079460000@192.0.2.7", false),
        ("h323:8002", false),
        ("+8613800138000", false),
        ("2001", false),
    ] {
        assert_eq!(outgoing.leads_on(target), leads, "{target}");
    }
    let behind = with("\"gatekeeper\"");
    assert!(behind.leads_on("h323:8002") && behind.leads_on("h323:board"));
    assert!(!behind.leads_on("h323:00449091234567"), "it might be paid for");
    let off = FILE.replace("enabled = true", "enabled = false");
    let off = Outgoing::of(&Config::parse("test.toml", &off, &|_| None).expect("valid"));
    assert!(!off.leads_on("h323:8002@192.0.2.7:1720"));
}
