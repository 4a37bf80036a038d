//! What stands behind the `#` of a link: claims and their signature, in base64url.
//!
//! ```text
//! version  1 byte   1
//! flags    1 byte   bits 0-1 the kind, then one bit each: not before, expires, uses, name
//! id       8 bytes  random; zero for the standing links of a meeting
//! [not before]      4 bytes, seconds since 1970
//! [expires]         4 bytes
//! [uses]            2 bytes
//! meeting           1 byte of length, then its key
//! [name]            1 byte of length, then UTF-8
//! signature         16 bytes: HMAC-SHA-256 of all before, shortened as RFC 2104 section 5 allows
//! ```
//!
//! There is one way only to write the same claims, so that no link has a second form.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use causeway_conference::{DisplayName, Role};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The longest text that is looked at: the longest key and the longest name take fewer.
pub const MAX_TOKEN: usize = 600;

const VERSION: u8 = 1;

const MAC_LEN: usize = 16;

/// Bits of the flags.
const NOT_BEFORE: u8 = 1 << 2;
const EXPIRES: u8 = 1 << 3;
const USES: u8 = 1 << 4;
const NAME: u8 = 1 << 5;
const KIND: u8 = 0b11;

/// What the links of one meeting are signed with.
pub(crate) type Key = Zeroizing<[u8; 32]>;

/// What a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The meeting, as a guest.
    Guest,
    /// The meeting, as a host.
    Host,
    /// The printable guide of the meeting; nobody joins by it.
    Guide,
}

impl Kind {
    const fn bits(self) -> u8 {
        match self {
            Kind::Guest => 0,
            Kind::Host => 1,
            Kind::Guide => 2,
        }
    }

    const fn read(flags: u8) -> Option<Self> {
        match flags & KIND {
            0 => Some(Kind::Guest),
            1 => Some(Kind::Host),
            2 => Some(Kind::Guide),
            _ => None,
        }
    }

    /// The role of who joins by it.
    pub const fn role(self) -> Option<Role> {
        match self {
            Kind::Guest => Some(Role::Guest),
            Kind::Host => Some(Role::Host),
            Kind::Guide => None,
        }
    }

    /// What lets in with this role.
    pub const fn of(role: Role) -> Self {
        match role {
            Role::Host => Kind::Host,
            Role::Guest => Kind::Guest,
        }
    }
}

/// What a link says. `Debug` does not show the name.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    /// Which link; zero for the standing links of a meeting.
    pub id: [u8; 8],
    /// What it opens.
    pub kind: Kind,
    /// The key of the meeting: at most 255 bytes.
    pub meeting: Arc<str>,
    /// It is worth nothing before, in whole seconds.
    pub not_before: Option<Timestamp>,
    /// It is worth nothing from then on, in whole seconds.
    pub expires: Option<Timestamp>,
    /// How often somebody may join by it.
    pub uses: Option<u16>,
    /// The name under which one joins.
    pub name: Option<DisplayName>,
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims")
            .field("kind", &self.kind)
            .field("meeting", &self.meeting)
            .finish_non_exhaustive()
    }
}

impl Claims {
    /// The standing link of a meeting: always good while the meeting is.
    pub fn standing(meeting: &str, kind: Kind) -> Self {
        Self {
            id: [0; 8],
            kind,
            meeting: meeting.into(),
            not_before: None,
            expires: None,
            uses: None,
            name: None,
        }
    }

    /// The text behind the `#`.
    pub(crate) fn sign(&self, key: &Key) -> Zeroizing<String> {
        let mut bytes = self.bytes();
        let signature = signature(key, &bytes).finalize().into_bytes();
        bytes.extend(signature.iter().take(MAC_LEN));
        Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes))
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION, self.kind.bits()];
        let mut flags = self.kind.bits();
        bytes.extend(self.id);
        for (flag, time) in [(NOT_BEFORE, self.not_before), (EXPIRES, self.expires)] {
            let Some(time) = time else { continue };
            flags |= flag;
            bytes.extend(seconds(time).to_be_bytes());
        }
        if let Some(uses) = self.uses {
            flags |= USES;
            bytes.extend(uses.to_be_bytes());
        }
        push(&mut bytes, &self.meeting);
        if let Some(name) = &self.name {
            flags |= NAME;
            push(&mut bytes, name.as_str());
        }
        if let Some(place) = bytes.get_mut(1) {
            *place = flags;
        }
        bytes
    }
}

/// A token that was read, and whose signature nobody has looked at yet.
#[derive(Debug)]
pub(crate) struct Unproved {
    claims: Claims,
    signed: Vec<u8>,
    signature: [u8; MAC_LEN],
}

impl Unproved {
    /// Reads a token; `None` for what is none.
    pub(crate) fn read(text: &str) -> Option<Self> {
        if text.len() > MAX_TOKEN {
            return None;
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let signed = bytes.len().checked_sub(MAC_LEN)?;
        let signature = bytes.split_off(signed).try_into().ok()?;
        let claims = read(&bytes)?;
        // What is written in another way than ours would be a second link.
        (claims.bytes() == bytes).then_some(Self { claims, signed: bytes, signature })
    }

    /// Whose meeting it says to open.
    pub(crate) fn meeting(&self) -> &str {
        &self.claims.meeting
    }

    /// What it says, if this key signed it. Takes as long wherever the signatures differ.
    pub(crate) fn prove(self, key: &Key) -> Option<Claims> {
        let made = signature(key, &self.signed);
        made.verify_truncated_left(&self.signature).ok().map(|()| self.claims)
    }
}

fn read(bytes: &[u8]) -> Option<Claims> {
    let mut rest = bytes;
    let [VERSION, flags] = take(&mut rest)? else { return None };
    let kind = Kind::read(flags)?;
    let id = take(&mut rest)?;
    let mut time = |flag| match flags & flag {
        0 => Some(None),
        _ => {
            let seconds = u32::from_be_bytes(take(&mut rest)?);
            Timestamp::from_second(seconds.into()).ok().map(Some)
        }
    };
    let (not_before, expires) = (time(NOT_BEFORE)?, time(EXPIRES)?);
    let uses = match flags & USES {
        0 => None,
        _ => Some(u16::from_be_bytes(take(&mut rest)?)),
    };
    let meeting = text(&mut rest)?.into();
    let name = match flags & NAME {
        0 => None,
        _ => Some(DisplayName::new(text(&mut rest)?)),
    };
    rest.is_empty().then_some(Claims { id, kind, meeting, not_before, expires, uses, name })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, left) = rest.split_first_chunk()?;
    *rest = left;
    Some(*taken)
}

fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let [length] = take(rest)?;
    let (taken, left) = rest.split_at_checked(length.into())?;
    *rest = left;
    std::str::from_utf8(taken).ok()
}

/// A text with its length; a name of ours has at most 64 characters, and a key 64 bytes.
fn push(bytes: &mut Vec<u8>, text: &str) {
    let end = text.floor_char_boundary(u8::MAX.into());
    bytes.push(u8::try_from(end).unwrap_or(u8::MAX));
    bytes.extend(text.as_bytes().iter().take(end));
}

/// Seconds since 1970, until 2106.
fn seconds(time: Timestamp) -> u32 {
    u32::try_from(time.as_second().max(0)).unwrap_or(u32::MAX)
}

fn signature(key: &Key, bytes: &[u8]) -> Hmac<Sha256> {
    let mut mac = crate::store::secret::mac(key);
    mac.update(bytes);
    mac
}
