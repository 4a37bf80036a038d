//! Headers whose value is any text.

/// Declares a header that is any text.
macro_rules! text_header {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub crate::text::Text);

        impl crate::headers::TypedHeader for $name {
            const NAME: crate::header_name::HeaderName = crate::header_name::HeaderName::$name;

            fn parse(value: &bytes::Bytes) -> Result<Self, crate::error::SyntaxError> {
                Ok(Self(crate::text::Text::from(value.clone())))
            }

            fn encode(&self, out: &mut bytes::BytesMut) {
                out.extend_from_slice(self.0.as_bytes());
            }
        }
    };
}

pub(crate) use text_header;
