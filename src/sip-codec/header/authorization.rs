//! Authorization.

use super::auth::auth_header;

auth_header!(
    /// Credentials for a user agent or registrar (RFC 3261 section 20.7).
    Authorization
);
