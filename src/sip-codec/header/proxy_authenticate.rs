//! Proxy-Authenticate.

use super::auth::auth_header;

auth_header!(
    /// The challenge of a proxy (RFC 3261 section 20.27). One a line.
    ProxyAuthenticate
);
