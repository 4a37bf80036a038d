//! Tokens: who may do what.

use super::text::{MeetingId, Name, Secret, Time, TokenId, parsed};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// What a token may do.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everything, tokens and the audit log included.
    Admin,
    /// Meetings, their participants and calls.
    Operator,
    /// To look, at everything but secrets and tokens.
    Read,
    /// To look at one meeting and to host it.
    Meeting(MeetingId),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Admin => f.write_str("admin"),
            Scope::Operator => f.write_str("operator"),
            Scope::Read => f.write_str("read"),
            Scope::Meeting(id) => write!(f, "meeting:{id}"),
        }
    }
}

impl PartialSchema for Scope {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("What a token may do"))
            .pattern(Some("^(admin|operator|read|meeting:[A-Za-z0-9_-]{1,64})$"))
            .examples(["operator"])
            .into()
    }
}

impl ToSchema for Scope {}

/// Not a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAScope;

impl fmt::Display for NotAScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected admin, operator, read or meeting:ID")
    }
}

impl FromStr for Scope {
    type Err = NotAScope;

    fn from_str(text: &str) -> Result<Self, NotAScope> {
        match text {
            "admin" => Ok(Scope::Admin),
            "operator" => Ok(Scope::Operator),
            "read" => Ok(Scope::Read),
            _ => {
                let id = text.strip_prefix("meeting:").ok_or(NotAScope)?;
                id.parse().map(Scope::Meeting).map_err(|_| NotAScope)
            }
        }
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        parsed(from)
    }
}

/// A token to make.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenDraft {
    /// What it may do.
    pub scope: Scope,
    /// What it is for, so that people know it again.
    #[serde(default)]
    pub name: Name,
    /// It dies at this moment; never when nothing is said.
    #[serde(default)]
    pub expires_at: Option<Time>,
}

/// A token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Token {
    /// Which.
    pub id: TokenId,
    /// What it is for.
    pub name: Name,
    /// What it may do.
    pub scope: Scope,
    /// When it was made.
    pub created_at: Time,
    /// When it dies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
}

/// A token that was made, with its secret: shown this once, never again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct IssuedToken {
    /// Which.
    pub id: TokenId,
    /// What it may do.
    pub scope: Scope,
    /// What goes behind `Authorization: Bearer `.
    #[schema(value_type = String)]
    pub token: Secret,
}

/// The one-time code that was printed at the first start.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionRequest {
    /// The code.
    #[schema(value_type = String, max_length = 128)]
    pub code: Secret,
}
