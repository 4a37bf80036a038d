//! By what means to ask a sender for a full picture, and when: a ladder, because there are
//! devices that ignore each of its rungs.

use std::time::{Duration, Instant};

/// A picture that did not come so long after it was asked for is asked for again, by the next
/// means.
pub const REPEAT: Duration = Duration::from_secs(2);

/// Requests are at least so far apart: each costs the sender a large frame.
pub const MIN_GAP: Duration = Duration::from_secs(1);

/// A means to ask for a full picture. In the order of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyFrameMethod {
    /// RTCP picture loss indication (RFC 4585 section 6.3.1).
    Pli,
    /// RTCP full intra request (RFC 5104 section 3.5.1).
    Fir,
    /// SIP INFO with `media_control` (RFC 5168).
    Info,
}

impl KeyFrameMethod {
    /// All of them, the best first.
    pub const ALL: [KeyFrameMethod; 3] =
        [KeyFrameMethod::Pli, KeyFrameMethod::Fir, KeyFrameMethod::Info];
}

/// How often each means was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Picture loss indications.
    pub pli: u64,
    /// Full intra requests.
    pub fir: u64,
    /// SIP INFO.
    pub info: u64,
}

/// The means that a peer offers, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ladder {
    offered: [bool; KeyFrameMethod::ALL.len()],
}

impl Ladder {
    fn offers(&self, method: KeyFrameMethod) -> bool {
        KeyFrameMethod::ALL
            .into_iter()
            .zip(self.offered)
            .any(|(known, offered)| known == method && offered)
    }

    /// The means after `last`: the next that is offered, and the first again after the last.
    fn after(&self, last: Option<KeyFrameMethod>) -> Option<KeyFrameMethod> {
        let offered = || KeyFrameMethod::ALL.into_iter().filter(|method| self.offers(*method));
        offered().find(|method| last.is_none_or(|last| *method > last)).or_else(|| offered().next())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Pictures come.
    Content,
    /// One is needed, and not asked for yet.
    Wanted { since: Instant },
    /// One was asked for.
    Asked { since: Instant, at: Instant, by: KeyFrameMethod },
}

/// The requests for full pictures of one stream, and of those that come in its place.
#[derive(Clone, Copy, Debug)]
pub struct KeyFrameRequests {
    ladder: Ladder,
    state: State,
    last_sent: Option<Instant>,
    fir_sequence: u8,
    counts: Counts,
}

impl KeyFrameRequests {
    /// Requests by the means that the peer offers; without any, none is ever sent.
    pub fn new(offered: &[KeyFrameMethod]) -> Self {
        Self {
            ladder: Ladder { offered: KeyFrameMethod::ALL.map(|method| offered.contains(&method)) },
            state: State::Content,
            last_sent: None,
            fir_sequence: 0,
            counts: Counts::default(),
        }
    }

    /// Another stream of the same peer begins, which offers these means. Numbers, counts and the
    /// time of the last request go on: to the peer it is one receiver.
    pub fn begin(&mut self, offered: &[KeyFrameMethod]) {
        *self = Self {
            last_sent: self.last_sent,
            fir_sequence: self.fir_sequence,
            counts: self.counts,
            ..Self::new(offered)
        };
    }

    /// A picture is needed: at the beginning, after a loss, for a new viewer. Asking again while
    /// one is on its way changes nothing.
    pub const fn wanted(&mut self, now: Instant) {
        if matches!(self.state, State::Content) {
            self.state = State::Wanted { since: now };
        }
    }

    /// A full picture came.
    pub const fn arrived(&mut self) {
        self.state = State::Content;
    }

    /// The means by which to ask now, if it is time to.
    pub fn poll(&mut self, now: Instant) -> Option<KeyFrameMethod> {
        if self.deadline().is_none_or(|due| now < due) {
            return None;
        }
        let (since, last) = match self.state {
            State::Content => return None,
            State::Wanted { since } => (since, None),
            State::Asked { since, by, .. } => (since, Some(by)),
        };
        let method = self.ladder.after(last)?;
        match method {
            KeyFrameMethod::Pli => self.counts.pli += 1,
            KeyFrameMethod::Fir => {
                self.counts.fir += 1;
                // A repetition of the same request keeps its number (RFC 5104 section 4.3.1.1);
                // but who ignored the first would ignore its repetition too.
                self.fir_sequence = self.fir_sequence.wrapping_add(1);
            }
            KeyFrameMethod::Info => self.counts.info += 1,
        }
        self.state = State::Asked { since, at: now, by: method };
        self.last_sent = Some(now);
        Some(method)
    }

    /// When [`Self::poll`] asks next.
    pub fn deadline(&self) -> Option<Instant> {
        self.ladder.after(None)?;
        match self.state {
            State::Content => None,
            State::Wanted { since } => {
                Some(self.last_sent.map_or(since, |last| since.max(last + MIN_GAP)))
            }
            State::Asked { at, .. } => Some(at + REPEAT),
        }
    }

    /// The number of the last full intra request.
    pub const fn fir_sequence(&self) -> u8 {
        self.fir_sequence
    }

    /// Since when a picture is needed.
    pub const fn waiting_since(&self) -> Option<Instant> {
        match self.state {
            State::Content => None,
            State::Wanted { since } | State::Asked { since, .. } => Some(since),
        }
    }

    /// How often each means was used.
    pub const fn counts(&self) -> Counts {
        self.counts
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

    use super::*;
    use KeyFrameMethod::{Fir, Info, Pli};
    use proptest::prelude::*;

    #[test]
    fn numbers_and_the_gap_go_on_when_another_stream_begins() {
        let start = Instant::now();
        let mut requests = KeyFrameRequests::new(&[Fir]);
        requests.wanted(start);
        assert_eq!(requests.poll(start), Some(Fir));
        let first = requests.fir_sequence();
        requests.begin(&[Fir]);
        let soon = start + MIN_GAP / 2;
        assert_eq!(requests.poll(soon), None, "nobody wants one");
        requests.wanted(soon);
        assert_eq!(requests.poll(soon), None);
        assert_eq!(requests.poll(start + MIN_GAP), Some(Fir));
        assert_ne!(requests.fir_sequence(), first);
        assert_eq!(requests.counts().fir, 2);
    }

    const MS: Duration = Duration::from_millis(1);

    /// What is asked in `seconds` in which nothing comes: tenths of a second, and the means.
    fn asked(
        requests: &mut KeyFrameRequests,
        start: Instant,
        seconds: u32,
    ) -> Vec<(u32, KeyFrameMethod)> {
        (0..seconds * 10)
            .filter_map(|tenth| Some((tenth, requests.poll(start + tenth * 100 * MS)?)))
            .collect()
    }

    #[test]
    fn each_rung_is_tried_every_two_seconds_until_a_picture_comes() {
        let start = Instant::now();
        let mut requests = KeyFrameRequests::new(&[Info, Pli, Fir]);
        assert_eq!(asked(&mut requests, start, 1), [], "nothing is wanted");
        requests.wanted(start);
        let all = [(0, Pli), (20, Fir), (40, Info), (60, Pli), (80, Fir)];
        assert_eq!(asked(&mut requests, start, 10), all);
        assert_eq!(requests.fir_sequence(), 2);
        assert_eq!(requests.waiting_since(), Some(start));
        requests.arrived();
        assert_eq!(asked(&mut requests, start + 10_000 * MS, 10), []);
        assert_eq!(requests.counts(), Counts { pli: 2, fir: 2, info: 1 });
    }

    #[test]
    fn only_what_the_peer_offers_is_used() {
        let start = Instant::now();
        for (offered, used) in [
            (vec![Fir], vec![(0, Fir), (20, Fir)]),
            (vec![Pli, Info], vec![(0, Pli), (20, Info)]),
            (vec![], vec![]),
        ] {
            let mut requests = KeyFrameRequests::new(&offered);
            requests.wanted(start);
            assert_eq!(asked(&mut requests, start, 4), used);
        }
    }

    #[test]
    fn a_picture_that_breaks_at_once_is_asked_for_after_a_second() {
        let start = Instant::now();
        let mut requests = KeyFrameRequests::new(&KeyFrameMethod::ALL);
        requests.wanted(start);
        assert_eq!(requests.poll(start), Some(Pli));
        requests.arrived();
        requests.wanted(start + 100 * MS);
        assert_eq!(requests.deadline(), Some(start + MIN_GAP));
        assert_eq!(requests.poll(start + 999 * MS), None);
        assert_eq!(requests.poll(start + 1_000 * MS), Some(Pli), "the ladder begins anew");
    }

    proptest! {
        #[test]
        fn never_more_than_one_a_second(steps in prop::collection::vec((0u8..4, 0u32..700), 1..300)) {
            let mut now = Instant::now();
            let mut requests = KeyFrameRequests::new(&KeyFrameMethod::ALL);
            let mut last: Option<Instant> = None;
            for (operation, wait) in steps {
                now += wait * MS;
                match operation {
                    0 => requests.wanted(now),
                    1 => requests.arrived(),
                    _ => if requests.poll(now).is_some() {
                        prop_assert!(last.is_none_or(|last| now - last >= MIN_GAP));
                        last = Some(now);
                    },
                }
                prop_assert_eq!(requests.deadline().is_some(), requests.waiting_since().is_some());
            }
        }
    }
}
