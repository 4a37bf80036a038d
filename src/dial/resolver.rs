//! Names first, then the rules in order. What nothing takes is refused, but for rooms of H.323 that
//! call us: many dial an address alone, and all can be asked for a number. They go to the reception.
//!
//! A resolver is one caller's view of a shared plan, with the patterns that its calls needed
//! lately. Compiled patterns belong to it, not to the plan, so that a pure crate needs no lock:
//! whoever resolves from several threads puts its own lock around, or has a resolver for each.

use crate::dialled::{Dialled, Text};
use crate::name::Names;
use crate::{
    Destination, DialPlan, Explanation, Form, IncomingCall, NameStep, Rule, RuleStep, Verdict,
};
use causeway_base::{Alias, EndCause};
use lru::LruCache;
use regex_automata::meta::Regex;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;

/// The most patterns kept compiled, at some 10 KB each. One call needs two for each of its
/// [`MAX_CANDIDATES`](crate::plan::MAX_CANDIDATES) at most, so that it never compiles one twice.
pub const MAX_COMPILED: usize = 512;

/// Resolves calls by a plan.
pub struct Resolver {
    plan: Arc<DialPlan>,
    compiled: LruCache<(u32, Part), Option<Regex>>,
}

/// Which pattern of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Part {
    Called,
    Calling,
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolver")
            .field("rules", &self.plan.rules.len())
            .field("compiled", &self.compiled.len())
            .finish()
    }
}

/// A call taken apart, as far as the rules need it.
struct Asked<'a> {
    call: &'a IncomingCall<'a>,
    called: Vec<Text>,
    our_host: bool,
    calling: Option<Vec<Text>>,
}

impl Resolver {
    /// Nothing is compiled yet.
    pub fn new(plan: Arc<DialPlan>) -> Self {
        let most = NonZeroUsize::new(MAX_COMPILED).unwrap_or(NonZeroUsize::MIN);
        Self { plan, compiled: LruCache::new(most) }
    }

    /// The plan.
    pub fn plan(&self) -> &Arc<DialPlan> {
        &self.plan
    }

    /// How many patterns are compiled, at most [`MAX_COMPILED`].
    pub fn compiled(&self) -> usize {
        self.compiled.len()
    }

    /// Where a call goes, and why.
    pub fn resolve(
        &mut self,
        call: &IncomingCall<'_>,
        names: &dyn Names,
    ) -> (Destination, Explanation) {
        let plan = Arc::clone(&self.plan);
        let dialled = Dialled::new(call.called, &plan.numbers);
        let our_host =
            dialled.host.as_deref().is_none_or(|host| plan.ours.contains(host, call.local));
        let mut explanation = Explanation {
            called: call.called.clone(),
            number: dialled.number.clone(),
            our_host,
            names: Vec::new(),
            rules: Vec::new(),
            labels: Arc::clone(&plan.labels),
            destination: Destination::Reject(EndCause::NotFound),
        };
        let found = by_name(&dialled, our_host, names, &mut explanation.names).or_else(|| {
            let called = dialled.texts();
            let mut asked = Asked { call, called, our_host, calling: None };
            self.by_rule(&plan, &mut asked, names, &mut explanation)
        });
        let found = found.or_else(|| {
            our_host.then(|| registered(&dialled, names, &mut explanation.names)).flatten()
        });
        let is_lost_room = our_host && matches!(call.called, Alias::H323 { .. });
        let asked = is_lost_room.then_some(Destination::Reception { lang: None });
        if let Some(destination) = found.or(asked) {
            explanation.destination = destination;
        }
        (explanation.destination.clone(), explanation)
    }

    fn by_rule(
        &mut self,
        plan: &DialPlan,
        asked: &mut Asked<'_>,
        names: &dyn Names,
        explanation: &mut Explanation,
    ) -> Option<Destination> {
        for place in plan.index.candidates(&asked.called) {
            let Some(rule) = plan.rules.get(place as usize) else { continue };
            let taken = self.ask(place, rule, plan, asked);
            let verdict = match &taken {
                Ok(Some(_)) => Verdict::Matched,
                Ok(None) => Verdict::BadTarget,
                Err(verdict) => *verdict,
            };
            explanation.rules.push(RuleStep { rule: place, verdict });
            match taken {
                Ok(Some(Ok(destination))) => return Some(destination),
                Ok(Some(Err(name))) => {
                    return named(&name, plan, names, &mut explanation.names)
                        .or(Some(Destination::Reject(EndCause::NotFound)));
                }
                Ok(None) => return Some(Destination::Reject(EndCause::BadAddress)),
                Err(_) => {}
            }
        }
        None
    }

    /// What a rule makes of a call that it takes, as [`Rule::destination`] says; else why it does
    /// not take it.
    #[allow(clippy::type_complexity, reason = "the result of Rule::destination, or a verdict")]
    fn ask(
        &mut self,
        place: u32,
        rule: &Rule,
        plan: &DialPlan,
        asked: &mut Asked<'_>,
    ) -> Result<Option<Result<Destination, String>>, Verdict> {
        if rule.trunk.is_some() && rule.trunk.as_deref() != asked.call.trunk {
            return Err(Verdict::OtherTrunk);
        }
        let pattern = self.pattern(place, Part::Called, rule).ok_or(Verdict::OtherName)?;
        let mut captures = pattern.create_captures();
        let subject = asked
            .called
            .iter()
            .map(|text| rule.pattern.subject(text))
            .find(|subject| {
                if rule.has_captures() {
                    pattern.captures(*subject, &mut captures);
                    captures.is_match()
                } else {
                    pattern.is_match(*subject)
                }
            })
            .ok_or(Verdict::OtherName)?
            .to_owned();
        if !rule.pattern.names_host() && !asked.our_host {
            return Err(Verdict::NotOurHost);
        }
        if let Some(calling) = &rule.calling {
            let compiled = self.pattern(place, Part::Calling, rule).ok_or(Verdict::OtherCaller)?;
            let caller = asked.call.calling;
            let texts =
                asked.calling.get_or_insert_with(|| Dialled::new(caller, &plan.numbers).texts());
            if !texts.iter().any(|text| compiled.is_match(calling.subject(text))) {
                return Err(Verdict::OtherCaller);
            }
        }
        Ok(rule.destination(|capture| subject.get(captures.get_group(capture)?.range())))
    }

    fn pattern(&mut self, place: u32, part: Part, rule: &Rule) -> Option<&Regex> {
        let compile = || match part {
            Part::Called => rule.pattern.compile(),
            Part::Calling => rule.calling.as_ref()?.compile(),
        };
        self.compiled.get_or_insert((place, part), compile).as_ref()
    }
}

/// Looks a call up among the names.
fn by_name(
    dialled: &Dialled,
    our_host: bool,
    names: &dyn Names,
    steps: &mut Vec<NameStep>,
) -> Option<Destination> {
    let mut look = |form, name: &str| {
        let found = names.find(name);
        steps.push(NameStep { form, found: found.is_some() });
        found.map(crate::Found::destination)
    };
    if our_host {
        let user = dialled.user.to_ascii_lowercase();
        let canonical = dialled.number.as_ref().filter(|number| number.as_str() != user);
        let found =
            look(Form::AsDialled, &user).or_else(|| look(Form::Canonical, canonical?.as_str()));
        if found.is_some() {
            return found;
        }
    }
    look(Form::Whole, &dialled.whole()?)
}

/// The registered room of a name or number.
fn registered(
    dialled: &Dialled,
    names: &dyn Names,
    steps: &mut Vec<NameStep>,
) -> Option<Destination> {
    let number = dialled.number.as_ref().map(crate::Number::as_str);
    let mut forms = [Some(dialled.user.as_str()), number].into_iter().flatten();
    let name = forms.find(|name| !name.is_empty() && names.is_registered(name))?;
    steps.push(NameStep { form: Form::Registered, found: true });
    Some(Destination::User(name.into()))
}

/// Looks a name up that a rule gives.
fn named(
    name: &str,
    plan: &DialPlan,
    names: &dyn Names,
    steps: &mut Vec<NameStep>,
) -> Option<Destination> {
    let canonical = plan.numbers.read(name);
    let found =
        names.find(&name.to_ascii_lowercase()).or_else(|| names.find(canonical.as_ref()?.as_str()));
    steps.push(NameStep { form: Form::ByRule, found: found.is_some() });
    found.map(crate::Found::destination)
}
