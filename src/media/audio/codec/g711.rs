//! G.711: A-law and µ-law, one byte a sample at 8 kHz.
//!
//! Both laws are a tiny floating-point format: sign, 3 bits of exponent, 4 bits of mantissa.
//! An IEEE float whose exponent is offset has the same seven bits in the same order, so
//! encoding is one shift and decoding a table made by the inverse.

use causeway_base::Codec;

use super::{DecodeError, room};
use crate::audio::conceal::Concealer;

/// The companding law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Law {
    /// A-law: PCMA.
    A,
    /// µ-law: PCMU.
    Mu,
}

/// The exponent that the lowest full segment has as a float (2^5 units), above the mantissa.
const FLOAT_OFFSET: u32 = (127 + 5) << 4;

/// Bits of a float below the four of the mantissa.
const BELOW_MANTISSA: u32 = 19;

/// Half a quantisation step: the middle of the interval is decoded.
const HALF_STEP: u32 = 1 << (BELOW_MANTISSA - 1);

/// µ-law counts in 1/8192 of full scale, with a bias of 33.
const MU_SCALE: f32 = 8192.0;
const MU_BIAS: f32 = 33.0;

/// A-law counts in 1/4096 of full scale; its first segment is linear, as wide as the second.
const A_SCALE: f32 = 4096.0;
const A_LINEAR: f32 = 32.0;

static MU_TABLE: [f32; 256] = table(Law::Mu);
static A_TABLE: [f32; 256] = table(Law::A);

const fn table(law: Law) -> [f32; 256] {
    let mut table = [0.0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = law.expand(byte as u8);
        byte += 1;
    }
    table
}

impl Law {
    /// The codec of this law.
    pub const fn codec(self) -> Codec {
        match self {
            Law::A => Codec::Pcma,
            Law::Mu => Codec::Pcmu,
        }
    }

    /// The sample of every byte.
    pub fn table(self) -> &'static [f32; 256] {
        match self {
            Law::A => &A_TABLE,
            Law::Mu => &MU_TABLE,
        }
    }

    /// The sample of one byte.
    pub(crate) const fn expand(self, byte: u8) -> f32 {
        match self {
            Law::Mu => {
                let code = !byte;
                let bits = ((FLOAT_OFFSET + (code & 0x7f) as u32) << BELOW_MANTISSA) | HALF_STEP;
                let magnitude = (f32::from_bits(bits) - MU_BIAS) / MU_SCALE;
                if code & 0x80 == 0 { magnitude } else { -magnitude }
            }
            Law::A => {
                let code = byte ^ 0x55;
                let (segment, linear) = match (code & 0x7f) as u32 {
                    low if low < 16 => (low, A_LINEAR),
                    high => (high - 16, 0.0),
                };
                let bits = ((FLOAT_OFFSET + segment) << BELOW_MANTISSA) | HALF_STEP;
                let magnitude = (f32::from_bits(bits) - linear) / A_SCALE;
                if code & 0x80 == 0 { -magnitude } else { magnitude }
            }
        }
    }

    /// Decodes as many bytes as `out` has room for.
    pub fn decode(self, payload: &[u8], out: &mut [f32]) {
        let table = self.table();
        for (sample, &byte) in out.iter_mut().zip(payload) {
            *sample = table[usize::from(byte)];
        }
    }

    /// Encodes as many samples as `out` has room for. Beyond full scale clips; a NaN becomes
    /// some loudest code.
    pub fn encode(self, pcm: &[f32], out: &mut [u8]) {
        match self {
            Law::Mu => {
                for (byte, &sample) in out.iter_mut().zip(pcm) {
                    let magnitude = (sample.abs() * MU_SCALE + MU_BIAS).min(MU_SCALE - 1.0);
                    let code = (magnitude.to_bits() >> BELOW_MANTISSA) - FLOAT_OFFSET;
                    let sign = sample.to_bits() >> 31 << 7;
                    *byte = !(code | sign) as u8;
                }
            }
            Law::A => {
                for (byte, &sample) in out.iter_mut().zip(pcm) {
                    let magnitude = (sample.abs() * A_SCALE).min(A_SCALE - 1.0);
                    let linear = magnitude < A_LINEAR;
                    let raised = if linear { magnitude + A_LINEAR } else { magnitude };
                    let segment = if linear { 0 } else { 16 };
                    let code =
                        (raised.to_bits() >> BELOW_MANTISSA).wrapping_sub(FLOAT_OFFSET) + segment;
                    let sign = !sample.to_bits() >> 31 << 7;
                    *byte = (code | sign) as u8 ^ 0x55;
                }
            }
        }
    }
}

/// A G.711 decoder with its concealment.
#[derive(Debug)]
pub struct G711Decoder {
    law: Law,
    concealer: Concealer,
}

impl G711Decoder {
    /// A decoder that has heard nothing.
    pub fn new(law: Law) -> Self {
        Self { law, concealer: Concealer::new(law.codec().sample_rate()) }
    }

    /// PCMA or PCMU.
    pub fn codec(&self) -> Codec {
        self.law.codec()
    }

    /// See [`super::Decoder::decode`].
    pub fn decode(&mut self, payload: &[u8], out: &mut [f32]) -> Result<usize, DecodeError> {
        let out = room(self.codec(), payload, out)?;
        self.law.decode(payload, out);
        self.concealer.received(out);
        Ok(out.len())
    }

    /// See [`super::Decoder::conceal`].
    pub fn conceal(&mut self, out: &mut [f32]) {
        self.concealer.conceal(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_reads_back() {
        for law in [Law::A, Law::Mu] {
            for byte in 0..=255u8 {
                let mut again = [0];
                law.encode(&[law.table()[usize::from(byte)]], &mut again);
                assert_eq!(again[0], byte, "{law:?}");
            }
        }
    }

    /// Values of the tables of ITU-T G.711: first and last of each sign.
    #[test]
    fn the_tables_are_those_of_the_recommendation() {
        for (law, byte, value) in [
            (Law::Mu, 0x80u8, 8031.0 / 8192.0),
            (Law::Mu, 0x00, -8031.0 / 8192.0),
            (Law::Mu, 0xff, 0.0),
            (Law::Mu, 0xfe, 2.0 / 8192.0),
            (Law::A, 0xaa, 4032.0 / 4096.0),
            (Law::A, 0x2a, -4032.0 / 4096.0),
            (Law::A, 0xd5, 1.0 / 4096.0),
            (Law::A, 0x55, -1.0 / 4096.0),
        ] {
            assert_eq!(law.table()[usize::from(byte)], value, "{law:?} {byte:#x}");
        }
    }

    #[test]
    fn the_nearest_value_is_chosen_and_overload_clips() {
        for law in [Law::A, Law::Mu] {
            let mut bytes = [0; 3];
            law.encode(&[2.0, -7.0, f32::NAN], &mut bytes);
            let top = law.table().iter().fold(0.0f32, |top, &x| top.max(x));
            assert_eq!(law.table()[usize::from(bytes[0])], top);
            assert_eq!(law.table()[usize::from(bytes[1])], -top);
            for step in -3000..3000 {
                let x = step as f32 / 3100.0;
                let mut byte = [0];
                law.encode(&[x], &mut byte);
                let got = law.table()[usize::from(byte[0])];
                let best = law.table().iter().fold(f32::MAX, |best, &y| best.min((y - x).abs()));
                // The intervals' borders lie in the middle; at a segment's end one side is twice as wide.
                assert!((got - x).abs() <= best * 2.0 + 1e-4, "{law:?}: {x} became {got}");
            }
        }
    }
}
