//! Pictures that lie in the memory of a native decoder.
#![allow(unsafe_code)]

use causeway_base::VideoSize;

use crate::video::codec::{DecodeError, Decoded};
use crate::video::frame::{FrameError, FrameSource, Plane};

/// A picture as a native decoder describes it: it lies there until the decoder is called again.
pub(super) struct NativePicture {
    /// Its width and height in pixels.
    pub(super) size: (u64, u64),
    /// Where each plane begins.
    pub(super) planes: [*const u8; 3],
    /// Bytes from one row of each plane to the next.
    pub(super) strides: [i32; 3],
}

impl NativePicture {
    /// Copies it into a frame of `frames`.
    ///
    /// # Safety
    ///
    /// Each plane is null, or begins as many rows as its size says, `stride` bytes apart, that
    /// nobody writes meanwhile.
    pub(super) unsafe fn copy_to(self, frames: &dyn FrameSource) -> Result<Decoded, DecodeError> {
        let size = VideoSize::new(
            u16::try_from(self.size.0).unwrap_or(u16::MAX),
            u16::try_from(self.size.1).unwrap_or(u16::MAX),
        );
        let mut frame = match frames.take(size) {
            Ok(frame) => frame,
            Err(error @ FrameError::Size(_)) => return Err(error.into()),
            Err(FrameError::Exhausted) => return Err(DecodeError::Exhausted),
        };
        let to = frame.planes_mut();
        for ((mut to, from), stride) in
            [to.y, to.u, to.v].into_iter().zip(self.planes).zip(self.strides)
        {
            let (width, height) = (to.width(), to.height());
            let stride = usize::try_from(stride).unwrap_or(0);
            if from.is_null() || stride < width {
                return Ok(Decoded::Broken);
            }
            // SAFETY: as the caller promises; the last row ends with its last pixel.
            let bytes = unsafe { std::slice::from_raw_parts(from, stride * (height - 1) + width) };
            to.copy_from(Plane::new(bytes, stride, width, height));
        }
        Ok(Decoded::Picture(frame.freeze()))
    }
}
