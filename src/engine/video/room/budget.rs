//! What the path to a browser leaves for its tiles, and which of them gets how much of it.
//!
//! What a browser says that its path carries grows with what it gets, and says nothing of what it
//! could carry: a still picture leaves it at a tenth of that. So it counts only where it falls.

use crate::video::line::{Detail, Sizes};
use causeway_base::Bitrate;
use causeway_plan::picture::MAX_FORWARDED;
use std::time::{Duration, Instant};

/// Loss above this share, in 256ths, is too much: a tenth, as of one picture.
const MUCH_LOSS: u8 = 26;

/// An estimate that falls below this part of the last one, in percent, is a fall.
const FALL: u64 = 90;

/// After a fall the next is waited for so long: the last one shows by then.
const SETTLE: Duration = Duration::from_secs(2);

/// Without trouble for so long, a little more is tried.
const PATIENCE: Duration = Duration::from_secs(4);

/// By how much more, in percent.
const GROWTH: u64 = 25;

/// Less than this makes no tile.
const MIN: Bitrate = Bitrate::kbps(60);

/// What one who has a size may take beyond what there is, in percent, before a smaller one is
/// taken: cameras keep to their rates within some seconds only.
const TOLERANCE: u64 = 20;

/// What the path leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Budget {
    /// Nothing: all that is of use.
    limit: Option<Bitrate>,
    estimate: Option<Bitrate>,
    changed: Option<Instant>,
}

impl Budget {
    /// Of a path of which nothing is known.
    pub(super) const fn new() -> Self {
        Self { limit: None, estimate: None, changed: None }
    }

    /// What there is; nothing where that is enough for all.
    pub(super) const fn limit(&self) -> Option<Bitrate> {
        self.limit
    }

    /// The browser said what its path carries, while it was sent so much.
    pub(super) fn estimated(&mut self, now: Instant, rate: Bitrate, sent: Bitrate) {
        let before = self.estimate.replace(rate);
        let fell = before.is_some_and(|before| rate.as_bps() * 100 < before.as_bps() * FALL)
            && rate < sent;
        if fell {
            self.fall(now, rate);
        }
    }

    /// So much of what was sent was lost, in 256ths.
    pub(super) fn lost(&mut self, now: Instant, fraction: u8, sent: Bitrate) {
        if fraction >= MUCH_LOSS {
            let left = sent.as_bps() - sent.as_bps() * u64::from(fraction) / 512;
            self.fall(now, Bitrate::bps(left));
        }
    }

    fn fall(&mut self, now: Instant, to: Bitrate) {
        let settles = self.changed.is_some_and(|at| now.saturating_duration_since(at) < SETTLE);
        if self.limit.is_some() && settles {
            return;
        }
        self.limit = Some(self.limit.map_or(to, |limit| limit.min(to)).max(MIN));
        self.changed = Some(now);
    }

    /// Lets it grow where nothing was amiss; `wanted` is all that is of use.
    pub(super) fn grow(&mut self, now: Instant, wanted: Bitrate) {
        let Some(limit) = self.limit else { return };
        if self.changed.is_some_and(|at| now.saturating_duration_since(at) < PATIENCE) {
            return;
        }
        self.changed = Some(now);
        let more = Bitrate::bps(limit.as_bps() * (100 + GROWTH) / 100);
        self.limit = Some(more).filter(|more| *more < wanted);
    }
}

/// What one tile could get.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    pub(super) sizes: Sizes,
    /// What its place is worth.
    pub(super) detail: Detail,
    /// The size that it gets.
    pub(super) present: Option<usize>,
}

impl Wish {
    /// The size so far up, and what it takes.
    fn at(&self, step: usize) -> Option<(usize, Bitrate)> {
        self.sizes.iter().nth(step)
    }

    /// What the size that its place is worth takes.
    pub(super) fn full(&self) -> Bitrate {
        self.at(self.sizes.step(self.detail)).map_or(Bitrate::default(), |(_, rate)| rate)
    }
}

/// Which size each gets, who counts most first. All get their smallest before anybody gets a
/// larger one, and who counts least gets none first. The first is never without.
pub(super) fn share(limit: Option<Bitrate>, wishes: &[Wish]) -> [Option<usize>; MAX_FORWARDED] {
    let mut steps = [None; MAX_FORWARDED];
    let mut left = limit.map_or(u64::MAX, |limit| limit.as_bps());
    let price = |wish: &Wish, step: usize| -> Option<u64> {
        let (layer, rate) = wish.at(step)?;
        let rate = rate.as_bps();
        Some(if wish.present == Some(layer) { rate * 100 / (100 + TOLERANCE) } else { rate })
    };
    for (at, (step, wish)) in steps.iter_mut().zip(wishes).enumerate() {
        if let Some(price) = price(wish, 0).filter(|price| at == 0 || *price <= left) {
            (*step, left) = (Some(0), left.saturating_sub(price));
        }
    }
    for (step, wish) in steps.iter_mut().zip(wishes) {
        let Some(smallest) = *step else { continue };
        let paid = price(wish, smallest).unwrap_or_default();
        for higher in (smallest + 1..=wish.sizes.step(wish.detail)).rev() {
            if let Some(price) =
                price(wish, higher).filter(|price| *price - paid.min(*price) <= left)
            {
                (*step, left) = (Some(higher), left - price.saturating_sub(paid));
                break;
            }
        }
    }
    let mut layers = [None; MAX_FORWARDED];
    for ((layer, step), wish) in layers.iter_mut().zip(steps).zip(wishes) {
        *layer = step.and_then(|step| wish.at(step)).map(|(layer, _)| layer);
    }
    layers
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn wish(detail: Detail) -> Wish {
        Wish { sizes: Sizes::from_rates(&[120, 400, 1_200]), detail, present: None }
    }

    fn shared(kbps: u64, wishes: &[Wish]) -> Vec<Option<usize>> {
        share(Some(Bitrate::kbps(kbps)), wishes)[..wishes.len()].to_vec()
    }

    #[test]
    fn who_is_large_gets_the_large_size_and_a_strip_the_small() {
        let wishes = [wish(Detail::Large), wish(Detail::Small), wish(Detail::Medium)];
        assert_eq!(share(None, &wishes)[..3], [Some(2), Some(0), Some(1)]);
        assert_eq!(share(None, &wishes)[3..], [None; 6]);
        assert_eq!(wishes.map(|wish| wish.full().as_kbps()), [1_200, 120, 400]);
    }

    #[test]
    fn sizes_go_down_before_a_tile_rests_and_the_first_goes_last() {
        let wishes = [wish(Detail::Large), wish(Detail::Medium), wish(Detail::Medium)];
        assert_eq!(shared(2_000, &wishes), [Some(2), Some(1), Some(1)]);
        assert_eq!(shared(1_800, &wishes), [Some(2), Some(1), Some(0)]);
        assert_eq!(shared(1_400, &wishes), [Some(1), Some(1), Some(1)]);
        assert_eq!(shared(700, &wishes), [Some(1), Some(0), Some(0)]);
        assert_eq!(shared(360, &wishes), [Some(0), Some(0), Some(0)]);
        assert_eq!(shared(300, &wishes), [Some(0), Some(0), None]);
        assert_eq!(shared(60, &wishes), [Some(0), None, None], "somebody is always seen");
    }

    #[test]
    fn a_size_that_is_there_is_kept_where_it_takes_a_little_more() {
        let mut wishes = [wish(Detail::Large)];
        assert_eq!(shared(1_100, &wishes), [Some(1)]);
        wishes[0].present = Some(2);
        assert_eq!(shared(1_100, &wishes), [Some(2)]);
        assert_eq!(shared(900, &wishes), [Some(1)]);
    }

    #[test]
    fn a_camera_of_one_size_has_that_and_one_of_none_has_none() {
        let one = Wish { sizes: Sizes::from_rates(&[900]), ..wish(Detail::Small) };
        let none = Wish { sizes: Sizes::default(), ..wish(Detail::Large) };
        assert_eq!(share(None, &[none, one])[..2], [None, Some(0)]);
    }

    #[test]
    fn only_a_fall_of_the_estimate_counts_and_what_is_lost() {
        let (start, sent) = (Instant::now(), Bitrate::kbps(3_000));
        let mut budget = Budget::new();
        for (second, kbps) in [(0, 300), (1, 500), (2, 900), (3, 870)] {
            budget.estimated(start + second * SECOND, Bitrate::kbps(kbps), sent);
        }
        assert_eq!(budget.limit(), None, "it follows what is sent");
        budget.estimated(start + 4 * SECOND, Bitrate::kbps(700), sent);
        assert_eq!(budget.limit(), Some(Bitrate::kbps(700)));
        budget.lost(start + 5 * SECOND, 128, sent);
        assert_eq!(budget.limit(), Some(Bitrate::kbps(700)), "it is the same trouble");
        budget.lost(start + 7 * SECOND, 128, Bitrate::kbps(700));
        assert_eq!(budget.limit(), Some(Bitrate::kbps(525)));
    }

    #[test]
    fn without_trouble_it_grows_until_there_is_enough() {
        let start = Instant::now();
        let mut budget = Budget::new();
        budget.lost(start, 128, Bitrate::kbps(1_000));
        let wanted = Bitrate::kbps(1_000);
        budget.grow(start + SECOND, wanted);
        assert_eq!(budget.limit(), Some(Bitrate::kbps(750)));
        budget.grow(start + PATIENCE, wanted);
        assert_eq!(budget.limit(), Some(Bitrate::bps(937_500)));
        budget.grow(start + 2 * PATIENCE, wanted);
        assert_eq!(budget.limit(), None);
    }
}
