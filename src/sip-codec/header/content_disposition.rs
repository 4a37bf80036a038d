//! Content-Disposition.

use super::token_params::token_params_header;

token_params_header!(
    /// What the body is for (RFC 3261 section 20.11).
    ContentDisposition,
    Single,
    /// `session`, `render`, `early-session`, `info-package` …
    kind,
    "a disposition"
);

impl ContentDisposition {
    /// Whether a receiver that does not understand the body may ignore it
    /// (`handling=optional`).
    pub fn is_optional(&self) -> bool {
        self.params.unquoted("handling").is_some_and(|h| h.eq_ignore_case("optional"))
    }
}
