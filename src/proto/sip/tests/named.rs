//! Peers that know us by a name: what stands in our messages, and where requests go.

use super::pair::{A, B, CALL, OFFER, Pair};
use crate::sip::config::Config;
use crate::sip::endpoint::Endpoint;
use crate::sip::words::{Carrier, Command, Event, Flow, Hop, Invite};
use causeway_base::EndCause;
use sip_codec::header::NameAddr;
use sip_codec::{HeaderName, Method, Request};
use std::net::SocketAddr;

/// Both sides bear a name, over TLS.
fn named() -> Pair {
    let mut pair = Pair::new();
    pair.carrier = Carrier::Tls;
    pair.bears = Some(0);
    for (side, name) in pair.sides.iter_mut().zip(["sbc.a.example", "proxy.b.example"]) {
        let config = Config { names: vec![name.into()], ..Config::new([5; 32]) };
        side.endpoint = Endpoint::new(config);
    }
    pair
}

fn header(request: &Request, name: HeaderName) -> String {
    let mut values = request.headers.iter().filter(|(is, _)| **is == name);
    values.next().map(|(_, value)| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
}

/// Where a side was told to ask for its requests.
fn sought(pair: &Pair, side: usize) -> Vec<String> {
    let events = pair.sides[side].events.iter().filter_map(|event| match event {
        Event::Sought { uri, .. } => Some(uri.host().map(|host| host.to_string())?),
        _ => None,
    });
    events.collect()
}

/// The same way once more.
fn hop(pair: &Pair, invite: &Invite) -> Hop {
    Hop {
        flow: pair.flow(A),
        target: invite.target.clone(),
        route: Vec::new(),
        credentials: None,
        from: NameAddr::new(invite.from.clone()),
        asserted: None,
    }
}

fn route(pair: &mut Pair, side: usize, flow: Option<Flow>) {
    pair.command(side, Command::Route { call: CALL, flow });
}

#[test]
fn a_name_stands_where_else_our_address_would() {
    let mut pair = named();
    pair.dial();
    pair.run(100);
    let invite = pair.sent(A, Method::Invite);
    assert_eq!(
        header(&invite, HeaderName::Contact),
        "<sip:alice@sbc.a.example:5060;transport=tls>"
    );
    assert!(header(&invite, HeaderName::Via).starts_with("SIP/2.0/TLS sbc.a.example:5060;"));
    assert!(!header(&invite, HeaderName::Allow).contains("REFER"));
    let (flow, target) = (pair.flow(A), pair.target(A));
    pair.command(A, Command::Ping { ping: 1, flow, target });
    let options = pair.sent(A, Method::Options);
    assert_eq!(header(&options, HeaderName::Contact), "<sip:sbc.a.example:5060;transport=tls>");
    assert!(header(&options, HeaderName::From).starts_with("<sip:sbc.a.example:5060>;tag="));
    pair.run(100);
    assert!(pair.has(A, |event| matches!(event, Event::Pinged { status: Some(200), .. })));
    assert!(pair.has(B, |event| matches!(event, Event::Asked { .. })));
}

#[test]
fn the_ack_waits_until_the_name_of_the_callee_was_looked_up() {
    let mut pair = named();
    pair.dial();
    pair.run(100);
    assert_eq!(sought(&pair, B), ["sbc.a.example"]);
    pair.answer();
    pair.run(700);
    assert_eq!(sought(&pair, A), ["proxy.b.example"], "once, whatever is repeated");
    assert!(!pair.trace.contains(&"A ACK".to_owned()), "{:?}", pair.trace);
    let elsewhere = Flow { socket: 9, ..pair.flow(A) };
    route(&mut pair, A, Some(elsewhere));
    pair.run(100);
    assert!(pair.has(B, |event| matches!(event, Event::Confirmed { .. })));
    let ack =
        pair.bytes.iter().rev().find(|(side, _, bytes)| *side == A && bytes.starts_with(b"ACK"));
    assert_eq!(ack.map(|(_, flow, _)| flow.socket), Some(9));
    // What comes by another connection does not move ours.
    pair.reoffer(B, "offer 2");
    pair.run(100);
    pair.answer_reoffer(A, "answer 2");
    pair.run(100);
    pair.hangup(A);
    let bye =
        pair.bytes.iter().rev().find(|(side, _, bytes)| *side == A && bytes.starts_with(b"BYE"));
    assert_eq!(bye.map(|(_, flow, _)| flow.socket), Some(9));
    pair.run(100);
    pair.assert_empty();
}

#[test]
fn a_name_that_leads_nowhere_leaves_the_way_as_it_is_and_a_hang_up_does_not_wait() {
    for is_found in [true, false] {
        let mut pair = named();
        pair.dial();
        pair.run(100);
        pair.answer();
        pair.run(100);
        if is_found {
            route(&mut pair, A, None);
        }
        pair.hangup(A);
        pair.run(100);
        let said: Vec<_> = pair.trace.iter().filter(|line| line.starts_with("A ")).collect();
        assert_eq!(said, ["A INVITE", "A ACK", "A BYE"], "{is_found}");
        route(&mut pair, A, None);
        pair.assert_empty();
    }
}

#[test]
fn a_proxy_with_too_much_to_do_is_left_for_the_next_one_and_its_connection_closed() {
    for (after, closed) in [("Retry-After: 7\r\n", true), ("", false)] {
        let mut pair = named();
        let mut invite = pair.invite(CALL, Some(OFFER));
        invite.alternatives = vec![hop(&pair, &invite)];
        invite.flow.remote = SocketAddr::from(([192, 0, 2, 9], 5061));
        let full = invite.flow;
        pair.command(A, Command::Invite(Box::new(invite)));
        let asked = pair.sent(A, Method::Invite);
        let answer = format!(
            "SIP/2.0 503 Service Unavailable\r\nVia: {}\r\nFrom: {}\r\nTo: {};tag=x\r\n\
             Call-ID: {}\r\nCSeq: 1 INVITE\r\n{after}Content-Length: 0\r\n\r\n",
            header(&asked, HeaderName::Via),
            header(&asked, HeaderName::From),
            header(&asked, HeaderName::To),
            header(&asked, HeaderName::CallId),
        );
        pair.inject(A, full, &answer);
        pair.run(100);
        let overloaded = |event: &Event| {
            matches!(event, Event::Overloaded { flow, retry_after }
                if *flow == full && retry_after.as_secs() == 7)
        };
        assert_eq!(pair.has(A, overloaded), closed);
        assert!(pair.has(A, |event| matches!(event, Event::WentOn { .. })));
        assert_eq!(pair.admitted(), 1, "the next one has it");
    }
}

/// 603: nobody shall ring this callee again.
#[test]
fn a_decline_is_tried_nowhere_else() {
    let mut pair = named();
    let mut invite = pair.invite(CALL, Some(OFFER));
    invite.alternatives = vec![hop(&pair, &invite), hop(&pair, &invite)];
    pair.command(A, Command::Invite(Box::new(invite)));
    pair.run(100);
    pair.command(B, Command::Reject { call: CALL, cause: EndCause::Declined });
    pair.run(100);
    assert!(pair.trace.iter().any(|line| line.starts_with("B 603")), "{:?}", pair.trace);
    assert_eq!(pair.ended(A), [EndCause::Declined]);
    assert_eq!(pair.admitted(), 1);
}
