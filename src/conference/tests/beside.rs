//! A telephone beside a browser: one participant.

use super::*;
use crate::Lobby;

fn browser(leg: u64) -> Join {
    Join { source: Protocol::WebRtc, ..caller(leg, Role::Guest) }
}

fn phone_beside(leg: u64, who: u64) -> Join {
    Join { beside: Some(part(who)), ..caller(leg, Role::Guest) }
}

#[test]
fn a_browser_is_silent_while_its_telephone_is_in_and_comes_back_after_it() {
    let mut room = Room::new(Settings::default());
    room.join(1, Role::Host);
    room.come(browser(2));
    assert_eq!((room.heard(), room.served()), (vec![1, 2], vec![1, 2]));
    room.try_tell(Command::Join(phone_beside(3, 2))).expect("a seat");
    room.drain();
    assert_eq!(room.heard(), [1, 2], "not before the telephone is there");
    room.ready(3, Direction::SendReceive);
    assert_eq!((room.heard(), room.served()), (vec![1, 3], vec![1, 3]));
    room.ready(3, Direction::Inactive);
    assert_eq!(room.heard(), [1], "who puts the telephone down on the table is not heard");
    room.hang_up(3);
    assert_eq!((room.heard(), room.served()), (vec![1, 2], vec![1, 2]));
}

#[test]
fn one_mute_holds_for_every_leg_of_a_participant() {
    let mut room = Room::new(Settings::default());
    room.come(browser(1));
    room.tell(Command::Mute { participant: part(1), by: by(1) });
    room.come(phone_beside(2, 1));
    assert_eq!(room.heard(), []);
    room.press(2, "*6");
    assert_eq!(room.heard(), [2]);
}

#[test]
fn what_arrives_is_told_of_the_leg_that_carries_the_voice() {
    let mut room = Room::new(Settings::default());
    room.come(browser(1));
    let silent = |room: &Room| room.conference.view().participants[0].mute.nothing_heard;
    room.tell(Command::LegSilent { leg: LegId(1) });
    assert!(silent(&room));
    room.come(phone_beside(2, 1));
    assert!(!silent(&room), "the telephone is heard");
    room.tell(Command::LegSilent { leg: LegId(2) });
    room.tell(Command::LegHeard { leg: LegId(1) });
    assert!(silent(&room), "the browser does not speak for it");
    room.hang_up(2);
    assert!(!silent(&room));
}

#[test]
fn the_telephone_of_who_is_in_comes_in_and_that_of_who_waits_waits() {
    let mut room = Room::new(Settings { lobby: Lobby::On, ..Settings::default() });
    room.join(1, Role::Host);
    room.come(browser(2));
    room.come(phone_beside(3, 2));
    assert_eq!(room.heard(), [1]);
    room.tell(Command::Admit { participant: part(2), by: by(1) });
    assert_eq!(room.heard(), [1, 3]);
    room.hang_up(3);
    room.tell(Command::SetLock { locked: true, by: by(1) });
    room.come(phone_beside(4, 2));
    assert_eq!(room.heard(), [1, 4], "the door was passed before it was locked");
    let locked = CommandError::Refused(EndCause::ConferenceLocked);
    assert_eq!(room.try_tell(Command::Join(browser(5))), Err(locked));
}

#[test]
fn who_leaves_leaves_with_every_leg() {
    let mut room = Room::new(Settings::default());
    room.come(browser(1));
    room.come(phone_beside(2, 1));
    room.come(browser(3));
    let others = Command::Remove { participant: part(2), by: by(1) };
    assert_eq!(room.try_tell(others), Err(CommandError::NotAllowed));
    let events = room.tell(Command::Remove { participant: part(1), by: by(1) });
    assert_eq!(dismissed(&events), [(1, EndCause::Normal), (2, EndCause::Normal)]);
    let left = Event::ParticipantLeft { participant: part(1), cause: EndCause::Normal };
    assert!(events.contains(&left));
}
