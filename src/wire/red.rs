//! Redundant audio (RFC 2198): a packet that carries earlier packets again.

use std::fmt;

/// Blocks of one packet that are read. Browsers send one or two again; more would only repeat
/// what the jitter buffer has given up.
pub const MAX_BLOCKS: usize = 8;

/// Bytes of the header of a block that is sent again.
const REDUNDANT_HEADER: usize = 4;

/// One block of a packet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RedBlock<'a> {
    /// What it carries: a payload type of the same description.
    pub payload_type: u8,
    /// How much earlier than the packet's timestamp it began, in units of the RTP clock: 14 bits.
    pub offset: u16,
    /// Its payload. May be empty.
    pub payload: &'a [u8],
}

impl fmt::Debug for RedBlock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { payload_type, offset, payload } = self;
        write!(f, "RedBlock({payload_type}, -{offset}, {} bytes)", payload.len())
    }
}

/// A packet's blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedView<'a> {
    blocks: [RedBlock<'a>; MAX_BLOCKS],
    again: usize,
    primary: RedBlock<'a>,
}

impl<'a> RedView<'a> {
    /// Reads a payload. `None` where a length leads beyond its end, where the block of the packet
    /// itself is missing, and beyond [`MAX_BLOCKS`] blocks.
    pub fn parse(payload: &'a [u8]) -> Option<Self> {
        let mut blocks = [RedBlock { payload_type: 0, offset: 0, payload: &[] }; MAX_BLOCKS];
        let mut lengths = [0; MAX_BLOCKS];
        let mut again = 0;
        let mut rest = payload;
        let primary_type = loop {
            let (&first, _) = rest.split_first()?;
            if first & 0x80 == 0 {
                rest = rest.get(1..)?;
                break first;
            }
            let (&[kind, a, b, c], after) = rest.split_first_chunk::<REDUNDANT_HEADER>()?;
            let block = blocks.get_mut(again)?;
            block.payload_type = kind & 0x7f;
            block.offset = u16::from(a) << 6 | u16::from(b) >> 2;
            *lengths.get_mut(again)? = usize::from(b & 3) << 8 | usize::from(c);
            again += 1;
            rest = after;
        };
        for (block, length) in blocks.iter_mut().zip(lengths).take(again) {
            let (payload, after) = rest.split_at_checked(length)?;
            block.payload = payload;
            rest = after;
        }
        let primary = RedBlock { payload_type: primary_type, offset: 0, payload: rest };
        Some(Self { blocks, again, primary })
    }

    /// What the packet is for.
    pub const fn primary(&self) -> RedBlock<'a> {
        self.primary
    }

    /// What it carries again, the earliest first.
    pub fn again(&self) -> &[RedBlock<'a>] {
        self.blocks.get(..self.again).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn write(again: &[(u8, u16, Vec<u8>)], primary: (u8, Vec<u8>)) -> Vec<u8> {
        let mut out = vec![];
        for (kind, offset, payload) in again {
            let length = payload.len() as u16;
            out.extend([0x80 | kind, (offset >> 6) as u8]);
            out.extend([(offset << 2) as u8 | (length >> 8) as u8, length as u8]);
        }
        out.push(primary.0);
        again.iter().for_each(|(_, _, payload)| out.extend(payload));
        out.extend(primary.1);
        out
    }

    #[test]
    fn a_browsers_packet_carries_the_one_before_it() {
        let packet = write(&[(111, 960, vec![1, 2, 3])], (111, vec![4, 5]));
        let view = RedView::parse(&packet).expect("well formed");
        assert_eq!(view.primary(), RedBlock { payload_type: 111, offset: 0, payload: &[4, 5] });
        let again = [RedBlock { payload_type: 111, offset: 960, payload: &[1, 2, 3] }];
        assert_eq!(view.again(), again);
    }

    #[test]
    fn lengths_that_lead_beyond_the_end_are_refused() {
        let whole = write(&[(111, 960, vec![0; 600])], (111, vec![]));
        assert!(RedView::parse(&whole).is_some(), "an empty primary is one");
        for cut in 0..whole.len() {
            assert_eq!(RedView::parse(&whole[..cut]), None, "{cut}");
        }
        assert_eq!(RedView::parse(&[0xff; 80]), None, "headers without end");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            again in prop::collection::vec((0u8..128, 0u16..1 << 14, prop::collection::vec(any::<u8>(), 0..1023)), 0..=MAX_BLOCKS),
            kind in 0u8..128,
            payload in prop::collection::vec(any::<u8>(), 0..50),
        ) {
            let packet = write(&again, (kind, payload.clone()));
            let view = RedView::parse(&packet).expect("well formed");
            prop_assert_eq!(view.primary(), RedBlock { payload_type: kind, offset: 0, payload: &payload });
            let read: Vec<_> = view.again().iter().map(|b| (b.payload_type, b.offset, b.payload.to_vec())).collect();
            prop_assert_eq!(read, again);
        }
    }
}
