//! Connections that come in, as many as there may be.

use super::H323Error;
use super::awaited;
use super::config::Limits;
use super::facts::Path;
use super::shared::{Life, Shared};
use super::wire::Wire;
use crate::tcp::{self, Places};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// Binds every listener and takes calls until the adapter stops. Gives what was bound.
pub(super) fn listen(shared: &Arc<Shared>) -> Result<Vec<SocketAddr>, H323Error> {
    let limits = shared.config.limits;
    let places = Places::new(limits.connections, limits.connections_per_source);
    let mut bound = Vec::new();
    let mut listeners = Vec::new();
    for address in shared.config.listeners.iter().copied() {
        let failed = |error| H323Error::Bind { address, error };
        let listener = tcp::bind(address).map_err(failed)?;
        bound.push(listener.local_addr().map_err(failed)?);
        listeners.push(listener);
    }
    for listener in listeners {
        tokio::spawn(accept(Arc::clone(shared), listener, places.clone()));
    }
    Ok(bound)
}

async fn accept(shared: Arc<Shared>, listener: TcpListener, places: Places) {
    let mut life = shared.life.subscribe();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = life.wait_for(|life| *life == Life::Stopping) => return,
            () = shared.events.closed() => return,
        };
        match accepted {
            Ok((stream, remote)) => take(&shared, stream, remote, &places),
            // Out of descriptors: a moment later there may be some.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

fn take(shared: &Arc<Shared>, stream: TcpStream, remote: SocketAddr, places: &Places) {
    let Limits { connections_per_source, connections_per_gatekeeper, .. } = shared.config.limits;
    let is_gatekeeper = shared.is_gatekeeper(remote.ip());
    let most = if is_gatekeeper { connections_per_gatekeeper } else { connections_per_source };
    let Some(place) = places.take_of(remote.ip(), most) else { return };
    let Ok(local) = stream.local_addr() else { return };
    let path = Path { remote, local: local.ip() };
    let wire = Wire::new(stream, &shared.config);
    tokio::spawn(awaited::take(Arc::clone(shared), wire, path, place));
}
