mod fixture;
mod malformed;
mod reoffer;
mod video;

use super::*;
use causeway_base::{EndCause, VideoCodec};
use causeway_plan::{Fingerprint, VideoPolicy};
use std::net::SocketAddr;

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// What the engine has ready.
fn local() -> WebRtcAddress {
    WebRtcAddress {
        ice: IceCredentials {
            ufrag: "ourfragment1".to_owned(),
            password: "ourpasswordourpasswordour".to_owned(),
        },
        fingerprint: Fingerprint([0x5a; 32]),
        udp: vec![address("192.0.2.1:40000"), address("[2001:db8::1]:40000")],
        tcp: vec![address("192.0.2.1:40443")],
    }
}

fn negotiator(terms: WebRtcTerms) -> WebRtcNegotiator {
    WebRtcNegotiator::new(OfferPolicy::default(), local(), terms, [0; 32])
}

/// Both codecs, H.264 first.
fn with_video() -> OfferPolicy {
    let video = VideoPolicy { codecs: VideoCodec::ALL.to_vec(), ..VideoPolicy::default() };
    OfferPolicy { video, ..OfferPolicy::default() }
}

fn leg() -> WebRtcNegotiator {
    negotiator(WebRtcTerms { ice_lite: false, direction: Direction::SendReceive })
}

/// The lines that an offer begins with: certificate and credentials of the session.
fn head(ufrag: &str, certificate: u8) -> String {
    let hex = [format!("{certificate:02x}").as_str(); 32].join(":");
    format!(
        "v=0\no=- 9 1 IN IP4 127.0.0.1\ns=-\nt=0 0\na=group:BUNDLE 0\na=fingerprint:sha-256 {hex}\n\
         a=ice-ufrag:{ufrag}\na=ice-pwd:theirpasswordtheirpassword\na=setup:actpass\n"
    )
}

const AUDIO: &str = "m=audio 9 UDP/TLS/RTP/SAVPF 111\nc=IN IP4 0.0.0.0\na=mid:0\na=rtcp-mux\n\
                     a=rtpmap:111 opus/48000/2\na=fmtp:111 useinbandfec=1\n";

fn wire(lines: &str) -> Vec<u8> {
    lines.replace('\n', "\r\n").into_bytes()
}

fn spec(media: &LegMedia) -> &WebRtcSpec {
    media.transport.webrtc().expect("a browser's")
}
