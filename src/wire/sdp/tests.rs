use super::*;

fn parse(text: &str) -> SessionDescription {
    SessionDescription::parse(text.as_bytes()).unwrap()
}

#[test]
fn what_rtc_sdp_refuses_is_taken() {
    let session = parse(
        "v=0\no=Poly Studio X 1 2 IN IP4 192.0.2.1\nb=AS:1920\nc=IN IP4 192.0.2.1\nx=what\n\
         m=audio 4000 RTP/AVP 0 8\ni=late title\nq=unknown\na=sendrecv\nb=TIAS:64000\nc=IN IP6 2001:db8::1\n\
         m=x-data 4002 UDP/UDT/IX *\na=answer:full\n",
    );
    assert_eq!(session.origin.user, "Poly_Studio_X");
    assert_eq!((session.origin.session_id, session.origin.version), (1, 2));
    assert_eq!(session.name, "-");
    assert_eq!(session.connection.as_ref().unwrap().to_string(), "IN IP4 192.0.2.1");
    assert_eq!(session.bandwidth, [Bandwidth { kind: "AS".into(), value: 1920 }]);
    let audio = &session.media[0];
    assert_eq!(audio.connection.as_ref().unwrap().to_string(), "IN IP6 2001:db8::1");
    assert_eq!(audio.payload_types().collect::<Vec<_>>(), [0, 8]);
    assert!(audio.has("SendRecv"));
    let data = &session.media[1];
    assert_eq!((&data.kind[..], data.port, &data.proto[..]), ("x-data", 4002, "UDP/UDT/IX"));
    assert_eq!(data.formats, ["*"]);
    assert_eq!(session.connection_of(data), session.connection.as_ref());
}

#[test]
fn broken_origins_are_zero_and_broken_media_have_port_zero() {
    for origin in
        ["", "o=\n", "o=x\n", "o=- a b IN IP4 h\n", "o=- 99999999999999999999 1 IN IP4 h\n"]
    {
        let session = parse(&format!("v=0\n{origin}m=audio 9 RTP/AVP 0\n"));
        assert_eq!(session.origin, Origin::default(), "{origin}");
    }
    let table = [
        ("m=", "application", 0, "RTP/AVP", "0"),
        ("m=audio", "audio", 0, "RTP/AVP", "0"),
        ("m=audio x RTP/AVP 0", "audio", 0, "RTP/AVP", "0"),
        ("m=audio 65536 RTP/AVP 0", "audio", 0, "RTP/AVP", "0"),
        ("m=audio -1 RTP/AVP 0", "audio", 0, "RTP/AVP", "0"),
        ("m=audio 4000 RTP/AVP", "audio", 0, "RTP/AVP", "0"),
        ("m=audio 4000 RTP//AVP 0", "audio", 0, "RTP/AVP", "0"),
        ("m=audio 4000/2 RTP/AVP 0", "audio", 4000, "RTP/AVP", "0"),
        ("m=AUDIO 4000 rtp/avp 0", "AUDIO", 4000, "rtp/avp", "0"),
    ];
    for (line, kind, port, proto, format) in table {
        let media = parse(&format!("v=0\n{line}\n")).media.remove(0);
        assert_eq!((&media.kind[..], media.port, &media.proto[..]), (kind, port, proto), "{line}");
        assert_eq!(media.formats, [format], "{line}");
    }
}

#[test]
fn connections_are_numbers_names_or_nothing() {
    let table = [
        ("c=IN IP4 192.0.2.1", Some("IN IP4 192.0.2.1")),
        ("c=IN IP4 224.2.1.1/127/3", Some("IN IP4 224.2.1.1")),
        ("c=IN IP6 ff15::101/3", Some("IN IP6 ff15::101")),
        ("c=IN IP4 2001:db8::1", Some("IN IP6 2001:db8::1")),
        ("c=IN IP6 [2001:db8::1]", Some("IN IP6 2001:db8::1")),
        ("c=IN IP4 room.example.com", Some("IN IP4 room.example.com")),
        ("c=IN IP4", None),
        ("c=", None),
    ];
    for (line, expected) in table {
        let got = parse(&format!("v=0\n{line}\n")).connection;
        assert_eq!(got.map(|address| address.to_string()).as_deref(), expected, "{line}");
    }
}

#[test]
fn limits_hold() {
    let parse = |text: String| SessionDescription::parse(text.as_bytes()).map(|_| ());
    assert_eq!(parse(String::new()), Err(SdpError::NoVersion));
    assert_eq!(parse("v=1\n".into()), Err(SdpError::NoVersion));
    assert_eq!(parse("v=0\n".repeat(MAX_LINES)), Ok(()));
    assert_eq!(parse("v=0\n".repeat(MAX_LINES + 1)), Err(SdpError::TooManyLines));
    let media = |count| format!("v=0\n{}", "m=audio 9 RTP/AVP 0\n".repeat(count));
    assert_eq!(parse(media(MAX_MEDIA)), Ok(()));
    assert_eq!(parse(media(MAX_MEDIA + 1)), Err(SdpError::TooManyLines));
    let formats = format!("v=0\nm=audio 9 RTP/AVP{}\n", " 0".repeat(MAX_FORMATS + 1));
    let read = SessionDescription::parse(formats.as_bytes()).unwrap();
    assert_eq!(read.media[0].formats.len(), MAX_FORMATS);
    assert_eq!(parse(format!("v=0\ns={}\n", "x".repeat(MAX_LEN))), Err(SdpError::TooLong));
}

#[test]
fn single_attributes() {
    let map = RtpMap::parse("111  OPUS/48000/2").unwrap();
    assert_eq!(
        (map.payload_type, &map.name[..], map.clock, map.channels),
        (111, "OPUS", 48_000, 2)
    );
    assert_eq!(map.to_string(), "111 OPUS/48000/2");
    for broken in [
        "",
        "0",
        "0 PCMU",
        "0 PCMU/",
        "0 PCMU/0",
        "0 PCMU/x",
        "128 PCMU/8000",
        "0 /8000",
        "0 A/8000/x",
        "0 A/8000/0",
    ] {
        assert_eq!(RtpMap::parse(broken), None, "{broken}");
    }
    let split =
        attribute::fmtp("101 0-15").map(|(f, p)| (f, attribute::parameters(p).collect::<Vec<_>>()));
    assert_eq!(split, Some(("101", vec![("0-15", "")])));
    let opus: Vec<_> = attribute::parameters(" useinbandfec=1 ;; stereo = 0;").collect();
    assert_eq!(opus, [("useinbandfec", "1"), ("stereo", "0")]);
    assert_eq!(attribute::fmtp("101"), None);
    let ext = ExtMap::parse("3/sendonly urn:x vad=on").unwrap();
    assert_eq!((ext.id, ext.direction.as_deref(), &ext.uri[..]), (3, Some("sendonly"), "urn:x"));
    for broken in ["", "3", "0 urn:x", "4096 urn:x", "x urn:x"] {
        assert_eq!(ExtMap::parse(broken), None, "{broken}");
    }
    let rtcp = RtcpAddress::parse("53020 IN IP6 2001:db8::7").unwrap();
    assert_eq!(rtcp.to_string(), "53020 IN IP6 2001:db8::7");
    assert_eq!(RtcpAddress::parse("53020").unwrap().address, None);
    assert_eq!(RtcpAddress::parse("x"), None);
}

#[test]
fn what_a_video_line_says_of_itself() {
    let session = parse(
        "v=0\nm=video 9 RTP/AVP 97\na=fmtp:97 packetization-mode=1\na=fmtp:97 late=1\n\
         a=content:slides, speaker\na=label: 12 \nm=video 9 RTP/AVP 97\na=label:\na=fmtp:97\n",
    );
    let slides = &session.media[0];
    assert_eq!(slides.contents().collect::<Vec<_>>(), ["slides", "speaker"]);
    assert_eq!(slides.label(), Some("12"));
    assert_eq!(slides.parameters_of(97), Some("packetization-mode=1"));
    assert_eq!(slides.parameters_of(96), None);
    let silent = &session.media[1];
    assert_eq!((silent.contents().next(), silent.label()), (Some(""), None));
    assert_eq!(silent.parameters_of(97), None);
}

#[test]
fn keys_are_not_printed() {
    let session =
        parse("v=0\nm=audio 9 RTP/SAVP 0\na=crypto:1 S inline:c2VjcmV0\na=ice-pwd:secret\n");
    let printed = format!("{session:?}");
    assert!(!printed.contains("c2VjcmV0") && !printed.contains("secret"), "{printed}");
    assert!(String::from_utf8(session.to_bytes()).unwrap().contains("inline:c2VjcmV0"));
}

#[test]
fn names_that_are_not_utf8_fail_nothing() {
    let session =
        SessionDescription::parse(b"v=0\r\ns=\xbb\xe1\xd2\xe9\r\nm=audio 9 RTP/AVP 0\r\n");
    assert_eq!(session.unwrap().media.len(), 1);
}
