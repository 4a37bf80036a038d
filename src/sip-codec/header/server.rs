//! Server.

use super::free_text::text_header;

text_header!(
    /// What software the answerer runs (RFC 3261 section 20.35); any text.
    Server
);
