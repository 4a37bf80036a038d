//! Proxy-Require.

use super::token::token_header;

token_header!(
    /// An extension a proxy must understand (RFC 3261 section 20.29).
    ProxyRequire,
    List,
    "an option tag"
);
