//! Streams that the tests speak of, written bit by bit.

/// Writes bits, most significant first.
#[derive(Debug, Default)]
pub(crate) struct BitWriter {
    bytes: Vec<u8>,
    used: u32,
}

impl BitWriter {
    pub(crate) fn bits(&mut self, count: u32, value: u32) -> &mut Self {
        for at in (0..count).rev() {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().unwrap() |= ((value >> at & 1) as u8) << (7 - self.used % 8);
            self.used += 1;
        }
        self
    }

    pub(crate) fn flag(&mut self, value: bool) -> &mut Self {
        self.bits(1, u32::from(value))
    }

    pub(crate) fn unsigned(&mut self, value: u32) -> &mut Self {
        let len = (value + 1).ilog2();
        self.bits(len, 0).bits(len + 1, value + 1)
    }

    pub(crate) fn signed(&mut self, value: i32) -> &mut Self {
        self.unsigned(if value > 0 { 2 * value as u32 - 1 } else { 2 * value.unsigned_abs() })
    }

    /// A NAL unit of what was written: closed, and without start codes inside.
    pub(crate) fn nal(&mut self, header: u8) -> Vec<u8> {
        self.flag(true);
        let mut nal = vec![header];
        let mut zeros = 0;
        for &byte in &self.bytes {
            if zeros >= 2 && byte <= 3 {
                nal.push(3);
                zeros = 0;
            }
            zeros = if byte == 0 { zeros + 1 } else { 0 };
            nal.push(byte);
        }
        nal
    }
}

/// A sequence parameter set to write.
#[derive(Clone, Debug)]
pub(crate) struct Sequence {
    pub(crate) profile: u8,
    pub(crate) constraints: u8,
    pub(crate) level: u8,
    pub(crate) id: u32,
    /// Only in profiles that carry it.
    pub(crate) chroma_format: u32,
    pub(crate) bit_depth: u32,
    /// Scaling lists that are written, each with steps between its values.
    pub(crate) scaling: Option<Vec<Option<Vec<i32>>>>,
    pub(crate) order: u32,
    pub(crate) reference_frames: u32,
    /// In macroblocks; the height of a field if `frames_only` is not.
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) frames_only: bool,
    /// Left, right, top, bottom.
    pub(crate) crop: Option<[u32; 4]>,
}

impl Sequence {
    /// Constrained baseline of so many macroblocks.
    pub(crate) fn baseline(width: u32, height: u32) -> Self {
        Self {
            profile: 66,
            constraints: 0xe0,
            level: 31,
            id: 0,
            chroma_format: 1,
            bit_depth: 8,
            scaling: None,
            order: 2,
            reference_frames: 1,
            width,
            height,
            frames_only: true,
            crop: None,
        }
    }

    pub(crate) fn nal(&self) -> Vec<u8> {
        let mut out = BitWriter::default();
        out.bits(8, self.profile.into()).bits(8, self.constraints.into());
        out.bits(8, self.level.into()).unsigned(self.id);
        if self.profile >= 100 {
            self.samples(&mut out);
        }
        out.unsigned(0).unsigned(self.order);
        match self.order {
            0 => {
                out.unsigned(4);
            }
            1 => {
                out.flag(false).signed(-3).signed(2).unsigned(2).signed(1).signed(-70_000);
            }
            _ => {}
        }
        out.unsigned(self.reference_frames).flag(false);
        out.unsigned(self.width - 1).unsigned(self.height - 1).flag(self.frames_only);
        if !self.frames_only {
            out.flag(true);
        }
        out.flag(true).flag(self.crop.is_some());
        self.crop.into_iter().flatten().for_each(|side| {
            out.unsigned(side);
        });
        out.flag(false).nal(0x67)
    }

    fn samples(&self, out: &mut BitWriter) {
        out.unsigned(self.chroma_format);
        if self.chroma_format == 3 {
            out.flag(false);
        }
        out.unsigned(self.bit_depth - 8).unsigned(self.bit_depth - 8).flag(false);
        out.flag(self.scaling.is_some());
        for list in self.scaling.iter().flatten() {
            out.flag(list.is_some());
            list.iter().flatten().for_each(|&step| {
                out.signed(step);
            });
        }
    }
}

/// The beginning of a slice, and noise behind it.
pub(crate) fn slice(header: u8, first_macroblock: u32, kind: u32, len: usize) -> Vec<u8> {
    let mut nal =
        BitWriter::default().unsigned(first_macroblock).unsigned(kind).unsigned(0).nal(header);
    nal.extend((0..len).map(|at| (at * 7 % 251) as u8 | 4));
    nal
}

/// A picture parameter set.
pub(crate) fn picture_parameters(id: u32, sequence: u32, arithmetic: bool) -> Vec<u8> {
    let mut out = BitWriter::default();
    out.unsigned(id).unsigned(sequence).flag(arithmetic).flag(false).unsigned(0);
    out.unsigned(0).unsigned(0).flag(false).bits(2, 0).signed(0).signed(0).signed(0);
    out.bits(3, 0).nal(0x68)
}

/// A byte stream of units.
pub(crate) fn stream(units: &[Vec<u8>]) -> Vec<u8> {
    units.iter().flat_map(|nal| super::START_CODE.iter().chain(nal)).copied().collect()
}
