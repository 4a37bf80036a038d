//! Pictures: I420 of eight bits, 1080p at most, in frames of a bounded pool.
//!
//! 1. [`frame`]: the pictures and their memory; [`colour`].
//! 2. [`codec`]: access units to pictures and back.
//! 3. [`scale`]: pictures to the size of a tile.
//! 4. [`compose`]: tiles to one picture, with [`sprite`]s over them.

pub mod codec;
pub mod colour;
pub mod compose;
pub mod frame;
pub mod scale;
pub mod sprite;
