//! Meetings with their names.

use super::queue::Item;
use super::secret::Place;
use super::sql::{Query, get, maybe_time, micros, time};
use super::{Store, StoreError};
use crate::meeting::{Kind, Meeting, Pin, fold};
use causeway_base::Lang;
use causeway_conference::{Lobby, NamedLayout};
use jiff::Timestamp;
use sqlx::any::AnyRow;
use std::collections::HashMap;

impl Store {
    /// Keeps a new meeting and its names.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a name belongs to a meeting that has not ended.
    pub(crate) async fn insert_meeting(&self, meeting: &Meeting) -> Result<(), StoreError> {
        let mut queries = vec![self.bind_meeting(meeting, INSERT)?];
        queries.extend(names(meeting));
        self.all(queries).await.map(drop)
    }

    /// Replaces a meeting that has not ended, and its names.
    ///
    /// # Errors
    /// As [`Store::insert_meeting`]; [`StoreError::NotFound`].
    pub(crate) async fn replace_meeting(&self, meeting: &Meeting) -> Result<(), StoreError> {
        let forget = "DELETE FROM meeting_name WHERE meeting = $1";
        let mut queries = vec![
            self.bind_meeting(meeting, UPDATE)?,
            sqlx::query(forget).bind(meeting.id.to_string()),
        ];
        queries.extend(names(meeting));
        match self.all(queries).await?.first() {
            Some(1) => Ok(()),
            _ => Err(StoreError::NotFound),
        }
    }

    /// Ends a meeting: its link dies and its names are gone, at once.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none, or it has ended.
    pub(crate) async fn end_meeting(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        match self.all(ending(id, now).into()).await?.first() {
            Some(1) => Ok(()),
            _ => Err(StoreError::NotFound),
        }
    }

    /// Ends a meeting as soon as the store takes it. Never waits: it is queued.
    pub(crate) fn end_meeting_later(&self, id: &str, now: Timestamp) {
        self.queue().push(Item::MeetingEnded { id: id.to_owned(), at: now });
    }

    /// Every meeting, with the names that it still has.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when one cannot be read.
    pub(crate) async fn meetings(&self) -> Result<Vec<Meeting>, StoreError> {
        let names = "SELECT name, meeting, kind FROM meeting_name ORDER BY place";
        let mut aliases: HashMap<String, Vec<String>> = HashMap::new();
        let mut codes: HashMap<String, String> = HashMap::new();
        for row in self.rows(sqlx::query(names)).await? {
            let (name, meeting): (String, String) = (get(&row, "name")?, get(&row, "meeting")?);
            match get::<&str>(&row, "kind")? {
                "code" => drop(codes.insert(meeting, name)),
                _ => aliases.entry(meeting).or_default().push(name),
            }
        }
        let mut meetings = Vec::new();
        for row in self.rows(sqlx::query("SELECT * FROM meeting ORDER BY created")).await? {
            let mut meeting = self.read_meeting(&row)?;
            meeting.aliases = aliases.remove(&*meeting.id).unwrap_or_default();
            meeting.code = codes.remove(&*meeting.id).unwrap_or_default();
            meetings.push(meeting);
        }
        Ok(meetings)
    }

    /// The names of meetings that ended, and when.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn gone_names(&self) -> Result<Vec<(String, Timestamp)>, StoreError> {
        let sql = "SELECT name, gone FROM meeting_name WHERE gone IS NOT NULL";
        let rows = self.rows(sqlx::query(sql)).await?;
        rows.iter().map(|row| Ok((get(row, "name")?, time(row, "gone")?))).collect()
    }

    fn bind_meeting(&self, meeting: &Meeting, sql: &'static str) -> Result<Query, StoreError> {
        let seal = |column, plain: Option<&str>| {
            let place = Place { table: "meeting", column, row: &meeting.id };
            plain.map(|plain| self.secrets().seal(place, plain)).transpose()
        };
        let (kind, starts, ends) = match meeting.kind {
            Kind::Scheduled { starts, ends } => {
                ("scheduled", Some(micros(starts)), Some(micros(ends)))
            }
            Kind::AdHoc => ("ad-hoc", None, None),
            Kind::Permanent => ("permanent", None, None),
        };
        Ok(sqlx::query(sql)
            .bind(meeting.id.to_string())
            .bind(meeting.name.clone())
            .bind(kind)
            .bind(starts)
            .bind(ends)
            .bind(seal("host_pin", meeting.host_pin.as_ref().map(Pin::reveal))?)
            .bind(seal("guest_pin", meeting.guest_pin.as_ref().map(Pin::reveal))?)
            .bind(seal("link_secret", Some(&meeting.link_secret))?)
            .bind(lobby_name(meeting.lobby))
            .bind(i64::from(meeting.wait_for_host))
            .bind(i64::from(meeting.mute_on_entry))
            .bind(i64::from(meeting.locked_at_start))
            .bind(i64::try_from(meeting.max_participants).unwrap_or(i64::MAX))
            .bind(meeting.lang.tag())
            .bind(i64::from(meeting.early_entry_min))
            .bind(micros(meeting.created))
            .bind(i64::from(meeting.sequence))
            .bind(i64::from(meeting.guests_call_me))
            .bind(meeting.layout.map(NamedLayout::name)))
    }

    fn read_meeting(&self, row: &AnyRow) -> Result<Meeting, StoreError> {
        let id: String = get(row, "id")?;
        let open = |column: &'static str| {
            let sealed: Option<String> = get(row, column)?;
            let place = Place { table: "meeting", column, row: &id };
            sealed.map(|sealed| self.secrets().open(place, &sealed)).transpose()
        };
        let pin = |column| {
            let digits = open(column)?;
            digits.map(|digits| Pin::parse(&digits).ok_or(StoreError::Corrupt)).transpose()
        };
        let flag = |column| get::<i64>(row, column).map(|flag| flag != 0);
        let kind = match get::<&str>(row, "kind")? {
            "scheduled" => {
                Kind::Scheduled { starts: time(row, "starts")?, ends: time(row, "ends")? }
            }
            "ad-hoc" => Kind::AdHoc,
            "permanent" => Kind::Permanent,
            _ => return Err(StoreError::Corrupt),
        };
        let number = |column| get::<i64>(row, column);
        Ok(Meeting {
            name: get(row, "name")?,
            kind,
            aliases: Vec::new(),
            code: String::new(),
            host_pin: pin("host_pin")?,
            guest_pin: pin("guest_pin")?,
            link_secret: open("link_secret")?.map(|link| link.to_string()).unwrap_or_default(),
            lobby: read_lobby(get(row, "lobby")?)?,
            wait_for_host: flag("wait_for_host")?,
            mute_on_entry: flag("mute_on_entry")?,
            guests_call_me: flag("guests_call_me")?,
            locked_at_start: flag("locked_at_start")?,
            max_participants: usize::try_from(number("max_participants")?)
                .map_err(|_| StoreError::Corrupt)?,
            layout: get::<Option<&str>>(row, "layout")?.map(read_layout).transpose()?,
            lang: Lang::from_tag(get(row, "lang")?).ok_or(StoreError::Corrupt)?,
            early_entry_min: u32::try_from(number("early_entry_min")?)
                .map_err(|_| StoreError::Corrupt)?,
            created: time(row, "created")?,
            ended: maybe_time(row, "ended")?,
            sequence: u32::try_from(number("sequence")?).map_err(|_| StoreError::Corrupt)?,
            id: id.into(),
        })
    }
}

/// What ends a meeting. Its first statement changes one row where there is one to end.
pub(super) fn ending(id: &str, now: Timestamp) -> [Query; 2] {
    let end = "UPDATE meeting SET ended = $1, link_secret = NULL, sequence = sequence + 1 \
        WHERE id = $2 AND ended IS NULL";
    let gone = "UPDATE meeting_name SET gone = $1 WHERE meeting = $2 AND gone IS NULL";
    [end, gone].map(|sql| sqlx::query(sql).bind(micros(now)).bind(id.to_owned()))
}

const INSERT: &str = "INSERT INTO meeting (id, name, kind, starts, ends, host_pin, guest_pin, \
    link_secret, lobby, wait_for_host, mute_on_entry, locked_at_start, max_participants, lang, \
    early_entry_min, created, sequence, guests_call_me, layout) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";

const UPDATE: &str = "UPDATE meeting SET name = $2, kind = $3, starts = $4, ends = $5, \
    host_pin = $6, guest_pin = $7, link_secret = $8, lobby = $9, wait_for_host = $10, \
    mute_on_entry = $11, locked_at_start = $12, max_participants = $13, lang = $14, \
    early_entry_min = $15, created = $16, sequence = $17, guests_call_me = $18, \
    layout = $19 \
    WHERE id = $1 AND ended IS NULL";

/// Takes each name, also from a meeting that has ended.
fn names(meeting: &Meeting) -> Vec<Query> {
    let kinds = std::iter::repeat_n("alias", meeting.aliases.len()).chain(["code"]);
    let names = meeting.aliases.iter().chain([&meeting.code]).zip(kinds);
    let mut queries = Vec::new();
    for (place, (name, kind)) in (0_i64..).zip(names) {
        let free = "DELETE FROM meeting_name WHERE name = $1 AND gone IS NOT NULL";
        queries.push(sqlx::query(free).bind(fold(name)));
        let take = "INSERT INTO meeting_name (name, meeting, kind, place) VALUES ($1, $2, $3, $4)";
        let take = sqlx::query(take).bind(fold(name)).bind(meeting.id.to_string());
        queries.push(take.bind(kind).bind(place));
    }
    queries
}

const fn lobby_name(lobby: Lobby) -> &'static str {
    match lobby {
        Lobby::Off => "off",
        Lobby::ForUntrusted => "untrusted",
        Lobby::On => "on",
    }
}

fn read_lobby(name: &str) -> Result<Lobby, StoreError> {
    let all = [Lobby::Off, Lobby::ForUntrusted, Lobby::On];
    all.into_iter().find(|lobby| lobby_name(*lobby) == name).ok_or(StoreError::Corrupt)
}

fn read_layout(name: &str) -> Result<NamedLayout, StoreError> {
    NamedLayout::from_name(name).ok_or(StoreError::Corrupt)
}
