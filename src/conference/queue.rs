//! The order of those who wait, and the places of those who hung up while waiting.

use crate::CallerKey;
use crate::policy::PLACE_KEPT;
use causeway_base::ParticipantId;
use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

/// Places kept at once: as many as wait in a large conference. Beyond it the oldest is lost,
/// and its caller stands at the end when it comes back.
pub(crate) const MAX_KEPT_PLACES: usize = 1000;

/// The order in which somebody came. A smaller one comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ticket(u64);

/// How somebody came into the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entered {
    /// At the end, or with a place that it has already.
    InTurn,
    /// At the place that it had before it hung up.
    AtKeptPlace,
}

#[derive(Debug)]
struct Place {
    ticket: Ticket,
    caller: Option<CallerKey>,
}

#[derive(Debug)]
struct Kept {
    caller: CallerKey,
    ticket: Ticket,
    until: Instant,
}

/// Who waits, by arrival. Knows no roles and lets nobody in.
#[derive(Debug, Default)]
pub(crate) struct WaitingQueue {
    order: BTreeMap<Ticket, ParticipantId>,
    places: BTreeMap<ParticipantId, Place>,
    /// One a caller, oldest first.
    kept: VecDeque<Kept>,
    last: u64,
}

impl WaitingQueue {
    /// Somebody begins to wait. A kept place is given to one alone.
    pub(crate) fn enter(
        &mut self,
        now: Instant,
        who: ParticipantId,
        caller: Option<CallerKey>,
    ) -> Entered {
        if self.places.contains_key(&who) {
            return Entered::InTurn;
        }
        let kept = caller.and_then(|caller| self.take_kept(now, caller));
        let ticket = kept.unwrap_or_else(|| {
            self.last += 1;
            Ticket(self.last)
        });
        self.order.insert(ticket, who);
        self.places.insert(who, Place { ticket, caller });
        if kept.is_some() { Entered::AtKeptPlace } else { Entered::InTurn }
    }

    /// Somebody waits no longer.
    pub(crate) fn leave(&mut self, who: ParticipantId) {
        if let Some(place) = self.places.remove(&who) {
            self.order.remove(&place.ticket);
        }
    }

    /// Somebody hung up while waiting: the place is kept for who calls again. Who called again
    /// before the end of the first call was noticed, and waits further behind, gets it now.
    pub(crate) fn hang_up(&mut self, now: Instant, who: ParticipantId) {
        let Some(place) = self.places.remove(&who) else { return };
        self.order.remove(&place.ticket);
        let Some(caller) = place.caller else { return };
        let again = self
            .places
            .iter_mut()
            .filter(|(_, other)| other.caller == Some(caller) && other.ticket > place.ticket)
            .min_by_key(|(_, other)| other.ticket);
        if let Some((again, other)) = again {
            self.order.remove(&other.ticket);
            other.ticket = place.ticket;
            self.order.insert(place.ticket, *again);
            return;
        }
        self.keep(now, caller, place.ticket);
    }

    fn keep(&mut self, now: Instant, caller: CallerKey, ticket: Ticket) {
        let ticket = self.take_kept(now, caller).map_or(ticket, |earlier| earlier.min(ticket));
        if self.kept.len() >= MAX_KEPT_PLACES {
            self.kept.pop_front();
        }
        self.kept.push_back(Kept { caller, ticket, until: now + PLACE_KEPT });
    }

    /// Until when a place is kept for somebody.
    pub(crate) fn kept_until(&self) -> Option<Instant> {
        self.kept.back().map(|kept| kept.until)
    }

    fn take_kept(&mut self, now: Instant, caller: CallerKey) -> Option<Ticket> {
        while self.kept.front().is_some_and(|kept| now >= kept.until) {
            self.kept.pop_front();
        }
        let at = self.kept.iter().position(|kept| kept.caller == caller)?;
        self.kept.remove(at).map(|kept| kept.ticket)
    }

    /// Who waits, first come first, with the places from 1.
    pub(crate) fn places(&self) -> impl Iterator<Item = (usize, ParticipantId)> {
        self.order.values().enumerate().map(|(before, who)| (before + 1, *who))
    }

    /// The place of one, from 1.
    pub(crate) fn place(&self, who: ParticipantId) -> Option<usize> {
        let place = self.places.get(&who)?;
        Some(self.order.range(..=place.ticket).count())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_base::ParticipantId as P;
    use std::time::Duration;

    // The clock of the tests starts anywhere; only differences count.
    #[allow(clippy::disallowed_methods)]
    fn start() -> Instant {
        Instant::now()
    }

    fn order(queue: &WaitingQueue) -> Vec<u64> {
        queue.places().map(|(_, who)| who.0).collect()
    }

    #[test]
    fn a_kept_place_is_given_once() {
        let (t, mut queue) = (start(), WaitingQueue::default());
        for id in 1..=3 {
            queue.enter(t, P(id), Some(CallerKey(id)));
        }
        queue.hang_up(t, P(1));
        assert_eq!(order(&queue), [2, 3]);
        assert_eq!(queue.enter(t, P(4), Some(CallerKey(1))), Entered::AtKeptPlace);
        assert_eq!(queue.enter(t, P(5), Some(CallerKey(1))), Entered::InTurn);
        assert_eq!(order(&queue), [4, 2, 3, 5]);
        assert_eq!(
            (queue.place(P(4)), queue.place(P(5)), queue.place(P(1))),
            (Some(1), Some(4), None)
        );
    }

    #[test]
    fn a_place_is_kept_for_its_time_and_for_its_caller() {
        let (t, mut queue) = (start(), WaitingQueue::default());
        queue.enter(t, P(1), Some(CallerKey(1)));
        queue.enter(t, P(2), None);
        queue.hang_up(t, P(1));
        queue.hang_up(t, P(2));
        assert_eq!(queue.enter(t + PLACE_KEPT, P(3), Some(CallerKey(1))), Entered::InTurn);
        assert_eq!(queue.enter(t, P(4), None), Entered::InTurn);
    }

    #[test]
    fn who_calls_again_before_the_first_call_is_seen_to_end_moves_up_then() {
        let (t, mut queue) = (start(), WaitingQueue::default());
        queue.enter(t, P(1), Some(CallerKey(1)));
        queue.enter(t, P(2), Some(CallerKey(2)));
        queue.enter(t + Duration::from_secs(9), P(3), Some(CallerKey(1)));
        assert_eq!(order(&queue), [1, 2, 3]);
        queue.hang_up(t + Duration::from_secs(32), P(1));
        assert_eq!(order(&queue), [3, 2]);
        let later = t + Duration::from_secs(33);
        assert_eq!(queue.enter(later, P(4), Some(CallerKey(1))), Entered::InTurn);
    }

    #[test]
    fn the_table_of_kept_places_is_bounded() {
        let (t, mut queue) = (start(), WaitingQueue::default());
        for id in 0..2 * MAX_KEPT_PLACES as u64 {
            queue.enter(t, P(id), Some(CallerKey(id)));
            queue.hang_up(t, P(id));
        }
        assert_eq!(queue.kept.len(), MAX_KEPT_PLACES);
        assert_eq!(queue.enter(t, P(1), Some(CallerKey(0))), Entered::InTurn, "the oldest is lost");
    }
}
