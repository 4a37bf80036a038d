//! What an attacker sends: bounded work, one reading of every message, nothing said to nobody.

use bytes::{Bytes, BytesMut};
use sip_codec::{
    HeaderName, Headers, Limits, Message, ParseError, Request, StreamDecoder, StreamItem,
    StreamSide, Uri,
    header::{CallId, Contact, From, Reason, UserAgent, Via},
    parse_datagram,
};

const LIMITS: Limits = Limits::DEFAULT;

fn parse(text: impl AsRef<[u8]>) -> Result<Message, ParseError> {
    parse_datagram(&Bytes::copy_from_slice(text.as_ref()), &LIMITS)
}

fn request(text: impl AsRef<[u8]>) -> Request {
    match parse(text) {
        Ok(Message::Request(request)) => request,
        other => panic!("no request: {other:?}"),
    }
}

/// An OPTIONS with further header lines.
fn options(lines: &str) -> String {
    format!(
        "OPTIONS sip:a@example.com SIP/2.0\r\nVia: SIP/2.0/UDP b;branch=z9hG4bKc\r\n\
         From: <sip:d@e>;tag=f\r\nTo: <sip:a@example.com>\r\nCall-ID: g\r\nCSeq: 1 OPTIONS\r\n\
         {lines}\r\n"
    )
}

fn status(result: Result<Message, ParseError>) -> Option<u16> {
    result.expect_err("a refusal").status().map(sip_codec::StatusCode::code)
}

fn opened(stream: impl AsRef<[u8]>) -> (StreamDecoder, BytesMut) {
    (StreamDecoder::new(LIMITS, StreamSide::Accepted), BytesMut::from(stream.as_ref()))
}

#[test]
fn a_line_of_64_kib_is_refused_and_not_echoed() {
    let long = "x".repeat(64 * 1024);
    for line in [
        format!("Via: SIP/2.0/UDP h;branch={long}\r\n"),
        format!("From: <sip:h@i>;tag={long}\r\n"),
        format!("CSeq: {} OPTIONS\r\n", "1".repeat(64 * 1024)),
        format!("Accept: {long}/{long}\r\n"),
        format!("{long}: 1\r\n"),
    ] {
        let question = options(&line);
        let error = parse(&question).expect_err("too long");
        let ParseError::Answer(refusal) = error else { panic!("not answered: {error:?}") };
        assert_eq!(refusal.status, 400);
        assert!(refusal.response().to_bytes().len() < 300, "the answer carries the attack");
    }
}

#[test]
fn an_answer_is_no_longer_than_its_question() {
    for line in ["X Y: 1\r\n", "Content-Length: 9999\r\n", "\r\r\n", "Content-Length: -\r\n"] {
        let question = options(line);
        let Err(ParseError::Answer(refusal)) = parse(&question) else { panic!("{line:?}") };
        assert!(refusal.response().to_bytes().len() <= question.len() + 32, "{line:?}");
    }
}

#[test]
fn a_million_parameters_are_refused() {
    let flags = ";a".repeat(7_000);
    let request = request(options(&format!("Contact: <sip:h@i>{flags}\r\n")));
    assert!(request.headers.get::<Contact>().expect("a Contact").is_err());
    assert!(Uri::parse(format!("sip:h{flags}")).is_err());
}

#[test]
fn ten_thousand_headers_are_refused() {
    assert_eq!(status(parse(options(&"X:\r\n".repeat(8_000)))), Some(400));
}

#[test]
fn two_gigabytes_are_neither_awaited_nor_skipped() {
    let (mut decoder, mut buffer) = opened(options("Content-Length: 2147483648\r\n"));
    let error = decoder.decode(&mut buffer).expect_err("too large");
    assert_eq!(error.status().map(|s| s.code()), Some(413));
    assert!(error.framing_lost());
    buffer.extend_from_slice(options("Content-Length: 0\r\n").as_bytes());
    assert!(decoder.decode(&mut buffer).expect_err("lost").framing_lost());
    assert!(buffer.is_empty(), "a lost stream keeps nothing");
}

#[test]
fn a_head_without_end_is_given_up_at_the_limit() {
    let (mut decoder, mut buffer) = opened("OPTIONS sip:a SIP/2.0\r\n");
    let mut fed = 0;
    loop {
        buffer.extend_from_slice(b"X: y\r\n");
        fed += 6;
        match decoder.decode(&mut buffer) {
            Ok(None) => assert!(fed < LIMITS.head, "still waiting"),
            Ok(Some(item)) => panic!("{item:?}"),
            Err(error) => break assert!(error.framing_lost()),
        }
    }
}

#[test]
fn a_stream_needs_content_length() {
    let (mut decoder, mut buffer) = opened(options(""));
    let error = decoder.decode(&mut buffer).expect_err("no length");
    assert_eq!((error.status().map(|s| s.code()), error.framing_lost()), (Some(400), true));
}

#[test]
fn a_stream_goes_on_behind_a_refused_message_of_known_length() {
    let bad = options("X Y: 1\r\nContent-Length: 30\r\n") + "OPTIONS sip:not@me SIP/2.0\r\n\r\n";
    let (mut decoder, mut buffer) = opened(bad + &options("Content-Length: 0\r\n"));
    assert!(!decoder.decode(&mut buffer).expect_err("bad").framing_lost());
    let item = decoder.decode(&mut buffer).expect("sound");
    let Some(StreamItem::Message(Message::Request(request))) = item else { panic!("{item:?}") };
    assert_eq!(request.uri.to_string(), "sip:a@example.com");
    assert!(buffer.is_empty());
}

#[test]
fn foreign_protocols_are_dropped() {
    for text in ["GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00\r\n\r\n", "SSH-2.0-x\r\n\r\n"] {
        assert_eq!(status(parse(text)), None);
        let (mut decoder, mut buffer) = opened(text);
        assert!(decoder.decode(&mut buffer).expect_err("no SIP").framing_lost());
    }
    assert_eq!(status(parse("")), None);
    assert_eq!(status(parse("\r\n\r\n")), None);
}

#[test]
fn keep_alives_depend_on_who_opened() {
    let (mut decoder, mut buffer) = opened("\r\n");
    assert_eq!(decoder.decode(&mut buffer), Ok(None));
    buffer.extend_from_slice(b"\r\n");
    assert_eq!(decoder.decode(&mut buffer), Ok(Some(StreamItem::Ping)));
    let mut decoder = StreamDecoder::new(LIMITS, StreamSide::Opened);
    let mut buffer = BytesMut::from("\r\n\r\n");
    assert_eq!(decoder.decode(&mut buffer), Ok(Some(StreamItem::Pong)));
    assert_eq!(decoder.decode(&mut buffer), Ok(Some(StreamItem::Pong)));
    assert_eq!(decoder.decode(&mut buffer), Ok(None));
}

/// One view of every header: no trick with white space or case hides a line from one reader and
/// shows it to another.
#[test]
fn no_header_is_smuggled() {
    let tricks =
        "P-ASSERTED-identity\t : <sip:boss@e>\r\nHint: a\r\n P-Asserted-Identity: <sip:k@e>\r\n";
    let mut request = request(options(tricks));
    assert_eq!(request.headers.raw(&HeaderName::PAssertedIdentity).count(), 1);
    request.headers.remove(&HeaderName::PAssertedIdentity);
    let text = String::from_utf8(request.to_bytes().to_vec()).expect("ASCII");
    assert!(!text.contains("boss"));
    assert!(
        text.contains("Hint: a P-Asserted-Identity: <sip:k@e>\r\n"),
        "the fold stays one value: {text}"
    );
    for line in [
        " P-Asserted-Identity: x\r\n",
        "P-Asserted-Identity x: y\r\n",
        "X: a\nP-Asserted-Identity: x\r\n",
        "X: a\rP-Asserted-Identity: x\r\n",
        "P-Asserted-Identity\r\n : x\r\n",
        ": x\r\n",
        "X\0: y\r\n",
    ] {
        let parsed = parse(options(line));
        let hidden = parsed.is_ok_and(|m| m.headers().has(&HeaderName::PAssertedIdentity));
        assert!(!hidden, "{line:?}");
    }
}

#[test]
fn our_own_values_cannot_begin_a_header() {
    let mut uri = Uri::parse("sip:a").expect("a URI");
    uri.as_sip_mut().expect("a SIP URI").params.set("x", "y\r\nEvil: 1");
    let mut request = Request::new(sip_codec::Method::Options, uri);
    let broken = String::from_utf8(request.to_bytes().to_vec()).expect("ASCII");
    assert_eq!(broken.lines().count(), 3, "request line, Content-Length, empty line");
    request.uri = Uri::parse("sip:a").expect("a URI");
    request.headers.push(&UserAgent("x\r\nEvil: 1".into()));
    request.headers.push(&CallId("y\r\nEvil: 1".into()));
    request.headers.push(&Reason::new("SIP", 200, "z\"\r\nEvil: 1"));
    request.headers.push_raw(HeaderName::Subject, "s\r\n\r\nbody");
    let again = self::request(request.to_bytes());
    assert_eq!(again.headers.len(), 5, "four lines and Content-Length");
    assert!(again.body.is_empty());
}

#[test]
fn differing_lengths_lose_the_frame_and_equal_ones_do_not() {
    let twice = "Content-Length: 0\r\nl: 0\r\n";
    assert!(parse(options(twice)).is_ok());
    let (mut decoder, mut buffer) = opened(options("Content-Length: 0\r\nl: 30\r\n"));
    assert!(decoder.decode(&mut buffer).expect_err("differ").framing_lost());
    let (mut decoder, mut buffer) = opened(options("Content-Length: 0x10\r\n"));
    assert!(decoder.decode(&mut buffer).expect_err("no number").framing_lost());
}

#[test]
fn names_pass_byte_for_byte() {
    let latin = b"\"Caf\xe9\" <sip:a@b>".as_slice();
    let chinese = b"\"\xbb\xe1\xd2\xe9\xca\xd2\" <sip:a@b>".as_slice();
    for name in [latin, chinese] {
        let mut headers = Headers::new();
        headers.push_raw(HeaderName::From, name.to_vec());
        let from = headers.get::<From>().expect("a From").expect("a sound From");
        headers.set(&from);
        assert_eq!(headers.raw(&HeaderName::From).next().map(|v| &v[..]), Some(name));
    }
}

#[test]
fn logs_show_no_person() {
    let request = request(options(
        "Authorization: Digest username=\"carol\", response=\"0123456789abcdef\"\r\n\
         Contact: \"Carol Smith\" <sip:carolsmith:secret@h>\r\n",
    ));
    let contact = request.headers.get::<Contact>();
    let auth = request.headers.get::<sip_codec::header::Authorization>();
    let shown = format!("{request:?} {contact:?} {auth:?}");
    for person in ["arol", "mith", "secret", "012345"] {
        assert!(!shown.contains(person), "{person} in {shown}");
    }
}

#[test]
fn an_unknown_source_is_noted_as_rfc_3581_says() {
    let via = "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa;rport;received=203.0.113.9";
    let mut headers = Headers::new();
    headers.push_raw(HeaderName::Via, format!("{via}, SIP/2.0/UDP next"));
    let mut top = headers.get::<Via>().expect("a Via").expect("a sound Via");
    top.note_source("2001:db8::7".parse().expect("an address"), 40_000);
    headers.set_first(&top);
    let line = headers.raw(&HeaderName::Via).next().expect("the line").clone();
    let expected = "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa;rport=40000;\
                    received=2001:db8::7, SIP/2.0/UDP next";
    assert_eq!(line, expected);
}
