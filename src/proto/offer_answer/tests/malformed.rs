//! Broken and odd lines, one at a time: what is still agreed, or why not.

use super::negotiator;
use causeway_base::{Codec, EndCause};
use causeway_plan::{LegMedia, OfferPolicy};
use std::net::SocketAddr;

fn answer(lines: &str) -> Result<LegMedia, EndCause> {
    let text = format!("v=0\r\n{}\r\n", lines.replace('\n', "\r\n"));
    let leg = negotiator(OfferPolicy::default(), 1).answer(text.as_bytes());
    leg.map(|(_, media)| media).map_err(|refusal| refusal.cause)
}

fn audio(attributes: &str) -> LegMedia {
    answer(&format!("c=IN IP4 192.0.2.7\nm=audio 5000 RTP/AVP 96 8 0\n{attributes}")).unwrap()
}

#[test]
fn rtpmap() {
    for (map, codec) in [
        ("a=rtpmap:96 opus/48000/2", Codec::Opus),
        ("a=rtpmap:96 OPUS/48000/2", Codec::Opus),
        ("a=rtpmap:96 opus/48000", Codec::Opus),
        ("a=rtpmap: 96  opus/48000/2 ", Codec::Opus),
        ("a=rtpmap:96 opus/48000/3", Codec::Pcma),
        ("a=rtpmap:96 opus/8000/2", Codec::Pcma),
        ("a=rtpmap:96 opus", Codec::Pcma),
        ("a=rtpmap:96", Codec::Pcma),
        ("a=rtpmap", Codec::Pcma),
        ("a=rtpmap:960 opus/48000/2", Codec::Pcma),
        ("a=rtpmap:8 iLBC/8000", Codec::Pcmu),
        ("a=rtpmap:8 PCMA/8000/2", Codec::Pcmu),
        ("a=rtpmap:8 PCMA/8000/1", Codec::Pcma),
        ("a=rtpmap:8 PCMU/8000", Codec::Pcmu),
        ("a=rtpmap:96 G722/16000", Codec::Pcma),
        ("a=rtpmap:96 G722/8000", Codec::G722),
    ] {
        assert_eq!(audio(map).audio.send.codec, codec, "{map}");
    }
}

#[test]
fn fmtp() {
    for (fmtp, fec, bitrate) in [
        ("96 useinbandfec=1", true, None),
        ("96  useinbandfec = 1 ", true, None),
        ("96 useinbandfec=1;maxaveragebitrate=24000", true, Some(24_000)),
        ("96 maxaveragebitrate=1", false, Some(6_000)),
        ("96 maxaveragebitrate=x", false, None),
        ("96", false, None),
        ("", false, None),
        ("8 useinbandfec=1", false, None),
        ("* useinbandfec=1", false, None),
    ] {
        let send = audio(&format!("a=rtpmap:96 opus/48000/2\na=fmtp:{fmtp}")).audio.send;
        assert_eq!((send.fec, send.max_bitrate.map(|r| r.as_bps())), (fec, bitrate), "{fmtp}");
    }
}

#[test]
fn packet_times() {
    for (lines, opus, g711) in [
        ("", 20, 20),
        ("a=ptime:10", 10, 10),
        ("a=ptime:30", 20, 30),
        ("a=ptime:40", 40, 40),
        ("a=ptime:60", 60, 60),
        ("a=ptime:25", 20, 20),
        ("a=ptime:20.5", 20, 20),
        ("a=ptime:200", 60, 60),
        ("a=ptime:99999999999", 20, 20),
        ("a=ptime:5", 20, 20),
        ("a=ptime:0", 20, 20),
        ("a=ptime:-20", 20, 20),
        ("a=ptime", 20, 20),
        ("a=maxptime:10", 10, 10),
        ("a=maxptime:60", 20, 20),
        ("a=ptime:60\na=maxptime:30", 20, 30),
        ("a=maxptime:1", 20, 20),
    ] {
        assert_eq!(audio(lines).audio.ptime_ms, g711, "{lines}");
        let lines = format!("a=rtpmap:96 opus/48000/2\n{lines}");
        assert_eq!(audio(&lines).audio.ptime_ms, opus, "{lines}");
    }
}

#[test]
fn bandwidth_limits_opus() {
    for (line, rate) in [
        ("b=TIAS:24000", Some(24_000)),
        ("b=AS:40", Some(24_000)),
        ("b=AS:1", Some(6_000)),
        ("b=AS:40\nb=TIAS:30000", Some(30_000)),
        ("b=AS:0", None),
        ("b=AS:x", None),
        ("b=X-AS:40", None),
        ("b=AS:18446744073709551615", Some(u64::MAX - 16_000)),
    ] {
        let lines = format!("{line}\na=rtpmap:96 opus/48000/2");
        let got = audio(&lines).audio.send.max_bitrate.map(|rate| rate.as_bps());
        assert_eq!(got, rate, "{line}");
        assert_eq!(audio(line).audio.send.max_bitrate, None, "G.711 has one rate");
    }
}

#[test]
fn media_lines() {
    for (line, cause) in [
        ("m=audio 5000 RTP/AVP 0", None),
        ("m=audio 5000/2 RTP/AVP 0", None),
        ("m=AUDIO 5000 rtp/avp 0", None),
        ("m=audio 5000 RTP/AVP 300 x -1 0", None),
        ("m=audio 5000 RTP/AVP", Some(EndCause::NoCommonCodec)),
        ("m=audio", Some(EndCause::NoCommonCodec)),
        ("m=", Some(EndCause::NoCommonCodec)),
        ("m=audio 70000 RTP/AVP 0", Some(EndCause::NoCommonCodec)),
        ("m=audio 5000 RTP/AVP 300", Some(EndCause::NoCommonCodec)),
        ("m=audio 5000 RTP/AVP 13 101", Some(EndCause::NoCommonCodec)),
        ("m=audio 5000 TCP/RTP/AVP 0", Some(EndCause::BadMediaDescription)),
        ("m=audio 5000 RTP/SAVP 0", Some(EndCause::NoCommonEncryption)),
        ("", Some(EndCause::NoCommonCodec)),
    ] {
        let got = answer(&format!("c=IN IP4 192.0.2.7\n{line}"));
        assert_eq!(got.err(), cause, "{line}");
    }
}

#[test]
fn addresses() {
    let bad = Err(EndCause::BadMediaDescription);
    for (lines, expected) in [
        ("c=IN IP4 192.0.2.7", Ok(Some(("192.0.2.7:5000", "192.0.2.7:5001")))),
        ("c=IN IP4 192.0.2.7\na=rtcp-mux", Ok(Some(("192.0.2.7:5000", "192.0.2.7:5000")))),
        ("c=IN IP4 192.0.2.7\na=rtcp:6001", Ok(Some(("192.0.2.7:5000", "192.0.2.7:6001")))),
        (
            "c=IN IP4 192.0.2.7\na=rtcp:6001 IN IP4 192.0.2.8",
            Ok(Some(("192.0.2.7:5000", "192.0.2.8:6001"))),
        ),
        ("c=IN IP4 192.0.2.7\na=rtcp:x", Ok(Some(("192.0.2.7:5000", "192.0.2.7:5001")))),
        ("c=IN IP4 192.0.2.7/127", Ok(Some(("192.0.2.7:5000", "192.0.2.7:5001")))),
        ("c=IN IP6 ::ffff:192.0.2.7", Ok(Some(("192.0.2.7:5000", "192.0.2.7:5001")))),
        ("c=IN IP4 192.0.2.300", Ok(None)),
        ("c=IN IP4 room.example.com", Ok(None)),
        ("c=IN", Ok(None)),
        ("c=", Ok(None)),
        ("", Ok(None)),
        ("c=IN IP4 0.0.0.0", Ok(None)),
        ("c=IN IP4 255.255.255.255", bad),
        ("c=IN IP4 239.1.1.1/32", bad),
        ("c=IN IP6 ff0e::1", bad),
        ("c=IN IP6 2001:db8::1", bad),
    ] {
        let got = answer(&format!("m=audio 5000 RTP/AVP 0\n{lines}")).map(|media| {
            media
                .transport
                .rtp()
                .unwrap()
                .remote_rtp
                .map(|rtp| (rtp, media.transport.rtp().unwrap().remote_rtcp.unwrap()))
        });
        let parse = |text: &str| text.parse::<SocketAddr>().unwrap();
        let expected = expected.map(|pair| pair.map(|(rtp, rtcp)| (parse(rtp), parse(rtcp))));
        assert_eq!(got, expected, "{lines}");
    }
    for line in
        ["a=rtcp:0", "a=rtcp:1 IN IP4 239.1.1.1", "a=rtcp:1 IN IP4 name", "a=rtcp:1 IN IP4 0.0.0.0"]
    {
        let media = answer(&format!("m=audio 5000 RTP/AVP 0\nc=IN IP4 192.0.2.7\n{line}")).unwrap();
        assert_eq!(media.transport.rtp().unwrap().remote_rtcp, None, "{line}");
    }
    let last = answer("m=audio 65535 RTP/AVP 0\nc=IN IP4 192.0.2.7").unwrap();
    assert_eq!(
        (
            last.transport.rtp().unwrap().remote_rtp.unwrap().port(),
            last.transport.rtp().unwrap().remote_rtcp
        ),
        (65_535, None)
    );
}

#[test]
fn rtcp_shares_no_port_with_numbers_that_look_like_it() {
    for (number, mux) in [(63, true), (64, false), (77, false), (95, false), (96, true)] {
        let lines = format!(
            "c=IN IP4 192.0.2.7\nm=audio 5000 RTP/AVP {number}\na=rtpmap:{number} PCMA/8000\n\
             a=rtcp-mux"
        );
        assert_eq!(answer(&lines).unwrap().transport.rtp().unwrap().rtcp_mux, mux, "{number}");
    }
}

#[test]
fn crypto_lines() {
    let key = "A".repeat(40);
    for (line, encrypted) in [
        (format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}"), true),
        (format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}|2^31"), true),
        (format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}|2^31|1:1"), true),
        (format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}|1:1"), true),
        (format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key} UNENCRYPTED_SRTP"), false),
        (format!("a=crypto:1 NULL_HMAC_SHA1_80 inline:{key}"), false),
        (format!("a=crypto:x AES_CM_128_HMAC_SHA1_80 inline:{key}"), false),
        ("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAA".to_owned(), false),
        ("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:".to_owned(), false),
        ("a=crypto:1".to_owned(), false),
        ("a=crypto".to_owned(), false),
    ] {
        assert_eq!(audio(&line).transport.srtp().is_some(), encrypted, "{line}");
        let both = format!("{line}\na=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:{key}");
        assert!(audio(&both).transport.srtp().is_some(), "the next line counts: {line}");
        let secure = format!("c=IN IP4 192.0.2.7\nm=audio 5000 RTP/SAVP 0\n{line}");
        assert_eq!(answer(&secure).is_ok(), encrypted, "{line}");
    }
}

#[test]
fn the_level_extension() {
    let uri = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    for (line, id) in [
        (format!("a=extmap:3 {uri}"), Some(3)),
        (format!("a=extmap:3/sendonly {uri} vad=on"), Some(3)),
        (format!("a=extmap:3/sendrecv {uri}"), Some(3)),
        (format!("a=extmap:3/recvonly {uri}"), None),
        (format!("a=extmap:3/inactive {uri}"), None),
        (format!("a=extmap:15 {uri}"), None),
        (format!("a=extmap:0 {uri}"), None),
        (format!("a=extmap:4096 {uri}"), None),
        ("a=extmap:3".to_owned(), None),
        (format!("a=extmap:3 {uri}:more"), None),
    ] {
        assert_eq!(audio(&line).audio.level_extension, id, "{line}");
    }
}

#[test]
fn no_description_at_all() {
    for bytes in [&b""[..], b"\0\0", b"hello", b"m=audio 5000 RTP/AVP 0"] {
        let refusal = negotiator(OfferPolicy::default(), 1).answer(bytes).unwrap_err();
        assert_eq!(refusal.cause, EndCause::BadMediaDescription);
    }
}

#[test]
fn warnings_hold_nothing_that_breaks_a_header() {
    let offer = "v=0\nc=IN IP4 192.0.2.7\nm=audio 5000 RTP/AVP 96 \"\\ 99 ünï\na=rtpmap:96 \"x\"\u{7f}/8000\n";
    let refusal = negotiator(OfferPolicy::default(), 1).answer(offer.as_bytes()).unwrap_err();
    assert_eq!(refusal.warning, "theirs: x  99 n; ours: opus G722 PCMA PCMU");
    let long = format!("v=0\nm=audio 5000 RTP/AVP{}\n", " 99".repeat(20_000));
    let refusal = negotiator(OfferPolicy::default(), 1).answer(long.as_bytes()).unwrap_err();
    assert!(refusal.warning.len() < 400, "{}", refusal.warning.len());
}
