//! Where a rule sends a call.

use super::{Pattern, Template};
use causeway_base::{EndCause, Lang};
use std::sync::Arc;

/// Where a rule sends a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To whatever has this name: `conference:1001`, `conference:${id}`. The names are asked
    /// again, the rules are not: there are no loops.
    Named(Template),
    /// To the reception: `reception`, `reception:en`.
    Reception(Option<Lang>),
    /// To the test call: `test`.
    TestCall,
    /// Out by a trunk: `gateway:TRUNK:TEMPLATE`.
    Gateway {
        /// The trunk's name.
        trunk: Arc<str>,
        /// Whom.
        target: Template,
    },
    /// Out directly: `sip:TEMPLATE`, a SIP URI.
    Sip(Template),
    /// Nowhere: `reject`, `reject:486`, `reject:CW-DIAL-002`.
    Reject(EndCause),
}

impl Target {
    /// Reads the `to` of a rule.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub fn parse(text: &str, pattern: &Pattern) -> Result<Self, String> {
        let (word, rest) = match text.split_once(':') {
            Some((word, rest)) => (word, Some(rest)),
            None => (text, None),
        };
        match (word, rest) {
            ("conference", Some(name)) => Ok(Target::Named(Template::parse(name, pattern)?)),
            ("reception", None) => Ok(Target::Reception(None)),
            ("reception", Some(tag)) => Ok(Target::Reception(Some(lang(tag)?))),
            ("test", None) => Ok(Target::TestCall),
            ("gateway", Some(rest)) => gateway(rest, pattern),
            ("sip", Some(_)) => sip(text, pattern),
            ("reject", None) => Ok(Target::Reject(EndCause::Forbidden)),
            ("reject", Some(code)) => Ok(Target::Reject(cause(code)?)),
            _ => Err(format!("no such destination {word:?}")),
        }
    }
}

impl Target {
    /// Whether it calls somebody.
    pub fn calls_out(&self) -> bool {
        matches!(self, Target::Gateway { .. } | Target::Sip(_))
    }
}

/// A language that prompts exist in.
///
/// # Errors
/// A sentence, when there are none.
pub(super) fn lang(tag: &str) -> Result<Lang, String> {
    Lang::from_tag(tag).ok_or_else(|| format!("no language {tag:?} here; use \"zh\" or \"en\""))
}

fn gateway(rest: &str, pattern: &Pattern) -> Result<Target, String> {
    match rest.split_once(':') {
        Some((trunk, target)) if !trunk.is_empty() && !trunk.contains('$') => {
            Ok(Target::Gateway { trunk: trunk.into(), target: Template::parse(target, pattern)? })
        }
        _ => Err("expected gateway:TRUNK:NUMBER".to_owned()),
    }
}

/// The host must stand in the configuration: callers choose only the user.
fn sip(text: &str, pattern: &Pattern) -> Result<Target, String> {
    let (_, host) = text.rsplit_once('@').ok_or("expected sip:USER@HOST")?;
    if host.is_empty() || host.contains('$') {
        return Err("the host must stand here; callers do not choose it".to_owned());
    }
    Ok(Target::Sip(Template::parse(text, pattern)?))
}

fn cause(code: &str) -> Result<EndCause, String> {
    if let Some(cause) = EndCause::ALL.iter().find(|cause| cause.code() == code) {
        return Ok(*cause);
    }
    let status = code.parse().ok().filter(|status| (400..=699).contains(status));
    let cause = status.map(|status: u16| (EndCause::from_sip_status(status), status));
    match cause {
        Some((cause, status)) if cause.sip_status() == status => Ok(cause),
        _ => Err(format!("no reason {code:?} to refuse; use 403, 404, 480, 486, 603 or CW-…")),
    }
}
