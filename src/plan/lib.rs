//! What is agreed, as plain data: nothing here decides, sends or waits.
//!
//! * [`policy`]: what a profile and a conference allow an offer or an answer to hold.
//! * [`transport`]: where RTP goes and how it is protected, as offer/answer settled it.
//! * [`webrtc`]: the same for a browser: ICE, DTLS, which stream is which.
//! * [`audio`]: the audio formats of one leg, as offer/answer settled them.
//! * [`video`]: the same of its video lines.
//! * [`media_plan`]: the conference's decision of who is heard by whom.
//! * [`picture`]: what is shown where, and to whom.
//! * [`command`]: the words between a conference and the engine, [`MediaCommand`] and
//!   [`MediaEvent`].
//! * [`prompt`]: what the bridge can say to a person.
//! * [`stats`]: what the engine knows of a leg's media.

pub mod audio;
pub mod command;
pub mod media_plan;
pub mod picture;
pub mod policy;
pub mod prompt;
pub mod stats;
pub mod transport;
pub mod video;
pub mod webrtc;

pub use audio::{AudioFormat, Cue, LegAudio, Sound};
pub use command::{DigitMethod, MediaCommand, MediaEvent, Subject};
pub use media_plan::{AudioEgress, AudioIngress, Feed, MediaPlan};
pub use picture::{PictureId, PicturePlan, PlannedTile, Show, TileMarks, VideoEgress, VideoFeed};
pub use policy::{Encryption, OfferPolicy};
pub use prompt::{CLIP_RATE, Clip, PlayId, Prompt};
pub use stats::{KeyFrameAsks, LegStats, VideoStats};
pub use transport::{
    Direction, H235Key, H235Spec, H235Way, KeyIdentifier, LegMedia, MediaProtection, SrtpKey,
    SrtpSpec, SrtpSuite, Transport, TransportSpec,
};
pub use video::{
    Ceiling, Content, Feedback, FeedbackKind, H264Format, H264Level, H264Limits, H264Profile,
    LegVideo, PacketizationMode, VideoCoding, VideoFormat, VideoPolicy, VideoSend, VideoTransport,
    Vp8Format,
};
pub use webrtc::{
    CandidateKind, CandidateProtocol, DtlsRole, Fingerprint, IceCandidate, IceCredentials,
    WebRtcAddress, WebRtcAudio, WebRtcData, WebRtcExtensions, WebRtcRid, WebRtcSpec, WebRtcState,
    WebRtcVideo,
};
