//! Browsers that come by link, played by the `webrtc` crate.
//!
//! - `whip`: programs that publish and play; `half_open`: browsers that begin and never go on.
//! - `peer`: its peer connection; `signal`: its WebSocket; `api`: how an operator makes links.

pub(crate) mod api;
mod half_open;
mod peer;
mod signal;
mod whip;

use crate::{
    conference::{AUDIBLE_DB, INAUDIBLE_DB, TONES},
    peer::{Bridge, PATIENCE, Setting},
    sound::{level_db, tone},
};
use api::Api;
use futures_util::{StreamExt as _, stream};
use peer::Peer;
use signal::Signal;
use std::{net::SocketAddr, time::Duration};
use tokio::{runtime::Runtime, sync::oneshot, task::JoinHandle, time};
use webrtc::peer_connection::RTCPeerConnectionState::Connected;

/// What everybody needs before anything is judged.
const SETTLING: Duration = Duration::from_secs(1);

/// What of it is judged.
const JUDGED: Duration = Duration::from_secs(2);

/// One browser in the meeting.
pub(crate) struct Browser {
    pub(crate) peer: Peer,
    leave: oneshot::Sender<()>,
    page: JoinHandle<()>,
}

impl Browser {
    /// Comes by a link, and is connected.
    pub(crate) async fn come(bridge: SocketAddr, link: &str, name: &str) -> Self {
        let mut signal = Signal::open(bridge).await;
        signal.join(link, name).await;
        let peer = Box::pin(Peer::new()).await;
        let answer = signal.offer(peer.offer().await).await;
        peer.answered(answer).await;
        peer.reach(Connected).await;
        let (leave, leaving) = oneshot::channel();
        let page = tokio::spawn(async move {
            tokio::select! {
                () = signal.until_over() => {}
                _ = leaving => signal.leave().await,
            }
        });
        Self { peer, leave, page }
    }

    /// The bridge let it go.
    pub(crate) fn is_gone(&self) -> bool {
        self.page.is_finished()
    }

    pub(crate) async fn leave(self) {
        self.leave.send(()).expect("the bridge has not let it go");
        self.page.await.expect("the bridge takes leave");
        self.peer.close().await;
    }
}

fn bridge() -> Bridge {
    Bridge::with(Setting { api: true, ..Setting::default() })
}

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("threads")
}

/// Waits until a bridge has nothing of its browsers any more, not even a socket.
async fn wait_until_empty(bridge: &Bridge, api: &Api, sockets: usize, within: Duration) {
    let deadline = time::Instant::now() + within;
    loop {
        let calls = api.gauge("causeway_calls").await;
        let participants = api.gauge("causeway_participants").await;
        let open = bridge.open_sockets();
        if calls == 0.0 && participants == 0.0 && open <= sockets {
            return;
        }
        assert!(
            time::Instant::now() < deadline,
            "left behind: {calls} calls, {participants} participants, {open} sockets after {sockets}"
        );
        time::sleep(Duration::from_millis(100)).await;
    }
}

#[test]
fn two_hundred_browsers_of_another_stack_hear_a_speaker_and_leave_nothing_behind() {
    const BROWSERS: usize = 200;
    /// So many join at a time.
    const AT_ONCE: usize = 8;
    let bridge = bridge();
    runtime().block_on(async {
        let (address, code) = bridge.api();
        let api = Api::open(address, &code).await;
        let (_, link) = api.meeting(BROWSERS).await;
        let sockets = bridge.open_sockets();
        let come = |index| {
            let link = &link;
            async move { Box::pin(Browser::come(address, link, &format!("Browser {index}"))).await }
        };
        let browsers: Vec<Browser> =
            stream::iter(0..BROWSERS).map(come).buffer_unordered(AT_ONCE).collect().await;
        let (speaker, listeners) = browsers.split_first().expect("two hundred");
        let mut sending: Vec<_> = listeners.iter().map(|one| one.peer.breathe()).collect();
        sending.push(speaker.peer.speak(&tone(TONES[0], JUDGED)));
        time::sleep(SETTLING + JUDGED).await;
        for (index, listener) in listeners.iter().enumerate() {
            let level = level_db(&listener.peer.heard(), TONES[0]);
            assert!(level > AUDIBLE_DB, "browser {index} hears the speaker at {level:.1} dB");
        }
        let level = level_db(&speaker.peer.heard(), TONES[0]);
        assert!(level < INAUDIBLE_DB, "the speaker hears itself at {level:.1} dB");
        sending.iter().for_each(JoinHandle::abort);
        stream::iter(browsers).for_each_concurrent(AT_ONCE, Browser::leave).await;
        wait_until_empty(&bridge, &api, sockets, PATIENCE).await;
    });
}
