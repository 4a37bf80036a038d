//! Channels that are proposed, taken and refused within call signalling (H.323 section 8.1.7).

use super::{Call, Event, message};
use crate::h323::h245::Direction;
use causeway_asn1::h225::H323UuPduH323MessageBody as Body;
use causeway_asn1::h245::OpenLogicalChannel;
use causeway_wire::q931::MessageKind;

/// What became of the channels that the caller proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FastStart {
    None,
    Proposed,
    Settled,
}

/// Which of the two in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// Who called.
    Caller,
    /// Who was called.
    Callee,
}

/// Who sends on a channel of fast start: the caller proposes those of the callee as the reverse of
/// a channel on which nothing is sent.
pub fn sender(channel: &OpenLogicalChannel) -> Party {
    if channel.reverse_logical_channel_parameters.is_some() { Party::Callee } else { Party::Caller }
}

impl Call {
    /// Hands channels that were taken to H.245; `we` are one of the two. What it cannot have, as
    /// its number stands twice, is left out.
    pub(super) fn adopt(&mut self, channels: &mut Vec<OpenLogicalChannel>, we: Party) {
        channels.retain(|channel| {
            let ours = sender(channel) == we;
            let direction = if ours { Direction::Outgoing } else { Direction::Incoming };
            self.control.adopt(direction, channel.forward_logical_channel_number)
        });
    }

    /// What the other side makes of the channels that we proposed (H.323 section 8.1.7.1).
    pub(super) fn hear_fast_start(&mut self, kind: MessageKind, body: &Body) {
        if self.fast_start != FastStart::Proposed || !self.state.is_outgoing() {
            return;
        }
        let (accepted, refused) = match body {
            Body::CallProceeding(body) => (&body.fast_start, body.fast_connect_refused),
            Body::Alerting(body) => (&body.fast_start, body.fast_connect_refused),
            Body::Progress(body) => (&body.fast_start, body.fast_connect_refused),
            Body::Connect(body) => (&body.fast_start, body.fast_connect_refused),
            Body::Facility(body) => (&body.fast_start, body.fast_connect_refused),
            _ => (&None, None),
        };
        let mut channels = message::channels(accepted.as_ref());
        self.adopt(&mut channels, Party::Caller);
        if !channels.is_empty() {
            self.fast_start = FastStart::Settled;
            self.event(Event::FastStart(channels));
        } else if refused.is_some() || kind == MessageKind::Connect {
            self.refuse_fast_start();
        }
    }

    pub(super) fn refuse_fast_start(&mut self) {
        if self.fast_start == FastStart::Proposed && self.state.is_outgoing() {
            self.fast_start = FastStart::Settled;
            self.event(Event::FastStartRefused);
        }
    }
}
