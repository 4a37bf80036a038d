//! What a REGISTER asks for, judged.

use super::{Config, MAX_BINDINGS, user_of};
use crate::sip::limits::{MAX_ID, MAX_ROUTES};
use crate::sip::read;
use crate::sip::words::{Carrier, Flow};
use bytes::Bytes;
use sip_codec::header::{Contact, Expires, MinExpires, NameAddr, Path, Via};
use sip_codec::{HeaderName, Headers, Host, Request, Text, TypedHeader, Uri};
use std::sync::Arc;
use std::time::Duration;

/// Bytes of a Contact or a Path that are kept: several times what devices send.
const MAX_CONTACT: usize = 1_024;

/// Characters of a User-Agent that are kept.
const MAX_USER_AGENT: usize = 128;

/// How to answer a REGISTER.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Contact, Min-Expires, Path ...
    pub headers: Headers,
    /// How long the connection may be silent from now on: its device promised to keep it alive.
    pub flow_timer: Option<Duration>,
}

impl Answer {
    pub(super) fn status(status: u16) -> Self {
        Self { status, headers: Headers::new(), flow_timer: None }
    }
}

/// What a REGISTER asks for.
pub(super) struct Asked {
    /// The user part of the address-of-record.
    pub(super) aor: String,
    pub(super) call_id: Text,
    pub(super) cseq: u32,
    pub(super) change: Change,
    pub(super) path: Vec<NameAddr>,
    /// RFC 5626 holds for this binding.
    pub(super) outbound: bool,
    pub(super) user_agent: Arc<str>,
}

pub(super) enum Change {
    /// It asks what is bound.
    Nothing,
    /// `*`
    RemoveAll,
    Contacts(Vec<AskedContact>),
}

/// One contact to be bound, refreshed or removed.
pub(super) struct AskedContact {
    /// Without `expires`; shares nothing with the datagram.
    pub(super) header: NameAddr,
    pub(super) instance: Option<Text>,
    /// The way, where RFC 5626 holds.
    pub(super) reg_id: Option<u32>,
    pub(super) q: u16,
    /// As granted; zero removes it.
    pub(super) expires: Duration,
}

/// Reads and judges a request by itself (RFC 3261 section 10.3, steps 1, 5 and 6).
pub(super) fn read(request: &Request, flow: Flow, config: &Config) -> Result<Asked, Answer> {
    let headers = &request.headers;
    let bad = || Answer::status(400);
    let to = read::to(headers).ok_or_else(bad)?;
    if !is_ours(&request.uri, flow, config) || !is_ours(&to.uri, flow, config) {
        return Err(Answer::status(404));
    }
    let call_id = read::call_id(headers).filter(|id| id.len() <= MAX_ID).ok_or_else(bad)?;
    let (cseq, _) = read::cseq(headers).ok_or_else(bad)?;
    let path = path(headers)?;
    let reader = Reader {
        headers,
        config,
        speaks_outbound: read::has_token(headers, &HeaderName::Supported, "outbound")
            || read::has_token(headers, &HeaderName::Require, "outbound"),
        nat: is_behind_nat(headers, flow),
    };
    let change = reader.change()?;
    let outbound = match &change {
        Change::Contacts(contacts) => contacts.iter().any(|c| c.reg_id.is_some()),
        _ => false,
    };
    if outbound && lacks_outbound(headers, &path) {
        return Err(Answer::status(439));
    }
    Ok(Asked {
        aor: user_of(&to.uri).ok_or_else(|| Answer::status(404))?,
        call_id,
        cseq,
        change,
        path,
        // Over UDP its keep-alives would be STUN on this port, which nobody answers: the device
        // is not told that we speak outbound, and its bindings work all the same.
        outbound: outbound && flow.carrier.is_reliable(),
        user_agent: user_agent(headers),
    })
}

/// Whether the URI is of a domain of ours.
fn is_ours(uri: &Uri, flow: Flow, config: &Config) -> bool {
    let Some(host) = uri.host() else { return false };
    let named = |domain: &String| match host {
        Host::Name(name) => name.eq_ignore_case(domain),
        host => host.to_string() == *domain,
    };
    config.domains.is_empty()
        || host.ip() == Some(flow.local.ip())
        || config.domains.iter().any(named)
}

/// A UDP sender that knows itself by another address than the one that we see.
fn is_behind_nat(headers: &Headers, flow: Flow) -> bool {
    flow.carrier == Carrier::Udp
        && read::first::<Via>(headers)
            .and_then(|via| via.host.ip())
            .is_some_and(|ip| ip != flow.remote.ip())
}

/// A proxy stands between that does not keep the device's flow (RFC 5626 section 6).
fn lacks_outbound(headers: &Headers, path: &[NameAddr]) -> bool {
    let proxied = headers.all::<Via>().nth(1).is_some();
    let kept = path.last().and_then(|p| p.uri.as_sip()).is_some_and(|uri| uri.params.has("ob"));
    proxied && !kept
}

fn path(headers: &Headers) -> Result<Vec<NameAddr>, Answer> {
    let mut path = Vec::new();
    for hop in headers.all::<Path>() {
        let hop = hop.ok().and_then(|hop| detached(&hop));
        if path.len() >= MAX_ROUTES {
            return Err(Answer::status(400));
        }
        path.push(hop.ok_or_else(|| Answer::status(400))?.0);
    }
    Ok(path)
}

/// A copy that shares nothing with the datagram. `None` where it is too long.
fn detached<T: TypedHeader>(header: &T) -> Option<T> {
    let value: Bytes = header.to_value();
    (value.len() <= MAX_CONTACT).then(|| T::parse(&value).ok()).flatten()
}

fn user_agent(headers: &Headers) -> Arc<str> {
    let line = headers.raw(&HeaderName::UserAgent).next().cloned().unwrap_or_default();
    let text = String::from_utf8_lossy(&line);
    let text: String = text.chars().filter(|c| !c.is_control()).take(MAX_USER_AGENT).collect();
    text.into()
}

/// Reads the contacts of one request.
struct Reader<'a> {
    headers: &'a Headers,
    config: &'a Config,
    speaks_outbound: bool,
    nat: bool,
}

impl Reader<'_> {
    fn change(&self) -> Result<Change, Answer> {
        let bad = || Answer::status(400);
        let mut contacts = Vec::new();
        let mut any = false;
        for contact in self.headers.all::<Contact>() {
            match contact.map_err(|_| bad())? {
                Contact::Any => any = true,
                contact if contacts.len() < MAX_BINDINGS => contacts.push(self.contact(&contact)?),
                _ => return Err(Answer::status(403)),
            }
        }
        match (any, contacts.as_slice()) {
            (true, []) if self.expires() == Some(0) => Ok(Change::RemoveAll),
            (true, _) => Err(bad()),
            (false, []) => Ok(Change::Nothing),
            (false, several) => {
                let ways = several.iter().any(|c| c.reg_id.is_some());
                let kept = several.iter().filter(|c| !c.expires.is_zero()).count();
                // A way is the one that the request came by: there cannot be two.
                if ways && kept > 1 { Err(bad()) } else { Ok(Change::Contacts(contacts)) }
            }
        }
    }

    /// The Expires header. An unreadable one counts as absent (RFC 3261 section 10.3, step 7).
    fn expires(&self) -> Option<u32> {
        read::first::<Expires>(self.headers).map(|expires| expires.0)
    }

    fn contact(&self, contact: &Contact) -> Result<AskedContact, Answer> {
        let bad = || Answer::status(400);
        let expires = self.granted(contact)?;
        let q = contact.q().unwrap_or(1_000);
        let Some(Contact::Address(mut header)) = detached(contact) else { return Err(bad()) };
        if header.uri.as_sip().is_none() {
            return Err(bad());
        }
        header.params.remove("expires");
        let instance = header.params.unquoted("+sip.instance").map(|i| i.detached());
        let way = header.params.get("reg-id").and_then(|id| id.as_str()?.parse().ok());
        let reg_id = way.filter(|_| self.speaks_outbound && instance.is_some());
        Ok(AskedContact { header, instance, reg_id, q, expires })
    }

    /// The seconds that a contact gets.
    fn granted(&self, contact: &Contact) -> Result<Duration, Answer> {
        let asked = contact.expires().or_else(|| self.expires());
        let asked = asked.map_or(self.config.default_expires, |s| Duration::from_secs(s.into()));
        if asked.is_zero() {
            return Ok(asked);
        }
        if asked < self.config.min_expires {
            let mut refusal = Answer::status(423);
            let least = u32::try_from(self.config.min_expires.as_secs()).unwrap_or(u32::MAX);
            refusal.headers.push(&MinExpires(least));
            return Err(refusal);
        }
        let most = match self.nat {
            true => self.config.nat_expires.max(self.config.min_expires),
            false => self.config.max_expires,
        };
        Ok(asked.min(most))
    }
}
