//! Expires.

use super::number::number_header;

number_header!(
    /// Seconds that a request or a binding stays valid (RFC 3261 section 20.19).
    Expires,
    "seconds"
);
