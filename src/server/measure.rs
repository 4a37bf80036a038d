//! What the figures of a call mean.

use crate::record::Draft;
use causeway_base::{Bitrate, Codec};
use causeway_conference::Verdict;
use causeway_conference::reception::{Came, Heard, PictureVerdict, Sent};
use causeway_plan::video::{Sight, VideoState};
use causeway_plan::{LegStats, VideoStats};
use std::time::Duration;

/// How a caller's pictures stand at the end of a test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pictured {
    pub(crate) state: VideoState,
    pub(crate) sight: Sight,
}

/// The verdict on a leg by what was counted in a test, which took so long where that is known.
pub(crate) fn verdict(
    draft: &Draft,
    stats: &LegStats,
    pictured: Pictured,
    took: Option<Duration>,
) -> Verdict {
    let heard = match (stats.packets_received, stats.audible.is_zero()) {
        (0, _) => Heard::Nothing,
        (_, true) => Heard::OnlySilence,
        (_, false) => Heard::Sound,
    };
    Verdict {
        heard,
        lost_per_mille: per_mille(
            stats.packets_lost,
            expected(stats.packets_received, stats.packets_lost),
        ),
        remote_lost_per_mille: stats.remote_lost.map(|lost| per_mille(lost, stats.packets_sent)),
        jitter: stats.jitter,
        round_trip: stats.round_trip,
        codec: draft.codec.unwrap_or(Codec::Pcma),
        encrypted: draft.encrypted.unwrap_or(false),
        picture: stats
            .video
            .map(|video| PictureVerdict { came: came(&video, pictured, took), sent: sent(&video) }),
    }
}

fn came(video: &VideoStats, pictured: Pictured, took: Option<Duration>) -> Came {
    match pictured.state {
        _ if video.packets_received == 0 => Came::Nothing,
        // It came once: the camera is off now.
        VideoState::Absent => Came::Nothing,
        VideoState::Frozen(_) => Came::Undecodable,
        VideoState::Coming => Came::Pictures {
            size: video.received_size,
            rate: took.and_then(|took| rate(video.octets_received, took)),
            sight: pictured.sight,
            lost_per_mille: per_mille(
                video.packets_lost,
                expected(video.packets_received, video.packets_lost),
            ),
        },
    }
}

fn sent(video: &VideoStats) -> Option<Sent> {
    let (codec, class, _) = video.sent.filter(|_| video.packets_sent > 0)?;
    let remote = |lost| per_mille(lost, video.packets_sent);
    let remote_lost_per_mille = video.remote_lost.map(remote);
    Some(Sent { codec, class, remote_lost_per_mille, asks: video.key_frames_wanted })
}

/// In whole kilobits: what people read.
fn rate(octets: u64, took: Duration) -> Option<Bitrate> {
    let bits = u128::from(octets) * 8;
    let kbps = bits.checked_div(took.as_millis())?;
    Some(Bitrate::kbps(u64::try_from(kbps).unwrap_or(u64::MAX / 1000)))
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
        video: stats.video.map(|video| video_since(video, before.video.unwrap_or_default())),
        ..stats.clone()
    }
}

fn video_since(stats: VideoStats, before: VideoStats) -> VideoStats {
    let since = |now: u64, before: u64| now.saturating_sub(before);
    VideoStats {
        packets_received: since(stats.packets_received, before.packets_received),
        octets_received: since(stats.octets_received, before.octets_received),
        packets_lost: stats.packets_lost.saturating_sub(before.packets_lost),
        packets_sent: since(stats.packets_sent, before.packets_sent),
        octets_sent: since(stats.octets_sent, before.octets_sent),
        key_frames_wanted: since(stats.key_frames_wanted, before.key_frames_wanted),
        remote_lost: stats.remote_lost.map(|lost| lost - before.remote_lost.unwrap_or(0)),
        ..stats
    }
}

/// How good a line is by what was counted in a stretch of time, 0 (bad) to 4; `None` where nothing
/// flowed. The categories of ITU-T G.109, by the E-model (G.107) for a codec that conceals.
pub(crate) fn bars(stats: &LegStats) -> Option<u8> {
    if stats.packets_received == 0 && stats.packets_sent == 0 {
        return None;
    }
    let received =
        per_mille(stats.packets_lost, expected(stats.packets_received, stats.packets_lost));
    let sent = stats.remote_lost.map_or(0, |lost| per_mille(lost, stats.packets_sent));
    let lost = f64::from(received.max(sent)) / 10.0;
    let way = stats.round_trip.unwrap_or_default().as_secs_f64() * 500.0;
    let delay = way + 2.0 * stats.jitter.as_secs_f64() * 1000.0 + FRAMES_MS;
    let by_delay = 0.024 * delay + 0.11 * (delay - 177.3).max(0.0);
    let by_loss = 95.0 * lost / (lost + CONCEALED);
    let rating = 93.2 - by_delay - by_loss;
    let categories = [90.0, 80.0, 70.0, 60.0].map(|limit: f64| u8::from(rating >= limit));
    Some(categories.iter().sum())
}

/// What packets and mixing take by themselves, in milliseconds.
const FRAMES_MS: f64 = 60.0;

/// The packet-loss robustness `Bpl` of G.107 for codecs that conceal (G.113 appendix I).
const CONCEALED: f64 = 25.1;

/// Packets that should have come.
fn expected(received: u64, lost: i64) -> u64 {
    received.saturating_add(u64::try_from(lost).unwrap_or(0))
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
    use causeway_base::{SizeClass, VideoCodec, VideoSize};
    use causeway_plan::video::FreezeCause;

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
        let verdict = verdict(&draft, &since(&after, &before), Pictured::default(), None);
        assert_eq!(verdict.heard, Heard::OnlySilence, "it spoke before, not in the test");
        assert_eq!(verdict.lost_per_mille, 0);
        assert_eq!(verdict.remote_lost_per_mille, Some(990));
        let spoke = LegStats { audible: Duration::from_secs(12), ..after };
        let verdict = super::verdict(&draft, &since(&spoke, &before), Pictured::default(), None);
        assert_eq!(verdict.codes().first(), Some(&"audio-one-way"));
        assert_eq!(verdict.picture, None, "none were agreed");
    }

    #[test]
    fn pictures_are_judged_by_what_came_and_went_during_the_test() {
        let sent = Some((VideoCodec::H264, SizeClass::P360, Bitrate::kbps(500)));
        let before = VideoStats {
            packets_received: 500,
            octets_received: 100_000,
            packets_lost: 400,
            packets_sent: 200,
            key_frames_wanted: 9,
            remote_lost: Some(150),
            sent,
            ..VideoStats::default()
        };
        let after = VideoStats {
            packets_received: 1_490,
            octets_received: 900_000,
            packets_lost: 410,
            received_size: Some(VideoSize::new(640, 360)),
            packets_sent: 1_200,
            key_frames_wanted: 10,
            ..before
        };
        let of = |video| LegStats { video: Some(video), ..LegStats::default() };
        let draft =
            Draft::begun(causeway_base::LegId(1), causeway_conference::Protocol::Sip, false);
        let judged = |after, state, sight| {
            let stats = since(&of(after), &of(before));
            let took = Some(Duration::from_secs(8));
            verdict(&draft, &stats, Pictured { state, sight }, took).picture.expect("pictures")
        };
        let coming = |sight| judged(after, VideoState::Coming, sight);
        let came = Came::Pictures {
            size: Some(VideoSize::new(640, 360)),
            rate: Some(Bitrate::kbps(800)),
            sight: Sight::Black,
            lost_per_mille: 10,
        };
        assert_eq!(coming(Sight::Black).came, came);
        let (codec, class) = (VideoCodec::H264, SizeClass::P360);
        let expected = Sent { codec, class, remote_lost_per_mille: Some(0), asks: 1 };
        assert_eq!(coming(Sight::Fine).sent, Some(expected));
        let frozen = VideoState::Frozen(FreezeCause::Unsupported);
        assert_eq!(judged(after, frozen, Sight::Fine).came, Came::Undecodable);
        let silent = VideoStats { packets_received: 500, packets_sent: 200, ..after };
        let nothing = judged(silent, VideoState::Coming, Sight::Fine);
        assert_eq!((nothing.came, nothing.sent), (Came::Nothing, None));
        assert_eq!(rate(1, Duration::ZERO), None);
    }

    #[test]
    fn a_line_is_good_where_little_is_lost_and_answers_come_soon() {
        let counted = |lost: u16, round_trip, remote_lost| LegStats {
            packets_received: 250 - u64::from(lost),
            packets_sent: 250,
            packets_lost: i64::from(lost),
            round_trip: Some(Duration::from_millis(round_trip)),
            remote_lost: Some(remote_lost),
            jitter: Duration::from_millis(5),
            ..LegStats::default()
        };
        for (lost, round_trip, remote_lost, expected) in [
            (0, 20, 0, 4),
            (5, 40, 0, 3),
            (0, 450, 0, 2),
            (5, 300, 0, 2),
            (12, 300, 0, 1),
            (0, 30, 60, 0),
        ] {
            let bars = bars(&counted(lost, round_trip, remote_lost));
            assert_eq!(bars, Some(expected), "{lost} {round_trip} {remote_lost}");
        }
        assert_eq!(bars(&LegStats::default()), None, "nothing flowed");
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
