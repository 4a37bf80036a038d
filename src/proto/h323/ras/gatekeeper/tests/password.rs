//! Rooms with passwords (H.235 Annex D).

use super::*;
use crate::h323::ras::security::{self, Seen};

fn with_password(password: &str) -> Test {
    let mut test = Test::new();
    test.client = Client::new(room9(test.now, password));
    test
}

/// What the gatekeeper is asked, and what the room hears when it is allowed.
fn register(test: &mut Test) -> Identity {
    test.client(ras::Command::Start);
    let Some(Event::Registering(id, registrant)) = test.asked.pop() else { panic!("not asked") };
    test.say(Command::Register(id));
    registrant.identity
}

#[test]
fn a_right_password_registers_and_calls() {
    let mut test = with_password("secret");
    assert_eq!(register(&mut test), Identity::Proved("room9".into()));
    assert_eq!(test.heard, [ras::Event::Registered(vec![])]);
    test.client(admission(false));
    let Some(Event::Admission { question, by, .. }) = test.asked.pop() else { panic!() };
    assert_eq!(by.identity, Identity::Proved("room9".into()));
    test.say(Command::Admit(question, HERE.into()));
    assert!(matches!(test.heard.last(), Some(ras::Event::Admitted { .. })));
    let start = test.now;
    while test.now - start < Duration::from_secs(300) {
        test.wait();
    }
    assert!(test.client.is_registered(test.now), "keep-alives are signed too");
    let identifier = test.identifier();
    test.client(ras::Command::Stop);
    assert_eq!(test.heard.last(), Some(&ras::Event::Unregistered));
    // Every answer but that to discovery proves the password as well.
    let mut seen = Seen::default();
    let signed = test.sent.iter().filter(|data| {
        let message = decode(data).expect("our own");
        let Some(token) = security::token(&message) else { return false };
        // Else rooms take it for somebody else's.
        assert_eq!(security::receiver(&message), Some(identifier.clone()), "{message:?}");
        let time = test.gatekeeper.signer.time(test.now);
        let proof = security::prove(&token, data, &Key::of("secret"), time, &mut seen);
        assert_eq!(proof, security::Proof::Right, "{message:?}");
        true
    });
    assert_eq!(signed.count() + 1, test.sent.len(), "all but discovery");
}

#[test]
fn names_with_a_password_are_nobody_elses() {
    for (password, aliases) in [
        (Some("wrong"), vec!["room9".to_owned()]),
        (None, vec!["room9".to_owned()]),
        (None, vec!["ROOM9".to_owned()]),
        (None, vec!["Room 1".to_owned(), "9009".to_owned()]),
    ] {
        let mut test = Test::new();
        let credentials = password.map(|password| ("room9".to_owned(), Key::of(password)));
        let config = ras::Config { aliases, credentials, ..of_client(test.now) };
        test.client = Client::new(config);
        // Even where the application does not look.
        assert_eq!(register(&mut test), Identity::Unproved("room9".into()));
        assert!(matches!(&test.heard[..], [ras::Event::Failed(EndCause::Unauthorized, _)]));
        assert_eq!(test.gatekeeper.registrant(ENDPOINT.into()), None);
    }
}

#[test]
fn one_user_does_not_take_the_names_of_another() {
    let mut test = Test::new();
    let aliases = vec!["room9".to_owned(), "9008".to_owned()];
    test.client = Client::new(ras::Config { aliases, ..room9(test.now, "secret") });
    test.client(ras::Command::Start);
    assert_eq!(test.asked, []);
    assert!(matches!(&test.heard[..], [ras::Event::Failed(EndCause::BadAddress, _)]));
}

#[test]
fn a_room_with_a_wrong_clock_is_told_so() {
    let mut test = Test::new();
    let clock = Clock { at: test.now, seconds: 1_700_000_000 + 3_600 };
    test.client = Client::new(ras::Config { clock, ..room9(test.now, "secret") });
    test.client(ras::Command::Start);
    assert_eq!(test.asked, []);
    let RasMessage::RegistrationReject(reject) =
        decode(test.sent.last().expect("an answer")).expect("our own")
    else {
        panic!()
    };
    let reason = format!("{:?}", reject.reject_reason);
    assert!(reason.contains("SecurityWrongSyncTime"), "{reason}");
    // The wall clock is set.
    test.client
        .handle_input(test.now, ras::Input::Command(ras::Command::Clock(super::clock(test.now))));
    test.wait();
    test.wait();
    assert!(matches!(test.asked.last(), Some(Event::Registering(..))), "{:?}", test.asked);
}

#[test]
fn what_was_heard_before_proves_nothing_from_elsewhere() {
    let mut test = with_password("secret");
    register(&mut test);
    let request = test
        .requests
        .iter()
        .find(|data| matches!(decode(data).expect("our own"), RasMessage::RegistrationRequest(_)));
    let request = request.expect("sent").clone();
    test.asked.clear();
    test.bytes(STRANGER.into(), &request);
    assert_eq!(test.asked, []);
    assert_eq!(test.gatekeeper.registrant(STRANGER.into()), None);
    assert!(matches!(test.last_elsewhere(), RasMessage::RegistrationReject(_)));
}

#[test]
fn who_used_a_password_has_to_use_it_always() {
    let mut test = with_password("secret");
    register(&mut test);
    test.asked.clear();
    let calls = |test: &mut Test| {
        test.client(admission(false));
        std::mem::take(&mut test.asked)
    };
    assert_eq!(calls(&mut test).len(), 1);
    // Somebody at its address without the password, who even knows what it is called.
    let identifier = test.identifier();
    let (sent, heard) = (test.sent.len(), test.heard.len());
    let forged = [
        RasMessage::AdmissionRequest(Box::new(causeway_asn1::h225::AdmissionRequest {
            request_seq_num: 70,
            endpoint_identifier: identifier.clone(),
            ..Default::default()
        })),
        RasMessage::DisengageRequest(Box::new(causeway_asn1::h225::DisengageRequest {
            request_seq_num: 71,
            endpoint_identifier: identifier.clone(),
            call_reference_value: 5,
            ..Default::default()
        })),
        RasMessage::UnregistrationRequest(Box::new(causeway_asn1::h225::UnregistrationRequest {
            request_seq_num: 72,
            endpoint_identifier: Some(identifier.clone()),
            ..Default::default()
        })),
        RasMessage::RegistrationRequest(Box::new(causeway_asn1::h225::RegistrationRequest {
            request_seq_num: 73,
            endpoint_identifier: Some(identifier),
            keep_alive: Some(true),
            ..Default::default()
        })),
        RasMessage::RegistrationRequest(Box::new(causeway_asn1::h225::RegistrationRequest {
            request_seq_num: 74,
            call_signal_address: vec![address::transport(STRANGER.into())],
            ..Default::default()
        })),
    ];
    for message in forged {
        test.datagram(ENDPOINT.into(), &message);
        assert_eq!(test.asked, [], "{message:?}");
        assert!(test.gatekeeper.registrant(ENDPOINT.into()).is_some());
    }
    assert_eq!(test.sent.len(), sent + 5, "each is refused");
    assert_eq!(test.heard.len(), heard, "and the room does not notice");
}

#[test]
fn calls_to_a_room_do_not_go_to_our_own_machine_or_to_groups() {
    let seen: SocketAddr = ([192, 0, 2, 5], 1719).into();
    let behind_a_router: SocketAddr = ([10, 0, 0, 5], 1720).into();
    for (call, taken) in [
        (([127, 0, 0, 1], 1720).into(), false),
        (([0, 0, 0, 0], 1720).into(), false),
        (([224, 0, 1, 41], 1720).into(), false),
        ("[::ffff:127.0.0.1]:1720".parse().expect("an address"), false),
        (behind_a_router, true),
    ] {
        let mut test = Test::new();
        let mut client = Client::new(ras::Config {
            gatekeeper: GATEKEEPER.into(),
            discover: false,
            call_address: call,
            ..room9(test.now, "secret")
        });
        client.handle_input(test.now, ras::Input::Command(ras::Command::Start));
        let ras::Output::Transmit { data, .. } = client.poll_output() else { panic!("it asks") };
        test.bytes(seen, &data);
        match &test.asked[..] {
            [Event::Registering(_, room)] => assert_eq!((room.call, taken), (call, true)),
            asked => assert_eq!((asked.len(), taken), (0, false)),
        }
    }
}
