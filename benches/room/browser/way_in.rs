//! A server that takes browsers, and the link by which they come.

use super::api::Api;
use crate::load::LOCAL;
use crate::server::{Server, free_port, settings};
use std::io;
use std::net::SocketAddr;
use tokio::runtime::Runtime;

/// Said once the API listens, with the code of the first admin.
const READY: &str = "one-time code of the first admin token: ";

/// A server, the address of its door for browsers, and the token of a link.
pub(crate) struct WayIn {
    server: Server,
    address: SocketAddr,
    runtime: Runtime,
    api: Api,
    token: String,
}

impl WayIn {
    /// Starts a server whose meeting takes so many.
    pub(crate) fn open(participants: usize) -> io::Result<Self> {
        let address = SocketAddr::new(LOCAL, free_port()?);
        let listen = format!(
            "[api]\nlisten = [\"{address}\"]\n# All browsers are on this machine.\n\
             max_connections_per_source = 1024\n\
             [web]\nhttp = []\n[webrtc]\nudp_port = 0\n"
        );
        let settings = settings(free_port()?, 1, &listen);
        let server = Server::start(&settings, READY)?;
        let said = server.wait_for_log(READY, 1)?;
        let code = said.first().and_then(|line| line.split(READY).nth(1)).unwrap_or_default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let api = runtime.block_on(Api::open(address, code.trim()));
        let (_, token) = runtime.block_on(api.meeting(participants));
        Ok(Self { server, address, runtime, api, token })
    }

    /// How many are in the meeting.
    pub(crate) fn participants(&self) -> usize {
        self.runtime.block_on(self.api.gauge("causeway_participants")) as usize
    }

    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }
}
