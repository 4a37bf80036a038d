//! URIs: what is read, what is refused, what means the same.

use sip_codec::{Host, SipUri, Uri, unescape};

fn uri(text: &str) -> Uri {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn parts_are_where_they_belong() {
    let uri = uri("sips:al%69ce;day=tue:p?w@[2001:db8::1]:5071;transport=tcp;LR?Subject=a%20b&x=");
    assert_eq!(uri.scheme(), b"sips");
    assert_eq!(uri.user().map(|u| u.to_string()).as_deref(), Some("alice;day=tue"));
    let sip = uri.as_sip().expect("a SIP URI");
    assert_eq!(sip.password.as_ref().map(|p| p.to_string()).as_deref(), Some("p?w"));
    assert_eq!(sip.host, Host::V6("2001:db8::1".parse().expect("an address")));
    assert_eq!(sip.port, Some(5071));
    assert_eq!(sip.transport().map(ToString::to_string).as_deref(), Some("tcp"));
    assert!(sip.is_loose_router());
    assert_eq!(sip.headers.get("subject").map(unescape).expect("a header"), "a b");
    assert_eq!(sip.headers.get("x").map(|x| x.len()), Some(0));
}

#[test]
fn foreign_and_tel_uris_are_kept() {
    assert_eq!(uri("tel:+1-201-555-0123;ext=7").user().expect("a number"), "+1-201-555-0123");
    assert_eq!(uri("urn:service:sos").to_string(), "urn:service:sos");
    assert_eq!(uri("h323:room@example.com").scheme(), b"h323");
}

#[test]
fn what_is_no_uri_is_refused() {
    for text in [
        "",
        "sip",
        "sip:",
        ":a",
        "4:a",
        "sip:@h",
        "sip:a@",
        "sip:a@b@c",
        "sip:h:",
        "sip:h:65536",
        "sip:h:5o6",
        "sip:h ",
        " sip:h",
        "sip:a b@h",
        "sip:a@h>",
        "<sip:h>",
        "sip:%zz@h",
        "sip:a%4@h",
        "sip:a\r\n@h",
        "sip:a\0@h",
        "sip:h;",
        "sip:h;;a",
        "sip:h?",
        "sip:h?a",
        "sip:h?a=b&",
        "sip:[::1",
        "sip:::1",
        "sip:[1.2.3.4]",
        "sip:[fe80::1%25eth0]",
        "sip:300.1.1.1",
        "sip:1.2.3",
        "sip:[2001:db8:::1]",
        "tel:",
        "tel:+",
        "tel:12 34",
        "urn:",
        "http:a b",
    ] {
        assert!(text.parse::<Uri>().is_err(), "{text:?}");
    }
}

#[test]
fn equivalent_uris() {
    for (a, b) in [
        ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
        ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5"),
        (
            "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
            "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
        ),
        (
            "sip:alice@atlanta.com?subject=x&priority=u",
            "sip:alice@atlanta.com?priority=u&subject=x",
        ),
        ("sip:a@[2001:DB8:0::1]", "sip:a@[2001:db8::1]"),
        ("tel:+1-201-555-0123", "tel:+1(201)5550123"),
        ("tel:7042;phone-context=example.com;ext=1", "tel:7042;ext=1;phone-context=EXAMPLE.com"),
    ] {
        assert!(uri(a).equivalent(&uri(b)) && uri(b).equivalent(&uri(a)), "{a} {b}");
    }
}

#[test]
fn different_uris() {
    for (a, b) in [
        ("sip:a@h", "sips:a@h"),
        ("sip:ALICE@h", "sip:alice@h"),
        ("sip:a@h", "sip:h"),
        ("sip:a:p@h", "sip:a@h"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
        ("sip:a@h;x=1", "sip:a@h;x=2"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next"),
        ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
        ("sip:a%3Bb@h", "sip:a;b@h"),
        ("tel:+1201", "tel:1201"),
        ("tel:7042;phone-context=a", "tel:7042"),
        ("sip:a@h", "tel:1"),
    ] {
        assert!(!uri(a).equivalent(&uri(b)) && !uri(b).equivalent(&uri(a)), "{a} {b}");
    }
}

#[test]
fn users_are_escaped_where_they_must_be() {
    let host = Host::parse("example.com").expect("a host");
    let built = Uri::from(SipUri::new(host).with_user("會议 #4@x").with_port(5060));
    assert_eq!(built.to_string(), "sip:%E6%9C%83%E8%AE%AE%20%234%40x@example.com:5060");
    assert_eq!(uri(&built.to_string()).user().expect("a user"), "會议 #4@x");
}
