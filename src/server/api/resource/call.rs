//! Calls: those that were, one to make, and why one goes where it goes.

use super::text::{CallId, Cursor, Language, MeetingId, Name, Time};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which way a call went, from our side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CallDirection {
    /// It came in.
    In,
    /// We called.
    Out,
}

/// Why a call ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Ending {
    /// The stable code.
    #[schema(example = "CW-CALL-000")]
    pub code: String,
    /// What happened and what to do next, in the language of `Accept-Language`.
    pub sentence: String,
}

/// The record of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Call {
    /// Which.
    pub id: CallId,
    /// Which way it went.
    pub direction: CallDirection,
    /// What its signalling spoke: `sip`.
    pub protocol: String,
    /// Who called; absent once the retention time is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calling: Option<String>,
    /// Who was called; absent once the retention time is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub called: Option<String>,
    /// The meeting that it came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meeting: Option<MeetingId>,
    /// The trunk that carried it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trunk: Option<String>,
    /// When it began.
    pub started_at: Time,
    /// When it was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Time>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Time>,
    /// Why it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
    /// Why it went where it went; absent in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
}

/// Which calls are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CallQuery {
    /// At most so many entries, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
    /// Where to go on: `next` of the page before.
    #[param(value_type = Option<String>)]
    pub cursor: Option<Cursor>,
    /// Only those of this meeting.
    #[param(value_type = Option<String>)]
    pub meeting: Option<MeetingId>,
}

/// Somebody to call into a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallOut {
    /// Whom: a number, `user@host` or a SIP URI. The rules of calling out decide.
    #[schema(min_length = 1, max_length = 256)]
    pub to: String,
    /// By which trunk; the dial plan chooses when nothing is said.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub trunk: Option<String>,
    /// The name to show in the roster.
    #[serde(default)]
    pub display_name: Name,
    /// The language in which the callee is spoken to.
    #[serde(default)]
    pub language: Option<Language>,
}

/// A call that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CallStarted {
    /// Its record.
    pub id: CallId,
}

/// A call that could come.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Whom it calls.
    #[schema(min_length = 1, max_length = 256)]
    pub alias: String,
    /// Who calls.
    #[serde(default)]
    #[schema(max_length = 256)]
    pub from: Option<String>,
    /// The trunk that brings it.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub trunk: Option<String>,
}

/// One rule and what it said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleStep {
    /// The name of the rule in the configuration.
    pub rule: String,
    /// It takes the call.
    pub matched: bool,
    /// What it said.
    pub verdict: String,
}

/// Where a call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DestinationKind {
    /// Into a meeting.
    Meeting,
    /// To the reception, which asks for a number.
    Reception,
    /// It hears itself.
    TestCall,
    /// Out again.
    Gateway,
    /// Nowhere.
    Reject,
}

/// Why a call goes where it goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Explanation {
    /// Where it goes.
    pub destination: DestinationKind,
    /// The meeting, the trunk with the target, or the code of the refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Every rule that was tried, in order.
    pub steps: Vec<RuleStep>,
}

/// What a test call found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TestCall {
    /// The record of the call.
    pub id: CallId,
    /// When.
    pub ended_at: Time,
    /// What arrived from the caller: `sound`, `only-silence` or `nothing`.
    pub heard: String,
    /// Packets of a thousand of the caller's that never came.
    pub lost_per_mille: u16,
    /// Packets of a thousand of ours that the caller missed, once it reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_lost_per_mille: Option<u16>,
    /// Interarrival jitter, in milliseconds.
    pub jitter_ms: u32,
    /// Round trip in milliseconds, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round_trip_ms: Option<u32>,
    /// The codec.
    pub codec: String,
    /// SRTP in both directions.
    pub encrypted: bool,
}
