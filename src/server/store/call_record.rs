//! What became of each call.

use super::queue::Item;
use super::sql::{Query, get, maybe_time, micros, time};
use super::{Store, StoreError};
use causeway_base::{EndCause, Redacted};
use jiff::Timestamp;
use sqlx::any::AnyRow;
use std::fmt;
use std::str::FromStr;

/// The longest explanation or summary that is kept, in bytes: the steps of an explanation are
/// counted (`causeway_dial::MAX_TOLD`), so that none of ours comes near it. A longer one is
/// replaced by `null`.
pub const MAX_JSON: usize = 32 << 10;

/// The most records of one page.
pub const MAX_PAGE: u16 = 500;

/// Who called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallDirection {
    /// Somebody called us.
    Incoming,
    /// We called.
    Outgoing,
}

impl CallDirection {
    /// The name in the store and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            CallDirection::Incoming => "incoming",
            CallDirection::Outgoing => "outgoing",
        }
    }
}

/// What became of a call. `Debug` shows no personal value.
#[derive(Clone, PartialEq, Eq)]
pub struct CallRecord {
    /// Random, unique: [`super::random::id`].
    pub id: String,
    /// What its signalling spoke, such as `sip`.
    pub protocol: String,
    /// Who called.
    pub direction: CallDirection,
    /// When it arrived or was placed.
    pub started: Timestamp,
    /// When it was answered.
    pub answered: Option<Timestamp>,
    /// When it was over; `None` while it goes on, and where the bridge stopped before it did.
    pub ended: Option<Timestamp>,
    /// Why it was over; `None` while it goes on, or where a newer release knew the cause.
    pub cause: Option<EndCause>,
    /// Whom it called; personal.
    pub called: Option<String>,
    /// Who called; personal.
    pub calling: Option<String>,
    /// The address that its signalling came from; personal.
    pub source: Option<String>,
    /// The conference or meeting, by its key.
    pub conference: Option<String>,
    /// The trunk that brought or took it.
    pub trunk: Option<String>,
    /// Why it went where it went, JSON.
    pub explanation: String,
    /// The codec, as in SDP.
    pub codec: Option<String>,
    /// The SRTP suite, as in SDP; `None` in the clear.
    pub encryption: Option<String>,
    /// What was measured, JSON.
    pub stats: String,
    /// How good it was, as the person said: 1 to 5, 5 is best.
    pub feedback: Option<u8>,
    /// The bridge profile of the device, and why it has it, JSON.
    pub profile: Option<String>,
}

impl CallRecord {
    /// The record of a call that begins.
    pub fn new(id: &str, protocol: &str, direction: CallDirection, started: Timestamp) -> Self {
        Self {
            id: id.to_owned(),
            protocol: protocol.to_owned(),
            direction,
            started,
            answered: None,
            ended: None,
            cause: None,
            called: None,
            calling: None,
            source: None,
            conference: None,
            trunk: None,
            explanation: "null".to_owned(),
            codec: None,
            encryption: None,
            stats: "null".to_owned(),
            feedback: None,
            profile: None,
        }
    }

    /// Where the next page begins after this record.
    pub fn cursor(&self) -> RecordCursor {
        RecordCursor { started: micros(self.started), id: self.id.clone() }
    }
}

impl fmt::Debug for CallRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallRecord")
            .field("id", &self.id)
            .field("direction", &self.direction)
            .field("cause", &self.cause)
            .field("calling", &self.calling.as_ref().map(Redacted))
            .finish_non_exhaustive()
    }
}

/// Which records are wanted. `None` stands for any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallFilter {
    /// Started at this time or later.
    pub since: Option<Timestamp>,
    /// Started before this time.
    pub before: Option<Timestamp>,
    /// Of this conference or meeting.
    pub conference: Option<String>,
    /// Ended for this reason.
    pub cause: Option<EndCause>,
    /// Who called.
    pub direction: Option<CallDirection>,
    /// Called or calling is exactly this.
    pub party: Option<String>,
}

/// Where a page of records ends. As text it is opaque to who uses the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordCursor {
    started: i64,
    id: String,
}

impl fmt::Display for RecordCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.started, self.id)
    }
}

impl FromStr for RecordCursor {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let (started, id) = text.split_once('.').ok_or(StoreError::NotFound)?;
        let started = started.parse().map_err(|_| StoreError::NotFound)?;
        Ok(Self { started, id: id.to_owned() })
    }
}

impl Store {
    /// Keeps a record, or its newer state. Never waits: it is queued.
    pub fn record(&self, mut record: CallRecord) {
        for json in [&mut record.explanation, &mut record.stats] {
            if json.len() > MAX_JSON {
                *json = "null".to_owned();
            }
        }
        self.queue().push(Item::Record(Box::new(record)));
    }

    /// Adds what the person said of a call, 1 to 5. Never waits: it is queued.
    pub fn feedback(&self, id: &str, score: u8) {
        self.queue().push(Item::Feedback { id: id.to_owned(), score });
    }

    /// Records, the youngest first, at most [`MAX_PAGE`]; those that are still queued are missing.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn records(
        &self,
        filter: &CallFilter,
        after: Option<&RecordCursor>,
        limit: u16,
    ) -> Result<Vec<CallRecord>, StoreError> {
        let sql = "SELECT * FROM call_record \
            WHERE (started, id) < ($1, $2) AND started >= $3 AND started < $4 \
            AND ($5 = '' OR conference = $5) AND ($6 = '' OR cause = $6) \
            AND ($7 = '' OR direction = $7) AND ($8 = '' OR called = $8 OR calling = $8) \
            ORDER BY started DESC, id DESC LIMIT $9";
        let query = sqlx::query(sql)
            .bind(after.map_or(i64::MAX, |cursor| cursor.started))
            .bind(after.map(|cursor| cursor.id.clone()).unwrap_or_default())
            .bind(filter.since.map_or(i64::MIN, micros))
            .bind(filter.before.map_or(i64::MAX, micros))
            .bind(filter.conference.clone().unwrap_or_default())
            .bind(filter.cause.map_or("", EndCause::code))
            .bind(filter.direction.map_or("", CallDirection::name))
            .bind(filter.party.clone().unwrap_or_default())
            .bind(i64::from(limit.min(MAX_PAGE)));
        self.rows(query).await?.iter().map(read).collect()
    }

    /// Says of the calls that went on when the bridge last stopped without a word that they were
    /// cut off: when they ended nobody knows. A call of another node tells better when it is over.
    ///
    /// # Errors
    /// When the store does not take it.
    pub async fn note_calls_cut_off(&self) -> Result<u64, StoreError> {
        let sql = "UPDATE call_record SET cause = $1 WHERE ended IS NULL AND cause IS NULL";
        self.run(sqlx::query(sql).bind(EndCause::Internal.code())).await
    }

    /// The record of a call.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn call_record(&self, id: &str) -> Result<CallRecord, StoreError> {
        let query = sqlx::query("SELECT * FROM call_record WHERE id = $1").bind(id.to_owned());
        read(&self.row(query).await?.ok_or(StoreError::NotFound)?)
    }
}

/// Keeps a record or its newer state. What the person said stays.
pub(super) fn upsert(record: &CallRecord) -> Query {
    let sql = "INSERT INTO call_record (id, protocol, direction, started, answered, ended, cause, \
        called, calling, source, conference, trunk, explanation, codec, encryption, stats, \
        feedback, profile) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
        ON CONFLICT (id) DO UPDATE SET answered = excluded.answered, ended = excluded.ended, \
        cause = excluded.cause, called = excluded.called, calling = excluded.calling, \
        source = excluded.source, conference = excluded.conference, trunk = excluded.trunk, \
        explanation = excluded.explanation, codec = excluded.codec, \
        encryption = excluded.encryption, stats = excluded.stats, profile = excluded.profile, \
        feedback = COALESCE(excluded.feedback, call_record.feedback)";
    sqlx::query(sql)
        .bind(record.id.clone())
        .bind(record.protocol.clone())
        .bind(record.direction.name())
        .bind(micros(record.started))
        .bind(record.answered.map(micros))
        .bind(record.ended.map(micros))
        .bind(record.cause.map(EndCause::code))
        .bind(record.called.clone())
        .bind(record.calling.clone())
        .bind(record.source.clone())
        .bind(record.conference.clone())
        .bind(record.trunk.clone())
        .bind(record.explanation.clone())
        .bind(record.codec.clone())
        .bind(record.encryption.clone())
        .bind(record.stats.clone())
        .bind(record.feedback.map(i64::from))
        .bind(record.profile.clone())
}

pub(super) fn set_feedback(id: &str, score: u8) -> Query {
    sqlx::query("UPDATE call_record SET feedback = $1 WHERE id = $2")
        .bind(i64::from(score))
        .bind(id.to_owned())
}

fn read(row: &AnyRow) -> Result<CallRecord, StoreError> {
    let cause: Option<String> = get(row, "cause")?;
    let known = |code: String| EndCause::ALL.iter().find(|cause| cause.code() == code).copied();
    let feedback: Option<i64> = get(row, "feedback")?;
    Ok(CallRecord {
        id: get(row, "id")?,
        protocol: get(row, "protocol")?,
        direction: match get::<&str>(row, "direction")? {
            "incoming" => CallDirection::Incoming,
            "outgoing" => CallDirection::Outgoing,
            _ => return Err(StoreError::Corrupt),
        },
        started: time(row, "started")?,
        answered: maybe_time(row, "answered")?,
        ended: maybe_time(row, "ended")?,
        cause: cause.and_then(known),
        called: get(row, "called")?,
        calling: get(row, "calling")?,
        source: get(row, "source")?,
        conference: get(row, "conference")?,
        trunk: get(row, "trunk")?,
        explanation: get(row, "explanation")?,
        codec: get(row, "codec")?,
        encryption: get(row, "encryption")?,
        stats: get(row, "stats")?,
        feedback: feedback.map(u8::try_from).transpose().map_err(|_| StoreError::Corrupt)?,
        profile: get(row, "profile")?,
    })
}
