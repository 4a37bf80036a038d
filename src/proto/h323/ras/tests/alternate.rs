//! Gatekeepers that answer from elsewhere, and those that stand in.

use super::*;
use causeway_asn1::h225::{AltGkInfo, AlternateGk};

const SECOND: ([u8; 4], u16) = ([127, 0, 0, 5], 1719);
const THIRD: ([u8; 4], u16) = ([127, 0, 0, 6], 1719);

fn alternates() -> Vec<AlternateGk> {
    let alternate = |address: ([u8; 4], u16), priority| AlternateGk {
        ras_address: address::transport(address.into()),
        gatekeeper_identifier: None,
        need_to_register: true,
        priority,
    };
    vec![alternate(THIRD, 7), alternate(SECOND, 1)]
}

fn with_alternates(request_seq_num: u16) -> RasMessage {
    RasMessage::RegistrationConfirm(Box::new(RegistrationConfirm {
        request_seq_num,
        endpoint_identifier: "E1".into(),
        time_to_live: Some(100),
        alternate_gatekeeper: Some(alternates()),
        ..RegistrationConfirm::default()
    }))
}

/// Until somebody else is asked.
fn until_another_is_asked(test: &mut Test, than: ([u8; 4], u16)) -> (SocketAddr, RasMessage) {
    for _ in 0..2 * MAX_TRIES {
        test.until_deadline();
        let (sent, _) = test.drain_all();
        if let Some(found) = sent.into_iter().find(|(to, _)| *to != than.into()) {
            return found;
        }
    }
    panic!("nobody else is asked");
}

#[test]
fn discovery_may_be_answered_from_another_port() {
    let confirm = |request_seq_num| {
        RasMessage::GatekeeperConfirm(Box::new(GatekeeperConfirm {
            request_seq_num,
            ras_address: address::transport(GATEKEEPER.into()),
            ..GatekeeperConfirm::default()
        }))
    };
    let mut test = Test::new(true);
    let (requests, _) = test.command(Command::Start);
    let sequence = sequence(&requests[0]);
    let (requests, _) = test.answer_from(([127, 0, 0, 8], 1719).into(), confirm(sequence));
    assert_eq!(requests, [], "another host is not our gatekeeper");
    let (requests, _) = test.answer_from(([127, 0, 0, 1], 50_000).into(), confirm(sequence));
    assert!(matches!(&requests[..], [RasMessage::RegistrationRequest(_)]), "{requests:?}");
}

#[test]
fn a_group_is_asked_who_is_there() {
    let mut test = Test::new(false);
    let group: SocketAddr = ([224, 0, 1, 41], 1718).into();
    let mut config = config(test.now, false);
    config.gatekeeper = group;
    test.client = Client::new(config);
    test.client.handle_input(test.now, Input::Command(Command::Start));
    let (sent, _) = test.drain_all();
    let [(to, RasMessage::GatekeeperRequest(request))] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(*to, group);
    let reject = causeway_asn1::h225::GatekeeperReject {
        request_seq_num: request.request_seq_num,
        ..Default::default()
    };
    test.hear(THIRD.into(), RasMessage::GatekeeperReject(Box::new(reject)));
    assert_eq!(test.drain_all(), (vec![], vec![]), "another one may take us");
    let confirm = GatekeeperConfirm {
        request_seq_num: request.request_seq_num,
        ras_address: address::transport(SECOND.into()),
        ..GatekeeperConfirm::default()
    };
    test.hear(SECOND.into(), RasMessage::GatekeeperConfirm(Box::new(confirm)));
    let (sent, _) = test.drain_all();
    let [(to, RasMessage::RegistrationRequest(_))] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(*to, SECOND.into());
}

#[test]
fn the_best_alternate_takes_over_and_then_the_next() {
    let mut test = Test::new(false);
    let (requests, _) = test.command(Command::Start);
    test.answer(with_alternates(sequence(&requests[0])));
    let (to, request) = until_another_is_asked(&mut test, GATEKEEPER);
    assert_eq!(to, SECOND.into(), "the lowest priority value is the best");
    let RasMessage::RegistrationRequest(request) = request else { panic!("{request:?}") };
    assert_eq!(request.keep_alive, Some(false));
    let (to, request) = until_another_is_asked(&mut test, SECOND);
    assert_eq!(to, THIRD.into());
    test.hear(THIRD.into(), confirm(sequence(&request), 100));
    let (_, events) = test.drain_all();
    assert!(matches!(&events[..], [Event::Registered(_)]), "{events:?}");
    assert!(test.client.is_registered(test.now));
    // The old one is no longer heard.
    test.hear(GATEKEEPER.into(), leave());
    assert_eq!(test.drain_all(), (vec![], vec![]));
}

#[test]
fn gatekeepers_that_send_us_round_in_circles_are_left_alone_for_a_while() {
    let mut test = Test::new(false);
    test.client.handle_input(test.now, Input::Command(Command::Start));
    let (mut redirects, mut failed) = (0, false);
    for _ in 0..20 {
        let (sent, events) = test.drain_all();
        failed |= events.iter().any(|event| matches!(event, Event::Failed(..)));
        let Some((to, RasMessage::RegistrationRequest(request))) = sent.into_iter().next() else {
            break;
        };
        redirects += 1;
        let reject = RegistrationReject {
            request_seq_num: request.request_seq_num,
            reject_reason: RegistrationRejectReason::ResourceUnavailable,
            alt_gk_info: Some(AltGkInfo {
                alternate_gatekeeper: alternates(),
                alt_g_kis_permanent: false,
            }),
            ..RegistrationReject::default()
        };
        test.hear(to, RasMessage::RegistrationReject(Box::new(reject)));
    }
    assert!(failed && (2..8).contains(&redirects), "{redirects}");
}
