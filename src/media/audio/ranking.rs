//! Who is mixed: the loudest of all who speak, without flapping between them.

use causeway_base::LegId;

use super::level::{Activity, Level};
use super::mixer::Ramp;

/// The most talkers that a ranking can hold.
pub const MAX_TALKERS: usize = 8;

/// A challenger must be louder than a talker by this much.
const HYSTERESIS_DB: f32 = 6.0;

/// A new talker is not challenged at all for this long.
const TENURE_MS: u32 = 400;

/// A leg that might be mixed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// The leg.
    pub leg: LegId,
    /// Its level for ranking: [`Activity::level`].
    pub level: Level,
    /// Whether it speaks: [`Activity::is_active`]. Who does not is never picked.
    pub active: bool,
}

impl Candidate {
    /// Of a leg's activity.
    pub fn new(leg: LegId, activity: &Activity) -> Self {
        Self { leg, level: activity.level(), active: activity.is_active() }
    }
}

/// A leg to mix now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Talker {
    /// The leg.
    pub leg: LegId,
    /// How it enters or leaves. A leg with [`Ramp::Out`] is mixed once more, fading.
    pub ramp: Ramp,
}

/// Picks the talkers of one conference.
#[derive(Clone, Debug)]
pub struct Ranking {
    max: usize,
    held: Vec<Held>,
    talkers: Vec<Talker>,
}

#[derive(Clone, Copy, Debug)]
struct Held {
    leg: LegId,
    tenure_ms: u32,
}

#[derive(Clone, Copy)]
struct Scored {
    leg: LegId,
    score: f32,
}

impl Ranking {
    /// For up to `max` talkers at once, which is brought to 1..=[`MAX_TALKERS`].
    pub fn new(max: usize) -> Self {
        Self {
            max: max.clamp(1, MAX_TALKERS),
            held: Vec::with_capacity(MAX_TALKERS),
            talkers: Vec::with_capacity(2 * MAX_TALKERS),
        }
    }

    /// Changes how many are picked, from the next update on.
    pub fn set_max(&mut self, max: usize) {
        self.max = max.clamp(1, MAX_TALKERS);
    }

    /// Ranks all candidates; `ms` milliseconds passed since the last time. Returns the talkers
    /// in a stable order, those who just left at the end. Costs one pass; does not allocate.
    pub fn update(
        &mut self,
        candidates: impl IntoIterator<Item = Candidate>,
        ms: u32,
    ) -> &[Talker] {
        let mut best = [const { None::<Scored> }; MAX_TALKERS];
        for candidate in candidates.into_iter().filter(|candidate| candidate.active) {
            let score = candidate.level.dbov() + self.advantage(candidate.leg);
            insert(&mut best[..self.max], Scored { leg: candidate.leg, score });
        }
        let picked = |leg: LegId| best.iter().flatten().any(|scored| scored.leg == leg);

        self.talkers.clear();
        for held in &mut self.held {
            held.tenure_ms = held.tenure_ms.saturating_add(ms);
            if picked(held.leg) {
                self.talkers.push(Talker { leg: held.leg, ramp: Ramp::Steady });
            }
        }
        for scored in best.iter().flatten() {
            if !self.held.iter().any(|held| held.leg == scored.leg) {
                self.talkers.push(Talker { leg: scored.leg, ramp: Ramp::In });
            }
        }
        let stayed = self.talkers.len();
        for held in self.held.iter().filter(|held| !picked(held.leg)) {
            self.talkers.push(Talker { leg: held.leg, ramp: Ramp::Out });
        }
        self.held.retain(|held| picked(held.leg));
        let entered = self.talkers[..stayed].iter().filter(|talker| talker.ramp == Ramp::In);
        self.held.extend(entered.map(|talker| Held { leg: talker.leg, tenure_ms: 0 }));
        &self.talkers
    }

    /// The result of the last update.
    pub fn talkers(&self) -> &[Talker] {
        &self.talkers
    }
}

impl Ranking {
    /// The decibels by which a talker of now is ahead.
    fn advantage(&self, leg: LegId) -> f32 {
        match self.held.iter().find(|held| held.leg == leg) {
            None => 0.0,
            Some(held) if held.tenure_ms < TENURE_MS => 200.0,
            Some(_) => HYSTERESIS_DB,
        }
    }
}

/// Keeps the best in falling order; among equals the earlier one.
fn insert(best: &mut [Option<Scored>], mut new: Scored) {
    for slot in best {
        match slot {
            None => {
                *slot = Some(new);
                return;
            }
            Some(old) if new.score > old.score => std::mem::swap(old, &mut new),
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(leg: u64, dbov: f32) -> Candidate {
        Candidate { leg: LegId(leg), level: Level::from_dbov(dbov), active: dbov > -55.0 }
    }

    fn legs(talkers: &[Talker], ramp: Ramp) -> Vec<u64> {
        talkers.iter().filter(|talker| talker.ramp == ramp).map(|talker| talker.leg.0).collect()
    }

    #[test]
    fn the_loudest_are_picked_and_noise_is_not() {
        let mut ranking = Ranking::new(4);
        let all = (0..300).map(|leg| {
            candidate(leg, if leg % 60 == 7 { -20.0 - leg as f32 / 60.0 } else { -64.0 })
        });
        let talkers = ranking.update(all, 20);
        assert_eq!(legs(talkers, Ramp::In), [7, 67, 127, 187]);
    }

    #[test]
    fn a_talker_is_replaced_by_a_clearly_louder_one_only() {
        let mut ranking = Ranking::new(1);
        ranking.update([candidate(1, -30.0)], 20);
        for _ in 0..50 {
            let talkers = ranking.update([candidate(1, -30.0), candidate(2, -26.0)], 20);
            assert_eq!(legs(talkers, Ramp::Steady), [1]);
        }
        let talkers = ranking.update([candidate(1, -30.0), candidate(2, -20.0)], 20);
        assert_eq!((legs(talkers, Ramp::In), legs(talkers, Ramp::Out)), (vec![2], vec![1]));
        let talkers = ranking.update([candidate(1, -10.0), candidate(2, -20.0)], 20);
        assert_eq!(legs(talkers, Ramp::Steady), [2], "a new talker has its first words");
        let talkers = ranking.update([candidate(2, -70.0)], 20);
        assert_eq!(legs(talkers, Ramp::Out), [2], "who falls silent makes room at once");
        assert!(ranking.update([], 20).is_empty());
    }

    #[test]
    fn voices_of_equal_loudness_do_not_flap() {
        let mut ranking = Ranking::new(2);
        let mut changes = 0;
        for tick in 0..500u64 {
            let wobble = |leg: u64| ((tick * 7 + leg * 13) % 11) as f32 - 5.0;
            let all = (0..6).map(|leg| candidate(leg, -30.0 + wobble(leg) / 2.0));
            changes += legs(ranking.update(all, 20), Ramp::In).len();
        }
        assert_eq!(changes, 2);
    }
}
