//! Answers to our challenges that were seen before.

use std::collections::{BTreeMap, HashMap};

/// Nonces whose use is remembered: 1,000 devices that register at once, and 200 calls a second
/// for a nonce's minute, several times over; some 6 MB. Only right passwords fill it.
const MAX_NONCES: usize = 65_536;

/// Bytes of a request's fingerprint.
pub(crate) const FINGERPRINT: usize = 16;

/// How a nonce was used last.
#[derive(Clone, Copy, Debug)]
struct Used {
    /// Its nonce count.
    count: u32,
    /// The request that it came in.
    fingerprint: [u8; FINGERPRINT],
}

/// The nonces in use, by the second in which they were made: their count must grow (RFC 7616
/// section 3.4.6).
#[derive(Debug, Default)]
pub(crate) struct Replays {
    by_time: BTreeMap<u32, HashMap<Vec<u8>, Used>>,
    kept: usize,
    /// Nonces of this second or older that are not remembered may have been used.
    forgotten: Option<u32>,
}

impl Replays {
    /// Notes the use of a nonce made at `seconds`. Says whether it is fresh: a count above the
    /// last one, or the very same request once more, which is a retransmission.
    pub(crate) fn use_once(
        &mut self,
        seconds: u32,
        nonce: &[u8],
        count: u32,
        fingerprint: [u8; FINGERPRINT],
    ) -> bool {
        let known = self.by_time.get_mut(&seconds).and_then(|nonces| nonces.get_mut(nonce));
        if let Some(used) = known {
            let fresh = count > used.count || fingerprint == used.fingerprint;
            if count > used.count {
                *used = Used { count, fingerprint };
            }
            return fresh;
        }
        if self.forgotten.is_some_and(|forgotten| seconds <= forgotten) {
            return false;
        }
        let used = Used { count, fingerprint };
        self.by_time.entry(seconds).or_default().insert(nonce.to_vec(), used);
        self.kept += 1;
        while self.kept > MAX_NONCES {
            self.forget_oldest();
        }
        true
    }

    /// Forgets the nonces made before `seconds`, which are of no use any more.
    pub(crate) fn expire(&mut self, seconds: u32) {
        while self.by_time.first_key_value().is_some_and(|(oldest, _)| *oldest < seconds) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some((seconds, nonces)) = self.by_time.pop_first() else { return };
        self.kept -= nonces.len();
        self.forgotten = Some(self.forgotten.map_or(seconds, |last| last.max(seconds)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_must_grow_and_the_same_request_may_come_again() {
        let mut replays = Replays::default();
        assert!(replays.use_once(5, b"n", 1, [1; FINGERPRINT]));
        assert!(replays.use_once(5, b"n", 1, [1; FINGERPRINT]), "a retransmission");
        assert!(!replays.use_once(5, b"n", 1, [2; FINGERPRINT]), "another request");
        assert!(replays.use_once(5, b"n", 3, [2; FINGERPRINT]));
        assert!(!replays.use_once(5, b"n", 2, [3; FINGERPRINT]));
    }

    #[test]
    fn what_is_forgotten_counts_as_used() {
        let mut replays = Replays::default();
        for n in 0..=MAX_NONCES {
            let seconds = u32::try_from(n / 1_000).unwrap();
            assert!(replays.use_once(seconds, &n.to_be_bytes(), 1, [0; FINGERPRINT]));
        }
        assert!(replays.kept <= MAX_NONCES);
        assert!(!replays.use_once(0, &0_usize.to_be_bytes(), 2, [1; FINGERPRINT]));
        replays.expire(60);
        assert!(!replays.use_once(59, b"new", 1, [1; FINGERPRINT]));
        assert!(replays.use_once(70, b"new", 1, [1; FINGERPRINT]));
    }
}
