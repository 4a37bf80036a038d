//! What a page asks of its conference. In whose name, the bridge knows: a page never says.

use causeway_adapter::webrtc::message::{self, HostAction};
use causeway_base::ParticipantId;
use causeway_conference::{By, Command, Layout, PictureChoice};

/// What hosts may do. `None` for what cannot be, or is no matter of the conference alone: calling
/// out.
pub(crate) fn of_host(action: &HostAction, host: ParticipantId) -> Option<Command> {
    let by = By::Participant(host);
    let who = |participant: &u64| ParticipantId(*participant);
    Some(match action {
        HostAction::Admit { participant } => Command::Admit { participant: who(participant), by },
        HostAction::AdmitAll {} => Command::AdmitAll { by },
        HostAction::Deny { participant } => Command::Deny { participant: who(participant), by },
        HostAction::MuteParticipant { participant, muted: true } => {
            Command::Mute { participant: who(participant), by }
        }
        HostAction::MuteParticipant { participant, muted: false } => {
            Command::Unmute { participant: who(participant), by }
        }
        HostAction::MuteAll {} => Command::MuteAll { by },
        HostAction::AllowUnmute { allowed } => Command::AllowUnmute { allowed: *allowed, by },
        HostAction::AllowCallMe { allowed } => Command::AllowCallMe { allowed: *allowed, by },
        HostAction::LowerHand { participant } => {
            Command::RaiseHand { participant: who(participant), raised: false, by }
        }
        HostAction::Lock { locked } => Command::SetLock { locked: *locked, by },
        // Only the API makes layouts of one's own.
        HostAction::SetLayout { layout } => Command::SetLayout { layout: of_name(*layout)?, by },
        HostAction::Spotlight { participant } => {
            Command::Spotlight { participant: participant.as_ref().map(who), by }
        }
        HostAction::HandOver { participant } => Command::HandOver { to: who(participant), by },
        HostAction::Remove { participant } => Command::Remove { participant: who(participant), by },
        HostAction::EndForAll {} => Command::EndForAll { by },
        HostAction::CallOut { .. } | HostAction::ReadInvitation { .. } => return None,
    })
}

/// Mute or unmute oneself.
pub(crate) fn mute(me: ParticipantId, muted: bool) -> Command {
    let by = By::Participant(me);
    match muted {
        true => Command::Mute { participant: me, by },
        false => Command::Unmute { participant: me, by },
    }
}

/// What one wants to see. A page shows a layout that the API made as it is, and sends it back so.
pub(crate) fn view(
    me: ParticipantId,
    layout: Option<message::Layout>,
    pinned: Option<u64>,
    page: u32,
) -> Command {
    let page = usize::try_from(page).unwrap_or(usize::MAX);
    let pinned = pinned.map(ParticipantId);
    let named = layout.map(of_name);
    if named == Some(None) {
        return Command::Look { participant: me, pinned, page };
    }
    let choice = PictureChoice { layout: named.flatten(), pinned, page };
    Command::ChoosePicture { participant: me, choice, by: By::Participant(me) }
}

/// A layout by its name. `None` for one of somebody's own.
const fn of_name(name: message::Layout) -> Option<Layout> {
    match name {
        message::Layout::Single => Some(Layout::Single),
        message::Layout::Speaker => Some(Layout::Speaker),
        message::Layout::Equal => Some(Layout::Equal),
        message::Layout::SideBySide => Some(Layout::SideBySide),
        message::Layout::Custom => None,
    }
}

/// One's own hand.
pub(crate) fn hand(me: ParticipantId, raised: bool) -> Command {
    Command::RaiseHand { participant: me, raised, by: By::Participant(me) }
}

/// Leaves, with a telephone that joined beside.
pub(crate) fn leave(me: ParticipantId) -> Command {
    Command::Remove { participant: me, by: By::Participant(me) }
}
