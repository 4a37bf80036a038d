//! The hashes of the audit log: how an entry is hashed, how the head is sealed, and how entries are
//! added behind it.

use super::audit::{ChainHead, NewAudit, Pending};
use super::secret::{Place, Secrets, sha256};
use super::sql::{Tx, get, micros};
use super::{Store, StoreError, random};
use jiff::Timestamp;
use sqlx::any::AnyRow;

/// The hash before the first entry.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

impl Store {
    /// Makes the head of a chain that has none.
    pub(super) async fn found_chain(&self) -> Result<(), StoreError> {
        let head = ChainHead { seq: 0, hash: GENESIS.to_owned() };
        let sql = "INSERT INTO audit_head (id, seq, seal) VALUES (1, 0, $1) ON CONFLICT DO NOTHING";
        self.run(sqlx::query(sql).bind(seal_head(&head, self.secrets())?)).await.map(drop)
    }
}

pub(super) fn pairs<'a>(digests: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    digests.map(|(field, digest)| format!("{field}={digest} ")).collect()
}

pub(super) fn digest_of(salt: &str, value: &str) -> String {
    sha256(&[salt.as_bytes(), value.as_bytes()])
}

/// Each part is preceded by its length, so that no two entries look the same.
pub(super) fn hash_of(previous: &str, seq: i64, at: Timestamp, texts: [&str; 6]) -> String {
    let mut bytes = previous.as_bytes().to_vec();
    for number in [seq, micros(at)] {
        bytes.extend(number.to_be_bytes());
    }
    for text in texts {
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    sha256(&[&bytes])
}

pub(super) const HEAD: &str = "SELECT seq, seal FROM audit_head WHERE id = 1";

fn head_place() -> Place<'static> {
    Place { table: "audit_head", column: "seal", row: "1" }
}

fn seal_head(head: &ChainHead, secrets: &Secrets) -> Result<String, StoreError> {
    secrets.seal(head_place(), &format!("{} {}", head.seq, head.hash))
}

/// The head, or `None` where it was forged.
pub(super) fn read_head(row: &AnyRow, secrets: &Secrets) -> Result<Option<ChainHead>, StoreError> {
    let seq: i64 = get(row, "seq")?;
    let Ok(plain) = secrets.open(head_place(), get(row, "seal")?) else { return Ok(None) };
    let Some((sealed, hash)) = plain.split_once(' ') else { return Ok(None) };
    let same = sealed.parse() == Ok(seq);
    Ok(same.then(|| ChainHead { seq, hash: hash.to_owned() }))
}

/// Takes the chain's head for this transaction: whoever writes next waits.
pub(super) async fn lock(tx: &mut Tx) -> Result<(), StoreError> {
    let sql = "UPDATE audit_head SET seq = seq WHERE id = 1";
    sqlx::query(sql).execute(&mut **tx).await?;
    Ok(())
}

/// Adds entries behind the last one. A chain that was tampered with goes on behind what is there,
/// and says so in an entry of its own.
pub(super) async fn append(
    tx: &mut Tx,
    secrets: &Secrets,
    entries: &[&Pending],
) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    let sealed = match sqlx::query(HEAD).fetch_optional(&mut **tx).await? {
        Some(row) => read_head(&row, secrets)?,
        None => None,
    };
    let last = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1";
    let found = match sqlx::query(last).fetch_optional(&mut **tx).await? {
        Some(row) => ChainHead { seq: get(&row, "seq")?, hash: get(&row, "hash")? },
        None => ChainHead { seq: 0, hash: GENESIS.to_owned() },
    };
    let mut head = found.clone();
    if sealed.as_ref() != Some(&found) {
        tracing::error!("the end of the audit log is not what was written");
        // Behind the number that was written, so that the gap stays a fault for ever.
        head.seq = head.seq.max(sealed.map_or(0, |sealed| sealed.seq));
        let entry = NewAudit::new("bridge", "audit.tampered", "chain", "CW-STORE-005");
        let at = entries.first().map_or(Timestamp::UNIX_EPOCH, |entry| entry.at);
        head = add(tx, &head, &Pending::new(entry, at)?).await?;
    }
    for entry in entries {
        let known = "SELECT seq FROM audit WHERE id = $1";
        let known = sqlx::query(known).bind(entry.id.to_string());
        if known.fetch_optional(&mut **tx).await?.is_none() {
            head = add(tx, &head, entry).await?;
        }
    }
    let sql = "INSERT INTO audit_head (id, seq, seal) VALUES (1, $1, $2) \
        ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, seal = excluded.seal";
    sqlx::query(sql).bind(head.seq).bind(seal_head(&head, secrets)?).execute(&mut **tx).await?;
    Ok(())
}

async fn add(tx: &mut Tx, last: &ChainHead, pending: &Pending) -> Result<ChainHead, StoreError> {
    let (seq, entry) = (last.seq + 1, &pending.entry);
    let mut digests = Vec::new();
    for (field, value) in &entry.personal {
        let salt = hex::encode(random::bytes::<16>()?);
        digests.push((*field, digest_of(&salt, value)));
        let sql = "INSERT INTO audit_personal (seq, field, salt, value, at) \
            VALUES ($1, $2, $3, $4, $5)";
        sqlx::query(sql)
            .bind(seq)
            .bind(*field)
            .bind(salt)
            .bind(value.clone())
            .bind(micros(pending.at))
            .execute(&mut **tx)
            .await?;
    }
    let pairs = pairs(digests.iter().map(|(field, digest)| (*field, digest.as_str())));
    let texts = [&entry.actor, &entry.action, &entry.object, &entry.result].map(String::as_str);
    let [actor, action, object, result] = texts;
    let at = pending.at;
    let hash = hash_of(&last.hash, seq, at, [&pending.id, actor, action, object, result, &pairs]);
    let sql = "INSERT INTO audit (seq, id, at, actor, action, object, result, personal, hash) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let mut query = sqlx::query(sql).bind(seq).bind(pending.id.to_string()).bind(micros(at));
    for text in texts {
        query = query.bind(text.to_owned());
    }
    query.bind(pairs).bind(hash.clone()).execute(&mut **tx).await?;
    Ok(ChainHead { seq, hash })
}
