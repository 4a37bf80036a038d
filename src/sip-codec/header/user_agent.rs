//! User-Agent.

use super::free_text::text_header;

text_header!(
    /// What software the caller runs (RFC 3261 section 20.41); any text.
    UserAgent
);
