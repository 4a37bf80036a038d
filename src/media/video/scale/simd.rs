//! The inner loops: once in plain Rust, once for AVX2, chosen when the program runs.
#![allow(unsafe_code)]

use super::kernel::{GROUP, Kernel, UNIT};
use crate::video::frame::Plane;

/// What this processor can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Simd {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

impl Simd {
    pub(super) fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            return Simd::Avx2;
        }
        Simd::Portable
    }

    /// Makes one row at half the size of two.
    pub(super) fn halve(self, upper: &[u8], lower: &[u8], out: &mut [u8]) {
        match self {
            Simd::Portable => halve(upper, lower, out),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: this processor has AVX2, or `detect` had not said so.
            Simd::Avx2 => unsafe { avx2::halve(upper, lower, out) },
        }
    }

    /// Makes one row of those from `start` on, by weights.
    pub(super) fn blend(self, source: Plane<'_>, start: usize, weights: &[u8], out: &mut [u8]) {
        match self {
            Simd::Portable => blend(source, start, weights, out),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: this processor has AVX2, or `detect` had not said so.
            Simd::Avx2 => unsafe { avx2::blend(source, start, weights, out) },
        }
    }

    /// Makes a row of another length. `row` goes on for a window's length beyond its pixels.
    pub(super) fn resample(self, kernel: &Kernel, row: &[u8], out: &mut [u8]) {
        match (self, kernel.groups()) {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: this processor has AVX2, or `detect` had not said so.
            (Simd::Avx2, Some(groups)) => unsafe { avx2::resample(groups, row, out) },
            _ => resample(kernel, row, out),
        }
    }
}

#[inline(always)]
fn halve(upper: &[u8], lower: &[u8], out: &mut [u8]) {
    let pairs = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
    for (out, ([a, b], [c, d])) in out.iter_mut().zip(pairs) {
        *out = ((u16::from(*a) + u16::from(*b) + u16::from(*c) + u16::from(*d) + 2) >> 2) as u8;
    }
}

/// Pixels that are summed at once.
const LANES: usize = 32;

#[inline(always)]
fn blend(source: Plane<'_>, start: usize, weights: &[u8], out: &mut [u8]) {
    let (chunks, tail) = out.as_chunks_mut::<LANES>();
    let tail_start = chunks.len() * LANES;
    for (number, out) in chunks.iter_mut().enumerate() {
        let mut sums = [(UNIT / 2) as u16; LANES];
        for (row, &weight) in weights.iter().enumerate() {
            // Rows of weight zero may lie beyond the end.
            if weight == 0 {
                continue;
            }
            let row = source.row(start + row);
            let Some(pixels) = row[number * LANES..].first_chunk::<LANES>() else { continue };
            for lane in 0..LANES {
                sums[lane] += u16::from(pixels[lane]) * u16::from(weight);
            }
        }
        for lane in 0..LANES {
            out[lane] = (sums[lane] / UNIT as u16) as u8;
        }
    }
    for (at, out) in tail.iter_mut().enumerate() {
        let weighted = weights.iter().enumerate().filter(|(_, weight)| **weight > 0);
        let sum: u32 = weighted
            .map(|(row, &weight)| {
                u32::from(source.row(start + row)[tail_start + at]) * u32::from(weight)
            })
            .sum();
        *out = ((sum + UNIT / 2) / UNIT) as u8;
    }
}

fn resample(kernel: &Kernel, row: &[u8], out: &mut [u8]) {
    for (at, out) in out.iter_mut().enumerate() {
        let (start, weights) = kernel.weights(at);
        // Weights of zero may stand beyond the end.
        let pairs = row[start..].iter().zip(weights);
        let sum: u32 = pairs.map(|(pixel, weight)| u32::from(*pixel) * u32::from(*weight)).sum();
        *out = ((sum + UNIT / 2) / UNIT) as u8;
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m128i, _mm_cvtsi128_si32, _mm_loadu_si128, _mm256_add_epi32, _mm256_castsi256_si128,
        _mm256_extracti128_si256, _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_packus_epi16,
        _mm256_packus_epi32, _mm256_set_m128i, _mm256_set1_epi16, _mm256_set1_epi32,
        _mm256_shuffle_epi8, _mm256_srli_epi32,
    };

    use super::super::kernel::{Group, WINDOW};
    use super::{GROUP, Plane, UNIT};

    #[target_feature(enable = "avx2")]
    pub(super) fn halve(upper: &[u8], lower: &[u8], out: &mut [u8]) {
        super::halve(upper, lower, out);
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn blend(source: Plane<'_>, start: usize, weights: &[u8], out: &mut [u8]) {
        super::blend(source, start, weights, out);
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn resample(groups: &[Group], row: &[u8], out: &mut [u8]) {
        let (chunks, tail) = out.as_chunks_mut::<{ 2 * GROUP }>();
        let (pairs, rest) = groups.split_at(groups.len().min(2 * chunks.len()));
        for (out, [a, b]) in chunks.iter_mut().zip(pairs.as_chunks::<2>().0) {
            *out = resample_pair(a, b, row);
        }
        if let (Some(a), Some(b)) = (rest.first(), rest.last()) {
            let pixels = resample_pair(a, b, row);
            tail.copy_from_slice(&pixels[..tail.len()]);
        }
    }

    /// Two groups at once: each shuffle puts the four sources of a pixel beside each other, two
    /// multiplications sum them up.
    #[target_feature(enable = "avx2")]
    fn resample_pair(a: &Group, b: &Group, row: &[u8]) -> [u8; 2 * GROUP] {
        let pixels = _mm256_set_m128i(window(row, b.start), window(row, a.start));
        let shuffle = _mm256_set_m128i(load(&b.shuffle), load(&a.shuffle));
        let weights = _mm256_set_m128i(load(&b.weights), load(&a.weights));
        let pairs = _mm256_maddubs_epi16(_mm256_shuffle_epi8(pixels, shuffle), weights);
        let sums = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
        let half = _mm256_set1_epi32(UNIT as i32 / 2);
        let sums = _mm256_srli_epi32::<{ UNIT.ilog2() as i32 }>(_mm256_add_epi32(sums, half));
        let words = _mm256_packus_epi32(sums, sums);
        let bytes = _mm256_packus_epi16(words, words);
        let low = _mm_cvtsi128_si32(_mm256_castsi256_si128(bytes)) as u32;
        let high = _mm_cvtsi128_si32(_mm256_extracti128_si256::<1>(bytes)) as u32;
        (u64::from(low) | u64::from(high) << 32).to_le_bytes()
    }

    #[target_feature(enable = "avx2")]
    fn window(row: &[u8], start: usize) -> __m128i {
        load(row[start..].first_chunk().unwrap_or(&[0; WINDOW]))
    }

    #[target_feature(enable = "avx2")]
    fn load(bytes: &[u8; WINDOW]) -> __m128i {
        // SAFETY: sixteen bytes that may lie anywhere.
        unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
    }
}
