//! Lines: who has registered here, and the trunks.

use super::text::Time;
use serde::Serialize;
use utoipa::ToSchema;

/// A device that registered here (RFC 3261 section 10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Registration {
    /// The user.
    pub user: String,
    /// Where it is: address and port.
    pub contact: String,
    /// Over UDP, TCP or TLS.
    pub transport: String,
    /// What it is, as it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// Until when.
    pub expires_at: Time,
}

/// How a trunk stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TrunkState {
    /// It answers.
    Up,
    /// It does not.
    Down,
    /// Nobody knows yet.
    Unknown,
}

/// A trunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Trunk {
    /// Its name in the configuration.
    pub name: String,
    /// How it stands.
    pub state: TrunkState,
    /// Why it is down, or does not know us: the stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Until when our registration there holds, where it asks for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registered_until: Option<Time>,
    /// Calls that it carries now.
    pub calls: u64,
    /// The most calls at a time.
    pub max_calls: u64,
    /// Where it is, in the order in which calls try it.
    pub proxies: Vec<TrunkProxy>,
    /// When it asked us last whether we live: Direct Routing of Teams does, every minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Time>,
}

/// One proxy of a trunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrunkProxy {
    /// Its host and port.
    pub host: String,
    /// How it stands.
    pub state: TrunkState,
    /// When it answered last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Time>,
}
