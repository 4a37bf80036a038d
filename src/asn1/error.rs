//! What is wrong with a message.

use std::fmt;

/// How many alternatives an error remembers: enough to name a message of H.245 (request,
/// openLogicalChannel).
pub const MAX_PATH: usize = 2;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// Longer than [`crate::MAX_PDU`].
    TooLong,
    /// Ends in the middle of a value.
    Truncated,
    /// Nested deeper than [`crate::MAX_DEPTH`].
    TooDeep,
    /// Made of more values than [`crate::MAX_VALUES`].
    TooManyValues,
    /// A length in pieces (X.691 11.9.3.8), as only values beyond 16,383 have it.
    Fragmented,
    /// A length outside of what the type allows.
    Length,
    /// A number outside of what the type, or our integers, can hold.
    Range,
    /// A character that the type does not allow.
    Character,
    /// An alternative that a type without an extension marker does not have.
    Alternative,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            What::TooLong => "the message is too long",
            What::Truncated => "the message ends in the middle of a value",
            What::TooDeep => "values are nested too deep",
            What::TooManyValues => "the message has too many values",
            What::Fragmented => "a length comes in pieces",
            What::Length => "a length is not allowed",
            What::Range => "a number is not allowed",
            What::Character => "a character is not allowed",
            What::Alternative => "an alternative does not exist",
        })
    }
}

/// A message that cannot be read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Asn1Error {
    /// Bytes that were read or written before it.
    pub offset: usize,
    /// What is wrong.
    pub what: What,
    /// The first alternatives chosen before it, outermost first: they tell which kind of message
    /// it was (`["Request", "OpenLogicalChannel"]`). Those not reached are empty.
    pub path: [&'static str; MAX_PATH],
}

impl fmt::Display for Asn1Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.what, self.offset)?;
        for step in self.path.iter().filter(|step| !step.is_empty()) {
            write!(f, ", {step}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Asn1Error {}
