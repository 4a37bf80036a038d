//! What the keys of a telephone do.

use super::*;
use crate::{KeyAction, KeyTable, Lobby};
use std::sync::Arc;

fn room() -> Room {
    let mut room = Room::new(Settings::default());
    room.join(1, Role::Host);
    room.join(2, Role::Guest);
    room
}

#[test]
fn star_six_mutes_and_unmutes() {
    let mut room = room();
    assert_eq!(told(&room.press(2, "*6"), 2), [Notice::Muted]);
    assert_eq!(room.heard(), [1]);
    assert_eq!(told(&room.press(2, "*6"), 2), [Notice::Unmuted]);
    assert_eq!(room.heard(), [1, 2]);
}

#[test]
fn star_five_raises_and_lowers_the_hand() {
    let mut room = room();
    let events = room.press(2, "*5");
    assert!(events.contains(&Event::HandChanged { participant: part(2), raised: true }));
    assert_eq!(notices(&events), [(2, Notice::HandRaised)]);
    let view = room.conference.view_participant(part(2)).expect("it is there");
    assert_eq!(view.hand, Some(room.now));
    let lower = Command::RaiseHand { participant: part(2), raised: false, by: by(1) };
    assert_eq!(told(&room.tell(lower), 2), [Notice::HandLowered]);
    assert_eq!(told(&room.press(2, "*5*5"), 2), [Notice::HandRaised, Notice::HandLowered]);
}

#[test]
fn star_one_says_the_keys_of_the_role() {
    let mut room = room();
    assert_eq!(told(&room.press(1, "*1"), 1), [Notice::Help(Role::Host)]);
    assert_eq!(told(&room.press(2, "*1"), 2), [Notice::Help(Role::Guest)]);
}

#[test]
fn the_keys_of_hosts_do_nothing_for_guests() {
    let mut room = room();
    for keys in ["*7", "*8", "*4", "##"] {
        assert_eq!(told(&room.press(2, keys), 2), [Notice::OnlyHost], "{keys}");
    }
    let view = room.conference.view();
    assert_eq!((view.locked, view.participants.len()), (false, 2));
    assert_eq!(room.heard(), [1, 2]);
}

#[test]
fn a_host_locks_admits_and_mutes_by_keys() {
    let mut room = Room::new(Settings { lobby: Lobby::On, ..Settings::default() });
    room.join(1, Role::Host);
    room.join(2, Role::Guest);
    let events = room.press(1, "*8");
    assert_eq!((joined(&events), told(&events, 1)), (vec![2], vec![Notice::AllAdmitted]));
    assert_eq!(told(&room.press(1, "*7"), 1), [Notice::Locked]);
    assert!(room.conference.door().locked);
    assert_eq!(told(&room.press(1, "*7"), 1), [Notice::Unlocked]);
    assert_eq!(told(&room.press(1, "*4"), 2), [Notice::MutedByHost]);
    assert_eq!(room.heard(), [1]);
    assert_eq!(room.press(1, "##").last(), Some(&Event::Ended(EndCause::ConferenceEnded)));
}

#[test]
fn star_zero_leaves() {
    let mut room = room();
    let events = room.press(2, "*0");
    assert_eq!(dismissed(&events), [(2, EndCause::Normal)]);
    let left = Event::ParticipantLeft { participant: part(2), cause: EndCause::Normal };
    assert!(events.contains(&left));
}

#[test]
fn who_waits_has_no_keys_yet() {
    let mut room = Room::new(Settings { lobby: Lobby::On, ..Settings::default() });
    room.join(1, Role::Guest);
    let events = room.press(1, "*0*1*");
    assert!(events.iter().all(|event| matches!(event, Event::DigitPressed { .. })), "{events:?}");
    room.tell(Command::Admit { participant: part(1), by: By::Operator });
    assert_eq!(notices(&room.press(1, "6")), [], "the star was pressed outside");
}

#[test]
fn every_press_is_told() {
    let mut room = room();
    let events = room.press(2, "*6");
    let presses = events.iter().filter(|event| matches!(event, Event::DigitPressed { .. }));
    assert_eq!(presses.count(), 2);
    assert_eq!(room.heard(), [1]);
}

#[test]
fn the_table_is_the_operators() {
    let keys = KeyTable::new([("12".to_owned(), KeyAction::ToggleMute)]).expect("good");
    let mut room = Room::new(Settings { keys: Arc::new(keys), ..Settings::default() });
    room.join(1, Role::Guest);
    assert_eq!(notices(&room.press(1, "*6*1##")), []);
    assert_eq!(told(&room.press(1, "12"), 1), [Notice::Muted]);
}
