//! What an INVITE says of itself, as the rest of the bridge understands it. Nothing proves it.

use super::config::IncomingCall;
use crate::shown::{MAX_DISPLAY_NAME, MAX_USER_AGENT, seen, shown};
use causeway_base::{Alias, Device, EndCause, LegId};
use causeway_conference::{Offered, Proof, Protocol};
use causeway_proto::sip::{Carrier, Flow, identity};
use sip_codec::header::{From, UserAgent};
use sip_codec::{Request, Uri};
use std::net::IpAddr;

/// What is known of a call before any state exists for it.
///
/// # Errors
/// [`EndCause::BadAddress`] where the request-URI names nobody that can be dialled.
pub(super) fn incoming(
    request: &Request,
    flow: Flow,
    local: IpAddr,
) -> Result<IncomingCall, EndCause> {
    let from = request.headers.get::<From>().and_then(Result::ok);
    let calling = from.as_ref().and_then(|from| alias(&from.0.uri));
    let user_agent = request.headers.get::<UserAgent>().and_then(Result::ok);
    Ok(IncomingCall {
        protocol: Protocol::Sip,
        called: alias(&request.uri).ok_or(EndCause::BadAddress)?,
        calling: calling.unwrap_or_else(|| Alias::sip("", "anonymous.invalid")),
        claims: None,
        proof: Proof::default(),
        asserted_name: None,
        private: false,
        asked_again: false,
        source: flow.remote,
        local,
        secure: flow.carrier == Carrier::Tls,
        user_agent: user_agent.map(|agent| shown(&agent.0.to_str_lossy(), MAX_USER_AGENT)),
    })
}

/// Who calls, as a trusted trunk says (RFC 3325).
pub(super) fn believe(call: &mut IncomingCall, request: &Request) {
    if let Some(identity) = identity::asserted(request) {
        call.private |= identity.is_private;
        if let Some(asserted) = alias(&identity.uri) {
            call.calling = asserted;
        }
        let name = identity.display_name.filter(|_| !call.private);
        call.asserted_name = name.map(|name| shown(&name.to_str_lossy(), MAX_DISPLAY_NAME));
    }
}

/// Whether a session description has a video line that is not switched off. Without one at all the
/// offer is ours.
pub(super) fn may_have_pictures(description: &[u8]) -> bool {
    let is_video = |line: &[u8]| line.starts_with(b"m=video ") && !line.starts_with(b"m=video 0 ");
    description.is_empty() || description.split(|byte| *byte == b'\n').any(is_video)
}

/// The same, for a leg that was admitted.
pub(super) fn offered(leg: LegId, call: IncomingCall, request: &Request) -> Offered {
    let from = request.headers.get::<From>().and_then(Result::ok);
    let name = from.and_then(|from| from.0.display_name());
    Offered {
        leg,
        protocol: Protocol::Sip,
        called: call.called,
        calling: call.calling,
        private: call.private,
        proof: call.proof,
        display_name: call
            .asserted_name
            .or_else(|| name.map(|name| shown(&name.to_str_lossy(), MAX_DISPLAY_NAME)))
            .unwrap_or_default(),
        source: call.source,
        local: call.local,
        secure: call.secure,
        user_agent: call.user_agent,
        device: Device::of_description(&request.body),
        pictures: may_have_pictures(&request.body),
    }
}

/// The dialable name of a URI.
pub(super) fn alias(uri: &Uri) -> Option<Alias> {
    match uri {
        Uri::Sip(sip) => {
            let user = uri.user().map(|user| seen(&user.to_str_lossy())).unwrap_or_default();
            Some(Alias::sip(&user, &sip.host.to_string()))
        }
        Uri::Tel(tel) => Alias::parse(&format!("tel:{}", tel.number.to_str_lossy())).ok(),
        Uri::Other(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sip_codec::HeaderName;

    #[test]
    fn a_trusted_trunk_names_the_caller_unless_it_hides() {
        let mut request =
            Request::new(sip_codec::Method::Invite, "sip:1001@192.0.2.1".parse().expect("a URI"));
        let header = |name, value: &'static str, request: &mut Request| {
            request.headers.push_raw(name, value);
        };
        header(HeaderName::From, "\"Mallory\" <sip:x@192.0.2.9>;tag=1", &mut request);
        header(
            HeaderName::PAssertedIdentity,
            "\"Ann\" <sip:+8613800138000@192.0.2.9>",
            &mut request,
        );
        let address: std::net::SocketAddr = "192.0.2.9:5060".parse().expect("an address");
        let flow =
            Flow { carrier: Carrier::Udp, socket: 0, local: address, remote: address, name: None };
        let shown = |request: &Request, believed: bool| {
            let mut call = incoming(request, flow, address.ip()).expect("a call");
            if believed {
                believe(&mut call, request);
            }
            let offered = offered(LegId(1), call, request);
            (offered.display_name, offered.calling.user().to_owned())
        };
        assert_eq!(shown(&request, false), ("Mallory".to_owned(), "x".to_owned()));
        assert_eq!(shown(&request, true), ("Ann".to_owned(), "+8613800138000".to_owned()));
        header(HeaderName::Privacy, "id", &mut request);
        assert_eq!(shown(&request, true).0, "Mallory", "only what it says to everybody");
    }

    #[test]
    fn a_number_holds_nothing_that_a_log_or_a_database_could_stumble_over() {
        for (user, expected) in [
            ("%00", ""),
            ("10%001", "101"),
            ("1001%0AInjected%3A%20yes", "1001Injected: yes"),
            ("a%E2%80%AEb%E2%80%8Bc%EF%BB%BF", "abc"),
            ("%E4%BC%9A", "会"),
        ] {
            let uri = Uri::parse(format!("sip:{user}@example.com")).expect("a URI");
            assert_eq!(alias(&uri), Some(Alias::sip(expected, "example.com")), "{user}");
        }
    }

    #[test]
    fn pictures_may_come_of_a_line_that_is_on_and_of_an_offer_that_is_ours() {
        for (description, may) in [
            ("", true),
            ("v=0\r\nm=audio 4000 RTP/AVP 0\r\n", false),
            ("v=0\r\nm=audio 4000 RTP/AVP 0\r\nm=video 4002 RTP/AVP 96\r\n", true),
            ("v=0\r\nm=audio 4000 RTP/AVP 0\r\nm=video 0 RTP/AVP 96\r\n", false),
            ("v=0\r\na=m=video 4002 RTP/AVP 96\r\n", false),
        ] {
            assert_eq!(may_have_pictures(description.as_bytes()), may, "{description:?}");
        }
    }
}
