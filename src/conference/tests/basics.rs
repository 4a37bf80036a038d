//! Seats, talkers, digits and the end.

use super::*;
use crate::EndRules;
use crate::policy::{ARRIVAL_LIMIT, MAX_ARRIVING};

#[test]
fn a_leg_is_not_in_the_plan_before_its_media_is_agreed() {
    let mut room = Room::new(Settings::default());
    room.seat(1, Role::Guest).expect("a seat");
    assert_eq!(room.drain(), []);
    let events = room.ready(1, Direction::SendReceive);
    assert!(matches!(events[0], Event::ParticipantJoined { leg: LegId(1), .. }), "{events:?}");
    assert_eq!((room.heard(), room.served()), (vec![1], vec![1]));
}

#[test]
fn a_guest_mutes_nobody_else_and_gives_no_role() {
    let mut room = Room::new(Settings::default());
    room.join(1, Role::Guest);
    room.join(2, Role::Guest);
    for command in [
        Command::Mute { participant: part(1), by: by(2) },
        Command::Remove { participant: part(1), by: by(2) },
        Command::SetRole { participant: part(2), role: Role::Host, by: by(2) },
    ] {
        assert_eq!(room.try_tell(command), Err(CommandError::NotAllowed));
    }
    room.tell(Command::SetRole { participant: part(2), role: Role::Host, by: By::Operator });
    let events = room.tell(Command::Remove { participant: part(1), by: by(2) });
    assert!(events.contains(&Event::LegDismissed { leg: LegId(1), cause: EndCause::Removed }));
    let left = Event::ParticipantLeft { participant: part(1), cause: EndCause::Removed };
    assert!(events.contains(&left));
    assert_eq!(room.heard(), [2]);
}

/// livekit/sip issue 812: a call was hung up because everybody had muted.
#[test]
fn livekit_sip_812_a_conference_of_muted_and_silent_people_goes_on() {
    let mut room = Room::new(Settings::default());
    for leg in 1..=3 {
        room.join(leg, Role::Guest);
        room.tell(Command::Mute { participant: part(leg), by: by(leg) });
        room.tell(Command::LegSilent { leg: LegId(leg) });
        room.ready(leg, Direction::Inactive);
    }
    assert_eq!(room.pass(Duration::from_secs(23 * 60 * 60)), []);
    assert_eq!(room.conference.roster().participants().len(), 3);
}

#[test]
fn it_ends_some_time_after_the_last_one_left_and_not_if_somebody_comes_back() {
    let end = EndRules { linger: Duration::from_secs(10), max_duration: None, host_grace: None };
    let mut room = Room::new(Settings { end, ..Settings::default() });
    room.join(1, Role::Guest);
    room.tell(Command::Leave { leg: LegId(1), cause: EndCause::Normal });
    assert_eq!(room.pass(Duration::from_millis(9_999)), []);
    room.join(2, Role::Guest);
    assert_eq!(room.pass(Duration::from_secs(3600)), []);
    room.tell(Command::Leave { leg: LegId(2), cause: EndCause::Normal });
    assert_eq!(room.pass(Duration::from_secs(10)), [Event::Ended(EndCause::Normal)]);
    assert_eq!(room.seat(3, Role::Guest), Err(CommandError::Ended));
}

#[test]
fn it_ends_at_its_longest_duration_and_dismisses_everybody_once() {
    let end = EndRules { max_duration: Some(Duration::from_secs(60)), ..EndRules::default() };
    let mut room = Room::new(Settings { end, ..Settings::default() });
    room.join(1, Role::Host);
    room.join(2, Role::Guest);
    let events = room.pass(Duration::from_secs(60));
    let count = |wanted: fn(&Event) -> bool| events.iter().filter(|event| wanted(event)).count();
    assert_eq!(count(|event| matches!(event, Event::LegDismissed { .. })), 2);
    assert_eq!(count(|event| matches!(event, Event::ParticipantLeft { .. })), 2);
    assert_eq!(events.last(), Some(&Event::Ended(EndCause::ConferenceEnded)));
}

#[test]
fn a_leg_whose_media_never_comes_is_let_go() {
    let mut room = Room::new(Settings::default());
    room.seat(1, Role::Guest).expect("a seat");
    let events = room.pass(ARRIVAL_LIMIT);
    let dismissed = Event::LegDismissed { leg: LegId(1), cause: EndCause::SignallingTimeout };
    assert_eq!(events, [dismissed], "nobody joined, so nobody left");
}

/// Anybody can forge a call; only who gets our answer confirms it.
#[test]
fn legs_that_never_confirm_fill_no_conference() {
    let mut room = Room::new(Settings { max_participants: 2, ..Settings::default() });
    for forged in 10..600 {
        room.seat(forged, Role::Guest).expect("room to arrive");
    }
    room.join(1, Role::Guest);
    room.join(2, Role::Guest);
    assert_eq!(room.heard(), [1, 2]);
    let full = CommandError::Refused(EndCause::CapacityReached);
    assert_eq!(room.seat(3, Role::Guest), Err(full));
    let late = room.ready(10, Direction::SendReceive);
    assert_eq!(dismissed(&late), [(10, EndCause::CapacityReached)], "who confirms too late");
    assert_eq!(room.heard(), [1, 2]);
}

#[test]
fn so_many_legs_may_arrive_at_once_and_no_more() {
    let mut room = Room::new(Settings::default());
    for leg in 0..MAX_ARRIVING as u64 {
        room.seat(leg, Role::Guest).expect("room to arrive");
    }
    let full = CommandError::Refused(EndCause::CapacityReached);
    assert_eq!(room.seat(9999, Role::Host), Err(full));
}

#[test]
fn hold_takes_a_leg_out_of_the_mix_and_resume_brings_it_back() {
    let mut room = Room::new(Settings::default());
    room.join(1, Role::Guest);
    room.join(2, Role::Guest);
    room.ready(2, Direction::SendOnly);
    assert_eq!((room.heard(), room.served()), (vec![1], vec![1, 2]));
    room.ready(2, Direction::Inactive);
    assert_eq!((room.heard(), room.served()), (vec![1], vec![1]));
    room.ready(2, Direction::SendReceive);
    assert_eq!((room.heard(), room.served()), (vec![1, 2], vec![1, 2]));
}

#[test]
fn many_changes_between_two_drains_make_one_plan() {
    let mut room = Room::new(Settings::default());
    for leg in 1..=100 {
        room.seat(leg, Role::Guest).expect("a seat");
        let direction = Direction::SendReceive;
        room.try_tell(Command::MediaReady {
            leg: LegId(leg),
            direction,
            video: Direction::Inactive,
        })
        .expect("seated");
    }
    let events = room.drain();
    assert_eq!(events.iter().filter(|e| matches!(e, Event::PlanChanged(_))).count(), 1);
    assert_eq!(room.heard().len(), 100);
}

#[test]
fn a_muted_talker_is_not_the_active_speaker() {
    let mut room = Room::new(Settings::default());
    room.join(1, Role::Guest);
    room.join(2, Role::Guest);
    let events = room.tell(Command::Talkers { legs: vec![LegId(2), LegId(1)] });
    let loudest = Event::TalkersChanged { participants: vec![part(2), part(1)] };
    assert_eq!(events, [loudest, Event::ActiveSpeakerChanged { participant: Some(part(2)) }]);
    let events = room.tell(Command::Mute { participant: part(2), by: by(2) });
    assert!(events.contains(&Event::ActiveSpeakerChanged { participant: None }));
    assert_eq!(room.conference.view().talkers, [part(1)]);
    let events = room.tell(Command::Talkers { legs: vec![LegId(2), LegId(1)] });
    assert!(events.contains(&Event::ActiveSpeakerChanged { participant: Some(part(1)) }));
}

#[test]
fn a_second_leg_belongs_to_the_same_participant_who_leaves_with_the_last() {
    let mut room = Room::new(Settings::default());
    room.join(1, Role::Guest);
    room.tell(Command::Join(Join { beside: Some(part(1)), ..caller(9, Role::Guest) }));
    let events = room.ready(9, Direction::SendReceive);
    assert!(!events.iter().any(|event| matches!(event, Event::ParticipantJoined { .. })));
    let events = room.tell(Command::Leave { leg: LegId(1), cause: EndCause::Normal });
    assert!(!events.iter().any(|event| matches!(event, Event::ParticipantLeft { .. })));
    let events = room.tell(Command::Leave { leg: LegId(9), cause: EndCause::MediaTimeout });
    let left = Event::ParticipantLeft { participant: part(1), cause: EndCause::MediaTimeout };
    assert!(events.contains(&left));
}
