//! Subscription-State.

use super::token_params::token_params_header;
use crate::text::Text;

token_params_header!(
    /// How a subscription stands (RFC 6665 section 8.2.3).
    SubscriptionState,
    Single,
    /// `active`, `pending`, `terminated` …
    state,
    "a subscription state"
);

impl SubscriptionState {
    /// Whether the subscription has ended.
    pub fn is_terminated(&self) -> bool {
        self.state.eq_ignore_case("terminated")
    }

    /// The `expires` parameter: seconds that are left.
    pub fn expires(&self) -> Option<u32> {
        self.params.get("expires")?.as_str()?.parse().ok()
    }

    /// The `reason` parameter.
    pub fn reason(&self) -> Option<&Text> {
        self.params.get("reason")
    }
}
