//! How many calls one source may make: a token bucket for each, in a table of bounded size.

use crate::Network;
use crate::network::customer;
use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Sources remembered: at 40 bytes each some 5 MB, and more than a scan from one provider has.
/// Beyond it the sources that were quiet longest are forgotten.
pub const MAX_SOURCES: usize = 65_536;

/// The rate of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateRule {
    /// Calls per second in the long run, at least 1.
    pub per_second: u32,
    /// Calls at once after a pause, at least 1.
    pub burst: u32,
    /// Sources without a limit.
    pub exempt: Vec<Network>,
}

/// Token buckets by source. Each is one instant, by the generic cell rate algorithm (ITU-T
/// I.371 annex A): when its bucket would be full again.
#[derive(Debug)]
pub struct RateLimit {
    rule: RateRule,
    interval: Duration,
    /// Sources seen lately, and before that. When the first is full it becomes the second.
    recent: HashMap<IpAddr, Instant>,
    before: HashMap<IpAddr, Instant>,
}

impl RateLimit {
    /// Buckets that are all full.
    pub fn new(rule: RateRule) -> Self {
        let interval = Duration::from_secs(1) / rule.per_second.max(1);
        Self { rule, interval, recent: HashMap::new(), before: HashMap::new() }
    }

    /// Takes a token of a source. False when it has none left. IPv6 sources count by /64.
    pub fn take(&mut self, now: Instant, source: IpAddr) -> bool {
        if self.rule.exempt.iter().any(|network| network.contains(source)) {
            return true;
        }
        let source = customer(source);
        let full_at = self.recent.get(&source).or_else(|| self.before.get(&source));
        let full_at = full_at.copied().unwrap_or(now).max(now);
        let after = full_at + self.interval;
        let allowed = after - now <= self.interval * self.rule.burst.max(1);
        self.remember(source, if allowed { after } else { full_at });
        allowed
    }

    fn remember(&mut self, source: IpAddr, full_at: Instant) {
        if self.recent.len() >= MAX_SOURCES / 2 && !self.recent.contains_key(&source) {
            self.before = std::mem::take(&mut self.recent);
        }
        self.recent.insert(source, full_at);
    }

    /// Sources remembered, at most [`MAX_SOURCES`].
    pub fn sources(&self) -> usize {
        self.recent.len() + self.before.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    // The clock of the tests starts anywhere; only differences count.
    #[allow(clippy::disallowed_methods)]
    fn limit(per_second: u32, burst: u32) -> (RateLimit, Instant) {
        let exempt = vec!["127.0.0.0/8".parse().expect("a network")];
        (RateLimit::new(RateRule { per_second, burst, exempt }), Instant::now())
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect(text)
    }

    #[test]
    fn a_burst_then_the_rate_then_a_burst_again_after_a_pause() {
        let (mut limit, t) = limit(10, 5);
        let source = address("192.0.2.1");
        let allowed =
            |limit: &mut RateLimit, at| (0..100).filter(|_| limit.take(at, source)).count();
        assert_eq!(allowed(&mut limit, t), 5);
        assert_eq!(allowed(&mut limit, t + Duration::from_millis(99)), 0);
        assert_eq!(allowed(&mut limit, t + Duration::from_millis(300)), 3);
        assert_eq!(allowed(&mut limit, t + Duration::from_secs(60)), 5);
    }

    #[test]
    fn one_source_does_not_use_up_another_and_a_64_is_one_source() {
        let (mut limit, t) = limit(1, 1);
        assert!(limit.take(t, address("2001:db8::1")));
        assert!(!limit.take(t, address("2001:db8::ffff:2")));
        assert!(limit.take(t, address("2001:db8:0:1::1")));
        assert!(limit.take(t, address("192.0.2.1")));
        assert!(!limit.take(t, address("::ffff:192.0.2.1")));
        assert!((0..100).all(|_| limit.take(t, address("127.0.0.1"))), "exempt");
    }

    #[test]
    fn a_flood_of_sources_is_held_in_bounded_memory_and_frees_nobody_who_is_limited_now() {
        let (mut limit, t) = limit(1, 1);
        let guilty = address("192.0.2.1");
        assert!(limit.take(t, guilty));
        for n in 0..300_000u32 {
            limit.take(t, IpAddr::V4(Ipv4Addr::from_bits(0x0A00_0000 + n)));
            if n % 10_000 == 0 {
                assert!(!limit.take(t, guilty), "after {n} others");
            }
            assert!(limit.sources() <= MAX_SOURCES);
        }
    }
}
