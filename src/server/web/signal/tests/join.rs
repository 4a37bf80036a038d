//! Coming in: links, PINs, the lobby.

use super::*;
use causeway_conference::DisplayName;

#[tokio::test]
async fn a_good_link_leads_to_a_seat_and_an_offer_into_the_meeting() {
    let house = House::new("seat").await;
    let (mut page, welcome) = house.welcomed(BOARD, Kind::Guest, " Ann\u{202E} ").await;
    assert_eq!(
        (&welcome["version"], &welcome["role"], &welcome["meeting"]["name"]),
        (&json!(1), &json!("guest"), &json!("Board · 例会"))
    );
    assert!(welcome["meeting"]["now"].as_str().is_some_and(|now| now.ends_with('Z')));
    assert_eq!(welcome["ice_servers"][0]["urls"], json!(["turn:turn.example.com"]));
    assert_eq!(welcome["phone"]["number"], "+862155550100");
    assert_eq!(welcome["phone"]["personal_code"].as_str().map(str::len), Some(10));
    page.say(json!({ "type": "offer", "sdp": OFFER })).await;
    let answer = page.until("answer").await;
    assert!(answer["sdp"].as_str().is_some_and(|sdp| sdp.contains("a=fingerprint:sha-256")));
    let admitted = page.until("admitted").await;
    assert_eq!((&admitted["role"], &admitted["muted"]), (&json!("guest"), &json!(false)));
    let roster = page.until("roster").await;
    let expected = json!([{
        "id": id(&welcome), "name": "Ann", "role": "guest", "kind": "browser", "waiting": false,
        "muted_by_self": false, "muted_by_host": false, "nothing_heard": false, "hand": false,
        "quality": null,
    }]);
    assert_eq!(roster["participants"], expected);
    page.say(json!({ "type": "leave" })).await;
    let ended = page.until("ended").await;
    assert_eq!(ended["code"], "CW-CALL-000");
    page.say(json!({ "type": "feedback", "score": 4 })).await;
    drop(page);
    house.empty().await;
    let filter = crate::store::CallFilter::default();
    let kept = async {
        loop {
            let records = house.bridge.store().records(&filter, None, 10).await.expect("records");
            if let [record] = &records[..]
                && record.ended.is_some()
                && record.feedback.is_some()
            {
                return record.clone();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let record = timeout(LONG, kept).await.expect("it is kept");
    assert_eq!((record.protocol.as_str(), record.feedback), ("webrtc", Some(4)));
    assert_eq!(record.conference.as_deref(), Some(BOARD));
    house.end().await;
}

/// Each is written to the store, where the records of others wait too.
#[tokio::test]
async fn feedback_is_written_once_a_seat() {
    let house = House::new("feedback").await;
    let (mut page, _) = house.inside(BOARD, Kind::Guest, "Ann").await;
    page.say(json!({ "type": "leave" })).await;
    page.until("ended").await;
    for score in [4, 1, 2] {
        page.say(json!({ "type": "feedback", "score": score })).await;
    }
    page.say(json!({ "type": "ping", "id": 1 })).await;
    page.until("pong").await;
    drop(page);
    house.empty().await;
    assert_eq!(house.bridge.store().flush(LONG).await, 0, "all is written");
    let filter = crate::store::CallFilter::default();
    let records = house.bridge.store().records(&filter, None, 10).await.expect("records");
    assert_eq!(records[0].feedback, Some(4));
    house.end().await;
}

#[tokio::test]
async fn what_the_test_before_joining_found_is_kept_with_the_call() {
    let house = House::new("test").await;
    let mut page = house.connect().await;
    let found = json!({
        "udp": true, "tcp": true, "tls": false, "up_kbps": 2100, "down_kbps": 9000,
        "loss_permille": 3, "round_trip_ms": 21,
    });
    let mut word = hello(&house.token(BOARD, Kind::Guest), "Bo");
    word["test"] = found.clone();
    page.say(word).await;
    page.until("welcome").await;
    page.say(json!({ "type": "offer", "sdp": OFFER })).await;
    page.until("roster").await;
    let view = house.bridge.live().view(BOARD).await.expect("it runs");
    assert_eq!(view.calls[0].test.as_ref().map(|test| test.up_kbps), Some(Some(2100)));
    page.say(json!({ "type": "leave" })).await;
    page.until("ended").await;
    let filter = crate::store::CallFilter::default();
    let kept = async {
        loop {
            let records = house.bridge.store().records(&filter, None, 10).await.expect("records");
            let stats: Option<Value> =
                records.first().and_then(|record| serde_json::from_str(&record.stats).ok());
            if let Some(stats) = stats.filter(|stats| !stats["network_test"].is_null()) {
                return stats;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let stats = timeout(LONG, kept).await.expect("it is kept");
    assert_eq!(stats["network_test"], found);
    house.end().await;
}

#[tokio::test]
async fn a_meeting_with_a_pin_asks_for_it_on_the_same_connection() {
    let house = House::new("pin").await;
    let mut page = house.connect().await;
    let token = house.token(PIN, Kind::Guest);
    let with_pin = |pin: &str| {
        let mut word = hello(&token, "Ann");
        word["pin"] = json!(pin);
        word
    };
    page.hello(&token, "Ann").await;
    let refused = page.next().await;
    assert_eq!((&refused["code"], &refused["pin_needed"]), (&json!("CW-AUTH-010"), &json!(true)));
    page.say(with_pin("999999")).await;
    let refused = page.next().await;
    assert_eq!((&refused["code"], &refused["pin_needed"]), (&json!("CW-AUTH-011"), &json!(true)));
    page.say(with_pin("333444")).await;
    assert_eq!(page.until("welcome").await["role"], "guest");
    let mut host = house.connect().await;
    host.say(with_pin("111222")).await;
    assert_eq!(host.until("welcome").await["role"], "host", "by the PIN of hosts");
    let (_page, welcome) = house.welcomed(PIN, Kind::Host, "Bo").await;
    assert_eq!(welcome["role"], "host", "the link of a host proves it");
    house.end().await;
}

#[tokio::test]
async fn who_guesses_pins_is_stopped_and_the_telephones_are_not() {
    let house = House::new("guess").await;
    let token = house.token(PIN, Kind::Guest);
    let mut page = house.connect().await;
    let mut refused = json!(null);
    for guess in 0..10 {
        let mut word = hello(&token, "Eve");
        word["pin"] = json!(format!("99999{guess}"));
        page.say(word).await;
        refused = page.next().await;
        if refused["pin_needed"] == false {
            break;
        }
    }
    assert_eq!(refused["code"], "CW-AUTH-004");
    let mut word = hello(&token, "Eve");
    word["pin"] = json!("333444");
    let mut page = house.connect().await;
    page.say(word).await;
    assert_eq!(page.next().await["code"], "CW-AUTH-004", "the right one comes too late");
    assert_eq!(page.closed().await, Some(1000));
    house.end().await;
}

#[tokio::test]
async fn a_link_that_is_no_good_is_told_by_its_code() {
    let house = House::new("link").await;
    let now = Timestamp::now();
    let links = house.links();
    let of = |new| links.create(BOARD, new, now);
    let revoked = of(new_link(Role::Guest)).await.expect("a link");
    links.revoke(BOARD, &revoked.id, now).await.expect("revoked");
    let once = of(NewLink { uses: Some(1), ..new_link(Role::Guest) }).await.expect("a link");
    let token = |link| links.token(link, now).expect("a token").to_string();
    let mut first = house.connect().await;
    first.hello(&token(&once), "Ann").await;
    first.until("welcome").await;
    let mut forged = token(&once);
    let last = if forged.pop() == Some('A') { 'B' } else { 'A' };
    forged.push(last);
    let cases = [
        (token(&revoked), "CW-LINK-005"),
        (token(&once), "CW-LINK-004"),
        (forged, "CW-LINK-001"),
        ("x".repeat(60_000), "CW-LINK-001"),
        (String::new(), "CW-LINK-001"),
    ];
    for (token, code) in cases {
        let mut page = house.connect().await;
        page.hello(&token, "Ann").await;
        let refused = page.next().await;
        assert_eq!((&refused["type"], &refused["code"]), (&json!("refused"), &json!(code)));
        assert!(refused["text"].as_str().is_some_and(str::is_ascii), "in the language asked for");
        assert_eq!(page.closed().await, Some(1000));
    }
    house.end().await;
}

#[tokio::test]
async fn a_use_is_counted_at_joining_and_not_when_the_seat_is_taken_back_or_refused() {
    let house = House::new("use").await;
    let now = Timestamp::now();
    let new = NewLink { uses: Some(1), ..new_link(Role::Guest) };
    let link = house.links().create(PIN, new, now).await.expect("a link");
    let token = house.links().token(&link, now).expect("a token").to_string();
    let mut page = house.connect().await;
    page.hello(&token, "Ann").await;
    assert_eq!(page.next().await["pin_needed"], true, "nothing is used up by asking");
    let mut word = hello(&token, "Ann");
    word["pin"] = json!("333444");
    page.say(word.clone()).await;
    let welcome = page.until("welcome").await;
    drop(page);
    let mut back = house.connect().await;
    word["seat"] = welcome["seat"].clone();
    back.say(word).await;
    assert_eq!(id(&back.until("welcome").await), id(&welcome));
    house.end().await;
}

/// Joins by a link that is used up until a use is given back.
async fn join_when_free(house: &House, token: &str) -> (Page, Value) {
    let joined = async {
        loop {
            let mut page = house.connect().await;
            page.hello(token, "Ann").await;
            let word = page.next().await;
            if word["type"] == "welcome" {
                return (page, word);
            }
            assert_eq!(word["code"], "CW-LINK-004");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(LONG, joined).await.expect("a use is given back")
}

#[tokio::test]
async fn a_break_before_the_welcome_costs_no_use() {
    let patience = Patience { feedback: Duration::from_millis(300), ..patience() };
    let house = House::with("break", "", patience).await;
    let now = Timestamp::now();
    let new = NewLink { uses: Some(1), ..new_link(Role::Guest) };
    let link = house.links().create(BOARD, new, now).await.expect("a link");
    let token = house.links().token(&link, now).expect("a token").to_string();
    for _ in 0..3 {
        let mut page = house.connect().await;
        page.hello(&token, "Ann").await;
    }
    // Nor does one that breaks in the moment of the welcome ...
    let (page, first) = join_when_free(&house, &token).await;
    drop(page);
    let (mut page, _) = join_when_free(&house, &token).await;
    // ... whose seat is given up where its use was taken since.
    let mut late = house.connect().await;
    let mut word = hello(&token, "Ann");
    word["seat"] = first["seat"].clone();
    late.say(word).await;
    assert_eq!(late.next().await["type"], "ended");
    // Who spoke from its seat used the link, however it goes.
    page.say(json!({ "type": "hand", "raised": true })).await;
    page.say(json!({ "type": "ping", "id": 1 })).await;
    page.until("pong").await;
    drop(page);
    house.empty().await;
    let mut page = house.connect().await;
    page.hello(&token, "Ann").await;
    assert_eq!(page.next().await["code"], "CW-LINK-004");
    house.end().await;
}

#[tokio::test]
async fn a_name_in_the_link_is_the_name() {
    let house = House::new("name").await;
    let now = Timestamp::now();
    let new = NewLink { name: Some(DisplayName::new("Dr. Li")), ..new_link(Role::Host) };
    let link = house.links().create(BOARD, new, now).await.expect("a link");
    let mut page = house.connect().await;
    page.hello(&house.links().token(&link, now).expect("a token"), "Somebody else").await;
    page.until("welcome").await;
    page.say(json!({ "type": "offer", "sdp": OFFER })).await;
    let roster = page.until("roster").await;
    assert_eq!(roster["participants"][0]["name"], "Dr. Li");
    assert_eq!(roster["participants"][0]["role"], "host");
    house.end().await;
}

#[tokio::test]
async fn guests_wait_in_the_lobby_and_see_nobody_and_only_hosts_see_them() {
    let house = House::new("lobby").await;
    let (mut host, welcome) = house.inside(LOBBY, Kind::Host, "Host").await;
    let host_id = id(&welcome);
    let (mut guest, welcome) = house.welcomed(LOBBY, Kind::Guest, "Guest").await;
    let guest_id = id(&welcome);
    guest.say(json!({ "type": "offer", "sdp": OFFER })).await;
    let waiting = guest.until("waiting").await;
    assert_eq!((&waiting["place"], &waiting["reason"]), (&json!(1), &json!("lobby")));
    let seen = host.until("participant").await;
    assert_eq!(seen["participant"]["id"], guest_id);
    assert_eq!(seen["participant"]["waiting"], true);
    let (mut second, welcome) = house.welcomed(LOBBY, Kind::Guest, "Second").await;
    let second_id = id(&welcome);
    second.say(json!({ "type": "offer", "sdp": OFFER })).await;
    assert_eq!(second.until("waiting").await["place"], 2);
    guest.say(json!({ "type": "chat", "text": "let me in" })).await;
    assert_eq!(guest.until("failed").await["problem"]["code"], "CW-WEB-007");
    host.host(json!({ "do": "admit", "participant": guest_id })).await;
    let told = guest.within(Duration::from_millis(300)).await;
    let kinds: Vec<_> = told.iter().map(|word| word["type"].as_str().unwrap_or("")).collect();
    assert_eq!(kinds[..2], ["admitted", "roster"], "{told:?}");
    let ids: Vec<_> = told[1]["participants"].as_array().expect("a list").iter().collect();
    let ids: Vec<_> = ids.iter().map(|who| who["id"].as_u64().expect("an id")).collect();
    assert_eq!(ids, [host_id, guest_id], "a guest does not see who waits");
    assert_eq!(second.until("waiting").await["place"], 1);
    host.host(json!({ "do": "deny", "participant": second_id })).await;
    assert_eq!(second.until("ended").await["code"], "CW-CONF-005");
    let gone = host.until("gone").await;
    assert_eq!(gone["participant"], second_id);
    host.host(json!({ "do": "hand_over", "participant": guest_id })).await;
    let word = guest.until_is("participant", |word| word["participant"]["id"] == guest_id).await;
    assert_eq!(word["participant"]["role"], "host");
    house.end().await;
}

#[tokio::test]
async fn a_full_or_locked_meeting_refuses_and_uses_no_link() {
    let more = "[[conference]]\naliases = [\"100100400\"]\nmax_participants = 1\n\
        [[conference]]\naliases = [\"100100500\"]\nlocked_at_start = true\n";
    let house = House::with("full", more, patience()).await;
    let now = Timestamp::now();
    let (_page, _) = house.inside("conference-100100400", Kind::Guest, "Ann").await;
    for (meeting, code) in
        [("conference-100100400", "CW-NODE-001"), ("conference-100100500", "CW-CONF-003")]
    {
        let new = NewLink { uses: Some(1), ..new_link(Role::Guest) };
        let link = house.links().create(meeting, new, now).await.expect("a link");
        let mut page = house.connect().await;
        page.hello(&house.links().token(&link, now).expect("a token"), "Bo").await;
        assert_eq!(page.next().await["code"], code);
        let used = house.links().list(meeting).await.expect("links")[0].used;
        assert_eq!(used, 0, "{code}");
    }
    house.end().await;
}
