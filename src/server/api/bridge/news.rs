//! From the bridge's news to the API's events.

use super::super::event_log::EventLog;
use super::super::resource::{ApiEvent, Happening, MeetingId, Name, ParticipantId, Time};
use super::BridgeBackend;
use super::meetings::id;
use crate::actor::task::News;
use crate::bridge::Bridge;
use crate::live::Live;
use causeway_adapter::sip::view::{SipNews, TrunkHealth};
use causeway_base::ConferenceId;
use causeway_conference::Event;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;

impl BridgeBackend {
    pub(super) fn tell(&self, meeting: Option<MeetingId>, happening: Happening) {
        self.events.publish(event(meeting, happening));
    }
}

fn event(meeting: Option<MeetingId>, happening: Happening) -> ApiEvent {
    ApiEvent { at: Time(Timestamp::now()), meeting, happening }
}

/// Writes the news of a bridge into the log for as long as it runs.
pub(super) fn follow(bridge: &Bridge, events: Arc<EventLog>) {
    let (live, mut news) = (bridge.live().clone(), bridge.news());
    let mut of_sip = bridge.sip().news();
    tokio::spawn(async move {
        let mut meetings = HashMap::new();
        loop {
            tokio::select! {
                news = news.recv() => match news {
                    Ok(news) => conference(&live, &mut meetings, &events, news),
                    Err(RecvError::Lagged(_)) => events.gap(),
                    Err(RecvError::Closed) => return,
                },
                Ok(news) = of_sip.recv() => {
                    if let SipNews::TrunkChanged(trunk) = news {
                        let up = !matches!(trunk.health, TrunkHealth::Down(_));
                        let trunk = trunk.name.to_string();
                        events.publish(event(None, Happening::TrunkChanged { trunk, up }));
                    }
                },
            }
        }
    });
}

/// The meetings whose conference runs, by the conference; `None` for what is no meeting.
type Running = HashMap<ConferenceId, Option<MeetingId>>;

fn conference(live: &Live, meetings: &mut Running, events: &EventLog, news: News) {
    let known = meetings.get(&news.conference).cloned();
    let meeting = known.clone().unwrap_or_else(|| {
        let handle = live.directory.of_conference(news.conference)?;
        live.keys().contains(&handle.key).then(|| id(&handle.key)).flatten()
    });
    if known.is_none() {
        meetings.insert(news.conference, meeting.clone());
        if meeting.is_some() {
            events.publish(event(meeting.clone(), Happening::MeetingStarted));
        }
    }
    if matches!(news.event, Event::Ended(_)) {
        meetings.remove(&news.conference);
    }
    if let (Some(meeting), Some(happening)) = (meeting, happening(news.event)) {
        events.publish(event(Some(meeting), happening));
    }
}

/// What of it the outside is told.
fn happening(event: Event) -> Option<Happening> {
    let who = ParticipantId;
    Some(match event {
        Event::ParticipantWaiting { participant, display_name, place, .. } => {
            Happening::ParticipantWaiting {
                participant: who(participant),
                display_name: Name::new(display_name.as_str()),
                place: u32::try_from(place).unwrap_or(u32::MAX),
            }
        }
        Event::ParticipantJoined { participant, display_name, role, .. } => {
            Happening::ParticipantJoined {
                participant: who(participant),
                display_name: Name::new(display_name.as_str()),
                role: role.into(),
            }
        }
        Event::ParticipantLeft { participant, cause } => Happening::ParticipantLeft {
            participant: who(participant),
            code: cause.code().to_owned(),
        },
        Event::MuteChanged { participant, mute } => {
            Happening::MuteChanged { participant: who(participant), mute: mute.into() }
        }
        Event::RoleChanged { participant, role } => {
            Happening::RoleChanged { participant: who(participant), role: role.into() }
        }
        Event::HandChanged { participant, raised } => {
            Happening::HandChanged { participant: who(participant), raised }
        }
        Event::ActiveSpeakerChanged { participant } => {
            Happening::SpeakerChanged { participant: participant.map(who) }
        }
        Event::LockChanged { locked } => Happening::LockChanged { locked },
        Event::LobbyChanged { lobby } => Happening::LobbyChanged { lobby: lobby.into() },
        Event::UnmuteAllowed { allowed } => Happening::UnmuteAllowed { allowed },
        Event::LayoutChanged { layout } => Happening::LayoutChanged { layout: (&layout).into() },
        Event::SpotlightChanged { participant } => {
            Happening::SpotlightChanged { participant: participant.map(who) }
        }
        Event::VideoChanged { participant, state, .. } => {
            Happening::VideoChanged { participant: who(participant), state: state.into() }
        }
        Event::Sighted { participant, sight, .. } => {
            Happening::SightChanged { participant: who(participant), sight: sight.into() }
        }
        Event::Sounded { participant, sound, .. } => {
            Happening::SoundChanged { participant: who(participant), sound: sound.into() }
        }
        Event::VideoStrained { strain } => Happening::VideoStrained { strain: strain.into() },
        Event::HostsGone => Happening::HostsGone,
        Event::Ended(cause) => Happening::MeetingEnded { code: cause.code().to_owned() },
        _ => return None,
    })
}
