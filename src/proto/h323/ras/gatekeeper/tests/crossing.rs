//! Rooms behind firewalls: they register with what they say, keep their way open, and are told of
//! calls.

use super::*;
use causeway_asn1::h225::{RegistrationConfirm, RegistrationRequest};

/// Where the room is behind its router, and what the router makes of it.
const INSIDE: ([u8; 4], u16) = ([10, 9, 0, 2], 1719);
const OUTSIDE: ([u8; 4], u16) = ([127, 0, 0, 4], 31_719);

fn request(keep_alive: Option<&BmpString>, sequence: u16) -> RasMessage {
    RasMessage::RegistrationRequest(Box::new(RegistrationRequest {
        request_seq_num: sequence,
        call_signal_address: vec![address::transport(([10, 9, 0, 2], 1720).into())],
        ras_address: vec![address::transport(INSIDE.into())],
        terminal_alias: Some(vec![address::alias("Room 7"), address::alias("7007")]),
        time_to_live: Some(300),
        keep_alive: Some(keep_alive.is_some()),
        endpoint_identifier: keep_alive.cloned(),
        feature_set: traversal::asked().filter(|_| keep_alive.is_none()),
        ..RegistrationRequest::default()
    }))
}

fn confirm(test: &Test) -> RegistrationConfirm {
    match test.last_elsewhere() {
        RasMessage::RegistrationConfirm(confirm) => *confirm,
        other => panic!("{other:?}"),
    }
}

fn registered() -> Test {
    let mut test = Test::new();
    test.datagram(OUTSIDE.into(), &request(None, 7));
    let Some(Event::Registering(id, registrant)) = test.asked.pop() else { panic!("not asked") };
    assert_eq!(registrant.reach, Reach::Indicated);
    assert_eq!(registrant.call, OUTSIDE.into(), "never where it says it is");
    test.say(Command::Register(id));
    test
}

#[test]
fn a_room_is_registered_for_a_short_time_and_stays_what_it_is() {
    let mut test = registered();
    let confirmed = confirm(&test);
    assert_eq!(confirmed.time_to_live, Some(20), "shorter than routers forget");
    assert_eq!(confirmed.feature_set, traversal::asked(), "the same feature");
    for sequence in 8..13 {
        test.now += Duration::from_secs(19);
        test.gatekeeper.handle_timeout(test.now);
        test.datagram(OUTSIDE.into(), &request(Some(&confirmed.endpoint_identifier), sequence));
        assert_eq!(confirm(&test).time_to_live, Some(20), "though it does not say again");
    }
    let reach = test.gatekeeper.named("7007").map(|room| room.reach);
    assert_eq!(reach, Some(Reach::Indicated));
    test.now += Duration::from_secs(21);
    test.gatekeeper.handle_timeout(test.now);
    assert_eq!(test.gatekeeper.named("7007"), None);
}

#[test]
fn a_room_is_told_of_a_call_until_it_says_that_it_knows() {
    let mut test = registered();
    test.elsewhere.clear();
    let tell = Command::Indicate { ras: OUTSIDE.into(), call: [9; 16], here: HERE.into() };
    test.say(tell.clone());
    let sequence = match &test.last_elsewhere() {
        RasMessage::ServiceControlIndication(indication) => {
            assert_eq!(traversal::called(indication), Some(([9; 16], HERE.into())));
            indication.request_seq_num
        }
        other => panic!("{other:?}"),
    };
    test.now += Duration::from_secs(4);
    test.gatekeeper.handle_timeout(test.now);
    test.exchange();
    assert_eq!(test.elsewhere.len(), 2, "it is told again");
    assert_eq!(test.elsewhere[0], test.elsewhere[1]);
    let known = causeway_asn1::h225::ServiceControlResponse {
        request_seq_num: sequence,
        ..Default::default()
    };
    let known = RasMessage::ServiceControlResponse(Box::new(known));
    test.datagram(STRANGER.into(), &known);
    assert!(!test.gatekeeper.is_idle(), "nobody else knows for it");
    test.datagram(OUTSIDE.into(), &known);
    assert!(test.gatekeeper.is_idle());
    // Who is reached directly, or is not there, is told nothing.
    test.register();
    test.elsewhere.clear();
    for ras in [ENDPOINT, STRANGER] {
        test.say(Command::Indicate { ras: ras.into(), call: [9; 16], here: HERE.into() });
    }
    assert!(test.elsewhere.is_empty() && test.gatekeeper.is_idle());
}

#[test]
fn we_are_told_as_a_room_is_and_connect_to_the_gatekeeper_alone() {
    let mut test = Test::new();
    test.client = Client::new(ras::Config { inside: true, ..of_client(test.now) });
    test.register();
    let elsewhere: SocketAddr = ([127, 0, 0, 77], 1720).into();
    test.say(Command::Indicate { ras: ENDPOINT.into(), call: [9; 16], here: elsewhere });
    let at = SocketAddr::new(SocketAddr::from(GATEKEEPER).ip(), 1720);
    assert_eq!(test.heard, [ras::Event::Called { call: [9; 16], at }]);
    assert!(test.gatekeeper.is_idle(), "it was answered");
    // Registered by a shorter time than it asked for, it comes again in time.
    let start = test.now;
    while test.now - start < Duration::from_secs(120) {
        test.wait();
    }
    assert!(test.gatekeeper.registrant(ENDPOINT.into()).is_some());
}
