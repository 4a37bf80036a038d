//! The front desk: who may go where, in which role, and what is asked of them first. Everything
//! that the bridge knows of meetings, rules, PINs and attempts meets here; actors and the
//! adapter only ask. `by_link`: those who come by a link.

mod by_link;

pub(crate) use by_link::Refusal;

use crate::actor::call::{Call, Origin};
use crate::actor::{Purpose, Visit};
use crate::calling_out::{Errand, OutLine, Outgoing, Way, without_passcode};
use crate::config::Trust;
use crate::device::Devices;
use crate::explanation::to_json;
use crate::journal::Journal;
use crate::meeting::{self, Gate, Meetings};
use crate::personal_code::{Holder, PersonalCode, PersonalCodes};
use crate::record::Draft;
use crate::room_address::{IssueError, RoomAddresses};
use crate::store::NewAudit;
use causeway_adapter::h323::ras::RasHandle;
use causeway_base::{Alias, EndCause, Lang, LegId};
use causeway_conference::reception::{Answer, Entered, Question};
use causeway_conference::{
    BrowserPictures, CallerKey, Goal, KeyTable, Layout, Offered, Proof, Role, Settings, Who,
};
use causeway_dial::attempt::{
    Attempt, AttemptRule, AttemptRules, Attempts, Exhausted, Limit, Permit,
};
use causeway_dial::calling_out::{Asker, CallingOut};
use causeway_dial::{
    Chosen, Destination, DialPlan, Explanation, Found, IncomingCall, NameTable, Names, Network,
    Resolver,
};
use jiff::Timestamp;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// What the front desk is told at its start.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) dial_plan: Arc<DialPlan>,
    /// The names of the services and the configured conferences.
    pub(crate) names: NameTable,
    pub(crate) calling_out: CallingOut,
    /// The trunks, in the order of the configuration.
    pub(crate) trunks: Vec<OutLine>,
    /// Who is one of ours.
    pub(crate) trust: Trust,
    /// The languages of trunks and of users.
    pub(crate) langs: HashMap<Arc<str>, Lang>,
    /// The language where nothing else tells.
    pub(crate) lang: Lang,
    /// What the keys of a telephone do in every conference.
    pub(crate) keys: Arc<KeyTable>,
    /// How people see each other in every conference.
    pub(crate) pictures: Pictures,
    /// Networks that may ask for as many unknown numbers as they like.
    pub(crate) exempt: Vec<Network>,
    /// Whom a caller is put through to after too many wrong entries.
    pub(crate) operator: Option<Alias>,
}

/// How people see each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pictures {
    /// The layout where nobody chose one.
    pub(crate) layout: Layout,
    /// One person's picture that fills all is sent on as it came.
    pub(crate) forwards: bool,
    /// What browsers get.
    pub(crate) browsers: BrowserPictures,
    /// How much stays free along each edge, in percent.
    pub(crate) margin: u8,
}

/// Every name of the bridge: those of its configuration first, then its meetings, then addresses
/// that were issued for one call.
#[derive(Debug)]
pub(crate) struct AllNames {
    fixed: NameTable,
    meetings: Arc<Meetings>,
    rooms: RoomAddresses,
}

impl Names for AllNames {
    fn find(&self, name: &str) -> Option<Found> {
        self.fixed.find(name).or_else(|| match self.meetings.find(name, Timestamp::now()) {
            meeting::Found::Meeting(key) => Some(Found::Conference(key)),
            meeting::Found::Gone => Some(Found::Gone),
            meeting::Found::Unknown => self.rooms.find(Timestamp::now(), name).map(Found::Once),
        })
    }
}

/// The same, and the rooms that registered at our gatekeeper.
#[derive(Debug)]
struct WithRooms<'a> {
    names: &'a AllNames,
    rooms: &'a RasHandle,
    /// Who calls is one of ours; else it reaches those only whose neighbour was told so.
    is_ours: bool,
}

impl Names for WithRooms<'_> {
    fn find(&self, name: &str) -> Option<Found> {
        self.names.find(name)
    }

    fn is_registered(&self, name: &str) -> bool {
        // What ends an address could not be called again.
        !name.contains(['@', ';', ':'])
            && self.rooms.room(name).is_some()
            && (self.is_ours || self.rooms.expects(name))
    }
}

/// Twenty numbers that lead nowhere in ten minutes are the mistakes of an office behind one NAT, and
/// too few to find a conference by calling. Only the source counts.
const PROBES: AttemptRules = {
    let rule = AttemptRule { wrong: 20, window: Duration::from_secs(600) };
    AttemptRules { source: rule, caller: rule, conference: rule, trunk: rule }
};

/// The front desk.
pub(crate) struct FrontDesk {
    rules: Rules,
    /// Asked by the signalling task and the router in turn; a lock for some microseconds.
    resolver: Mutex<Resolver>,
    names: AllNames,
    /// Our gatekeeper, once it runs.
    rooms: OnceLock<RasHandle>,
    meetings: Arc<Meetings>,
    attempts: Mutex<Attempts>,
    /// Calls of strangers to numbers that lead nowhere. Apart from the attempts: who mistypes at the
    /// reception may call all the same.
    probes: Mutex<Attempts>,
    /// Wrong PINs by link.
    link_attempts: Mutex<Attempts>,
    outgoing: Outgoing,
    personal_codes: Arc<PersonalCodes>,
    devices: Arc<Devices>,
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
    caller: Option<CallerKey>,
    trusted: bool,
    device: Option<Arc<Chosen>>,
}

/// The answer to a question of the reception.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) answer: Answer,
    /// How many of the first digits chose a language.
    pub(crate) skipped: usize,
    /// What an operator must be able to prove later.
    pub(crate) audited: Option<NewAudit>,
}

impl Answered {
    fn plain(answer: Answer, audited: Option<NewAudit>) -> Self {
        Self { answer, skipped: 0, audited }
    }
}

impl Welcome {
    /// The visit that the call becomes.
    pub(crate) fn visit(self, offered: Box<Offered>, draft: Draft) -> Visit {
        Visit {
            call: Call::offered(offered, self.lang, draft).known_as(self.device),
            caller: self.caller,
            trusted: self.trusted,
            purpose: self.purpose,
            seated: None,
        }
    }
}

/// Who asks at the front desk.
#[derive(Debug)]
pub(crate) struct Caller {
    leg: LegId,
    /// None by a trunk, whose address stands for all its callers.
    source: Option<IpAddr>,
    trunk: Option<Arc<str>>,
    key: Option<CallerKey>,
    trusted: bool,
    number: String,
}

impl Caller {
    pub(crate) fn of(call: &Call, key: Option<CallerKey>, trusted: bool) -> Self {
        let (source, trunk, number) = match &call.origin {
            Origin::Offered(offered) => {
                let trunk = offered.proof.trunk.clone();
                let source = trunk.is_none().then(|| offered.source.ip());
                (source, trunk, offered.calling.to_string())
            }
            Origin::CallOut(call) => (None, None, without_passcode(&call.target)),
        };
        Self { leg: call.leg, source, trunk, key, trusted, number }
    }

    fn attempt(&self, conference: Option<Arc<str>>) -> Attempt {
        Attempt {
            source: self.source,
            caller: self.key.map(|key| key.0),
            trunk: self.trunk.clone(),
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
            Limit::Trunk => "trunk-exhausted",
        };
        self.audited("attempts", key, result)
    }
}

impl FrontDesk {
    pub(crate) fn new(rules: Rules, meetings: Arc<Meetings>) -> Self {
        Self {
            outgoing: Outgoing::new(
                rules.calling_out.clone(),
                rules.dial_plan.numbers().clone(),
                rules.trunks.clone(),
            ),
            resolver: Mutex::new(Resolver::new(Arc::clone(&rules.dial_plan))),
            names: AllNames {
                fixed: rules.names.clone(),
                meetings: Arc::clone(&meetings),
                rooms: RoomAddresses::default(),
            },
            rooms: OnceLock::new(),
            rules,
            meetings,
            attempts: Mutex::new(Attempts::new(AttemptRules::default())),
            probes: Mutex::new(Attempts::new(PROBES)),
            link_attempts: Mutex::new(Attempts::new(by_link::BY_LINK)),
            personal_codes: Arc::default(),
            devices: Arc::default(),
            callers: RandomState::new(),
        }
    }

    /// The same, with what the configuration says of devices.
    pub(crate) fn knowing(self, devices: Arc<Devices>) -> Self {
        Self { devices, ..self }
    }

    /// What devices are like.
    pub(crate) fn devices(&self) -> &Devices {
        &self.devices
    }

    /// Rooms that register with it are reached by their names from now on.
    pub(crate) fn know_rooms(&self, rooms: RasHandle) {
        // A bridge has one gatekeeper.
        let _ = self.rooms.set(rooms);
    }

    /// Where a call of one of ours goes, before it has any state.
    pub(crate) fn destination(&self, call: &IncomingCall<'_>) -> (Destination, Explanation) {
        self.resolve(call, true)
    }

    /// Where a call of somebody goes, before it has any state. Registered rooms take the calls of
    /// who proved who it is, of other rooms, and of those whose gatekeeper asked for them: strangers
    /// do not make them ring.
    pub(crate) fn destination_for(
        &self,
        call: &IncomingCall<'_>,
        proof: &Proof,
        source: IpAddr,
    ) -> (Destination, Explanation) {
        let knows = |rooms: &RasHandle| rooms.knows(source);
        self.resolve(call, self.is_proved(proof, source) || self.rooms.get().is_some_and(knows))
    }

    fn resolve(&self, call: &IncomingCall<'_>, is_ours: bool) -> (Destination, Explanation) {
        let with_rooms =
            self.rooms.get().map(|rooms| WithRooms { names: &self.names, rooms, is_ours });
        let names = with_rooms.as_ref().map_or(&self.names as &dyn Names, |names| names);
        self.resolver.lock().unwrap_or_else(PoisonError::into_inner).resolve(call, names)
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
        let (destination, explanation) =
            self.destination_for(&asked, &offered.proof, offered.source.ip());
        draft.called = offered.called.to_string();
        draft.calling = offered.calling.to_string();
        draft.source = Some(offered.source.ip());
        draft.trunk.clone_from(&offered.proof.trunk);
        draft.explanation = to_json(&explanation.kept()).to_string();
        let device = self.devices.caller(offered);
        draft.profile = device.as_ref().map(|device| device.kept().to_string());
        // The address of a UDP caller is a claim until its ACK; it hears nothing before that, and
        // nobody is called for it.
        let mut trusted = self.rules.trust.covers(offered);
        let known = self.lang_of(offered);
        let mut lang = known.unwrap_or(self.rules.lang);
        let purpose = match destination {
            Destination::Conference(key) => {
                draft.conference = Some(Arc::clone(&key));
                let gate = self.meetings.gate(&key, Timestamp::now()).ok_or(EndCause::NotFound)?;
                lang = known.or(gate.lang).unwrap_or(lang);
                purpose_of(key, gate, trusted)
            }
            Destination::Once(key) => {
                let user = offered.called.user();
                let digits = user.rsplit("##").find(|part| !part.is_empty()).unwrap_or(user);
                draft.conference = Some(Arc::clone(&key));
                let gate = self.meetings.gate(&key, Timestamp::now()).ok_or(EndCause::Gone)?;
                // Who is too early may come again. Two calls at once: one of them has it.
                if !gate.not_started {
                    let taken = self.names.rooms.take(Timestamp::now(), digits);
                    taken.filter(|it| *it == key).ok_or(EndCause::Gone)?;
                }
                lang = known.or(gate.lang).unwrap_or(lang);
                trusted = true;
                match gate.not_started {
                    true => Purpose::Ask(Goal::Dismissal { cause: EndCause::NotStarted }),
                    // Nobody over there could answer a question.
                    false => guest(key),
                }
            }
            Destination::Reception { lang: wanted } => {
                lang = wanted.unwrap_or(lang);
                Purpose::Ask(Goal::Ask)
            }
            Destination::TestCall => Purpose::Ask(Goal::Test),
            Destination::User(name) => Purpose::User(name),
            Destination::Gateway { trunk, target, open } => {
                let rule = explanation.taken_by().unwrap_or_default().into();
                let asker = if open || self.is_proved(&offered.proof, offered.source.ip()) {
                    Asker::Rule
                } else {
                    Asker::Stranger
                };
                Purpose::Gateway { target, trunk, asker, rule }
            }
            Destination::Reject(cause) => {
                return Err(self.told(&offered.proof, offered.source.ip(), cause));
            }
            _ => return Err(EndCause::NotFound),
        };
        Ok(Welcome { purpose, lang, caller: self.caller_key(offered), trusted, device })
    }

    /// Whether a caller proved who it is. The address of a trunk or a network over UDP is a claim
    /// until the ACK: nobody is called for it before that.
    pub(crate) fn is_proved(&self, proof: &Proof, source: IpAddr) -> bool {
        let networks = &self.rules.trust.networks;
        proof.user.is_some()
            || proof.trunk.is_some()
            || proof.certificate.is_some()
            || networks.iter().any(|network| network.contains(source))
    }

    /// What a caller is told: a stranger does not learn which numbers there were.
    fn told(&self, proof: &Proof, source: IpAddr, cause: EndCause) -> EndCause {
        match cause {
            EndCause::Gone if !self.is_proved(proof, source) => EndCause::NotFound,
            cause => cause,
        }
    }

    /// Whether a stranger has asked for so many numbers that there are not that it gets no further
    /// answer: else it would learn by calling which numbers there are.
    pub(crate) fn is_shut_out(&self, now: Instant, source: IpAddr, proof: &Proof) -> bool {
        let asks = self.probe(source, proof);
        asks.is_some_and(|probe| self.probes().exhausted(now, &probe).is_some())
    }

    /// A call to a number that leads nowhere: what its caller is told, and what is audited where
    /// the number was one too many.
    pub(crate) fn turned_away(
        &self,
        now: Instant,
        source: IpAddr,
        proof: &Proof,
        cause: EndCause,
    ) -> (EndCause, Option<NewAudit>) {
        let is_probe = matches!(cause, EndCause::NotFound | EndCause::Gone);
        let probe = self.probe(source, proof).filter(|_| is_probe);
        let audited = probe.and_then(|probe| {
            let mut probes = self.probes();
            let permit = probes.check(now, &probe).ok()?;
            probes.failed(now, permit)?;
            let audited = NewAudit::new("caller", "attempts", "", "source-exhausted");
            Some(audited.with("source", &source.to_string()))
        });
        (self.told(proof, source, cause), audited)
    }

    /// What counts against a stranger.
    fn probe(&self, source: IpAddr, proof: &Proof) -> Option<Attempt> {
        let exempt = self.rules.exempt.iter().any(|network| network.contains(source));
        let source = Some(source).filter(|_| !self.is_proved(proof, source) && !exempt)?;
        Some(Attempt { source: Some(source), ..Attempt::default() })
    }

    /// By its own user or trunk, then by the country of its number.
    fn lang_of(&self, offered: &Offered) -> Option<Lang> {
        let known = [&offered.proof.user, &offered.proof.trunk];
        let set = known.into_iter().flatten().find_map(|name| self.rules.langs.get(name));
        if let Some(lang) = set {
            return Some(*lang);
        }
        let number = self.rules.dial_plan.numbers().read(offered.calling.user())?;
        let number = number.is_e164().then(|| number.as_str().trim_start_matches('+'))?;
        // China, Hong Kong, Macao, Taiwan.
        let chinese = ["86", "852", "853", "886"].iter().any(|code| number.starts_with(code));
        Some(if chinese { Lang::Zh } else { Lang::En })
    }

    /// None where the caller does not say who it is: all such callers of a trunk would be one.
    fn caller_key(&self, offered: &Offered) -> Option<CallerKey> {
        let calling = offered.calling.user();
        if offered.private || is_anonymous(calling) {
            return None;
        }
        let source = causeway_dial::network::customer(offered.source.ip());
        Some(CallerKey(self.callers.hash_one((calling, source, &offered.proof.trunk))))
    }

    /// How much of pictures stays free along each edge, in percent.
    pub(crate) fn margin(&self) -> u8 {
        self.rules.pictures.margin
    }

    /// What a conference is like that begins now.
    pub(crate) fn settings(&self, key: &str) -> Settings {
        let settings = self.meetings.settings(key, Timestamp::now()).unwrap_or_default();
        let Pictures { layout, forwards: forwards_pictures, browsers, margin } =
            self.rules.pictures.clone();
        let layout = self.meetings.layout(key).map_or(layout, Layout::from);
        let keys = Arc::clone(&self.rules.keys);
        Settings { keys, layout, forwards_pictures, browser_pictures: browsers, margin, ..settings }
    }

    /// Why nobody comes into a conference any more, or not yet: it may run, or somebody may stand
    /// before its PIN, while its meeting ends.
    pub(crate) fn closed(&self, key: &str) -> Option<EndCause> {
        match self.meetings.phase(key, Timestamp::now())? {
            meeting::Phase::Over => Some(EndCause::Gone),
            meeting::Phase::NotYet => Some(EndCause::NotStarted),
            meeting::Phase::Early | meeting::Phase::Open => None,
        }
    }

    /// A conference is over. Where somebody ended it, or its time did, its meeting is over too.
    pub(crate) fn conference_ended(&self, journal: &Arc<Journal>, key: Arc<str>, cause: EndCause) {
        if cause != EndCause::ConferenceEnded || !self.meetings.ends_with_its_conference(&key) {
            return;
        }
        let now = Timestamp::now();
        // At once: who calls again in this moment would open it anew.
        if self.meetings.close(&key, now).is_err() {
            return;
        }
        journal.audit(NewAudit::new("conference", "meeting.end", &key, cause.code()));
        let meetings = Arc::clone(&self.meetings);
        // The store may take its time; the router does not.
        tokio::spawn(async move { meetings.keep_closed(&key, now).await });
    }

    /// Answers the reception, and says what an operator must be able to prove later.
    pub(crate) fn answer(&self, now: Instant, caller: &Caller, question: Question) -> Answered {
        match question {
            Question::Number(number) => self.answer_number(now, caller, &number),
            Question::Pin { key, pin } => self.answer_pin(now, caller, key, &pin),
        }
    }

    fn answer_number(&self, now: Instant, caller: &Caller, number: &Entered) -> Answered {
        let permit = match self.attempts().check(now, &caller.attempt(None)) {
            Ok(permit) => permit,
            Err(reached) => {
                return Answered::plain(Answer::Exhausted, Some(caller.exhausted(None, reached)));
            }
        };
        let mut meant = number.candidates();
        let found = meant.find_map(|(skipped, number)| {
            self.look_up(caller, number).map(|answer| (skipped, answer))
        });
        let Some((skipped, answer)) = found else {
            let audited = self.wrong(now, caller, permit, "number.enter", None);
            return Answered::plain(Answer::No, Some(audited));
        };
        self.attempts().succeeded(now, permit);
        Answered { answer, skipped, audited: None }
    }

    /// Whether a number is gone or never was would tell a stranger what numbers there were.
    fn look_up(&self, caller: &Caller, number: &str) -> Option<Answer> {
        let Some(found) = self.names.find(&number.to_ascii_lowercase()) else {
            let Holder { key, who } = self.personal_codes.find(number)?;
            // Its holder passed the PIN, and may have another role by now.
            return Some(Answer::Enter { key, role: Role::Guest, beside: Some(who) });
        };
        match found {
            Found::Conference(key) => {
                let gate = self.meetings.gate(&key, Timestamp::now())?;
                Some(match gate.asks(caller.trusted) {
                    Some(guests_need_pin) => Answer::PinNeeded { key, guests_need_pin },
                    None if gate.not_started => Answer::NotStarted,
                    None => Answer::Enter { key, role: Role::Guest, beside: None },
                })
            }
            Found::TestCall => Some(Answer::Test),
            _ => None,
        }
    }

    fn answer_pin(
        &self,
        now: Instant,
        caller: &Caller,
        key: Option<Arc<str>>,
        pin: &Entered,
    ) -> Answered {
        let Some(key) = key else {
            // An unknown number was counted when it was entered; the work is done all the same.
            let _ = self.role_of("", caller, pin);
            return Answered::plain(Answer::No, None);
        };
        let permit = match self.attempts().check(now, &caller.attempt(Some(Arc::clone(&key)))) {
            Ok(permit) => permit,
            Err(reached) => {
                // No number that is unknown has a limit of its own: it is told as a wrong PIN.
                let answer = match reached.limit {
                    Limit::Conference => Answer::No,
                    Limit::Source | Limit::Caller | Limit::Trunk => Answer::Exhausted,
                };
                return Answered::plain(answer, Some(caller.exhausted(Some(&key), reached)));
            }
        };
        let Some((skipped, role)) = self.role_of(&key, caller, pin) else {
            let audited = self.wrong(now, caller, permit, "pin.enter", Some(&key));
            return Answered::plain(Answer::No, Some(audited));
        };
        self.attempts().succeeded(now, permit);
        let result = if role == Role::Host { "host" } else { "guest" };
        let audited = Some(caller.audited("pin.enter", Some(&key), result));
        let gate = self.meetings.gate(&key, Timestamp::now());
        let answer = match gate.is_some_and(|gate| gate.not_started) {
            true => Answer::NotStarted,
            false => Answer::Enter { key, role, beside: None },
        };
        Answered { answer, skipped, audited }
    }

    /// The role that a PIN gives. Whom we trust is a guest without one.
    fn role_of(&self, key: &str, caller: &Caller, pin: &Entered) -> Option<(usize, Role)> {
        if caller.trusted && pin.digits.is_empty() {
            return Some((0, Role::Guest));
        }
        let mut meant = pin.candidates();
        meant.find_map(|(skipped, pin)| Some((skipped, self.meetings.check_pin(key, pin)?)))
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

    /// Where the operator is, for those who cannot find their way. Nowhere, where it would be asked
    /// for a PIN or refused: failing is no way past either.
    pub(crate) fn operator(&self) -> Option<Purpose> {
        let alias = self.rules.operator.as_ref()?;
        let local = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        let asked = IncomingCall { called: alias, calling: alias, trunk: None, local };
        match self.destination(&asked).0 {
            Destination::Conference(key) => {
                let gate = self.meetings.gate(&key, Timestamp::now())?;
                (!gate.guests_need_pin).then_some(guest(key))
            }
            Destination::User(name) => Some(Purpose::User(name)),
            Destination::Gateway { trunk, target, .. } => Some(operator_at(target, trunk)),
            // No name and no rule: called as it stands.
            Destination::Reject(EndCause::NotFound) => Some(operator_at(alias.to_string(), None)),
            _ => None,
        }
    }

    /// A code by which a telephone joins somebody. `None` where the system has no randomness.
    pub(crate) fn personal_code(&self, key: &Arc<str>, who: Who) -> Option<PersonalCode> {
        let holder = Holder { key: Arc::clone(key), who };
        self.personal_codes.issue(&holder, |digits| self.names.find(digits).is_some()).ok()
    }

    /// An address for one call into a conference, past its PIN, and until when it waits.
    pub(crate) fn room_address(
        &self,
        key: &Arc<str>,
        minutes: u16,
    ) -> Result<(String, Timestamp), IssueError> {
        let is_taken = |digits: &str| self.names.find(digits).is_some();
        self.names.rooms.issue(Timestamp::now(), key, minutes, is_taken)
    }

    /// Whether a call of ours would come back to a conference or a service of ours. `ports`: where
    /// we take calls. A number by a trunk is ours where a name has it; extensions of an exchange may
    /// be the same as ours.
    pub(crate) fn leads_here(&self, errand: &Errand, local: IpAddr, ports: &[u16]) -> bool {
        let Ok(called) = Alias::parse(&errand.target) else { return false };
        match errand.way {
            Way::User => false,
            Way::Trunk(_) => {
                let number = self.rules.dial_plan.numbers().read(called.user());
                let number = number.filter(|number| number.is_e164());
                number.is_some_and(|number| self.names.find(number.as_str()).is_some())
            }
            Way::Direct => {
                let asked = IncomingCall { called: &called, calling: &called, trunk: None, local };
                let (destination, explanation) = self.destination(&asked);
                let is_here = matches!(
                    destination,
                    Destination::Conference(_)
                        | Destination::Once(_)
                        | Destination::Reception { .. }
                        | Destination::TestCall
                );
                let port = port_of(&errand.target);
                is_here && explanation.our_host() && port.is_none_or(|port| ports.contains(&port))
            }
        }
    }

    /// The calls that we make.
    pub(crate) fn outgoing(&self) -> &Outgoing {
        &self.outgoing
    }

    fn probes(&self) -> MutexGuard<'_, Attempts> {
        self.probes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn attempts(&self) -> MutexGuard<'_, Attempts> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The port that an address of ours-to-be-called names.
fn port_of(target: &str) -> Option<u16> {
    let host = target.rsplit_once('@').map_or(target, |(_, host)| host);
    host.rsplit_once(':')?.1.parse().ok()
}

/// To come in as a guest.
fn guest(key: Arc<str>) -> Purpose {
    Purpose::Join { key, role: Role::Guest, beside: None }
}

/// The operator is for whoever cannot find their way: nobody needs to prove anything.
fn operator_at(target: String, trunk: Option<Arc<str>>) -> Purpose {
    Purpose::Gateway { target, trunk, asker: Asker::Rule, rule: Arc::from("reception.operator") }
}

/// Whom our own devices call needs no PIN of them, and is offered to become a host by it; others are
/// asked where the meeting has one.
fn purpose_of(key: Arc<str>, gate: Gate, trusted: bool) -> Purpose {
    match gate.asks(trusted) {
        Some(guests_need_pin) => Purpose::Ask(Goal::Conference { key, guests_need_pin }),
        None if gate.not_started => Purpose::Ask(Goal::Dismissal { cause: EndCause::NotStarted }),
        None => guest(key),
    }
}

/// What stands in place of a number that is withheld (RFC 3323, and as exchanges write it).
fn is_anonymous(calling: &str) -> bool {
    let known = ["", "anonymous", "unavailable", "unknown", "restricted", "private", "withheld"];
    known.iter().any(|word| calling.eq_ignore_ascii_case(word))
}
