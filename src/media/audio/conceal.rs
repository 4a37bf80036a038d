//! Concealment of lost packets by pitch repetition, after the idea of G.711 appendix I:
//! the last pitch periods go on, fade from 10 ms to 60 ms, and blend into what comes next.
//! Unlike the appendix it adds no delay: the seam at the beginning is bridged forward.

use super::level::{energy, product};

/// The sound fades between these, in ms after the loss began.
const FADE_BEGIN_MS: usize = 10;
const FADE_END_MS: usize = 60;

/// The longest blend into the next good packet, in ms.
const MAX_BLEND_MS: usize = 10;

/// Another period joins the repeated pattern every so often, up to this many: one alone buzzes.
const MAX_PERIODS: usize = 3;

/// Remembers the last 49 ms of a stream and continues them.
#[derive(Debug)]
pub struct Concealer {
    /// Samples of one millisecond.
    ms: usize,
    /// The last samples played, oldest first.
    history: Box<[f32]>,
    loss: Option<Loss>,
    /// The history as the loss found it; allocated by the first loss.
    source: Vec<f32>,
}

/// A loss under way.
#[derive(Clone, Copy, Debug)]
struct Loss {
    /// Samples since it began.
    age: usize,
    period: usize,
    now: Reader,
    /// The pattern before the last change, and the samples for which both still blend.
    before: Option<(Reader, usize)>,
    /// The step between the last sample and the pattern, spread over the first quarter period.
    step: f32,
}

/// A position in a pattern of the last `periods` periods.
#[derive(Clone, Copy, Debug)]
struct Reader {
    periods: usize,
    at: usize,
}

impl Concealer {
    /// For a stream of `rate` Hz: 8000, 16000 or 48000.
    pub fn new(rate: u32) -> Self {
        let ms = rate as usize / 1000;
        let longest = longest_period(ms);
        let history = vec![0.0; MAX_PERIODS * longest + longest / 4].into_boxed_slice();
        Self { ms, history, loss: None, source: Vec::new() }
    }

    /// Takes note of a good packet. After a loss its beginning is blended in place with the
    /// concealment.
    pub fn received(&mut self, pcm: &mut [f32]) {
        if let Some(mut loss) = self.loss.take() {
            let blend = loss.period / 4 + 4 * self.ms * (loss.age / (10 * self.ms));
            let blend = blend.min(MAX_BLEND_MS * self.ms).min(pcm.len());
            for (at, sample) in pcm[..blend].iter_mut().enumerate() {
                let weight = (at + 1) as f32 / (blend + 1) as f32;
                *sample = *sample * weight + loss.next(&self.source, self.ms) * (1.0 - weight);
            }
        }
        self.remember(pcm);
    }

    /// Fills `out` in place of what was lost.
    pub fn conceal(&mut self, out: &mut [f32]) {
        let mut loss = match self.loss {
            Some(loss) => loss,
            None => self.begin(),
        };
        if loss.age >= FADE_END_MS * self.ms {
            out.fill(0.0);
        } else {
            for sample in out.iter_mut() {
                *sample = loss.next(&self.source, self.ms);
            }
        }
        self.loss = Some(loss);
        self.remember(out);
    }

    fn begin(&mut self) -> Loss {
        self.source.clear();
        self.source.extend_from_slice(&self.history);
        let period = pitch(&self.source, self.ms);
        let end = self.source.len();
        let step = self.source[end - 1] - self.source[end - 1 - period];
        Loss { age: 0, period, now: Reader { periods: 1, at: 0 }, before: None, step }
    }

    fn remember(&mut self, pcm: &[f32]) {
        let length = self.history.len();
        if let Some(tail) = pcm.len().checked_sub(length) {
            self.history.copy_from_slice(&pcm[tail..]);
        } else {
            self.history.copy_within(pcm.len().., 0);
            self.history[length - pcm.len()..].copy_from_slice(pcm);
        }
    }
}

impl Loss {
    fn next(&mut self, source: &[f32], ms: usize) -> f32 {
        let quarter = self.period / 4;
        if self.now.periods < MAX_PERIODS && self.age == self.now.periods * 10 * ms {
            self.before = Some((self.now, quarter));
            self.now.periods += 1;
        }
        let mut sample = self.now.next(source, self.period);
        if let Some((mut before, left)) = self.before {
            let weight = left as f32 / (quarter + 1) as f32;
            sample += (before.next(source, self.period) - sample) * weight;
            self.before = (left > 1).then_some((before, left - 1));
        }
        if self.age < quarter {
            sample += self.step * (1.0 - self.age as f32 / quarter as f32);
        }
        let (begin, end) = (FADE_BEGIN_MS * ms, FADE_END_MS * ms);
        let faded = self.age.saturating_sub(begin) as f32 / (end - begin) as f32;
        self.age += 1;
        sample * (1.0 - faded.min(1.0))
    }
}

impl Reader {
    /// The pattern's last quarter period blends into what came before its beginning, so that
    /// it closes into a loop.
    fn next(&mut self, source: &[f32], period: usize) -> f32 {
        let length = self.periods * period;
        let start = source.len() - length;
        let quarter = period / 4;
        let sample = source[start + self.at];
        let into = (self.at + quarter).checked_sub(length);
        self.at = (self.at + 1) % length;
        match into {
            None => sample,
            Some(into) => {
                let weight = (into + 1) as f32 / (quarter + 1) as f32;
                sample + (source[start - quarter + into] - sample) * weight
            }
        }
    }
}

/// The longest period looked for: 15 ms (66 Hz).
const fn longest_period(ms: usize) -> usize {
    15 * ms
}

/// The samples of the coarse search: 20 ms and the longest period at about 8 kHz.
const COARSE: usize = 20 * 8 + longest_period(8);

/// The pitch period at the end of `history`, in samples between 5 and 15 ms: the delay at which
/// the last 20 ms resemble what came before most. Shorter periods are found by a multiple.
fn pitch(history: &[f32], ms: usize) -> usize {
    // Coarsely at 8 kHz, then exactly around the best.
    let stride = (ms / 8).max(1);
    let mut coarse = [0.0; COARSE];
    for (slow, x) in coarse.iter_mut().rev().zip(history.iter().rev().step_by(stride)) {
        *slow = *x;
    }
    let best = most_alike(&coarse, 20 * 8, 5 * 8..=longest_period(8)) * stride;
    if stride == 1 {
        return best;
    }
    let low = (best + 1).saturating_sub(stride).max(5 * ms);
    let high = (best + stride - 1).min(longest_period(ms));
    most_alike(history, 20 * ms, low..=high)
}

/// The lag at which the last `window` samples correlate most with those before, the energy of
/// the latter taken out.
fn most_alike(pcm: &[f32], window: usize, lags: std::ops::RangeInclusive<usize>) -> usize {
    let end = pcm.len();
    let recent = &pcm[end - window..];
    let alike = |lag: usize| {
        let earlier = &pcm[end - window - lag..end - lag];
        product(recent, earlier) / energy(earlier).max(1e-9).sqrt()
    };
    let first = *lags.start();
    lags.map(|lag| (lag, alike(lag)))
        .fold((first, f32::MIN), |best, found| if found.1 > best.1 { found } else { best })
        .0
}
