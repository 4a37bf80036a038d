//! STUN Binding requests without credentials, as devices send them to keep a flow alive (RFC 8489
//! section 5; RFC 5626 section 8), and their answers. Everything else of STUN is the media's.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// The magic cookie (RFC 8489 section 5).
const COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];

/// The bytes of a header.
const HEADER: usize = 20;

/// A request that came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BindingRequest {
    transaction: [u8; 12],
}

impl fmt::Debug for BindingRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BindingRequest")
    }
}

impl BindingRequest {
    /// Reads a datagram. `None` for everything else, and where the sender wants more understood
    /// than a keep-alive asks for.
    pub fn parse(datagram: &[u8]) -> Option<Self> {
        let (header, mut attributes) = datagram.split_first_chunk::<HEADER>()?;
        let [0, 1, high, low, c0, c1, c2, c3, transaction @ ..] = *header else { return None };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if [c0, c1, c2, c3] != COOKIE || length != attributes.len() {
            return None;
        }
        while !attributes.is_empty() {
            let ([k0, k1, l0, l1], rest) = attributes.split_first_chunk::<4>()?;
            let optional = u16::from_be_bytes([*k0, *k1]) >= 0x8000;
            let padded = usize::from(u16::from_be_bytes([*l0, *l1])).next_multiple_of(4);
            attributes = rest.get(padded..).filter(|_| optional)?;
        }
        Some(Self { transaction })
    }

    /// The answer: the address that the request came from (XOR-MAPPED-ADDRESS).
    pub fn response(&self, source: SocketAddr) -> Vec<u8> {
        let mut pad = COOKIE.to_vec();
        pad.extend(self.transaction);
        let (family, address) = match source.ip().to_canonical() {
            IpAddr::V4(v4) => (1, v4.octets().to_vec()),
            IpAddr::V6(v6) => (2, v6.octets().to_vec()),
        };
        let mut value = vec![0, family];
        value.extend(source.port().to_be_bytes().iter().zip(&COOKIE).map(|(a, b)| a ^ b));
        value.extend(address.iter().zip(&pad).map(|(a, b)| a ^ b));
        // At most 20 bytes.
        let length = u8::try_from(value.len()).unwrap_or(u8::MAX);
        let mut response = vec![1, 1, 0, length + 4];
        response.extend(pad);
        response.extend([0, 0x20, 0, length]);
        response.extend(value);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn request(attributes: &[u8]) -> Vec<u8> {
        let length = u8::try_from(attributes.len()).expect("short");
        let mut datagram = vec![0, 1, 0, length];
        datagram.extend(COOKIE);
        datagram.extend(*b"transaction!");
        datagram.extend(attributes);
        datagram
    }

    /// The transaction, the addresses and their encodings of RFC 5769 sections 2.2 and 2.3.
    #[test]
    fn the_answer_shows_the_source_as_rfc_5769_encodes_it() {
        let transaction = *b"\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae";
        let request = BindingRequest { transaction };
        let v4 = request.response("192.0.2.1:32853".parse().expect("an address"));
        assert_eq!(v4[..4], [1, 1, 0, 12]);
        assert_eq!(v4[8..20], transaction);
        assert_eq!(v4[20..], *b"\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43");
        let v6 =
            request.response("[2001:db8:1234:5678:11:2233:4455:6677]:32853".parse().expect("it"));
        assert_eq!(
            v6[20..],
            *b"\x00\x20\x00\x14\x00\x02\xa1\x47\x01\x13\xa9\xfa\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9"
        );
    }

    #[test]
    fn a_keep_alive_is_read_and_what_wants_more_is_not() {
        assert!(BindingRequest::parse(&request(&[])).is_some());
        let software = [0x80, 0x22, 0, 3, b'a', b'b', b'c', 0];
        assert!(BindingRequest::parse(&request(&software)).is_some());
        let username = [0, 6, 0, 3, b'a', b'b', b'c', 0];
        assert_eq!(BindingRequest::parse(&request(&username)), None);
        let mut response = request(&[]);
        response[0] = 1;
        assert_eq!(BindingRequest::parse(&response), None);
        assert_eq!(BindingRequest::parse(&request(&[])[..19]), None);
        assert_eq!(BindingRequest::parse(b"OPTIONS sip:a SIP/2.0\r\n"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..64), attributes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = BindingRequest::parse(&bytes);
            let _ = BindingRequest::parse(&request(&attributes));
        }
    }
}
