//! The order of those who wait, and what they are told of it.

use super::*;
use crate::policy::{PLACE_INTERVAL, PLACE_KEPT};
use crate::{CallerKey, Lobby};

fn lobby() -> Room {
    let mut room = Room::new(Settings { lobby: Lobby::On, ..Settings::default() });
    room.join(100, Role::Host);
    room
}

/// A guest whose caller key is `key`.
fn known(leg: u64, key: u64) -> Join {
    Join { caller: Some(CallerKey(key)), ..caller(leg, Role::Guest) }
}

fn order(room: &Room) -> Vec<u64> {
    let mut waiting: Vec<(usize, u64)> = Vec::new();
    for who in room.conference.view().participants {
        waiting.extend(who.place.map(|place| (place, who.legs[0].leg.0)));
    }
    waiting.sort_unstable();
    waiting.into_iter().map(|(_, leg)| leg).collect()
}

#[test]
fn who_waits_is_told_the_place_at_once_and_every_interval() {
    let mut room = lobby();
    assert_eq!(told(&room.join(1, Role::Guest), 1), [Notice::Waiting { place: 1 }]);
    assert_eq!(told(&room.join(2, Role::Guest), 2), [Notice::Waiting { place: 2 }]);
    let events = room.pass(10 * PLACE_INTERVAL);
    assert_eq!(told(&events, 2), [Notice::Waiting { place: 2 }; 10]);
}

#[test]
fn without_a_host_it_is_told_to_wait_for_the_host_and_then_that_the_host_knows() {
    let mut room = Room::new(Settings { lobby: Lobby::On, ..Settings::default() });
    assert_eq!(told(&room.join(1, Role::Guest), 1), [Notice::WaitingForHost { place: 1 }]);
    room.pass(Duration::from_secs(6));
    assert_eq!(told(&room.join(2, Role::Host), 1), [Notice::Waiting { place: 1 }]);
}

#[test]
fn a_better_place_is_told_but_never_two_within_five_seconds() {
    let mut room = lobby();
    for leg in 1..=4 {
        room.join(leg, Role::Guest);
    }
    room.pass(Duration::from_secs(6));
    assert_eq!(told(&room.hang_up(1), 4), [Notice::Waiting { place: 3 }]);
    assert_eq!(told(&room.hang_up(2), 4), []);
    assert_eq!(told(&room.hang_up(3), 4), []);
    assert_eq!(told(&room.pass(Duration::from_secs(5)), 4), [Notice::Waiting { place: 1 }]);
}

#[test]
fn a_conference_that_everybody_left_stays_while_a_place_is_kept() {
    let mut room = Room::new(Settings { lobby: Lobby::On, ..Settings::default() });
    room.come(known(1, 11));
    room.come(known(2, 12));
    room.hang_up(1);
    room.hang_up(2);
    room.pass(PLACE_KEPT - Duration::from_secs(1));
    room.come(known(3, 13));
    room.come(known(4, 12));
    assert_eq!(order(&room), [4, 3], "the second caller is before who came later");
    room.hang_up(3);
    room.hang_up(4);
    let events = room.pass(PLACE_KEPT);
    assert_eq!(events.last(), Some(&Event::Ended(EndCause::Normal)));
}

#[test]
fn who_calls_again_in_time_has_the_place_back_and_nothing_else() {
    let mut room = lobby();
    room.come(known(1, 11));
    room.come(known(2, 22));
    room.hang_up(1);
    room.pass(PLACE_KEPT - Duration::from_secs(1));
    let events = room.come(known(3, 11));
    assert_eq!(told(&events, 3), [Notice::PlaceKept { place: 1 }]);
    assert_eq!((order(&room), room.heard()), (vec![3, 2], vec![100]));
    let view = room.conference.view_participant(part(4)).expect("it waits");
    assert_eq!(
        (view.role, view.admitted, view.display_name.as_str()),
        (Role::Guest, false, "room 3")
    );
}

#[test]
fn a_place_is_kept_two_minutes_and_only_for_who_waited() {
    let mut room = lobby();
    room.come(known(1, 11));
    room.come(known(2, 22));
    room.come(known(3, 33));
    room.tell(Command::Admit { participant: part(3), by: by(1) });
    room.hang_up(1);
    room.hang_up(2);
    room.pass(PLACE_KEPT);
    room.come(known(4, 11));
    room.come(known(5, 22));
    assert_eq!(order(&room), [3, 4, 5], "one came too late, one had been in");
}

#[test]
fn who_was_sent_away_has_no_place_to_come_back_to() {
    let mut room = lobby();
    room.come(known(1, 11));
    room.come(known(2, 22));
    room.tell(Command::Deny { participant: part(2), by: by(1) });
    assert_eq!(told(&room.come(known(3, 11)), 3), [Notice::Waiting { place: 2 }]);
}

#[test]
fn two_calls_of_one_caller_do_not_both_take_its_place() {
    let mut room = lobby();
    room.come(known(1, 11));
    room.come(known(2, 22));
    room.hang_up(1);
    assert_eq!(told(&room.come(known(3, 11)), 3), [Notice::PlaceKept { place: 1 }]);
    assert_eq!(told(&room.come(known(4, 11)), 4), [Notice::Waiting { place: 3 }]);
    assert_eq!(order(&room), [3, 2, 4]);
}

#[test]
fn a_kept_place_lets_nobody_past_the_lock() {
    let mut room = lobby();
    room.come(known(1, 11));
    room.hang_up(1);
    room.tell(Command::SetLock { locked: true, by: by(1) });
    let again = room.try_tell(Command::Join(known(2, 11)));
    assert_eq!(again, Err(CommandError::Refused(EndCause::ConferenceLocked)));
}

#[test]
fn two_legs_of_one_participant_have_one_place() {
    let mut room = lobby();
    room.join(1, Role::Guest);
    let events = room.come(Join { beside: Some(part(2)), ..caller(2, Role::Guest) });
    assert_eq!(told(&events, 2), [Notice::Waiting { place: 1 }]);
    assert_eq!(told(&room.join(3, Role::Guest), 3), [Notice::Waiting { place: 2 }]);
    assert_eq!(order(&room), [1, 3]);
    room.hang_up(1);
    assert_eq!(order(&room), [2, 3]);
    assert_eq!(joined(&room.tell(Command::Admit { participant: part(2), by: by(1) })), [2]);
    assert_eq!(order(&room), [3]);
}
