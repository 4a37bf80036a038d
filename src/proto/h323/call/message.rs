//! Messages of call signalling: Q.931 with what H.225.0 puts into it.

use super::words::{Answering, Config, MAX_DIGITS, MAX_FAST_START, Offer, Placing};
use crate::h323::address::{self, MAX_ALIASES};
use causeway_asn1::h225::{
    AlertingUuie, AliasAddress, CallIdentifier, CallProceedingUuie, CallType, ConnectUuie,
    FacilityReason, FacilityUuie, H323UserInformation, H323UuPdu, H323UuPduH323MessageBody as Body,
    InformationUuie, ReleaseCompleteUuie, SetupAcknowledgeUuie, SetupUuie, SetupUuieConferenceGoal,
    StatusUuie,
};
use causeway_asn1::h245::OpenLogicalChannel;
use causeway_asn1::{ObjectIdentifier, decode, encode};
use causeway_base::EndCause;
use causeway_wire::q931::element::BEARER_UNRESTRICTED;
use causeway_wire::q931::{
    CallReference, Cause, ElementId, MessageKind, Number, NumberKind, Q931View, Q931Writer,
};
use std::net::SocketAddr;

/// H.225.0 version 7.
const PROTOCOL: [u32; 6] = [0, 0, 8, 2250, 0, 7];

/// Bytes of a display element that are sent.
const MAX_DISPLAY: usize = 82;

/// What the messages of one call have in common.
#[derive(Clone, Debug, Default)]
pub(super) struct Header {
    pub(super) call_identifier: Option<[u8; 16]>,
    /// `None` where tunnelling is not spoken of.
    pub(super) tunnelling: Option<bool>,
}

/// A message being made.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) kind: MessageKind,
    pub(super) body: Body,
    pub(super) elements: Vec<(ElementId, Vec<u8>)>,
}

impl Draft {
    fn new(kind: MessageKind, body: Body) -> Self {
        Self { kind, body, elements: vec![] }
    }

    fn with(mut self, id: ElementId, data: &[u8]) -> Self {
        self.elements.push((id, data.to_vec()));
        self
    }

    /// The whole message, with H.245 and services within it. `None` where something in it is not
    /// allowed or too long.
    pub(super) fn bytes(
        self,
        call_reference: CallReference,
        header: &Header,
        control: Vec<Vec<u8>>,
        services: Vec<Vec<u8>>,
    ) -> Option<Vec<u8>> {
        let some = |list: Vec<Vec<u8>>| (!list.is_empty()).then_some(list);
        let message = H323UserInformation {
            h323_uu_pdu: H323UuPdu {
                h323_message_body: self.body,
                h245_tunnelling: header.tunnelling,
                h245_control: some(control),
                h4501_supplementary_service: some(services),
                ..H323UuPdu::default()
            },
            user_data: None,
        };
        let asn1 = encode(&message).ok()?;
        let mut writer = Q931Writer::new(call_reference, self.kind);
        for (id, data) in &self.elements {
            writer = writer.element(*id, data);
        }
        writer.user_user(&asn1).finish()
    }
}

fn protocol() -> ObjectIdentifier {
    ObjectIdentifier::new(&PROTOCOL)
}

fn guid(header: &Header) -> CallIdentifier {
    CallIdentifier { guid: header.call_identifier.unwrap_or_default() }
}

fn identifier(header: &Header) -> Option<CallIdentifier> {
    header.call_identifier.map(|guid| CallIdentifier { guid })
}

fn written(channels: &[OpenLogicalChannel]) -> Option<Vec<Vec<u8>>> {
    let channels = channels.iter().take(MAX_FAST_START);
    let written: Vec<Vec<u8>> = channels.filter_map(|channel| encode(channel).ok()).collect();
    (!written.is_empty()).then_some(written)
}

/// The channels of a fast start. Those that cannot be read are left out: they are proposals.
pub(super) fn channels(fast_start: Option<&Vec<Vec<u8>>>) -> Vec<OpenLogicalChannel> {
    let proposals = fast_start.into_iter().flatten().take(MAX_FAST_START);
    proposals.filter_map(|bytes| decode(bytes).ok()).collect()
}

pub(super) fn setup(config: &Config, placing: &Placing) -> Draft {
    let some = |aliases: &[AliasAddress]| (!aliases.is_empty()).then(|| aliases.to_vec());
    let body = SetupUuie {
        protocol_identifier: protocol(),
        source_address: some(&placing.from),
        source_info: config.endpoint.clone(),
        destination_address: some(&placing.to),
        dest_call_signal_address: placing.destination.map(address::transport),
        active_mc: false,
        conference_id: placing.conference,
        conference_goal: SetupUuieConferenceGoal::Create,
        call_type: CallType::PointToPoint,
        source_call_signal_address: placing.source.map(address::transport),
        call_identifier: Some(CallIdentifier { guid: placing.call_identifier }),
        fast_start: written(&placing.fast_start),
        media_wait_for_connect: Some(false),
        can_overlap_send: Some(placing.overlap),
        multiple_calls: Some(false),
        maintain_connection: Some(false),
        ..SetupUuie::default()
    };
    let mut display = placing.display.clone();
    while display.len() > MAX_DISPLAY {
        display.pop();
    }
    let mut draft = Draft::new(MessageKind::Setup, Body::Setup(Box::new(body)))
        .with(ElementId::BEARER_CAPABILITY, &BEARER_UNRESTRICTED);
    if !display.is_empty() {
        draft = draft.with(ElementId::DISPLAY, display.as_bytes());
    }
    match digits(&placing.to) {
        Some(digits) => draft.with(ElementId::CALLED_PARTY_NUMBER, &number(&digits)),
        None => draft,
    }
}

fn digits(aliases: &[AliasAddress]) -> Option<String> {
    aliases.iter().find_map(|alias| match alias {
        AliasAddress::DialledDigits(digits) => Some(digits.clone()),
        _ => None,
    })
}

fn number(digits: &str) -> Vec<u8> {
    let digits = digits.as_bytes();
    Number { kind: NumberKind { kind: 0, plan: 1 }, presentation: 0, screening: 0, digits }
        .called_bytes()
}

pub(super) fn setup_acknowledge(header: &Header) -> Draft {
    let body = SetupAcknowledgeUuie {
        protocol_identifier: protocol(),
        call_identifier: guid(header),
        ..SetupAcknowledgeUuie::default()
    };
    Draft::new(MessageKind::SetupAcknowledge, Body::SetupAcknowledge(Box::new(body)))
}

pub(super) fn information(header: &Header, digits: &str) -> Draft {
    let body = InformationUuie {
        protocol_identifier: protocol(),
        call_identifier: identifier(header),
        ..InformationUuie::default()
    };
    Draft::new(MessageKind::Information, Body::Information(Box::new(body)))
        .with(ElementId::CALLED_PARTY_NUMBER, &number(digits))
}

pub(super) fn proceeding(config: &Config, header: &Header) -> Draft {
    let body = CallProceedingUuie {
        protocol_identifier: protocol(),
        destination_info: config.endpoint.clone(),
        call_identifier: identifier(header),
        multiple_calls: Some(false),
        maintain_connection: Some(false),
        ..CallProceedingUuie::default()
    };
    Draft::new(MessageKind::CallProceeding, Body::CallProceeding(Box::new(body)))
}

pub(super) fn alerting(config: &Config, header: &Header) -> Draft {
    let body = AlertingUuie {
        protocol_identifier: protocol(),
        destination_info: config.endpoint.clone(),
        call_identifier: identifier(header),
        multiple_calls: Some(false),
        maintain_connection: Some(false),
        ..AlertingUuie::default()
    };
    Draft::new(MessageKind::Alerting, Body::Alerting(Box::new(body)))
}

/// `refused`: fast start was proposed, and none of it is taken.
pub(super) fn connect(
    config: &Config,
    header: &Header,
    conference: [u8; 16],
    answering: &Answering,
    refused: bool,
) -> Draft {
    let body = ConnectUuie {
        protocol_identifier: protocol(),
        h245_address: answering.control.map(address::transport),
        destination_info: config.endpoint.clone(),
        conference_id: conference,
        call_identifier: identifier(header),
        fast_start: written(&answering.fast_start),
        fast_connect_refused: refused.then_some(()),
        multiple_calls: Some(false),
        maintain_connection: Some(false),
        ..ConnectUuie::default()
    };
    Draft::new(MessageKind::Connect, Body::Connect(Box::new(body)))
        .with(ElementId::BEARER_CAPABILITY, &BEARER_UNRESTRICTED)
}

/// Carries H.245 or services, and says nothing itself.
pub(super) fn carrier() -> Draft {
    Draft::new(MessageKind::Facility, Body::Empty)
}

/// Asks the other side to connect to `control`.
pub(super) fn start_control(header: &Header, control: SocketAddr) -> Draft {
    let body = FacilityUuie {
        protocol_identifier: protocol(),
        reason: FacilityReason::StartH245,
        call_identifier: identifier(header),
        h245_address: Some(address::transport(control)),
        ..FacilityUuie::default()
    };
    Draft::new(MessageKind::Facility, Body::Facility(Box::new(body)))
}

pub(super) fn status(header: &Header, state: u8) -> Draft {
    /// "Response to status inquiry".
    const ANSWER: u8 = 30;
    let body = StatusUuie {
        protocol_identifier: protocol(),
        call_identifier: guid(header),
        ..StatusUuie::default()
    };
    let cause = Cause { location: 0, value: ANSWER };
    Draft::new(MessageKind::Status, Body::Status(Box::new(body)))
        .with(ElementId::CAUSE, &cause.bytes())
        .with(ElementId::CALL_STATE, &[state])
}

pub(super) fn release(header: &Header, cause: EndCause) -> Draft {
    let body = ReleaseCompleteUuie {
        protocol_identifier: protocol(),
        reason: Some(super::reason::reason(cause)),
        call_identifier: identifier(header),
        ..ReleaseCompleteUuie::default()
    };
    let q850 = Cause { location: 0, value: cause.q850() };
    Draft::new(MessageKind::ReleaseComplete, Body::ReleaseComplete(Box::new(body)))
        .with(ElementId::CAUSE, &q850.bytes())
}

/// What a Setup offers. `tunnelling`: whether we may tunnel.
pub(super) fn offer(view: &Q931View<'_>, pdu: &H323UuPdu, tunnelling: bool) -> Option<Offer> {
    let Body::Setup(setup) = &pdu.h323_message_body else { return None };
    let aliases = |list: &Option<Vec<AliasAddress>>| -> Vec<AliasAddress> {
        list.iter().flatten().take(MAX_ALIASES).cloned().collect()
    };
    let display = view.find(ElementId::DISPLAY).map(|data| {
        let text = String::from_utf8_lossy(causeway_wire::q931::element::display(data));
        text.trim_matches(['\0', ' ']).to_owned()
    });
    Some(Offer {
        call_identifier: setup.call_identifier.as_ref().map(|identifier| identifier.guid),
        conference: setup.conference_id,
        from: aliases(&setup.source_address),
        calling_number: digits_of(view, ElementId::CALLING_PARTY_NUMBER),
        display: display.filter(|text| !text.is_empty()),
        to: aliases(&setup.destination_address),
        called_number: digits_of(view, ElementId::CALLED_PARTY_NUMBER),
        endpoint: setup.source_info.clone(),
        fast_start: channels(setup.fast_start.as_ref()),
        tunnelled: tunnelling && pdu.h245_tunnelling == Some(true),
        overlap: setup.can_overlap_send == Some(true)
            && view.find(ElementId::SENDING_COMPLETE).is_none(),
    })
}

/// The digits of a number element, at most [`MAX_DIGITS`].
pub(super) fn digits_of(view: &Q931View<'_>, id: ElementId) -> Option<String> {
    let number = view.find(id).and_then(Number::parse)?;
    let digits = String::from_utf8_lossy(number.digits);
    let digits: String = digits.chars().take(MAX_DIGITS).collect();
    (!digits.is_empty()).then_some(digits)
}
