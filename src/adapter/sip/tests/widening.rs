//! Who adds pictures to a standing call, and takes them away again.

use super::super::leg::{CallLeg, Outcome};
use super::node::{media, seeing};
use causeway_base::LegId;
use causeway_conference::LegEvent;
use causeway_plan::{Direction, LegMedia};
use causeway_proto::sip::{Command, Event};

const LEG: LegId = LegId(7);
const PORTS: Option<(u16, u16)> = Some((40_002, 40_003));

fn offer(version: u8, video: &str) -> Vec<u8> {
    format!(
        "v=0\r\no=- 1 {version} IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n\
         m=audio 9000 RTP/AVP 8\r\n{video}"
    )
    .into_bytes()
}

const CAMERA: &str = "m=video 9002 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n";

/// A telephone that called with its voice alone.
fn standing() -> CallLeg {
    let mut call = CallLeg::offered(LEG, [192, 0, 2, 9].into(), Some(offer(1, "").into()));
    let mut out = Outcome::default();
    call.accept(*seeing(), media().ports().expect("ports"), [1; 32], &mut out);
    assert_eq!(agreed(&out).pictures(), Direction::Inactive);
    call
}

fn reoffer(call: &mut CallLeg, offer: Vec<u8>) -> Outcome {
    let mut out = Outcome::default();
    call.event(Event::Reoffered { call: LEG, offer: Some(offer.into()) }, &mut out);
    out
}

fn agreed(out: &Outcome) -> &LegMedia {
    let media = out.events.iter().find_map(|event| match event {
        LegEvent::MediaReady { media, .. } => Some(media),
        _ => None,
    });
    media.expect("agreed")
}

/// The video line of the answer.
fn answered(out: &Outcome) -> String {
    let [Command::AnswerReoffer { sdp, .. }] = &out.commands[..] else {
        panic!("{:?}", out.commands)
    };
    let text = String::from_utf8(sdp.to_vec()).expect("text");
    text.lines().find(|line| line.starts_with("m=video")).unwrap_or_default().to_owned()
}

#[test]
fn a_telephone_that_adds_pictures_is_answered_once_it_has_ports_for_them() {
    let mut call = standing();
    let out = reoffer(&mut call, offer(2, CAMERA));
    assert!(out.commands.is_empty(), "the offer waits");
    assert!(matches!(out.events[..], [LegEvent::PicturesOffered { leg: LEG }]));
    let mut out = Outcome::default();
    call.answer_pictures(PORTS, &mut out);
    assert!(answered(&out).starts_with("m=video 40002 "), "{}", answered(&out));
    assert_eq!(agreed(&out).pictures(), Direction::SendReceive);
    // It takes them away again, and brings them back: the ports are there.
    let out = reoffer(&mut call, offer(3, "m=video 0 RTP/AVP 96\r\n"));
    assert_eq!(agreed(&out).pictures(), Direction::Inactive);
    assert!(answered(&out).starts_with("m=video 0 "), "{}", answered(&out));
    let out = reoffer(&mut call, offer(4, CAMERA));
    assert_eq!(agreed(&out).pictures(), Direction::SendReceive);
}

#[test]
fn without_ports_pictures_are_refused_and_the_voice_goes_on() {
    let mut call = standing();
    reoffer(&mut call, offer(2, CAMERA));
    let mut out = Outcome::default();
    call.answer_pictures(None, &mut out);
    assert!(answered(&out).starts_with("m=video 0 "), "{}", answered(&out));
    assert_eq!(agreed(&out).direction, Direction::SendReceive);
    call.answer_pictures(PORTS, &mut out);
    assert_eq!(out.commands.len(), 1, "nothing waits any more");
}

#[test]
fn a_call_that_is_held_while_pictures_wait_says_so_in_the_answer() {
    let mut call = standing();
    reoffer(&mut call, offer(2, CAMERA));
    let mut out = Outcome::default();
    call.hold(true, &mut out);
    assert!(out.commands.is_empty(), "the peer's offer is open");
    call.answer_pictures(PORTS, &mut out);
    assert_eq!(agreed(&out).direction, Direction::Inactive);
}
