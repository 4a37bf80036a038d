//! Calls: those that were, one to make, and why one goes where it goes.

use super::text::{CallId, Cursor, Language, MeetingId, Name, Time};
use serde::{Deserialize, Serialize};
use serde_json::Value;
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
    /// What its signalling spoke: `sip`, `h323` or `webrtc`.
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
    /// When it ended; absent while it goes on, and of a call that was cut off when the bridge
    /// stopped without a word: that one has an `ending`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Time>,
    /// Why it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
    /// The codec that we sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codec: Option<String>,
    /// Its media was encrypted.
    pub encrypted: bool,
    /// How good it was, as the person said: 1 to 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback: Option<u8>,
    /// What was measured; absent in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub stats: Option<Value>,
    /// What its device is like: the bridge profile, `better` where the device itself shows another
    /// one than was configured, and why, with every match that took it; absent in lists and of
    /// browsers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub profile: Option<Value>,
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
    /// Whom: a number, `user@host`, a SIP URI, `h323:room@host` or `IP##number`. The rules of calling out
    /// decide. With `service`: the address or the number of a service that has no fixed one.
    #[serde(default)]
    #[schema(max_length = 256)]
    pub to: String,
    /// What to press after the answer and the first silence, to get into a meeting: `0-9A-D*#`; a
    /// comma is a pause of two seconds.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub digits: Option<String>,
    /// The script that gets into the meeting at `to`: `zoom-crc`, `webex-ip`, `tencent-mra`,
    /// `teams-audio-conferencing`.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub script: Option<String>,
    /// Whose meeting it is: `zoom`, `webex`, `tencent`, `teams-audio` …; what is dialled follows.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub service: Option<String>,
    /// Which dial string of the service, where not its best.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub form: Option<String>,
    /// The number of the meeting, for `script` and `service`.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub meeting: Option<String>,
    /// Its passcode.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub passcode: Option<String>,
    /// The customer's part of a service's host: `acme` of `acme.webex.com`.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub site: Option<String>,
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

/// An address to issue for one call into a meeting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoomAddressDraft {
    /// How many minutes it waits for its call, 1 to 1440; 10 when nothing is said.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1440)]
    pub minutes: Option<u16>,
}

/// An address that was issued for one call: who calls it first is in the meeting without a PIN, and
/// it leads nowhere after that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoomAddress {
    /// What stands before the `@`, and what H.323 dials.
    pub number: String,
    /// By SIP; absent where none is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sip: Option<String>,
    /// By H.323; absent where none is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub h323: Option<String>,
    /// Until when it waits.
    pub expires_at: Time,
}

/// A call that was begun. Its fate is told by the events of the meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CallStarted {
    /// The leg, as in the log: `leg-7`.
    pub leg: String,
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

/// Why a call goes where it goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Explanation {
    /// Every name and every rule that was tried with its verdict, and the destination.
    #[schema(value_type = Object)]
    pub plan: Value,
    /// The same for people, in the language of `Accept-Language`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What a test call found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TestCall {
    /// The record of the call.
    pub id: CallId,
    /// When it began.
    pub started_at: Time,
    /// What was found: stable words.
    pub findings: Vec<String>,
    /// What was measured.
    #[schema(value_type = Object)]
    pub media: Value,
    /// The codec.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codec: Option<String>,
    /// SRTP in both directions.
    pub encrypted: bool,
}
