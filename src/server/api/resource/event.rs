//! What happens, for the stream of events.

use super::meeting::Lobby;
use super::participant::{Mute, Role, Sound};
use super::picture::{LayoutName, Sight, Strain, VideoState};
use super::text::{MeetingId, Name, ParticipantId, Time};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Happening {
    /// A meeting was made.
    MeetingCreated,
    /// A meeting was changed.
    MeetingChanged,
    /// The first one is there.
    MeetingStarted,
    /// It is over for those who were there.
    MeetingEnded {
        /// Why: the stable code.
        code: String,
    },
    /// Somebody waits to be let in.
    ParticipantWaiting {
        /// Who.
        participant: ParticipantId,
        /// The name to show.
        display_name: Name,
        /// The place in the queue, from 1.
        place: u32,
    },
    /// Somebody came in.
    ParticipantJoined {
        /// Who.
        participant: ParticipantId,
        /// The name to show.
        display_name: Name,
        /// The role.
        role: Role,
    },
    /// Somebody is gone, from the meeting or from the queue.
    ParticipantLeft {
        /// Who.
        participant: ParticipantId,
        /// Why: the stable code.
        code: String,
    },
    /// Why somebody is not heard changed.
    MuteChanged {
        /// Who.
        participant: ParticipantId,
        /// As it is now.
        mute: Mute,
    },
    /// Somebody has another role.
    RoleChanged {
        /// Who.
        participant: ParticipantId,
        /// The role.
        role: Role,
    },
    /// A hand went up or down.
    HandChanged {
        /// Whose.
        participant: ParticipantId,
        /// Up.
        raised: bool,
    },
    /// Somebody else speaks.
    SpeakerChanged {
        /// Who; nobody when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        participant: Option<ParticipantId>,
    },
    /// Locked or opened.
    LockChanged {
        /// Locked.
        locked: bool,
    },
    /// The lobby holds back others.
    LobbyChanged {
        /// Whom.
        lobby: Lobby,
    },
    /// Guests may, or may not, unmute themselves.
    UnmuteAllowed {
        /// They may.
        allowed: bool,
    },
    /// The meeting has another layout.
    LayoutChanged {
        /// Which.
        layout: LayoutName,
    },
    /// Somebody else, or nobody, is large for all.
    SpotlightChanged {
        /// Who; nobody when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        participant: Option<ParticipantId>,
    },
    /// Somebody's camera was switched on or off, or stands still.
    VideoChanged {
        /// Whose.
        participant: ParticipantId,
        /// How its pictures come.
        state: VideoState,
    },
    /// Somebody's pictures look different.
    SightChanged {
        /// Whose.
        participant: ParticipantId,
        /// What they look like.
        sight: Sight,
    },
    /// Somebody's sound is like something else than before.
    SoundChanged {
        /// Whose.
        participant: ParticipantId,
        /// What it is like.
        sound: Sound,
    },
    /// The bridge has too little time for pictures, or enough again.
    VideoStrained {
        /// What is left of them.
        strain: Strain,
    },
    /// No host is left.
    HostsGone,
    /// A trunk came up or went down.
    TrunkChanged {
        /// Its name.
        trunk: String,
        /// Up.
        up: bool,
    },
}

/// An entry of the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ApiEvent {
    /// When.
    pub at: Time,
    /// In which meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meeting: Option<MeetingId>,
    /// What.
    #[serde(flatten)]
    pub happening: Happening,
}

/// Where a stream goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// The id of the last event that was seen; the header `Last-Event-ID` goes before. Without
    /// either the stream begins now.
    #[param(value_type = Option<String>)]
    pub cursor: Option<super::text::Cursor>,
}
