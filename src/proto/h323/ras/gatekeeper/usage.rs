//! Accounting: what endpoints are asked of their calls, and what they say (H.225.0 section 7.19).

use super::words::Usage;
use crate::h323::call::reason;
use causeway_asn1::h225::{
    CallTerminationCause, RasUsageInfoTypes, RasUsageInformation, RasUsageSpecification,
    RasUsageSpecificationCallStartingPoint, RasUsageSpecificationWhen,
};

/// Whether an endpoint reports when calls end.
pub(super) fn is_reported(capability: Option<&RasUsageInfoTypes>) -> bool {
    capability.is_some_and(|capability| capability.end_time.is_some())
}

/// All that is wanted of a call.
pub(super) fn wanted() -> RasUsageInfoTypes {
    RasUsageInfoTypes {
        start_time: Some(()),
        end_time: Some(()),
        termination_cause: Some(()),
        ..RasUsageInfoTypes::default()
    }
}

/// When it is: at the end, and with reports before.
pub(super) fn specification() -> RasUsageSpecification {
    RasUsageSpecification {
        when: RasUsageSpecificationWhen { start: None, end: Some(()), in_irr: Some(()) },
        call_starting_point: Some(RasUsageSpecificationCallStartingPoint {
            alerting: None,
            connect: Some(()),
        }),
        required: wanted(),
    }
}

impl Usage {
    /// Takes in what a message says; what it leaves out stays as it was said before.
    pub(super) fn hear(
        &mut self,
        information: Option<&RasUsageInformation>,
        cause: Option<&CallTerminationCause>,
    ) {
        if let Some(said) = information {
            self.connected = said.connect_time.or(self.connected);
            self.ended = said.end_time.or(self.ended);
        }
        let answered = self.connected.is_some();
        self.cause = match cause {
            Some(CallTerminationCause::ReleaseCompleteReason(said)) => {
                Some(reason::cause(None, Some(said), answered))
            }
            Some(CallTerminationCause::ReleaseCompleteCauseIe(octets)) => {
                Some(reason::cause(q850(octets), None, answered))
            }
            _ => self.cause,
        };
    }
}

/// The value within a cause information element (Q.850 section 2.1): behind its first octet, which
/// another follows where its extension bit is clear.
fn q850(octets: &[u8]) -> Option<u8> {
    let (first, rest) = octets.split_first()?;
    let place = usize::from(first & 0x80 == 0);
    rest.get(place).map(|value| value & 0x7f)
}
