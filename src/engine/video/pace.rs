//! Who shares an encode goes at the rate of the slowest. One that is far slower than most is given
//! a smaller picture instead.

use causeway_base::Bitrate;

/// Whether a receiver goes along with those who could share its encode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Pace {
    #[default]
    With,
    /// It would hold them up, and gets the next smaller class.
    Behind,
}

impl Pace {
    /// The same after a look at what the others take. Between half and three quarters of that
    /// nothing changes: each change costs a full picture.
    pub(super) fn judge(self, rate: Bitrate, others: Option<Bitrate>) -> Self {
        let Some(others) = others else { return Pace::With };
        let (rate, others) = (rate.as_bps(), others.as_bps());
        match self {
            Pace::With if rate.saturating_mul(2) < others => Pace::Behind,
            Pace::Behind if rate.saturating_mul(4) >= others.saturating_mul(3) => Pace::With,
            same => same,
        }
    }
}

/// What those who could share an encode take, by the name of each encode.
#[derive(Debug)]
pub(super) struct Medians<K> {
    groups: Vec<(K, Vec<Bitrate>)>,
}

impl<K: PartialEq> Medians<K> {
    /// Of each receiver that goes along: what it could share, and its rate.
    pub(super) fn new(receivers: impl Iterator<Item = (K, Bitrate)>) -> Self {
        let mut groups: Vec<(K, Vec<Bitrate>)> = Vec::new();
        for (name, rate) in receivers {
            match groups.iter_mut().find(|(known, _)| *known == name) {
                Some((_, rates)) => rates.push(rate),
                None => groups.push((name, vec![rate])),
            }
        }
        groups.iter_mut().for_each(|(_, rates)| rates.sort_unstable());
        Self { groups }
    }

    /// The rate in the middle; of two, the higher.
    pub(super) fn of(&self, name: &K) -> Option<Bitrate> {
        let (_, rates) = self.groups.iter().find(|(known, _)| known == name)?;
        rates.get(rates.len() / 2).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who is behind of a group of these rates (kbit/s), after two looks.
    fn behind(rates: &[u64], paces: &mut [Pace]) -> Vec<u64> {
        for _ in 0..2 {
            let with = rates.iter().zip(paces.iter()).filter(|(_, pace)| **pace == Pace::With);
            let medians = Medians::new(with.map(|(rate, _)| ('a', Bitrate::kbps(*rate))));
            for (pace, rate) in paces.iter_mut().zip(rates) {
                *pace = pace.judge(Bitrate::kbps(*rate), medians.of(&'a'));
            }
        }
        let all = rates.iter().zip(paces.iter());
        all.filter(|(_, pace)| **pace == Pace::Behind).map(|(rate, _)| *rate).collect()
    }

    #[test]
    fn one_that_is_far_slower_than_most_rules_nobody() {
        let mut paces = [Pace::With; 4];
        assert_eq!(behind(&[2_000, 1_800, 700, 2_200], &mut paces), [700]);
        assert_eq!(behind(&[2_000, 1_800, 1_200, 2_200], &mut paces), [1_200], "not yet");
        assert_eq!(behind(&[2_000, 1_800, 1_600, 2_200], &mut paces), [0; 0]);
        assert_eq!(behind(&[2_000, 1_800, 1_200, 2_200], &mut paces), [0; 0], "and not again");
    }

    #[test]
    fn the_slower_of_two_is_behind_and_a_slow_majority_is_not() {
        assert_eq!(behind(&[700, 2_000], &mut [Pace::With; 2]), [700]);
        assert_eq!(behind(&[700, 700, 2_000], &mut [Pace::With; 3]), [0; 0]);
        assert_eq!(behind(&[700], &mut [Pace::Behind]), [0; 0], "alone");
    }
}
