//! The messages of H.323 <-> bytes: types as the modules of the ITU have them, and aligned PER
//! (X.691) for them.
//!
//! * [`h225`]: H.225.0 version 7: RAS ([`h225::RasMessage`]) and what call signalling carries in
//!   its user-user element ([`h225::H323UserInformation`]).
//! * [`h245`]: H.245 version 16 ([`h245::MultimediaSystemControlMessage`]).
//! * [`h235`]: tokens and keys of H.235.
//! * [`h450`]: supplementary services, as far as refusing them needs.
//! * [`h460`]: what H.460.18 and H.460.19 add.
//!
//! [`decode`] and [`encode`] take any of these types. The types of H.225.0, H.245 and H.235 are
//! made by the program in `generate/` (its README says from what) and checked in.
//!
//! # What is kept and what is not
//!
//! Components and alternatives that a later edition added never fail a message: components are
//! passed over, an alternative is kept as [`Unrecognised`]. Additions are always `Option`s, also
//! where a module calls them mandatory, because older peers do not send them.
//!
//! # Bounds
//!
//! A message comes from anybody. It is at most [`MAX_PDU`] long, nests at most [`MAX_DEPTH`]
//! deep and has at most [`MAX_VALUES`] values, so reading one never takes long, whatever it
//! says; nothing is allocated for values that are only announced.

mod codec;
mod define;
mod error;
mod read;
mod value;
mod write;

#[doc(hidden)]
pub mod fuzz;
pub mod h225;
pub mod h235;
pub mod h245;
pub mod h450;
pub mod h460;

pub use codec::Codec;
pub use error::{Asn1Error, MAX_PATH, What};
pub use read::Reader;
pub use value::{BitString, BmpString, ObjectIdentifier, Unrecognised};
pub use write::Writer;

/// Bytes of one message: what the length of a TPKT (RFC 1006) can say. A datagram of RAS is no
/// longer either.
pub const MAX_PDU: usize = 65_535;

/// Sequences and choices within each other. Of what was seen the deepest is 11; only parameters
/// within parameters could go on without end.
pub const MAX_DEPTH: usize = 32;

/// Sequences, choices and elements of lists in one message. The richest capability set that was
/// seen has 155 in 270 bytes, so this is 50 times as rich; lists of values that take hardly a bit
/// could announce half a million.
pub const MAX_VALUES: usize = 8_192;

/// Reads a message. Bytes after its end are passed over, as other stacks do.
///
/// # Errors
/// What is wrong with it, where, and as far as it was understood.
pub fn decode<T: Codec<T>>(bytes: &[u8]) -> Result<T, Asn1Error> {
    let mut reader = Reader::new(bytes)?;
    T::read(&mut reader).map_err(|what| reader.error(what))
}

/// Reads the first of several messages, each of whole bytes: it, and the bytes after it.
///
/// # Errors
/// As [`decode`].
pub fn decode_first<T: Codec<T>>(bytes: &[u8]) -> Result<(T, &[u8]), Asn1Error> {
    let mut reader = Reader::new(bytes)?;
    let message = T::read(&mut reader).map_err(|what| reader.error(what))?;
    // What takes no bits at all takes a byte (X.691 11.1.3).
    let length = reader.bytes_read().max(1);
    Ok((message, bytes.get(length..).unwrap_or_default()))
}

/// Writes a message.
///
/// # Errors
/// Where a value is outside of what its type allows, or the whole longer than [`MAX_PDU`].
pub fn encode<T: Codec<T>>(value: &T) -> Result<Vec<u8>, Asn1Error> {
    let mut writer = Writer::default();
    T::write(value, &mut writer).map_err(|what| writer.error(what))?;
    let too_long = writer.error(What::TooLong);
    writer.finish().map_err(|_| too_long)
}

#[cfg(test)]
mod tests;
