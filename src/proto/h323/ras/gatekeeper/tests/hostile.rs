//! Strangers, and messages that are none.

use super::*;
use causeway_asn1::h225::{
    AdmissionRequest, BandwidthRequest, DisengageRequest, GatekeeperRequest, InfoRequestResponse,
    LocationRequest, RegistrationRequest, ResourcesAvailableIndicate, UnregistrationRequest,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// The smallest message of every kind that needs nothing but a number.
fn smallest() -> Vec<RasMessage> {
    macro_rules! smallest {
        ($($kind:ident),*) => {
            vec![$({
                let mut message = Box::<causeway_asn1::h225::$kind>::default();
                message.request_seq_num = 1;
                RasMessage::$kind(message)
            }),*]
        };
    }
    let all = smallest!(
        GatekeeperRequest,
        GatekeeperConfirm,
        GatekeeperReject,
        RegistrationRequest,
        RegistrationConfirm,
        RegistrationReject,
        UnregistrationRequest,
        UnregistrationConfirm,
        UnregistrationReject,
        AdmissionRequest,
        AdmissionConfirm,
        AdmissionReject,
        BandwidthRequest,
        BandwidthConfirm,
        BandwidthReject,
        DisengageRequest,
        DisengageConfirm,
        DisengageReject,
        LocationRequest,
        LocationConfirm,
        LocationReject,
        InfoRequest,
        InfoRequestResponse,
        NonStandardMessage,
        UnknownMessageResponse,
        RequestInProgress,
        ResourcesAvailableIndicate,
        ResourcesAvailableConfirm,
        InfoRequestAck,
        InfoRequestNak,
        ServiceControlIndication,
        ServiceControlResponse
    );
    all.into_iter().filter(|message| encode(message).is_ok()).collect()
}

/// Messages as endpoints send them, with the identifier of one that is registered or not.
fn requests(identifier: &BmpString) -> Vec<RasMessage> {
    let alias = || address::alias("Room 4");
    let call = || address::transport(([127, 0, 0, 4], 1720).into());
    vec![
        RasMessage::GatekeeperRequest(Box::new(GatekeeperRequest {
            request_seq_num: 1,
            endpoint_alias: Some(vec![alias()]),
            algorithm_oi_ds: Some(vec![security::algorithm()]),
            ..GatekeeperRequest::default()
        })),
        RasMessage::RegistrationRequest(Box::new(RegistrationRequest {
            request_seq_num: 2,
            call_signal_address: vec![call()],
            ras_address: vec![address::transport(STRANGER.into())],
            terminal_alias: Some(vec![alias(), address::alias("8004")]),
            time_to_live: Some(60),
            keep_alive: Some(false),
            ..RegistrationRequest::default()
        })),
        RasMessage::RegistrationRequest(Box::new(RegistrationRequest {
            request_seq_num: 3,
            call_signal_address: vec![call()],
            ..RegistrationRequest::default()
        })),
        RasMessage::RegistrationRequest(Box::new(RegistrationRequest {
            request_seq_num: 4,
            keep_alive: Some(true),
            endpoint_identifier: Some(identifier.clone()),
            ..RegistrationRequest::default()
        })),
        RasMessage::AdmissionRequest(Box::new(AdmissionRequest {
            request_seq_num: 5,
            endpoint_identifier: identifier.clone(),
            destination_info: Some(vec![address::alias("8001")]),
            src_info: vec![alias()],
            band_width: 7_680,
            ..AdmissionRequest::default()
        })),
        RasMessage::BandwidthRequest(Box::new(BandwidthRequest {
            request_seq_num: 6,
            endpoint_identifier: identifier.clone(),
            ..BandwidthRequest::default()
        })),
        RasMessage::DisengageRequest(Box::new(DisengageRequest {
            request_seq_num: 7,
            endpoint_identifier: identifier.clone(),
            ..DisengageRequest::default()
        })),
        RasMessage::LocationRequest(Box::new(LocationRequest {
            request_seq_num: 8,
            destination_info: vec![address::alias("8001")],
            reply_address: address::transport(([192, 0, 2, 1], 9).into()),
            ..LocationRequest::default()
        })),
        RasMessage::InfoRequestResponse(Box::new(InfoRequestResponse {
            request_seq_num: 9,
            endpoint_identifier: identifier.clone(),
            need_response: Some(true),
            ..InfoRequestResponse::default()
        })),
        RasMessage::ResourcesAvailableIndicate(Box::new(ResourcesAvailableIndicate {
            request_seq_num: 10,
            endpoint_identifier: identifier.clone(),
            ..ResourcesAvailableIndicate::default()
        })),
        RasMessage::UnregistrationRequest(Box::new(UnregistrationRequest {
            request_seq_num: 11,
            endpoint_identifier: Some(identifier.clone()),
            ..UnregistrationRequest::default()
        })),
    ]
}

/// The first byte, which has the choice.
fn kind(message: &RasMessage) -> u8 {
    let data = encode(message).expect("allowed");
    // Without the bits of what is there of the first sequence.
    if data[0] & 0x80 == 0 { data[0] & 0xfc } else { data[0] }
}

/// All that a stranger hears of one message, whatever the application says to it.
fn heard_by_stranger(message: &RasMessage, say: impl Fn(QuestionId) -> Vec<Command>) -> usize {
    let mut test = Test::registered();
    let length = test.datagram(STRANGER.into(), message);
    let questions: Vec<QuestionId> = test
        .asked
        .iter()
        .filter_map(|event| match event {
            Event::Registering(id, _) => Some(*id),
            Event::Admission { question, .. } | Event::Location { question, .. } => Some(*question),
            _ => None,
        })
        .collect();
    let before = test.elsewhere.len();
    assert!(before == 0 || questions.is_empty(), "answered and asked: {message:?}");
    for command in questions.into_iter().flat_map(say) {
        test.say(command);
    }
    let heard: usize = test.elsewhere.iter().map(|(_, data)| data.len()).sum();
    assert!(test.elsewhere.iter().all(|(to, _)| *to == STRANGER.into()), "{message:?}");
    assert!(heard <= length, "{length} bytes are answered by {heard}: {message:?}");
    heard
}

/// A gatekeeper that answers strangers with more than they said is used to flood others.
#[test]
fn a_stranger_hears_no_more_than_it_says() {
    let identifier = Test::registered().identifier();
    let answers: [fn(QuestionId) -> Vec<Command>; 3] = [
        |id| vec![Command::Register(id), Command::Admit(id, HERE.into())],
        |id| vec![Command::Refuse(id, EndCause::Forbidden)],
        |_| vec![],
    ];
    let mut answered = BTreeSet::new();
    let messages: Vec<RasMessage> =
        smallest().into_iter().chain(requests(&identifier)).chain(requests(&"1".into())).collect();
    for message in &messages {
        for say in answers {
            if heard_by_stranger(message, say) > 0 {
                let text = format!("{message:?}");
                answered.insert(text.split('(').next().unwrap_or_default().to_owned());
            }
        }
    }
    let kinds: BTreeSet<u8> = messages.iter().map(kind).collect();
    assert!(kinds.len() >= 28, "of the 33 kinds: {kinds:?}");
    let expected = [
        "AdmissionRequest",
        "BandwidthRequest",
        "DisengageRequest",
        "GatekeeperRequest",
        "LocationRequest",
        "RegistrationRequest",
        "UnregistrationRequest",
    ];
    assert_eq!(answered.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

/// What is long is not sent to a stranger, though the same is to who is known.
#[test]
fn the_rule_of_length_is_what_holds_back_an_answer() {
    let mut test = Test::registered();
    let asker = |from: ([u8; 4], u16), length| Asker {
        from: from.into(),
        local: local(),
        sequence: 1,
        length,
        digest: 0,
    };
    let message = || reply::located(GATEKEEPER.into(), 1, HERE.into());
    let length = encode(&message()).expect("allowed").len();
    let now = test.now;
    assert!(!test.gatekeeper.answer(now, &asker(STRANGER, length - 1), message()));
    assert!(test.gatekeeper.answer(now, &asker(STRANGER, length), message()));
    assert!(test.gatekeeper.answer(now, &asker(ENDPOINT, length - 1), message()));
}

#[test]
fn questions_do_not_pile_up() {
    let mut test = Test::new();
    for n in 0..200_u16 {
        let request = RasMessage::RegistrationRequest(Box::new(RegistrationRequest {
            request_seq_num: n + 1,
            call_signal_address: vec![address::transport(STRANGER.into())],
            ..RegistrationRequest::default()
        }));
        test.datagram(([127, 0, 0, 4], 2_000 + n).into(), &request);
    }
    assert_eq!(test.asked.len(), MAX_QUESTIONS_PER_SOURCE);
    test.asked.clear();
    test.client(ras::Command::Start);
    assert!(matches!(&test.asked[..], [Event::Registering(..)]), "others are heard");
}

/// Changed messages, always the same: cut anywhere, each byte another, bits of extensions and of
/// choices set, lengths that lie, one message within another.
fn malformed() -> Vec<Vec<u8>> {
    let test = Test::registered();
    let mut signed = Test::new();
    signed.client = Client::new(room9(signed.now, "secret"));
    signed.client(ras::Command::Start);
    let plain = requests(&test.identifier());
    let mut whole: Vec<Vec<u8>> =
        plain.iter().map(|message| encode(message).expect("allowed")).collect();
    whole.extend(signed.requests);
    let mut all = vec![];
    for (n, data) in whole.iter().enumerate() {
        for cut in 0..data.len() {
            all.push(data[..cut].to_vec());
        }
        for at in 0..data.len() {
            for with in [0x80, 0x7f, 0xff, 0x01] {
                // Not all four everywhere: they are many.
                if at < 16 || (at + n) % 4 == usize::from(with & 3) {
                    let mut changed = data.clone();
                    changed[at] ^= with;
                    all.push(changed);
                }
            }
        }
        for at in (0..data.len()).step_by(7) {
            let other = &whole[(n + 1) % whole.len()];
            all.push([&data[..at], other, &data[at..]].concat());
            all.push([&data[..at], &[0xff; 40], &data[at..]].concat());
        }
    }
    for first in 0..=255_u8 {
        all.push(vec![first; 3]);
        all.push([&[first], &[0xc0; 64][..]].concat());
    }
    all
}

#[test]
fn whatever_came_before_a_room_registers_and_calls() {
    let all = malformed();
    assert!(all.len() >= 1_500, "{}", all.len());
    let mut test = Test::new();
    for (n, data) in all.iter().enumerate() {
        let from = if n % 2 == 0 { STRANGER } else { ENDPOINT };
        let sent = test.elsewhere.len();
        test.bytes(from.into(), data);
        let answers = &test.elsewhere[sent..];
        assert!(answers.iter().all(|(_, answer)| answer.len() <= data.len()), "{data:02x?}");
        for event in std::mem::take(&mut test.asked) {
            if let Event::Registering(id, _) | Event::Admission { question: id, .. } = event {
                test.say(Command::Refuse(id, EndCause::Forbidden));
            }
        }
        test.heard.clear();
        test.client = Client::new(of_client(test.now));
        test.register();
        test.client(admission(false));
        let Some(Event::Admission { question, .. }) = test.asked.pop() else {
            panic!("{data:02x?}")
        };
        test.say(Command::Admit(question, HERE.into()));
        assert!(matches!(&test.heard[..], [ras::Event::Admitted { .. }]), "{data:02x?}");
        test.client(ras::Command::Stop);
        assert_eq!(test.gatekeeper.registrant(ENDPOINT.into()), None);
        // Nothing of it is a repetition of what came before.
        test.now += Duration::from_secs(1);
        test.asked.clear();
        test.heard.clear();
        test.elsewhere.clear();
    }
}

proptest! {
    #[test]
    fn any_datagrams(datagrams in prop::collection::vec((0u8..30, prop::collection::vec(any::<u8>(), 0..80), any::<bool>()), 0..20)) {
        let mut test = Test::registered();
        for (first, rest, known) in datagrams {
            let data = [&[first << 2], &rest[..]].concat();
            let from = if known { ENDPOINT } else { STRANGER }.into();
            let sent = test.elsewhere.len();
            test.bytes(from, &data);
            prop_assert!(test.elsewhere.len() <= sent + 1);
            prop_assert!(test.elsewhere[sent..].iter().all(|(_, answer)| answer.len() <= data.len()));
        }
    }
}
