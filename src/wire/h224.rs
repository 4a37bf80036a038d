//! Frames of H.224, as they travel in RTP (RFC 4573): one frame a packet, without flags, stuffing
//! and checksum. Only H.281 is spoken over them here.

use std::fmt;

/// Bytes before the data of a client: the header of Q.922, and that of H.224.
pub const HEADER: usize = 9;

/// The most that a frame carries (H.224 section 8).
pub const MAX_DATA: usize = 254;

/// Clients of one list that are read; the standard knows three.
pub const MAX_CLIENTS: usize = 16;

/// The client that manages the others (H.224 section 9).
pub const CLIENT_MANAGEMENT: u8 = 0x00;

/// The client that controls cameras (H.281).
pub const CAMERA_CONTROL: u8 = 0x01;

/// Data link of high and of low priority, as the second byte has it (H.224 section 7).
const HIGH_PRIORITY: u8 = 0x71;
const LOW_PRIORITY: u8 = 0x61;

/// Unnumbered information of Q.922.
const UNNUMBERED: u8 = 0x03;

/// Bits of the last byte of the header: the frame ends, and begins, a message.
const ENDS: u8 = 0x80;
const BEGINS: u8 = 0x40;

/// Why bytes are no frame. The sender is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum H224Error {
    /// Shorter than the header.
    TooShort,
    /// More data than [`MAX_DATA`].
    TooLong,
    /// A data link or a kind of frame that H.224 does not use.
    Link,
    /// A client of the standard's extensions, or a vendor's own.
    Client(u8),
}

impl fmt::Display for H224Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            H224Error::TooShort => f.write_str("H.224 frame is shorter than its header"),
            H224Error::TooLong => write!(f, "H.224 frame has more than {MAX_DATA} bytes of data"),
            H224Error::Link => f.write_str("H.224 frame has another kind of link"),
            H224Error::Client(client) => write!(f, "H.224 client {client:#04x} is not known"),
        }
    }
}

impl std::error::Error for H224Error {}

/// One frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct H224Frame<'a> {
    /// Whether it goes before others.
    pub high_priority: bool,
    /// The terminal that it is for; 0 is everybody.
    pub destination: u16,
    /// The terminal that sends it; 0 where terminals have no numbers.
    pub source: u16,
    /// Whose it is, 0 to 0x7d.
    pub client: u8,
    /// Whether a message begins here, and ends.
    pub begins: bool,
    /// See above.
    pub ends: bool,
    /// The number of the piece of a message, 0 to 15.
    pub segment: u8,
    /// What the client says.
    pub data: &'a [u8],
}

impl<'a> H224Frame<'a> {
    /// A whole message to everybody.
    pub const fn whole(client: u8, data: &'a [u8]) -> Self {
        Self {
            high_priority: true,
            destination: 0,
            source: 0,
            client,
            begins: true,
            ends: true,
            segment: 0,
            data,
        }
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// What is wrong.
    pub fn parse(payload: &'a [u8]) -> Result<Self, H224Error> {
        let (&[first, link, control, d1, d0, s1, s0, client, piece], data) =
            payload.split_first_chunk::<HEADER>().ok_or(H224Error::TooShort)?;
        let high_priority = match (first, link, control) {
            (0, HIGH_PRIORITY, UNNUMBERED) => true,
            (0, LOW_PRIORITY, UNNUMBERED) => false,
            _ => return Err(H224Error::Link),
        };
        if client >= FIRST_OTHER {
            return Err(H224Error::Client(client));
        }
        if data.len() > MAX_DATA {
            return Err(H224Error::TooLong);
        }
        Ok(Self {
            high_priority,
            destination: u16::from_be_bytes([d1, d0]),
            source: u16::from_be_bytes([s1, s0]),
            client,
            begins: piece & BEGINS != 0,
            ends: piece & ENDS != 0,
            segment: piece & 0x0f,
            data,
        })
    }

    /// Writes the frame. `None` where its data is longer than [`MAX_DATA`].
    pub fn bytes(&self) -> Option<Vec<u8>> {
        if self.data.len() > MAX_DATA {
            return None;
        }
        let link = if self.high_priority { HIGH_PRIORITY } else { LOW_PRIORITY };
        let begins = if self.begins { BEGINS } else { 0 };
        let ends = if self.ends { ENDS } else { 0 };
        let ([d1, d0], [s1, s0]) = (self.destination.to_be_bytes(), self.source.to_be_bytes());
        let piece = begins | ends | (self.segment & 0x0f);
        let header = [0, link, UNNUMBERED, d1, d0, s1, s0, self.client & 0x7f, piece];
        Some([&header[..], self.data].concat())
    }
}

/// From here on a client's number goes on in further bytes.
const FIRST_OTHER: u8 = 0x7e;

/// A message of client management (H.224 section 9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientManagement<'a> {
    /// Say which clients you have.
    ClientListAsked,
    /// These are my clients; of each whether it has more to say of itself.
    ClientList(Vec<(u8, bool)>),
    /// Say more of this client.
    CapabilitiesAsked(u8),
    /// More of this client, in its own words.
    Capabilities(u8, &'a [u8]),
}

const CLIENT_LIST: u8 = 0x01;
const EXTRA_CAPABILITIES: u8 = 0x02;
const ANSWER: u8 = 0x00;
const QUESTION: u8 = 0xff;
const HAS_MORE: u8 = 0x80;

impl<'a> ClientManagement<'a> {
    /// Reads a message. `None` where it is none, or of clients that are no standard's.
    pub fn parse(data: &'a [u8]) -> Option<Self> {
        let (&[kind, response], rest) = data.split_first_chunk::<2>()?;
        match (kind, response) {
            (CLIENT_LIST, QUESTION) => Some(ClientManagement::ClientListAsked),
            (CLIENT_LIST, ANSWER) => {
                let (&count, clients) = rest.split_first()?;
                let clients = clients.get(..usize::from(count))?;
                // Clients with longer numbers stand last, behind all that we know.
                let known = clients.iter().take_while(|client| **client & 0x7f < FIRST_OTHER);
                let read = known.map(|client| (client & 0x7f, client & HAS_MORE != 0));
                Some(ClientManagement::ClientList(read.take(MAX_CLIENTS).collect()))
            }
            (EXTRA_CAPABILITIES, QUESTION) => {
                Some(ClientManagement::CapabilitiesAsked(client(*rest.first()?)?))
            }
            (EXTRA_CAPABILITIES, ANSWER) => {
                let (&first, words) = rest.split_first()?;
                Some(ClientManagement::Capabilities(client(first)?, words))
            }
            _ => None,
        }
    }

    /// Writes the message; of a list the first [`MAX_CLIENTS`].
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            ClientManagement::ClientListAsked => vec![CLIENT_LIST, QUESTION],
            ClientManagement::ClientList(clients) => {
                let clients = clients.iter().take(MAX_CLIENTS);
                let mut out = vec![CLIENT_LIST, ANSWER, clients.len() as u8];
                out.extend(clients.map(|(id, more)| id & 0x7f | if *more { HAS_MORE } else { 0 }));
                out
            }
            ClientManagement::CapabilitiesAsked(client) => {
                vec![EXTRA_CAPABILITIES, QUESTION, client | HAS_MORE]
            }
            ClientManagement::Capabilities(client, words) => {
                [&[EXTRA_CAPABILITIES, ANSWER, client | HAS_MORE], *words].concat()
            }
        }
    }
}

fn client(byte: u8) -> Option<u8> {
    Some(byte & 0x7f).filter(|client| *client < FIRST_OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_frame_that_turns_a_camera() {
        let bytes = H224Frame::whole(CAMERA_CONTROL, &[1, 0xc0, 0]).bytes().unwrap();
        assert_eq!(bytes, [0, 0x71, 3, 0, 0, 0, 0, 1, 0xc0, 1, 0xc0, 0]);
    }

    #[test]
    fn frames_that_are_none() {
        let good = H224Frame::whole(CAMERA_CONTROL, &[]).bytes().unwrap();
        for cut in 0..good.len() {
            assert_eq!(H224Frame::parse(&good[..cut]), Err(H224Error::TooShort));
        }
        for (place, value, error) in [
            (0, 1, H224Error::Link),
            (1, 0, H224Error::Link),
            (2, 0, H224Error::Link),
            (7, 0x7f, H224Error::Client(0x7f)),
        ] {
            let mut bad = good.clone();
            bad[place] = value;
            assert_eq!(H224Frame::parse(&bad), Err(error));
        }
        let long = [good, vec![0; MAX_DATA + 1]].concat();
        assert_eq!(H224Frame::parse(&long), Err(H224Error::TooLong));
        assert_eq!(H224Frame::whole(0, &[0; MAX_DATA + 1]).bytes(), None);
    }

    #[test]
    fn management_as_rooms_send_it() {
        for (bytes, message) in [
            (&[1, 0xff][..], ClientManagement::ClientListAsked),
            (&[1, 0, 1, 0x81], ClientManagement::ClientList(vec![(1, true)])),
            (&[2, 0xff, 0x81], ClientManagement::CapabilitiesAsked(1)),
            (&[2, 0, 0x81, 0x10], ClientManagement::Capabilities(1, &[0x10])),
        ] {
            assert_eq!(ClientManagement::parse(bytes), Some(message.clone()));
            assert_eq!(message.bytes(), bytes);
        }
        assert_eq!(ClientManagement::parse(&[1, 0, 3, 1, 2]), None, "three are announced");
        assert_eq!(
            ClientManagement::parse(&[1, 0, 3, 1, 0x7f, 9]),
            Some(ClientManagement::ClientList(vec![(1, false)])),
            "what is behind a vendor's own is not read"
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            (high_priority, begins, ends) in any::<(bool, bool, bool)>(),
            (destination, source) in any::<(u16, u16)>(),
            client in 0..FIRST_OTHER,
            segment in 0u8..16,
            data in prop::collection::vec(any::<u8>(), 0..=MAX_DATA),
        ) {
            let frame = H224Frame {
                high_priority, destination, source, client, begins, ends, segment, data: &data,
            };
            let bytes = frame.bytes().unwrap();
            prop_assert_eq!(H224Frame::parse(&bytes), Ok(frame));
        }
    }
}
