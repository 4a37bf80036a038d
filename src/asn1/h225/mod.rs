//! H.225.0: made by `generate/`, not by hand. The recommendation says what each type is for.

#![allow(missing_docs, reason = "the recommendation has them")]
#![allow(unused_imports, reason = "each part takes all names")]

use crate::h235::{
    AuthenticationMechanism, ChallengeString, ClearToken, CryptoToken, EncodedPwdCertToken,
    Encrypted, Hashed, Password, RandomVal, Signed, TimeStamp,
};
use crate::h245::{DataProtocolCapability, QosCapability, T38FaxProfile};

mod address;
mod admission;
mod endpoint;
mod ras;
mod service;
mod signalling;

pub use address::*;
pub use admission::*;
pub use endpoint::*;
pub use ras::*;
pub use service::*;
pub use signalling::*;
