//! Reason.

use super::token_params::token_params_header;
use crate::text::Text;

token_params_header!(
    /// Why a request was sent (RFC 3326 section 2).
    Reason,
    List,
    /// `SIP`, `Q.850` …
    protocol,
    "a protocol"
);

impl Reason {
    /// A reason of a protocol: `("Q.850", 16, "Normal call clearing")`.
    pub fn new(protocol: &str, cause: u16, text: &str) -> Self {
        let mut reason = Self { protocol: protocol.into(), params: Default::default() };
        reason.params.set("cause", cause.to_string());
        if !text.is_empty() {
            reason.params.set_quoted("text", text);
        }
        reason
    }

    /// The `cause` parameter: a SIP status or a Q.850 cause.
    pub fn cause(&self) -> Option<u16> {
        self.params.get("cause")?.as_str()?.parse().ok()
    }

    /// The `text` parameter, without quotes.
    pub fn text(&self) -> Option<Text> {
        self.params.unquoted("text")
    }
}
