//! Texts that come from outside, checked as they are read: identifiers, names, times.

use causeway_conference::DisplayName;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

/// The longest identifier: ours have at most 36 characters.
pub const MAX_ID_LEN: usize = 64;

/// Whether a text can be one of our identifiers or cursors.
fn is_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=MAX_ID_LEN).contains(&text.len()) && text.bytes().all(allowed)
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
        #[schema(value_type = String, pattern = "^[A-Za-z0-9_-]{1,64}$")]
        pub struct $name(String);

        impl $name {
            /// The text; safe in an address and in a log.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                if is_id(text) { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                parsed(from)
            }
        }
    };
}

/// Not an identifier: 1 to 64 of `A-Z a-z 0-9 _ -`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected 1 to 64 of A-Z, a-z, 0-9, _ and -")
    }
}

identifier!(
    /// One meeting.
    MeetingId
);
identifier!(
    /// The record of one call.
    CallId
);
identifier!(
    /// One token; not the token itself.
    TokenId
);
identifier!(
    /// One link; not the link itself.
    LinkId
);
identifier!(
    /// Where a list goes on; opaque.
    Cursor
);

/// One participant of a running meeting, as `part-7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, pattern = "^part-[0-9]{1,20}$", example = "part-7")]
pub struct ParticipantId(pub causeway_base::ParticipantId);

impl FromStr for ParticipantId {
    type Err = NotAParticipant;

    fn from_str(text: &str) -> Result<Self, NotAParticipant> {
        let digits = text.strip_prefix("part-").ok_or(NotAParticipant)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotAParticipant);
        }
        let number = digits.parse().map_err(|_| NotAParticipant)?;
        Ok(Self(causeway_base::ParticipantId(number)))
    }
}

/// Not the identifier of a participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAParticipant;

impl fmt::Display for NotAParticipant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a participant like part-7")
    }
}

impl Serialize for ParticipantId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ParticipantId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        parsed(from)
    }
}

/// A name that is safe to show, store and log beside; see [`DisplayName`]. `Debug` does not show
/// it.
#[derive(Clone, Debug, Default, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, example = "周会 / Weekly")]
pub struct Name(DisplayName);

impl Name {
    /// Makes a name safe.
    pub fn new(text: &str) -> Self {
        Self(DisplayName::new(text))
    }

    /// The name; may be empty.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        Ok(Self::new(&text))
    }
}

/// A moment, in UTC, to the second or finer (RFC 3339).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-23T01:30:00Z")]
pub struct Time(pub jiff::Timestamp);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        if text.len() > MAX_ID_LEN {
            return Err(de::Error::custom("too long for a time"));
        }
        text.parse()
            .map(Self)
            .map_err(|_| de::Error::custom("expected a time like 2026-11-23T01:30:00Z"))
    }
}

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Language {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl From<Language> for causeway_base::Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::Chinese => causeway_base::Lang::Zh,
            Language::English => causeway_base::Lang::En,
        }
    }
}

impl From<causeway_base::Lang> for Language {
    fn from(lang: causeway_base::Lang) -> Self {
        match lang {
            causeway_base::Lang::Zh => Language::Chinese,
            causeway_base::Lang::En => Language::English,
        }
    }
}

/// A secret that callers type or send: neither `Debug` nor an error shows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret in.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Reads a text by its own rules.
pub(super) fn parsed<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
    T::Err: fmt::Display,
{
    Cow::<'de, str>::deserialize(from)?.parse().map_err(de::Error::custom)
}

/// Reads a key of a change that is there: `null` clears, a value sets. One that is missing leaves
/// as it is (`#[serde(default)]`).
pub(super) fn present<'de, D, T>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(from).map(Some)
}
