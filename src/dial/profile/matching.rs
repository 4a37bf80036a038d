//! By what a device is recognised, and how much that tells.

use super::schema::ProfileProtocol;
use crate::rule::pattern::Anywhere;
use causeway_base::{Device, H221};
use serde::{Deserialize, Serialize};

/// Attributes that one match may ask for: each is looked for in all lines.
pub const MAX_ATTRIBUTES: usize = 8;

/// What is known of a device before its call is answered.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traits<'a> {
    /// What it speaks.
    pub protocol: Option<ProfileProtocol>,
    /// Its `User-Agent`.
    pub user_agent: &'a str,
    /// The host that we call; empty for whoever calls us.
    pub host: &'a str,
    /// What else it shows.
    pub device: Option<&'a Device>,
}

/// What must be true of a device; all that is said here. Patterns are regular expressions that
/// are looked for anywhere, whatever the case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Match {
    /// What it speaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<ProfileProtocol>,
    /// A pattern of its `User-Agent`; of `Server` where it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// A pattern of the host that we call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// A pattern of the user name of `o=`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sdp_origin: Option<String>,
    /// Patterns of lines `m=` or `a=`; each must be found in one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sdp_lines: Vec<String>,
    /// Its maker by number: country, extension, manufacturer (H.221, T.35).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub h221: Option<[u16; 3]>,
    /// A pattern of its `productId` of H.225.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// A pattern of its `versionId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// One thing that a match asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// `protocol`
    Protocol,
    /// `user_agent`
    UserAgent,
    /// `host`
    Host,
    /// `sdp_origin`
    SdpOrigin,
    /// `sdp_lines`
    SdpLine,
    /// `h221`
    H221,
    /// `product`
    Product,
    /// `version`
    Version,
}

impl Condition {
    /// Its key in files.
    pub const fn key(self) -> &'static str {
        match self {
            Condition::Protocol => "protocol",
            Condition::UserAgent => "user_agent",
            Condition::Host => "host",
            Condition::SdpOrigin => "sdp_origin",
            Condition::SdpLine => "sdp_lines",
            Condition::H221 => "h221",
            Condition::Product => "product",
            Condition::Version => "version",
        }
    }

    /// How much it tells. A name that a device gives itself, or the host that somebody called, says
    /// what it is; a shape is shared by relatives; a protocol by everybody.
    const fn weight(self) -> u32 {
        match self {
            Condition::Protocol => 1,
            Condition::UserAgent | Condition::Host | Condition::Product => 32,
            Condition::SdpOrigin | Condition::Version => 16,
            Condition::SdpLine => 12,
            Condition::H221 => 8,
        }
    }
}

/// What a point of a condition's weight counts. Patterns add how many letters every text that
/// they take has at least, so that of two of a kind the one that names more wins.
const POINT: u32 = 64;

/// A match below this is one by protocol alone: it recognises nobody.
pub(super) const SPECIFIC: u32 = Condition::H221.weight() * POINT;

/// A pattern with what it is looked for in.
#[derive(Clone, Debug)]
struct Pattern {
    condition: Condition,
    pattern: Anywhere,
}

/// A match, ready to be tried.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    protocol: Option<ProfileProtocol>,
    h221: Option<H221>,
    patterns: Vec<Pattern>,
    score: u32,
}

impl Rule {
    /// Reads a match. `trusted`: tests hold that its patterns are right.
    ///
    /// # Errors
    /// The key that is wrong, and what is wrong with it.
    pub(super) fn read(text: &Match, trusted: bool) -> Result<Self, (Condition, String)> {
        let mut rule = Self {
            protocol: text.protocol,
            h221: text.h221.map(h221).transpose()?,
            patterns: Vec::new(),
            score: 0,
        };
        let one = |condition, pattern: &'_ Option<String>| {
            pattern.clone().into_iter().map(move |pattern| (condition, pattern))
        };
        if text.sdp_lines.len() > MAX_ATTRIBUTES {
            return Err((Condition::SdpLine, format!("more than {MAX_ATTRIBUTES}")));
        }
        let lines = text.sdp_lines.iter().cloned().map(|line| (Condition::SdpLine, line));
        let patterns = one(Condition::UserAgent, &text.user_agent)
            .chain(one(Condition::Host, &text.host))
            .chain(one(Condition::SdpOrigin, &text.sdp_origin))
            .chain(one(Condition::Product, &text.product))
            .chain(one(Condition::Version, &text.version))
            .chain(lines);
        for (condition, pattern) in patterns {
            let read = if trusted { Anywhere::trusted } else { Anywhere::parse };
            let pattern = read(&pattern).map_err(|error| (condition, error))?;
            if pattern.letters() == 0 {
                return Err((condition, "it takes every text".to_owned()));
            }
            let letters = u32::try_from(pattern.letters()).unwrap_or(POINT).min(POINT - 1);
            rule.score += condition.weight() * POINT + letters;
            rule.patterns.push(Pattern { condition, pattern });
        }
        rule.score += rule.protocol.map_or(0, |_| Condition::Protocol.weight() * POINT);
        rule.score += rule.h221.map_or(0, |_| Condition::H221.weight() * POINT);
        if rule.score == 0 {
            return Err((Condition::Protocol, "it takes every device".to_owned()));
        }
        Ok(rule)
    }

    /// How much it tells.
    pub(super) fn score(&self) -> u32 {
        self.score
    }

    /// The first condition that is not true.
    pub(super) fn differs(&self, traits: &Traits<'_>) -> Option<Condition> {
        if self.protocol.is_some() && self.protocol != traits.protocol {
            return Some(Condition::Protocol);
        }
        if self.h221.is_some() && self.h221 != traits.device.and_then(|device| device.h221) {
            return Some(Condition::H221);
        }
        let differs = |pattern: &&Pattern| !pattern.is_true(traits);
        self.patterns.iter().find(differs).map(|pattern| pattern.condition)
    }
}

impl Pattern {
    fn is_true(&self, traits: &Traits<'_>) -> bool {
        let of = |text: fn(&Device) -> &str| traits.device.map_or("", text);
        let text = match self.condition {
            Condition::UserAgent => traits.user_agent,
            Condition::Host => traits.host,
            Condition::SdpOrigin => of(|device| &device.sdp_origin),
            Condition::Product => of(|device| &device.product),
            Condition::Version => of(|device| &device.version),
            Condition::SdpLine => {
                return of(|device| &device.sdp_lines).lines().any(|line| self.pattern.is_in(line));
            }
            Condition::Protocol | Condition::H221 => return true,
        };
        !text.is_empty() && self.pattern.is_in(text)
    }
}

fn h221([country, extension, manufacturer]: [u16; 3]) -> Result<H221, (Condition, String)> {
    match (u8::try_from(country), u8::try_from(extension)) {
        (Ok(country), Ok(extension)) => Ok(H221 { country, extension, manufacturer }),
        _ => Err((Condition::H221, "country and extension are below 256".to_owned())),
    }
}
