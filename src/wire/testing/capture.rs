//! Capture files (libpcap, Ethernet, IPv4) <-> what each side sent: datagrams, and the packets of
//! TPKT streams.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::tpkt::{self, TpktStream};
use crate::{be16, be32};

/// How something travelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Carrier {
    /// A datagram.
    Udp,
    /// A packet of a stream.
    Tpkt,
}

/// One thing that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// When, from the first of the capture on.
    pub at: Duration,
    /// By whom.
    pub from: SocketAddr,
    /// To whom.
    pub to: SocketAddr,
    /// How.
    pub carrier: Carrier,
    /// What.
    pub data: Vec<u8>,
}

/// One direction of a connection.
#[derive(Default)]
struct Half {
    /// The sequence number of the next byte.
    next: Option<u32>,
    stream: TpktStream,
}

const FILE_HEADER: usize = 24;
const PACKET_HEADER: usize = 16;
const ETHERNET: usize = 14;

/// Everything that was sent, in order. Streams that are no TPKT are left out.
///
/// # Panics
/// Where the file is none of those that the tests have.
pub fn read(file: &[u8]) -> Vec<Sent> {
    assert!(file.starts_with(&[0xd4, 0xc3, 0xb2, 0xa1]), "a little-endian libpcap file");
    assert_eq!(file[20..24], [1, 0, 0, 0], "Ethernet");
    let (mut out, mut halves, mut start) = (vec![], HashMap::new(), None);
    let mut at = FILE_HEADER;
    while let Some(header) = file.get(at..at + PACKET_HEADER) {
        let word = |from: usize| u32::from_le_bytes(header[from..from + 4].try_into().unwrap());
        let time = Duration::from_secs(word(0).into()) + Duration::from_micros(word(4).into());
        let start = *start.get_or_insert(time);
        at += PACKET_HEADER;
        let packet = &file[at..at + word(8) as usize];
        at += packet.len();
        take(packet, time.saturating_sub(start), &mut halves, &mut out);
    }
    out
}

fn take(
    packet: &[u8],
    at: Duration,
    halves: &mut HashMap<(SocketAddr, SocketAddr), Half>,
    out: &mut Vec<Sent>,
) {
    let ip = &packet[ETHERNET..];
    if ip.first().is_none_or(|first| first >> 4 != 4) {
        return;
    }
    let header = usize::from(ip[0] & 0x0f) * 4;
    let ip = &ip[..usize::from(be16(ip, 2).unwrap())];
    let above = &ip[header..];
    let address = |from: usize, port: usize| {
        let ip = Ipv4Addr::from(be32(ip, from).unwrap());
        SocketAddr::from((ip, be16(above, port).unwrap()))
    };
    let (from, to) = (address(12, 0), address(16, 2));
    match ip[9] {
        17 => out.push(Sent { at, from, to, carrier: Carrier::Udp, data: above[8..].to_vec() }),
        6 => {
            let half = halves.entry((from, to)).or_default();
            for data in half.take(above) {
                out.push(Sent { at, from, to, carrier: Carrier::Tpkt, data });
            }
        }
        _ => {}
    }
}

impl Half {
    /// The packets that a segment completes.
    fn take(&mut self, segment: &[u8]) -> Vec<Vec<u8>> {
        let sequence = be32(segment, 4).unwrap();
        let data = &segment[usize::from(segment[12] >> 4) * 4..];
        let opens = segment[13] & 2 != 0;
        let next = *self.next.get_or_insert(sequence);
        if opens {
            self.next = Some(sequence.wrapping_add(1));
        }
        let fresh = sequence == next && !data.is_empty();
        if !fresh || self.stream.push(data).is_err() {
            return vec![];
        }
        self.next = Some(sequence.wrapping_add(data.len() as u32));
        let mut whole = vec![];
        while let Ok(Some(payload)) = self.stream.take() {
            whole.push(payload.to_vec());
        }
        whole
    }
}

/// A capture file of this, for tools that look into it. Of addresses only those of IPv4 are
/// written. Checksums are zero.
///
/// # Panics
/// Where something is longer than a packet.
pub fn write(sent: &[Sent]) -> Vec<u8> {
    let mut out = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    out.extend(0x4_0000u32.to_le_bytes());
    out.extend(1u32.to_le_bytes());
    let mut sequences: HashMap<(SocketAddr, SocketAddr), u32> = HashMap::new();
    for Sent { at, from, to, carrier, data } in sent {
        let ports = [from.port().to_be_bytes(), to.port().to_be_bytes()].concat();
        let (protocol, above) = match carrier {
            Carrier::Udp => {
                let length = u16::try_from(data.len() + 8).expect("a datagram");
                (17, [&ports, &length.to_be_bytes()[..], &[0, 0], data].concat())
            }
            Carrier::Tpkt => {
                let data = tpkt::frame(data).expect("a packet");
                let next = sequences.entry((*from, *to)).or_insert(1);
                let sequence = next.to_be_bytes();
                *next += data.len() as u32;
                let flags = [0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0];
                (6, [&ports, &sequence[..], &[0, 0, 0, 1], &flags, &data].concat())
            }
        };
        let length = u16::try_from(20 + above.len()).expect("a packet").to_be_bytes();
        let mut ip = [&[0x45, 0][..], &length, &[0, 0, 0x40, 0, 64, protocol, 0, 0]].concat();
        for address in [from, to] {
            let SocketAddr::V4(address) = address else { continue };
            ip.extend(address.ip().octets());
        }
        let packet = [&[0; 12][..], &[8, 0], &ip, &above].concat();
        out.extend(u32::try_from(at.as_secs()).unwrap_or(0).to_le_bytes());
        out.extend(at.subsec_micros().to_le_bytes());
        out.extend([(packet.len() as u32).to_le_bytes(); 2].concat());
        out.extend(packet);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let address = |text: &str| text.parse().unwrap();
        let sent = |from, to, carrier, data: &[u8]| Sent {
            at: Duration::from_millis(20),
            from: address(from),
            to: address(to),
            carrier,
            data: data.to_vec(),
        };
        let all = vec![
            sent("127.0.0.1:1719", "127.0.0.2:1719", Carrier::Udp, &[1, 2]),
            sent("127.0.0.1:4000", "127.0.0.2:1720", Carrier::Tpkt, &[3; 400]),
            sent("127.0.0.2:1720", "127.0.0.1:4000", Carrier::Tpkt, &[4]),
            sent("127.0.0.1:4000", "127.0.0.2:1720", Carrier::Tpkt, &[]),
        ];
        let mut read = read(&write(&all));
        read.iter_mut().for_each(|sent| sent.at += Duration::from_millis(20));
        assert_eq!(read, all);
    }
}
