//! Bodies of the fuzz targets. Each takes any bytes, must not panic, and checks what it can.

use crate::rtcp::{RtcpPacket, RtcpView};
use crate::rtp::{MAX_LEN, RtpView};
use crate::{audio_level, comfort_noise, demux, telephone_event};

/// RTP: what is read is written back the same, but for padding.
pub fn rtp(data: &[u8]) {
    let Ok(view) = RtpView::parse(data) else { return };
    assert_eq!(view.packet(), data);
    assert!(view.header_len() + view.payload().len() <= data.len());
    let csrc: Vec<_> = view.csrc().collect();
    let mut out = [0; MAX_LEN];
    if let Ok(len) = view.header().write(&csrc, &[], &mut out) {
        assert_eq!(out.get(1..len), data.get(1..len));
    }
    let _ = view.raw_extension();
}

/// RTP header extensions: those read are written and read again.
pub fn rtp_ext(data: &[u8]) {
    let Ok(view) = RtpView::parse_protected(data) else { return };
    let extensions: Vec<_> = view.extensions().collect();
    let mut out = [0; 2 * MAX_LEN];
    let Ok(len) = view.header().write(&[], &extensions, &mut out) else { return };
    let Some(Ok(again)) = out.get(..len).map(RtpView::parse_protected) else { return };
    assert_eq!(again.extensions().collect::<Vec<_>>(), extensions);
    for extension in extensions {
        let _ = audio_level::AudioLevel::parse(extension.data);
    }
}

/// RTCP: every packet of a compound is walked to its end.
pub fn rtcp(data: &[u8]) {
    let Ok(view) = RtcpView::parse(data) else { return };
    let mut walked = 0;
    for packet in view.packets() {
        walked += 1;
        match packet {
            RtcpPacket::SenderReport { reports, .. }
            | RtcpPacket::ReceiverReport { reports, .. } => assert!(reports.count() <= 31),
            RtcpPacket::SourceDescription(description) => {
                assert!(description.count() <= data.len());
            }
            RtcpPacket::Bye { sources, .. } => assert!(sources.count() <= 31),
            RtcpPacket::TransportFeedback(_)
            | RtcpPacket::PayloadFeedback(_)
            | RtcpPacket::Other { .. } => {}
        }
    }
    assert!((1..=data.len() / 4).contains(&walked));
}

/// Demultiplexing: a parser never takes what is another protocol's.
pub fn demux(data: &[u8]) {
    let kind = demux::DatagramKind::of(data);
    if kind == demux::DatagramKind::Unknown {
        assert!(RtpView::parse(data).is_err() && RtcpView::parse(data).is_err());
    }
}

/// Telephone events and comfort noise.
pub fn telephone_event(data: &[u8]) {
    let event = telephone_event::TelephoneEvent::parse(data);
    if let Some((event, digit)) = event.and_then(|event| Some((event, event.digit()?))) {
        assert_eq!(telephone_event::TelephoneEvent::event_of(digit), Some(event.event));
    }
    assert!(comfort_noise::level(data).is_none_or(|level| level <= 127));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes(data in prop::collection::vec(any::<u8>(), 0..300)) {
            super::rtp(&data);
            super::rtp_ext(&data);
            super::rtcp(&data);
            super::demux(&data);
            super::telephone_event(&data);
        }

        #[test]
        fn bytes_that_look_like_rtp(mut data in prop::collection::vec(any::<u8>(), 12..300)) {
            data[0] = data[0] & 0x3f | 0x80;
            if let Some(profile) = data.get_mut(12..16) {
                profile.copy_from_slice(&[0xbe, 0xde, 0, profile[3] % 20]);
            }
            data[0] = data[0] & 0xf0 | 0x10;
            super::rtp(&data);
            super::rtp_ext(&data);
        }

        #[test]
        fn bytes_that_look_like_rtcp(mut data in prop::collection::vec(any::<u8>(), 8..300), kind in 200u8..208) {
            data.truncate(data.len() / 4 * 4);
            data[0] = data[0] & 0x1f | 0x80;
            data[1] = kind;
            data[2] = 0;
            data[3] = (data.len() / 4 - 1) as u8;
            super::rtcp(&data);
        }
    }
}
