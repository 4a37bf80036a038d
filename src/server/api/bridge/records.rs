//! What the store keeps: calls, test calls, the audit log.

use super::super::fault::{Fault, Problem};
use super::super::resource::{CallDirection as Direction, *};
use super::meetings::id;
use super::{BridgeBackend, id_shown};
use crate::explanation::from_json;
use crate::store::{self, CallDirection, CallFilter, CallRecord, RecordCursor};
use causeway_base::Lang;
use serde_json::Value;

/// Pages of records that are looked through for test calls.
const MAX_LOOKED_AT: usize = 8;

/// The records of one of them.
const LOOKED_AT: u16 = 500;

/// A record's place in the list; `.` has no place in a cursor.
fn cursor(record: &CallRecord) -> Option<Cursor> {
    record.cursor().to_string().replacen('.', "-", 1).parse().ok()
}

fn place(cursor: Option<&Cursor>) -> Result<Option<RecordCursor>, Problem> {
    let read = |cursor: &Cursor| {
        let text = cursor.as_str().replacen('-', ".", 1);
        text.parse().map_err(|_| Problem::from(Fault::BadQuery).of("cursor"))
    };
    cursor.map(read).transpose()
}

/// One more than is wanted was asked for, to know whether more follows.
fn cut(records: &mut Vec<CallRecord>, limit: u16) -> Option<Cursor> {
    let more = records.len() > usize::from(limit);
    records.truncate(usize::from(limit));
    records.last().filter(|_| more).and_then(cursor)
}

impl BridgeBackend {
    pub(super) async fn list_calls(
        &self,
        query: CallQuery,
        window: Window,
        language: Language,
    ) -> Result<Page<Call>, Problem> {
        let after = place(window.cursor.as_ref())?;
        let conference = query.meeting.as_ref().map(ToString::to_string);
        let filter = CallFilter { conference, ..CallFilter::default() };
        let asked = self.store.records(&filter, after.as_ref(), window.limit + 1);
        let mut records = asked.await?;
        let next = cut(&mut records, window.limit);
        let shown = records.into_iter().map(|record| call(record, language.into(), false));
        Ok(Page { items: shown.collect::<Result<_, _>>()?, next })
    }

    pub(super) async fn show_call(&self, id: &CallId, language: Language) -> Result<Call, Problem> {
        call(self.store.call_record(id.as_str()).await?, language.into(), true)
    }

    pub(super) async fn list_test_calls(&self, window: Window) -> Result<Page<TestCall>, Problem> {
        let mut after = place(window.cursor.as_ref())?;
        let mut items = Vec::new();
        for _ in 0..MAX_LOOKED_AT {
            let filter = CallFilter::default();
            let records = self.store.records(&filter, after.as_ref(), LOOKED_AT).await?;
            for record in &records {
                after = Some(record.cursor());
                items.extend(test_call(record)?);
                if items.len() == usize::from(window.limit) {
                    return Ok(Page { items, next: cursor(record) });
                }
            }
            if records.len() < usize::from(LOOKED_AT) {
                return Ok(Page::whole(items));
            }
        }
        // There may be more: who asks on goes on behind what was looked at.
        let next = after.and_then(|place| place.to_string().replacen('.', "-", 1).parse().ok());
        Ok(Page { items, next })
    }

    pub(super) async fn list_audit(&self, window: Window) -> Result<Page<AuditEntry>, Problem> {
        let wrong = || Problem::from(Fault::BadQuery).of("cursor");
        let seen = match &window.cursor {
            Some(cursor) => cursor.as_str().parse().map_err(|_| wrong())?,
            None => 0,
        };
        let entries = self.store.audit_after(seen, window.limit).await?;
        let full = entries.len() == usize::from(window.limit);
        let last = entries.last().filter(|_| full).map(|entry| entry.seq);
        let next = last.and_then(|seq| seq.to_string().parse().ok());
        Ok(Page { items: entries.into_iter().map(entry).collect(), next })
    }

    pub(super) async fn check_audit(&self) -> Result<AuditVerdict, Problem> {
        Ok(match self.store.verify_chain(None).await? {
            Ok(head) => {
                let checked = u64::try_from(head.seq).ok();
                AuditVerdict { intact: true, checked, fault: None }
            }
            Err(fault) => {
                AuditVerdict { intact: false, checked: None, fault: Some(fault.to_string()) }
            }
        })
    }
}

fn entry(entry: store::AuditEntry) -> AuditEntry {
    AuditEntry {
        number: u64::try_from(entry.seq).unwrap_or_default(),
        at: Time(entry.at),
        actor: entry.actor,
        action: entry.action,
        subject: Some(entry.object).filter(|object| !object.is_empty()),
        result: entry.result,
        digest: entry.hash,
    }
}

fn call(record: CallRecord, lang: Lang, whole: bool) -> Result<Call, Problem> {
    let json = |text: &str| serde_json::from_str(text).ok().filter(|value| *value != Value::Null);
    let plan: Option<Value> = json(&record.explanation);
    Ok(Call {
        id: id_shown(&record.id)?,
        direction: match record.direction {
            CallDirection::Incoming => Direction::In,
            CallDirection::Outgoing => Direction::Out,
        },
        protocol: record.protocol,
        calling: record.calling,
        called: record.called,
        meeting: record.conference.as_deref().and_then(id),
        trunk: record.trunk,
        started_at: Time(record.started),
        answered_at: record.answered.map(Time),
        ended_at: record.ended.map(Time),
        ending: record.cause.map(|cause| Ending {
            code: cause.code().to_owned(),
            sentence: cause.sentence(lang).to_owned(),
        }),
        codec: record.codec,
        encrypted: record.encryption.is_some(),
        feedback: record.feedback,
        stats: json(&record.stats).filter(|_| whole),
        profile: record.profile.as_deref().and_then(json).filter(|_| whole),
        explanation: plan.filter(|_| whole).map(|plan| {
            let text = from_json(&plan).map(|told| told.to_text(lang));
            // Why we called somebody is kept in both languages.
            let text = text.or_else(|| plan.get(lang.tag())?.as_str().map(str::to_owned));
            Explanation { plan, text }
        }),
    })
}

/// What a test call found; `None` for another call.
fn test_call(record: &CallRecord) -> Result<Option<TestCall>, Problem> {
    let Ok(mut stats) = serde_json::from_str::<Value>(&record.stats) else { return Ok(None) };
    let Some(found) = stats.get("test_call").and_then(Value::as_array) else { return Ok(None) };
    let findings = found.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    Ok(Some(TestCall {
        id: id_shown(&record.id)?,
        started_at: Time(record.started),
        findings,
        media: stats.get_mut("media").map(Value::take).unwrap_or_default(),
        codec: record.codec.clone(),
        encrypted: record.encryption.is_some(),
    }))
}
