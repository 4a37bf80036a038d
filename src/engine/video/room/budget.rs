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
    /// What an estimate must fall from: the highest since a fall, or since one that was not less
    /// than what was sent.
    estimate: Option<Bitrate>,
    load: Load,
    fell: Option<Instant>,
    grew: Option<Instant>,
}

/// Whether a path carries what it is sent, as far as its estimate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Load {
    Carried,
    TooMuch,
}

impl Budget {
    /// Of a path of which nothing is known.
    pub(super) const fn new() -> Self {
        Self { limit: None, estimate: None, load: Load::Carried, fell: None, grew: None }
    }

    /// What there is; nothing where that is enough for all.
    pub(super) const fn limit(&self) -> Option<Bitrate> {
        self.limit
    }

    /// The browser said what its path carries, while it was sent so much.
    pub(super) fn estimated(&mut self, now: Instant, rate: Bitrate, sent: Bitrate) {
        self.load = if rate < sent { Load::TooMuch } else { Load::Carried };
        let is_below = |before: Bitrate| rate.as_bps() * 100 < before.as_bps() * FALL;
        match self.estimate {
            Some(before) if rate < sent && rate < before => {
                // A fall that comes too soon after another is one still when it is said again.
                if is_below(before) && self.fall(now, rate) {
                    self.estimate = Some(rate);
                }
            }
            _ => self.estimate = Some(rate),
        }
    }

    /// So much of what was sent was lost, in 256ths.
    pub(super) fn lost(&mut self, now: Instant, fraction: u8, sent: Bitrate) {
        if fraction >= MUCH_LOSS {
            let left = sent.as_bps() - sent.as_bps() * u64::from(fraction) / 512;
            self.fall(now, Bitrate::bps(left));
        }
    }

    /// True where that is not the last trouble still.
    fn fall(&mut self, now: Instant, to: Bitrate) -> bool {
        if self.fell.is_some_and(|at| now.saturating_duration_since(at) < SETTLE) {
            return false;
        }
        self.limit = Some(self.limit.map_or(to, |limit| limit.min(to)).max(MIN));
        self.fell = Some(now);
        true
    }

    /// Lets it grow where nothing was amiss; `wanted` is all that is of use.
    pub(super) fn grow(&mut self, now: Instant, wanted: Bitrate) {
        let Some(limit) = self.limit else { return };
        let Some(since) = self.fell.max(self.grew) else {
            self.grew = Some(now);
            return;
        };
        if self.load == Load::TooMuch || now.saturating_duration_since(since) < PATIENCE {
            return;
        }
        self.grew = Some(now);
        let more = Bitrate::bps(limit.as_bps() * (100 + GROWTH) / 100);
        self.limit = Some(more).filter(|more| *more < wanted);
    }
}

/// Shorter spans say little of what a browser is sent.
const SPAN: Duration = Duration::from_millis(500);

/// What a browser is sent in all, whatever that is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sending {
    counted: Option<(Instant, u64)>,
    rate: Option<Bitrate>,
}

impl Sending {
    /// So many bytes it was sent by now; what that was a second of late. `None` until there is
    /// something to count from.
    pub(super) fn measure(&mut self, now: Instant, octets: u64) -> Option<Bitrate> {
        let (since, before) = *self.counted.get_or_insert((now, octets));
        let passed = now.saturating_duration_since(since);
        if passed >= SPAN {
            // Lines that went took what they counted with them.
            let bits = octets.saturating_sub(before).saturating_mul(8_000);
            let millis = u64::try_from(passed.as_millis()).unwrap_or(u64::MAX).max(1);
            self.rate = Some(Bitrate::bps(bits / millis));
            self.counted = Some((now, octets));
        }
        self.rate
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
    fn what_is_sent_is_measured_over_a_while() {
        let start = Instant::now();
        let mut sending = Sending::default();
        assert_eq!(sending.measure(start, 5_000), None);
        assert_eq!(sending.measure(start + SECOND, 130_000), Some(Bitrate::kbps(1_000)));
        assert_eq!(sending.measure(start + SECOND + SPAN / 2, 500_000), Some(Bitrate::kbps(1_000)));
        assert_eq!(sending.measure(start + 2 * SECOND, 10), Some(Bitrate::bps(0)));
    }

    #[test]
    fn a_fall_that_comes_too_soon_counts_when_it_is_said_again() {
        let (start, sent) = (Instant::now(), Bitrate::kbps(3_000));
        let mut budget = Budget::new();
        for (second, kbps) in [(0, 2_000), (1, 1_000), (2, 500)] {
            budget.estimated(start + second * SECOND, Bitrate::kbps(kbps), sent);
        }
        assert_eq!(budget.limit(), Some(Bitrate::kbps(1_000)));
        budget.estimated(start + 3 * SECOND, Bitrate::kbps(500), sent);
        assert_eq!(budget.limit(), Some(Bitrate::kbps(500)));
        // Little by little is a fall too.
        for (second, kbps) in [(6, 480), (7, 460), (8, 440)] {
            budget.estimated(start + second * SECOND, Bitrate::kbps(kbps), sent);
        }
        assert_eq!(budget.limit(), Some(Bitrate::kbps(440)));
    }

    #[test]
    fn a_fall_right_after_growth_counts_and_above_what_is_carried_nothing_grows() {
        let start = Instant::now();
        let mut budget = Budget { limit: Some(Bitrate::kbps(1_000)), ..Budget::new() };
        let (wanted, sent) = (Bitrate::kbps(3_000), Bitrate::kbps(1_200));
        budget.grow(start, wanted);
        budget.estimated(start, Bitrate::kbps(1_500), sent);
        budget.grow(start + PATIENCE, wanted);
        assert_eq!(budget.limit(), Some(Bitrate::kbps(1_250)));
        let later = start + PATIENCE + SECOND;
        budget.estimated(later, Bitrate::kbps(900), sent);
        assert_eq!(budget.limit(), Some(Bitrate::kbps(900)));
        for round in 1..4 {
            budget.estimated(later + round * PATIENCE, Bitrate::kbps(900), sent);
            budget.grow(later + round * PATIENCE, wanted);
        }
        assert_eq!(budget.limit(), Some(Bitrate::kbps(900)), "more than that is sent already");
        budget.estimated(later + 4 * PATIENCE, sent, sent);
        budget.grow(later + 4 * PATIENCE, wanted);
        assert_eq!(budget.limit(), Some(Bitrate::kbps(1_125)));
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
