//! Callers who are put through: when whom they want is called, and what is left when one leaves.

use super::*;
use crate::calling_out::{Appearance, Errand, Way};
use causeway_conference::Protocol;
use causeway_dial::calling_out::Asker;
use causeway_dial::{CallingOut, Prefix};
use causeway_plan::DigitMethod;

fn paired() -> Room {
    let answering = Answering {
        policy: OfferPolicy::default(),
        advertised: Vec::new(),
        seeing_trunks: Default::default(),
        farewell: false,
    };
    let now = Instant::now();
    let (id, key) = (ConferenceId(1), "gateway/1".into());
    let settings = Settings::default();
    let actor = ConferenceActor::new(id, key, settings, true, Arc::new(answering), now);
    let mut room = Room { actor, now };
    assert_eq!(room.orders(), ["open"]);
    room
}

fn wants_a_number(leg: u64) -> Message {
    let draft = crate::record::Draft::begun(LegId(leg), Protocol::Sip, false);
    let purpose = Purpose::Gateway {
        target: "13800138000".to_owned(),
        trunk: None,
        asker: Asker::Rule,
        rule: "out".into(),
    };
    let call = Call::offered(offered(leg), Lang::Zh, draft);
    Message::Visit(Box::new(Visit { call, caller: None, trusted: true, purpose, seated: None }))
}

fn errand(leg: u64) -> Message {
    let errand = Errand {
        leg: LegId(leg),
        until: Instant::now() + Duration::from_secs(60),
        target: "+8613800138000".to_owned(),
        way: Way::Trunk("carrier".into()),
        shown: Appearance::ourselves(),
        display_name: String::new(),
        role: Role::Guest,
        lang: Lang::Zh,
        beside: None,
        asker: Asker::Host,
        bridging: None,
        device: None,
        explanation: "null".to_owned(),
    };
    Message::CallOut { local: [192, 0, 2, 5].into(), errand: Box::new(errand), watcher: None }
}

/// Over UDP anybody can write another's address on an INVITE; only the ACK shows who it was.
#[test]
fn whom_a_gateway_leads_to_is_called_after_the_callers_ack_and_the_caller_hears_music_till_then() {
    let mut room = paired();
    room.take(wants_a_number(1));
    room.take(reserved(1));
    assert_eq!(room.take(ready(1)), ["configure 1", "move 1"]);
    assert!(room.actor.take_handovers().is_empty(), "it may be anybody");
    let orders = room.take(answered(1));
    let said: Vec<_> = orders.iter().filter(|order| order.starts_with("Say")).collect();
    assert!(said.len() == 1 && said[0].contains("HoldMusic"), "{orders:?}");
    let handovers = room.actor.take_handovers();
    assert!(matches!(handovers[..], [Handover::PutThrough { .. }]), "{handovers:?}");

    assert_eq!(room.take(errand(2)), ["reserve 2 192.0.2.5"]);
    let orders = room.take(reserved(2));
    assert!(orders[0].contains("Dial") && orders[0].contains("+8613800138000"), "{orders:?}");
    // Early media is no answer: the music goes on.
    assert_eq!(room.take(ready(2)), ["configure 2", "move 2"]);
    let orders = room.take(answered(2));
    assert!(
        orders.iter().any(|order| order.contains("StopPlaying { leg: LegId(1) }")),
        "{orders:?}"
    );
    assert!(room.actor.take_handovers().is_empty(), "once");
}

#[test]
fn a_call_that_reaches_a_gateway_after_its_caller_left_is_never_made() {
    let mut room = paired();
    room.take(wants_a_number(1));
    room.take(reserved(1));
    room.take(ready(1));
    room.take(answered(1));
    room.actor.take_handovers();
    room.take(ended(1));
    assert_eq!(room.take(errand(2)), Vec::<String>::new());
    let handovers = room.actor.take_handovers();
    let gone = |handover: &Handover| matches!(handover, Handover::Gone { leg: LegId(2), .. });
    assert!(handovers.iter().any(gone), "{handovers:?}");
}

/// Both sides of a gateway talk; the callee takes RTP events or not.
fn put_through(callee_takes_events: bool) -> Room {
    let mut room = paired();
    room.take(wants_a_number(1));
    [reserved(1), ready(1), answered(1), errand(2), reserved(2)].into_iter().for_each(|message| {
        room.take(message);
    });
    let mut media = media(Direction::SendReceive);
    media.audio.send_events = callee_takes_events.then_some(101);
    room.take(Message::Leg(LegEvent::MediaReady { leg: LegId(2), media }));
    room.take(answered(2));
    room
}

fn pressed(room: &mut Room, leg: u64, digit: char, method: DigitMethod) -> Vec<String> {
    let leg = LegId(leg);
    room.take(match method {
        DigitMethod::SipInfo => Message::Leg(LegEvent::Digit { leg, digit, method }),
        _ => Message::Media(MediaEvent::Digit { leg, digit, method }),
    })
}

#[test]
fn keys_of_a_gateway_reach_the_other_side_once_and_do_nothing_here() {
    use DigitMethod::{InBand, Rfc4733, SipInfo};
    let mut room = put_through(true);
    for digit in "*0*6##".chars() {
        room.now += Duration::from_millis(1500);
        let orders = pressed(&mut room, 1, digit, InBand);
        let sent = format!("Media(SendDigits {{ leg: LegId(2), digits: \"{digit}\" }})");
        assert_eq!(orders, [sent]);
        let again = [Rfc4733, SipInfo].map(|method| pressed(&mut room, 1, digit, method));
        assert!(again.iter().all(Vec::is_empty), "one press: {again:?}");
    }
    assert!(!room.actor.has_ended());
    room.now += Duration::from_millis(1500);
    let orders = pressed(&mut room, 2, '5', Rfc4733);
    assert_eq!(orders, ["Leg(SendDigits { leg: LegId(1), digits: \"5\" })"], "and back");
}

#[test]
fn who_takes_no_events_gets_keys_by_info_but_none_that_it_hears_as_a_tone() {
    let mut room = put_through(false);
    let orders = pressed(&mut room, 1, '1', DigitMethod::Rfc4733);
    assert_eq!(orders, ["Leg(SendDigits { leg: LegId(2), digits: \"1\" })"]);
    assert!(pressed(&mut room, 1, '2', DigitMethod::InBand).is_empty());
    assert!(pressed(&mut room, 1, '2', DigitMethod::Rfc4733).is_empty(), "the same press");
}

#[test]
fn nobody_is_sent_more_keys_than_somebody_can_press() {
    let mut room = put_through(false);
    let press = |_| pressed(&mut room, 1, '1', DigitMethod::Rfc4733).len();
    let sent: usize = (0..1000).map(press).sum();
    assert!((20..causeway_conference::digit::MAX_RECENT).contains(&sent), "{sent}");
}

#[test]
fn who_has_somebody_called_in_its_place_leaves_two_who_end_together() {
    let mut room = put_through(true);
    room.actor.take_handovers();
    let target = "13900139000".to_owned();
    room.take(Message::Leg(LegEvent::Referred { leg: LegId(1), referral: 7, target }));
    let handovers = room.actor.take_handovers();
    let [Handover::Referred { referred, .. }] = handovers.as_slice() else {
        panic!("{handovers:?}")
    };
    assert_eq!((referred.leg, referred.referral), (LegId(1), 7));
    assert_eq!(referred.call.target, "13900139000");
    assert_eq!(referred.asker, Asker::Stranger, "nothing is proved of who called");
    for message in [errand(3), reserved(3), ready(3), answered(3), ended(1)] {
        room.take(message);
    }
    assert!(!room.actor.has_ended(), "two are left");
    let orders = room.take(ended(2));
    assert!(orders.contains(&"end 3 Normal".to_owned()), "{orders:?}");
}

/// Who failed to have somebody called is still there, and so is the other one.
#[test]
fn a_transfer_that_came_to_nothing_ends_nobodys_call() {
    let mut room = put_through(true);
    room.take(errand(3));
    room.take(reserved(3));
    room.take(ended(3));
    assert!(!room.actor.has_ended());
    room.take(ended(1));
    room.take(ended(2));
    assert!(room.actor.has_ended());
}

#[test]
fn a_key_before_the_callee_answered_calls_nobody_and_ends_nothing() {
    let mut room = paired();
    room.take(wants_a_number(1));
    [reserved(1), ready(1), answered(1), errand(2), reserved(2)].into_iter().for_each(|message| {
        room.take(message);
    });
    assert!(
        "*0".chars().all(|digit| pressed(&mut room, 1, digit, DigitMethod::Rfc4733).is_empty())
    );
    assert!(!room.actor.has_ended());
}

/// Be it that all of it is known to have ended, or only decided in the same batch of messages.
#[test]
fn a_call_out_that_meets_the_end_of_its_conference_is_never_made_and_recorded_as_cancelled() {
    for is_settled in [true, false] {
        let mut room = Room::new(Settings::default());
        room.join(1);
        room.actor.handle(room.now, Message::End(EndCause::ConferenceEnded));
        if is_settled {
            room.orders();
        }
        let orders = room.take(errand(2));
        assert!(!orders.iter().any(|order| order.starts_with("reserve")), "{orders:?}");
        let handovers = room.actor.take_handovers();
        let gone = |handover: &Handover| matches!(handover, Handover::Gone { leg: LegId(2), .. });
        assert!(handovers.iter().any(gone), "{handovers:?}");
        let visits = handovers.iter().filter(|handover| matches!(handover, Handover::Visit(_)));
        assert_eq!(visits.count(), 0, "nobody else dials it");
        room.actor.handle(room.now, ended(2));
        let recorded = std::iter::from_fn(|| {
            let order = room.actor.next_order().cloned();
            room.actor.order_done();
            order
        });
        let causes: Vec<_> = recorded
            .filter_map(|order| match order {
                Order::Record(draft) => draft.cause,
                _ => None,
            })
            .collect();
        assert_eq!(causes, [EndCause::Cancelled]);
    }
}

/// Conferences may call out once at a time, by a trunk; another one leads to our own exchange.
fn rules(operator: Option<Alias>) -> Rules {
    let text = "[[trunk]]\nname = \"carrier\"\ntarget = \"sip:192.0.2.9\"\n\
        [[trunk]]\nname = \"pbx\"\ntarget = \"sip:192.0.2.8\"\ninternal = true\n";
    let config = crate::Config::parse("test.toml", text, &|_| None).expect("valid");
    Rules {
        dial_plan: Arc::clone(&config.dial_plan),
        names: NameTable::new(),
        calling_out: CallingOut {
            enabled: true,
            allow: Prefix::parse("+86").into_iter().collect(),
            conference_simultaneous: 1,
            ..CallingOut::default()
        },
        trunks: crate::calling_out::lines(&config),
        trust: Default::default(),
        langs: Default::default(),
        lang: Lang::Zh,
        operator,
        keys: Default::default(),
        pictures: Default::default(),
        exempt: Vec::new(),
    }
}

fn desk_of(operator: Option<Alias>) -> Arc<FrontDesk> {
    Arc::new(FrontDesk::new(rules(operator), Arc::new(Meetings::fixed(Vec::new()))))
}

fn node() -> Node {
    let mut node = Node::new();
    node.router.desk = desk_of(None);
    node
}

/// Who is put through to the operator could not find their way, let alone prove who they are.
#[test]
fn an_operator_at_an_extension_or_a_number_is_there_for_everybody() {
    for (operator, reached) in [("2001", true), ("13800138000", true), ("+442079460000", false)] {
        let desk = desk_of(Some(Alias::parse(operator).expect("a number")));
        let purpose = desk.operator().expect("an operator");
        assert_eq!(desk.outgoing().check(Instant::now(), &purpose).is_ok(), reached, "{operator}");
    }
}

async fn ask(node: &mut Node) -> Result<LegId, EndCause> {
    let call = Box::new(crate::view::CallOut {
        target: "13800138000".to_owned(),
        trunk: None,
        display_name: String::new(),
        role: Role::Guest,
        lang: Lang::Zh,
        beside: None,
        bridging: None,
    });
    let (reply, begun) = tokio::sync::oneshot::channel();
    node.router
        .handover(Handover::CallOut {
            key: "board".into(),
            call,
            asker: Asker::Host,
            watcher: None,
            reply,
        })
        .await;
    begun.await.expect("an answer")
}

#[tokio::test]
async fn a_call_out_that_its_conference_never_took_counts_no_longer() {
    let mut node = node();
    let leg = ask(&mut node).await.expect("the first one");
    assert_eq!(ask(&mut node).await, Err(EndCause::CallingOutCapReached));
    let Message::CallOut { errand, local, watcher } = errand(leg.0) else { unreachable!() };
    let message = Message::CallOut { errand, local, watcher };
    node.router.handover(Handover::Stray { from: ConferenceId(1), message }).await;
    assert!(ask(&mut node).await.is_ok(), "its place is free again");
}
