//! Who may use the API. The store holds SHA-256 hashes of tokens, which have 256 random bits, so
//! that no slow hash is needed. All of them are in memory: a store that is away locks nobody out.

use super::secret::sha256;
use super::sql::{get, maybe_time, micros, time};
use super::{Store, StoreError, random};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dashmap::DashMap;
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// What every token begins with, so that people and scanners of leaked secrets know it.
pub const PREFIX: &str = "cwt_";

/// How long the code of the first start can be exchanged. A restart prints a new one.
pub const BOOTSTRAP_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// What a token allows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everything, tokens included.
    Admin,
    /// Meetings, participants and calls.
    Operator,
    /// To look.
    Read,
    /// One meeting, by its key.
    Meeting(Arc<str>),
}

impl Scope {
    /// Reads `admin`, `operator`, `read` or `meeting:KEY`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            Some(("meeting", key)) if !key.is_empty() => Some(Scope::Meeting(key.into())),
            Some(_) => None,
            None => match text {
                "admin" => Some(Scope::Admin),
                "operator" => Some(Scope::Operator),
                "read" => Some(Scope::Read),
                _ => None,
            },
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Admin => f.write_str("admin"),
            Scope::Operator => f.write_str("operator"),
            Scope::Read => f.write_str("read"),
            Scope::Meeting(key) => write!(f, "meeting:{key}"),
        }
    }
}

/// What a token gives, without the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Names the token in lists and in the audit log.
    pub id: Arc<str>,
    /// What people call it.
    pub name: String,
    /// What it allows.
    pub scope: Scope,
    /// When it was made.
    pub created: Timestamp,
    /// From when on it is worth nothing.
    pub expires: Option<Timestamp>,
}

/// All tokens, in memory and in the store.
#[derive(Clone, Debug)]
pub struct Tokens {
    store: Store,
    by_hash: Arc<DashMap<String, Arc<Access>>>,
}

impl Tokens {
    /// Reads all tokens.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn open(store: Store) -> Result<Self, StoreError> {
        let by_hash = DashMap::new();
        for row in store.rows(sqlx::query("SELECT * FROM token")).await? {
            let access = Access {
                id: get::<String>(&row, "id")?.into(),
                name: get(&row, "name")?,
                scope: Scope::parse(get(&row, "scope")?).ok_or(StoreError::Corrupt)?,
                created: time(&row, "created")?,
                expires: maybe_time(&row, "expires")?,
            };
            by_hash.insert(get::<String>(&row, "hash")?, Arc::new(access));
        }
        Ok(Self { store, by_hash: Arc::new(by_hash) })
    }

    /// Makes a token. Its text is given this once and never again.
    ///
    /// # Errors
    /// When the store does not take it.
    pub async fn create(
        &self,
        name: &str,
        scope: Scope,
        expires: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(Zeroizing<String>, Arc<Access>), StoreError> {
        let draft = Draft::new(name, scope, expires, now)?;
        self.store.run(draft.insert()).await?;
        Ok(self.take(draft))
    }

    /// What a token gives now. Needs no store.
    pub fn verify(&self, token: &str, now: Timestamp) -> Option<Arc<Access>> {
        let access = self.by_hash.get(&sha256(&[token.as_bytes()]))?;
        let valid = access.expires.is_none_or(|expires| now < expires);
        valid.then(|| access.clone())
    }

    /// All tokens, the oldest first.
    pub fn list(&self) -> Vec<Arc<Access>> {
        let mut list: Vec<_> = self.by_hash.iter().map(|entry| entry.value().clone()).collect();
        list.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
        list
    }

    /// Makes a token worthless.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; while the store is away the token still works.
    pub async fn revoke(&self, id: &str) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM token WHERE id = $1").bind(id.to_owned());
        let deleted = self.store.run(query).await?;
        self.by_hash.retain(|_, access| *access.id != *id);
        if deleted == 0 { Err(StoreError::NotFound) } else { Ok(()) }
    }

    /// The code of a first start, to be printed: whoever has it gets the first token. `None` when
    /// there is an administrator already. Replaces an earlier code.
    ///
    /// # Errors
    /// When the store does not take it.
    pub async fn bootstrap(&self, now: Timestamp) -> Result<Option<Zeroizing<String>>, StoreError> {
        let is_admin = |access: Arc<Access>| {
            access.scope == Scope::Admin && access.expires.is_none_or(|expires| now < expires)
        };
        if self.list().into_iter().any(is_admin) {
            return Ok(None);
        }
        let code = bootstrap_code()?;
        let sql = "INSERT INTO bootstrap (id, hash, expires) VALUES (1, $1, $2) \
            ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, expires = excluded.expires";
        let hash = sha256(&[code.as_bytes()]);
        let expires = micros(now.saturating_add(BOOTSTRAP_LIFE).unwrap_or(Timestamp::MAX));
        self.store.run(sqlx::query(sql).bind(hash).bind(expires)).await?;
        Ok(Some(code))
    }

    /// Exchanges the code of the first start for a token of an administrator, once.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is not the code, was used, or is too old.
    pub async fn redeem(
        &self,
        code: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<(Zeroizing<String>, Arc<Access>), StoreError> {
        let draft = Draft::new(name, Scope::Admin, None, now)?;
        let code = code.trim().to_ascii_uppercase();
        let work = async {
            let mut tx = self.store.begin().await?;
            let sql = "DELETE FROM bootstrap WHERE hash = $1 AND expires > $2";
            let used = sqlx::query(sql).bind(sha256(&[code.as_bytes()])).bind(micros(now));
            if used.execute(&mut *tx).await?.rows_affected() != 1 {
                return Err(StoreError::NotFound);
            }
            draft.insert().execute(&mut *tx).await?;
            Ok(tx.commit().await?)
        };
        self.store.timed(super::health::Use::Write, work).await?;
        Ok(self.take(draft))
    }

    fn take(&self, draft: Draft) -> (Zeroizing<String>, Arc<Access>) {
        let access = Arc::new(draft.access);
        self.by_hash.insert(draft.hash, access.clone());
        (draft.token, access)
    }
}

/// A token before the store has it.
struct Draft {
    token: Zeroizing<String>,
    hash: String,
    access: Access,
}

impl Draft {
    fn new(
        name: &str,
        scope: Scope,
        expires: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let bytes = Zeroizing::new(random::bytes::<32>()?);
        let token = Zeroizing::new(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(*bytes)));
        let hash = sha256(&[token.as_bytes()]);
        let name = name.chars().take(super::audit::MAX_TEXT).collect();
        let access = Access { id: random::id()?, name, scope, created: now, expires };
        Ok(Self { token, hash, access })
    }

    fn insert(&self) -> super::sql::Query {
        let sql = "INSERT INTO token (id, hash, name, scope, created, expires) \
            VALUES ($1, $2, $3, $4, $5, $6)";
        sqlx::query(sql)
            .bind(self.access.id.to_string())
            .bind(self.hash.clone())
            .bind(self.access.name.clone())
            .bind(self.access.scope.to_string())
            .bind(micros(self.access.created))
            .bind(self.access.expires.map(micros))
    }
}

/// 100 random bits as five groups of four: `ABCD-EFGH-…`, without letters that look alike.
fn bootstrap_code() -> Result<Zeroizing<String>, StoreError> {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut code = Zeroizing::new(String::with_capacity(24));
    for (index, byte) in random::bytes::<20>()?.into_iter().enumerate() {
        if index > 0 && index % 4 == 0 {
            code.push('-');
        }
        let letter = LETTERS.get(usize::from(byte % 32)).copied().unwrap_or(b'A');
        code.push(char::from(letter));
    }
    Ok(code)
}
