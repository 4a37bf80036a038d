//! What waits to be drained.

use super::words::{Event, Output, UserInput};
use causeway_asn1::h245::{
    CommandMessage, EndSessionCommand, FlowControlCommand, FlowControlCommandRestriction,
    FlowControlCommandScope, FunctionNotSupported, FunctionNotSupportedCause, IndicationMessage,
    MiscellaneousCommand, MiscellaneousCommandType, MultimediaSystemControlMessage as Message,
    RequestMessage, ResponseMessage,
};
use causeway_asn1::{Asn1Error, encode};
use std::collections::VecDeque;

/// Outputs that wait: no input makes more than a handful, but for the end of every channel.
/// Beyond it they are dropped, as a broken connection would.
const MAX_OUTPUTS: usize = 1_024;

/// Bytes of a message that cannot be read that go back with the complaint. It never is longer than
/// what it answers.
const MAX_RETURNED: usize = 64;

/// Gathers outputs.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    queue: VecDeque<Output>,
}

impl Outbox {
    pub(super) fn next(&mut self) -> Option<Output> {
        self.queue.pop_front()
    }

    fn push(&mut self, output: Output) {
        if self.queue.len() < MAX_OUTPUTS {
            self.queue.push_back(output);
        }
    }

    pub(super) fn event(&mut self, event: Event) {
        self.push(Output::Event(event));
    }

    /// Sends a message. `false` where a value in it is not allowed.
    pub(super) fn send(&mut self, message: &Message) -> bool {
        let Ok(bytes) = encode(message) else { return false };
        self.push(Output::Transmit(bytes));
        true
    }

    pub(super) fn request(&mut self, request: RequestMessage) -> bool {
        self.send(&Message::Request(Box::new(request)))
    }

    pub(super) fn response(&mut self, response: ResponseMessage) -> bool {
        self.send(&Message::Response(Box::new(response)))
    }

    pub(super) fn order(&mut self, command: CommandMessage) -> bool {
        self.send(&Message::Command(Box::new(command)))
    }

    pub(super) fn indication(&mut self, indication: IndicationMessage) -> bool {
        self.send(&Message::Indication(Box::new(indication)))
    }

    /// Answers what cannot be read. Indications and responses are not answered: two sides could
    /// complain to each other without end.
    pub(super) fn not_supported(&mut self, bytes: &[u8], error: &Asn1Error) {
        if !matches!(error.path[0], "Request" | "Command") {
            return;
        }
        let returned = bytes.get(..bytes.len().min(MAX_RETURNED)).unwrap_or_default();
        self.indication(IndicationMessage::FunctionNotSupported(FunctionNotSupported {
            cause: FunctionNotSupportedCause::SyntaxError,
            returned_function: Some(returned.to_vec()),
        }));
    }

    pub(super) fn limit_flow(&mut self, channel: Option<u16>, limit: Option<u32>) {
        let whole = FlowControlCommandScope::WholeMultiplex;
        let scope = channel.map_or(whole, FlowControlCommandScope::LogicalChannelNumber);
        let none = FlowControlCommandRestriction::NoRestriction;
        let restriction = limit.map_or(none, FlowControlCommandRestriction::MaximumBitRate);
        self.order(CommandMessage::FlowControlCommand(FlowControlCommand { scope, restriction }));
    }

    pub(super) fn ask_fast_update(&mut self, logical_channel_number: u16) {
        self.order(CommandMessage::MiscellaneousCommand(MiscellaneousCommand {
            logical_channel_number,
            type_: MiscellaneousCommandType::VideoFastUpdatePicture,
            direction: None,
        }));
    }

    pub(super) fn user_input(&mut self, input: UserInput) {
        self.indication(IndicationMessage::UserInput(input.write()));
    }

    pub(super) fn end_session(&mut self) {
        self.order(CommandMessage::EndSessionCommand(EndSessionCommand::Disconnect));
    }
}
