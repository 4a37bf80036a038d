//! What a connection is made for, as its first packet says.

use causeway_asn1::h225::{
    CallIdentifier, FacilityReason, FacilityUuie, H323UserInformation, H323UuPdu,
    H323UuPduH323MessageBody as Body,
};
use causeway_asn1::h245::{
    CapabilityIdentifier, GenericMessage, GenericParameter, IndicationMessage,
    MultimediaSystemControlMessage as Message, ParameterIdentifier, ParameterValue,
};
use causeway_asn1::{ObjectIdentifier, decode, encode};
use causeway_wire::q931::{CallReference, MessageKind, Q931View, Q931Writer};

/// `{itu-t(0) recommendation(0) h(8) 460 18 0 1}`.
const MESSAGE: [u32; 7] = [0, 0, 8, 460, 18, 0, 1];

/// Of it: a connection for H.245 is made, for the call of this identifier, and by who was called.
const CONNECTED: u8 = 1;
const CALL: u8 = 1;
const ANSWER: u8 = 2;

/// H.225.0 version 7.
const PROTOCOL: [u32; 6] = [0, 0, 8, 2250, 0, 7];

/// The call that a room was told of for which it makes a connection: its first packet, a Facility
/// message, names it (H.460.18). `None` where the packet is anything else.
pub fn opening(packet: &[u8]) -> Option<[u8; 16]> {
    let view = Q931View::parse(packet).ok()?;
    if view.kind != MessageKind::Facility {
        return None;
    }
    let message = decode::<H323UserInformation>(view.user_user()?).ok()?;
    match message.h323_uu_pdu.h323_message_body {
        Body::Facility(facility) => facility.call_identifier.map(|identifier| identifier.guid),
        _ => None,
    }
}

/// The first packet of a connection that we make for the call of this identifier.
pub fn open(call: [u8; 16]) -> Option<Vec<u8>> {
    let facility = FacilityUuie {
        protocol_identifier: ObjectIdentifier::new(&PROTOCOL),
        reason: FacilityReason::UndefinedReason,
        call_identifier: Some(CallIdentifier { guid: call }),
        ..FacilityUuie::default()
    };
    let message = H323UserInformation {
        h323_uu_pdu: H323UuPdu {
            h323_message_body: Body::Facility(Box::new(facility)),
            ..H323UuPdu::default()
        },
        user_data: None,
    };
    // It is of no call of this connection yet.
    let none = CallReference { value: 0, from_destination: false };
    Q931Writer::new(none, MessageKind::Facility).user_user(&encode(&message).ok()?).finish()
}

/// The first message of a connection for H.245 that we make; `called`: as who was called.
pub fn control_opening(call: [u8; 16], called: bool) -> Option<Vec<u8>> {
    let parameter = |number, parameter_value| GenericParameter {
        parameter_identifier: ParameterIdentifier::Standard(number),
        parameter_value,
        supersedes: None,
    };
    let answer = called.then(|| parameter(ANSWER, ParameterValue::Logical));
    let call = parameter(CALL, ParameterValue::OctetString(call.to_vec()));
    let message = GenericMessage {
        message_identifier: CapabilityIdentifier::Standard(ObjectIdentifier::new(&MESSAGE)),
        sub_message_identifier: Some(CONNECTED),
        message_content: Some(std::iter::once(call).chain(answer).collect()),
    };
    encode(&Message::Indication(Box::new(IndicationMessage::GenericIndication(Box::new(message)))))
        .ok()
}
