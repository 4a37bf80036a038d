//! What is in the elements that rooms and gateways send.

/// Digits or characters of a number that are kept: H.225.0 has 128.
pub const MAX_NUMBER: usize = 128;

/// Bytes of a display element, with the byte that some begin with (Q.931 section 4.5.16, H.225.0
/// section 7.2.2.18).
pub const MAX_DISPLAY: usize = 82;

/// Says that no byte follows that belongs to the same group (Q.931 section 4.5.1).
const LAST: u8 = 0x80;

/// A bearer of unrestricted digital information, for pictures and sound (H.225.0 section 7.2.2.1):
/// ITU-T coding, packets, H.221 and H.242. `rate` in units of 64 kbit/s, 1 to 127.
pub const fn bearer_video(rate: u8) -> [u8; 5] {
    [0x88, 0x18, LAST | rate, 0x80 | 0x20 | 0x05, LAST]
}

/// A bearer of 64 kbit/s, without the layer above: what most rooms send.
pub const BEARER_UNRESTRICTED: [u8; 3] = [0x88, 0x90, 0xa5];

/// Why a call ended (Q.850).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cause {
    /// Who says so: 0 is the user, 1 to 10 networks and beyond (Q.850 section 2.2.4).
    pub location: u8,
    /// The cause, 0 to 127.
    pub value: u8,
}

impl Cause {
    /// Reads the element. `None` where it is too short.
    pub fn parse(data: &[u8]) -> Option<Self> {
        let (&first, rest) = data.split_first()?;
        // A recommendation follows where the first byte says so.
        let value = rest.get(usize::from(first & LAST == 0))?;
        Some(Self { location: first & 0x0f, value: value & 0x7f })
    }

    /// Writes the element.
    pub const fn bytes(self) -> [u8; 2] {
        [LAST | (self.location & 0x0f), LAST | (self.value & 0x7f)]
    }
}

/// How a number is meant (Q.931 table 4-9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NumberKind {
    /// Type of number: 0 unknown, 1 international, 2 national …
    pub kind: u8,
    /// Numbering plan: 0 unknown, 1 E.164, 9 private …
    pub plan: u8,
}

/// A number of a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Number<'a> {
    /// How it is meant.
    pub kind: NumberKind,
    /// Whether others may see it: 0 yes, 1 no, 2 there is none. Called numbers say nothing of it,
    /// which is 0.
    pub presentation: u8,
    /// Who vouches for it: 0 nobody, 1 checked, 2 checked and wrong, 3 the network.
    pub screening: u8,
    /// The digits, at most [`MAX_NUMBER`]; nothing but a sender's habit says that they are digits.
    pub digits: &'a [u8],
}

impl<'a> Number<'a> {
    /// Reads a calling, called, connected or redirecting number. `None` where it is too short or
    /// too long.
    pub fn parse(data: &'a [u8]) -> Option<Self> {
        let (&first, mut rest) = data.split_first()?;
        let (mut presentation, mut screening, mut last) = (0, 0, first & LAST != 0);
        // The second byte says who may see it; a third (of redirecting numbers) is passed over.
        let mut place = 0;
        while !last {
            let (&byte, after) = rest.split_first()?;
            if place == 0 {
                (presentation, screening) = (byte >> 5 & 3, byte & 3);
            }
            (last, rest, place) = (byte & LAST != 0, after, place + 1);
        }
        let kind = NumberKind { kind: first >> 4 & 7, plan: first & 0x0f };
        (rest.len() <= MAX_NUMBER).then_some(Self { kind, presentation, screening, digits: rest })
    }

    /// Writes a calling or connected number.
    pub fn calling_bytes(&self) -> Vec<u8> {
        let second = LAST | (self.presentation & 3) << 5 | self.screening & 3;
        [&[self.kind.byte(), second], self.digits].concat()
    }

    /// Writes a called number.
    pub fn called_bytes(&self) -> Vec<u8> {
        [&[LAST | self.kind.byte()], self.digits].concat()
    }
}

impl NumberKind {
    const fn byte(self) -> u8 {
        (self.kind & 7) << 4 | self.plan & 0x0f
    }
}

/// The text of a display element. Some begin with a byte for its kind of characters, which is not
/// one that begins a character of UTF-8.
pub fn display(data: &[u8]) -> &[u8] {
    match data.split_first() {
        Some((0x80..=0xbf, rest)) => rest,
        _ => data,
    }
}

/// How a call stands (Q.931 section 4.5.7), in an answer to a status inquiry.
pub fn call_state(data: &[u8]) -> Option<u8> {
    data.first().map(|byte| byte & 0x3f)
}

/// What happened on the way: where it is known from, and what (Q.931 section 4.5.23).
pub fn progress(data: &[u8]) -> Option<(u8, u8)> {
    let (&first, rest) = data.split_first()?;
    Some((first & 0x0f, rest.first()? & 0x7f))
}

/// What a notification says (Q.931 section 4.5.22): 0 suspended, 1 resumed, 0x79 held, 0x7a
/// taken back.
pub fn notification(data: &[u8]) -> Option<u8> {
    data.first().map(|byte| byte & 0x7f)
}
