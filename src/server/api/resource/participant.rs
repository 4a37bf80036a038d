//! Who is in a running meeting and who waits, and what they are told.

use super::meeting::Lobby;
use super::picture::{Video, View};
use super::text::{Name, ParticipantId, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a participant may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// May let in, mute, remove and give roles.
    Host,
    /// May mute itself.
    Guest,
}

impl From<Role> for causeway_conference::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Host => causeway_conference::Role::Host,
            Role::Guest => causeway_conference::Role::Guest,
        }
    }
}

impl From<causeway_conference::Role> for Role {
    fn from(role: causeway_conference::Role) -> Self {
        match role {
            causeway_conference::Role::Host => Role::Host,
            causeway_conference::Role::Guest => Role::Guest,
        }
    }
}

/// Where a participant stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// The media is being agreed.
    Arriving,
    /// A host has to let it in.
    Waiting,
    /// It hears and is heard.
    Admitted,
}

/// Why a participant is not heard: three separate facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Mute {
    /// The participant muted itself.
    pub by_self: bool,
    /// A host muted the participant.
    pub by_host: bool,
    /// Nothing arrives, though nobody muted.
    pub nothing_heard: bool,
}

impl From<causeway_conference::Mute> for Mute {
    fn from(mute: causeway_conference::Mute) -> Self {
        Self { by_self: mute.by_self, by_host: mute.by_host, nothing_heard: mute.nothing_heard }
    }
}

/// What a participant's sound is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sound {
    /// Nothing is wrong, or nothing is known.
    Fine,
    /// It may be heard, and no audible moment came: a dead microphone, or the wrong one.
    Silent,
    /// What it is sent comes back from it.
    Echoing,
}

impl From<causeway_plan::Sound> for Sound {
    fn from(sound: causeway_plan::Sound) -> Self {
        match sound {
            causeway_plan::Sound::Fine => Sound::Fine,
            causeway_plan::Sound::Silent => Sound::Silent,
            causeway_plan::Sound::Echoing => Sound::Echoing,
        }
    }
}

/// Where a call of ours into another meeting stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum BridgeState {
    /// It speaks with a menu, or waits in the lobby over there: nobody hears it.
    Approaching,
    /// It is in.
    In,
}

/// What another meeting cannot do by the call that leads into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Lack {
    /// Who is over there has no entry of its own here, nor we over there.
    Names,
    /// Nothing is seen either way.
    Pictures,
    /// Nobody over there can be muted or removed from here alone.
    Control,
}

/// A call of ours into another meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Bridge {
    /// Whose meeting it is, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Where it stands.
    pub state: BridgeState,
    /// What it cannot do.
    pub lacks: Vec<Lack>,
}

impl From<crate::view::BridgeView> for Bridge {
    fn from(bridge: crate::view::BridgeView) -> Self {
        let pictures = bridge.sound_only.then_some(Lack::Pictures);
        Self {
            service: bridge.service.map(str::to_owned),
            state: if bridge.approaching { BridgeState::Approaching } else { BridgeState::In },
            lacks: [Lack::Names, Lack::Control].into_iter().chain(pictures).collect(),
        }
    }
}

/// What a device is like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeviceProfile {
    /// The bridge profile.
    #[schema(example = "poly-studio-x")]
    pub id: String,
    /// What people call such a device, in Chinese.
    pub title_zh: String,
    /// The same in English.
    pub title_en: String,
    /// How much is known of it: `modelled`, `field-tested`, `certified`.
    pub trust: String,
    /// The profile that the device itself shows, where that is another one than was configured for
    /// its user or trunk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub better: Option<String>,
}

impl From<&causeway_dial::Chosen> for DeviceProfile {
    fn from(chosen: &causeway_dial::Chosen) -> Self {
        let profile = &chosen.profile;
        Self {
            id: profile.id.clone(),
            title_zh: profile.title.zh.clone(),
            title_en: profile.title.en.clone(),
            trust: profile.trust.name().to_owned(),
            better: chosen.better.as_ref().map(|better| better.id.clone()),
        }
    }
}

/// One entry of the roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Participant {
    /// Who.
    pub id: ParticipantId,
    /// The name to show.
    pub display_name: Name,
    /// What the participant may do.
    pub role: Role,
    /// Where the participant stands.
    pub presence: Presence,
    /// The place in the queue, from 1, of who waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    /// Since when the participant is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
    /// Why the participant is not heard.
    pub mute: Mute,
    /// What its sound is like while it may be heard.
    pub sound: Sound,
    /// The hand is up.
    pub hand: bool,
    /// Speaks now.
    pub speaking: bool,
    /// What its signalling speaks: `sip`, `h323` or `webrtc`.
    pub protocol: String,
    /// What its device is like; absent of browsers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceProfile>,
    /// Was proved to be one of ours.
    pub trusted: bool,
    /// It is a call of ours into another meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bridge: Option<Bridge>,
    /// The camera; absent where none was agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video: Option<Video>,
    /// What the participant sees; absent where it takes no pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<View>,
}

/// What a running meeting is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Let in one who waits.
    Admit(ParticipantId),
    /// Let in everybody who waits.
    AdmitAll,
    /// Send away one who waits.
    Deny(ParticipantId),
    /// Mute one.
    Mute(ParticipantId),
    /// Take the mute back.
    Unmute(ParticipantId),
    /// Mute every guest.
    MuteAll,
    /// Whether guests may unmute themselves.
    AllowUnmute(bool),
    /// Raise or lower a hand.
    Hand(ParticipantId, bool),
    /// Send one away.
    Remove(ParticipantId),
    /// Give a role.
    SetRole(ParticipantId, Role),
    /// Make another the host in place of one.
    HandOver {
        /// The host until now.
        from: ParticipantId,
        /// The host from now on.
        to: ParticipantId,
    },
    /// Who becomes host when the last host is gone, in this order.
    SetSuccessors(Vec<ParticipantId>),
    /// Lock or open.
    SetLock(bool),
    /// Whom the lobby holds back.
    SetLobby(Lobby),
    /// The layout of all who chose none.
    SetLayout(causeway_conference::Layout),
    /// Somebody large for all, or nobody.
    Spotlight(Option<ParticipantId>),
    /// What one shall see.
    ChoosePicture(ParticipantId, causeway_conference::PictureChoice),
    /// End for everybody.
    End,
}

/// Whether guests may unmute themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllowUnmute {
    /// They may.
    pub allowed: bool,
}

/// A hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hand {
    /// Up.
    pub raised: bool,
}

/// A role to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    /// Which.
    pub role: Role,
}

/// The host in whose place somebody comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// The host from now on; the one in the path becomes a guest.
    pub to: ParticipantId,
}

/// Who becomes host when the last host is gone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Successors {
    /// In this order, at most 16.
    #[schema(max_items = 16)]
    pub participants: Vec<ParticipantId>,
}

/// A lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// It takes nobody but hosts.
    pub locked: bool,
}

/// A lobby.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LobbyChange {
    /// Whom it holds back.
    pub lobby: Lobby,
}
