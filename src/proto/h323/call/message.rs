//! Messages of call signalling that we send: Q.931 with what H.225.0 puts into it.

use super::words::{Config, MAX_FAST_START, Placing, Redirection};
use crate::h323::address::{self, MAX_ALIASES};
use crate::h323::traversal;
use causeway_asn1::h225::{
    AlertingUuie, AliasAddress, CallIdentifier, CallProceedingUuie, CallType, ConnectUuie,
    FacilityReason, FacilityUuie, FeatureSet, H323UserInformation, H323UuPdu,
    H323UuPduH323MessageBody as Body, InformationUuie, NotifyUuie, ProgressUuie,
    ReleaseCompleteUuie, SetupAcknowledgeUuie, SetupUuie, SetupUuieConferenceGoal, StatusUuie,
};
use causeway_asn1::h235::ClearToken;
use causeway_asn1::h245::OpenLogicalChannel;
use causeway_asn1::{ObjectIdentifier, encode};
use causeway_base::EndCause;
use causeway_wire::q931::element::BEARER_UNRESTRICTED;
use causeway_wire::q931::element::MAX_DISPLAY;
use causeway_wire::q931::{
    CallReference, Cause, ElementId, MessageKind, Number, NumberKind, Q931Writer,
};
use std::net::SocketAddr;

/// H.225.0 version 7.
const PROTOCOL: [u32; 6] = [0, 0, 8, 2250, 0, 7];

/// What the messages of one call have in common.
#[derive(Clone, Debug, Default)]
pub(super) struct Header {
    pub(super) call_identifier: Option<[u8; 16]>,
    /// `None` where tunnelling is not spoken of.
    pub(super) tunnelling: Option<bool>,
    /// Shown to people at the other side.
    pub(super) display: String,
    /// What Setup or Connect carries for security.
    pub(super) tokens: Vec<ClearToken>,
    /// The other side is behind a firewall.
    pub(super) inside: bool,
}

impl Header {
    /// What people at the other side are shown, as long as an element may be.
    pub(super) fn name(&mut self, name: &str) {
        name.clone_into(&mut self.display);
        while self.display.len() > MAX_DISPLAY {
            self.display.pop();
        }
    }
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

    fn named(self, header: &Header) -> Self {
        if header.display.is_empty() {
            return self;
        }
        self.with(ElementId::DISPLAY, header.display.as_bytes())
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

fn tokens(header: &Header) -> Option<Vec<ClearToken>> {
    (!header.tokens.is_empty()).then(|| header.tokens.clone())
}

/// What an answer says to who is behind a firewall.
fn features(header: &Header) -> Option<FeatureSet> {
    header.inside.then(traversal::answered).flatten()
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

/// What the callee says of the channels that were proposed.
#[derive(Debug, Default)]
pub(super) struct FastAnswer {
    channels: Option<Vec<Vec<u8>>>,
    refused: Option<()>,
}

impl FastAnswer {
    pub(super) fn taken(channels: &[OpenLogicalChannel]) -> Self {
        Self { channels: written(channels), refused: None }
    }

    pub(super) fn refused() -> Self {
        Self { channels: None, refused: Some(()) }
    }
}

pub(super) fn setup(config: &Config, header: &Header, placing: &Placing) -> Draft {
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
        tokens: tokens(header),
        fast_start: written(&placing.fast_start),
        media_wait_for_connect: Some(false),
        can_overlap_send: Some(placing.overlap),
        multiple_calls: Some(false),
        maintain_connection: Some(false),
        supported_features: header.inside.then(traversal::offered).flatten(),
        ..SetupUuie::default()
    };
    let draft = Draft::new(MessageKind::Setup, Body::Setup(Box::new(body)))
        .with(ElementId::BEARER_CAPABILITY, &BEARER_UNRESTRICTED)
        .named(header);
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

pub(super) fn information(header: &Header, digits: &str, last: bool) -> Draft {
    let body = InformationUuie {
        protocol_identifier: protocol(),
        call_identifier: identifier(header),
        ..InformationUuie::default()
    };
    let draft = Draft::new(MessageKind::Information, Body::Information(Box::new(body)))
        .with(ElementId::CALLED_PARTY_NUMBER, &number(digits));
    if last { draft.with(ElementId::SENDING_COMPLETE, &[]) } else { draft }
}

pub(super) fn proceeding(
    config: &Config,
    header: &Header,
    answer: FastAnswer,
    control: Option<SocketAddr>,
) -> Draft {
    let body = CallProceedingUuie {
        protocol_identifier: protocol(),
        h245_address: control.map(address::transport),
        fast_start: answer.channels,
        fast_connect_refused: answer.refused,
        destination_info: config.endpoint.clone(),
        call_identifier: identifier(header),
        multiple_calls: Some(false),
        maintain_connection: Some(false),
        feature_set: features(header),
        ..CallProceedingUuie::default()
    };
    Draft::new(MessageKind::CallProceeding, Body::CallProceeding(Box::new(body)))
}

pub(super) fn alerting(config: &Config, header: &Header, answer: FastAnswer) -> Draft {
    let body = AlertingUuie {
        protocol_identifier: protocol(),
        fast_start: answer.channels,
        fast_connect_refused: answer.refused,
        destination_info: config.endpoint.clone(),
        call_identifier: identifier(header),
        multiple_calls: Some(false),
        maintain_connection: Some(false),
        feature_set: features(header),
        ..AlertingUuie::default()
    };
    Draft::new(MessageKind::Alerting, Body::Alerting(Box::new(body))).named(header)
}

/// `what`: a progress description of Q.931 section 4.5.23.
pub(super) fn progress(config: &Config, header: &Header, answer: FastAnswer, what: u8) -> Draft {
    /// Coded by the ITU, known by the user.
    const LOCATION: u8 = 0x80;
    let body = ProgressUuie {
        protocol_identifier: protocol(),
        destination_info: config.endpoint.clone(),
        call_identifier: guid(header),
        fast_start: answer.channels,
        fast_connect_refused: answer.refused,
        multiple_calls: Some(false),
        maintain_connection: Some(false),
        ..ProgressUuie::default()
    };
    Draft::new(MessageKind::Progress, Body::Progress(Box::new(body)))
        .with(ElementId::PROGRESS_INDICATOR, &[LOCATION, 0x80 | what])
        .named(header)
}

pub(super) fn connect(
    config: &Config,
    header: &Header,
    conference: [u8; 16],
    answer: FastAnswer,
    control: Option<SocketAddr>,
) -> Draft {
    let body = ConnectUuie {
        protocol_identifier: protocol(),
        h245_address: control.map(address::transport),
        destination_info: config.endpoint.clone(),
        conference_id: conference,
        call_identifier: identifier(header),
        tokens: tokens(header),
        fast_start: answer.channels,
        fast_connect_refused: answer.refused,
        multiple_calls: Some(false),
        maintain_connection: Some(false),
        feature_set: features(header),
        ..ConnectUuie::default()
    };
    Draft::new(MessageKind::Connect, Body::Connect(Box::new(body)))
        .with(ElementId::BEARER_CAPABILITY, &BEARER_UNRESTRICTED)
        .named(header)
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

/// Asks that the call go elsewhere.
pub(super) fn redirect(header: &Header, conference: [u8; 16], to: &Redirection) -> Draft {
    let aliases: Vec<AliasAddress> = to.to.iter().take(MAX_ALIASES).cloned().collect();
    let reason =
        if to.route { FacilityReason::RouteCallToMc } else { FacilityReason::CallForwarded };
    let body = FacilityUuie {
        protocol_identifier: protocol(),
        alternative_address: to.address.map(address::transport),
        alternative_alias_address: (!aliases.is_empty()).then_some(aliases),
        conference_id: Some(conference),
        reason,
        call_identifier: identifier(header),
        ..FacilityUuie::default()
    };
    Draft::new(MessageKind::Facility, Body::Facility(Box::new(body)))
}

/// `what`: a notification description of Q.931 section 4.5.22.
pub(super) fn notify(header: &Header, what: u8) -> Draft {
    let body = NotifyUuie {
        protocol_identifier: protocol(),
        call_identifier: guid(header),
        ..NotifyUuie::default()
    };
    Draft::new(MessageKind::Notify, Body::Notify(Box::new(body)))
        .with(ElementId::NOTIFICATION_INDICATOR, &[0x80 | what])
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
