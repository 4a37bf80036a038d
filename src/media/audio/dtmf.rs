//! Hears DTMF digits in sound (ITU-T Q.24): eight Goertzel filters over blocks of 12.75 ms.
//!
//! A digit counts when two blocks in a row hear it, which every tone of 40 ms gives and none
//! below 20 ms does. Speech is kept out by the twist, by the distance to the other
//! frequencies, and above all because a digit's two tones are nearly all that sounds.

use super::tone::{DTMF_COLUMNS, DTMF_KEYS, DTMF_ROWS};

/// The samples of a block at 8 kHz.
const BLOCK_AT_8_KHZ: usize = 102;

/// The mean square of the weakest tone that counts: -42 dBov.
const WEAKEST: f32 = 6.3e-5;

/// A column may be stronger than its row by 5 dB, weaker by 9 (Q.24 asks for 4 and 8).
const FORWARD_TWIST: f32 = 3.16;
const REVERSE_TWIST: f32 = 7.94;

/// A tone stands out of its group by 8 dB.
const OUTSTANDING: f32 = 6.3;

/// The share of the two tones in all energy. A tone 1.5 % beside its frequency still has 0.7.
const SHARE: f32 = 0.62;

/// Blocks without the digit that end it.
const BLOCKS_TO_END: u8 = 2;

/// The detector of one stream.
#[derive(Clone, Debug)]
pub struct DtmfDetector {
    block: usize,
    taken: usize,
    /// 2 cos of each frequency, rows first.
    coefficients: [f32; 8],
    now: [f32; 8],
    before: [f32; 8],
    energy: f32,
    /// What the last block heard.
    last: Option<char>,
    /// The digit under way.
    current: Option<char>,
    /// Blocks since the digit under way was last heard.
    missing: u8,
}

impl DtmfDetector {
    /// For a stream of `rate` Hz: 8000, 16000 or 48000. The lowest is the cheapest.
    pub fn new(rate: u32) -> Self {
        let mut coefficients = [0.0; 8];
        for (coefficient, hz) in coefficients.iter_mut().zip(DTMF_ROWS.iter().chain(&DTMF_COLUMNS))
        {
            *coefficient = 2.0 * (std::f32::consts::TAU * hz / rate as f32).cos();
        }
        Self {
            block: BLOCK_AT_8_KHZ * rate as usize / 8000,
            taken: 0,
            coefficients,
            now: [0.0; 8],
            before: [0.0; 8],
            energy: 0.0,
            last: None,
            current: None,
            missing: 0,
        }
    }

    /// Hears the next samples, of any number; calls `pressed` once at the beginning of each
    /// digit.
    pub fn process(&mut self, mut pcm: &[f32], mut pressed: impl FnMut(char)) {
        while !pcm.is_empty() {
            let take = pcm.len().min(self.block - self.taken);
            let (head, tail) = pcm.split_at(take);
            self.filter(head);
            pcm = tail;
            self.taken += take;
            if self.taken == self.block {
                if let Some(key) = self.end_block() {
                    pressed(key);
                }
                self.taken = 0;
            }
        }
    }

    /// Something else, or nothing, was there: the next samples follow no others.
    pub fn forget(&mut self) {
        self.taken = 0;
        self.now = [0.0; 8];
        self.before = [0.0; 8];
        self.energy = 0.0;
        self.last = None;
        self.current = None;
        self.missing = 0;
    }

    /// The digit that sounds now.
    pub const fn current(&self) -> Option<char> {
        self.current
    }

    fn filter(&mut self, pcm: &[f32]) {
        let (mut now, mut before) = (self.now, self.before);
        let mut energy = 0.0;
        for &x in pcm {
            energy += x * x;
            for at in 0..8 {
                let next = x + self.coefficients[at] * now[at] - before[at];
                before[at] = now[at];
                now[at] = next;
            }
        }
        (self.now, self.before) = (now, before);
        self.energy += energy;
    }

    fn end_block(&mut self) -> Option<char> {
        let heard = self.judge();
        self.now = [0.0; 8];
        self.before = [0.0; 8];
        self.energy = 0.0;
        let confirmed = heard.filter(|_| heard == self.last);
        self.last = heard;
        if heard.is_some() && heard == self.current {
            self.missing = 0;
            return None;
        }
        self.missing = self.missing.saturating_add(1);
        if confirmed.is_some() {
            self.current = confirmed;
            self.missing = 0;
            return confirmed;
        }
        if self.missing >= BLOCKS_TO_END {
            self.current = None;
        }
        None
    }

    /// The key whose two tones this block holds.
    fn judge(&self) -> Option<char> {
        let length = self.block as f32;
        let square = |at: usize| {
            let (now, before) = (self.now[at], self.before[at]);
            let power = now * now + before * before - self.coefficients[at] * now * before;
            2.0 * power / (length * length)
        };
        let squares: [f32; 8] = std::array::from_fn(square);
        let (rows, columns) = squares.split_at(4);
        let (row, row_square) = outstanding(rows)?;
        let (column, column_square) = outstanding(columns)?;
        let twisted = column_square > row_square * FORWARD_TWIST
            || row_square > column_square * REVERSE_TWIST;
        let share = (row_square + column_square) * length / self.energy.max(1e-9);
        (!twisted && share > SHARE).then(|| DTMF_KEYS[row][column])
    }
}

/// The strongest of a group, if it is strong and the others are not.
fn outstanding(group: &[f32]) -> Option<(usize, f32)> {
    let (at, &square) = group.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    let alone = group.iter().enumerate().all(|(other, &x)| other == at || x * OUTSTANDING < square);
    (square > WEAKEST && alone).then_some((at, square))
}
