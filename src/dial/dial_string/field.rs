//! What dial strings are made of.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// The most digits of a meeting number, a video ID or a layout: the longest that a service is
/// known to give has 14.
pub const MAX_DIGITS: usize = 20;

/// The longest passcode: services give up to 10 characters, some products take 32.
pub const MAX_PASSCODE: usize = 32;

/// The longest key or user name.
pub const MAX_NAME: usize = 64;

/// The longest host (RFC 1035 section 2.3.4).
pub const MAX_HOST: usize = 253;

/// The longest label of a host (RFC 1035 section 2.3.4).
const MAX_LABEL: usize = 63;

/// The most digits of an international number (E.164 section 6).
const MAX_NUMBER: usize = 15;

/// A part of a dial string, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// The host or IP address that is called.
    Address,
    /// The customer's label below a service's domain: `acme` of `acme.webex.com`.
    Site,
    /// The key of a tenant at a video interop partner.
    Tenant,
    /// The number of a meeting.
    Meeting,
    /// The number of a Teams meeting at a video interop partner.
    VideoId,
    /// What lets a guest in.
    Passcode,
    /// The layout that is asked for.
    Layout,
    /// What makes a host of a guest.
    HostKey,
    /// The name of a person or a space; may hold dots.
    User,
    /// The name of a room or a session, without dots.
    Room,
    /// A telephone number: `+` and digits.
    Number,
}

/// What may stand in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Digits.
    Digits,
    /// Letters, digits, `-` and `_`.
    Passcode,
    /// Letters, digits, `-` and `_`.
    Key,
    /// Letters, digits and `-`, as one label of a host.
    Label,
    /// A [`Kind::Key`] with dots inside.
    Name,
    /// A host, an IPv4 address or an IPv6 address in brackets; no port.
    Host,
    /// `+` and digits.
    Number,
}

impl Field {
    /// Every field.
    pub const ALL: [Field; 11] = [
        Field::Address,
        Field::Site,
        Field::Tenant,
        Field::Meeting,
        Field::VideoId,
        Field::Passcode,
        Field::Layout,
        Field::HostKey,
        Field::User,
        Field::Room,
        Field::Number,
    ];

    /// Its name in forms: `{meeting}`.
    pub const fn name(self) -> &'static str {
        match self {
            Field::Address => "address",
            Field::Site => "site",
            Field::Tenant => "tenant",
            Field::Meeting => "meeting",
            Field::VideoId => "video_id",
            Field::Passcode => "passcode",
            Field::Layout => "layout",
            Field::HostKey => "host_key",
            Field::User => "user",
            Field::Room => "room",
            Field::Number => "number",
        }
    }

    /// The field of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// What may stand in it.
    pub const fn kind(self) -> Kind {
        match self {
            Field::Address => Kind::Host,
            Field::Site => Kind::Label,
            Field::Tenant | Field::Room => Kind::Key,
            Field::Meeting | Field::VideoId | Field::Layout => Kind::Digits,
            Field::Passcode | Field::HostKey => Kind::Passcode,
            Field::User => Kind::Name,
            Field::Number => Kind::Number,
        }
    }
}

impl Kind {
    /// Whether a character may stand in it at all.
    pub const fn has(self, c: char) -> bool {
        match self {
            Kind::Digits => c.is_ascii_digit(),
            Kind::Passcode | Kind::Key => c.is_ascii_alphanumeric() || matches!(c, '-' | '_'),
            Kind::Label => c.is_ascii_alphanumeric() || c == '-',
            Kind::Name => c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'),
            Kind::Host => {
                c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '[' | ']')
            }
            Kind::Number => c.is_ascii_digit() || c == '+',
        }
    }

    /// The one form of a value; `None` where it is none of this kind.
    fn canonical(self, value: &str) -> Option<String> {
        let within = |most: usize| !value.is_empty() && value.len() <= most;
        let spelled = value.chars().all(|c| self.has(c));
        let fits = match self {
            Kind::Digits => within(MAX_DIGITS),
            Kind::Passcode => within(MAX_PASSCODE),
            Kind::Key => within(MAX_NAME),
            Kind::Label => within(MAX_LABEL) && is_label(value),
            Kind::Name => within(MAX_NAME) && !value.starts_with('.') && !value.ends_with('.'),
            Kind::Host => within(MAX_HOST) && is_host(value),
            Kind::Number => is_number(value),
        };
        let folded = matches!(self, Kind::Label | Kind::Host);
        (fits && spelled).then(|| match folded {
            true => value.to_ascii_lowercase(),
            false => value.to_owned(),
        })
    }
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= MAX_LABEL
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// A name whose last label is no number, so that nothing that looks like an address is a name.
fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[') {
        return inner.strip_suffix(']').is_some_and(|ip| ip.parse::<Ipv6Addr>().is_ok());
    }
    let numeric = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    let last = host.rsplit('.').next().unwrap_or_default();
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => true,
        Ok(IpAddr::V6(_)) => false,
        Err(_) => !host.contains(':') && host.split('.').all(is_label) && !numeric(last),
    }
}

fn is_number(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number);
    !digits.is_empty() && digits.len() <= MAX_NUMBER && digits.bytes().all(|b| b.is_ascii_digit())
}

/// A value that its field cannot hold. Does not show the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldError(pub Field);

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.0.kind() {
            Kind::Digits => "digits, at most 20",
            Kind::Passcode => "letters, digits, `-` and `_`, at most 32",
            Kind::Key => "letters, digits, `-` and `_`, at most 64",
            Kind::Label => "one label of a host",
            Kind::Name => "letters, digits, `-`, `_` and `.`, at most 64",
            Kind::Host => "a host or an IP address, without a port",
            Kind::Number => "`+` and at most 15 digits",
        };
        write!(f, "{} is {what}", self.0.name())
    }
}

impl std::error::Error for FieldError {}

/// Values of fields, each checked when it is set and in its one form. `Debug` shows which, not
/// what.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields([Option<String>; Field::ALL.len()]);

impl Fields {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field.
    ///
    /// # Errors
    /// What the field cannot hold.
    pub fn set(&mut self, field: Field, value: &str) -> Result<(), FieldError> {
        let canonical = field.kind().canonical(value).ok_or(FieldError(field))?;
        self.0[field as usize] = Some(canonical);
        Ok(())
    }

    /// With one more field.
    ///
    /// # Errors
    /// What the field cannot hold.
    pub fn with(mut self, field: Field, value: &str) -> Result<Self, FieldError> {
        self.set(field, value)?;
        Ok(self)
    }

    /// What stands in a field.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.0[field as usize].as_deref()
    }

    /// Takes a field out.
    pub fn clear(&mut self, field: Field) {
        self.0[field as usize] = None;
    }

    /// The fields that have a value, with it.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &str)> {
        Field::ALL.into_iter().filter_map(|field| Some((field, self.get(field)?)))
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|(field, _)| field)).finish()
    }
}
