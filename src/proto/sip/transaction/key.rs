//! How a message finds its transaction (RFC 3261 sections 17.1.3 and 17.2.3).

use crate::sip::read;
use sip_codec::{Headers, Method, Request, Text};

/// The beginning of every branch since RFC 3261.
pub(crate) const MAGIC_COOKIE: &str = "z9hG4bK";

/// A client transaction: our branch. A CANCEL shares that of its INVITE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ClientKey {
    branch: u128,
    cancel: bool,
}

impl ClientKey {
    pub(crate) fn new(branch: u128) -> Self {
        Self { branch, cancel: false }
    }

    /// The CANCEL of this INVITE.
    pub(crate) fn cancel(self) -> Self {
        Self { cancel: true, ..self }
    }

    pub(crate) fn branch(self) -> String {
        format!("{MAGIC_COOKIE}{:032x}", self.branch)
    }

    /// The transaction that a response belongs to.
    pub(crate) fn of_response(headers: &Headers) -> Option<Self> {
        let via = read::top_via(headers)?;
        let branch = via.branch?;
        let digits = branch.as_str()?.strip_prefix(MAGIC_COOKIE)?;
        let branch = (digits.len() == 32).then(|| u128::from_str_radix(digits, 16).ok())??;
        let (_, method) = read::cseq(headers)?;
        Some(Self { branch, cancel: method == Method::Cancel })
    }
}

/// A server transaction: branch, sent-by and method; for a sender of RFC 2543 times, which knows
/// no unique branch, also what else names the request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ServerKey {
    branch: Text,
    sent_by: Text,
    method: Method,
    legacy: Option<(Text, Text, u32)>,
}

impl ServerKey {
    /// The transaction that a request belongs to; an ACK belongs to its INVITE's.
    pub(crate) fn of_request(request: &Request) -> Option<Self> {
        let method = match &request.method {
            Method::Ack => Method::Invite,
            other => other.clone(),
        };
        Self::with_method(request, method)
    }

    /// The INVITE that a CANCEL wants to end.
    pub(crate) fn of_cancelled(request: &Request) -> Option<Self> {
        Self::with_method(request, Method::Invite)
    }

    fn with_method(request: &Request, method: Method) -> Option<Self> {
        let via = read::top_via(&request.headers)?;
        let branch = via.branch.unwrap_or_default();
        let legacy = if branch.as_bytes().starts_with(MAGIC_COOKIE.as_bytes()) {
            None
        } else {
            let headers = &request.headers;
            let (number, _) = read::cseq(headers)?;
            Some((read::call_id(headers)?, read::from_tag(headers).unwrap_or_default(), number))
        };
        Some(Self { branch, sent_by: via.sent_by, method, legacy })
    }
}
