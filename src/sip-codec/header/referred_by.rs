//! Referred-By.

use super::name_addr::name_addr_header;

name_addr_header!(
    /// Who asked for the call (RFC 3892 section 2.1).
    ReferredBy,
    Single
);
