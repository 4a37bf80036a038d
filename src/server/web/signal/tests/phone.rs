//! A telephone beside a page: called by it, or by its personal code.

use super::*;
use crate::tests::peer::{self, Peer};
use causeway_adapter::sip::Carrier;

/// Calls out by a trunk that leads to this port.
fn trunk(port: u16) -> String {
    format!(
        "[reception]\naliases = [\"9000\"]\n[calling_out]\nenabled = true\nallow = [\"+86\"]\n\
         [[trunk]]\nname = \"carrier\"\ntarget = \"sip:127.0.0.1:{port};transport=udp\"\n"
    )
}

#[tokio::test]
async fn who_is_in_has_a_telephone_called_that_joins_as_the_same_participant() {
    let mut carrier = Peer::start(peer::config(7)).await;
    let house = House::with("call-me", &trunk(carrier.port()), patience()).await;
    let (mut page, welcome) = house.inside(BOARD, Kind::Guest, "Ann").await;
    let target = "+86 138 0013 8000";
    page.say(json!({ "type": "call_me", "number": target })).await;
    let offered = carrier.offered().await;
    assert_eq!(offered.called.user(), "+8613800138000");
    page.say(json!({ "type": "call_me", "number": target })).await;
    assert_eq!(page.until("failed").await["problem"]["code"], "CW-WEB-012", "one at a time");
    carrier.accept(offered.leg).await;
    let call = page.until_is("call", |call| call["state"] == "answered").await;
    assert_eq!(call["target"], target);
    let me = |word: &Value| {
        word["participant"]["id"] == id(&welcome) && word["participant"]["kind"] == "phone"
    };
    page.until_is("participant", me).await;
    let view = house.bridge.live().view(BOARD).await.expect("it runs");
    let [who] = &view.conference.participants[..] else { panic!("{view:?}") };
    let voices: Vec<_> = who.legs.iter().map(|leg| leg.carries_voice).collect();
    assert_eq!(voices, [false, true], "the telephone speaks for both");
    carrier.hang_up(offered.leg).await;
    let back = |word: &Value| {
        word["participant"]["id"] == id(&welcome) && word["participant"]["kind"] == "browser"
    };
    page.until_is("participant", back).await;
    house.end().await;
}

#[tokio::test]
async fn a_call_that_nobody_takes_is_told_and_leaving_ends_the_telephone_too() {
    let mut carrier = Peer::start(peer::config(8)).await;
    let house = House::with("call-out", &trunk(carrier.port()), patience()).await;
    let (mut page, _) = house.inside(BOARD, Kind::Host, "Ann").await;
    page.host(json!({ "do": "call_out", "target": "+8613800138000", "name": "Bo" })).await;
    let offered = carrier.offered().await;
    carrier.hang_up(offered.leg).await;
    let call = page.until_is("call", |call| call["state"] == "failed").await;
    assert_eq!(call["target"], "+8613800138000");
    assert!(call["problem"]["code"].as_str().is_some_and(|code| code.starts_with("CW-")));
    page.say(json!({ "type": "call_me", "number": "+8613800138000" })).await;
    let offered = carrier.offered().await;
    carrier.accept(offered.leg).await;
    page.until_is("call", |call| call["state"] == "answered").await;
    page.say(json!({ "type": "leave" })).await;
    page.until("ended").await;
    carrier.ended().await;
    house.end().await;
}

/// By the same link from the same place, whatever name it says.
#[tokio::test]
async fn who_joins_again_is_not_called_more_often() {
    let mut carrier = Peer::start(peer::config(11)).await;
    let house = House::with("call-again", &trunk(carrier.port()), patience()).await;
    let call = json!({ "type": "call_me", "number": "+8613800138000" });
    for name in ["Ann", "Bo", "Cy", "Di", "Ed"] {
        let (mut page, _) = house.inside(BOARD, Kind::Guest, name).await;
        page.say(call.clone()).await;
        let offered = carrier.offered().await;
        carrier.hang_up(offered.leg).await;
        page.until_is("call", |call| call["state"] == "failed").await;
    }
    let (mut page, _) = house.inside(BOARD, Kind::Guest, "Fay").await;
    page.say(call.clone()).await;
    assert_eq!(page.until("failed").await["problem"]["code"], "CW-WEB-012");
    let (mut host, _) = house.inside(BOARD, Kind::Host, "Host").await;
    host.say(call).await;
    carrier.offered().await;
    house.end().await;
}

#[tokio::test]
async fn a_refused_call_counts_and_a_telephone_is_a_number() {
    let house = House::with("call-refused", &trunk(9), patience()).await;
    let (mut page, _) = house.inside(BOARD, Kind::Guest, "Ann").await;
    for target in ["sip:bo@example.com", "2001", "+19005550000", "x", "+44207946000"] {
        page.say(json!({ "type": "call_me", "number": target })).await;
        let code = page.until("failed").await["problem"]["code"].clone();
        assert!(code.as_str().is_some_and(|code| code.starts_with("CW-DIAL")), "{code}");
    }
    page.say(json!({ "type": "call_me", "number": "+8613800138000" })).await;
    assert_eq!(page.until("failed").await["problem"]["code"], "CW-WEB-012");
    house.end().await;
}

#[tokio::test]
async fn who_waits_has_nobody_called() {
    let house = House::with("call-wait", &trunk(9), patience()).await;
    let (mut page, _) = house.welcomed(LOBBY, Kind::Guest, "Ann").await;
    page.say(json!({ "type": "offer", "sdp": OFFER })).await;
    page.until("waiting").await;
    page.say(json!({ "type": "call_me", "number": "+8613800138000" })).await;
    assert_eq!(page.until("failed").await["problem"]["code"], "CW-WEB-007");
    let (mut host, _) = house.inside(LOBBY, Kind::Host, "Host").await;
    host.host(json!({ "do": "admit_all" })).await;
    page.until("admitted").await;
    page.say(json!({ "type": "call_me", "number": "+8613800138000" })).await;
    assert_eq!(page.until("failed").await["problem"]["code"], "CW-WEB-011", "not in this meeting");
    house.end().await;
}

#[tokio::test]
async fn a_telephone_that_enters_the_personal_code_joins_as_its_page() {
    let house = House::with("code", &trunk(9), patience()).await;
    let (mut page, welcome) = house.inside(BOARD, Kind::Guest, "Ann").await;
    let code = welcome["phone"]["personal_code"].as_str().expect("a code").to_owned();
    let mut bound = house.bridge.bound().iter();
    let port = bound.find(|(carrier, _)| *carrier == Carrier::Udp).expect("a listener").1.port();
    let mut phone = Peer::start(peer::config(9)).await;
    let leg = phone.dial("9000", port, "anonymous").await;
    phone.answered().await;
    for digit in code.chars().chain(['#']) {
        phone.press(leg, digit).await;
    }
    let me = |word: &Value| {
        word["participant"]["id"] == id(&welcome) && word["participant"]["kind"] == "phone"
    };
    page.until_is("participant", me).await;
    assert_eq!(
        house.bridge.live().view(BOARD).await.expect("it runs").conference.participants.len(),
        1
    );
    // Its code ends with its seat.
    page.say(json!({ "type": "leave" })).await;
    page.until("ended").await;
    phone.ended().await;
    house.end().await;
}
