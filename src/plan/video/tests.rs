use super::*;

fn h264(level: H264Level) -> H264Format {
    let profile = H264Profile::ConstrainedBaseline;
    H264Format {
        profile,
        level,
        mode: PacketizationMode::NonInterleaved,
        limits: level.limits(profile),
        max_frame_rate: None,
    }
}

fn ceiling(coding: VideoCoding) -> Option<(SizeClass, u8)> {
    coding.ceiling().map(|ceiling| (ceiling.class, ceiling.frame_rate))
}

#[test]
fn the_largest_picture_of_each_level() {
    for (level, expected) in [
        (H264Level::L1, None),
        (H264Level::L1b, None),
        (H264Level::L1_1, Some((SizeClass::P180, 12))),
        (H264Level::L1_2, Some((SizeClass::P180, 25))),
        (H264Level::L2, Some((SizeClass::P180, 49))),
        (H264Level::L2_2, Some((SizeClass::P360, 22))),
        (H264Level::L3, Some((SizeClass::P360, 44))),
        (H264Level::L3_1, Some((SizeClass::P720, 30))),
        (H264Level::L3_2, Some((SizeClass::P720, 60))),
        (H264Level::L4, Some((SizeClass::P1080, 30))),
        (H264Level::L4_2, Some((SizeClass::P1080, 60))),
        (H264Level::L6_2, Some((SizeClass::P1080, 60))),
    ] {
        assert_eq!(ceiling(VideoCoding::H264(h264(level))), expected, "{level:?}");
    }
}

#[test]
fn a_larger_picture_that_hardly_moves_gives_way_to_a_smaller_one() {
    // Seen with rooms: max-fs of 1080p with the macroblocks a second of 720p.
    let mut format = h264(H264Level::L3_1);
    format.limits.max_fs = 8_160;
    assert_eq!(ceiling(VideoCoding::H264(format)), Some((SizeClass::P720, 30)));
    format.limits.max_mbps = 245_000;
    assert_eq!(ceiling(VideoCoding::H264(format)), Some((SizeClass::P1080, 30)));
    format.max_frame_rate = Some(5);
    assert_eq!(ceiling(VideoCoding::H264(format)), Some((SizeClass::P1080, 5)));
}

#[test]
fn vp8_is_bounded_by_what_it_says_alone() {
    let of =
        |max_fs, max_frame_rate| ceiling(VideoCoding::Vp8(Vp8Format { max_fs, max_frame_rate }));
    assert_eq!(of(None, None), Some((SizeClass::P1080, 60)));
    assert_eq!(of(Some(3_600), Some(30)), Some((SizeClass::P720, 30)));
    assert_eq!(of(Some(3_599), None), Some((SizeClass::P360, 60)));
    assert_eq!(of(Some(1), None), None);
    assert_eq!(of(None, Some(0)), None);
}

#[test]
fn the_rate_and_the_policy_make_a_picture_smaller() {
    let policy = VideoPolicy { max_bitrate: Bitrate::kbps(4_000), ..VideoPolicy::default() };
    let coding = VideoCoding::H264(h264(H264Level::L4));
    for (limit, class, kbps) in [
        (None, SizeClass::P720, 4_000),
        (Some(1_920), SizeClass::P720, 1_920),
        (Some(512), SizeClass::P360, 512),
        (Some(128), SizeClass::P180, 128),
        (Some(10), SizeClass::P180, 10),
        (Some(9_000), SizeClass::P720, 4_000),
    ] {
        let (ceiling, rate) = policy.sendable(&coding, limit.map(Bitrate::kbps)).unwrap();
        assert_eq!((ceiling.class, ceiling.frame_rate), (class, 30), "{limit:?}");
        assert_eq!(rate, Bitrate::kbps(kbps), "{limit:?}");
    }
    let low = VideoCoding::H264(h264(H264Level::L1_2));
    let (ceiling, rate) = policy.sendable(&low, None).unwrap();
    assert_eq!(
        (ceiling.class, ceiling.frame_rate, rate),
        (SizeClass::P180, 25, Bitrate::kbps(384))
    );
    assert_eq!(policy.sendable(&VideoCoding::H264(h264(H264Level::L1)), None), None);
}
