//! The words between a conference and the engine.

use crate::video::{Sight, VideoState, VideoStrain};
use crate::{
    Clip, Cue, IceCandidate, LegMedia, LegStats, MediaPlan, PlayId, Sound, WebRtcAddress,
    WebRtcState,
};
use causeway_base::{ConferenceId, EndCause, LegId};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// By which way a digit came. One press can come by several; `conference::digit` merges them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DigitMethod {
    /// RTP events (RFC 4733).
    Rfc4733,
    /// SIP INFO.
    SipInfo,
    /// User input of H.245.
    UserInput,
    /// Tones in the audio (ITU-T Q.23, Q.24).
    InBand,
}

/// What the engine is told. Commands of one leg and one conference are carried out in order.
#[derive(Clone, Debug)]
pub enum MediaCommand {
    /// Make room for a conference's media on this worker.
    OpenConference {
        /// The conference.
        conference: ConferenceId,
    },
    /// End a conference's media; its legs stay reserved and hear nothing.
    CloseConference {
        /// The conference.
        conference: ConferenceId,
    },
    /// Bind ports for a leg. Answered by [`MediaEvent::Reserved`] or [`MediaEvent::Failed`].
    Reserve {
        /// The leg.
        leg: LegId,
        /// The local address to bind.
        local: IpAddr,
        /// Ports for a main video line too.
        video: bool,
    },
    /// Bind ports for the main video line of a leg that has ports for sound. Answered by
    /// [`MediaEvent::PicturesReserved`].
    ReservePictures {
        /// The leg, reserved before.
        leg: LegId,
        /// The local address to bind.
        local: IpAddr,
    },
    /// Make a browser's leg, on the shared ports of a worker. Answered by
    /// [`MediaEvent::WebRtcReserved`] or [`MediaEvent::Failed`].
    ReserveWebRtc {
        /// The leg.
        leg: LegId,
    },
    /// A further candidate of a browser (RFC 8838).
    AddCandidate {
        /// The leg.
        leg: LegId,
        /// The candidate.
        candidate: IceCandidate,
    },
    /// State a leg's media, for the first time or anew after a re-offer.
    Configure {
        /// The leg, reserved before.
        leg: LegId,
        /// Its media.
        media: Box<LegMedia>,
    },
    /// Hand a leg to a conference, between two ticks and without new signalling.
    Move {
        /// The leg.
        leg: LegId,
        /// Where it belongs from now on.
        conference: ConferenceId,
    },
    /// Replace a conference's plan. Legs that are not in it neither hear nor are heard.
    Apply {
        /// The conference.
        conference: ConferenceId,
        /// The new plan.
        plan: MediaPlan,
    },
    /// A leg's peer asks by signalling for a full picture (RFC 5168).
    RefreshPicture {
        /// The leg.
        leg: LegId,
    },
    /// Send RFC 4733 digits (`0-9A-D*#`) to a leg, one after the other.
    SendDigits {
        /// The leg.
        leg: LegId,
        /// The digits, at most 64; more are cut.
        digits: String,
    },
    /// Play to one leg alone, in a row. Over [`crate::Feed::Mix`] it is laid on the mix, which
    /// becomes quieter meanwhile. Replaces what plays to the leg now. Ends with
    /// [`MediaEvent::Played`] unless it was replaced, stopped, or loops.
    Play {
        /// The leg.
        leg: LegId,
        /// Its number.
        play: PlayId,
        /// What to play, at most 64 clips; more are cut.
        clips: Vec<Clip>,
        /// Start the last clip again for ever (hold music after an announcement).
        loops: bool,
    },
    /// Stop what plays to a leg.
    StopPlaying {
        /// The leg.
        leg: LegId,
    },
    /// Tell by [`MediaEvent::Cued`] what is heard of a leg, or no longer. For calls of ours that
    /// listen to a voice menu.
    Listen {
        /// The leg.
        leg: LegId,
        /// From now on, or no longer.
        on: bool,
    },
    /// Ask for [`MediaEvent::Stats`].
    ReportStats {
        /// The leg.
        leg: LegId,
    },
    /// Say goodbye by RTCP BYE and let the leg's ports drain.
    Release {
        /// The leg.
        leg: LegId,
    },
}

/// What the engine tells.
#[derive(Clone, Debug)]
pub enum MediaEvent {
    /// A leg has its ports.
    Reserved {
        /// The leg.
        leg: LegId,
        /// The local RTP address.
        rtp: SocketAddr,
        /// The local RTCP address, the next port.
        rtcp: SocketAddr,
        /// The same two for its main video line, where they were wanted and there were any.
        video: Option<(SocketAddr, SocketAddr)>,
    },
    /// A leg has ports for its main video line, where there were any.
    PicturesReserved {
        /// The leg.
        leg: LegId,
        /// The local RTP and RTCP address.
        ports: Option<(SocketAddr, SocketAddr)>,
    },
    /// A browser's leg has its credentials and its ports.
    WebRtcReserved {
        /// The leg.
        leg: LegId,
        /// All that its description needs.
        local: Box<WebRtcAddress>,
    },
    /// A browser's transport is up, or down.
    WebRtcChanged {
        /// The leg.
        leg: LegId,
        /// How it stands.
        state: WebRtcState,
    },
    /// The first packet of a leg was taken.
    SourceLatched {
        /// The leg.
        leg: LegId,
        /// From where.
        source: SocketAddr,
    },
    /// A digit began.
    Digit {
        /// The leg.
        leg: LegId,
        /// One of `0-9A-D*#`.
        digit: char,
        /// By which way.
        method: DigitMethod,
    },
    /// What [`MediaCommand::Play`] started was played to its end.
    Played {
        /// The leg.
        leg: LegId,
        /// The number of the command.
        play: PlayId,
    },
    /// The talkers that are mixed, loudest first. Sent when it changes, ten times a second at
    /// most.
    Talkers {
        /// The conference.
        conference: ConferenceId,
        /// The legs.
        legs: Vec<LegId>,
    },
    /// A leg's main video begins to come, stands still, or ended.
    VideoChanged {
        /// The leg.
        leg: LegId,
        /// How it stands.
        state: VideoState,
    },
    /// A leg gets what its picture shows by the lines of its tiles, or the picture itself again.
    /// It gets the picture at first.
    TilesShown {
        /// The leg.
        leg: LegId,
        /// By the lines of its tiles.
        shown: bool,
    },
    /// What a leg's video looks like, where that changed. Told of streams that somebody sees.
    Sighted {
        /// The leg.
        leg: LegId,
        /// What it looks like.
        sight: Sight,
    },
    /// What a leg's sound is like, where that changed. Told of legs that may be heard, and
    /// [`Sound::Fine`] of one that may not any more.
    Sounded {
        /// The leg.
        leg: LegId,
        /// What it is like.
        sound: Sound,
    },
    /// Something else is heard of a leg that is listened to ([`MediaCommand::Listen`]), at most
    /// ten times a second.
    Cued {
        /// The leg.
        leg: LegId,
        /// What.
        cue: Cue,
    },
    /// A full picture of a leg is needed, and RTCP did not bring one: ask by signalling
    /// (RFC 5168).
    KeyFrameNeeded {
        /// The leg.
        leg: LegId,
    },
    /// The machine has too little time for a conference's pictures, or enough again.
    VideoStrained {
        /// The conference.
        conference: ConferenceId,
        /// What is left of them.
        strain: VideoStrain,
    },
    /// No RTP and no RTCP came from a leg for this long. Said once per silence.
    Silent {
        /// The leg.
        leg: LegId,
        /// How long.
        quiet_for: Duration,
    },
    /// RTP or RTCP comes again from a leg that was [`MediaEvent::Silent`].
    Resumed {
        /// The leg.
        leg: LegId,
    },
    /// The answer to [`MediaCommand::ReportStats`], and the last word after
    /// [`MediaCommand::Release`].
    Stats {
        /// The leg.
        leg: LegId,
        /// Its counters.
        stats: Box<LegStats>,
    },
    /// A leg's media cannot go on.
    Failed {
        /// The leg.
        leg: LegId,
        /// Why.
        cause: EndCause,
    },
    /// A conference's media ended by a fault of ours; others did not notice.
    ConferenceFailed {
        /// The conference.
        conference: ConferenceId,
        /// Why.
        cause: EndCause,
    },
}

/// Whom an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A leg, whoever has it.
    Leg(LegId),
    /// A conference as a whole.
    Conference(ConferenceId),
}

impl MediaEvent {
    /// Whom it is about.
    pub const fn subject(&self) -> Subject {
        match self {
            MediaEvent::Talkers { conference, .. }
            | MediaEvent::VideoStrained { conference, .. }
            | MediaEvent::ConferenceFailed { conference, .. } => Subject::Conference(*conference),
            MediaEvent::Reserved { leg, .. }
            | MediaEvent::PicturesReserved { leg, .. }
            | MediaEvent::WebRtcReserved { leg, .. }
            | MediaEvent::WebRtcChanged { leg, .. }
            | MediaEvent::SourceLatched { leg, .. }
            | MediaEvent::VideoChanged { leg, .. }
            | MediaEvent::TilesShown { leg, .. }
            | MediaEvent::Sighted { leg, .. }
            | MediaEvent::Sounded { leg, .. }
            | MediaEvent::Cued { leg, .. }
            | MediaEvent::KeyFrameNeeded { leg }
            | MediaEvent::Digit { leg, .. }
            | MediaEvent::Played { leg, .. }
            | MediaEvent::Silent { leg, .. }
            | MediaEvent::Resumed { leg }
            | MediaEvent::Stats { leg, .. }
            | MediaEvent::Failed { leg, .. } => Subject::Leg(*leg),
        }
    }
}
