//! What a conference is told, and why it may refuse.

use crate::layout::{Layout, PictureChoice};
use crate::{Lobby, Protocol, Role, Settings, TextError, chat};
use causeway_base::{EndCause, Lang, LegId, ParticipantId};
use causeway_plan::picture::PathQuality;
use causeway_plan::video::{Sight, VideoState, VideoStrain};
use causeway_plan::{Direction, Sound};
use std::fmt;

/// In whose name a command comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The operator of the bridge; may do what a host may.
    Operator,
    /// Somebody in the conference.
    Participant(ParticipantId),
}

/// Tells a caller from others across calls, without saying who it is: a keyed hash of its number
/// and its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallerKey(pub u64);

/// A leg asks for a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Join {
    /// The leg.
    pub leg: LegId,
    /// The name that it wants shown. Made safe by [`crate::DisplayName`].
    pub display_name: String,
    /// In which role it comes.
    pub role: Role,
    /// What its signalling speaks.
    pub source: Protocol,
    /// It was proved to be one of ours (digest, client certificate, address range): it passes
    /// [`crate::Lobby::ForUntrusted`].
    pub trusted: bool,
    /// The language in which it is spoken to.
    pub lang: Lang,
    /// Who it is across calls, to keep its place in the queue. Restores no role, no admission.
    pub caller: Option<CallerKey>,
    /// The participant whom it joins as a further leg, in that one's role; `None` makes a new
    /// one. It was proved to belong there: beside somebody who was let in it comes in at once,
    /// beside somebody who waits it waits.
    pub beside: Option<ParticipantId>,
}

/// What a conference is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Give a leg a seat. It is neither heard nor hears before it is admitted.
    Join(Join),
    /// The leg's media was agreed, for the first time or anew.
    MediaReady {
        /// The leg.
        leg: LegId,
        /// Which way its sound may flow, from our side.
        direction: Direction,
        /// Which way pictures of people may flow, from our side.
        video: Direction,
    },
    /// The leg, whose media is not agreed yet, has another meeting's voice menu before it: until
    /// [`Command::Arrive`] it is neither heard nor hears, whatever is agreed.
    Approach {
        /// The leg.
        leg: LegId,
    },
    /// The leg got into the other meeting.
    Arrive {
        /// The leg.
        leg: LegId,
    },
    /// Let in a participant who waits.
    Admit {
        /// Who waits.
        participant: ParticipantId,
        /// Who lets in.
        by: By,
    },
    /// Let in everybody who waits.
    AdmitAll {
        /// Who lets in.
        by: By,
    },
    /// Send away a participant who waits; never one who was let in meanwhile.
    Deny {
        /// Whom.
        participant: ParticipantId,
        /// By whom.
        by: By,
    },
    /// Lock or open: a locked conference takes nobody but hosts. Who waits stays, and comes in
    /// only by a host's hand while it is locked.
    SetLock {
        /// Locked from now on.
        locked: bool,
        /// By whom.
        by: By,
    },
    /// Who waits from now on. Those who wait and need not any more come in.
    SetLobby {
        /// Who.
        lobby: Lobby,
        /// By whom.
        by: By,
    },
    /// Its settings were changed while it runs. What a host changed in it meanwhile stays, but for
    /// what differs from the settings before; keys and pictures are the bridge's and stay.
    Adopt {
        /// The settings of a conference that would begin now.
        settings: Box<Settings>,
        /// By whom.
        by: By,
    },
    /// Mute every guest who has a seat, those who still wait included.
    MuteAll {
        /// By whom.
        by: By,
    },
    /// Whether guests may unmute themselves, whoever muted them. They may until a host says no.
    AllowUnmute {
        /// Allowed from now on.
        allowed: bool,
        /// By whom.
        by: By,
    },
    /// Whether guests may have their telephone called.
    AllowCallMe {
        /// Allowed from now on.
        allowed: bool,
        /// By whom.
        by: By,
    },
    /// Raise or lower a hand: one's own, or as a host somebody's.
    RaiseHand {
        /// Whose.
        participant: ParticipantId,
        /// Up.
        raised: bool,
        /// By whom.
        by: By,
    },
    /// Become a guest and make somebody else, who was let in, the host. By the operator: make
    /// somebody a host.
    HandOver {
        /// To whom.
        to: ParticipantId,
        /// By whom.
        by: By,
    },
    /// Who becomes host, in this order, when the last host is gone.
    SetSuccessors {
        /// The list, at most [`crate::policy::MAX_SUCCESSORS`].
        participants: Vec<ParticipantId>,
        /// By whom.
        by: By,
    },
    /// End the conference for everybody.
    EndForAll {
        /// By whom.
        by: By,
    },
    /// The leg is gone.
    Leave {
        /// The leg.
        leg: LegId,
        /// Why.
        cause: EndCause,
    },
    /// Stop hearing a participant. By the participant: muted by self; else: by host.
    Mute {
        /// Whom.
        participant: ParticipantId,
        /// By whom.
        by: By,
    },
    /// Take back mutes. By the participant: its own and a host's, where [`Command::AllowUnmute`]
    /// or a host's unmuting of this one allows it. By a host: a host's and the mute on entry, never
    /// the participant's own.
    Unmute {
        /// Whom.
        participant: ParticipantId,
        /// By whom.
        by: By,
    },
    /// Give a role.
    SetRole {
        /// To whom.
        participant: ParticipantId,
        /// Which.
        role: Role,
        /// By whom.
        by: By,
    },
    /// Send a participant away with every leg. By the participant: it leaves.
    Remove {
        /// Whom.
        participant: ParticipantId,
        /// By whom.
        by: By,
    },
    /// Write to everybody who was let in. Only who was let in writes.
    Say {
        /// Who writes.
        participant: ParticipantId,
        /// What; made safe by [`crate::ChatText`].
        text: String,
    },
    /// A key was pressed: once, by however many ways it was reported ([`crate::digit`]).
    Digit {
        /// The leg.
        leg: LegId,
        /// One of `0-9A-D*#`.
        digit: char,
    },
    /// The layout of all who chose none of their own.
    SetLayout {
        /// Which.
        layout: Layout,
        /// By whom.
        by: By,
    },
    /// What somebody wants to see. By the participant, or for it by a host.
    ChoosePicture {
        /// Who sees it.
        participant: ParticipantId,
        /// What; replaces all of the choice before.
        choice: PictureChoice,
        /// By whom.
        by: By,
    },
    /// As [`Command::ChoosePicture`], by the participant itself, whose layout stays: a page cannot
    /// say one that the API made.
    Look {
        /// Who sees it.
        participant: ParticipantId,
        /// Who is large.
        pinned: Option<ParticipantId>,
        /// The page.
        page: usize,
    },
    /// Somebody large for all, whoever speaks, while there is a picture of them; nobody: who speaks.
    Spotlight {
        /// Whom.
        participant: Option<ParticipantId>,
        /// By whom.
        by: By,
    },
    /// A leg's pictures begin to come, stand still, or ended.
    VideoChanged {
        /// The leg.
        leg: LegId,
        /// How they stand.
        state: VideoState,
    },
    /// How many lines a leg has for tiles, by what was agreed last.
    TileLines {
        /// The leg.
        leg: LegId,
        /// How many.
        lines: usize,
    },
    /// A leg gets its tiles by them, or a picture again.
    TilesShown {
        /// The leg.
        leg: LegId,
        /// Its tiles.
        shown: bool,
    },
    /// What a leg's pictures look like.
    Sighted {
        /// The leg.
        leg: LegId,
        /// What.
        sight: Sight,
    },
    /// How well a leg is connected; `None` where nothing is known.
    LineMeasured {
        /// The leg.
        leg: LegId,
        /// How well.
        quality: Option<PathQuality>,
    },
    /// What a leg's sound is like.
    Sounded {
        /// The leg.
        leg: LegId,
        /// What.
        sound: Sound,
    },
    /// The engine has too little time for pictures, or enough again.
    VideoStrained {
        /// What is left of them.
        strain: VideoStrain,
    },
    /// The engine mixes these legs, loudest first.
    Talkers {
        /// The legs.
        legs: Vec<LegId>,
    },
    /// The media of a leg found a way between it and us, for the first time or again.
    PathFound {
        /// The leg.
        leg: LegId,
    },
    /// Media arrives from a leg, for the first time or again.
    LegHeard {
        /// The leg.
        leg: LegId,
    },
    /// Nothing arrives from a leg any more.
    LegSilent {
        /// The leg.
        leg: LegId,
    },
    /// End the conference.
    End {
        /// Why.
        cause: EndCause,
    },
}

/// Why a command was not carried out. All but [`CommandError::Refused`] blame the sender of the
/// command, not a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandError {
    /// The conference has ended.
    Ended,
    /// No such leg here, or no longer.
    UnknownLeg,
    /// No such participant here, or no longer.
    UnknownParticipant,
    /// The leg has a seat already.
    AlreadySeated,
    /// The conference does not take the leg; the cause is for the caller.
    Refused(EndCause),
    /// A guest may not do this.
    NotAllowed,
    /// Not one of `0-9A-D*#`.
    NotADigit,
    /// The participant does not wait, or no longer: somebody else decided.
    NotWaiting,
    /// The participant was not let in yet.
    NotAdmitted,
    /// What was written is no message.
    Text(TextError),
    /// The participant wrote too much lately.
    TooFast,
    /// More successors than [`crate::policy::MAX_SUCCESSORS`].
    TooManySuccessors,
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CommandError::Ended => f.write_str("the conference has ended"),
            CommandError::UnknownLeg => f.write_str("the leg is not in this conference"),
            CommandError::UnknownParticipant => {
                f.write_str("the participant is not in this conference")
            }
            CommandError::AlreadySeated => f.write_str("the leg is in this conference already"),
            CommandError::Refused(cause) => write!(f, "refused: {cause}"),
            CommandError::NotAllowed => f.write_str("only a host may do this"),
            CommandError::NotADigit => f.write_str("a digit is one of 0-9, A-D, * and #"),
            CommandError::NotWaiting => f.write_str("the participant does not wait (any more)"),
            CommandError::NotAdmitted => f.write_str("the participant was not let in yet"),
            CommandError::Text(TextError::Empty) => f.write_str("nothing is written"),
            CommandError::Text(TextError::TooLong) => {
                write!(f, "a message has at most {} characters", chat::MAX_TEXT)
            }
            CommandError::TooFast => f.write_str("too many of these in a short time"),
            CommandError::TooManySuccessors => {
                write!(f, "a host has at most {} successors", crate::policy::MAX_SUCCESSORS)
            }
        }
    }
}

impl std::error::Error for CommandError {}
