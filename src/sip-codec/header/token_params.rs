//! Headers that are a token with parameters.

/// Declares a header that is a token with parameters.
macro_rules! token_params_header {
    ($(#[$doc:meta])* $name:ident, $shape:ident, $(#[$field_doc:meta])* $field:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $(#[$field_doc])*
            pub $field: crate::text::Text,
            /// The parameters.
            pub params: crate::param::Params,
        }

        impl crate::headers::TypedHeader for $name {
            const NAME: crate::header_name::HeaderName = crate::header_name::HeaderName::$name;
            const SHAPE: crate::headers::Shape = crate::headers::Shape::$shape;

            fn parse(value: &bytes::Bytes) -> Result<Self, crate::error::SyntaxError> {
                let mut cursor = crate::cursor::Cursor::new(value);
                let $field = cursor.token($what)?;
                let params = crate::param::Params::read(&mut cursor)?;
                Ok(Self { $field, params })
            }

            fn encode(&self, out: &mut bytes::BytesMut) {
                out.extend_from_slice(self.$field.as_bytes());
                self.params.encode(out);
            }
        }
    };
}

pub(crate) use token_params_header;
