//! Media compute: what happens to sound and pictures between two RTP payloads.
//!
//! Everything is plain computation on slices: no socket, no clock, no thread, and in steady
//! state no allocation for sound. Samples are `f32`, mono, in [-1, 1]; pictures are I420, and
//! [`video`] tells their way.
//!
//! The way of a talker's packet to a listener ([`audio`]):
//!
//! 1. [`audio::level`] reads how loud a payload is without decoding it, [`audio::ranking`]
//!    picks the talkers.
//! 2. [`audio::codec`] decodes, recovers by in-band FEC or conceals ([`audio::conceal`]);
//!    [`audio::stretch`] lets the jitter buffer shrink.
//! 3. [`audio::resample`] brings 8 and 16 kHz to 48 kHz, [`audio::gain`] to a common loudness.
//! 4. [`audio::mixer`] sums, without the listener itself, under the [`audio::limiter`].
//! 5. [`audio::resample`] and [`audio::codec`] again, on the way out.
//!
//! [`prompt`] has what the bridge itself says.
//!
//! Beside it: [`audio::dtmf`] and [`audio::tone`] (digits in and out), [`audio::comfort_noise`] (RFC 3389) and
//! [`audio::speech`] (test material that needs no files).

pub mod audio;
#[doc(hidden)]
pub mod fuzz;
pub mod prompt;
pub mod video;
