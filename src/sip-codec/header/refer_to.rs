//! Refer-To.

use super::name_addr::name_addr_header;

name_addr_header!(
    /// Whom to call instead (RFC 3515 section 2.1).
    ReferTo,
    Single
);
