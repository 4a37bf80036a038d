//! Headers whose values are one token each.

/// Declares a header that is a list of option tags or other tokens.
macro_rules! token_header {
    ($(#[$doc:meta])* $name:ident, $shape:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub crate::text::Text);

        impl crate::headers::TypedHeader for $name {
            const NAME: crate::header_name::HeaderName = crate::header_name::HeaderName::$name;
            const SHAPE: crate::headers::Shape = crate::headers::Shape::$shape;

            fn parse(value: &bytes::Bytes) -> Result<Self, crate::error::SyntaxError> {
                let mut cursor = crate::cursor::Cursor::new(value);
                let token = cursor.token($what)?;
                cursor.end()?;
                Ok(Self(token))
            }

            fn encode(&self, out: &mut bytes::BytesMut) {
                out.extend_from_slice(self.0.as_bytes());
            }
        }
    };
}

pub(crate) use token_header;
