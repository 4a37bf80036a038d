//! Bytes -> [`Uri`].

use bytes::Bytes;

use super::{OtherUri, SipScheme, SipUri, TelUri, Uri, escape};
use crate::{cursor::Cursor, error::SyntaxError, host::Host, param::Params, text::Text};

pub(super) fn uri(text: &Bytes) -> Result<Uri, SyntaxError> {
    let mut cursor = Cursor::new(text);
    let scheme = scheme(&mut cursor)?;
    if scheme.eq_ignore_case("sip") {
        sip(SipScheme::Sip, &mut cursor).map(Uri::Sip)
    } else if scheme.eq_ignore_case("sips") {
        sip(SipScheme::Sips, &mut cursor).map(Uri::Sip)
    } else if scheme.eq_ignore_case("tel") {
        tel(&mut cursor).map(Uri::Tel)
    } else {
        let rest = cursor.run(|b| b > b' ' && b != 0x7F && !matches!(b, b'<' | b'>' | b'"'));
        if rest.is_empty() || !cursor.is_end() {
            return Err(cursor.error("a URI"));
        }
        Ok(Uri::Other(OtherUri { scheme, rest }))
    }
}

/// `ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) ":"`
fn scheme(cursor: &mut Cursor<'_>) -> Result<Text, SyntaxError> {
    if !cursor.peek().is_some_and(|b| b.is_ascii_alphabetic()) {
        return Err(cursor.error("a URI scheme"));
    }
    let scheme = cursor.run(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    cursor.expect(b':', "the colon after the URI scheme")?;
    Ok(scheme)
}

fn sip(scheme: SipScheme, cursor: &mut Cursor<'_>) -> Result<SipUri, SyntaxError> {
    let (user, password) = userinfo(cursor)?;
    let host = Host::read(cursor)?;
    let port = Host::read_port(cursor, false)?;
    let params = params(cursor)?;
    let headers = headers(cursor)?;
    if !cursor.is_end() {
        return Err(cursor.error("the end of the URI"));
    }
    Ok(SipUri { scheme, user, password, host, port, params, headers })
}

/// `[ user [ ":" password ] "@" ]`. An `@` can stand nowhere else in a SIP URI, so the first one
/// decides; users contain `;`, `?` and `/` legally.
fn userinfo(cursor: &mut Cursor<'_>) -> Result<(Option<Text>, Option<Text>), SyntaxError> {
    if memchr::memchr(b'@', cursor.rest()).is_none() {
        return Ok((None, None));
    }
    let user = escaped_run(cursor, |b| b != b':' && is_user(b))?;
    if user.is_empty() {
        return Err(cursor.error("a user"));
    }
    let password = match cursor.take(b':') {
        true => Some(escaped_run(cursor, is_user)?),
        false => None,
    };
    cursor.expect(b'@', "a character of a user")?;
    Ok((Some(user), password))
}

/// What is taken in a user part or password: the grammar's characters, and those that phones
/// send unescaped (`#` of service codes, `[`, `|` …, letters that are not ASCII).
fn is_user(byte: u8) -> bool {
    escape::is_user(byte)
        || byte >= 0x80
        || matches!(byte, b'#' | b'[' | b']' | b'{' | b'}' | b'|' | b'^' | b'`' | b':')
}

/// `[ "+" ] digits, letters of local numbers, visual separators`, then parameters.
fn tel(cursor: &mut Cursor<'_>) -> Result<TelUri, SyntaxError> {
    let number = cursor.run(|b| {
        b.is_ascii_hexdigit() || matches!(b, b'+' | b'*' | b'#' | b'-' | b'.' | b'(' | b')')
    });
    if !number.as_bytes().iter().any(|b| b.is_ascii_hexdigit() || matches!(b, b'*' | b'#')) {
        return Err(cursor.error("a number"));
    }
    let params = params(cursor)?;
    if cursor.is_end() {
        Ok(TelUri { number, params })
    } else {
        Err(cursor.error("the end of the URI"))
    }
}

fn params(cursor: &mut Cursor<'_>) -> Result<Params, SyntaxError> {
    let mut params = Params::new();
    while cursor.take(b';') {
        let name = escaped_run(cursor, is_param)?;
        if name.is_empty() {
            return Err(cursor.error("a URI parameter"));
        }
        let value = match cursor.take(b'=') {
            true => Some(escaped_run(cursor, is_param)?),
            false => None,
        };
        params.add(name, value, cursor.error("a URI parameter"))?;
    }
    Ok(params)
}

/// `unreserved / "[" / "]" / "/" / ":" / "&" / "+" / "$"`.
fn is_param(byte: u8) -> bool {
    is_unreserved(byte) || matches!(byte, b'[' | b']' | b'/' | b':' | b'&' | b'+' | b'$' | b'@')
}

fn headers(cursor: &mut Cursor<'_>) -> Result<Params, SyntaxError> {
    let mut headers = Params::new();
    let mut more = cursor.take(b'?');
    while more {
        let name = escaped_run(cursor, is_header)?;
        if name.is_empty() {
            return Err(cursor.error("a URI header"));
        }
        cursor.expect(b'=', "the value of a URI header")?;
        let value = escaped_run(cursor, |b| is_header(b) || matches!(b, b'=' | b';' | b'@'))?;
        headers.add(name, Some(value), cursor.error("a URI header"))?;
        more = cursor.take(b'&');
    }
    Ok(headers)
}

/// `unreserved / "[" / "]" / "/" / "?" / ":" / "+" / "$"`.
fn is_header(byte: u8) -> bool {
    is_unreserved(byte) || matches!(byte, b'[' | b']' | b'/' | b'?' | b':' | b'+' | b'$')
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')')
}

/// The longest run of bytes that `accept` takes, and of whole `%HH`.
fn escaped_run(cursor: &mut Cursor<'_>, accept: impl Fn(u8) -> bool) -> Result<Text, SyntaxError> {
    let start = cursor.position();
    loop {
        cursor.run(&accept);
        if cursor.peek() != Some(b'%') {
            return Ok(cursor.since(start));
        }
        if escape::escaped(cursor.rest()).is_none() {
            return Err(cursor.error("two hexadecimal digits after %"));
        }
        cursor.advance(3);
    }
}
