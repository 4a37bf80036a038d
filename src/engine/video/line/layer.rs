//! Which size of a camera is taken, where a browser sends several at once (simulcast). Nobody says
//! how large each is, but the larger one takes more bytes.

use causeway_base::Bitrate;
use causeway_plan::webrtc::MAX_RIDS;
use std::time::{Duration, Instant};

/// Bytes are counted over this long.
const SPAN: Duration = Duration::from_secs(1);

/// A full picture of a size is asked for again after so long.
const REPEAT: Duration = Duration::from_secs(1);

/// How much of a camera is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Detail {
    /// A tile of a strip.
    Small,
    /// A tile among others.
    Medium,
    /// All that it has.
    #[default]
    Large,
}

/// What comes of a camera in each of its sizes, from small to large.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// The places in simulcast and the rates; nothing where fewer come.
    coming: [Option<(usize, Bitrate)>; MAX_RIDS],
}

impl Sizes {
    /// One size.
    pub(crate) fn one(layer: usize, rate: Bitrate) -> Self {
        let mut sizes = Self::default();
        sizes.coming[0] = Some((layer, rate));
        sizes
    }

    /// Those that take so many bytes a span, by their places.
    fn of(bytes: &[usize; MAX_RIDS]) -> Self {
        let mut sizes = Self::default();
        let rate = |layer: usize| Bitrate::bps(bytes[layer] as u64 * 8 / SPAN.as_secs());
        for (slot, layer) in sizes.coming.iter_mut().zip(ascending(bytes)) {
            *slot = Some((layer, rate(layer)));
        }
        sizes
    }

    /// From small to large: the places, and what each takes.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, Bitrate)> + '_ {
        self.coming.iter().flatten().copied()
    }

    /// Those of them whose places are named.
    pub(crate) fn only(&self, keeps: impl Fn(usize) -> bool) -> Self {
        let mut sizes = Self::default();
        let kept = self.iter().filter(|(layer, _)| keeps(*layer));
        for (slot, size) in sizes.coming.iter_mut().zip(kept) {
            *slot = Some(size);
        }
        sizes
    }

    /// How far up of them this detail needs.
    pub(crate) fn step(&self, detail: Detail) -> usize {
        step(self.iter().count(), detail)
    }

    #[cfg(test)]
    pub(crate) fn from_rates(rates: &[u64]) -> Self {
        let mut sizes = Self::default();
        for (at, rate) in rates.iter().enumerate() {
            sizes.coming[at] = Some((at, Bitrate::kbps(*rate)));
        }
        sizes
    }
}

/// Bytes of a span, after one more. One that came with a full picture says little of what is to
/// come; one without anything says that nothing comes.
const fn of_late(before: usize, counted: usize) -> usize {
    if before == 0 || counted == 0 { counted } else { (3 * before + counted) / 4 }
}

/// The places of those that come, the smallest first.
fn ascending(bytes: &[usize; MAX_RIDS]) -> impl Iterator<Item = usize> {
    let mut coming: Vec<usize> = (0..MAX_RIDS).filter(|layer| bytes[*layer] > 0).collect();
    coming.sort_by_key(|layer| bytes[*layer]);
    coming.into_iter()
}

/// Which of so many sizes, from small to large.
const fn step(count: usize, detail: Detail) -> usize {
    let last = count.saturating_sub(1);
    match detail {
        Detail::Small => 0,
        Detail::Medium => last.div_ceil(2),
        Detail::Large => last,
    }
}

/// The sizes of one line.
#[derive(Debug, Default)]
pub(super) struct Layers {
    /// Bytes in the present span, and in a span of late.
    counted: [usize; MAX_RIDS],
    rates: [usize; MAX_RIDS],
    since: Option<Instant>,
    detail: Detail,
    /// And no more than this, however much is shown.
    most: Detail,
    present: usize,
    next: Option<Next>,
    /// Sizes beside the present one of which somebody needs a full picture, and when each was
    /// asked for last.
    needed: [bool; MAX_RIDS],
    asked: [Option<Instant>; MAX_RIDS],
}

/// A size that is waited for.
#[derive(Clone, Copy, Debug)]
struct Next {
    layer: usize,
    asked: Option<Instant>,
}

impl Layers {
    /// So much is wanted from now on.
    pub(super) fn want(&mut self, detail: Detail) {
        if std::mem::replace(&mut self.detail, detail) != detail {
            self.choose();
        }
    }

    /// There is time for no more than this.
    pub(super) const fn limit(&mut self, most: Detail) {
        self.most = most;
    }

    /// The size that is taken.
    pub(super) const fn present(&self) -> usize {
        self.present
    }

    /// A packet came. True where it is of the size that is taken; the next one is from its next
    /// full picture on, which `begins` says.
    pub(super) fn take(
        &mut self,
        now: Instant,
        layer: usize,
        bytes: usize,
        begins: impl FnOnce() -> bool,
    ) -> bool {
        if let Some(counted) = self.counted.get_mut(layer) {
            *counted += bytes;
        }
        let since = *self.since.get_or_insert(now);
        if now.saturating_duration_since(since) >= SPAN {
            self.since = Some(now);
            let counted = std::mem::take(&mut self.counted);
            for (rate, counted) in self.rates.iter_mut().zip(counted) {
                *rate = of_late(*rate, counted);
            }
            self.choose();
        }
        let is_next = self.next.is_some_and(|next| next.layer == layer);
        let is_needed = self.needed.get(layer).is_some_and(|needed| *needed);
        if (is_next || is_needed) && begins() {
            // Who asked for it while it was under way has it with that.
            if let Some(needed) = self.needed.get_mut(layer) {
                *needed = false;
            }
            if is_next {
                self.present = layer;
                self.next = None;
            }
        }
        layer == self.present
    }

    /// The size of which a full picture is to be asked for now.
    pub(super) fn ask(&mut self, now: Instant) -> Option<usize> {
        let is_due = |asked: Option<Instant>| {
            asked.is_none_or(|at| now.saturating_duration_since(at) >= REPEAT)
        };
        if let Some(next) = self.next.as_mut().filter(|next| is_due(next.asked)) {
            next.asked = Some(now);
            return Some(next.layer);
        }
        let due = |layer: &usize| self.needed[*layer] && is_due(self.asked[*layer]);
        let layer = (0..MAX_RIDS).find(due)?;
        (self.needed[layer], self.asked[layer]) = (false, Some(now));
        Some(layer)
    }

    /// Somebody needs a full picture of this size.
    pub(super) fn need(&mut self, layer: usize) {
        if let Some(needed) = self.needed.get_mut(layer) {
            *needed = true;
        }
    }

    /// What comes, once that is known.
    pub(super) fn sizes(&self) -> Sizes {
        Sizes::of(&self.rates)
    }

    /// Chooses among the sizes that come.
    fn choose(&mut self) {
        let coming: Vec<usize> = ascending(&self.rates).collect();
        let Some(&chosen) = coming.get(step(coming.len(), self.detail.min(self.most))) else {
            return;
        };
        if chosen == self.present {
            self.next = None;
        } else if self.next.is_none_or(|next| next.layer != chosen) {
            self.next = Some(Next { layer: chosen, asked: None });
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

    use super::*;

    /// A second of packets of so many bytes in each size; those that were taken, by size.
    fn pass(
        layers: &mut Layers,
        start: &mut Instant,
        bytes: [usize; 3],
        begins: bool,
    ) -> Vec<usize> {
        let mut taken = Vec::new();
        for _ in 0..=50 {
            *start += SPAN / 50;
            for (layer, bytes) in bytes.into_iter().enumerate() {
                if bytes > 0 && layers.take(*start, layer, bytes, || begins) {
                    taken.push(layer);
                }
            }
        }
        taken.dedup();
        taken
    }

    #[test]
    fn the_size_that_is_wanted_is_taken_from_its_full_picture_on() {
        let mut start = Instant::now();
        let mut layers = Layers::default();
        let bytes = [900, 100, 300];
        for (detail, layer) in [(Detail::Large, 0), (Detail::Small, 1), (Detail::Medium, 2)] {
            layers.want(detail);
            pass(&mut layers, &mut start, bytes, false);
            let asked = layers.ask(start);
            assert_eq!(asked, (layer != 0).then_some(layer));
            assert_eq!(layers.ask(start), None, "once a second");
            pass(&mut layers, &mut start, bytes, true);
            assert_eq!(layers.present(), layer);
        }
    }

    #[test]
    fn where_there_is_no_time_for_more_a_smaller_size_is_taken() {
        let mut start = Instant::now();
        let mut layers = Layers::default();
        for (most, layer) in [(Detail::Medium, 2), (Detail::Small, 1), (Detail::Large, 0)] {
            layers.limit(most);
            pass(&mut layers, &mut start, [900, 100, 300], true);
            assert_eq!(layers.present(), layer);
        }
    }

    #[test]
    fn a_full_picture_that_came_is_not_asked_for_again() {
        let mut start = Instant::now();
        let mut layers = Layers::default();
        pass(&mut layers, &mut start, [900, 100, 300], false);
        layers.need(1);
        assert_eq!(layers.ask(start), Some(1));
        // It is wanted until it is passed on.
        layers.need(1);
        assert!(!layers.take(start, 1, 100, || true));
        assert_eq!(layers.ask(start + 2 * REPEAT), None);
        layers.need(1);
        assert_eq!(layers.ask(start + 2 * REPEAT), Some(1));
    }

    #[test]
    fn one_full_picture_makes_a_size_little_dearer() {
        let mut start = Instant::now();
        let mut layers = Layers::default();
        let rate = |layers: &Layers| {
            layers.sizes().iter().find(|(layer, _)| *layer == 0).map(|(_, rate)| rate.as_bps())
        };
        for _ in 0..3 {
            pass(&mut layers, &mut start, [900, 100, 300], false);
        }
        let usual = rate(&layers).expect("it comes");
        // Half as much more, for one span.
        pass(&mut layers, &mut start, [1_350, 100, 300], true);
        pass(&mut layers, &mut start, [900, 100, 300], false);
        let after = rate(&layers).expect("it comes");
        assert!(after > usual && after * 100 <= usual * 115, "{usual} became {after}");
    }

    #[test]
    fn a_size_that_the_browser_gives_up_is_left() {
        let mut start = Instant::now();
        let mut layers = Layers::default();
        pass(&mut layers, &mut start, [900, 100, 0], true);
        assert_eq!(pass(&mut layers, &mut start, [900, 100, 0], true), [0]);
        for _ in 0..2 {
            pass(&mut layers, &mut start, [0, 100, 0], true);
        }
        assert_eq!(pass(&mut layers, &mut start, [0, 100, 0], true), [1]);
    }
}
