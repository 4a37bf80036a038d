//! The HTTP API: meetings, participants, calls, lines, tokens, events, health.
//!
//! * [`resource`]: what it speaks of, in the shapes of its JSON.
//! * [`backend`]: what it needs from the rest of the server, one trait; [`bridge`]: the real one.
//! * `route`: the handlers. * `check`: bounds that types do not hold.
//! * [`access`]: which route asks for which scope; `authentication`: from a token to its scope.
//! * [`fault`]: what can go wrong, with stable codes, zh and en.
//! * `speech`: request ids, time limits, and errors in the language of the request.
//! * [`event_log`]: the last events, for those who come back.
//! * `document`: the OpenAPI description. * `extract`: bodies, queries, names, within bounds.
//! * `source`: where a request comes from.
//! * `stream_seat`: how many streams of events are open.
//! * [`listener`]: sockets, TLS, and the limits of connections; `certificate`: who we are, as the
//!   files are now; `patience`: connections whose client does not read.

pub mod access;
mod authentication;
pub mod backend;
pub mod bridge;
mod certificate;
mod check;
mod document;
pub mod event_log;
mod extract;
pub mod fault;
#[doc(hidden)]
pub mod fuzz;
pub mod listener;
mod patience;
pub mod resource;
mod route;
pub(crate) mod source;
pub(crate) mod speech;
mod stream_seat;
#[cfg(test)]
mod tests;

pub use backend::{Actor, Answer, Backend, FaultyPictures, Gauges, Grant};
pub use bridge::BridgeBackend;
pub use event_log::EventLog;
pub use fault::{Fault, Problem};
pub use listener::{Listener, Sockets};

use authentication::Authentication;
use axum::Router;
use axum::middleware::from_fn_with_state;
use causeway_dial::Network;
use speech::RequestIds;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;
use stream_seat::StreamSeats;
use tokio::sync::watch;
use utoipa_axum::router::OpenApiRouter;

/// What every request shares.
#[derive(Clone)]
pub(crate) struct Api(Arc<Shared>);

pub(crate) struct Shared {
    backend: Arc<dyn Backend>,
    authentication: Authentication,
    request_ids: RequestIds,
    trusted_proxies: Vec<Network>,
    streams: StreamSeats,
    heartbeat: Duration,
    closing: watch::Receiver<bool>,
    /// The OpenAPI description, JSON.
    document: String,
}

impl Deref for Api {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").finish_non_exhaustive()
    }
}

impl Shared {
    /// Waits until the server closes: streams end then.
    async fn closing(&self) {
        let mut closing = self.closing.clone();
        // Without a sender nobody will ever close.
        if closing.wait_for(|closing| *closing).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// How often what may change is looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How long a token counts as good without asking again: so late may a revocation on another
    /// node take effect.
    pub fresh: Duration,
    /// How often a quiet stream says that it is there, and asks whether its token is still good.
    pub heartbeat: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { fresh: Duration::from_secs(5), heartbeat: Duration::from_secs(15) }
    }
}

/// What a router is made for.
pub struct Setting {
    /// How often what may change is looked at again.
    pub pace: Pace,
    /// The rest of the server.
    pub backend: Arc<dyn Backend>,
    /// Whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<Network>,
    /// Differs from start to start.
    pub run: u32,
    /// Becomes true when streams must end.
    pub closing: watch::Receiver<bool>,
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setting").finish_non_exhaustive()
    }
}

/// The API as a service; a request may carry its `Source` as an extension.
pub fn router(setting: Setting) -> Router {
    let (router, mut document) =
        OpenApiRouter::with_openapi(document::base()).merge(route::all()).split_for_parts();
    document::complete(&mut document);
    let api = Api(Arc::new(Shared {
        backend: setting.backend,
        authentication: Authentication::new(setting.pace.fresh),
        heartbeat: setting.pace.heartbeat,
        request_ids: RequestIds::new(setting.run),
        trusted_proxies: setting.trusted_proxies,
        streams: StreamSeats::default(),
        closing: setting.closing,
        document: document.to_json().unwrap_or_default(),
    }));
    router
        .route_layer(from_fn_with_state(api.clone(), access::check))
        .fallback(async || Problem::from(Fault::NotFound))
        .method_not_allowed_fallback(async || Problem::from(Fault::MethodNotAllowed))
        .layer(from_fn_with_state(api.clone(), speech::around))
        .with_state(api)
}
