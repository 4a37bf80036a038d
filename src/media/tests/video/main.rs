//! Pictures: what the parts of `video` do together.

mod bench;
mod codec;
mod compose;
mod detect;
mod fuzzing;
#[cfg(feature = "h264")]
mod h264;
mod overlay;
mod picture;
