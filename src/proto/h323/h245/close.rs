//! Asking a sender to close a channel (H.245 C.6).

use super::ANSWER_PATIENCE;
use super::outbox::Outbox;
use super::words::Event;
use causeway_asn1::h245::{
    IndicationMessage, RequestChannelClose, RequestChannelCloseReason, RequestChannelCloseRelease,
    RequestMessage,
};
use std::collections::BTreeMap;
use std::time::Instant;

/// The channels of the other side that it was asked to close, each until then.
#[derive(Debug, Default)]
pub(super) struct Closings {
    asked: BTreeMap<u16, Instant>,
}

impl Closings {
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.asked.values().min().copied()
    }

    pub(super) fn ask(&mut self, now: Instant, number: u16, out: &mut Outbox) {
        out.request(RequestMessage::RequestChannelClose(RequestChannelClose {
            forward_logical_channel_number: number,
            qos_capability: None,
            reason: Some(RequestChannelCloseReason::Normal),
        }));
        self.asked.insert(number, now + ANSWER_PATIENCE);
    }

    /// It will close it: it has as long again to do so.
    pub(super) fn ack(&mut self, now: Instant, number: u16) {
        if let Some(timer) = self.asked.get_mut(&number) {
            *timer = now + ANSWER_PATIENCE;
        }
    }

    pub(super) fn reject(&mut self, number: u16, out: &mut Outbox) {
        if self.asked.remove(&number).is_some() {
            out.event(Event::CloseRefused(number));
        }
    }

    /// It closed it.
    pub(super) fn closed(&mut self, number: u16) {
        self.asked.remove(&number);
    }

    pub(super) fn timeout(&mut self, now: Instant, out: &mut Outbox) {
        let late = |(number, timer): (&u16, &Instant)| (*timer <= now).then_some(*number);
        let late: Vec<u16> = self.asked.iter().filter_map(late).collect();
        for number in late {
            out.indication(IndicationMessage::RequestChannelCloseRelease(
                RequestChannelCloseRelease { forward_logical_channel_number: number },
            ));
            self.reject(number, out);
        }
    }
}
