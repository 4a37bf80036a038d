//! What the fuzz targets say of media.

use super::{Terms, capability};
use causeway_asn1::h245::TerminalCapabilitySet;

/// What somebody with these terms takes.
pub(in crate::h323) fn capabilities(terms: &Terms) -> TerminalCapabilitySet {
    capability::ours(terms, true)
}
