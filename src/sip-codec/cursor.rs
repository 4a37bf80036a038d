//! Reading one header value from left to right.
//!
//! Values are unfolded before they come here, so linear white space is SP and HTAB only.

use bytes::Bytes;

use crate::{error::SyntaxError, text::Text};

/// `token` of RFC 3261 section 25.1.
pub(crate) const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~')
}

/// White space inside a line.
pub(crate) const fn is_wsp(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// `value` without the white space around it, sharing its buffer.
pub(crate) fn trim(value: &Bytes) -> Bytes {
    let start = value.iter().position(|&b| !is_wsp(b)).unwrap_or(value.len());
    let end = value.iter().rposition(|&b| !is_wsp(b)).map_or(start, |last| last + 1);
    value.slice(start..end)
}

/// A position in a value.
#[derive(Clone)]
pub(crate) struct Cursor<'a> {
    value: &'a Bytes,
    position: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(value: &'a Bytes) -> Self {
        Self { value, position: 0 }
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    pub(crate) fn error(&self, expected: &'static str) -> SyntaxError {
        SyntaxError { offset: self.position, expected }
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.value.get(self.position..).unwrap_or_default()
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.value.get(self.position).copied()
    }

    pub(crate) fn is_end(&self) -> bool {
        self.position >= self.value.len()
    }

    pub(crate) fn advance(&mut self, bytes: usize) {
        self.position = (self.position + bytes).min(self.value.len());
    }

    pub(crate) fn skip_wsp(&mut self) {
        while self.peek().is_some_and(is_wsp) {
            self.position += 1;
        }
    }

    /// Takes `byte` if it is next.
    pub(crate) fn take(&mut self, byte: u8) -> bool {
        let next = self.peek() == Some(byte);
        if next {
            self.position += 1;
        }
        next
    }

    /// Takes `byte` with white space on both sides if it is next (SEMI, EQUAL, SLASH …).
    pub(crate) fn take_spaced(&mut self, byte: u8) -> bool {
        let before = self.position;
        self.skip_wsp();
        if self.take(byte) {
            self.skip_wsp();
            true
        } else {
            self.position = before;
            false
        }
    }

    pub(crate) fn expect(&mut self, byte: u8, expected: &'static str) -> Result<(), SyntaxError> {
        if self.take(byte) { Ok(()) } else { Err(self.error(expected)) }
    }

    /// The bytes from `start` to here.
    pub(crate) fn since(&self, start: usize) -> Text {
        Text::from(self.value.slice(start.min(self.position)..self.position))
    }

    /// The longest run of bytes that `accept` takes; maybe empty.
    pub(crate) fn run(&mut self, accept: impl Fn(u8) -> bool) -> Text {
        let start = self.position;
        let length = self.rest().iter().position(|&b| !accept(b)).unwrap_or(self.rest().len());
        self.advance(length);
        self.since(start)
    }

    /// A token of at least one byte.
    pub(crate) fn token(&mut self, expected: &'static str) -> Result<Text, SyntaxError> {
        let token = self.run(is_token);
        if token.is_empty() { Err(self.error(expected)) } else { Ok(token) }
    }

    /// A number of 1 or more digits up to `max`.
    pub(crate) fn number(&mut self, max: u64, expected: &'static str) -> Result<u64, SyntaxError> {
        let start = self.position;
        let mut number = 0_u64;
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            number = number
                .checked_mul(10)
                .and_then(|n| n.checked_add(u64::from(digit - b'0')))
                .filter(|&n| n <= max)
                .ok_or(SyntaxError { offset: start, expected })?;
            self.position += 1;
        }
        if self.position == start { Err(self.error(expected)) } else { Ok(number) }
    }

    /// A number of 32 bits.
    pub(crate) fn number_u32(&mut self, expected: &'static str) -> Result<u32, SyntaxError> {
        let number = self.number(u64::from(u32::MAX), expected)?;
        u32::try_from(number).map_err(|_| self.error(expected))
    }

    /// A quoted string, returned with its quotes and escapes as they stand.
    pub(crate) fn quoted(&mut self) -> Result<Text, SyntaxError> {
        let start = self.position;
        self.expect(b'"', "a quoted string")?;
        let mut escaped = false;
        while let Some(byte) = self.peek() {
            self.position += 1;
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => return Ok(self.since(start)),
                _ => {}
            }
        }
        Err(self.error("the closing quote"))
    }

    /// White space, then the end of the value.
    pub(crate) fn end(&mut self) -> Result<(), SyntaxError> {
        self.skip_wsp();
        if self.is_end() { Ok(()) } else { Err(self.error("the end of the value")) }
    }
}

/// The value of a quoted string without its quotes and escapes; other text unchanged.
pub(crate) fn unquote(text: &Text) -> Text {
    let bytes = text.as_bytes();
    let Some(inner) = bytes.strip_prefix(b"\"").and_then(|b| b.strip_suffix(b"\"")) else {
        return text.clone();
    };
    if !inner.contains(&b'\\') {
        return Text::from(text.clone().into_bytes().slice(1..bytes.len() - 1));
    }
    let mut plain = Vec::with_capacity(inner.len());
    let mut escaped = false;
    for &byte in inner {
        if byte == b'\\' && !escaped {
            escaped = true;
        } else {
            escaped = false;
            plain.push(byte);
        }
    }
    Text::from(Bytes::from(plain))
}

/// `plain` as a quoted string. CR and LF cannot stand in one and become spaces, so that no
/// value can begin a header of its own.
pub(crate) fn quote(plain: &[u8]) -> Text {
    let mut quoted = Vec::with_capacity(plain.len() + 2);
    quoted.push(b'"');
    for &byte in plain {
        match byte {
            b'\r' | b'\n' => quoted.push(b' '),
            b'"' | b'\\' | 0 => quoted.extend([b'\\', byte]),
            _ => quoted.push(byte),
        }
    }
    quoted.push(b'"');
    Text::from(Bytes::from(quoted))
}

/// The elements of a comma-separated list: commas in quoted strings and in `<…>` do not part.
pub(crate) struct Elements<'a> {
    value: &'a Bytes,
    position: usize,
    done: bool,
}

impl<'a> Elements<'a> {
    pub(crate) fn new(value: &'a Bytes) -> Self {
        Self { value, position: 0, done: false }
    }

    /// Where what follows the elements taken so far starts.
    pub(crate) fn offset(&self) -> usize {
        self.position
    }
}

/// Where an element starts, and the element without the white space around it.
impl Iterator for Elements<'_> {
    type Item = (usize, Bytes);

    fn next(&mut self) -> Option<(usize, Bytes)> {
        if self.done {
            return None;
        }
        let rest = self.value.get(self.position..)?;
        let length = element_length(rest);
        let element = self.value.slice(self.position..self.position + length);
        let space = element.iter().take_while(|&&b| is_wsp(b)).count();
        let start = self.position + space;
        self.done = length == rest.len();
        self.position += length + 1;
        Some((start, trim(&element)))
    }
}

/// Bytes up to the next separating comma, or all.
fn element_length(rest: &[u8]) -> usize {
    let (mut quoted, mut escaped, mut bracketed) = (false, false, false);
    for (index, &byte) in rest.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' if !bracketed => quoted = !quoted,
            _ if quoted => {}
            b'<' => bracketed = true,
            b'>' => bracketed = false,
            b',' if !bracketed => return index,
            _ => {}
        }
    }
    rest.len()
}
