//! The floor of a case: the codec calls that its pictures need, and nothing else.

use crate::case::Case;
use crate::clip;
use crate::tile;
use crate::usage::thread_cpu;
use causeway_base::VideoCodec;
use causeway_media::video::codec::{
    Decoded, EncoderSettings, VideoDecoder, VideoEncoder, decoder, encoder,
};
use causeway_media::video::colour::Colour;
use causeway_media::video::compose::{Compositor, Rect, Scene, Tile};
use causeway_media::video::frame::{Frame, FramePool};
use std::io;
use std::time::{Duration, Instant};

/// Cameras show other pictures of the clip at one time: so far apart.
const APART: usize = 7;

/// What the codecs take for one picture each.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Raw {
    /// To decode one picture of one source.
    pub(crate) decode: Duration,
    /// To encode one composed picture as H.264.
    pub(crate) h264: Duration,
    /// To encode one composed picture as VP8, where the case has it.
    pub(crate) vp8: Duration,
}

impl Raw {
    /// CPU seconds a second of the second codec.
    pub(crate) fn vp8_alone(&self, case: &Case) -> f64 {
        (self.vp8 * case.pictures() as u32).as_secs_f64() * f64::from(clip::FRAME_RATE)
    }

    /// CPU seconds a second of the whole case.
    pub(crate) fn total(&self, case: &Case) -> f64 {
        let encodes = (self.h264 + self.vp8) * case.pictures() as u32;
        let picture = self.decode * case.seen() as u32 + encodes;
        picture.as_secs_f64() * f64::from(clip::FRAME_RATE)
    }
}

/// When the calls are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// One after the other: all that they need stays in the caches.
    AtOnce,
    /// When cameras give pictures, thirty times a second, and after them the composed one: the
    /// thread sleeps in between, as whoever serves the case does.
    InTime,
}

impl Pace {
    /// Waits until a source's picture of a number, or what comes after those of all, is due.
    fn wait(self, begin: Instant, number: usize, source: usize, sources: usize) {
        if self == Pace::InTime {
            let step = Duration::from_secs(1) / u32::from(clip::FRAME_RATE) / sources as u32;
            let due = begin + step * (number * sources + source) as u32;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
        }
    }
}

/// Measures them on one thread, by its own CPU time: each source of a picture with a decoder of its
/// own, in turns, as the case needs them.
pub(crate) fn measure(case: &Case, access_units: &[Vec<u8>], pace: Pace) -> io::Result<Raw> {
    let pool = FramePool::new(2 * case.shown + 8);
    let decoders = (0..case.shown).map(|_| decoder(VideoCodec::H264));
    let mut decoders: Vec<_> = decoders.collect::<Result<_, _>>().map_err(io::Error::other)?;
    let mut encoders = vec![started(case, VideoCodec::H264)?];
    if case.has_two_codecs() {
        encoders.push(started(case, VideoCodec::Vp8)?);
    }
    // Differences need what comes before them.
    for (source, decoder) in decoders.iter_mut().enumerate() {
        for access_unit in &access_units[..APART * source] {
            decoder.decode(access_unit, &pool).map_err(io::Error::other)?;
        }
    }
    let (mut compositor, mut out) = (Compositor::new(), vec![]);
    let (mut decoding, mut spent) = (Duration::ZERO, vec![Duration::ZERO; encoders.len()]);
    let start = Instant::now();
    for number in 0..access_units.len() {
        let mut frames = vec![];
        for (source, decoder) in decoders.iter_mut().enumerate() {
            pace.wait(start, number, source, case.shown);
            let access_unit = &access_units[(number + APART * source) % access_units.len()];
            let begin = thread_cpu();
            frames.push(picture(decoder.as_mut(), access_unit, &pool)?);
            decoding += thread_cpu() - begin;
        }
        let composed = compositor.compose(&scene(case, frames), &pool).map_err(io::Error::other)?;
        for (encoder, spent) in encoders.iter_mut().zip(&mut spent) {
            let begin = thread_cpu();
            encoder.encode(&composed.picture, false, &mut out).map_err(io::Error::other)?;
            *spent += thread_cpu() - begin;
        }
    }
    let pictures = access_units.len() as u32;
    let of = |index: usize| spent.get(index).map_or(Duration::ZERO, |spent| *spent / pictures);
    Ok(Raw { decode: decoding / pictures / case.shown as u32, h264: of(0), vp8: of(1) })
}

fn started(case: &Case, codec: VideoCodec) -> io::Result<Box<dyn VideoEncoder>> {
    let (size, bitrate) = (case.out().size(), crate::leg::rate(case.out()));
    let settings = EncoderSettings { size, bitrate, fps: clip::FRAME_RATE, max_nal: None };
    encoder(codec, settings).map_err(io::Error::other)
}

fn picture(
    decoder: &mut dyn VideoDecoder,
    access_unit: &[u8],
    pool: &FramePool,
) -> io::Result<Frame> {
    match decoder.decode(access_unit, pool).map_err(io::Error::other)? {
        Decoded::Picture(frame) => Ok(frame),
        _ => Err(io::Error::other("the clip does not decode")),
    }
}

fn scene(case: &Case, frames: Vec<Frame>) -> Scene {
    let canvas = case.out().size();
    let places = tile::areas(case.shown).into_iter().map(|area| area.in_pixels(canvas));
    let tiles = places
        .zip(frames)
        .map(|(at, frame)| Tile::new(Rect::new(at.left, at.top, at.width, at.height), Some(frame)));
    Scene { canvas, background: Colour::BLACK, tiles: tiles.collect() }
}
