//! What is played to one leg alone: prompts and music, laid on what it hears.

use causeway_media::audio::limiter::Limiter;
use causeway_media::audio::resample::Resampler;
use causeway_media::audio::{FRAME, SAMPLE_RATE, samples_in};
use causeway_plan::{CLIP_RATE, Clip, PlayId};

use crate::room::QUANTUM_MS;
use std::sync::Arc;

/// Clips of one playing: the longest sentence with a number in it is a dozen; more is a mistake.
const MAX_CLIPS: usize = 64;

/// The samples of one quantum of a clip.
const CLIP_FRAME: usize = samples_in(QUANTUM_MS as usize, CLIP_RATE);

/// What lies under a playing clip is brought down to this: -12 dB.
const DUCKED: f32 = 0.25;

/// How much the gain of what lies under moves in a quantum: down in 100 ms, back in 300 ms.
const DUCK_STEP: f32 = (1.0 - DUCKED) / 5.0;
const RETURN_STEP: f32 = (1.0 - DUCKED) / 15.0;

/// What is cut off fades out in 5 ms, as a voice that leaves the mix.
const FADE: usize = samples_in(5, SAMPLE_RATE);

/// One command's clips, and how far they are played.
#[derive(Clone, Debug)]
pub(crate) struct Play {
    id: PlayId,
    clips: Vec<Clip>,
    loops: bool,
    /// The clip that plays, and its next sample.
    clip: usize,
    sample: usize,
    up: Option<Resampler>,
}

impl Play {
    pub(crate) fn new(id: PlayId, mut clips: Vec<Clip>, loops: bool) -> Self {
        clips.truncate(MAX_CLIPS);
        // A clip of nothing that loops would never fill a quantum.
        clips.retain(|clip| !clip.0.is_empty());
        let up = Resampler::new(CLIP_RATE, SAMPLE_RATE);
        Self { id, clips, loops, clip: 0, sample: 0, up }
    }

    /// The next quantum, at 48 kHz. Silence after the end.
    pub(crate) fn read(&mut self, out: &mut [f32; FRAME]) {
        let mut frame = [0.0; CLIP_FRAME];
        let mut rest = frame.as_mut_slice();
        while !rest.is_empty()
            && let Some(clip) = self.clips.get(self.clip)
        {
            let samples = clip.0.get(self.sample..).unwrap_or_default();
            let taken = samples.len().min(rest.len());
            for (to, from) in rest.iter_mut().zip(samples) {
                *to = f32::from(*from) / 32_768.0;
            }
            rest = &mut rest[taken..];
            self.sample += taken;
            if self.sample >= clip.0.len() {
                self.sample = 0;
                if !self.loops || self.clip + 1 < self.clips.len() {
                    self.clip += 1;
                }
            }
        }
        match &mut self.up {
            Some(up) => {
                up.process(&frame, out);
            }
            None => out.fill(0.0),
        }
    }

    /// Only the clip that loops is left.
    fn is_looping(&self) -> bool {
        self.loops && self.clip + 1 == self.clips.len()
    }

    /// Whether both loop the same clip.
    pub(crate) fn plays_along(&self, other: &Play) -> bool {
        let looped = |play: &Play| play.clips.last().map(|clip| Arc::as_ptr(&clip.0));
        self.is_looping() && other.is_looping() && looped(self) == looped(other)
    }

    /// Whether both are at the same place of what they loop.
    pub(crate) fn is_at(&self, other: &Play) -> bool {
        self.sample == other.sample
    }

    /// Passes over one quantum of the clip that loops, which was heard elsewhere.
    fn skip(&mut self) {
        let length = self.clips.get(self.clip).map_or(1, |clip| clip.0.len().max(1));
        self.sample = (self.sample + CLIP_FRAME) % length;
    }

    fn has_ended(&self) -> bool {
        self.clip >= self.clips.len()
    }
}

/// What plays to one leg, and what lies under it.
#[derive(Debug)]
pub(crate) struct Player {
    playing: Option<Play>,
    /// What was replaced or stopped; it fades out in the next quantum.
    leaving: Option<Play>,
    /// The gain of what lies under.
    under: f32,
    limiter: Limiter,
}

impl Player {
    pub(crate) fn new() -> Self {
        Self { playing: None, leaving: None, under: 1.0, limiter: Limiter::default() }
    }

    /// Plays this from the next quantum on, instead of what plays now.
    pub(crate) fn start(&mut self, play: Play) {
        self.stop();
        self.playing = Some(play);
    }

    pub(crate) fn stop(&mut self) {
        if let Some(cut) = self.playing.take() {
            self.leaving = Some(cut);
        }
    }

    /// The clip that loops, where nothing else sounds.
    pub(crate) fn looping(&self) -> Option<&Play> {
        self.playing.as_ref().filter(|play| play.is_looping() && self.leaving.is_none())
    }

    /// Goes to where the others are: the old place fades out while the new one begins.
    pub(crate) fn join(&mut self, other: &Play) {
        if let Some(play) = &mut self.playing {
            self.leaving = Some(play.clone());
            play.sample = other.sample;
        }
    }

    /// Passes over a quantum that a station sent.
    pub(crate) fn skip(&mut self) {
        if let Some(play) = &mut self.playing {
            play.skip();
        }
    }

    /// Nothing plays, and what lies under has its loudness back.
    pub(crate) fn is_idle(&self) -> bool {
        self.playing.is_none() && self.leaving.is_none() && self.under == 1.0
    }

    /// Lays the next quantum on a frame of 48 kHz. Returns what was played to its end by it.
    pub(crate) fn lay_on(&mut self, sound: &mut [f32; FRAME]) -> Option<PlayId> {
        self.duck(sound);
        let mut clip = [0.0; FRAME];
        if let Some(mut cut) = self.leaving.take() {
            cut.read(&mut clip);
            for (at, (sum, x)) in sound.iter_mut().zip(&clip[..FADE]).enumerate() {
                *sum += x * (1.0 - (at + 1) as f32 / FADE as f32);
            }
        }
        let mut ended = None;
        if let Some(play) = &mut self.playing {
            play.read(&mut clip);
            sound.iter_mut().zip(&clip).for_each(|(sum, x)| *sum += x);
            if play.has_ended() {
                ended = Some(play.id).filter(|_| !play.loops);
                self.playing = None;
            }
        }
        self.limiter.process(sound);
        ended
    }

    /// Moves what lies under toward its loudness, evenly over the frame.
    fn duck(&mut self, sound: &mut [f32; FRAME]) {
        let start = self.under;
        self.under = match self.playing {
            Some(_) => (start - DUCK_STEP).max(DUCKED),
            None => (start + RETURN_STEP).min(1.0),
        };
        let step = (self.under - start) / FRAME as f32;
        for (at, x) in sound.iter_mut().enumerate() {
            *x *= start + step * (at + 1) as f32;
        }
    }
}
