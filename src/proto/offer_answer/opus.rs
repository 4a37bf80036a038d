//! The parameters of Opus in `a=fmtp` (RFC 7587 section 6.1).

use causeway_base::Bitrate;
use causeway_wire::sdp::attribute;
use std::fmt;

/// The rates that Opus can be asked for, in bit/s.
const RATES: std::ops::RangeInclusive<u64> = 6_000..=510_000;

/// What a receiver of Opus asks for. A parameter that is broken counts as not given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpusParameters {
    /// `useinbandfec`.
    pub fec: bool,
    /// `usedtx`.
    pub dtx: bool,
    /// `stereo`: it prefers two channels.
    pub stereo: bool,
    /// `maxaveragebitrate`.
    pub max_bitrate: Option<Bitrate>,
    /// `maxplaybackrate` in Hz: it can render no more.
    pub max_playback_rate: Option<u32>,
}

impl OpusParameters {
    /// Reads the parameters behind the format number.
    pub fn parse(text: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in attribute::parameters(text) {
            match name.to_ascii_lowercase().as_str() {
                "useinbandfec" => read.fec = value == "1",
                "usedtx" => read.dtx = value == "1",
                "stereo" => read.stereo = value == "1",
                "maxaveragebitrate" => {
                    let rate = value.parse::<u64>().ok().filter(|rate| *rate > 0);
                    read.max_bitrate =
                        rate.map(|rate| Bitrate::bps(rate.clamp(*RATES.start(), *RATES.end())));
                }
                "maxplaybackrate" => {
                    read.max_playback_rate =
                        value.parse().ok().filter(|rate| (8_000..=48_000).contains(rate));
                }
                _ => {}
            }
        }
        read
    }
}

impl fmt::Display for OpusParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.fec {
            f.write_str("useinbandfec=1;")?;
        }
        if self.dtx {
            f.write_str("usedtx=1;")?;
        }
        if let Some(rate) = self.max_bitrate {
            write!(f, "maxaveragebitrate={};", rate.as_bps())?;
        }
        if let Some(rate) = self.max_playback_rate {
            write!(f, "maxplaybackrate={rate};")?;
        }
        write!(f, "stereo={}", u8::from(self.stereo))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_parameters_count_as_not_given() {
        let none = OpusParameters::default();
        for text in [
            "",
            ";;;",
            "useinbandfec",
            "useinbandfec=yes",
            "usedtx=2",
            "maxaveragebitrate=0",
            "maxaveragebitrate=-1",
            "maxaveragebitrate=99999999999999999999",
            "maxplaybackrate=1",
            "=1",
            "stereo=0; sprop-stereo=1; x-new=3",
        ] {
            assert_eq!(OpusParameters::parse(text), none, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let all = OpusParameters {
            fec: true,
            dtx: true,
            stereo: true,
            max_bitrate: Some(Bitrate::bps(20_000)),
            max_playback_rate: Some(16_000),
        };
        let text =
            " MaxPlaybackRate=16000; UseInbandFEC = 1;usedtx=1;stereo=1; maxaveragebitrate=20000";
        assert_eq!(OpusParameters::parse(text), all);
        assert_eq!(OpusParameters::parse(&all.to_string()), all);
        let rate = |text| OpusParameters::parse(text).max_bitrate.map(Bitrate::as_bps);
        assert_eq!(rate("maxaveragebitrate=1"), Some(6_000));
        assert_eq!(rate("maxaveragebitrate=999999"), Some(510_000));
    }
}
