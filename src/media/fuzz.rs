//! Fuzz bodies: what hostile payloads, bitstreams, prompt files and mixer sequences may not do.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use causeway_base::{Codec, LegId, VideoCodec, VideoSize};

use crate::audio::MAX_PACKET;
use crate::audio::codec::Decoder;
use crate::audio::mixer::{Mixer, Ramp};
use crate::video::codec::{Decoded, decoder};
use crate::video::colour::Colour;
use crate::video::compose::{Border, Compositor, Fit, Rect, Scene, Tile};
use crate::video::frame::{FrameMut, FramePool, FrameSource, is_allowed};
use crate::video::overlay::{Lettering, Mark, caption};
use crate::video::sprite::{Mask, Sprite};

/// Opus payloads, lost packets and FEC in any order.
pub fn decode_opus(data: &[u8]) {
    decode(Codec::Opus, data);
}

/// G.722 payloads and losses in any order.
pub fn decode_g722(data: &[u8]) {
    decode(Codec::G722, data);
}

/// G.711 payloads and losses in any order.
pub fn decode_g711(data: &[u8]) {
    decode(Codec::Pcma, data);
    decode(Codec::Pcmu, data);
}

/// Reads `data` as a list of (operation, length, payload) against one decoder.
fn decode(codec: Codec, data: &[u8]) {
    let mut decoder = Decoder::new(codec);
    let mut out = vec![0.0; MAX_PACKET];
    let mut rest = data;
    while let [operation, length, tail @ ..] = rest {
        let (payload, tail) = tail.split_at(usize::from(*length).min(tail.len()));
        rest = tail;
        let samples = usize::from(*operation) * 24;
        let decoded = match operation % 4 {
            0 => Ok(decoder.conceal(samples, &mut out)),
            1 => decoder.decode_fec(payload, samples, &mut out),
            _ => decoder.decode(payload, &mut out),
        };
        if let Ok(decoded) = decoded {
            assert!(out[..decoded].iter().all(|sample| sample.is_finite()));
        }
    }
}

/// A file that is no prompt, or hardly one.
pub fn prompt_wav(data: &[u8]) {
    if let Ok(clip) = crate::prompt::read_wav(data) {
        let seconds = clip.0.len() / causeway_plan::CLIP_RATE as usize;
        assert!(!clip.0.is_empty() && seconds <= crate::prompt::MAX_SECONDS);
    }
}

/// Frames, talkers and outputs in any order and number, with samples far beyond full scale.
pub fn mixer_ops(data: &[u8]) {
    let mut mixer = Mixer::new();
    let mut out = [0.0; 960];
    for operation in data.chunks_exact(3) {
        let (leg, value) = (LegId(u64::from(operation[1] % 20)), f32::from(operation[2]) - 128.0);
        let ramp = [Ramp::In, Ramp::Steady, Ramp::Out][usize::from(operation[2] % 3)];
        match operation[0] % 8 {
            0 => mixer.begin(usize::from(operation[2] % 3) * 480),
            1..=4 => mixer.add(leg, &[value; 960][..usize::from(operation[1]) * 3], ramp),
            5 => mixer.total(&mut out),
            _ => mixer.minus(leg, &mut out),
        }
        assert!(out.iter().all(|x| x.abs() < 1.0));
    }
}

/// H.264 access units, losses between them.
pub fn decode_h264(data: &[u8]) {
    decode_video(VideoCodec::H264, data);
}

/// VP8 frames, losses between them.
pub fn decode_vp8(data: &[u8]) {
    decode_video(VideoCodec::Vp8, data);
}

/// Reads `data` as a list of (length in two bytes, access unit) against one decoder; a length of
/// none is a loss.
fn decode_video(codec: VideoCodec, data: &[u8]) {
    let Ok(mut decoder) = decoder(codec) else { return };
    let frames = FramePool::new(1);
    let mut rest = data;
    while let [high, low, tail @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (unit, tail) = tail.split_at(length.min(tail.len()));
        rest = tail;
        if unit.is_empty() {
            decoder.lost();
            decoder.begin_blind();
        }
        if let Ok(Decoded::Picture(picture)) = decoder.decode(unit, &frames) {
            assert!(is_allowed(picture.size()));
        }
    }
}

/// Scenes of any tiles and pictures, one after the other.
pub fn compose(data: &[u8]) {
    let frames = FramePool::new(8);
    let mut compositor = Compositor::new();
    let mut scene =
        Scene { canvas: VideoSize::new(64, 48), background: Colour::BLACK, tiles: Vec::new() };
    for operation in data.chunks_exact(6) {
        let [kind, left, top, width, height, more] = *operation else { continue };
        let side = |value: u8| u16::from(value) * u16::from(more % 4 + 1);
        match kind % 4 {
            0 => {
                let rect = Rect::new(side(left), side(top), side(width), side(height));
                let frame = frames.take(VideoSize::new(width.into(), side(height)));
                let mut tile = Tile::new(rect, frame.ok().map(FrameMut::freeze));
                tile.fit = if more & 8 == 0 { Fit::Fill } else { Fit::Whole };
                tile.border = Some(Border { colour: Colour::WHITE, width: more });
                let mask = Mask::new(left.into(), top.into(), |x, y| (x ^ y) as u8);
                tile.sprites.push(Sprite {
                    left: side(width),
                    top: side(height),
                    mask: Arc::new(mask),
                    colour: Colour::WHITE,
                    opacity: more,
                });
                scene.tiles.push(tile);
            }
            1 => drop(scene.tiles.pop()),
            2 => scene.canvas = VideoSize::new(u16::from(width), u16::from(height)),
            _ => {}
        }
        scene.tiles.truncate(6);
        if let Ok(composed) = compositor.compose(&scene, &frames) {
            assert_eq!(composed.picture.size(), scene.canvas);
        }
    }
}

/// Names in whatever a peer calls itself, over tiles of any size.
pub fn overlay_text(data: &[u8]) {
    // Fonts are read once: it takes longer than all else.
    static LETTERING: OnceLock<Mutex<Lettering>> = OnceLock::new();
    let [width, height, name @ ..] = data else { return };
    let lettering = LETTERING.get_or_init(|| Mutex::new(Lettering::of_system()));
    let mut lettering = lettering.lock().unwrap_or_else(PoisonError::into_inner);
    let rect = Rect::new(0, 0, 2 * u16::from(*width), 2 * u16::from(*height));
    let name = String::from_utf8_lossy(name);
    for sprite in caption(&mut lettering, rect, &name, &[Mark::Hand, Mark::Muted]) {
        let (right, bottom) = (
            usize::from(sprite.left) + sprite.mask.width(),
            usize::from(sprite.top) + sprite.mask.height(),
        );
        assert!(right <= usize::from(rect.width()) + 1, "{right} of {rect:?}: {name:?}");
        assert!(bottom <= usize::from(rect.height()) + 1, "{bottom} of {rect:?}: {name:?}");
    }
}
