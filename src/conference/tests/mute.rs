//! Who is not heard, and who may change it.

use super::*;
use causeway_plan::Sound;

#[test]
fn three_reasons_for_silence_are_separate_facts() {
    let mut room = Room::new(Settings::default());
    room.join(1, Role::Host);
    room.join(2, Role::Guest);
    room.tell(Command::Mute { participant: part(2), by: by(2) });
    room.tell(Command::Mute { participant: part(2), by: by(1) });
    room.tell(Command::LegSilent { leg: LegId(2) });
    assert_eq!(room.heard(), [1]);
    let events = room.tell(Command::Unmute { participant: part(2), by: by(1) });
    let Some(Event::MuteChanged { mute, .. }) = events.first() else { panic!("{events:?}") };
    assert!(mute.by_self && !mute.by_host && mute.nothing_heard);
    assert_eq!(room.heard(), [1], "what the guest closed, the host does not open");
    room.tell(Command::Unmute { participant: part(2), by: by(2) });
    assert_eq!(room.heard(), [1, 2], "silence is no reason to leave out of the mix");
    assert_eq!(room.served(), [1, 2], "the muted hear on");
}

#[test]
fn what_is_amiss_with_a_sound_is_told_once_and_shown_of_the_leg_that_is_heard() {
    let mut room = Room::new(Settings::default());
    room.join(1, Role::Host);
    let sounded = |sound| Command::Sounded { leg: LegId(1), sound };
    let sound = |room: &Room| room.conference.view_participant(part(1)).expect("there").sound();
    assert_eq!(room.tell(sounded(Sound::Fine)), []);
    let told = Event::Sounded { participant: part(1), leg: LegId(1), sound: Sound::Echoing };
    assert_eq!(room.tell(sounded(Sound::Echoing)), [told]);
    assert_eq!(room.tell(sounded(Sound::Echoing)), []);
    assert_eq!((sound(&room), room.heard()), (Sound::Echoing, vec![1]), "nobody is muted for it");
    room.tell(sounded(Sound::Fine));
    assert_eq!(sound(&room), Sound::Fine);
}

fn mute(who: u64, by: By) -> Command {
    Command::Mute { participant: part(who), by }
}

fn unmute(who: u64, by: By) -> Command {
    Command::Unmute { participant: part(who), by }
}

/// bigbluebutton issue 18916: who had dialled in and was let in from the waiting room started
/// unmuted.
#[test]
fn bbb_18916_who_is_let_in_from_the_lobby_starts_muted_whatever_the_leg() {
    for &source in Protocol::ALL {
        let lobby = crate::Lobby::On;
        let mut room = Room::new(Settings { mute_on_entry: true, lobby, ..Settings::default() });
        room.join(1, Role::Host);
        room.come(Join { source, ..caller(2, Role::Guest) });
        let events = room.tell(Command::Admit { participant: part(2), by: by(1) });
        let admitted = Notice::Admitted { role: Role::Guest, muted: true, alone: false };
        assert_eq!((told(&events, 2), room.heard()), (vec![admitted], vec![1]));
    }
}

#[test]
fn what_mutes_everybody_mutes_every_kind_of_leg() {
    let mut room = Room::new(Settings::default());
    room.join(100, Role::Host);
    for (leg, &source) in (1..).zip(Protocol::ALL) {
        room.come(Join { source, ..caller(leg, Role::Guest) });
    }
    room.seat(50, Role::Guest).expect("a seat");
    room.tell(Command::MuteAll { by: by(1) });
    room.ready(50, Direction::SendReceive);
    assert_eq!(room.heard(), [100], "who was about to come in is a guest too");
    room.ready(1, Direction::Inactive);
    room.ready(1, Direction::SendReceive);
    room.tell(Command::LegHeard { leg: LegId(1) });
    assert_eq!(room.heard(), [100], "a new agreement of media takes nothing back");
}

/// bigbluebutton issue 9890: who dialled into a room that starts people muted could not unmute.
#[test]
fn bbb_9890_a_phone_that_starts_muted_is_unmuted_by_itself_and_by_a_host() {
    for &source in Protocol::ALL {
        let mut room = Room::new(Settings { mute_on_entry: true, ..Settings::default() });
        room.join(1, Role::Host);
        let events = room.come(Join { source, ..caller(2, Role::Guest) });
        let admitted = Notice::Admitted { role: Role::Guest, muted: true, alone: false };
        assert_eq!(told(&events, 2), [admitted]);
        room.come(Join { source, ..caller(3, Role::Guest) });
        assert_eq!(room.heard(), [1], "hosts start unmuted");
        assert_eq!(told(&room.press(2, "*6"), 2), [Notice::Unmuted]);
        assert_eq!(told(&room.tell(unmute(3, by(1))), 3), [Notice::UnmutedByHost]);
        assert_eq!(room.heard(), [1, 2, 3]);
        assert_eq!(told(&room.tell(mute(2, by(1))), 2), [Notice::MutedByHost]);
        assert_eq!(room.heard(), [1, 3]);
        room.tell(unmute(2, by(1)));
        assert_eq!(room.heard(), [1, 2, 3]);
    }
}

#[test]
fn a_host_opens_nobodys_microphone_that_its_owner_closed() {
    let mut room = Room::new(Settings { mute_on_entry: true, ..Settings::default() });
    room.join(1, Role::Host);
    room.join(2, Role::Guest);
    room.press(2, "*6*6");
    room.tell(mute(2, by(1)));
    let events = room.tell(unmute(2, by(1)));
    let Some(Event::MuteChanged { mute, .. }) = events.first() else { panic!("{events:?}") };
    assert!(mute.by_self && !mute.by_host);
    assert_eq!(room.heard(), [1]);
}

#[test]
fn whom_a_host_muted_unmutes_itself_where_that_is_allowed() {
    let mut room = Room::new(Settings::default());
    room.join(1, Role::Host);
    room.join(2, Role::Guest);
    room.tell(forbid());
    room.tell(Command::MuteAll { by: by(1) });
    assert_eq!(told(&room.press(2, "*6"), 2), [Notice::MayNotUnmute]);
    assert_eq!(room.heard(), [1]);
    let events = room.tell(Command::AllowUnmute { allowed: true, by: by(1) });
    assert_eq!(events, [Event::UnmuteAllowed { allowed: true }], "and unmutes nobody by itself");
    assert_eq!(told(&room.press(2, "*6"), 2), [Notice::Unmuted]);
    assert_eq!(room.heard(), [1, 2]);
}

fn forbid() -> Command {
    Command::AllowUnmute { allowed: false, by: by(1) }
}

#[test]
fn who_was_muted_unmutes_itself_until_a_host_forbids_it() {
    let mut room = Room::new(Settings { mute_on_entry: true, ..Settings::default() });
    room.join(1, Role::Host);
    room.join(2, Role::Guest);
    assert_eq!(told(&room.press(2, "*6"), 2), [Notice::Unmuted]);
    room.tell(mute(2, by(1)));
    assert_eq!(told(&room.press(2, "*6"), 2), [Notice::Unmuted]);
    assert_eq!(room.heard(), [1, 2]);
}

#[test]
fn forbidden_unmuting_holds_for_entry_mute() {
    let mut room = Room::new(Settings { mute_on_entry: true, ..Settings::default() });
    room.join(1, Role::Host);
    room.join(2, Role::Guest);
    room.tell(forbid());
    assert_eq!(room.try_tell(unmute(2, by(2))), Err(CommandError::NotAllowed));
    assert_eq!(told(&room.press(2, "*6"), 2), [Notice::MayNotUnmute]);
    assert_eq!(room.heard(), [1]);
    room.tell(unmute(2, by(1)));
    assert_eq!(room.heard(), [1, 2], "a host takes back what the rules muted");
    room.tell(mute(2, by(2)));
    room.tell(unmute(2, by(2)));
    assert_eq!(room.heard(), [1, 2], "whom a host gave the word has it until it is taken");
}

#[test]
fn forbidden_unmuting_holds_for_ones_own_mute_until_a_host_gives_the_word() {
    let mut room = Room::new(Settings::default());
    room.join(1, Role::Host);
    room.join(2, Role::Guest);
    room.tell(forbid());
    room.tell(mute(2, by(2)));
    assert_eq!(room.try_tell(unmute(2, by(2))), Err(CommandError::NotAllowed));
    let may = |room: &Room| room.conference.view_participant(part(2)).expect("there").may_unmute;
    assert!(!may(&room));
    room.tell(unmute(2, by(1)));
    assert_eq!((room.heard(), may(&room)), (vec![1], true), "it opens its microphone itself");
    room.tell(unmute(2, by(2)));
    assert_eq!(room.heard(), [1, 2]);
    room.tell(mute(2, by(1)));
    assert_eq!(room.try_tell(unmute(2, by(2))), Err(CommandError::NotAllowed));
    let again = Command::AllowUnmute { allowed: true, by: by(1) };
    assert_eq!(room.tell(again), [Event::UnmuteAllowed { allowed: true }]);
    room.tell(unmute(2, by(2)));
    assert_eq!(room.heard(), [1, 2]);
}

#[test]
fn a_host_decides_whether_guests_have_their_telephone_called() {
    let mut room = Room::new(Settings::default());
    room.join(1, Role::Host);
    let allow = Command::AllowCallMe { allowed: true, by: by(1) };
    assert_eq!(room.tell(allow.clone()), [Event::CallMeAllowed { allowed: true }]);
    assert_eq!(room.tell(allow), []);
    assert!(room.conference.view().guests_call_me);
    let settings = Box::new(Settings { name: "x".to_owned(), ..Settings::default() });
    room.tell(Command::Adopt { settings, by: By::Operator });
    assert!(room.conference.view().guests_call_me, "what a host decided stays");
}

#[test]
fn a_host_whom_another_muted_unmutes_itself() {
    let mut room = Room::new(Settings::default());
    room.join(1, Role::Host);
    room.join(2, Role::Host);
    room.tell(mute(2, by(1)));
    assert_eq!(room.heard(), [1]);
    room.press(2, "*6");
    assert_eq!(room.heard(), [1, 2]);
}

#[test]
fn the_same_mute_twice_is_said_once() {
    let mut room = Room::new(Settings::default());
    room.join(1, Role::Host);
    room.join(2, Role::Guest);
    room.tell(mute(2, by(1)));
    assert_eq!(room.tell(mute(2, by(1))), []);
    assert_eq!(room.tell(mute(2, By::Operator)), []);
    assert_eq!(room.tell(Command::MuteAll { by: by(1) }), []);
}
