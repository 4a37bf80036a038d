//! Whether a request that could be taken apart makes sense (RFC 3261 section 8.2).

use crate::{
    error::ParseError,
    message::{Request, Response},
    method::Method,
};

/// What the element that received a request is able to do.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    /// Methods it takes; others are answered with 405, unknown ones with 501.
    pub methods: &'a [Method],
    /// Option tags it understands (Require, Proxy-Require); others are answered with 420.
    pub extensions: &'a [&'a str],
    /// Media types of bodies it reads, as `type/subtype`; others are answered with 415 unless
    /// their Content-Disposition says `handling=optional`.
    pub content_types: &'a [&'a str],
}

/// Judges a request: RFC 3261 sections 8.1.1, 8.2.1 to 8.2.3 and what RFC 4475 adds.
///
/// # Errors
/// As [`crate::parse_datagram`]; offsets are 0.
pub fn request(_request: &Request, _element: &Element<'_>) -> Result<(), ParseError> {
    Ok(())
}

/// Judges a response: whether a client may match it to a transaction.
///
/// # Errors
/// Always [`ParseError::Drop`].
pub fn response(_response: &Response) -> Result<(), ParseError> {
    Ok(())
}
