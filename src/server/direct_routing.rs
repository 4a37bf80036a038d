//! Direct Routing of Microsoft Teams: who we are there, whom we trust, and what of it is not right.
//!
//! The service shows certificates that are made for servers when it opens a connection to us: the
//! usual check of a client's certificate refuses these. [`Caller`] takes both kinds, of its roots
//! and its names alone.

use crate::config::direct_routing::TlsFiles;
use crate::config::{Config, variable};
use crate::say::{Said, said};
use crate::tls::{self, SIP_KEY, TlsError};
use causeway_adapter::sip::{DirectRouting, MutualTls};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore,
    SignatureScheme,
};
use std::path::PathBuf;
use std::sync::Arc;
use x509_parser::prelude::{FromDer, X509Certificate};

/// The roots of the service, by the common names of their certificates: since April 2026 it shows
/// certificates below any of these.
pub const ROOTS: [&str; 7] = [
    "DigiCert Global Root CA",
    "DigiCert Global Root G2",
    "DigiCert Global Root G3",
    "DigiCert TLS ECC P384 Root G5",
    "DigiCert TLS RSA4096 Root G5",
    "Microsoft ECC Root Certificate Authority 2017",
    "Microsoft RSA Root Certificate Authority 2017",
];

/// Where systems keep the authorities that they trust: Debian, Red Hat, SUSE, Alpine.
const SYSTEM: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The variable that names another file than these, as OpenSSL reads it.
const SYSTEM_VARIABLE: &str = "SSL_CERT_FILE";

/// Days before the end of a certificate from which it is warned of.
const SOON_DAYS: i64 = 30;

/// The algorithm of RSA keys (RFC 8017 appendix C).
const RSA: &str = "1.2.840.113549.1.1.1";

/// Networks of the service's signalling and media, by a part of its proxies' names: the documents
/// disagree on the commercial ones, and this is all that they name.
const NETWORKS: [(&str, &str); 3] = [
    (".dod.", "52.127.64.0/21"),
    (".gov.", "52.127.88.0/21"),
    ("", "52.112.0.0/14, 52.120.0.0/14, 52.122.0.0/15"),
];

/// UDP ports of the service's media without media bypass.
pub const MEDIA_PORTS: &str = "3478-3481, 49152-53247";

/// Where the service is, for a firewall.
pub fn networks(teams: &DirectRouting) -> &'static str {
    let is_in = |part: &str| teams.proxies.iter().any(|proxy| proxy.contains(part));
    NETWORKS.iter().find(|(part, _)| is_in(part)).map_or("", |(_, networks)| networks)
}

/// What both sides show each other.
///
/// # Errors
/// What cannot be read or used, and a system that trusts none of the roots.
pub fn mutual_tls(
    config: &Config,
    teams: &DirectRouting,
    files: &TlsFiles,
) -> Result<MutualTls, TlsError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let roots = Arc::new(Authorities::read(files)?.store);
    let (chain, key) = identity(config, files)?;
    let caller = Caller::new(Arc::clone(&roots), &teams.proxies, Arc::clone(&provider))?;
    let server = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Identity)?
        .with_client_cert_verifier(Arc::new(caller))
        .with_single_cert(chain.clone(), key.clone_key())
        .map_err(TlsError::Identity)?;
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Identity)?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)
        .map_err(TlsError::Identity)?;
    Ok(MutualTls { server: Arc::new(server), client: Arc::new(client) })
}

fn identity(config: &Config, files: &TlsFiles) -> Result<tls::Identity, TlsError> {
    let of_sip = &config.sip.tls_identity;
    match (&files.certificate, &of_sip.certificate) {
        (Some(certificate), _) => {
            let identity =
                crate::config::TlsIdentity { key: files.key.clone(), ..Default::default() };
            Ok((tls::read_chain(certificate)?, tls::read_key(&identity, "")?))
        }
        (None, Some(certificate)) => {
            Ok((tls::read_chain(certificate)?, tls::read_key(of_sip, SIP_KEY)?))
        }
        (None, None) => Err(TlsError::Authorities(
            "Teams takes a certificate of a public authority only: set trunk.certificate and \
             trunk.key"
                .to_owned(),
        )),
    }
}

/// Whom we trust there.
struct Authorities {
    store: RootCertStore,
    /// Those of [`ROOTS`] that are not among them.
    missing: Vec<&'static str>,
}

impl Authorities {
    fn read(files: &TlsFiles) -> Result<Self, TlsError> {
        let (paths, all) = match files.authorities.as_slice() {
            [] => (vec![system()?], false),
            paths => (paths.to_vec(), true),
        };
        let mut chain = Vec::new();
        for path in &paths {
            chain.extend(tls::read_chain(path)?);
        }
        let mut store = RootCertStore::empty();
        let mut found = Vec::new();
        for authority in chain {
            let name = common_name(&authority);
            let root = ROOTS.into_iter().find(|root| name.as_deref() == Some(*root));
            found.extend(root);
            if root.is_some() || all {
                store.add(authority).map_err(|error| TlsError::Authorities(error.to_string()))?;
            }
        }
        if store.is_empty() {
            let text = "none of the authorities that Teams uses is trusted by this system";
            return Err(TlsError::Authorities(text.to_owned()));
        }
        let missing = ROOTS.into_iter().filter(|root| !found.contains(root)).collect();
        Ok(Self { store, missing })
    }
}

/// The file of the authorities that the system trusts.
fn system() -> Result<PathBuf, TlsError> {
    let named = variable(SYSTEM_VARIABLE).map(PathBuf::from);
    let usual = SYSTEM.iter().map(PathBuf::from).find(|path| path.exists());
    let none = || TlsError::Authorities("this system has no list of authorities".to_owned());
    named.or(usual).ok_or_else(none)
}

fn common_name(certificate: &CertificateDer<'_>) -> Option<String> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let name = parsed.subject().iter_common_name().next()?.as_str().ok()?.to_owned();
    Some(name)
}

/// Judges who opens connections to us: the service, by any certificate of its roots and names.
#[derive(Debug)]
pub struct Caller {
    roots: Arc<RootCertStore>,
    names: Vec<ServerName<'static>>,
    provider: Arc<CryptoProvider>,
    /// All that is usual about it.
    usual: Arc<dyn ClientCertVerifier>,
}

impl Caller {
    /// Takes certificates below `roots` for the host of one of these proxies.
    ///
    /// # Errors
    /// Roots that no certificate can be judged by.
    pub fn new(
        roots: Arc<RootCertStore>,
        proxies: &[String],
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, TlsError> {
        let usual =
            WebPkiClientVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(&provider));
        let usual = usual.build().map_err(|error| TlsError::Authorities(error.to_string()))?;
        let host = |proxy: &String| {
            let host = proxy.strip_prefix("sip:").unwrap_or(proxy).split(':').next()?;
            ServerName::try_from(host.to_owned()).ok()
        };
        Ok(Self { roots, names: proxies.iter().filter_map(host).collect(), provider, usual })
    }
}

impl ClientCertVerifier for Caller {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.usual.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        let as_server = verify_server_cert_signed_by_trust_anchor(
            &certificate,
            &self.roots,
            intermediates,
            now,
            algorithms,
        );
        match as_server {
            Ok(()) => {}
            // Made for clients alone, as some authorities still do.
            Err(_) => {
                self.usual.verify_client_cert(end_entity, intermediates, now)?;
            }
        }
        let is_named = |name: &ServerName<'_>| verify_server_name(&certificate, name).is_ok();
        if !self.names.iter().any(is_named) {
            return Err(Error::InvalidCertificate(CertificateError::NotValidForName));
        }
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.supported_verify_schemes()
    }
}

/// Something about a trunk to Teams that its operator should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// It keeps calls from working, now or soon.
    pub is_fault: bool,
    /// What.
    pub said: Said,
}

fn fault(zh: impl Into<String>, en: impl Into<String>) -> Finding {
    Finding { is_fault: true, said: said(zh, en) }
}

fn fine(zh: impl Into<String>, en: impl Into<String>) -> Finding {
    Finding { is_fault: false, said: said(zh, en) }
}

/// What is known of a trunk to Teams before anything is sent. `now`: Unix seconds.
pub fn findings(
    config: &Config,
    teams: &DirectRouting,
    files: &TlsFiles,
    now: i64,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    match identity(config, files) {
        Ok((chain, _)) => {
            findings.extend(
                chain.first().map(|leaf| about(leaf, &teams.fqdn, now)).unwrap_or_default(),
            );
        }
        Err(error) => {
            findings.push(fault(format!("证书：{error}"), format!("certificate: {error}")))
        }
    }
    findings.push(match Authorities::read(files) {
        Err(error) => fault(format!("信任的根证书：{error}"), format!("roots: {error}")),
        Ok(Authorities { missing, .. }) if missing.is_empty() => fine(
            "信任微软列出的全部 7 个根证书",
            "all 7 roots that Microsoft names are trusted",
        ),
        Ok(Authorities { missing, .. }) => {
            let missing = missing.join(", ");
            fault(
                format!("缺少根证书：{missing}。更新系统的 ca-certificates，或写入 trunk.authorities"),
                format!(
                    "roots that are not trusted: {missing}. Update ca-certificates of the system, or \
                     name files in trunk.authorities"
                ),
            )
        }
    });
    findings
}

/// What Teams would say of our certificate.
fn about(leaf: &CertificateDer<'_>, fqdn: &str, now: i64) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Ok((_, parsed)) = X509Certificate::from_der(leaf) else {
        return vec![fault("证书无法读取", "the certificate cannot be read")];
    };
    let days = (parsed.validity().not_after.timestamp() - now).div_euclid(86_400);
    let (zh, en) =
        (format!("证书还有 {days} 天到期"), format!("the certificate holds {days} more days"));
    findings.push(match days {
        ..0 => fault("证书已过期", "the certificate has run out"),
        0..SOON_DAYS => fault(zh, en),
        _ => fine(zh, en),
    });
    let holds = ParsedCertificate::try_from(leaf).ok().zip(ServerName::try_from(fqdn).ok());
    let holds = holds.is_some_and(|(leaf, name)| verify_server_name(&leaf, &name).is_ok());
    if !holds {
        findings.push(fault(
            format!("证书中没有名称 {fqdn}"),
            format!("the certificate is not one for {fqdn}"),
        ));
    }
    let usage = parsed.extended_key_usage().ok().flatten();
    if usage.is_some_and(|usage| !usage.value.server_auth && !usage.value.any) {
        findings.push(fault(
            "证书不能用于服务器身份验证",
            "the certificate is not for the authentication of servers",
        ));
    }
    if parsed.public_key().algorithm.algorithm.to_id_string() != RSA {
        // Inferred from the cipher suites that are documented.
        findings.push(fault(
            "证书的密钥不是 RSA：按文档，Teams 只接受 RSA",
            "the certificate has no RSA key: by its documents Teams takes no other",
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{
        BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    };

    struct Authority {
        issuer: Issuer<'static, KeyPair>,
        certificate: CertificateDer<'static>,
    }

    fn authority() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("signs").der().clone();
        Authority { issuer: Issuer::new(params, key), certificate }
    }

    fn leaf(
        authority: &Authority,
        name: &str,
        usages: &[ExtendedKeyUsagePurpose],
    ) -> CertificateDer<'static> {
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        params.extended_key_usages = usages.to_vec();
        let key = KeyPair::generate().expect("a key");
        params.signed_by(&key, &authority.issuer).expect("signs").der().clone()
    }

    #[test]
    fn a_certificate_for_servers_proves_the_service_and_none_of_another_name_or_root_does() {
        use ExtendedKeyUsagePurpose::{ClientAuth, CodeSigning, ServerAuth};
        let (ours, other) = (authority(), authority());
        let mut roots = RootCertStore::empty();
        roots.add(ours.certificate.clone()).expect("an authority");
        let provider = Arc::new(aws_lc_rs::default_provider());
        let proxies = ["sip.pstnhub.example.com", "sip2.pstnhub.example.com"];
        let proxies = proxies.map(|host| format!("sip:{host}:5061"));
        let caller = Caller::new(Arc::new(roots), &proxies, provider).expect("a verifier");
        assert!(caller.client_auth_mandatory());
        for (authority, name, usages, is_taken) in [
            (&ours, "sip.pstnhub.example.com", &[ServerAuth][..], true),
            (&ours, "sip2.pstnhub.example.com", &[ClientAuth], true),
            (&ours, "sip.pstnhub.example.com", &[ServerAuth, ClientAuth], true),
            (&ours, "sip.pstnhub.example.com", &[], true),
            (&ours, "*.pstnhub.example.com", &[ServerAuth], true),
            (&ours, "sip.pstnhub.example.com", &[CodeSigning], false),
            (&ours, "sip9.pstnhub.example.com", &[ServerAuth], false),
            (&ours, "*.example.com", &[ServerAuth], false),
            (&other, "sip.pstnhub.example.com", &[ServerAuth], false),
        ] {
            let leaf = leaf(authority, name, usages);
            let verdict = caller.verify_client_cert(&leaf, &[], UnixTime::now());
            assert_eq!(verdict.is_ok(), is_taken, "{name} {usages:?}");
        }
    }

    #[test]
    fn what_teams_would_refuse_of_our_certificate_is_said() {
        let authority = authority();
        let words = |name: &str, fqdn: &str, days: i64| {
            let leaf = leaf(&authority, name, &[ExtendedKeyUsagePurpose::ServerAuth]);
            let (_, parsed) = X509Certificate::from_der(&leaf).expect("a certificate");
            let now = parsed.validity().not_after.timestamp() - days * 86_400;
            let faults = about(&leaf, fqdn, now).into_iter().filter(|it| it.is_fault);
            faults.map(|fault| fault.said.en).collect::<Vec<_>>()
        };
        // Those of these tests have no RSA key.
        let key = "the certificate has no RSA key: by its documents Teams takes no other";
        assert_eq!(words("*.example.com", "sbc1.example.com", 90), [key]);
        let name = "the certificate is not one for a.b.example.com";
        assert_eq!(words("*.example.com", "a.b.example.com", 90), [name, key]);
        let soon = "the certificate holds 3 more days";
        assert_eq!(words("sbc1.example.com", "sbc1.example.com", 3), [soon, key]);
        let over = "the certificate has run out";
        assert_eq!(words("sbc1.example.com", "sbc1.example.com", -3), [over, key]);
    }

    #[test]
    fn roots_are_found_by_name_and_the_missing_ones_are_told() {
        let folder = std::env::temp_dir().join(format!("causeway-roots-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("roots.pem");
        let mut text = String::new();
        for name in [ROOTS[1], "Somebody else"] {
            let mut params = CertificateParams::new(Vec::new()).expect("no names");
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.distinguished_name.push(rcgen::DnType::CommonName, name);
            let key = KeyPair::generate().expect("a key");
            text += &params.self_signed(&key).expect("signs").pem();
        }
        std::fs::write(&file, text).expect("a file");
        let files = TlsFiles { authorities: vec![file], ..TlsFiles::default() };
        let read = Authorities::read(&files).expect("readable");
        assert_eq!((read.store.len(), read.missing.len()), (2, 6));
        assert!(!read.missing.contains(&ROOTS[1]));
        std::fs::remove_dir_all(&folder).expect("clean up");
    }
}
