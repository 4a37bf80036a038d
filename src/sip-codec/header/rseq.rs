//! RSeq.

use super::number::number_header;

number_header!(
    /// The number of a reliable provisional response (RFC 3262 section 7.1).
    RSeq,
    "a number of 32 bits"
);
