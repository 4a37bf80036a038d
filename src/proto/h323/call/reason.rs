//! Why calls end: ours <-> the reasons of H.225.0 and the causes of Q.850.

use causeway_asn1::h225::ReleaseCompleteReason as Reason;
use causeway_base::EndCause;

/// The reason that says `cause`; the exact cause goes beside it as Q.850.
pub(super) fn reason(cause: EndCause) -> Reason {
    match cause {
        EndCause::Busy => Reason::InConf,
        EndCause::NotFound | EndCause::Gone => Reason::CalledPartyNotRegistered,
        EndCause::BadAddress => Reason::BadFormatAddress,
        EndCause::Unreachable | EndCause::NoTrunk => Reason::UnreachableDestination,
        EndCause::Forbidden
        | EndCause::CallingOutBarred
        | EndCause::CallingOutCapReached
        | EndCause::Denied
        | EndCause::ConferenceLocked => Reason::NoPermission,
        EndCause::Unauthorized | EndCause::EncryptionRequired | EndCause::NoCommonEncryption => {
            Reason::SecurityDenied
        }
        EndCause::CapacityReached | EndCause::PortsExhausted | EndCause::RateLimited => {
            Reason::GatewayResources
        }
        EndCause::LoopDetected => Reason::HopCountExceeded,
        EndCause::Declined | EndCause::NoCommonCodec => Reason::DestinationRejection,
        _ => Reason::UndefinedReason,
    }
}

/// What a peer's ReleaseComplete says. Its cause is finer, where there is one, but for those that
/// stand for several reasons. `answered`: the call stood.
pub(in crate::h323) fn cause(
    q850: Option<u8>,
    reason: Option<&Reason>,
    answered: bool,
) -> EndCause {
    let says = |reason: &&Reason| !matches!(reason, Reason::UndefinedReason);
    match (q850, reason.filter(says)) {
        // Rooms hang up so.
        (Some(NORMAL), Some(Reason::DestinationRejection)) if answered => EndCause::Normal,
        (Some(INCOMPATIBLE), Some(Reason::SecurityDenied)) => EndCause::NoCommonEncryption,
        (Some(value), Some(reason)) if COARSE.contains(&value) => of_reason(reason),
        (Some(value), _) => of_q850(value),
        (None, Some(reason)) => of_reason(reason),
        (None, None) => EndCause::Normal,
    }
}

/// "Normal call clearing".
const NORMAL: u8 = 16;

/// "Incompatible destination".
const INCOMPATIBLE: u8 = 88;

/// Causes beside which the reason says more: "no route", "normal call clearing", "subscriber
/// absent", "normal, unspecified", "temporary failure" and "interworking" (H.225.0 table 5).
const COARSE: [u8; 6] = [3, NORMAL, 20, 31, 41, 127];

fn of_q850(value: u8) -> EndCause {
    match value {
        1 | 3 => EndCause::NotFound,
        16 | 31 => EndCause::Normal,
        17 => EndCause::Busy,
        18 | 19 => EndCause::NoAnswer,
        21 => EndCause::Declined,
        22 => EndCause::Gone,
        25 => EndCause::LoopDetected,
        28 => EndCause::BadAddress,
        34 | 42 | 44 | 47 => EndCause::CapacityReached,
        2 | 20 | 27 | 38 | 41 => EndCause::Unreachable,
        50 | 57 => EndCause::Forbidden,
        58 | 65 | 88 => EndCause::NoCommonCodec,
        63 | 69 | 79 => EndCause::Unsupported,
        95..=101 | 111 => EndCause::ProtocolError,
        102 => EndCause::SignallingTimeout,
        _ => EndCause::Normal,
    }
}

fn of_reason(reason: &Reason) -> EndCause {
    match reason {
        Reason::NoBandwidth | Reason::GatekeeperResources | Reason::GatewayResources => {
            EndCause::CapacityReached
        }
        Reason::UnreachableDestination | Reason::UnreachableGatekeeper => EndCause::Unreachable,
        Reason::DestinationRejection => EndCause::Declined,
        Reason::InvalidRevision | Reason::NeededFeatureNotSupported => EndCause::Unsupported,
        Reason::NoPermission | Reason::CallerNotRegistered => EndCause::Forbidden,
        Reason::BadFormatAddress => EndCause::BadAddress,
        Reason::InConf | Reason::AdaptiveBusy => EndCause::Busy,
        Reason::SecurityDenied | Reason::SecurityError(_) => EndCause::Unauthorized,
        Reason::CalledPartyNotRegistered => EndCause::NotFound,
        Reason::HopCountExceeded => EndCause::LoopDetected,
        Reason::ReplaceWithConferenceInvite(_) => EndCause::Replaced,
        Reason::InvalidCid => EndCause::ProtocolError,
        _ => EndCause::Normal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_causes_come_back_as_they_were_told() {
        for common in [
            EndCause::Normal,
            EndCause::Busy,
            EndCause::NotFound,
            EndCause::Declined,
            EndCause::NoAnswer,
            EndCause::BadAddress,
            EndCause::Unreachable,
            EndCause::LoopDetected,
            EndCause::CapacityReached,
        ] {
            assert_eq!(cause(Some(common.q850()), Some(&reason(common)), false), common);
        }
    }

    #[test]
    fn a_reason_counts_where_the_cause_says_nothing() {
        for (value, reason, expected) in [
            (Some(31), Some(Reason::InConf), EndCause::Busy),
            (None, Some(Reason::NoPermission), EndCause::Forbidden),
            (None, None, EndCause::Normal),
            (Some(17), Some(Reason::UndefinedReason), EndCause::Busy),
            (Some(3), Some(Reason::UnreachableDestination), EndCause::Unreachable),
            (Some(3), Some(Reason::UndefinedReason), EndCause::NotFound),
            (Some(16), Some(Reason::DestinationRejection), EndCause::Declined),
            (Some(16), Some(Reason::InConf), EndCause::Busy),
            (Some(20), Some(Reason::CalledPartyNotRegistered), EndCause::NotFound),
            (Some(41), Some(Reason::GatewayResources), EndCause::CapacityReached),
            (Some(127), Some(Reason::NoPermission), EndCause::Forbidden),
            (Some(17), Some(Reason::DestinationRejection), EndCause::Busy),
            (Some(88), Some(Reason::SecurityDenied), EndCause::NoCommonEncryption),
            (Some(88), Some(Reason::DestinationRejection), EndCause::NoCommonCodec),
        ] {
            assert_eq!(cause(value, reason.as_ref(), false), expected, "{value:?} {reason:?}");
        }
    }

    #[test]
    fn who_hangs_up_did_not_decline() {
        let rejection = Some(&Reason::DestinationRejection);
        assert_eq!(cause(Some(16), rejection, true), EndCause::Normal);
    }
}
