//! The front desk: who may go where, in which role, and what is asked of them first. Everything
//! that the bridge knows of meetings, rules, PINs and attempts meets here; actors and the
//! adapter only ask.

use crate::actor::call::{Call, Origin};
use crate::actor::{Purpose, Visit};
use crate::calling_out::Outgoing;
use crate::config::Trust;
use crate::explanation::to_json;
use crate::journal::Journal;
use crate::meeting::{self, Meetings};
use crate::record::Draft;
use crate::store::NewAudit;
use causeway_base::{Alias, EndCause, Lang, LegId};
use causeway_conference::reception::{Answer, Question};
use causeway_conference::{CallerKey, Goal, Offered, Role, Settings};
use causeway_dial::attempt::{Attempt, AttemptRules, Attempts, Exhausted, Limit, Permit};
use causeway_dial::calling_out::CallingOut;
use causeway_dial::{
    Destination, DialPlan, Explanation, Found, IncomingCall, NameTable, Names, Resolver,
};
use jiff::Timestamp;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// What the front desk is told at its start.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) dial_plan: Arc<DialPlan>,
    /// The names of the services and the configured conferences.
    pub(crate) names: NameTable,
    pub(crate) calling_out: CallingOut,
    /// The trunks, in the order of the configuration.
    pub(crate) trunks: Vec<Arc<str>>,
    /// Who is one of ours.
    pub(crate) trust: Trust,
    /// The languages of trunks and of users.
    pub(crate) langs: HashMap<Arc<str>, Lang>,
    /// The language where nothing else tells.
    pub(crate) lang: Lang,
    /// Whom a caller is put through to after too many wrong entries.
    pub(crate) operator: Option<Alias>,
}

/// Every name of the bridge: those of its configuration first, then its meetings.
#[derive(Debug)]
pub(crate) struct AllNames {
    fixed: NameTable,
    meetings: Arc<Meetings>,
}

impl Names for AllNames {
    fn find(&self, name: &str) -> Option<Found> {
        self.fixed.find(name).or_else(|| match self.meetings.find(name, Timestamp::now()) {
            meeting::Found::Meeting(key) => Some(Found::Conference(key)),
            meeting::Found::Gone => Some(Found::Gone),
            meeting::Found::Unknown => None,
        })
    }
}

/// The front desk.
pub(crate) struct FrontDesk {
    rules: Rules,
    /// Asked by the signalling task and the router in turn; a lock for some microseconds.
    resolver: Mutex<Resolver>,
    names: AllNames,
    meetings: Arc<Meetings>,
    attempts: Mutex<Attempts>,
    outgoing: Outgoing,
    /// Keys the hash that tells callers apart, so that nobody makes another's.
    callers: RandomState,
}

impl fmt::Debug for FrontDesk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrontDesk").finish_non_exhaustive()
    }
}

/// A call that may come in.
#[derive(Debug)]
pub(crate) struct Welcome {
    pub(crate) purpose: Purpose,
    lang: Lang,
    caller: CallerKey,
    trusted: bool,
}

impl Welcome {
    /// The visit that the call becomes.
    pub(crate) fn visit(self, offered: Box<Offered>, draft: Draft) -> Visit {
        Visit {
            call: Call::offered(offered, self.lang, draft),
            caller: Some(self.caller),
            trusted: self.trusted,
            purpose: self.purpose,
        }
    }
}

/// Who asks at the front desk.
#[derive(Debug)]
pub(crate) struct Caller {
    leg: LegId,
    /// None by a trunk, whose address stands for all its callers.
    source: Option<IpAddr>,
    key: Option<CallerKey>,
    trusted: bool,
    number: String,
}

impl Caller {
    pub(crate) fn of(call: &Call, key: Option<CallerKey>, trusted: bool) -> Self {
        let (source, number) = match &call.origin {
            Origin::Offered(offered) if offered.proof.trunk.is_some() => {
                (None, offered.calling.to_string())
            }
            Origin::Offered(offered) => (Some(offered.source.ip()), offered.calling.to_string()),
            Origin::CallOut(call) => (None, call.target.clone()),
        };
        Self { leg: call.leg, source, key, trusted, number }
    }

    fn attempt(&self, conference: Option<Arc<str>>) -> Attempt {
        Attempt {
            source: self.source,
            caller: self.key.map(|key| key.0),
            conference,
            trusted: self.trusted,
        }
    }

    fn audited(
        &self,
        action: &'static str,
        object: Option<&Arc<str>>,
        result: &'static str,
    ) -> NewAudit {
        let object = object.map(ToString::to_string).unwrap_or_default();
        let audited = NewAudit::new(&self.leg.to_string(), action, &object, result)
            .with("caller", &self.number);
        match self.source {
            Some(source) => audited.with("source", &source.to_string()),
            None => audited,
        }
    }
}

impl Caller {
    /// A limit is reached: the word says which.
    fn exhausted(&self, key: Option<&Arc<str>>, reached: Exhausted) -> NewAudit {
        let result = match reached.limit {
            Limit::Source => "source-exhausted",
            Limit::Caller => "caller-exhausted",
            Limit::Conference => "conference-exhausted",
        };
        self.audited("attempts", key, result)
    }
}

impl FrontDesk {
    pub(crate) fn new(rules: Rules, meetings: Arc<Meetings>) -> Self {
        Self {
            outgoing: Outgoing::new(rules.calling_out.clone(), rules.dial_plan.numbers().clone()),
            resolver: Mutex::new(Resolver::new(Arc::clone(&rules.dial_plan))),
            names: AllNames { fixed: rules.names.clone(), meetings: Arc::clone(&meetings) },
            rules,
            meetings,
            attempts: Mutex::new(Attempts::new(AttemptRules::default())),
            callers: RandomState::new(),
        }
    }

    /// Where a call goes, before it has any state.
    pub(crate) fn destination(&self, call: &IncomingCall<'_>) -> (Destination, Explanation) {
        self.resolver.lock().unwrap_or_else(PoisonError::into_inner).resolve(call, &self.names)
    }

    /// Takes a call in, or says why not. Writes what is known of it into its record.
    pub(crate) fn receive(
        &self,
        offered: &Offered,
        draft: &mut Draft,
    ) -> Result<Welcome, EndCause> {
        let asked = IncomingCall {
            called: &offered.called,
            calling: &offered.calling,
            trunk: offered.proof.trunk.as_deref(),
            local: offered.local,
        };
        let (destination, explanation) = self.destination(&asked);
        draft.called = offered.called.to_string();
        draft.calling = offered.calling.to_string();
        draft.source = Some(offered.source.ip());
        draft.trunk.clone_from(&offered.proof.trunk);
        draft.explanation = to_json(&explanation.kept()).to_string();
        // The address of a UDP caller is a claim until its ACK; nobody is seated before that.
        let trusted = self.rules.trust.covers(offered);
        let mut lang = self.lang_of(offered);
        let purpose = match destination {
            Destination::Conference(key) => {
                draft.conference = Some(Arc::clone(&key));
                self.purpose_of(key, trusted)?
            }
            Destination::Reception { lang: wanted } => {
                lang = wanted.unwrap_or(lang);
                Purpose::Ask(Goal::Ask)
            }
            Destination::TestCall => Purpose::Ask(Goal::Test),
            Destination::Gateway { trunk, target } => Purpose::Gateway { target, trunk },
            Destination::Reject(cause) => return Err(cause),
            _ => return Err(EndCause::NotFound),
        };
        Ok(Welcome { purpose, lang, caller: self.caller_key(offered), trusted })
    }

    /// Whom our own devices call needs no PIN of them; others are asked where the meeting has one.
    fn purpose_of(&self, key: Arc<str>, trusted: bool) -> Result<Purpose, EndCause> {
        let gate = self.meetings.gate(&key, Timestamp::now()).ok_or(EndCause::NotFound)?;
        if gate.has_pin && !trusted {
            let guests_need_pin = gate.guests_need_pin;
            return Ok(Purpose::Ask(Goal::Conference { key, guests_need_pin }));
        }
        Ok(Purpose::Join { key, role: Role::Guest })
    }

    /// By its own user or trunk, then by the country of its number, then the default.
    fn lang_of(&self, offered: &Offered) -> Lang {
        let known = [&offered.proof.user, &offered.proof.trunk];
        let set = known.into_iter().flatten().find_map(|name| self.rules.langs.get(name));
        if let Some(lang) = set {
            return *lang;
        }
        match offered.calling.user().strip_prefix('+') {
            // China, Hong Kong, Macao, Taiwan.
            Some(number)
                if ["86", "852", "853", "886"].iter().any(|code| number.starts_with(code)) =>
            {
                Lang::Zh
            }
            Some(_) => Lang::En,
            None => self.rules.lang,
        }
    }

    fn caller_key(&self, offered: &Offered) -> CallerKey {
        let source = causeway_dial::network::customer(offered.source.ip());
        let who = (offered.calling.user(), source, &offered.proof.trunk);
        CallerKey(self.callers.hash_one(who))
    }

    /// What a conference is like that begins now.
    pub(crate) fn settings(&self, key: &str) -> Settings {
        self.meetings.settings(key, Timestamp::now()).unwrap_or_default()
    }

    /// Why nobody comes into a conference any more, or not yet: it may run, or somebody may stand
    /// before its PIN, while its meeting ends.
    pub(crate) fn closed(&self, key: &str) -> Option<EndCause> {
        match self.meetings.phase(key, Timestamp::now())? {
            meeting::Phase::Over => Some(EndCause::Gone),
            meeting::Phase::NotYet => Some(EndCause::NotFound),
            meeting::Phase::Early | meeting::Phase::Open => None,
        }
    }

    /// A conference is over. Where somebody ended it, or its time did, its meeting is over too.
    pub(crate) fn conference_ended(&self, journal: &Arc<Journal>, key: Arc<str>, cause: EndCause) {
        if cause != EndCause::ConferenceEnded || !self.meetings.ends_with_its_conference(&key) {
            return;
        }
        let (meetings, journal) = (Arc::clone(&self.meetings), Arc::clone(journal));
        // The store may take its time; the router does not.
        tokio::spawn(async move {
            if meetings.end(&key, Timestamp::now()).await.is_ok() {
                journal.audit(NewAudit::new("conference", "meeting.end", &key, cause.code()));
            }
        });
    }

    /// Answers the reception, and says what an operator must be able to prove later.
    pub(crate) fn answer(
        &self,
        now: Instant,
        caller: &Caller,
        question: Question,
    ) -> (Answer, Option<NewAudit>) {
        match question {
            Question::Number(number) => self.answer_number(now, caller, &number),
            Question::Pin { key, pin } => self.answer_pin(now, caller, key, &pin),
        }
    }

    fn answer_number(
        &self,
        now: Instant,
        caller: &Caller,
        number: &str,
    ) -> (Answer, Option<NewAudit>) {
        let permit = match self.attempts().check(now, &caller.attempt(None)) {
            Ok(permit) => permit,
            Err(reached) => return (Answer::Exhausted, Some(caller.exhausted(None, reached))),
        };
        let answer = match self.names.find(&number.to_ascii_lowercase()) {
            Some(Found::Conference(key)) => match self.meetings.gate(&key, Timestamp::now()) {
                Some(gate) if gate.has_pin && !caller.trusted => {
                    Answer::PinNeeded { key, guests_need_pin: gate.guests_need_pin }
                }
                Some(_) => Answer::Enter { key, role: Role::Guest },
                None => Answer::No,
            },
            Some(Found::TestCall) => Answer::Test,
            // Whether it is gone or never was would tell a stranger what numbers there were.
            _ => Answer::No,
        };
        if answer == Answer::No {
            let audited = self.wrong(now, caller, permit, "number.enter", None);
            return (Answer::No, Some(audited));
        }
        self.attempts().succeeded(now, permit);
        (answer, None)
    }

    fn answer_pin(
        &self,
        now: Instant,
        caller: &Caller,
        key: Option<Arc<str>>,
        pin: &str,
    ) -> (Answer, Option<NewAudit>) {
        let Some(key) = key else {
            // An unknown number was counted when it was entered; the work is done all the same.
            let _ = self.meetings.check_pin("", pin);
            return (Answer::No, None);
        };
        let permit = match self.attempts().check(now, &caller.attempt(Some(Arc::clone(&key)))) {
            Ok(permit) => permit,
            Err(reached) => {
                return (Answer::Exhausted, Some(caller.exhausted(Some(&key), reached)));
            }
        };
        let Some(role) = self.meetings.check_pin(&key, pin) else {
            let audited = self.wrong(now, caller, permit, "pin.enter", Some(&key));
            return (Answer::No, Some(audited));
        };
        self.attempts().succeeded(now, permit);
        let result = if role == Role::Host { "host" } else { "guest" };
        let audited = caller.audited("pin.enter", Some(&key), result);
        (Answer::Enter { key, role }, Some(audited))
    }

    fn wrong(
        &self,
        now: Instant,
        caller: &Caller,
        permit: Permit,
        action: &'static str,
        key: Option<&Arc<str>>,
    ) -> NewAudit {
        match self.attempts().failed(now, permit) {
            Some(reached) => caller.exhausted(key, reached),
            None => caller.audited(action, key, "wrong"),
        }
    }

    /// Where the operator is, for those who cannot find their way.
    pub(crate) fn operator(&self) -> Option<Purpose> {
        let alias = self.rules.operator.as_ref()?;
        let local = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        let asked = IncomingCall { called: alias, calling: alias, trunk: None, local };
        match self.destination(&asked).0 {
            Destination::Conference(key) => Some(Purpose::Join { key, role: Role::Guest }),
            Destination::Gateway { trunk, target } => Some(Purpose::Gateway { target, trunk }),
            _ => Some(Purpose::Gateway { target: alias.to_string(), trunk: None }),
        }
    }

    /// The calls that we make.
    pub(crate) fn outgoing(&self) -> &Outgoing {
        &self.outgoing
    }

    /// The trunk of a number that nobody chose a trunk for: the first.
    pub(crate) fn trunk(&self) -> Option<Arc<str>> {
        self.rules.trunks.first().cloned()
    }

    fn attempts(&self) -> MutexGuard<'_, Attempts> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
