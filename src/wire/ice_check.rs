//! The connectivity checks of ICE (RFC 8445 section 7), as far as a port that many sessions share
//! must know them: whose they are, and whether they are genuine. All else of them is the session's.

use std::fmt;

/// The magic cookie (RFC 8489 section 5).
const COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];

/// The bytes of a header, and of the header of an attribute.
const HEADER: usize = 20;
const ATTRIBUTE_HEADER: usize = 4;

/// The attributes that are read.
const USERNAME: u16 = 0x0006;
const MESSAGE_INTEGRITY: u16 = 0x0008;

/// Bytes of HMAC-SHA1.
pub const TAG_LEN: usize = 20;

/// Attributes of one message that are walked. A check has eight or so.
const MAX_ATTRIBUTES: usize = 32;

/// A Binding request with a user name and a tag.
#[derive(Clone, Copy)]
pub struct IceCheck<'a> {
    receiver: &'a str,
    datagram: &'a [u8],
    /// The header's length as the tag covers it: up to and with the tag.
    covered_length: [u8; 2],
    covered: usize,
    tag: &'a [u8; TAG_LEN],
}

impl fmt::Debug for IceCheck<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IceCheck").field("receiver", &self.receiver).finish_non_exhaustive()
    }
}

impl<'a> IceCheck<'a> {
    /// Reads a datagram. `None` for everything else.
    pub fn parse(datagram: &'a [u8]) -> Option<Self> {
        let (header, body) = datagram.split_first_chunk::<HEADER>()?;
        let [0, 1, high, low, c0, c1, c2, c3, ..] = *header else { return None };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if [c0, c1, c2, c3] != COOKIE || length != body.len() {
            return None;
        }
        let mut receiver = None;
        let mut at = HEADER;
        for _ in 0..MAX_ATTRIBUTES {
            let (&[k0, k1, l0, l1], rest) =
                datagram.get(at..)?.split_first_chunk::<ATTRIBUTE_HEADER>()?;
            let length = usize::from(u16::from_be_bytes([l0, l1]));
            let value = rest.get(..length)?;
            match u16::from_be_bytes([k0, k1]) {
                USERNAME => receiver = Some(receiver_of(value)?),
                MESSAGE_INTEGRITY => {
                    let end = at + ATTRIBUTE_HEADER + TAG_LEN;
                    return Some(Self {
                        receiver: receiver?,
                        datagram,
                        covered_length: u16::try_from(end - HEADER).ok()?.to_be_bytes(),
                        covered: at,
                        tag: value.try_into().ok()?,
                    });
                }
                _ => {}
            }
            at += ATTRIBUTE_HEADER + length.next_multiple_of(4);
        }
        None
    }

    /// The user name fragment of the side that the check is sent to.
    pub const fn receiver(&self) -> &'a str {
        self.receiver
    }

    /// What the tag covers, in three parts to be taken as one (RFC 8489 section 14.5), and the
    /// tag: HMAC-SHA1 under the receiver's password.
    pub fn integrity(&self) -> ([&[u8]; 3], &'a [u8; TAG_LEN]) {
        let part = |range| self.datagram.get::<std::ops::Range<usize>>(range).unwrap_or_default();
        ([part(0..2), &self.covered_length, part(4..self.covered)], self.tag)
    }
}

/// The first half of `receiver:sender`.
fn receiver_of(value: &[u8]) -> Option<&str> {
    let (receiver, _) = std::str::from_utf8(value).ok()?.split_once(':')?;
    Some(receiver)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 5769 section 2.1: user name `evtj:h6vY`, password `VOkJxbRl1RmTxUk/WvJxBt`.
    const SAMPLE: &[u8] = b"\x00\x01\x00\x58\x21\x12\xa4\x42\
        \xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae\
        \x80\x22\x00\x10STUN test client\
        \x00\x24\x00\x04\x6e\x00\x01\xff\
        \x80\x29\x00\x08\x93\x2f\xf9\xb1\x51\x26\x3b\x36\
        \x00\x06\x00\x09evtj:h6vY\x20\x20\x20\
        \x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\x78\x1e\xf2\xb5\xb2\xd3\xf2\x49\xc1\xb5\x71\xa2\
        \x80\x28\x00\x04\xe5\x7a\x3b\xcf";

    #[test]
    fn the_check_of_rfc_5769_is_read() {
        let check = IceCheck::parse(SAMPLE).expect("a check");
        assert_eq!(check.receiver(), "evtj");
        let ([start, length, rest], tag) = check.integrity();
        assert_eq!((start, length), (&SAMPLE[..2], [0, 0x50].as_slice()));
        assert_eq!(rest, &SAMPLE[4..SAMPLE.len() - 32]);
        assert_eq!(tag[..], SAMPLE[SAMPLE.len() - 28..SAMPLE.len() - 8]);
    }

    #[test]
    fn what_is_no_check_is_not_read() {
        for cut in 0..SAMPLE.len() {
            assert!(IceCheck::parse(&SAMPLE[..cut]).is_none(), "{cut}");
        }
        let mut response = SAMPLE.to_vec();
        response[0] = 1;
        assert!(IceCheck::parse(&response).is_none());
        let mut nameless = SAMPLE.to_vec();
        nameless[SAMPLE.len() - 48] = 0x80;
        assert!(IceCheck::parse(&nameless).is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(mut bytes in prop::collection::vec(any::<u8>(), 0..200), honest: bool) {
            if honest && bytes.len() >= 20 {
                let length = (bytes.len() - 20) as u16;
                bytes[..4].copy_from_slice(&[0, 1, (length >> 8) as u8, length as u8]);
                bytes[4..8].copy_from_slice(&COOKIE);
            }
            if let Some(check) = IceCheck::parse(&bytes) {
                let (covered, tag) = check.integrity();
                let covered: usize = covered.iter().map(|part| part.len()).sum();
                prop_assert!(covered + tag.len() < bytes.len());
            }
        }
    }
}
