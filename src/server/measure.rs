//! What the figures of a test call mean.

use crate::record::Draft;
use causeway_base::Codec;
use causeway_conference::Verdict;
use causeway_conference::reception::Heard;
use causeway_plan::LegStats;

/// The verdict on a leg.
pub(crate) fn verdict(draft: &Draft, stats: &LegStats) -> Verdict {
    let heard = match (stats.packets_received, stats.audible.is_zero()) {
        (0, _) => Heard::Nothing,
        (_, true) => Heard::OnlySilence,
        (_, false) => Heard::Sound,
    };
    Verdict {
        heard,
        lost_per_mille: per_mille(stats.packets_lost, expected(stats)),
        remote_lost_per_mille: stats.remote_lost.map(|lost| per_mille(lost, stats.packets_sent)),
        jitter: stats.jitter,
        round_trip: stats.round_trip,
        codec: draft.codec.unwrap_or(Codec::Pcma),
        encrypted: draft.encrypted.unwrap_or(false),
    }
}

/// What was counted since an earlier moment: a test judges the test, not the words before it. What
/// the peer reports comes every few seconds, so a report from before may be missing.
pub(crate) fn since(stats: &LegStats, before: &LegStats) -> LegStats {
    let remote = stats.remote_lost.map(|lost| lost - before.remote_lost.unwrap_or(0));
    LegStats {
        packets_received: stats.packets_received.saturating_sub(before.packets_received),
        packets_sent: stats.packets_sent.saturating_sub(before.packets_sent),
        packets_lost: stats.packets_lost.saturating_sub(before.packets_lost),
        audible: stats.audible.saturating_sub(before.audible),
        remote_lost: remote,
        ..stats.clone()
    }
}

/// Packets that should have come.
fn expected(stats: &LegStats) -> u64 {
    stats.packets_received.saturating_add(u64::try_from(stats.packets_lost).unwrap_or(0))
}

/// Lost packets of a thousand expected.
fn per_mille(lost: i64, expected: u64) -> u16 {
    let lost = u128::try_from(lost).unwrap_or(0);
    let share = lost * 1000 / u128::from(expected.max(1));
    u16::try_from(share.min(1000)).unwrap_or(1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_test_call_is_judged_by_what_happened_while_it_heard_itself() {
        let before = LegStats {
            packets_received: 1000,
            packets_sent: 1000,
            packets_lost: 500,
            remote_lost: Some(0),
            audible: Duration::from_secs(9),
            ..LegStats::default()
        };
        let after = LegStats {
            packets_received: 1400,
            packets_sent: 1400,
            remote_lost: Some(396),
            ..before.clone()
        };
        let draft =
            Draft::begun(causeway_base::LegId(1), causeway_conference::Protocol::Sip, false);
        let verdict = verdict(&draft, &since(&after, &before));
        assert_eq!(verdict.heard, Heard::OnlySilence, "it spoke before, not in the test");
        assert_eq!(verdict.lost_per_mille, 0);
        assert_eq!(verdict.remote_lost_per_mille, Some(990));
        let spoke = LegStats { audible: Duration::from_secs(12), ..after };
        let verdict = super::verdict(&draft, &since(&spoke, &before));
        assert_eq!(verdict.codes().first(), Some(&"audio-one-way"));
    }

    #[test]
    fn shares_of_lost_packets_stay_within_a_thousand() {
        assert_eq!(per_mille(-3, 100), 0, "duplicates make it negative");
        assert_eq!(per_mille(10, 1000), 10);
        assert_eq!(per_mille(5, 0), 1000);
        assert_eq!(per_mille(0, 0), 0);
        assert_eq!(per_mille(i64::MAX, 1), 1000);
    }
}
