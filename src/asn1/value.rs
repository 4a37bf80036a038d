//! Values that Rust has no type for.

use std::fmt;

/// An OBJECT IDENTIFIER, kept as its bytes (X.690 8.19): peers' own are compared and echoed, never
/// looked into.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct ObjectIdentifier(pub(crate) Box<[u8]>);

impl ObjectIdentifier {
    /// Of its numbers. The first is 0 to 2, the second at most 39 below 2.
    pub fn new(arcs: &[u32]) -> Self {
        let mut out = vec![];
        let (first, second) =
            (arcs.first().copied().unwrap_or(0), arcs.get(1).copied().unwrap_or(0));
        let head = u64::from(first) * 40 + u64::from(second);
        let rest = arcs.iter().skip(2).map(|arc| u64::from(*arc));
        for arc in std::iter::once(head).chain(rest) {
            let groups = (u64::BITS - arc.leading_zeros()).div_ceil(7).max(1);
            for group in (0..groups).rev() {
                let more = if group == 0 { 0 } else { 0x80 };
                out.push((arc >> (7 * group)) as u8 & 0x7f | more);
            }
        }
        Self(out.into())
    }

    /// Whether it is the one of these numbers.
    pub fn is(&self, arcs: &[u32]) -> bool {
        self.arcs().eq(arcs.iter().map(|arc| u64::from(*arc)))
    }

    /// Its numbers. One that no 64 bits hold shows by its lowest bits.
    pub fn arcs(&self) -> impl Iterator<Item = u64> {
        let mut bytes = self.0.iter();
        let mut rest = std::iter::from_fn(move || {
            let mut arc = 0;
            loop {
                let byte = bytes.next()?;
                arc = arc << 7 | u64::from(byte & 0x7f);
                if byte & 0x80 == 0 {
                    return Some(arc);
                }
            }
        });
        let head = rest.next();
        let first = head.map(|head| (head / 40).min(2));
        let second = head.zip(first).map(|(head, first)| head - 40 * first);
        first.into_iter().chain(second).chain(rest)
    }
}

impl fmt::Display for ObjectIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, arc) in self.arcs().enumerate() {
            let dot = if place == 0 { "" } else { "." };
            write!(f, "{dot}{arc}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for ObjectIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A BIT STRING.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct BitString {
    bytes: Vec<u8>,
    bits: usize,
}

impl BitString {
    /// Of whole bytes.
    pub fn of_bytes(bytes: Vec<u8>) -> Self {
        let bits = bytes.len() * 8;
        Self { bytes, bits }
    }

    /// The first `bits` bits of `bytes`, at most all. The rest of the last byte becomes zero.
    pub fn new(mut bytes: Vec<u8>, bits: usize) -> Self {
        let bits = bits.min(bytes.len() * 8);
        bytes.truncate(bits.div_ceil(8));
        let unused = bytes.len() * 8 - bits;
        if let Some(last) = bytes.last_mut() {
            *last &= 0xff << unused;
        }
        Self { bytes, bits }
    }

    /// Its bytes, the last filled with zeros.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many bits it has.
    pub fn bits(&self) -> usize {
        self.bits
    }
}

/// A BMPString: UTF-16 as it came, since identifiers of gatekeepers are echoed to the bit.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BmpString(pub Vec<u16>);

impl From<&str> for BmpString {
    fn from(text: &str) -> Self {
        Self(text.encode_utf16().collect())
    }
}

impl fmt::Display for BmpString {
    /// As text; what is none becomes U+FFFD.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf16_lossy(&self.0))
    }
}

impl fmt::Debug for BmpString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf16_lossy(&self.0))
    }
}

/// An alternative of a choice that a later edition has and we do not know.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Unrecognised {
    /// Its place among the alternatives after the extension marker, the first is 0.
    pub place: u64,
    /// What it holds, not looked into.
    pub data: Vec<u8>,
}

impl fmt::Debug for Unrecognised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unrecognised({}, {} bytes)", self.place, self.data.len())
    }
}
