//! Encoding by OpenH264.
#![allow(unsafe_code)]

use std::fmt;

use openh264::encoder::{
    BitRate, Complexity, Encoder, EncoderConfig, FrameRate, FrameType, IntraFramePeriod, Profile,
    RateControlMode, SpsPpsStrategy,
};
use openh264::formats::YUVSource;
use openh264::{OpenH264API, Timestamp};
use openh264_sys2::{
    ENCODER_OPTION, ENCODER_OPTION_BITRATE, ENCODER_OPTION_FRAME_RATE, ENCODER_OPTION_MAX_BITRATE,
    ENCODER_OPTION_TRACE_LEVEL, SBitrateInfo, SPATIAL_LAYER_0, SPATIAL_LAYER_ALL, WELS_LOG_QUIET,
};

use crate::video::codec::{
    EncodeError, EncodedInfo, EncoderSettings, VideoEncoder, bits_per_second, frame_rate,
};
use crate::video::frame::{Frame, Planes};
use causeway_base::Bitrate;

/// One outgoing stream's encoder.
pub(in crate::video::codec) struct H264Encoder {
    native: Encoder,
    settings: EncoderSettings,
    progress: Progress,
}

/// The native encoder takes its settings with the first picture, and options only after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Fresh,
    /// The time of the next picture, in microseconds.
    Running(u64),
}

impl H264Encoder {
    pub(in crate::video::codec) fn new(settings: EncoderSettings) -> Result<Self, EncodeError> {
        Ok(Self { native: native(settings)?, settings, progress: Progress::Fresh })
    }

    fn set_option<T>(&mut self, option: ENCODER_OPTION, mut value: T) {
        // SAFETY: the encoder is initialised and reads a `T` for this option. One that it refuses
        // leaves it as it was.
        unsafe { self.native.raw_api().set_option(option, (&raw mut value).cast()) };
    }
}

fn native(settings: EncoderSettings) -> Result<Encoder, EncodeError> {
    let mut config = EncoderConfig::new()
        .profile(Profile::Baseline)
        .bitrate(BitRate::from_bps(bits_per_second(settings.bitrate)))
        .max_frame_rate(FrameRate::from_hz(f32::from(settings.fps)))
        .rate_control_mode(RateControlMode::Bitrate)
        .skip_frames(false)
        .num_threads(1)
        .complexity(Complexity::Low)
        .scene_change_detect(false)
        .sps_pps_strategy(SpsPpsStrategy::ConstantId)
        .intra_frame_period(IntraFramePeriod::from_num_frames(0));
    if let Some(bytes) = settings.max_nal {
        config = config.max_slice_len(bytes as u32);
    }
    let mut encoder = Encoder::with_api_config(OpenH264API::from_source(), config)
        .map_err(|_| EncodeError::Unavailable)?;
    let mut quiet = WELS_LOG_QUIET;
    // SAFETY: the encoder exists, and reads one integer for this option.
    unsafe { encoder.raw_api().set_option(ENCODER_OPTION_TRACE_LEVEL, (&raw mut quiet).cast()) };
    Ok(encoder)
}

impl VideoEncoder for H264Encoder {
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
        let time = match self.progress {
            Progress::Fresh => 0,
            Progress::Running(time) => {
                if key {
                    self.native.force_intra_frame();
                }
                time
            }
        };
        let picture = Picture { planes: frame.planes() };
        let encoded = self
            .native
            .encode_at(&picture, Timestamp::from_millis(time / 1000))
            .map_err(|_| EncodeError::Unavailable)?;
        self.progress = Progress::Running(time + 1_000_000 / u64::from(self.settings.fps));
        encoded.write_vec(out);
        if out.is_empty() {
            return Err(EncodeError::Unavailable);
        }
        Ok(EncodedInfo { key: encoded.frame_type() == FrameType::IDR })
    }

    fn set_rate(&mut self, bitrate: Bitrate, fps: u8) {
        let fps = frame_rate(fps);
        if (bitrate, fps) == (self.settings.bitrate, self.settings.fps) {
            return;
        }
        let new = EncoderSettings { bitrate, fps, ..self.settings };
        match self.progress {
            Progress::Fresh => {
                if let Ok(native) = native(new) {
                    self.native = native;
                }
            }
            Progress::Running(_) => {
                let rate = |layer| SBitrateInfo {
                    iLayer: layer,
                    iBitrate: bits_per_second(bitrate) as i32,
                };
                self.set_option(ENCODER_OPTION_FRAME_RATE, f32::from(fps));
                // A rate above the limit is refused: upwards the limit goes first, downwards last.
                if bitrate > self.settings.bitrate {
                    self.set_option(ENCODER_OPTION_MAX_BITRATE, rate(SPATIAL_LAYER_0));
                    self.set_option(ENCODER_OPTION_BITRATE, rate(SPATIAL_LAYER_ALL));
                } else {
                    self.set_option(ENCODER_OPTION_BITRATE, rate(SPATIAL_LAYER_ALL));
                    self.set_option(ENCODER_OPTION_MAX_BITRATE, rate(SPATIAL_LAYER_0));
                }
            }
        }
        self.settings = new;
    }
}

impl fmt::Debug for H264Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "H264Encoder({:?}, {:?})", self.settings, self.progress)
    }
}

/// A picture as the native encoder takes it.
struct Picture<'a> {
    planes: Planes<'a>,
}

impl YUVSource for Picture<'_> {
    fn dimensions(&self) -> (usize, usize) {
        (self.planes.y.width(), self.planes.y.height())
    }

    fn strides(&self) -> (usize, usize, usize) {
        (self.planes.y.stride(), self.planes.u.stride(), self.planes.v.stride())
    }

    fn y(&self) -> &[u8] {
        self.planes.y.bytes()
    }

    fn u(&self) -> &[u8] {
        self.planes.u.bytes()
    }

    fn v(&self) -> &[u8] {
        self.planes.v.bytes()
    }
}
