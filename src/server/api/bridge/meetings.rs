//! What is scheduled: to and from the table of meetings. The conferences of the configuration are
//! meetings too; they are seen and hosted here, not changed.

use super::super::backend::Actor;
use super::super::fault::{Fault, Problem};
use super::super::resource::*;
use super::{BridgeBackend, page};
use crate::invite::{Card, CardError, calendar, html, text};
use crate::meeting::{self, Kind, MeetingError, NewMeeting, Permanent, Phase, Pin, is_code};
use crate::store::random;
use causeway_base::{EndCause, Lang};
use causeway_conference::{By, Command};
use causeway_dial::Resolver;
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

/// The meeting of a key; `None` for what is no meeting.
pub(super) fn id(key: &str) -> Option<MeetingId> {
    key.parse().ok()
}

/// What is listed: a meeting of the store, or a conference of the configuration.
enum Listed<'a> {
    Stored(Arc<meeting::Meeting>),
    Fixed(&'a Permanent),
}

impl Listed<'_> {
    /// Its place in the list: the youngest first, those of the configuration last.
    fn place(&self) -> String {
        match self {
            Listed::Stored(meeting) => {
                let age = i64::MAX - meeting.created.as_microsecond();
                format!("{age:020}-{}", meeting.id)
            }
            Listed::Fixed(conference) => format!("z-{}", conference.key),
        }
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
        let meeting = self.stored(&mut self.cards.resolver(), &made?, now)?;
        self.tell(Some(meeting.id.clone()), Happening::MeetingCreated);
        Ok(meeting)
    }

    /// Where each address leads is asked for those alone that are shown, one meeting at a time:
    /// with a long dial plan even a page takes long.
    pub(super) async fn list_meetings(
        &self,
        state: Option<MeetingState>,
        window: &Window,
    ) -> Result<Page<Meeting>, Problem> {
        let now = Timestamp::now();
        let stored = self.meetings.list().into_iter().map(Listed::Stored);
        let all = stored.chain(self.cards.permanent.iter().map(Listed::Fixed));
        let wanted = |one: &Listed<'_>| state.is_none_or(|state| self.state_of(one, now) == state);
        let listed = page(all.filter(wanted).collect(), window, Listed::place);
        let mut resolver = self.cards.resolver();
        let mut items = Vec::with_capacity(listed.items.len());
        for one in &listed.items {
            items.push(match one {
                Listed::Stored(meeting) => self.stored(&mut resolver, meeting, now)?,
                Listed::Fixed(conference) => self.fixed(&mut resolver, conference)?,
            });
            tokio::task::yield_now().await;
        }
        Ok(Page { items, next: listed.next })
    }

    fn state_of(&self, one: &Listed<'_>, now: Timestamp) -> MeetingState {
        let runs = |key: &str| self.live.directory.of_key(key).is_some();
        match one {
            Listed::Stored(meeting) => match meeting.phase(now) {
                Phase::Over => MeetingState::Ended,
                _ if runs(&meeting.id) => MeetingState::Running,
                Phase::NotYet | Phase::Early => MeetingState::Scheduled,
                Phase::Open => MeetingState::Idle,
            },
            Listed::Fixed(conference) if runs(&conference.key) => MeetingState::Running,
            Listed::Fixed(_) => MeetingState::Idle,
        }
    }

    fn conference(&self, id: &MeetingId) -> Result<&Permanent, Problem> {
        self.cards.conference(id.as_str()).ok_or_else(|| Fault::NotFound.into())
    }

    pub(super) async fn show_meeting(&self, id: &MeetingId) -> Result<Meeting, Problem> {
        let mut resolver = self.cards.resolver();
        let mut meeting = match self.meetings.get(id.as_str()) {
            Some(meeting) => self.stored(&mut resolver, &meeting, Timestamp::now())?,
            None => self.fixed(&mut resolver, self.conference(id)?)?,
        };
        meeting.live = self.live.view(id.as_str()).await.map(|view| super::running::live(&view));
        Ok(meeting)
    }

    pub(super) async fn alter_meeting(
        &self,
        by: &Actor,
        id: &MeetingId,
        change: MeetingChange,
    ) -> Result<Meeting, Problem> {
        let now = Timestamp::now();
        let (lobby, layout) = (change.lobby, change.layout.flatten());
        let changed = match self.meetings.get(id.as_str()) {
            Some(before) => {
                let new = changed(&before, change, now)?;
                self.meetings.update(id.as_str(), &new, now).await.map_err(Problem::from)
            }
            None => Err(Fault::NotFound.into()),
        };
        self.audited(by, "meeting.change", id.as_str(), &changed);
        let meeting = self.stored(&mut self.cards.resolver(), &changed?, now)?;
        // One that does not run learns them when it begins.
        if let Some(settings) = self.meetings.settings(id.as_str(), now) {
            let (settings, by) = (Box::new(settings), By::Operator);
            let _ = self.live.command(id.as_str(), Command::Adopt { settings, by }).await;
        }
        if let Some(lobby) = lobby {
            let _ = self.order_now(id, Order::SetLobby(lobby)).await;
        }
        if let Some(layout) = layout.map(causeway_conference::NamedLayout::from) {
            let _ = self.order_now(id, Order::SetLayout(layout.into())).await;
        }
        self.tell(Some(id.clone()), Happening::MeetingChanged);
        Ok(meeting)
    }

    pub(super) async fn finish_meeting(&self, by: &Actor, id: &MeetingId) -> Result<(), Problem> {
        // Its names die first, so that nobody comes in while everybody is sent away.
        let ends = self.meetings.end(id.as_str(), Timestamp::now());
        let (ended, for_all) = tokio::join!(ends, self.order_now(id, Order::End));
        let ended = ended.map_err(Problem::from);
        if ended.is_ok() && for_all.is_err() {
            // Nobody was there: no conference tells of it.
            let code = EndCause::ConferenceEnded.code().to_owned();
            self.tell(Some(id.clone()), Happening::MeetingEnded { code });
        }
        let done = if self.conference(id).is_ok() { for_all } else { ended.map(drop) };
        self.audited(by, "meeting.end", id.as_str(), &done);
        done
    }

    /// A meeting of the store.
    fn stored(
        &self,
        resolver: &mut Resolver,
        meeting: &Arc<meeting::Meeting>,
        now: Timestamp,
    ) -> Result<Meeting, Problem> {
        let (starts_at, ends_at) = match meeting.kind {
            Kind::Scheduled { starts, ends } => (Some(Time(starts)), Some(Time(ends))),
            Kind::AdHoc | Kind::Permanent => (None, None),
        };
        let state = self.state_of(&Listed::Stored(Arc::clone(meeting)), now);
        // What is over has no address; one that leads nowhere is not shown.
        let card = (state != MeetingState::Ended)
            .then(|| self.cards.card(resolver, meeting.as_ref().into()).ok())
            .flatten();
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
            guests_call_me: meeting.guests_call_me,
            layout: meeting.layout.map(Into::into),
            max_participants: u32::try_from(meeting.max_participants).unwrap_or(u32::MAX),
            early_entry_min: meeting.early_entry_min,
            live: None,
            secrets: Some(secrets(meeting.host_pin.as_ref(), meeting.guest_pin.as_ref(), &card)),
            addresses: card.map(addresses).unwrap_or_default(),
        })
    }

    /// A conference of the configuration.
    fn fixed(&self, resolver: &mut Resolver, conference: &Permanent) -> Result<Meeting, Problem> {
        let settings = &conference.settings;
        let alias = conference.aliases.first().or(conference.code.as_ref());
        let card = self.cards.card(resolver, conference.into()).ok();
        Ok(Meeting {
            id: id(&conference.key).ok_or(Fault::Internal)?,
            name: Name::new(&settings.name),
            alias: alias.cloned().unwrap_or_default(),
            state: self.state_of(&Listed::Fixed(conference), Timestamp::now()),
            starts_at: None,
            ends_at: None,
            created_at: None,
            lobby: settings.lobby.into(),
            wait_for_host: settings.wait_for_host,
            mute_on_entry: settings.mute_on_entry,
            guests_call_me: settings.guests_call_me,
            layout: conference.layout.map(Into::into),
            max_participants: u32::try_from(settings.max_participants).unwrap_or(u32::MAX),
            early_entry_min: 0,
            live: None,
            secrets: Some(secrets(
                conference.host_pin.as_ref(),
                conference.guest_pin.as_ref(),
                &card,
            )),
            addresses: card.map(addresses).unwrap_or_default(),
        })
    }

    pub(super) fn invitation(
        &self,
        id: &MeetingId,
        format: InviteFormat,
        lang: Lang,
        reader: Reader,
    ) -> Result<Invitation, Problem> {
        let card = self.cards.of(id.as_str()).ok_or(Fault::NotFound)?;
        let card = card.map_err(|error| match error {
            CardError::NotRouted { address, .. } => {
                Problem::from(Fault::NotRouted).detailed(&address)
            }
            CardError::NoAddress => Fault::NoAddress.into(),
        })?;
        let card = match reader {
            Reader::Host => card,
            Reader::Guest => card.for_guests(),
            Reader::Stranger => card.without_secrets(),
        };
        let plain = |text| Invitation { text, media_type: format.media_type().to_owned() };
        match format {
            InviteFormat::Text => Ok(plain(text::render(&card, lang))),
            InviteFormat::Html => Ok(plain(html::render(&card, lang))),
            InviteFormat::Ics => {
                let host =
                    self.cards.addresses.sip.as_ref().map_or("causeway", |place| &place.host);
                let text = calendar::render(&card, lang, host, Timestamp::now())
                    .ok_or_else(|| Problem::from(Fault::Conflict).of("format"))?;
                let method = calendar::method(&card);
                Ok(Invitation {
                    text,
                    media_type: format!("{}; method={method}", format.media_type()),
                })
            }
        }
    }
}

/// What is only for those who may let others in: the PINs, and what holds one.
fn secrets(host: Option<&Pin>, guest: Option<&Pin>, card: &Option<Card>) -> MeetingSecrets {
    let shown = |pin: &Pin| Secret::new(pin.reveal().to_owned());
    let tel = |card: &Card| card.phones.first().map(|phone| Secret::new(card.one_tap(phone)));
    let link = |card: &Card| card.link.clone().map(Secret::new);
    let host_link = |card: &Card| card.host_link.clone().map(Secret::new);
    let guide = |card: &Card| card.guide.clone().map(Secret::new);
    MeetingSecrets {
        host_pin: host.map(shown),
        guest_pin: guest.map(shown),
        link: card.as_ref().and_then(link),
        host_link: card.as_ref().and_then(host_link),
        guide: card.as_ref().and_then(guide),
        tel: card.as_ref().and_then(tel),
    }
}

/// What everybody may see who sees the meeting.
fn addresses(card: Card) -> MeetingAddresses {
    let card = card.without_secrets();
    MeetingAddresses {
        tel: card.phones.first().map(|phone| card.one_tap(phone)),
        phone: card.phones.iter().map(|phone| phone.number.clone()).collect(),
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
    new.guests_call_me = draft.guests_call_me;
    new.layout = draft.layout.map(Into::into);
    if let Some(most) = draft.max_participants {
        new.max_participants = most as usize;
    }
    if let Some(language) = draft.language {
        new.lang = language.into();
    }
    if let Some(minutes) = draft.early_entry_min {
        new.early_entry_min = minutes;
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
        guests_call_me: change.guests_call_me.unwrap_or(before.guests_call_me),
        locked_at_start: before.locked_at_start,
        layout: change.layout.map_or(before.layout, |layout| layout.map(Into::into)),
        max_participants: change
            .max_participants
            .map_or(before.max_participants, |most| most as usize),
        lang: before.lang,
        early_entry_min: change.early_entry_min.unwrap_or(before.early_entry_min),
    })
}
