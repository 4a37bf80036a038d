//! What is done from time to time: meetings whose time has passed end, with their conferences, and
//! what was kept long enough is deleted.

use crate::live::Live;
use crate::meeting::Meetings;
use crate::store::{Retention, Store};
use causeway_conference::{By, Command};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tracing::{info, warn};

/// How often it is looked which meetings are over: so much longer one may last.
const MEETINGS: Duration = Duration::from_secs(30);

/// How often it is looked what was kept long enough, in looks at the meetings: ten minutes.
const STORE: u32 = 20;

/// Sweeps for as long as the runtime runs.
pub(crate) fn spawn(live: Live, meetings: Arc<Meetings>, store: Store, retention: Retention) {
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(MEETINGS);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        for turn in 0_u32.. {
            ticks.tick().await;
            over(&live, &meetings, Timestamp::now()).await;
            if turn.is_multiple_of(STORE)
                && let Err(error) = store.sweep(Timestamp::now(), &retention).await
            {
                warn!(%error, "records not swept");
            }
        }
    });
}

/// Ends the meetings whose time has passed. Who is still there hears that the meeting is over.
pub(crate) async fn over(live: &Live, meetings: &Meetings, now: Timestamp) {
    let ended = match meetings.sweep(now).await {
        Ok(ended) => ended,
        Err(error) => return warn!(%error, "meetings not swept"),
    };
    for key in ended {
        info!(meeting = %key, "the time of a meeting has passed");
        // Most do not run.
        let _ = live.command(&key, Command::EndForAll { by: By::Operator }).await;
    }
}
