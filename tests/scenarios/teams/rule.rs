//! What a proxy of Direct Routing refuses, by the numbers of the contract. The documents give the
//! rules; of the codes they give 403 for an address in Contact alone. The rest are guesses, and no
//! test asserts them.

use sip_codec::{
    HeaderName, Method, Request,
    header::{Contact, From, RecordRoute},
};
use std::time::{Duration, Instant};
use tokio_rustls::rustls::{
    client::verify_server_name,
    pki_types::{CertificateDer, ServerName},
    server::ParsedCertificate,
};

/// A gateway without a question in this time is called last.
const FORGOTTEN: Duration = Duration::from_secs(180);

/// Between two questions to one proxy; timers may be early by a little.
const QUESTIONS: Duration = Duration::from_millis(59_900);

/// What a request broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// The number of the rule.
    pub(crate) rule: &'static str,
    pub(crate) status: u16,
}

const fn broken(rule: &'static str, status: u16) -> Result<(), Broken> {
    Err(Broken { rule, status })
}

/// Checks that nobody documents. Off, unless a test is about one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Guesses {
    /// A certificate without an RSA key is refused: inferred from the list of suites.
    pub(crate) rsa_only: bool,
}

/// What a proxy knows of whoever sent a request.
pub(crate) struct Facts<'a> {
    /// The certificate of its connection.
    pub(crate) certificate: &'a CertificateDer<'a>,
    /// Names that tenants registered.
    pub(crate) tenants: &'a [String],
    /// When it asked this proxy last, before this request.
    pub(crate) asked: Option<Instant>,
    pub(crate) now: Instant,
    pub(crate) guesses: Guesses,
}

/// Judges a request that opens something: OPTIONS or INVITE.
pub(crate) fn judge(request: &Request, facts: &Facts<'_>) -> Result<(), Broken> {
    contact(request, facts)?;
    match request.method {
        Method::Options => question(facts),
        Method::Invite => invite(request, facts),
        _ => Ok(()),
    }
}

fn contact(request: &Request, facts: &Facts<'_>) -> Result<(), Broken> {
    let text = request.to_bytes();
    let text = String::from_utf8_lossy(&text);
    let (head, _) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    if head.contains("sips:") || head.contains("sip:@") {
        return broken("DR-06", 400);
    }
    // Of several only the first counts (DR-14).
    let Some(Contact::Address(address)) = request.headers.readable::<Contact>().next() else {
        return broken("DR-05", 400);
    };
    let Some(uri) = address.uri.as_sip() else { return broken("DR-06", 400) };
    let routes = request.headers.readable::<RecordRoute>();
    let mut routes = routes.filter_map(|route| Some(route.0.uri.as_sip()?.host.clone()));
    if uri.host.ip().is_some() || routes.any(|host| host.ip().is_some()) {
        return broken("DR-05", 403);
    }
    let host = uri.host.to_string();
    let certificate = ParsedCertificate::try_from(facts.certificate).ok();
    let name = ServerName::try_from(host.as_str()).ok();
    let is_shown = certificate
        .zip(name)
        .is_some_and(|(certificate, name)| verify_server_name(&certificate, &name).is_ok());
    if !is_shown {
        return broken("DR-04", 403);
    }
    let domain = host.split_once('.').map_or("", |(_, domain)| domain);
    if !facts.tenants.iter().any(|tenant| *tenant == host || tenant == domain) {
        return broken("DR-20", 404);
    }
    // The object identifier of RSA keys, in DER.
    let rsa = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    if facts.guesses.rsa_only && !facts.certificate.windows(rsa.len()).any(|part| part == rsa) {
        return broken("DR-01", 403);
    }
    Ok(())
}

fn question(facts: &Facts<'_>) -> Result<(), Broken> {
    match facts.asked {
        Some(asked) if facts.now - asked < QUESTIONS => broken("DR-10", 403),
        _ => Ok(()),
    }
}

fn invite(request: &Request, facts: &Facts<'_>) -> Result<(), Broken> {
    if facts.asked.is_none() {
        return broken("DR-07", 403);
    }
    let user = |uri: &sip_codec::Uri| uri.user().map(|user| user.to_string()).unwrap_or_default();
    let is_e164 = |user: String| {
        let digits = user.strip_prefix('+').unwrap_or_default();
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_e164(user(&request.uri)) {
        return broken("DR-11", 404);
    }
    let from = request.headers.readable::<From>().next();
    if !from.is_some_and(|from| is_e164(user(&from.0.uri))) {
        return broken("DR-11", 400);
    }
    if request.headers.has(&HeaderName::Replaces) {
        return broken("DR-13", 403);
    }
    let offer = String::from_utf8_lossy(&request.body);
    if offer.is_empty() {
        return broken("DR-12", 488);
    }
    if !offer.contains(" RTP/SAVP ") || !offer.contains(" AES_CM_128_HMAC_SHA1_80 ") {
        return broken("DR-15", 488);
    }
    Ok(())
}

/// Whether calls go to this gateway last: it has not asked for three minutes (DR-08), or does not
/// answer (DR-09).
pub(crate) fn is_demoted(asked: Option<Instant>, answers: bool, now: Instant) -> bool {
    !answers || asked.is_none_or(|asked| now - asked > FORGOTTEN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::teams::authority::{Authority, Usage};
    use sip_codec::{Limits, Message, parse_datagram};

    const OFFER: &str =
        "m=audio 40000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n";

    fn request(method: &str, target: &str, from: &str, more: &str, body: &str) -> Request {
        let text = format!(
            "{method} {target} SIP/2.0\r\nVia: SIP/2.0/TLS sbc1.example.com:5067;branch=z9hG4bKa\r\n\
             Max-Forwards: 70\r\nFrom: <{from}>;tag=1\r\nTo: <{target}>\r\nCall-ID: a\r\n\
             CSeq: 1 {method}\r\n{more}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        match parse_datagram(&text.into(), &Limits::DEFAULT) {
            Ok(Message::Request(request)) => request,
            other => panic!("not a request: {other:?}"),
        }
    }

    /// Each rule is broken by a gateway that does nothing else wrong.
    #[test]
    fn a_gateway_that_breaks_one_rule_is_refused_by_it() {
        let identity = Authority::new("root").sign(&["*.example.com"], &[Usage::ServerAuth]);
        let chain = identity.chain();
        let tenants = ["example.com".to_owned()];
        let now = Instant::now();
        let asked = Some(now - Duration::from_secs(70));
        let facts = |asked, tenants| Facts {
            certificate: &chain[0],
            tenants,
            asked,
            now,
            guesses: Guesses { rsa_only: true },
        };
        let usual = facts(asked, tenants.as_slice());
        let target = "sip:+4930123456@sip.pstnhub.example.net;user=phone";
        let from = "sip:+861012345678@sbc1.example.com";
        let contact = "Contact: <sip:+861012345678@sbc1.example.com:5067;transport=tls>\r\n";
        let invite = |more: &str| request("INVITE", target, from, more, OFFER);
        let options = |more: &str| request("OPTIONS", "sip:x.example.net", from, more, "");
        assert_eq!(judge(&invite(contact), &usual), Ok(()));
        assert_eq!(judge(&options("Contact: <sip:sbc1.example.com:5067>\r\n"), &usual), Ok(()));
        let two = "Contact: <sip:sbc1.example.com:5067>, <sip:192.0.2.1>\r\n";
        assert_eq!(judge(&invite(two), &usual), Ok(()), "DR-14");
        let at = |uri: &str| format!("Contact: <{uri}>\r\n");
        let plain = OFFER.replace("SAVP", "AVP");
        let short = OFFER.replace("SHA1_80", "SHA1_32");
        let route = format!("{contact}Record-Route: <sip:192.0.2.1;lr>\r\n");
        let replaces = format!("{contact}Replaces: a;to-tag=1;from-tag=2\r\n");
        for (request, facts, rule) in [
            (invite(&at("sip:a@sbc1.other.net")), &usual, "DR-04"),
            (invite(&at("sip:a@b.sbc1.example.com")), &usual, "DR-04"),
            (invite(&at("sip:a@192.0.2.1:5067")), &usual, "DR-05"),
            (options(""), &usual, "DR-05"),
            (invite(&route), &usual, "DR-05"),
            (invite(&at("sips:a@sbc1.example.com")), &usual, "DR-06"),
            (options(&at("sip:@sbc1.example.com")), &usual, "DR-06"),
            (invite(contact), &facts(None, &tenants), "DR-07"),
            (options(contact), &facts(Some(now - Duration::from_secs(30)), &tenants), "DR-10"),
            (request("INVITE", "sip:4930@x.example.net", from, contact, OFFER), &usual, "DR-11"),
            (
                request("INVITE", target, "sip:ann@sbc1.example.com", contact, OFFER),
                &usual,
                "DR-11",
            ),
            (request("INVITE", target, from, contact, ""), &usual, "DR-12"),
            (invite(&replaces), &usual, "DR-13"),
            (request("INVITE", target, from, contact, &plain), &usual, "DR-15"),
            (request("INVITE", target, from, contact, &short), &usual, "DR-15"),
            (invite(contact), &facts(asked, &[]), "DR-20"),
        ] {
            let verdict = judge(&request, facts).map_err(|broken| broken.rule);
            assert_eq!(verdict, Err(rule), "{}", String::from_utf8_lossy(&request.to_bytes()));
        }
    }

    #[test]
    fn who_does_not_ask_or_answer_is_called_last() {
        let now = Instant::now();
        let before = |seconds| now.checked_sub(Duration::from_secs(seconds));
        assert!(!is_demoted(before(60), true, now));
        assert!(is_demoted(before(181), true, now), "DR-08");
        assert!(is_demoted(before(60), false, now), "DR-09");
        assert!(is_demoted(None, true, now));
    }
}
