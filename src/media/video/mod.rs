//! Pictures: I420 of eight bits, 1080p at most, in frames of a bounded pool.
//!
//! 1. [`frame`]: the pictures and their memory.
//! 2. [`codec`]: access units to pictures and back.

pub mod codec;
pub mod frame;
