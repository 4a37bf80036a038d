//! BOOLEAN and INTEGER.

use super::Codec;
use crate::error::What;
use crate::read::Reader;
use crate::write::Writer;

/// BOOLEAN.
#[derive(Debug)]
pub(crate) struct Flag;

impl Codec<bool> for Flag {
    fn read(reader: &mut Reader<'_>) -> Result<bool, What> {
        reader.bit()
    }

    fn write(value: &bool, writer: &mut Writer) -> Result<(), What> {
        writer.bit(*value);
        Ok(())
    }
}

/// INTEGER (LOW..HIGH).
#[derive(Debug)]
pub(crate) struct Whole<const LOW: i64, const HIGH: i64>;

impl<T, const LOW: i64, const HIGH: i64> Codec<T> for Whole<LOW, HIGH>
where
    T: TryFrom<i64> + Into<i64> + Copy,
{
    fn read(reader: &mut Reader<'_>) -> Result<T, What> {
        let distance = reader.constrained(HIGH.abs_diff(LOW) + 1)?;
        let value = LOW.checked_add_unsigned(distance).ok_or(What::Range)?;
        T::try_from(value).map_err(|_| What::Range)
    }

    fn write(value: &T, writer: &mut Writer) -> Result<(), What> {
        let value: i64 = (*value).into();
        if value < LOW {
            return Err(What::Range);
        }
        writer.constrained(value.abs_diff(LOW), HIGH.abs_diff(LOW) + 1)
    }
}

/// INTEGER (LOW..HIGH, ...).
#[derive(Debug)]
pub(crate) struct WholeOrMore<const LOW: i64, const HIGH: i64>;

impl<T, const LOW: i64, const HIGH: i64> Codec<T> for WholeOrMore<LOW, HIGH>
where
    T: TryFrom<i64> + Into<i64> + Copy,
{
    fn read(reader: &mut Reader<'_>) -> Result<T, What> {
        if reader.bit()? { AnyWhole::read(reader) } else { Whole::<LOW, HIGH>::read(reader) }
    }

    fn write(value: &T, writer: &mut Writer) -> Result<(), What> {
        let outside = !(LOW..=HIGH).contains(&(*value).into());
        writer.bit(outside);
        if outside {
            AnyWhole::write(value, writer)
        } else {
            Whole::<LOW, HIGH>::write(value, writer)
        }
    }
}

/// INTEGER. Those beyond 64 bits are refused.
#[derive(Debug)]
pub(crate) struct AnyWhole;

impl<T> Codec<T> for AnyWhole
where
    T: TryFrom<i64> + Into<i64> + Copy,
{
    fn read(reader: &mut Reader<'_>) -> Result<T, What> {
        let length = reader.length()?;
        if !(1..=8).contains(&length) {
            return Err(What::Range);
        }
        let unused = u64::BITS - 8 * length as u32;
        // The highest bit that was sent is the sign.
        let value = (reader.number(length)? << unused).cast_signed() >> unused;
        T::try_from(value).map_err(|_| What::Range)
    }

    fn write(value: &T, writer: &mut Writer) -> Result<(), What> {
        let value: i64 = (*value).into();
        let magnitude = if value < 0 { !value } else { value };
        let length = (u64::BITS - magnitude.leading_zeros()) as usize / 8 + 1;
        writer.length(length)?;
        writer.number(value.cast_unsigned(), length);
        Ok(())
    }
}

/// INTEGER (LOW..MAX).
#[derive(Debug)]
pub(crate) struct AtLeast<const LOW: u64>;

impl<const LOW: u64> Codec<u64> for AtLeast<LOW> {
    fn read(reader: &mut Reader<'_>) -> Result<u64, What> {
        let length = reader.length()?;
        if !(1..=8).contains(&length) {
            return Err(What::Range);
        }
        reader.number(length)?.checked_add(LOW).ok_or(What::Range)
    }

    fn write(value: &u64, writer: &mut Writer) -> Result<(), What> {
        let distance = value.checked_sub(LOW).ok_or(What::Range)?;
        let length = crate::read::bytes_for(distance);
        writer.length(length)?;
        writer.number(distance, length);
        Ok(())
    }
}
