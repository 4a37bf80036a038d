//! WHIP and WHEP over HTTP: `<prefix>/api/v1/whip` for programs that publish, `…/whep` for those
//! that play.
//!
//! The bearer token is that of a link; `~` and a PIN may follow it, where the meeting asks for one:
//! programs have no other field for it. Whoever comes this way passes the same admission as
//! everybody, the lobby included, where nothing is heard either way. A publisher hears nothing, a
//! player says nothing.
//!
//! * `endpoint`: from an offer to a session. * `session`: fragments and goodbyes.
//! * `sessions`: all of them, and the task that keeps each. * `answer`: what answers have in common.

mod answer;
mod endpoint;
mod session;
mod sessions;

use super::Site;
use super::entrance::Entrance;
use crate::bridge::Bridge;
use axum::Router;
use axum::middleware::map_response;
use axum::routing::{get, post};
use causeway_adapter::webrtc::Door;
use sessions::Sessions;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

/// What endpoints and sessions share.
pub(crate) struct Whip {
    site: Site,
    entrance: Arc<Entrance>,
    sessions: Arc<Sessions>,
    /// The address of ours at which they arrive.
    local: IpAddr,
}

impl fmt::Debug for Whip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Whip").finish_non_exhaustive()
    }
}

impl Whip {
    /// Of a running bridge.
    pub(crate) fn new(bridge: &Bridge, site: &Site) -> Self {
        Self {
            site: site.clone(),
            entrance: Arc::clone(bridge.entrance()),
            sessions: Arc::default(),
            local: bridge.local(),
        }
    }

    /// Sessions that are open.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.sessions.count()
    }
}

/// Both doors.
pub(crate) fn routes(whip: Arc<Whip>) -> Router {
    let one = |door: Door, name: &str| {
        let of = |whip: &Arc<Whip>| endpoint::At { whip: Arc::clone(whip), door };
        Router::new()
            .route(
                &format!("/api/v1/{name}"),
                post(endpoint::publish).options(endpoint::options).get(answer::nothing),
            )
            .route(
                &format!("/api/v1/{name}/{{session}}"),
                get(session::there)
                    .options(session::options)
                    .patch(session::patch)
                    .delete(session::delete),
            )
            .with_state(of(&whip))
    };
    let both = one(Door::Whip, "whip").merge(one(Door::Whep, "whep"));
    both.layer(map_response(answer::for_other_origins))
}
