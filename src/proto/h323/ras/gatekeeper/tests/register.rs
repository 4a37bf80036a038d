//! Endpoints that come and go.

use super::*;
use causeway_asn1::h225::{
    GatekeeperRequest, RegistrationRejectReason, RegistrationRequest, UnregistrationRequest,
};

fn request(from: SocketAddr, sequence: u16, aliases: &[&str]) -> RasMessage {
    RasMessage::RegistrationRequest(Box::new(RegistrationRequest {
        request_seq_num: sequence,
        call_signal_address: vec![address::transport((from.ip(), 1720).into())],
        ras_address: vec![address::transport(from)],
        terminal_alias: Some(aliases.iter().map(|alias| address::alias(alias)).collect()),
        time_to_live: Some(60),
        ..RegistrationRequest::default()
    }))
}

/// Whether somebody is registered, and why not.
fn take(test: &mut Test, from: SocketAddr, message: &RasMessage) -> RasMessage {
    test.datagram(from, message);
    if let Some(Event::Registering(id, _)) = test.asked.last() {
        let id = *id;
        test.say(Command::Register(id));
    }
    test.last_elsewhere()
}

#[test]
fn an_endpoint_registers_stays_and_leaves() {
    let mut test = Test::registered();
    let start = test.now;
    while test.now - start < Duration::from_secs(450) {
        test.wait();
    }
    let renewals = test.asked.iter().filter(|event| matches!(event, Event::Registered(..)));
    assert_eq!(renewals.count(), 5, "three quarters of 120 s each");
    assert_eq!((test.heard.len(), test.asked.len()), (0, 5), "nobody is asked again");
    assert!(test.gatekeeper.registrant(ENDPOINT.into()).is_some());
    assert_eq!(test.gatekeeper.named("ROOM 1").map(|room| room.ras), Some(ENDPOINT.into()));
    test.client(ras::Command::Stop);
    assert_eq!(test.heard, [ras::Event::Unregistered]);
    assert!(matches!(test.asked.last(), Some(Event::Unregistered(_))));
    assert_eq!(test.gatekeeper.named("Room 1"), None);
}

#[test]
fn a_registration_ends_by_itself() {
    let mut test = Test::registered();
    test.now += Duration::from_secs(121);
    test.gatekeeper.handle_timeout(test.now);
    test.exchange();
    assert!(matches!(&test.asked[..], [Event::Unregistered(_)]));
    // The endpoint that believes in it is sent back to the beginning.
    test.client.handle_timeout(test.now);
    test.exchange();
    assert!(matches!(test.asked.last(), Some(Event::Registering(..))), "{:?}", test.asked);
}

#[test]
fn a_registration_is_refused() {
    let mut test = Test::new();
    test.client(ras::Command::Start);
    let Some(Event::Registering(id, registrant)) = test.asked.pop() else { panic!() };
    assert_eq!(registrant.aliases, ["Room 1"]);
    assert_eq!(registrant.product.as_deref(), Some("Room 7.1"));
    assert_eq!(registrant.identity, Identity::Anybody);
    test.say(Command::Refuse(id, EndCause::Unauthorized));
    assert!(matches!(&test.heard[..], [ras::Event::Failed(EndCause::Unauthorized, _)]));
    assert_eq!(test.gatekeeper.registrant(ENDPOINT.into()), None);
}

#[test]
fn a_repeated_request_asks_once_and_is_answered_the_same() {
    let mut test = Test::new();
    test.client(ras::Command::Start);
    for _ in 0..2 {
        test.wait();
    }
    let Some(Event::Registering(id, _)) = test.asked.pop() else { panic!("{:?}", test.asked) };
    assert_eq!(test.asked, []);
    test.say(Command::Register(id));
    test.asked.clear();
    let (request, answer) = (test.requests.last().cloned(), test.sent.last().cloned());
    test.bytes(ENDPOINT.into(), &request.expect("sent"));
    assert_eq!(test.sent.last().cloned(), answer);
    assert_eq!(test.asked, []);
}

#[test]
fn what_endpoints_are_called_cannot_be_guessed_and_has_to_be_said() {
    let mut test = Test::registered();
    let identifier = test.identifier();
    assert_eq!(identifier.0.len(), 11);
    let leave = |identifier: Option<&str>| {
        RasMessage::UnregistrationRequest(Box::new(UnregistrationRequest {
            request_seq_num: 9,
            endpoint_identifier: identifier.map(BmpString::from),
            ..UnregistrationRequest::default()
        }))
    };
    for guess in [None, Some("1"), Some("E1")] {
        test.datagram(ENDPOINT.into(), &leave(guess));
        assert!(test.gatekeeper.registrant(ENDPOINT.into()).is_some(), "{guess:?}");
    }
    test.datagram(ENDPOINT.into(), &leave(Some(&identifier.to_string())));
    assert_eq!(test.gatekeeper.registrant(ENDPOINT.into()), None);
    let mut again = Test::new();
    again.gatekeeper = Gatekeeper::new(Config { seed: [5; 32], ..config(again.now) });
    again.register();
    assert_ne!(again.identifier(), identifier);
}

#[test]
fn a_name_belongs_to_who_has_it() {
    let mut test = Test::registered();
    let RasMessage::RegistrationReject(reject) =
        take(&mut test, STRANGER.into(), &request(STRANGER.into(), 1, &["ROOM 1"]))
    else {
        panic!("another host takes it")
    };
    assert!(matches!(reject.reject_reason, RegistrationRejectReason::DuplicateAlias(_)));
    // The same host may: it was restarted.
    let restarted: SocketAddr = ([127, 0, 0, 2], 40_000).into();
    let answer = take(&mut test, restarted, &request(restarted, 2, &["Room 1"]));
    assert!(matches!(answer, RasMessage::RegistrationConfirm(_)));
    assert_eq!(test.gatekeeper.registrant(ENDPOINT.into()), None);
    assert_eq!(test.gatekeeper.named("Room 1").map(|room| room.ras), Some(restarted));
    let gone = test.asked.iter().filter(|event| matches!(event, Event::Unregistered(_)));
    assert_eq!(gone.count(), 1);
}

#[test]
fn one_address_does_not_fill_the_table() {
    let mut test = Test::new();
    let mut taken = 0;
    for n in 0..MAX_PER_SOURCE as u16 + 20 {
        let from: SocketAddr = ([127, 0, 0, 4], 2_000 + n).into();
        let name = format!("Room {n}");
        if let RasMessage::RegistrationConfirm(_) =
            take(&mut test, from, &request(from, 1, &[&name]))
        {
            taken += 1;
        }
        test.asked.clear();
    }
    assert_eq!(taken, MAX_PER_SOURCE);
    let from: SocketAddr = ([127, 0, 0, 5], 1719).into();
    let answer = take(&mut test, from, &request(from, 1, &["Another"]));
    assert!(matches!(answer, RasMessage::RegistrationConfirm(_)), "others have their place");
}

#[test]
fn all_endpoints_are_told_when_it_stops() {
    let mut test = Test::registered();
    test.say(Command::Stop);
    assert_eq!(test.heard, [ras::Event::ThrownOut], "and confirmed it");
    assert!(test.gatekeeper.is_idle());
    assert!(matches!(&test.asked[..], [Event::Unregistered(_)]));
    test.wait();
    assert!(!test.asked.iter().any(|event| matches!(event, Event::Registering(..))));
    // One that does not answer is not waited for without end.
    let mut test = Test::new();
    take(&mut test, STRANGER.into(), &request(STRANGER.into(), 1, &["Mute"]));
    test.elsewhere.clear();
    test.say(Command::Unregister(STRANGER.into()));
    assert!(!test.gatekeeper.is_idle());
    for _ in 0..3 {
        test.wait();
    }
    assert!(test.gatekeeper.is_idle());
    assert_eq!(test.elsewhere.len(), 3);
}

#[test]
fn another_gatekeepers_endpoints_are_not_answered() {
    let mut test = Test::new();
    let mut request = GatekeeperRequest {
        request_seq_num: 9,
        gatekeeper_identifier: Some("Other".into()),
        ..GatekeeperRequest::default()
    };
    test.datagram(STRANGER.into(), &RasMessage::GatekeeperRequest(Box::new(request.clone())));
    assert_eq!(test.elsewhere, []);
    request.gatekeeper_identifier = Some("Causeway".into());
    test.datagram(STRANGER.into(), &RasMessage::GatekeeperRequest(Box::new(request)));
    assert_eq!(test.elsewhere.len(), 1);
}

#[test]
fn calls_to_who_has_no_password_go_where_it_is() {
    let mut test = Test::new();
    let other: SocketAddr = ([192, 0, 2, 9], 1720).into();
    let own: SocketAddr = ([127, 0, 0, 4], 1730).into();
    let mut ask = |addresses: &[SocketAddr]| {
        let message = RasMessage::RegistrationRequest(Box::new(RegistrationRequest {
            request_seq_num: 1 + addresses.len() as u16,
            call_signal_address: addresses.iter().copied().map(address::transport).collect(),
            terminal_alias: Some(vec![address::alias("Room 4"), address::alias("8004")]),
            time_to_live: Some(60),
            ..RegistrationRequest::default()
        }));
        take(&mut test, STRANGER.into(), &message)
    };
    let RasMessage::RegistrationReject(reject) = ask(&[other]) else { panic!("a third party") };
    assert_eq!(reject.reject_reason, RegistrationRejectReason::InvalidCallSignalAddress);
    let answer = ask(&[other, own]);
    assert!(matches!(answer, RasMessage::RegistrationConfirm(_)), "{answer:?}");
    assert_eq!(test.gatekeeper.named("8004").map(|room| room.call), Some(own));
}
