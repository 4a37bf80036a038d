//! The connection to the database: one pool, time limits, transactions.

use super::health::{Pulse, Use};
use super::queue::{Queue, Writer};
use super::{Health, Location, Secrets, StoreError};
use jiff::Timestamp;
use sqlx::any::{AnyArguments, AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{
    Any, AnyConnection, AnyPool, ConnectOptions, Connection, Executor, Row, SqlSafeStr, Transaction,
};
use std::fmt;
use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// How long the store may take for anything before it counts as unavailable: longer than a
/// failover of a local network, shorter than the patience of who waits for an answer.
pub const TIME_LIMIT: Duration = Duration::from_secs(5);

/// Connections at a time. SQLite has one writer anyway.
const CONNECTIONS: u32 = 4;

/// Set on every connection to SQLite. `FULL`: a record that was taken survives a power cut.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 4000; PRAGMA journal_mode = WAL; \
    PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;";

pub(super) type Query = sqlx::query::Query<'static, Any, AnyArguments>;
pub(super) type Tx = Transaction<'static, Any>;

/// The store. Cheap to clone; the last clone ends its writer.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

pub(super) struct Inner {
    pool: AnyPool,
    secrets: Secrets,
    pulse: Pulse,
    queue: Arc<Queue>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("health", &self.health()).finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.queue.wake();
    }
}

impl Store {
    /// Opens the store, makes it at the first start, and brings it to this release.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not answer or its file cannot be made,
    /// [`StoreError::Corrupt`] when it belongs to a newer release or another key.
    pub async fn open(location: &Location, secrets: Secrets) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let settings = match location {
            Location::Sqlite(path) => {
                make_file(path).map_err(|_| StoreError::Unavailable)?;
                SQLITE_SETTINGS
            }
            Location::Postgres(_) => "",
        };
        let options = AnyConnectOptions::from_str(&location.url())?.disable_statement_logging();
        // A pool tries again and again and does not say why it failed; one connection does.
        let mut first = AnyConnection::connect_with(&options).await?;
        first.execute(settings).await?;
        first.close().await?;
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(TIME_LIMIT)
            .after_connect(move |connection, _| {
                Box::pin(async move { connection.execute(settings).await.map(drop) })
            })
            .connect_with(options)
            .await?;
        migrate(&pool).await?;
        let queue = Arc::new(Queue::default());
        let store = Self(Arc::new(Inner { pool, secrets, pulse: Pulse::new(), queue }));
        store.found_chain().await?;
        let writer = Writer { store: Arc::downgrade(&store.0), queue: store.0.queue.clone() };
        tokio::spawn(writer.run());
        Ok(store)
    }

    /// Whether it works.
    pub fn health(&self) -> Health {
        let (since, error) = self.0.pulse.get();
        let (queued, dropped) = self.0.queue.counts();
        Health { ok: error.is_none(), since, error, queued, dropped }
    }

    /// Waits until what was queued is written, then closes. Gives how many entries were not
    /// written within the limit.
    pub async fn close(&self, limit: Duration) -> usize {
        let left = self.flush(limit).await;
        let _ = tokio::time::timeout(TIME_LIMIT, self.0.pool.close()).await;
        left
    }

    /// Waits until what was queued is written. Gives how many entries were not within the limit.
    pub async fn flush(&self, limit: Duration) -> usize {
        let _ = tokio::time::timeout(limit, self.0.queue.emptied()).await;
        self.0.queue.counts().0
    }

    /// The store of a writer, unless nobody else has it any more.
    pub(super) fn of(weak: &Weak) -> Option<Self> {
        weak.upgrade().map(Self)
    }

    pub(crate) fn secrets(&self) -> &Secrets {
        &self.0.secrets
    }

    pub(super) fn queue(&self) -> &Queue {
        &self.0.queue
    }

    #[cfg(test)]
    pub(super) fn pool(&self) -> &AnyPool {
        &self.0.pool
    }

    /// One statement that changes something. Gives the number of rows.
    pub(super) async fn run(&self, query: Query) -> Result<u64, StoreError> {
        let work = async { Ok(query.execute(&self.0.pool).await?.rows_affected()) };
        self.timed(Use::Write, work).await
    }

    /// The first row of a question.
    pub(super) async fn row(&self, query: Query) -> Result<Option<AnyRow>, StoreError> {
        let work = async { Ok(query.fetch_optional(&self.0.pool).await?) };
        self.timed(Use::Read, work).await
    }

    /// All rows of a question, which must bound them itself.
    pub(super) async fn rows(&self, query: Query) -> Result<Vec<AnyRow>, StoreError> {
        let work = async { Ok(query.fetch_all(&self.0.pool).await?) };
        self.timed(Use::Read, work).await
    }

    /// Several statements, all or none. The first must change something: it takes the lock that
    /// SQLite would refuse to a transaction that began by reading. Gives the number of rows of
    /// each.
    pub(super) async fn all(&self, queries: Vec<Query>) -> Result<Vec<u64>, StoreError> {
        let work = async {
            let mut tx = self.begin().await?;
            let mut counts = Vec::with_capacity(queries.len());
            for query in queries {
                counts.push(query.execute(&mut *tx).await?.rows_affected());
            }
            tx.commit().await?;
            Ok(counts)
        };
        self.timed(Use::Write, work).await
    }

    pub(super) async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(self.0.pool.begin().await?)
    }

    /// Work on the store within the time limit; its result is what [`Store::health`] says.
    pub(super) async fn timed<T>(
        &self,
        how: Use,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let result =
            tokio::time::timeout(TIME_LIMIT, work).await.unwrap_or(Err(StoreError::Unavailable));
        self.0.pulse.note(how, &result);
        result
    }
}

pub(super) type Weak = std::sync::Weak<Inner>;

/// The file holds names and numbers: nobody else may read it. SQLite gives its companions the
/// same mode.
fn make_file(path: &Path) -> std::io::Result<()> {
    if let Some(dir) = path.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    }
    OpenOptions::new().append(true).create(true).mode(0o600).open(path).map(drop)
}

async fn migrate(pool: &AnyPool) -> Result<(), StoreError> {
    const STEPS: [(i64, &str, &str); 5] = [
        (1, "first", include_str!("migration/0001_first.sql")),
        (2, "sequence", include_str!("migration/0002_sequence.sql")),
        (3, "link", include_str!("migration/0003_link.sql")),
        (4, "call_me", include_str!("migration/0004_call_me.sql")),
        (5, "layout", include_str!("migration/0005_layout.sql")),
    ];
    let steps = STEPS.map(|(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let migrated = Migrator::with_migrations(steps.into()).run(pool).await;
    migrated.map_err(|error| match error {
        MigrateError::Execute(error) => error.into(),
        _ => StoreError::Corrupt,
    })
}

/// The value of a column.
pub(super) fn get<'r, T>(row: &'r AnyRow, column: &'static str) -> Result<T, StoreError>
where
    T: sqlx::Decode<'r, Any> + sqlx::Type<Any>,
{
    row.try_get(column).map_err(|_| StoreError::Corrupt)
}

/// The time in a column.
pub(super) fn time(row: &AnyRow, column: &'static str) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(get(row, column)?).map_err(|_| StoreError::Corrupt)
}

/// The time in a column that may be empty.
pub(super) fn maybe_time(
    row: &AnyRow,
    column: &'static str,
) -> Result<Option<Timestamp>, StoreError> {
    let micros: Option<i64> = get(row, column)?;
    micros.map(Timestamp::from_microsecond).transpose().map_err(|_| StoreError::Corrupt)
}

/// A time as it is kept.
pub(super) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}
