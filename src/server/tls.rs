//! Who we are under TLS: the configured certificate, or a self-signed one that is kept.

use crate::acme;
use crate::config::{Config, TlsIdentity};
use rustls::RootCertStore;
use rustls::server::{ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::fmt;
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why TLS cannot be served. Never holds key material.
#[derive(Debug)]
pub enum TlsError {
    /// A file cannot be read or written.
    File {
        /// Which.
        path: PathBuf,
        /// What the system or the PEM reader said.
        error: String,
    },
    /// The certificate and the key do not make an identity.
    Identity(rustls::Error),
    /// The list of authorities cannot be used.
    Authorities(String),
    /// No certificate could be made.
    Generate(String),
    /// The system has no random numbers.
    Random,
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TlsError::File { path, error } => write!(f, "{}: {error}", path.display()),
            TlsError::Identity(error) => write!(f, "certificate and key: {error}"),
            TlsError::Authorities(error) => write!(f, "client authorities: {error}"),
            TlsError::Generate(error) => write!(f, "making a certificate: {error}"),
            TlsError::Random => f.write_str("the system gives no random numbers"),
        }
    }
}

impl std::error::Error for TlsError {}

/// The variables that hold a key itself, PEM.
pub(crate) const SIP_KEY: &str = "CAUSEWAY_SIP_TLS_KEY";
const API_KEY: &str = "CAUSEWAY_API_TLS_KEY";

/// The TLS of listeners: 1.3 and 1.2 with AEAD suites only.
///
/// # Errors
/// See [`TlsError`].
pub fn server(config: &Config) -> Result<Arc<rustls::ServerConfig>, TlsError> {
    let identity = &config.sip.tls_identity;
    let (chain, key) = match &identity.certificate {
        Some(certificate) => (read_chain(certificate)?, read_key(identity, SIP_KEY)?),
        None => self_signed(config, self_signed_files(&config.state_dir), &config.sip.tls)?,
    };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Identity)?;
    let builder = match &identity.client_authorities {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let roots = Arc::new(authorities(path)?);
            let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider);
            let verifier = match identity.client_required {
                true => verifier,
                false => verifier.allow_unauthenticated(),
            };
            let verifier =
                verifier.build().map_err(|error| TlsError::Authorities(error.to_string()))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let server = builder.with_single_cert(chain, key).map_err(TlsError::Identity)?;
    Ok(Arc::new(server))
}

/// The TLS of calls that go out; `None` without authorities to judge whom we call. It shows our
/// certificate to whoever asks for one (mutual TLS).
///
/// # Errors
/// See [`TlsError`].
pub fn client(config: &Config) -> Result<Option<Arc<rustls::ClientConfig>>, TlsError> {
    let identity = &config.sip.tls_identity;
    let Some(path) = &identity.server_authorities else { return Ok(None) };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Identity)?
        .with_root_certificates(authorities(path)?);
    let client = match &identity.certificate {
        Some(certificate) => builder
            .with_client_auth_cert(read_chain(certificate)?, read_key(identity, SIP_KEY)?)
            .map_err(TlsError::Identity)?,
        None => builder.with_no_client_auth(),
    };
    Ok(Some(Arc::new(client)))
}

/// The TLS of requests to a peer that is judged by the certificates of a file.
///
/// # Errors
/// See [`TlsError`].
pub(crate) fn of_authorities(path: &Path) -> Result<Arc<rustls::ClientConfig>, TlsError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Identity)?;
    Ok(Arc::new(builder.with_root_certificates(authorities(path)?).with_no_client_auth()))
}

fn authorities(path: &Path) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for authority in read_chain(path)? {
        roots.add(authority).map_err(|error| TlsError::Authorities(error.to_string()))?;
    }
    Ok(roots)
}

/// Who the HTTP API is: the configured certificate as it is on the disk now, or a self-signed one.
///
/// # Errors
/// See [`TlsError`].
pub fn api_key(config: &Config) -> Result<CertifiedKey, TlsError> {
    let identity = &config.api.tls_identity;
    let (chain, key) = match &identity.certificate {
        Some(certificate) => (read_chain(certificate)?, read_key(identity, API_KEY)?),
        None => match acme_identity(config) {
            Some(identity) => identity,
            None => {
                let files = self_signed_api_files(&config.state_dir);
                self_signed(config, files, &config.api.listen)?
            }
        },
    };
    certified_key(chain, key)
}

/// A certificate and its key, if they belong together.
///
/// # Errors
/// See [`TlsError`].
pub fn certified(certificate: &Path, key: &Path) -> Result<CertifiedKey, TlsError> {
    let identity = TlsIdentity { key: Some(key.to_owned()), ..TlsIdentity::default() };
    certified_key(read_chain(certificate)?, read_key(&identity, "")?)
}

fn certified_key(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<CertifiedKey, TlsError> {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let certified = CertifiedKey::from_der(chain, key, &provider).map_err(TlsError::Identity)?;
    certified.keys_match().map_err(TlsError::Identity)?;
    Ok(certified)
}

/// What the ACME authority gave, once it did.
fn acme_identity(config: &Config) -> Option<Identity> {
    config.api.acme.as_ref()?;
    let [certificate, key] = acme::files(&config.state_dir);
    let identity = TlsIdentity { key: Some(key), ..TlsIdentity::default() };
    Some((read_chain(&certificate).ok()?, read_key(&identity, "").ok()?))
}

/// The TLS of the HTTP API: 1.3 and 1.2 with AEAD suites only, HTTP/2 and HTTP/1.1.
///
/// # Errors
/// See [`TlsError`].
pub fn api_server(
    certificate: Arc<dyn ResolvesServerCert>,
) -> Result<Arc<rustls::ServerConfig>, TlsError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut server = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Identity)?
        .with_no_client_auth()
        .with_cert_resolver(certificate);
    server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(server))
}

/// 32 bytes from the system's random source.
///
/// # Errors
/// When it has none.
pub fn seed() -> Result<[u8; 32], TlsError> {
    let mut seed = [0; 32];
    rustls::crypto::aws_lc_rs::default_provider()
        .secure_random
        .fill(&mut seed)
        .map_err(|_| TlsError::Random)?;
    Ok(seed)
}

pub(crate) fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let broken = |error: String| TlsError::File { path: path.to_owned(), error };
    let chain: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| broken(error.to_string()))?;
    if chain.is_empty() {
        return Err(broken("no certificate in this PEM file".to_owned()));
    }
    Ok(chain)
}

pub(crate) fn read_key(
    identity: &TlsIdentity,
    variable: &str,
) -> Result<PrivateKeyDer<'static>, TlsError> {
    if let Some(pem) = &identity.key_pem {
        return PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| TlsError::File {
            path: PathBuf::from(variable),
            error: "no private key in PEM form".to_owned(),
        });
    }
    let path = identity.key.clone().unwrap_or_default();
    PrivateKeyDer::from_pem_file(&path)
        .map_err(|error| TlsError::File { path, error: error.to_string() })
}

pub(crate) type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// The certificate made at the first start, so that those who chose to trust it need not again.
fn self_signed(
    config: &Config,
    [certificate, key]: [PathBuf; 2],
    bound: &[SocketAddr],
) -> Result<Identity, TlsError> {
    if !certificate.exists() || !key.exists() {
        generate(config, &certificate, &key, bound)?;
    }
    let identity = TlsIdentity { key: Some(key), ..TlsIdentity::default() };
    Ok((read_chain(&certificate)?, read_key(&identity, "")?))
}

/// Where the self-signed certificate and its key are kept.
pub fn self_signed_files(state_dir: &Path) -> [PathBuf; 2] {
    [state_dir.join("sip-certificate.pem"), state_dir.join("sip-key.pem")]
}

/// The same for the HTTP API: browsers and rooms trust different certificates.
pub fn self_signed_api_files(state_dir: &Path) -> [PathBuf; 2] {
    [state_dir.join("api-certificate.pem"), state_dir.join("api-key.pem")]
}

fn generate(
    config: &Config,
    certificate: &Path,
    key: &Path,
    bound: &[SocketAddr],
) -> Result<(), TlsError> {
    let bound = bound.iter().map(SocketAddr::ip);
    let advertised = config.advertised.iter().map(|rule| rule.advertised);
    let mut names: Vec<String> = bound
        .chain(advertised)
        .filter(|address| !address.is_unspecified())
        .map(|address| address.to_string())
        .collect();
    names.extend(config.hosts.iter().cloned());
    names.push("localhost".to_owned());
    let made = rcgen::generate_simple_self_signed(names)
        .map_err(|error| TlsError::Generate(error.to_string()))?;
    let failed = |path: &Path, error: std::io::Error| TlsError::File {
        path: path.to_owned(),
        error: error.to_string(),
    };
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&config.state_dir)
        .map_err(|error| failed(&config.state_dir, error))?;
    write(key, &made.signing_key.serialize_pem(), 0o600).map_err(|error| failed(key, error))?;
    write(certificate, &made.cert.pem(), 0o644).map_err(|error| failed(certificate, error))
}

pub(crate) fn write(path: &Path, text: &str, mode: u32) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(path)?
        .write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_self_signed_certificate_is_made_once_and_its_key_is_private() {
        let dir = std::env::temp_dir().join(format!("causeway-tls-{}", std::process::id()));
        let text = format!("[node]\nstate_dir = {:?}\n", dir.display().to_string());
        let config = Config::parse("test.toml", &text, &|_| None).expect("valid");
        server(&config).expect("a first start");
        let [certificate, key] = self_signed_files(&dir);
        let first = std::fs::read(&certificate).expect("kept");
        server(&config).expect("a second start");
        assert_eq!(std::fs::read(&certificate).expect("kept"), first);
        let mode = std::fs::metadata(&key).expect("kept").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::remove_dir_all(&dir).expect("clean up");
    }
}
