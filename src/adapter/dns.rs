//! The DNS, as adapters ask it.

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::Name;
use hickory_resolver::{Resolver, TokioResolver};
use std::net::SocketAddr;
use std::time::Duration;

/// How long one server may take for one question.
const QUESTION: Duration = Duration::from_secs(3);

/// Answers that are kept for their time to live: some 2 MB.
const MAX_CACHED: u64 = 4_096;

/// Asks these servers; without any, those of the system. `None` where there are none.
pub(crate) fn resolver(nameservers: &[SocketAddr]) -> Option<TokioResolver> {
    let builder = if nameservers.is_empty() {
        TokioResolver::builder_tokio()
    } else {
        let servers = nameservers.iter().map(server).collect();
        let config = ResolverConfig::from_name_servers(servers);
        Ok(Resolver::builder_with_config(config, TokioRuntimeProvider::default()))
    };
    let built = builder.and_then(|mut builder| {
        let options = builder.options_mut();
        options.timeout = QUESTION;
        options.attempts = 1;
        options.cache_size = MAX_CACHED;
        builder.build()
    });
    match built {
        Ok(resolver) => Some(resolver),
        Err(error) => {
            tracing::warn!(%error, "no DNS: only numeric addresses can be called");
            None
        }
    }
}

/// A name as it stands: no search list may lead it elsewhere.
pub(crate) fn absolute(name: &str) -> Option<Name> {
    Name::from_ascii(format!("{name}.")).ok()
}

fn server(address: &SocketAddr) -> NameServerConfig {
    let mut connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
    for connection in &mut connections {
        connection.port = address.port();
    }
    NameServerConfig::new(address.ip(), true, connections.into())
}
