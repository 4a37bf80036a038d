//! Decoding by OpenH264.
#![allow(unsafe_code)]

use std::fmt;
use std::ptr::null_mut;

use openh264::OpenH264API;
use openh264::decoder::{Decoder, DecoderConfig};
use openh264_sys2::{
    DECODER_OPTION_ERROR_CON_IDC, DECODING_STATE, ERROR_CON_DISABLE, ERROR_CON_SLICE_COPY,
    SBufferInfo, dsBitstreamError, dsErrorFree, dsNoParamSets,
};

use super::access_unit::{Holds, Inter, Unit, filter};
use crate::video::codec::native::NativePicture;
use crate::video::codec::{DecodeError, Decoded, MAX_ACCESS_UNIT, VideoDecoder};
use crate::video::frame::FrameSource;

/// Reference pictures after which one that began blind is taken for right: four seconds at 30 a
/// second. Who makes no key pictures renews each part of his pictures more often.
const BLIND_PICTURES: u16 = 120;

/// Whether the decoder knows what the next access unit builds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Nothing can be decoded before a key picture or a recovery point.
    Missing,
    /// Nor is there any; what comes next is begun with.
    Blind,
    /// It began in the middle: so many reference pictures later all is right, and stays so.
    Recovering(u16),
    /// All that came is decoded.
    Known,
}

/// One stream's decoder. Concealment is off: what is missing is an error, and then the last
/// picture stays until a key picture comes. It is on for a stream that was begun in its
/// middle, since the decoder holds all that follows for incomplete until a key picture; nothing is
/// shown before it is right.
pub(in crate::video::codec) struct H264Decoder {
    native: Decoder,
    standing: Standing,
    /// What of an access unit is to be decoded.
    wanted: Vec<u8>,
}

impl H264Decoder {
    pub(in crate::video::codec) fn new() -> Result<Self, DecodeError> {
        let native = Decoder::with_api_config(OpenH264API::from_source(), DecoderConfig::new())
            .map_err(|_| DecodeError::Unavailable)?;
        Ok(Self { native, standing: Standing::Missing, wanted: Vec::new() })
    }

    /// Has it make up what is missing, or not.
    fn conceal(&mut self, concealment: openh264_sys2::ERROR_CON_IDC) {
        let mut option = concealment;
        // SAFETY: the decoder is initialised, and reads one number of this type.
        unsafe {
            self.native
                .raw_api()
                .set_option(DECODER_OPTION_ERROR_CON_IDC, (&raw mut option).cast());
        }
    }

    /// How it stands with a unit that is about to be decoded.
    fn enter(&mut self, before: Standing, unit: Unit) -> Standing {
        let entered = match (unit.holds, before) {
            (Holds::Sets, before) => return before,
            (Holds::Key, _) => Standing::Known,
            (Holds::Inter, Standing::Known | Standing::Recovering(_)) => return before,
            (Holds::Inter, Standing::Missing | Standing::Blind) => match unit.recovery {
                Some(pictures) => Standing::Recovering(pictures),
                None if before == Standing::Blind => Standing::Recovering(BLIND_PICTURES),
                None => return Standing::Missing,
            },
        };
        self.conceal(match entered {
            Standing::Recovering(_) => ERROR_CON_SLICE_COPY,
            _ => ERROR_CON_DISABLE,
        });
        entered
    }

    /// A picture of a stream that was begun in its middle. What the decoder complains of is mostly
    /// that; packets that are missing are told by [`VideoDecoder::lost`].
    fn recover(
        &mut self,
        left: u16,
        unit: Unit,
        frames: &dyn FrameSource,
    ) -> Result<Decoded, DecodeError> {
        let (state, picture) = self.run();
        if left > 0 {
            self.standing = Standing::Recovering(left - u16::from(unit.is_reference));
            return Ok(Decoded::Nothing);
        }
        match picture {
            Some(picture) if state & (dsBitstreamError | dsNoParamSets) == 0 => {
                self.standing = Standing::Recovering(0);
                // SAFETY: the decoder keeps the picture until it is called again.
                unsafe { picture.copy_to(frames) }
            }
            _ => Ok(Decoded::Broken),
        }
    }

    /// Decodes [`Self::wanted`]: the state, and the picture if one came out.
    fn run(&mut self) -> (DECODING_STATE, Option<NativePicture>) {
        let mut planes = [null_mut::<u8>(); 3];
        let mut info = SBufferInfo::default();
        let length = i32::try_from(self.wanted.len()).unwrap_or(0);
        let destination = (&raw mut planes).cast();
        // SAFETY: the decoder is initialised, reads `length` bytes, and writes three pointers and
        // one description.
        let state = unsafe {
            let raw = self.native.raw_api();
            let state =
                raw.decode_frame_no_delay(self.wanted.as_ptr(), length, destination, &raw mut info);
            // In profiles that know pictures out of order, one waits for the next to come first.
            // Nobody who talks sends them, and a picture late by one frame is no help.
            if info.iBufferStatus != 1 {
                raw.flush_frame(destination, &raw mut info);
            }
            state
        };
        // SAFETY: both variants of the union are the same type, and plain numbers.
        let buffer = unsafe { info.UsrData.sSystemBuffer };
        let picture = (info.iBufferStatus == 1).then_some(NativePicture {
            size: (buffer.iWidth.max(0) as u64, buffer.iHeight.max(0) as u64),
            planes: planes.map(<*mut u8>::cast_const),
            strides: [buffer.iStride[0], buffer.iStride[1], buffer.iStride[1]],
        });
        (state, picture)
    }
}

impl VideoDecoder for H264Decoder {
    fn decode(
        &mut self,
        access_unit: &[u8],
        frames: &dyn FrameSource,
    ) -> Result<Decoded, DecodeError> {
        // Whatever ends early below has left the decoder behind the stream.
        let before = std::mem::replace(&mut self.standing, Standing::Missing);
        if access_unit.len() > MAX_ACCESS_UNIT {
            return Err(DecodeError::TooLong);
        }
        let inter = match before {
            Standing::Missing => Inter::FromRecovery,
            Standing::Blind | Standing::Recovering(_) | Standing::Known => Inter::All,
        };
        let unit = filter(access_unit, inter, &mut self.wanted)?;
        let holds = unit.holds;
        let standing = self.enter(before, unit);
        if let (Standing::Recovering(left), Holds::Inter) = (standing, holds) {
            return self.recover(left, unit, frames);
        }
        if !self.wanted.is_empty() {
            let (mut state, mut picture) = self.run();
            // The decoder blames the next picture for one of which slices were missing.
            if state != dsErrorFree && holds == Holds::Key {
                (state, picture) = self.run();
            }
            match picture {
                _ if state != dsErrorFree => return Ok(Decoded::Broken),
                Some(picture) if holds != Holds::Sets => {
                    self.standing = Standing::Known;
                    // SAFETY: the decoder keeps the picture until it is called again.
                    return unsafe { picture.copy_to(frames) };
                }
                // Slices without a picture: some of it is missing.
                _ => {}
            }
        }
        if holds == Holds::Sets {
            self.standing = before;
            return Ok(Decoded::Nothing);
        }
        Ok(Decoded::Broken)
    }

    fn lost(&mut self) {
        self.standing = Standing::Missing;
    }

    fn begin_blind(&mut self) {
        if self.standing == Standing::Missing {
            self.standing = Standing::Blind;
        }
    }
}

impl fmt::Debug for H264Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "H264Decoder({:?})", self.standing)
    }
}
