//! Writes messages.

use super::{ASN1, CALL_CONTROL, CallReference, ElementId, FLAG, MAX_CALL_REFERENCE, MessageKind};

/// A message being written. Elements may be given in any order; Q.931 section 4.5.1 has them by
/// their numbers.
#[derive(Clone, Debug)]
pub struct Q931Writer {
    call_reference: CallReference,
    kind: MessageKind,
    elements: Vec<(ElementId, Vec<u8>)>,
}

impl Q931Writer {
    /// A message without elements. Of the call reference 15 bits count.
    pub fn new(call_reference: CallReference, kind: MessageKind) -> Self {
        Self { call_reference, kind, elements: vec![] }
    }

    /// Adds an element; of one of one byte only the lower half of `data` counts.
    #[must_use]
    pub fn element(mut self, id: ElementId, data: &[u8]) -> Self {
        self.elements.push((id, data.to_vec()));
        self
    }

    /// Adds the user-user element with ASN.1.
    #[must_use]
    pub fn user_user(self, asn1: &[u8]) -> Self {
        self.element(ElementId::USER_USER, &[&[ASN1], asn1].concat())
    }

    /// The message. `None` where an element is longer than its length can say.
    pub fn finish(mut self) -> Option<Vec<u8>> {
        let [high, low] = (self.call_reference.value & MAX_CALL_REFERENCE).to_be_bytes();
        let flag = if self.call_reference.from_destination { FLAG } else { 0 };
        let mut out = vec![CALL_CONTROL, 2, high | flag, low, self.kind.number()];
        // Those of one byte first: an element that is complete is known before it is read.
        self.elements.sort_by_key(|(id, _)| (!id.is_single(), *id));
        for (id, data) in &self.elements {
            if id.is_single() {
                out.push(id.0 | data.first().map_or(0, |value| value & 0x0f));
                continue;
            }
            out.push(id.0);
            if *id == ElementId::USER_USER {
                out.extend(u16::try_from(data.len()).ok()?.to_be_bytes());
            } else {
                out.push(u8::try_from(data.len()).ok()?);
            }
            out.extend(data);
        }
        Some(out)
    }
}
