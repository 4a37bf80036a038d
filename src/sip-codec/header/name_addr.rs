//! `name-addr / addr-spec` with parameters: what From, To, Contact, Route … are made of.

use std::fmt;

use bytes::{BufMut, Bytes, BytesMut};

use crate::{
    cursor::{Cursor, quote, trim, unquote},
    error::SyntaxError,
    param::Params,
    text::Text,
    uri::Uri,
};

/// A URI with a name before it and parameters behind it (RFC 3261 section 20.10).
#[derive(Clone, PartialEq, Eq)]
pub struct NameAddr {
    /// The display name as it stands on the wire, quotes and escapes included.
    pub display: Option<Text>,
    /// The URI.
    pub uri: Uri,
    /// The parameters of the header (not of the URI).
    pub params: Params,
}

impl NameAddr {
    /// A URI alone.
    pub fn new(uri: impl Into<Uri>) -> Self {
        Self { display: None, uri: uri.into(), params: Params::new() }
    }

    /// The same with a display name in plain text, which is quoted here.
    pub fn with_display(mut self, name: impl AsRef<[u8]>) -> Self {
        self.display = Some(quote(name.as_ref()));
        self
    }

    /// The display name without quotes and escapes.
    pub fn display_name(&self) -> Option<Text> {
        self.display.as_ref().map(unquote).filter(|name| !name.is_empty())
    }

    /// The `tag` parameter.
    pub fn tag(&self) -> Option<&Text> {
        self.params.get("tag")
    }

    pub(crate) fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(value);
        let Some(display) = display(&mut cursor)? else {
            return addr_spec(value);
        };
        let start = cursor.position();
        let Some(length) = memchr::memchr(b'>', cursor.rest()) else {
            return Err(cursor.error("the closing angle bracket"));
        };
        cursor.advance(length + 1);
        let uri = Uri::parse(value.slice(start..start + length)).map_err(|e| e.after(start))?;
        let params = Params::read(&mut cursor)?;
        let display = (!display.is_empty()).then_some(display);
        Ok(Self { display, uri, params })
    }

    pub(crate) fn encode(&self, out: &mut BytesMut) {
        if let Some(display) = &self.display {
            out.put_slice(display.as_bytes());
            out.put_u8(b' ');
        }
        out.put_u8(b'<');
        self.uri.encode(out);
        out.put_u8(b'>');
        self.params.encode(out);
    }
}

/// Reads `[ display-name ] "<"`. `None`: no bracket follows, so that it is an addr-spec.
fn display(cursor: &mut Cursor<'_>) -> Result<Option<Text>, SyntaxError> {
    if cursor.peek() == Some(b'"') {
        let display = cursor.quoted()?;
        cursor.skip_wsp();
        cursor.expect(b'<', "an opening angle bracket")?;
        return Ok(Some(display));
    }
    let start = cursor.clone();
    // Tokens by the grammar; dots, colons and bytes of any charset occur and harm nobody. A
    // comma or a semicolon would read as something else elsewhere.
    let display = cursor.run(|b| !matches!(b, b'"' | b'<' | b'>' | b',' | b';' | b'\\'));
    if cursor.take(b'<') {
        return Ok(Some(Text::from(trim(&display.into_bytes()))));
    }
    *cursor = start;
    Ok(None)
}

/// A URI without brackets: what follows `;` belongs to the header, and a `?` or a comma is
/// forbidden (RFC 3261 section 20).
fn addr_spec(value: &Bytes) -> Result<NameAddr, SyntaxError> {
    let mut cursor = Cursor::new(value);
    let text = cursor.run(|b| !matches!(b, b';' | b'?' | b',' | b' ' | b'\t'));
    if matches!(cursor.peek(), Some(b'?' | b',')) {
        return Err(cursor.error("angle brackets around such a URI"));
    }
    let uri = Uri::parse(text.into_bytes())?;
    let params = Params::read(&mut cursor)?;
    Ok(NameAddr { display: None, uri, params })
}

impl fmt::Debug for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{:?}>{:?}", self.uri, self.params)
    }
}

/// Declares a header that is a [`NameAddr`].
macro_rules! name_addr_header {
    ($(#[$doc:meta])* $name:ident, $shape:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub crate::header::NameAddr);

        impl crate::headers::TypedHeader for $name {
            const NAME: crate::header_name::HeaderName = crate::header_name::HeaderName::$name;
            const SHAPE: crate::headers::Shape = crate::headers::Shape::$shape;

            fn parse(value: &bytes::Bytes) -> Result<Self, crate::error::SyntaxError> {
                crate::header::NameAddr::parse(value).map(Self)
            }

            fn encode(&self, out: &mut bytes::BytesMut) {
                self.0.encode(out);
            }
        }
    };
}

pub(crate) use name_addr_header;
