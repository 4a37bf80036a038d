//! Diversion.

use super::name_addr::name_addr_header;

name_addr_header!(
    /// Who the call was for before it was diverted, the last one first (RFC 5806).
    Diversion,
    List
);
