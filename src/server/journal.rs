//! What is written down: records of calls that are over, and the audit log. Nobody waits for the
//! store; see [`crate::store`] for what happens when it is slow, full or gone.

use crate::metrics;
use crate::record::Draft;
use crate::store::{CallDirection, CallRecord, NewAudit, Store};
use causeway_base::LegId;
use causeway_base::alias::MAX_ALIAS_LEN;
use causeway_plan::LegStats;
use jiff::Timestamp;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Records that wait for the engine's last figures: calls of the last moments. Beyond it the
/// oldest is written without.
const MAX_WAITING: usize = 4096;

/// Where records and audited actions go.
#[derive(Debug)]
pub(crate) struct Journal {
    store: Option<Store>,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    drafts: HashMap<LegId, Box<Draft>>,
    order: VecDeque<LegId>,
}

impl Journal {
    /// A journal that writes to a store, or to nothing.
    pub(crate) fn new(store: Option<Store>) -> Self {
        Self { store, waiting: Mutex::default() }
    }

    /// What is known of a call by now: of one that was answered, or is over. Of one that had media
    /// and is over the engine's last figures are still to come.
    pub(crate) fn record(&self, draft: Box<Draft>) {
        match (draft.ended, draft.codec) {
            (Some(_), Some(_)) => self.ended(draft),
            _ => self.write(*draft),
        }
    }

    fn ended(&self, draft: Box<Draft>) {
        let mut waiting = self.waiting();
        waiting.order.push_back(draft.leg);
        waiting.drafts.insert(draft.leg, draft);
        let mut overdue = Vec::new();
        while waiting.order.len() > MAX_WAITING {
            if let Some(oldest) = waiting.order.pop_front() {
                overdue.extend(waiting.drafts.remove(&oldest));
            }
        }
        drop(waiting);
        overdue.into_iter().for_each(|draft| self.write(*draft));
    }

    /// The engine's last figures of a leg.
    pub(crate) fn measured(&self, leg: LegId, stats: &LegStats) {
        let mut waiting = self.waiting();
        let Some(mut draft) = waiting.drafts.remove(&leg) else { return };
        waiting.order.retain(|other| *other != leg);
        drop(waiting);
        draft.stats = Some(Box::new(stats.clone()));
        self.write(*draft);
    }

    /// A call that never was one: it counts as refused, not as ended.
    pub(crate) fn refused(&self, draft: Box<Draft>) {
        draft.cause.into_iter().for_each(metrics::refused);
        self.keep(*draft);
    }

    /// Writes what still waits: the bridge stops.
    pub(crate) fn flush(&self) {
        let drafts: Vec<_> = {
            let mut waiting = self.waiting();
            waiting.order.clear();
            waiting.drafts.drain().map(|(_, draft)| *draft).collect()
        };
        drafts.into_iter().for_each(|draft| self.write(draft));
    }

    /// An action that must be provable.
    pub(crate) fn audit(&self, audited: NewAudit) {
        if let Some(store) = &self.store {
            store.audit(audited, Timestamp::now());
        }
    }

    /// What somebody said of a call, 1 to 5, after it was answered.
    pub(crate) fn feedback(&self, record: &str, score: u8) {
        if let Some(store) = &self.store {
            store.feedback(record, score);
        }
    }

    fn write(&self, draft: Draft) {
        if draft.ended.is_some() {
            draft.cause.into_iter().for_each(metrics::call_ended);
        }
        self.keep(draft);
    }

    fn keep(&self, draft: Draft) {
        let Some(store) = &self.store else { return };
        match draft.id.clone() {
            Some(id) => store.record(record(&id, draft)),
            None => tracing::error!("no randomness: a call record is lost"),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A draft as the store keeps it.
fn record(id: &str, draft: Draft) -> CallRecord {
    let direction = if draft.outgoing { CallDirection::Outgoing } else { CallDirection::Incoming };
    let stats = figures(&draft);
    let encryption = draft.encrypted.unwrap_or(false).then(|| "SRTP".to_owned());
    let kept = |text: String| (!text.is_empty()).then_some(text);
    // Callers write what they like: nothing that can be dialled is longer.
    let party = |text: String| kept(text.chars().take(MAX_ALIAS_LEN).collect());
    CallRecord {
        answered: draft.answered,
        ended: draft.ended,
        cause: draft.cause,
        called: party(draft.called),
        calling: party(draft.calling),
        source: draft.source.map(|source| source.to_string()),
        conference: draft.conference.map(|key| key.to_string()),
        trunk: draft.trunk.map(|trunk| trunk.to_string()),
        explanation: kept(draft.explanation).unwrap_or_else(|| "null".to_owned()),
        codec: draft.codec.map(|codec| codec.name().to_owned()),
        encryption,
        stats,
        feedback: draft.feedback,
        profile: draft.profile,
        ..CallRecord::new(id, draft.protocol.name(), direction, draft.started)
    }
}

/// What was measured, as JSON.
fn figures(draft: &Draft) -> String {
    let milliseconds = |time: std::time::Duration| time.as_secs_f64() * 1e3;
    let media = draft.stats.as_ref().map(|stats| {
        serde_json::json!({
            "packets_received": stats.packets_received,
            "packets_sent": stats.packets_sent,
            "packets_lost": stats.packets_lost,
            "packets_late": stats.packets_late,
            "packets_lost_by_peer": stats.remote_lost,
            "jitter_ms": milliseconds(stats.jitter),
            "round_trip_ms": stats.round_trip.map(milliseconds),
            "audible_ms": milliseconds(stats.audible),
        })
    });
    let verdict = draft.verdict.as_ref().map(|verdict| serde_json::json!(verdict.codes()));
    let test = draft.test.as_deref();
    serde_json::json!({ "media": media, "test_call": verdict, "network_test": test }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_base::{Codec, EndCause};
    use causeway_conference::Protocol;

    /// The engine has figures of those calls only that it carried.
    #[test]
    fn a_call_without_media_waits_for_no_figures() {
        let journal = Journal::new(None);
        let draft = |leg: u64, codec: Option<Codec>, is_over: bool| {
            let mut draft = Box::new(Draft::begun(LegId(leg), Protocol::Sip, false));
            draft.codec = codec;
            if is_over {
                draft.ended(EndCause::Normal);
            }
            draft
        };
        journal.record(draft(1, None, true));
        journal.record(draft(2, Some(Codec::Pcma), false));
        assert!(journal.waiting().drafts.is_empty() && journal.waiting().order.is_empty());
        journal.record(draft(3, Some(Codec::Pcma), true));
        assert_eq!(journal.waiting().order, [LegId(3)]);
        journal.measured(LegId(3), &LegStats::default());
        assert!(journal.waiting().drafts.is_empty() && journal.waiting().order.is_empty());
    }
}
