//! Record-Route.

use super::name_addr::name_addr_header;

name_addr_header!(
    /// A proxy that wants to stay in the path (RFC 3261 section 20.30).
    RecordRoute,
    List
);
