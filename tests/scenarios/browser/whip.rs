//! A program that publishes by WHIP, and one that plays by WHEP.

use super::{
    INAUDIBLE_DB, JUDGED, PATIENCE, SETTLING, api::Api, bridge, peer::Peer, runtime,
    wait_until_empty,
};
use crate::{
    conference::{AUDIBLE_DB, TONES},
    sound::{level_db, tone},
};
use reqwest::{
    Client, RequestBuilder, StatusCode,
    header::{CONTENT_TYPE, ETAG, IF_MATCH, LOCATION},
};
use std::net::SocketAddr;
use tokio::time;
use webrtc::peer_connection::RTCPeerConnectionState::Connected;

/// One program in the meeting.
struct Program {
    peer: Peer,
    client: Client,
    token: String,
    /// Where its session is.
    session: String,
    /// The entity tag of its ICE session.
    tag: String,
}

impl Program {
    /// Comes through a door by a link, and is connected.
    async fn come(bridge: SocketAddr, door: &str, link: &str) -> Self {
        let tls = causeway_server::load::wire::client_config().expect("TLS");
        let client = Client::builder().tls_backend_preconfigured((*tls).clone()).build();
        let client = client.expect("a client");
        let peer = Peer::new().await;
        let request = client.post(format!("https://{bridge}/api/v1/{door}")).bearer_auth(link);
        let request = request.header(CONTENT_TYPE, "application/sdp").body(peer.offer().await);
        let answer = request.send().await.expect("the door");
        assert_eq!(answer.status(), StatusCode::CREATED);
        let header = |name| answer.headers()[name].to_str().expect("ASCII").to_owned();
        let (session, tag) = (format!("https://{bridge}{}", header(LOCATION)), header(ETAG));
        peer.answered(answer.text().await.expect("a description")).await;
        peer.reach(Connected).await;
        Self { peer, client, token: link.to_owned(), session, tag }
    }

    async fn send(&self, request: RequestBuilder) -> StatusCode {
        request.bearer_auth(&self.token).send().await.expect("the session").status()
    }

    /// Says that it has no further candidates.
    async fn has_no_more(&self) -> StatusCode {
        let request = self.client.patch(&self.session).header(IF_MATCH, &self.tag);
        let request = request.header(CONTENT_TYPE, "application/trickle-ice-sdpfrag");
        self.send(request.body("a=end-of-candidates\r\n")).await
    }

    async fn leave(self) {
        assert_eq!(self.send(self.client.delete(&self.session)).await, StatusCode::OK);
        assert_eq!(self.send(self.client.delete(&self.session)).await, StatusCode::NOT_FOUND);
        self.peer.close().await;
    }
}

#[test]
fn a_program_that_publishes_is_heard_by_one_that_plays_and_hears_nothing() {
    let bridge = bridge();
    runtime().block_on(async {
        let (address, code) = bridge.api();
        let api = Api::open(address, &code).await;
        let (_, link) = api.meeting(2).await;
        let sockets = bridge.open_sockets();
        let publisher = Program::come(address, "whip", &link).await;
        let player = Program::come(address, "whep", &link).await;
        assert_eq!(player.has_no_more().await, StatusCode::NO_CONTENT);
        let [published, unheard, _] = TONES;
        let speaking = publisher.peer.speak(&tone(published, JUDGED));
        let shouting = player.peer.speak(&tone(unheard, JUDGED));
        time::sleep(SETTLING + JUDGED).await;
        let heard = player.peer.heard();
        assert!(level_db(&heard, published) > AUDIBLE_DB, "{}", level_db(&heard, published));
        assert!(level_db(&heard, unheard) < INAUDIBLE_DB, "{}", level_db(&heard, unheard));
        assert!(publisher.peer.heard().samples.is_empty(), "nothing is sent to who publishes");
        speaking.abort();
        shouting.abort();
        publisher.leave().await;
        player.leave().await;
        wait_until_empty(&bridge, &api, sockets, PATIENCE).await;
    });
}
