//! Names: the conferences and services that a call reaches before any rule is asked.

mod pattern;
mod table;

pub use pattern::{AliasPattern, PatternError};
pub use table::NameTable;

use crate::Destination;
use causeway_base::{EndCause, Lang};
use std::fmt;
use std::sync::Arc;

/// What has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// The conference of this key in the directory.
    Conference(Arc<str>),
    /// The conference of this key, for one call that was announced.
    Once(Arc<str>),
    /// The reception.
    Reception {
        /// The language to begin with; `None`: by the trunk, by the caller's number, the default.
        lang: Option<Lang>,
    },
    /// The test call.
    TestCall,
    /// A user of ours, by name.
    User(Arc<str>),
    /// A conference that is over; nobody else gets its name for some time.
    Gone,
}

impl Found {
    /// Where a call by that name goes.
    pub fn destination(self) -> Destination {
        match self {
            Found::Conference(key) => Destination::Conference(key),
            Found::Once(key) => Destination::Once(key),
            Found::Reception { lang } => Destination::Reception { lang },
            Found::TestCall => Destination::TestCall,
            Found::User(name) => Destination::User(name),
            Found::Gone => Destination::Reject(EndCause::Gone),
        }
    }
}

/// Who has which name. Names of meetings come and go while the bridge runs.
pub trait Names: fmt::Debug + Send + Sync {
    /// What has this name, exactly as given.
    ///
    /// Asked are, in this order: the user or number as dialled at one of our hosts, in lower
    /// case, empty when only our address was dialled; the number in canonical form
    /// ([`NumberPlan`](crate::NumberPlan)) where that differs; and the whole alias
    /// `sip:user@host` in lower case, at any host. A store of names therefore keeps
    /// what [`AliasPattern::keys`] gives.
    fn find(&self, name: &str) -> Option<Found>;

    /// Whether a room is registered under this name, asked where neither names nor rules take a
    /// call at one of our hosts: nobody takes a number from them by registering it.
    fn is_registered(&self, _name: &str) -> bool {
        false
    }
}
