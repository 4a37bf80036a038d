//! WWW-Authenticate.

use super::auth::auth_header;

auth_header!(
    /// The challenge of a user agent or registrar (RFC 3261 section 20.44). One a line.
    WwwAuthenticate
);
