//! VP8 (RFC 6386) by libvpx.
#![allow(unsafe_code)]

use std::fmt;
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};

use causeway_base::{Bitrate, VideoSize};
use vpx_sys::{
    VPX_CODEC_OK, VPX_DECODER_ABI_VERSION, VPX_DL_REALTIME, VPX_EFLAG_FORCE_KF,
    VPX_ENCODER_ABI_VERSION, VPX_FRAME_IS_KEY, vp8_dec_control_id, vp8e_enc_control_id,
    vpx_codec_control_, vpx_codec_ctx_t, vpx_codec_cx_pkt_kind, vpx_codec_dec_init_ver,
    vpx_codec_decode, vpx_codec_destroy, vpx_codec_enc_cfg_t, vpx_codec_enc_config_default,
    vpx_codec_enc_config_set, vpx_codec_enc_init_ver, vpx_codec_encode, vpx_codec_get_cx_data,
    vpx_codec_get_frame, vpx_codec_iface_t, vpx_codec_vp8_cx, vpx_codec_vp8_dx, vpx_image_t,
    vpx_img_fmt, vpx_img_wrap, vpx_kf_mode, vpx_rational, vpx_rc_mode,
};

use super::native::NativePicture;
use super::{
    DecodeError, Decoded, EncodeError, EncodedInfo, EncoderSettings, MAX_ACCESS_UNIT, Reference,
    VideoDecoder, VideoEncoder, bits_per_second, frame_rate,
};
use crate::video::frame::{Frame, FrameSource, is_allowed};

/// Ticks of the encoder's clock in a second.
const CLOCK: u64 = causeway_base::video::CLOCK_RATE as u64;

/// The effort of the encoder: negative is a fixed one, positive one that watches the wall clock.
const CPU_USED: i32 = -8;

/// The largest key picture, in percent of an average picture: one that takes half a second to send.
const MAX_KEY_PERCENT: u32 = 1500;

/// The native codec's state, freed with it.
struct Context(vpx_codec_ctx_t);

// SAFETY: a context has no tie to the thread that made it; libvpx keeps no thread-local state.
unsafe impl Send for Context {}

impl Context {
    fn decoder() -> Option<Self> {
        Self::new(|context| {
            // SAFETY: the context is writable, the interface static, no configuration is allowed.
            unsafe {
                let interface: *mut vpx_codec_iface_t = vpx_codec_vp8_dx();
                vpx_codec_dec_init_ver(
                    context,
                    interface,
                    null(),
                    0,
                    VPX_DECODER_ABI_VERSION as i32,
                )
            }
        })
    }

    fn encoder(config: &vpx_codec_enc_cfg_t) -> Option<Self> {
        Self::new(|context| {
            // SAFETY: the context is writable, the interface static, the configuration complete.
            unsafe {
                let interface: *mut vpx_codec_iface_t = vpx_codec_vp8_cx();
                let version = VPX_ENCODER_ABI_VERSION as i32;
                vpx_codec_enc_init_ver(context, interface, config, 0, version)
            }
        })
    }

    fn new(
        initialise: impl FnOnce(*mut vpx_codec_ctx_t) -> vpx_sys::vpx_codec_err_t,
    ) -> Option<Self> {
        let mut context = MaybeUninit::zeroed();
        if initialise(context.as_mut_ptr()) != VPX_CODEC_OK {
            return None;
        }
        // SAFETY: initialised, and zeros are valid for all that was not.
        Some(Self(unsafe { context.assume_init() }))
    }

    fn control(&mut self, id: vp8e_enc_control_id, value: i32) {
        // SAFETY: every control that is used here takes one integer. One that is refused leaves
        // the encoder as it was.
        unsafe { vpx_codec_control_(&raw mut self.0, id as i32, value) };
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: initialised, and never used again.
        unsafe { vpx_codec_destroy(&raw mut self.0) };
    }
}

/// Whether a frame is a key frame, and then its size (RFC 6386 section 9.1); `None` if it is none.
fn key_frame_size(frame: &[u8]) -> Option<VideoSize> {
    match frame {
        [tag, _, _, 0x9d, 0x01, 0x2a, width0, width1, height0, height1, ..] if tag & 1 == 0 => {
            let side = |low: &u8, high: &u8| u16::from_le_bytes([*low, *high]) & 0x3fff;
            Some(VideoSize::new(side(width0, width1), side(height0, height1)))
        }
        _ => None,
    }
}

/// One stream's decoder.
pub(super) struct Vp8Decoder {
    native: Context,
    reference: Reference,
}

impl Vp8Decoder {
    pub(super) fn new() -> Result<Self, DecodeError> {
        let native = Context::decoder().ok_or(DecodeError::Unavailable)?;
        Ok(Self { native, reference: Reference::Missing })
    }

    /// Whether the frame was decoded, and wholly.
    fn run(&mut self, frame: &[u8]) -> bool {
        let context = &raw mut self.native.0;
        // SAFETY: the decoder is initialised, and reads the frame only during the call.
        let result =
            unsafe { vpx_codec_decode(context, frame.as_ptr(), frame.len() as u32, null_mut(), 0) };
        let mut corrupted = 0i32;
        let id = vp8_dec_control_id::VP8D_GET_FRAME_CORRUPTED as i32;
        // SAFETY: this control writes one integer.
        let asked = unsafe { vpx_codec_control_(context, id, &raw mut corrupted) };
        result == VPX_CODEC_OK && asked == VPX_CODEC_OK && corrupted == 0
    }

    /// The picture to show, if there is one.
    fn picture(&mut self) -> Option<NativePicture> {
        let mut iterator = null();
        // SAFETY: the image stays valid until the decoder is called again.
        let image =
            unsafe { vpx_codec_get_frame(&raw mut self.native.0, &raw mut iterator).as_ref()? };
        Some(NativePicture {
            size: (image.d_w.into(), image.d_h.into()),
            planes: [0, 1, 2].map(|plane| image.planes[plane].cast_const()),
            strides: [0, 1, 2].map(|plane| image.stride[plane]),
        })
    }
}

impl VideoDecoder for Vp8Decoder {
    fn decode(
        &mut self,
        access_unit: &[u8],
        frames: &dyn FrameSource,
    ) -> Result<Decoded, DecodeError> {
        if access_unit.is_empty() {
            return Ok(Decoded::Nothing);
        }
        // Whatever ends early below has left the decoder behind the stream.
        let reference = std::mem::replace(&mut self.reference, Reference::Missing);
        if access_unit.len() > MAX_ACCESS_UNIT {
            return Err(DecodeError::TooLong);
        }
        let key_size = key_frame_size(access_unit);
        match key_size {
            Some(size) if !is_allowed(size) => return Err(DecodeError::Size(size)),
            // The native decoder takes a key frame without its start code for one.
            None if access_unit[0] & 1 == 0 => return Ok(Decoded::Broken),
            None if reference == Reference::Missing => return Ok(Decoded::Broken),
            _ => {}
        }
        if !self.run(access_unit) {
            return Ok(Decoded::Broken);
        }
        self.reference = Reference::Known;
        match self.picture() {
            // SAFETY: the decoder keeps the picture until it is called again.
            Some(picture) => unsafe { picture.copy_to(frames) },
            None => Ok(Decoded::Nothing),
        }
    }

    fn lost(&mut self) {
        self.reference = Reference::Missing;
    }
}

impl fmt::Debug for Vp8Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vp8Decoder({:?})", self.reference)
    }
}

/// One outgoing stream's encoder.
pub(super) struct Vp8Encoder {
    native: Context,
    config: vpx_codec_enc_cfg_t,
    settings: EncoderSettings,
    /// The time of the next picture, in ticks of [`CLOCK`].
    time: u64,
}

// SAFETY: the pointers in its configuration are null.
unsafe impl Send for Vp8Encoder {}

impl Vp8Encoder {
    pub(super) fn new(settings: EncoderSettings) -> Result<Self, EncodeError> {
        let config = configuration(settings).ok_or(EncodeError::Unavailable)?;
        let mut native = Context::encoder(&config).ok_or(EncodeError::Unavailable)?;
        native.control(vp8e_enc_control_id::VP8E_SET_CPUUSED, CPU_USED);
        native.control(vp8e_enc_control_id::VP8E_SET_STATIC_THRESHOLD, 1);
        native.control(vp8e_enc_control_id::VP8E_SET_NOISE_SENSITIVITY, 0);
        native.control(vp8e_enc_control_id::VP8E_SET_MAX_INTRA_BITRATE_PCT, MAX_KEY_PERCENT as i32);
        Ok(Self { native, config, settings, time: 0 })
    }

    /// Appends what came out; whether it is a key frame.
    fn collect(&mut self, out: &mut Vec<u8>) -> bool {
        let mut iterator = null();
        let mut key = false;
        loop {
            // SAFETY: packets stay valid until the encoder is called again.
            let packet = unsafe {
                vpx_codec_get_cx_data(&raw mut self.native.0, &raw mut iterator).as_ref()
            };
            let Some(packet) = packet else { return key };
            if packet.kind == vpx_codec_cx_pkt_kind::VPX_CODEC_CX_FRAME_PKT {
                // SAFETY: the kind says which variant it is, and that `sz` bytes are at `buf`.
                let (frame, bytes) = unsafe {
                    let frame = packet.data.frame;
                    (frame, std::slice::from_raw_parts(frame.buf.cast::<u8>(), frame.sz as usize))
                };
                out.extend_from_slice(bytes);
                key |= frame.flags & VPX_FRAME_IS_KEY != 0;
            }
        }
    }
}

/// For conversation: constant rate, no picture dropped, none looked ahead at, no key picture but on
/// demand.
fn configuration(settings: EncoderSettings) -> Option<vpx_codec_enc_cfg_t> {
    let mut config = MaybeUninit::<vpx_codec_enc_cfg_t>::uninit();
    // SAFETY: writes a whole configuration where it succeeds.
    let mut config = unsafe {
        if vpx_codec_enc_config_default(vpx_codec_vp8_cx(), config.as_mut_ptr(), 0) != VPX_CODEC_OK
        {
            return None;
        }
        config.assume_init()
    };
    config.g_w = settings.size.width.into();
    config.g_h = settings.size.height.into();
    config.g_timebase = vpx_rational { num: 1, den: CLOCK as i32 };
    config.g_threads = 1;
    config.g_lag_in_frames = 0;
    config.g_error_resilient = 0;
    config.rc_end_usage = vpx_rc_mode::VPX_CBR;
    config.rc_target_bitrate = bits_per_second(settings.bitrate) / 1000;
    config.rc_dropframe_thresh = 0;
    config.rc_resize_allowed = 0;
    config.rc_min_quantizer = 2;
    config.rc_max_quantizer = 56;
    config.rc_undershoot_pct = 100;
    config.rc_overshoot_pct = 15;
    // The receiver's buffer, in milliseconds of the rate.
    config.rc_buf_initial_sz = 500;
    config.rc_buf_optimal_sz = 600;
    config.rc_buf_sz = 1000;
    config.kf_mode = vpx_kf_mode::VPX_KF_DISABLED;
    Some(config)
}

/// Describes a frame to the encoder, which only reads it.
fn image(frame: &Frame) -> Option<vpx_image_t> {
    let planes = frame.planes();
    let size = frame.size();
    let mut image = MaybeUninit::<vpx_image_t>::uninit();
    let first = planes.y.bytes().as_ptr().cast_mut();
    let (format, width, height) =
        (vpx_img_fmt::VPX_IMG_FMT_I420, size.width.into(), size.height.into());
    // SAFETY: fills the whole description where it succeeds; the pixels are not touched.
    let mut image = unsafe {
        if vpx_img_wrap(image.as_mut_ptr(), format, width, height, 1, first).is_null() {
            return None;
        }
        image.assume_init()
    };
    for (index, plane) in [planes.y, planes.u, planes.v].into_iter().enumerate() {
        image.planes[index] = plane.bytes().as_ptr().cast_mut();
        image.stride[index] = plane.stride() as i32;
    }
    Some(image)
}

impl VideoEncoder for Vp8Encoder {
    fn encode(
        &mut self,
        frame: &Frame,
        key: bool,
        out: &mut Vec<u8>,
    ) -> Result<EncodedInfo, EncodeError> {
        out.clear();
        if frame.size() != self.settings.size {
            return Err(EncodeError::Size(frame.size()));
        }
        let image = image(frame).ok_or(EncodeError::Unavailable)?;
        let duration = CLOCK / u64::from(self.settings.fps);
        let flags = if key { i64::from(VPX_EFLAG_FORCE_KF) } else { 0 };
        // SAFETY: the encoder is initialised for this size, and reads the image's pixels only
        // during the call, in which `frame` is borrowed.
        let result = unsafe {
            vpx_codec_encode(
                &raw mut self.native.0,
                &raw const image,
                self.time as i64,
                duration,
                flags,
                VPX_DL_REALTIME.into(),
            )
        };
        self.time += duration;
        let key = self.collect(out);
        if result != VPX_CODEC_OK || out.is_empty() {
            return Err(EncodeError::Unavailable);
        }
        Ok(EncodedInfo { key })
    }

    fn set_rate(&mut self, bitrate: Bitrate, fps: u8) {
        self.settings = EncoderSettings { bitrate, fps: frame_rate(fps), ..self.settings };
        self.config.rc_target_bitrate = bits_per_second(bitrate) / 1000;
        // SAFETY: initialised, and a whole configuration. One that is refused leaves it as it was.
        unsafe { vpx_codec_enc_config_set(&raw mut self.native.0, &raw const self.config) };
    }
}

impl fmt::Debug for Vp8Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vp8Encoder({:?})", self.settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_key_frame_is_read_without_its_scaling() {
        let frame = [0x10, 2, 0, 0x9d, 0x01, 0x2a, 0x80, 0x42, 0x68, 0xc1, 0];
        assert_eq!(key_frame_size(&frame), Some(VideoSize::new(640, 360)));
        assert_eq!(key_frame_size(&frame[..9]), None);
        let inter = [0x11, 2, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01, 0];
        assert_eq!(key_frame_size(&inter), None);
    }
}
