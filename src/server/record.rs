//! What is kept of a call: gathered while the call lives, written when it is answered, so that a
//! call that goes on is in the records too, and again when it is over.

use crate::store::random;
use causeway_adapter::webrtc::message::NetworkTest;
use causeway_base::{Codec, EndCause, LegId};
use causeway_conference::{Protocol, Verdict};
use causeway_plan::{LegMedia, LegStats};
use jiff::Timestamp;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

/// A call record in the making. `Debug` shows nothing personal.
#[derive(Clone, PartialEq)]
pub struct Draft {
    /// Names the record. `None` only where the system has no randomness.
    pub id: Option<Arc<str>>,
    /// The leg.
    pub leg: LegId,
    /// What its signalling spoke.
    pub protocol: Protocol,
    /// We called.
    pub outgoing: bool,
    /// When it came.
    pub started: Timestamp,
    /// When it was confirmed.
    pub answered: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Why it ended.
    pub cause: Option<EndCause>,
    /// Whom it called. Personal.
    pub called: String,
    /// Who called. Personal.
    pub calling: String,
    /// Where its signalling came from. Personal.
    pub source: Option<IpAddr>,
    /// The trunk that brought or carried it.
    pub trunk: Option<Arc<str>>,
    /// The last conference that it was in, by its key.
    pub conference: Option<Arc<str>>,
    /// Why it went where it went, as JSON.
    pub explanation: String,
    /// What its device is like, and why that is thought, as JSON.
    pub profile: Option<String>,
    /// What we sent it, last.
    pub codec: Option<Codec>,
    /// Its media was encrypted.
    pub encrypted: Option<bool>,
    /// How good it was, 1 to 5.
    pub feedback: Option<u8>,
    /// What a test call found.
    pub verdict: Option<Verdict>,
    /// What the test before joining found.
    pub test: Option<Arc<NetworkTest>>,
    /// What the engine counted.
    pub stats: Option<Box<LegStats>>,
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("leg", &self.leg)
            .field("cause", &self.cause)
            .finish_non_exhaustive()
    }
}

impl Draft {
    /// Of a call that begins now.
    pub fn begun(leg: LegId, protocol: Protocol, outgoing: bool) -> Self {
        Self {
            id: random::id().ok(),
            leg,
            protocol,
            outgoing,
            started: Timestamp::now(),
            answered: None,
            ended: None,
            cause: None,
            called: String::new(),
            calling: String::new(),
            source: None,
            trunk: None,
            conference: None,
            explanation: String::new(),
            profile: None,
            codec: None,
            encrypted: None,
            feedback: None,
            verdict: None,
            test: None,
            stats: None,
        }
    }

    /// The other side confirmed.
    pub fn answered(&mut self) {
        self.answered.get_or_insert_with(Timestamp::now);
    }

    /// Its media was agreed.
    pub fn agreed(&mut self, media: &LegMedia) {
        self.codec = Some(media.audio.send.codec);
        self.encrypted = Some(media.transport.is_encrypted());
    }

    /// It is refused: this reason counts, not what the refusal's own end says.
    pub fn refused(&mut self, cause: EndCause) {
        self.cause.get_or_insert(cause);
    }

    /// It is over.
    pub fn ended(&mut self, cause: EndCause) {
        self.ended.get_or_insert_with(Timestamp::now);
        self.cause.get_or_insert(cause);
    }
}
