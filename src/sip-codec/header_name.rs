//! Names of headers, long and compact.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use crate::{cursor::is_token, text::Text};

macro_rules! names {
    ($($variant:ident = $canonical:literal, $lower:literal $(, $compact:literal)?;)*) => {
        /// The name of a header. Compares without case; a compact form equals its long form.
        #[derive(Clone)]
        pub enum HeaderName {
            $(
                #[doc = $canonical]
                $variant,
            )*
            /// A name that this crate has no word for, as it was written.
            Other(Text),
        }

        impl HeaderName {
            fn from_lower(lower: &[u8]) -> Option<Self> {
                match lower {
                    $($lower $(| $compact)? => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// The name to write: the long form.
            pub fn as_bytes(&self) -> &[u8] {
                match self {
                    $(Self::$variant => $canonical.as_bytes(),)*
                    Self::Other(name) => name.as_bytes(),
                }
            }
        }
    };
}

names! {
    Accept = "Accept", b"accept";
    AcceptContact = "Accept-Contact", b"accept-contact", b"a";
    AcceptEncoding = "Accept-Encoding", b"accept-encoding";
    AcceptLanguage = "Accept-Language", b"accept-language";
    AlertInfo = "Alert-Info", b"alert-info";
    Allow = "Allow", b"allow";
    AllowEvents = "Allow-Events", b"allow-events", b"u";
    AuthenticationInfo = "Authentication-Info", b"authentication-info";
    Authorization = "Authorization", b"authorization";
    CallId = "Call-ID", b"call-id", b"i";
    CallInfo = "Call-Info", b"call-info";
    Contact = "Contact", b"contact", b"m";
    ContentDisposition = "Content-Disposition", b"content-disposition";
    ContentEncoding = "Content-Encoding", b"content-encoding", b"e";
    ContentLanguage = "Content-Language", b"content-language";
    ContentLength = "Content-Length", b"content-length", b"l";
    ContentType = "Content-Type", b"content-type", b"c";
    CSeq = "CSeq", b"cseq";
    Date = "Date", b"date";
    Diversion = "Diversion", b"diversion";
    ErrorInfo = "Error-Info", b"error-info";
    Event = "Event", b"event", b"o";
    Expires = "Expires", b"expires";
    From = "From", b"from", b"f";
    HistoryInfo = "History-Info", b"history-info";
    Identity = "Identity", b"identity", b"y";
    InfoPackage = "Info-Package", b"info-package";
    InReplyTo = "In-Reply-To", b"in-reply-to";
    MaxForwards = "Max-Forwards", b"max-forwards";
    MimeVersion = "MIME-Version", b"mime-version";
    MinExpires = "Min-Expires", b"min-expires";
    MinSe = "Min-SE", b"min-se";
    Organization = "Organization", b"organization";
    PAssertedIdentity = "P-Asserted-Identity", b"p-asserted-identity";
    PPreferredIdentity = "P-Preferred-Identity", b"p-preferred-identity";
    Path = "Path", b"path";
    Priority = "Priority", b"priority";
    Privacy = "Privacy", b"privacy";
    ProxyAuthenticate = "Proxy-Authenticate", b"proxy-authenticate";
    ProxyAuthorization = "Proxy-Authorization", b"proxy-authorization";
    ProxyRequire = "Proxy-Require", b"proxy-require";
    RAck = "RAck", b"rack";
    Reason = "Reason", b"reason";
    RecordRoute = "Record-Route", b"record-route";
    RecvInfo = "Recv-Info", b"recv-info";
    ReferTo = "Refer-To", b"refer-to", b"r";
    ReferredBy = "Referred-By", b"referred-by", b"b";
    RejectContact = "Reject-Contact", b"reject-contact", b"j";
    RemotePartyId = "Remote-Party-ID", b"remote-party-id";
    Replaces = "Replaces", b"replaces";
    ReplyTo = "Reply-To", b"reply-to";
    RequestDisposition = "Request-Disposition", b"request-disposition", b"d";
    Require = "Require", b"require";
    RetryAfter = "Retry-After", b"retry-after";
    Route = "Route", b"route";
    RSeq = "RSeq", b"rseq";
    Server = "Server", b"server";
    ServiceRoute = "Service-Route", b"service-route";
    SessionExpires = "Session-Expires", b"session-expires", b"x";
    Subject = "Subject", b"subject", b"s";
    SubscriptionState = "Subscription-State", b"subscription-state";
    Supported = "Supported", b"supported", b"k";
    Timestamp = "Timestamp", b"timestamp";
    To = "To", b"to", b"t";
    Unsupported = "Unsupported", b"unsupported";
    UserAgent = "User-Agent", b"user-agent";
    Via = "Via", b"via", b"v";
    Warning = "Warning", b"warning";
    WwwAuthenticate = "WWW-Authenticate", b"www-authenticate";
}

/// Bytes of the longest known name; a longer one needs no comparison.
const LONGEST: usize = 24;

impl HeaderName {
    /// Reads a name; `None` when it is no token.
    pub fn new(name: impl Into<Text>) -> Option<Self> {
        let name = name.into();
        (!name.is_empty() && name.as_bytes().iter().all(|&b| is_token(b)))
            .then(|| Self::from_token(name))
    }

    pub(crate) fn from_token(name: Text) -> Self {
        let mut lower = [0_u8; LONGEST];
        let known = lower.get_mut(..name.len()).and_then(|lower| {
            lower.copy_from_slice(name.as_bytes());
            lower.make_ascii_lowercase();
            Self::from_lower(lower)
        });
        known.unwrap_or(Self::Other(name))
    }
}

impl PartialEq for HeaderName {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Other(a), Self::Other(b)) => a.eq_ignore_case(b),
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

impl Eq for HeaderName {}

impl Hash for HeaderName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Other(name) => {
                name.as_bytes().iter().for_each(|b| state.write_u8(b.to_ascii_lowercase()));
            }
            known => std::mem::discriminant(known).hash(state),
        }
    }
}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.as_bytes()))
    }
}

impl fmt::Debug for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
