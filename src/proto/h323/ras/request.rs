//! The messages that we send.

use super::security;
use super::words::{Admission, Config, Endpoint};
use crate::h323::{address, traversal};
use causeway_asn1::h225::{
    AdmissionRequest, AliasAddress, CallIdentifier, CallModel, CallType, DisengageReason,
    DisengageRequest, EndpointType, GatekeeperRequest, InfoRequestResponse,
    InfoRequestResponsePerCallInfo, InfoRequestResponseStatus, McuInfo, RasMessage,
    RegistrationRequest, TransportChannelInfo, UnregistrationRequest, VendorIdentifier,
};
use causeway_asn1::h235::AuthenticationMechanism;
use causeway_asn1::{BmpString, ObjectIdentifier};

/// Bytes of a name of a product.
const MAX_NAME: usize = 256;

pub(super) fn protocol() -> ObjectIdentifier {
    ObjectIdentifier::new(&[0, 0, 8, 2250, 0, 7])
}

fn vendor(config: &Config) -> VendorIdentifier {
    let bytes = |text: &str| {
        let bytes: Vec<u8> = text.bytes().take(MAX_NAME).collect();
        Some(bytes).filter(|bytes| !bytes.is_empty())
    };
    VendorIdentifier {
        product_id: bytes(&config.product.0),
        version_id: bytes(&config.product.1),
        ..VendorIdentifier::default()
    }
}

/// What we are: one that holds conferences.
fn endpoint(config: &Config) -> EndpointType {
    EndpointType {
        vendor: Some(vendor(config)),
        mcu: Some(McuInfo::default()),
        mc: true,
        ..EndpointType::default()
    }
}

/// Names, of which none at all are left out.
fn aliases(names: &[String]) -> Option<Vec<AliasAddress>> {
    let names = names.iter().filter(|name| !name.is_empty()).take(address::MAX_ALIASES);
    let aliases: Vec<_> = names.map(|name| address::alias(name)).collect();
    (!aliases.is_empty()).then_some(aliases)
}

fn named(config: &Config) -> Option<BmpString> {
    config.gatekeeper_identifier.as_deref().map(BmpString::from)
}

pub(super) fn discovery(config: &Config, sequence: u16) -> RasMessage {
    RasMessage::GatekeeperRequest(Box::new(GatekeeperRequest {
        request_seq_num: sequence,
        protocol_identifier: protocol(),
        ras_address: address::transport(config.ras_address),
        endpoint_type: endpoint(config),
        gatekeeper_identifier: named(config),
        endpoint_alias: aliases(&config.aliases),
        authentication_capability: config
            .credentials
            .as_ref()
            .map(|_| vec![AuthenticationMechanism::PwdHash]),
        algorithm_oi_ds: config.credentials.as_ref().map(|_| vec![security::algorithm()]),
        supports_alt_gk: Some(()),
        feature_set: config.inside.then(traversal::asked).flatten(),
        ..GatekeeperRequest::default()
    }))
}

pub(super) fn registration(
    config: &Config,
    sequence: u16,
    gatekeeper_identifier: Option<BmpString>,
) -> RasMessage {
    RasMessage::RegistrationRequest(Box::new(RegistrationRequest {
        terminal_alias: aliases(&config.aliases),
        gatekeeper_identifier,
        keep_alive: Some(false),
        will_supply_uui_es: Some(false),
        maintain_connection: Some(false),
        supports_alt_gk: Some(()),
        feature_set: config.inside.then(traversal::asked).flatten(),
        ..of_endpoint(config, sequence)
    }))
}

/// What every registration says of us.
fn of_endpoint(config: &Config, sequence: u16) -> RegistrationRequest {
    RegistrationRequest {
        request_seq_num: sequence,
        protocol_identifier: protocol(),
        discovery_complete: config.discover,
        call_signal_address: vec![address::transport(config.call_address)],
        ras_address: vec![address::transport(config.ras_address)],
        terminal_type: endpoint(config),
        endpoint_vendor: vendor(config),
        time_to_live: Some(seconds(config)),
        ..RegistrationRequest::default()
    }
}

/// Says no more than that we are still there (H.225.0 section 7.9.1).
pub(super) fn keep_alive(config: &Config, sequence: u16, endpoint: &Endpoint) -> RasMessage {
    RasMessage::RegistrationRequest(Box::new(RegistrationRequest {
        gatekeeper_identifier: endpoint.gatekeeper_identifier.clone(),
        keep_alive: Some(true),
        endpoint_identifier: Some(endpoint.identifier.clone()),
        ..of_endpoint(config, sequence)
    }))
}

fn seconds(config: &Config) -> u32 {
    u32::try_from(config.time_to_live.as_secs()).unwrap_or(u32::MAX).max(1)
}

pub(super) fn unregistration(config: &Config, sequence: u16, endpoint: &Endpoint) -> RasMessage {
    RasMessage::UnregistrationRequest(Box::new(UnregistrationRequest {
        request_seq_num: sequence,
        call_signal_address: vec![address::transport(config.call_address)],
        endpoint_identifier: Some(endpoint.identifier.clone()),
        gatekeeper_identifier: endpoint.gatekeeper_identifier.clone(),
        ..UnregistrationRequest::default()
    }))
}

pub(super) fn admission(sequence: u16, endpoint: &Endpoint, admission: &Admission) -> RasMessage {
    let other = admission.address.map(address::transport);
    RasMessage::AdmissionRequest(Box::new(AdmissionRequest {
        request_seq_num: sequence,
        call_type: CallType::PointToPoint,
        call_model: Some(CallModel::GatekeeperRouted),
        endpoint_identifier: endpoint.identifier.clone(),
        destination_info: aliases(&admission.to),
        dest_call_signal_address: other.clone().filter(|_| !admission.key.answer),
        src_info: aliases(&admission.from).unwrap_or_default(),
        src_call_signal_address: other.filter(|_| admission.key.answer),
        band_width: admission.bandwidth,
        call_reference_value: admission.call_reference,
        conference_id: admission.conference,
        active_mc: false,
        answer_call: admission.key.answer,
        can_map_alias: Some(true),
        call_identifier: Some(CallIdentifier { guid: admission.key.identifier }),
        gatekeeper_identifier: endpoint.gatekeeper_identifier.clone(),
        will_supply_uui_es: Some(false),
        ..AdmissionRequest::default()
    }))
}

pub(super) fn disengagement(
    sequence: u16,
    endpoint: &Endpoint,
    admission: &Admission,
) -> RasMessage {
    RasMessage::DisengageRequest(Box::new(DisengageRequest {
        request_seq_num: sequence,
        endpoint_identifier: endpoint.identifier.clone(),
        conference_id: admission.conference,
        call_reference_value: admission.call_reference,
        disengage_reason: DisengageReason::NormalDrop,
        call_identifier: Some(CallIdentifier { guid: admission.key.identifier }),
        gatekeeper_identifier: endpoint.gatekeeper_identifier.clone(),
        answered_call: Some(admission.key.answer),
        ..DisengageRequest::default()
    }))
}

/// How calls of ours stand.
pub(super) struct Report<'a> {
    /// The number of the question, or one of ours where nobody asked.
    pub(super) sequence: u16,
    pub(super) calls: &'a [&'a Admission],
    pub(super) status: InfoRequestResponseStatus,
    pub(super) unsolicited: bool,
}

pub(super) fn report(config: &Config, endpoint: &Endpoint, report: Report<'_>) -> RasMessage {
    let call = |admission: &&Admission| InfoRequestResponsePerCallInfo {
        call_reference_value: admission.call_reference,
        conference_id: admission.conference,
        originator: Some(!admission.key.answer),
        h245: TransportChannelInfo::default(),
        call_signalling: TransportChannelInfo::default(),
        call_type: CallType::PointToPoint,
        band_width: admission.bandwidth,
        call_model: CallModel::GatekeeperRouted,
        call_identifier: Some(CallIdentifier { guid: admission.key.identifier }),
        ..InfoRequestResponsePerCallInfo::default()
    };
    let calls: Vec<_> = report.calls.iter().map(call).collect();
    RasMessage::InfoRequestResponse(Box::new(InfoRequestResponse {
        request_seq_num: report.sequence,
        endpoint_type: self::endpoint(config),
        endpoint_identifier: endpoint.identifier.clone(),
        ras_address: address::transport(config.ras_address),
        call_signal_address: vec![address::transport(config.call_address)],
        per_call_info: (!calls.is_empty()).then_some(calls),
        need_response: Some(false),
        irr_status: Some(report.status),
        unsolicited: Some(report.unsolicited),
        ..InfoRequestResponse::default()
    }))
}
