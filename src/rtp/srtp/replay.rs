//! Which packets were taken before (RFC 3711 section 3.3.2).

/// Indices behind the highest that are told apart; older ones are refused. The standard wants
/// 64 at least; 128 packets are 1.3 s of the shortest.
const WINDOW: u64 = 128;

/// The last indices of one source.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ReplayWindow {
    highest: u64,
    /// Bit n: the index n behind the highest was taken.
    taken: u128,
}

impl ReplayWindow {
    /// Whether a packet of this index may be taken.
    pub(super) const fn admits(&self, index: u64) -> bool {
        if self.taken == 0 || index > self.highest {
            return true;
        }
        let behind = self.highest - index;
        behind < WINDOW && self.taken & (1 << behind) == 0
    }

    /// Takes a packet that turned out to be authentic.
    pub(super) const fn take(&mut self, index: u64) {
        if self.taken == 0 || index > self.highest {
            let ahead = index.saturating_sub(self.highest);
            self.taken = if ahead < WINDOW { self.taken << ahead } else { 0 } | 1;
            self.highest = index;
        } else if self.highest - index < WINDOW {
            self.taken |= 1 << (self.highest - index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    proptest! {
        #[test]
        fn an_index_is_admitted_once_and_only_near_the_highest(
            indices in prop::collection::vec(1_000u64..1_600, 1..600)
        ) {
            let mut window = ReplayWindow::default();
            let (mut taken, mut highest) = (HashSet::new(), 0);
            for index in indices {
                let fresh = !taken.contains(&index) && (index > highest || highest - index < WINDOW);
                prop_assert_eq!(window.admits(index), fresh);
                if fresh {
                    window.take(index);
                    taken.insert(index);
                    highest = highest.max(index);
                }
            }
        }
    }
}
