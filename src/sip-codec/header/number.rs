//! Headers that are one number.

/// Declares a header that is one number of 32 bits.
macro_rules! number_header {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(pub u32);

        impl crate::headers::TypedHeader for $name {
            const NAME: crate::header_name::HeaderName = crate::header_name::HeaderName::$name;

            fn parse(value: &bytes::Bytes) -> Result<Self, crate::error::SyntaxError> {
                let mut cursor = crate::cursor::Cursor::new(value);
                let number = cursor.number_u32($what)?;
                cursor.end()?;
                Ok(Self(number))
            }

            fn encode(&self, out: &mut bytes::BytesMut) {
                out.extend_from_slice(self.0.to_string().as_bytes());
            }
        }
    };
}

pub(crate) use number_header;
