//! The same promises on SQLite and on PostgreSQL; what happens when the store is away or full.

mod chain;
mod key;
mod link;
pub(crate) mod outage;
pub(crate) mod postgres;
mod promise;

use super::{Location, Secrets, Store};
use jiff::Timestamp;
use postgres::Cluster;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const KEY: [u8; 32] = [7; 32];

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// A directory that goes away with its test.
struct Dir(PathBuf);

impl Dir {
    fn new() -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        // With characters that a URL must not hold as they are.
        let name = format!("causeway store? {} {number}%", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn open(location: &Location) -> Store {
    Store::open(location, Secrets::new(&KEY)).await.expect("the store opens")
}

/// Runs SQL as somebody with the database's password would.
async fn meddle(store: &Store, sql: &'static str) -> u64 {
    let done = sqlx::query(sql).execute(store.pool()).await;
    done.expect("the database takes it").rows_affected()
}

async fn until(what: &str, fine: impl AsyncFn() -> bool) {
    let wait = async {
        while !fine().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("in vain: {what}"));
}

/// Each promise as a test on SQLite, and all of them on PostgreSQL, each in a fresh database.
macro_rules! promises {
    ($($module:ident :: $name:ident,)*) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                let dir = super::Dir::new();
                super::$module::$name(&super::Location::in_dir(dir.path())).await;
            })*
        }

        #[tokio::test]
        async fn postgresql_keeps_the_same_promises() {
            let Some(cluster) = Cluster::start().await else { return };
            $(
                eprintln!("{}", stringify!($name));
                $module::$name(&cluster.database(stringify!($name)).await).await;
            )*
        }
    };
}

promises! {
    promise::meetings_outlive_a_restart_with_names_that_hold_quotes,
    promise::a_meeting_that_ends_takes_its_link_its_alias_and_its_code_with_it,
    promise::a_code_or_alias_belongs_to_one_meeting,
    promise::secrets_are_sealed_to_their_place_and_key,
    promise::call_records_are_paged_filtered_and_rated,
    promise::a_call_that_was_cut_off_does_not_look_as_if_it_went_on,
    promise::a_value_that_the_database_refuses_holds_up_no_other,
    promise::tokens_are_kept_as_hashes_and_the_first_one_is_given_once,
    promise::personal_values_go_after_their_time_and_the_chain_still_verifies,
    link::names_of_dead_links_are_swept,
    link::links_that_are_worth_nothing_take_no_place,
    chain::every_kind_of_tampering_is_found,
    chain::tampering_before_an_append_stays_visible,
    chain::writers_of_several_nodes_make_one_chain,
}
