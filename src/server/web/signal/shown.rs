//! What one page was shown of its conference, and what it is told when that changes. Pure: a scene
//! goes in, messages come out. Every scene holds all that counts, so that one that is missed is made
//! good by the next.

use super::scene::{Person, Scene};
use causeway_adapter::webrtc::message::{Participant, Role, ServerMessage, WaitReason};
use std::collections::BTreeMap;

/// Messages of chat in one frame: some 100 kB at most.
const MAX_CHAT_AT_ONCE: usize = 50;

/// What the bridge allows, besides what the conference says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Allowed {
    /// It calls out.
    pub(crate) calls_out: bool,
}

/// How the meeting is for one who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    locked: bool,
    may_unmute: bool,
    may_call_me: bool,
    may_call_out: bool,
}

/// What one page was shown.
#[derive(Debug)]
pub(crate) struct Shown {
    me: u64,
    role: Role,
    allowed: Allowed,
    state: Option<State>,
    waits: Option<(u32, WaitReason)>,
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
        self.say_speaking(scene, &mut told);
        self.say_chat(scene, &mut told);
        told
    }

    fn say_state(&mut self, scene: &Scene, told: &mut Vec<ServerMessage>) {
        let calls_out = self.allowed.calls_out;
        let is_host = self.role == Role::Host;
        let state = State {
            locked: scene.locked,
            may_unmute: scene.unmute_allowed,
            may_call_me: calls_out && (is_host || scene.guests_call_me),
            may_call_out: calls_out && is_host,
        };
        if self.state.replace(state) != Some(state) {
            let State { locked, may_unmute, may_call_me, may_call_out } = state;
            told.push(ServerMessage::State { locked, may_unmute, may_call_me, may_call_out });
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
