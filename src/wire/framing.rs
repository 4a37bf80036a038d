//! Datagrams on a stream: two bytes of length before each (RFC 4571, as ICE over TCP uses it).

/// Bytes of the length.
pub const LENGTH: usize = 2;

/// The next frame at the start of `stream`, and how much of the stream it takes. `None` while it
/// is not whole.
pub fn next(stream: &[u8]) -> Option<(&[u8], usize)> {
    let (&length, rest) = stream.split_first_chunk::<LENGTH>()?;
    let length = usize::from(u16::from_be_bytes(length));
    Some((rest.get(..length)?, LENGTH + length))
}

/// The length that the next frame at the start of `stream` announces.
pub fn announced(stream: &[u8]) -> Option<usize> {
    stream.first_chunk::<LENGTH>().map(|length| usize::from(u16::from_be_bytes(*length)))
}

/// What goes before a datagram. `None` where it is longer than the length can say.
pub fn length(datagram: &[u8]) -> Option<[u8; LENGTH]> {
    u16::try_from(datagram.len()).ok().map(u16::to_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn frames_come_out_as_they_went_in_however_they_are_cut(
            datagrams in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..8),
            piece in 1usize..400,
        ) {
            let mut wire = vec![];
            for datagram in &datagrams {
                wire.extend(length(datagram).expect("short"));
                wire.extend(datagram);
            }
            let (mut held, mut read) = (vec![], vec![]);
            for piece in wire.chunks(piece) {
                held.extend_from_slice(piece);
                while let Some((frame, taken)) = next(&held) {
                    prop_assert_eq!(announced(&held), Some(frame.len()));
                    read.push(frame.to_vec());
                    held.drain(..taken);
                }
            }
            prop_assert!(held.is_empty());
            prop_assert_eq!(read, datagrams);
        }
    }

    #[test]
    fn what_no_length_can_say_is_refused() {
        assert_eq!(length(&[0; 65_535]), Some([255, 255]));
        assert_eq!(length(&[0; 65_536]), None);
    }
}
