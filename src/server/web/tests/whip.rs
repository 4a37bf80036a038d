//! Programs that publish and play, before a bridge with its engine.

use super::*;
use crate::web::entrance::MAX_PROGRAMS;
use crate::web::whip::Whip;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);

/// What programs offer.
const OBS: &str = include_str!("../../../../fixtures/sdp/webrtc/obs/whip+publish.offer.sdp");
const GSTREAMER: &str =
    include_str!("../../../../fixtures/sdp/webrtc/gstreamer/whep-without-group+play.offer.sdp");

/// The PIN of guests, behind a token.
const PIN: &str = "~4711";

const TRICKLED: &str = "a=ice-ufrag:rT4k\r\na=ice-pwd:Vb2nM8cX5zL1kJ7hG4fD9s\r\n\
    m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n\
    a=candidate:7 1 UDP 2114977791 127.0.0.1 50123 typ host\r\na=end-of-candidates\r\n";

/// A bench with the doors of programs.
struct Doors {
    bench: Bench,
    whip: Arc<Whip>,
    router: Router,
}

impl Doors {
    async fn new(name: &str, more: &str) -> Self {
        let bench = Bench::with(name, more).await;
        let whip = Arc::new(Whip::new(&bench.bridge, &bench.site));
        let router = routes(&bench.site, crate::web::whip::routes(Arc::clone(&whip)));
        Self { bench, whip, router }
    }

    async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body(), 1 << 20).await.expect("a body").to_vec();
        Reply { status, headers, body }
    }

    async fn ask(&self, method: &str, path: &str, token: &str) -> Reply {
        self.send(request(method, path, token, "")).await
    }

    async fn post(&self, path: &str, token: &str, offer: &str) -> Reply {
        let mut request = request("POST", path, token, &offer.replace('\n', "\r\n"));
        request.headers_mut().insert("content-type", "application/sdp".parse().expect("a type"));
        self.send(request).await
    }

    async fn patch(&self, path: &str, token: &str, tag: Option<&str>, body: &str) -> Reply {
        let mut request = request("PATCH", path, token, body);
        let fragment = "application/trickle-ice-sdpfrag".parse().expect("a type");
        request.headers_mut().insert("content-type", fragment);
        if let Some(tag) = tag {
            request.headers_mut().insert("if-match", tag.parse().expect("a tag"));
        }
        self.send(request).await
    }

    /// The token of a guest with its PIN.
    fn guest(&self) -> String {
        self.bench.standing(Kind::Guest) + PIN
    }

    /// Somebody's names in the meeting, those who wait apart.
    async fn names(&self) -> (Vec<String>, Vec<String>) {
        let view = self.bench.bridge.live().view(BOARD).await;
        let people = view.map(|view| view.conference.participants).unwrap_or_default();
        let (mut inside, mut waiting) = (Vec::new(), Vec::new());
        for person in people {
            let list = if person.place.is_some() { &mut waiting } else { &mut inside };
            list.push(person.display_name.as_str().to_owned());
        }
        (inside, waiting)
    }

    /// Waits until nothing is left of anybody.
    async fn empty(&self) {
        let gone = async {
            while self.whip.count() > 0 || self.bench.bridge.directory().leg_count() > 0 {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(LONG, gone).await.expect("nothing is left");
    }

    async fn end(self) {
        drop((self.whip, self.router));
        self.bench.end().await;
    }
}

#[tokio::test]
async fn a_program_publishes_until_it_says_goodbye() {
    let doors = Doors::new("whip", "").await;
    let token = doors.guest();
    let reply = doors.post("/api/v1/whip", &token, OBS).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{reply:?}");
    assert_eq!(reply.header("content-type"), "application/sdp");
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    assert_eq!(reply.header("cache-control"), "no-store");
    let sdp = reply.text();
    assert!(sdp.contains("a=recvonly\r\n") && sdp.contains("a=candidate:"), "{sdp}");
    assert!(sdp.contains("m=video 0 "), "pictures are not taken yet: {sdp}");
    let (session, tag) = (reply.header("location").to_owned(), reply.header("etag").to_owned());
    let id = session.strip_prefix("/api/v1/whip/").expect("below its endpoint");
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{session}");
    assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");
    assert_eq!(doors.names().await.0, ["WHIP"]);
    assert_eq!(doors.ask("GET", &session, "").await.status, StatusCode::NO_CONTENT);

    let other = doors.bench.standing(Kind::Host);
    assert_eq!(doors.ask("DELETE", &session, "").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(doors.ask("DELETE", &session, &other).await.status, StatusCode::FORBIDDEN);
    let at_the_other = session.replace("whip", "whep");
    assert_eq!(doors.ask("DELETE", &at_the_other, &token).await.status, StatusCode::NOT_FOUND);
    assert_eq!(doors.ask("DELETE", &session, &token).await.status, StatusCode::OK);
    assert_eq!(doors.ask("DELETE", &session, &token).await.status, StatusCode::NOT_FOUND);
    assert_eq!(doors.ask("GET", &session, "").await.status, StatusCode::NOT_FOUND);
    doors.empty().await;
    doors.end().await;
}

#[tokio::test]
async fn one_source_takes_no_more_programs_than_its_places() {
    let doors = Doors::new("whip-places", "").await;
    let token = doors.guest();
    let mut last = String::new();
    for number in 0..MAX_PROGRAMS {
        let reply = doors.post("/api/v1/whip", &token, OBS).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{number}: {reply:?}");
        last = reply.header("location").to_owned();
    }
    let refused = doors.post("/api/v1/whip", &token, OBS).await;
    assert_eq!(refused.code(), EndCause::CapacityReached.code());
    let mut offer = request("POST", "/api/v1/whip", &token, &OBS.replace('\n', "\r\n"));
    offer.headers_mut().insert("content-type", "application/sdp".parse().expect("a type"));
    assert_eq!(doors.send(from(0xCB00_7109, offer)).await.status, StatusCode::CREATED, "another");
    assert_eq!(doors.ask("DELETE", &last, &token).await.status, StatusCode::OK);
    let reply = doors.post("/api/v1/whip", &token, OBS).await;
    assert_eq!(reply.status, StatusCode::CREATED, "its place is free again");
    doors.end().await;
}

#[tokio::test]
async fn a_player_is_somebody_who_only_listens() {
    let doors = Doors::new("whep", "").await;
    let reply = doors.post("/api/v1/whep", &doors.guest(), GSTREAMER).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{reply:?}");
    assert!(reply.text().contains("a=sendonly\r\n"), "{}", reply.text());
    assert!(reply.header("location").starts_with("/api/v1/whep/"));
    assert_eq!(doors.names().await.0, ["WHEP"]);
    let wrong_way = doors.post("/api/v1/whip", &doors.guest(), GSTREAMER).await;
    assert_eq!(wrong_way.status, StatusCode::BAD_REQUEST, "{wrong_way:?}");
    doors.end().await;
}

#[tokio::test]
async fn fragments_bring_candidates_and_restart_ice() {
    let doors = Doors::new("fragment", "").await;
    let token = doors.guest();
    let reply = doors.post("/api/v1/whip", &token, OBS).await;
    let (session, tag) = (reply.header("location").to_owned(), reply.header("etag").to_owned());
    let patch =
        async |tag: Option<&str>, body: &str| doors.patch(&session, &token, tag, body).await;
    let trickled = patch(Some(&tag), TRICKLED).await;
    assert_eq!(trickled.status, StatusCode::NO_CONTENT, "{trickled:?}");
    assert!(trickled.header("etag").is_empty() && trickled.body.is_empty());
    assert_eq!(patch(None, TRICKLED).await.status, StatusCode::PRECONDITION_REQUIRED);
    assert_eq!(patch(Some("\"x\""), TRICKLED).await.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(patch(Some("*"), "a=ice-ufrag:x\r\n").await.status, StatusCode::BAD_REQUEST);
    let other = doors.patch(&session, &doors.bench.standing(Kind::Host), Some("*"), TRICKLED).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    let mut plain = request("PATCH", &session, &token, TRICKLED);
    plain.headers_mut().insert("if-match", "*".parse().expect("any"));
    let plain = doors.send(plain).await;
    assert_eq!(plain.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(plain.header("accept-patch"), "application/trickle-ice-sdpfrag");

    let anew = TRICKLED.replace("rT4k", "anew");
    let restarted = patch(Some("*"), &anew).await;
    assert_eq!(restarted.status, StatusCode::OK, "{restarted:?}");
    assert_eq!(restarted.header("content-type"), "application/trickle-ice-sdpfrag");
    let ours = restarted.text();
    assert!(ours.contains("a=ice-ufrag:") && ours.contains("a=candidate:"), "{ours}");
    let now = restarted.header("etag").to_owned();
    assert_ne!(now, tag);
    assert_eq!(patch(Some(&tag), &anew).await.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(patch(Some(&now), &anew).await.status, StatusCode::NO_CONTENT);
    doors.end().await;
}

#[tokio::test]
async fn the_token_is_that_of_a_link_with_the_pin_behind_it() {
    let doors = Doors::new("whip-token", "").await;
    let guest = doors.bench.standing(Kind::Guest);
    let none = doors.post("/api/v1/whip", "", OBS).await;
    assert_eq!(
        (none.status, none.header("www-authenticate")),
        (StatusCode::UNAUTHORIZED, "Bearer")
    );
    let pinless = doors.post("/api/v1/whip", &guest, OBS).await;
    assert_eq!(
        (pinless.status, &pinless.json()["pin_needed"]),
        (StatusCode::FORBIDDEN, &true.into())
    );
    let wrong = doors.post("/api/v1/whip", &format!("{guest}~4712"), OBS).await;
    assert_eq!((wrong.status, &*wrong.code()), (StatusCode::FORBIDDEN, "CW-AUTH-011"));
    let unknown = doors.post("/api/v1/whip", "AQAA", OBS).await;
    assert_eq!((unknown.status, &*unknown.code()), (StatusCode::FORBIDDEN, "CW-LINK-001"));
    let guide = doors.post("/api/v1/whip", &doors.bench.standing(Kind::Guide), OBS).await;
    assert_eq!(guide.status, StatusCode::FORBIDDEN);
    let host = doors.post("/api/v1/whip", &doors.bench.standing(Kind::Host), OBS).await;
    assert_eq!(host.status, StatusCode::CREATED, "{host:?}");
    let view = doors.bench.bridge.live().view(BOARD).await.expect("it runs");
    assert_eq!(view.conference.participants[0].role, Role::Host);
    doors.end().await;
}

#[tokio::test]
async fn an_offer_of_no_use_costs_no_use_of_its_link() {
    let doors = Doors::new("whip-offer", "").await;
    let (_, token) = doors.bench.link(NewLink { uses: Some(1), ..guest() }).await;
    let token = token + PIN;
    let untyped = doors.ask("POST", "/api/v1/whip", &token).await;
    assert_eq!(untyped.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(untyped.header("accept-post"), "application/sdp");
    let long = doors.post("/api/v1/whip", &token, &"a".repeat(1 << 17)).await;
    assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE);
    for (offer, status, code) in [
        ("hello".to_owned(), StatusCode::BAD_REQUEST, "CW-MEDIA-005"),
        (OBS.replace("opus", "speex"), StatusCode::NOT_ACCEPTABLE, "CW-MEDIA-001"),
        (OBS.replace("UDP/TLS/", ""), StatusCode::NOT_ACCEPTABLE, "CW-MEDIA-002"),
    ] {
        let reply = doors.post("/api/v1/whip", &token, &offer).await;
        assert_eq!((reply.status, &*reply.code()), (status, code), "{reply:?}");
    }
    assert_eq!(doors.post("/api/v1/whip", &token, OBS).await.status, StatusCode::CREATED);
    let again = doors.post("/api/v1/whip", &token, OBS).await;
    assert_eq!((again.status, &*again.code()), (StatusCode::GONE, "CW-LINK-004"));
    doors.end().await;
}

#[tokio::test]
async fn a_program_waits_in_the_lobby_like_everybody() {
    let lobby = "lobby = \"on\"\n";
    let doors = Doors::new("whip-lobby", lobby).await;
    let reply = doors.post("/api/v1/whip", &doors.guest(), OBS).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{reply:?}");
    assert_eq!(doors.names().await, (vec![], vec!["WHIP".to_owned()]));
    doors.end().await;
}

#[tokio::test]
async fn whoever_looks_first_learns_what_is_taken_and_with_a_token_the_servers_for_ice() {
    let turn = "[turn]\nurls = [\"turn:turn.example.com\"]\nsecret = \"north north north north\"\n";
    let doors = Doors::new("whip-options", turn).await;
    let token = doors.guest();
    let bare = doors.ask("OPTIONS", "/api/v1/whip", "").await;
    assert_eq!(bare.status, StatusCode::OK);
    assert_eq!(bare.header("accept-post"), "application/sdp");
    assert_eq!(
        bare.header("access-control-allow-headers"),
        "authorization, content-type, if-match"
    );
    assert!(bare.header("access-control-allow-methods").contains("POST"));
    assert!(bare.header("link").is_empty(), "relaying costs");
    assert!(doors.ask("OPTIONS", "/api/v1/whip", "AQAA").await.header("link").is_empty());
    let known = doors.ask("OPTIONS", "/api/v1/whip", &token).await;
    let link = known.header("link");
    assert!(link.starts_with("<turn:turn.example.com>; rel=\"ice-server\"; username=\""), "{link}");
    let reply = doors.post("/api/v1/whep", &token, GSTREAMER).await;
    assert!(reply.header("link").starts_with("<turn:turn.example.com>"), "{reply:?}");
    let session = doors.ask("OPTIONS", reply.header("location"), "").await;
    assert_eq!(session.header("accept-patch"), "application/trickle-ice-sdpfrag");
    assert!(session.header("access-control-allow-methods").contains("DELETE"));
    for (method, path) in [("PUT", "/api/v1/whip"), ("POST", reply.header("location"))] {
        let refused = doors.ask(method, path, &token).await;
        assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
    assert_eq!(doors.ask("GET", "/api/v1/whip", "").await.status, StatusCode::NO_CONTENT);
    doors.end().await;
}

#[tokio::test]
async fn a_session_is_over_with_its_meeting() {
    let doors = Doors::new("whip-over", "").await;
    let reply = doors.post("/api/v1/whip", &doors.guest(), OBS).await;
    let session = reply.header("location").to_owned();
    let ended = causeway_conference::Command::End { cause: EndCause::ConferenceEnded };
    doors.bench.bridge.live().command(BOARD, ended).await.expect("it runs");
    doors.empty().await;
    let late = doors.patch(&session, &doors.guest(), Some("*"), TRICKLED).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND);
    doors.end().await;
}
