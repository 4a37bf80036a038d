//! P-Asserted-Identity.

use super::name_addr::name_addr_header;

name_addr_header!(
    /// Who calls, as a trusted network says (RFC 3325 section 9.1).
    PAssertedIdentity,
    List
);
