//! The VP8 payload descriptor (RFC 7741 section 4.2).

use crate::rtp::NoRoom;

/// Bytes of the longest descriptor.
pub const MAX_LEN: usize = 6;

/// Pictures that the long form of a picture identifier tells apart: 15 bits.
pub const PICTURE_IDS: u16 = 1 << 15;

/// Which picture it is, in the form that the wire has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PictureId {
    /// Seven bits.
    Short(u8),
    /// Fifteen bits.
    Long(u16),
}

impl PictureId {
    /// The number.
    pub const fn value(self) -> u16 {
        match self {
            PictureId::Short(value) => value as u16,
            PictureId::Long(value) => value,
        }
    }
}

/// The temporal layer (`TID` and `Y`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Layer {
    /// The layer, 0-3. The lowest stands alone.
    pub temporal: u8,
    /// It leans only on the lowest layer: one can step up here.
    pub sync: bool,
}

/// All fields of a descriptor. An absent field is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Descriptor {
    /// No other frame leans on this one (`N`).
    pub discardable: bool,
    /// A partition begins with this payload (`S`).
    pub starts_partition: bool,
    /// The partition, 0-7 (`PID`).
    pub partition: u8,
    /// `PictureID`.
    pub picture_id: Option<PictureId>,
    /// The running number of frames of the lowest layer (`TL0PICIDX`).
    pub tl0_picture_index: Option<u8>,
    /// `TID` and `Y`.
    pub layer: Option<Layer>,
    /// The running number of key frames, five bits (`KEYIDX`).
    pub key_index: Option<u8>,
}

impl Descriptor {
    /// Reads the descriptor of a payload, and gives what stands behind it. `None` if a field
    /// leads beyond the end, or nothing stands behind. Reserved bits are ignored, as the RFC
    /// asks; so is `L` without `T`, which it forbids and some senders set.
    pub fn parse(payload: &[u8]) -> Option<(Self, &[u8])> {
        let (&first, mut rest) = payload.split_first()?;
        let mut next = || {
            let (&byte, behind) = rest.split_first()?;
            rest = behind;
            Some(byte)
        };
        let mut descriptor = Self {
            discardable: first & 0x20 != 0,
            starts_partition: first & 0x10 != 0,
            partition: first & 7,
            ..Self::default()
        };
        let fields = if first & 0x80 != 0 { next()? } else { 0 };
        if fields & 0x80 != 0 {
            let byte = next()?;
            descriptor.picture_id = Some(if byte & 0x80 == 0 {
                PictureId::Short(byte)
            } else {
                PictureId::Long(u16::from_be_bytes([byte & 0x7f, next()?]))
            });
        }
        if fields & 0x40 != 0 {
            descriptor.tl0_picture_index = Some(next()?);
        }
        if fields & 0x30 != 0 {
            let byte = next()?;
            if fields & 0x20 != 0 {
                descriptor.layer = Some(Layer { temporal: byte >> 6, sync: byte & 0x20 != 0 });
            }
            if fields & 0x10 != 0 {
                descriptor.key_index = Some(byte & 0x1f);
            }
        }
        (!rest.is_empty()).then_some((descriptor, rest))
    }

    /// Writes the descriptor to the start of `out` and says how many bytes it took. Values are
    /// cut to their bits.
    ///
    /// # Errors
    /// [`NoRoom`]; [`MAX_LEN`] bytes always suffice.
    pub fn write(&self, out: &mut [u8]) -> Result<usize, NoRoom> {
        let mut bytes = [0; MAX_LEN];
        let mut len = 0;
        let mut put = |byte: u8| {
            if let Some(slot) = bytes.get_mut(len) {
                *slot = byte;
                len += 1;
            }
        };
        let fields = u8::from(self.picture_id.is_some()) << 7
            | u8::from(self.tl0_picture_index.is_some()) << 6
            | u8::from(self.layer.is_some()) << 5
            | u8::from(self.key_index.is_some()) << 4;
        put(u8::from(fields != 0) << 7
            | u8::from(self.discardable) << 5
            | u8::from(self.starts_partition) << 4
            | self.partition & 7);
        if fields != 0 {
            put(fields);
        }
        match self.picture_id {
            Some(PictureId::Short(value)) => put(value & 0x7f),
            Some(PictureId::Long(value)) => {
                let [high, low] = value.to_be_bytes();
                put(high | 0x80);
                put(low);
            }
            None => {}
        }
        self.tl0_picture_index.into_iter().for_each(&mut put);
        if self.layer.is_some() || self.key_index.is_some() {
            let layer = self.layer.map_or(0, |l| l.temporal << 6 | u8::from(l.sync) << 5);
            put(layer | self.key_index.unwrap_or(0) & 0x1f);
        }
        let written = bytes.get(..len).ok_or(NoRoom)?;
        out.get_mut(..len).ok_or(NoRoom)?.copy_from_slice(written);
        Ok(len)
    }

    /// Whether a frame begins with this payload.
    pub const fn begins_frame(&self) -> bool {
        self.starts_partition && self.partition == 0
    }
}
