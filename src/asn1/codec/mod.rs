//! How values of a type are written: one codec for each ASN.1 type with its constraints.
//!
//! A codec is a type without values, [`Whole<0, 255>`] or [`List<AliasAddress, 1, 256>`]; what it
//! reads and writes is a plain Rust value. A named type of a module is its own codec.

mod component;
mod number;
mod string;

pub(crate) use component::{Component, May, Must};
pub(crate) use number::{AnyWhole, AtLeast, Flag, Whole, WholeOrMore};
pub(crate) use string::{
    Bits, Bmp, Characters, Digits, Exactly, General, HexDigits, Ia5, Numeric, Octets, Printable,
    Signal, Tbcd,
};

use crate::error::What;
use crate::read::Reader;
use crate::value::ObjectIdentifier;
use crate::write::Writer;

/// Reads and writes a `T`.
pub trait Codec<T> {
    /// Reads a value.
    ///
    /// # Errors
    /// What is wrong with it; the reader knows where.
    fn read(reader: &mut Reader<'_>) -> Result<T, What>;

    /// Writes a value.
    ///
    /// # Errors
    /// Where its type does not allow it.
    fn write(value: &T, writer: &mut Writer) -> Result<(), What>;
}

/// NULL, where it stands for a value; as an alternative it is a variant without data.
#[derive(Debug)]
pub(crate) struct Null;

impl Codec<()> for Null {
    fn read(_: &mut Reader<'_>) -> Result<(), What> {
        Ok(())
    }

    fn write((): &(), _: &mut Writer) -> Result<(), What> {
        Ok(())
    }
}

/// A value on the heap: where a type holds itself, or would swell the types around it.
#[derive(Debug)]
pub(crate) struct Boxed<C>(C);

impl<T, C: Codec<T>> Codec<Box<T>> for Boxed<C> {
    fn read(reader: &mut Reader<'_>) -> Result<Box<T>, What> {
        C::read(reader).map(Box::new)
    }

    fn write(value: &Box<T>, writer: &mut Writer) -> Result<(), What> {
        C::write(value, writer)
    }
}

/// SEQUENCE OF and SET OF.
#[derive(Debug)]
pub(crate) struct List<C, const LOW: usize = 0, const HIGH: usize = { usize::MAX }>(C);

impl<T, C: Codec<T>, const LOW: usize, const HIGH: usize> Codec<Vec<T>> for List<C, LOW, HIGH> {
    fn read(reader: &mut Reader<'_>) -> Result<Vec<T>, What> {
        let length = reader.length_within(LOW, HIGH)?;
        // Nothing is set aside for values that are only announced.
        let mut values = Vec::new();
        for _ in 0..length {
            reader.count()?;
            values.push(C::read(reader)?);
        }
        Ok(values)
    }

    fn write(values: &Vec<T>, writer: &mut Writer) -> Result<(), What> {
        writer.length_within(values.len(), LOW, HIGH)?;
        values.iter().try_for_each(|value| C::write(value, writer))
    }
}

impl Codec<ObjectIdentifier> for ObjectIdentifier {
    fn read(reader: &mut Reader<'_>) -> Result<Self, What> {
        reader.open().map(|bytes| ObjectIdentifier(bytes.into()))
    }

    fn write(value: &Self, writer: &mut Writer) -> Result<(), What> {
        writer.open(&value.0)
    }
}
