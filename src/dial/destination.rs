//! Where a call goes.

use causeway_base::{EndCause, Lang};
use std::sync::Arc;

/// Where a call goes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Destination {
    /// Into the conference of this key in the directory.
    Conference(Arc<str>),
    /// Into the conference of this key, past its PIN: the address was issued for one call.
    Once(Arc<str>),
    /// To the reception, which asks for a number.
    Reception {
        /// The language to begin with; `None`: by the trunk, by the caller's number, the default.
        lang: Option<Lang>,
    },
    /// Hears itself.
    TestCall,
    /// To a user of ours, where it registered.
    User(Arc<str>),
    /// Out again, to somebody else: a gateway.
    Gateway {
        /// By which trunk; `None` directly.
        trunk: Option<Arc<str>>,
        /// Whom, as a SIP URI or a number for the trunk.
        target: String,
        /// For anybody; else only for callers who proved who they are.
        open: bool,
    },
    /// Nowhere, for this reason.
    Reject(EndCause),
}
