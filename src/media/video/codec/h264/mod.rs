//! H.264 (ITU-T H.264) by OpenH264: constrained baseline out; baseline, main and high in, as far
//! as they are progressive, 4:2:0 and of eight bits.

mod access_unit;
mod decoder;
mod encoder;
mod sequence;

pub(super) use decoder::H264Decoder;
pub(super) use encoder::H264Encoder;
