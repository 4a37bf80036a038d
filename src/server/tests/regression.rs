//! What other bridges got wrong with telephones, at the level of legs, adapter and engine: the
//! machines alone have their own tests.

use super::{Room, answered, ended, offered, ready, reserved};
use crate::actor::call::Call;
use crate::actor::{Actor, Message, Purpose, Visit};
use crate::record::Draft;
use crate::view::ConferenceView;
use causeway_base::{Lang, LegId, ParticipantId};
use causeway_conference::{By, CallerKey, Command, Lobby, Protocol, Role, Settings};
use causeway_plan::{DigitMethod, MediaEvent};
use std::time::Duration;
use tokio::sync::oneshot;

const HOUR: Duration = Duration::from_secs(3600);

impl Room {
    fn tell(&mut self, command: Command) -> Vec<String> {
        self.take(Message::Tell { command, reply: None })
    }

    fn set_lobby(&mut self, lobby: Lobby) -> Vec<String> {
        self.tell(Command::SetLobby { lobby, by: By::Operator })
    }

    fn press(&mut self, leg: u64, keys: &str) -> Vec<String> {
        let (leg, method) = (LegId(leg), DigitMethod::Rfc4733);
        let press = |digit| Message::Media(MediaEvent::Digit { leg, digit, method });
        keys.chars().flat_map(|digit| self.take(press(digit))).collect()
    }

    /// A caller who is known again when it calls again.
    fn join_as(&mut self, leg: u64, key: u64) {
        let draft = Draft::begun(LegId(leg), Protocol::Sip, false);
        let purpose =
            Purpose::Join { key: "conference[0]".into(), role: Role::Guest, beside: None };
        let call = Call::offered(offered(leg), Lang::Zh, draft);
        let caller = Some(CallerKey(key));
        self.take(Message::Visit(Box::new(Visit {
            call,
            caller,
            trusted: false,
            purpose,
            seated: None,
        })));
        [reserved(leg), ready(leg), answered(leg)].into_iter().for_each(|message| {
            self.take(message);
        });
    }

    fn view(&mut self) -> ConferenceView {
        let (reply, mut view) = oneshot::channel();
        self.take(Message::Show(reply));
        view.try_recv().expect("shown at once")
    }

    fn places(&mut self) -> Vec<(u64, Option<usize>)> {
        let participants = self.view().conference.participants.into_iter();
        participants.map(|who| (who.legs[0].leg.0, who.place)).collect()
    }
}

/// The plans among orders.
fn plans(orders: Vec<String>) -> Vec<String> {
    orders.into_iter().filter(|word| word.starts_with("apply")).collect()
}

fn hangs_up(orders: &[String]) -> bool {
    orders.iter().any(|word| word.starts_with("end") || word.starts_with("reject"))
}

#[test]
fn jitsi_meet_7271_jigasi_320_switching_the_lobby_hangs_up_no_telephone() {
    let mut room = Room::new(Settings::default());
    room.join(1);
    assert!(!hangs_up(&room.set_lobby(Lobby::On)));
    room.join(2);
    assert!(room.places().contains(&(2, Some(1))), "it waits");
    let orders = room.set_lobby(Lobby::Off);
    assert!(!hangs_up(&orders));
    assert_eq!(plans(orders), ["apply [1, 2] [1, 2]"], "and comes in without calling again");
}

#[test]
fn bbb_18916_bbb_9890_who_was_let_in_muted_unmutes_by_the_key_of_the_telephone() {
    let settings = Settings { lobby: Lobby::On, mute_on_entry: true, ..Settings::default() };
    let mut room = Room::new(settings);
    room.join(1);
    let admit = Command::Admit { participant: ParticipantId(1), by: By::Operator };
    assert_eq!(plans(room.tell(admit)), ["apply [] [1]"], "muted, and told how to speak");
    assert_eq!(plans(room.press(1, "*6")), ["apply [1] [1]"]);
}

#[test]
fn bbb_9161_who_calls_before_the_start_waits_and_comes_in_at_the_start() {
    let mut room = Room::new(Settings { starts_in: Some(HOUR), ..Settings::default() });
    room.join(1);
    let before = room.pass(HOUR - Duration::from_secs(1));
    assert!(!hangs_up(&before) && plans(before).is_empty());
    assert_eq!(plans(room.pass(Duration::from_secs(1))), ["apply [1] [1]"]);
}

#[test]
fn livekit_sip_812_nobody_is_hung_up_for_being_silent() {
    let mut room = Room::new(Settings::default());
    room.join(1);
    let silent = MediaEvent::Silent { leg: LegId(1), quiet_for: Duration::from_secs(30) };
    let mut orders = room.take(Message::Media(silent));
    for _ in 0..5 {
        orders.extend(room.pass(HOUR));
    }
    assert!(!hangs_up(&orders), "{orders:?}");
    assert!(!room.actor.has_ended());
}

#[test]
fn who_calls_again_within_two_minutes_has_the_place_though_everybody_had_left() {
    let mut room = Room::new(Settings { lobby: Lobby::On, ..Settings::default() });
    room.join_as(1, 5);
    room.join_as(2, 6);
    room.take(ended(1));
    room.take(ended(2));
    room.pass(Duration::from_secs(100));
    assert!(!room.actor.has_ended(), "places are kept");
    room.join_as(3, 7);
    room.join_as(4, 5);
    assert_eq!(room.places(), [(3, Some(2)), (4, Some(1))]);
}
