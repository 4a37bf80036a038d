//! Bodies of the fuzz targets. Each takes any bytes, must not panic, and checks what it can.

use crate::h264::{
    AnnexB, H264Payload, PacketizationMode, PictureParameterSet, SequenceParameterSet, SliceStart,
    packetize,
};
use crate::q931::{self, Cause, ElementId, Number, Q931View, Q931Writer};
use crate::rtcp::{PayloadFeedback, RtcpPacket, RtcpView, TransportFeedback};
use crate::rtp::{MAX_LEN, RtpView};
use crate::sdp::{
    Candidate, Crypto, ExtMap, Group, H264Fmtp, Rid, RtcpAddress, RtcpFeedback, RtpMap,
    SessionDescription, Simulcast, Vp8Fmtp, attribute, fmtp, simulcast,
};
use crate::{audio_level, comfort_noise, demux, framing, stun, telephone_event, vp8};
use crate::{h224, h281, tpkt};
use crate::{ice_check::IceCheck, red::RedView};

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
            RtcpPacket::TransportFeedback(feedback) => match feedback.transport() {
                Some(TransportFeedback::Nack(nacks)) => assert!(nacks.count() <= 5 * data.len()),
                Some(
                    TransportFeedback::BitrateRequest(limits)
                    | TransportFeedback::BitrateNotice(limits),
                ) => assert!(limits.count() <= data.len() / 8),
                Some(TransportFeedback::TransportWide(wide)) => {
                    assert_eq!(wide.arrivals().count(), usize::from(wide.count));
                }
                Some(TransportFeedback::Other(_)) | None => {}
            },
            RtcpPacket::PayloadFeedback(feedback) => match feedback.payload() {
                Some(PayloadFeedback::FullIntra(requests)) => {
                    assert!(requests.count() <= data.len() / 8);
                }
                Some(PayloadFeedback::Estimate(estimate)) => {
                    assert!(estimate.sources().len() <= data.len() / 4);
                }
                Some(PayloadFeedback::PictureLoss | PayloadFeedback::Other(_)) | None => {}
            },
            RtcpPacket::Other { .. } => {}
        }
    }
    assert!((1..=data.len() / 4).contains(&walked));
}

/// Demultiplexing: a parser never takes what is another protocol's.
pub fn demux(data: &[u8]) {
    if let Some(request) = stun::BindingRequest::parse(data) {
        assert_eq!(request.response(([127, 0, 0, 1], 5060).into()).get(8..20), data.get(8..20));
    }
    let kind = demux::DatagramKind::of(data);
    if IceCheck::parse(data).is_some() {
        assert_eq!(kind, demux::DatagramKind::Stun);
        assert!(stun::BindingRequest::parse(data).is_none());
    }
    let mut stream = data;
    while let Some((frame, taken)) = framing::next(stream) {
        assert_eq!(frame.len() + framing::LENGTH, taken);
        stream = stream.get(taken..).unwrap_or_default();
    }
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

/// Redundant audio: blocks lie within the payload, one after the other.
pub fn red(data: &[u8]) {
    let Some(view) = RedView::parse(data) else { return };
    let again: usize = view.again().iter().map(|block| 4 + block.payload.len()).sum();
    assert_eq!(again + 1 + view.primary().payload.len(), data.len());
}

/// TPKT: however a stream is cut, the same comes out of it.
pub fn tpkt(data: &[u8]) {
    let read = |pieces: usize| {
        let (mut stream, mut read) = (tpkt::TpktStream::default(), vec![]);
        for piece in data.chunks(pieces.max(1)) {
            if stream.push(piece).is_err() {
                return None;
            }
            loop {
                match stream.take() {
                    Ok(Some(payload)) => read.push(payload.to_vec()),
                    Ok(None) => break,
                    Err(_) => return None,
                }
            }
            assert!(stream.held() <= tpkt::MAX_HELD);
        }
        Some(read)
    };
    if let Some(whole) = read(data.len()) {
        assert_eq!(read(1).as_ref(), Some(&whole));
        let framed: Vec<u8> =
            whole.iter().filter_map(|payload| tpkt::frame(payload)).flatten().collect();
        assert!(framed.len() <= data.len());
    }
}

/// Q.931: elements of codeset 0 are written, and read again the same.
pub fn q931(data: &[u8]) {
    let Ok(view) = Q931View::parse(data) else { return };
    let mut writer = Q931Writer::new(view.call_reference, view.kind);
    let mut elements: Vec<_> = view.elements().filter(|element| element.codeset == 0).collect();
    // Its lower half says something else than its identifier.
    elements.retain(|element| element.id.0 & 0xf0 != 0x80);
    for element in &elements {
        writer = writer.element(element.id, element.data);
        let (data, number) = (element.data, Number::parse(element.data));
        assert!(number.is_none_or(|number| number.digits.len() <= q931::element::MAX_NUMBER));
        let _ = (Cause::parse(data), q931::element::display(data), q931::element::call_state(data));
        let _ = (q931::element::progress(data), q931::element::notification(data));
    }
    let written = writer.finish().expect("as long as they came");
    let again = Q931View::parse(&written).expect("our own");
    assert_eq!((again.call_reference, again.kind), (view.call_reference, view.kind));
    assert_eq!(again.elements().count(), elements.len());
    assert_eq!(again.find(ElementId::USER_USER), view.find(ElementId::USER_USER));
}

/// H.224 and H.281.
pub fn camera_control(data: &[u8]) {
    if let Ok(frame) = h224::H224Frame::parse(data) {
        let written = frame.bytes().expect("as long as it came");
        assert_eq!(h224::H224Frame::parse(&written), Ok(frame));
    }
    if let Some(message) = h224::ClientManagement::parse(data) {
        assert_eq!(h224::ClientManagement::parse(&message.bytes()), Some(message.clone()));
    }
    if let Some(message) = h281::H281Message::parse(data) {
        assert_eq!(h281::H281Message::parse(&message.bytes()), Some(message));
    }
}

/// H.264 payloads: what they carry is packetized and carried again the same.
pub fn h264_payload(data: &[u8]) {
    let Ok(payload) = H264Payload::parse(data) else { return };
    let mut stream = vec![];
    payload.append_to(&mut stream);
    assert_eq!(stream.len(), payload.stream_len());
    assert!(stream.len() <= 4 * data.len() + 4, "no payload grows beyond its start codes");
    assert!(payload.begins_picture() || !payload.begins_key_picture());
    let _ = payload.has_recovery_point();
    assert!(payload.sequence_parameter_set().is_none() || payload.begins_key_picture());
}

/// H.264 byte streams: units are within, sizes are bounded, and packetizing loses nothing.
pub fn h264_stream(data: &[u8]) {
    let mut units = vec![];
    for nal in AnnexB::new(data) {
        if let Some(sequence) = SequenceParameterSet::parse(nal) {
            assert!(sequence.size.pixels() > 0 && sequence.size.fits(sequence.coded_size));
        }
        let _ = (PictureParameterSet::parse(nal), SliceStart::parse(nal), nal.recovery_point());
        if !matches!(nal.kind().number(), 9 | 12) {
            units.push(nal);
        }
    }
    let limit = 64 + data.first().map_or(0, |byte| usize::from(*byte));
    let mut carried = vec![];
    let Ok(payloads) = packetize(data, PacketizationMode::NonInterleaved, limit) else {
        panic!("this mode carries every unit")
    };
    for payload in payloads {
        let mut out = [0; 64 + 255];
        let Ok(len) = payload.write(&mut out) else { panic!("longer than the limit") };
        assert!(len <= limit);
        let Some(Ok(payload)) = out.get(..len).map(H264Payload::parse) else { panic!("not read") };
        payload.append_to(&mut carried);
    }
    let whole: usize = units.iter().map(|nal| 4 + nal.bytes().len()).sum();
    assert_eq!(carried.len(), whole);
    assert!(AnnexB::new(&carried).eq(units));
}

/// VP8 payloads: a descriptor that is read is written and read again the same.
pub fn vp8(data: &[u8]) {
    let _ = vp8::FrameHeader::parse(data);
    let Some((descriptor, frame)) = vp8::Descriptor::parse(data) else { return };
    let mut out = [0; vp8::descriptor::MAX_LEN + 1];
    let Ok(len) = descriptor.write(&mut out) else { panic!("no room") };
    let again = out.get(..=len).and_then(vp8::Descriptor::parse);
    assert_eq!(again.map(|(again, _)| again), Some(descriptor));
    let mut whole = vec![];
    for payload in vp8::packetize(frame, descriptor, 100) {
        let mut out = [0; 100];
        let read =
            payload.write(&mut out).ok().and_then(|len| vp8::Descriptor::parse(out.get(..len)?));
        whole.extend_from_slice(read.map(|(_, bytes)| bytes).unwrap_or_default());
    }
    assert_eq!(whole, frame);
}

/// Session descriptions: what is read is written and read again the same.
pub fn sdp(data: &[u8]) {
    let session = match SessionDescription::parse(data) {
        Err(error) => {
            assert_ne!(error, crate::sdp::SdpError::Syntax, "normalised text is always read");
            return;
        }
        Ok(session) => session,
    };
    let written = session.to_bytes();
    if written.len() <= crate::sdp::MAX_LEN {
        assert_eq!(SessionDescription::parse(&written).as_ref(), Ok(&session));
    }
    for line in session.media.iter().flat_map(|media| &media.attributes) {
        let Some(value) = &line.value else { continue };
        if let Some(map) = RtpMap::parse(value) {
            assert_eq!(RtpMap::parse(&map.to_string()), Some(map));
        }
        if let Ok(crypto) = Crypto::parse(value) {
            assert_eq!(Crypto::parse(&crypto.to_string()), Ok(crypto));
        }
        if let Some(candidate) = Candidate::parse(value) {
            assert_eq!(Candidate::parse(&candidate.to_string()), Some(candidate));
        }
        video_values(value);
        video_values(attribute::fmtp(value).map_or("", |(_, text)| text));
        let _ = (ExtMap::parse(value), RtcpAddress::parse(value), Group::parse(value));
        let _ = (attribute::sha256_fingerprint(value), attribute::ssrc(value));
        let _ = attribute::fmtp(value).map(|(_, list)| attribute::parameters(list).count());
    }
}

/// What speaks of video is written as it was read.
fn video_values(value: &str) {
    if let Some(h264) = H264Fmtp::parse(value) {
        assert_eq!(H264Fmtp::parse(&h264.to_string()), Some(h264));
    }
    let vp8 = Vp8Fmtp::parse(value);
    assert_eq!(Vp8Fmtp::parse(&vp8.to_string()), vp8);
    if let Some(streams) = Simulcast::parse(value) {
        assert_eq!(Simulcast::parse(&streams.to_string()), Some(streams));
    }
    if let Some(rid) = Rid::parse(value) {
        assert_eq!(Rid::parse(&rid.to_string()), Some(rid));
    }
    let _ = (RtcpFeedback::parse(value), fmtp::repeated(value));
    let _ = simulcast::repeating_source(value, 1);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    /// Lines that are right, broken and odd, in any order.
    fn sdp_line() -> impl Strategy<Value = String> {
        let fixed = [
            "v=0",
            "o=- 1 1 IN IP4 192.0.2.1",
            "o=a b 1 1 IN IP6 ::1",
            "o=",
            "s=-",
            "s=",
            "t=0 0",
            "c=IN IP4 192.0.2.1",
            "c=IN IP6 ::1/3",
            "c=IN",
            "b=AS:64",
            "a=candidate:1 1 udp 1 192.0.2.1 5000 typ host ufrag x",
            "a=group:BUNDLE 0 1",
            "b=X-YZ:1",
            "b=X-X-:1",
            "b=AS",
            "z=0 0",
            "r=1",
            "k=clear:x",
            "i=x",
            "m=audio 4000 RTP/AVP 0 96",
            "m=x-data 1 UDP/UDT/IX *",
            "m=",
            "m=audio",
            "a=",
            "a=:",
            "a=rtpmap:96 opus/48000/2",
            "a=fmtp:96 x=1;y",
            "a=fmtp:97 profile-level-id=42f00b;packetization-mode=1;max-fs=8160;max-br=5",
            "a=fmtp:98 max-fr=30;max-fs=3600;apt=97;max-recv-level=e01f;max-fps=6000",
            "a=rtcp-fb:* ccm fir",
            "a=rid:h send pt=97",
            "a=simulcast:send h;~l,m recv x",
            "a=ssrc-group:FID 1 2",
            "a=crypto:1 S inline:abc|2^31",
            "a=extmap:1/recvonly urn:x",
            "a=rtcp:9 IN IP4 192.0.2.2",
            "a= space",
            "a=\u{a0}x",
            "m=audio\u{2003}9 RTP/AVP 0",
        ];
        prop_oneof![
            4 => prop::sample::select(fixed.to_vec()).prop_map(str::to_owned),
            1 => "[vostcbam]=.{0,30}",
        ]
    }

    proptest! {
        #[test]
        fn lines_in_any_order(lines in prop::collection::vec(sdp_line(), 0..30)) {
            super::sdp(format!("v=0\r\n{}", lines.join("\r\n")).as_bytes());
        }

        #[test]
        fn any_bytes(data in prop::collection::vec(any::<u8>(), 0..300)) {
            super::rtp(&data);
            super::rtp_ext(&data);
            super::rtcp(&data);
            super::demux(&data);
            super::telephone_event(&data);
            super::red(&data);
            super::tpkt(&data);
            super::q931(&data);
            super::camera_control(&data);
            super::sdp(&data);
            super::h264_payload(&data);
            super::h264_stream(&data);
            super::vp8(&data);
        }

        #[test]
        fn bytes_that_look_like_h323(mut data in prop::collection::vec(any::<u8>(), 9..300), small in prop::collection::vec(0u8..12, 0..60)) {
            data[..5].copy_from_slice(&[8, 2, 0, 1, 5]);
            data.splice(5..5, small.iter().copied());
            super::q931(&data);
            super::tpkt(&crate::tpkt::frame(&small).expect("short").repeat(3));
            data[..3].copy_from_slice(&[0, 0x71, 3]);
            super::camera_control(&data);
            super::camera_control(&small);
        }

        #[test]
        fn bytes_that_look_like_h264(units in prop::collection::vec(
            (prop::sample::select(vec![0x65u8, 0x67, 0x68, 0x41, 0x09, 0x78, 0x7c, 0xe5]),
             prop::collection::vec(prop::sample::select(vec![0u8, 0, 1, 3, 0x42, 0x80, 0xff]), 0..150)), 0..8)) {
            let mut stream = vec![];
            for (header, body) in &units {
                stream.extend([0, 0, 1, *header]);
                stream.extend(body);
                let mut payload = vec![*header];
                payload.extend(body);
                super::h264_payload(&payload);
            }
            super::h264_stream(&stream);
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
        fn bytes_that_look_like_feedback(
            format in prop::sample::select(vec![1u8, 3, 4, 15]),
            kind in 205u8..207,
            mut body in prop::collection::vec(any::<u8>(), 8..200),
            name: bool,
        ) {
            if let (true, Some(slot)) = (name, body.get_mut(8..12)) {
                slot.copy_from_slice(b"REMB");
            }
            body.truncate(body.len() / 4 * 4);
            let mut data = vec![0x80 | format, kind, 0, (body.len() / 4) as u8];
            data.extend(body);
            super::rtcp(&data);
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
