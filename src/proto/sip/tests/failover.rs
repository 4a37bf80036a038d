//! A call whose first way fails goes on by the next.

use super::pair::{A, B, CALL, OFFER, Pair};
use crate::sip::{Carrier, Command, Event, Flow, Hop};
use causeway_base::EndCause;
use sip_codec::SipUri;
use sip_codec::header::NameAddr;
use std::net::SocketAddr;

/// Where nobody is.
const NOWHERE: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 99)), 5060);

/// A dials by these ways; the last leads to B.
fn dial(pair: &mut Pair, ways: &[Flow]) {
    let mut invite = pair.invite(CALL, Some(OFFER));
    let right = pair.flow(A);
    let target = pair.target(A);
    let hop = |flow: Flow| Hop {
        flow,
        target: target.clone(),
        route: Vec::new(),
        credentials: None,
        from: NameAddr::new(SipUri::new(flow.local.ip()).with_user("account")),
        asserted: None,
    };
    let mut all = ways.iter().copied().chain([right]);
    invite.flow = all.next().unwrap();
    invite.alternatives = all.map(hop).collect();
    pair.command(A, Command::Invite(Box::new(invite)));
}

#[test]
fn a_silent_way_costs_four_seconds_not_thirty_two() {
    let mut pair = Pair::new();
    let silent = Flow { remote: NOWHERE, ..pair.flow(A) };
    pair.loses = Some(Box::new({
        let mut sent = 0;
        move |side, text| {
            // What goes to nobody is lost: the first transmissions within four seconds.
            let invite = side == A && text.ends_with("INVITE");
            sent += usize::from(invite);
            invite && sent <= 4
        }
    }));
    let begun = pair.now;
    dial(&mut pair, &[silent]);
    pair.run(5_000);
    assert!(pair.has(B, |e| matches!(e, Event::Invited { .. })) || pair.admitted() == 1);
    assert!((pair.now - begun).as_secs() <= 6);
    pair.answer();
    pair.run(200);
    assert!(pair.has(A, |e| matches!(e, Event::Answered { .. })));
    pair.hangup(A);
    pair.assert_empty();
}

#[test]
fn a_connection_that_fails_is_followed_by_the_next_way_at_once() {
    let mut pair = Pair::new();
    pair.refused = Some(Carrier::Tcp);
    let refused = Flow { carrier: Carrier::Tcp, ..pair.flow(A) };
    dial(&mut pair, &[refused]);
    pair.run(200);
    assert_eq!(pair.admitted(), 1);
    pair.answer();
    pair.run(200);
    pair.hangup(A);
    pair.assert_empty();
}

#[test]
fn a_server_that_is_down_is_followed_by_the_next_and_a_busy_callee_is_not() {
    for (cause, tries) in [(EndCause::CapacityReached, 2), (EndCause::Busy, 1)] {
        let mut pair = Pair::new();
        pair.sides[B].admits = false;
        let way = pair.flow(A);
        dial(&mut pair, &[way]);
        pair.run(100);
        let mut asked = 0;
        while let Some((flow, request, size)) = pair.sides[B].asked.take() {
            asked += 1;
            let refuse = Command::Refuse { flow, request, size, cause, retry_after: None };
            pair.command(B, refuse);
            pair.run(200);
        }
        assert_eq!(asked, tries, "{cause:?}");
        assert_eq!(pair.ended(A).len(), 1);
        pair.assert_empty();
    }
}

#[test]
fn a_call_that_was_given_up_tries_no_other_way() {
    let mut pair = Pair::new();
    pair.loses = Some(Box::new(|side, text| side == A && text.ends_with("INVITE")));
    let way = pair.flow(A);
    dial(&mut pair, &[way]);
    pair.run(1_000);
    pair.command(A, Command::Hangup { call: CALL, cause: EndCause::Cancelled });
    pair.run(40_000);
    assert_eq!(pair.ended(A), [EndCause::Cancelled]);
    assert_eq!(pair.admitted(), 0);
    pair.assert_empty();
}

/// The first trunk is trusted with who calls; the one that stands in for it is not.
#[test]
fn the_next_way_is_not_told_what_the_first_one_was_trusted_with() {
    let mut pair = Pair::new();
    pair.refused = Some(Carrier::Tcp);
    let refused = Flow { carrier: Carrier::Tcp, ..pair.flow(A) };
    let mut invite = pair.invite(CALL, Some(OFFER));
    let caller = NameAddr::new(SipUri::new(refused.local.ip()).with_user("+8613800138000"));
    invite.presentation.asserted = Some(caller);
    invite.flow = refused;
    let target = SipUri::new(NOWHERE.ip()).with_user("2001");
    invite.alternatives = vec![Hop {
        flow: pair.flow(A),
        target: target.into(),
        route: Vec::new(),
        credentials: None,
        from: NameAddr::new(SipUri::new(refused.local.ip()).with_user("account")),
        asserted: None,
    }];
    pair.command(A, Command::Invite(Box::new(invite)));
    pair.run(200);
    assert!(pair.has(A, |event| matches!(event, Event::WentOn { call: CALL })));
    let sent = pair.bytes.iter().filter(|(side, flow, _)| *side == A && *flow == pair.flow(A));
    let texts: Vec<String> =
        sent.map(|(_, _, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect();
    let invite = texts.iter().find(|text| text.starts_with("INVITE")).expect("it went on");
    for secret in ["+8613800138000", "P-Asserted-Identity", "alice", "Alice"] {
        assert!(!invite.contains(secret), "{secret} in {invite}");
    }
    assert!(invite.contains("sip:account@") && invite.contains("To: <sip:2001@192.0.2.99"));
}
