//! Call flows of RFC 3665 (section 3) and their neighbours, played by SIPp from `flow/`.

use crate::peer::{Bridge, Flow, Transport};

macro_rules! flows {
    ($($(#[$doc:meta])* $name:ident $alias:literal;)*) => {
        $($(#[$doc])* #[test]
        fn $name() {
            let mut bridge = Bridge::start();
            Flow::start(stringify!($name), $alias, bridge.port(Transport::Udp), None).finish();
            assert!(bridge.is_running());
        })*
    };
}

flows! {
    /// RFC 3665 section 3.1.
    session "1001";
    /// RFC 3665 section 3.6: no offer in the INVITE, the answer in the ACK.
    answer_in_ack "1001";
    /// RFC 3665 section 3.7: a re-INVITE moves the media.
    reinvite "1001";
    /// RFC 3264 section 8.4: hold by `c=0.0.0.0`, and resume.
    hold_by_zero_address "1001";
    /// RFC 3311: UPDATE in a standing call.
    update "1001";
    /// RFC 3264 section 6: video and floor control are refused line by line.
    unspoken_line "1001";
    /// A number that leads nowhere: 404, and the ACK ends it.
    unknown "4711";
    /// RFC 3261 section 11.
    options "1001";
    /// Digits by INFO (`application/dtmf-relay`) in a call.
    info_digit "1001";
    /// RFC 3261 section 15.1.2: a BYE for no call is answered 481.
    stray_bye "1001";
}
