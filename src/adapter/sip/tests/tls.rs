//! Mutual TLS: whom we call by name, and trunks that show a certificate.

use super::LOOPBACK;
use super::dns::Zone;
use super::node::{Node, config, trunk};
use crate::sip::{Listener, Transport};
use causeway_base::EndCause;
use causeway_proto::sip::Carrier;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::RootCertStore;
use rustls::server::WebPkiClientVerifier;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;

/// An authority that signs for names.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("signs").der().clone();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    fn sign(&self, name: &str) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        let key = KeyPair::generate().expect("a key");
        let signed = params.signed_by(&key, &self.issuer).expect("signs");
        (vec![signed.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).expect("a key"))
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("an authority");
        roots
    }

    /// Asks for certificates, and takes callers without one too.
    fn server(&self, name: &str) -> Arc<rustls::ServerConfig> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(self.roots()), provider.clone())
                .allow_unauthenticated()
                .build()
                .expect("a verifier");
        let (chain, key) = self.sign(name);
        let server = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key);
        Arc::new(server.expect("an identity"))
    }

    fn client(&self, name: Option<&str>) -> Arc<rustls::ClientConfig> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(self.roots());
        Arc::new(match name.map(|name| self.sign(name)) {
            Some((chain, key)) => builder.with_client_auth_cert(chain, key).expect("an identity"),
            None => builder.with_no_client_auth(),
        })
    }
}

fn listen(config: &mut crate::sip::SipConfig, server: Arc<rustls::ServerConfig>) {
    let address = "127.0.0.1:0".parse().expect("an address");
    config.listeners.push(Listener { transport: Transport::Tls(server), address });
}

#[tokio::test]
async fn a_trunk_is_known_by_its_certificate_and_we_are_called_by_name() {
    let authority = Authority::new();
    let mut bridge = config(1);
    listen(&mut bridge, authority.server("bridge.test"));
    let mut carrier = trunk("carrier", None);
    carrier.certificate_names = vec!["carrier.test".to_owned()];
    bridge.trunks = vec![carrier];
    let mut bridge = Node::start(bridge).await;
    let port = bridge.port(Carrier::Tls);
    let zone = Zone::default().address("bridge.test", LOOPBACK).address("other.test", LOOPBACK);
    let server = zone.serve().await;

    for (name, trunk, certificate) in [
        (Some("carrier.test"), Some("carrier"), Some("carrier.test")),
        (Some("room.test"), None, Some("room.test")),
        (None, None, None),
    ] {
        let mut caller = config(2);
        listen(&mut caller, authority.server("caller.test"));
        caller.tls_client = Some(authority.client(name));
        caller.nameservers = vec![server];
        let mut caller = Node::start(caller).await;
        caller.dial(&format!("sips:1001@bridge.test:{port}"), None, "ann").await;
        let offered = bridge.offered().await;
        assert!(offered.secure);
        assert_eq!(offered.proof.trunk.as_deref(), trunk, "{name:?}");
        assert_eq!(offered.proof.certificate.as_deref(), certificate, "{name:?}");
        bridge.end(offered.leg).await;
        caller.ended().await;
        bridge.ended().await;
        // The same address under a name that its certificate does not hold.
        caller.dial(&format!("sips:1001@other.test:{port}"), None, "ann").await;
        assert_eq!(caller.ended().await, EndCause::Unreachable, "{name:?}");
    }
}
