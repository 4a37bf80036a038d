//! Why the store did not do something.

use causeway_base::Lang;
use std::fmt;

/// Why the store did not do something. Nothing was changed then. Holds no text of the database,
/// which could hold values; that goes to the log at level debug, without them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoreError {
    /// It does not answer, or not in time.
    Unavailable,
    /// Its disk is full.
    Full,
    /// Something else has that name already.
    Conflict,
    /// There is no such thing.
    NotFound,
    /// What it holds cannot be read: written by a newer release, sealed with another key, or
    /// damaged.
    Corrupt,
    /// It does not take this value, and never will; it takes others.
    Rejected,
}

impl StoreError {
    /// Every error, for tables and tests.
    pub const ALL: [StoreError; 6] = [
        StoreError::Unavailable,
        StoreError::Full,
        StoreError::Conflict,
        StoreError::NotFound,
        StoreError::Corrupt,
        StoreError::Rejected,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            StoreError::Unavailable => "CW-STORE-001",
            StoreError::Full => "CW-STORE-002",
            StoreError::Conflict => "CW-STORE-003",
            StoreError::NotFound => "CW-STORE-004",
            StoreError::Corrupt => "CW-STORE-005",
            StoreError::Rejected => "CW-STORE-006",
        }
    }

    /// What happened and what to do next, in the person's language.
    pub const fn sentence(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (StoreError::Unavailable, Lang::Zh) => {
                "数据库没有响应。通话不受影响；请检查数据库服务和网络。"
            }
            (StoreError::Unavailable, Lang::En) => {
                "The database does not answer. Calls go on; check the database and the network."
            }
            (StoreError::Full, Lang::Zh) => "数据库磁盘已满。通话不受影响；请清理磁盘空间。",
            (StoreError::Full, Lang::En) => {
                "The disk of the database is full. Calls go on; free some space."
            }
            (StoreError::Conflict, Lang::Zh) => "名称已被占用，请换一个。",
            (StoreError::Conflict, Lang::En) => "The name is taken. Choose another one.",
            (StoreError::NotFound, Lang::Zh) => "没有找到。",
            (StoreError::NotFound, Lang::En) => "Not found.",
            (StoreError::Corrupt, Lang::Zh) => {
                "数据库内容无法读取：版本过新、密钥不符或已损坏；请联系管理员。"
            }
            (StoreError::Corrupt, Lang::En) => {
                "The database holds what cannot be read: a newer release, another key, or damage. \
                 Tell your administrator."
            }
            (StoreError::Rejected, Lang::Zh) => "数据库不接受此内容，请修改后重试。",
            (StoreError::Rejected, Lang::En) => {
                "The database does not take this value. Change it and try again."
            }
        }
    }

    /// What an error of the database means.
    pub(super) fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => StoreError::NotFound,
            sqlx::Error::Database(database) => of_database(database.as_ref()),
            sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::Decode(_)
            | sqlx::Error::TypeNotFound { .. } => StoreError::Corrupt,
            _ => StoreError::Unavailable,
        }
    }
}

/// SQLite gives result codes (<https://sqlite.org/rescode.html>), the low byte of which is the
/// primary one; PostgreSQL gives SQLSTATE, five characters.
fn of_database(error: &dyn sqlx::error::DatabaseError) -> StoreError {
    const SQLITE_FULL: u32 = 13;
    const SQLITE_CORRUPT: u32 = 11;
    const SQLITE_NOTADB: u32 = 26;
    const SQLITE_TOOBIG: u32 = 18;
    const SQLITE_CONSTRAINT: u32 = 19;
    const SQLITE_MISMATCH: u32 = 20;
    if error.is_unique_violation() {
        return StoreError::Conflict;
    }
    let code = error.code().unwrap_or_default();
    match (code.len(), code.parse::<u32>().map(|code| code & 0xff)) {
        (5, _) if code == "53100" => StoreError::Full,
        (5, _) if code.starts_with("XX") => StoreError::Corrupt,
        // Data exceptions and broken constraints: the row is to blame, and trying again is in vain.
        (5, _) if code.starts_with("22") || code.starts_with("23") => StoreError::Rejected,
        (5, _) => StoreError::Unavailable,
        (_, Ok(SQLITE_TOOBIG | SQLITE_CONSTRAINT | SQLITE_MISMATCH)) => StoreError::Rejected,
        (_, Ok(SQLITE_FULL)) => StoreError::Full,
        (_, Ok(SQLITE_CORRUPT | SQLITE_NOTADB)) => StoreError::Corrupt,
        _ => StoreError::Unavailable,
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.sentence(Lang::En))
    }
}

impl std::error::Error for StoreError {}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let meaning = Self::of(&error);
        let database = error.as_database_error().and_then(|error| error.code());
        tracing::debug!(code = meaning.code(), database = database.as_deref(), "store");
        meaning
    }
}
