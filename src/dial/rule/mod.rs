//! Rules: what takes a call that no name took.
//!
//! * [`pattern`]: what a rule matches.
//! * [`template`], [`target`]: where it sends the call.
//! * `index`: which rules can take a name at all, by how it begins.
//! * `overlap`: rules that take each other's calls.

pub(crate) mod index;
pub(crate) mod overlap;
pub mod pattern;
pub mod target;
pub mod template;

pub use overlap::Overlap;
pub use pattern::Pattern;
pub use target::Target;
pub use template::Template;

use crate::Destination;
use causeway_base::Lang;
use std::sync::Arc;

/// A rule as a configuration holds it; empty where nothing is said.
#[derive(Clone, Copy, Debug, Default)]
pub struct RuleText<'a> {
    /// Its name, for the explanation.
    pub name: &'a str,
    /// The pattern.
    pub pattern: &'a str,
    /// The trunk that must bring the call.
    pub trunk: &'a str,
    /// A pattern that the caller must match. Callers say who they are; only what a trusted trunk
    /// says, or whoever gave credentials, is proof.
    pub calling: &'a str,
    /// Where the call goes.
    pub to: &'a str,
    /// It calls out for anybody.
    pub open: bool,
    /// The language in which the reception begins.
    pub lang: &'a str,
}

/// What is wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// The key that is wrong: `match`, `calling`, `to`, `open` or `lang`.
    pub key: &'static str,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub fix: &'static str,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub(crate) name: Arc<str>,
    pub(crate) pattern: Pattern,
    pub(crate) trunk: Option<Arc<str>>,
    pub(crate) calling: Option<Pattern>,
    pub(crate) target: Target,
    pub(crate) open: bool,
}

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(text: &RuleText<'_>) -> Result<Self, Vec<RuleError>> {
        let mut errors = Vec::new();
        let pattern = pattern("match", text.pattern, &mut errors);
        let calling = match text.calling {
            "" => None,
            calling => self::pattern("calling", calling, &mut errors),
        };
        let target = pattern.as_ref().and_then(|pattern| target(text, pattern, &mut errors));
        if text.open && target.as_ref().is_some_and(|target| !target.calls_out()) {
            let what = "only a rule that calls out can be open".to_owned();
            errors.push(RuleError { key: "open", what, fix: "remove it" });
        }
        let (Some(pattern), Some(target), true) = (pattern, target, errors.is_empty()) else {
            return Err(errors);
        };
        let trunk = (!text.trunk.is_empty()).then(|| text.trunk.into());
        Ok(Self { name: text.name.into(), pattern, trunk, calling, target, open: text.open })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The trunk that must bring the call.
    pub fn trunk(&self) -> Option<&str> {
        self.trunk.as_deref()
    }

    /// Where it sends a call.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Where it sends a call that it matched, with what its pattern captured. `Err` holds the name
    /// that is still to be looked up; `None` where no address comes out.
    pub(crate) fn destination<'t>(
        &self,
        capture: impl Fn(usize) -> Option<&'t str>,
    ) -> Option<Result<Destination, String>> {
        Some(match &self.target {
            Target::Named(name) => return name.fill(capture).map(Err),
            Target::Reception(lang) => Ok(Destination::Reception { lang: *lang }),
            Target::TestCall => Ok(Destination::TestCall),
            Target::Gateway { trunk, target } => Ok(Destination::Gateway {
                trunk: Some(Arc::clone(trunk)),
                target: target.fill_uri(capture)?,
                open: self.open,
            }),
            Target::Sip(uri) => Ok(Destination::Gateway {
                trunk: None,
                target: uri.fill_uri(capture)?,
                open: self.open,
            }),
            Target::Reject(cause) => Ok(Destination::Reject(*cause)),
        })
    }

    /// Whether the captures of its pattern are needed.
    pub(crate) fn has_captures(&self) -> bool {
        match &self.target {
            Target::Named(template) | Target::Sip(template) => template.has_captures(),
            Target::Gateway { target, .. } => target.has_captures(),
            Target::Reception(_) | Target::TestCall | Target::Reject(_) => false,
        }
    }
}

fn pattern(key: &'static str, text: &str, errors: &mut Vec<RuleError>) -> Option<Pattern> {
    let fix = "write a pattern like '1\\d{3}' or 'zoom\\.(?P<id>\\d{9,11})@'";
    let read = if text.is_empty() { Err("empty".to_owned()) } else { Pattern::parse(text) };
    read.map_err(|what| errors.push(RuleError { key, what, fix })).ok()
}

fn target(text: &RuleText<'_>, pattern: &Pattern, errors: &mut Vec<RuleError>) -> Option<Target> {
    let fix = "use conference:NAME, reception, reception:en, test, gateway:TRUNK:NUMBER, \
               sip:USER@HOST, reject or reject:CODE";
    let target = Target::parse(text.to, pattern)
        .map_err(|what| errors.push(RuleError { key: "to", what, fix }))
        .ok()?;
    let spoken: Option<Lang> = match text.lang {
        "" => return Some(target),
        tag => target::lang(tag)
            .map_err(|what| errors.push(RuleError { key: "lang", what, fix: "use zh or en" }))
            .ok(),
    };
    match target {
        Target::Reception(None) => Some(Target::Reception(spoken)),
        other => {
            let what = "only a rule to \"reception\" begins in a language".to_owned();
            errors.push(RuleError { key: "lang", what, fix: "remove it" });
            Some(other)
        }
    }
}
