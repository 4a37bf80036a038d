//! Attacks by one who has nothing but sockets: what the bridge answers, keeps and lets its
//! callers hear meanwhile.

use crate::peer::{Bridge, Transport, talk};
use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Longer than the bridge takes for any answer.
const ANSWER: Duration = Duration::from_millis(500);

/// What a source that confirms nothing may be sent for each byte of its INVITE.
const CREDIT: usize = 3;

struct Attacker {
    socket: UdpSocket,
    bridge: SocketAddr,
}

impl Attacker {
    fn new(port: u16) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has UDP");
        socket.set_read_timeout(Some(ANSWER)).expect("a time above zero");
        Self { socket, bridge: (Ipv4Addr::LOCALHOST, port).into() }
    }

    /// A request in the name of this socket; `more` are header lines, each with its line end.
    fn request(&self, method: &str, id: &str, to: &str, more: &str, body: &str) -> String {
        let own = self.socket.local_addr().expect("bound");
        format!(
            "{method} sip:1001@127.0.0.1 SIP/2.0\r\n\
             Via: SIP/2.0/UDP {own};branch=z9hG4bK{method}{id};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:eve@127.0.0.1>;tag=e\r\nTo: {to}\r\nCall-ID: {id}\r\nCSeq: 1 {method}\r\n\
             Contact: <sip:eve@{own}>\r\n{more}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    fn invite(&self, id: &str, sdp: &str) -> String {
        self.request("INVITE", id, ROOM, "Content-Type: application/sdp\r\n", sdp)
    }

    fn send(&self, message: &[u8]) {
        let _ = self.socket.send_to(message, self.bridge);
    }

    /// The next message that comes.
    fn receive(&self) -> Option<String> {
        let mut buffer = [0; 65_535];
        let length = self.socket.recv(&mut buffer).ok()?;
        Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
    }

    /// Bytes that come until nothing came for a while, or until the time is over.
    fn bytes_within(&self, time: Duration) -> usize {
        let begun = Instant::now();
        let mut bytes = 0;
        while begun.elapsed() < time {
            bytes += self.receive().map_or(0, |message| message.len());
        }
        bytes
    }

    /// Calls and confirms. Gives the call's To and the bridge's media port.
    fn call(&self, id: &str, sdp: &str) -> (String, u16) {
        self.send(self.invite(id, sdp).as_bytes());
        let answer = loop {
            let message = self.receive().expect("an answer");
            if !message.starts_with("SIP/2.0 100") {
                break message;
            }
        };
        assert!(answer.starts_with("SIP/2.0 200"), "{answer}");
        let part = |from: &str, to: &str| {
            let rest = answer.split_once(from).expect(from).1;
            rest.split_once(to).expect(to).0.to_owned()
        };
        let to = part("\r\nTo: ", "\r\n");
        self.send(self.request("ACK", id, &to, "", "").as_bytes());
        (to, part("m=audio ", " ").parse().expect("a port"))
    }
}

const ROOM: &str = "<sip:1001@127.0.0.1>";

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
                   m=audio 9000 RTP/AVP 8\r\n";

const SECURE_SDP: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
                          m=audio 9000 RTP/SAVP 8\r\n\
                          a=crypto:1 AES_CM_128_HMAC_SHA1_80 \
                          inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd\r\n";

#[test]
fn no_answer_is_longer_than_its_question_and_no_unconfirmed_call_costs_a_victim_much() {
    let bridge = Bridge::start();
    let port = bridge.port(Transport::Udp);
    let eve = Attacker::new(port);
    let questions = [
        eve.request("OPTIONS", "a", ROOM, "", ""),
        eve.request("BYE", "b", "<sip:x@y>;tag=z", "", ""),
        eve.request("REFER", "c", ROOM, "", ""),
        eve.request("OPTIONS", "d", ROOM, "", "").replace("CSeq: 1", "CSeq: x"),
        eve.invite("e", SDP).replace("sip:1001@127.0.0.1 SIP", "sip:9@127.0.0.1 SIP"),
        "OPTIONS sip:a@b SIP/2.0\r\nv:SIP/2.0/UDP c;rport;branch=z9hG4bKf\r\n\
         f:<sip:a@a>;tag=1\r\nt:<sip:b@b>\r\ni:1\r\nCSeq:1 OPTIONS\r\nMax-Forwards:9\r\n\r\n"
            .to_owned(),
    ];
    for question in questions {
        eve.send(question.as_bytes());
        let bytes = eve.bytes_within(ANSWER);
        assert!(bytes <= question.len(), "{bytes} bytes for {}:\n{question}", question.len());
    }
    let invite = eve.invite("g", SDP);
    eve.send(invite.as_bytes());
    let bytes = eve.bytes_within(Duration::from_secs(6));
    assert!(bytes > 0, "a call is answered");
    assert!(bytes <= CREDIT * invite.len(), "{bytes} bytes for {}", invite.len());
}

#[test]
fn stray_messages_leave_nothing_behind() {
    let bridge = Bridge::start();
    let eve = Attacker::new(bridge.port(Transport::Udp));
    for method in ["ACK", "CANCEL", "BYE", "PRACK", "UPDATE", "INFO", "NOTIFY"] {
        eve.send(eve.request(method, "a", "<sip:x@y>;tag=z", "", SDP).as_bytes());
        eve.send(eve.request(method, "b", ROOM, "", "").as_bytes());
    }
    for status in ["180 Ringing", "200 OK", "401 Unauthorized", "503 No"] {
        let response = eve.invite("c", SDP);
        eve.send(response.replace("INVITE sip:1001@127.0.0.1 SIP/2.0", status).as_bytes());
        let status = format!("SIP/2.0 {status}");
        eve.send(response.replace("INVITE sip:1001@127.0.0.1 SIP/2.0", &status).as_bytes());
    }
    eve.bytes_within(ANSWER);
    assert_eq!(bridge.count_lines("call offered"), 0);
    // A bridge that drains and has no call ends at once.
    bridge.terminate();
    bridge.wait_for_clean_exit();
}

#[test]
fn talkers_lose_nothing_while_one_source_floods() {
    let mut bridge = Bridge::start();
    let port = bridge.port(Transport::Udp);
    let talkers = Command::new(env!("CARGO_BIN_EXE_causeway"))
        .args(["load", &format!("sip:1002@127.0.0.1:{port}"), "--json"])
        .args(["--calls", "2", "--talkers", "2", "--seconds", "5"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the bridge's own load");
    bridge.wait_for_lines("participant joined", 2);
    let eve = Attacker::new(port);
    let begun = Instant::now();
    for number in 0_u32.. {
        let user = if number % 2 == 0 { "9" } else { "1001" };
        let invite = eve.invite(&number.to_string(), SDP);
        eve.send(invite.replacen("1001", user, 1).as_bytes());
        if begun.elapsed() > Duration::from_secs(3) {
            break;
        }
    }
    let report = talkers.wait_with_output().expect("it ends by itself");
    let report = String::from_utf8_lossy(&report.stdout);
    let worst = report.split_once("\"delivered_worst_leg\":").expect("a report").1;
    let worst: f64 = worst.split(',').next().and_then(|share| share.parse().ok()).expect("a share");
    assert!(worst >= 99.9, "only {worst} % arrived");
    assert!(bridge.is_running());
}

#[test]
fn connections_full_of_rubbish_keep_nobody_from_calling() {
    let mut bridge = Bridge::start();
    let udp = Attacker::new(bridge.port(Transport::Udp));
    let connect = |transport| TcpStream::connect((Ipv4Addr::LOCALHOST, bridge.port(transport)));
    let mut rubbish = Vec::new();
    for number in 0..200 {
        let transport = if number % 2 == 0 { Transport::Tcp } else { Transport::Tls };
        let Ok(mut stream) = connect(transport) else { continue };
        let bytes: &[u8] = match number % 3 {
            0 => b"INVITE sip:1001@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/T",
            1 => &[0xff; 20_000],
            _ => b"OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 2147483647\r\n\r\n",
        };
        let _ = stream.write_all(bytes);
        rubbish.push(stream);
    }
    udp.send(udp.request("OPTIONS", "a", ROOM, "", "").as_bytes());
    assert!(udp.receive().is_some_and(|answer| answer.starts_with("SIP/2.0 200")));
    drop(rubbish);
    talk(ANSWER);
    let mut stream = connect(Transport::Tcp).expect("it listens");
    let options = udp.request("OPTIONS", "b", ROOM, "", "").replace("/UDP", "/TCP");
    stream.write_all(options.as_bytes()).expect("open");
    let mut answer = [0; 11];
    stream.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"SIP/2.0 200");
    assert!(bridge.is_running());
}

#[test]
fn srtp_that_is_not_genuine_ends_no_call() {
    let bridge = Bridge::start();
    let eve = Attacker::new(bridge.port(Transport::Udp));
    let (to, media) = eve.call("a", SECURE_SDP);
    let mut packet = [0xa5_u8; 182];
    for sequence in 0..20_000_u16 {
        packet[..4].copy_from_slice(&[0x80, 8, (sequence >> 8) as u8, sequence as u8]);
        let _ = eve.socket.send_to(&packet, (Ipv4Addr::LOCALHOST, media));
    }
    eve.send(eve.request("OPTIONS", "a", &to, "", "").replace("CSeq: 1", "CSeq: 2").as_bytes());
    let answer = eve.receive().expect("an answer");
    assert!(answer.starts_with("SIP/2.0 200") && answer.contains("OPTIONS"), "{answer}");
    assert_eq!(bridge.count_lines("call ended"), 0);
}
