//! What runs: rosters, orders, calls out.

use super::super::backend::Actor;
use super::super::fault::{Fault, Problem};
use super::super::resource::{self, *};
use super::{BridgeBackend, audit};
use crate::live::LiveError;
use crate::meeting::Phase;
use crate::room_address::{self, IssueError};
use crate::view::{self, ConferenceView};
use causeway_base::{EndCause, Lang};
use causeway_conference::{AdmissionState, By, Command, CommandError, LegView, ParticipantView};
use causeway_plan::video::VideoState;
use jiff::{SignedDuration, Timestamp};
use std::net::IpAddr;
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
        let shown = |one: &ParticipantView| participant(one, speaker == Some(one.id), &view);
        let mut all: Vec<_> = view.conference.participants.iter().map(shown).collect();
        all.sort_by_key(|participant| participant.place.unwrap_or(0));
        Ok(all)
    }

    /// How its pictures are composed.
    pub(super) async fn composed(&self, id: &MeetingId) -> Result<Pictures, Problem> {
        let view = self.running(id).await?.conference;
        Ok(Pictures {
            layout: (&view.layout).into(),
            spotlight: view.spotlight.map(ParticipantId),
            strain: view.strain.into(),
        })
    }

    /// What somebody sees, as PNG. Who looked is audited: it is a look at people.
    pub(super) async fn look(
        &self,
        by: &Actor,
        id: &MeetingId,
        who: ParticipantId,
    ) -> Result<Vec<u8>, Problem> {
        let seen = self.seen_by(id, who).await;
        self.audited(by, "participant.picture", id.as_str(), &seen);
        seen
    }

    async fn seen_by(&self, id: &MeetingId, who: ParticipantId) -> Result<Vec<u8>, Problem> {
        let view = self.running(id).await?.conference;
        let one = view.participants.iter().find(|one| one.id == who.0).ok_or(Fault::NotFound)?;
        self.looks.through(one).await.ok_or_else(|| Fault::NotFound.into())
    }

    /// A conference that runs.
    async fn running(&self, id: &MeetingId) -> Result<ConferenceView, Problem> {
        let key = id.as_str();
        match self.live.view(key).await {
            Some(view) => Ok(view),
            None if self.meetings.phase(key, Timestamp::now()).is_none() => {
                Err(Fault::NotFound.into())
            }
            None => Err(Fault::NotRunning.into()),
        }
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
        let request = view::Request {
            to: &call.to,
            digits: call.digits.as_deref(),
            script: call.script.as_deref(),
            service: call.service.as_deref(),
            form: call.form.as_deref(),
            meeting: call.meeting.as_deref(),
            passcode: call.passcode.as_deref(),
            site: call.site.as_deref(),
        };
        let (target, bridging) = view::Bridging::read(&request).map_err(Fault::Refused)?;
        // Without what lets somebody in.
        let number = match &call.service {
            Some(service) => format!("{service} {}", call.meeting.as_deref().unwrap_or_default()),
            None => view::without_passcode(&target),
        };
        let out = view::CallOut {
            target,
            bridging,
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

    pub(super) fn room_address(
        &self,
        by: &Actor,
        id: &MeetingId,
        draft: &RoomAddressDraft,
    ) -> Result<RoomAddress, Problem> {
        let minutes = draft.minutes.unwrap_or(room_address::MINUTES);
        let issued = match self.meetings.phase(id.as_str(), Timestamp::now()) {
            None => Err(Fault::NotFound.into()),
            Some(Phase::Over) => Err(Fault::Gone.into()),
            Some(_) => {
                self.desk.room_address(&id.as_str().into(), minutes).map_err(|error| match error {
                    IssueError::TooMany => Fault::Refused(EndCause::CapacityReached).into(),
                    IssueError::Store(error) => error.into(),
                })
            }
        };
        self.audited(by, "room-address.issue", id.as_str(), &issued);
        let (number, until) = issued?;
        let places = &self.cards.addresses;
        let host = |ip: IpAddr| match ip {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        Ok(RoomAddress {
            sip: places.sip.as_ref().map(|place| place.uri(&number)),
            h323: places.ip.map(|ip| format!("h323:{number}@{}", host(ip))),
            expires_at: Time(until),
            number,
        })
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
        Order::SetLayout(layout) => Command::SetLayout { layout, by },
        Order::Spotlight(who) => Command::Spotlight { participant: who.map(|who| who.0), by },
        Order::ChoosePicture(who, choice) => {
            Command::ChoosePicture { participant: who.0, choice, by }
        }
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
        Order::SetLayout(_) => "meeting.layout",
        Order::Spotlight(_) => "meeting.spotlight",
        Order::ChoosePicture(..) => "participant.layout",
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

fn participant(one: &ParticipantView, speaking: bool, view: &ConferenceView) -> Participant {
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
        sound: one.sound().into(),
        hand: one.hand.is_some(),
        speaking,
        protocol: one.legs.first().map_or_else(String::new, |leg| leg.source.name().to_owned()),
        device: device(one, view),
        trusted: one.legs.iter().any(|leg| leg.trusted),
        bridge: one.legs.iter().find_map(|leg| {
            let call = view.calls.iter().find(|call| call.leg == leg.leg)?;
            call.bridge.map(Into::into)
        }),
        video: video(one, view),
        view: looks(one),
    }
}

/// What the first of its devices is like of which anything is known.
fn device(one: &ParticipantView, view: &ConferenceView) -> Option<DeviceProfile> {
    let call = |leg: &LegView| view.calls.iter().find(|call| call.leg == leg.leg);
    one.legs.iter().filter_map(call).find_map(|call| call.device.as_deref()).map(Into::into)
}

/// The camera that is shown, or would be.
fn video(one: &ParticipantView, view: &ConferenceView) -> Option<Video> {
    let cameras = || one.legs.iter().filter(|leg| leg.video.receives());
    let on = |leg: &&LegView| leg.picture != VideoState::Absent;
    let seen = |leg: &&LegView| leg.seen;
    let leg = cameras().find(seen).or(cameras().find(on)).or(cameras().next())?;
    let cause = match leg.picture {
        VideoState::Frozen(cause) => Some(cause.into()),
        VideoState::Absent | VideoState::Coming => None,
    };
    let call = view.calls.iter().find(|call| call.leg == leg.leg);
    let size = call.and_then(|call| call.size).filter(|_| leg.seen).map(Size::from);
    let (state, sight) = (leg.picture.into(), leg.sight.into());
    Some(Video { state, cause, sight, seen: leg.seen, size })
}

fn looks(one: &ParticipantView) -> Option<View> {
    one.legs.iter().any(|leg| leg.video.sends()).then(|| View {
        layout: (&one.looks.layout).into(),
        chosen: one.choice.layout.as_ref().map(Layout::from),
        pinned: one.choice.pinned.map(ParticipantId),
        page: u32::try_from(one.looks.page).unwrap_or(u32::MAX),
        pages: u32::try_from(one.looks.pages).unwrap_or(u32::MAX),
        more: u32::try_from(one.looks.more).unwrap_or(u32::MAX),
    })
}

/// A moment of the monotonic clock as time of day.
fn wall(at: Instant) -> Option<Time> {
    let ago = SignedDuration::try_from(at.elapsed()).ok()?;
    Timestamp::now().checked_sub(ago).ok().map(Time)
}
