use super::*;
use crate::codec::{AnyWhole, AtLeast, Bits, Characters, Digits, Ia5, List, Null, Octets, Whole};
use crate::h225::{
    AliasAddress, Ansi41Uim, Ansi41UimSystemId, EndpointIdentifier, GatekeeperRequest, GsmUim,
    H323UserInformation, RasMessage, TransportAddress,
};
use crate::h245::{
    MasterSlaveDetermination, MultimediaSystemControlMessage, RequestMessage, RoundTripDelayRequest,
};
use proptest::prelude::*;

/// What `C` makes of `value`, and that it reads the same.
fn written<T: PartialEq + std::fmt::Debug, C: Codec<T>>(value: T) -> Vec<u8> {
    let mut writer = Writer::default();
    C::write(&value, &mut writer).expect("allowed");
    let bytes = writer.finish().expect("short");
    assert_eq!(read::<T, C>(&bytes), Ok(value));
    bytes
}

fn read<T, C: Codec<T>>(bytes: &[u8]) -> Result<T, What> {
    C::read(&mut Reader::new(bytes).expect("short"))
}

#[test]
fn whole_numbers_by_their_range() {
    assert_eq!(written::<u8, Whole<1, 4>>(3), [0b1000_0000]);
    assert_eq!(written::<u8, Whole<0, 254>>(7), [7]);
    assert_eq!(written::<u8, Whole<0, 255>>(7), [7]);
    assert_eq!(written::<u16, Whole<1, 65_535>>(0x1235), [0x12, 0x34]);
    assert_eq!(written::<u32, Whole<0, 16_777_215>>(5), [0, 5]);
    assert_eq!(written::<u32, Whole<0, 4_294_967_295>>(0x1_0000), [0x80, 1, 0, 0]);
    assert_eq!(written::<i32, Whole<-262_144, 262_143>>(-262_144), [0, 0]);
    assert_eq!(written::<i64, AnyWhole>(-1), [1, 0xff]);
    assert_eq!(written::<i64, AnyWhole>(128), [2, 0, 0x80]);
    assert_eq!(written::<i64, AnyWhole>(i64::MIN)[..2], [8, 0x80]);
    assert_eq!(written::<u64, AtLeast<1>>(257), [2, 1, 0]);
    assert_eq!(read::<i64, AnyWhole>(&[9; 10]), Err(What::Range));
    assert_eq!(read::<u8, Whole<1, 3>>(&[0b1100_0000]), Err(What::Range));
}

#[test]
fn strings_by_their_sizes_and_characters() {
    assert_eq!(written::<Vec<u8>, Octets>(vec![9; 128])[..3], [0x80, 128, 9]);
    assert_eq!(written::<Vec<u8>, Octets<1, 4>>(vec![9]), [0, 9]);
    let text = String::from;
    assert_eq!(written::<String, Characters<Digits, 1, 128>>(text("12#")), [2 << 1, 0x45, 0x00]);
    assert_eq!(written::<String, Characters<Ia5>>(text("é")), [1, 0xe9]);
    let bits = BitString::new(vec![0xff, 0xff], 9);
    assert_eq!(bits.bytes(), [0xff, 0x80]);
    assert_eq!(written::<BitString, Bits<0, 511>>(bits), [0, 9, 0xff, 0x80]);
    let mut writer = Writer::default();
    let letter = Characters::<Digits, 1, 128>::write(&text("a"), &mut writer);
    assert_eq!(letter, Err(What::Character));
    assert_eq!(read::<Vec<u8>, Octets>(&[0xc1]), Err(What::Fragmented));
    assert_eq!(read::<Vec<u8>, Octets>(&[5, 1]), Err(What::Truncated));
}

/// As pycrate writes them.
#[test]
fn digits_of_mobile_networks_have_the_sizes_of_their_components() {
    let text = |text: &str| Some(String::from(text));
    let uim = GsmUim {
        imsi: text("262011234567890"),
        imei: text("356938035643809"),
        hplmn: text("2620"),
        ..GsmUim::default()
    };
    let bytes = encode(&uim).expect("allowed");
    assert_eq!(hex::encode(&bytes), "4d80484233456789ab20578b5a257865a2bc4842");
    assert_eq!(decode(&bytes), Ok(uim));
    let uim = Ansi41Uim {
        esn: text("0123456789#*abc0"),
        system_id: Ansi41UimSystemId::Sid("12".into()),
        ..Ansi41Uim::default()
    };
    let bytes = encode(&uim).expect("allowed");
    assert_eq!(hex::encode(&bytes), "040023456789ab01cde21034");
    assert_eq!(decode(&bytes), Ok(uim));
    let long = GsmUim { hplmn: text("26201"), ..GsmUim::default() };
    assert!(encode(&long).is_err(), "of four digits at most");
}

#[test]
fn object_identifiers_are_what_their_numbers_say() {
    let arcs = [2, 16, 840, 1, 101, 3, 4, 1, 2];
    let id = ObjectIdentifier::new(&arcs);
    assert_eq!(id.to_string(), "2.16.840.1.101.3.4.1.2");
    assert_eq!(
        encode(&id).unwrap(),
        [9 - 1 + 1, 0x60, 0x86, 0x48, 1, 101, 3, 4, 1, 2][..].to_vec()
    );
    assert!(id.is(&arcs) && !id.is(&arcs[1..]));
    assert_eq!(ObjectIdentifier::new(&[0, 0, 8, 245, 0, 16]).to_string(), "0.0.8.245.0.16");
    assert_eq!(ObjectIdentifier::default().to_string(), "");
}

fn alias(text: &str) -> AliasAddress {
    AliasAddress::H323Id(text.into())
}

#[test]
fn a_message_as_a_room_sends_it() {
    let message = MultimediaSystemControlMessage::Request(Box::new(
        RequestMessage::MasterSlaveDetermination(MasterSlaveDetermination {
            terminal_type: 50,
            status_determination_number: 0x01_0203,
        }),
    ));
    let bytes = encode(&message).unwrap();
    assert_eq!(bytes, [0x01, 0x00, 50, 0x80, 1, 2, 3]);
    assert_eq!(decode(&bytes), Ok(message));
}

#[test]
fn what_a_later_edition_has_is_kept_or_passed_over() {
    // The 60th addition to the requests, and then one that has the long form of its number.
    for place in [59, 64, 300] {
        let unrecognised = Unrecognised { place, data: vec![1, 2, 3] };
        let request = RequestMessage::Unrecognised(unrecognised);
        let message = MultimediaSystemControlMessage::Request(Box::new(request));
        assert_eq!(decode(&encode(&message).unwrap()), Ok(message));
    }
    // A sequence with an addition: extension bit, one addition, three bytes of it, then the next
    // value of the list around it.
    let with_addition = [0x80, 7, 0x01, 0x80, 3, 0xaa, 0xbb, 0xcc];
    let read = decode::<RoundTripDelayRequest>(&with_addition);
    assert_eq!(read, Ok(RoundTripDelayRequest { sequence_number: 7 }));
}

#[test]
fn an_error_says_where_and_in_which_kind_of_message() {
    let message = MultimediaSystemControlMessage::Request(Box::new(
        RequestMessage::MasterSlaveDetermination(MasterSlaveDetermination::default()),
    ));
    let bytes = encode(&message).unwrap();
    let error = decode::<MultimediaSystemControlMessage>(&bytes[..2]).unwrap_err();
    assert_eq!(error.what, What::Truncated);
    assert_eq!(error.path, ["Request", "MasterSlaveDetermination"]);
    assert_eq!(error.offset, 2);
    let shown =
        "the message ends in the middle of a value at byte 2, Request, MasterSlaveDetermination";
    assert_eq!(error.to_string(), shown);
    let request = GatekeeperRequest { request_seq_num: 1, ..GatekeeperRequest::default() };
    let ras = RasMessage::GatekeeperRequest(Box::new(request));
    let mut bytes = encode(&ras).unwrap();
    bytes.truncate(6);
    assert_eq!(decode::<RasMessage>(&bytes).unwrap_err().path[0], "GatekeeperRequest");
}

#[test]
fn a_value_that_its_type_does_not_allow_is_not_written() {
    let request = GatekeeperRequest {
        request_seq_num: 1,
        endpoint_alias: Some(vec![alias("")]),
        ras_address: TransportAddress::default(),
        ..GatekeeperRequest::default()
    };
    let error = encode(&RasMessage::GatekeeperRequest(Box::new(request))).unwrap_err();
    assert_eq!(error.what, What::Length);
    assert_eq!(error.path[0], "GatekeeperRequest");
}

#[test]
fn nothing_long_deep_or_many_is_read() {
    let long = vec![0; MAX_PDU + 1];
    assert_eq!(decode::<RasMessage>(&long).unwrap_err().what, What::TooLong);
    // Values that take no bits: 16,383 of them are announced in two bytes.
    let many = read::<Vec<()>, List<Null>>(&[0xbf, 0xff]);
    assert_eq!(many, Err(What::TooManyValues));
    // Parameters within parameters without end.
    let mut nested = h245::GenericParameter::default();
    for _ in 0..MAX_DEPTH {
        nested = h245::GenericParameter {
            parameter_value: h245::ParameterValue::GenericParameter(vec![nested]),
            ..h245::GenericParameter::default()
        };
    }
    let bytes = encode(&nested).unwrap();
    assert_eq!(decode::<h245::GenericParameter>(&bytes).unwrap_err().what, What::TooDeep);
}

/// The longest message of nothing but small values, where each list that is open goes on.
#[test]
fn the_worst_message_takes_no_time() {
    for fill in 0..=u8::MAX {
        let bytes = vec![fill; MAX_PDU];
        let _ = decode::<RasMessage>(&bytes);
        let _ = decode::<H323UserInformation>(&bytes);
        let _ = decode::<MultimediaSystemControlMessage>(&bytes);
    }
}

/// Each message is of whole bytes, also where its last bits are not.
#[test]
fn messages_stand_one_after_the_other() {
    let ask = |sequence_number| {
        let request =
            RequestMessage::RoundTripDelayRequest(RoundTripDelayRequest { sequence_number });
        MultimediaSystemControlMessage::Request(Box::new(request))
    };
    let [first, second] = [1, 2].map(|number| encode(&ask(number)).unwrap());
    let both = [&first[..], &second].concat();
    assert_eq!(decode_first(&both), Ok((ask(1), &second[..])));
    assert_eq!(decode_first(&second), Ok((ask(2), &[][..])));
    assert!(decode_first::<MultimediaSystemControlMessage>(&first[..1]).is_err());
}

#[test]
fn services_are_refused_one_by_one() {
    use h450::{H4501SupplementaryService, InterpretationApdu, Invoke, Problem, Ros, ServiceApdus};
    let invoke = |invoke_id| Ros::Invoke(Invoke { invoke_id, ..Invoke::default() });
    let mut service = H4501SupplementaryService {
        service_apdu: ServiceApdus::RosApdus(vec![invoke(7), invoke(8)]),
        ..H4501SupplementaryService::default()
    };
    let refused = h450::refuse(&service).expect("an answer");
    let ServiceApdus::RosApdus(answers) = &refused.service_apdu else { panic!("no operations") };
    let ids: Vec<i64> = answers
        .iter()
        .map(|answer| match answer {
            Ros::Reject(reject) => {
                assert_eq!(reject.problem, Problem::Invoke(h450::UNRECOGNIZED_OPERATION));
                reject.invoke_id
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids, [7, 8]);
    assert_eq!(decode(&encode(&refused).unwrap()), Ok(refused.clone()));
    assert_eq!(h450::refuse(&refused), None, "a refusal is not refused");
    service.interpretation_apdu = Some(InterpretationApdu::DiscardAnyUnrecognizedInvokePdu);
    assert_eq!(h450::refuse(&service), None);
}

/// As others read it: an octet of length before each number but that of an invocation.
#[test]
fn the_number_of_a_refused_service_has_no_bounds() {
    use h450::{H4501SupplementaryService, Invoke, Problem, Reject, Ros, ServiceApdus};
    let bytes = |operation| {
        let service = H4501SupplementaryService {
            service_apdu: ServiceApdus::RosApdus(vec![operation]),
            ..H4501SupplementaryService::default()
        };
        encode(&service).unwrap()
    };
    let invoke = bytes(Ros::Invoke(Invoke { invoke_id: 700, ..Invoke::default() }));
    assert!(invoke.windows(2).any(|pair| pair == 700_u16.to_be_bytes()), "{invoke:02x?}");
    let reject = Reject { invoke_id: 7, problem: Problem::Invoke(1) };
    let reject = bytes(Ros::Reject(reject));
    assert!(reject.ends_with(&[1, 7, 0x40, 1, 1]), "{reject:02x?}");
}

proptest! {
    #[test]
    fn any_bytes(data in prop::collection::vec(any::<u8>(), 0..300)) {
        fuzz::ras(&data);
        fuzz::signalling(&data);
        fuzz::control(&data);
        fuzz::carried(&data);
    }

    #[test]
    fn numbers_come_back(small in 1u16..=1130, wide: u32, any: i64, least in 1u64..) {
        written::<u16, Whole<1, 1130>>(small);
        written::<u32, Whole<0, 4_294_967_295>>(wide);
        written::<i64, AnyWhole>(any);
        written::<u64, AtLeast<1>>(least);
    }

    #[test]
    fn identifiers_of_gatekeepers_come_back_to_the_bit(units in prop::collection::vec(any::<u16>(), 1..=128)) {
        let identifier: EndpointIdentifier = BmpString(units);
        written::<BmpString, codec::Bmp<1, 128>>(identifier);
    }

    #[test]
    fn object_identifiers_come_back(arcs in prop::collection::vec(any::<u32>(), 1..20), first in 0u32..=2, second in 0u32..40) {
        let arcs: Vec<u32> = [first, second].into_iter().chain(arcs).collect();
        let id = ObjectIdentifier::new(&arcs);
        prop_assert!(id.is(&arcs));
        prop_assert_eq!(decode(&encode(&id).unwrap()), Ok(id));
    }
}
