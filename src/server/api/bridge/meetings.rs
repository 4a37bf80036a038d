//! What is scheduled: to and from the table of meetings. The conferences of the configuration are
//! meetings too, `conference[0]` as `conference-0`; they are seen and hosted here, not changed.

use super::super::backend::Actor;
use super::super::fault::{Fault, Problem};
use super::super::resource::*;
use super::{BridgeBackend, page};
use crate::invite::{Card, CardError, calendar, card::Leads, html, text};
use crate::meeting::{self, Kind, MeetingError, NewMeeting, Permanent, Phase, Pin, is_code};
use crate::store::random;
use causeway_base::{Alias, Lang};
use causeway_dial::{Destination, Found, IncomingCall, Names, Resolver};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// The length of a meeting that has a beginning but no end.
const USUAL_LENGTH: SignedDuration = SignedDuration::from_hours(1);

/// The name of a meeting that was given none.
const UNNAMED: &str = "会议 / Meeting";

impl From<MeetingError> for Problem {
    fn from(error: MeetingError) -> Self {
        match error {
            MeetingError::Invalid(fields) => {
                fields.first().map_or_else(|| Fault::BadValue.into(), |field| (*field).into())
            }
            MeetingError::NotFound => Fault::NotFound.into(),
            MeetingError::Over => Fault::Gone.into(),
            MeetingError::Store(error) => error.into(),
        }
    }
}

/// The key of a conference in the directory.
pub(super) fn key(id: &MeetingId) -> String {
    let number = id.as_str().strip_prefix("conference-");
    match number.filter(|number| number.bytes().all(|byte| byte.is_ascii_digit())) {
        Some(number) => format!("conference[{number}]"),
        None => id.as_str().to_owned(),
    }
}

/// The meeting of a key; `None` for what is no meeting.
pub(super) fn id(key: &str) -> Option<MeetingId> {
    let number = key.strip_prefix("conference[").and_then(|rest| rest.strip_suffix(']'));
    match number {
        Some(number) => format!("conference-{number}").parse().ok(),
        None => key.parse().ok(),
    }
}

impl BridgeBackend {
    pub(super) async fn make_meeting(
        &self,
        by: &Actor,
        draft: MeetingDraft,
    ) -> Result<Meeting, Problem> {
        let now = Timestamp::now();
        let made = match wanted(&draft, now) {
            Ok(new) => self.meetings.create(&new, now).await.map_err(Problem::from),
            Err(problem) => Err(problem),
        };
        let object = made.as_ref().map_or("", |made| &*made.id);
        self.audited(by, "meeting.create", object, &made);
        let meeting = self.stored(&*made?, now)?;
        self.tell(Some(meeting.id.clone()), Happening::MeetingCreated);
        Ok(meeting)
    }

    pub(super) fn list_meetings(
        &self,
        state: Option<MeetingState>,
        window: &Window,
    ) -> Page<Meeting> {
        let now = Timestamp::now();
        let permanent = self.permanent.iter().map(|conference| self.fixed(conference));
        let stored = self.meetings.list();
        let stored = stored.iter().map(|meeting| self.stored(meeting, now));
        let wanted = |meeting: &Meeting| state.is_none_or(|state| meeting.state == state);
        let all = stored.chain(permanent).flatten().filter(wanted).collect();
        page(all, window, |meeting| meeting.id.to_string())
    }

    pub(super) async fn show_meeting(&self, id: &MeetingId) -> Result<Meeting, Problem> {
        let key = key(id);
        let mut meeting = match self.meetings.get(&key) {
            Some(meeting) => self.stored(&meeting, Timestamp::now())?,
            None => {
                let found = self.permanent.iter().find(|conference| *conference.key == *key);
                self.fixed(found.ok_or(Fault::NotFound)?)?
            }
        };
        meeting.live = self.live.view(&key).await.map(|view| super::running::live(&view));
        Ok(meeting)
    }

    pub(super) async fn alter_meeting(
        &self,
        by: &Actor,
        id: &MeetingId,
        change: MeetingChange,
    ) -> Result<Meeting, Problem> {
        let now = Timestamp::now();
        let lobby = change.lobby;
        let changed = match self.meetings.get(id.as_str()) {
            Some(before) => {
                let new = changed(&before, change, now)?;
                self.meetings.update(id.as_str(), &new, now).await.map_err(Problem::from)
            }
            None => Err(Fault::NotFound.into()),
        };
        self.audited(by, "meeting.change", id.as_str(), &changed);
        let meeting = self.stored(&*changed?, now)?;
        if let Some(lobby) = lobby {
            // One that does not run learns it when it begins.
            let _ = self.order_now(id, Order::SetLobby(lobby)).await;
        }
        self.tell(Some(id.clone()), Happening::MeetingChanged);
        Ok(meeting)
    }

    pub(super) async fn finish_meeting(&self, by: &Actor, id: &MeetingId) -> Result<(), Problem> {
        let key = key(id);
        // Its names die first, so that nobody comes in while everybody is sent away.
        let (ended, for_all) =
            tokio::join!(self.meetings.end(&key, Timestamp::now()), self.order_now(id, Order::End));
        let ended = ended.map_err(Problem::from);
        let permanent = self.permanent.iter().any(|conference| *conference.key == *key);
        let done = if permanent { for_all } else { ended.map(drop) };
        self.audited(by, "meeting.end", id.as_str(), &done);
        done
    }

    /// A meeting of the store.
    fn stored(&self, meeting: &meeting::Meeting, now: Timestamp) -> Result<Meeting, Problem> {
        let (starts_at, ends_at) = match meeting.kind {
            Kind::Scheduled { starts, ends } => (Some(Time(starts)), Some(Time(ends))),
            Kind::AdHoc | Kind::Permanent => (None, None),
        };
        let runs = self.live.directory.of_key(&meeting.id).is_some();
        let state = match meeting.phase(now) {
            Phase::Over => MeetingState::Ended,
            _ if runs => MeetingState::Running,
            Phase::NotYet | Phase::Early => MeetingState::Scheduled,
            Phase::Open => MeetingState::Idle,
        };
        let card = self.card(meeting).ok();
        Ok(Meeting {
            id: super::id_shown(&meeting.id)?,
            name: Name::new(&meeting.name),
            alias: meeting.aliases.first().unwrap_or(&meeting.code).clone(),
            state,
            starts_at,
            ends_at,
            created_at: Some(Time(meeting.created)),
            lobby: meeting.lobby.into(),
            wait_for_host: meeting.wait_for_host,
            mute_on_entry: meeting.mute_on_entry,
            max_participants: u32::try_from(meeting.max_participants).unwrap_or(u32::MAX),
            addresses: card.map(addresses).unwrap_or_default(),
            live: None,
            secrets: Some(secrets(meeting.host_pin.as_ref(), meeting.guest_pin.as_ref())),
        })
    }

    /// A conference of the configuration.
    fn fixed(&self, conference: &Permanent) -> Result<Meeting, Problem> {
        let settings = &conference.settings;
        let runs = self.live.directory.of_key(&conference.key).is_some();
        let alias = conference.aliases.first().or(conference.code.as_ref());
        Ok(Meeting {
            id: id(&conference.key).ok_or(Fault::Internal)?,
            name: Name::new(&settings.name),
            alias: alias.cloned().unwrap_or_default(),
            state: if runs { MeetingState::Running } else { MeetingState::Idle },
            starts_at: None,
            ends_at: None,
            created_at: None,
            lobby: settings.lobby.into(),
            wait_for_host: settings.wait_for_host,
            mute_on_entry: settings.mute_on_entry,
            max_participants: u32::try_from(settings.max_participants).unwrap_or(u32::MAX),
            addresses: MeetingAddresses::default(),
            live: None,
            secrets: Some(secrets(conference.host_pin.as_ref(), conference.guest_pin.as_ref())),
        })
    }

    pub(super) fn invitation(
        &self,
        id: &MeetingId,
        format: InviteFormat,
        lang: Lang,
    ) -> Result<String, Problem> {
        let meeting = self.meetings.get(id.as_str()).ok_or(Fault::NotFound)?;
        let card = self.card(&meeting).map_err(|error| match error {
            CardError::NotRouted { .. } => Fault::NotRouted,
            CardError::NoAddress => Fault::NoAddress,
        })?;
        let host = self.addresses.sip_host.as_deref().unwrap_or("causeway");
        match format {
            InviteFormat::Text => Ok(text::render(&card, lang)),
            InviteFormat::Html => Ok(html::render(&card, lang)),
            InviteFormat::Ics => {
                let calendar = calendar::render(&card, lang, host, Timestamp::now());
                calendar.ok_or_else(|| Problem::from(Fault::Conflict).of("format"))
            }
        }
    }

    /// The card of a meeting, as the dial plan will lead once the meeting can be entered.
    fn card(&self, meeting: &meeting::Meeting) -> Result<Card, CardError> {
        let names = Opened { backend: self, meeting };
        let nobody = Alias::sip("", "anonymous.invalid");
        Card::of(meeting, &self.addresses, &|called| {
            let call = IncomingCall { called, calling: &nobody, trunk: None, local: self.local };
            match Resolver::new(Arc::clone(&self.dial_plan)).resolve(&call, &names).0 {
                Destination::Conference(key) if key == meeting.id => Leads::ToTheMeeting,
                Destination::Reception { .. } => Leads::ToTheReception,
                _ => Leads::Elsewhere,
            }
        })
    }
}

/// The names of the bridge as they are while a meeting can be entered.
#[derive(Debug)]
struct Opened<'a> {
    backend: &'a BridgeBackend,
    meeting: &'a meeting::Meeting,
}

impl Names for Opened<'_> {
    fn find(&self, name: &str) -> Option<Found> {
        let own = || meeting::fold(name) == self.meeting.code;
        self.backend
            .names
            .find(name)
            .or_else(|| own().then(|| Found::Conference(self.meeting.id.clone())))
    }
}

fn secrets(host: Option<&Pin>, guest: Option<&Pin>) -> MeetingSecrets {
    let shown = |pin: &Pin| Secret::new(pin.reveal().to_owned());
    MeetingSecrets { host_pin: host.map(shown), guest_pin: guest.map(shown) }
}

fn addresses(card: Card) -> MeetingAddresses {
    MeetingAddresses {
        tel: card.phones.first().map(|phone| card.one_tap(phone)),
        phone: card.phones.iter().map(|phone| phone.number.clone()).collect(),
        link: card.link,
        sip: card.sip.into_iter().collect(),
        ip_number: card.ip_dial.into_iter().collect(),
    }
}

fn wanted(draft: &MeetingDraft, now: Timestamp) -> Result<NewMeeting, Problem> {
    let kind = match (draft.starts_at, draft.ends_at) {
        _ if draft.permanent => Kind::Permanent,
        (None, None) => Kind::AdHoc,
        (starts, ends) => scheduled(starts.map_or(now, |time| time.0), ends)?,
    };
    let name = if draft.name.as_str().is_empty() { UNNAMED } else { draft.name.as_str() };
    let mut new = NewMeeting::new(name, kind);
    match &draft.alias {
        Some(alias) if is_code(alias) => new.code = Some(alias.clone()),
        Some(alias) => new.aliases = vec![alias.clone()],
        None => {}
    }
    let revealed = |pin: &Secret| pin.reveal().to_owned();
    new.host_pin = match &draft.host_pin {
        Some(pin) => Some(revealed(pin)),
        None => Some(random::code()?),
    };
    new.guest_pin = draft.guest_pin.as_ref().map(revealed);
    new.lobby = draft.lobby.into();
    new.wait_for_host = draft.wait_for_host;
    new.mute_on_entry = draft.mute_on_entry;
    if let Some(most) = draft.max_participants {
        new.max_participants = most as usize;
    }
    if let Some(language) = draft.language {
        new.lang = language.into();
    }
    Ok(new)
}

fn scheduled(starts: Timestamp, ends: Option<Time>) -> Result<Kind, Problem> {
    let usual = || starts.checked_add(USUAL_LENGTH).map_err(|_| Problem::value("starts_at"));
    let ends = ends.map_or_else(usual, |time| Ok(time.0))?;
    Ok(Kind::Scheduled { starts, ends })
}

fn changed(
    before: &meeting::Meeting,
    change: MeetingChange,
    now: Timestamp,
) -> Result<NewMeeting, Problem> {
    let (starts, ends) = match before.kind {
        Kind::Scheduled { starts, ends } => (Some(Time(starts)), Some(Time(ends))),
        Kind::AdHoc | Kind::Permanent => (None, None),
    };
    let kind = match (change.starts_at.unwrap_or(starts), change.ends_at.unwrap_or(ends)) {
        (None, None) if matches!(before.kind, Kind::Scheduled { .. }) => Kind::AdHoc,
        (None, None) => before.kind,
        (starts, ends) => scheduled(starts.map_or(now, |time| time.0), ends)?,
    };
    let kept = |pin: &Option<Pin>| pin.as_ref().map(|pin| pin.reveal().to_owned());
    let given = |pin: &Secret| pin.reveal().to_owned();
    Ok(NewMeeting {
        name: change.name.map_or_else(|| before.name.clone(), |name| name.as_str().to_owned()),
        kind,
        aliases: before.aliases.clone(),
        code: None,
        host_pin: change.host_pin.as_ref().map(given).or_else(|| kept(&before.host_pin)),
        guest_pin: match &change.guest_pin {
            Some(pin) => pin.as_ref().map(given),
            None => kept(&before.guest_pin),
        },
        lobby: change.lobby.map_or(before.lobby, Into::into),
        wait_for_host: change.wait_for_host.unwrap_or(before.wait_for_host),
        mute_on_entry: change.mute_on_entry.unwrap_or(before.mute_on_entry),
        locked_at_start: before.locked_at_start,
        max_participants: change
            .max_participants
            .map_or(before.max_participants, |most| most as usize),
        lang: before.lang,
        early_entry_min: before.early_entry_min,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_conferences_of_the_configuration_have_names_that_fit_into_an_address() {
        let shown = id("conference[12]").expect("an identifier");
        assert_eq!(shown.as_str(), "conference-12");
        assert_eq!(key(&shown), "conference[12]");
        for odd in ["conference-x", "abc_DEF-9", "conference"] {
            assert_eq!(key(&odd.parse().expect("an identifier")), odd);
        }
        assert_eq!(id("gateway 7"), None);
    }
}
