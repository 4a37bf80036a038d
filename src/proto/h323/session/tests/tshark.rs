//! Who knows more than we: tshark finds nothing malformed in what sessions say of media.

use super::super::Command;
use super::pair::{ALL, Mode, Pair, Side, terms};
use crate::h323::captures::tshark;
use causeway_base::EndCause;
use std::time::Duration;

#[test]
fn it_finds_nothing_malformed_in_any_mode() {
    let (mut sent, mut messages) = (vec![], 0);
    for (port, mode) in (40_000..).zip(Mode::all()) {
        let own = |side| terms(side, &ALL, true);
        let mut pair = Pair::connected(mode, own(Side::Caller), own(Side::Callee));
        for command in [
            Command::Hold(true),
            Command::Hold(false),
            Command::RequestKeyframe,
            Command::SendDigits("1#".into()),
        ] {
            pair.command(Side::Caller, command);
            pair.run();
        }
        pair.pass(Duration::from_secs(31));
        pair.command(Side::Callee, Command::End(EndCause::Normal));
        pair.run();
        messages += pair.said.len();
        for mut one in std::mem::take(&mut pair.sent) {
            for end in [&mut one.from, &mut one.to] {
                if end.port() == 40_000 {
                    end.set_port(port);
                }
            }
            sent.push(one);
        }
    }
    let Some(text) = tshark("h323-media", &sent) else { return };
    for complaint in ["Malformed", "Expert Info (Error", "Dissector bug", "Unreassembled"] {
        let place = text.find(complaint).unwrap_or(text.len());
        assert_eq!(place, text.len(), "{}", &text[place.saturating_sub(4_000)..place + 40]);
    }
    assert_eq!(text.matches("PDU Type: ").count(), messages, "tshark read them");
    for known in [
        "h264 generic-capabilities",
        "receiveRTPAudioTelephonyEventCapability",
        "dynamicRTPPayloadType: 97",
        "maxPendingReplacementFor",
    ] {
        assert!(text.contains(known), "{known}");
    }
}
