//! A conference at one moment, in the words of pages. Made once for all who look.

use crate::view::{CallView, ConferenceView, Kind};
use causeway_adapter::webrtc::message;
use causeway_base::LegId;
use causeway_conference::conference::picture;
use causeway_conference::conference::view::ParticipantView;
use causeway_conference::{Hold, Layout, LegView, Role, Said};
use causeway_dial::BridgeProfile;
use causeway_plan::Sound;
use causeway_plan::picture::{GRID_HEIGHT, GRID_WIDTH, MAX_FORWARDED};
use causeway_plan::video::{Sight, VideoState, VideoStrain};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

/// What places of pictures are counted in for pages: of their width, of their height.
const TEN_THOUSAND: u32 = 10_000;

/// A conference at one moment.
#[derive(Debug)]
pub(crate) struct Scene {
    /// The name that people see.
    pub(crate) name: String,
    pub(crate) locked: bool,
    pub(crate) unmute_allowed: bool,
    /// Guests may have their telephone called.
    pub(crate) guests_call_me: bool,
    /// How pictures are composed for all who chose nothing.
    pub(crate) picture: Picture,
    /// Everybody of whom somebody may know, in the order of their arrival.
    pub(crate) people: Vec<Person>,
    /// Who is mixed, loudest first.
    pub(crate) talkers: Vec<u64>,
    /// What was written, oldest first.
    pub(crate) chat: Vec<Arc<Said>>,
    /// This moment, on both clocks.
    clock: (Instant, Timestamp),
}

/// How pictures are composed in a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) layout: message::Layout,
    pub(crate) spotlight: Option<u64>,
    pub(crate) strain: message::Strain,
}

/// What somebody sees, and whether they are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) layout: message::Layout,
    pub(crate) chosen: Option<message::Layout>,
    pub(crate) pinned: Option<u64>,
    pub(crate) page: u32,
    pub(crate) pages: u32,
    pub(crate) more: u32,
    pub(crate) camera_seen: bool,
}

/// What somebody is to put together by themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wall {
    /// How many lines they should have for it.
    pub(crate) lines: u32,
    pub(crate) shown: bool,
    pub(crate) tiles: Vec<message::Tile>,
}

/// Somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    /// As pages show it.
    pub(crate) shown: message::Participant,
    /// They hear and are heard.
    pub(crate) admitted: bool,
    /// They may unmute themselves.
    pub(crate) may_unmute: bool,
    /// What they see.
    pub(crate) view: View,
    /// What they are to put together by themselves.
    pub(crate) wall: Wall,
    /// They wait, at this place and for this.
    pub(crate) waits: Option<(u32, message::WaitReason)>,
}

impl Scene {
    /// Of a conference that was looked at now.
    pub(crate) fn of(view: ConferenceView, clock: (Instant, Timestamp)) -> Self {
        let calls: HashMap<LegId, &CallView> =
            view.calls.iter().map(|call| (call.leg, call)).collect();
        let people = view.conference.participants.iter();
        Self {
            people: people.filter_map(|who| person(who, &calls)).collect(),
            talkers: view.conference.talkers.iter().map(|who| who.0).collect(),
            name: view.conference.name,
            locked: view.conference.locked,
            unmute_allowed: view.conference.unmute_allowed,
            guests_call_me: view.conference.guests_call_me,
            picture: Picture {
                layout: layout(&view.conference.layout),
                spotlight: view.conference.spotlight.map(|who| who.0),
                strain: strain(view.conference.strain),
            },
            chat: view.chat,
            clock,
        }
    }

    /// Somebody, by number.
    pub(crate) fn person(&self, id: u64) -> Option<&Person> {
        self.people.iter().find(|person| person.shown.id == id)
    }

    /// A message of chat, in the words of pages.
    pub(crate) fn chat_message(&self, said: &Said) -> message::ChatMessage {
        let (now, wall) = self.clock;
        let ago = SignedDuration::try_from(now.saturating_duration_since(said.at));
        let at = ago.ok().and_then(|ago| wall.checked_sub(ago).ok()).unwrap_or(wall);
        // Two looks at the same moment differ by less than this.
        let at = at.round(jiff::Unit::Millisecond).unwrap_or(at).to_string();
        let (name, text) = (said.name.as_str().to_owned(), said.text.as_str().to_owned());
        message::ChatMessage { id: said.id, from: said.from.0, name, text, at }
    }
}

/// `None` for who neither is in nor waits: nobody knows of it yet.
fn person(who: &ParticipantView, calls: &HashMap<LegId, &CallView>) -> Option<Person> {
    let waits = who.place.filter(|_| !who.admitted).map(|place| {
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        (place, reason(who.hold))
    });
    if !who.admitted && waits.is_none() {
        return None;
    }
    // The leg by which they take part: the telephone of who has a browser too.
    let voice = who.legs.iter().filter(|leg| leg.carries_voice && !leg.admission.is_arriving());
    let leg = voice.clone().find(|leg| leg.admission.is_admitted() == who.admitted);
    let leg = leg.or(who.legs.first())?;
    let call = calls.get(&leg.leg);
    let known = call.and_then(|call| call.device.as_deref()).filter(|device| device.is_known());
    let arrives = voice.clone().any(|leg| leg.direction.receives());
    Some(Person {
        shown: message::Participant {
            id: who.id.0,
            name: who.display_name.as_str().to_owned(),
            role: role(who.role),
            kind: call.map_or(message::Kind::Phone, |call| kind(call.kind)),
            waiting: waits.is_some(),
            muted_by_self: who.mute.by_self,
            muted_by_host: who.mute.by_host,
            // Who joined to listen, or is held, sends nothing.
            nothing_heard: who.mute.nothing_heard || !arrives,
            sound: faulty_sound(who.sound()),
            hand: who.hand.is_some(),
            quality: call.and_then(|call| call.quality),
            camera: camera(who),
            device: known.map(|device| title(&device.profile)),
            looks_like: known.and_then(|device| device.better.as_deref()).map(title),
        },
        view: View {
            layout: layout(&who.looks.layout),
            chosen: who.choice.layout.as_ref().map(layout),
            pinned: who.choice.pinned.map(|who| who.0),
            page: u32::try_from(who.looks.page).unwrap_or(u32::MAX),
            pages: u32::try_from(who.looks.pages).unwrap_or(u32::MAX),
            more: u32::try_from(who.looks.more).unwrap_or(u32::MAX),
            camera_seen: who.legs.iter().any(|leg| leg.seen),
        },
        admitted: who.admitted,
        may_unmute: who.may_unmute,
        wall: wall(&who.wall),
        waits,
    })
}

fn wall(wall: &picture::Wall) -> Wall {
    let part = |at: u16, of: u16| (u32::from(at) * TEN_THOUSAND / u32::from(of)) as u16;
    let tile = |tile: &picture::WallTile| {
        let picture::WallTile { participant, area, line } = *tile;
        let (left, top) = (part(area.left(), GRID_WIDTH), part(area.top(), GRID_HEIGHT));
        message::Tile {
            participant: participant.0,
            line: line.and_then(|line| u32::try_from(line).ok()),
            left,
            top,
            width: part(area.left() + area.width(), GRID_WIDTH) - left,
            height: part(area.top() + area.height(), GRID_HEIGHT) - top,
        }
    };
    Wall {
        lines: if wall.wanted { MAX_FORWARDED as u32 } else { 0 },
        shown: wall.shown,
        tiles: wall.tiles.iter().map(tile).collect(),
    }
}

fn title(profile: &BridgeProfile) -> message::DeviceTitle {
    message::DeviceTitle { zh: profile.title.zh.clone(), en: profile.title.en.clone() }
}

/// The camera that is shown, or would be: one that comes before one that stands still.
fn camera(who: &ParticipantView) -> Option<message::Camera> {
    let state = |leg: &LegView| match leg.picture {
        _ if !leg.video.receives() => None,
        VideoState::Absent => None,
        VideoState::Coming => Some(message::CameraState::Coming),
        VideoState::Frozen(_) => Some(message::CameraState::Frozen),
    };
    let legs = who.legs.iter().filter_map(|leg| Some((state(leg)?, leg.sight)));
    let comes = |(state, _): &(message::CameraState, _)| *state == message::CameraState::Coming;
    let (state, seen) = legs.clone().find(comes).or(legs.clone().next())?;
    Some(message::Camera { state, sight: sight(seen) })
}

const fn faulty_sound(sound: Sound) -> Option<message::FaultySound> {
    match sound {
        Sound::Fine => None,
        Sound::Silent => Some(message::FaultySound::Silent),
        Sound::Echoing => Some(message::FaultySound::Echoing),
    }
}

const fn sight(sight: Sight) -> message::Sight {
    match sight {
        Sight::Fine => message::Sight::Fine,
        Sight::Black => message::Sight::Black,
        Sight::Frozen => message::Sight::Frozen,
        Sight::LowLight => message::Sight::LowLight,
    }
}

const fn strain(strain: VideoStrain) -> message::Strain {
    match strain {
        VideoStrain::None => message::Strain::None,
        VideoStrain::FewerPictures => message::Strain::FewerPictures,
        VideoStrain::Smaller => message::Strain::Smaller,
        VideoStrain::AudioOnly => message::Strain::AudioOnly,
    }
}

const fn layout(layout: &Layout) -> message::Layout {
    match layout {
        Layout::Single => message::Layout::Single,
        Layout::Speaker => message::Layout::Speaker,
        Layout::Equal => message::Layout::Equal,
        Layout::SideBySide => message::Layout::SideBySide,
        Layout::Custom(_) => message::Layout::Custom,
    }
}

const fn reason(hold: Option<Hold>) -> message::WaitReason {
    match hold {
        Some(Hold::Lock) => message::WaitReason::Locked,
        Some(Hold::NoHost) => message::WaitReason::NoHost,
        Some(Hold::Lobby) | None => message::WaitReason::Lobby,
    }
}

pub(crate) const fn role(role: Role) -> message::Role {
    match role {
        Role::Host => message::Role::Host,
        Role::Guest => message::Role::Guest,
    }
}

const fn kind(kind: Kind) -> message::Kind {
    match kind {
        Kind::Browser => message::Kind::Browser,
        Kind::Room => message::Kind::Room,
        Kind::Phone => message::Kind::Phone,
        Kind::Bridge => message::Kind::Bridge,
    }
}
