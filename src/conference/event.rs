//! What a conference decided, in the past tense.

use crate::layout::Layout;
use crate::{DisplayName, Lobby, Mute, Notice, Protocol, Role, Said};
use causeway_base::{EndCause, Lang, LegId, ParticipantId};
use causeway_plan::video::{Sight, VideoState, VideoStrain};
use causeway_plan::{MediaPlan, Sound};
use std::sync::Arc;

/// What happened in a conference. [`Event::Ended`] is the last one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A leg is ready but a host has to let it in.
    ParticipantWaiting {
        /// Who waits.
        participant: ParticipantId,
        /// The leg that is ready.
        leg: LegId,
        /// The name to show.
        display_name: DisplayName,
        /// The place in the queue, from 1.
        place: usize,
    },
    /// A participant came in: the first leg was admitted. Followed by exactly one
    /// [`Event::ParticipantLeft`].
    ParticipantJoined {
        /// Who.
        participant: ParticipantId,
        /// The first leg.
        leg: LegId,
        /// The name to show.
        display_name: DisplayName,
        /// The role.
        role: Role,
        /// What the leg's signalling speaks.
        source: Protocol,
    },
    /// Somebody who waited is gone without having come in.
    WaitingLeft {
        /// Who.
        participant: ParticipantId,
    },
    /// The last leg of a participant is gone.
    ParticipantLeft {
        /// Who.
        participant: ParticipantId,
        /// Why.
        cause: EndCause,
    },
    /// The conference has let go of a leg that did not leave by itself: hang it up.
    LegDismissed {
        /// The leg.
        leg: LegId,
        /// Why.
        cause: EndCause,
    },
    /// One of the three reasons why a participant is not heard changed.
    MuteChanged {
        /// Who.
        participant: ParticipantId,
        /// The reasons, as they are now.
        mute: Mute,
    },
    /// A participant has another role.
    RoleChanged {
        /// Who.
        participant: ParticipantId,
        /// The role.
        role: Role,
    },
    /// Somebody else speaks.
    ActiveSpeakerChanged {
        /// Who; `None` when the speaker left or was muted and nobody else speaks.
        participant: Option<ParticipantId>,
    },
    /// Others are mixed than before, or in another order.
    TalkersChanged {
        /// Who, loudest first.
        participants: Vec<ParticipantId>,
    },
    /// Somebody wrote.
    Said(Arc<Said>),
    /// A hand went up or down.
    HandChanged {
        /// Whose.
        participant: ParticipantId,
        /// Up.
        raised: bool,
    },
    /// The conference was locked or opened.
    LockChanged {
        /// Locked.
        locked: bool,
    },
    /// Others wait from now on than before.
    LobbyChanged {
        /// Who.
        lobby: Lobby,
    },
    /// Guests may, or may not, unmute themselves.
    UnmuteAllowed {
        /// Whether.
        allowed: bool,
    },
    /// Guests may, or may not, have their telephone called.
    CallMeAllowed {
        /// Whether.
        allowed: bool,
    },
    /// No host is left; without a successor the conference ends at the end of the grace time.
    HostsGone,
    /// Tell this leg by voice; replaces what it hears from us now.
    Notice {
        /// The leg.
        leg: LegId,
        /// Its language.
        lang: Lang,
        /// What.
        notice: Notice,
    },
    /// A participant pressed a digit, whatever way it came.
    DigitPressed {
        /// Who.
        participant: ParticipantId,
        /// By which leg.
        leg: LegId,
        /// One of `0-9A-D*#`.
        digit: char,
    },
    /// The conference has another layout.
    LayoutChanged {
        /// Which.
        layout: Layout,
    },
    /// Somebody wants to see something else.
    PictureChosen {
        /// Who.
        participant: ParticipantId,
    },
    /// Somebody else, or nobody, is large for all.
    SpotlightChanged {
        /// Who.
        participant: Option<ParticipantId>,
    },
    /// Somebody's pictures begin to come, stand still, or ended.
    VideoChanged {
        /// Whose.
        participant: ParticipantId,
        /// By which leg.
        leg: LegId,
        /// How they stand.
        state: VideoState,
    },
    /// Somebody gets tiles instead of a picture, or the picture again.
    TilesShown {
        /// Who.
        participant: ParticipantId,
        /// By which leg.
        leg: LegId,
        /// Its tiles.
        shown: bool,
    },
    /// Somebody's pictures look different.
    Sighted {
        /// Whose.
        participant: ParticipantId,
        /// By which leg.
        leg: LegId,
        /// What they look like.
        sight: Sight,
    },
    /// Somebody's sound is like something else than before.
    Sounded {
        /// Whose.
        participant: ParticipantId,
        /// By which leg.
        leg: LegId,
        /// What it is like.
        sound: Sound,
    },
    /// The machine has too little time for pictures, or enough again.
    VideoStrained {
        /// What is left of them.
        strain: VideoStrain,
    },
    /// Who hears or sees whom changed. Several changes between two drains make one plan.
    PlanChanged(MediaPlan),
    /// It is over. The last event.
    Ended(EndCause),
}
