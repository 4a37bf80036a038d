//! Calls that look alike, what becomes of names, and reports of calls.

use super::*;

const OTHER: CallKey = CallKey { identifier: [9; 16], answer: false };

/// An admission with the call reference of [`admission`], as calls of two connections have.
fn of(key: CallKey) -> Command {
    Command::Admit(Box::new(Admission { key, ..*admission() }))
}

#[test]
fn calls_of_one_reference_are_two() {
    let mut test = Test::registered(3_000);
    let answered = CallKey { answer: true, ..KEY };
    for key in [KEY, OTHER, answered] {
        let (requests, _) = test.command(of(key));
        let (_, events) = test.answer(admitted(sequence(&requests[0])));
        assert!(matches!(&events[..], [Event::Admitted { call, .. }] if *call == key));
    }
    let drop = DisengageRequest {
        request_seq_num: 900,
        endpoint_identifier: "E1".into(),
        call_reference_value: 5,
        disengage_reason: DisengageReason::ForcedDrop,
        call_identifier: Some(CallIdentifier { guid: OTHER.identifier }),
        ..DisengageRequest::default()
    };
    let (_, events) = test.answer(RasMessage::DisengageRequest(Box::new(drop.clone())));
    assert_eq!(events, [Event::DropAsked(OTHER)]);
    let drop = DisengageRequest {
        call_identifier: Some(CallIdentifier { guid: KEY.identifier }),
        answered_call: Some(true),
        ..drop
    };
    let (_, events) = test.answer(RasMessage::DisengageRequest(Box::new(drop)));
    assert_eq!(events, [Event::DropAsked(answered)]);
    let (requests, _) = test.command(Command::Disengage(KEY));
    assert!(matches!(&requests[..], [RasMessage::DisengageRequest(_)]), "it goes on");
}

#[test]
fn the_gatekeeper_may_put_other_names_in_place() {
    let mut test = Test::registered(3_000);
    let (requests, _) = test.command(Command::Admit(admission()));
    let [RasMessage::AdmissionRequest(request)] = &requests[..] else { panic!() };
    assert_eq!(request.can_map_alias, Some(true));
    let confirm = AdmissionConfirm {
        request_seq_num: request.request_seq_num,
        band_width: 10_000,
        dest_call_signal_address: address::transport(([127, 0, 0, 9], 1720).into()),
        destination_info: Some(vec![address::alias("004930123")]),
        ..AdmissionConfirm::default()
    };
    let (_, events) = test.answer(RasMessage::AdmissionConfirm(Box::new(confirm)));
    let [Event::Admitted { to, bandwidth, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((&to[..], *bandwidth), (&["004930123".to_owned()][..], 10_000));
}

#[test]
fn it_asks_with_the_address_that_it_knows() {
    let mut test = Test::registered(3_000);
    let address = Some(([127, 0, 0, 9], 1720).into());
    for (answer, expected) in [(false, [true, false]), (true, [false, true])] {
        let key = CallKey { answer, ..KEY };
        let command = Command::Admit(Box::new(Admission { key, address, ..*admission() }));
        let (requests, _) = test.command(command);
        let [RasMessage::AdmissionRequest(request)] = &requests[..] else { panic!() };
        let there = [&request.dest_call_signal_address, &request.src_call_signal_address];
        assert_eq!(there.map(Option::is_some), expected);
    }
}

#[test]
fn who_wants_to_hear_of_a_call_hears_of_it() {
    let mut test = Test::registered(86_400);
    let (requests, _) = test.command(Command::Admit(admission()));
    let confirm = AdmissionConfirm {
        request_seq_num: sequence(&requests[0]),
        irr_frequency: Some(60),
        ..AdmissionConfirm::default()
    };
    test.answer(RasMessage::AdmissionConfirm(Box::new(confirm)));
    let start = test.now;
    for round in 1..=3 {
        let (reports, _) = test.wait();
        let [RasMessage::InfoRequestResponse(report)] = &reports[..] else { panic!("{reports:?}") };
        assert_eq!(test.now - start, round * Duration::from_secs(60));
        assert_eq!(report.unsolicited, Some(true));
        let calls = report.per_call_info.as_deref().unwrap_or_default();
        let identifiers: Vec<_> = calls.iter().map(|call| call.call_identifier.clone()).collect();
        assert_eq!(identifiers, [Some(CallIdentifier { guid: KEY.identifier })]);
    }
    test.command(Command::Disengage(KEY));
    let confirm = |sequence| {
        let confirm = DisengageConfirm { request_seq_num: sequence, ..Default::default() };
        RasMessage::DisengageConfirm(Box::new(confirm))
    };
    for sequence in 0..=u16::MAX {
        test.hear(GATEKEEPER.into(), confirm(sequence.max(1)));
    }
    let (reports, _) = test.wait();
    assert!(!matches!(&reports[..], [RasMessage::InfoRequestResponse(_)]), "{reports:?}");
}

#[test]
fn many_calls_are_reported_in_parts() {
    let mut test = Test::registered(3_000);
    for n in 0..20 {
        let (requests, _) = test.command(of(CallKey { identifier: [n; 16], answer: false }));
        test.answer(admitted(sequence(&requests[0])));
    }
    let mut seen = vec![];
    for part in 0..3 {
        let question = InfoRequest {
            request_seq_num: 900 + part,
            segmented_response_supported: Some(()),
            next_segment_requested: Some(part),
            ..InfoRequest::default()
        };
        let (answers, _) = test.answer(RasMessage::InfoRequest(Box::new(question)));
        let [RasMessage::InfoRequestResponse(report)] = &answers[..] else { panic!() };
        let expected = match part {
            2 => InfoRequestResponseStatus::Complete,
            part => InfoRequestResponseStatus::Segment(part),
        };
        assert_eq!(report.irr_status, Some(expected));
        let calls = report.per_call_info.iter().flatten();
        seen.extend(calls.filter_map(|call| Some(call.call_identifier.as_ref()?.guid[0])));
    }
    assert_eq!(seen, (0..20).collect::<Vec<u8>>());
    // Who takes no parts is told that there is more; of a call that is not ours it hears so.
    for (reference, status) in
        [(0, InfoRequestResponseStatus::Incomplete), (77, InfoRequestResponseStatus::InvalidCall)]
    {
        let question = InfoRequest {
            request_seq_num: 910,
            call_reference_value: reference,
            ..InfoRequest::default()
        };
        let (answers, _) = test.answer(RasMessage::InfoRequest(Box::new(question)));
        let [RasMessage::InfoRequestResponse(report)] = &answers[..] else { panic!() };
        assert_eq!(report.irr_status, Some(status));
    }
}
