//! Strings of bytes, bits and characters.

use std::marker::PhantomData;

use super::Codec;
use crate::error::What;
use crate::read::{Reader, bits_for};
use crate::value::{BitString, BmpString};
use crate::write::Writer;

/// OCTET STRING (SIZE (LOW..HIGH)).
#[derive(Debug)]
pub(crate) struct Octets<const LOW: usize = 0, const HIGH: usize = { usize::MAX }>;

impl<const LOW: usize, const HIGH: usize> Codec<Vec<u8>> for Octets<LOW, HIGH> {
    fn read(reader: &mut Reader<'_>) -> Result<Vec<u8>, What> {
        let length = reader.length_within(LOW, HIGH)?;
        reader.bytes(length).map(<[u8]>::to_vec)
    }

    fn write(value: &Vec<u8>, writer: &mut Writer) -> Result<(), What> {
        writer.length_within(value.len(), LOW, HIGH)?;
        writer.bytes(value);
        Ok(())
    }
}

/// GeneralString, whose characters nothing constrains: its bytes.
pub(crate) type General = Octets;

/// OCTET STRING (SIZE (N)).
#[derive(Debug)]
pub(crate) struct Exactly<const N: usize>;

impl<const N: usize> Codec<[u8; N]> for Exactly<N> {
    fn read(reader: &mut Reader<'_>) -> Result<[u8; N], What> {
        let mut value = [0; N];
        if N > 2 {
            value.copy_from_slice(reader.bytes(N)?);
            return Ok(value);
        }
        for byte in &mut value {
            *byte = reader.bits(8)? as u8;
        }
        Ok(value)
    }

    fn write(value: &[u8; N], writer: &mut Writer) -> Result<(), What> {
        if N > 2 {
            writer.bytes(value);
        } else {
            value.iter().for_each(|byte| writer.bits((*byte).into(), 8));
        }
        Ok(())
    }
}

/// BIT STRING (SIZE (LOW..HIGH)).
#[derive(Debug)]
pub(crate) struct Bits<const LOW: usize = 0, const HIGH: usize = { usize::MAX }>;

/// Fixed strings of so many bits are not aligned (X.691 16.9).
const MAX_UNALIGNED: usize = 16;

impl<const LOW: usize, const HIGH: usize> Codec<BitString> for Bits<LOW, HIGH> {
    fn read(reader: &mut Reader<'_>) -> Result<BitString, What> {
        let length = reader.length_within(LOW, HIGH)?;
        if length > 0 && (LOW != HIGH || HIGH > MAX_UNALIGNED) {
            reader.align();
        }
        if length > reader.left() {
            return Err(What::Truncated);
        }
        let mut bytes = Vec::with_capacity(length.div_ceil(8));
        let mut left = length as u32;
        while left > 0 {
            let take = left.min(8);
            bytes.push((reader.bits(take)? << (8 - take)) as u8);
            left -= take;
        }
        Ok(BitString::new(bytes, length))
    }

    fn write(value: &BitString, writer: &mut Writer) -> Result<(), What> {
        let length = value.bits();
        writer.length_within(length, LOW, HIGH)?;
        if length > 0 && (LOW != HIGH || HIGH > MAX_UNALIGNED) {
            writer.align();
        }
        let mut left = length as u32;
        for byte in value.bytes() {
            let take = left.min(8);
            writer.bits(u64::from(*byte) >> (8 - take), take);
            left -= take;
        }
        Ok(())
    }
}

/// BMPString (SIZE (LOW..HIGH)).
#[derive(Debug)]
pub(crate) struct Bmp<const LOW: usize = 0, const HIGH: usize = { usize::MAX }>;

impl<const LOW: usize, const HIGH: usize> Codec<BmpString> for Bmp<LOW, HIGH> {
    fn read(reader: &mut Reader<'_>) -> Result<BmpString, What> {
        let length = reader.length_within(LOW, HIGH)?;
        let bytes = reader.bytes(2 * length)?;
        let units = bytes.chunks_exact(2).map(|pair| match *pair {
            [high, low] => u16::from_be_bytes([high, low]),
            _ => 0,
        });
        Ok(BmpString(units.collect()))
    }

    fn write(value: &BmpString, writer: &mut Writer) -> Result<(), What> {
        writer.length_within(value.0.len(), LOW, HIGH)?;
        value.0.iter().for_each(|unit| writer.bytes(&unit.to_be_bytes()));
        Ok(())
    }
}

/// The characters that a string may have.
pub(crate) trait Alphabet {
    /// Those of FROM in the order of their codes. Empty: any, one byte each, taken as Latin-1,
    /// since devices write beyond ASCII.
    const CHARACTERS: &'static [u8];
}

macro_rules! alphabets {
    ($($(#[$doc:meta])* $name:ident = $characters:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name;

        impl Alphabet for $name {
            const CHARACTERS: &'static [u8] = $characters;
        }
    )*};
}

alphabets! {
    /// IA5String.
    Ia5 = b"";
    /// PrintableString.
    Printable = b"";
    /// NumericString.
    Numeric = b" 0123456789";
    /// Dialled digits.
    Digits = b"#*,0123456789";
    /// Digits of mobile networks.
    Tbcd = b"#*0123456789abc";
    /// Digits of ISUP.
    HexDigits = b"0123456789ABCDE";
    /// What keys send: digits, and `!` for a flash of the hook.
    Signal = b"!#*0123456789ABCD";
}

/// A string of characters of `A` (X.691 30.5), SIZE (LOW..HIGH).
#[derive(Debug)]
pub(crate) struct Characters<A, const LOW: usize = 0, const HIGH: usize = { usize::MAX }>(
    PhantomData<A>,
);

impl<A: Alphabet, const LOW: usize, const HIGH: usize> Characters<A, LOW, HIGH> {
    /// Bits of a character: a power of two.
    const WIDTH: u32 = {
        let count = A::CHARACTERS.len() as u64;
        if count == 0 { 8 } else { bits_for(count).next_power_of_two() }
    };

    /// Characters of eight bits stand for themselves, narrower ones are counted.
    const COUNTED: bool = Self::WIDTH < 8;

    /// Fixed strings of so few bits are not aligned.
    const ALIGNED: bool = LOW != HIGH || HIGH as u64 * Self::WIDTH as u64 > 16;
}

impl<A: Alphabet, const LOW: usize, const HIGH: usize> Codec<String> for Characters<A, LOW, HIGH> {
    fn read(reader: &mut Reader<'_>) -> Result<String, What> {
        let length = reader.length_within(LOW, HIGH)?;
        if length > 0 && Self::ALIGNED {
            reader.align();
        }
        if length * Self::WIDTH as usize > reader.left() {
            return Err(What::Truncated);
        }
        let mut text = String::with_capacity(length);
        for _ in 0..length {
            let code = reader.bits(Self::WIDTH)? as u8;
            let character = if Self::COUNTED {
                *A::CHARACTERS.get(usize::from(code)).ok_or(What::Character)?
            } else if A::CHARACTERS.is_empty() || A::CHARACTERS.contains(&code) {
                code
            } else {
                return Err(What::Character);
            };
            text.push(char::from(character));
        }
        Ok(text)
    }

    fn write(value: &String, writer: &mut Writer) -> Result<(), What> {
        let length = value.chars().count();
        writer.length_within(length, LOW, HIGH)?;
        if length > 0 && Self::ALIGNED {
            writer.align();
        }
        for character in value.chars() {
            let byte = u8::try_from(u32::from(character)).map_err(|_| What::Character)?;
            let place = A::CHARACTERS.iter().position(|allowed| *allowed == byte);
            if place.is_none() && !A::CHARACTERS.is_empty() {
                return Err(What::Character);
            }
            let code = if Self::COUNTED { place.unwrap_or(0) as u64 } else { byte.into() };
            writer.bits(code, Self::WIDTH);
        }
        Ok(())
    }
}
