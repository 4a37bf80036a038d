#![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

mod network;
mod rules;

use super::*;
use network::{Network, Outcome};

const TICK: Duration = Duration::from_millis(20);

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Plays a minute of a network with 20 ms packets of G.711.
fn minute(network: Network) -> Outcome {
    network.run(3_000)
}

#[test]
fn a_perfect_network_costs_less_than_a_tick_and_no_packet() {
    let outcome = minute(Network::new(1));
    assert_eq!((outcome.played, outcome.concealed, outcome.merged), (3_000, 0, 0));
    assert!(outcome.delay(50) < ms(20), "{:?}", outcome.delay(50));
}

#[test]
fn loss_is_concealed_once_and_adds_no_delay() {
    for percent in [1, 2, 5, 10, 30] {
        let outcome = minute(Network { loss: percent, ..Network::new(u64::from(percent)) });
        let lost = 3_000 - outcome.sent_through;
        assert!(outcome.concealed <= lost + lost / 20 + 2, "{percent} %: {outcome:?}");
        assert!(outcome.late * 200 < outcome.played, "{percent} %: {outcome:?}");
        assert!(outcome.delay(95) < ms(42), "{percent} %: {:?}", outcome.delay(95));
    }
}

#[test]
fn jitter_is_waited_for_and_no_longer() {
    for (jitter, bound) in [(5, 30), (10, 35), (30, 55), (60, 85), (120, 145)] {
        let outcome = minute(Network { jitter: ms(jitter), ..Network::new(jitter) });
        assert!(outcome.concealed <= 3_000 * 3 / 100 + 6, "{jitter} ms: {outcome:?}");
        assert!(outcome.late <= 3_000 * 3 / 100, "{jitter} ms: {outcome:?}");
        assert!(outcome.delay(95) <= ms(bound), "{jitter} ms: {:?}", outcome.delay(95));
    }
}

#[test]
fn ten_percent_loss_and_forty_ms_jitter_stay_below_the_gate() {
    let outcome = minute(Network { loss: 10, jitter: ms(40), ..Network::new(3) });
    let there = outcome.played * 100 / outcome.sent_through;
    assert!(there >= 95, "{there} %: {outcome:?}");
    assert!(outcome.delay(95) <= ms(120), "{:?}", outcome.delay(95));
    assert!(outcome.longest_gap <= 6, "{outcome:?}");
}

#[test]
fn with_fec_one_packet_more_is_held_and_most_losses_have_their_successor() {
    let outcome = minute(Network { loss: 10, jitter: ms(5), fec: true, ..Network::new(5) });
    assert!(outcome.recovered * 100 >= outcome.concealed * 75, "{outcome:?}");
    assert!(outcome.delay(95) <= ms(60), "{:?}", outcome.delay(95));
    let lossless = minute(Network { jitter: ms(5), fec: true, ..Network::new(5) });
    assert!(lossless.delay(95) <= ms(32), "{:?}", lossless.delay(95));
}

#[test]
fn reordered_packets_are_played_in_order() {
    let outcome = minute(Network { swaps: 10, ..Network::new(7) });
    assert!(outcome.played >= 2_900, "{outcome:?}");
    assert!(outcome.delay(95) <= ms(65), "{:?}", outcome.delay(95));
}

#[test]
fn stalls_pass_and_the_delay_comes_back() {
    let mut network = Network::new(11);
    // Every twenty seconds nothing arrives for 300 ms, then all at once.
    network.stalls = Some((ms(20_000), ms(300)));
    let outcome = minute(network);
    assert!(outcome.concealed <= 6 * 30, "{outcome:?}");
    assert!(outcome.delay(50) <= ms(30), "{:?}", outcome.delay(50));
    assert!(outcome.delays.iter().all(|&delay| delay <= ms(440)));
}

#[test]
fn jitter_that_ends_leaves_no_delay_behind() {
    let mut network = Network { jitter: ms(100), ..Network::new(13) };
    network.calm_after = Some(1_000);
    let outcome = network.run(2_500);
    let (early, late) = (&outcome.delays[500..900], &outcome.delays[outcome.delays.len() - 500..]);
    assert!(early.iter().max().unwrap() >= &ms(80));
    assert!(late.iter().all(|&delay| delay < ms(45)), "{:?}", late.iter().max());
}

#[test]
fn an_hour_of_clock_drift_costs_a_packet_now_and_then() {
    for drift in [-200, 200] {
        let outcome = Network { drift_ppm: drift, jitter: ms(1), ..Network::new(17) }.run(180_000);
        // 200 ppm of an hour are 720 ms: 36 packet times.
        let changes = if drift > 0 { outcome.concealed } else { outcome.merged };
        assert!((30..=80).contains(&changes), "{drift} ppm: {outcome:?}");
        assert!(outcome.concealed <= 80 && outcome.merged <= 80, "{drift} ppm: {outcome:?}");
        assert!(outcome.late <= 80, "{drift} ppm: {outcome:?}");
        assert!(outcome.delay(99) <= ms(50), "{drift} ppm: {:?}", outcome.delay(99));
    }
}

#[test]
fn every_packet_time_is_followed() {
    for packet_time in [10, 20, 30, 40, 60] {
        let outcome =
            Network { packet_time: ms(packet_time), jitter: ms(5), ..Network::new(packet_time) }
                .run(2_000);
        assert!(outcome.played >= 1_940, "{packet_time} ms: {outcome:?}");
        assert!(
            outcome.delay(95) <= ms(packet_time + 30),
            "{packet_time} ms: {:?}",
            outcome.delay(95)
        );
    }
}

#[test]
fn a_deep_buffer_of_g711_is_small() {
    let mut buffer = JitterBuffer::new(8_000, TICK);
    let start = Instant::now();
    for seq in 0..10_000u16 {
        let now = start + TICK * u32::from(seq);
        let payload = [0; 160];
        buffer.insert(now, &rules::arrival(seq, u32::from(seq) * 160, &payload));
        buffer.pull(now, false);
    }
    assert!(buffer.store.pool_bytes() <= 3 * 160, "{}", buffer.store.pool_bytes());
    assert!(size_of::<JitterBuffer>() < 5_000, "{}", size_of::<JitterBuffer>());
}
