//! Min-Expires.

use super::number::number_header;

number_header!(
    /// The least seconds a registrar grants, in a 423 (RFC 3261 section 20.23).
    MinExpires,
    "seconds"
);
