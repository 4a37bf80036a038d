//! What each side takes (H.245 C.3).

use super::ANSWER_PATIENCE;
use super::outbox::Outbox;
use super::words::Event;
use causeway_asn1::ObjectIdentifier;
use causeway_asn1::h245::{
    Capability, CapabilityDescriptor, IndicationMessage, MultiplexCapability, RequestMessage,
    ResponseMessage, TerminalCapabilitySet, TerminalCapabilitySetAck, TerminalCapabilitySetReject,
    TerminalCapabilitySetRejectCause, TerminalCapabilitySetRejectCauseTableEntryCapacityExceeded,
    TerminalCapabilitySetRelease,
};
use std::collections::BTreeMap;
use std::time::Instant;

/// H.245 version 16.
const PROTOCOL: [u32; 6] = [0, 0, 8, 245, 0, 16];

/// Capabilities of one side that are kept: one message can bring 256, and rooms bring some 60 in
/// one.
pub const MAX_CAPABILITIES: usize = 512;

/// Descriptors that are kept: their numbers have a byte.
const MAX_DESCRIPTORS: usize = 256;

/// What one side takes, as its messages have added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// What its transport can do.
    pub multiplex: Option<MultiplexCapability>,
    /// Each capability by its number.
    pub table: BTreeMap<u16, Capability>,
    /// What of them goes together: of each inner list one at a time. By their numbers, the
    /// preferred first.
    pub descriptors: BTreeMap<u8, Vec<Vec<u16>>>,
}

impl Capabilities {
    /// Whether nothing is to be sent.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// What it is after `set`. Entries without a capability are taken away, those not named stay.
    fn after(&self, set: &TerminalCapabilitySet) -> Result<Self, TerminalCapabilitySetRejectCause> {
        // H.323 section 8.4.6: an empty set takes everything away.
        if set.capability_table.is_none() && set.capability_descriptors.is_none() {
            return Ok(Self::default());
        }
        let mut next = self.clone();
        if let Some(multiplex) = &set.multiplex_capability {
            next.multiplex = Some(multiplex.clone());
        }
        for entry in set.capability_table.iter().flatten() {
            let number = entry.capability_table_entry_number;
            match &entry.capability {
                Some(capability) => next.table.insert(number, capability.clone()),
                None => next.table.remove(&number),
            };
        }
        for descriptor in set.capability_descriptors.iter().flatten() {
            next.describe(descriptor);
        }
        if next.table.len() > MAX_CAPABILITIES {
            return Err(TerminalCapabilitySetRejectCause::TableEntryCapacityExceeded(
                TerminalCapabilitySetRejectCauseTableEntryCapacityExceeded::NoneProcessed,
            ));
        }
        if next.descriptors.len() > MAX_DESCRIPTORS {
            return Err(TerminalCapabilitySetRejectCause::DescriptorCapacityExceeded);
        }
        Ok(next)
    }

    fn describe(&mut self, descriptor: &CapabilityDescriptor) {
        let number = descriptor.capability_descriptor_number;
        match &descriptor.simultaneous_capabilities {
            Some(sets) => self.descriptors.insert(number, sets.clone()),
            None => self.descriptors.remove(&number),
        };
    }
}

/// Ours, on their way to the other side.
#[derive(Debug, Default)]
pub(super) struct Ours {
    /// The last number used.
    sequence: u8,
    state: Sending,
}

#[derive(Debug, Default)]
enum Sending {
    #[default]
    Idle,
    AwaitingResponse {
        timer: Instant,
        /// What is to be said next: only the newest counts.
        next: Option<Box<TerminalCapabilitySet>>,
    },
}

impl Ours {
    pub(super) fn deadline(&self) -> Option<Instant> {
        match &self.state {
            Sending::Idle => None,
            Sending::AwaitingResponse { timer, .. } => Some(*timer),
        }
    }

    pub(super) fn send(&mut self, now: Instant, set: TerminalCapabilitySet, out: &mut Outbox) {
        match &mut self.state {
            Sending::Idle => self.transmit(now, set, out),
            Sending::AwaitingResponse { next, .. } => *next = Some(Box::new(set)),
        }
    }

    fn transmit(&mut self, now: Instant, mut set: TerminalCapabilitySet, out: &mut Outbox) {
        self.sequence = self.sequence.wrapping_add(1);
        set.sequence_number = self.sequence;
        set.protocol_identifier = ObjectIdentifier::new(&PROTOCOL);
        if out.request(RequestMessage::TerminalCapabilitySet(Box::new(set))) {
            self.state = Sending::AwaitingResponse { timer: now + ANSWER_PATIENCE, next: None };
        } else {
            let cause = TerminalCapabilitySetRejectCause::Unspecified;
            out.event(Event::CapabilitiesRefused(cause));
        }
    }

    pub(super) fn ack(&mut self, now: Instant, sequence: u8, out: &mut Outbox) {
        if sequence == self.sequence {
            self.answered(now, Event::CapabilitiesAccepted, out);
        }
    }

    pub(super) fn reject(
        &mut self,
        now: Instant,
        reject: TerminalCapabilitySetReject,
        out: &mut Outbox,
    ) {
        if reject.sequence_number == self.sequence {
            self.answered(now, Event::CapabilitiesRefused(reject.cause), out);
        }
    }

    fn answered(&mut self, now: Instant, event: Event, out: &mut Outbox) {
        let Sending::AwaitingResponse { next, .. } = std::mem::take(&mut self.state) else {
            return;
        };
        out.event(event);
        if let Some(next) = next {
            self.transmit(now, *next, out);
        }
    }

    pub(super) fn timeout(&mut self, now: Instant, out: &mut Outbox) {
        if self.deadline().is_some_and(|deadline| deadline <= now) {
            out.indication(IndicationMessage::TerminalCapabilitySetRelease(
                TerminalCapabilitySetRelease::default(),
            ));
            self.answered(now, Event::CapabilitiesUnanswered, out);
        }
    }
}

/// Those of the other side.
#[derive(Debug, Default)]
pub(super) struct Theirs {
    capabilities: Capabilities,
}

impl Theirs {
    pub(super) fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Each set is answered at once: nothing that the application could say would change it.
    pub(super) fn request(&mut self, set: &TerminalCapabilitySet, out: &mut Outbox) {
        let sequence_number = set.sequence_number;
        match self.capabilities.after(set) {
            Ok(capabilities) => {
                out.response(ResponseMessage::TerminalCapabilitySetAck(TerminalCapabilitySetAck {
                    sequence_number,
                    generic_information: None,
                }));
                out.event(Event::Capabilities(Box::new(capabilities.clone())));
                self.capabilities = capabilities;
            }
            Err(cause) => {
                out.response(ResponseMessage::TerminalCapabilitySetReject(
                    TerminalCapabilitySetReject {
                        sequence_number,
                        cause,
                        generic_information: None,
                    },
                ));
            }
        }
    }
}
