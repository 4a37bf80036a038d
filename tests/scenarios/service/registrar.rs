//! The bridge as a registered endpoint of Tencent's connector (MR-04b): registrar by TCP alone, a
//! digest challenge, a meeting and its password in the address, and a call that comes back by the
//! registered connection.

use super::journey::{CONFERENCE, Scene};
use super::sim_mra::{MEETING, PASSWORD};
use causeway_proto::sip::digest::Algorithm;
use serde_json::json;
use std::{
    collections::HashMap,
    io::{ErrorKind, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(20);
const USER: &str = "1001_abcd";
const KEY: &str = "s3cret-key";
const REALM: &str = "qqmra";
const NONCE: &str = "0a1b2c3d";

/// One connection of an endpoint.
struct Connection {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Connection {
    fn accept(listener: &TcpListener) -> Self {
        listener.set_nonblocking(true).expect("a socket");
        let deadline = Instant::now() + PATIENCE;
        loop {
            match listener.accept() {
                Ok((stream, _)) => {
                    stream.set_nonblocking(false).expect("a socket");
                    stream.set_read_timeout(Some(Duration::from_millis(200))).expect("a time");
                    return Self { stream, unread: Vec::new() };
                }
                Err(_) => assert!(Instant::now() < deadline, "nobody connects"),
            }
            crate::peer::talk(Duration::from_millis(10));
        }
    }

    /// The next message that begins so; others are passed over.
    fn receive(&mut self, beginning: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(message) = self.next() {
                if message.starts_with(beginning) {
                    return message;
                }
                continue;
            }
            assert!(Instant::now() < deadline, "no {beginning}");
            let mut buffer = [0; 4_096];
            match self.stream.read(&mut buffer) {
                Ok(0) => panic!("the connection ended before {beginning}"),
                Ok(length) => self.unread.extend_from_slice(&buffer[..length]),
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn next(&mut self) -> Option<String> {
        // Pings of RFC 5626.
        while self.unread.starts_with(b"\r\n") {
            self.unread.drain(..2);
        }
        let text = String::from_utf8_lossy(&self.unread).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let length: usize = header(head, "Content-Length").and_then(|it| it.parse().ok())?;
        if body.len() < length {
            return None;
        }
        self.unread.drain(..head.len() + 4 + length);
        Some(text[..head.len() + 4 + length].to_owned())
    }

    fn answer(&mut self, request: &str, status: &str, lines: &str) {
        let same: String = ["Via", "From", "To", "Call-ID", "CSeq"]
            .iter()
            .filter_map(|name| Some(format!("{name}: {}\r\n", header(request, name)?)))
            .collect();
        let same = same.replacen("\r\nCall-ID", ";tag=mra\r\nCall-ID", 1);
        self.send(&format!("SIP/2.0 {status}\r\n{same}{lines}Content-Length: 0\r\n\r\n"));
    }

    fn send(&mut self, message: &str) {
        self.stream.write_all(message.as_bytes()).expect("it is open");
    }
}

fn header<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    message.lines().find_map(|line| line.split_once(": ").filter(|it| it.0 == name)).map(|it| it.1)
}

/// Whether the answer to our challenge is the password's (RFC 3261 section 22.4, MD5).
fn is_proved(request: &str, method: &str) -> bool {
    let Some(text) = header(request, "Authorization") else { return false };
    let fields: HashMap<&str, &str> = text
        .trim_start_matches("Digest ")
        .split(',')
        .filter_map(|part| part.trim().split_once('='))
        .map(|(name, value)| (name, value.trim_matches('"')))
        .collect();
    let of = |name: &str| fields.get(name).copied().unwrap_or_default();
    // H(A), of three parts with colons in between.
    let hash = |one: &str, two: &str, three: &str| Algorithm::Md5.ha1(one, two, three);
    let (scheme, rest) = of("uri").split_once(':').unwrap_or_default();
    let between = match of("qop") {
        "" => NONCE.to_owned(),
        qop => format!("{NONCE}:{}:{}:{qop}", of("nc"), of("cnonce")),
    };
    let expected = hash(&hash(USER, REALM, KEY), &between, &hash(method, scheme, rest));
    of("username") == USER && of("nonce") == NONCE && of("response") == expected
}

#[test]
fn a_registered_bridge_is_called_by_its_connection_and_dials_meetings_by_it() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let scene = Scene::set(&format!(
        "[[trunk]]\nname = \"tencent\"\ntarget = \"sip:127.0.0.1:{port};transport=tcp\"\n\
         register = true\nuser = \"{USER}\"\npassword = \"{KEY}\"\n\
         [[rule]]\nname = \"invited\"\nmatch = \"{USER}\"\nto = \"conference:1001\"\n"
    ));
    let mut connection = Connection::accept(&listener);
    let first = connection.receive("REGISTER");
    assert!(header(&first, "Authorization").is_none() && first.contains("/TCP "), "{first}");
    let challenge = format!(
        "WWW-Authenticate: Digest realm=\"{REALM}\", nonce=\"{NONCE}\", algorithm=MD5, qop=\"auth\"\r\n"
    );
    connection.answer(&first, "401 Unauthorized", &challenge);
    let proved = connection.receive("REGISTER");
    assert!(is_proved(&proved, "REGISTER"), "{proved}");
    let contact = header(&proved, "Contact").expect("a contact").to_owned();
    let lines = format!("Contact: {contact};expires=600\r\n");
    connection.answer(&proved, "200 OK", &lines);

    // Somebody in the meeting calls us: by the connection that we opened, to what we registered.
    let target = contact.split(['<', '>']).nth(1).expect("an address").to_owned();
    let offer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
        m=audio 9 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";
    let invite = |method: &str, to: &str, branch: &str, body: &str| {
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "{method} {target} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:{port};branch=z9hG4bK{branch}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{MEETING}@127.0.0.1>;tag=m1\r\nTo: {to}\r\n\
             Call-ID: invited\r\nCSeq: 1 {method}\r\nContact: <sip:mra@127.0.0.1:{port};transport=tcp>\r\n\
             {kind}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    connection.send(&invite("INVITE", &format!("<{target}>"), "1", offer));
    let answer = connection.receive("SIP/2.0 200");
    let to = header(&answer, "To").expect("a To").to_owned();
    connection.send(&invite("ACK", &to, "2", ""));
    scene.bridge.wait_for_lines("participant joined", 2);

    // And we dial one: number and password as they are documented.
    let wanted = json!({
        "service": "tencent", "meeting": MEETING, "passcode": PASSWORD, "trunk": "tencent"
    });
    scene.call(&wanted).expect("it calls");
    let dialled = connection.receive("INVITE");
    let expected = format!("INVITE sip:{MEETING}**{PASSWORD}@127.0.0.1");
    assert!(dialled.starts_with(&expected), "{dialled}");
    connection.answer(&dialled, "603 Decline", "");
    scene.bridge.wait_for_lines("CW-CALL-004", 1);
    assert!(!scene.runtime.block_on(scene.api.roster(CONFERENCE)).is_empty());
}

/// What WeCom's and Tencent's APIs are told to call: an address for one call.
#[test]
fn an_address_for_one_call_leads_in_past_the_pin_and_is_used_up() {
    let scene = Scene::set("");
    let draft = json!({
        "name": "Board", "permanent": true, "guest_pin": "864213", "host_pin": "975310"
    });
    let issued = scene.runtime.block_on(async {
        let meeting = scene.api.make(&draft).await;
        scene.api.room_address(meeting["id"].as_str().expect("an id")).await
    });
    let number = issued["number"].as_str().expect("a number");
    let sip = issued["sip"].as_str().expect("an address");
    assert!(number.len() == 12 && sip.contains(number), "{issued}");
    let port = scene.bridge.port(crate::peer::Transport::Udp);
    let line = crate::peer::Line::PLAIN;
    let voice = crate::sound::silence(Duration::from_secs(5));
    let mut called = crate::peer::Baresip::start("invited", line, &voice);
    called.call(number, port);
    scene.bridge.wait_for_lines("participant joined", 2);
    let mut again = crate::peer::Baresip::start("again", line, &voice);
    again.dial(number, port);
    let closed = again.wait_for("CALL_CLOSED");
    assert!(closed.contains("404"), "{closed}");
    assert_eq!(scene.bridge.count_lines("participant joined"), 2);
}
