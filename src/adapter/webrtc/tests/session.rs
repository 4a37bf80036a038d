use super::super::session::{PeerEvent, Session};
use super::super::{Door, Fragment, WebRtcConfig};
use super::{LEG, media, offer};
use causeway_base::EndCause;
use causeway_conference::{LegEvent, MediaAddress, PortAddress};
use causeway_plan::webrtc::MAX_CANDIDATES;
use causeway_plan::{Direction, LegMedia, OfferPolicy};
use std::time::{Duration, Instant};

const CANDIDATE: &str = "1 1 udp 9 192.0.2.7 5000 typ host";

fn opened(door: Door) -> Session {
    Session::new(LEG, door, true, Instant::now() + WebRtcConfig::HALF_OPEN)
}

fn accept(session: &mut Session) {
    session.accept(OfferPolicy::default(), media(), [1; 32]);
}

/// All that is told, in order.
fn told(session: &mut Session) -> Vec<String> {
    let mut told = Vec::new();
    loop {
        if let Some(event) = session.poll_peer_event() {
            told.push(match event {
                PeerEvent::Answer { .. } => "answer".to_owned(),
                PeerEvent::Refused { detail, .. } => format!("refused: {detail}"),
                PeerEvent::Ended { cause } => format!("door: {cause:?}"),
            });
        } else if let Some(event) = session.poll_leg_event() {
            told.push(match event {
                LegEvent::MediaReady { media, .. } => format!("media {:?}", media.direction),
                LegEvent::Answered { .. } => "answered".to_owned(),
                LegEvent::Candidate { candidate, .. } => format!("candidate {}", candidate.address),
                LegEvent::Ended { cause, .. } => format!("bridge: {cause:?}"),
                other => format!("{other:?}"),
            });
        } else {
            return told;
        }
    }
}

/// A leg whose first offer was answered.
fn negotiated(door: Door) -> Session {
    let mut session = opened(door);
    accept(&mut session);
    session.offer(offer("first", "sendrecv"));
    told(&mut session);
    session
}

fn agreed(session: &mut Session) -> LegMedia {
    match session.poll_leg_event() {
        Some(LegEvent::MediaReady { media, .. }) => *media,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_offer_and_the_engines_half_may_come_in_either_order() {
    let expected = ["media SendReceive", "answered", "answer"];
    let mut session = opened(Door::Page);
    session.offer(offer("first", "sendrecv"));
    assert_eq!(told(&mut session), [""; 0]);
    accept(&mut session);
    assert_eq!(told(&mut session), expected);
    let mut session = opened(Door::Page);
    accept(&mut session);
    assert_eq!(told(&mut session), [""; 0]);
    session.offer(offer("first", "sendrecv"));
    assert_eq!(told(&mut session), expected);
    assert_eq!(session.poll_timeout(), None, "it is half open no longer");
}

#[test]
fn of_offers_that_wait_the_last_one_counts() {
    let mut session = opened(Door::Page);
    session.offer("no offer at all".to_owned());
    session.offer(offer("second", "recvonly"));
    accept(&mut session);
    let media = agreed(&mut session);
    assert_eq!(media.transport.webrtc().unwrap().remote_ice.ufrag, "second");
    assert_eq!(media.direction, Direction::SendOnly);
}

#[test]
fn candidates_that_come_early_follow_the_media() {
    let mut session = opened(Door::Page);
    session.candidate(CANDIDATE.to_owned());
    session.candidate(String::new());
    session.offer(offer("first", "sendrecv"));
    accept(&mut session);
    let expected = ["media SendReceive", "answered", "answer", "candidate 192.0.2.7:5000"];
    assert_eq!(told(&mut session), expected);
    session.candidate(CANDIDATE.to_owned());
    assert_eq!(told(&mut session), [""; 0], "it is known");
    session.candidate(CANDIDATE.replace("5000", "5001"));
    assert_eq!(told(&mut session), ["candidate 192.0.2.7:5001"]);
}

#[test]
fn of_early_candidates_only_so_many_are_kept() {
    let mut session = opened(Door::Page);
    for port in 5000..5000 + 2 * MAX_CANDIDATES {
        session.candidate(CANDIDATE.replace("5000", &port.to_string()));
    }
    session.offer(offer("first", "sendrecv"));
    accept(&mut session);
    assert_eq!(told(&mut session).len(), 3 + MAX_CANDIDATES);
}

#[test]
fn a_first_offer_that_is_refused_ends_the_leg_and_a_later_one_does_not() {
    let mut session = opened(Door::Page);
    accept(&mut session);
    session.offer(offer("first", "sendrecv").replace("a=rtcp-mux\r\n", ""));
    let expected = [
        "refused: a=rtcp-mux is required",
        "door: BadMediaDescription",
        "bridge: BadMediaDescription",
    ];
    assert_eq!(told(&mut session), expected);
    assert!(session.is_over());
    session.offer(offer("first", "sendrecv"));
    assert_eq!(told(&mut session), [""; 0]);

    let mut session = negotiated(Door::Page);
    session.offer(String::new());
    assert_eq!(told(&mut session), ["refused: session description has no line v=0"]);
    session.offer(offer("second", "sendrecv"));
    assert_eq!(told(&mut session), ["media SendReceive", "answer"]);
}

#[test]
fn hold_changes_the_direction_alone_and_holds_through_another_offer() {
    let mut session = negotiated(Door::Page);
    session.hold(true);
    session.hold(true);
    assert_eq!(told(&mut session), ["media Inactive"]);
    session.offer(offer("second", "sendrecv"));
    assert_eq!(told(&mut session), ["media Inactive", "answer"]);
    session.hold(false);
    let media = agreed(&mut session);
    assert_eq!(media.direction, Direction::SendReceive);
    assert_eq!(media.transport.webrtc().unwrap().remote_ice.ufrag, "second");
}

#[test]
fn a_door_grants_what_flows() {
    for (door, media) in [
        (Door::Page, "media SendReceive"),
        (Door::Whip, "media ReceiveOnly"),
        (Door::Whep, "media SendOnly"),
    ] {
        let mut session = opened(door);
        accept(&mut session);
        session.offer(offer("first", "sendrecv"));
        assert_eq!(told(&mut session)[0], media);
    }
}

#[test]
fn whoever_does_not_offer_in_time_is_let_go() {
    let now = Instant::now();
    let mut session = Session::new(LEG, Door::Page, true, now + Duration::from_secs(30));
    accept(&mut session);
    session.handle_timeout(now + Duration::from_secs(29));
    assert_eq!(told(&mut session), [""; 0]);
    session.handle_timeout(now + Duration::from_secs(30));
    let expected = ["door: SignallingTimeout", "bridge: SignallingTimeout"];
    assert_eq!(told(&mut session), expected);
    assert_eq!(session.poll_timeout(), None);
}

#[test]
fn the_last_word_is_said_once() {
    let mut session = negotiated(Door::Page);
    session.end(EndCause::Removed);
    session.end(EndCause::Normal);
    session.hold(true);
    session.candidate(CANDIDATE.to_owned());
    assert_eq!(told(&mut session), ["door: Removed", "bridge: Removed"]);
}

#[test]
fn ports_of_another_kind_of_leg_are_a_fault_of_ours() {
    let mut session = opened(Door::Page);
    let rtp = "192.0.2.1:4000".parse().unwrap();
    let advertised = std::net::IpAddr::from([192, 0, 2, 1]);
    let ports = MediaAddress::Ports(PortAddress { rtp, rtcp: rtp, advertised, video: None });
    session.accept(OfferPolicy::default(), ports, [1; 32]);
    assert_eq!(told(&mut session), ["door: Internal", "bridge: Internal"]);
}

#[test]
fn a_fragment_is_candidates_or_a_restart() {
    let read = |text: &str| Fragment::parse(text.as_bytes()).unwrap();
    let trickled = "a=candidate:1 1 udp 9 192.0.2.7 5000 typ host\r\n";
    let anew = "a=ice-ufrag:anew\r\na=ice-pwd:theirpasswordtheirpassword\r\n";
    assert!(opened(Door::Whip).fragment(&read(trickled)).is_err());
    let mut session = negotiated(Door::Whip);
    assert_eq!(session.fragment(&read(trickled)), Ok(None));
    assert_eq!(told(&mut session), ["candidate 192.0.2.7:5000"]);
    session.hold(true);
    told(&mut session);
    let ours = session.fragment(&read(anew)).unwrap().expect("a restart");
    assert!(ours.contains("a=ice-lite\r\n"), "{ours}");
    let media = agreed(&mut session);
    assert_eq!(media.transport.webrtc().unwrap().remote_ice.ufrag, "anew");
    assert_eq!(media.direction, Direction::Inactive, "it is held");
    session.end(EndCause::Normal);
    assert!(session.fragment(&read(trickled)).is_err());
}
