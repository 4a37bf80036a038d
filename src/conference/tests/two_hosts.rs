//! A lobby of fifty and two hosts whose commands cross.

use super::*;
use crate::Lobby;
use proptest::prelude::*;
use std::collections::BTreeSet;

const GUESTS: u64 = 50;

/// Legs 1 and 2 are hosts, as participants 1 and 2; guest `n` of 3 to 52 is leg and participant.
fn lobby_of_fifty() -> Room {
    let mut room = Room::new(Settings { lobby: Lobby::On, ..Settings::default() });
    room.join(1, Role::Host);
    room.join(2, Role::Host);
    for leg in 3..3 + GUESTS {
        room.join(leg, Role::Guest);
    }
    assert_eq!(room.conference.view().waiting, 50);
    room
}

#[test]
fn what_one_host_decided_another_does_not_undo_by_being_late() {
    let mut room = lobby_of_fifty();
    let (anna, bo) = (by(1), by(2));
    room.tell(Command::Admit { participant: part(3), by: anna });
    let late = room.try_tell(Command::Deny { participant: part(3), by: bo });
    assert_eq!(late, Err(CommandError::NotWaiting), "who is in is not sent away as if it waited");
    room.tell(Command::Deny { participant: part(4), by: bo });
    let late = room.try_tell(Command::Admit { participant: part(4), by: anna });
    assert_eq!(late, Err(CommandError::UnknownParticipant));
    room.tell(Command::SetLock { locked: true, by: bo });
    let events = room.tell(Command::AdmitAll { by: anna });
    assert_eq!(joined(&events), (5..53).collect::<Vec<_>>(), "in the order of the queue");
    assert_eq!(room.tell(Command::AdmitAll { by: bo }), []);
    assert_eq!(room.heard().len(), 51);
    assert_eq!(room.seat(60, Role::Guest), Err(CommandError::Refused(EndCause::ConferenceLocked)));
}

#[test]
fn fifty_come_in_by_one_plan() {
    let mut room = lobby_of_fifty();
    let events = room.tell(Command::AdmitAll { by: by(1) });
    assert_eq!(events.iter().filter(|event| matches!(event, Event::PlanChanged(_))).count(), 1);
    assert_eq!(room.served().len(), 52);
}

fn decision() -> impl Strategy<Value = Command> {
    let host = prop::sample::select(vec![by(1), by(2)]);
    let guest = (3..3 + GUESTS).prop_map(part);
    (0..100u8, host, guest, any::<bool>()).prop_map(|(kind, by, participant, yes)| match kind {
        0..45 => Command::Admit { participant, by },
        45..85 => Command::Deny { participant, by },
        85..93 => Command::SetLock { locked: yes, by },
        93..98 => Command::SetLobby { lobby: if yes { Lobby::On } else { Lobby::Off }, by },
        _ => Command::AdmitAll { by },
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn everybody_of_the_lobby_is_in_or_sent_away_or_waits(
        decisions in prop::collection::vec(decision(), 0..120),
    ) {
        let mut room = lobby_of_fifty();
        let (mut inside, mut away) = (BTreeSet::new(), BTreeSet::new());
        for command in decisions {
            if let Err(error) = room.try_tell(command) {
                let late = [CommandError::NotWaiting, CommandError::UnknownParticipant];
                prop_assert!(late.contains(&error), "{}", error);
            }
            let events = room.drain();
            for leg in joined(&events) {
                prop_assert!(inside.insert(leg) && !away.contains(&leg), "{} came in twice", leg);
            }
            for (leg, cause) in dismissed(&events) {
                prop_assert_eq!(cause, EndCause::Denied);
                prop_assert!(away.insert(leg) && !inside.contains(&leg), "{} was in", leg);
            }
            let view = room.conference.view();
            prop_assert_eq!(view.waiting + inside.len() + away.len(), 50);
            let places: Vec<usize> = view.participants.iter().filter_map(|who| who.place).collect();
            prop_assert_eq!(places, (1..=view.waiting).collect::<Vec<_>>(), "first come, first");
            prop_assert_eq!(room.heard().len(), 2 + inside.len());
        }
    }
}
