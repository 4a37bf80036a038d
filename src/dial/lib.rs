//! Which call goes where: dial plan, profiles, rate rules. Pure: no clock, no resolver.
//!
//! * [`call`]: [`IncomingCall`], what is known of a call before anything is decided.
//! * [`pattern`]: what a rule matches.
//! * [`plan`]: [`DialPlan::resolve`], the rules in order; what no rule takes is refused.
//! * [`destination`]: where a call goes.
//! * [`explanation`]: every rule tried, and why it did or did not match.
//! * [`network`]: a range of addresses.
//! * [`rate`]: how many calls one source may make. * [`attempt`]: how many wrong PINs.

pub mod attempt;
pub mod call;
pub mod destination;
pub mod explanation;
pub mod network;
pub mod pattern;
pub mod plan;
pub mod rate;

pub use attempt::{Attempt, AttemptRule, AttemptRules, Attempts, Exhausted, Limit, Permit};
pub use call::IncomingCall;
pub use destination::Destination;
pub use explanation::{Explanation, Step, Verdict};
pub use network::{Network, NetworkError};
pub use pattern::{AliasPattern, OurHosts, PatternError};
pub use plan::{DialPlan, Rule};
pub use rate::{RateLimit, RateRule};
