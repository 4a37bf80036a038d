//! Calls into other meetings: who hears what meanwhile, what follows when they end, and sound that
//! goes in circles.

use super::*;
use crate::calling_out::{Appearance, Bridging, Errand, Request, Way};
use causeway_dial::calling_out::Asker;
use causeway_plan::{Cue, Sound};

fn errand(leg: u64, digits: &str) -> Message {
    let request = Request { to: "sip:ivr@192.0.2.9", digits: Some(digits), ..Request::default() };
    let (target, bridging) = Bridging::read(&request).expect("readable");
    let errand = Errand {
        leg: LegId(leg),
        until: Instant::now() + Duration::from_secs(3_600),
        target,
        way: Way::Direct,
        shown: Appearance::ourselves(),
        display_name: "Zoom".to_owned(),
        role: Role::Guest,
        lang: Lang::En,
        beside: None,
        asker: Asker::Host,
        bridging,
        device: None,
        explanation: "null".to_owned(),
    };
    Message::CallOut { local: [192, 0, 2, 5].into(), errand: Box::new(errand), watcher: None }
}

fn cued(leg: u64, cue: Cue) -> Message {
    Message::Media(MediaEvent::Cued { leg: LegId(leg), cue })
}

fn sounded(leg: u64, sound: Sound) -> Message {
    Message::Media(MediaEvent::Sounded { leg: LegId(leg), sound })
}

/// A conference with leg 1 in it, and a call into another meeting whose menu answered.
fn answered_by_a_menu(settings: Settings) -> Room {
    let mut room = Room::new(settings);
    room.join(1);
    room.take(errand(2, "12#"));
    room.take(reserved(2));
    // Early media is no answer: nothing is listened to.
    let orders = room.take(ready(2));
    assert!(!orders.iter().any(|order| order.starts_with("Listen")), "{orders:?}");
    let orders = room.take(answered(2));
    assert!(orders.iter().any(|order| order.contains("Listen") && order.contains("true")));
    assert!(!orders.iter().any(|order| order.starts_with("apply [1, 2]")), "{orders:?}");
    room
}

fn view(room: &mut Room) -> crate::view::ConferenceView {
    let (reply, mut view) = tokio::sync::oneshot::channel();
    room.actor.handle(room.now, Message::Show(reply));
    view.try_recv().expect("at once")
}

/// Lets time pass in steps, as the task does.
fn pass(room: &mut Room, milliseconds: u64) -> Vec<String> {
    let until = room.now + Duration::from_millis(milliseconds);
    let mut orders = Vec::new();
    while let Some(due) = room.actor.poll_timeout().filter(|due| *due <= until) {
        orders.extend(room.pass(due.max(room.now) - room.now));
    }
    orders.extend(room.pass(until - room.now));
    orders
}

fn pressed(orders: &[String]) -> usize {
    orders.iter().filter(|order| order.contains("SendDigits")).count()
}

#[test]
fn keys_follow_the_prompt_and_the_meetings_hear_each_other_once_it_is_in() {
    let mut room = answered_by_a_menu(Settings::default());
    room.take(cued(2, Cue::Sound));
    assert_eq!(pressed(&pass(&mut room, 3_000)), 0);
    room.take(cued(2, Cue::Silence));
    let orders = pass(&mut room, 1_500);
    assert_eq!(pressed(&orders), 3, "{orders:?}");
    let orders = pass(&mut room, 4_000);
    assert!(orders.contains(&"apply [1, 2] [1, 2]".to_owned()), "{orders:?}");
    assert!(!orders.iter().any(|order| order.starts_with("Say { leg: LegId(2)")), "{orders:?}");
    let orders = pass(&mut room, 15_000);
    assert!(orders.iter().any(|order| order.contains("Listen") && order.contains("false")));
    // Who comes now is no news to the other meeting.
    room.join(3);
    let orders = room.orders();
    assert!(!orders.iter().any(|order| order.starts_with("Say { leg: LegId(2)")), "{orders:?}");
}

#[test]
fn it_is_shown_as_a_bridge_with_what_it_lacks() {
    let mut room = answered_by_a_menu(Settings::default());
    let show =
        |room: &mut Room| view(room).calls.iter().find_map(|call| call.bridge).expect("a bridge");
    assert_eq!((show(&mut room).approaching, show(&mut room).sound_only), (true, true));
    pass(&mut room, 20_000);
    assert!(!show(&mut room).approaching);
}

#[test]
fn who_hangs_up_on_the_keys_is_called_again_and_a_host_who_removes_it_is_believed() {
    let mut room = answered_by_a_menu(Settings::default());
    pass(&mut room, 4_000);
    room.take(ended(2));
    assert!(room.actor.take_handovers().is_empty(), "not at once");
    pass(&mut room, 5_000);
    let handovers = room.actor.take_handovers();
    let [Handover::CallAgain { call, asker: Asker::Host, .. }] = &handovers[..] else {
        panic!("{handovers:?}");
    };
    let repeats = call.bridging.as_ref().and_then(|bridging| bridging.repeats());
    assert_eq!(repeats, Some((2, EndCause::CodeRefused)));
    let mut room = answered_by_a_menu(Settings::default());
    let called = view(&mut room).conference.participants.swap_remove(1).id;
    let remove = Command::Remove { participant: called, by: By::Operator };
    room.take(Message::Tell { command: remove, reply: None });
    room.take(Message::Leg(LegEvent::Ended { leg: LegId(2), cause: EndCause::Removed }));
    pass(&mut room, 60_000);
    let handovers = room.actor.take_handovers();
    assert!(!handovers.iter().any(|it| matches!(it, Handover::CallAgain { .. })), "{handovers:?}");
}

#[test]
fn nobody_answers_in_time_and_the_call_is_given_up() {
    let mut room = Room::new(Settings::default());
    room.join(1);
    room.take(errand(2, "12#"));
    room.take(reserved(2));
    let orders = pass(&mut room, 60_000);
    assert!(orders.contains(&"end 2 NoAnswer".to_owned()), "{orders:?}");
}

#[test]
fn two_bridges_that_both_echo_are_one_meeting_and_the_later_is_cut() {
    let mut room = answered_by_a_menu(Settings::default());
    room.take(errand(3, "34#"));
    for message in [reserved(3), ready(3), answered(3)] {
        room.take(message);
    }
    pass(&mut room, 20_000);
    // One alone is a loudspeaker over there, and so is anybody else's.
    let orders = [sounded(1, Sound::Echoing), sounded(3, Sound::Echoing)].map(|it| room.take(it));
    assert!(!orders.concat().iter().any(|order| order.starts_with("end")), "{orders:?}");
    let orders = room.take(sounded(2, Sound::Echoing));
    assert!(orders.contains(&"end 3 SoundLoop".to_owned()), "{orders:?}");
    assert!(!orders.contains(&"end 2 SoundLoop".to_owned()), "{orders:?}");
    assert!(orders.contains(&"apply [1, 2] [1, 2]".to_owned()), "{orders:?}");
}
