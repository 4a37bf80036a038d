//! Who comes in, and who waits.

use super::*;
use crate::{Layout, Lobby, PictureChoice};

#[test]
fn a_guest_waits_until_a_host_lets_in() {
    let settings = Settings { lobby: Lobby::On, ..Settings::default() };
    let mut room = Room::new(settings);
    room.join(1, Role::Host);
    let events = room.join(2, Role::Guest);
    assert!(
        matches!(events[0], Event::ParticipantWaiting { leg: LegId(2), place: 1, .. }),
        "{events:?}"
    );
    room.join(3, Role::Guest);
    assert_eq!(room.heard(), [1]);
    let admit = Command::Admit { participant: part(2), by: by(3) };
    assert_eq!(room.try_tell(admit), Err(CommandError::NotAllowed));
    room.tell(Command::Admit { participant: part(2), by: by(1) });
    assert_eq!((room.heard(), room.served()), (vec![1, 2], vec![1, 2]));
}

fn settings(lobby: Lobby, wait_for_host: bool) -> Settings {
    Settings { lobby, wait_for_host, ..Settings::default() }
}

/// bigbluebutton issue 9531: who dialled in by telephone was let in past the lobby.
#[test]
fn bbb_9531_no_kind_of_leg_passes_the_lobby() {
    for &source in Protocol::ALL {
        let mut room = Room::new(settings(Lobby::On, false));
        room.join(1, Role::Guest);
        room.tell(Command::Admit { participant: part(1), by: By::Operator });
        let events = room.come(Join { source, trusted: true, ..caller(2, Role::Guest) });
        assert!(joined(&events).is_empty(), "{source:?} came in: {events:?}");
        assert_eq!((room.heard(), room.served()), (vec![1], vec![1]));
        room.ready(2, Direction::Inactive);
        room.ready(2, Direction::SendReceive);
        room.press(2, "*8*7##");
        room.tell(Command::LegHeard { leg: LegId(2) });
        room.tell(Command::Talkers { legs: vec![LegId(2)] });
        assert_eq!((room.heard(), room.served()), (vec![1], vec![1]), "{source:?}");
        assert_eq!(room.conference.active_speaker(), None);
    }
}

#[test]
fn who_waits_hears_what_is_played_to_it_alone() {
    let mut room = Room::new(settings(Lobby::On, false));
    room.seat(1, Role::Guest).expect("a seat");
    assert_eq!(room.plan.egress, [], "who arrives is not in the plan");
    room.ready(1, Direction::SendReceive);
    let way_out = causeway_plan::AudioEgress { leg: LegId(1), feed: Feed::Played };
    assert_eq!((room.heard(), &room.plan.egress[..]), (vec![], &[way_out][..]));
    room.ready(1, Direction::ReceiveOnly);
    assert_eq!(room.plan.egress[0].feed, Feed::Nothing, "held");
}

#[test]
fn the_lobby_for_the_untrusted_takes_the_trusted_at_once() {
    let mut room = Room::new(settings(Lobby::ForUntrusted, false));
    assert_eq!(joined(&room.come(Join { trusted: true, ..caller(1, Role::Guest) })), [1]);
    assert!(joined(&room.join(2, Role::Guest)).is_empty());
    assert_eq!(joined(&room.join(3, Role::Host)), [3]);
    assert_eq!(room.heard(), [1, 3]);
}

/// jitsi-meet issue 7271 and jigasi issue 320: switching the lobby on or off sent telephones
/// another way than everybody else.
#[test]
fn jitsi_meet_7271_jigasi_320_switching_the_lobby_treats_every_leg_alike() {
    let mut room = Room::new(settings(Lobby::Off, false));
    room.join(1, Role::Host);
    room.join(2, Role::Guest);
    let switch = |lobby| Command::SetLobby { lobby, by: by(1) };
    let events = room.tell(switch(Lobby::On));
    assert_eq!(events, [Event::LobbyChanged { lobby: Lobby::On }], "who is in stays in");
    for (leg, &source) in (3..).zip(Protocol::ALL) {
        room.come(Join { source, ..caller(leg, Role::Guest) });
    }
    room.come(Join { trusted: true, ..caller(20, Role::Guest) });
    assert_eq!(room.heard(), [1, 2]);
    assert_eq!(joined(&room.tell(switch(Lobby::ForUntrusted))), [20]);
    let events = room.tell(switch(Lobby::Off));
    assert_eq!(joined(&events).len(), Protocol::ALL.len(), "who waited comes in");
    assert_eq!(dismissed(&events), [], "nobody has to call again");
    assert_eq!(room.conference.door().lobby, Lobby::Off);
}

/// bigbluebutton issue 9161: who called before the conference was opened was hung up.
#[test]
fn bbb_9161_an_early_caller_waits_and_comes_in_with_the_host() {
    let mut room = Room::new(settings(Lobby::Off, true));
    room.join(1, Role::Guest);
    let events = room.pass(Duration::from_secs(3 * 60 * 60));
    assert_eq!(dismissed(&events), []);
    assert_eq!(room.served(), Vec::<u64>::new());
    assert_eq!(joined(&room.join(2, Role::Host)), [2, 1]);
    assert_eq!(room.heard(), [1, 2]);
}

/// A conference that was opened an hour before its time.
fn early(settings: Settings) -> Room {
    Room::new(Settings { starts_in: Some(Duration::from_secs(3600)), ..settings })
}

#[test]
fn bbb_9161_who_waits_before_the_time_comes_in_when_it_comes() {
    let mut room = early(settings(Lobby::Off, false));
    assert_eq!(told(&room.join(1, Role::Guest), 1), [Notice::WaitingForHost { place: 1 }]);
    let events = room.pass(Duration::from_secs(3599));
    assert_eq!((dismissed(&events), joined(&events)), (vec![], vec![]));
    assert_eq!(joined(&room.pass(Duration::from_secs(1))), [1]);
    assert_eq!(joined(&room.join(2, Role::Guest)), [2]);
}

#[test]
fn at_its_time_who_needs_a_host_waits_on_and_a_host_may_begin_before() {
    let mut room = early(settings(Lobby::Off, true));
    room.join(1, Role::Guest);
    assert_eq!(joined(&room.pass(Duration::from_secs(3600))), []);
    assert_eq!(joined(&room.join(2, Role::Host)), [2, 1]);
    let mut room = early(settings(Lobby::Off, false));
    room.join(1, Role::Guest);
    assert_eq!(joined(&room.join(2, Role::Host)), [2, 1]);
}

#[test]
fn changed_settings_reach_those_who_wait() {
    let mut room = early(settings(Lobby::Off, true));
    room.join(1, Role::Guest);
    let adopt = |by, settings| Command::Adopt { settings: Box::new(settings), by };
    let nobody = adopt(by(1), settings(Lobby::Off, false));
    assert_eq!(room.try_tell(nobody), Err(CommandError::NotAllowed));
    let postponed =
        Settings { starts_in: Some(Duration::from_secs(7200)), ..settings(Lobby::Off, false) };
    assert_eq!(joined(&room.tell(adopt(By::Operator, postponed))), []);
    assert_eq!(joined(&room.pass(Duration::from_secs(7199))), []);
    assert_eq!(joined(&room.pass(Duration::from_secs(1))), [1]);
}

#[test]
fn what_a_host_set_stays_when_other_settings_change() {
    let mut room = Room::new(settings(Lobby::Off, false));
    room.join(1, Role::Host);
    room.tell(Command::SetLobby { lobby: Lobby::On, by: by(1) });
    let renamed = Settings { name: "new".to_owned(), ..settings(Lobby::Off, false) };
    room.tell(Command::Adopt { settings: Box::new(renamed), by: By::Operator });
    assert_eq!(room.conference.door().lobby, Lobby::On);
    assert_eq!(room.conference.view().name, "new");
}

#[test]
fn a_conference_may_begin_locked() {
    let mut room = Room::new(Settings { locked_at_start: true, ..Settings::default() });
    let locked = CommandError::Refused(EndCause::ConferenceLocked);
    assert_eq!(room.seat(1, Role::Guest), Err(locked));
    room.join(2, Role::Host);
    room.tell(Command::SetLock { locked: false, by: By::Operator });
    assert_eq!(joined(&room.join(3, Role::Guest)), [3]);
}

#[test]
fn whom_the_lobby_holds_too_waits_on_when_the_host_comes() {
    let mut room = Room::new(settings(Lobby::ForUntrusted, true));
    room.join(1, Role::Guest);
    room.come(Join { trusted: true, ..caller(2, Role::Guest) });
    let events = room.join(3, Role::Host);
    assert_eq!(joined(&events), [3, 2]);
    assert_eq!(told(&events, 1), [], "it was told its place a moment ago");
    assert!(told(&room.pass(Duration::from_secs(5)), 3).contains(&Notice::SomebodyCame));
}

#[test]
fn a_host_who_only_asked_for_a_seat_lets_nobody_in() {
    let mut room = Room::new(settings(Lobby::Off, true));
    room.join(1, Role::Guest);
    room.seat(2, Role::Host).expect("a seat");
    let admit = Command::Admit { participant: part(1), by: by(2) };
    assert_eq!(room.try_tell(admit), Err(CommandError::NotAllowed));
    room.drain();
    assert_eq!(room.heard(), Vec::<u64>::new());
}

#[test]
fn a_locked_conference_seats_hosts_alone_and_keeps_who_waits() {
    let mut room = Room::new(settings(Lobby::Off, true));
    room.join(1, Role::Guest);
    room.tell(Command::SetLock { locked: true, by: By::Operator });
    let locked = Err(CommandError::Refused(EndCause::ConferenceLocked));
    assert_eq!(room.seat(2, Role::Guest), locked);
    let beside = Command::Join(Join { beside: Some(part(1)), ..caller(2, Role::Host) });
    assert_eq!(room.try_tell(beside), locked, "the role is the participant's");
    assert_eq!(joined(&room.join(3, Role::Host)), [3], "the lock still holds who waited");
    assert_eq!(dismissed(&room.pass(Duration::from_secs(3600))), []);
    let events = room.tell(Command::SetLock { locked: false, by: by(2) });
    assert_eq!(joined(&events), [1]);
}

#[test]
fn who_had_a_seat_when_the_lock_came_waits_until_a_host_decides() {
    let mut room = Room::new(Settings::default());
    room.join(1, Role::Host);
    room.seat(2, Role::Guest).expect("a seat");
    room.tell(Command::SetLock { locked: true, by: by(1) });
    assert_eq!(joined(&room.ready(2, Direction::SendReceive)), []);
    assert_eq!(joined(&room.tell(Command::AdmitAll { by: by(1) })), [2]);
}

#[test]
fn deny_sends_away_who_waits_and_nobody_else() {
    let mut room = Room::new(settings(Lobby::On, false));
    room.join(1, Role::Host);
    room.join(2, Role::Guest);
    let deny = |who| Command::Deny { participant: part(who), by: by(1) };
    let events = room.tell(deny(2));
    assert_eq!(dismissed(&events), [(2, EndCause::Denied)]);
    assert!(!events.iter().any(|event| matches!(event, Event::ParticipantLeft { .. })));
    assert_eq!(room.try_tell(deny(2)), Err(CommandError::UnknownParticipant));
    assert_eq!(room.try_tell(deny(1)), Err(CommandError::NotWaiting));
}

#[test]
fn a_guest_decides_nothing_at_the_door() {
    let mut room = Room::new(settings(Lobby::On, false));
    room.join(1, Role::Guest);
    room.tell(Command::AdmitAll { by: By::Operator });
    room.join(2, Role::Guest);
    for guest in [1, 2] {
        let by = by(guest);
        for command in [
            Command::Admit { participant: part(2), by },
            Command::AdmitAll { by },
            Command::Deny { participant: part(2), by },
            Command::SetLock { locked: true, by },
            Command::SetLobby { lobby: Lobby::Off, by },
            Command::MuteAll { by },
            Command::AllowUnmute { allowed: true, by },
            Command::AllowCallMe { allowed: true, by },
            Command::RaiseHand { participant: part(3 - guest), raised: true, by },
            Command::SetRole { participant: part(2), role: Role::Host, by },
            Command::HandOver { to: part(1), by },
            Command::SetSuccessors { participants: vec![part(2)], by },
            Command::Remove { participant: part(3 - guest), by },
            Command::EndForAll { by },
            Command::SetLayout { layout: Layout::Equal, by },
            Command::Spotlight { participant: Some(part(2)), by },
            Command::ChoosePicture {
                participant: part(3 - guest),
                choice: PictureChoice::default(),
                by,
            },
        ] {
            assert_eq!(
                room.try_tell(command.clone()),
                Err(CommandError::NotAllowed),
                "{command:?}"
            );
        }
    }
    assert_eq!(room.drain(), []);
}

#[test]
fn a_guest_who_becomes_host_waits_no_longer() {
    let mut room = Room::new(settings(Lobby::On, true));
    room.join(1, Role::Guest);
    let role = Command::SetRole { participant: part(1), role: Role::Host, by: By::Operator };
    let events = room.tell(role);
    assert_eq!(joined(&events), [1]);
    let admitted = Notice::Admitted { role: Role::Host, muted: false, alone: true };
    assert_eq!(told(&events, 1), [admitted]);
}

#[test]
fn only_a_longest_wait_that_was_set_sends_away() {
    let longest_wait = Some(Duration::from_secs(600));
    let mut room = Room::new(Settings { longest_wait, ..settings(Lobby::On, false) });
    room.join(1, Role::Guest);
    room.join(2, Role::Guest);
    room.tell(Command::Admit { participant: part(2), by: By::Operator });
    assert_eq!(dismissed(&room.pass(Duration::from_secs(599))), []);
    let events = room.pass(Duration::from_secs(1));
    assert_eq!(dismissed(&events), [(1, EndCause::WaitedTooLong)]);
}

#[test]
fn what_is_shown_says_where_everybody_stands() {
    let mut room = Room::new(settings(Lobby::On, false));
    room.join(1, Role::Host);
    room.join(2, Role::Guest);
    room.come(Join { lang: Lang::En, ..caller(3, Role::Guest) });
    room.seat(4, Role::Guest).expect("a seat");
    let view = room.conference.view();
    let shown: Vec<_> = view.participants.iter().map(|who| (who.admitted, who.place)).collect();
    assert_eq!(shown, [(true, None), (false, Some(1)), (false, Some(2)), (false, None)]);
    assert_eq!((view.waiting, view.participants[2].legs[0].lang), (2, Lang::En));
    assert_eq!(room.conference.view_participant(part(3)), Some(view.participants[2].clone()));
}

/// Whoever has the link of guests could fill the lobby and keep the meeting from beginning.
#[test]
fn a_full_lobby_keeps_no_host_out() {
    let settings = Settings { max_participants: 2, ..settings(Lobby::On, false) };
    let mut room = Room::new(settings);
    room.join(1, Role::Guest);
    room.join(2, Role::Guest);
    let full = Err(CommandError::Refused(EndCause::CapacityReached));
    assert_eq!(room.seat(3, Role::Guest), full);
    assert_eq!(joined(&room.join(3, Role::Host)), [3]);
    room.tell(Command::AdmitAll { by: by(3) });
    assert_eq!(room.heard(), [1, 3], "as many as there are places");
    let admit = Command::Admit { participant: part(2), by: by(3) };
    assert_eq!(room.try_tell(admit), full);
    assert_eq!(room.try_tell(Command::AdmitAll { by: by(3) }), full);
    assert_eq!(room.seat(4, Role::Host), full, "hosts take the places of nobody who is in");
    room.hang_up(1);
    room.tell(Command::Admit { participant: part(2), by: by(3) });
    assert_eq!(room.heard(), [2, 3]);
}
