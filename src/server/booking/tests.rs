//! A device that takes lists as Cisco rooms do, and what it is sent.

use super::*;
use crate::config::Config;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn booking(id: &str, title: &str, starts: &str) -> Booking {
    Booking {
        id: id.to_owned(),
        title: title.to_owned(),
        organizer: "host@example.com".to_owned(),
        starts: starts.parse().expect(starts),
        ends: "2026-12-01T03:00:00Z".parse().expect("a time"),
        number: "sip:842613975@bridge.example.com".to_owned(),
    }
}

/// The elements of a list in their order, each with its text; entities stay.
fn elements(xml: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for piece in xml.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag ends");
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        if !tag.starts_with(['/', '?']) {
            found.push((name.to_owned(), text.trim().to_owned()));
        }
    }
    found
}

/// The order in which devices want the elements of a booking.
const ORDER: [&str; 21] = [
    "Booking",
    "Id",
    "Title",
    "Organizer",
    "FirstName",
    "LastName",
    "Email",
    "Time",
    "StartTime",
    "StartTimeBuffer",
    "EndTime",
    "MaximumMeetingExtension",
    "DialInfo",
    "Calls",
    "Call",
    "Number",
    "Protocol",
    "CallRate",
    "CallType",
    "ConnectMode",
    "",
];

#[test]
fn a_list_has_its_elements_in_order_times_in_utc_and_text_escaped() {
    let title = "评审 <&> \"x\" ' \u{1}]]>";
    let list = list::render(&[
        booking("a", title, "2026-12-01T02:00:00+00:00"),
        booking("b", "Second", "2026-12-01T10:30:00+08:00"),
    ]);
    let elements = elements(&list);
    assert_eq!(elements[0].0, "Bookings");
    let names: Vec<&str> = elements.iter().skip(1).map(|(name, _)| name.as_str()).collect();
    let order = &ORDER[..ORDER.len() - 1];
    assert_eq!(names, [order, order].concat());
    let text = |name: &str, place: usize| {
        let mut all = elements.iter().filter(|(own, _)| own == name);
        all.nth(place).map(|(_, text)| text.as_str()).expect(name)
    };
    assert_eq!(text("Title", 0), "评审 &lt;&amp;&gt; &quot;x&quot; &apos; ]]&gt;");
    assert_eq!(text("StartTime", 0), "2026-12-01T02:00:00Z");
    assert_eq!(text("StartTime", 1), "2026-12-01T02:30:00Z");
    assert_eq!(text("Number", 0), "sip:842613975@bridge.example.com");
    assert_eq!(text("ConnectMode", 1), "OBTP");
    let cleared = list::render(&[]);
    assert!(cleared.contains("<Bookings><Clear command=\"True\"/></Bookings>"), "{cleared}");
}

fn device(port: u16) -> Device {
    let file = format!(
        "[[device]]\nname = \"board\"\nurl = \"http://127.0.0.1:{port}\"\nuser = \"admin\"\n\
         password = \"p:ss\"\n"
    );
    let config = Config::parse("test.toml", &file, &|_| None).expect("valid");
    config.devices.into_iter().next().expect("a device")
}

/// Takes one request, checks whose it is, and answers; gives back the body.
async fn room(listener: TcpListener, answer: &'static str) -> String {
    let (mut stream, _) = listener.accept().await.expect("a connection");
    let mut request = Vec::new();
    let body = loop {
        assert_ne!(stream.read_buf(&mut request).await.expect("readable"), 0, "cut off");
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let of = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            lines.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
        };
        let length: usize = of("content-length").expect("a length").parse().expect("a number");
        if body.len() < length {
            continue;
        }
        assert!(head.starts_with("POST /bookingsputxml HTTP/1.1\r\n"), "{head}");
        assert_eq!(of("content-type").as_deref(), Some("text/xml; charset=utf-8"));
        let proof = format!("Basic {}", STANDARD.encode("admin:p:ss"));
        assert_eq!(of("authorization"), Some(proof));
        break body.to_owned();
    };
    stream.write_all(answer.as_bytes()).await.expect("writable");
    body
}

#[tokio::test]
async fn a_device_takes_its_list_or_says_why_not() {
    let list = list::render(&[booking("a", "周会", "2026-12-01T02:00:00Z")]);
    for (answer, wanted) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "Ok(())"),
        ("HTTP/1.1 401 Unauthorized\r\n\r\n", "Err(NotAuthorized)"),
        ("HTTP/1.1 500 Internal Server Error\r\n\r\n", "Err(Refused(500))"),
        ("SSH-2.0-device\r\n", "Err(NotHttp)"),
        ("", "Err(NotHttp)"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let device = device(listener.local_addr().expect("an address").port());
        let (put, taken) = tokio::join!(put::put(&device, &list), room(listener, answer));
        assert_eq!(format!("{put:?}"), wanted);
        assert_eq!(taken, list);
    }
}

#[tokio::test]
async fn a_device_that_is_not_there_is_told_of() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
    let gone = device(listener.local_addr().expect("an address").port());
    drop(listener);
    assert!(matches!(put::put(&gone, "").await, Err(put::PutError::Connection(_))));
}

#[test]
fn a_device_says_where_it_is_and_shows_no_password() {
    let file = |lines: &str| {
        format!("[[device]]\nname = \"board\"\nuser = \"a\"\npassword = \"secret\"\n{lines}")
    };
    let config = |lines: &str| Config::parse("test.toml", &file(lines), &|_| None);
    assert!(
        !format!("{:?}", config("url = \"http://192.0.2.7\"").expect("valid").devices)
            .contains("secret")
    );
    for wrong in
        ["", "url = \"ftp://192.0.2.7\"", "url = \"https://192.0.2.7\"", "url = \"http://a/b\""]
    {
        assert!(config(wrong).is_err(), "{wrong}");
    }
}
