//! Browsers that begin to join and never go on. A thousand of them, in waves, stand for the ten
//! thousand of a bad day: what a wave leaves behind, the next one adds to.

use super::{api::Api, bridge, runtime, signal::Signal, wait_until_empty};
use futures_util::{StreamExt as _, stream};
use std::{net::SocketAddr, time::Duration};
use tokio::time;

/// Browsers of one wave: three waves make the thousand.
const WAVE: usize = 334;

/// So many come at a time.
const AT_ONCE: usize = 16;

/// The longest that the bridge keeps who is not there: ten seconds without a hello, thirty after
/// the WebSocket broke. Who stays and has no media is let go much later, for it may dial in beside
/// its page.
const KEPT: Duration = Duration::from_secs(45);

/// An offer as Chromium makes it, whose peer connection does not exist.
const OFFER: &str = include_str!("../../../fixtures/sdp/webrtc/chrome/microphone.offer.sdp");

/// What a browser does before it stops.
#[derive(Clone, Copy, Debug)]
enum Stop {
    /// Opens the WebSocket.
    Opened,
    /// Says hello, gets a seat, and the WebSocket breaks.
    Vanished,
    /// Offers, takes the answer, does no ICE, and the WebSocket breaks.
    Offered,
}

#[test]
fn a_thousand_half_open_joins_leave_nothing_behind() {
    let bridge = bridge();
    runtime().block_on(async {
        let (address, code) = bridge.api();
        let api = Api::open(address, &code).await;
        let (_, link) = api.meeting(2 * WAVE).await;
        let sockets = bridge.open_sockets();
        let mut open = Vec::new();
        for stop in [Stop::Opened, Stop::Vanished, Stop::Offered] {
            let wave = stream::iter(0..WAVE).map(|_| begin(address, &link, stop));
            open.extend(wave.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await);
        }
        // The bridge lets go of each by itself.
        let ended = stream::iter(open.into_iter().flatten()).for_each_concurrent(None, closed);
        time::timeout(KEPT, ended).await.expect("the bridge closes what is half open");
        wait_until_empty(&bridge, &api, sockets, KEPT).await;
    });
}

async fn begin(bridge: SocketAddr, link: &str, stop: Stop) -> Option<Signal> {
    let mut signal = Signal::open(bridge).await;
    match stop {
        Stop::Opened => return Some(signal),
        Stop::Vanished => signal.join(link, "half open").await,
        Stop::Offered => {
            signal.join(link, "half open").await;
            signal.offer(OFFER.to_owned()).await;
        }
    }
    None
}

async fn closed(mut signal: Signal) {
    signal.drain().await;
}
