//! All meetings, in memory: what a call asks, it is answered without the store.

use super::{Kind, Meeting, MeetingError, Phase, Pin, fold};
use crate::store::{Store, StoreError};
use causeway_base::Lang;
use causeway_conference::policy::HOST_GRACE;
use causeway_conference::{EndRules, NamedLayout, Role, Settings};
use causeway_dial::{AliasPattern, NameTable, Names, NumberPlan};
use dashmap::DashMap;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};

/// How long a name answers that its meeting is gone, before it is unknown again.
pub const GONE_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A conference of the configuration: always there, never in the store.
#[derive(Clone, Debug)]
pub struct Permanent {
    /// Its key in the directory.
    pub key: Arc<str>,
    /// What it is dialled by.
    pub aliases: Vec<String>,
    /// Its conference number.
    pub code: Option<String>,
    /// What it is like, its lobby and who waits for the host included.
    pub settings: Settings,
    /// The layout that it begins with; `None`: the bridge's.
    pub layout: Option<NamedLayout>,
    /// Who enters it becomes a host.
    pub host_pin: Option<Pin>,
    /// Without it, guests need no PIN.
    pub guest_pin: Option<Pin>,
}

/// What a name leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A meeting that is not over, by its key.
    Meeting(Arc<str>),
    /// Its meeting is over.
    Gone,
    /// Nothing.
    Unknown,
}

/// What a meeting asks of its callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// A PIN makes a host.
    pub hosts_have_pin: bool,
    /// Guests need a PIN.
    pub guests_need_pin: bool,
    /// It is long before its start.
    pub not_started: bool,
    /// The language of the meeting.
    pub lang: Option<Lang>,
}

impl Gate {
    /// Whether a caller is asked for a PIN, and then whether a guest needs one. Whom we trust needs
    /// none, and may become a host by one.
    pub fn asks(&self, trusted: bool) -> Option<bool> {
        let guests_need_pin = self.guests_need_pin && !trusted;
        (self.hosts_have_pin || guests_need_pin).then_some(guests_need_pin)
    }
}

/// Where an entry comes from.
#[derive(Debug)]
enum Entry {
    Permanent(Box<Permanent>),
    Stored(Arc<Meeting>),
}

/// Whose a name is.
#[derive(Clone, Debug)]
pub(super) struct Owner {
    pub(super) key: Arc<str>,
    /// When its meeting ended.
    pub(super) gone: Option<Timestamp>,
}

/// All meetings. Reads never wait; changes go to the store first and follow one another.
#[derive(Debug)]
pub struct Meetings {
    entries: DashMap<Arc<str>, Entry>,
    names: DashMap<String, Owner>,
    /// What the configuration has named: services too.
    reserved: NameTable,
    numbers: NumberPlan,
    store: Option<Store>,
    change: Mutex<()>,
}

impl Meetings {
    /// The conferences of a configuration alone, without a store.
    pub fn fixed(permanent: Vec<Permanent>) -> Self {
        let meetings = Self {
            entries: DashMap::new(),
            names: DashMap::new(),
            reserved: NameTable::new(),
            numbers: NumberPlan::default(),
            store: None,
            change: Mutex::new(()),
        };
        for conference in permanent {
            let names = conference.aliases.iter().map(String::as_str);
            meetings.claim(&conference.key, names.chain(conference.code.as_deref()), None);
            meetings.entries.insert(conference.key.clone(), Entry::Permanent(conference.into()));
        }
        meetings
    }

    /// The conferences of a configuration and the meetings of a store. Where both have a name,
    /// it belongs to the configuration.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn open(store: Store, permanent: Vec<Permanent>) -> Result<Self, StoreError> {
        let mut meetings = Self::fixed(permanent);
        for (name, gone) in store.gone_names().await? {
            meetings.names.entry(name).or_insert(Owner { key: "".into(), gone: Some(gone) });
        }
        for meeting in store.meetings().await? {
            meetings.take(Arc::new(meeting));
        }
        meetings.store = Some(store);
        Ok(meetings)
    }

    /// Keeps what the configuration has named from being given to a meeting, in every form that the
    /// dial plan takes for the same number.
    #[must_use]
    pub fn reserving(self, reserved: NameTable, numbers: NumberPlan) -> Self {
        Self { reserved, numbers, ..self }
    }

    pub(super) fn is_reserved(&self, name: &str) -> bool {
        let of = |pattern: AliasPattern| pattern.keys(&self.numbers);
        let keys = AliasPattern::parse(name).map(of).unwrap_or_default();
        let folded = fold(name);
        keys.iter().chain([&folded]).any(|key| self.reserved.find(key).is_some())
    }

    #[cfg(test)]
    pub(crate) fn of_meetings(list: impl IntoIterator<Item = Meeting>) -> Self {
        let meetings = Self::fixed(Vec::new());
        for meeting in list {
            meetings.take(Arc::new(meeting));
        }
        meetings
    }

    /// What a name, a number or a code leads to now.
    pub fn find(&self, name: &str, now: Timestamp) -> Found {
        let Some(owner) = self.owner(name) else { return Found::Unknown };
        if owner.gone.is_some() {
            return Found::Gone;
        }
        match self.phase(&owner.key, now) {
            Some(Phase::NotYet | Phase::Early | Phase::Open) => Found::Meeting(owner.key),
            Some(Phase::Over) => Found::Gone,
            None => Found::Unknown,
        }
    }

    /// Where a meeting stands; `None` when there is none of this key.
    pub fn phase(&self, key: &str, now: Timestamp) -> Option<Phase> {
        Some(match self.entries.get(key)?.value() {
            Entry::Permanent(_) => Phase::Open,
            Entry::Stored(meeting) => meeting.phase(now),
        })
    }

    /// Whether it is over when somebody ends its conference: it takes place once. A permanent one
    /// begins again with the next caller.
    pub fn ends_with_its_conference(&self, key: &str) -> bool {
        self.get(key).is_some_and(|meeting| meeting.kind != Kind::Permanent)
    }

    /// What its conference is like, when it begins now.
    pub fn settings(&self, key: &str, now: Timestamp) -> Option<Settings> {
        Some(match self.entries.get(key)?.value() {
            Entry::Permanent(conference) => conference.settings.clone(),
            Entry::Stored(meeting) => settings(meeting, now),
        })
    }

    /// The layout that its conference begins with, where it has one of its own.
    pub fn layout(&self, key: &str) -> Option<NamedLayout> {
        match self.entries.get(key)?.value() {
            Entry::Permanent(conference) => conference.layout,
            Entry::Stored(meeting) => meeting.layout,
        }
    }

    /// What it asks of its callers now.
    pub fn gate(&self, key: &str, now: Timestamp) -> Option<Gate> {
        Some(match self.entries.get(key)?.value() {
            Entry::Permanent(conference) => Gate {
                hosts_have_pin: conference.host_pin.is_some(),
                guests_need_pin: conference.guest_pin.is_some(),
                not_started: false,
                lang: None,
            },
            Entry::Stored(meeting) => Gate {
                hosts_have_pin: meeting.host_pin.is_some(),
                guests_need_pin: meeting.guest_pin.is_some(),
                not_started: meeting.phase(now) == Phase::NotYet,
                lang: Some(meeting.lang),
            },
        })
    }

    /// The role that these digits give. Both PINs are compared in full, whichever fits. No digits
    /// make a guest where guests need no PIN. An unknown meeting costs as much work as a known one.
    pub fn check_pin(&self, key: &str, digits: &str) -> Option<Role> {
        let Some(entry) = self.entries.get(key) else {
            let _ = [Pin::matches_nothing(digits), Pin::matches_nothing(digits)];
            return None;
        };
        let (host, guest) = match entry.value() {
            Entry::Permanent(conference) => (&conference.host_pin, &conference.guest_pin),
            Entry::Stored(meeting) => (&meeting.host_pin, &meeting.guest_pin),
        };
        let is_host = host.as_ref().is_some_and(|pin| pin.matches(digits));
        let is_guest = guest.as_ref().map_or(digits.is_empty(), |pin| pin.matches(digits));
        match (is_host, is_guest) {
            (true, _) => Some(Role::Host),
            (false, true) => Some(Role::Guest),
            (false, false) => None,
        }
    }

    /// A meeting of the store, by its key.
    pub fn get(&self, key: &str) -> Option<Arc<Meeting>> {
        match self.entries.get(key)?.value() {
            Entry::Permanent(_) => None,
            Entry::Stored(meeting) => Some(meeting.clone()),
        }
    }

    /// All meetings of the store, the youngest first.
    pub fn list(&self) -> Vec<Arc<Meeting>> {
        let mut list: Vec<_> = self
            .entries
            .iter()
            .filter_map(|entry| match entry.value() {
                Entry::Permanent(_) => None,
                Entry::Stored(meeting) => Some(meeting.clone()),
            })
            .collect();
        list.sort_by(|a, b| (b.created, &b.id).cmp(&(a.created, &a.id)));
        list
    }

    /// Puts a meeting of the store into the table.
    pub(super) fn take(&self, meeting: Arc<Meeting>) -> Arc<Meeting> {
        let names = meeting.aliases.iter().chain([&meeting.code]);
        self.claim(&meeting.id, names.map(String::as_str), meeting.ended);
        self.entries.insert(meeting.id.clone(), Entry::Stored(meeting.clone()));
        meeting
    }

    /// Frees the names that a meeting had and has no more.
    pub(super) fn release_names(&self, before: &Meeting, now: &Meeting) {
        for name in before.aliases.iter().chain([&before.code]) {
            if !now.aliases.contains(name) && now.code != *name {
                self.names.remove_if(&fold(name), |_, owner| owner.key == now.id);
            }
        }
    }

    /// Forgets the meetings and the names that ended at such a time.
    pub(super) fn forget(&self, long_ago: impl Fn(Timestamp) -> bool) {
        self.names.retain(|_, owner| !owner.gone.is_some_and(&long_ago));
        self.entries.retain(|_, entry| match entry {
            Entry::Permanent(_) => true,
            Entry::Stored(meeting) => !meeting.ended.is_some_and(&long_ago),
        });
    }

    /// Whose a name is.
    pub(super) fn owner(&self, name: &str) -> Option<Owner> {
        self.names.get(&fold(name)).map(|owner| owner.clone())
    }

    pub(super) fn store(&self) -> Result<&Store, MeetingError> {
        self.store.as_ref().ok_or(MeetingError::Store(StoreError::Unavailable))
    }

    /// Waits until nobody else changes a meeting.
    pub(super) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.change.lock().await
    }

    /// Gives names to a key, except those that somebody else has.
    fn claim<'a>(
        &self,
        key: &Arc<str>,
        names: impl Iterator<Item = &'a str>,
        gone: Option<Timestamp>,
    ) {
        for name in names.filter(|name| !name.is_empty()) {
            let owner = Owner { key: key.clone(), gone };
            let mut entry = self.names.entry(fold(name)).or_insert_with(|| owner.clone());
            let mine = entry.key == *key || entry.gone.is_some();
            if mine {
                *entry = owner;
            } else if gone.is_none() {
                tracing::warn!(meeting = %key, "a name belongs to another meeting");
            }
        }
    }
}

impl causeway_dial::Names for Meetings {
    fn find(&self, name: &str) -> Option<causeway_dial::Found> {
        match Meetings::find(self, name, Timestamp::now()) {
            Found::Meeting(key) => Some(causeway_dial::Found::Conference(key)),
            Found::Gone => Some(causeway_dial::Found::Gone),
            Found::Unknown => None,
        }
    }
}

fn settings(meeting: &Meeting, now: Timestamp) -> Settings {
    let defaults = EndRules::default();
    let until = |time: Timestamp| Duration::try_from(time.duration_since(now)).unwrap_or_default();
    let (wait, planned) = match meeting.kind {
        Kind::Scheduled { starts, ends } => (until(starts), until(ends + super::END_GRACE)),
        Kind::AdHoc | Kind::Permanent => (Duration::ZERO, Duration::ZERO),
    };
    Settings {
        name: meeting.name.clone(),
        max_participants: meeting.max_participants,
        lobby: meeting.lobby,
        wait_for_host: meeting.wait_for_host,
        starts_in: (!wait.is_zero()).then_some(wait),
        locked_at_start: meeting.locked_at_start,
        mute_on_entry: meeting.mute_on_entry,
        guests_call_me: meeting.guests_call_me,
        end: EndRules {
            max_duration: defaults.max_duration.map(|limit| limit.max(planned)),
            host_grace: Some(HOST_GRACE),
            ..defaults
        },
        ..Settings::default()
    }
}
