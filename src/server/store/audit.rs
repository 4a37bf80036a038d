//! Who did what: a log to which entries are only ever added. The hash of each entry covers the one
//! before (`SHA-256(previous hash || entry)`), so that none can be changed, taken out or moved.
//! The entry that is the last is kept sealed with the bridge's key, so that the end cannot be cut
//! off by who can only write the database; who fears more keeps a [`ChainHead`] elsewhere.
//!
//! Of personal values the chain holds digests with a salt each. The values and their salts stand
//! beside it and are deleted in time: then nobody can learn them from the digest, and the chain
//! still verifies.

use super::chain::{GENESIS, HEAD, digest_of, hash_of, pairs, read_head};
use super::queue::Item;
use super::sql::{get, time};
use super::{Store, StoreError, random};
use jiff::Timestamp;
use sqlx::any::AnyRow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// The longest text of an entry, in characters. Longer ones are cut.
pub const MAX_TEXT: usize = 256;

/// The most personal values of an entry.
pub const MAX_PERSONAL: usize = 8;

/// How many entries are verified at a time.
const PAGE: i64 = 1000;

/// An entry to be added. `Debug` shows no personal value.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAudit {
    /// Who: `bridge`, `caller`, or the id of a token. Not a personal value.
    pub actor: String,
    /// What, such as `meeting.create`.
    pub action: String,
    /// To what, by its key.
    pub object: String,
    /// `ok`, or a stable code.
    pub result: String,
    /// Personal values by field, such as `calling`.
    pub personal: Vec<(&'static str, String)>,
}

impl NewAudit {
    /// An entry without personal values.
    pub fn new(actor: &str, action: &str, object: &str, result: &str) -> Self {
        let [actor, action, object, result] = [actor, action, object, result].map(cut);
        Self { actor, action, object, result, personal: Vec::new() }
    }

    /// With a personal value.
    #[must_use]
    pub fn with(mut self, field: &'static str, value: &str) -> Self {
        if self.personal.len() < MAX_PERSONAL {
            self.personal.push((field, cut(value)));
        }
        self
    }
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}

impl fmt::Debug for NewAudit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAudit").field("action", &self.action).finish_non_exhaustive()
    }
}

/// An entry on its way.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) id: Arc<str>,
    pub(super) at: Timestamp,
    pub(super) entry: NewAudit,
}

impl Pending {
    pub(super) fn new(entry: NewAudit, at: Timestamp) -> Result<Self, StoreError> {
        Ok(Self { id: random::id()?, at, entry })
    }
}

/// An entry of the log. `Debug` shows no personal value.
#[derive(Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number, from 1 without gaps.
    pub seq: i64,
    /// Random.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What.
    pub action: String,
    /// To what.
    pub object: String,
    /// With what result.
    pub result: String,
    /// Personal values by field: `None` when they were deleted in time.
    pub personal: Vec<(String, Option<String>)>,
    /// Its hash, hex.
    pub hash: String,
}

impl fmt::Debug for AuditEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditEntry")
            .field("seq", &self.seq)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

/// Where the chain ends. Kept elsewhere, it proves later that nothing was cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainHead {
    /// The number of the last entry; 0 where there is none.
    pub seq: i64,
    /// Its hash, hex.
    pub hash: String,
}

/// Where the chain is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainFault {
    /// This entry, or the one before, is not what was written, or the head kept elsewhere differs.
    Changed {
        /// Its number.
        seq: i64,
    },
    /// This entry is missing.
    Missing {
        /// Its number.
        seq: i64,
    },
    /// The last entries are missing.
    Truncated {
        /// The number of the last that is there.
        last: i64,
        /// The number of the last that was written.
        written: i64,
    },
    /// A personal value of this entry is not what was written.
    PersonalChanged {
        /// Its number.
        seq: i64,
    },
    /// The head of the chain was not written by this bridge.
    HeadForged,
}

impl fmt::Display for ChainFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ChainFault::Changed { seq } => write!(f, "entry {seq} was changed"),
            ChainFault::Missing { seq } => write!(f, "entry {seq} is missing"),
            ChainFault::Truncated { last, written } => {
                write!(f, "entries {} to {written} are missing", last + 1)
            }
            ChainFault::PersonalChanged { seq } => {
                write!(f, "a personal value of entry {seq} was changed")
            }
            ChainFault::HeadForged => f.write_str("the head of the chain was forged"),
        }
    }
}

impl Store {
    /// Adds an entry. Never waits: it is queued, with the time of now.
    pub fn audit(&self, entry: NewAudit, now: Timestamp) {
        match Pending::new(entry, now) {
            Ok(pending) => self.queue().push(Item::Audit(Box::new(pending))),
            Err(_) => tracing::error!("no random numbers: an audit entry is lost"),
        }
    }

    /// Entries after a number, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn audit_after(&self, seq: i64, limit: u16) -> Result<Vec<AuditEntry>, StoreError> {
        let page = self.page(seq, i64::from(limit)).await?;
        Ok(page.into_iter().map(|(entry, _)| entry).collect())
    }

    /// Where the chain ends, as its sealed head says.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the head was not written by this bridge.
    pub async fn audit_head(&self) -> Result<ChainHead, StoreError> {
        let row = self.row(sqlx::query(HEAD)).await?.ok_or(StoreError::Corrupt)?;
        read_head(&row, self.secrets())?.ok_or(StoreError::Corrupt)
    }

    /// Reads the whole chain. `kept` is a head that was kept elsewhere.
    ///
    /// # Errors
    /// When the store cannot be read; what is wrong with the chain is the inner result.
    pub async fn verify_chain(
        &self,
        kept: Option<&ChainHead>,
    ) -> Result<Result<ChainHead, ChainFault>, StoreError> {
        let row = self.row(sqlx::query(HEAD)).await?;
        let head = match row {
            Some(row) => read_head(&row, self.secrets())?,
            None => None,
        };
        let Some(head) = head else { return Ok(Err(ChainFault::HeadForged)) };
        let mut last = ChainHead { seq: 0, hash: GENESIS.to_owned() };
        while last.seq < head.seq {
            let page = self.page(last.seq, PAGE.min(head.seq - last.seq)).await?;
            if page.is_empty() {
                return Ok(Err(ChainFault::Truncated { last: last.seq, written: head.seq }));
            }
            for (entry, digests) in page {
                if let Err(fault) = follow(&last, &entry, &digests, kept) {
                    return Ok(Err(fault));
                }
                last = ChainHead { seq: entry.seq, hash: entry.hash };
            }
        }
        if last.hash != head.hash {
            return Ok(Err(ChainFault::Changed { seq: last.seq }));
        }
        match kept {
            Some(kept) if kept.seq > last.seq => {
                Ok(Err(ChainFault::Truncated { last: last.seq, written: kept.seq }))
            }
            _ => Ok(Ok(last)),
        }
    }

    /// Entries with their digests by field.
    async fn page(&self, after: i64, limit: i64) -> Result<Vec<(AuditEntry, Digests)>, StoreError> {
        let sql = "SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2";
        let rows = self.rows(sqlx::query(sql).bind(after).bind(limit)).await?;
        let Some(last) = rows.last() else { return Ok(Vec::new()) };
        let sql = "SELECT * FROM audit_personal WHERE seq > $1 AND seq <= $2";
        let query = sqlx::query(sql).bind(after).bind(get::<i64>(last, "seq")?);
        let mut values: HashMap<(i64, String), (String, String)> = HashMap::new();
        for row in self.rows(query).await? {
            let key = (get(&row, "seq")?, get(&row, "field")?);
            values.insert(key, (get(&row, "salt")?, get(&row, "value")?));
        }
        rows.iter().map(|row| read(row, &mut values)).collect()
    }
}

/// The digests of an entry by field, and for those still kept what salt and value give.
type Digests = Vec<(String, String, Option<String>)>;

fn read(
    row: &AnyRow,
    values: &mut HashMap<(i64, String), (String, String)>,
) -> Result<(AuditEntry, Digests), StoreError> {
    let seq = get(row, "seq")?;
    let mut personal = Vec::new();
    let mut digests = Vec::new();
    for pair in get::<&str>(row, "personal")?.split_terminator(' ') {
        let (field, digest) = pair.split_once('=').unwrap_or((pair, ""));
        let kept = values.remove(&(seq, field.to_owned()));
        let again = kept.as_ref().map(|(salt, value)| digest_of(salt, value));
        digests.push((field.to_owned(), digest.to_owned(), again));
        personal.push((field.to_owned(), kept.map(|(_, value)| value)));
    }
    let entry = AuditEntry {
        seq,
        id: get(row, "id")?,
        at: time(row, "at")?,
        actor: get(row, "actor")?,
        action: get(row, "action")?,
        object: get(row, "object")?,
        result: get(row, "result")?,
        personal,
        hash: get(row, "hash")?,
    };
    Ok((entry, digests))
}

/// Whether an entry follows the one before.
fn follow(
    last: &ChainHead,
    entry: &AuditEntry,
    digests: &Digests,
    kept: Option<&ChainHead>,
) -> Result<(), ChainFault> {
    let seq = entry.seq;
    if seq != last.seq + 1 {
        return Err(ChainFault::Missing { seq: last.seq + 1 });
    }
    let pairs = pairs(digests.iter().map(|(field, digest, _)| (field.as_str(), digest.as_str())));
    let texts = [&entry.id, &entry.actor, &entry.action, &entry.object, &entry.result, &pairs];
    let hash = hash_of(&last.hash, seq, entry.at, texts.map(String::as_str));
    let differs = kept.is_some_and(|kept| kept.seq == seq && kept.hash != hash);
    if hash != entry.hash || differs {
        return Err(ChainFault::Changed { seq });
    }
    let same = |(_, digest, again): &(String, String, Option<String>)| {
        again.as_ref().is_none_or(|again| again == digest)
    };
    if digests.iter().all(same) { Ok(()) } else { Err(ChainFault::PersonalChanged { seq }) }
}
