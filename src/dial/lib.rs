//! Which call goes where: dial plan, numbers, calling out, rate rules. Pure: no clock, no
//! resolver of addresses, no lock.
//!
//! * [`call`]: [`IncomingCall`], what is known of a call before anything is decided.
//! * [`host`]: which hosts are ours.
//! * [`e164`]: telephone numbers, from every form to one.
//! * [`name`](mod@name): conferences and services, asked before any rule.
//! * [`rule`]: what takes a call that no name took.
//! * [`plan`], [`resolver`]: [`Resolver::resolve`], names, then rules; what nothing takes is
//!   refused.
//! * [`destination`]: where a call goes.
//! * [`explanation`]: every step, and why it did or did not take the call.
//! * [`dial_string`]: what is dialled to reach a meeting of another service.
//! * [`invite`]: invitations that somebody pastes, and every way into the meeting.
//! * [`calling_out`]: whom the bridge may call, and how much.
//! * [`script`]: what is done after the answer, until a call of ours is in another meeting.
//! * [`profile`]: what devices and services are like, and by what they are recognised.
//! * [`network`]: a range of addresses.
//! * [`rate`]: how many calls one source may make. * [`attempt`]: how many wrong PINs.

pub mod attempt;
pub mod call;
pub mod calling_out;
pub mod destination;
pub mod dial_string;
mod dialled;
pub mod e164;
pub mod explanation;
#[doc(hidden)]
pub mod fuzz;
pub mod host;
pub mod invite;
pub mod name;
pub mod network;
pub mod plan;
pub mod profile;
pub mod rate;
pub mod resolver;
pub mod rule;
pub mod script;

pub use attempt::{Attempt, AttemptRule, AttemptRules, Attempts, Exhausted, Limit, Permit};
pub use call::IncomingCall;
pub use calling_out::{
    Asker, Callee, CalleeKind, CallingOut, Ledger, Line, OutgoingId, Past, Placed, Prefix,
};
pub use destination::Destination;
pub use e164::{Number, NumberKind, NumberPlan};
pub use explanation::{Explanation, Form, MAX_TOLD, NameStep, RuleStep, Told, ToldRule, Verdict};
pub use host::OurHosts;
pub use name::{AliasPattern, Found, NameTable, Names, PatternError};
pub use network::{Network, NetworkError};
pub use plan::{DialPlan, PlanError};
pub use profile::{BridgeProfile, Chosen, DeviceKind, Profiles, Traits};
pub use rate::{RateLimit, RateRule};
pub use resolver::Resolver;
pub use rule::{Overlap, Rule, RuleError, RuleText, Target, Template};

#[cfg(test)]
mod tests;
