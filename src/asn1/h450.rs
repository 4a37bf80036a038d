//! Supplementary services (H.450.1, with the remote operations of its clause 8), as far as
//! refusing them needs: what is invoked, and whether the invoker wants to hear of a refusal.
//!
//! Arguments and results stay as they came.

#![allow(missing_docs, reason = "the recommendation has them")]

use crate::codec::{AnyWhole, List, May, Must, Octets, Whole};
use crate::define::{choice, sequence};
use crate::h225::AliasAddress;
use crate::value::ObjectIdentifier;

sequence! {
    /// One service APDU of a message of call signalling.
    H4501SupplementaryService {
        network_facility_extension: Option<NetworkFacilityExtension>
            as May<NetworkFacilityExtension>,
        interpretation_apdu: Option<InterpretationApdu> as May<InterpretationApdu>,
        service_apdu: ServiceApdus as Must<ServiceApdus>,
    } more {}
}

sequence! {
    /// Who speaks to whom.
    NetworkFacilityExtension {
        source_entity: EntityType as Must<EntityType>,
        source_entity_address: Option<AliasAddress> as May<AliasAddress>,
        destination_entity: EntityType as Must<EntityType>,
        destination_entity_address: Option<AliasAddress> as May<AliasAddress>,
    } more {}
}

choice! {
    /// What speaks or is spoken to.
    EntityType of 2 {
        0: Endpoint,
        1: AnyEntity,
    } or Unrecognised {}
}

choice! {
    /// What to do with an invocation that is not understood. Where nothing is said it is
    /// rejected.
    InterpretationApdu of 3 {
        0: DiscardAnyUnrecognizedInvokePdu,
        1: ClearCallIfAnyInvokePduNotRecognized,
        2: RejectAnyUnrecognizedInvokePdu,
    } or Unrecognised {}
}

choice! {
    /// The operations.
    ServiceApdus of 1 {
        0: RosApdus(Vec<Ros> as List<Ros, 1>),
    } or Unrecognised {}
}

choice! {
    /// One remote operation.
    Ros of 4 {
        0: Invoke(Invoke as Invoke),
        1: ReturnResult(ReturnResult as ReturnResult),
        2: ReturnError(ReturnError as ReturnError),
        3: Reject(Reject as Reject),
    }
}

sequence! {
    /// Asks for an operation.
    Invoke {
        invoke_id: u16 as Must<Whole<0, 65_535>>,
        linked_id: Option<i64> as May<AnyWhole>,
        opcode: Code as Must<Code>,
        argument: Option<Vec<u8>> as May<Octets>,
    }
}

choice! {
    /// The name of an operation or an error.
    Code of 2 {
        0: Local(i64 as AnyWhole),
        1: Global(ObjectIdentifier as ObjectIdentifier),
    }
}

sequence! {
    /// The result of an operation. Like every answer it has a number without bounds, unlike the
    /// invocation that it answers.
    ReturnResult {
        invoke_id: i64 as Must<AnyWhole>,
        result: Option<OperationResult> as May<OperationResult>,
    }
}

sequence! {
    /// What a [`ReturnResult`] returns.
    OperationResult {
        opcode: Code as Must<Code>,
        result: Vec<u8> as Must<Octets>,
    }
}

sequence! {
    /// An operation failed.
    ReturnError {
        invoke_id: i64 as Must<AnyWhole>,
        errcode: Code as Must<Code>,
        parameter: Option<Vec<u8>> as May<Octets>,
    }
}

sequence! {
    /// An APDU is refused.
    Reject {
        invoke_id: i64 as Must<AnyWhole>,
        problem: Problem as Must<Problem>,
    }
}

choice! {
    /// Why an APDU is refused, by the numbers of H.450.1.
    Problem of 4 {
        0: General(i64 as AnyWhole),
        1: Invoke(i64 as AnyWhole),
        2: ReturnResult(i64 as AnyWhole),
        3: ReturnError(i64 as AnyWhole),
    }
}

/// `InvokeProblem.unrecognizedOperation`.
pub const UNRECOGNIZED_OPERATION: i64 = 1;

/// What answers an APDU none of whose operations we know: a rejection of each invocation, or
/// nothing where the invoker wants none. An APDU that clears the call where it is not understood
/// is answered like any other: a call is never dropped for a service.
pub fn refuse(service: &H4501SupplementaryService) -> Option<H4501SupplementaryService> {
    if service.interpretation_apdu == Some(InterpretationApdu::DiscardAnyUnrecognizedInvokePdu) {
        return None;
    }
    let ServiceApdus::RosApdus(operations) = &service.service_apdu else { return None };
    let rejections: Vec<Ros> = operations.iter().filter_map(rejection).collect();
    (!rejections.is_empty()).then(|| H4501SupplementaryService {
        service_apdu: ServiceApdus::RosApdus(rejections),
        ..H4501SupplementaryService::default()
    })
}

fn rejection(operation: &Ros) -> Option<Ros> {
    let Ros::Invoke(Invoke { invoke_id, .. }) = operation else { return None };
    let problem = Problem::Invoke(UNRECOGNIZED_OPERATION);
    Some(Ros::Reject(Reject { invoke_id: (*invoke_id).into(), problem }))
}
