//! Kernels of packets and messages: RTP, SRTP, jitter buffer, SIP.

use crate::Bench;
use bytes::Bytes;
use causeway_plan::{SrtpKey, SrtpSuite};
use causeway_rtp::jitter::{Arrival, JitterBuffer};
use causeway_rtp::srtp::{SrtpReceiver, SrtpSender};
use causeway_wire::rtp::{RtpHeader, RtpView};
use sip_codec::{Limits, parse_datagram};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Bytes of a packet of G.711.
const PACKET: usize = 12 + 160;

const PACKET_TIME: Duration = Duration::from_millis(20);

/// Runs them.
pub(crate) fn run(bench: &mut Bench) {
    rtp(bench);
    for suite in SrtpSuite::ALL {
        srtp(bench, suite);
    }
    jitter(bench);
    sip(bench);
}

fn header(sequence: u16) -> RtpHeader {
    let timestamp = u32::from(sequence) * 160;
    RtpHeader { payload_type: 8, marker: false, sequence, timestamp, ssrc: 7 }
}

fn packet(sequence: u16) -> [u8; PACKET + 20] {
    let mut packet = [0; PACKET + 20];
    header(sequence).write(&[], &[], &mut packet).expect("room");
    packet
}

fn rtp(bench: &mut Bench) {
    let mut out = [0; PACKET];
    bench.measure("rtp_write", || {
        black_box(header(black_box(9)).write(&[], &[], &mut out)).expect("room");
    });
    bench.measure("rtp_parse", || {
        black_box(RtpView::parse(black_box(&out))).expect("written right");
    });
}

fn srtp(bench: &mut Bench, suite: SrtpSuite) {
    let key = SrtpKey::new(suite, &vec![7; suite.keying_len()]).expect("as long as it wants");
    let mut sender = SrtpSender::new(suite, &key).expect("fits");
    let mut sequence = 0u16;
    bench.measure(&format!("srtp_protect_{}", suite.name()), || {
        let mut packet = packet(sequence);
        sequence = sequence.wrapping_add(1);
        black_box(sender.protect_rtp(&mut packet, PACKET)).expect("fits");
    });
    let mut sender = SrtpSender::new(suite, &key).expect("fits");
    let mut protect = |sequence| {
        let mut packet = packet(sequence);
        let len = sender.protect_rtp(&mut packet, PACKET).expect("fits");
        packet[..len].to_vec()
    };
    // A whole turn of sequence numbers: the receiver sees the next turn after the last.
    let packets: Vec<_> = (0..4096).map(&mut protect).collect();
    let mut receiver = SrtpReceiver::new(suite, &key).expect("fits");
    let mut next = 0;
    bench.measure(&format!("srtp_unprotect_{}", suite.name()), || {
        if next == packets.len() {
            next = 0;
            receiver = SrtpReceiver::new(suite, &key).expect("fits");
        }
        let mut packet = packets[next].clone();
        next += 1;
        black_box(receiver.unprotect_rtp(&mut packet)).expect("genuine");
    });
}

fn jitter(bench: &mut Bench) {
    let mut buffer = JitterBuffer::new(8_000, PACKET_TIME);
    let (mut now, mut seq, mut timestamp) = (Instant::now(), 0u16, 0u32);
    let payload = [0xd5; 160];
    bench.measure("jitter_insert_and_pull", || {
        let arrival = Arrival {
            ssrc: 7,
            seq,
            timestamp,
            payload_type: 8,
            marker: false,
            level: None,
            payload: &payload,
        };
        black_box(buffer.insert(now, &arrival));
        black_box(buffer.pull(now, false));
        seq = seq.wrapping_add(1);
        timestamp = timestamp.wrapping_add(160);
        now += PACKET_TIME;
    });
}

const INVITE: &str = "INVITE sip:1001@bridge.example.com SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK776asdhds;rport\r\n\
    Max-Forwards: 70\r\n\
    From: \"Room 7\" <sip:room7@example.com>;tag=1928301774\r\n\
    To: <sip:1001@bridge.example.com>\r\n\
    Call-ID: a84b4c76e66710@192.0.2.7\r\n\
    CSeq: 314159 INVITE\r\n\
    Contact: <sip:room7@192.0.2.7:5060>\r\n\
    Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO\r\n\
    Supported: timer, 100rel, replaces\r\n\
    Session-Expires: 1800\r\n\
    User-Agent: Example/1.0\r\n\
    Content-Type: application/sdp\r\n\
    Content-Length: 145\r\n\r\n\
    v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n\
    m=audio 49170 RTP/AVP 8 0\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=x:1\r\n";

fn sip(bench: &mut Bench) {
    let body = INVITE.split_once("\r\n\r\n").expect("a body").1.len();
    let text = INVITE.replace("Content-Length: 145", &format!("Content-Length: {body}"));
    let (datagram, limits) = (Bytes::from(text), Limits::default());
    bench.measure("sip_parse_invite", || {
        black_box(parse_datagram(black_box(&datagram), &limits)).expect("valid");
    });
    let message = parse_datagram(&datagram, &limits).expect("valid");
    bench.measure("sip_write_invite", || {
        black_box(message.to_bytes());
    });
}
