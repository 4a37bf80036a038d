//! Services that misbehave, and calls that would go in circles: each ends with its reason.

use super::journey::{Scene, at};
use super::line::{Invite, Line, Reply};
use super::menu::{Deaf, HangsUp, Voice};
use super::{sim_teams_conf, sim_zoom_crc};
use serde_json::json;
use std::time::Duration;

const SOON: Duration = Duration::from_millis(50);

#[test]
fn a_service_out_of_order_is_called_again_and_one_that_declines_is_not() {
    let busy = Line::open(|invite: &Invite| match invite.earlier {
        0 => Reply::Refuse(503, "Retry-After: 1\r\n"),
        _ => Reply::Answer(SOON, Box::new(Voice::asking(&[]))),
    });
    let unwilling = Line::open(|_: &Invite| Reply::Refuse(603, ""));
    let scene = Scene::set("");
    for line in [&busy, &unwilling] {
        scene.call(&json!({ "to": at("meeting", line), "digits": "1#" })).expect("it calls");
    }
    // After the 503 its other transports were tried, where nobody listens.
    scene.bridge.wait_for_lines("CW-NET-001", 1);
    scene.bridge.wait_for_lines("CW-CALL-004", 1);
    busy.wait_until_in(1);
    assert_eq!((busy.calls().len(), unwilling.calls().len()), (2, 1));
}

#[test]
fn a_service_that_hangs_up_after_the_keys_is_believed_the_second_time() {
    let line = Line::open(|_: &Invite| Reply::Answer(SOON, Box::new(HangsUp(3))));
    let scene = Scene::set("");
    scene.call(&json!({ "to": at("meeting", &line), "digits": "12#" })).expect("it calls");
    line.wait_for("second end", |calls| calls.len() == 2 && calls.iter().all(|kept| kept.over));
    scene.bridge.wait_for_lines("CW-BRIDGE-001", 2);
    assert!(line.calls().iter().all(|kept| kept.keys == "12#"));
}

/// It never hangs up either: its prompt comes again and again.
#[test]
fn a_menu_that_ignores_keys_is_left() {
    let line = Line::open(|_: &Invite| Reply::Answer(SOON, Box::new(Deaf)));
    let scene = Scene::set("");
    scene.call(&json!({ "to": at("meeting", &line), "digits": "12#" })).expect("it calls");
    // It knows the prompt again in one of several rounds.
    line.wait_for("hang-up", |calls| calls.iter().any(|kept| kept.over));
    scene.bridge.wait_for_lines("CW-BRIDGE-001", 1);
    let [kept] = &line.calls()[..] else { panic!("one call") };
    assert!(kept.over && kept.keys.starts_with("12#"), "{}", kept.keys);
}

#[test]
fn a_wrong_passcode_in_the_address_and_the_same_meeting_twice_are_refused() {
    let mra = super::sim_mra::open();
    let zoom = sim_zoom_crc::open();
    let trunks = [Scene::trunk("tencent", &mra, ""), Scene::trunk("zoom", &zoom, "")].concat();
    let scene = Scene::set(&trunks);
    let wrong = json!({
        "service": "tencent", "meeting": "607117181", "passcode": "1", "trunk": "tencent"
    });
    scene.call(&wrong).expect("it calls");
    scene.bridge.wait_for_lines("CW-BRIDGE-001", 1);
    assert_eq!(mra.calls().len(), 1, "the same would be refused again");

    let meeting = json!({
        "service": "zoom", "meeting": sim_zoom_crc::MEETING, "passcode": sim_zoom_crc::PASSCODE,
        "trunk": "zoom"
    });
    scene.call(&meeting).expect("it calls");
    let by_hand = json!({
        "to": format!("sip:{}@zoomcrc.com", sim_zoom_crc::MEETING), "trunk": "zoom",
        "digits": "623458#"
    });
    assert_eq!(scene.call(&by_hand), Err("CW-BRIDGE-003".to_owned()));
    let ourselves =
        format!("sip:1002@127.0.0.1:{}", scene.bridge.port(crate::peer::Transport::Udp));
    assert_eq!(scene.call(&json!({ "to": ourselves })), Err("CW-DIAL-004".to_owned()));
    zoom.wait_until_in(0);
}

#[test]
fn a_meeting_that_is_left_while_its_menu_speaks_hears_the_hang_up() {
    let line = sim_teams_conf::open(None, false);
    let scene = Scene::set("");
    let wanted = json!({ "to": at("teams", &line), "digits": "291633251#" });
    scene.call(&wanted).expect("it calls");
    line.wait_for("keys", |calls| calls.first().is_some_and(|kept| kept.keys.len() == 10));
    scene.bridge.interrupt();
    line.wait_for("hang-up", |calls| calls[0].over);
}
