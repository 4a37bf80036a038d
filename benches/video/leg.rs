//! Legs and plans of a case, as signalling would settle them.

use crate::case::{Case, Kind};
use crate::clip;
use crate::load::{LOCAL, payload_type};
use crate::tile;
use causeway_base::{Bitrate, Codec, Lang, LegId, SizeClass, VideoCodec};
use causeway_plan::{
    AudioFormat, Ceiling, Content, Direction, Feedback, H264Format, H264Level, H264Profile,
    LegAudio, LegMedia, LegVideo, MediaPlan, MediaProtection, PacketizationMode, PictureId,
    PicturePlan, PlannedTile, Show, TileMarks, Transport, TransportSpec, VideoCoding, VideoEgress,
    VideoFeed, VideoFormat, VideoSend, VideoTransport, Vp8Format,
};
use std::net::SocketAddr;

/// 720p at 30 pictures a second.
const LEVEL: H264Level = H264Level::L3_1;

/// The rate of a composed picture.
pub(crate) const fn rate(class: SizeClass) -> Bitrate {
    match class {
        SizeClass::P180 => Bitrate::kbps(250),
        SizeClass::P360 => Bitrate::kbps(600),
        SizeClass::P720 => Bitrate::kbps(1_500),
        SizeClass::P1080 => Bitrate::kbps(3_000),
    }
}

/// The name of a leg: sources come first.
pub(crate) fn id(index: usize) -> LegId {
    LegId(index as u64 + 1)
}

/// Which leg looks as the receiver of this number.
pub(crate) const fn receiver(case: &Case, number: usize) -> usize {
    match case.kind {
        Kind::Shared | Kind::H323 | Kind::Private => case.sources + number,
        // A browser that sends looks too.
        Kind::Browsers | Kind::Forwarded => number,
    }
}

/// The codec that it takes.
pub(crate) const fn codec(case: &Case, number: usize) -> VideoCodec {
    if case.has_two_codecs() && number % 2 == 1 { VideoCodec::Vp8 } else { VideoCodec::H264 }
}

/// Who is shown to whom.
pub(crate) fn plan(case: &Case) -> MediaPlan {
    let tile = |(index, area)| PlannedTile {
        area,
        source: Some(id(index)),
        name: String::new(),
        marks: TileMarks::default(),
    };
    let picture = |number: usize| {
        let first = if case.kind == Kind::Private { number + 1 } else { 0 };
        let sources = (first..first + case.shown).map(|source| source % case.sources);
        let tiles = sources.zip(tile::areas(case.shown)).map(tile).collect();
        PicturePlan {
            id: PictureId(number as u32 + 1),
            show: Show::People { tiles, on_phone: 0, more: 0, recording: false },
            lang: Lang::default(),
            margin: 0,
        }
    };
    let picture_of = |number: usize| PictureId((number % case.pictures()) as u32 + 1);
    let egress = |number: usize| {
        let leg = id(receiver(case, number));
        let feed = match case.kind {
            Kind::Forwarded => VideoFeed::Tiles(picture_of(number)),
            Kind::Shared | Kind::H323 | Kind::Private | Kind::Browsers => {
                VideoFeed::Picture(picture_of(number))
            }
        };
        let tile = move |source: usize| VideoEgress {
            leg,
            line: source + 1,
            feed: VideoFeed::Source(id(source)),
        };
        let others = (0..case.tiles()).filter(move |source| id(*source) != leg);
        [VideoEgress { leg, line: 0, feed }].into_iter().chain(others.map(tile))
    };
    MediaPlan {
        version: 1,
        pictures: (0..case.pictures()).map(picture).collect(),
        video: (0..case.receivers).flat_map(egress).collect(),
        ..MediaPlan::default()
    }
}

/// A leg that sends only.
pub(crate) fn source(camera: SocketAddr) -> LegMedia {
    leg(rtp(Some(camera)), Direction::ReceiveOnly, None)
}

/// A leg that looks only, at so large a picture.
pub(crate) fn screen(at: SocketAddr, codec: VideoCodec, class: SizeClass) -> LegMedia {
    leg(rtp(Some(at)), Direction::SendOnly, Some(send(codec, class)))
}

/// What a receiver is sent.
pub(crate) fn send(codec: VideoCodec, class: SizeClass) -> VideoSend {
    VideoSend {
        format: format(codec),
        ceiling: Ceiling { class, frame_rate: clip::FRAME_RATE },
        max_bitrate: rate(class),
    }
}

/// Where a peer is.
pub(crate) fn rtp(remote: Option<SocketAddr>) -> TransportSpec {
    TransportSpec {
        remote_rtp: remote,
        remote_rtcp: remote,
        rtcp_mux: true,
        signalling_source: LOCAL,
        protection: MediaProtection::Clear,
    }
}

/// Sound that is not there.
pub(crate) fn sound(audio: AudioFormat) -> LegAudio {
    LegAudio {
        send: audio,
        receive: vec![audio],
        ptime_ms: 20,
        send_events: None,
        receive_events: vec![],
        receive_comfort_noise: vec![],
        level_extension: None,
    }
}

fn leg(video: TransportSpec, direction: Direction, send: Option<VideoSend>) -> LegMedia {
    LegMedia {
        transport: Transport::Rtp(rtp(None)),
        direction: Direction::Inactive,
        audio: sound(AudioFormat::new(Codec::Pcmu, 0)),
        video: vec![line(VideoTransport::Rtp(video), direction, send)],
    }
}

/// The same leg with sound both ways of which one is used, to and from an address.
pub(crate) fn with_sound(leg: LegMedia, at: SocketAddr, direction: Direction) -> LegMedia {
    LegMedia { transport: Transport::Rtp(rtp(Some(at))), direction, ..leg }
}

/// A line of video.
pub(crate) fn line(
    transport: VideoTransport,
    direction: Direction,
    send: Option<VideoSend>,
) -> LegVideo {
    LegVideo {
        transport,
        direction,
        content: Content::Main,
        label: None,
        send,
        receive: vec![format(VideoCodec::H264)],
        transport_cc: None,
    }
}

/// How a codec is spoken of.
pub(crate) fn format(codec: VideoCodec) -> VideoFormat {
    let coding = match codec {
        VideoCodec::H264 => VideoCoding::H264(H264Format {
            profile: H264Profile::ConstrainedBaseline,
            level: LEVEL,
            mode: PacketizationMode::NonInterleaved,
            limits: LEVEL.limits(H264Profile::ConstrainedBaseline),
            max_frame_rate: None,
        }),
        VideoCodec::Vp8 => VideoCoding::Vp8(Vp8Format::default()),
    };
    let payload_type = payload_type(codec);
    VideoFormat { payload_type, coding, rtx: None, feedback: Feedback::ALL }
}
