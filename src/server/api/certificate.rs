//! The certificate that is shown, and how it is replaced without a restart.

use crate::acme;
use crate::config::Config;
use crate::tls::{self, TlsError};
use arc_swap::ArcSwap;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tracing::{info, warn};

/// How often the files are looked at: renewals happen days before the end.
const INTERVAL: Duration = Duration::from_secs(60);

/// The certificate that is shown now.
#[derive(Debug)]
pub(super) struct Shown(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

impl Shown {
    /// Reads the files, or makes them.
    pub(super) fn read(config: &Config) -> Result<Arc<Self>, TlsError> {
        Ok(Arc::new(Self(ArcSwap::from_pointee(tls::api_key(config)?))))
    }

    /// Reads the files again. What cannot be used leaves the old certificate in place.
    pub(super) fn reload(&self, config: &Config) {
        match tls::api_key(config) {
            Ok(key) => {
                self.0.store(Arc::new(key));
                info!("the certificate of the API was read again");
            }
            Err(error) => warn!(%error, "the certificate of the API stays the old one"),
        }
    }

    /// Reads the files again whenever they change. Never ends.
    pub(super) async fn follow(self: Arc<Self>, config: Arc<Config>) {
        let mut seen = changed(&config);
        loop {
            tokio::time::sleep(INTERVAL).await;
            let now = changed(&config);
            if now != seen {
                self.reload(&config);
                seen = now;
            }
        }
    }
}

/// When the files were written last.
fn changed(config: &Config) -> [Option<SystemTime>; 2] {
    let written = |path: &Path| std::fs::metadata(path).and_then(|file| file.modified()).ok();
    let identity = &config.api.tls_identity;
    if config.api.acme.is_some() {
        return acme::files(&config.state_dir).map(|path| written(&path));
    }
    [&identity.certificate, &identity.key].map(|path| path.as_deref().and_then(written))
}
