//! Seats over breaks, and what is left behind: nothing.

use super::*;

fn again(welcome: &Value) -> Value {
    let mut word = hello("", "");
    word["seat"] = welcome["seat"].clone();
    word
}

#[tokio::test]
async fn a_page_whose_connection_broke_has_its_seat_its_role_and_its_mute_again() {
    let house = House::new("back").await;
    let (mut page, welcome) = house.inside(LOBBY, Kind::Host, "Ann").await;
    page.say(json!({ "type": "mute", "muted": true })).await;
    page.say(json!({ "type": "hand", "raised": true })).await;
    page.say(json!({ "type": "chat", "text": "before" })).await;
    page.until("chat").await;
    drop(page);
    let mut back = house.connect().await;
    back.say(again(&welcome)).await;
    let second = back.until("welcome").await;
    assert_eq!((id(&second), &second["role"]), (id(&welcome), &json!("host")));
    assert_eq!(second["seat"], welcome["seat"]);
    let admitted = back.until("admitted").await;
    assert_eq!((&admitted["role"], &admitted["muted"]), (&json!("host"), &json!(true)));
    let roster = back.until("roster").await;
    let me = &roster["participants"][0];
    assert_eq!((&me["muted_by_self"], &me["hand"]), (&json!(true), &json!(true)));
    assert_eq!(back.until("chat").await["messages"][0]["text"], "before");
    back.say(json!({ "type": "offer", "sdp": OFFER })).await;
    back.until("answer").await;
    house.end().await;
}

#[tokio::test]
async fn who_takes_a_seat_back_closes_the_older_connection() {
    let house = House::new("over").await;
    let (mut page, welcome) = house.inside(BOARD, Kind::Guest, "Ann").await;
    let mut newer = house.connect().await;
    newer.say(again(&welcome)).await;
    newer.until("welcome").await;
    assert_eq!(page.closed().await, Some(4001));
    newer.say(json!({ "type": "ping", "id": 1 })).await;
    newer.until("pong").await;
    assert_eq!(house.bridge.directory().leg_count(), 1);
    house.end().await;
}

#[tokio::test]
async fn a_seat_is_given_to_nobody_else() {
    let house = House::new("theft").await;
    let (mut ann, one) = house.inside(BOARD, Kind::Guest, "Ann").await;
    let (_bo, two) = house.inside(BOARD, Kind::Guest, "Bo").await;
    let secret = one["seat"]["secret"].as_str().expect("a secret");
    for seat in [
        json!({ "participant": id(&two), "secret": secret }),
        json!({ "participant": id(&one), "secret": two["seat"]["secret"] }),
        json!({ "participant": id(&one), "secret": &secret[1..] }),
        json!({ "participant": id(&one), "secret": "" }),
        json!({ "participant": u64::MAX, "secret": secret }),
    ] {
        let mut thief = house.connect().await;
        let mut word = hello(&house.token(BOARD, Kind::Guest), "Eve");
        word["seat"] = seat;
        thief.say(word).await;
        let refused = thief.next().await;
        assert_eq!(
            (&refused["type"], &refused["code"]),
            (&json!("refused"), &json!("CW-LINK-006"))
        );
    }
    ann.say(json!({ "type": "ping", "id": 1 })).await;
    ann.until("pong").await;
    house.end().await;
}

#[tokio::test]
async fn a_seat_that_nobody_takes_back_is_given_up() {
    let patience = Patience { seat: Duration::from_millis(300), ..patience() };
    let house = House::with("stale", "", patience).await;
    let (page, welcome) = house.inside(BOARD, Kind::Guest, "Ann").await;
    let (mut other, _) = house.inside(BOARD, Kind::Guest, "Bo").await;
    drop(page);
    let gone = other.until("gone").await;
    assert_eq!(gone["participant"], id(&welcome));
    let mut late = house.connect().await;
    late.say(again(&welcome)).await;
    assert_eq!(late.next().await["code"], "CW-LINK-006");
    house.end().await;
}

#[tokio::test]
async fn who_was_removed_while_its_connection_was_broken_hears_so_when_it_is_back() {
    let house = House::new("removed").await;
    let (mut host, _) = house.inside(BOARD, Kind::Host, "Host").await;
    let (page, welcome) = house.inside(BOARD, Kind::Guest, "Ann").await;
    drop(page);
    host.host(json!({ "do": "remove", "participant": id(&welcome) })).await;
    host.until("gone").await;
    let mut back = house.connect().await;
    back.say(again(&welcome)).await;
    let ended = back.next().await;
    assert_eq!((&ended["type"], &ended["code"]), (&json!("ended"), &json!("CW-CONF-001")));
    house.end().await;
}

#[tokio::test]
async fn a_page_that_is_silent_too_long_counts_as_gone() {
    let short = Duration::from_millis(200);
    let patience = Patience { ping: short, silence: short * 3, seat: short * 3, ..patience() };
    let house = House::with("dead", "", patience).await;
    let (mut page, _) = house.inside(BOARD, Kind::Guest, "Ann").await;
    // It answers pings as long as it reads.
    let told = page.within(short * 6).await;
    assert!(told.iter().all(|word| word["type"] != "ended"), "{told:?}");
    assert_eq!(house.bridge.directory().leg_count(), 1);
    // Then it stops, and nothing closes its connection.
    house.empty().await;
    drop(page);
    house.end().await;
}

#[tokio::test]
async fn feedback_is_taken_for_two_minutes_and_a_page_that_was_closed_is_not_waited_for() {
    assert!(Patience::default().feedback >= Duration::from_secs(120));
    let patience = Patience { seat: Duration::from_millis(300), ..patience() };
    let house = House::with("feedback", "", patience).await;
    let (mut page, _) = house.inside(BOARD, Kind::Guest, "Ann").await;
    page.say(json!({ "type": "leave" })).await;
    page.until("ended").await;
    let told = page.within(Duration::from_secs(1)).await;
    assert_eq!((told, house.door.seats.count()), (vec![], 1), "it may still answer");
    drop(page);
    house.empty().await;
    house.end().await;
}

#[tokio::test]
async fn pages_hear_that_the_bridge_stops() {
    let mut house = House::new("stop").await;
    let (mut page, _) = house.inside(BOARD, Kind::Guest, "Ann").await;
    house.bridge.drain().await;
    house.door.drain();
    page.until_is("state", |state| state["draining"] == true).await;
    let mut late = house.connect().await;
    late.hello(&house.token(BOARD, Kind::Guest), "Late").await;
    assert_eq!(late.next().await["code"], "CW-NODE-002");
    page.say(json!({ "type": "ping", "id": 1 })).await;
    page.until("pong").await;
    house.bridge.leave().await;
    assert_eq!(page.until("ended").await["code"], "CW-NODE-002");
    house.bridge.stopped().await;
    house.door.close().await;
    assert_eq!(page.closed().await, Some(1001));
    std::fs::remove_dir_all(&house.directory).expect("clean up");
}

/// Whoever says hello and goes, with or without an offer, by the thousand.
#[tokio::test]
async fn ten_thousand_half_open_joins_leave_nothing_behind() {
    let patience = Patience { seat: Duration::from_millis(300), ..patience() };
    let more = "[[conference]]\naliases = [\"100100600\"]\nlinger_s = 0\n";
    let house = House::with("half", more, patience).await;
    let token = house.token("conference-100100600", Kind::Guest);
    let mut come = tokio::task::JoinSet::new();
    for number in 0..10_000_u32 {
        if come.len() >= 64 {
            come.join_next().await;
        }
        let (address, token) = (house.address, token.clone());
        come.spawn(async move {
            let mut page = Page::new(address).await;
            page.hello(&token, "Eve").await;
            if number % 3 > 0 {
                page.next().await;
            }
            if number % 3 > 1 {
                page.say(json!({ "type": "offer", "sdp": "v=0" })).await;
            }
        });
    }
    while come.join_next().await.is_some() {}
    house.empty().await;
    let closed = async {
        while house.bridge.directory().conference_count() > 0 || house.door.scenes.count() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    // An empty conference stays for those who may still arrive.
    timeout(Duration::from_secs(90), closed).await.expect("the conference is over");
    house.end().await;
}
