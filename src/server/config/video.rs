//! `[video]`: whether and how people see each other.

use super::raw::{RawBrowserPictures, RawLayout, RawSize, RawVideo};
use super::resolve::Finder;
use super::source::At;
use causeway_base::{Bitrate, SizeClass, VideoCodec};
use causeway_conference::{BrowserPictures, Layout};
use causeway_engine::{DecoderProgram, VideoConfig};
use causeway_media::video::codec::is_built_in;
use causeway_media::video::theme::Theme;
use causeway_plan::VideoPolicy;
use causeway_plan::picture::MAX_MARGIN;
use std::fmt::Display;
use std::path::Path;

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
    /// Whether browsers get a composed picture or people as they send themselves.
    pub browsers: BrowserPictures,
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
        (!self.policy.codecs.is_empty()).then(|| VideoConfig {
            decoder: DecoderProgram::this(),
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
        browsers: match raw.browsers {
            RawBrowserPictures::Automatic => BrowserPictures::Automatic,
            RawBrowserPictures::Composed => BrowserPictures::Composed,
            RawBrowserPictures::Forwarded => BrowserPictures::Forwarded,
        },
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
    let mut wrong = |what: &dyn Display| {
        let fix = "name a folder with theme.toml and logo.png, or nothing";
        finder.find(&[At::Key("video"), At::Key("theme")], what, fix);
        Theme::default()
    };
    match Path::new(folder) {
        _ if folder.is_empty() => Theme::default(),
        path if !path.is_dir() => wrong(&"there is no such folder"),
        path => Theme::of_folder(path).unwrap_or_else(|error| wrong(&error)),
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, ConfigError};
    use causeway_base::{Bitrate, SizeClass, VideoCodec};
    use causeway_conference::{BrowserPictures, Layout};

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse("test.toml", text, &|_| None)
    }

    #[test]
    fn by_default_people_see_each_other_in_what_the_build_has() {
        let video = parse("").expect("valid").video;
        let built_in = |codec: &VideoCodec| causeway_media::video::codec::is_built_in(*codec);
        let expected: Vec<_> = VideoCodec::ALL.into_iter().filter(built_in).collect();
        assert_eq!(video.policy.codecs, expected);
        assert_eq!((video.policy.largest, video.policy.frame_rate), (SizeClass::P720, 30));
        let engine = video.engine().expect("pictures");
        assert!(engine.decoders >= 1 && engine.threads >= 1);
    }

    #[test]
    fn what_is_set_counts_and_switched_off_there_is_none() {
        let text = "[video]\ncodecs = [\"vp8\"]\nlargest = \"1080p\"\nframe_rate = 25\n\
            max_bitrate_kbps = 4000\nlayout = \"equal\"\nforward = false\nbrowsers = \"forwarded\"\nmargin_percent = 3\n\
            decoders = 3\nthreads = 5\n";
        let video = parse(text).expect("valid").video;
        assert_eq!(video.policy.codecs, [VideoCodec::Vp8]);
        assert_eq!(video.policy.largest, SizeClass::P1080);
        assert_eq!(video.policy.max_bitrate, Bitrate::kbps(4_000));
        assert_eq!((video.layout.clone(), video.forwards, video.margin), (Layout::Equal, false, 3));
        assert_eq!(video.browsers, BrowserPictures::Forwarded);
        let engine = video.engine().expect("pictures");
        assert_eq!((engine.decoders, engine.threads), (3, 5));
        let off = parse("[video]\nenabled = false\n").expect("valid").video;
        assert!(off.policy.codecs.is_empty() && off.engine().is_none());
    }

    #[test]
    fn every_wrong_value_is_reported_with_its_place() {
        let text = "[video]\ncodecs = [\"vp8\", \"vp8\", \"h263\"]\nframe_rate = 1\n\
            max_bitrate_kbps = 1\nmargin_percent = 90\nthreads = 9999\ntheme = \"/no/such/theme\"\n";
        let found = parse(text).expect_err("wrong").problems;
        let keys: Vec<_> = found.iter().map(|problem| problem.key.as_str()).collect();
        let expected = [
            "video.codecs[1]",
            "video.codecs[2]",
            "video.frame_rate",
            "video.max_bitrate_kbps",
            "video.margin_percent",
            "video.threads",
            "video.theme",
        ];
        assert_eq!(keys, expected);
        assert!(parse("[video]\nlargest = \"4k\"\n").is_err());
    }
}
