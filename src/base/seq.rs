//! RTP sequence numbers, extended beyond their 16 bits (RFC 3550 appendix A.1).

/// A sequence number counted on beyond its wrap. The lower 16 bits are what the wire carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExtendedSeq(pub u64);

impl ExtendedSeq {
    /// What the wire carries.
    pub const fn wire(self) -> u16 {
        self.0 as u16
    }

    /// The roll-over counter (RFC 3711 section 3.3.1).
    pub const fn roll_over(self) -> u32 {
        (self.0 >> 16) as u32
    }
}

/// Guesses the roll-overs of a sequence number from the highest one seen.
#[derive(Clone, Copy, Debug, Default)]
pub struct SeqExtender {
    highest: Option<u64>,
}

/// The first roll-over counter: above zero, so that a packet from before the first one seen
/// has a number too.
const FIRST_CYCLE: u64 = 1 << 16;

impl SeqExtender {
    /// An extender that has seen nothing.
    pub const fn new() -> Self {
        Self { highest: None }
    }

    /// An extender that continues after `highest`.
    pub const fn after(highest: ExtendedSeq) -> Self {
        Self { highest: Some(highest.0) }
    }

    /// The extended number that is nearest to the highest one seen. Does not remember it.
    pub fn guess(&self, seq: u16) -> ExtendedSeq {
        let Some(highest) = self.highest else {
            return ExtendedSeq(FIRST_CYCLE | u64::from(seq));
        };
        let ahead = seq.wrapping_sub(highest as u16) as i16;
        ExtendedSeq(highest.saturating_add_signed(i64::from(ahead)))
    }

    /// Remembers a number that turned out to be genuine.
    pub fn accept(&mut self, seq: ExtendedSeq) {
        if self.highest.is_none_or(|highest| seq.0 > highest) {
            self.highest = Some(seq.0);
        }
    }

    /// [`Self::guess`], then [`Self::accept`].
    pub fn extend(&mut self, seq: u16) -> ExtendedSeq {
        let extended = self.guess(seq);
        self.accept(extended);
        extended
    }

    /// The highest number accepted.
    pub fn highest(&self) -> Option<ExtendedSeq> {
        self.highest.map(ExtendedSeq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wraps_forward_and_back() {
        let mut extender = SeqExtender::new();
        let first = extender.extend(65_534);
        assert_eq!(extender.extend(1).0, first.0 + 3);
        assert_eq!(extender.extend(65_535).0, first.0 + 1, "a late packet belongs before the wrap");
        assert_eq!(extender.extend(2).0, first.0 + 4);
        assert_eq!(first.roll_over() + 1, extender.extend(3).roll_over());
    }

    proptest! {
        #[test]
        fn steps_below_half_the_range_are_followed(start: u16, steps in prop::collection::vec(-1000i64..1000, 1..200)) {
            let mut extender = SeqExtender::new();
            let mut truth = extender.extend(start).0;
            for step in steps {
                let next = truth.saturating_add_signed(step);
                let got = extender.extend(next as u16);
                prop_assert_eq!(got.0, next);
                truth = truth.max(next);
            }
        }
    }
}
