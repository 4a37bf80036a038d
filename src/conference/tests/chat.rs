//! What people write, and who reads it.

use super::*;
use crate::{Lobby, TextError, chat};

fn say(who: u64, text: &str) -> Command {
    Command::Say { participant: part(who), text: text.to_owned() }
}

fn said(room: &Room) -> Vec<(u64, u64, String)> {
    let kept = room.conference.chat();
    kept.map(|said| (said.id, said.from.0, said.text.as_str().to_owned())).collect()
}

#[test]
fn what_is_written_is_told_to_everybody_and_kept_for_who_comes_later() {
    let mut room = Room::new(Settings::default());
    room.join(1, Role::Host);
    let events = room.tell(say(1, " 你好\u{202E} "));
    let [Event::Said(one)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((one.name.as_str(), one.text.as_str()), ("room 1", "你好"));
    room.hang_up(1);
    room.join(2, Role::Guest);
    room.tell(say(2, "anybody?"));
    let expected = [(1, 1, "你好".to_owned()), (2, 2, "anybody?".to_owned())];
    assert_eq!(said(&room), expected, "who wrote may be gone");
}

#[test]
fn who_waits_and_who_is_gone_writes_nothing() {
    let mut room = Room::new(Settings { lobby: Lobby::On, ..Settings::default() });
    room.join(1, Role::Guest);
    assert_eq!(room.try_tell(say(1, "let me in")), Err(CommandError::NotAdmitted));
    assert_eq!(room.try_tell(say(9, "hello")), Err(CommandError::UnknownParticipant));
    room.tell(Command::Admit { participant: part(1), by: By::Operator });
    room.tell(say(1, "thanks"));
    assert_eq!(said(&room).len(), 1);
}

#[test]
fn what_is_no_message_changes_nothing() {
    let mut room = Room::new(Settings::default());
    room.join(1, Role::Guest);
    let long = "x".repeat(chat::MAX_TEXT + 1);
    assert_eq!(room.try_tell(say(1, &long)), Err(CommandError::Text(TextError::TooLong)));
    assert_eq!(room.try_tell(say(1, "\u{200B}")), Err(CommandError::Text(TextError::Empty)));
    assert_eq!((said(&room), room.drain()), (vec![], vec![]));
}

#[test]
fn who_writes_too_fast_is_slowed_down_alone() {
    let mut room = Room::new(Settings::default());
    room.join(1, Role::Guest);
    room.join(2, Role::Guest);
    for _ in 0..chat::BURST {
        room.tell(say(1, "x"));
    }
    assert_eq!(room.try_tell(say(1, "x")), Err(CommandError::TooFast));
    room.tell(say(2, "calm down"));
    room.pass(chat::INTERVAL);
    room.tell(say(1, "sorry"));
    assert_eq!(said(&room).len(), chat::BURST as usize + 2);
}
