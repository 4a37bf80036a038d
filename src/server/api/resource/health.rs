//! Whether the bridge is well.

use serde::Serialize;
use utoipa::ToSchema;

/// One thing that is not well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Complaint {
    /// A stable word: `store`, `sip`, `draining`, `realtime`, `trunk`.
    pub what: String,
    /// What is wrong, without personal data.
    pub detail: String,
}

/// Whether the bridge takes calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Readiness {
    /// It does.
    pub ready: bool,
    /// Why it does not.
    pub reasons: Vec<Complaint>,
    /// What else is not as it should be.
    pub warnings: Vec<Complaint>,
}

/// It lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Liveness {
    /// Always.
    pub alive: bool,
}
