use super::super::{MAX_LEN, RtcpPacket, RtcpView, RtcpWriter};
use super::*;
use crate::rtp::NoRoom;
use ::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use ::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use ::rtcp::payload_feedbacks::receiver_estimated_maximum_bitrate::ReceiverEstimatedMaximumBitrate;
use ::rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc;
use ::rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;
use proptest::prelude::*;

/// The bytes of one packet.
fn write(fill: impl FnOnce(&mut RtcpWriter<'_>) -> Result<(), NoRoom>) -> Vec<u8> {
    let mut buffer = vec![0; MAX_LEN];
    let mut writer = RtcpWriter::new(&mut buffer);
    fill(&mut writer).unwrap();
    let len = writer.len();
    buffer.truncate(len);
    buffer
}

fn read(bytes: &[u8]) -> Feedback<'_> {
    match RtcpView::parse(bytes).unwrap().packets().next().unwrap() {
        RtcpPacket::TransportFeedback(feedback) | RtcpPacket::PayloadFeedback(feedback) => feedback,
        other => panic!("{other:?}"),
    }
}

fn theirs<P: 'static + Clone>(bytes: &[u8]) -> P {
    let packets = ::rtcp::packet::unmarshal(&mut &bytes[..]).unwrap();
    packets[0].as_any().downcast_ref::<P>().unwrap().clone()
}

#[test]
fn rates_are_rounded_down_to_their_mantissa() {
    for (bps, bits, back) in [
        (0, 17, 0),
        (131_071, 17, 131_071),
        (131_073, 17, 131_072),
        (2_000_001, 18, 2_000_000),
        (u64::MAX, 17, 0x1_ffff << 47),
    ] {
        let (mantissa, exponent) = unscaled(Bitrate::bps(bps), bits);
        assert!(mantissa < 1 << bits && exponent < 64);
        assert_eq!(scaled(mantissa, exponent), Bitrate::bps(back), "{bps}");
    }
    assert_eq!(scaled(0x3_ffff, 63), Bitrate::bps(u64::MAX), "more than there is");
}

#[test]
fn broken_feedback_is_none() {
    let feedback = |format, information| Feedback { format, sender: 1, media: 2, information };
    assert!(feedback(1, &[]).transport().is_none(), "a NACK of nothing");
    assert!(feedback(15, b"REMB").payload().is_none());
    assert!(
        feedback(15, b"REMB\x02\0\0\0\0\0\0\x01").payload().is_none(),
        "two sources, one there"
    );
    assert!(matches!(feedback(15, b"GOOG").payload(), Some(PayloadFeedback::Other(15))));
    assert!(matches!(feedback(9, &[]).transport(), Some(TransportFeedback::Other(9))));
    let wide = |bytes| feedback(15, bytes).transport();
    assert!(wide(&[0, 1, 0, 1, 0, 0, 0, 0]).is_none(), "no chunk");
    assert!(wide(&[0, 1, 0, 1, 0, 0, 0, 0, 0x20, 1]).is_none(), "no delta");
    assert!(wide(&[0, 1, 0, 1, 0, 0, 0, 0, 0x60, 1, 0, 0]).is_none(), "the reserved status");
    assert!(wide(&[0, 1, 0, 2, 0, 0, 0, 0, 0x20, 1, 0, 0]).is_none(), "one status for two");
    assert!(wide(&[0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0x20, 1, 9]).is_some(), "an empty run");
}

#[test]
fn a_message_of_many_packets_is_walked_to_its_end() {
    let bytes = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 7, 0x1f, 0xff];
    let chunks: Vec<u8> = bytes.into_iter().chain([0x1f, 0xff].repeat(8)).collect();
    let feedback = Feedback { format: 15, sender: 1, media: 2, information: &chunks };
    let Some(TransportFeedback::TransportWide(wide)) = feedback.transport() else { panic!() };
    assert_eq!((wide.reference, wide.feedback_count, wide.count), (-1, 7, 65_535));
    assert!(wide.arrivals().all(|(_, arrival)| arrival.is_none()));
    assert_eq!(wide.arrivals().count(), 65_535);
    assert_eq!(wide.arrivals().last().map(|(sequence, _)| sequence), Some(0xfffd));
}

#[test]
fn a_nack_of_nothing_is_not_written_and_a_long_gap_is_not_told() {
    let mut buffer = [0; 100];
    let mut writer = RtcpWriter::new(&mut buffer);
    assert_eq!(writer.nack(1, 2, &[]), Err(NoRoom));
    let arrivals = [Some(0), Some(40_000)];
    let report = TransportWideReport {
        base_sequence: 0,
        reference: 0,
        feedback_count: 0,
        arrivals: &arrivals,
    };
    assert_eq!(writer.transport_wide(1, 2, &report), Err(NoRoom));
    assert!(writer.is_empty());
}

/// Sequence numbers in order, over the wrap too.
fn sequences() -> impl Strategy<Value = Vec<u16>> {
    (any::<u16>(), prop::collection::vec(1u16..40, 1..60)).prop_map(|(start, steps)| {
        steps
            .into_iter()
            .scan(start, |at, step| {
                *at = at.wrapping_add(step);
                Some(*at)
            })
            .collect()
    })
}

/// Packets that came, more or less late, and packets that did not; often many alike.
fn arrivals() -> impl Strategy<Value = Vec<Option<i64>>> {
    let part = prop_oneof![
        (1usize..40).prop_map(|count| vec![None; count]),
        (1usize..40).prop_map(|count| vec![Some(4); count]),
        prop::collection::vec(prop::option::of(-300i64..600), 1..20),
        Just(vec![Some(30_000), Some(-30_000)]),
    ];
    prop::collection::vec(part, 1..8).prop_map(|parts| {
        let mut at = 0;
        let steps = parts.into_iter().flatten();
        steps
            .map(|step| {
                step.map(|step| {
                    at += step;
                    at
                })
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn requests_agree_with_rtc_rtcp(sender: u32, media: u32, requests in prop::collection::vec(any::<(u32, u8)>(), 1..5)) {
        let bytes = write(|writer| writer.picture_loss(sender, media));
        prop_assert!(matches!(read(&bytes).payload(), Some(PayloadFeedback::PictureLoss)));
        prop_assert_eq!((read(&bytes).sender, read(&bytes).media), (sender, media));
        prop_assert_eq!(theirs::<PictureLossIndication>(&bytes).media_ssrc, media);

        let requests: Vec<_> =
            requests.into_iter().map(|(ssrc, sequence)| IntraRequest { ssrc, sequence }).collect();
        let bytes = write(|writer| writer.full_intra(sender, &requests));
        let Some(PayloadFeedback::FullIntra(read)) = read(&bytes).payload() else { panic!() };
        prop_assert_eq!(read.collect::<Vec<_>>(), requests.clone());
        let fir: Vec<_> = theirs::<FullIntraRequest>(&bytes)
            .fir
            .iter()
            .map(|entry| IntraRequest { ssrc: entry.ssrc, sequence: entry.sequence_number })
            .collect();
        prop_assert_eq!(fir, requests);
    }

    #[test]
    fn nacks_agree_with_rtc_rtcp(sequences in sequences()) {
        let bytes = write(|writer| writer.nack(1, 2, &sequences));
        let Some(TransportFeedback::Nack(nacks)) = read(&bytes).transport() else { panic!() };
        prop_assert_eq!(nacks.collect::<Vec<_>>(), sequences.clone());
        let read: Vec<_> = theirs::<TransportLayerNack>(&bytes)
            .nacks
            .iter()
            .flat_map(|pair| pair.packet_list())
            .collect();
        prop_assert_eq!(read, sequences);
    }

    #[test]
    fn estimates_agree_with_rtc_rtcp(bps in 0u64..1 << 40, sources in prop::collection::vec(any::<u32>(), 0..5)) {
        let bytes = write(|writer| writer.estimate(1, Bitrate::bps(bps), &sources));
        let Some(PayloadFeedback::Estimate(estimate)) = read(&bytes).payload() else { panic!() };
        prop_assert!(estimate.bitrate.as_bps() <= bps);
        prop_assert!(bps - estimate.bitrate.as_bps() <= bps >> 17);
        prop_assert_eq!(estimate.sources().collect::<Vec<_>>(), sources.clone());
        let read = theirs::<ReceiverEstimatedMaximumBitrate>(&bytes);
        prop_assert_eq!(read.bitrate as u64, estimate.bitrate.as_bps());
        prop_assert_eq!(read.ssrcs, sources);
    }

    #[test]
    fn limits_survive(ssrc: u32, bps in 0u64..1 << 50, overhead in 0u16..512) {
        let limit = BitrateLimit { ssrc, bitrate: Bitrate::bps(bps), overhead };
        let request = write(|writer| writer.bitrate_request(1, &[limit, limit]));
        let Some(TransportFeedback::BitrateRequest(limits)) = read(&request).transport() else { panic!() };
        let read_limits: Vec<_> = limits.collect();
        prop_assert_eq!(read_limits.len(), 2);
        prop_assert_eq!((read_limits[1].ssrc, read_limits[1].overhead), (ssrc, overhead));
        let back = read_limits[1].bitrate.as_bps();
        prop_assert!(back <= bps && bps - back <= bps >> 16);
        let notice = write(|writer| writer.bitrate_notice(1, &[]));
        let Some(TransportFeedback::BitrateNotice(limits)) = read(&notice).transport() else { panic!() };
        prop_assert_eq!(limits.count(), 0);
    }

    #[test]
    fn arrivals_agree_with_rtc_rtcp(base_sequence: u16, reference in -1i32 << 23..1 << 23, arrivals in arrivals()) {
        let begin = i64::from(reference) * TICKS_PER_REFERENCE;
        let arrivals: Vec<_> = arrivals.into_iter().map(|arrival| arrival.map(|at| at + begin)).collect();
        let report = TransportWideReport { base_sequence, reference, feedback_count: 9, arrivals: &arrivals };
        let bytes = write(|writer| writer.transport_wide(1, 2, &report));
        let Some(TransportFeedback::TransportWide(wide)) = read(&bytes).transport() else { panic!() };
        prop_assert_eq!((wide.base_sequence, wide.reference, wide.feedback_count), (base_sequence, reference, 9));
        prop_assert_eq!(wide.arrivals().map(|(_, at)| at).collect::<Vec<_>>(), arrivals.clone());
        prop_assert!(wide.arrivals().enumerate().all(|(at, (sequence, _))| sequence == base_sequence.wrapping_add(at as u16)));

        let read = theirs::<TransportLayerCc>(&bytes);
        prop_assert_eq!(usize::from(read.packet_status_count), arrivals.len());
        prop_assert_eq!(read.reference_time, reference as u32 & 0x00ff_ffff);
        let deltas: Vec<_> = read.recv_deltas.iter().map(|delta| delta.delta / 250).collect();
        let mut last = begin;
        let ours: Vec<_> = arrivals.iter().flatten().map(|at| at - std::mem::replace(&mut last, *at)).collect();
        prop_assert_eq!(deltas, ours);
    }
}
