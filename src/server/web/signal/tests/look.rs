//! Looks through somebody's eyes: who may, and what is said where there is nothing to see.

use super::*;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use tower::ServiceExt;

impl House {
    /// The status of a look, and the code of its problem.
    async fn looks(&self, body: &Value) -> (u16, String) {
        let request = Request::post("/api/v1/look").body(Body::from(body.to_string()));
        let answer = routes(Arc::clone(&self.door)).oneshot(request.expect("a request"));
        let answer = answer.await.expect("infallible");
        let status = answer.status().as_u16();
        let bytes = to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
        let problem: Value = serde_json::from_slice(&bytes).expect("a problem");
        (status, problem["code"].as_str().unwrap_or_default().to_owned())
    }
}

fn question(seat: &Value, whom: u64) -> Value {
    json!({ "seat": seat, "participant": whom, "lang": "en" })
}

#[tokio::test]
async fn only_a_host_in_the_meeting_looks_through_somebodys_eyes() {
    let house = House::new("look").await;
    let (_host, host) = house.inside(BOARD, Kind::Host, "Host").await;
    let (_guest, guest) = house.inside(BOARD, Kind::Guest, "Guest").await;
    let refused = |status: u16, code: &str| (status, code.to_owned());
    let by_host = house.looks(&question(&host["seat"], id(&guest))).await;
    assert_eq!(by_host, refused(404, "CW-WEB-014"), "this bridge has no pictures");
    let by_guest = house.looks(&question(&guest["seat"], id(&host))).await;
    assert_eq!(by_guest, refused(403, "CW-WEB-004"));
    let nobody = house.looks(&question(&host["seat"], 999)).await;
    assert_eq!(nobody, refused(404, "CW-WEB-005"));
    let mut stolen = host["seat"].clone();
    stolen["secret"] = guest["seat"]["secret"].clone();
    assert_eq!(house.looks(&question(&stolen, id(&guest))).await, refused(403, "CW-LINK-006"));
    let wrong = json!({ "seat": host["seat"], "participant": "all" });
    assert_eq!(house.looks(&wrong).await, refused(400, "CW-WEB-001"));
    let elsewhere = house.inside(LOBBY, Kind::Host, "Other").await.1;
    let other = house.looks(&question(&elsewhere["seat"], id(&host))).await;
    assert!(other.0 == 404, "a host of another meeting: {other:?}");
    house.end().await;
}

#[tokio::test]
async fn one_source_looks_as_often_as_some_hosts_do_and_not_more() {
    let house = House::new("look-pace").await;
    let asked = json!({});
    let mut answers = Vec::new();
    for _ in 0..60 {
        answers.push(house.looks(&asked).await.0);
    }
    assert_eq!(answers[0], 400);
    assert!(answers.contains(&429), "{answers:?}");
    house.end().await;
}
