//! What outlives a restart: meetings, call records, the audit log, tokens. In SQLite beside the
//! bridge, or in PostgreSQL by one setting, with the same SQL.
//!
//! * [`Store`]: opening it, its time limits; [`StoreError`], why it did not do something.
//! * [`Location`]: which of the two, and where.
//! * [`Health`]: whether it works now, for `/readyz`.
//! * `queue`: call records and audit entries never wait for the store: a queue holds them until it
//!   takes them, however long it was away.
//! * `meeting`: meetings with their names; [`crate::meeting::Meetings`] is their table in memory.
//! * `link`: links that were made, how often each was used, and which are revoked.
//! * [`call_record`]: what became of each call. * [`audit`]: who did what; `chain`: its hashes.
//! * [`token`]: who may use the API. * [`secret`]: what is kept encrypted.
//! * `retention`: what is deleted when.

pub mod audit;
pub mod call_record;
mod chain;
mod error;
mod health;
mod link;
pub mod location;
mod meeting;
mod queue;
pub mod random;
mod retention;
pub mod secret;
mod sql;
#[cfg(test)]
pub(crate) mod tests;
pub mod token;

pub use audit::{AuditEntry, ChainFault, ChainHead, NewAudit};
pub use call_record::{CallDirection, CallFilter, CallRecord, RecordCursor};
pub use error::StoreError;
pub use health::Health;
pub use location::Location;
pub use queue::MAX_QUEUED;
pub use retention::{Retention, Swept};
pub use secret::{SecretError, Secrets};
pub use sql::{Store, TIME_LIMIT};
pub use token::{Access, Scope, Tokens};
