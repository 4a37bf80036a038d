//! What legs are told by voice, and what they are spared.

use super::*;
use crate::policy::MAX_CHIMED;

fn with_chimes() -> Room {
    Room::new(Settings { chimes: true, ..Settings::default() })
}

#[test]
fn who_comes_in_is_told_how_it_stands_in_its_own_language() {
    let mut room = Room::new(Settings::default());
    let alone = Notice::Admitted { role: Role::Guest, muted: false, alone: true };
    let events = room.come(Join { lang: Lang::En, ..caller(1, Role::Guest) });
    assert!(events.contains(&Event::Notice { leg: LegId(1), lang: Lang::En, notice: alone }));
    let host = Notice::Admitted { role: Role::Host, muted: false, alone: false };
    let events = room.join(2, Role::Host);
    assert!(events.contains(&Event::Notice { leg: LegId(2), lang: Lang::Zh, notice: host }));
    assert_eq!(told(&events, 1), [], "no chimes unless they are wanted");
}

#[test]
fn others_hear_a_chime_when_somebody_comes_or_leaves() {
    let mut room = with_chimes();
    room.join(1, Role::Guest);
    room.pass(Duration::from_secs(5));
    let events = room.join(2, Role::Guest);
    assert_eq!(told(&events, 1), [Notice::SomebodyCame]);
    assert!(!told(&events, 2).contains(&Notice::SomebodyCame));
    room.pass(Duration::from_secs(5));
    assert_eq!(notices(&room.hang_up(2)), [(1, Notice::SomebodyLeft)]);
}

#[test]
fn a_chime_waits_for_the_end_of_other_words_and_many_make_one() {
    let mut room = with_chimes();
    let events = room.join(1, Role::Guest);
    assert_eq!(told(&events, 1).len(), 1);
    for leg in 2..=9 {
        assert_eq!(told(&room.join(leg, Role::Guest), 1), []);
    }
    assert_eq!(told(&room.pass(Duration::from_secs(60)), 1), [Notice::SomebodyCame]);
}

#[test]
fn a_large_conference_has_no_chimes() {
    let mut room = with_chimes();
    for leg in 1..=MAX_CHIMED as u64 {
        room.join(leg, Role::Guest);
    }
    room.pass(Duration::from_secs(60));
    assert_eq!(told(&room.join(500, Role::Guest), 1), []);
    assert_eq!(notices(&room.pass(Duration::from_secs(60))), []);
}

#[test]
fn hosts_alone_hear_of_those_who_wait_whatever_the_chimes() {
    let mut room = Room::new(Settings { lobby: crate::Lobby::ForUntrusted, ..Settings::default() });
    room.join(1, Role::Host);
    room.come(Join { trusted: true, ..caller(2, Role::Guest) });
    room.pass(Duration::from_secs(5));
    let events = room.join(3, Role::Guest);
    assert_eq!(told(&events, 1), [Notice::SomebodyCame]);
    assert_eq!(told(&events, 2), []);
}

#[test]
fn locks_are_told_to_hosts() {
    let mut room = Room::new(Settings::default());
    room.join(1, Role::Host);
    room.join(2, Role::Guest);
    let lock = |locked| Command::SetLock { locked, by: By::Operator };
    assert_eq!(notices(&room.tell(lock(true))), [(1, Notice::Locked)]);
    assert_eq!(room.tell(lock(true)), []);
    assert_eq!(notices(&room.tell(lock(false))), [(1, Notice::Unlocked)]);
}

#[test]
fn an_end_is_no_row_of_chimes() {
    let mut room = with_chimes();
    for leg in 1..=5 {
        room.join(leg, Role::Host);
    }
    room.pass(Duration::from_secs(60));
    assert_eq!(notices(&room.tell(Command::EndForAll { by: by(1) })), []);
}
