//! `[video]`: whether and how people see each other.

use super::raw::{RawLayout, RawSize, RawVideo};
use super::resolve::Finder;
use super::source::At;
use causeway_base::{Bitrate, SizeClass, VideoCodec};
use causeway_conference::Layout;
use causeway_engine::{DecoderProgram, VideoConfig};
use causeway_media::video::codec::is_built_in;
use causeway_media::video::theme::Theme;
use causeway_plan::VideoPolicy;
use causeway_plan::picture::MAX_MARGIN;
use std::path::Path;

/// The program that runs, by its name in Linux: it is the same one also when its file was replaced
/// meanwhile.
const THIS_PROGRAM: &str = "/proc/self/exe";

/// The most decoder processes and threads of pictures: more than any machine has use for.
const MAX_THREADS: usize = 1024;

/// How people see each other.
#[derive(Clone, Debug)]
pub struct Video {
    /// What an offer or an answer may hold; no codec where there are no pictures.
    pub policy: VideoPolicy,
    /// The layout of conferences in which nobody chose one.
    pub layout: Layout,
    /// One person's picture that fills all is sent on as it came.
    pub forwards: bool,
    /// How much of pictures stays free along each edge, in percent.
    pub margin: u8,
    /// Decoder processes.
    pub decoders: usize,
    /// Threads that compose and encode.
    pub threads: usize,
    /// Colours and logo.
    pub theme: Theme,
}

impl Video {
    /// The settings of the engine's pictures, whose decoders are this very program. Only for a
    /// program that begins with `causeway_engine::decode_if_asked`: another would run itself
    /// instead. `None` where there are no pictures.
    pub fn engine(&self) -> Option<VideoConfig> {
        let decoder = DecoderProgram { path: THIS_PROGRAM.into(), arguments: Vec::new() };
        (!self.policy.codecs.is_empty()).then(|| VideoConfig {
            decoder,
            decoders: self.decoders,
            threads: self.threads,
            theme: self.theme.clone(),
        })
    }
}

pub(super) fn resolve(finder: &mut Finder<'_>, raw: &RawVideo) -> Video {
    finder.range("video", "frame_rate", raw.frame_rate, 5, 60);
    finder.range("video", "max_bitrate_kbps", raw.max_bitrate_kbps, 64, 20_000);
    finder.range("video", "margin_percent", raw.margin_percent, 0, MAX_MARGIN);
    finder.range("video", "decoders", raw.decoders, 0, MAX_THREADS);
    finder.range("video", "threads", raw.threads, 0, MAX_THREADS);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let or = |number: usize, usual: usize| if number == 0 { usual.max(1) } else { number };
    Video {
        policy: VideoPolicy {
            codecs: codecs(finder, raw),
            largest: match raw.largest {
                RawSize::P180 => SizeClass::P180,
                RawSize::P360 => SizeClass::P360,
                RawSize::P720 => SizeClass::P720,
                RawSize::P1080 => SizeClass::P1080,
            },
            frame_rate: raw.frame_rate,
            max_bitrate: Bitrate::kbps(raw.max_bitrate_kbps.into()),
            ..VideoPolicy::default()
        },
        layout: match raw.layout {
            RawLayout::Single => Layout::Single,
            RawLayout::Speaker => Layout::Speaker,
            RawLayout::Equal => Layout::Equal,
            RawLayout::SideBySide => Layout::SideBySide,
        },
        forwards: raw.forward,
        margin: raw.margin_percent,
        decoders: or(raw.decoders, cores / 2),
        threads: or(raw.threads, cores),
        theme: theme(finder, &raw.theme),
    }
}

/// The codecs that are wanted and that this build has.
fn codecs(finder: &mut Finder<'_>, raw: &RawVideo) -> Vec<VideoCodec> {
    let mut codecs = Vec::new();
    for (index, name) in raw.codecs.iter().enumerate() {
        let at = [At::Key("video"), At::Key("codecs"), At::Index(index)];
        match VideoCodec::from_name(name) {
            Some(codec) if codecs.contains(&codec) => {
                finder.find(&at, "named twice", "remove one of the two");
            }
            Some(codec) => codecs.push(codec),
            None => finder.find(&at, format!("no codec {name:?} here"), "use h264 or vp8"),
        }
    }
    codecs.retain(|codec| raw.enabled && is_built_in(*codec));
    codecs
}

fn theme(finder: &mut Finder<'_>, folder: &str) -> Theme {
    if folder.is_empty() {
        return Theme::default();
    }
    Theme::of_folder(Path::new(folder)).unwrap_or_else(|error| {
        let fix = "name a folder with theme.toml and logo.png, or nothing";
        finder.find(&[At::Key("video"), At::Key("theme")], error, fix);
        Theme::default()
    })
}
