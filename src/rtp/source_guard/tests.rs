#![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

use super::*;
use causeway_plan::{MediaProtection, SrtpKey, SrtpSpec, SrtpSuite};
use proptest::prelude::*;
use std::net::IpAddr;

const TICK: Duration = Duration::from_millis(20);
const SECOND: Duration = Duration::from_secs(1);

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn host(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// SDP names 192.0.2.10, signalling comes from 198.51.100.5.
fn spec() -> TransportSpec {
    TransportSpec {
        remote_rtp: Some(address("192.0.2.10:4000")),
        remote_rtcp: Some(address("192.0.2.10:4001")),
        rtcp_mux: false,
        signalling_source: host("198.51.100.5"),
        protection: MediaProtection::Clear,
    }
}

fn secure() -> TransportSpec {
    let suite = SrtpSuite::Aes128CmSha1_80;
    let key = SrtpKey::new(suite, &[7; 30]).unwrap();
    TransportSpec {
        protection: MediaProtection::Srtp(SrtpSpec { suite, send: key, receive: key }),
        ..spec()
    }
}

fn rtp(ssrc: u32) -> [u8; 12] {
    let mut packet = [0; 12];
    packet[0] = 0x80;
    packet[8..].copy_from_slice(&ssrc.to_be_bytes());
    packet
}

const RTCP: [u8; 8] = [0x80, 201, 0, 1, 0, 0, 0, 1];

fn sdp() -> SocketAddr {
    address("192.0.2.10:4000")
}

fn attackers() -> Vec<SocketAddr> {
    ["203.0.113.66:4000", "203.0.113.66:4001", "192.0.2.11:4000", "[2001:db8::66]:4000"]
        .map(address)
        .to_vec()
}

fn sprays(guard: &mut SourceGuard, now: Instant, packets: u32) {
    for count in 0..packets {
        for attacker in attackers() {
            let at = now + TICK * count / 100;
            assert_eq!(guard.check_rtp(at, attacker, &rtp(count)), Verdict::Refuse);
            assert_eq!(guard.check_rtcp(at, attacker, &RTCP), Verdict::Refuse);
            assert_eq!(guard.check_rtcp(at, attacker, &RTCP[..4]), Verdict::Refuse);
            let sent = [guard.may_send(at), guard.may_send_rtcp(at), guard.may_send_video()];
            assert!(!sent.contains(&Some(attacker)));
        }
    }
}

#[test]
fn rtpbleed_spray_in_the_learning_window() {
    let now = Instant::now();
    let mut guard = SourceGuard::new(&spec());
    sprays(&mut guard, now, 1_000);
    assert_eq!(guard.latched(), None);
    assert_eq!(guard.check_rtp(now + SECOND, sdp(), &rtp(1)), Verdict::Latched);
    assert_eq!(guard.may_send(now + SECOND), Some(sdp()));
}

#[test]
fn rtpbleed_spray_in_mid_call() {
    let now = Instant::now();
    let mut guard = SourceGuard::new(&spec());
    assert_eq!(guard.check_rtp(now, sdp(), &rtp(1)), Verdict::Latched);
    sprays(&mut guard, now, 1_000);
    assert_eq!(guard.check_rtp(now + SECOND, sdp(), &rtp(1)), Verdict::Accept);
    assert_eq!(guard.may_send(now + SECOND), Some(sdp()));
}

/// The 2025 successor: the call is on hold or its peer silent, and the attacker only has to wait.
#[test]
fn cve_2025_53399_silence_and_hold_do_not_open_the_learning() {
    let now = Instant::now();
    let mut guard = SourceGuard::new(&spec());
    guard.check_rtp(now, sdp(), &rtp(1));
    let later = now + SECOND * 3_600;
    sprays(&mut guard, later, 10);
    guard.reoffer(later, &TransportSpec { remote_rtp: None, remote_rtcp: None, ..spec() });
    assert_eq!(guard.may_send(later), None, "the SDP says nowhere");
    sprays(&mut guard, later, 10);
    guard.reoffer(later, &spec());
    sprays(&mut guard, later, 10);
    assert_eq!(guard.check_rtp(later, sdp(), &rtp(1)), Verdict::Accept);
    assert_eq!(guard.may_send(later), Some(sdp()));
}

#[test]
fn cve_2025_53399_short_rtcp_and_noise_never_teach() {
    let now = Instant::now();
    let mut guard = SourceGuard::new(&spec());
    let rtcp = address("192.0.2.10:4001");
    for len in 0..8 {
        assert_eq!(guard.check_rtcp(now, rtcp, &RTCP[..len]), Verdict::Refuse);
        assert_eq!(guard.check_rtp(now, sdp(), &rtp(1)[..len]), Verdict::Refuse);
    }
    assert_eq!(guard.check_rtp(now, sdp(), &[0; 172]), Verdict::Refuse, "version 0");
    assert_eq!(guard.check_rtcp(now, rtcp, &[0x80, 0, 0, 1, 0, 0, 0, 1]), Verdict::Refuse);
    assert_eq!(guard.latched(), None);
    assert_eq!(guard.check_rtcp(now, rtcp, &RTCP), Verdict::Latched);
    assert_eq!(guard.may_send_rtcp(now + SECOND * 9), Some(rtcp));
}

#[test]
fn a_nat_may_change_the_port_and_the_host_that_signals_may_be_the_source() {
    let now = Instant::now();
    for source in ["192.0.2.10:61000", "198.51.100.5:61000", "[::ffff:198.51.100.5]:61000"] {
        let mut guard = SourceGuard::new(&spec());
        assert_eq!(guard.check_rtp(now, address(source), &rtp(1)), Verdict::Latched);
        assert_eq!(guard.may_send(now).unwrap().port(), 61000);
        assert_eq!(guard.check_rtp(now + SECOND, sdp(), &rtp(1)), Verdict::Refuse, "once only");
    }
}

#[test]
fn the_sdp_address_has_precedence_for_a_moment() {
    let now = Instant::now();
    for neighbour in ["198.51.100.5:1024", "192.0.2.10:1024"].map(address) {
        let mut guard = SourceGuard::new(&spec());
        assert_eq!(guard.check_rtp(now, neighbour, &rtp(66)), Verdict::Latched);
        assert_eq!(guard.check_rtp(now + TICK, sdp(), &rtp(1)), Verdict::Latched);
        assert_eq!(guard.check_rtp(now + TICK, neighbour, &rtp(66)), Verdict::Refuse);
        assert_eq!(guard.may_send(now + TICK), Some(sdp()));
    }
}

#[test]
fn an_unproven_address_gets_three_seconds_of_audio_and_no_video() {
    let now = Instant::now();
    let mut guard = SourceGuard::new(&spec());
    let later = now + SECOND * 60;
    assert_eq!(guard.may_send(later), Some(sdp()), "the time counts from the first packet");
    assert_eq!(guard.may_send_video(), None);
    assert_eq!(guard.may_send(later + SECOND * 3 - TICK), Some(sdp()));
    assert_eq!(guard.may_send(later + SECOND * 3), None);
    let elsewhere = address("192.0.2.10:4444");
    guard.reoffer(later, &TransportSpec { remote_rtp: Some(elsewhere), ..spec() });
    assert_eq!(guard.may_send(later + SECOND * 4), None, "another port is no other host");
    assert_eq!(guard.check_rtp(later + SECOND * 5, elsewhere, &rtp(1)), Verdict::Latched);
    assert_eq!(guard.may_send(later + SECOND * 5), Some(elsewhere));
    assert_eq!(guard.may_send_video(), Some(elsewhere));
}

#[test]
fn the_signalling_host_itself_is_proven() {
    let mut guard =
        SourceGuard::new(&TransportSpec { signalling_source: host("192.0.2.10"), ..spec() });
    assert_eq!(guard.may_send_video(), Some(sdp()));
    assert_eq!(guard.may_send(Instant::now() + SECOND * 99), Some(sdp()));
}

#[test]
fn a_reoffer_moves_the_stream_without_a_gap() {
    let now = Instant::now();
    let moved = address("192.0.2.77:5000");
    let mut guard = SourceGuard::new(&spec());
    guard.check_rtp(now, sdp(), &rtp(1));
    guard.reoffer(now, &TransportSpec { remote_rtp: Some(moved), ..spec() });
    assert_eq!(guard.may_send(now), Some(moved));
    assert_eq!(guard.check_rtp(now + TICK, sdp(), &rtp(1)), Verdict::Accept, "still under way");
    sprays(&mut guard, now, 10);
    assert_eq!(guard.check_rtp(now + TICK, moved, &rtp(2)), Verdict::Latched);
    assert_eq!(guard.check_rtp(now + TICK, sdp(), &rtp(1)), Verdict::Refuse);
}

#[test]
fn after_a_reoffer_the_former_source_ends_by_itself() {
    let now = Instant::now();
    let mut guard = SourceGuard::new(&spec());
    guard.check_rtp(now, sdp(), &rtp(1));
    let moved = TransportSpec { remote_rtp: Some(address("192.0.2.77:5000")), ..spec() };
    guard.reoffer(now, &moved);
    assert_eq!(guard.check_rtp(now + SECOND * 2, sdp(), &rtp(1)), Verdict::Refuse);
    assert_eq!(guard.may_send(now + SECOND), Some(address("192.0.2.77:5000")));
}

#[test]
fn srtp_follows_what_authenticates_and_nothing_else() {
    let now = Instant::now();
    let roaming = address("203.0.113.9:7000");
    let mut guard = SourceGuard::new(&secure());
    assert_eq!(guard.check_rtp(now, sdp(), &rtp(1)), Verdict::Prove);
    assert!(guard.authenticated(sdp()));
    assert!(!guard.authenticated(sdp()));
    assert_eq!(guard.check_rtp(now, sdp(), &rtp(1)), Verdict::Accept);
    for attacker in attackers() {
        assert_eq!(guard.check_rtp(now, attacker, &rtp(1)), Verdict::Prove);
        assert_eq!(guard.may_send(now), Some(sdp()), "a bad tag never moves the stream");
    }
    assert_eq!(guard.check_rtp(now, roaming, &rtp(1)), Verdict::Prove);
    assert!(guard.authenticated(roaming));
    assert_eq!(guard.may_send(now + SECOND), Some(roaming));
}

#[test]
fn a_forged_ssrc_is_not_mixed_between_but_a_transfer_is_followed() {
    let now = Instant::now();
    let mut guard = SourceGuard::new(&spec());
    guard.check_rtp(now, sdp(), &rtp(1));
    for packet in 1..50 {
        let at = now + TICK * packet;
        assert_eq!(guard.check_rtp(at, sdp(), &rtp(66)), Verdict::Refuse);
        assert_eq!(guard.check_rtp(at, sdp(), &rtp(1)), Verdict::Accept);
    }
    let last = now + TICK * 49;
    assert_eq!(guard.check_rtp(last + TICK, sdp(), &rtp(2)), Verdict::Refuse);
    assert_eq!(guard.check_rtp(last + TICK * 3, sdp(), &rtp(2)), Verdict::Accept);
    assert_eq!(guard.check_rtp(last + TICK * 4, sdp(), &rtp(2)), Verdict::Accept);
}

#[test]
fn under_mux_rtcp_shares_the_source_and_teaches_nothing() {
    let now = Instant::now();
    let mut guard = SourceGuard::new(&TransportSpec { rtcp_mux: true, ..spec() });
    assert_eq!(guard.check_rtcp(now, sdp(), &RTCP), Verdict::Accept);
    assert_eq!(guard.latched(), None);
    sprays(&mut guard, now, 10);
    assert_eq!(guard.check_rtp(now, address("192.0.2.10:9"), &rtp(1)), Verdict::Latched);
    assert_eq!(guard.check_rtcp(now, sdp(), &RTCP), Verdict::Refuse);
    assert_eq!(guard.may_send_rtcp(now), Some(address("192.0.2.10:9")));
}

proptest! {
    /// Whatever comes from whomever: in the clear no third host is ever taken or fed.
    #[test]
    fn no_stranger_is_ever_taken_or_fed(
        steps in prop::collection::vec((0u8..6, 0u8..4, any::<u16>(), prop::collection::vec(any::<u8>(), 0..20)), 0..200)
    ) {
        let mut now = Instant::now();
        let mut guard = SourceGuard::new(&spec());
        let hosts = [host("192.0.2.10"), host("198.51.100.5"), host("203.0.113.66"), host("192.0.2.11")];
        for (action, who, port, noise) in steps {
            now += TICK;
            let source = SocketAddr::new(hosts[usize::from(who)], port);
            let verdict = match action {
                0 => guard.check_rtp(now, source, &rtp(u32::from(port))),
                1 => guard.check_rtcp(now, source, &RTCP),
                2 => guard.check_rtp(now, source, &noise),
                3 => guard.check_rtcp(now, source, &noise),
                4 => { guard.reoffer(now, &spec()); Verdict::Refuse }
                _ => { guard.reoffer(now, &TransportSpec { rtcp_mux: port % 2 == 0, ..spec() }); Verdict::Refuse }
            };
            prop_assert!(who < 2 || verdict == Verdict::Refuse);
            for target in [guard.may_send(now), guard.may_send_rtcp(now), guard.may_send_video()] {
                prop_assert!(target.is_none_or(|target| hosts[..2].contains(&target.ip())));
            }
        }
    }
}

#[test]
fn a_peer_that_sends_no_video_gets_it_once_its_host_is_known() {
    let now = Instant::now();
    let rtcp = address("192.0.2.10:4001");
    let late = now + SECOND * 10;
    // Nobody is known: RTCP for three seconds, and no video.
    let mut guard = SourceGuard::new(&spec());
    assert_eq!((guard.may_send_rtcp(now), guard.may_send_video()), (Some(rtcp), None));
    assert_eq!(guard.may_send_rtcp(late), None);
    // By its RTCP.
    assert_eq!(guard.check_rtcp(late, rtcp, &RTCP), Verdict::Latched);
    assert_eq!((guard.may_send_rtcp(late), guard.may_send_video()), (Some(rtcp), Some(sdp())));
    // By another stream of the same host, and no other host.
    let mut guard = SourceGuard::new(&spec());
    guard.may_send_rtcp(now);
    for (source, video, reports) in [
        ("192.0.2.10:5000", Some(sdp()), Some(rtcp)),
        ("198.51.100.5:5000", None, None),
        ("203.0.113.66:4000", None, None),
    ] {
        guard.vouch(Some(address(source)));
        assert_eq!(guard.may_send_video(), video, "{source}");
        assert_eq!(guard.may_send_rtcp(late), reports, "{source}");
    }
    guard.vouch(None);
    assert_eq!(guard.may_send_video(), None);
    // By its RTP: reports go on to where it wants them.
    let mut guard = SourceGuard::new(&spec());
    guard.may_send_rtcp(now);
    guard.check_rtp(now, address("192.0.2.10:4444"), &rtp(1));
    assert_eq!(guard.may_send_rtcp(late), Some(rtcp));
}

#[test]
fn who_holds_with_no_address_gets_nothing_though_its_host_is_known() {
    let now = Instant::now();
    let held = TransportSpec { remote_rtp: None, remote_rtcp: None, ..spec() };
    let mut guard = SourceGuard::new(&spec());
    guard.vouch(Some(sdp()));
    guard.reoffer(now, &held);
    assert_eq!((guard.may_send_video(), guard.may_send_rtcp(now)), (None, None));
}
