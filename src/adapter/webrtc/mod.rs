//! Browsers, and programs that publish or play as browsers do (WHIP, WHEP).
//!
//! The signalling of such a leg comes through a door of the web server: a WebSocket, or HTTP. The
//! door opens a [`Peer`] for it and hands it what the other side says; the rest of the bridge
//! speaks [`LegEvent`] and `LegCommand` with it as with every leg. Media never comes here.
//!
//! * [`message`]: what a page and the bridge say to each other over the WebSocket. The page that
//!   speaks it is `src/server/web/client`.
//! * `session`: one leg's offer/answer, without sockets and clocks.
//! * `task`: one task a leg: its session between its door and the bridge.
//! * `handle`: opens legs and commands them.
//! * [`whip`]: WHIP and WHEP, as far as they are neither sockets nor admission.

mod handle;
pub mod message;
mod session;
mod task;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod typescript;
pub mod whip;

pub use causeway_proto::offer_answer::Refusal;
pub use causeway_proto::offer_answer::webrtc::Fragment;
pub use handle::{Busy, Full, Peer, WebRtcHandle};
pub use session::PeerEvent;

use causeway_conference::LegEvent;
use causeway_plan::{Direction, LegMedia, WebRtcAddress};
use causeway_proto::offer_answer;
use std::time::Duration;
use tokio::sync::mpsc;

/// Starts the WebRTC adapter.
#[derive(Debug)]
pub struct WebRtcAdapter;

/// What the adapter is told at its start.
#[derive(Clone, Copy, Debug)]
pub struct WebRtcConfig {
    /// Legs at a time.
    pub max_legs: usize,
    /// We are ICE-lite (RFC 8445 section 2.5): our addresses are reachable as they are told.
    pub ice_lite: bool,
    /// How long a leg may go without an answered offer.
    pub half_open: Duration,
}

impl WebRtcConfig {
    /// A browser that asks its user for the microphone does so before it comes: whoever does not
    /// offer within half a minute is not coming.
    pub const HALF_OPEN: Duration = Duration::from_secs(30);
}

/// Through which door a leg comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Door {
    /// The page.
    Page,
    /// WHIP (RFC 9725): it publishes, and hears nothing.
    Whip,
    /// WHEP: it plays, and says nothing.
    Whep,
}

impl Door {
    /// Which way sound may flow at most, from our side.
    const fn direction(self) -> Direction {
        match self {
            Door::Page => Direction::SendReceive,
            Door::Whip => Direction::ReceiveOnly,
            Door::Whep => Direction::SendOnly,
        }
    }
}

impl WebRtcAdapter {
    /// Starts the adapter; its legs run on the tokio runtime that opens them. Events of all legs
    /// go to `events`; when it is closed, they end.
    pub fn start(config: WebRtcConfig, events: mpsc::Sender<LegEvent>) -> WebRtcHandle {
        WebRtcHandle::new(config, events)
    }
}

/// Answers the offer of a test before joining: a data line that echoes, and no sound. `local` is
/// what the engine has reserved for it.
///
/// # Errors
/// [`Refusal`]: there is no data line that can be used, or no way to it.
pub fn answer_probe(
    offer: &str,
    local: WebRtcAddress,
    ice_lite: bool,
) -> Result<(String, LegMedia), Refusal> {
    offer_answer::answer_probe(offer.as_bytes(), local, ice_lite, crate::random::seed())
}
