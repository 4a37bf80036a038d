//! Channels that are proposed, taken and refused within call signalling (H.323 section 8.1.7).

use super::message::FastAnswer;
use super::{Call, Event, read};
use crate::h323::h245::Direction;
use causeway_asn1::encode;
use causeway_asn1::h225::H323UuPduH323MessageBody as Body;
use causeway_asn1::h245::OpenLogicalChannel;
use causeway_wire::q931::MessageKind;

/// What became of the channels that the caller proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FastStart {
    /// None were.
    None,
    Proposed,
    /// We take these of the caller's; our next message says so.
    Taking(Vec<OpenLogicalChannel>),
    /// We take none; our next message says so.
    Refusing,
    Taken,
    Refused,
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

impl FastStart {
    /// Whether channels are open by it, so that media flows without H.245.
    pub(super) fn is_taken(&self) -> bool {
        matches!(self, FastStart::Taking(_) | FastStart::Taken)
    }

    /// What our next message says of it.
    pub(super) fn say(&mut self) -> FastAnswer {
        match std::mem::replace(self, FastStart::None) {
            FastStart::Taking(channels) => {
                *self = FastStart::Taken;
                FastAnswer::taken(&channels)
            }
            FastStart::Refusing => {
                *self = FastStart::Refused;
                FastAnswer::refused()
            }
            other => {
                *self = other;
                FastAnswer::default()
            }
        }
    }
}

impl Call {
    /// Whether channels are proposed, and nobody has said what becomes of them.
    pub(super) fn is_proposed(&self) -> bool {
        self.fast_start == FastStart::Proposed
    }

    /// Hands channels that were taken to H.245; `we` are one of the two. What it cannot have, as
    /// its number stands twice, is left out.
    fn adopt(&mut self, channels: &mut Vec<OpenLogicalChannel>, we: Party) {
        channels.retain(|channel| {
            let ours = sender(channel) == we;
            let direction = if ours { Direction::Outgoing } else { Direction::Incoming };
            self.control.adopt(direction, channel.forward_logical_channel_number)
        });
    }

    /// We take these of the channels that the caller proposed.
    pub(super) fn settle_fast_start(&mut self, mut channels: Vec<OpenLogicalChannel>) {
        if self.fast_start != FastStart::Proposed || !self.state.is_incoming() {
            return;
        }
        channels.retain(|channel| encode(channel).is_ok());
        self.adopt(&mut channels, Party::Callee);
        self.fast_start =
            if channels.is_empty() { FastStart::Refusing } else { FastStart::Taking(channels) };
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
            Body::Information(body) => (&body.fast_start, body.fast_connect_refused),
            _ => (&None, None),
        };
        let mut channels = read::channels(accepted.as_ref());
        self.adopt(&mut channels, Party::Caller);
        if !channels.is_empty() {
            self.fast_start = FastStart::Taken;
            self.event(Event::FastStart(channels));
        } else if refused.is_some() || kind == MessageKind::Connect {
            self.give_fast_start_up();
        }
    }

    /// Channels that are proposed and not taken yet never will be: one of the two begins with
    /// H.245 (H.323 section 8.1.7.1).
    pub(super) fn give_fast_start_up(&mut self) {
        if self.fast_start != FastStart::Proposed {
            return;
        }
        let incoming = self.state.is_incoming();
        self.fast_start = if incoming { FastStart::Refusing } else { FastStart::Refused };
        self.event(Event::FastStartRefused);
    }
}
