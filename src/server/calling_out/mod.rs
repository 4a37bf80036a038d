//! Calls that we make: whom the operator allows, within the caps, and counted until they end.

mod bridging;
mod errand;
mod why;

pub(crate) use bridging::without_passcode;
pub use bridging::{Bridging, Request};
pub(crate) use errand::{Appearance, Errand, Way};

use crate::actor::Purpose;
use crate::config::Config;
use crate::store::{CallDirection, CallFilter, CallRecord, Store, StoreError};
use crate::view::CallOut;
use bridging::Reached;
use causeway_adapter::sip;
use causeway_base::{Alias, EndCause, Lang, LegId};
use causeway_conference::{Protocol, Role};
use causeway_dial::calling_out::{
    Asker, Callee, CalleeKind, CallingOut, DAY, Ledger, Line, MAX_DAY_CALLS, MAX_EXTENSION,
    OutgoingId, Past,
};
use causeway_dial::invite::Allow;
use causeway_dial::{Destination, NumberPlan};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use why::Why;

/// The longest call that costs nothing: one that everybody forgot ends.
const LONGEST_INTERNAL: Duration = DAY;

/// A trunk, as far as calls that we make need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OutLine {
    name: Arc<str>,
    /// It has a target: it can carry calls out.
    carries: bool,
    /// Where it leads.
    line: Line,
    /// What it says of callers is believed.
    trusted: bool,
}

impl OutLine {
    fn of(trunk: &sip::Trunk, is_internal: bool) -> Self {
        Self {
            name: Arc::clone(&trunk.name),
            carries: trunk.target.is_some() || trunk.direct_routing.is_some(),
            line: if is_internal { Line::Internal } else { Line::Public },
            trusted: trunk.trusted,
        }
    }
}

/// The calls that we make.
#[derive(Debug)]
pub(crate) struct Outgoing {
    rules: CallingOut,
    numbers: NumberPlan,
    lines: Vec<OutLine>,
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    ledger: Ledger,
    legs: HashMap<LegId, OutgoingId>,
    /// Meetings that conferences reach, by the key of the conference. As many as there are calls.
    reached: HashMap<LegId, (Arc<str>, Reached)>,
}

/// Who wants which call.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) asker: Asker,
    /// The key of the conference that calls; `None` for a gateway.
    pub(crate) conference: Option<Arc<str>>,
    /// The rule that wants it.
    pub(crate) rule: Arc<str>,
}

/// A call that the rules allow.
#[derive(Debug)]
struct Allowed {
    callee: Callee,
    trunk: Option<Arc<str>>,
}

impl Outgoing {
    pub(crate) fn new(rules: CallingOut, numbers: NumberPlan, lines: Vec<OutLine>) -> Self {
        Self { rules, numbers, lines, book: Mutex::default() }
    }

    /// As a configuration says.
    pub(crate) fn of(config: &Config) -> Self {
        let rules = CallingOut::clone(&config.calling_out);
        Self::new(rules, config.dial_plan.numbers().clone(), lines(config))
    }

    /// Whether a visit may be put through, before anybody is answered or called for it. Counts
    /// nothing: over UDP its caller may be anybody until its ACK.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn check(&self, now: Instant, purpose: &Purpose) -> Result<(), EndCause> {
        let Purpose::Gateway { target, trunk, asker, .. } = purpose else { return Ok(()) };
        let allowed = self.allow(target, trunk.as_ref(), *asker)?;
        if is_toll(&allowed.callee) {
            self.book().ledger.room(now, &self.rules, None)?;
        }
        Ok(())
    }

    /// Whether a destination of the dial plan may be called; `None` where nobody is.
    pub(crate) fn verdict(
        &self,
        destination: &Destination,
        is_proved: bool,
    ) -> Option<Result<(), EndCause>> {
        let Destination::Gateway { trunk, target, open } = destination else { return None };
        let asker = if is_proved || *open { Asker::Rule } else { Asker::Stranger };
        Some(self.allow(target, trunk.as_ref(), asker).map(|_| ()))
    }

    /// Places a call where it is allowed: its target becomes the one form that was checked.
    ///
    /// # Errors
    /// Why it may not be made.
    pub(crate) fn place(
        &self,
        now: Instant,
        leg: LegId,
        wanted: &Wanted,
        call: CallOut,
        shown: Appearance,
    ) -> Result<Errand, EndCause> {
        let Allowed { callee, trunk } =
            self.allow(&call.target, call.trunk.as_ref(), wanted.asker)?;
        let mut why = Why::new(wanted, trunk.as_deref(), callee.kind());
        why.repeats = call.bridging.as_ref().and_then(|bridging| bridging.repeats());
        let reached = bridging::reached(callee.as_str(), call.bridging.as_deref());
        let reached = wanted.conference.clone().zip(reached);
        if let Some(reached) = &reached
            && self.book().reached.values().any(|other| other == reached)
        {
            return Err(EndCause::AlreadyBridged);
        }
        let until = if is_toll(&callee) {
            let mut book = self.book();
            let rules = self.rules.for_asker(wanted.asker);
            let placed = book.ledger.place(now, &rules, wanted.conference.as_ref(), &callee)?;
            book.legs.insert(leg, placed.id);
            why.count(book.ledger.day(now), &self.rules);
            placed.until
        } else {
            now + LONGEST_INTERNAL
        };
        if let Some(reached) = reached {
            self.book().reached.insert(leg, reached);
        }
        Ok(Errand {
            leg,
            until,
            asker: wanted.asker,
            bridging: call.bridging,
            device: None,
            target: callee.as_str().to_owned(),
            shown: if trunk.is_some() { shown.told_to_trunk(&self.numbers) } else { shown },
            way: trunk.map_or(Way::Direct, Way::Trunk),
            display_name: call.display_name,
            role: call.role,
            lang: call.lang,
            beside: call.beside,
            explanation: why.to_json(),
        })
    }

    /// A call to the devices of a user of ours, or to its room of H.323: no toll, so that neither
    /// prefixes nor caps are asked.
    pub(crate) fn to_user(
        &self,
        now: Instant,
        leg: LegId,
        name: &str,
        protocol: Protocol,
        lang: Lang,
        shown: Appearance,
    ) -> Errand {
        let (target, way) = match protocol {
            Protocol::H323 => (format!("h323:{name}"), Way::Direct),
            Protocol::Sip | Protocol::WebRtc => (name.to_owned(), Way::User),
        };
        Errand {
            leg,
            until: now + LONGEST_INTERNAL,
            target,
            way,
            shown,
            display_name: name.to_owned(),
            role: Role::Guest,
            lang,
            beside: None,
            asker: Asker::Rule,
            bridging: None,
            device: None,
            explanation: why::to_user(),
        }
    }

    /// Whether a call that stands in the book already may be led to another address by whom it
    /// calls. It costs what it was placed for; to a number, by a trunk, it is not led.
    pub(crate) fn leads_on(&self, target: &str) -> bool {
        // A gatekeeper may lead a bare number to the telephone network, whatever it begins with.
        if let Ok(Alias::H323 { user, host }) = Alias::parse(target)
            && host.is_empty()
            && user.bytes().all(|byte| byte.is_ascii_digit() || b"+*#".contains(&byte))
            && user.len() > MAX_EXTENSION
        {
            return false;
        }
        let led = self.allow(target, None, Asker::Host);
        led.is_ok_and(|led| led.callee.kind() == CalleeKind::Uri && led.trunk.is_none())
    }

    /// What the operator allows, for who reads an invitation.
    pub(crate) fn for_invitations(&self) -> Allow<'_> {
        Allow { rules: &self.rules, numbers: &self.numbers }
    }

    /// Whether anybody is called at all.
    pub(crate) fn is_enabled(&self) -> bool {
        self.rules.enabled
    }

    /// Whether what a trunk says of callers is believed.
    pub(crate) fn believes(&self, trunk: &str) -> bool {
        self.lines.iter().any(|line| line.trusted && *line.name == *trunk)
    }

    fn allow(
        &self,
        target: &str,
        trunk: Option<&Arc<str>>,
        asker: Asker,
    ) -> Result<Allowed, EndCause> {
        let room = room(target);
        let target = room.as_deref().unwrap_or(target);
        let chosen = match trunk {
            Some(name) => Some(self.line(name).ok_or(EndCause::NoTrunk)?),
            None if room.is_some() || target.contains('@') => None,
            None => self.usual(target),
        };
        let line = chosen.map_or(Line::Public, |chosen| chosen.line);
        let callee = self.rules.callee(target, asker, line, &self.numbers)?;
        if chosen.is_none() && callee.kind() == CalleeKind::Number {
            return Err(EndCause::NoTrunk);
        }
        Ok(Allowed { callee, trunk: chosen.map(|chosen| Arc::clone(&chosen.name)) })
    }

    fn line(&self, name: &str) -> Option<&OutLine> {
        self.lines.iter().find(|line| line.carries && *line.name == *name)
    }

    /// The trunk of a number that nobody chose a trunk for: the first that leads where it is.
    fn usual(&self, target: &str) -> Option<&OutLine> {
        let is_telephone = self.numbers.read(target).is_some_and(|number| number.is_e164());
        let wanted = if is_telephone { Line::Public } else { Line::Internal };
        let mut carrying = self.lines.iter().filter(|line| line.carries);
        carrying.clone().find(|line| line.line == wanted).or_else(|| carrying.next())
    }

    /// A leg ended; one that we did not call is nothing to this.
    pub(crate) fn ended(&self, now: Instant, leg: LegId) {
        let mut book = self.book();
        book.reached.remove(&leg);
        if let Some(id) = book.legs.remove(&leg) {
            book.ledger.ended(now, id);
        }
    }

    /// Takes in what was called out within the last day, before a restart. A call that ran when a
    /// node died counts with all that was set aside for it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub(crate) async fn recall(&self, store: &Store) -> Result<(), StoreError> {
        let now = Timestamp::now();
        let day = SignedDuration::try_from(DAY).unwrap_or_default();
        let filter = CallFilter {
            since: now.checked_sub(day * 2).ok(),
            direction: Some(CallDirection::Outgoing),
            ..CallFilter::default()
        };
        let (mut past, mut after) = (Vec::new(), None);
        while past.len() < MAX_DAY_CALLS {
            let page = store.records(&filter, after.as_ref(), PAGE).await?;
            past.extend(page.iter().filter_map(|record| ended(record, self.rules.call_time, now)));
            after = page.last().map(CallRecord::cursor);
            if page.len() < usize::from(PAGE) {
                break;
            }
        }
        past.sort_by_key(|call: &Past| std::cmp::Reverse(call.ended_ago));
        let at = Instant::now();
        let mut book = self.book();
        past.into_iter().for_each(|call| book.ledger.recall(at, call));
        Ok(())
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A room of H.323, as it is written in the one form: `IP##alias` becomes `h323:alias@IP`.
fn room(target: &str) -> Option<String> {
    match Alias::parse(target) {
        Ok(alias @ Alias::H323 { .. }) if target.contains("##") => Some(alias.to_string()),
        Ok(Alias::H323 { .. }) => Some(target.trim().to_owned()),
        _ => None,
    }
}

/// Records that are read at once.
const PAGE: u16 = crate::store::call_record::MAX_PAGE;

/// What counts on of a call that has a record.
fn ended(record: &CallRecord, longest: Duration, now: Timestamp) -> Option<Past> {
    if !why::was_counted(&record.explanation) {
        return None;
    }
    let cut_off = || record.started.checked_add(longest).unwrap_or(now).min(now);
    let ended = record.ended.unwrap_or_else(cut_off);
    let between = |from: Timestamp, to: Timestamp| {
        Duration::try_from(to.duration_since(from)).unwrap_or_default()
    };
    let ended_ago = between(ended, now);
    (ended_ago < DAY).then(|| Past {
        conference: why::conference(&record.explanation),
        ended_ago,
        time: between(record.started, ended),
    })
}

/// The trunks, in the order of the configuration.
pub(crate) fn lines(config: &Config) -> Vec<OutLine> {
    let internal = |trunk: &sip::Trunk| {
        config.trunks.profiles.get(&trunk.name).is_some_and(|profile| profile.internal)
    };
    config.trunks.lines.iter().map(|trunk| OutLine::of(trunk, internal(trunk))).collect()
}

fn is_toll(callee: &Callee) -> bool {
    callee.kind() != CalleeKind::Extension
}

#[cfg(test)]
mod tests;
