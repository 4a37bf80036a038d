//! Time compression and expansion without a change of pitch, by overlapping what resembles
//! itself (WSOLA): how a jitter buffer shrinks and grows under speech.

use super::level::{energy, product};

/// How alike two stretches of a frame must be before one is dropped or doubled (correlation).
const ALIKE: f32 = 0.85;

/// Below this mean square (-55 dBov) everything may be cut: nobody hears it.
const INAUDIBLE: f32 = 3e-6;

/// Compresses two packets into `out`, which must be at least as long as the longer one and at
/// most as long as both together: the usual use is 40 ms into 20. The beginning of `first` and
/// the end of `second` stay as they are, so that what was played before and comes after fits.
/// Returns false, with silence in `out`, if the lengths do not allow that.
///
/// The part between is skipped where the sound at the two ends of the gap differs least, and
/// blended over a quarter of the output.
pub fn merge(first: &[f32], second: &[f32], out: &mut [f32]) -> bool {
    let length = out.len();
    let Some(skip) = (first.len() + second.len()).checked_sub(length) else {
        out.fill(0.0);
        return false;
    };
    if length < first.len().max(second.len()) {
        out.fill(0.0);
        return false;
    }
    let sample = |at: usize| match first.get(at) {
        Some(&x) => x,
        None => second.get(at - first.len()).copied().unwrap_or(0.0),
    };
    let blend = (length / 4).max(1);
    let difference = |start: usize| -> f32 {
        let differ = |at: usize| (sample(start + at) - sample(start + at + skip)).powi(2);
        (0..blend).step_by(4).map(differ).sum()
    };
    let (cut, _) = (0..=length - blend)
        .step_by((length / 120).max(1))
        .map(|start| (start, difference(start)))
        .fold((0, f32::MAX), |best, found| if found.1 < best.1 { found } else { best });
    for (at, x) in out.iter_mut().enumerate() {
        let weight = (at as f32 + 1.0 - cut as f32) / (blend + 1) as f32;
        *x = blend_of(sample(at), sample(at + skip), weight.clamp(0.0, 1.0));
    }
    true
}

/// Shortens a frame by its best repetition between 2.5 ms and half its length. Writes the
/// result to `out` (as long as the frame) and returns its length: that of the frame where
/// nothing repeats.
pub fn shorten(pcm: &[f32], rate: u32, out: &mut [f32]) -> usize {
    let length = pcm.len().min(out.len());
    let pcm = &pcm[..length];
    out[..length].copy_from_slice(pcm);
    let Some(period) = repetition(pcm, rate) else { return length };
    // The frame's middle goes: its first and last samples keep their neighbours.
    let start = (length - 2 * period) / 2;
    for at in 0..period {
        let weight = (at + 1) as f32 / (period + 1) as f32;
        out[start + at] = blend_of(pcm[start + at], pcm[start + period + at], weight);
    }
    out.copy_within(start + 2 * period..length, start + period);
    length - period
}

/// Lengthens a frame by its best repetition between 2.5 ms and half its length. Writes the
/// result to `out`, which needs one and a half times the frame's length; returns its length:
/// that of the frame where nothing repeats or no room is.
pub fn lengthen(pcm: &[f32], rate: u32, out: &mut [f32]) -> usize {
    let length = pcm.len().min(out.len());
    let pcm = &pcm[..length];
    out[..length].copy_from_slice(pcm);
    let Some(period) = repetition(pcm, rate) else { return length };
    if out.len() < length + period {
        return length;
    }
    let start = (length - 2 * period) / 2;
    for at in 0..period {
        let weight = (at + 1) as f32 / (period + 1) as f32;
        out[start + period + at] = blend_of(pcm[start + period + at], pcm[start + at], weight);
    }
    out[start + 2 * period..length + period].copy_from_slice(&pcm[start + period..]);
    length + period
}

fn blend_of(from: f32, to: f32, weight: f32) -> f32 {
    from + (to - from) * weight
}

/// The lag at which two neighbouring stretches in the middle of the frame are most alike.
fn repetition(pcm: &[f32], rate: u32) -> Option<usize> {
    let shortest = rate as usize / 400;
    let longest = pcm.len() / 2;
    if shortest == 0 || longest < shortest {
        return None;
    }
    if energy(pcm) < INAUDIBLE * pcm.len() as f32 {
        return Some(longest);
    }
    let alike = |lag: usize| {
        let start = (pcm.len() - 2 * lag) / 2;
        let (a, b) = (&pcm[start..start + lag], &pcm[start + lag..start + 2 * lag]);
        product(a, b) / (energy(a) * energy(b)).sqrt().max(1e-9)
    };
    let stride = (rate as usize / 8000).max(1);
    (shortest..=longest)
        .step_by(stride)
        .map(|lag| (lag, alike(lag)))
        .filter(|found| found.1 >= ALIKE)
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|found| found.0)
}
