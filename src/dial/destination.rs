//! Where a call goes.

use causeway_base::EndCause;
use std::sync::Arc;

/// Where a call goes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Destination {
    /// Into the conference of this key in the directory.
    Conference(Arc<str>),
    /// Nowhere, for this reason.
    Reject(EndCause),
}
