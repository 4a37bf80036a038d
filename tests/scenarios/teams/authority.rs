//! The authorities of the stand-in, and what they sign. RSA throughout: the suites that the service
//! takes have no other.

use super::service::GATEWAY;
use causeway_server::direct_routing::Caller;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    PKCS_RSA_SHA256,
};
use std::sync::Arc;
use tokio_rustls::rustls::{
    ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion, crypto,
    crypto::CryptoProvider,
    crypto::aws_lc_rs::cipher_suite::{
        TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    },
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    version::{TLS12, TLS13},
};

/// What a certificate says that it is for.
pub(crate) use rcgen::ExtendedKeyUsagePurpose as Usage;

/// An authority that signs for names.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    pub(crate) pem: String,
}

/// A certificate and its key.
pub(crate) struct Identity {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Identity {
    pub(crate) fn chain(&self) -> Vec<CertificateDer<'static>> {
        let chain = CertificateDer::pem_slice_iter(self.certificate.as_bytes());
        chain.collect::<Result<_, _>>().expect("PEM")
    }

    pub(crate) fn private(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::from_pem_slice(self.key.as_bytes()).expect("PEM")
    }
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = key();
        let made = params.self_signed(&key).expect("signs");
        let (certificate, pem) = (made.der().clone(), made.pem());
        Self { issuer: Issuer::new(params, key), certificate, pem }
    }

    pub(crate) fn sign(&self, names: &[&str], usages: &[ExtendedKeyUsagePurpose]) -> Identity {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names");
        params.extended_key_usages = usages.to_vec();
        let key = key();
        let certificate = params.signed_by(&key, &self.issuer).expect("signs").pem();
        Identity { certificate, key: key.serialize_pem() }
    }

    pub(crate) fn roots(&self) -> Arc<RootCertStore> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("an authority");
        Arc::new(roots)
    }

    /// The TLS of a proxy: 1.2, the documented suites that are safe, and whoever calls shows a
    /// certificate of ours.
    pub(crate) fn proxy(&self, identity: &Identity) -> Arc<ServerConfig> {
        let provider = Arc::new(CryptoProvider {
            cipher_suites: vec![
                TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
                TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            ],
            ..crypto::aws_lc_rs::default_provider()
        });
        // A gateway's certificate is one for servers too, and may be for nothing else.
        let names = [format!("sip:{GATEWAY}")];
        let verifier = Caller::new(self.roots(), &names, Arc::clone(&provider));
        let server = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS12])
            .expect("versions")
            .with_client_cert_verifier(Arc::new(verifier.expect("a verifier")))
            .with_single_cert(identity.chain(), identity.private());
        Arc::new(server.expect("an identity"))
    }

    /// The TLS of somebody who opens a connection and trusts us.
    pub(crate) fn client(&self, identity: Option<&Identity>) -> Arc<ClientConfig> {
        self.client_by(identity, crypto::aws_lc_rs::default_provider(), &[&TLS12, &TLS13])
    }

    pub(crate) fn client_by(
        &self,
        identity: Option<&Identity>,
        provider: CryptoProvider,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Arc<ClientConfig> {
        let builder = ClientConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(versions)
            .expect("versions")
            .with_root_certificates(self.roots());
        Arc::new(match identity {
            Some(identity) => builder
                .with_client_auth_cert(identity.chain(), identity.private())
                .expect("an identity"),
            None => builder.with_no_client_auth(),
        })
    }
}

fn key() -> KeyPair {
    KeyPair::generate_for(&PKCS_RSA_SHA256).expect("an RSA key")
}
