//! Broken and odd lines, one at a time: what is still agreed, or why not.

use super::*;
use causeway_base::Codec;
use causeway_plan::{CandidateKind, CandidateProtocol};

fn answer(lines: &str) -> Result<LegMedia, (EndCause, String)> {
    let answered = leg().answer(&wire(lines)).map(|(_, media)| media);
    answered.map_err(|refusal| (refusal.cause, refusal.warning))
}

/// The offer of one audio line with one line more, or another in its place.
fn with(line: &str) -> Result<LegMedia, (EndCause, String)> {
    answer(&format!("{}{AUDIO}{line}\n", head("theirs", 7)))
}

fn without(word: &str) -> Result<LegMedia, (EndCause, String)> {
    let text = format!("{}{AUDIO}", head("theirs", 7));
    let kept: Vec<_> = text.lines().filter(|line| !line.starts_with(word)).collect();
    answer(&format!("{}\n", kept.join("\n")))
}

fn replaced(from: &str, to: &str) -> Result<LegMedia, (EndCause, String)> {
    answer(&format!("{}{AUDIO}", head("theirs", 7)).replace(from, to))
}

#[test]
fn what_every_offer_needs() {
    assert!(with("").is_ok());
    for (word, cause, warning) in [
        ("a=ice-ufrag", EndCause::BadMediaDescription, "no usable a=ice-ufrag and a=ice-pwd"),
        ("a=ice-pwd", EndCause::BadMediaDescription, "no usable a=ice-ufrag and a=ice-pwd"),
        ("a=fingerprint", EndCause::NoCommonEncryption, "no a=fingerprint of sha-256"),
        ("a=rtcp-mux", EndCause::BadMediaDescription, "a=rtcp-mux is required"),
        ("m=audio", EndCause::NoCommonCodec, "no audio line"),
        ("v=0", EndCause::BadMediaDescription, "session description has no line v=0"),
    ] {
        assert_eq!(without(word).unwrap_err(), (cause, warning.to_owned()), "{word}");
    }
    for word in ["a=setup", "a=group", "c=", "o=", "a=fmtp"] {
        assert!(without(word).is_ok(), "{word}");
    }
    let mid = without("a=mid").unwrap_err();
    assert_eq!(mid.1, "the line is in no a=group:BUNDLE");
}

#[test]
fn credentials_of_ice() {
    let long = "a".repeat(256);
    for (ufrag, usable) in
        [("abcd", true), ("ab+/", true), (&long, true), ("abc", false), ("ab d", false)]
    {
        assert_eq!(replaced("theirs", ufrag).is_ok(), usable, "{ufrag}");
    }
    assert!(replaced("theirs", &format!("{long}a")).is_err());
    assert!(replaced("theirs", "ab-cd").is_err());
    for (password, usable) in [("a".repeat(22), true), (long, true), ("a".repeat(21), false)] {
        let got = replaced("theirpasswordtheirpassword", &password);
        assert_eq!(got.is_ok(), usable, "{password}");
    }
}

#[test]
fn a_line_speaks_before_its_session() {
    let media = with("a=ice-ufrag:ofline\na=ice-pwd:lineslineslineslineslines").unwrap();
    assert_eq!(spec(&media).remote_ice.ufrag, "ofline");
    let hex = ["0c"; 32].join(":");
    let media = with(&format!("a=fingerprint:sha-1 00\na=fingerprint:SHA-256 {hex}")).unwrap();
    assert_eq!(spec(&media).remote_fingerprint, Fingerprint([0x0c; 32]));
    let media = with("a=setup:active").unwrap();
    assert_eq!(spec(&media).dtls, DtlsRole::Server);
    let media = with("a=setup:passive").unwrap();
    assert_eq!(spec(&media).dtls, DtlsRole::Client);
    assert!(with("a=setup:holdconn").is_err());
    assert!(with("a=setup").is_ok(), "a setup without a value is none");
}

#[test]
fn a_peer_that_checks_nothing_is_told_so() {
    let lite = replaced("t=0 0", "t=0 0\na=ice-lite").unwrap_err();
    assert_eq!(lite.1, "a=ice-lite: whoever offers must check connectivity");
}

#[test]
fn transports() {
    for (proto, taken) in [
        ("UDP/TLS/RTP/SAVPF", true),
        ("udp/tls/rtp/savpf", true),
        ("UDP/TLS/RTP/SAVP", true),
        ("TCP/DTLS/RTP/SAVPF", true),
        ("RTP/SAVPF", false),
        ("RTP/AVP", false),
        ("UDP/DTLS/SCTP", false),
    ] {
        let got = replaced("UDP/TLS/RTP/SAVPF", proto);
        assert_eq!(got.is_ok(), taken, "{proto}");
        if let Err((cause, warning)) = got {
            assert_eq!(cause, EndCause::EncryptionRequired);
            assert_eq!(warning, format!("{proto}: encryption by DTLS is required"));
        }
    }
}

#[test]
fn tags_and_groups() {
    let two = format!("{AUDIO}{}", AUDIO.replace("mid:0", "mid:1"));
    let first = |group: &str| {
        let head = head("theirs", 7).replace("a=group:BUNDLE 0", group);
        answer(&format!("{head}{two}")).map(|media| spec(&media).audio.clone().unwrap().mid)
    };
    for (group, mid) in [
        ("a=group:BUNDLE 0 1", "0"),
        ("a=group:BUNDLE 1 0", "0"),
        ("a=group:bundle 1", "1"),
        ("a=group:LS 1", "0"),
        ("a=group:BUNDLE 7\na=group:BUNDLE 1", "1"),
        ("a=group:BUNDLE", "0"),
        ("a=group", "0"),
        ("a=x", "0"),
    ] {
        assert_eq!(first(group).as_deref(), Ok(mid), "{group}");
    }
    assert_eq!(first("a=group:BUNDLE 7").unwrap_err().1, "the line is in no a=group:BUNDLE");
    let twice = answer(&format!("{}{AUDIO}{AUDIO}", head("theirs", 7)));
    assert_eq!(twice.unwrap_err().1, "two lines have the same a=mid");
    for tag in ["x".repeat(17), "a\"b".to_owned()] {
        let text = format!("{}{AUDIO}", head("theirs", 7)).replace("BUNDLE 0", "LS 0");
        let got = answer(&text.replace("mid:0", &format!("mid:{tag}"))).unwrap_err();
        assert_eq!(got.1, "a=mid is too long or no token", "{tag}");
    }
}

#[test]
fn a_line_of_port_zero_is_off_unless_it_goes_with_its_group() {
    assert!(replaced("m=audio 9", "m=audio 0").is_err());
    assert!(replaced("m=audio 9", "m=audio 0\na=bundle-only").is_err(), "before the line");
    assert!(replaced("m=audio 9", "m=audio 0").is_err());
    let alone =
        format!("{}{AUDIO}a=bundle-only\n", head("theirs", 7)).replace("audio 9", "audio 0");
    assert!(answer(&alone).is_ok());
    assert!(answer(&alone.replace("a=group", "a=x")).is_err());
}

#[test]
fn redundant_opus_is_taken_and_nothing_else_under_its_name() {
    for (lines, taken) in [
        ("a=rtpmap:63 red/48000/2\na=fmtp:63 111/111", Some(63)),
        ("a=rtpmap:63 RED/48000/2\na=fmtp:63 111/111/111", Some(63)),
        ("a=rtpmap:63 red/48000/2", Some(63)),
        ("a=rtpmap:63 red/48000/2\na=fmtp:63 111/0", None),
        ("a=rtpmap:63 red/48000/2\na=fmtp:63 x", None),
        ("a=rtpmap:63 red/8000", None),
        ("a=rtpmap:62 red/48000/2\na=fmtp:62 111/111", None),
        ("a=rtpmap:111 red/48000/2\na=fmtp:111 111/111", None),
    ] {
        let media = replaced("SAVPF 111", "SAVPF 111 63").and_then(|_| {
            let text = format!("{}{AUDIO}{lines}\n", head("theirs", 7));
            answer(&text.replace("SAVPF 111", "SAVPF 111 63"))
        });
        let got = spec(&media.unwrap()).audio.clone().unwrap().receive_red;
        assert_eq!(got, taken, "{lines}");
    }
    let many = ["111"; MAX_RED_LEVELS + 1].join("/");
    let text = format!("{}{AUDIO}a=rtpmap:63 red/48000/2\na=fmtp:63 {many}\n", head("theirs", 7));
    let media = answer(&text.replace("SAVPF 111", "SAVPF 111 63")).unwrap();
    assert_eq!(spec(&media).audio.clone().unwrap().receive_red, None);
}

#[test]
fn sources_and_extensions() {
    let audio = |line: &str| spec(&with(line).unwrap()).audio.clone().unwrap();
    assert_eq!(audio("a=ssrc:7 cname:x\na=ssrc:8 cname:x").remote_ssrc, Some(7));
    assert_eq!(audio("a=ssrc:x cname:x\na=ssrc:8 cname:x").remote_ssrc, Some(8));
    assert_eq!(audio("a=ssrc").remote_ssrc, None);
    assert_eq!(audio(&format!("a=extmap:4 {}", line::MID)).mid_extension, Some(4));
    assert_eq!(audio(&format!("a=extmap:15 {}", line::MID)).mid_extension, None);
    let level = "a=extmap:4 urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    let both = with(&format!("{level}\na=extmap:4 {}", line::MID)).unwrap();
    assert_eq!(both.audio.level_extension, Some(4));
    assert_eq!(spec(&both).audio.clone().unwrap().mid_extension, None, "one number, one meaning");
    let ours = audio("").local_ssrc;
    let clash = audio(&format!("a=ssrc:{ours} cname:x"));
    assert_ne!(clash.local_ssrc, ours, "ours is never that of the peer");
}

#[test]
fn numbers_that_look_like_rtcp_are_not_taken() {
    for (number, codec) in [(63, Codec::Opus), (64, Codec::Pcmu), (95, Codec::Pcmu)] {
        let text = format!("{}{AUDIO}", head("theirs", 7))
            .replace("SAVPF 111", &format!("SAVPF {number} 0"))
            .replace("rtpmap:111", &format!("rtpmap:{number}"));
        assert_eq!(answer(&text).unwrap().audio.send.codec, codec, "{number}");
    }
}

#[test]
fn silence_is_asked_for_and_the_wishes_of_the_peer_are_kept() {
    let media = with("").unwrap();
    assert!(media.audio.receive[0].dtx && media.audio.receive[0].fec);
    assert!(!media.audio.send.dtx && media.audio.send.fec);
    let media = replaced("useinbandfec=1", "usedtx=1;maxaveragebitrate=20000").unwrap();
    assert!(media.audio.send.dtx && !media.audio.send.fec);
    assert_eq!(media.audio.send.max_bitrate.map(|rate| rate.as_bps()), Some(20_000));
}

#[test]
fn candidates_that_nobody_can_use_are_passed_over() {
    let (udp, tcp) = (CandidateProtocol::Udp, CandidateProtocol::Tcp);
    for (text, expected) in [
        ("1 1 udp 9 192.0.2.7 5000 typ host", Some((udp, CandidateKind::Host))),
        (
            "1 1 UDP 9 192.0.2.7 5000 typ srflx raddr 1.2.3.4 rport 1",
            Some((udp, CandidateKind::ServerReflexive)),
        ),
        ("1 1 udp 9 192.0.2.7 5000 typ prflx", Some((udp, CandidateKind::PeerReflexive))),
        ("1 1 udp 9 2001:db8::7 5000 typ relay", Some((udp, CandidateKind::Relayed))),
        ("1 1 tcp 9 192.0.2.7 9 typ host tcptype active", Some((tcp, CandidateKind::Host))),
        ("1 1 udp 9 192.0.2.7 5000 typ host ufrag theirs", Some((udp, CandidateKind::Host))),
        ("1 1 udp 9 192.0.2.7 5000 typ host ufrag other", None),
        ("1 1 tcp 9 192.0.2.7 5000 typ host tcptype passive", None),
        ("1 1 tcp 9 192.0.2.7 5000 typ host", None),
        ("1 2 udp 9 192.0.2.7 5001 typ host", None),
        ("1 1 sctp 9 192.0.2.7 5000 typ host", None),
        ("1 1 udp 9 192.0.2.7 5000 typ guess", None),
        ("1 1 udp 9 0e1c8b25.local 5000 typ host", None),
        ("1 1 udp 9 host.example 5000 typ host", None),
        ("1 1 udp 9 fe80::1%eth0 5000 typ host", None),
        ("1 1 udp 9 192.0.2.7 0 typ host", None),
        ("1 1 udp 9 0.0.0.0 5000 typ host", None),
        ("1 1 udp 9 255.255.255.255 5000 typ host", None),
        ("1 1 udp 9 239.1.1.1 5000 typ host", None),
        ("1 1 udp 9 ff02::1 5000 typ host", None),
        ("", None),
    ] {
        let media = with(&format!("a=candidate:{text}")).unwrap();
        let known = spec(&media).remote_candidates.first().copied();
        assert_eq!(known.map(|c| (c.protocol, c.kind)), expected, "{text}");
        let mut leg = leg();
        assert_eq!(leg.candidate(text), None, "before any offer");
        leg.answer(&wire(&format!("{}{AUDIO}", head("theirs", 7)))).unwrap();
        assert_eq!(leg.candidate(text), known, "{text}");
        assert_eq!(leg.candidate(&format!("candidate:{text}")), None, "twice: {text}");
    }
}

#[test]
fn the_candidates_of_the_first_line_count_for_its_group() {
    let camera = "m=video 9 UDP/TLS/RTP/SAVPF 96\na=mid:1\na=rtcp-mux\na=bundle-only\n\
                  a=candidate:1 1 udp 9 192.0.2.7 5000 typ host\n";
    let count = |head: &str, camera: &str| {
        let media = answer(&format!("{}{camera}{AUDIO}", head.replace("BUNDLE 0", "BUNDLE 1 0")));
        spec(&media.unwrap()).remote_candidates.len()
    };
    let head = head("theirs", 7);
    assert_eq!(count(&head, camera), 1);
    assert_eq!(count(&head, &format!("{camera}a=ice-ufrag:another\n")), 0, "another transport");
    let alone = head.replace("a=ice-ufrag:theirs\na=ice-pwd:theirpasswordtheirpassword\n", "");
    let with = "a=ice-ufrag:ofvideo\na=ice-pwd:theirpasswordtheirpassword\n";
    assert_eq!(count(&alone, &format!("{camera}{with}")), 1, "the only transport of the group");
}

#[test]
fn only_so_many_candidates_are_kept() {
    let line = |n: usize| format!("a=candidate:1 1 udp 9 192.0.2.7 {} typ host\n", 5_000 + n);
    let lines: String = (0..2 * MAX_CANDIDATES).map(line).collect();
    let text = format!("{}{AUDIO}{lines}", head("theirs", 7));
    assert_eq!(spec(&answer(&text).unwrap()).remote_candidates.len(), MAX_CANDIDATES);
    let mut leg = leg();
    leg.answer(&wire(&format!("{}{AUDIO}", head("theirs", 7)))).unwrap();
    let taken = (0..2 * MAX_CANDIDATES).filter(|n| leg.candidate(&line(*n)).is_some()).count();
    assert_eq!(taken, MAX_CANDIDATES);
}

#[test]
fn data_lines_of_tests() {
    let offer = |line: &str, port: &str| {
        let text = format!("{}m=application 9 {line}\na=mid:0\n{port}\n", head("theirs", 7));
        answer_probe(&wire(&text), local(), true, [0; 32]).map(|(_, media)| media)
    };
    let (line, port) = ("UDP/DTLS/SCTP webrtc-datachannel", "a=sctp-port:5000");
    let media = offer(line, port).unwrap();
    assert_eq!(media.direction, Direction::Inactive);
    let spec = spec(&media);
    let data = spec.data.clone().unwrap();
    assert_eq!((data.mid.as_str(), data.sctp_port, data.echo), ("0", 5_000, true));
    assert!(spec.audio.is_none() && spec.ice_lite);
    assert!(offer("TCP/DTLS/SCTP webrtc-datachannel", port).is_ok());
    for (line, port) in [
        (line, "a=sctp-port:0"),
        (line, "a=sctp-port:70000"),
        (line, ""),
        ("DTLS/SCTP 5000", "a=sctpmap:5000 webrtc-datachannel 1024"),
        ("UDP/DTLS/SCTP other", port),
        ("UDP/BFCP *", port),
    ] {
        assert!(offer(line, port).is_err(), "{line} {port}");
    }
    let sound =
        answer_probe(&wire(&format!("{}{AUDIO}", head("theirs", 7))), local(), true, [0; 32]);
    assert_eq!(sound.unwrap_err().warning, "no data line");
}
