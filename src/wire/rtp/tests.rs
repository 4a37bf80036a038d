use super::*;
use proptest::prelude::*;

const HEADER: RtpHeader = RtpHeader {
    marker: true,
    payload_type: 96,
    sequence: 0x1234,
    timestamp: 77,
    ssrc: 0xdead_beef,
};

#[test]
fn lengths_are_checked() {
    let table: &[(&[u8], RtpError)] = &[
        (&[], RtpError::TooShort),
        (&[0x80; 11], RtpError::TooShort),
        (&[0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], RtpError::Version(1)),
        (&[0x81, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3], RtpError::TooShort),
        (&[0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xbe, 0xde, 0], RtpError::TooShort),
        (&[0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xbe, 0xde, 0, 1, 0, 0, 0], RtpError::TooShort),
        (&[0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xbe, 0xde, 0xff, 0xff], RtpError::TooShort),
        (&[0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], RtpError::Padding),
        (&[0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], RtpError::Padding),
        (&[0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 3], RtpError::Padding),
        (&[0x80; MAX_LEN + 1], RtpError::TooLong),
    ];
    for (bytes, error) in table {
        assert_eq!(RtpView::parse(bytes).unwrap_err(), *error, "{bytes:?}");
    }
    let padded = [0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2];
    assert_eq!(RtpView::parse(&padded).unwrap().payload(), [9]);
    assert_eq!(RtpView::parse_protected(&padded).unwrap().payload(), [9, 0, 2]);
    assert!(RtpView::parse(&[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap().payload().is_empty());
}

#[test]
fn one_byte_extensions_skip_padding_and_end_at_15() {
    let block = [0x10, 0xaa, 0, 0x21, 1, 2, 0xf0, 9, 0x30, 1, 0, 0];
    let got: Vec<_> = Extensions::new(ONE_BYTE_PROFILE, &block).map(|e| (e.id, e.data)).collect();
    assert_eq!(got, [(1, &[0xaa][..]), (2, &[1, 2][..])]);
    let truncated = [0x17, 1, 2, 3];
    assert_eq!(Extensions::new(ONE_BYTE_PROFILE, &truncated).count(), 0);
}

#[test]
fn two_byte_extensions_may_be_empty_and_carry_application_bits() {
    let block = [1, 0, 0, 200, 2, 8, 9, 0];
    let got: Vec<_> = Extensions::new(0x100f, &block).map(|e| (e.id, e.data)).collect();
    assert_eq!(got, [(1, &[][..]), (200, &[8, 9][..])]);
    assert_eq!(Extensions::new(0x1234, &block).count(), 0, "another profile");
}

#[test]
fn a_full_buffer_is_refused() {
    let extension = [Extension { id: 1, data: &[1] }];
    for len in 0..20 {
        assert_eq!(HEADER.write(&[], &extension, &mut [0; 20][..len]), Err(NoRoom), "{len}");
    }
    assert_eq!(HEADER.write(&[], &extension, &mut [0; 20]), Ok(20));
    assert_eq!(HEADER.write(&[0; 16], &[], &mut [0; 200]), Err(NoRoom));
    assert_eq!(HEADER.write(&[], &[Extension { id: 0, data: &[1] }], &mut [0; 200]), Err(NoRoom));
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        marker: bool, payload_type in 0u8..128, sequence: u16, timestamp: u32, ssrc: u32,
        csrc in prop::collection::vec(any::<u32>(), 0..=MAX_CSRC),
        extensions in prop::collection::vec((1u8.., prop::collection::vec(any::<u8>(), 0..40)), 0..6),
        payload in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let header = RtpHeader { marker, payload_type, sequence, timestamp, ssrc };
        let views: Vec<_> = extensions.iter().map(|(id, data)| Extension { id: *id, data }).collect();
        let mut buffer = [0; MAX_LEN];
        let len = header.write(&csrc, &views, &mut buffer).unwrap();
        buffer[len..len + payload.len()].copy_from_slice(&payload);
        let view = RtpView::parse(&buffer[..len + payload.len()]).unwrap();
        prop_assert_eq!(view.header(), header);
        prop_assert_eq!(view.header_len(), len);
        prop_assert_eq!(view.csrc().collect::<Vec<_>>(), csrc);
        prop_assert_eq!(view.extensions().collect::<Vec<_>>(), views);
        prop_assert_eq!(view.payload(), &payload);
    }

    #[test]
    fn agrees_with_rtc_rtp(
        marker: bool, payload_type in 0u8..128, sequence_number: u16, timestamp: u32, ssrc: u32,
        csrc in prop::collection::vec(any::<u32>(), 0..=MAX_CSRC),
        extension in prop::option::of((1u8..15, prop::collection::vec(any::<u8>(), 1..=16))),
        payload in prop::collection::vec(any::<u8>(), 1..100),
        padding in 0u8..20,
    ) {
        use rtc_shared::marshal::{Marshal, Unmarshal};
        let mut header = ::rtp::header::Header {
            version: 2, marker, payload_type, sequence_number, timestamp, ssrc, csrc: csrc.clone(),
            ..Default::default()
        };
        if let Some((id, data)) = &extension {
            header.set_extension(*id, data.clone().into()).unwrap();
        }
        let theirs = ::rtp::Packet { header, payload: payload.clone().into() };
        let mut bytes = theirs.marshal().unwrap().to_vec();
        if padding > 0 {
            bytes[0] |= 0x20;
            bytes.resize(bytes.len() + usize::from(padding) - 1, 0);
            bytes.push(padding);
        }
        let view = RtpView::parse(&bytes).unwrap();
        let read = ::rtp::Packet::unmarshal(&mut &bytes[..]).unwrap();
        prop_assert_eq!(view.marker(), read.header.marker);
        prop_assert_eq!(view.payload_type(), read.header.payload_type);
        prop_assert_eq!(view.sequence(), read.header.sequence_number);
        prop_assert_eq!(view.timestamp(), read.header.timestamp);
        prop_assert_eq!(view.ssrc(), read.header.ssrc);
        prop_assert_eq!(view.csrc().collect::<Vec<_>>(), &csrc[..]);
        prop_assert_eq!(view.payload(), &read.payload[..]);
        if let Some((id, data)) = &extension {
            prop_assert_eq!(view.extension(*id), Some(&data[..]));
        }
        // And the other way: what we write, they read.
        let ours: Vec<_> = extension.iter().map(|(id, data)| Extension { id: *id, data }).collect();
        let mut buffer = [0; MAX_LEN];
        let len = view.header().write(&csrc, &ours, &mut buffer).unwrap();
        prop_assert_eq!(&buffer[1..len], &bytes[1..len]);
    }
}
