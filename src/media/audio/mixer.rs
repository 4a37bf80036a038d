//! Sums the talkers; whoever talks gets the sum without itself.

use causeway_base::LegId;

use super::limiter::Limiter;
use super::{SAMPLE_RATE, samples_in};

/// How long a voice fades in or out.
const RAMP: usize = samples_in(5, SAMPLE_RATE);

/// Up to this many inputs the others are added up one by one; beyond it, self is subtracted
/// from the total, which costs less and loses 1e-6 of precision.
const FEW: usize = 8;

/// How an input stands to the frame before and the one after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ramp {
    /// It was not in the mix before: it fades in over 5 ms.
    In,
    /// It was, and it stays.
    Steady,
    /// It leaves: it fades out over 5 ms and is silent for the rest of the frame.
    Out,
}

/// One conference's mix at 48 kHz, frame by frame: [`Mixer::begin`], [`Mixer::add`] for each
/// talker, then [`Mixer::total`] once and [`Mixer::minus`] for each talker.
///
/// Equal inputs give equal outputs, to the bit.
#[derive(Debug, Default)]
pub struct Mixer {
    samples: usize,
    /// Those of this frame first (`present` many), then those of the last frame that are not
    /// in this one (until `known`), then buffers for later use.
    inputs: Vec<Input>,
    present: usize,
    known: usize,
    total: Vec<f32>,
    total_is_known: bool,
    total_limiter: Limiter,
}

#[derive(Debug)]
struct Input {
    leg: LegId,
    pcm: Vec<f32>,
    /// Of the mix that this leg gets.
    limiter: Limiter,
}

impl Mixer {
    /// A mixer of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins a frame of `samples` samples, empty.
    pub fn begin(&mut self, samples: usize) {
        self.samples = samples;
        self.known = self.present;
        self.present = 0;
        self.total_is_known = false;
    }

    /// Adds a talker's frame (48 kHz). What is missing of it is silence. A leg that is added
    /// twice is replaced. Does not allocate once as many talkers have spoken at once before.
    pub fn add(&mut self, leg: LegId, pcm: &[f32], ramp: Ramp) {
        let at = match self.inputs[..self.known].iter().position(|input| input.leg == leg) {
            Some(at) => at,
            None => self.admit(leg),
        };
        let at = if at < self.present {
            at
        } else {
            self.inputs.swap(at, self.present);
            self.present += 1;
            self.present - 1
        };
        let input = &mut self.inputs[at];
        let heard = pcm.len().min(self.samples);
        input.pcm.clear();
        input.pcm.extend_from_slice(&pcm[..heard]);
        input.pcm.resize(self.samples, 0.0);
        fade(&mut input.pcm, ramp);
        self.total_is_known = false;
    }

    /// Makes room for a new input behind the known ones. Its limiter goes on where the total's
    /// is, which the leg has heard until now.
    fn admit(&mut self, leg: LegId) -> usize {
        let at = self.known;
        match self.inputs.get_mut(at) {
            Some(input) => {
                input.leg = leg;
                input.limiter = self.total_limiter;
            }
            None => {
                self.inputs.push(Input { leg, pcm: Vec::new(), limiter: self.total_limiter });
            }
        }
        self.known += 1;
        at
    }

    /// Whether nobody was added: all outputs are silence.
    pub fn is_silent(&self) -> bool {
        self.present == 0
    }

    /// Whether `leg` was added, so that it needs a mix of its own.
    pub fn contains(&self, leg: LegId) -> bool {
        self.inputs[..self.present].iter().any(|input| input.leg == leg)
    }

    /// Everybody: what those hear who do not talk. Fills `out`, up to the frame's length.
    /// Call it once a frame: it moves the limiter on.
    pub fn total(&mut self, out: &mut [f32]) {
        self.sum_total();
        copy(&self.total, out);
        self.total_limiter.process(out);
    }

    /// Everybody but `leg`; the total if it was not added. Call it once a frame and leg.
    pub fn minus(&mut self, leg: LegId, out: &mut [f32]) {
        let Some(at) = self.inputs[..self.present].iter().position(|input| input.leg == leg) else {
            return self.total(out);
        };
        if self.present <= FEW {
            out.fill(0.0);
            for (other, input) in self.inputs[..self.present].iter().enumerate() {
                if other != at {
                    accumulate(out, &input.pcm);
                }
            }
        } else {
            self.sum_total();
            copy(&self.total, out);
            for (sum, own) in out.iter_mut().zip(&self.inputs[at].pcm) {
                *sum -= own;
            }
        }
        self.inputs[at].limiter.process(out);
    }

    fn sum_total(&mut self) {
        if self.total_is_known {
            return;
        }
        self.total.clear();
        self.total.resize(self.samples, 0.0);
        for input in &self.inputs[..self.present] {
            accumulate(&mut self.total, &input.pcm);
        }
        self.total_is_known = true;
    }
}

fn accumulate(sum: &mut [f32], pcm: &[f32]) {
    for (sum, x) in sum.iter_mut().zip(pcm) {
        *sum += x;
    }
}

/// Copies, with silence for what is missing.
fn copy(from: &[f32], to: &mut [f32]) {
    let length = from.len().min(to.len());
    to[..length].copy_from_slice(&from[..length]);
    to[length..].fill(0.0);
}

fn fade(pcm: &mut [f32], ramp: Ramp) {
    let length = RAMP.min(pcm.len());
    let weight = |at: usize| (at + 1) as f32 / (length + 1) as f32;
    match ramp {
        Ramp::Steady => {}
        Ramp::In => {
            pcm[..length].iter_mut().enumerate().for_each(|(at, x)| *x *= weight(at));
        }
        Ramp::Out => {
            pcm[..length].iter_mut().enumerate().for_each(|(at, x)| *x *= 1.0 - weight(at));
            pcm[length..].fill(0.0);
        }
    }
}
