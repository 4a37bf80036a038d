//! Where packets of media go (H.460.19).

use crate::h323::media::address;
use crate::offer_answer::LocalMedia;
use causeway_asn1::h245::{
    CapabilityIdentifier, GenericInformation, GenericMessage, GenericParameter,
    ParameterIdentifier, ParameterValue,
};
use causeway_asn1::h460::TraversalParameters;
use causeway_asn1::{ObjectIdentifier, encode};

/// `{itu-t(0) recommendation(0) h(8) 460 19 0 1}`.
const MESSAGE: [u32; 7] = [0, 0, 8, 460, 19, 0, 1];

/// The only parameter of it.
const PARAMETERS: u8 = 1;

/// How often a room that sends nothing keeps its way open, in seconds: as its registration does.
const INTERVAL: u32 = 19;

/// What a channel says on which we send: the room is to send something there before, and again and
/// again, so that what we send reaches it. `at`: where we take its packets of this session.
pub fn parameters(at: LocalMedia) -> Option<Vec<GenericInformation>> {
    let parameters = TraversalParameters {
        keep_alive_channel: Some(address::transport(at.advertised, at.rtp_port)),
        keep_alive_interval: Some(INTERVAL),
        ..TraversalParameters::default()
    };
    let parameter = GenericParameter {
        parameter_identifier: ParameterIdentifier::Standard(PARAMETERS),
        parameter_value: ParameterValue::OctetString(encode(&parameters).ok()?),
        supersedes: None,
    };
    Some(vec![GenericMessage {
        message_identifier: CapabilityIdentifier::Standard(ObjectIdentifier::new(&MESSAGE)),
        sub_message_identifier: None,
        message_content: Some(vec![parameter]),
    }])
}
