//! The parameters of video formats in `a=fmtp`, as they stand. What they mean together is not
//! decided here.

use super::attribute;
use std::fmt;

/// The parameters of H.264 that count in offer and answer (RFC 6184 section 8.1); those that
/// describe a stream or its buffers are passed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct H264Fmtp {
    /// `profile-level-id`: `profile_idc`, the constraint flags, `level_idc`.
    pub profile_level_id: Option<[u8; 3]>,
    /// `packetization-mode`; 0 where it does not say.
    pub packetization_mode: u8,
    /// `level-asymmetry-allowed`: each side may have its own level.
    pub level_asymmetry_allowed: bool,
    /// `max-recv-level`: constraint flags and `level_idc`.
    pub max_recv_level: Option<[u8; 2]>,
    /// `max-mbps`: macroblocks a second.
    pub max_mbps: Option<u32>,
    /// `max-fs`: macroblocks of a picture.
    pub max_fs: Option<u32>,
    /// `max-br`, in units of 1000 bit/s.
    pub max_br: Option<u32>,
    /// `max-fps`, which no RFC knows: in hundredths of a picture a second, as room systems
    /// write it (6000), or whole, as others do (60).
    pub max_fps: Option<u32>,
}

impl H264Fmtp {
    /// Reads the parameters behind the format number. A limit that is broken counts as not given.
    /// `None` where the profile, the level or the mode is broken: there is nothing to guess.
    pub fn parse(text: &str) -> Option<Self> {
        let mut read = Self::default();
        for (name, value) in attribute::parameters(text) {
            match name.to_ascii_lowercase().as_str() {
                "profile-level-id" => read.profile_level_id = Some(hex(value)?),
                "packetization-mode" => read.packetization_mode = value.parse().ok()?,
                "level-asymmetry-allowed" => read.level_asymmetry_allowed = value == "1",
                "max-recv-level" => read.max_recv_level = hex(value),
                "max-mbps" => read.max_mbps = positive(value),
                "max-fs" => read.max_fs = positive(value),
                "max-br" => read.max_br = positive(value),
                "max-fps" => read.max_fps = positive(value),
                _ => {}
            }
        }
        Some(read)
    }
}

impl fmt::Display for H264Fmtp {
    /// The parameters that are given; mode 0 is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some([profile, constraints, level]) = self.profile_level_id {
            write!(f, "profile-level-id={profile:02x}{constraints:02x}{level:02x};")?;
        }
        write!(f, "packetization-mode={}", self.packetization_mode)?;
        if self.level_asymmetry_allowed {
            f.write_str(";level-asymmetry-allowed=1")?;
        }
        if let Some([constraints, level]) = self.max_recv_level {
            write!(f, ";max-recv-level={constraints:02x}{level:02x}")?;
        }
        for (name, value) in [
            ("max-mbps", self.max_mbps),
            ("max-fs", self.max_fs),
            ("max-br", self.max_br),
            ("max-fps", self.max_fps),
        ] {
            if let Some(value) = value {
                write!(f, ";{name}={value}")?;
            }
        }
        Ok(())
    }
}

/// The parameters of VP8 (RFC 7741 section 6.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vp8Fmtp {
    /// `max-fr`: pictures a second.
    pub max_fr: Option<u32>,
    /// `max-fs`: macroblocks of a picture.
    pub max_fs: Option<u32>,
}

impl Vp8Fmtp {
    /// Reads the parameters behind the format number. One that is broken counts as not given.
    pub fn parse(text: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in attribute::parameters(text) {
            match name.to_ascii_lowercase().as_str() {
                "max-fr" => read.max_fr = positive(value),
                "max-fs" => read.max_fs = positive(value),
                _ => {}
            }
        }
        read
    }
}

impl fmt::Display for Vp8Fmtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = [("max-fr", self.max_fr), ("max-fs", self.max_fs)];
        let given = given.into_iter().filter_map(|(name, value)| Some((name, value?)));
        for (place, (name, value)) in given.enumerate() {
            let before = if place == 0 { "" } else { ";" };
            write!(f, "{before}{name}={value}")?;
        }
        Ok(())
    }
}

/// The format that a retransmission format repeats (`apt`, RFC 4588 section 8.1).
pub fn repeated(text: &str) -> Option<u8> {
    let mut given = attribute::parameters(text);
    let (_, value) = given.find(|(name, _)| name.eq_ignore_ascii_case("apt"))?;
    value.parse().ok().filter(|number| *number <= 127)
}

fn positive(value: &str) -> Option<u32> {
    value.parse().ok().filter(|value| *value > 0)
}

/// Bytes in base 16.
fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h264_as_devices_write_it() {
        let cisco = "packetization-mode=0;profile-level-id=428016;max-br=5000;max-mbps=245000;\
                     max-fs=9000;max-dpb=10;max-smbps=323500;max-fps=6000";
        let read = H264Fmtp::parse(cisco).unwrap();
        assert_eq!(read.profile_level_id, Some([0x42, 0x80, 0x16]));
        assert_eq!((read.packetization_mode, read.level_asymmetry_allowed), (0, false));
        assert_eq!((read.max_br, read.max_mbps), (Some(5_000), Some(245_000)));
        assert_eq!((read.max_fs, read.max_fps), (Some(9_000), Some(6_000)));
        assert_eq!(
            read.to_string(),
            "profile-level-id=428016;packetization-mode=0;max-mbps=245000;max-fs=9000;max-br=5000;\
             max-fps=6000"
        );
        let browser = "level-asymmetry-allowed=1; packetization-mode=1 ;Profile-Level-Id=42E01F";
        let read = H264Fmtp::parse(browser).unwrap();
        assert_eq!(read.profile_level_id, Some([0x42, 0xe0, 0x1f]));
        assert_eq!((read.packetization_mode, read.level_asymmetry_allowed), (1, true));
        let upwards = H264Fmtp::parse("profile-level-id=42e00a;max-recv-level=e01f").unwrap();
        assert_eq!(upwards.max_recv_level, Some([0xe0, 0x1f]));
        assert_eq!(H264Fmtp::parse(""), Some(H264Fmtp::default()));
        assert_eq!(H264Fmtp::default().to_string(), "packetization-mode=0");
    }

    #[test]
    fn a_broken_limit_is_none_and_a_broken_profile_is_no_format() {
        let read = H264Fmtp::parse("max-fs=0;max-mbps=-1;max-br=x;max-fps=4294967296").unwrap();
        assert_eq!(read, H264Fmtp::default());
        for broken in [
            "profile-level-id=",
            "profile-level-id=42e0",
            "profile-level-id=42e01f00",
            "profile-level-id=+2e01f",
            "profile-level-id=42é01",
            "packetization-mode=",
            "packetization-mode=x",
            "packetization-mode=256",
        ] {
            assert_eq!(H264Fmtp::parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn vp8_and_retransmissions() {
        let read = Vp8Fmtp::parse("max-fs=12288;max-fr=60;x-google-start-bitrate=800");
        assert_eq!((read.max_fs, read.max_fr), (Some(12_288), Some(60)));
        assert_eq!(read.to_string(), "max-fr=60;max-fs=12288");
        assert_eq!(Vp8Fmtp::parse("max-fs=x"), Vp8Fmtp::default());
        assert_eq!(Vp8Fmtp::default().to_string(), "");
        assert_eq!(repeated("apt=96;rtx-time=3000"), Some(96));
        for broken in ["", "apt", "apt=128", "apt=x", "rtx-time=3000"] {
            assert_eq!(repeated(broken), None, "{broken}");
        }
    }
}
