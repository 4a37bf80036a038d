//! Who ends calls and registrations, and what is promised of rates.

use super::*;
use causeway_asn1::h225::{RegistrationConfirmPreGrantedArq, TransportAddress};

/// One with a call that is admitted.
fn in_a_call() -> Test {
    let mut test = Test::registered(3_000);
    let (requests, _) = test.command(Command::Admit(admission()));
    test.answer(admitted(sequence(&requests[0])));
    test
}

fn drop_of(endpoint: &str, call_reference_value: u16) -> RasMessage {
    RasMessage::DisengageRequest(Box::new(DisengageRequest {
        request_seq_num: 900,
        endpoint_identifier: endpoint.into(),
        call_reference_value,
        disengage_reason: DisengageReason::ForcedDrop,
        ..DisengageRequest::default()
    }))
}

fn leave_of(endpoint: Option<&str>, call_signal_address: Vec<TransportAddress>) -> RasMessage {
    RasMessage::UnregistrationRequest(Box::new(UnregistrationRequest {
        request_seq_num: 901,
        call_signal_address,
        endpoint_identifier: endpoint.map(BmpString::from),
        ..UnregistrationRequest::default()
    }))
}

fn rate_of(endpoint: &str, call_reference_value: u16, band_width: u32) -> RasMessage {
    RasMessage::BandwidthRequest(Box::new(BandwidthRequest {
        request_seq_num: 902,
        endpoint_identifier: endpoint.into(),
        call_reference_value,
        band_width,
        ..BandwidthRequest::default()
    }))
}

#[test]
fn who_does_not_know_what_we_are_called_ends_no_call() {
    let mut test = in_a_call();
    for reference in [0, 5] {
        let (answers, events) = test.answer(drop_of("E2", reference));
        assert!(matches!(&answers[..], [RasMessage::DisengageReject(_)]), "{answers:?}");
        assert_eq!(events, []);
    }
    // The gatekeeper itself ends the calls that it names, never all at once.
    assert_eq!(test.answer(drop_of("E1", 0)).1, []);
    assert_eq!(test.answer(drop_of("E1", 5)).1, [Event::DropAsked(KEY)]);
}

#[test]
fn who_does_not_know_what_we_are_called_does_not_unregister_us() {
    let here = |address: ([u8; 4], u16)| vec![address::transport(address.into())];
    let mut test = Test::registered(3_000);
    for forged in [
        leave_of(None, vec![]),
        leave_of(None, here(([127, 0, 0, 9], 1720))),
        leave_of(Some("E2"), here(([127, 0, 0, 2], 1720))),
    ] {
        let (answers, events) = test.answer(forged);
        assert!(matches!(&answers[..], [RasMessage::UnregistrationReject(_)]), "{answers:?}");
        assert_eq!(events, []);
        assert!(test.client.is_registered(test.now));
    }
    let (answers, events) = test.answer(leave_of(None, here(([127, 0, 0, 2], 1720))));
    assert!(matches!(&answers[..], [RasMessage::UnregistrationConfirm(_)]), "{answers:?}");
    assert_eq!(events, [Event::ThrownOut]);
}

#[test]
fn the_gatekeeper_changes_what_a_call_may_use_between_what_it_needs_and_what_was_asked_for() {
    let mut test = in_a_call();
    let told = |rate| vec![Event::Bandwidth(KEY, rate)];
    let mut ask = |request| {
        let (answers, events) = test.answer(request);
        match &answers[..] {
            [RasMessage::BandwidthReject(reject)] => {
                (Err((reject.reject_reason.clone(), reject.allowed_band_width)), events)
            }
            [RasMessage::BandwidthConfirm(confirm)] => (Ok(confirm.band_width), events),
            _ => panic!("{answers:?}"),
        }
    };
    assert_eq!(ask(rate_of("E1", 5, 7_680)), (Ok(7_680), told(7_680)));
    assert_eq!(ask(rate_of("E1", 5, 7_680)), (Ok(7_680), vec![]), "as it is");
    assert_eq!(ask(rate_of("E1", 5, 10_000)), (Ok(10_000), told(10_000)));
    assert_eq!(ask(rate_of("E1", 5, 40_960)), (Ok(20_480), told(20_480)), "what was asked for");
    let needed = Err((BandRejectReason::InsufficientResources, 1_280));
    assert_eq!(ask(rate_of("E1", 5, 640)), (needed, vec![]), "no sound would be left");
    assert_eq!(ask(rate_of("E1", 5, 1_280)), (Ok(1_280), told(1_280)));
    let unknown = Err((BandRejectReason::InvalidConferenceId, 0));
    assert_eq!(ask(rate_of("E1", 6, 40_960)), (unknown, vec![]));
    let elsewhere = Err((BandRejectReason::NotBound, 0));
    assert_eq!(ask(rate_of("E2", 5, 40_960)), (elsewhere, vec![]));
}

#[test]
fn an_admission_allows_no_more_than_was_asked_for_and_nothing_said_bounds_nothing() {
    for (said, expected) in [(7_680, 7_680), (99_999, 20_480), (0, 20_480)] {
        let mut test = Test::registered(3_000);
        let (requests, _) = test.command(Command::Admit(admission()));
        let RasMessage::AdmissionConfirm(mut confirm) = admitted(sequence(&requests[0])) else {
            panic!("an ACF")
        };
        confirm.band_width = said;
        let (_, events) = test.answer(RasMessage::AdmissionConfirm(confirm));
        let [Event::Admitted { bandwidth, .. }] = events[..] else { panic!("{events:?}") };
        assert_eq!(bandwidth, expected, "{said}");
    }
    let mut test = Test::registered(3_000);
    test.command(Command::Admit(admission()));
    let (answers, events) = test.answer(rate_of("E1", 5, 7_680));
    assert!(matches!(&answers[..], [RasMessage::BandwidthReject(_)]), "not admitted: {answers:?}");
    assert_eq!(events, []);
}

#[test]
fn calls_are_taken_unasked_where_the_gatekeeper_says_so() {
    let granted = |answer_call, use_gk_call_signal_address_to_answer| {
        Some(RegistrationConfirmPreGrantedArq {
            answer_call,
            use_gk_call_signal_address_to_answer,
            ..Default::default()
        })
    };
    let with = |request: &RasMessage, pre_granted_arq| {
        RasMessage::RegistrationConfirm(Box::new(RegistrationConfirm {
            request_seq_num: sequence(request),
            endpoint_identifier: "E1".into(),
            time_to_live: Some(100),
            pre_granted_arq,
            ..RegistrationConfirm::default()
        }))
    };
    let mut test = Test::new(false);
    let (requests, _) = test.command(Command::Start);
    test.answer(with(&requests[0], granted(true, false)));
    assert!(test.client.answers_unasked(test.now));
    for (renewed, expected) in [
        (None, true),
        (granted(true, true), false),
        (granted(true, false), true),
        (granted(false, false), false),
        (granted(true, false), true),
    ] {
        let (requests, _) = test.wait();
        test.answer(with(&requests[0], renewed));
        assert_eq!(test.client.answers_unasked(test.now), expected);
    }
    test.answer(leave());
    assert!(!test.client.answers_unasked(test.now));
    let (requests, _) = test.wait();
    test.answer(with(&requests[0], None));
    assert!(!test.client.answers_unasked(test.now), "another registration");
}
