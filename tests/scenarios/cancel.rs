//! RFC 3665 section 3.8: the caller gives up. The bridge answers at once, so the CANCEL races the
//! answer; RFC 3261 section 9.2 allows both outcomes, and neither may leave a call behind.

use crate::peer::{Bridge, Transport};
use std::{
    net::{Ipv4Addr, UdpSocket},
    time::Duration,
};

#[test]
fn a_cancelled_invite_leaves_no_call() {
    let bridge = Bridge::start();
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has UDP");
    socket.set_read_timeout(Some(Duration::from_secs(5))).expect("a time above zero");
    let port = bridge.port(Transport::Udp);
    let local = socket.local_addr().expect("bound").port();
    let send = |method: &str, cseq: &str, branch: &str, to_tag: &str, body: &str| {
        let message = format!(
            "{method} sip:1001@127.0.0.1:{port} SIP/2.0\r\n\
             Via: SIP/2.0/UDP 127.0.0.1:{local};branch=z9hG4bK{branch};rport\r\n\
             Max-Forwards: 70\r\n\
             From: <sip:caller@127.0.0.1:{local}>;tag=caller\r\n\
             To: <sip:1001@127.0.0.1:{port}>{to_tag}\r\n\
             Call-ID: given-up\r\n\
             CSeq: {cseq}\r\n\
             Contact: <sip:caller@127.0.0.1:{local}>\r\n\
             Content-Type: application/sdp\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        socket.send_to(message.as_bytes(), (Ipv4Addr::LOCALHOST, port)).expect("sent");
    };
    // What came before it was asked for: a stranger's answer is not repeated for ever.
    let mut early: Vec<String> = Vec::new();
    let mut receive = |cseq: &str| {
        let wanted = format!("CSeq: {cseq}\r\n");
        loop {
            let fits = |text: &String| status(text) >= 200 && text.contains(&wanted);
            if let Some(index) = early.iter().position(fits) {
                let text = early.swap_remove(index);
                break (status(&text), to_tag(&text));
            }
            let mut buffer = [0; 4096];
            let length = socket.recv(&mut buffer).expect("the bridge answers");
            early.push(String::from_utf8_lossy(&buffer[..length]).into_owned());
        }
    };

    let offer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
                 m=audio 40000 RTP/AVP 8\r\n";
    send("INVITE", "1 INVITE", "one", "", offer);
    send("CANCEL", "1 CANCEL", "one", "", "");
    // The INVITE's final response may come before that of the CANCEL.
    let (cancelled, _) = receive("1 CANCEL");
    assert_eq!(cancelled, 200);
    let (status, tag) = receive("1 INVITE");
    match status {
        487 => send("ACK", "1 ACK", "one", &tag, ""),
        200 => {
            send("ACK", "1 ACK", "two", &tag, "");
            send("BYE", "2 BYE", "three", &tag, "");
            assert_eq!(receive("2 BYE").0, 200);
        }
        other => panic!("a cancelled INVITE ended with {other}"),
    }
    // A bridge with a call left would wait for its end.
    bridge.terminate();
    bridge.wait_for_clean_exit();
}

fn status(response: &str) -> u16 {
    response.get(8..11).and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// `;tag=…` of a response's To.
fn to_tag(response: &str) -> String {
    response
        .split("\r\n")
        .find(|line| line.starts_with("To:"))
        .and_then(|line| line.split_once(";tag="))
        .map(|(_, tag)| format!(";tag={}", tag.split(';').next().unwrap_or_default()))
        .unwrap_or_default()
}
