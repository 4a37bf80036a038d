//! Supported.

use super::token::token_header;

token_header!(
    /// An extension the sender understands (RFC 3261 section 20.37).
    Supported,
    List,
    "an option tag"
);
