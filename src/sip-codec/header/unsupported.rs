//! Unsupported.

use super::token::token_header;

token_header!(
    /// An extension that is not understood, in a 420 (RFC 3261 section 20.40).
    Unsupported,
    List,
    "an option tag"
);
