//! Calling out: whom the bridge may call, who may ask for it, and how much.
//!
//! Whoever can make a bridge call premium numbers earns money with it (toll fraud), so calling
//! out is off until an operator switches it on and says which prefixes. Only canonical forms are
//! compared, and only canonical forms are dialled: separators, `00`, an outside-line prefix or
//! full-width digits lead nowhere else.

mod ledger;
#[cfg(test)]
mod tests;

pub use ledger::{DAY, Ledger, MAX_DAY_CALLS, OutgoingId, Past, Placed};

use crate::host::canonical;
use crate::{Number, NumberKind, NumberPlan};
use causeway_base::{Alias, EndCause};
use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU16;
use std::time::Duration;

/// What an operator allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallingOut {
    /// Off: nobody calls out.
    pub enabled: bool,
    /// Whether only a host of a conference may call somebody, or a caller of a rule who proved
    /// who it is.
    pub host_needed: bool,
    /// What a number called may begin with: `+` and digits.
    pub allow: Vec<Prefix>,
    /// What it may not begin with, whatever `allow` says: premium numbers, satellites.
    pub deny: Vec<Prefix>,
    /// Hosts of addresses of SIP and H.323 that may be called; `.example.com` stands for every host below it.
    /// Whoever lists a gateway to the telephone network gives its prefixes away.
    pub domains: Vec<String>,
    /// Calls of one conference at a time.
    pub conference_simultaneous: usize,
    /// Calls of one conference in all.
    pub conference_total: usize,
    /// Calls of the node within 24 hours.
    pub day_calls: usize,
    /// Time of all calls of the node within 24 hours, those that run counted to their limit.
    pub day_time: Duration,
    /// The longest call. It is set aside when the call begins, so that running calls cannot
    /// exceed the day's time together.
    pub call_time: Duration,
}

impl Default for CallingOut {
    /// Off.
    fn default() -> Self {
        Self {
            enabled: false,
            host_needed: true,
            allow: Vec::new(),
            deny: Vec::new(),
            domains: Vec::new(),
            conference_simultaneous: 5,
            conference_total: 20,
            day_calls: 100,
            day_time: Duration::from_secs(600 * 60),
            call_time: Duration::from_secs(60 * 60),
        }
    }
}

/// What an international number begins with: `+` and at least one digit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix(String);

impl Prefix {
    /// Reads `+86`, `+86 21`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let rest = digits.strip_prefix('+')?;
        let fits = !rest.is_empty()
            && rest.len() <= 15
            && !rest.starts_with('0')
            && rest.bytes().all(|byte| byte.is_ascii_digit());
        fits.then_some(Self(digits))
    }

    fn begins(&self, number: &str) -> bool {
        number.starts_with(&self.0)
    }
}

/// Who wants to call out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A host of a conference, or whoever may act as one.
    Host,
    /// A guest of a conference, for a telephone of its own: numbers only, and a share of the
    /// conference's calls.
    Guest,
    /// A rule of the dial plan, for a caller who proved who it is or for anybody, as the operator
    /// wrote.
    Rule,
    /// A rule of the dial plan, for a caller of whom nothing is proved.
    Stranger,
}

/// Where a trunk leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// To the telephone network: every call may cost.
    Public,
    /// To an exchange of our own: its extensions cost nothing. Numbers cost as by any trunk.
    Internal,
}

/// What stands among the hosts for names without one, which a gatekeeper of H.323 knows.
pub const GATEKEEPER: &str = "gatekeeper";

/// The most digits of an extension: with a prefix for an outside line no number is that short.
pub const MAX_EXTENSION: usize = 6;

/// Somebody who may be called, in the one form that is dialled: made by
/// [`CallingOut::callee`] only. `Debug` does not show whom.
#[derive(Clone, PartialEq, Eq)]
pub struct Callee {
    text: String,
    kind: CalleeKind,
}

/// What somebody who may be called is reached by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalleeKind {
    /// A number, `+` and digits: by a trunk.
    Number,
    /// An extension, digits: by a trunk that leads to our own exchange. No toll.
    Extension,
    /// A URI of SIP or H.323 without parameters, with the port that was named: directly.
    Uri,
}

impl Callee {
    /// What is dialled.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it is.
    pub fn kind(&self) -> CalleeKind {
        self.kind
    }
}

impl fmt::Debug for Callee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Callee").field(&self.kind).finish()
    }
}

impl CallingOut {
    /// Whether somebody may be called, and in which form. Caps are the [`Ledger`]'s.
    ///
    /// # Errors
    /// [`EndCause::CallingOutBarred`]; for what is no address [`EndCause::BadAddress`].
    pub fn callee(
        &self,
        target: &str,
        asker: Asker,
        line: Line,
        numbers: &NumberPlan,
    ) -> Result<Callee, EndCause> {
        let proved = !self.host_needed || asker != Asker::Stranger;
        let number = numbers.read(target);
        if asker == Asker::Guest && number.is_none() {
            return Err(EndCause::BadAddress);
        }
        if let Some(number) = &number
            && line == Line::Internal
            && asker != Asker::Guest
            && proved
            && is_extension(number, numbers)
        {
            let text = number.as_str().to_owned();
            return Ok(Callee { text, kind: CalleeKind::Extension });
        }
        if !self.enabled || !proved {
            return Err(EndCause::CallingOutBarred);
        }
        if let Some(number) = number {
            let barred = number.kind() == NumberKind::Emergency || !number.is_e164();
            return if barred || !self.allows(number.as_str()) {
                Err(EndCause::CallingOutBarred)
            } else {
                Ok(Callee { text: number.as_str().to_owned(), kind: CalleeKind::Number })
            };
        }
        match Alias::parse(target) {
            Ok(Alias::Sip { user, host }) => {
                let secure =
                    target.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("sips:"));
                let scheme = if secure { "sips" } else { "sip" };
                self.uri(scheme, target, &user, &host, numbers)
            }
            Ok(Alias::H323 { user, host }) => {
                match address_alone(&user).filter(|_| host.is_empty()) {
                    Some((target, host)) => self.uri("h323", &target, "", &host, numbers),
                    None => self.uri("h323", target, &user, &host, numbers),
                }
            }
            Ok(Alias::Number(_)) => Err(EndCause::CallingOutBarred),
            Err(_) => Err(EndCause::BadAddress),
        }
    }

    /// The caps as they hold for somebody. Guests together leave half of a conference's calls, and
    /// one of those at a time, to its hosts.
    pub fn for_asker(&self, asker: Asker) -> Cow<'_, Self> {
        match asker {
            Asker::Host | Asker::Rule | Asker::Stranger => Cow::Borrowed(self),
            Asker::Guest => Cow::Owned(Self {
                conference_simultaneous: self.conference_simultaneous.saturating_sub(1).max(1),
                conference_total: self.conference_total / 2,
                ..self.clone()
            }),
        }
    }

    fn allows(&self, number: &str) -> bool {
        self.allow.iter().any(|prefix| prefix.begins(number))
            && !self.deny.iter().any(|prefix| prefix.begins(number))
    }

    fn uri(
        &self,
        scheme: &str,
        target: &str,
        user: &str,
        host: &str,
        numbers: &NumberPlan,
    ) -> Result<Callee, EndCause> {
        let safe = |c: char| c.is_ascii_graphic() && !"@:;?<>\"\\[]{}|^`,/".contains(c);
        let is_lost = host.is_empty() && scheme != "h323";
        // A room may have no name, but the address at which it is.
        let is_nobody = user.is_empty() && scheme != "h323";
        if is_nobody || is_lost || !user.chars().all(safe) {
            return Err(EndCause::BadAddress);
        }
        let name = if host.is_empty() { GATEKEEPER.to_owned() } else { canonical(host) };
        let listed = |domain: &String| match domain.strip_prefix('.') {
            Some(above) => name.strip_suffix(above).is_some_and(|below| below.ends_with('.')),
            None => name == canonical(domain),
        };
        if !self.domains.iter().any(listed) {
            return Err(EndCause::CallingOutBarred);
        }
        // A number in international form is a telephone number at any host.
        let telephone = user.starts_with('+') || user.starts_with("%2B") || user.starts_with("%2b");
        if telephone && !numbers.read(user).is_some_and(|number| self.allows(number.as_str())) {
            return Err(EndCause::CallingOutBarred);
        }
        let mut text = match host {
            "" => format!("{scheme}:{user}"),
            host => format!("{scheme}:{user}@{host}"),
        };
        // Without a host there is no port either: what follows the colon is the name.
        if !host.is_empty()
            && let Some(port) = port(target)?
        {
            text.push_str(&format!(":{port}"));
        }
        Ok(Callee { text, kind: CalleeKind::Uri })
    }
}

/// The target and the host of what stands for a name but is an IP address, with or without a port.
fn address_alone(name: &str) -> Option<(String, String)> {
    if let Ok(address) = name.parse::<SocketAddr>() {
        return Some((format!("h323:@{address}"), bracketed(address.ip())));
    }
    let ip = name.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
    Some((format!("h323:@{}", bracketed(ip)), bracketed(ip)))
}

fn bracketed(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

/// The port of an address: who names one means another server than the usual one.
fn port(target: &str) -> Result<Option<NonZeroU16>, EndCause> {
    let address = target.split(['?', '>']).next().unwrap_or_default();
    let host = address.rsplit_once('@').map_or(address, |(_, host)| host);
    let host = host.split(';').next().unwrap_or_default().trim_end();
    let name = host.find(']').map_or(0, |end| end + 1);
    match host[name..].split_once(':') {
        None => Ok(None),
        Some((_, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            port.parse().map(Some).map_err(|_| EndCause::BadAddress)
        }
        Some(_) => Err(EndCause::BadAddress),
    }
}

/// Whether an exchange of ours takes digits for one of its own: what begins like a way out of it
/// is none.
fn is_extension(number: &Number, numbers: &NumberPlan) -> bool {
    let digits = number.as_str();
    let leads_out = [&numbers.outside_prefix, &numbers.national_prefix]
        .into_iter()
        .any(|prefix| !prefix.is_empty() && digits.starts_with(prefix.as_str()));
    number.kind() == NumberKind::Extension
        && digits.len() <= MAX_EXTENSION
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !leads_out
}
