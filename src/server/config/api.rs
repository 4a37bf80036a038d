//! `[api]`: where the HTTP API is served, under which certificate, behind which proxies.

use super::raw::RawApi;
use super::resolve::{Environment, Finder};
use super::source::At;
use super::{TlsIdentity, networks};
use causeway_dial::Network;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The HTTP API.
#[derive(Clone, Debug)]
pub struct Api {
    /// Where HTTPS is taken; nowhere: no API.
    pub listen: Vec<SocketAddr>,
    /// Connections at a time.
    pub max_connections: usize,
    /// Connections at a time from one source.
    pub max_connections_per_source: usize,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Who we are, where a certificate is configured.
    pub tls_identity: TlsIdentity,
}

pub(super) fn api(finder: &mut Finder<'_>, raw: &RawApi, environment: Environment<'_>) -> Api {
    let fix = "write an address with a port, like \"192.0.2.5:8443\" or \"[::]:8443\"";
    let listen = finder.list("api", "listen", &raw.listen, fix);
    finder.range("api", "max_connections", raw.max_connections, 1, 100_000);
    let most = raw.max_connections_per_source;
    finder.range("api", "max_connections_per_source", most, 1, 100_000);
    let trusted_proxies = networks(&raw.trusted_proxies).unwrap_or_else(|(index, error)| {
        let at = [At::Key("api"), At::Key("trusted_proxies"), At::Index(index)];
        finder.find(&at, error, "write a network like \"10.0.0.0/8\"");
        Vec::new()
    });
    Api {
        listen,
        max_connections: raw.max_connections,
        max_connections_per_source: most,
        trusted_proxies,
        tls_identity: identity(finder, raw, environment),
    }
}

fn identity(finder: &mut Finder<'_>, raw: &RawApi, environment: Environment<'_>) -> TlsIdentity {
    let path = |text: &String| (!text.is_empty()).then(|| PathBuf::from(text));
    let identity = TlsIdentity {
        certificate: path(&raw.certificate),
        key: path(&raw.key),
        key_pem: environment("CAUSEWAY_API_TLS_KEY"),
        ..TlsIdentity::default()
    };
    let has_key = identity.key.is_some() || identity.key_pem.is_some();
    let table = [At::Key("api"), At::Key("certificate")];
    match (&identity.certificate, has_key) {
        (Some(_), false) => {
            finder.find(
                &table,
                "a certificate without its key",
                "set `key` or CAUSEWAY_API_TLS_KEY",
            );
        }
        (None, true) => finder.find(&table, "a key without its certificate", "set `certificate`"),
        _ => {}
    }
    identity
}
