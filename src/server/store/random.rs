//! Values that nobody can guess, from the system's random source.

use super::StoreError;
use crate::meeting::CODE_DIGITS;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::Arc;

/// Random bytes.
///
/// # Errors
/// When the system has none.
pub fn bytes<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| StoreError::Unavailable)?;
    Ok(bytes)
}

/// 128 random bits in base64url: 22 characters.
///
/// # Errors
/// When the system has none.
pub fn id() -> Result<Arc<str>, StoreError> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<16>()?).into())
}

/// A conference number: [`CODE_DIGITS`] digits, the first not zero.
///
/// # Errors
/// When the system has no random numbers.
pub fn code() -> Result<String, StoreError> {
    let first = 10_u64.pow(u32::try_from(CODE_DIGITS).unwrap_or(9) - 1);
    // 64 bits over 9 * 10^8 values: no value is likelier than another by more than 10^-10.
    let drawn = u64::from_ne_bytes(bytes::<8>()?) % (9 * first);
    Ok((first + drawn).to_string())
}
