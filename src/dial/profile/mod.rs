//! Bridge profiles: what a family of devices, or a meeting service, is like. Data only: one TOML
//! file each, in `bridge-profiles/` and in a folder of the operator's.
//!
//! * [`schema`]: [`BridgeProfile`], what a file may hold.
//! * [`quirk`]: [`Quirk`], what is peculiar; a closed list.
//! * [`matching`]: [`Match`], by what a device is recognised, and how much that tells.
//! * [`table`]: [`Profiles`], all of them: [`Profiles::recognise`], [`Profiles::choose`].
//! * [`told`]: why a profile was chosen, for people and for programs.
//! * [`policy`]: what a profile makes of an [`OfferPolicy`](causeway_plan::OfferPolicy).
//! * [`sample`]: messages by which profiles are tried.
//! * [`built_in`]: those of the repository, with their samples.

pub mod built_in;
#[doc(hidden)]
pub mod fuzz;
pub mod matching;
pub mod policy;
pub mod quirk;
pub mod sample;
pub mod schema;
pub mod table;
pub mod told;

pub use built_in::{BUILT_IN, BuiltIn};
pub use matching::{Condition, Match, Traits};
pub use quirk::Quirk;
pub use sample::Sample;
pub use schema::{BridgeProfile, DeviceKind, ProfileProtocol, Words};
pub use table::{By, Chosen, ProfileError, Profiles, Recognised, Step, Verdict};

#[cfg(test)]
mod tests;
