use super::*;
use crate::rtp::NoRoom;
use proptest::prelude::*;

#[test]
fn lengths_are_checked() {
    let table: &[(&[u8], RtcpError)] = &[
        (&[], RtcpError::TooShort(0)),
        (&[0x80, 201, 0], RtcpError::TooShort(0)),
        (&[0x80, 201, 0, 0], RtcpError::Body(0)),
        (&[0x80, 200, 0, 1, 0, 0, 0, 1], RtcpError::Body(0)),
        (&[0x80, 201, 0, 2, 0, 0, 0, 1], RtcpError::TooShort(0)),
        (&[0x81, 201, 0, 1, 0, 0, 0, 1], RtcpError::Body(0)),
        (&[0x40, 201, 0, 1, 0, 0, 0, 1], RtcpError::Version(0)),
        (&[0x80, 201, 0, 1, 0, 0, 0, 1, 0x80], RtcpError::TooShort(8)),
        (&[0xa0, 201, 0, 1, 0, 0, 0, 1], RtcpError::Padding(0)),
        (&[0xa0, 204, 0, 1, 0, 0, 0, 8], RtcpError::Padding(0)),
        (&[0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4, 0x80, 204, 0, 0], RtcpError::Padding(0)),
        (&[0xa0, 204, 0, 0], RtcpError::Padding(0)),
        (&[0x82, 203, 0, 1, 0, 0, 0, 1], RtcpError::Body(0)),
        (&[0x81, 203, 0, 2, 0, 0, 0, 1, 4, b'b', b'y', b'e'], RtcpError::Body(0)),
        (&[0x81, 206, 0, 1, 0, 0, 0, 1], RtcpError::Body(0)),
        (&[0; MAX_LEN + 1], RtcpError::TooLong),
    ];
    for (bytes, error) in table {
        assert_eq!(RtcpView::parse(bytes).unwrap_err(), *error, "{bytes:?}");
    }
    assert!(RtcpView::parse(&[0x80, 204, 0, 0]).is_ok(), "four bytes, unknown body");
}

#[test]
fn a_reduced_size_picture_loss_is_taken() {
    let bytes = [0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2];
    let view = RtcpView::parse(&bytes).unwrap();
    let Some(RtcpPacket::PayloadFeedback(feedback)) = view.packets().next() else { panic!() };
    assert_eq!((feedback.format, feedback.sender, feedback.media), (1, 1, 2));
}

#[test]
fn cumulative_loss_is_signed_and_clamped() {
    for (lost, read) in
        [(-1, -1), (0x7f_ffff, 0x7f_ffff), (i32::MAX, 0x7f_ffff), (i32::MIN, -0x80_0000)]
    {
        let block = ReportBlock { lost, ..Default::default() };
        assert_eq!(ReportBlock::parse(&block.to_bytes()).unwrap().lost, read);
    }
}

#[test]
fn a_packet_without_room_leaves_the_rest_whole() {
    let mut buffer = [0; 20];
    let mut writer = RtcpWriter::new(&mut buffer);
    writer.receiver_report(1, &[]).unwrap();
    assert_eq!(writer.cname(1, "a name that is too long"), Err(NoRoom));
    let len = writer.len();
    assert_eq!(len, 8);
    assert!(RtcpView::parse(&buffer[..len]).is_ok());
    let mut large = [0; 2000];
    let too_many = [ReportBlock::default(); 32];
    assert_eq!(RtcpWriter::new(&mut large).receiver_report(1, &too_many), Err(NoRoom));
}

fn block() -> impl Strategy<Value = ReportBlock> {
    (any::<u32>(), any::<u8>(), -0x80_0000..0x80_0000, any::<[u32; 4]>()).prop_map(
        |(ssrc, fraction_lost, lost, [highest_sequence, jitter, last, delay])| ReportBlock {
            ssrc,
            fraction_lost,
            lost,
            highest_sequence,
            jitter,
            last_sender_report: NtpShort(last),
            delay_since_last: NtpShort(delay),
        },
    )
}

fn info() -> impl Strategy<Value = SenderInfo> {
    any::<(u64, u32, u32, u32)>().prop_map(|(ntp, rtp_timestamp, packets, octets)| SenderInfo {
        ntp: NtpTime(ntp),
        rtp_timestamp,
        packets,
        octets,
    })
}

/// The same report as `rtc-rtcp` says it.
fn theirs(block: &ReportBlock) -> ::rtcp::reception_report::ReceptionReport {
    ::rtcp::reception_report::ReceptionReport {
        ssrc: block.ssrc,
        fraction_lost: block.fraction_lost,
        total_lost: block.lost as u32 & 0x00ff_ffff,
        last_sequence_number: block.highest_sequence,
        jitter: block.jitter,
        last_sender_report: block.last_sender_report.0,
        delay: block.delay_since_last.0,
    }
}

proptest! {
    #[test]
    fn agrees_with_rtc_rtcp(
        ssrc: u32,
        info in prop::option::of(info()),
        blocks in prop::collection::vec(block(), 0..=5),
        cname in "[a-z0-9@.]{0,60}",
        bye in prop::option::of("[a-z ]{0,20}"),
    ) {
        let mut buffer = [0; MAX_LEN];
        let mut writer = RtcpWriter::new(&mut buffer);
        match &info {
            Some(info) => writer.sender_report(ssrc, info, &blocks).unwrap(),
            None => writer.receiver_report(ssrc, &blocks).unwrap(),
        }
        writer.cname(ssrc, &cname).unwrap();
        if let Some(reason) = &bye {
            writer.bye(&[ssrc, !ssrc], reason).unwrap();
        }
        let len = writer.len();
        let bytes = &buffer[..len];

        let read = ::rtcp::packet::unmarshal(&mut &bytes[..]).unwrap();
        let mut packets = RtcpView::parse(bytes).unwrap().packets();
        match packets.next().unwrap() {
            RtcpPacket::SenderReport { ssrc: from, info: got, reports } => {
                let report = read[0].as_any().downcast_ref::<::rtcp::sender_report::SenderReport>().unwrap();
                prop_assert_eq!((from, report.ssrc), (ssrc, ssrc));
                prop_assert_eq!(Some(got), info);
                prop_assert_eq!(got.ntp.0, report.ntp_time);
                prop_assert_eq!(got.rtp_timestamp, report.rtp_time);
                prop_assert_eq!((got.packets, got.octets), (report.packet_count, report.octet_count));
                prop_assert_eq!(reports.map(|r| theirs(&r)).collect::<Vec<_>>(), report.reports.clone());
            }
            RtcpPacket::ReceiverReport { ssrc: from, reports } => {
                let report = read[0].as_any().downcast_ref::<::rtcp::receiver_report::ReceiverReport>().unwrap();
                prop_assert_eq!((from, report.ssrc), (ssrc, ssrc));
                prop_assert_eq!(reports.collect::<Vec<_>>(), blocks);
                prop_assert_eq!(reports.map(|r| theirs(&r)).collect::<Vec<_>>(), report.reports.clone());
            }
            other => prop_assert!(false, "{:?}", other),
        }
        let Some(RtcpPacket::SourceDescription(description)) = packets.next() else { panic!() };
        prop_assert_eq!(description.cnames().collect::<Vec<_>>(), [(ssrc, cname.as_bytes())]);
        let sdes = read[1].as_any().downcast_ref::<::rtcp::source_description::SourceDescription>().unwrap();
        prop_assert_eq!(&sdes.chunks[0].items[0].text[..], cname.as_bytes());
        if let Some(text) = &bye {
            let Some(RtcpPacket::Bye { sources, reason }) = packets.next() else { panic!() };
            let goodbye = read[2].as_any().downcast_ref::<::rtcp::goodbye::Goodbye>().unwrap();
            prop_assert_eq!(sources.collect::<Vec<_>>(), goodbye.sources.clone());
            prop_assert_eq!(reason.unwrap_or_default(), text.as_bytes());
            prop_assert_eq!(reason.unwrap_or_default(), &goodbye.reason[..]);
        }
        prop_assert!(packets.next().is_none());
    }
}
