//! Where the store is.

use std::fmt::{self, Write};
use std::path::{Path, PathBuf};

/// The file of the embedded store in `state_dir`.
pub const FILE: &str = "causeway.db";

/// Where the store is. `Debug` shows no password.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// The URL of a database in PostgreSQL.
    Postgres(String),
}

impl Location {
    /// The embedded store of a state directory.
    pub fn in_dir(state_dir: &Path) -> Self {
        Location::Sqlite(state_dir.join(FILE))
    }

    /// Reads `sqlite:/path/to/file` or `postgres://user:password@host/database`.
    pub fn parse(url: &str) -> Option<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return (!path.is_empty()).then(|| Location::Sqlite(PathBuf::from(path)));
        }
        let is_postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
        let readable = url.parse::<sqlx::postgres::PgConnectOptions>().is_ok();
        (is_postgres && readable).then(|| Location::Postgres(url.to_owned()))
    }

    /// As the driver wants it.
    pub(super) fn url(&self) -> String {
        match self {
            Location::Postgres(url) => url.clone(),
            Location::Sqlite(path) => {
                let mut url = String::from("sqlite:");
                for byte in path.as_os_str().as_encoded_bytes() {
                    match byte {
                        b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                            url.push(char::from(*byte));
                        }
                        byte => {
                            let _ = write!(url, "%{byte:02X}");
                        }
                    }
                }
                url
            }
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Location::Postgres(_) => f.write_str("postgres://…"),
        }
    }
}
