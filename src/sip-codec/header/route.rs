//! Route.

use super::name_addr::name_addr_header;

name_addr_header!(
    /// A proxy to pass (RFC 3261 section 20.34).
    Route,
    List
);
