//! Parameters: `;name`, `;name=value`, of headers and of URIs.

use bytes::{BufMut, BytesMut};

use crate::{
    cursor::{Cursor, is_token, quote, unquote},
    error::SyntaxError,
    text::Text,
};

/// Most parameters that one value may have: 64 is several times what any device sends, and
/// keeps a 64 KiB line of semicolons from becoming 64,000 entries.
const MAX_PARAMS: usize = 64;

/// Parameters in their order. Names compare without case; values are kept as they stand on the
/// wire, quotes included.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Params(Vec<(Text, Option<Text>)>);

impl Params {
    /// No parameters.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The value of the first parameter of that name as it stands on the wire: `None` when it is
    /// absent, `Some(None)` when it has no value.
    pub fn raw(&self, name: &str) -> Option<Option<&Text>> {
        self.0.iter().find(|(n, _)| n.eq_ignore_case(name)).map(|(_, value)| value.as_ref())
    }

    /// The value of the first parameter of that name as it stands on the wire; `None` when it is
    /// absent or has no value.
    pub fn get(&self, name: &str) -> Option<&Text> {
        self.raw(name).flatten()
    }

    /// Like [`Params::get`], without quotes and escapes.
    pub fn unquoted(&self, name: &str) -> Option<Text> {
        self.get(name).map(unquote)
    }

    /// Whether there is a parameter of that name.
    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// Replaces the parameter, or adds it at the end. The value must be a token or a host;
    /// others go through [`Params::set_quoted`].
    pub fn set(&mut self, name: &str, value: impl Into<Text>) {
        self.put(name, Some(value.into()));
    }

    /// Replaces the parameter, or adds it at the end, with its value quoted.
    pub fn set_quoted(&mut self, name: &str, value: impl AsRef<[u8]>) {
        self.put(name, Some(quote(value.as_ref())));
    }

    /// Replaces the parameter, or adds it at the end, without a value.
    pub fn set_flag(&mut self, name: &str) {
        self.put(name, None);
    }

    /// Removes every parameter of that name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(n, _)| !n.eq_ignore_case(name));
    }

    /// Names and raw values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, Option<&Text>)> {
        self.0.iter().map(|(name, value)| (name, value.as_ref()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    fn put(&mut self, name: &str, value: Option<Text>) {
        match self.0.iter_mut().find(|(n, _)| n.eq_ignore_case(name)) {
            Some((_, old)) => *old = value,
            None => self.0.push((Text::from(name), value)),
        }
    }

    pub(crate) fn add(
        &mut self,
        name: Text,
        value: Option<Text>,
        error: SyntaxError,
    ) -> Result<(), SyntaxError> {
        if self.0.len() >= MAX_PARAMS {
            return Err(SyntaxError { expected: "fewer parameters", ..error });
        }
        self.0.push((name, value));
        Ok(())
    }

    /// Reads `*( SEMI generic-param )` up to the end of the value.
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Self, SyntaxError> {
        let mut params = Self::new();
        while cursor.take_spaced(b';') {
            let name = cursor.token("a parameter name")?;
            let value = match cursor.take_spaced(b'=') {
                true => Some(read_value(cursor)?),
                false => None,
            };
            params.add(name, value, cursor.error("a parameter"))?;
        }
        cursor.end()?;
        Ok(params)
    }

    /// Writes `;name=value` for each.
    pub(crate) fn encode(&self, out: &mut BytesMut) {
        self.encode_with(out, b';', b';');
    }

    /// Writes `name=value` for each, `first` before the first and `separator` before the others.
    pub(crate) fn encode_with(&self, out: &mut BytesMut, first: u8, separator: u8) {
        for (index, (name, value)) in self.0.iter().enumerate() {
            out.put_u8(if index == 0 { first } else { separator });
            out.put_slice(name.as_bytes());
            if let Some(value) = value {
                out.put_u8(b'=');
                out.put_slice(value.as_bytes());
            }
        }
    }
}

/// `token / host / quoted-string`. Devices put more than tokens here (addresses with brackets
/// and without, base64, `@`), and nothing depends on it: whatever cannot end the value is taken.
/// An equals sign cannot begin it (`Bearer abc==` is no parameter).
pub(crate) fn read_value(cursor: &mut Cursor<'_>) -> Result<Text, SyntaxError> {
    if cursor.peek() == Some(b'"') {
        return cursor.quoted();
    }
    if cursor.peek() == Some(b'=') {
        return Err(cursor.error("a parameter value"));
    }
    let value = cursor.run(|b| is_token(b) || b >= 0x80 || b"[]:/@=$&?#()^|{}".contains(&b));
    if value.is_empty() { Err(cursor.error("a parameter value")) } else { Ok(value) }
}

impl std::fmt::Debug for Params {
    /// Names only: values carry numbers, addresses and digests.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
