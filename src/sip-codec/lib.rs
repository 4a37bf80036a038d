//! SIP messages <-> bytes: framing, headers, URIs.
//!
//! * [`parse_datagram`] and [`StreamDecoder`] turn bytes into a [`Message`]; [`Limits`] bounds
//!   what they accept, [`ParseError`] says what to do with the rest.
//! * [`Request`] and [`Response`] hold [`Headers`]: raw values in their order, read through
//!   typed views (`headers.get::<header::Via>()`), one header per file under [`header`].
//! * [`validate`] answers the questions that RFC 3261 section 8.2 puts to a whole request.
//! * [`Uri`], [`Method`], [`StatusCode`], [`Params`] and [`Text`] are the words they share.
//!
//! Values are bytes: nothing here demands UTF-8. Parsing slices the received buffer and
//! copies only folded header lines.

mod cursor;
mod error;
#[doc(hidden)]
pub mod fuzz;
pub mod header;
mod header_name;
mod headers;
mod host;
mod limits;
mod message;
mod method;
mod param;
mod parse;
mod status;
mod stream;
mod text;
mod uri;
pub mod validate;

pub use error::{Fault, HeaderError, ParseError, Refusal, SyntaxError};
pub use header_name::HeaderName;
pub use headers::{Headers, Shape, TypedHeader};
pub use host::Host;
pub use limits::Limits;
pub use message::{Message, Request, Response};
pub use method::Method;
pub use param::Params;
pub use parse::parse_datagram;
pub use status::StatusCode;
pub use stream::{StreamDecoder, StreamItem, StreamSide};
pub use text::Text;
pub use uri::{OtherUri, SipScheme, SipUri, TelUri, Uri, escape_user, unescape};
