//! `[store]`: where meetings, records and the audit log are kept, and for how long.

use super::raw::RawStore;
use super::resolve::{Environment, Finder};
use super::source::At;
use crate::store::{Location, Retention};
use jiff::SignedDuration;
use std::path::Path;
use zeroize::Zeroizing;

/// The longest retention, in days: a century.
const MOST_DAYS: u32 = 36_500;

/// Where things are kept, and for how long.
#[derive(Clone)]
pub struct StoreConfig {
    /// Where.
    pub location: Location,
    /// How long.
    pub retention: Retention,
    /// The key of what is kept encrypted, where the environment holds it.
    pub secret_key: Option<Zeroizing<String>>,
}

impl std::fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreConfig")
            .field("location", &self.location)
            .field("retention", &self.retention)
            .finish_non_exhaustive()
    }
}

pub(super) fn store(
    finder: &mut Finder<'_>,
    raw: &RawStore,
    state_dir: &Path,
    environment: Environment<'_>,
) -> StoreConfig {
    let url = environment("CAUSEWAY_STORE_URL").unwrap_or_else(|| raw.url.clone());
    let location = match url.as_str() {
        "" => Location::in_dir(state_dir),
        url => Location::parse(url).unwrap_or_else(|| {
            let fix = "write \"postgres://user:password@host/database\", \"sqlite:/path/to/file\" \
                or nothing";
            finder.find(&[At::Key("store"), At::Key("url")], "not the URL of a database", fix);
            Location::in_dir(state_dir)
        }),
    };
    finder.range("store", "retention_days", raw.retention_days, 1, MOST_DAYS);
    finder.range("store", "record_retention_days", raw.record_retention_days, 1, MOST_DAYS);
    let days = |days: u32| SignedDuration::from_hours(i64::from(days) * 24);
    StoreConfig {
        location,
        retention: Retention {
            personal: days(raw.retention_days),
            records: days(raw.record_retention_days),
        },
        secret_key: environment(crate::store::secret::KEY_VARIABLE).map(Zeroizing::new),
    }
}
