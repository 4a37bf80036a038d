//! What the audio kernels do to sound, measured.

mod bench;
mod codec;
mod cue;
mod digit;
mod echo;
mod fuzzing;
mod level;
mod measure;
mod mixer;
mod resample;
mod stretch;
