//! Calls to rooms behind firewalls (H.460.18): the room is told of the call, connects to us, and its
//! first packet says for which call. Where we are behind one ourselves, we do the same.

use super::call::Call;
use super::facts::Path;
use super::shared::Shared;
use super::wire::Wire;
use crate::tcp::Place;
use std::sync::Arc;

/// How long a room may take: it is told of a call three times, 4 s apart.
#[cfg(feature = "h460-traversal")]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(14);

/// How long a connection to a gatekeeper may take.
#[cfg(feature = "h460-traversal")]
const CONNECT: std::time::Duration = std::time::Duration::from_secs(6);

/// A connection that a room made.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) wire: Wire,
    pub(super) path: Path,
    /// Its place among those allowed.
    pub(super) place: Option<Place>,
}

#[cfg(not(feature = "h460-traversal"))]
pub(super) use off::{Awaited, connect, take};
#[cfg(feature = "h460-traversal")]
pub(super) use on::{Awaited, connect, take};

/// Nobody is behind a firewall.
#[cfg(not(feature = "h460-traversal"))]
mod off {
    use super::{Arc, Call, Made, Path, Place, Shared, Wire};
    use crate::h323::ras::{RasHandle, RegistrationView};
    use std::net::SocketAddr;

    #[derive(Debug, Default)]
    pub(in crate::h323) struct Awaited(());

    impl Awaited {
        /// Nobody connects.
        pub(in crate::h323) async fn made(
            &self,
            _: &RasHandle,
            _: &RegistrationView,
            _: [u8; 16],
        ) -> Option<Made> {
            None
        }
    }

    /// Nobody has us connect.
    pub(in crate::h323) const fn connect(_: &Arc<Shared>, _: [u8; 16], _: SocketAddr) {}

    /// Every connection is of somebody who calls.
    pub(in crate::h323) async fn take(shared: Arc<Shared>, wire: Wire, path: Path, place: Place) {
        Call::incoming(&shared, wire, path, Some(place)).run().await;
    }
}

#[cfg(feature = "h460-traversal")]
mod on {
    use super::{Arc, CONNECT, Call, Made, PATIENCE, Path, Place, Shared, Wire};
    use crate::h323::ras::{RasHandle, RegistrationView};
    use crate::h323::shared::Life;
    use causeway_proto::h323::traversal::{open, opening};
    use dashmap::DashMap;
    use std::net::SocketAddr;
    use tokio::net::TcpStream;
    use tokio::sync::oneshot;
    use tokio::time::timeout;

    /// Who waits, by the callIdentifier.
    #[derive(Debug, Default)]
    pub(in crate::h323) struct Awaited(DashMap<[u8; 16], oneshot::Sender<Made>>);

    /// A place among those who wait; dropping it gives it up.
    struct Waiting<'a>(&'a Awaited, [u8; 16]);

    impl Drop for Waiting<'_> {
        fn drop(&mut self) {
            self.0.0.remove(&self.1);
        }
    }

    impl Awaited {
        #[cfg(test)]
        pub(in crate::h323) fn is_empty(&self) -> bool {
            self.0.is_empty()
        }

        /// Has a room connect to us for a call. `None` where it does not.
        pub(in crate::h323) async fn made(
            &self,
            ras: &RasHandle,
            room: &RegistrationView,
            call: [u8; 16],
        ) -> Option<Made> {
            let (sender, made) = oneshot::channel();
            self.0.insert(call, sender);
            let _waiting = Waiting(self, call);
            ras.indicate(room.ras, call).await;
            timeout(PATIENCE, made).await.ok()?.ok()
        }
    }

    /// We are behind a firewall, and the gatekeeper where we are registered has a call for us.
    pub(in crate::h323) fn connect(shared: &Arc<Shared>, call: [u8; 16], at: SocketAddr) {
        let is_serving = *shared.life.borrow() == Life::Serving;
        if is_serving && *shared.tasks.borrow() < shared.config.limits.connections {
            tokio::spawn(fetch(Arc::clone(shared), call, at));
        }
    }

    async fn fetch(shared: Arc<Shared>, call: [u8; 16], at: SocketAddr) {
        let present = shared.present();
        let Ok(Ok(stream)) = timeout(CONNECT, TcpStream::connect(at)).await else { return };
        let Ok(local) = stream.local_addr() else { return };
        let path = Path { remote: at, local: local.ip() };
        let mut wire = Wire::new(stream, &shared.config);
        if open(call).is_none_or(|packet| wire.send(&packet).is_err()) {
            return;
        }
        let mut call = Call::incoming(&shared, wire, path, None);
        drop(present);
        call.peer_is_outside();
        call.run().await;
    }

    /// A connection that somebody made: for a call that waits for it, or to call us.
    pub(in crate::h323) async fn take(
        shared: Arc<Shared>,
        mut wire: Wire,
        path: Path,
        place: Place,
    ) {
        let Some(packet) = first(&shared, &mut wire).await else { return };
        let waiting = opening(&packet).and_then(|call| shared.awaited.0.remove(&call));
        match waiting {
            Some((_, waiting)) => {
                // Who waited may have hung up: then it is closed.
                let _ = waiting.send(Made { wire, path, place: Some(place) });
            }
            None => {
                let mut call = Call::incoming(&shared, wire, path, Some(place));
                call.read_before(&packet);
                call.run().await;
            }
        }
    }

    /// The first packet of a connection, if it comes in time.
    async fn first(shared: &Arc<Shared>, wire: &mut Wire) -> Option<Vec<u8>> {
        let _present = shared.present();
        let mut life = shared.life.subscribe();
        let packet = async {
            loop {
                if let Some(packet) = wire.take().ok()? {
                    return Some(packet);
                }
                wire.read().await.ok()?;
            }
        };
        tokio::select! {
            packet = timeout(shared.config.limits.first_call, packet) => packet.ok().flatten(),
            _ = life.wait_for(|life| *life == Life::Stopping) => None,
            () = shared.events.closed() => None,
        }
    }
}
