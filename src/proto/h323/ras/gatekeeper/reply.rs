//! The messages of a gatekeeper.

use super::usage;
use crate::h323::address;
use crate::h323::ras::request::protocol;
use crate::h323::ras::security;
use causeway_asn1::h225::{
    AdmissionConfirm, AdmissionReject, AdmissionRejectReason, BandRejectReason, BandwidthConfirm,
    BandwidthReject, CallModel, DisengageConfirm, DisengageReject, DisengageRejectReason,
    FeatureSet, GatekeeperConfirm, InfoRequest, InfoRequestAck, LocationConfirm, LocationReject,
    LocationRejectReason, LocationRequest, RasMessage, RegistrationConfirm, RegistrationReject,
    RegistrationRejectReason, RequestInProgress, ResourcesAvailableConfirm, UnregRejectReason,
    UnregRequestReason, UnregistrationConfirm, UnregistrationReject, UnregistrationRequest,
};
use causeway_asn1::h235::AuthenticationMechanism;
use causeway_asn1::{BmpString, encode};
use causeway_base::EndCause;
use std::net::SocketAddr;
use std::time::Duration;

/// `password`: whether passwords are asked for (H.235 Annex D).
pub(super) fn discovered(
    gatekeeper: Option<&BmpString>,
    ras: SocketAddr,
    password: bool,
    feature_set: Option<FeatureSet>,
    request_seq_num: u16,
) -> RasMessage {
    RasMessage::GatekeeperConfirm(Box::new(GatekeeperConfirm {
        request_seq_num,
        protocol_identifier: protocol(),
        gatekeeper_identifier: gatekeeper.cloned(),
        ras_address: address::transport(ras),
        authentication_mode: password.then_some(AuthenticationMechanism::PwdHash),
        algorithm_oid: password.then(security::algorithm),
        feature_set,
        ..GatekeeperConfirm::default()
    }))
}

/// That an endpoint is registered.
pub(super) struct Registered<'a> {
    pub(super) sequence: u16,
    pub(super) gatekeeper: Option<&'a BmpString>,
    /// Where we take calls.
    pub(super) call: Option<SocketAddr>,
    pub(super) endpoint: &'a BmpString,
    pub(super) time_to_live: Duration,
    pub(super) features: Option<FeatureSet>,
}

impl Registered<'_> {
    pub(super) fn message(&self) -> RasMessage {
        RasMessage::RegistrationConfirm(Box::new(RegistrationConfirm {
            request_seq_num: self.sequence,
            protocol_identifier: protocol(),
            call_signal_address: self.call.map(address::transport).into_iter().collect(),
            gatekeeper_identifier: self.gatekeeper.cloned(),
            endpoint_identifier: self.endpoint.clone(),
            time_to_live: u32::try_from(self.time_to_live.as_secs()).ok(),
            feature_set: self.features.clone(),
            ..RegistrationConfirm::default()
        }))
    }

    /// The same with at most so many bytes, without what an endpoint does not need. `None`: not
    /// even so.
    pub(super) fn within(mut self, length: usize) -> Option<RasMessage> {
        let mut shorter = [true, false].into_iter();
        loop {
            let message = self.message();
            if encode(&message).is_ok_and(|data| data.len() <= length) {
                return Some(message);
            }
            match shorter.next()? {
                true => self.gatekeeper = None,
                false => self.call = None,
            }
        }
    }
}

pub(super) fn not_registered(
    request_seq_num: u16,
    reject_reason: RegistrationRejectReason,
) -> RasMessage {
    RasMessage::RegistrationReject(Box::new(RegistrationReject {
        request_seq_num,
        protocol_identifier: protocol(),
        reject_reason,
        ..RegistrationReject::default()
    }))
}

pub(super) fn unregistered(request_seq_num: u16, known: bool) -> RasMessage {
    if known {
        let confirm = UnregistrationConfirm { request_seq_num, ..Default::default() };
        return RasMessage::UnregistrationConfirm(Box::new(confirm));
    }
    RasMessage::UnregistrationReject(Box::new(UnregistrationReject {
        request_seq_num,
        reject_reason: UnregRejectReason::NotCurrentlyRegistered,
        ..UnregistrationReject::default()
    }))
}

/// `accounts`: the endpoint is asked what the call used.
pub(super) fn admitted(
    request_seq_num: u16,
    band_width: u32,
    (call_model, destination): (CallModel, SocketAddr),
    accounts: bool,
) -> RasMessage {
    RasMessage::AdmissionConfirm(Box::new(AdmissionConfirm {
        request_seq_num,
        band_width,
        call_model,
        dest_call_signal_address: address::transport(destination),
        will_respond_to_irr: Some(false),
        usage_spec: accounts.then(|| vec![usage::specification()]),
        ..AdmissionConfirm::default()
    }))
}

pub(super) fn not_admitted(request_seq_num: u16, cause: EndCause) -> RasMessage {
    let reason = match cause {
        EndCause::NotFound | EndCause::Gone => AdmissionRejectReason::CalledPartyNotRegistered,
        EndCause::BadAddress => AdmissionRejectReason::IncompleteAddress,
        EndCause::CapacityReached | EndCause::RateLimited | EndCause::PortsExhausted => {
            AdmissionRejectReason::ResourceUnavailable
        }
        EndCause::Unreachable | EndCause::NoTrunk => AdmissionRejectReason::NoRouteToDestination,
        EndCause::Unauthorized => AdmissionRejectReason::SecurityDenial,
        EndCause::Forbidden | EndCause::CallingOutBarred | EndCause::CallingOutCapReached => {
            AdmissionRejectReason::InvalidPermission
        }
        _ => AdmissionRejectReason::RequestDenied,
    };
    admission_reject(request_seq_num, reason)
}

pub(super) fn admission_reject(
    request_seq_num: u16,
    reject_reason: AdmissionRejectReason,
) -> RasMessage {
    RasMessage::AdmissionReject(Box::new(AdmissionReject {
        request_seq_num,
        reject_reason,
        ..AdmissionReject::default()
    }))
}

pub(super) fn registration_reason(cause: EndCause) -> RegistrationRejectReason {
    match cause {
        EndCause::Unauthorized => RegistrationRejectReason::SecurityDenial,
        EndCause::BadAddress | EndCause::NotFound => RegistrationRejectReason::InvalidAlias,
        EndCause::CapacityReached | EndCause::RateLimited => {
            RegistrationRejectReason::ResourceUnavailable
        }
        _ => RegistrationRejectReason::UndefinedReason,
    }
}

pub(super) fn disengaged(request_seq_num: u16, known: bool) -> RasMessage {
    if known {
        let confirm = DisengageConfirm { request_seq_num, ..Default::default() };
        return RasMessage::DisengageConfirm(Box::new(confirm));
    }
    RasMessage::DisengageReject(Box::new(DisengageReject {
        request_seq_num,
        reject_reason: DisengageRejectReason::NotRegistered,
        ..DisengageReject::default()
    }))
}

/// What of a rate is granted.
pub(super) fn bandwidth(
    request_seq_num: u16,
    granted: Result<u32, BandRejectReason>,
) -> RasMessage {
    match granted {
        Ok(band_width) => RasMessage::BandwidthConfirm(Box::new(BandwidthConfirm {
            request_seq_num,
            band_width,
            ..BandwidthConfirm::default()
        })),
        Err(reject_reason) => RasMessage::BandwidthReject(Box::new(BandwidthReject {
            request_seq_num,
            reject_reason,
            allowed_band_width: 0,
            ..BandwidthReject::default()
        })),
    }
}

pub(super) fn heard(request_seq_num: u16) -> RasMessage {
    let heard = InfoRequestAck { request_seq_num, ..InfoRequestAck::default() };
    RasMessage::InfoRequestAck(Box::new(heard))
}

pub(super) fn resources(request_seq_num: u16) -> RasMessage {
    RasMessage::ResourcesAvailableConfirm(Box::new(ResourcesAvailableConfirm {
        request_seq_num,
        protocol_identifier: protocol(),
        ..ResourcesAvailableConfirm::default()
    }))
}

/// That a request is worked on, for so long at most.
pub(super) fn in_progress(request_seq_num: u16, patience: Duration) -> RasMessage {
    RasMessage::RequestInProgress(Box::new(RequestInProgress {
        request_seq_num,
        delay: u16::try_from(patience.as_millis()).unwrap_or(u16::MAX).max(1),
        ..RequestInProgress::default()
    }))
}

/// The refusal of a message whose sender did not prove who it is, and its number. `None`: it
/// wants no answer.
pub(super) fn denied(message: &RasMessage) -> Option<(u16, RasMessage)> {
    let (sequence, denied) = match message {
        RasMessage::UnregistrationRequest(request) => {
            let reject = UnregistrationReject {
                request_seq_num: request.request_seq_num,
                reject_reason: UnregRejectReason::SecurityDenial,
                ..UnregistrationReject::default()
            };
            (request.request_seq_num, RasMessage::UnregistrationReject(Box::new(reject)))
        }
        RasMessage::AdmissionRequest(request) => {
            let reason = AdmissionRejectReason::SecurityDenial;
            (request.request_seq_num, admission_reject(request.request_seq_num, reason))
        }
        RasMessage::DisengageRequest(request) => {
            let reject = DisengageReject {
                request_seq_num: request.request_seq_num,
                reject_reason: DisengageRejectReason::SecurityDenial,
                ..DisengageReject::default()
            };
            (request.request_seq_num, RasMessage::DisengageReject(Box::new(reject)))
        }
        RasMessage::BandwidthRequest(request) => {
            let reason = BandRejectReason::SecurityDenial;
            (request.request_seq_num, bandwidth(request.request_seq_num, Err(reason)))
        }
        _ => return None,
    };
    Some((sequence, denied))
}

/// An endpoint is to leave.
pub(super) fn leave(request_seq_num: u16, endpoint: &BmpString, call: SocketAddr) -> RasMessage {
    RasMessage::UnregistrationRequest(Box::new(UnregistrationRequest {
        request_seq_num,
        call_signal_address: vec![address::transport(call)],
        endpoint_identifier: Some(endpoint.clone()),
        reason: Some(UnregRequestReason::Maintenance),
        ..UnregistrationRequest::default()
    }))
}

/// Which calls an endpoint has: 0 asks for all. `accounts`: with what they used.
pub(super) fn how_are_calls(request_seq_num: u16, accounts: bool) -> RasMessage {
    RasMessage::InfoRequest(Box::new(InfoRequest {
        request_seq_num,
        call_reference_value: 0,
        usage_info_requested: accounts.then(usage::wanted),
        ..InfoRequest::default()
    }))
}

/// Where somebody is.
pub(super) fn where_is(
    request_seq_num: u16,
    gatekeeper: &str,
    reply: SocketAddr,
    name: &str,
) -> RasMessage {
    RasMessage::LocationRequest(Box::new(LocationRequest {
        request_seq_num,
        destination_info: vec![address::alias(name)],
        reply_address: address::transport(reply),
        source_info: Some(vec![address::alias(gatekeeper)]),
        can_map_alias: Some(false),
        ..LocationRequest::default()
    }))
}

pub(super) fn located(ras: SocketAddr, request_seq_num: u16, at: SocketAddr) -> RasMessage {
    RasMessage::LocationConfirm(Box::new(LocationConfirm {
        request_seq_num,
        call_signal_address: address::transport(at),
        ras_address: address::transport(ras),
        ..LocationConfirm::default()
    }))
}

pub(super) fn not_located(request_seq_num: u16, cause: EndCause) -> RasMessage {
    let reject_reason = match cause {
        EndCause::NotFound | EndCause::Gone => LocationRejectReason::NotRegistered,
        EndCause::Forbidden => LocationRejectReason::InvalidPermission,
        EndCause::BadAddress => LocationRejectReason::IncompleteAddress,
        EndCause::CapacityReached => LocationRejectReason::ResourceUnavailable,
        _ => LocationRejectReason::RequestDenied,
    };
    RasMessage::LocationReject(Box::new(LocationReject {
        request_seq_num,
        reject_reason,
        ..LocationReject::default()
    }))
}
