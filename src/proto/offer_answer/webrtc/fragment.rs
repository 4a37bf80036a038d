//! What is said of ICE alone: `application/trickle-ice-sdpfrag` (RFC 8840 section 9).

use super::candidate;
use super::transport::is_credential;
use crate::offer_answer::Refusal;
use causeway_plan::webrtc::MAX_CANDIDATES;
use causeway_plan::{IceCandidate, IceCredentials, LegMedia};
use causeway_wire::sdp::{Attribute, SessionDescription};

/// A fragment of a peer: further candidates, or a restart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Its credentials, where it says them. Others than those that hold are a restart.
    pub(super) ice: Option<IceCredentials>,
    /// The values of `a=candidate`, at most [`MAX_CANDIDATES`].
    pub(super) candidates: Vec<String>,
}

/// What a fragment came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Further candidates.
    Candidates(Vec<IceCandidate>),
    /// A restart of ICE.
    Restarted {
        /// Our fragment: our new credentials, and all our candidates.
        fragment: String,
        /// All of the leg's media; replaces what was agreed before.
        media: Box<LegMedia>,
    },
}

impl Fragment {
    /// Reads a fragment. All its lines share one transport, so what stands in any of them counts.
    ///
    /// # Errors
    /// [`Refusal`]: it cannot be read, or its credentials cannot be used.
    pub fn parse(text: &[u8]) -> Result<Self, Refusal> {
        let whole = [b"v=0\r\n", text].concat();
        let session = SessionDescription::parse(&whole).map_err(Refusal::syntax)?;
        let of_lines = session.media.iter().flat_map(|line| &line.attributes);
        let all: Vec<&Attribute> = session.attributes.iter().chain(of_lines).collect();
        let values = |name: &'static str| {
            let named = all.iter().filter(move |a| a.name.eq_ignore_ascii_case(name));
            named.filter_map(|attribute| attribute.value.as_deref())
        };
        let ice = match (values("ice-ufrag").next(), values("ice-pwd").next()) {
            (None, None) => None,
            (Some(ufrag), Some(password))
                if is_credential(ufrag, 4) && is_credential(password, 22) =>
            {
                Some(IceCredentials { ufrag: ufrag.to_owned(), password: password.to_owned() })
            }
            _ => return Err(Refusal::bad("no usable a=ice-ufrag and a=ice-pwd")),
        };
        let candidates = values("candidate").take(MAX_CANDIDATES).map(str::to_owned).collect();
        Ok(Self { ice, candidates })
    }

    /// Its candidates that can be used with these credentials, each once.
    pub(super) fn candidates_of(&self, ice: &IceCredentials) -> Vec<IceCandidate> {
        let mut all: Vec<IceCandidate> = Vec::new();
        for candidate in self.candidates.iter().filter_map(|c| candidate::theirs(c, &ice.ufrag)) {
            if !all.contains(&candidate) {
                all.push(candidate);
            }
        }
        all
    }
}
