//! What is asked and never granted: answered all the same, so that nobody waits.

use super::outbox::Outbox;
use causeway_asn1::h245::{
    FunctionNotUnderstood, IndicationMessage, MaintenanceLoopReject, MaintenanceLoopRejectCause,
    MaintenanceLoopRejectType, MaintenanceLoopRequestType, RequestMessage, RequestModeReject,
    RequestModeRejectCause, ResponseMessage,
};

pub(super) fn request(request: RequestMessage, out: &mut Outbox) {
    match request {
        // What is sent follows from what the other side takes and what is there to be seen.
        RequestMessage::RequestMode(mode) => {
            out.response(ResponseMessage::RequestModeReject(RequestModeReject {
                sequence_number: mode.sequence_number,
                cause: RequestModeRejectCause::RequestDenied,
            }));
        }
        RequestMessage::MaintenanceLoopRequest(looped) => {
            let type_ = match looped.type_ {
                MaintenanceLoopRequestType::MediaLoop(number) => {
                    MaintenanceLoopRejectType::MediaLoop(number)
                }
                MaintenanceLoopRequestType::LogicalChannelLoop(number) => {
                    MaintenanceLoopRejectType::LogicalChannelLoop(number)
                }
                _ => MaintenanceLoopRejectType::SystemLoop,
            };
            let cause = MaintenanceLoopRejectCause::CanNotPerformLoop;
            out.response(ResponseMessage::MaintenanceLoopReject(MaintenanceLoopReject {
                type_,
                cause,
            }));
        }
        other => {
            out.indication(IndicationMessage::FunctionNotUnderstood(
                FunctionNotUnderstood::Request(Box::new(other)),
            ));
        }
    }
}
