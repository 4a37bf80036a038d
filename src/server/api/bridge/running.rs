//! What runs: rosters, orders, calls out.

use super::super::backend::Actor;
use super::super::fault::{Fault, Problem};
use super::super::resource::{self, *};
use super::{BridgeBackend, audit};
use crate::live::LiveError;
use crate::meeting::Phase;
use crate::view::{self, ConferenceView};
use causeway_base::Lang;
use causeway_conference::conference::view::ParticipantView;
use causeway_conference::{AdmissionState, By, Command, CommandError, Protocol};
use jiff::{SignedDuration, Timestamp};
use std::time::Instant;

impl From<LiveError> for Problem {
    fn from(error: LiveError) -> Self {
        Problem::from(match error {
            LiveError::NotRunning | LiveError::Refused(CommandError::Ended) => Fault::NotRunning,
            LiveError::Refused(error) => match error {
                CommandError::UnknownLeg | CommandError::UnknownParticipant => Fault::NotFound,
                CommandError::Refused(cause) => Fault::Refused(cause),
                // Of a hand-over: whoever gives the role away has none. The token may do all.
                CommandError::TooManySuccessors => return Problem::value("participants"),
                _ => Fault::Conflict,
            },
        })
    }
}

impl BridgeBackend {
    pub(super) async fn roster(&self, id: &MeetingId) -> Result<Vec<Participant>, Problem> {
        let key = id.as_str();
        let Some(view) = self.live.view(key).await else {
            let known = self.meetings.phase(key, Timestamp::now());
            return known.map(|_| Vec::new()).ok_or_else(|| Fault::NotFound.into());
        };
        let speaker = view.conference.speaker;
        let shown = |one: &ParticipantView| participant(one, speaker == Some(one.id));
        let mut all: Vec<_> = view.conference.participants.iter().map(shown).collect();
        all.sort_by_key(|participant| participant.place.unwrap_or(0));
        Ok(all)
    }

    pub(super) async fn carry_out(
        &self,
        by: &Actor,
        id: &MeetingId,
        order: Order,
    ) -> Result<(), Problem> {
        let action = word(&order);
        let done = self.order_now(id, order).await;
        self.audited(by, action, id.as_str(), &done);
        done
    }

    pub(super) async fn order_now(&self, id: &MeetingId, order: Order) -> Result<(), Problem> {
        let key = id.as_str();
        match self.live.command(key, command(order)).await {
            Err(LiveError::NotRunning) if self.meetings.phase(key, Timestamp::now()).is_none() => {
                Err(Fault::NotFound.into())
            }
            done => Ok(done?),
        }
    }

    pub(super) async fn begin_call(
        &self,
        by: &Actor,
        id: &MeetingId,
        call: resource::CallOut,
    ) -> Result<CallStarted, Problem> {
        let key = id.as_str();
        let lang = call.language.map(Lang::from);
        let lang = lang.or_else(|| self.meetings.get(key).map(|meeting| meeting.lang));
        let number = call.to.clone();
        let out = view::CallOut {
            target: call.to,
            trunk: call.trunk.map(Into::into),
            display_name: call.display_name.as_str().to_owned(),
            role: causeway_conference::Role::Guest,
            lang: lang.unwrap_or_default(),
            beside: None,
        };
        let begun = match self.meetings.phase(key, Timestamp::now()) {
            None => Err(Fault::NotFound.into()),
            Some(Phase::Over) => Err(Fault::Gone.into()),
            Some(_) => {
                let begun = self.live.call_out(key, out).await;
                begun.map_err(|cause| Problem::from(Fault::Refused(cause)))
            }
        };
        let entry = audit(by, "call.out", id.as_str(), &begun).with("called", &number);
        self.store.audit(entry, Timestamp::now());
        begun.map(|leg| CallStarted { leg: leg.to_string() })
    }
}

fn command(order: Order) -> Command {
    let by = By::Operator;
    match order {
        Order::Admit(who) => Command::Admit { participant: who.0, by },
        Order::AdmitAll => Command::AdmitAll { by },
        Order::Deny(who) => Command::Deny { participant: who.0, by },
        Order::Mute(who) => Command::Mute { participant: who.0, by },
        Order::Unmute(who) => Command::Unmute { participant: who.0, by },
        Order::MuteAll => Command::MuteAll { by },
        Order::AllowUnmute(allowed) => Command::AllowUnmute { allowed, by },
        Order::Hand(who, raised) => Command::RaiseHand { participant: who.0, raised, by },
        Order::Remove(who) => Command::Remove { participant: who.0, by },
        Order::SetRole(who, role) => Command::SetRole { participant: who.0, role: role.into(), by },
        // In the name of who gives it away: one becomes a host and the other none in one step, and
        // only where both are in.
        Order::HandOver { from, to } => Command::HandOver { to: to.0, by: By::Participant(from.0) },
        Order::SetSuccessors(list) => {
            Command::SetSuccessors { participants: list.iter().map(|who| who.0).collect(), by }
        }
        Order::SetLock(locked) => Command::SetLock { locked, by },
        Order::SetLobby(lobby) => Command::SetLobby { lobby: lobby.into(), by },
        Order::End => Command::EndForAll { by },
    }
}

/// What the audit log calls it.
fn word(order: &Order) -> &'static str {
    match order {
        Order::Admit(_) => "participant.admit",
        Order::AdmitAll => "participant.admit-all",
        Order::Deny(_) => "participant.deny",
        Order::Mute(_) => "participant.mute",
        Order::Unmute(_) => "participant.unmute",
        Order::MuteAll => "participant.mute-all",
        Order::AllowUnmute(_) => "meeting.allow-unmute",
        Order::Hand(..) => "participant.hand",
        Order::Remove(_) => "participant.remove",
        Order::SetRole(..) => "participant.role",
        Order::HandOver { .. } => "participant.hand-over",
        Order::SetSuccessors(_) => "meeting.successors",
        Order::SetLock(_) => "meeting.lock",
        Order::SetLobby(_) => "meeting.lobby",
        Order::End => "meeting.end",
    }
}

/// How a running meeting stands.
pub(super) fn live(view: &ConferenceView) -> MeetingLive {
    let conference = &view.conference;
    let admitted = conference.participants.iter().filter(|one| one.admitted).count();
    MeetingLive {
        participants: u32::try_from(admitted).unwrap_or(u32::MAX),
        waiting: u32::try_from(conference.waiting).unwrap_or(u32::MAX),
        locked: conference.locked,
        unmute_allowed: conference.unmute_allowed,
    }
}

fn participant(one: &ParticipantView, speaking: bool) -> Participant {
    let arriving = |leg: &causeway_conference::conference::view::LegView| {
        matches!(leg.admission, AdmissionState::Arriving { .. })
    };
    let presence = match one.admitted {
        true => Presence::Admitted,
        false if one.place.is_none() && one.legs.iter().all(arriving) => Presence::Arriving,
        false => Presence::Waiting,
    };
    Participant {
        id: ParticipantId(one.id),
        display_name: Name::new(one.display_name.as_str()),
        role: one.role.into(),
        presence,
        place: one.place.and_then(|place| u32::try_from(place).ok()),
        since: wall(one.since),
        mute: one.mute.into(),
        hand: one.hand.is_some(),
        speaking,
        protocol: one.legs.first().map_or_else(String::new, |leg| protocol(leg.source).to_owned()),
        trusted: one.legs.iter().any(|leg| leg.trusted),
    }
}

fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Sip => "sip",
        Protocol::WebRtc => "webrtc",
    }
}

/// A moment of the monotonic clock as time of day.
fn wall(at: Instant) -> Option<Time> {
    let ago = SignedDuration::try_from(at.elapsed()).ok()?;
    Timestamp::now().checked_sub(ago).ok().map(Time)
}
