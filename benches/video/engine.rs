//! The engine of a case, in this process, with its decoder processes.

use crate::case::Case;
use crate::clip;
use crate::load::{self, Heard, LOCAL, Load};
use crate::tile;
use causeway_base::{Bitrate, Codec, ConferenceId, Lang, LegId, SizeClass, VideoCodec};
use causeway_engine::{DecoderProgram, Engine, EngineConfig, VideoConfig};
use causeway_media::video::theme::Theme;
use causeway_plan::{
    AudioFormat, Ceiling, Content, Direction, Feedback, H264Format, H264Level, H264Profile,
    LegAudio, LegMedia, LegVideo, MediaCommand, MediaEvent, MediaPlan, PacketizationMode,
    PictureId, PicturePlan, PlannedTile, Show, TileMarks, Transport, TransportSpec, VideoCoding,
    VideoEgress, VideoFeed, VideoFormat, VideoSend, VideoTransport, Vp8Format,
};
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, channel};

/// The rate of the composed picture.
pub(crate) const RATE: Bitrate = Bitrate::kbps(1_500);

const ROOM: ConferenceId = ConferenceId(1);

/// What was measured.
pub(crate) struct Row {
    /// CPU time of the engine and its decoders in the window.
    pub(crate) cpu: Duration,
    /// Ticks of its workers that were late.
    pub(crate) late_ticks: u64,
    /// What it grew by, with its decoders.
    pub(crate) grown_kb: u64,
    /// What the load received.
    pub(crate) heard: Heard,
}

/// Runs a case.
pub(crate) fn measure(case: &Case) -> io::Result<Row> {
    let (to_us, events) = channel(4_096);
    let config = EngineConfig { workers: 1, video: Some(video()), ..EngineConfig::default() };
    let engine = Engine::start(config, to_us).map_err(io::Error::other)?;
    let mut bench = Bench { engine, events, decoders: children()? };
    let idle_kb = bench.sum(resident_kb)?;
    bench.send(MediaCommand::OpenConference { conference: ROOM })?;
    let (mut load, screens, cameras) = Load::start(case)?;
    let mut ports = vec![];
    for (index, camera) in cameras.iter().enumerate() {
        ports.push(bench.enter(index, source(*camera))?);
    }
    let mut first = None;
    for index in 0..case.receivers {
        let codec = if case.has_two_codecs() && index % 2 == 1 {
            VideoCodec::Vp8
        } else {
            VideoCodec::H264
        };
        let port = bench.enter(case.sources + index, screen(screens, codec))?;
        first.get_or_insert(port);
    }
    bench.send(MediaCommand::Apply { conference: ROOM, plan: plan(case) })?;
    load.begin(&ports, first.ok_or_else(|| io::Error::other("nobody looks"))?)?;
    load.window()?;
    let before = (bench.sum(cpu)?, bench.late_ticks());
    let grown_kb = bench.sum(resident_kb)?.saturating_sub(idle_kb);
    let heard = load.heard()?;
    let spent = Duration::from_nanos(bench.sum(cpu)?.saturating_sub(before.0));
    let late_ticks = bench.late_ticks() - before.1;
    bench.engine.shutdown();
    Ok(Row { cpu: spent, late_ticks, grown_kb, heard })
}

fn video() -> VideoConfig {
    VideoConfig {
        decoder: DecoderProgram::this(),
        decoders: 1,
        threads: 2,
        theme: Theme::default(),
    }
}

struct Bench {
    engine: Engine,
    events: Receiver<MediaEvent>,
    /// The processes that decode.
    decoders: Vec<u32>,
}

impl Bench {
    fn send(&self, command: MediaCommand) -> io::Result<()> {
        self.engine.send(command).map_err(io::Error::other)
    }

    /// Brings a leg in. Returns where its video is taken.
    fn enter(&mut self, index: usize, media: LegMedia) -> io::Result<SocketAddr> {
        let leg = id(index);
        self.send(MediaCommand::Reserve { leg, local: LOCAL, video: true })?;
        let address = loop {
            match self.events.blocking_recv() {
                Some(MediaEvent::Reserved { leg: of, video: Some((rtp, _)), .. }) if of == leg => {
                    break rtp;
                }
                Some(MediaEvent::Failed { cause, .. }) => {
                    return Err(io::Error::other(format!("{cause:?}")));
                }
                Some(_) => {}
                None => return Err(io::Error::other("the engine is gone")),
            }
        };
        self.send(MediaCommand::Configure { leg, media: Box::new(media) })?;
        self.send(MediaCommand::Move { leg, conference: ROOM })?;
        // The worker takes a bounded number of orders a tick.
        if index.is_multiple_of(16) {
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(address)
    }

    fn late_ticks(&self) -> u64 {
        let metrics = self.engine.metrics();
        metrics.iter().map(|ticks| ticks.late_ticks.load(Ordering::Relaxed)).sum()
    }

    /// Of this process and its decoders.
    fn sum(&self, of: impl Fn(u32) -> io::Result<u64>) -> io::Result<u64> {
        let own = std::process::id();
        let mut total = of(own)?;
        for process in &self.decoders {
            total += of(*process)?;
        }
        Ok(total)
    }
}

/// The processes that this one has started so far.
fn children() -> io::Result<Vec<u32>> {
    let mut all = vec![];
    for task in fs::read_dir("/proc/self/task")? {
        let children = fs::read_to_string(task?.path().join("children")).unwrap_or_default();
        all.extend(children.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
    }
    Ok(all)
}

/// The CPU time of a process in nanoseconds, from the scheduler's account of its threads.
fn cpu(process: u32) -> io::Result<u64> {
    let mut total = 0;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        // A thread may end while it is looked at.
        let Ok(account) = fs::read_to_string(task?.path().join("schedstat")) else { continue };
        let nanos: Option<u64> = account.split(' ').next().and_then(|word| word.parse().ok());
        total += nanos.unwrap_or(0);
    }
    Ok(total)
}

/// Memory that is a process' own, or its share of what several have, in KiB.
fn resident_kb(process: u32) -> io::Result<u64> {
    let account = fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    let line = account.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kb = line.and_then(|line| line.split_whitespace().next()).and_then(|kb| kb.parse().ok());
    kb.ok_or_else(|| io::Error::other("no Pss"))
}

fn id(index: usize) -> LegId {
    LegId(index as u64 + 1)
}

fn plan(case: &Case) -> MediaPlan {
    let picture = PictureId(1);
    let tile = |(index, area)| PlannedTile {
        area,
        source: Some(id(index)),
        name: String::new(),
        marks: TileMarks::default(),
    };
    let tiles = tile::areas(case.sources).into_iter().enumerate().map(tile).collect();
    let receivers = case.sources..case.sources + case.receivers;
    let egress = |index| VideoEgress { leg: id(index), line: 0, feed: VideoFeed::Picture(picture) };
    MediaPlan {
        version: 1,
        pictures: vec![PicturePlan {
            id: picture,
            show: Show::People { tiles, on_phone: 0, more: 0, recording: false },
            lang: Lang::default(),
            margin: 0,
        }],
        video: receivers.map(egress).collect(),
        ..MediaPlan::default()
    }
}

/// A leg that sends only.
fn source(camera: SocketAddr) -> LegMedia {
    leg(camera, Direction::ReceiveOnly, None)
}

/// A leg that looks only.
fn screen(at: SocketAddr, codec: VideoCodec) -> LegMedia {
    let send = VideoSend {
        format: format(codec),
        ceiling: Ceiling { class: SizeClass::P720, frame_rate: clip::FRAME_RATE },
        max_bitrate: RATE,
    };
    leg(at, Direction::SendOnly, Some(send))
}

fn leg(at: SocketAddr, direction: Direction, send: Option<VideoSend>) -> LegMedia {
    let audio = AudioFormat::new(Codec::Pcmu, 0);
    let spec = |remote| TransportSpec {
        remote_rtp: remote,
        remote_rtcp: remote,
        rtcp_mux: true,
        signalling_source: LOCAL,
        srtp: None,
    };
    LegMedia {
        transport: Transport::Rtp(spec(None)),
        direction: Direction::Inactive,
        audio: LegAudio {
            send: audio,
            receive: vec![audio],
            ptime_ms: 20,
            send_events: None,
            receive_events: vec![],
            receive_comfort_noise: vec![],
            level_extension: None,
        },
        video: vec![LegVideo {
            transport: VideoTransport::Rtp(spec(Some(at))),
            direction,
            content: Content::Main,
            label: None,
            send,
            receive: vec![format(VideoCodec::H264)],
        }],
    }
}

fn format(codec: VideoCodec) -> VideoFormat {
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
    let payload_type = load::payload_type(codec);
    VideoFormat { payload_type, coding, rtx: None, feedback: Feedback::NONE }
}

/// 720p at 30 pictures a second.
const LEVEL: H264Level = H264Level::L3_1;
