//! Channels, each opened and closed by who sends on it (H.245 C.4).

use super::ANSWER_PATIENCE;
use super::outbox::Outbox;
use super::words::{Direction, Event, OpenCause, Opening};
use causeway_asn1::h245::{
    CloseLogicalChannel, CloseLogicalChannelAck, CloseLogicalChannelReason,
    CloseLogicalChannelSource, DataType, H2250LogicalChannelParameters, OpenLogicalChannel,
    OpenLogicalChannelAck, OpenLogicalChannelForwardLogicalChannelParameters,
    OpenLogicalChannelForwardLogicalChannelParametersMultiplexParameters as Multiplex,
    OpenLogicalChannelReject, OpenLogicalChannelRejectCause, RequestChannelClose,
    RequestChannelCloseAck, RequestChannelCloseReject, RequestChannelCloseRejectCause,
    RequestMessage, ResponseMessage,
};
use std::collections::BTreeMap;
use std::time::Instant;

/// Channels of one direction at a time: a room has sound, two pictures and a camera's control.
pub const MAX_CHANNELS: usize = 16;

/// A channel that we send on.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outgoing {
    AwaitingEstablishment {
        timer: Instant,
        session: u8,
        /// What the session has in both directions, where it can only be the same.
        only: Option<Box<DataType>>,
        replaces: Option<u16>,
    },
    Established,
    AwaitingRelease {
        timer: Instant,
    },
}

impl Outgoing {
    fn timer(&self) -> Option<Instant> {
        match self {
            Outgoing::AwaitingEstablishment { timer, .. } | Outgoing::AwaitingRelease { timer } => {
                Some(*timer)
            }
            Outgoing::Established => None,
        }
    }
}

/// A channel that the other side sends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Incoming {
    /// The application has not said whether it takes it.
    AwaitingEstablishment,
    Established,
}

/// All channels. One that is in neither table is released.
#[derive(Debug, Default)]
pub(super) struct Channels {
    outgoing: BTreeMap<u16, Outgoing>,
    incoming: BTreeMap<u16, Incoming>,
}

impl Channels {
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.outgoing.values().filter_map(|channel| channel.timer()).min()
    }

    pub(super) fn has_incoming(&self, number: u16) -> bool {
        self.incoming.contains_key(&number)
    }

    /// The numbers of those that are open.
    #[cfg(test)]
    pub(super) fn open_ones(&self, direction: Direction) -> Vec<u16> {
        match direction {
            Direction::Outgoing => self
                .outgoing
                .iter()
                .filter_map(|(number, channel)| {
                    (*channel == Outgoing::Established).then_some(*number)
                })
                .collect(),
            Direction::Incoming => self
                .incoming
                .iter()
                .filter_map(|(number, channel)| {
                    (*channel == Incoming::Established).then_some(*number)
                })
                .collect(),
        }
    }

    /// Takes over a channel that stands already: it is closed and replaced like any other. Whether
    /// its number was free, and there was room.
    pub(super) fn adopt(&mut self, direction: Direction, number: u16) -> bool {
        let outgoing = direction == Direction::Outgoing;
        let (taken, count) = if outgoing {
            (self.outgoing.contains_key(&number), self.outgoing.len())
        } else {
            (self.incoming.contains_key(&number), self.incoming.len())
        };
        if number == 0 || taken || count >= MAX_CHANNELS {
            return false;
        }
        if outgoing {
            self.outgoing.insert(number, Outgoing::Established);
        } else {
            self.incoming.insert(number, Incoming::Established);
        }
        true
    }

    /// Opens a channel of ours.
    pub(super) fn open(&mut self, now: Instant, opening: Opening, out: &mut Outbox) {
        let Opening { number, data_type, parameters, encryption, replaces, generic, exclusive } =
            opening;
        // A number that is being released may be used again at once (C.4.1.2).
        let free = match self.outgoing.get(&number) {
            None => self.outgoing.len() < MAX_CHANNELS,
            Some(taken) => matches!(taken, Outgoing::AwaitingRelease { .. }),
        };
        if !free {
            return out.event(Event::NotOpened(number, OpenCause::Unavailable));
        }
        let session = parameters.session_id;
        let only = exclusive.then(|| Box::new(data_type.clone()));
        let request = OpenLogicalChannel {
            forward_logical_channel_number: number,
            forward_logical_channel_parameters: OpenLogicalChannelForwardLogicalChannelParameters {
                data_type,
                multiplex_parameters: Multiplex::H2250LogicalChannelParameters(Box::new(
                    parameters,
                )),
                replacement_for: replaces,
                ..OpenLogicalChannelForwardLogicalChannelParameters::default()
            },
            encryption_sync: encryption,
            generic_information: generic,
            ..OpenLogicalChannel::default()
        };
        if !out.request(RequestMessage::OpenLogicalChannel(Box::new(request))) {
            return out.event(Event::NotOpened(number, OpenCause::Unwritable));
        }
        let timer = now + ANSWER_PATIENCE;
        let channel = Outgoing::AwaitingEstablishment { timer, session, only, replaces };
        self.outgoing.insert(number, channel);
    }

    /// The other side takes a channel of ours.
    pub(super) fn ack(&mut self, now: Instant, ack: Box<OpenLogicalChannelAck>, out: &mut Outbox) {
        let number = ack.forward_logical_channel_number;
        let Some(channel) = self.outgoing.get_mut(&number) else { return };
        let Outgoing::AwaitingEstablishment { replaces, .. } = *channel else { return };
        *channel = Outgoing::Established;
        out.event(Event::Opened(ack));
        if let Some(replaced) = replaces {
            self.close(now, replaced, out);
        }
    }

    /// The other side refuses a channel of ours.
    pub(super) fn rejected(&mut self, reject: &OpenLogicalChannelReject, out: &mut Outbox) {
        let number = reject.forward_logical_channel_number;
        match self.outgoing.remove(&number) {
            Some(Outgoing::AwaitingRelease { .. }) => {
                out.event(Event::Closed(Direction::Outgoing, number, None));
            }
            Some(_) => {
                let cause = OpenCause::Refused(reject.cause.clone());
                out.event(Event::NotOpened(number, cause));
            }
            None => {}
        }
    }

    /// Closes a channel of ours.
    pub(super) fn close(&mut self, now: Instant, number: u16, out: &mut Outbox) {
        let Some(channel) = self.outgoing.get_mut(&number) else { return };
        if let Outgoing::AwaitingRelease { .. } = channel {
            return;
        }
        *channel = Outgoing::AwaitingRelease { timer: now + ANSWER_PATIENCE };
        send_close(number, CloseLogicalChannelSource::User, out);
    }

    /// The other side has seen that a channel of ours is closed.
    pub(super) fn close_ack(&mut self, number: u16, out: &mut Outbox) {
        if let Some(Outgoing::AwaitingRelease { .. }) = self.outgoing.get(&number) {
            self.outgoing.remove(&number);
            out.event(Event::Closed(Direction::Outgoing, number, None));
        }
    }

    /// The other side asks us to close one of ours.
    pub(super) fn close_asked(
        &mut self,
        now: Instant,
        request: &RequestChannelClose,
        out: &mut Outbox,
    ) {
        let number = request.forward_logical_channel_number;
        if !self.outgoing.contains_key(&number) {
            out.response(ResponseMessage::RequestChannelCloseReject(RequestChannelCloseReject {
                forward_logical_channel_number: number,
                cause: RequestChannelCloseRejectCause::Unspecified,
            }));
            return;
        }
        out.response(ResponseMessage::RequestChannelCloseAck(RequestChannelCloseAck {
            forward_logical_channel_number: number,
        }));
        self.close(now, number, out);
    }

    /// The other side wants to send. `master` decides where both open what cannot be both.
    pub(super) fn request(&mut self, open: OpenLogicalChannel, master: bool, out: &mut Outbox) {
        let number = open.forward_logical_channel_number;
        let replaced = self.incoming.remove(&number);
        if replaced.is_some() {
            // Opened anew under the same number: the old one is gone (C.4.1.3).
            out.event(Event::Closed(Direction::Incoming, number, None));
        }
        let refusal = if self.incoming.len() >= MAX_CHANNELS {
            Some(OpenLogicalChannelRejectCause::Unspecified)
        } else if open.reverse_logical_channel_parameters.is_some() {
            // Channels of both directions carry data of T.120, which nobody speaks here.
            Some(OpenLogicalChannelRejectCause::UnsuitableReverseParameters)
        } else if master && self.conflicts(&open) {
            Some(OpenLogicalChannelRejectCause::MasterSlaveConflict)
        } else {
            None
        };
        if let Some(cause) = refusal {
            return send_reject(number, cause, out);
        }
        self.incoming.insert(number, Incoming::AwaitingEstablishment);
        out.event(Event::Offered(Box::new(open)));
    }

    /// Whether we are opening something else in the same session, which can only have the same in
    /// both directions.
    fn conflicts(&self, open: &OpenLogicalChannel) -> bool {
        let Some(parameters) = h2250(open) else { return false };
        let data_type = &open.forward_logical_channel_parameters.data_type;
        self.outgoing.values().any(|channel| match channel {
            Outgoing::AwaitingEstablishment { session, only: Some(only), .. } => {
                *session == parameters.session_id && **only != *data_type
            }
            _ => false,
        })
    }

    /// We take a channel of the other side's.
    pub(super) fn accept(&mut self, ack: Box<OpenLogicalChannelAck>, out: &mut Outbox) {
        let number = ack.forward_logical_channel_number;
        let Some(channel) = self.incoming.get_mut(&number) else { return };
        if *channel == Incoming::Established {
            return;
        }
        if out.response(ResponseMessage::OpenLogicalChannelAck(ack)) {
            *channel = Incoming::Established;
        } else {
            self.reject(number, OpenLogicalChannelRejectCause::Unspecified, out);
            out.event(Event::Closed(Direction::Incoming, number, None));
        }
    }

    /// We refuse a channel of the other side's.
    pub(super) fn reject(
        &mut self,
        number: u16,
        cause: OpenLogicalChannelRejectCause,
        out: &mut Outbox,
    ) {
        if self.incoming.get(&number) == Some(&Incoming::AwaitingEstablishment) {
            self.incoming.remove(&number);
            send_reject(number, cause, out);
        }
    }

    /// The other side closes one of its own. It is acknowledged also where we know of none.
    pub(super) fn close_requested(&mut self, close: &CloseLogicalChannel, out: &mut Outbox) {
        let number = close.forward_logical_channel_number;
        out.response(ResponseMessage::CloseLogicalChannelAck(CloseLogicalChannelAck {
            forward_logical_channel_number: number,
        }));
        if self.incoming.remove(&number).is_some() {
            let reason: Option<CloseLogicalChannelReason> = close.reason.clone();
            out.event(Event::Closed(Direction::Incoming, number, reason));
        }
    }

    pub(super) fn timeout(&mut self, now: Instant, out: &mut Outbox) {
        let late = |(number, channel): (&u16, &Outgoing)| {
            channel.timer().is_some_and(|timer| timer <= now).then_some(*number)
        };
        let late: Vec<u16> = self.outgoing.iter().filter_map(late).collect();
        for number in late {
            match self.outgoing.remove(&number) {
                Some(Outgoing::AwaitingEstablishment { .. }) => {
                    // Should it be open over there, it is not any more.
                    send_close(number, CloseLogicalChannelSource::Lcse, out);
                    out.event(Event::NotOpened(number, OpenCause::Unanswered));
                }
                _ => out.event(Event::Closed(Direction::Outgoing, number, None)),
            }
        }
    }
}

/// Where a channel goes, if it is one of H.225.0.
fn h2250(open: &OpenLogicalChannel) -> Option<&H2250LogicalChannelParameters> {
    match &open.forward_logical_channel_parameters.multiplex_parameters {
        Multiplex::H2250LogicalChannelParameters(parameters) => Some(parameters),
        _ => None,
    }
}

fn send_close(number: u16, source: CloseLogicalChannelSource, out: &mut Outbox) {
    out.request(RequestMessage::CloseLogicalChannel(CloseLogicalChannel {
        forward_logical_channel_number: number,
        source,
        reason: None,
    }));
}

fn send_reject(number: u16, cause: OpenLogicalChannelRejectCause, out: &mut Outbox) {
    out.response(ResponseMessage::OpenLogicalChannelReject(OpenLogicalChannelReject {
        forward_logical_channel_number: number,
        cause,
        ..OpenLogicalChannelReject::default()
    }));
}
