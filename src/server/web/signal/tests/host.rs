//! What hosts may do and guests may not.

use super::*;

/// Every action, on this participant.
fn actions(who: u64) -> Vec<Value> {
    vec![
        json!({ "do": "admit", "participant": who }),
        json!({ "do": "admit_all" }),
        json!({ "do": "deny", "participant": who }),
        json!({ "do": "mute_participant", "participant": who, "muted": true }),
        json!({ "do": "mute_participant", "participant": who, "muted": false }),
        json!({ "do": "mute_all" }),
        json!({ "do": "allow_unmute", "allowed": true }),
        json!({ "do": "allow_call_me", "allowed": true }),
        json!({ "do": "lower_hand", "participant": who }),
        json!({ "do": "lock", "locked": true }),
        json!({ "do": "hand_over", "participant": who }),
        json!({ "do": "remove", "participant": who }),
        json!({ "do": "end_for_all" }),
        json!({ "do": "call_out", "target": "+8613800138000", "name": "Bo" }),
    ]
}

#[tokio::test]
async fn a_guest_does_nothing_that_is_for_hosts() {
    let house = House::new("guest").await;
    let (mut host, welcome) = house.inside(BOARD, Kind::Host, "Host").await;
    let (mut guest, _) = house.inside(BOARD, Kind::Guest, "Guest").await;
    for action in actions(id(&welcome)) {
        guest.host(action.clone()).await;
        let failed = guest.until("failed").await;
        assert_eq!(failed["problem"]["code"], "CW-WEB-004", "{action}");
    }
    host.within(Duration::from_millis(200)).await;
    guest.say(json!({ "type": "host", "action": { "do": "mute_all", "by": 1 } })).await;
    assert_eq!(
        guest.until("failed").await["problem"]["code"],
        "CW-WEB-001",
        "nobody says who it is"
    );
    let view = house.bridge.live().view(BOARD).await.expect("it runs");
    assert!(!view.conference.locked && view.conference.participants.len() == 2);
    house.end().await;
}

#[tokio::test]
async fn a_host_does_all_of_it_and_everybody_sees_it() {
    let house = House::new("host").await;
    let (mut host, welcome) = house.inside(BOARD, Kind::Host, "Host").await;
    let host_id = id(&welcome);
    let (mut guest, welcome) = house.inside(BOARD, Kind::Guest, "Guest").await;
    let guest_id = id(&welcome);
    let of = |field: &'static str, value: Value| {
        move |word: &Value| {
            word["participant"]["id"] == guest_id && word["participant"][field] == value
        }
    };
    host.host(json!({ "do": "allow_unmute", "allowed": false })).await;
    guest.until_is("state", |state| state["may_unmute"] == false).await;
    host.host(json!({ "do": "mute_participant", "participant": guest_id, "muted": true })).await;
    guest.until_is("participant", of("muted_by_host", json!(true))).await;
    guest.say(json!({ "type": "mute", "muted": false })).await;
    assert_eq!(guest.until("failed").await["of"], "mute");
    host.host(json!({ "do": "allow_unmute", "allowed": true })).await;
    let state = guest.until_is("state", |state| state["may_unmute"] == true).await;
    assert_eq!((&state["may_call_out"], &state["locked"]), (&json!(false), &json!(false)));
    guest.say(json!({ "type": "mute", "muted": false })).await;
    guest.until_is("participant", of("muted_by_host", json!(false))).await;
    guest.say(json!({ "type": "hand", "raised": true })).await;
    host.until_is("participant", of("hand", json!(true))).await;
    host.host(json!({ "do": "lower_hand", "participant": guest_id })).await;
    guest.until_is("participant", of("hand", json!(false))).await;
    host.host(json!({ "do": "allow_call_me", "allowed": false })).await;
    guest.until_is("state", |state| state["guests_call_me"] == false).await;
    host.host(json!({ "do": "lock", "locked": true })).await;
    guest.until_is("state", |state| state["locked"] == true).await;
    host.host(json!({ "do": "hand_over", "participant": guest_id })).await;
    guest.until_is("participant", of("role", json!("host"))).await;
    host.host(json!({ "do": "mute_all" })).await;
    assert_eq!(host.until("failed").await["problem"]["code"], "CW-WEB-004", "it gave it away");
    guest.host(json!({ "do": "mute_all" })).await;
    let muted = |word: &Value| {
        word["participant"]["id"] == host_id && word["participant"]["muted_by_host"] == true
    };
    host.until_is("participant", muted).await;
    guest.host(json!({ "do": "admit", "participant": 999 })).await;
    assert_eq!(guest.until("failed").await["problem"]["code"], "CW-WEB-005");
    guest.host(json!({ "do": "remove", "participant": host_id })).await;
    assert_eq!(host.until("ended").await["code"], "CW-CONF-001");
    guest.until_is("gone", |word| word["participant"] == host_id).await;
    guest.host(json!({ "do": "end_for_all" })).await;
    assert_eq!(guest.until("ended").await["code"], "CW-CONF-002");
    house.end().await;
}

#[tokio::test]
async fn texts_come_in_the_language_that_the_page_speaks_now() {
    let house = House::new("lang").await;
    let (mut guest, _) = house.inside(BOARD, Kind::Guest, "Guest").await;
    for (lang, text) in [("zh-CN", "只有主持人"), ("tlh", "只有主持人"), ("en", "Only a host")]
    {
        guest.say(json!({ "type": "lang", "lang": lang })).await;
        guest.host(json!({ "do": "mute_all" })).await;
        let failed = guest.until("failed").await;
        assert!(failed["problem"]["text"].as_str().is_some_and(|said| said.starts_with(text)));
    }
    house.end().await;
}

#[tokio::test]
async fn nobody_is_called_where_the_bridge_calls_nobody() {
    let house = House::new("barred").await;
    let (mut host, _) = house.welcomed(BOARD, Kind::Host, "Host").await;
    host.say(json!({ "type": "offer", "sdp": OFFER })).await;
    let state = host.until("state").await;
    assert_eq!((&state["may_call_me"], &state["may_call_out"]), (&json!(false), &json!(false)));
    host.until("roster").await;
    host.host(json!({ "do": "call_out", "target": "+8613800138000" })).await;
    assert_eq!(host.until("failed").await["problem"]["code"], "CW-DIAL-005");
    host.say(json!({ "type": "call_me", "number": "+8613800138000" })).await;
    assert_eq!(host.until("failed").await["problem"]["code"], "CW-DIAL-005");
    house.end().await;
}
