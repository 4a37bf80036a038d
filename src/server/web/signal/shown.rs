//! What one page was shown of its conference, and what it is told when that changes. Pure: a scene
//! goes in, messages come out. Every scene holds all that counts, so that one that is missed is made
//! good by the next.

use super::scene::{Person, Picture, Scene, View, Wall};
use causeway_adapter::webrtc::message::{Participant, Role, ServerMessage, WaitReason};
use std::collections::BTreeMap;

/// Messages of chat in one frame: some 100 kB at most.
const MAX_CHAT_AT_ONCE: usize = 50;

/// What the bridge allows, besides what the conference says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Allowed {
    /// It calls out.
    pub(crate) calls_out: bool,
    /// It stops when the meetings that go on are over.
    pub(crate) draining: bool,
}

/// How the meeting is for one who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    locked: bool,
    may_unmute: bool,
    may_call_me: bool,
    may_call_out: bool,
    guests_call_me: bool,
    draining: bool,
}

/// What one page was shown.
#[derive(Debug)]
pub(crate) struct Shown {
    me: u64,
    role: Role,
    allowed: Allowed,
    state: Option<State>,
    waits: Option<(u32, WaitReason)>,
    picture: Option<Picture>,
    view: Option<View>,
    wall: Option<Wall>,
    /// Who is there, once it was let in.
    people: Option<BTreeMap<u64, Participant>>,
    speaking: Vec<u64>,
    last_chat: u64,
}

impl Shown {
    /// Nothing yet, to this participant.
    pub(crate) const fn new(me: u64, role: Role, allowed: Allowed) -> Self {
        Self {
            me,
            role,
            allowed,
            state: None,
            waits: None,
            picture: None,
            view: None,
            wall: None,
            people: None,
            speaking: Vec::new(),
            last_chat: 0,
        }
    }

    /// The role that it has.
    pub(crate) const fn role(&self) -> Role {
        self.role
    }

    /// It was let in.
    pub(crate) const fn is_in(&self) -> bool {
        self.people.is_some()
    }

    /// The bridge stops when the meetings that go on are over.
    pub(crate) const fn drain(&mut self) {
        self.allowed.draining = true;
    }

    /// Another connection knows nothing.
    pub(crate) fn forget(&mut self) {
        *self = Self::new(self.me, self.role, self.allowed);
    }

    /// What changed.
    pub(crate) fn update(&mut self, scene: &Scene) -> Vec<ServerMessage> {
        let mut told = Vec::new();
        let mine = scene.person(self.me);
        if let Some(mine) = mine {
            self.role = mine.shown.role;
        }
        self.say_state(scene, &mut told);
        // Not there yet, or not any more: its leg tells the end.
        let Some(mine) = mine else { return told };
        if !mine.admitted {
            self.say_place(mine, &mut told);
            return told;
        }
        self.waits = None;
        if self.people.is_none() {
            let muted = mine.shown.muted_by_self || mine.shown.muted_by_host;
            told.push(ServerMessage::Admitted { role: self.role, muted });
        }
        self.say_people(scene, &mut told);
        self.say_picture(scene, mine, &mut told);
        self.say_speaking(scene, &mut told);
        self.say_chat(scene, &mut told);
        told
    }

    fn say_state(&mut self, scene: &Scene, told: &mut Vec<ServerMessage>) {
        let Allowed { calls_out, draining } = self.allowed;
        let is_host = self.role == Role::Host;
        // Hosts see the rule, which is theirs to change; guests what it means for them.
        let mine = scene.person(self.me).filter(|_| !is_host);
        let state = State {
            locked: scene.locked,
            may_unmute: mine.map_or(scene.unmute_allowed, |mine| mine.may_unmute),
            may_call_me: calls_out && (is_host || scene.guests_call_me),
            may_call_out: calls_out && is_host,
            guests_call_me: scene.guests_call_me,
            draining,
        };
        if self.state.replace(state) != Some(state) {
            let State { locked, may_unmute, may_call_me, may_call_out, guests_call_me, draining } =
                state;
            told.push(ServerMessage::State {
                locked,
                may_unmute,
                may_call_me,
                may_call_out,
                guests_call_me,
                draining,
            });
        }
    }

    fn say_place(&mut self, mine: &Person, told: &mut Vec<ServerMessage>) {
        let Some((place, reason)) = mine.waits else { return };
        if self.waits.replace((place, reason)) != mine.waits {
            told.push(ServerMessage::Waiting { place, reason });
        }
    }

    fn say_people(&mut self, scene: &Scene, told: &mut Vec<ServerMessage>) {
        let is_host = self.role == Role::Host;
        let visible = scene.people.iter().filter(|person| person.admitted || is_host);
        let visible = visible.map(|person| &person.shown);
        let Some(before) = &mut self.people else {
            let participants: Vec<Participant> = visible.cloned().collect();
            self.people = Some(participants.iter().map(|who| (who.id, who.clone())).collect());
            told.push(ServerMessage::Roster { participants });
            return;
        };
        let now: BTreeMap<u64, &Participant> = visible.clone().map(|who| (who.id, who)).collect();
        before.retain(|participant, _| {
            let stays = now.contains_key(participant);
            if !stays {
                told.push(ServerMessage::Gone { participant: *participant });
            }
            stays
        });
        for who in visible {
            if before.get(&who.id) != Some(who) {
                before.insert(who.id, who.clone());
                told.push(ServerMessage::Participant { participant: who.clone() });
            }
        }
    }

    fn say_picture(&mut self, scene: &Scene, mine: &Person, told: &mut Vec<ServerMessage>) {
        if self.picture.replace(scene.picture) != Some(scene.picture) {
            let Picture { layout, spotlight, strain } = scene.picture;
            told.push(ServerMessage::Picture { layout, spotlight, strain });
        }
        if self.view.replace(mine.view) != Some(mine.view) {
            let View { layout, chosen, pinned, page, pages, more, camera_seen } = mine.view;
            told.push(ServerMessage::View {
                layout,
                chosen,
                pinned,
                page,
                pages,
                more,
                camera_seen,
            });
        }
        // A page that never gets tiles hears nothing of them.
        let before = self.wall.replace(mine.wall.clone()).unwrap_or_default();
        if before != mine.wall {
            let Wall { lines, shown, tiles } = mine.wall.clone();
            told.push(ServerMessage::Tiles { lines, shown, tiles });
        }
    }

    fn say_speaking(&mut self, scene: &Scene, told: &mut Vec<ServerMessage>) {
        let people = self.people.as_ref();
        let known = |who: &&u64| people.is_some_and(|people| people.contains_key(*who));
        let participants: Vec<u64> = scene.talkers.iter().filter(known).copied().collect();
        if self.speaking != participants {
            self.speaking.clone_from(&participants);
            told.push(ServerMessage::Speaking { participants });
        }
    }

    fn say_chat(&mut self, scene: &Scene, told: &mut Vec<ServerMessage>) {
        let new = scene.chat.partition_point(|said| said.id <= self.last_chat);
        let new = scene.chat.get(new..).unwrap_or_default();
        for part in new.chunks(MAX_CHAT_AT_ONCE) {
            let messages = part.iter().map(|said| scene.chat_message(said)).collect();
            told.push(ServerMessage::Chat { messages });
        }
        if let Some(last) = new.last() {
            self.last_chat = last.id;
        }
    }
}

/// A page of a host, for tests of those who make what it is told.
#[cfg(test)]
pub(crate) struct Page(Shown);

#[cfg(test)]
impl Page {
    /// Of this participant.
    pub(crate) const fn host(me: u64) -> Self {
        Self(Shown::new(me, Role::Host, Allowed { calls_out: false, draining: false }))
    }

    /// What it is told of strain when its conference is so.
    pub(crate) fn strains(&mut self, view: crate::view::ConferenceView) -> Vec<String> {
        let clock = (std::time::Instant::now(), jiff::Timestamp::UNIX_EPOCH);
        let told = self.0.update(&Scene::of(view, clock)).into_iter();
        told.filter_map(|message| match message {
            ServerMessage::Picture { strain, .. } => Some(format!("{strain:?}")),
            _ => None,
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{CallView, ConferenceView, Kind};
    use crate::web::signal::order;
    use causeway_adapter::webrtc::message;
    use causeway_base::{ConferenceId, Lang, LegId, ParticipantId};
    use causeway_conference::{
        By, Command, Conference, Join, Lobby, PictureChoice, Protocol, Role as Seated, Settings,
    };
    use causeway_plan::Direction;
    use causeway_plan::video::{VideoState, VideoStrain};
    use jiff::Timestamp;
    use std::time::Instant;

    /// A conference, looked at by its participants.
    struct Room {
        conference: Conference,
        now: Instant,
    }

    impl Room {
        fn new(settings: Settings) -> Self {
            let now = Instant::now();
            Room { conference: Conference::new(ConferenceId(1), settings, now), now }
        }

        fn tell(&mut self, command: Command) {
            self.conference.handle(self.now, command).expect("allowed");
        }

        /// The n-th leg makes participant n, unless it joins one.
        fn come(&mut self, leg: u64, role: Seated, source: Protocol, beside: Option<u64>) {
            self.tell(Command::Join(Join {
                leg: LegId(leg),
                display_name: format!("P{leg}"),
                role,
                source,
                trusted: false,
                lang: Lang::En,
                caller: None,
                beside: beside.map(ParticipantId),
            }));
            self.ready(leg, Direction::SendReceive);
        }

        fn ready(&mut self, leg: u64, direction: Direction) {
            let video = Direction::Inactive;
            self.tell(Command::MediaReady { leg: LegId(leg), direction, video });
        }

        fn browser(&mut self, leg: u64, role: Seated) {
            self.come(leg, role, Protocol::WebRtc, None);
        }

        /// The camera of a leg is on.
        fn seen(&mut self, leg: u64) {
            let (direction, video) = (Direction::SendReceive, Direction::SendReceive);
            self.tell(Command::MediaReady { leg: LegId(leg), direction, video });
            self.tell(Command::VideoChanged { leg: LegId(leg), state: VideoState::Coming });
            while self.conference.poll_event().is_some() {}
        }

        fn scene(&self) -> Scene {
            let conference = self.conference.view();
            let legs = conference.participants.iter().flat_map(|who| &who.legs);
            let call = |leg: &causeway_conference::LegView| CallView {
                bridge: None,
                device: None,
                leg: leg.leg,
                outgoing: false,
                codec: None,
                encrypted: None,
                private: false,
                kind: match leg.source {
                    Protocol::WebRtc => Kind::Browser,
                    Protocol::Sip => Kind::Phone,
                    Protocol::H323 => Kind::Room,
                },
                quality: Some(u8::try_from(leg.leg.0 % 5).expect("small")),
                size: None,
                test: None,
            };
            let calls = legs.map(call).collect();
            let chat = self.conference.chat().cloned().collect();
            let view = ConferenceView { key: "room".into(), conference, calls, chat };
            Scene::of(view, (self.now, Timestamp::UNIX_EPOCH))
        }
    }

    fn page(me: u64, role: Role) -> Shown {
        Shown::new(me, role, Allowed { calls_out: true, draining: false })
    }

    /// What is told, a word each.
    fn words(told: &[ServerMessage]) -> Vec<String> {
        let word = |message: &ServerMessage| match message {
            ServerMessage::State { locked, may_unmute, may_call_me, may_call_out, .. } => {
                format!("state {locked} {may_unmute} {may_call_me} {may_call_out}")
            }
            ServerMessage::Waiting { place, reason } => format!("waiting {place} {reason:?}"),
            ServerMessage::Admitted { role, muted } => format!("admitted {role:?} {muted}"),
            ServerMessage::Roster { participants } => {
                let ids: Vec<_> = participants.iter().map(|who| who.id).collect();
                format!("roster {ids:?}")
            }
            ServerMessage::Participant { participant: who } => {
                format!("participant {} {:?} {}", who.id, who.kind, who.waiting)
            }
            ServerMessage::Picture { layout, spotlight, strain } => {
                format!("picture {layout:?} {spotlight:?} {strain:?}")
            }
            ServerMessage::View { layout, pinned, page, pages, more, camera_seen, .. } => {
                format!("view {layout:?} {pinned:?} {page}/{pages} +{more} {camera_seen}")
            }
            ServerMessage::Gone { participant } => format!("gone {participant}"),
            ServerMessage::Speaking { participants } => format!("speaking {participants:?}"),
            ServerMessage::Chat { messages } => {
                let ids: Vec<_> = messages.iter().map(|said| said.id).collect();
                format!("chat {ids:?}")
            }
            other => format!("{other:?}"),
        };
        told.iter().map(word).collect()
    }

    #[test]
    fn who_is_let_in_is_told_everything_once_and_then_what_changes() {
        let mut room = Room::new(Settings::default());
        room.browser(1, Seated::Host);
        room.browser(2, Seated::Guest);
        let mut one = page(1, Role::Host);
        let told = words(&one.update(&room.scene()));
        let expected = [
            "state false true true true",
            "admitted Host false",
            "roster [1, 2]",
            "picture Speaker None None",
            "view Speaker None 0/1 +0 false",
        ];
        assert_eq!(told, expected);
        assert!(one.update(&room.scene()).is_empty(), "nothing changed");
        room.tell(Command::Talkers { legs: vec![LegId(2), LegId(9), LegId(1)] });
        assert_eq!(words(&one.update(&room.scene())), ["speaking [2, 1]"]);
        room.tell(Command::Mute { participant: ParticipantId(2), by: By::Operator });
        let told = words(&one.update(&room.scene()));
        assert_eq!(told, ["participant 2 Browser false", "speaking [1]"]);
        room.tell(Command::Leave { leg: LegId(2), cause: causeway_base::EndCause::Normal });
        assert_eq!(words(&one.update(&room.scene())), ["gone 2"]);
        one.forget();
        let told = words(&one.update(&room.scene()));
        let [state, admitted, _, picture, view] = expected;
        assert_eq!(told, [state, admitted, "roster [1]", picture, view, "speaking [1]"]);
    }

    #[test]
    fn who_waits_sees_its_place_alone_and_hosts_see_who_waits() {
        let mut room = Room::new(Settings { lobby: Lobby::On, ..Settings::default() });
        room.browser(1, Seated::Guest);
        room.browser(2, Seated::Guest);
        let mut second = page(2, Role::Guest);
        let told = words(&second.update(&room.scene()));
        assert_eq!(told, ["state false true false false", "waiting 2 Lobby"]);
        room.browser(3, Seated::Host);
        let mut host = page(3, Role::Host);
        let told = words(&host.update(&room.scene()));
        assert_eq!(told[2], "roster [1, 2, 3]");
        room.tell(Command::Admit { participant: ParticipantId(1), by: By::Operator });
        assert_eq!(words(&second.update(&room.scene())), ["waiting 1 Lobby"]);
        assert_eq!(words(&host.update(&room.scene())), ["participant 1 Browser false"]);
        let mut first = page(1, Role::Guest);
        assert_eq!(words(&first.update(&room.scene()))[2], "roster [1, 3]");
        room.tell(Command::HandOver {
            to: ParticipantId(1),
            by: By::Participant(ParticipantId(3)),
        });
        let told = words(&first.update(&room.scene()));
        assert!(told.contains(&"participant 2 Browser true".to_owned()), "{told:?}");
        assert!(words(&host.update(&room.scene())).contains(&"gone 2".to_owned()));
        room.tell(Command::SetLock { locked: true, by: By::Operator });
        let told = words(&second.update(&room.scene()));
        assert_eq!(told, ["state true true false false", "waiting 1 Locked"]);
    }

    #[test]
    fn what_is_seen_is_told_to_everybody_and_whose_camera_is_seen_to_its_page() {
        let mut room = Room::new(Settings::default());
        room.browser(1, Seated::Host);
        room.browser(2, Seated::Guest);
        let (mut host, mut guest) = (page(1, Role::Host), page(2, Role::Guest));
        host.update(&room.scene());
        guest.update(&room.scene());
        for leg in [1, 2] {
            room.seen(leg);
        }
        let told = words(&guest.update(&room.scene()));
        let tiles = "Tiles { lines: 9, shown: false, tiles: [] }";
        assert_eq!(told[2..], ["view Speaker None 0/1 +0 true", tiles], "there is somebody to see");
        let camera = |told: &[ServerMessage]| {
            let camera = told.iter().find_map(|message| match message {
                ServerMessage::Participant { participant } => participant.camera,
                _ => None,
            });
            camera.map(|camera| (camera.state, camera.sight))
        };
        let shown = host.update(&room.scene());
        let (coming, fine) = (message::CameraState::Coming, message::Sight::Fine);
        assert_eq!(camera(&shown), Some((coming, fine)));
        let by = By::Participant(ParticipantId(1));
        room.tell(order::of_host(&spotlight(2), ParticipantId(1)).expect("a command"));
        room.tell(order::view(ParticipantId(2), None, Some(1), 0));
        room.tell(Command::SetLayout { layout: causeway_conference::Layout::Equal, by });
        room.tell(Command::VideoStrained { strain: VideoStrain::Smaller });
        let told = words(&guest.update(&room.scene()));
        assert_eq!(told, ["picture Equal Some(2) Smaller", "view Speaker Some(1) 0/1 +0 true"]);
    }

    #[test]
    fn a_page_keeps_the_layout_that_the_api_made_for_it() {
        let mut room = Room::new(Settings::default());
        room.browser(1, Seated::Host);
        room.browser(2, Seated::Guest);
        for leg in [1, 2] {
            room.seen(leg);
        }
        let place = causeway_plan::picture::Area::new(0, 0, 160, 90).expect("within");
        let own = causeway_conference::Layout::custom(vec![place]).expect("a layout");
        let choice = PictureChoice { layout: Some(own.clone()), ..PictureChoice::default() };
        let participant = ParticipantId(2);
        room.tell(Command::ChoosePicture { participant, choice, by: By::Operator });
        room.tell(order::view(participant, Some(message::Layout::Custom), Some(1), 0));
        let choice = room.conference.view_participant(participant).expect("there").choice;
        assert_eq!((choice.layout, choice.pinned), (Some(own), Some(ParticipantId(1))));
    }

    fn spotlight(participant: u64) -> message::HostAction {
        message::HostAction::Spotlight { participant: Some(participant) }
    }

    #[test]
    fn a_participant_is_shown_by_the_leg_that_carries_its_voice() {
        let mut room = Room::new(Settings::default());
        room.browser(1, Seated::Guest);
        room.ready(1, Direction::SendOnly);
        let mine = |room: &Room| room.scene().person(1).expect("there").shown.clone();
        let listens = mine(&room);
        assert!(listens.nothing_heard, "who joined to listen is not heard");
        assert_eq!((listens.kind, listens.quality), (message::Kind::Browser, Some(1)));
        room.come(2, Seated::Guest, Protocol::Sip, Some(1));
        let speaks = mine(&room);
        assert!(!speaks.nothing_heard);
        assert_eq!((speaks.kind, speaks.quality), (message::Kind::Phone, Some(2)));
    }

    #[test]
    fn chat_comes_in_parts_in_order_and_none_twice() {
        let mut room = Room::new(Settings { guests_call_me: true, ..Settings::default() });
        room.browser(1, Seated::Guest);
        for _ in 0..120 {
            room.now += causeway_conference::chat::INTERVAL;
            room.tell(Command::Say { participant: ParticipantId(1), text: "x".to_owned() });
        }
        let mut one = page(1, Role::Guest);
        let told = one.update(&room.scene());
        assert_eq!(words(&told)[0], "state false true true false", "guests may here");
        let ids: Vec<u64> = told
            .iter()
            .filter_map(|message| match message {
                ServerMessage::Chat { messages } => Some(messages),
                _ => None,
            })
            .inspect(|messages| assert!(messages.len() <= MAX_CHAT_AT_ONCE))
            .flatten()
            .map(|said| said.id)
            .collect();
        assert_eq!(ids, (1..=120).collect::<Vec<_>>());
        room.now += causeway_conference::chat::INTERVAL;
        room.tell(Command::Say { participant: ParticipantId(1), text: "y".to_owned() });
        assert_eq!(words(&one.update(&room.scene())), ["chat [121]"]);
        let scene = room.scene();
        let last = scene.chat.last().expect("a message");
        assert_eq!(scene.chat_message(last).at, "1970-01-01T00:00:00Z");
    }

    #[test]
    fn a_guest_is_told_what_it_may_and_a_host_what_guests_may() {
        let mut room = Room::new(Settings::default());
        room.browser(1, Seated::Host);
        room.browser(2, Seated::Guest);
        let (mut host, mut guest) = (page(1, Role::Host), page(2, Role::Guest));
        host.update(&room.scene());
        guest.update(&room.scene());
        let by = By::Participant(ParticipantId(1));
        room.tell(Command::AllowUnmute { allowed: false, by });
        room.tell(Command::AllowCallMe { allowed: true, by });
        let state = |told: &[ServerMessage]| match told.first() {
            Some(ServerMessage::State { may_unmute, may_call_me, guests_call_me, .. }) => {
                (*may_unmute, *may_call_me, *guests_call_me)
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(state(&host.update(&room.scene())), (false, true, true));
        assert_eq!(state(&guest.update(&room.scene())), (false, true, true));
        room.tell(Command::Unmute { participant: ParticipantId(2), by });
        assert_eq!(state(&guest.update(&room.scene())), (true, true, true), "it has the word");
        assert!(host.update(&room.scene()).is_empty());
    }

    #[test]
    fn a_page_is_told_once_that_the_bridge_drains() {
        let mut room = Room::new(Settings::default());
        room.browser(1, Seated::Guest);
        let mut one = page(1, Role::Guest);
        one.update(&room.scene());
        one.drain();
        let told = one.update(&room.scene());
        assert!(matches!(told[..], [ServerMessage::State { draining: true, .. }]), "{told:?}");
        one.forget();
        let told = one.update(&room.scene());
        assert!(matches!(told[0], ServerMessage::State { draining: true, .. }), "{told:?}");
    }
}
