//! The answers of a gatekeeper.

use super::words::Config;
use crate::h323::address;
use causeway_asn1::h225::{
    AdmissionConfirm, AdmissionReject, AdmissionRejectReason, BandRejectReason, BandwidthConfirm,
    BandwidthReject, CallModel, DisengageConfirm, DisengageReject, DisengageRejectReason,
    GatekeeperConfirm, InfoRequestAck, LocationConfirm, LocationReject, LocationRejectReason,
    RasMessage, RegistrationConfirm, RegistrationReject, RegistrationRejectReason,
    UnregRejectReason, UnregistrationConfirm, UnregistrationReject,
};
use causeway_asn1::{BmpString, ObjectIdentifier};
use causeway_base::EndCause;
use std::net::SocketAddr;
use std::time::Duration;

fn protocol() -> ObjectIdentifier {
    ObjectIdentifier::new(&[0, 0, 8, 2250, 0, 7])
}

pub(super) fn discovered(config: &Config, request_seq_num: u16) -> RasMessage {
    RasMessage::GatekeeperConfirm(Box::new(GatekeeperConfirm {
        request_seq_num,
        protocol_identifier: protocol(),
        // The name is left out: with it the answer would be longer than some questions.
        ras_address: address::transport(config.ras_address),
        ..GatekeeperConfirm::default()
    }))
}

pub(super) fn registered(
    config: &Config,
    request_seq_num: u16,
    endpoint_identifier: BmpString,
    time_to_live: Duration,
) -> RasMessage {
    RasMessage::RegistrationConfirm(Box::new(RegistrationConfirm {
        request_seq_num,
        protocol_identifier: protocol(),
        gatekeeper_identifier: Some(config.identifier.as_str().into()),
        endpoint_identifier,
        time_to_live: u32::try_from(time_to_live.as_secs()).ok(),
        ..RegistrationConfirm::default()
    }))
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

pub(super) fn admitted(
    request_seq_num: u16,
    band_width: u32,
    destination: SocketAddr,
) -> RasMessage {
    RasMessage::AdmissionConfirm(Box::new(AdmissionConfirm {
        request_seq_num,
        band_width,
        call_model: CallModel::Direct,
        dest_call_signal_address: address::transport(destination),
        will_respond_to_irr: Some(false),
        ..AdmissionConfirm::default()
    }))
}

pub(super) fn unknown_caller(request_seq_num: u16) -> RasMessage {
    admission_reject(request_seq_num, AdmissionRejectReason::CallerNotRegistered)
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

fn admission_reject(request_seq_num: u16, reject_reason: AdmissionRejectReason) -> RasMessage {
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

/// What of a rate is granted, `None` for who is not registered.
pub(super) fn bandwidth(request_seq_num: u16, granted: Option<u32>) -> RasMessage {
    match granted {
        Some(band_width) => RasMessage::BandwidthConfirm(Box::new(BandwidthConfirm {
            request_seq_num,
            band_width,
            ..BandwidthConfirm::default()
        })),
        None => RasMessage::BandwidthReject(Box::new(BandwidthReject {
            request_seq_num,
            reject_reason: BandRejectReason::NotBound,
            allowed_band_width: 0,
            ..BandwidthReject::default()
        })),
    }
}

pub(super) fn heard(request_seq_num: u16) -> RasMessage {
    let heard = InfoRequestAck { request_seq_num, ..InfoRequestAck::default() };
    RasMessage::InfoRequestAck(Box::new(heard))
}

pub(super) fn located(config: &Config, request_seq_num: u16, at: SocketAddr) -> RasMessage {
    RasMessage::LocationConfirm(Box::new(LocationConfirm {
        request_seq_num,
        call_signal_address: address::transport(at),
        ras_address: address::transport(config.ras_address),
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
