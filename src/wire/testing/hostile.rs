//! Messages that are wrong in every way that Q.931 and what it carries can be: every length, every
//! identifier, every cut. The same on every run.

use crate::q931::Q931View;

/// One message and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hostile {
    /// What was done to a good message.
    pub what: String,
    /// The message.
    pub message: Vec<u8>,
}

/// Of a good message with a user-user element: all that is wrong in one place. For a Setup of 300
/// bytes these are some 3,000.
pub fn of_message(good: &[u8]) -> Vec<Hostile> {
    let mut out = vec![];
    out.extend(cuts(good));
    out.extend(headers(good));
    out.extend(lengths(good));
    out.extend(identifiers(good));
    out.extend(bits(good));
    out
}

/// Of any bytes, ASN.1 first of all: cut anywhere, each byte inverted and at its extremes, each
/// bit flipped.
pub fn of_bytes(good: &[u8]) -> Vec<Hostile> {
    let mut out = cuts(good);
    out.extend(bits(good));
    for (place, byte) in good.iter().enumerate() {
        for value in [0, 0x7f, 0x80, 0xbf, 0xc4, 0xff, !byte] {
            out.push(put(good, place, value, "set"));
        }
    }
    out
}

fn cuts(good: &[u8]) -> Vec<Hostile> {
    let cut = |end: usize| Hostile { what: format!("cut at {end}"), message: good[..end].to_vec() };
    (0..good.len()).map(cut).collect()
}

fn bits(good: &[u8]) -> Vec<Hostile> {
    let flip = |place: usize| put(good, place / 8, good[place / 8] ^ 0x80 >> (place % 8), "flip");
    (0..8 * good.len()).map(flip).collect()
}

/// Every protocol discriminator, call reference length and message type.
fn headers(good: &[u8]) -> Vec<Hostile> {
    let all = |place: usize| (0..=u8::MAX).map(move |value| put(good, place, value, "header"));
    [0, 1, 4].into_iter().flat_map(all).filter(|hostile| hostile.message != good).collect()
}

/// Every length of every element, of one byte and of two.
fn lengths(good: &[u8]) -> Vec<Hostile> {
    let mut out = vec![];
    for place in elements(good) {
        if good[place] == USER_USER {
            for length in 0..=u8::MAX {
                out.push(put(good, place + 1, length, "user-user length"));
                out.push(put(good, place + 2, length, "user-user length"));
            }
        } else {
            let all = 0..=u8::MAX;
            out.extend(all.map(|length| put(good, place + 1, length, "length")));
        }
    }
    out.retain(|hostile| hostile.message != good);
    out
}

/// Every identifier in the place of the first element, shifts among them.
fn identifiers(good: &[u8]) -> Vec<Hostile> {
    let first = elements(good).first().copied();
    let all = |place: usize| (0..=u8::MAX).map(move |id| put(good, place, id, "identifier"));
    first.into_iter().flat_map(all).filter(|hostile| hostile.message != good).collect()
}

const USER_USER: u8 = 0x7e;

/// Where the elements of a good message begin that have a length.
fn elements(good: &[u8]) -> Vec<usize> {
    let Ok(view) = Q931View::parse(good) else { return vec![] };
    let start = good.as_ptr() as usize;
    view.elements()
        .filter(|element| !element.id.is_single())
        .map(|element| {
            let header = if element.id.0 == USER_USER { 3 } else { 2 };
            element.data.as_ptr() as usize - start - header
        })
        .collect()
}

fn put(good: &[u8], place: usize, value: u8, what: &str) -> Hostile {
    let mut message = good.to_vec();
    message[place] = value;
    Hostile { what: format!("{what} {value:#04x} at {place}"), message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::q931::{CallReference, ElementId, MessageKind, Q931Writer};

    #[test]
    fn each_is_wrong_in_its_own_way() {
        let call_reference = CallReference { value: 1, from_destination: false };
        let good = Q931Writer::new(call_reference, MessageKind::Setup)
            .element(ElementId::BEARER_CAPABILITY, &[0x88, 0x90, 0xa5])
            .element(ElementId::DISPLAY, b"Room")
            .user_user(&[0x20; 60])
            .finish()
            .unwrap();
        assert_eq!(elements(&good), [5, 10, 16]);
        let all = of_message(&good);
        assert!(all.iter().all(|hostile| hostile.message != good));
        assert!(all.len() > 2_500, "{}", all.len());
        let refused = all.iter().filter(|hostile| Q931View::parse(&hostile.message).is_err());
        assert!(refused.count() > 1_000);
        assert_eq!(all, of_message(&good), "the same every time");
        assert!(of_bytes(&[1, 2, 3]).iter().any(|hostile| hostile.message == [1, 2]));
    }
}
