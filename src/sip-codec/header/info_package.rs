//! Info-Package and Recv-Info.

use super::token_params::token_params_header;

token_params_header!(
    /// The package an INFO request belongs to (RFC 6086 section 7).
    InfoPackage,
    Single,
    /// The name of the package.
    package,
    "an Info package"
);

token_params_header!(
    /// A package whose INFO requests the sender takes (RFC 6086 section 7). An empty line says:
    /// none.
    RecvInfo,
    List,
    /// The name of the package.
    package,
    "an Info package"
);
