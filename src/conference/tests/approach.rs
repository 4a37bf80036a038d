//! Calls of ours into other meetings: between the answer and being in there.

use super::*;
use crate::Lobby;
use crate::policy::ARRIVAL_LIMIT;
use causeway_plan::Feed;

/// A conference with a guest in it, and a call of ours whose other side answered with its menu.
fn approaching(settings: Settings) -> Room {
    let mut room = Room::new(settings);
    room.join(1, Role::Guest);
    room.seat(2, Role::Guest).expect("a seat");
    room.tell(Command::Approach { leg: LegId(2) });
    let events = room.ready(2, Direction::SendReceive);
    assert!(!events.iter().any(|event| matches!(event, Event::ParticipantWaiting { .. })));
    room
}

fn feed(room: &Room, leg: u64) -> Option<(bool, Feed)> {
    let way_in = room.plan.ingress.iter().find(|way| way.leg == LegId(leg))?;
    let way_out = room.plan.egress.iter().find(|way| way.leg == LegId(leg))?;
    Some((way_in.heard, way_out.feed))
}

#[test]
fn a_menu_is_heard_by_nobody_and_hears_silence_until_the_leg_is_in() {
    let mut room = approaching(Settings::default());
    assert_eq!(feed(&room, 2), Some((false, Feed::Played)));
    // No rule for those who wait or arrive lets it in or go.
    room.tell(Command::AdmitAll { by: By::Operator });
    room.pass(ARRIVAL_LIMIT * 4);
    assert_eq!(feed(&room, 2), Some((false, Feed::Played)));
    let events = room.tell(Command::Arrive { leg: LegId(2) });
    assert!(events.iter().any(|event| matches!(event, Event::ParticipantJoined { .. })));
    assert_eq!(feed(&room, 2), Some((true, Feed::Mix)));
    assert_eq!(room.tell(Command::Arrive { leg: LegId(2) }), [], "once");
}

#[test]
fn it_passes_the_same_door_as_everybody() {
    let mut room = approaching(Settings { lobby: Lobby::On, ..Settings::default() });
    room.tell(Command::Arrive { leg: LegId(2) });
    assert_eq!(feed(&room, 2), Some((false, Feed::Played)));
    let participant = room.conference.roster().leg(LegId(2)).expect("seated").participant;
    room.tell(Command::Admit { participant, by: By::Operator });
    assert_eq!(feed(&room, 2), Some((true, Feed::Mix)));
}

#[test]
fn who_is_in_cannot_be_sent_back_to_a_menu() {
    let mut room = approaching(Settings::default());
    room.tell(Command::Approach { leg: LegId(1) });
    assert_eq!(feed(&room, 1), Some((true, Feed::Mix)));
    let gone = room.hang_up(2);
    assert!(!gone.iter().any(|event| matches!(event, Event::ParticipantLeft { .. })), "never in");
}
