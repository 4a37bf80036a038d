//! Links that were made, how often each was used, and which are revoked.

use super::secret::Place;
use super::sql::{get, maybe_time, micros, time};
use super::{Store, StoreError};
use crate::link::Link;
use causeway_conference::{DisplayName, Role};
use jiff::Timestamp;
use sqlx::any::AnyRow;

/// How many links of a meeting there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LinkCount {
    /// Those that let somebody in, now or later.
    pub(crate) usable: u64,
    /// All that are remembered: what is revoked must stay so.
    pub(crate) kept: u64,
}

impl Store {
    /// Keeps a new link.
    ///
    /// # Errors
    /// When the store does not take it.
    pub(crate) async fn insert_link(&self, link: &Link, stored: bool) -> Result<(), StoreError> {
        let name = link.name.as_ref().map(DisplayName::as_str);
        let sealed = name.map(|name| self.secrets().seal(place(&link.id), name)).transpose()?;
        let query = sqlx::query(
            "INSERT INTO link (id, meeting, stored, role, name, not_before, expires, uses, used, \
             created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9)",
        );
        let query = query
            .bind(link.id.to_string())
            .bind(link.meeting.to_string())
            .bind(i64::from(stored))
            .bind(role_name(link.role))
            .bind(sealed)
            .bind(link.not_before.map(micros))
            .bind(link.expires.map(micros))
            .bind(link.uses.map(i64::from))
            .bind(micros(link.created));
        self.run(query).await.map(drop)
    }

    /// One link.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn link(&self, id: &str) -> Result<Option<Link>, StoreError> {
        let query = sqlx::query("SELECT * FROM link WHERE id = $1").bind(id.to_owned());
        self.row(query).await?.map(|row| self.read_link(&row)).transpose()
    }

    /// The links of a meeting, the oldest first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when one cannot be read.
    pub(crate) async fn links(&self, meeting: &str) -> Result<Vec<Link>, StoreError> {
        let sql = "SELECT * FROM link WHERE meeting = $1 ORDER BY created, id";
        let rows = self.rows(sqlx::query(sql).bind(meeting.to_owned())).await?;
        rows.iter().map(|row| self.read_link(row)).collect()
    }

    /// How many links of a meeting there are.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn count_links(
        &self,
        meeting: &str,
        now: Timestamp,
    ) -> Result<LinkCount, StoreError> {
        let sql = "SELECT COUNT(*) AS kept, COUNT(CASE WHEN revoked IS NULL \
            AND (expires IS NULL OR expires > $1) AND (uses IS NULL OR used < uses) THEN 1 END) \
            AS usable FROM link WHERE meeting = $2";
        let query = sqlx::query(sql).bind(micros(now)).bind(meeting.to_owned());
        let row = self.row(query).await?.ok_or(StoreError::Corrupt)?;
        let count = |column| get::<i64>(&row, column).map(i64::unsigned_abs);
        Ok(LinkCount { usable: count("usable")?, kept: count("kept")? })
    }

    /// The links that are revoked, by their ids.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn revoked_links(&self) -> Result<Vec<String>, StoreError> {
        let rows = self.rows(sqlx::query("SELECT id FROM link WHERE revoked IS NOT NULL")).await?;
        rows.iter().map(|row| get(row, "id")).collect()
    }

    /// Uses a link once, if it is not revoked and not used up. Gives whether it was used: two who
    /// come for the last use at the same time do not both get it, on whichever nodes they are.
    ///
    /// # Errors
    /// When the store does not take it.
    pub(crate) async fn use_link(&self, id: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE link SET used = used + 1 WHERE id = $1 AND revoked IS NULL \
            AND (uses IS NULL OR used < uses)";
        Ok(self.run(sqlx::query(sql).bind(id.to_owned())).await? == 1)
    }

    /// Takes back that a link was used once.
    ///
    /// # Errors
    /// When the store does not take it.
    pub(crate) async fn give_link_back(&self, id: &str) -> Result<(), StoreError> {
        let sql = "UPDATE link SET used = used - 1 WHERE id = $1 AND used > 0";
        self.run(sqlx::query(sql).bind(id.to_owned())).await.map(drop)
    }

    /// Revokes a link of a meeting.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none, or it is revoked.
    pub(crate) async fn revoke_link(
        &self,
        meeting: &str,
        id: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE link SET revoked = $1 WHERE id = $2 AND meeting = $3 \
            AND revoked IS NULL";
        let query = sqlx::query(sql).bind(micros(now)).bind(id.to_owned());
        match self.run(query.bind(meeting.to_owned())).await? {
            1 => Ok(()),
            _ => Err(StoreError::NotFound),
        }
    }

    /// Forgets the links of a meeting: its key was replaced, so that none is good.
    ///
    /// # Errors
    /// When the store does not take it.
    pub(crate) async fn forget_links(&self, meeting: &str) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM link WHERE meeting = $1").bind(meeting.to_owned());
        self.run(query).await.map(drop)
    }

    fn read_link(&self, row: &AnyRow) -> Result<Link, StoreError> {
        let id: String = get(row, "id")?;
        let name: Option<String> = get(row, "name")?;
        let name = name.map(|sealed| self.secrets().open(place(&id), &sealed)).transpose()?;
        let uses: Option<i64> = get(row, "uses")?;
        Ok(Link {
            meeting: get::<String>(row, "meeting")?.into(),
            role: match get::<&str>(row, "role")? {
                "host" => Role::Host,
                "guest" => Role::Guest,
                _ => return Err(StoreError::Corrupt),
            },
            name: name.map(|name| DisplayName::new(&name)),
            not_before: maybe_time(row, "not_before")?,
            expires: maybe_time(row, "expires")?,
            uses: uses.map(u16::try_from).transpose().map_err(|_| StoreError::Corrupt)?,
            used: get::<i64>(row, "used")?.unsigned_abs(),
            created: time(row, "created")?,
            revoked: maybe_time(row, "revoked")?,
            id: id.into(),
        })
    }
}

const fn place(id: &str) -> Place<'_> {
    Place { table: "link", column: "name", row: id }
}

const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Host => "host",
        Role::Guest => "guest",
    }
}
