//! Calls of endpoints.

use super::*;
use causeway_asn1::h225::{
    BandRejectReason, BandwidthRequest, CallModel, CallTerminationCause, DisengageRequest,
    InfoRequestResponse, InfoRequestResponsePerCallInfo, InfoRequestResponseStatus,
    RasUsageInfoTypes, RasUsageInformation, RegistrationRequest, ReleaseCompleteReason,
};

fn left(usage: Usage) -> Event {
    Event::Left { by: ENDPOINT.into(), call: CALL, usage }
}

/// One whose call is admitted.
fn calling() -> Test {
    let mut test = Test::registered();
    test.client(admission(false));
    let Some(Event::Admission { question, .. }) = test.asked.pop() else { panic!() };
    test.say(Command::Admit(question, ([127, 0, 0, 9], 1720).into()));
    test.heard.clear();
    test
}

#[test]
fn calls_are_admitted_as_the_application_says() {
    let mut test = Test::registered();
    test.client(admission(false));
    let Some(Event::Admission { question, by, call, here }) = test.asked.pop() else { panic!() };
    assert_eq!((&call.to[..], call.key), (&["8001".to_owned()][..], CALL));
    assert_eq!((by.aliases.as_slice(), here), (&["Room 1".to_owned()][..], HERE.into()));
    test.say(Command::Admit(question, ([127, 0, 0, 9], 1720).into()));
    let address = Some(([127, 0, 0, 9], 1720).into());
    let allowed = ras::Event::Admitted { call: CALL, address, to: vec![], bandwidth: 40_000 };
    assert_eq!(test.heard, [allowed]);
    test.client(ras::Command::Disengage(CALL));
    assert_eq!(test.asked.pop(), Some(left(Usage::default())));
    test.client(admission(false));
    let Some(Event::Admission { question, .. }) = test.asked.pop() else { panic!() };
    test.say(Command::Refuse(question, EndCause::NotFound));
    assert_eq!(test.heard.last(), Some(&ras::Event::Refused(CALL, EndCause::NotFound)));
    // Who is called need not ask.
    test.client(admission(true));
    assert!(matches!(test.heard.last(), Some(ras::Event::Admitted { call, .. }) if call.answer));
    assert_eq!(test.asked, []);
}

#[test]
fn where_it_wants_to_call_is_told() {
    let mut test = Test::registered();
    let address = Some(([192, 0, 2, 9], 1720).into());
    let ras::Command::Admit(admission) = admission(false) else { panic!() };
    let admission = ras::Admission { address, to: vec![], ..*admission };
    test.client(ras::Command::Admit(Box::new(admission)));
    let Some(Event::Admission { call, .. }) = test.asked.pop() else { panic!() };
    assert_eq!((call.destination, call.to.len()), (address, 0));
}

#[test]
fn who_waits_is_told_so() {
    let mut test = Test::registered();
    test.client(admission(false));
    let Some(Event::Admission { question, .. }) = test.asked.pop() else { panic!() };
    test.say(Command::Wait(question, Duration::from_secs(20)));
    let (start, requests) = (test.now, test.requests.len());
    while test.requests.len() == requests {
        test.wait();
    }
    assert_eq!(test.now - start, Duration::from_secs(20), "nothing is repeated before");
    assert_eq!(test.asked, [], "nor asked again");
    test.say(Command::Admit(question, HERE.into()));
    assert!(matches!(test.heard.last(), Some(ras::Event::Admitted { .. })));
}

#[test]
fn one_endpoint_does_not_end_the_calls_of_another() {
    let mut test = calling();
    let drop = |identifier: &str| {
        RasMessage::DisengageRequest(Box::new(DisengageRequest {
            request_seq_num: 9,
            endpoint_identifier: identifier.into(),
            call_reference_value: 5,
            ..DisengageRequest::default()
        }))
    };
    test.datagram(STRANGER.into(), &drop("1"));
    test.datagram(ENDPOINT.into(), &drop("1"));
    assert_eq!(test.asked, []);
    let identifier = test.identifier().to_string();
    test.datagram(STRANGER.into(), &drop(&identifier));
    assert_eq!(test.asked, [], "from elsewhere");
    test.datagram(ENDPOINT.into(), &drop(&identifier));
    assert_eq!(test.asked, [left(Usage::default())]);
}

#[test]
fn rates_are_granted_to_calls_that_are_there() {
    let mut test = calling();
    let mut ask = |reference, band_width, identifier: BmpString| {
        test.sent.clear();
        let request = BandwidthRequest {
            request_seq_num: 1_000 + reference,
            endpoint_identifier: identifier,
            call_reference_value: reference,
            band_width,
            ..BandwidthRequest::default()
        };
        test.datagram(ENDPOINT.into(), &RasMessage::BandwidthRequest(Box::new(request)));
        match decode(&test.sent[0]).expect("our own") {
            RasMessage::BandwidthConfirm(confirm) => Ok(confirm.band_width),
            RasMessage::BandwidthReject(reject) => Err(reject.reject_reason),
            other => panic!("{other:?}"),
        }
    };
    let identifier = Test::registered().identifier();
    assert_eq!(ask(5, 7_680, identifier.clone()), Ok(7_680));
    assert_eq!(ask(5, 50_000, identifier.clone()), Ok(40_000));
    assert_eq!(ask(6, 7_680, identifier), Err(BandRejectReason::InvalidConferenceId));
    assert_eq!(ask(5, 7_681, "1".into()), Err(BandRejectReason::NotBound));
    let told = |bandwidth| Event::Bandwidth { by: ENDPOINT.into(), call: CALL, bandwidth };
    assert_eq!(test.asked, [told(7_680), told(40_000)], "nothing of what was refused");
}

#[test]
fn an_endpoint_that_says_nothing_of_its_call_is_asked_and_keeps_it() {
    let mut test = calling();
    let start = test.now;
    while test.now - start < Duration::from_secs(1_000) {
        test.wait();
    }
    let asked = test
        .sent
        .iter()
        .filter(|data| matches!(decode(data).expect("our own"), RasMessage::InfoRequest(_)));
    assert_eq!(asked.count(), 3, "every five minutes");
    assert!(!test.asked.iter().any(|event| matches!(event, Event::Left { .. })));
    // The endpoint forgets it without a word, as one that was restarted.
    test.client(ras::Command::Stop);
    assert!(test.asked.contains(&left(Usage::default())));
}

#[test]
fn a_call_that_its_endpoint_no_longer_has_is_over() {
    let mut test = calling();
    let answer_with = |test: &mut Test, status| {
        test.now += Duration::from_secs(301);
        let registration = test.gatekeeper.table.get_mut(ENDPOINT.into()).expect("registered");
        registration.until = test.now + Duration::from_secs(60);
        test.gatekeeper.handle_timeout(test.now);
        let Output::Transmit { data, .. } = test.gatekeeper.poll_output() else { panic!() };
        let RasMessage::InfoRequest(question) = decode(&data).expect("our own") else { panic!() };
        let report = InfoRequestResponse {
            request_seq_num: question.request_seq_num,
            endpoint_identifier: test.identifier(),
            irr_status: status,
            ..InfoRequestResponse::default()
        };
        let report = RasMessage::InfoRequestResponse(Box::new(report));
        let data = encode(&report).expect("allowed");
        let input = Input::Datagram { from: ENDPOINT.into(), local: local(), data: &data };
        test.gatekeeper.handle_input(test.now, input);
        loop {
            match test.gatekeeper.poll_output() {
                Output::Event(event) => test.asked.push(event),
                Output::Transmit { .. } => {}
                Output::Timeout(_) => break,
            }
        }
    };
    answer_with(&mut test, Some(InfoRequestResponseStatus::Incomplete));
    assert_eq!(test.asked, [], "it may be among those that are left out");
    answer_with(&mut test, None);
    assert_eq!(test.asked, [left(Usage::default())]);
}

#[test]
fn who_is_called_by_way_of_us_is_told_so() {
    let there: SocketAddr = ([127, 0, 0, 9], 1720).into();
    for (routed, address, expected) in [
        (false, HERE.into(), CallModel::Direct),
        (true, HERE.into(), CallModel::GatekeeperRouted),
        (true, there, CallModel::Direct),
    ] {
        let mut test = Test::new();
        let config = Config { routed, ..config(test.now) };
        test.gatekeeper = Gatekeeper::new(config);
        test.register();
        test.client(admission(false));
        let Some(Event::Admission { question, .. }) = test.asked.pop() else { panic!() };
        test.say(Command::Admit(question, address));
        let confirmed = decode(test.sent.last().expect("an answer")).expect("our own");
        let RasMessage::AdmissionConfirm(confirm) = confirmed else { panic!("{confirmed:?}") };
        assert_eq!(confirm.call_model, expected, "{routed} {address}");
        assert_eq!(address::socket(&confirm.dest_call_signal_address), Some(address));
    }
}

#[test]
fn an_endpoint_is_found_at_its_address_and_without_its_port_where_it_is_alone_there() {
    let test = Test::registered();
    let at = |ip: [u8; 4], port: u16| test.gatekeeper.at((ip, port).into()).map(|one| one.call);
    let call = Some(([127, 0, 0, 2], 1720).into());
    assert_eq!(at([127, 0, 0, 2], 1720), call);
    assert_eq!(at([127, 0, 0, 2], 1730), call);
    assert_eq!(at([127, 0, 0, 9], 1720), None);
}

/// The client's own registration again, by an endpoint that can say what calls used.
fn accounting() -> Test {
    let mut test = Test::registered();
    let first = test.requests.iter().find_map(|data| match decode(data).expect("our own") {
        RasMessage::RegistrationRequest(request) => Some(request),
        _ => None,
    });
    let request = RegistrationRequest {
        request_seq_num: 60_000,
        usage_reporting_capability: Some(RasUsageInfoTypes {
            end_time: Some(()),
            ..RasUsageInfoTypes::default()
        }),
        ..*first.expect("it registered")
    };
    test.datagram(ENDPOINT.into(), &RasMessage::RegistrationRequest(Box::new(request)));
    let Some(Event::Registering(id, _)) = test.asked.pop() else { panic!("not asked") };
    test.say(Command::Register(id));
    test.asked.clear();
    test
}

#[test]
fn what_a_call_used_is_asked_of_who_can_say_it() {
    for (mut test, expected) in [(Test::registered(), false), (accounting(), true)] {
        test.client(admission(false));
        let Some(Event::Admission { question, .. }) = test.asked.pop() else { panic!() };
        test.say(Command::Admit(question, HERE.into()));
        let confirmed = decode(test.sent.last().expect("an answer")).expect("our own");
        let RasMessage::AdmissionConfirm(confirm) = confirmed else { panic!("{confirmed:?}") };
        assert_eq!(confirm.usage_spec.is_some_and(|spec| spec[0].when.end.is_some()), expected);
        test.sent.clear();
        while test.sent.iter().all(|data| {
            decode::<RasMessage>(data)
                .is_ok_and(|message| !matches!(message, RasMessage::InfoRequest(_)))
        }) {
            test.wait();
        }
        let question = decode(test.sent.last().expect("a question")).expect("our own");
        let RasMessage::InfoRequest(question) = question else { panic!("{question:?}") };
        assert_eq!(question.usage_info_requested.is_some(), expected);
    }
}

#[test]
fn what_an_endpoint_says_of_its_call_is_told_when_it_is_over() {
    let times = |connect_time, end_time| {
        Some(RasUsageInformation { connect_time, end_time, ..RasUsageInformation::default() })
    };
    let busy = CallTerminationCause::ReleaseCompleteCauseIe(vec![0x80, 0x91]);
    let denied = CallTerminationCause::ReleaseCompleteReason(ReleaseCompleteReason::NoPermission);
    // With the octet of a recommendation before the value, and cut off before it.
    let long = CallTerminationCause::ReleaseCompleteCauseIe(vec![0x00, 0x80, 0x91]);
    let cut = CallTerminationCause::ReleaseCompleteCauseIe(vec![0x00, 0x80]);
    for (usage_information, termination_cause, expected) in [
        (
            times(None, Some(90)),
            Some(busy),
            Usage { connected: Some(30), ended: Some(90), cause: Some(EndCause::Busy) },
        ),
        (
            times(Some(31), None),
            Some(denied),
            Usage { connected: Some(31), ended: None, cause: Some(EndCause::Forbidden) },
        ),
        (None, Some(long), Usage { connected: Some(30), ended: None, cause: Some(EndCause::Busy) }),
        (
            None,
            Some(cut),
            Usage { connected: Some(30), ended: None, cause: Some(EndCause::Normal) },
        ),
        (None, None, Usage { connected: Some(30), ended: None, cause: None }),
    ] {
        let mut test = calling();
        let endpoint_identifier = test.identifier();
        let told = InfoRequestResponsePerCallInfo {
            call_reference_value: 5,
            usage_information: times(Some(30), None),
            ..InfoRequestResponsePerCallInfo::default()
        };
        let report = InfoRequestResponse {
            request_seq_num: 1,
            endpoint_identifier: endpoint_identifier.clone(),
            per_call_info: Some(vec![told]),
            ..InfoRequestResponse::default()
        };
        test.datagram(ENDPOINT.into(), &RasMessage::InfoRequestResponse(Box::new(report)));
        assert_eq!(test.asked, []);
        let request = DisengageRequest {
            request_seq_num: 9,
            endpoint_identifier,
            call_reference_value: 5,
            usage_information,
            termination_cause,
            ..DisengageRequest::default()
        };
        test.datagram(ENDPOINT.into(), &RasMessage::DisengageRequest(Box::new(request)));
        assert_eq!(test.asked, [left(expected)]);
    }
}
