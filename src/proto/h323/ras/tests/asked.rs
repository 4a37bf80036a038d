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
fn no_rate_is_promised_that_is_not_kept() {
    let mut test = in_a_call();
    let mut rejected = |request| {
        let (answers, events) = test.answer(request);
        assert_eq!(events, []);
        match &answers[..] {
            [RasMessage::BandwidthReject(reject)] => {
                Some((reject.reject_reason.clone(), reject.allowed_band_width))
            }
            [RasMessage::BandwidthConfirm(_)] => None,
            _ => panic!("{answers:?}"),
        }
    };
    let less = Some((BandRejectReason::InsufficientResources, 20_480));
    assert_eq!(rejected(rate_of("E1", 5, 7_680)), less);
    assert_eq!(rejected(rate_of("E1", 5, 40_960)), None, "more");
    assert_eq!(rejected(rate_of("E1", 5, 20_480)), None, "as it was admitted");
    let unknown = Some((BandRejectReason::InvalidConferenceId, 0));
    assert_eq!(rejected(rate_of("E1", 6, 40_960)), unknown);
    let elsewhere = Some((BandRejectReason::NotBound, 0));
    assert_eq!(rejected(rate_of("E2", 5, 40_960)), elsewhere);
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
