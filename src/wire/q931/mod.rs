//! Messages of Q.931 as H.225.0 uses them: a header and information elements.
//!
//! [`Q931View`] borrows from a message whose every length has been followed to its end;
//! [`Q931Writer`] puts elements in the order that Q.931 wants. [`element`] reads and writes what
//! is in the elements that rooms and gateways send.

pub mod element;
mod kind;
#[cfg(test)]
mod tests;
mod write;

pub use element::{Cause, Number, NumberKind};
pub use kind::{ElementId, MessageKind};
pub use write::Q931Writer;

use std::fmt;

/// The protocol discriminator of call control (Q.931 section 4.2).
const CALL_CONTROL: u8 = 0x08;

/// Says that a user-user element holds ASN.1 (H.225.0 table 4-2 of the element).
const ASN1: u8 = 0x05;

/// Bit of the first byte of a call reference: set by the side that did not choose it.
const FLAG: u8 = 0x80;

/// The most that a 15-bit call reference can be.
pub const MAX_CALL_REFERENCE: u16 = 0x7fff;

/// Whose call: a number that the caller's side chose, one for each call of a connection. 0 speaks
/// of all calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallReference {
    /// 0 to [`MAX_CALL_REFERENCE`].
    pub value: u16,
    /// Whether the message comes from the side that did not choose the number.
    pub from_destination: bool,
}

impl CallReference {
    /// As the other side writes it.
    pub const fn answered(self) -> Self {
        Self { value: self.value, from_destination: !self.from_destination }
    }
}

/// Why bytes are no message. The sender is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Q931Error {
    /// Ends within the header.
    TooShort,
    /// The protocol discriminator is not 8.
    Protocol(u8),
    /// A call reference of so many bytes; H.225.0 has two.
    CallReference(u8),
    /// The element that begins at this offset leads beyond the end.
    Element(usize),
}

impl fmt::Display for Q931Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Q931Error::TooShort => f.write_str("Q.931 message ends within its header"),
            Q931Error::Protocol(number) => {
                write!(f, "Q.931 protocol discriminator is {number}, expected 8")
            }
            Q931Error::CallReference(length) => {
                write!(f, "Q.931 call reference has {length} bytes, expected 2")
            }
            Q931Error::Element(offset) => {
                write!(f, "Q.931 element at byte {offset} leads beyond the end")
            }
        }
    }
}

impl std::error::Error for Q931Error {}

/// One information element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    /// The codeset that its identifier belongs to, 0 to 7 (Q.931 section 4.5.2). All that is used
    /// here is in 0.
    pub codeset: u8,
    /// Which it is.
    pub id: ElementId,
    /// What it holds. For an element of one byte: that byte.
    pub data: &'a [u8],
}

/// A message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Q931View<'a> {
    /// Whose call.
    pub call_reference: CallReference,
    /// What it says.
    pub kind: MessageKind,
    elements: &'a [u8],
}

/// Bytes of the header with a call reference of two bytes.
const HEADER: usize = 5;

impl<'a> Q931View<'a> {
    /// Reads a message and follows every length. What is in the elements is not looked at.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn parse(message: &'a [u8]) -> Result<Self, Q931Error> {
        let (&[protocol, length, ..], _) =
            message.split_first_chunk::<2>().ok_or(Q931Error::TooShort)?;
        if protocol != CALL_CONTROL {
            return Err(Q931Error::Protocol(protocol));
        }
        if length != 2 {
            return Err(Q931Error::CallReference(length));
        }
        let (&[_, _, high, low, kind], elements) =
            message.split_first_chunk::<HEADER>().ok_or(Q931Error::TooShort)?;
        let call_reference = CallReference {
            value: u16::from_be_bytes([high & !FLAG, low]),
            from_destination: high & FLAG != 0,
        };
        let view = Self { call_reference, kind: MessageKind::from_number(kind), elements };
        let mut walk = view.elements();
        while walk.next().is_some() {}
        if walk.rest.is_empty() {
            Ok(view)
        } else {
            Err(Q931Error::Element(message.len() - walk.rest.len()))
        }
    }

    /// Its elements in the order of the message; shifts of the codeset are carried out.
    pub fn elements(&self) -> Elements<'a> {
        Elements { rest: self.elements, locked: 0, once: None }
    }

    /// What the first element `id` of codeset 0 holds; those that repeat it do not count
    /// (Q.931 section 5.8.5.1).
    pub fn find(&self, id: ElementId) -> Option<&'a [u8]> {
        self.elements()
            .find(|element| element.codeset == 0 && element.id == id)
            .map(|element| element.data)
    }

    /// The ASN.1 of the user-user element. `None` where there is none, or of another protocol.
    pub fn user_user(&self) -> Option<&'a [u8]> {
        let (&protocol, asn1) = self.find(ElementId::USER_USER)?.split_first()?;
        (protocol == ASN1).then_some(asn1)
    }
}

/// Walks the elements of a message.
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    rest: &'a [u8],
    /// The codeset from here on.
    locked: u8,
    /// The codeset of the next element alone.
    once: Option<u8>,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        loop {
            let &first = self.rest.first()?;
            let codeset = self.once.unwrap_or(self.locked);
            if first & 0x80 != 0 {
                let (byte, rest) = self.rest.split_at_checked(1)?;
                self.rest = rest;
                if first & 0xf0 == SHIFT {
                    self.shift(first);
                    continue;
                }
                self.once = None;
                return Some(Element { codeset, id: ElementId::of_single(first), data: byte });
            }
            let id = ElementId(first);
            let (length, start) = if id == ElementId::USER_USER && codeset == 0 {
                (usize::from(crate::be16(self.rest, 1)?), 3)
            } else {
                (usize::from(*self.rest.get(1)?), 2)
            };
            let data = self.rest.get(start..start + length)?;
            self.rest = self.rest.get(start + length..)?;
            self.once = None;
            return Some(Element { codeset, id, data });
        }
    }
}

/// The upper half of a shift; below it a bit that says "for one element", and the codeset.
const SHIFT: u8 = 0x90;

impl Elements<'_> {
    /// Locking shifts only lead to higher codesets (Q.931 section 4.5.3); others do nothing.
    fn shift(&mut self, shift: u8) {
        let codeset = shift & 7;
        if shift & 8 != 0 {
            self.once = Some(codeset);
        } else {
            self.locked = self.locked.max(codeset);
        }
    }
}
