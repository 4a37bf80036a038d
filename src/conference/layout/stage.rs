//! Who is in which place of a picture.

use super::Layout;
use causeway_base::ParticipantId;
use causeway_plan::picture::Area;

/// Somebody in a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Who.
    pub participant: ParticipantId,
    /// Where.
    pub area: Area,
}

/// What is composed: people in places, and how many found none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// The people, who speaks first where the layout has a stage.
    pub people: Vec<Seen>,
    /// People with a picture of their own who are not in this one.
    pub more: usize,
}

impl Picture {
    /// Whether somebody is in it.
    pub fn shows(&self, participant: ParticipantId) -> bool {
        self.people.iter().any(|seen| seen.participant == participant)
    }
}

/// The pictures of one layout. Two at most serve everybody, whatever their number: nobody who
/// speaks wants to see themselves large.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pictures {
    /// For everybody but the one of `own`.
    pub common: Picture,
    /// For who is on the stage of the common one: without them.
    pub own: Option<(ParticipantId, Picture)>,
}

impl Pictures {
    /// What somebody sees.
    pub fn of(&self, participant: ParticipantId) -> &Picture {
        match &self.own {
            Some((on_stage, picture)) if *on_stage == participant => picture,
            _ => &self.common,
        }
    }
}

/// Those with a picture, in their places. Who speaks and has no place takes that of whoever was
/// silent the longest; otherwise nobody moves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    /// In the order of their places.
    seated: Vec<ParticipantId>,
    /// Those of them who spoke, the last first.
    spoke: Vec<ParticipantId>,
    /// Whom a host put on the stage for all.
    spotlight: Option<ParticipantId>,
}

impl Stage {
    /// Takes who has a picture now, in the order in which they came. Who was there keeps the
    /// place; who comes is last.
    pub fn seat(&mut self, shown: &[ParticipantId]) {
        let there = |who: &ParticipantId| shown.contains(who);
        self.seated.retain(there);
        self.spoke.retain(there);
        self.spotlight = self.spotlight.filter(there);
        for who in shown {
            if !self.seated.contains(who) {
                self.seated.push(*who);
            }
        }
    }

    /// Somebody became the active speaker. `places` of the layout hold the people of its first
    /// page.
    pub fn speaks(&mut self, participant: ParticipantId, places: usize) {
        let Some(at) = self.seated.iter().position(|who| *who == participant) else { return };
        self.spoke.retain(|who| *who != participant);
        self.spoke.insert(0, participant);
        if at >= places
            && let Some(silent) = self.longest_silent(places)
        {
            self.seated.swap(at, silent);
        }
    }

    /// Puts somebody on the stage for all, until taken back. Who has no picture is not put there.
    pub fn spotlight(&mut self, participant: Option<ParticipantId>) {
        self.spotlight = participant.filter(|who| self.seated.contains(who));
    }

    /// Whether somebody is on the stage for all.
    pub fn has_spotlight(&self) -> bool {
        self.spotlight.is_some()
    }

    /// Whether somebody has a picture.
    pub fn has(&self, participant: ParticipantId) -> bool {
        self.seated.contains(&participant)
    }

    /// How many pages a layout has, at least one.
    pub fn pages(&self, layout: &Layout) -> usize {
        match layout.has_stage() {
            true => 1,
            false => self.seated.len().div_ceil(layout.places().max(1)).max(1),
        }
    }

    /// How many with a picture are not in the one that somebody sees, as [`Self::pictures`] says,
    /// without composing it.
    pub fn more(
        &self,
        layout: &Layout,
        page: usize,
        pinned: Option<ParticipantId>,
        viewer: ParticipantId,
    ) -> usize {
        let (seated, places) = (self.seated.len(), layout.places().max(1));
        if !layout.has_stage() {
            let first = page.min(self.pages(layout) - 1) * places;
            return seated - places.min(seated - first);
        }
        let sees_no_self = seated > 1 && self.large(pinned) == Some(viewer);
        (seated - usize::from(sees_no_self)).saturating_sub(places)
    }

    /// The pictures of a layout. `page` counts from 0, where the layout has several; beyond the
    /// last it is the last. `pinned`, if seated, is on the stage whoever speaks.
    pub fn pictures(
        &self,
        layout: &Layout,
        page: usize,
        pinned: Option<ParticipantId>,
    ) -> Pictures {
        if !layout.has_stage() {
            return Pictures { common: self.page(layout, page), own: None };
        }
        let Some(large) = self.large(pinned) else { return Pictures::default() };
        let common = self.staged(layout, large, None);
        let own = self
            .foremost(Some(large))
            .map(|previous| (large, self.staged(layout, previous, Some(large))));
        Pictures { common, own }
    }

    /// Who is on the stage.
    fn large(&self, pinned: Option<ParticipantId>) -> Option<ParticipantId> {
        let pinned = pinned.filter(|who| self.has(*who)).or(self.spotlight);
        pinned.or_else(|| self.foremost(None))
    }

    /// Who spoke last, else who came first; never `without`.
    fn foremost(&self, without: Option<ParticipantId>) -> Option<ParticipantId> {
        let mut all = self.spoke.iter().chain(&self.seated).copied();
        all.find(|who| Some(*who) != without)
    }

    fn longest_silent(&self, places: usize) -> Option<usize> {
        let silence = |who: &ParticipantId| {
            self.spoke.iter().position(|spoke| spoke == who).unwrap_or(usize::MAX)
        };
        // Of those who never spoke, the last place gives way.
        (0..places.min(self.seated.len())).max_by_key(|at| (silence(&self.seated[*at]), *at))
    }

    fn staged(
        &self,
        layout: &Layout,
        large: ParticipantId,
        without: Option<ParticipantId>,
    ) -> Picture {
        let others = self.seated.iter().copied();
        let others = others.filter(|who| *who != large && Some(*who) != without);
        placed(layout, &[large].into_iter().chain(others).collect::<Vec<_>>())
    }

    fn page(&self, layout: &Layout, page: usize) -> Picture {
        let places = layout.places().max(1);
        let first = page.min(self.pages(layout) - 1) * places;
        let mut picture = placed(layout, &self.seated[first..]);
        picture.more = self.seated.len() - picture.people.len();
        picture
    }
}

fn placed(layout: &Layout, people: &[ParticipantId]) -> Picture {
    let areas = layout.areas(people.len());
    let more = people.len() - areas.len();
    let seen =
        |(participant, area): (&ParticipantId, Area)| Seen { participant: *participant, area };
    Picture { people: people.iter().zip(areas).map(seen).collect(), more }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{PAGE, STRIP};

    fn people(ids: impl IntoIterator<Item = u64>) -> Vec<ParticipantId> {
        ids.into_iter().map(ParticipantId).collect()
    }

    fn seen(picture: &Picture) -> Vec<u64> {
        picture.people.iter().map(|seen| seen.participant.0).collect()
    }

    fn stage(count: u64) -> Stage {
        let mut stage = Stage::default();
        stage.seat(&people(1..=count));
        stage
    }

    #[test]
    fn who_speaks_is_large_for_all_and_sees_the_one_before() {
        let mut stage = stage(4);
        stage.speaks(ParticipantId(2), 8);
        stage.speaks(ParticipantId(3), 8);
        let pictures = stage.pictures(&Layout::Speaker, 0, None);
        assert_eq!(seen(pictures.of(ParticipantId(1))), [3, 1, 2, 4]);
        assert_eq!(pictures.of(ParticipantId(1)), pictures.of(ParticipantId(4)), "two serve all");
        assert_eq!(seen(pictures.of(ParticipantId(3))), [2, 1, 4], "nobody sees themselves large");
        let single = stage.pictures(&Layout::Single, 0, None);
        assert_eq!((seen(&single.common), single.common.more), (vec![3], 3));
        assert_eq!(seen(single.of(ParticipantId(3))), [2]);
    }

    #[test]
    fn nobody_moves_who_need_not_when_somebody_speaks() {
        let places = 1 + STRIP;
        let mut stage = stage(12);
        let strip = |stage: &Stage| seen(&stage.pictures(&Layout::Speaker, 0, None).common);
        for speaker in [1, 2, 3, 4, 5, 6, 8] {
            stage.speaks(ParticipantId(speaker), places);
        }
        assert_eq!(strip(&stage), [8, 1, 2, 3, 4, 5, 6, 7]);
        stage.speaks(ParticipantId(12), places);
        assert_eq!(strip(&stage), [12, 1, 2, 3, 4, 5, 6, 8], "7 never spoke, and gave way");
        stage.speaks(ParticipantId(11), places);
        assert_eq!(strip(&stage), [11, 2, 3, 4, 5, 6, 12, 8], "then 1, who spoke first");
    }

    #[test]
    fn who_leaves_gives_the_place_to_the_next_and_who_returns_is_last() {
        let mut stage = stage(3);
        stage.speaks(ParticipantId(1), 8);
        stage.seat(&people([2, 3]));
        assert_eq!(seen(&stage.pictures(&Layout::Equal, 0, None).common), [2, 3]);
        stage.seat(&people([1, 2, 3]));
        assert_eq!(seen(&stage.pictures(&Layout::Equal, 0, None).common), [2, 3, 1]);
        assert_eq!(
            seen(&stage.pictures(&Layout::Single, 0, None).common),
            [2],
            "1 did not speak since"
        );
    }

    #[test]
    fn a_spotlight_stays_whoever_speaks_until_its_person_leaves() {
        let mut stage = stage(3);
        stage.spotlight(Some(ParticipantId(9)));
        stage.spotlight(Some(ParticipantId(2)));
        stage.speaks(ParticipantId(3), 8);
        let pictures = stage.pictures(&Layout::Speaker, 0, None);
        assert_eq!(seen(&pictures.common), [2, 1, 3]);
        assert_eq!(seen(pictures.of(ParticipantId(2))), [3, 1]);
        stage.seat(&people([1, 3]));
        assert_eq!(seen(&stage.pictures(&Layout::Speaker, 0, None).common), [3, 1]);
    }

    #[test]
    fn who_is_pinned_is_large_for_who_pinned_and_not_for_themselves() {
        let mut stage = stage(4);
        stage.spotlight(Some(ParticipantId(2)));
        let pinned = |who| stage.pictures(&Layout::Speaker, 0, Some(ParticipantId(who)));
        assert_eq!(seen(&pinned(3).common), [3, 1, 2, 4], "before a spotlight");
        assert_eq!(seen(pinned(3).of(ParticipantId(3))), [1, 2, 4]);
        assert_eq!(seen(&pinned(9).common), [2, 1, 3, 4], "nobody to pin");
    }

    #[test]
    fn equals_have_pages_and_the_last_stays() {
        let stage = stage(20);
        let page = |page| stage.pictures(&Layout::Equal, page, None).common;
        assert_eq!((seen(&page(0)).len(), page(0).more), (PAGE, 4));
        assert_eq!(seen(&page(1)), [17, 18, 19, 20]);
        assert_eq!((page(1).more, page(usize::MAX)), (16, page(1)));
        let pages = |layout| stage.pages(layout);
        assert_eq!((pages(&Layout::Equal), pages(&Layout::Speaker)), (2, 1));
        assert!(page(1).shows(ParticipantId(17)) && !page(1).shows(ParticipantId(16)));
    }

    #[test]
    fn an_empty_stage_shows_nobody_and_one_person_has_no_other_to_see() {
        let empty = Stage::default();
        for layout in [Layout::Single, Layout::Speaker, Layout::Equal, Layout::SideBySide] {
            assert_eq!(empty.pictures(&layout, 3, None), Pictures::default());
        }
        let alone = stage(1).pictures(&Layout::Speaker, 0, None);
        assert_eq!((seen(&alone.common), alone.own), (vec![1], None));
    }

    proptest::proptest! {
        #[test]
        fn everybody_is_shown_once_or_counted(
            count in 0u64..60,
            speeches in proptest::collection::vec(1u64..60, 0..40),
            gone in 0u64..60,
        ) {
            let mut stage = stage(count);
            for speaker in speeches {
                stage.speaks(ParticipantId(speaker), 8);
            }
            stage.seat(&people((1..=count).filter(|id| *id != gone)));
            let there = (1..=count).filter(|id| *id != gone).count();
            for layout in [Layout::Single, Layout::Speaker, Layout::Equal, Layout::SideBySide] {
                for viewer in (0..=count).map(ParticipantId) {
                    let pinned = Some(ParticipantId(gone / 2));
                    let counted = stage.more(&layout, 1, pinned, viewer);
                    let pictures = stage.pictures(&layout, 1, pinned);
                    proptest::prop_assert_eq!(counted, pictures.of(viewer).more);
                }
                let pictures = stage.pictures(&layout, 0, None);
                let mut ids = seen(&pictures.common);
                proptest::prop_assert_eq!(ids.len() + pictures.common.more, there);
                ids.sort_unstable();
                ids.dedup();
                proptest::prop_assert_eq!(ids.len(), pictures.common.people.len());
                if let Some((who, own)) = &pictures.own {
                    proptest::prop_assert!(!own.shows(*who));
                }
            }
        }
    }
}
