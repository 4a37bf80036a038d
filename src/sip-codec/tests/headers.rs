//! Every header: one value of each reads as expected, writes as expected, and what is wrong is
//! refused.

use bytes::Bytes;
use sip_codec::{HeaderName, Headers, Method, TypedHeader, header::*};

fn read<T: TypedHeader>(value: &str) -> T {
    T::parse(&Bytes::copy_from_slice(value.as_bytes()))
        .unwrap_or_else(|error| panic!("{}: {value}: {error}", T::NAME))
}

fn written<T: TypedHeader>(value: &str) -> String {
    String::from_utf8(read::<T>(value).to_value().to_vec()).expect("ASCII")
}

/// Each value is written as it was read.
fn stable<T: TypedHeader>(values: &[&str]) {
    for value in values {
        assert_eq!(written::<T>(value), *value, "{}", T::NAME);
    }
}

fn refused<T: TypedHeader>(values: &[&str]) {
    for value in values {
        let value = Bytes::copy_from_slice(value.as_bytes());
        assert!(T::parse(&value).is_err(), "{}: {value:?}", T::NAME);
    }
}

#[test]
fn addresses() {
    stable::<From>(&["<sip:a@b>;tag=1", "\"A \\\"B\\\" C\" <sip:a@b;x=1>;tag=1", "A B <tel:+1>"]);
    assert_eq!(written::<To>("sip:a@b;tag=1"), "<sip:a@b>;tag=1");
    assert_eq!(read::<To>("sip:a@b;user=phone").0.params.get("user").expect("user"), &"phone");
    assert_eq!(
        read::<From>("\"A \\\"B\\\"\" <sip:a@b>").0.display_name().expect("name"),
        "A \"B\""
    );
    refused::<From>(&["", "<sip:a@b", "sip:a@b>", "\"A <sip:a@b>", "A, B <sip:a@b>", "< sip:a@b>"]);
    refused::<From>(&["<sip:a@b>;", "<sip:a@b>;;tag=1", "<sip:a@b> x", "A", "\"A\"", "<>"]);
    refused::<To>(&["sip:a@b?x=y", "<sip:a@b>;tag=", "\"A\" sip:a@b"]);
    stable::<Route>(&["<sip:p.example.com;lr>"]);
    stable::<RecordRoute>(&["<sip:p.example.com;lr>;x"]);
    stable::<Path>(&["<sip:p.example.com;lr;ob>"]);
    stable::<PAssertedIdentity>(&["\"A\" <sip:a@b>", "<tel:+15550100>"]);
    stable::<PPreferredIdentity>(&["\"A\" <sip:a@b>"]);
    stable::<RemotePartyId>(&["\"A\" <sip:a@b>;party=calling;screen=yes;privacy=off"]);
    stable::<Diversion>(&["<sip:a@b>;reason=user-busy;counter=1", "<tel:+15550100>"]);
    stable::<HistoryInfo>(&["<sip:a@b?Reason=SIP%3Bcause%3D302>;index=1.1"]);
    refused::<RemotePartyId>(&["", "A", "<sip:a@b"]);
    stable::<ReferTo>(&["<sip:a@b?Replaces=x%3Bto-tag%3Dy>"]);
    stable::<ReferredBy>(&["<sip:a@b>;cid=\"1@2\""]);
}

#[test]
fn contacts() {
    assert_eq!(read::<Contact>("*"), Contact::Any);
    let contact = read::<Contact>("\"A\" <sip:a@b>;q=0.25;expires=60");
    assert_eq!((contact.q(), contact.expires()), (Some(250), Some(60)));
    for (q, expected) in [("1.000", Some(1000)), ("0", Some(0)), ("1.001", None), ("2", None)] {
        assert_eq!(read::<Contact>(&format!("<sip:a@b>;q={q}")).q(), expected);
    }
    assert_eq!(read::<Contact>("<sip:a@b>;expires=99999999999").expires(), Some(3_600));
    refused::<Contact>(&["**", "*;q=1", "sip:a@b?x=y"]);
}

#[test]
fn via() {
    let via = read::<Via>("SIP / 2.0 / tls  a.example.org : 5061 ; branch = z9hG4bKx;rport");
    assert_eq!((via.transport.clone(), via.port), (Transport::Tls, Some(5061)));
    assert_eq!((via.branch().expect("a branch"), via.rport()), (&"z9hG4bKx".into(), Some(None)));
    assert!(via.unique_branch().is_some());
    assert!(read::<Via>("SIP/2.0/UDP a;branch=z9hG4bK").unique_branch().is_none());
    assert!(read::<Via>("SIP/2.0/UDP a;branch=1").unique_branch().is_none());
    for received in ["2001:db8::1", "[2001:db8::1]"] {
        let via = read::<Via>(&format!("SIP/2.0/UDP a;received={received}"));
        assert_eq!(via.received(), "2001:db8::1".parse().ok());
    }
    stable::<Via>(&["SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bKx;rport=7;received=192.0.2.1"]);
    refused::<Via>(&["", "SIP/2.0/UDP", "SIP/2.0 UDP a", "SIP/3.0/UDP a", "HTTP/2.0/TCP a"]);
    refused::<Via>(&["SIP/2.0/UDP a:99999", "SIP/2.0/UDP a;;", "SIP/2.0/UDP a b", "SIP/2.0/UDPa"]);
}

#[test]
fn numbers() {
    stable::<CSeq>(&["0 INVITE", "2147483647 x-y"]);
    assert_eq!(read::<CSeq>("0007   ACK"), CSeq { seq: 7, method: Method::Ack });
    refused::<CSeq>(&["", "1", "INVITE", "-1 INVITE", "2147483648 INVITE", "1INVITE", "1 A B"]);
    stable::<MaxForwards>(&["0", "255"]);
    refused::<MaxForwards>(&["", "256", "-1", "7 0", "1.5"]);
    stable::<Expires>(&["0", "4294967295"]);
    refused::<Expires>(&["4294967296", "1h"]);
    stable::<MinExpires>(&["60"]);
    stable::<RSeq>(&["1"]);
    stable::<ContentLength>(&["0", "18446744073709551615"]);
    stable::<RAck>(&["776656 1 INVITE"]);
    refused::<RAck>(&["1 INVITE", "1 2", "1  2INVITE"]);
    stable::<Timestamp>(&["54", "54.21 .5"]);
    refused::<Timestamp>(&["", "a", "1 2 3"]);
}

#[test]
fn session_timer() {
    let timer = read::<SessionExpires>("1800 ; Refresher = UAS");
    assert_eq!((timer.seconds, timer.refresher()), (1_800, Some(Refresher::Uas)));
    stable::<SessionExpires>(&["90", "1800;refresher=uac"]);
    refused::<SessionExpires>(&["", "x", "1800 uac", "99999999999", "1800;"]);
    assert_eq!(read::<MinSe>("90;x=y"), MinSe(90));
}

#[test]
fn tokens_and_lists() {
    let mut headers = Headers::new();
    headers.push_raw(HeaderName::Supported, "timer ,, 100rel,");
    headers.push_raw(HeaderName::new("K").expect("a name"), "replaces");
    let tags: Vec<String> = headers.readable::<Supported>().map(|s| s.0.to_string()).collect();
    assert_eq!(tags, ["timer", "100rel", "replaces"]);
    headers.push_raw(HeaderName::Allow, "INVITE, x y, BYE");
    assert_eq!(headers.all::<Allow>().filter(Result::is_err).count(), 1);
    stable::<Require>(&["100rel"]);
    stable::<Privacy>(&["id;critical"]);
    assert!(read::<Privacy>("header ; ID").has("id"));
    stable::<InfoPackage>(&["x;y=z"]);
    stable::<RecvInfo>(&["x"]);
    stable::<Event>(&["refer;id=93809824"]);
    let state = read::<SubscriptionState>("Terminated;reason=noresource");
    assert!(state.is_terminated() && state.reason().is_some_and(|r| *r == "noresource"));
    let reason = read::<Reason>("Q.850;cause=16;text=\"Normal, \\\"all\\\" clear\"");
    assert_eq!(
        (reason.cause(), reason.text().expect("text")),
        (Some(16), "Normal, \"all\" clear".into())
    );
}

#[test]
fn bodies() {
    assert!(read::<ContentType>("Application / SDP").is("application", "sdp"));
    stable::<ContentType>(&["multipart/mixed;boundary=\"a b\""]);
    refused::<ContentType>(&["", "application", "a/b/c", "a/b;"]);
    assert!(read::<ContentDisposition>("render; handling=\"Optional\"").is_optional());
    assert!(read::<Accept>("application/*;q=0.5").covers("application", "sdp"));
    assert!(!read::<Accept>("*/*;q=0.0").covers("application", "sdp"));
}

#[test]
fn authentication() {
    let value = "Digest realm=\"a, b\", nonce=\"x\\\"y\", qop=\"auth,auth-int\",algorithm=SHA-256";
    let mut headers = Headers::new();
    headers.push_raw(HeaderName::WwwAuthenticate, value);
    headers.push_raw(HeaderName::WwwAuthenticate, "Bearer abc/+==");
    let all: Vec<_> = headers.readable::<WwwAuthenticate>().map(|a| a.0).collect();
    let [digest, bearer] = all.as_slice() else { panic!("{all:?}") };
    assert!(digest.is_digest());
    assert_eq!(digest.get("REALM").expect("a realm"), "a, b");
    assert_eq!(digest.get("nonce").expect("a nonce"), "x\"y");
    assert_eq!(bearer.token68.as_ref().expect("a token"), &"abc/+==");
    stable::<Authorization>(&["Digest username=\"a\",nc=00000001,response=\"0\""]);
    stable::<ProxyAuthorization>(&["Digest a=b"]);
    stable::<ProxyAuthenticate>(&["Digest realm=\"\",stale=TRUE"]);
    stable::<AuthenticationInfo>(&["nextnonce=\"a\",nc=00000001"]);
    refused::<Authorization>(&["", "Digest a=\"b", "Digest a=b c=d", "Digest a=b; c=d"]);
}

#[test]
fn times_and_texts() {
    stable::<Date>(&["Sat, 13 Nov 2010 23:29:00 GMT"]);
    refused::<Date>(&["Sat, 13 Nov 2010 23:29:00 EST", "Sat, 32 Nov 2010 23:29:00 GMT", "now"]);
    stable::<RetryAfter>(&["18000;duration=3600", "120 (in (a) meeting)"]);
    refused::<RetryAfter>(&["120 (open", "soon"]);
    stable::<Warning>(&["399 example.com:5060 \"a, \\\"b\\\"\""]);
    refused::<Warning>(&["399 \"x\"", "399 a x", "x a \"b\""]);
    stable::<Server>(&["Causeway/1 (x; y), z"]);
    stable::<UserAgent>(&[""]);
    stable::<CallId>(&["intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"]);
    refused::<CallId>(&["", "a b"]);
}

#[test]
fn replaces() {
    stable::<Replaces>(&["a@b;to-tag=1;from-tag=2;early-only"]);
    refused::<Replaces>(&["a@b", "a@b;to-tag=1", ";to-tag=1;from-tag=2"]);
    refused::<Replaces>(&["a@b;to-tag=1;from-tag=2;to-tag=3", "a@b;to-tag;from-tag=2"]);
}

#[test]
fn editing_keeps_what_it_does_not_touch() {
    let mut headers = Headers::new();
    headers.push_raw(HeaderName::Route, "<sip:a;lr>, \"x, y\" <sip:b;lr>");
    headers.push_raw(HeaderName::Subject, "s");
    headers.push_raw(HeaderName::Route, "<sip:c;lr>");
    let first = headers.pop_front::<Route>().expect("a Route").expect("sound");
    assert_eq!(first.0.uri.to_string(), "sip:a;lr");
    let lines: Vec<_> = headers.iter().map(|(_, value)| value.clone()).collect();
    assert_eq!(lines, ["\"x, y\" <sip:b;lr>", "s", "<sip:c;lr>"].map(Bytes::from));
    headers.set(&read::<Route>("<sip:d>"));
    let lines: Vec<_> = headers.iter().map(|(_, value)| value.clone()).collect();
    assert_eq!(lines, ["<sip:d>", "s"].map(Bytes::from));
    headers.push_front(&read::<Via>("SIP/2.0/UDP h"));
    assert_eq!(headers.iter().next().map(|(name, _)| name.clone()), Some(HeaderName::Via));
    headers.push_raw(HeaderName::Contact, "<sip:a>, <sip:");
    let error = headers.all::<Contact>().nth(1).expect("two").expect_err("no bracket");
    assert_eq!((error.name, error.error.offset), (HeaderName::Contact, "<sip:a>, <".len()));
}
