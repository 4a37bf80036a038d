//! By RAS: somebody calls you, connect to this address (`IncomingCallIndication` of H.460.18).

use crate::h323::address;
use causeway_asn1::h225::{
    CallIdentifier, Content, EnumeratedParameter, GenericData, GenericIdentifier, RasMessage,
    ServiceControlIndication, ServiceControlSession, ServiceControlSessionReason,
};
use causeway_asn1::h460::IncomingCallIndication;
use causeway_asn1::{decode, encode};
use std::net::SocketAddr;

/// The recommendation in generic data.
const RECOMMENDATION: u32 = 18;

/// Its parameter.
const INDICATION: u32 = 1;

/// Pieces of generic data of one message that are looked at, and parameters of one of them.
const MAX_READ: usize = 16;

/// The call that a gatekeeper tells of, and where it takes a connection for it.
pub fn called(message: &ServiceControlIndication) -> Option<([u8; 16], SocketAddr)> {
    let data = message.generic_data.iter().flatten().take(MAX_READ);
    let ours = data.filter(|data| data.id == GenericIdentifier::Standard(RECOMMENDATION));
    let parameters = ours.flat_map(|data| data.parameters.iter().flatten().take(MAX_READ));
    let indication = GenericIdentifier::Standard(INDICATION);
    let raw = parameters.filter(|parameter| parameter.id == indication).find_map(|parameter| {
        match &parameter.content {
            Some(Content::Raw(raw)) => Some(raw),
            _ => None,
        }
    });
    let indication: IncomingCallIndication = decode(raw?).ok()?;
    let at = address::socket(&indication.call_signalling_address)?;
    Some((indication.call_id.guid, at))
}

/// Has a room connect to `here`, where we take call signalling, for the call of this identifier.
pub fn incoming_call(sequence: u16, call: [u8; 16], here: SocketAddr) -> Option<RasMessage> {
    let indication = IncomingCallIndication {
        call_signalling_address: address::transport(here),
        call_id: CallIdentifier { guid: call },
    };
    let parameter = EnumeratedParameter {
        id: GenericIdentifier::Standard(INDICATION),
        content: Some(Content::Raw(encode(&indication).ok()?)),
    };
    let data = GenericData {
        id: GenericIdentifier::Standard(RECOMMENDATION),
        parameters: Some(vec![parameter]),
    };
    // A list without any would be empty, which some do not read.
    let session = ServiceControlSession {
        session_id: 0,
        reason: ServiceControlSessionReason::Open,
        ..ServiceControlSession::default()
    };
    Some(RasMessage::ServiceControlIndication(Box::new(ServiceControlIndication {
        request_seq_num: sequence,
        service_control: vec![session],
        generic_data: Some(vec![data]),
        ..ServiceControlIndication::default()
    })))
}
