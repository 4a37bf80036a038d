//! WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep), as far as they are neither sockets nor
//! admission: types, preconditions, and what answers say besides their content.
//!
//! An offer is posted to an endpoint, with the token of a link. Its answer names a session, an
//! address that nobody can guess; a fragment that is sent there with PATCH brings further candidates
//! or restarts ICE, and DELETE ends it. The session has an entity tag, which changes with each restart:
//! a late candidate of before is found by it.
//!
//! The two differ in which way sound flows alone: see [`super::Door`]. A line that is not taken
//! (video, for now) is refused with port 0 instead of the whole offer, which RFC 9725 would have:
//! programs that publish pictures too are heard at least.

use super::Door;
use super::message::IceServer;
use causeway_base::EndCause;
use causeway_plan::OfferPolicy;
use causeway_plan::{Fingerprint, IceCredentials, WebRtcAddress};
use causeway_proto::offer_answer::{Refusal, WebRtcNegotiator, WebRtcTerms};
use std::fmt::Write;

/// The type of offers and answers.
pub const SDP: &str = "application/sdp";

/// The type of fragments (RFC 8840).
pub const FRAGMENT: &str = "application/trickle-ice-sdpfrag";

/// The longest body: an offer has some 20 kB, a fragment with all candidates 10.
pub const MAX_BODY: usize = 64 * 1024;

/// What an endpoint takes.
pub const ENDPOINT_METHODS: &str = "GET, HEAD, OPTIONS, POST";

/// What a session takes.
pub const SESSION_METHODS: &str = "DELETE, GET, HEAD, OPTIONS, PATCH";

/// What a page of another origin may send. The token is the only right that it has, and it brings
/// it along itself: no cookie of ours exists.
pub const ALLOWED_HEADERS: &str = "authorization, content-type, if-match";

/// What a page of another origin may read.
pub const EXPOSED_HEADERS: &str = "etag, link, location";

/// Whether a header of a content type is this type, whatever its parameters.
pub fn is_type(header: Option<&str>, wanted: &str) -> bool {
    let essence = header.and_then(|value| value.split(';').next()).map(str::trim);
    essence.is_some_and(|essence| essence.eq_ignore_ascii_case(wanted))
}

/// Which ICE session a session has, for its entity tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restarts(u32);

/// Why a fragment is not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmet {
    /// It says for which ICE session it is, and that one is over: 412.
    Failed,
    /// It does not say: 428.
    Missing,
}

impl Unmet {
    /// The status of the answer.
    pub const fn status(self) -> u16 {
        match self {
            Unmet::Failed => 412,
            Unmet::Missing => 428,
        }
    }
}

impl Restarts {
    /// The entity tag of the ICE session, a strong one.
    pub fn tag(self) -> String {
        format!("\"ice-{}\"", self.0)
    }

    /// ICE was restarted.
    pub const fn count(&mut self) {
        self.0 = self.0.wrapping_add(1);
    }

    /// Whether a fragment may be looked at, by its `If-Match` (RFC 9110 section 13.1.1). `*` is
    /// for any, as a restart has it.
    ///
    /// # Errors
    /// [`Unmet`]: it is for another ICE session, or for which nobody knows.
    pub fn matches(self, if_match: Option<&str>) -> Result<(), Unmet> {
        let tags = if_match.map(str::trim).filter(|tags| !tags.is_empty()).ok_or(Unmet::Missing)?;
        // Tags of ours hold no comma; a weak one matches nothing.
        let own = self.tag();
        let fits = |tag: &str| tag.trim() == own;
        if tags == "*" || tags.split(',').any(fits) { Ok(()) } else { Err(Unmet::Failed) }
    }
}

/// The values of `Link` that name servers for ICE, one for each address.
pub fn links(servers: &[IceServer]) -> Vec<String> {
    let mut links = Vec::new();
    for server in servers {
        for url in server.urls.iter().filter(|url| url.bytes().all(is_plain)) {
            let mut link = format!("<{url}>; rel=\"ice-server\"");
            if let (Some(username), Some(credential)) = (&server.username, &server.credential)
                && username.bytes().chain(credential.bytes()).all(is_plain)
            {
                let _ = write!(
                    link,
                    "; username=\"{username}\"; credential=\"{credential}\"; \
                     credential-type=\"password\""
                );
            }
            links.push(link);
        }
    }
    links
}

/// Whether a byte stands in a quoted string, and in angle brackets, as it is.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b'<' | b'>')
}

/// The status of the answer to an offer that is refused: malformed, or of no use.
pub const fn refused_status(cause: EndCause) -> u16 {
    match cause {
        EndCause::BadMediaDescription => 400,
        _ => 406,
    }
}

/// Whether an offer can be answered, tried before anything is spent on it: the use of a link, a
/// seat, ports.
///
/// # Errors
/// [`Refusal`]: it cannot.
pub fn try_offer(door: Door, offer: &str) -> Result<(), Refusal> {
    let local = WebRtcAddress {
        ice: IceCredentials { ufrag: String::new(), password: String::new() },
        fingerprint: Fingerprint([0; 32]),
        udp: Vec::new(),
        tcp: Vec::new(),
    };
    let terms = WebRtcTerms { ice_lite: true, direction: door.direction() };
    let mut nobody = WebRtcNegotiator::new(OfferPolicy::default(), local, terms, [0; 32]);
    let (_, media) = nobody.answer(offer.as_bytes())?;
    let flows = media.direction.sends() || media.direction.receives();
    if flows { Ok(()) } else { Err(Refusal::bad("the audio line flows the other way")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_compared_without_their_parameters() {
        assert!(is_type(Some("application/sdp"), SDP));
        assert!(is_type(Some("Application/SDP ; charset=utf-8"), SDP));
        assert!(!is_type(Some("application/sdpx"), SDP));
        assert!(!is_type(Some(""), SDP));
        assert!(!is_type(None, SDP));
    }

    #[test]
    fn a_fragment_is_for_one_ice_session_or_for_any() {
        let mut session = Restarts::default();
        let first = session.tag();
        for (if_match, expected) in [
            (Some("*"), Ok(())),
            (Some(&*first), Ok(())),
            (Some(&*format!("\"other\", {first}")), Ok(())),
            (Some(&*format!("W/{first}")), Err(Unmet::Failed)),
            (Some("\"other\""), Err(Unmet::Failed)),
            (Some("ice-0"), Err(Unmet::Failed)),
            (Some(" "), Err(Unmet::Missing)),
            (None, Err(Unmet::Missing)),
        ] {
            assert_eq!(session.matches(if_match), expected, "{if_match:?}");
        }
        session.count();
        assert_eq!(session.matches(Some(&first)), Err(Unmet::Failed));
        assert_eq!(session.matches(Some(&session.tag())), Ok(()));
        assert_eq!([Unmet::Failed, Unmet::Missing].map(Unmet::status), [412, 428]);
    }

    #[test]
    fn every_server_is_a_link_of_its_own() {
        let servers = [
            IceServer { urls: vec!["stun:s.example".into()], username: None, credential: None },
            IceServer {
                urls: vec!["turn:t.example?transport=udp".into(), "turns:t.example".into()],
                username: Some("1:p7".into()),
                credential: Some("a+b/=".into()),
            },
        ];
        let links = links(&servers);
        assert_eq!(links[0], "<stun:s.example>; rel=\"ice-server\"");
        let turn = "<turn:t.example?transport=udp>; rel=\"ice-server\"; username=\"1:p7\"; \
                    credential=\"a+b/=\"; credential-type=\"password\"";
        assert_eq!((links.len(), links[1].as_str()), (3, turn));
    }

    #[test]
    fn what_would_break_a_header_is_left_out() {
        let server = |url: &str, username: &str| IceServer {
            urls: vec![url.into()],
            username: Some(username.into()),
            credential: Some("x".into()),
        };
        assert!(links(&[server("turn:a>b", "u"), server("turn:a\r\nb", "u")]).is_empty());
        let bare = links(&[server("turn:a", "u\"; x=\"")]);
        assert_eq!(bare, ["<turn:a>; rel=\"ice-server\""]);
    }

    #[test]
    fn an_offer_is_tried_before_anything_is_spent_on_it() {
        let offer = super::super::tests::offer("first", "sendonly");
        assert_eq!(try_offer(Door::Whip, &offer), Ok(()));
        let wrong_way = try_offer(Door::Whep, &offer).unwrap_err();
        assert_eq!(refused_status(wrong_way.cause), 400);
        let clear = offer.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP");
        assert_eq!(refused_status(try_offer(Door::Whip, &clear).unwrap_err().cause), 406);
        let silent = offer.replace("opus", "speex");
        assert_eq!(refused_status(try_offer(Door::Whip, &silent).unwrap_err().cause), 406);
        assert_eq!(refused_status(try_offer(Door::Whip, "hello").unwrap_err().cause), 400);
    }
}
