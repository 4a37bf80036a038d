//! Who calls: as a trusted network asserts it (RFC 3325), and hidden (RFC 3323).

use super::words::Invite;
use sip_codec::header::{NameAddr, PAssertedIdentity, PPreferredIdentity, Privacy, RemotePartyId};
use sip_codec::{Headers, Host, Request, SipUri, Text, Uri};

/// Who calls, beyond From.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The caller's address: `sip` or `tel`.
    pub uri: Uri,
    /// The caller's name, in any charset and with any characters.
    pub display_name: Option<Text>,
    /// Nobody may be shown it who is not of the trusted network.
    pub is_private: bool,
}

/// Who calls, as the network says from which the request came: P-Asserted-Identity, else a
/// Remote-Party-ID that was screened. Only for a trusted trunk: anybody can write these headers.
pub fn asserted(request: &Request) -> Option<Identity> {
    let headers = &request.headers;
    let asserted = headers.readable::<PAssertedIdentity>().map(|header| header.0).next();
    match asserted {
        Some(address) => Some(identity(address, asks_for_privacy(headers))),
        None => remote_party(headers),
    }
}

/// Who a caller would like to be: what a bridge may assert of its own user, once it has checked
/// that the user may.
pub fn preferred(request: &Request) -> Option<Identity> {
    let preferred = request.headers.readable::<PPreferredIdentity>().next()?;
    Some(identity(preferred.0, asks_for_privacy(&request.headers)))
}

/// Whether the caller wants its identity hidden from whom it calls: `id`, `user` or `header`.
pub fn asks_for_privacy(headers: &Headers) -> bool {
    let hides = |privacy: Privacy| ["id", "user", "header"].iter().any(|v| privacy.has(v));
    headers.readable::<Privacy>().any(hides)
}

fn identity(address: NameAddr, is_private: bool) -> Identity {
    Identity { display_name: address.display_name(), uri: address.uri, is_private }
}

fn remote_party(headers: &Headers) -> Option<Identity> {
    let is = |address: &NameAddr, name, value| {
        address.params.unquoted(name).is_some_and(|v: Text| v.eq_ignore_case(value))
    };
    let calling = |address: &NameAddr| {
        (is(address, "party", "calling") || !address.params.has("party"))
            && !is(address, "screen", "no")
    };
    let address = headers.readable::<RemotePartyId>().map(|h| h.0).find(calling)?;
    let hidden = address.params.has("privacy") && !is(&address, "privacy", "off");
    Some(identity(address, hidden || asks_for_privacy(headers)))
}

/// What an outgoing call says of its caller.
#[derive(Clone, Debug, Default)]
pub struct Presentation {
    /// P-Asserted-Identity. For a trunk that is trusted to keep it to itself; `None` for all
    /// others.
    pub asserted: Option<NameAddr>,
    /// The callee shall not learn who calls: From is anonymous, Privacy says `id`.
    pub hidden: bool,
}

/// From, without its tag.
pub(crate) fn from(invite: &Invite) -> NameAddr {
    if invite.presentation.hidden {
        let host = Host::Name(Text::from_static("anonymous.invalid"));
        return NameAddr::new(SipUri::new(host).with_user("anonymous")).with_display("Anonymous");
    }
    let from = NameAddr::new(invite.from.clone());
    match invite.display_name.as_str() {
        "" => from,
        name => from.with_display(name),
    }
}

/// Adds what is said of the caller beyond From.
pub(crate) fn present(headers: &mut Headers, presentation: &Presentation) {
    if let Some(asserted) = &presentation.asserted {
        headers.push(&PAssertedIdentity(asserted.clone()));
    }
    if presentation.hidden {
        headers.push(&Privacy(vec![Text::from_static("id")]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sip_codec::{HeaderName, Method};

    fn request(lines: &[(HeaderName, &'static str)]) -> Request {
        let mut request = Request::new(Method::Invite, "sip:room@192.0.2.2".parse().unwrap());
        for (name, value) in lines {
            request.headers.push_raw(name.clone(), *value);
        }
        request
    }

    fn number(identity: Option<Identity>) -> Option<(String, bool)> {
        identity.map(|identity| (identity.uri.user().unwrap().to_string(), identity.is_private))
    }

    #[test]
    fn an_asserted_identity_wins_over_an_old_remote_party() {
        let rpid = (HeaderName::RemotePartyId, "<sip:2@a.example>;party=calling;screen=yes");
        let pai = (HeaderName::PAssertedIdentity, "\"A\" <sip:+8610@a.example>, <tel:+8610>");
        let both = request(&[rpid.clone(), pai]);
        assert_eq!(number(asserted(&both)), Some(("+8610".into(), false)));
        assert_eq!(asserted(&both).unwrap().display_name.unwrap(), *"A");
        assert_eq!(number(asserted(&request(&[rpid]))), Some(("2".into(), false)));
    }

    #[test]
    fn what_was_not_screened_or_is_another_party_asserts_nothing() {
        for value in [
            "<sip:2@a.example>;party=calling;screen=no",
            "<sip:2@a.example>;party=called",
            "rubbish",
            "<sip:2@a.example",
        ] {
            let request = request(&[(HeaderName::RemotePartyId, value)]);
            assert_eq!(asserted(&request), None, "{value}");
        }
        assert_eq!(asserted(&request(&[(HeaderName::PAssertedIdentity, ",;")])), None);
    }

    #[test]
    fn privacy_is_kept_whoever_asks_for_it() {
        let pai = (HeaderName::PAssertedIdentity, "<tel:+8610>");
        for (value, private) in [("id", true), ("user;id", true), ("none", false)] {
            let request = request(&[pai.clone(), (HeaderName::Privacy, value)]);
            assert_eq!(number(asserted(&request)), Some(("+8610".into(), private)), "{value}");
        }
        for (value, private) in [("full", true), ("off", false)] {
            let value: &'static str = match value {
                "full" => "<sip:2@a.example>;privacy=full",
                _ => "<sip:2@a.example>;privacy=off",
            };
            let request = request(&[(HeaderName::RemotePartyId, value)]);
            assert_eq!(number(asserted(&request)), Some(("2".into(), private)), "{value}");
        }
    }
}
