//! Remote-Party-ID.

use super::name_addr::name_addr_header;

name_addr_header!(
    /// Who calls, as networks said it before RFC 3325 (draft-ietf-sip-privacy-04): `party`,
    /// `screen` and `privacy` among its parameters.
    RemotePartyId,
    List
);
