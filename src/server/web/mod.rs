//! The page by which browsers join, and the doors that it asks.
//!
//! * [`site`](self): `<prefix>/j/<meeting>` and its files. `asset`: what is embedded of them.
//! * `link`: what a link is worth, before it is used. * `probe`: the test before joining; `echo`:
//!   its peer connections.
//! * `guide`: `<prefix>/m/<meeting>/guide`, to print.
//! * `entrance`: the one way in, from a good link to a leg with a seat. [`signal`]: the WebSocket of
//!   the page.
//! * `turn`: credentials for TURN servers. `whip`: doors of programs that publish or play.
//! * `prefix`: a path that is shared with others. * `header`: policies. * `around`: what is done
//!   around every answer. * `refusal`: how a door refuses.
//!
//! A link's token stands in the fragment of its address, in bodies and in `Authorization`: never in
//! a path, a query or a log.

mod around;
mod asset;
mod echo;
pub(crate) mod entrance;
mod guide;
mod header;
mod link;
pub(crate) mod prefix;
mod probe;
mod refusal;
pub mod signal;
mod site;
#[cfg(test)]
mod tests;
pub(crate) mod turn;
pub(crate) mod whip;

pub(crate) use echo::{Echo, Echoes};

use crate::bridge::Bridge;
use crate::config::{Config, Turn, Web};
use crate::invite::Cards;
use crate::link::Links;
use crate::meeting::Meetings;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use causeway_dial::Network;
use header::Policies;
use link::Questions;
use probe::Probes;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// What the page and its doors share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Site(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) web: Web,
    pub(crate) turn: Turn,
    pub(crate) links: Arc<Links>,
    pub(crate) meetings: Arc<Meetings>,
    pub(crate) cards: Arc<Cards>,
    policies: Policies,
    trusted_proxies: Vec<Network>,
    questions: Questions,
    probes: Probes,
}

impl Deref for Site {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site").finish_non_exhaustive()
    }
}

impl Site {
    /// Of a running bridge. `echo` makes the peer connections of the test before joining; without
    /// one it has none.
    pub(crate) fn new(
        bridge: &Bridge,
        config: &Config,
        cards: Arc<Cards>,
        echo: Option<Arc<dyn Echo>>,
    ) -> Self {
        let base = cards.addresses.web.as_deref();
        let policies = Policies::new(&config.web.frame_ancestors, base);
        Self(Arc::new(Shared {
            web: config.web.clone(),
            turn: config.turn.clone(),
            links: Arc::clone(bridge.links()),
            meetings: Arc::clone(bridge.meetings()),
            cards,
            policies,
            trusted_proxies: config.api.trusted_proxies.clone(),
            questions: Questions::default(),
            probes: Probes::new(echo),
        }))
    }
}

/// The page and its doors, and `more` of them. A request may carry its source as an extension.
pub(crate) fn routes(site: &Site, more: Router) -> Router {
    Router::new()
        .route("/j/{meeting}", get(site::page))
        .route("/j/assets/{file}", get(site::asset))
        .route("/m/{meeting}/guide", get(guide::guide))
        .route("/m/assets/{file}", get(guide::asset))
        .route("/api/v1/link", post(link::ask))
        .route("/api/v1/probe/up", post(probe::up))
        .route("/api/v1/probe/down", get(probe::down))
        .route("/api/v1/probe/rtc", post(probe::rtc))
        .with_state(site.clone())
        .merge(more)
        .layer(from_fn_with_state(site.clone(), around::around))
}
