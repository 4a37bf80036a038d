//! The inner loops: once in plain Rust, once for AVX2, chosen when the program runs.
#![allow(unsafe_code)]

use super::kernel::{Kernel, UNIT};
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
        __m256i, _mm_loadu_si128, _mm_storeu_si128, _mm256_add_epi16, _mm256_castsi256_si128,
        _mm256_loadu_si256, _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_packus_epi16,
        _mm256_packus_epi32, _mm256_permutevar8x32_epi32, _mm256_set_m128i, _mm256_set1_epi16,
        _mm256_setr_epi32, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16,
        _mm256_storeu_si256, _mm256_unpackhi_epi8, _mm256_unpacklo_epi8,
    };

    use super::super::kernel::{Groups, PAIR, Pair, WINDOW};
    use super::{LANES, Plane, UNIT};

    /// Rows that are summed in registers: all that shrinking to more than a third takes.
    const ROWS: usize = 4;

    #[target_feature(enable = "avx2")]
    pub(super) fn halve(upper: &[u8], lower: &[u8], out: &mut [u8]) {
        super::halve(upper, lower, out);
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn blend(source: Plane<'_>, start: usize, weights: &[u8], out: &mut [u8]) {
        let mut rows = [([].as_slice(), 0u8); ROWS];
        let mut count = 0;
        for (row, &weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0) {
            // Rows of weight zero may lie beyond the end.
            let row = source.row(start + row);
            match rows.get_mut(count) {
                Some(place) if row.len() >= out.len() => *place = (row, weight),
                _ => return super::blend(source, start, weights, out),
            }
            count += 1;
        }
        match count {
            1 if rows[0].1 == UNIT as u8 => out.copy_from_slice(&rows[0].0[..out.len()]),
            0..=2 => blend_pairs([[rows[0], rows[1]]], out),
            _ => blend_pairs([[rows[0], rows[1]], [rows[2], rows[3]]], out),
        }
    }

    /// Sums rows by pairs: the pixels of two that are above each other are put beside each other,
    /// and one multiplication sums them up.
    #[target_feature(enable = "avx2")]
    fn blend_pairs<const N: usize>(pairs: [[(&[u8], u8); 2]; N], out: &mut [u8]) {
        let weights = pairs.map(|[(_, a), (_, b)]| _mm256_set1_epi16(i16::from_le_bytes([a, b])));
        let (chunks, tail) = out.as_chunks_mut::<LANES>();
        let tail_start = chunks.len() * LANES;
        for (number, out) in chunks.iter_mut().enumerate() {
            let half = _mm256_set1_epi16(UNIT as i16 / 2);
            let (mut low, mut high) = (half, half);
            for ([(a, _), (b, _)], weights) in pairs.iter().zip(weights) {
                let (a, b) = (lanes(a, number), lanes(b, number));
                let of = |pixels| _mm256_maddubs_epi16(pixels, weights);
                low = _mm256_add_epi16(low, of(_mm256_unpacklo_epi8(a, b)));
                high = _mm256_add_epi16(high, of(_mm256_unpackhi_epi8(a, b)));
            }
            let shift = |sums| _mm256_srli_epi16::<{ UNIT.ilog2() as i32 }>(sums);
            let bytes = _mm256_packus_epi16(shift(low), shift(high));
            // SAFETY: the chunk has as many bytes as the register.
            unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), bytes) };
        }
        for (at, out) in tail.iter_mut().enumerate() {
            let pixel = |row: &[u8]| row.get(tail_start + at).copied().unwrap_or(0);
            let rows = pairs.iter().flatten();
            let sum: u32 =
                rows.map(|(row, weight)| u32::from(pixel(row)) * u32::from(*weight)).sum();
            *out = ((sum + UNIT / 2) / UNIT) as u8;
        }
    }

    /// The pixels of a chunk of a row; zeros of a row that is not there.
    #[target_feature(enable = "avx2")]
    fn lanes(row: &[u8], number: usize) -> __m256i {
        match row.get(number * LANES..).and_then(<[u8]>::first_chunk::<LANES>) {
            // SAFETY: as many bytes as the register has, that may lie anywhere.
            Some(pixels) => unsafe { _mm256_loadu_si256(pixels.as_ptr().cast()) },
            None => _mm256_setzero_si256(),
        }
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn resample(groups: &Groups, row: &[u8], out: &mut [u8]) {
        assert!(groups.reach <= row.len(), "a row goes on for a window beyond its pixels");
        let (chunks, tail) = out.as_chunks_mut::<{ 2 * PAIR }>();
        let (pairs, rest) = groups.pairs.split_at(groups.pairs.len().min(2 * chunks.len()));
        for (out, [a, b]) in chunks.iter_mut().zip(pairs.as_chunks().0) {
            // SAFETY: no window ends beyond the reach.
            unsafe { resample_pairs(a, b, row, out) };
        }
        if let (Some(a), Some(b)) = (rest.first(), rest.last()) {
            let mut pixels = [0; 2 * PAIR];
            // SAFETY: as above.
            unsafe { resample_pairs(a, b, row, &mut pixels) };
            tail.copy_from_slice(&pixels[..tail.len()]);
        }
    }

    /// Four groups at once: each shuffle puts the four sources of a pixel beside each other, two
    /// multiplications sum them up.
    ///
    /// # Safety
    /// The windows of both pairs end within the row.
    #[target_feature(enable = "avx2")]
    unsafe fn resample_pairs(a: &Pair, b: &Pair, row: &[u8], out: &mut [u8; 2 * PAIR]) {
        // SAFETY: the caller's promise.
        let (a, b) = unsafe { (sums(a, row), sums(b, row)) };
        let half = _mm256_set1_epi16(UNIT as i16 / 2);
        let sums = _mm256_add_epi16(_mm256_packus_epi32(a, b), half);
        let pixels = _mm256_srli_epi16::<{ UNIT.ilog2() as i32 }>(sums);
        let bytes = _mm256_packus_epi16(pixels, pixels);
        // Packing works on each half alone.
        let order = _mm256_setr_epi32(0, 4, 1, 5, 0, 4, 1, 5);
        let bytes = _mm256_permutevar8x32_epi32(bytes, order);
        // SAFETY: the place has as many bytes as the half of the register.
        unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), _mm256_castsi256_si128(bytes)) };
    }

    /// The weighted sums of a pair's pixels.
    ///
    /// # Safety
    /// Its windows end within the row.
    #[target_feature(enable = "avx2")]
    unsafe fn sums(pair: &Pair, row: &[u8]) -> __m256i {
        debug_assert!(pair.starts.iter().all(|start| start + WINDOW <= row.len()));
        let [low, high] = pair.starts;
        // SAFETY: the caller's promise; a window may lie anywhere.
        let pixels = unsafe {
            let low = _mm_loadu_si128(row.as_ptr().add(low).cast());
            let high = _mm_loadu_si128(row.as_ptr().add(high).cast());
            _mm256_set_m128i(high, low)
        };
        // SAFETY: both have as many bytes as the register.
        let (shuffle, weights) = unsafe {
            (
                _mm256_loadu_si256(pair.shuffle.as_ptr().cast()),
                _mm256_loadu_si256(pair.weights.as_ptr().cast()),
            )
        };
        let products = _mm256_maddubs_epi16(_mm256_shuffle_epi8(pixels, shuffle), weights);
        _mm256_madd_epi16(products, _mm256_set1_epi16(1))
    }
}
