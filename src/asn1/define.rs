//! How the modules define their types: each macro is given one type, much as its module has it.
//! `more` and `or` stand for the extension marker; what follows them came with later editions.

/// A SEQUENCE. Additions are always `Option`s: older peers do not send them, whatever the module
/// says of them.
macro_rules! sequence {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($field:ident: $type:ty as $codec:ty),* $(,)?
        } $($more:ident {
            $($addition:ident: $addition_type:ty as $addition_codec:ty),* $(,)?
        })?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name {
            $(pub $field: $type,)*
            $($(pub $addition: Option<$addition_type>,)*)?
        }

        impl $crate::codec::Codec<$name> for $name {
            #[allow(unused, reason = "not every sequence has every part")]
            fn read(reader: &mut $crate::read::Reader<'_>) -> Result<Self, $crate::error::What> {
                use $crate::codec::Component;
                reader.enter()?;
                let extended = false $(|| ($crate::define::has!($more) && reader.bit()?))?;
                let optional = 0 $(+ u32::from(<$codec as Component<$type>>::OPTIONAL))*;
                let mut present = reader.presence(optional)?;
                $(let $field =
                    <$codec as Component<$type>>::read(reader, || present.next())?;)*
                $(
                    let _ = stringify!($more);
                    let mut additions = reader.additions(extended)?;
                    $(let $addition = if additions.next() {
                        Some(reader.within(<$addition_codec as $crate::codec::Codec<
                            $addition_type,
                        >>::read)?)
                    } else {
                        None
                    };)*
                    reader.skip(additions)?;
                )?
                reader.leave();
                Ok(Self { $($field,)* $($($addition,)*)? })
            }

            #[allow(unused, reason = "not every sequence has every part")]
            fn write(
                value: &Self,
                writer: &mut $crate::write::Writer,
            ) -> Result<(), $crate::error::What> {
                use $crate::codec::Component;
                $(
                    let _ = stringify!($more);
                    let additions: &[bool] = &[$(value.$addition.is_some(),)*];
                    writer.bit(additions.contains(&true));
                )?
                $(if <$codec as Component<$type>>::OPTIONAL {
                    writer.bit(<$codec as Component<$type>>::is_present(&value.$field));
                })*
                $(<$codec as Component<$type>>::write(&value.$field, writer)?;)*
                $(
                    let _ = stringify!($more);
                    writer.additions(additions)?;
                    $(if let Some(addition) = &value.$addition {
                        writer.within(|writer| <$addition_codec as $crate::codec::Codec<
                            $addition_type,
                        >>::write(addition, writer))?;
                    })*
                )?
                Ok(())
            }
        }
    };
}

/// A CHOICE: its alternatives by their numbers, after the count of those before the extension
/// marker. One without data is NULL.
macro_rules! choice {
    (
        $(#[$doc:meta])*
        $name:ident of $count:literal {
            $($place:literal: $variant:ident $(($type:ty as $codec:ty))?),* $(,)?
        } $(or $unrecognised:ident {
            $($more:literal: $addition:ident
                $(($addition_type:ty as $addition_codec:ty))?),* $(,)?
        })?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($variant $(($type))?,)*
            $(
                $($addition $(($addition_type))?,)*
                $unrecognised($crate::value::Unrecognised),
            )?
        }

        impl Default for $name {
            /// The first alternative.
            #[allow(unreachable_code, reason = "the first returns")]
            fn default() -> Self {
                $(return Self::$variant $((<$type>::default()))?;)*
            }
        }

        impl $crate::codec::Codec<$name> for $name {
            fn read(reader: &mut $crate::read::Reader<'_>) -> Result<Self, $crate::error::What> {
                reader.enter()?;
                $(if reader.bit()? {
                    let value = match reader.small()? {
                        $($more => {
                            reader.chose(stringify!($addition));
                            reader.within(|_reader| Ok(Self::$addition $((
                                <$addition_codec as $crate::codec::Codec<$addition_type>>::read(
                                    _reader,
                                )?
                            ))?))?
                        })*
                        place => {
                            reader.chose(stringify!($unrecognised));
                            let data = reader.open()?.to_vec();
                            Self::$unrecognised($crate::value::Unrecognised { place, data })
                        }
                    };
                    reader.leave();
                    return Ok(value);
                })?
                let value = match reader.constrained($count)? {
                    $($place => {
                        reader.chose(stringify!($variant));
                        Self::$variant $((
                            <$codec as $crate::codec::Codec<$type>>::read(reader)?
                        ))?
                    })*
                    _ => return Err($crate::error::What::Alternative),
                };
                reader.leave();
                Ok(value)
            }

            fn write(
                value: &Self,
                writer: &mut $crate::write::Writer,
            ) -> Result<(), $crate::error::What> {
                let extensible = false $(|| $crate::define::has!($unrecognised))?;
                match value {
                    $(Self::$variant $(($crate::define::bind!(inner $type)))? => {
                        writer.chose(stringify!($variant));
                        if extensible {
                            writer.bit(false);
                        }
                        writer.constrained($place, $count)?;
                        $(<$codec as $crate::codec::Codec<$type>>::write(inner, writer)?;)?
                    })*
                    $(
                        $(Self::$addition $(($crate::define::bind!(inner $addition_type)))? => {
                            writer.chose(stringify!($addition));
                            writer.bit(true);
                            writer.small($more)?;
                            writer.within(|_writer| {
                                $(<$addition_codec as $crate::codec::Codec<
                                    $addition_type,
                                >>::write(inner, _writer)?;)?
                                Ok(())
                            })?;
                        })*
                        Self::$unrecognised(unrecognised) => {
                            writer.chose(stringify!($unrecognised));
                            writer.bit(true);
                            writer.small(unrecognised.place)?;
                            writer.open(&unrecognised.data)?;
                        }
                    )?
                }
                Ok(())
            }
        }
    };
}

/// An ENUMERATED, like a choice of NULLs.
macro_rules! enumerated {
    (
        $(#[$doc:meta])*
        $name:ident of $count:literal {
            $($place:literal: $variant:ident),* $(,)?
        } $(or $unrecognised:ident {
            $($more:literal: $addition:ident),* $(,)?
        })?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($variant,)*
            $(
                $($addition,)*
                /// What a later edition has, by its place there.
                $unrecognised(u64),
            )?
        }

        impl Default for $name {
            /// The first.
            #[allow(unreachable_code, reason = "the first returns")]
            fn default() -> Self {
                $(return Self::$variant;)*
            }
        }

        impl $crate::codec::Codec<$name> for $name {
            fn read(reader: &mut $crate::read::Reader<'_>) -> Result<Self, $crate::error::What> {
                $(if reader.bit()? {
                    return Ok(match reader.small()? {
                        $($more => Self::$addition,)*
                        place => Self::$unrecognised(place),
                    });
                })?
                match reader.constrained($count)? {
                    $($place => Ok(Self::$variant),)*
                    _ => Err($crate::error::What::Alternative),
                }
            }

            fn write(
                value: &Self,
                writer: &mut $crate::write::Writer,
            ) -> Result<(), $crate::error::What> {
                let extensible = false $(|| $crate::define::has!($unrecognised))?;
                match *value {
                    $(Self::$variant => {
                        if extensible {
                            writer.bit(false);
                        }
                        writer.constrained($place, $count)
                    })*
                    $(
                        $(Self::$addition => {
                            writer.bit(true);
                            writer.small($more)
                        })*
                        Self::$unrecognised(place) => {
                            writer.bit(true);
                            writer.small(place)
                        }
                    )?
                }
            }
        }
    };
}

/// Binds the data of an alternative, where it has some.
macro_rules! bind {
    ($name:ident $type:ty) => {
        $name
    };
}

/// True for an extension marker.
macro_rules! has {
    ($marker:ident) => {
        true
    };
}

pub(crate) use {bind, choice, enumerated, has, sequence};
