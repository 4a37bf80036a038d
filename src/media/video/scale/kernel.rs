//! The weights of one direction.

/// The sum of the weights of a pixel: as much as products of pairs allow in signed sixteen bits,
/// with room for a weight of the whole.
pub(super) const UNIT: u32 = 64;

/// Pixels of the source that are read for [`GROUP`] pixels at once.
pub(super) const WINDOW: usize = 16;

/// Pixels that are made of one window.
pub(super) const GROUP: usize = 4;

/// Pixels of two groups.
pub(super) const PAIR: usize = 2 * GROUP;

/// Weights of a pixel that fit a window's shuffle.
const TAPS: usize = WINDOW / GROUP;

/// How each pixel of a row (or column) is made of those of another length.
#[derive(Debug)]
pub(super) struct Kernel {
    /// Weights of each pixel: the same number for all.
    taps: usize,
    starts: Vec<usize>,
    weights: Vec<u8>,
    /// The same in groups, where they fit windows.
    groups: Option<Groups>,
}

/// All pixels in groups.
#[derive(Debug)]
pub(super) struct Groups {
    /// Each stands for [`PAIR`] pixels; the last may stand for fewer.
    pub(super) pairs: Vec<Pair>,
    /// So many pixels of the source their windows reach over.
    pub(super) reach: usize,
}

/// Two groups of [`GROUP`] pixels, each of one window.
#[derive(Debug)]
pub(super) struct Pair {
    /// Where the windows begin.
    pub(super) starts: [usize; 2],
    /// For each pixel, the places of its four sources in its window.
    pub(super) shuffle: [u8; 2 * WINDOW],
    /// Their weights; each fits seven bits.
    pub(super) weights: [u8; 2 * WINDOW],
}

impl Kernel {
    pub(super) fn new(from: usize, to: usize) -> Self {
        let pixels: Vec<(usize, Vec<u8>)> = (0..to)
            .map(|at| {
                let (start, shares) =
                    if to < from { area(from, to, at) } else { linear(from, to, at) };
                (start, quantise(&shares))
            })
            .collect();
        let taps = pixels.iter().map(|(_, weights)| weights.len()).max().unwrap_or(1).max(TAPS);
        let starts = pixels.iter().map(|(start, _)| *start).collect();
        let padded = pixels.iter().flat_map(|(_, weights)| {
            weights.iter().copied().chain(std::iter::repeat(0)).take(taps)
        });
        let mut kernel = Self { taps, starts, weights: padded.collect(), groups: None };
        kernel.groups = kernel.group();
        kernel
    }

    /// The first source of a pixel, and the weights of it and those that follow; beyond the end
    /// they are zero.
    pub(super) fn weights(&self, at: usize) -> (usize, &[u8]) {
        (self.starts[at], &self.weights[at * self.taps..][..self.taps])
    }

    pub(super) fn groups(&self) -> Option<&Groups> {
        self.groups.as_ref()
    }

    fn group(&self) -> Option<Groups> {
        if self.taps != TAPS {
            return None;
        }
        let pairs = (0..self.starts.len()).step_by(PAIR).map(|first| self.pair(first));
        let pairs = pairs.collect::<Option<Vec<_>>>()?;
        let starts = pairs.iter().flat_map(|pair| pair.starts);
        let reach = starts.max().unwrap_or(0) + WINDOW;
        Some(Groups { pairs, reach })
    }

    /// The pixels from this one on.
    fn pair(&self, first: usize) -> Option<Pair> {
        let mut pair = Pair { starts: [0; 2], shuffle: [0; 2 * WINDOW], weights: [0; 2 * WINDOW] };
        let pixels = self.starts.len().min(first + PAIR) - first;
        for pixel in 0..pixels {
            let group = pixel / GROUP;
            let (source, weights) = self.weights(first + pixel);
            if pixel % GROUP == 0 {
                pair.starts[group] = source;
            }
            for (tap, &weight) in weights.iter().enumerate() {
                // A weight of zero may stand outside of the window.
                let place = if weight == 0 { 0 } else { source - pair.starts[group] + tap };
                let at = pixel * TAPS + tap;
                pair.shuffle[at] = u8::try_from(place).ok().filter(|at| *at < 16)?;
                pair.weights[at] = weight;
            }
        }
        Some(pair)
    }
}

/// The sources that a pixel covers, each by how much of it.
fn area(from: usize, to: usize, at: usize) -> (usize, Vec<f64>) {
    let ratio = from as f64 / to as f64;
    let (left, right) = (at as f64 * ratio, (at + 1) as f64 * ratio);
    let first = left as usize;
    let end = (right.ceil() as usize).clamp(first + 1, from);
    let shares = (first..end).map(|source| {
        let source = source as f64;
        ((right.min(source + 1.0) - left.max(source)) / ratio).max(0.0)
    });
    (first, shares.collect())
}

/// The two sources whose middles are nearest.
fn linear(from: usize, to: usize, at: usize) -> (usize, Vec<f64>) {
    let ratio = from as f64 / to as f64;
    let middle = ((at as f64 + 0.5) * ratio - 0.5).clamp(0.0, (from - 1) as f64);
    let first = (middle as usize).min(from.saturating_sub(2));
    let second = middle - first as f64;
    if from == 1 { (0, vec![1.0]) } else { (first, vec![1.0 - second, second]) }
}

/// Shares in units: the sum is rounded, not each of them, so that it is always the same.
fn quantise(shares: &[f64]) -> Vec<u8> {
    let whole = shares.iter().sum::<f64>();
    let mut sum = 0.0;
    let mut given = 0;
    let next = |share: &f64| {
        sum += share / whole * f64::from(UNIT);
        let weight = sum.round() as u32 - given;
        given += weight;
        weight as u8
    };
    shares.iter().map(next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_whole_and_within_the_source() {
        for (from, to) in [(640, 426), (1, 9), (9, 1), (1280, 212), (2, 3), (300, 7), (1919, 1080)]
        {
            let kernel = Kernel::new(from, to);
            for at in 0..to {
                let (start, weights) = kernel.weights(at);
                assert_eq!(weights.iter().map(|weight| u32::from(*weight)).sum::<u32>(), UNIT);
                let used = weights.iter().rposition(|weight| *weight > 0).unwrap();
                assert!(start + used < from, "{from} {to} {at}");
            }
        }
    }

    #[test]
    fn usual_ratios_fit_windows() {
        for (from, to) in [(640, 426), (640, 330), (320, 640), (400, 213)] {
            assert!(Kernel::new(from, to).groups().is_some(), "{from} {to}");
        }
        assert!(Kernel::new(640, 100).groups().is_none());
    }
}
