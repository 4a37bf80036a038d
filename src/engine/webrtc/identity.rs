//! The certificate of the process for DTLS, and its cryptography. Made once: browsers know it by
//! its fingerprint alone, and a new one for each leg would cost each leg a signature more.

use causeway_plan::Fingerprint;
use std::fmt;
use std::sync::{Arc, OnceLock};
use str0m::config::{CryptoProvider, DtlsCert};

/// Who we are to every browser.
pub(crate) struct Identity {
    pub(crate) certificate: DtlsCert,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) crypto: Arc<CryptoProvider>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("fingerprint", &self.fingerprint).finish_non_exhaustive()
    }
}

impl Identity {
    /// HMAC-SHA1, as connectivity checks are signed.
    pub(crate) fn sign(&self, password: &str, parts: &[&[u8]]) -> [u8; 20] {
        self.crypto.sha1_hmac_provider.sha1_hmac(password.as_bytes(), parts)
    }
}

/// The identity of this process. `None` where the library makes no certificate.
pub(crate) fn identity() -> Option<&'static Identity> {
    static IDENTITY: OnceLock<Option<Identity>> = OnceLock::new();
    IDENTITY.get_or_init(make).as_ref()
}

fn make() -> Option<Identity> {
    let crypto = str0m::crypto::from_feature_flags();
    let certificate = crypto.dtls_provider.generate_certificate()?;
    let fingerprint = Fingerprint(crypto.sha256_provider.sha256(&certificate.certificate));
    Some(Identity { certificate, fingerprint, crypto: Arc::new(crypto) })
}
