//! Links of a meeting: what lets browsers in.

use super::participant::Role;
use super::text::{LinkId, Name, Secret, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A link to make. Whatever is left out is not limited.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkDraft {
    /// What who joins by it may do.
    pub role: Role,
    /// The name under which one joins; else one is asked for it.
    #[serde(default)]
    pub name: Option<Name>,
    /// It lets nobody in before this moment, in whole seconds.
    #[serde(default)]
    pub not_before: Option<Time>,
    /// It dies at this moment, in whole seconds.
    #[serde(default)]
    pub expires_at: Option<Time>,
    /// So often one may join by it: joining counts, opening the page does not.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 65535)]
    pub uses: Option<u16>,
}

/// A link that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Link {
    /// Which.
    pub id: LinkId,
    /// What who joins by it may do.
    pub role: Role,
    /// The name under which one joins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// It lets nobody in before this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Time>,
    /// It dies at this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// So often one may join by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses: Option<u16>,
    /// So often somebody joined, where that is counted.
    pub used: u64,
    /// When it was made.
    pub created_at: Time,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Time>,
    /// What to send on: whoever has it gets in. Absent when it is revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub url: Option<Secret>,
}
