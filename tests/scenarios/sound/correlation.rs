//! Where a short sound is in a long one: normalised cross-correlation by Fourier transforms.

use std::f64::consts::TAU;

/// The samples of one transform.
const LENGTH: usize = 1 << 16;

/// What is this much quieter than the sound that is looked for is silence and resembles nothing.
const QUIETEST: f32 = 1e-4;

/// A long sound, ready to be searched.
pub(super) struct Correlator {
    /// The energy of all samples before each.
    energies: Vec<f64>,
    /// The sound in front of which silence stands, in overlapping blocks of `LENGTH`, transformed.
    blocks: Vec<Vec<Complex>>,
    transform: Transform,
    samples: Vec<f32>,
}

impl Correlator {
    pub(super) fn new(samples: &[f32]) -> Self {
        let transform = Transform::new();
        let mut energies = vec![0.0];
        for sample in samples {
            energies.push(energies[energies.len() - 1] + f64::from(*sample).powi(2));
        }
        let blocks = (0..samples.len().div_ceil(LENGTH / 2))
            .map(|block| {
                let start = block * LENGTH / 2;
                let part = &samples[start..(start + LENGTH).min(samples.len())];
                let mut block: Vec<Complex> = part.iter().map(|x| (*x, 0.0)).collect();
                block.resize(LENGTH, (0.0, 0.0));
                transform.run(&mut block);
                block
            })
            .collect();
        Self { energies, blocks, transform, samples: samples.to_vec() }
    }

    /// Where `sound` is: its first sample, how alike both are (`least` to 1), and the energy that
    /// it explains. Of places nearer to each other than half its length only the best.
    pub(super) fn peaks(&self, sound: &[f32], least: f32) -> Vec<(usize, f32, f32)> {
        assert!(sound.len() <= LENGTH / 2, "a sound longer than half a transform");
        let own: f32 = sound.iter().map(|x| x * x).sum();
        let mut found: Vec<(usize, f32, f32)> = Vec::new();
        let mut spectrum: Vec<Complex> = sound.iter().map(|x| (*x, 0.0)).collect();
        spectrum.resize(LENGTH, (0.0, 0.0));
        self.transform.run(&mut spectrum);
        for (number, block) in self.blocks.iter().enumerate() {
            // The conjugate of the product, so that the same transform leads back.
            let mut product: Vec<Complex> = block
                .iter()
                .zip(&spectrum)
                .map(|((a, b), (c, d))| (a * c + b * d, a * d - b * c))
                .collect();
            self.transform.run(&mut product);
            let start = number * LENGTH / 2;
            for (at, (sum, _)) in product[..LENGTH / 2].iter().enumerate() {
                let at = start + at;
                if at >= self.samples.len() {
                    break;
                }
                let sum = sum / LENGTH as f32;
                let there = self.energy(at, at + sound.len()).max(own * QUIETEST);
                let score = sum / (own * there).sqrt();
                if score < least {
                    continue;
                }
                let place = (at, score, sum * sum / own);
                match found.last_mut() {
                    Some(last) if at - last.0 < sound.len() / 2 => {
                        if score > last.1 {
                            *last = place;
                        }
                    }
                    _ => found.push(place),
                }
            }
        }
        found
    }

    fn energy(&self, from: usize, to: usize) -> f32 {
        let last = self.energies.len() - 1;
        (self.energies[to.min(last)] - self.energies[from.min(last)]) as f32
    }
}

type Complex = (f32, f32);

/// The fast Fourier transform of `LENGTH` values, radix 2.
struct Transform {
    turns: Vec<Complex>,
}

impl Transform {
    fn new() -> Self {
        let turn = |at: usize| {
            let (sin, cos) = (TAU * at as f64 / LENGTH as f64).sin_cos();
            (cos as f32, -sin as f32)
        };
        Self { turns: (0..LENGTH / 2).map(turn).collect() }
    }

    fn run(&self, values: &mut [Complex]) {
        let bits = LENGTH.trailing_zeros();
        for at in 0..LENGTH {
            let mirrored = at.reverse_bits() >> (usize::BITS - bits);
            if at < mirrored {
                values.swap(at, mirrored);
            }
        }
        let mut half = 1;
        while half < LENGTH {
            let step = LENGTH / 2 / half;
            for pair in values.chunks_exact_mut(2 * half) {
                let (low, high) = pair.split_at_mut(half);
                for (at, (a, b)) in low.iter_mut().zip(high).enumerate() {
                    let (cos, sin) = self.turns[at * step];
                    let turned = (b.0 * cos - b.1 * sin, b.0 * sin + b.1 * cos);
                    *b = (a.0 - turned.0, a.1 - turned.1);
                    *a = (a.0 + turned.0, a.1 + turned.1);
                }
            }
            half *= 2;
        }
    }
}

#[test]
fn a_sound_is_found_where_it_is() {
    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    };
    let mut long: Vec<f32> = (0..180_000).map(|_| noise() * 0.1).collect();
    let sound: Vec<f32> = (0..3_000).map(|_| noise()).collect();
    let places = [0, LENGTH / 2 - 1_000, 50_000, 140_000];
    for place in places {
        long[place..place + sound.len()].iter_mut().zip(&sound).for_each(|(x, y)| *x += 0.5 * y);
    }
    let found = Correlator::new(&long).peaks(&sound, 0.5);
    assert_eq!(found.iter().map(|(at, ..)| *at).collect::<Vec<_>>(), places);
    assert!(found.iter().all(|(_, score, _)| *score > 0.95), "{found:?}");
}
