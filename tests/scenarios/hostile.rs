//! Hostile datagrams while people talk: the bridge stays, and nobody hears the stranger.

use crate::{
    conference::{AUDIBLE_DB, INAUDIBLE_DB, TONES, VOICE},
    peer::{Baresip, Bridge, Line, Transport, talk},
    sound::{level_db, tone},
};
use std::{
    net::{Ipv4Addr, UdpSocket},
    time::{Duration, Instant},
};

#[test]
fn strangers_neither_stop_the_bridge_nor_are_heard() {
    let mut bridge = Bridge::start();
    let port = bridge.port(Transport::Udp);
    let [one, other, stranger] = TONES;
    let mut talker = Baresip::start("talker", Line::PLAIN, &tone(one, VOICE));
    let mut listener = Baresip::start("listener", Line::PLAIN, &tone(other, VOICE));
    talker.call("1001", port);
    listener.call("1001", port);
    let media_ports = [talker.bridge_media_port(), listener.bridge_media_port()];

    let start = listener.in_call();
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has UDP");
    for message in hostile_messages() {
        // Too large for one datagram is the sender's problem, not the bridge's.
        let _ = socket.send_to(&message, (Ipv4Addr::LOCALHOST, port));
    }
    inject(&socket, &media_ports, stranger, Duration::from_secs(2));
    talk(Duration::from_millis(500));

    assert!(bridge.is_running(), "the bridge died");
    listener.hang_up();
    talker.hang_up();
    let heard = listener.heard().part(start, Duration::from_secs(2));
    let level = level_db(&heard, stranger);
    assert!(level < INAUDIBLE_DB, "the stranger is heard at {level:.1} dB");
    assert!(level_db(&heard, one) > AUDIBLE_DB, "the talker is no longer heard");
}

fn hostile_messages() -> Vec<Vec<u8>> {
    let request = |lines: &str| format!("{lines}\r\n").replace('\n', "\r\n").into_bytes();
    let tag = "a".repeat(60_000);
    vec![
        b"\0".to_vec(),
        vec![0xff; 1400],
        b"INVITE".to_vec(),
        b"\r\n\r\n".to_vec(),
        request("INVITE sip:1001@127.0.0.1 SIP/2.0\nCall-ID: no-via\nCSeq: 1 INVITE"),
        request(
            "ACK sip:1001@127.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKstray\n\
             From: <sip:x@y>;tag=1\nTo: <sip:1001@z>;tag=2\nCall-ID: stray\nCSeq: 1 ACK",
        ),
        request(
            "INVITE sip:1001@127.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKbig\n\
             From: <sip:x@y>;tag=1\nTo: <sip:1001@z>\nCall-ID: big\nCSeq: 1 INVITE\n\
             Content-Length: 2147483647",
        ),
        request(&format!(
            "BYE sip:1001@127.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKtag\n\
             From: <sip:x@y>;tag={tag}\nTo: <sip:1001@z>;tag={tag}\nCall-ID: tag\nCSeq: 1 BYE"
        )),
        request("SIP/2.0 200 OK\nVia: SIP/2.0/UDP 127.0.0.1\nCSeq: 99999999999 INVITE"),
    ]
}

/// Well-formed A-law RTP with a tone, as fast as a call would send it, to every port.
fn inject(socket: &UdpSocket, ports: &[u16], hertz: f64, duration: Duration) {
    const PACKET: Duration = Duration::from_millis(20);
    let begun = Instant::now();
    let mut sequence = 0_u16;
    while begun.elapsed() < duration {
        let mut packet = vec![0x80, 8];
        packet.extend_from_slice(&sequence.to_be_bytes());
        packet.extend_from_slice(&(u32::from(sequence) * 160).to_be_bytes());
        packet.extend_from_slice(&0xdead_beef_u32.to_be_bytes());
        packet.extend((0..160).map(|index| {
            let time = f64::from(u32::from(sequence) * 160 + index) / 8000.0;
            // Loud square tone: the sign bit of A-law, its even bits inverted.
            if (time * hertz).fract() < 0.5 { 0xaa } else { 0x2a }
        }));
        for port in ports {
            let _ = socket.send_to(&packet, (Ipv4Addr::LOCALHOST, *port));
        }
        sequence += 1;
        talk((PACKET * u32::from(sequence)).saturating_sub(begun.elapsed()));
    }
}
