//! Roles, successors, and a conference without a host.

use super::*;
use crate::policy::HOST_GRACE;
use crate::{EndRules, HostPresence};

fn with_grace() -> Room {
    let end = EndRules { host_grace: Some(HOST_GRACE), ..EndRules::default() };
    let mut room = Room::new(Settings { end, ..Settings::default() });
    room.join(1, Role::Host);
    room.join(2, Role::Guest);
    room.join(3, Role::Guest);
    room
}

fn hosts(room: &Room) -> Vec<u64> {
    let view = room.conference.view();
    view.participants.iter().filter(|who| who.role == Role::Host).map(|who| who.id.0).collect()
}

fn successors(of: &[u64]) -> Command {
    Command::SetSuccessors { participants: of.iter().map(|who| part(*who)).collect(), by: by(1) }
}

#[test]
fn a_conference_without_host_ends_after_the_grace_time() {
    let mut room = with_grace();
    let events = room.hang_up(1);
    assert!(events.contains(&Event::HostsGone));
    assert_eq!(told(&events, 2), [Notice::HostLeft { minutes: 10 }]);
    let view = room.conference.view();
    assert_eq!(view.ends_without_host, Some(room.now + HOST_GRACE));
    assert_eq!(room.pass(HOST_GRACE - Duration::from_secs(1)), []);
    let events = room.pass(Duration::from_secs(1));
    let ended = EndCause::ConferenceEnded;
    assert_eq!(dismissed(&events), [(2, ended), (3, ended)]);
    assert_eq!(events.last(), Some(&Event::Ended(ended)));
}

#[test]
fn a_host_who_comes_back_in_time_saves_it() {
    let mut room = with_grace();
    room.hang_up(1);
    room.pass(HOST_GRACE - Duration::from_secs(1));
    room.join(4, Role::Host);
    assert_eq!(room.conference.view().hosts, HostPresence::Here);
    assert_eq!(room.pass(2 * HOST_GRACE), []);
    assert!(room.hang_up(4).contains(&Event::HostsGone), "and the grace begins anew");
    assert_eq!(room.pass(HOST_GRACE - Duration::from_secs(1)), []);
}

#[test]
fn the_grace_time_is_for_conferences_that_had_a_host() {
    let end = EndRules { host_grace: Some(HOST_GRACE), ..EndRules::default() };
    let mut room = Room::new(Settings { end, ..Settings::default() });
    room.join(1, Role::Guest);
    assert_eq!(room.pass(10 * HOST_GRACE), []);
}

/// A host tests the line while a guest waits already: the meeting is still to come.
#[test]
fn a_host_who_tested_before_the_start_ends_nothing_and_is_missed_from_the_start_on() {
    let end = EndRules { host_grace: Some(HOST_GRACE), ..EndRules::default() };
    let start = 2 * HOST_GRACE;
    let early = Settings { end, starts_in: Some(start), ..Settings::default() };
    let mut room = Room::new(early.clone());
    room.join(1, Role::Host);
    room.hang_up(1);
    let events = room.join(2, Role::Guest);
    assert!(!told(&events, 2).contains(&Notice::HostLeft { minutes: 10 }), "{events:?}");
    assert_eq!(room.conference.view().ends_without_host, None);
    let events = room.pass(start - Duration::from_secs(1));
    assert_eq!((joined(&events), dismissed(&events)), (vec![], vec![]));
    let events = room.pass(Duration::from_secs(1));
    assert_eq!(joined(&events), [2]);
    assert!(told(&events, 2).contains(&Notice::HostLeft { minutes: 10 }), "{events:?}");
    assert_eq!(room.conference.view().ends_without_host, Some(room.now + HOST_GRACE));
    assert_eq!(dismissed(&room.pass(HOST_GRACE)), [(2, EndCause::ConferenceEnded)]);

    let mut room = Room::new(early);
    room.join(1, Role::Host);
    room.join(2, Role::Guest);
    room.hang_up(1);
    room.pass(HOST_GRACE + Duration::from_secs(60));
    let now = Settings { end, ..Settings::default() };
    room.tell(Command::Adopt { settings: Box::new(now), by: By::Operator });
    assert_eq!(
        room.conference.view().ends_without_host,
        Some(room.now + HOST_GRACE),
        "a meeting that was brought forward misses its host from then on too"
    );
}

#[test]
fn the_first_successor_who_is_there_becomes_host() {
    let mut room = with_grace();
    room.tell(successors(&[3, 2]));
    room.hang_up(3);
    let events = room.hang_up(1);
    assert!(events.contains(&Event::RoleChanged { participant: part(2), role: Role::Host }));
    assert!(!events.contains(&Event::HostsGone));
    assert_eq!(told(&events, 2), [Notice::HostIsYou]);
    assert_eq!(room.pass(2 * HOST_GRACE), []);
}

#[test]
fn a_successor_who_waits_is_no_host() {
    let mut room = with_grace();
    room.tell(Command::SetLobby { lobby: crate::Lobby::On, by: by(1) });
    room.join(4, Role::Guest);
    room.tell(successors(&[4]));
    assert!(room.hang_up(1).contains(&Event::HostsGone));
    assert_eq!(hosts(&room), Vec::<u64>::new());
    let events = room.tell(Command::Admit { participant: part(4), by: By::Operator });
    assert!(events.contains(&Event::RoleChanged { participant: part(4), role: Role::Host }));
}

#[test]
fn removal_and_a_change_of_role_of_the_last_host_count_like_leaving() {
    for command in [
        Command::Remove { participant: part(1), by: By::Operator },
        Command::SetRole { participant: part(1), role: Role::Guest, by: by(1) },
    ] {
        let mut room = with_grace();
        assert!(room.tell(command.clone()).contains(&Event::HostsGone), "{command:?}");
        let mut room = with_grace();
        room.tell(successors(&[1, 2]));
        room.tell(command);
        assert_eq!(hosts(&room), [2], "nobody succeeds itself");
    }
}

#[test]
fn handing_over_makes_one_a_host_and_the_other_a_guest() {
    let mut room = with_grace();
    room.seat(4, Role::Guest).expect("a seat");
    let hand_over = |to| Command::HandOver { to: part(to), by: by(1) };
    assert_eq!(room.try_tell(hand_over(4)), Err(CommandError::NotAdmitted));
    assert_eq!(room.try_tell(hand_over(9)), Err(CommandError::UnknownParticipant));
    let events = room.tell(hand_over(2));
    assert_eq!(hosts(&room), [2]);
    assert!(!events.contains(&Event::HostsGone));
    assert_eq!(told(&events, 2), [Notice::HostIsYou]);
    assert_eq!(room.try_tell(hand_over(3)), Err(CommandError::NotAllowed));
    room.tell(Command::HandOver { to: part(3), by: By::Operator });
    assert_eq!(hosts(&room), [2, 3]);
}

#[test]
fn a_list_of_successors_is_checked_before_it_is_taken() {
    let mut room = with_grace();
    room.tell(successors(&[2, 2, 3]));
    assert_eq!(room.conference.view().successors, [part(2), part(3)]);
    assert_eq!(room.try_tell(successors(&[3, 9])), Err(CommandError::UnknownParticipant));
    assert_eq!(room.try_tell(successors(&[2; 17])), Err(CommandError::TooManySuccessors));
    assert_eq!(room.conference.view().successors, [part(2), part(3)]);
    room.hang_up(2);
    assert_eq!(room.conference.view().successors, [part(3)]);
}

#[test]
fn guests_who_come_while_no_host_is_there_wait_again() {
    let mut room = Room::new(Settings { wait_for_host: true, ..Settings::default() });
    room.join(1, Role::Host);
    room.join(2, Role::Guest);
    room.hang_up(1);
    room.join(3, Role::Guest);
    assert_eq!(room.heard(), [2]);
    assert_eq!(joined(&room.join(4, Role::Host)), [4, 3]);
}

#[test]
fn a_host_ends_it_for_all() {
    let mut room = with_grace();
    let events = room.tell(Command::EndForAll { by: by(1) });
    assert_eq!(dismissed(&events).len(), 3);
    assert_eq!(events.last(), Some(&Event::Ended(EndCause::ConferenceEnded)));
    assert_eq!(room.conference.poll_timeout(), None);
}
