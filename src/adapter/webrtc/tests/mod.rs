//! Legs of browsers, without a browser: descriptions are written here.

mod handle;
mod session;

use causeway_base::LegId;
use causeway_conference::{LegCommand, MediaAddress};
use causeway_plan::{Fingerprint, IceCredentials, OfferPolicy, WebRtcAddress};

const LEG: LegId = LegId(7);

pub(super) fn offer(ufrag: &str, direction: &str) -> String {
    let hex = ["07"; 32].join(":");
    format!(
        "v=0\r\no=- 9 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
         m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=rtcp-mux\r\n\
         a=ice-ufrag:{ufrag}\r\na=ice-pwd:theirpasswordtheirpassword\r\na=setup:actpass\r\n\
         a=fingerprint:sha-256 {hex}\r\na=rtpmap:111 opus/48000/2\r\na={direction}\r\n"
    )
}

/// What the engine has ready.
fn media() -> MediaAddress {
    MediaAddress::WebRtc(Box::new(WebRtcAddress {
        ice: IceCredentials {
            ufrag: "ourfragment1".to_owned(),
            password: "ourpasswordourpasswordour".to_owned(),
        },
        fingerprint: Fingerprint([0x5a; 32]),
        udp: vec!["192.0.2.1:40000".parse().unwrap()],
        tcp: Vec::new(),
    }))
}

fn accept(leg: LegId) -> LegCommand {
    LegCommand::Accept { leg, policy: Box::new(OfferPolicy::default()), media: media() }
}
