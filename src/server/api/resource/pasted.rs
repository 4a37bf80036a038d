//! Invitations of other services: what somebody pasted, and every way into the meeting.

use causeway_base::Lang;
use causeway_dial::invite;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a pasted text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PastedKind {
    /// Plain text.
    Text,
    /// HTML.
    Html,
    /// A calendar object (RFC 5545).
    Calendar,
}

/// An invitation that somebody pasted.
#[derive(Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PastedInvitation {
    /// The text.
    #[schema(min_length = 1, max_length = 60000)]
    pub text: String,
    /// What it is; by default what it looks like.
    #[serde(default)]
    pub kind: Option<PastedKind>,
}

impl std::fmt::Debug for PastedInvitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PastedInvitation").field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

/// The meetings that a pasted text tells of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReadInvitations {
    /// Those that are not quoted first.
    pub invitations: Vec<ReadInvitation>,
}

/// An invitation to one meeting.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReadInvitation {
    /// Whose meeting it is: `zoom`, `webex`, `teams`, `meet`, `tencent`, `wecom`, `feishu` …
    pub service: String,
    /// The number of the meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meeting: Option<String>,
    /// The passcode, as it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passcode: Option<String>,
    /// The key of the tenant at a video interop partner of Teams.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// It stands in a mail that is quoted.
    pub quoted: bool,
    /// The meeting was called off.
    pub cancelled: bool,
    /// The ways in: those that may be called first, and among them the best.
    pub ways: Vec<ReadWay>,
    /// Hosts that were made to look like a service's: what they offered is left out.
    pub look_alikes: Vec<String>,
}

impl std::fmt::Debug for ReadInvitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadInvitation").field("service", &self.service).finish_non_exhaustive()
    }
}

/// A way into a meeting.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReadWay {
    /// Through which service it leads.
    pub service: String,
    /// The number by which this way knows the meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meeting: Option<String>,
    /// The passcode that this way takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passcode: Option<String>,
    /// `sip`, `h323`, `tel` or `web`.
    pub protocol: String,
    /// What is dialled or opened, as people read it.
    pub address: String,
    /// The `to` of a call there; absent for a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The `digits` of a call there; empty: none.
    pub digits: String,
    /// Why it stands where it stands, and why it may not be called, in the language of
    /// `Accept-Language`.
    pub why: String,
    /// The rules of calling out have it.
    pub allowed: bool,
}

impl PastedInvitation {
    /// For the reader.
    pub(crate) fn pasted(&self) -> invite::Pasted<'_> {
        let kind = self.kind.map(|kind| match kind {
            PastedKind::Text => invite::Kind::Text,
            PastedKind::Html => invite::Kind::Html,
            PastedKind::Calendar => invite::Kind::Calendar,
        });
        invite::Pasted { text: &self.text, kind }
    }
}

impl ReadInvitation {
    /// As the API tells it.
    pub(crate) fn of(read: invite::Invitation, lang: Lang) -> Self {
        Self {
            service: read.service.brand().to_owned(),
            meeting: read.meeting,
            passcode: read.passcode,
            tenant: read.tenant,
            quoted: read.quoted,
            cancelled: read.cancelled,
            ways: read.ways.iter().map(|way| ReadWay::of(way, lang)).collect(),
            look_alikes: read.look_alikes,
        }
    }
}

impl ReadWay {
    fn of(way: &invite::Way, lang: Lang) -> Self {
        Self {
            service: way.service.brand().to_owned(),
            meeting: way.meeting.clone(),
            passcode: way.passcode.clone(),
            protocol: way.protocol.name().to_owned(),
            address: way.address.clone(),
            to: way.target(),
            digits: way.digits.clone(),
            why: way.reason(lang),
            allowed: way.barred.is_none(),
        }
    }
}

impl std::fmt::Debug for ReadWay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadWay").field("protocol", &self.protocol).finish_non_exhaustive()
    }
}
