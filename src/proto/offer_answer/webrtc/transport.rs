//! How the peer is reached and known: ICE (RFC 8839) and DTLS (RFC 5763, RFC 8842).

use super::bundle::Offered;
use super::candidate;
use crate::offer_answer::Refusal;
use crate::offer_answer::seed::Seed;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use causeway_plan::webrtc::{MAX_CANDIDATES, MAX_ICE_CREDENTIAL};
use causeway_plan::{DtlsRole, Fingerprint, IceCandidate, IceCredentials};
use causeway_wire::sdp::{MediaDescription, SessionDescription, attribute};

/// Our part where the offer leaves it to us.
const OUR_ROLE: DtlsRole = DtlsRole::Server;

/// What a description says of its transport.
#[derive(Debug)]
pub(super) struct PeerTransport {
    pub(super) ice: IceCredentials,
    pub(super) fingerprint: Fingerprint,
    pub(super) candidates: Vec<IceCandidate>,
    setup: Setup,
}

/// Who may begin the handshake, from the peer's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Setup {
    Active,
    Passive,
    Either,
}

impl PeerTransport {
    /// The transport of the line at `index`.
    ///
    /// # Errors
    /// Credentials or a certificate of ICE are missing or of no use, or the peer does no checks.
    pub(super) fn read(offered: &Offered<'_>, index: usize) -> Result<Self, Refusal> {
        let session = offered.session;
        let own = session.media.get(index).ok_or_else(Refusal::no_audio)?;
        let has = |line: &&MediaDescription| session.attribute_of(line, "ice-ufrag").is_some();
        let line = [Some(own), offered.tagged(index)].into_iter().flatten().find(has);
        let line = line.unwrap_or(own);
        let words = |name| session.attribute_of(line, name).and_then(|a| a.value.as_deref());
        if session.attributes.iter().any(|a| a.name.eq_ignore_ascii_case("ice-lite")) {
            return Err(Refusal::bad("a=ice-lite: whoever offers must check connectivity"));
        }
        let credential = |name, least| {
            words(name).map(str::trim).filter(|word| is_credential(word, least)).map(str::to_owned)
        };
        let ice = credential("ice-ufrag", 4).zip(credential("ice-pwd", 22));
        let (ufrag, password) =
            ice.ok_or_else(|| Refusal::bad("no usable a=ice-ufrag and a=ice-pwd"))?;
        let setup = match words("setup").map(|word| word.trim().to_ascii_lowercase()).as_deref() {
            None | Some("actpass") => Setup::Either,
            Some("active") => Setup::Active,
            Some("passive") => Setup::Passive,
            Some(_) => return Err(Refusal::bad("a=setup is neither actpass, active nor passive")),
        };
        // Of lines with one transport, only the first of the group has candidates.
        let of_it = |line: &&MediaDescription| {
            let fragment = session.attribute_of(line, "ice-ufrag");
            fragment.and_then(|a| a.value.as_deref()).is_some_and(|of| of.trim() == ufrag)
        };
        let tagged = offered.tagged(index).filter(|tagged| *tagged != line).filter(of_it);
        let lines = [Some(line), tagged].into_iter().flatten();
        let candidates = lines.flat_map(|line| line.values("candidate"));
        let candidates = candidates.filter_map(|text| candidate::theirs(text, &ufrag));
        Ok(Self {
            candidates: candidates.take(MAX_CANDIDATES).collect(),
            fingerprint: fingerprint(session, line).ok_or_else(Refusal::no_certificate)?,
            ice: IceCredentials { ufrag, password },
            setup,
        })
    }

    /// Our part in the handshake; `in_use` where the association goes on.
    ///
    /// # Errors
    /// The peer wants another part while the association goes on.
    pub(super) fn role(&self, in_use: Option<DtlsRole>) -> Result<DtlsRole, Refusal> {
        let asked = match self.setup {
            Setup::Active => Some(DtlsRole::Server),
            Setup::Passive => Some(DtlsRole::Client),
            Setup::Either => None,
        };
        match (asked, in_use) {
            (Some(asked), Some(in_use)) if asked != in_use => {
                Err(Refusal::bad("a=setup changes the roles of a running DTLS association"))
            }
            (asked, in_use) => Ok(asked.or(in_use).unwrap_or(OUR_ROLE)),
        }
    }
}

/// The first SHA-256, of the line before those of the session.
fn fingerprint(session: &SessionDescription, line: &MediaDescription) -> Option<Fingerprint> {
    let lines = line.attributes.iter().chain(&session.attributes);
    lines
        .filter(|attribute| attribute.name.eq_ignore_ascii_case("fingerprint"))
        .find_map(|attribute| attribute::sha256_fingerprint(attribute.value.as_deref()?))
        .map(Fingerprint)
}

/// At least so many of the letters of ICE.
pub(super) fn is_credential(word: &str, least: usize) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    (least..=MAX_ICE_CREDENTIAL).contains(&word.len()) && word.bytes().all(fits)
}

/// Our credentials after so many restarts: 72 random bits to be found by, 192 to be trusted by.
pub(super) fn credentials(seed: &Seed, restarts: u32) -> IceCredentials {
    IceCredentials {
        ufrag: text(&seed.block(b"ice-ufrag", [restarts, 0, 0])[..9]),
        password: text(&seed.block(b"ice-pwd", [restarts, 0, 0])[..24]),
    }
}

/// Bytes in the letters of ICE, which are those of base64.
pub(super) fn text(bytes: &[u8]) -> String {
    STANDARD_NO_PAD.encode(bytes)
}
