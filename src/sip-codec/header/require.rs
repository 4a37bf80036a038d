//! Require.

use super::token::token_header;

token_header!(
    /// An extension the receiver must understand (RFC 3261 section 20.32).
    Require,
    List,
    "an option tag"
);
