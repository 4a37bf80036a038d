//! The floor of a case: the codec calls that its pictures need, and nothing else.

use crate::case::Case;
use crate::clip;
use crate::tile;
use causeway_base::{SizeClass, VideoCodec};
use causeway_media::video::codec::{Decoded, EncoderSettings, decoder, encoder};
use causeway_media::video::colour::Colour;
use causeway_media::video::compose::{Compositor, Rect, Scene, Tile};
use causeway_media::video::frame::{Frame, FramePool};
use std::io;
use std::time::{Duration, Instant};

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
    /// CPU seconds a second of the whole case.
    pub(crate) fn total(&self, case: &Case) -> f64 {
        let picture = self.decode * case.sources as u32 + self.h264 + self.vp8;
        picture.as_secs_f64() * f64::from(clip::FRAME_RATE)
    }
}

/// Measures them.
pub(crate) fn measure(case: &Case, access_units: &[Vec<u8>]) -> io::Result<Raw> {
    let pool = FramePool::new(8);
    let mut decoder = decoder(VideoCodec::H264).map_err(io::Error::other)?;
    let mut encoders = vec![(VideoCodec::H264, Duration::ZERO)];
    if case.has_two_codecs() {
        encoders.push((VideoCodec::Vp8, Duration::ZERO));
    }
    let class = SizeClass::P720;
    let bitrate = crate::engine::RATE;
    let settings =
        EncoderSettings { size: class.size(), bitrate, fps: clip::FRAME_RATE, max_nal: None };
    let mut running = encoders
        .iter()
        .map(|(codec, _)| encoder(*codec, settings))
        .collect::<Result<Vec<_>, _>>()
        .map_err(io::Error::other)?;
    let mut compositor = Compositor::new();
    let (mut decoding, mut out) = (Duration::ZERO, vec![]);
    for access_unit in access_units {
        let begin = Instant::now();
        let decoded = decoder.decode(access_unit, &pool).map_err(io::Error::other)?;
        decoding += begin.elapsed();
        let Decoded::Picture(frame) = decoded else {
            return Err(io::Error::other("the clip does not decode"));
        };
        let composed =
            compositor.compose(&scene(case, &frame), &pool).map_err(io::Error::other)?.picture;
        for (encoder, (_, spent)) in running.iter_mut().zip(&mut encoders) {
            let begin = Instant::now();
            encoder.encode(&composed, false, &mut out).map_err(io::Error::other)?;
            *spent += begin.elapsed();
        }
    }
    let pictures = access_units.len() as u32;
    let of = |codec| {
        let spent = encoders.iter().find(|(known, _)| *known == codec);
        spent.map_or(Duration::ZERO, |(_, spent)| *spent / pictures)
    };
    let (h264, vp8) = (of(VideoCodec::H264), of(VideoCodec::Vp8));
    Ok(Raw { decode: decoding / pictures, h264, vp8 })
}

fn scene(case: &Case, frame: &Frame) -> Scene {
    let canvas = SizeClass::P720.size();
    let places = tile::areas(case.sources).into_iter().map(|area| area.in_pixels(canvas));
    let tiles = places
        .map(|at| Tile::new(Rect::new(at.left, at.top, at.width, at.height), Some(frame.clone())));
    Scene { canvas, background: Colour::BLACK, tiles: tiles.collect() }
}
