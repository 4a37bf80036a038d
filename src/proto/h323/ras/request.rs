//! The messages that we send.

use super::words::{Admission, Config, Endpoint};
use crate::h323::address;
use causeway_asn1::h225::{
    AdmissionRequest, CallIdentifier, CallModel, CallType, DisengageReason, DisengageRequest,
    GatekeeperRequest, InfoRequestResponse, InfoRequestResponsePerCallInfo, RasMessage,
    RegistrationRequest, TransportChannelInfo, UnregistrationRequest,
};
use causeway_asn1::{BmpString, ObjectIdentifier};

/// Calls that one report names: what fits a datagram.
const MAX_REPORTED: usize = 8;

fn protocol() -> ObjectIdentifier {
    ObjectIdentifier::new(&[0, 0, 8, 2250, 0, 7])
}

fn named(config: &Config) -> Option<BmpString> {
    config.gatekeeper_identifier.as_deref().map(BmpString::from)
}

pub(super) fn discovery(config: &Config, sequence: u16) -> RasMessage {
    RasMessage::GatekeeperRequest(Box::new(GatekeeperRequest {
        request_seq_num: sequence,
        protocol_identifier: protocol(),
        ras_address: address::transport(config.ras_address),
        endpoint_type: config.endpoint.clone(),
        gatekeeper_identifier: named(config),
        endpoint_alias: Some(config.aliases.clone()).filter(|aliases| !aliases.is_empty()),
        ..GatekeeperRequest::default()
    }))
}

pub(super) fn registration(
    config: &Config,
    sequence: u16,
    gatekeeper_identifier: Option<BmpString>,
) -> RasMessage {
    RasMessage::RegistrationRequest(Box::new(RegistrationRequest {
        terminal_alias: Some(config.aliases.clone()).filter(|aliases| !aliases.is_empty()),
        gatekeeper_identifier: gatekeeper_identifier.or_else(|| named(config)),
        keep_alive: Some(false),
        will_supply_uui_es: Some(false),
        maintain_connection: Some(false),
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
        terminal_type: config.endpoint.clone(),
        endpoint_vendor: config.vendor.clone(),
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
    RasMessage::AdmissionRequest(Box::new(AdmissionRequest {
        request_seq_num: sequence,
        call_type: CallType::PointToPoint,
        call_model: Some(CallModel::GatekeeperRouted),
        endpoint_identifier: endpoint.identifier.clone(),
        destination_info: Some(admission.to.clone()).filter(|to| !to.is_empty()),
        src_info: admission.from.clone(),
        band_width: admission.bandwidth,
        call_reference_value: admission.call_reference,
        conference_id: admission.conference,
        active_mc: false,
        answer_call: admission.answer,
        can_map_alias: Some(true),
        call_identifier: Some(CallIdentifier { guid: admission.call_identifier }),
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
        call_identifier: Some(CallIdentifier { guid: admission.call_identifier }),
        gatekeeper_identifier: endpoint.gatekeeper_identifier.clone(),
        answered_call: Some(admission.answer),
        ..DisengageRequest::default()
    }))
}

/// How our calls stand, as an answer to an InfoRequest.
pub(super) fn report<'a>(
    config: &Config,
    endpoint: &Endpoint,
    sequence: u16,
    calls: impl Iterator<Item = &'a Admission>,
) -> RasMessage {
    let call = |admission: &Admission| InfoRequestResponsePerCallInfo {
        call_reference_value: admission.call_reference,
        conference_id: admission.conference,
        originator: Some(!admission.answer),
        h245: TransportChannelInfo::default(),
        call_signalling: TransportChannelInfo::default(),
        call_type: CallType::PointToPoint,
        band_width: admission.bandwidth,
        call_model: CallModel::GatekeeperRouted,
        call_identifier: Some(CallIdentifier { guid: admission.call_identifier }),
        ..InfoRequestResponsePerCallInfo::default()
    };
    let calls: Vec<_> = calls.take(MAX_REPORTED).map(call).collect();
    RasMessage::InfoRequestResponse(Box::new(InfoRequestResponse {
        request_seq_num: sequence,
        endpoint_type: config.endpoint.clone(),
        endpoint_identifier: endpoint.identifier.clone(),
        ras_address: address::transport(config.ras_address),
        call_signal_address: vec![address::transport(config.call_address)],
        per_call_info: (!calls.is_empty()).then_some(calls),
        need_response: Some(false),
        unsolicited: Some(false),
        ..InfoRequestResponse::default()
    }))
}
