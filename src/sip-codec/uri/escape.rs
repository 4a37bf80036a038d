//! `%` escapes of URIs (RFC 3261 section 19.1.2).

use bytes::Bytes;

use crate::text::Text;

/// Whether a byte may stand in a user part without an escape.
pub(crate) const fn is_user(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')')
        || matches!(byte, b'&' | b'=' | b'+' | b'$' | b',' | b';' | b'?' | b'/')
}

/// `text` with every `%HH` replaced by its byte. What is no escape stays.
pub fn unescape(text: &Text) -> Text {
    if memchr::memchr(b'%', text.as_bytes()).is_none() {
        return text.clone();
    }
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        match escaped(rest) {
            Some(value) => {
                plain.push(value);
                rest = rest.get(3..).unwrap_or_default();
            }
            None => {
                plain.push(byte);
                rest = tail;
            }
        }
    }
    Text::from(Bytes::from(plain))
}

/// `user` with escapes where the grammar of a user part wants them.
pub fn escape_user(user: &[u8]) -> Text {
    let mut escaped = String::with_capacity(user.len());
    for &byte in user {
        if is_user(byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    Text::from(escaped)
}

/// The byte that `%HH` at the start of `text` stands for.
pub(crate) fn escaped(text: &[u8]) -> Option<u8> {
    let &[b'%', high, low, ..] = text else { return None };
    let digit = |d: u8| char::from(d).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}
