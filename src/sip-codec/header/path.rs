//! Path.

use super::name_addr::name_addr_header;

name_addr_header!(
    /// A proxy between registrar and contact (RFC 3327).
    Path,
    List
);
