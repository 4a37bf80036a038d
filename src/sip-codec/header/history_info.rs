//! History-Info.

use super::name_addr::name_addr_header;

name_addr_header!(
    /// Whom the request was for on its way, the first one first (RFC 7044); `index` among its
    /// parameters.
    HistoryInfo,
    List
);
