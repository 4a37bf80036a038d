//! What the outside sees of a running conference.

pub(crate) use crate::calling_out::without_passcode;
pub use crate::calling_out::{Bridging, Request};
use causeway_adapter::webrtc::message::NetworkTest;
use causeway_base::{Codec, Lang, LegId, VideoSize};
use causeway_conference::{Role, Said, Who};
use causeway_dial::Chosen;
use std::sync::Arc;

/// A running conference at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConferenceView {
    /// Its key in the directory: a meeting's id, or a configured conference's.
    pub key: Arc<str>,
    /// What the conference machine says of itself and its participants.
    pub conference: causeway_conference::ConferenceView,
    /// What is known of their calls.
    pub calls: Vec<CallView>,
    /// What was written, oldest first, as far as it is kept.
    pub chat: Vec<Arc<Said>>,
}

/// One call of a conference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallView {
    /// Which.
    pub leg: LegId,
    /// We called it.
    pub outgoing: bool,
    /// What we send it, once agreed.
    pub codec: Option<Codec>,
    /// Its media is encrypted, once agreed.
    pub encrypted: Option<bool>,
    /// Who calls asked not to be shown.
    pub private: bool,
    /// By what somebody takes part.
    pub kind: Kind,
    /// What its device is like, and why that is thought; `None`: a browser.
    pub device: Option<Arc<Chosen>>,
    /// The other meeting that it leads into.
    pub bridge: Option<BridgeView>,
    /// How good the line was lately, 0 (bad) to 4; `None` where nothing is known.
    pub quality: Option<u8>,
    /// The size of its pictures, while somebody is shown them.
    pub size: Option<VideoSize>,
    /// What the test before joining found.
    pub test: Option<Arc<NetworkTest>>,
}

/// A call of ours into another meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BridgeView {
    /// The stable name of whose meeting it is, where that is known.
    pub service: Option<&'static str>,
    /// It is not in yet: it speaks with a menu, or waits in a lobby.
    pub approaching: bool,
    /// It has sound only.
    pub sound_only: bool,
}

/// By what somebody takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A browser.
    Browser,
    /// A room system.
    Room,
    /// A telephone.
    Phone,
    /// Another meeting.
    Bridge,
}

/// Somebody who shall be called into a conference.
#[derive(Clone, PartialEq, Eq)]
pub struct CallOut {
    /// Whom: a number in E.164 for a trunk, or a SIP URI.
    pub target: String,
    /// By which trunk; `None`: as the dial plan says.
    pub trunk: Option<Arc<str>>,
    /// The name shown in the roster.
    pub display_name: String,
    /// The role once it answers.
    pub role: Role,
    /// Whose telephone it is; `None`: somebody else.
    pub beside: Option<Who>,
    /// The language in which it is spoken to.
    pub lang: Lang,
    /// How it gets into another meeting; `None`: who answers is whom we want.
    pub bridging: Option<Box<Bridging>>,
}

impl std::fmt::Debug for CallOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallOut").field("trunk", &self.trunk).finish_non_exhaustive()
    }
}
