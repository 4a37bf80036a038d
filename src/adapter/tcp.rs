//! What all listeners of TCP share: how they are bound, and how many connections they take.

use socket2::{Domain, Protocol, Socket, Type};
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;

/// Connections that wait to be accepted.
const BACKLOG: i32 = 1024;

/// Binds a listener. An IPv6 one takes IPv6 only.
///
/// # Errors
/// What the system says.
pub(crate) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// The connections that may be open at a time, in all and from one source address.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    most: usize,
    most_per_source: usize,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A place among the connections allowed; dropping it frees the place.
#[derive(Debug)]
pub(crate) struct Place {
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
    source: IpAddr,
}

impl Places {
    /// All are free.
    pub(crate) fn new(most: usize, most_per_source: usize) -> Self {
        Self { most, most_per_source, open: Arc::default() }
    }

    /// A place for a connection from there, if there is one.
    pub(crate) fn take(&self, source: IpAddr) -> Option<Place> {
        self.take_of(source, self.most_per_source)
    }

    /// The same, of a source that may have so many.
    pub(crate) fn take_of(&self, source: IpAddr, most: usize) -> Option<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let total: usize = open.values().sum();
        let count = open.entry(source).or_default();
        if *count >= most || total >= self.most {
            if *count == 0 {
                open.remove(&source);
            }
            return None;
        }
        *count += 1;
        drop(open);
        Some(Place { open: Arc::clone(&self.open), source })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.source) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.source);
            }
        }
    }
}
