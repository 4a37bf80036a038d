//! P-Preferred-Identity.

use super::name_addr::name_addr_header;

name_addr_header!(
    /// Who the sender would like to be asserted as (RFC 3325 section 9.2).
    PPreferredIdentity,
    List
);
