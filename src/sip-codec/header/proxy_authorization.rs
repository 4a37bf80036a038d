//! Proxy-Authorization.

use super::auth::auth_header;

auth_header!(
    /// Credentials for a proxy (RFC 3261 section 20.28).
    ProxyAuthorization
);
