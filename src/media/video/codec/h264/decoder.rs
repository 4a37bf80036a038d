//! Decoding by OpenH264.
#![allow(unsafe_code)]

use std::fmt;
use std::ptr::null_mut;

use openh264::OpenH264API;
use openh264::decoder::{Decoder, DecoderConfig};
use openh264_sys2::{DECODING_STATE, SBufferInfo, dsErrorFree};

use super::access_unit::{Holds, filter};
use crate::video::codec::native::NativePicture;
use crate::video::codec::{DecodeError, Decoded, MAX_ACCESS_UNIT, Reference, VideoDecoder};
use crate::video::frame::FrameSource;

/// One stream's decoder. Concealment is off: what is missing is an error, and then the last
/// picture stays until a key picture comes.
pub(in crate::video::codec) struct H264Decoder {
    native: Decoder,
    reference: Reference,
    /// What of an access unit is to be decoded.
    wanted: Vec<u8>,
}

impl H264Decoder {
    pub(in crate::video::codec) fn new() -> Result<Self, DecodeError> {
        let native = Decoder::with_api_config(OpenH264API::from_source(), DecoderConfig::new())
            .map_err(|_| DecodeError::Unavailable)?;
        Ok(Self { native, reference: Reference::Missing, wanted: Vec::new() })
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
        let reference = std::mem::replace(&mut self.reference, Reference::Missing);
        if access_unit.len() > MAX_ACCESS_UNIT {
            return Err(DecodeError::TooLong);
        }
        let holds = filter(access_unit, reference, &mut self.wanted)?;
        if !self.wanted.is_empty() {
            let (mut state, mut picture) = self.run();
            // The decoder blames the next picture for one of which slices were missing.
            if state != dsErrorFree && holds == Holds::Key {
                (state, picture) = self.run();
            }
            match picture {
                _ if state != dsErrorFree => return Ok(Decoded::Broken),
                Some(picture) if holds != Holds::Sets => {
                    self.reference = Reference::Known;
                    // SAFETY: the decoder keeps the picture until it is called again.
                    return unsafe { picture.copy_to(frames) };
                }
                // Slices without a picture: some of it is missing.
                _ => {}
            }
        }
        if holds == Holds::Sets {
            self.reference = reference;
            return Ok(Decoded::Nothing);
        }
        Ok(Decoded::Broken)
    }

    fn lost(&mut self) {
        self.reference = Reference::Missing;
    }
}

impl fmt::Debug for H264Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "H264Decoder({:?})", self.reference)
    }
}
