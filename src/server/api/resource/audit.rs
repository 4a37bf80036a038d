//! The audit log: who did what, when; personal data only as salted digests.

use super::text::Time;
use serde::Serialize;
use utoipa::ToSchema;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its number, from 1, without gaps.
    pub number: u64,
    /// When.
    pub at: Time,
    /// Who: a token, the bridge itself.
    pub actor: String,
    /// What: a stable word, like `meeting.create`.
    pub action: String,
    /// What it was done to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// How it went: `ok` or a stable code.
    pub result: String,
    /// SHA-256 over this entry and the one before, in hexadecimal.
    pub digest: String,
}

/// Whether the chain of entries is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditVerdict {
    /// Nothing was changed or taken out.
    pub intact: bool,
    /// Entries that were checked, when it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked: Option<u64>,
    /// What is wrong, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}
