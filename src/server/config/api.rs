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
    /// Where a certificate comes from, if one is asked for.
    pub acme: Option<Acme>,
}

/// An ACME authority (RFC 8555).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acme {
    /// The address of its directory.
    pub directory: String,
    /// An address of mail for its warnings; may be empty.
    pub contact: String,
    /// The names that the certificate is for.
    pub names: Vec<String>,
    /// Plain ports on which HTTP-01 challenges are answered.
    pub http: Vec<SocketAddr>,
    /// PEM file of the authorities that the authority's own certificate comes from; `None`: the
    /// system's.
    pub authorities: Option<PathBuf>,
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
        acme: acme(finder, raw),
    }
}

fn acme(finder: &mut Finder<'_>, api: &RawApi) -> Option<Acme> {
    let raw = &api.acme;
    let at = |key| [At::Key("api"), At::Key("acme"), At::Key(key)];
    let http = raw.http.iter().filter_map(|text| text.parse().ok()).collect::<Vec<_>>();
    if http.len() != raw.http.len() {
        let fix = "write an address with a port, like \"0.0.0.0:80\"";
        finder.find(&at("http"), "not all are addresses", fix);
    }
    if raw.directory.is_empty() {
        return None;
    }
    if !raw.directory.starts_with("https://") {
        finder.find(&at("directory"), "not an https address", "write https://…/directory");
    }
    if raw.names.is_empty() {
        finder.find(
            &at("names"),
            "no name to certify",
            "name the hosts, like \"meet.example.com\"",
        );
    }
    if http.is_empty() {
        let fix = "listen where port 80 of the names leads, like \"0.0.0.0:80\"";
        finder.find(&at("http"), "nobody could answer the challenge", fix);
    }
    if !api.certificate.is_empty() {
        finder.find(&at("directory"), "a certificate is configured too", "leave one of both empty");
    }
    Some(Acme {
        directory: raw.directory.clone(),
        contact: raw.contact.clone(),
        names: raw.names.clone(),
        http,
        authorities: (!raw.authorities.is_empty()).then(|| PathBuf::from(&raw.authorities)),
    })
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
