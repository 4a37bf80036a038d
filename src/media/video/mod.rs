//! Pictures: I420 of eight bits, 1080p at most, in frames of a bounded pool.
//!
//! 1. [`frame`]: the pictures and their memory; [`colour`].
//! 2. [`codec`]: access units to pictures and back.
//! 3. [`scale`]: pictures to the size of a tile.
//! 4. [`compose`]: tiles to one picture, with [`sprite`]s over them.
//! 5. [`overlay`]: text and marks; [`screen`]: what the bridge itself shows;
//!    [`theme`]: its colours and logo.
//!
//! Beside it: [`snapshot`] (PNG) and [`detect`] (what is wrong with a picture).

pub mod codec;
pub mod colour;
pub mod compose;
pub mod detect;
pub mod frame;
pub mod overlay;
pub mod scale;
pub mod screen;
pub mod snapshot;
pub mod sprite;
pub mod theme;
