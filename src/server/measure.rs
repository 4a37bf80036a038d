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

    #[test]
    fn shares_of_lost_packets_stay_within_a_thousand() {
        assert_eq!(per_mille(-3, 100), 0, "duplicates make it negative");
        assert_eq!(per_mille(10, 1000), 10);
        assert_eq!(per_mille(5, 0), 1000);
        assert_eq!(per_mille(0, 0), 0);
        assert_eq!(per_mille(i64::MAX, 1), 1000);
    }
}
