//! Components of a sequence: those that must be there, and those that may.

use super::Codec;
use crate::error::What;
use crate::read::Reader;
use crate::write::Writer;

/// A component of type `T`.
pub(crate) trait Component<T> {
    /// Whether a bit says that it is there.
    const OPTIONAL: bool;

    /// Whether it is there.
    fn is_present(value: &T) -> bool;

    /// Reads it, where `next_present` (asked only if optional) says that it is there.
    fn read(reader: &mut Reader<'_>, next_present: impl FnOnce() -> bool) -> Result<T, What>;

    /// Writes it, where it is there.
    fn write(value: &T, writer: &mut Writer) -> Result<(), What>;
}

/// A mandatory component.
#[derive(Debug)]
pub(crate) struct Must<C>(C);

impl<T, C: Codec<T>> Component<T> for Must<C> {
    const OPTIONAL: bool = false;

    fn is_present(_: &T) -> bool {
        true
    }

    fn read(reader: &mut Reader<'_>, _: impl FnOnce() -> bool) -> Result<T, What> {
        C::read(reader)
    }

    fn write(value: &T, writer: &mut Writer) -> Result<(), What> {
        C::write(value, writer)
    }
}

/// An optional component. Every addition is one, whatever the module says: older peers do not
/// send it.
#[derive(Debug)]
pub(crate) struct May<C>(C);

impl<T, C: Codec<T>> Component<Option<T>> for May<C> {
    const OPTIONAL: bool = true;

    fn is_present(value: &Option<T>) -> bool {
        value.is_some()
    }

    fn read(
        reader: &mut Reader<'_>,
        next_present: impl FnOnce() -> bool,
    ) -> Result<Option<T>, What> {
        if next_present() { C::read(reader).map(Some) } else { Ok(None) }
    }

    fn write(value: &Option<T>, writer: &mut Writer) -> Result<(), What> {
        value.as_ref().map_or(Ok(()), |value| C::write(value, writer))
    }
}
