//! What is deleted when.

use super::sql::micros;
use super::{Store, StoreError};
use crate::meeting::GONE_KEPT;
use jiff::{SignedDuration, Timestamp};

/// How long things are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Personal values: numbers, names and addresses in call records and beside the audit log, and
    /// names of links that are over or have no end; and meetings that have ended.
    pub personal: SignedDuration,
    /// Call records, without their personal values.
    pub records: SignedDuration,
}

impl Default for Retention {
    fn default() -> Self {
        let days = |days: i64| SignedDuration::from_hours(days * 24);
        Self { personal: days(90), records: days(365) }
    }
}

/// What a sweep deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Call records that lost their personal values.
    pub redacted: u64,
    /// Call records.
    pub records: u64,
    /// Personal values beside the audit log.
    pub personal: u64,
    /// Meetings that had ended.
    pub meetings: u64,
}

impl Store {
    /// Deletes what has been kept long enough. To be called once an hour or so.
    ///
    /// # Errors
    /// When the store does not take it; then nothing was deleted.
    pub async fn sweep(&self, now: Timestamp, retention: &Retention) -> Result<Swept, StoreError> {
        let before = |kept: SignedDuration| now.checked_sub(kept).map_or(i64::MIN, micros);
        let personal = before(retention.personal);
        let steps = [
            // The explanation quotes numbers.
            (
                "UPDATE call_record SET called = NULL, calling = NULL, source = NULL, \
                 explanation = 'null' WHERE started < $1 \
                 AND (called IS NOT NULL OR calling IS NOT NULL OR source IS NOT NULL)",
                personal,
            ),
            ("DELETE FROM call_record WHERE started < $1", before(retention.records)),
            ("DELETE FROM audit_personal WHERE at < $1", personal),
            ("DELETE FROM meeting WHERE ended < $1", personal),
            // What is expired needs no remembering, and neither do the links of what is gone.
            ("DELETE FROM link WHERE expires < $1", personal),
            (
                "DELETE FROM link WHERE created < $1 AND stored = 1 \
                 AND meeting NOT IN (SELECT id FROM meeting)",
                personal,
            ),
            // A link that has no end stays good under the name that it holds itself.
            (
                "UPDATE link SET name = NULL WHERE name IS NOT NULL AND created < $1 \
                 AND (revoked < $1 OR expires IS NULL OR used >= uses)",
                personal,
            ),
            ("DELETE FROM meeting_name WHERE gone < $1", before(GONE_KEPT)),
            ("DELETE FROM token WHERE expires < $1", personal),
            ("DELETE FROM bootstrap WHERE expires < $1", micros(now)),
        ];
        let queries = steps.map(|(sql, limit)| sqlx::query(sql).bind(limit));
        let counts = self.all(queries.into()).await?;
        let count = |index: usize| counts.get(index).copied().unwrap_or_default();
        Ok(Swept { redacted: count(0), records: count(1), personal: count(2), meetings: count(3) })
    }
}
