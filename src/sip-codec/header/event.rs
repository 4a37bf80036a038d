//! Event.

use super::token_params::token_params_header;
use crate::text::Text;

token_params_header!(
    /// What a subscription is to (RFC 6665 section 8.2.1).
    Event,
    Single,
    /// The event package with its templates: `conference`, `refer`, `presence.winfo` …
    package,
    "an event package"
);

impl Event {
    /// The `id` parameter: which of several subscriptions in a dialog.
    pub fn id(&self) -> Option<&Text> {
        self.params.get("id")
    }
}
