//! An invitation that a host pasted, as the page shows it.

use crate::calling_out::Outgoing;
use causeway_adapter::webrtc::message::{InvitedWay, ServerMessage};
use causeway_base::Lang;
use causeway_dial::invite::{Pasted, Way, parse};

/// What it says, and every way into its meeting.
pub(crate) fn answer(text: &str, lang: Lang, outgoing: &Outgoing) -> ServerMessage {
    let invitations = parse(&Pasted { text, kind: None }, &outgoing.for_invitations());
    let ways = invitations.iter().flat_map(|invitation| &invitation.ways);
    let look_alikes = invitations.iter().flat_map(|invitation| &invitation.look_alikes);
    ServerMessage::Invitation {
        ways: ways.map(|way| shown(way, lang)).collect(),
        look_alikes: look_alikes.cloned().collect(),
    }
}

fn shown(way: &Way, lang: Lang) -> InvitedWay {
    InvitedWay {
        service: way.service.brand().to_owned(),
        meeting: way.meeting.clone(),
        protocol: way.protocol.name().to_owned(),
        address: way.address.clone(),
        target: way.target(),
        digits: way.digits.clone(),
        why: way.reason(lang),
        allowed: way.barred.is_none(),
    }
}
