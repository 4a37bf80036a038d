//! H.264 as H.323 says it: the generic capability of H.241 section 8.3 <-> the formats that SDP
//! leads to as well.
//!
//! A capability names all its profiles at once and one level, raised by parameters in coarse
//! units; a format is one profile.

use super::{H264Format, H264Level, H264Limits, H264Profile, PacketizationMode};
use causeway_base::Bitrate;

/// The identifier of the capability (H.241 table 8-1).
pub const CAPABILITY: [u32; 7] = [0, 0, 8, 241, 0, 0, 1];

/// The identifiers of packetization (H.241 section 7.1), but for their last number: 0 one NAL unit
/// a packet, 1 non-interleaved, 2 interleaved. Some rooms leave the last out.
pub const PACKETIZATION: [u32; 7] = [0, 0, 8, 241, 0, 0, 0];

/// Numbers of the parameters (H.241 tables 8-4 to 8-12).
const PROFILE: u16 = 41;
const LEVEL: u16 = 42;
const CUSTOM_MAX_MBPS: u16 = 3;
const CUSTOM_MAX_FS: u16 = 4;
const CUSTOM_MAX_BR: u16 = 6;

/// Their units: macroblocks a second, macroblocks, bits a second.
const MBPS_UNIT: u32 = 500;
const FS_UNIT: u32 = 256;
const BR_UNIT: u64 = 25_000;

/// The unit of the capability's own rate (H.245 `maxBitRate`), in bits a second.
const BITRATE_UNIT: u64 = 100;

/// The level's number is 15 for level 1 and goes up by 7; 1b stands between 1 and 1.1. What is
/// above 5.1 was added later, by the same steps.
const LEVELS: [(H264Level, u8); 20] = [
    (H264Level::L1, 15),
    (H264Level::L1b, 19),
    (H264Level::L1_1, 22),
    (H264Level::L1_2, 29),
    (H264Level::L1_3, 36),
    (H264Level::L2, 43),
    (H264Level::L2_1, 50),
    (H264Level::L2_2, 57),
    (H264Level::L3, 64),
    (H264Level::L3_1, 71),
    (H264Level::L3_2, 78),
    (H264Level::L4, 85),
    (H264Level::L4_1, 92),
    (H264Level::L4_2, 99),
    (H264Level::L5, 106),
    (H264Level::L5_1, 113),
    (H264Level::L5_2, 120),
    (H264Level::L6, 127),
    (H264Level::L6_1, 134),
    (H264Level::L6_2, 141),
];

/// Bits of the profile parameter, the narrowest first. Extended (16) we cannot decode.
const PROFILES: [(H264Profile, u8); 3] =
    [(H264Profile::Baseline, 64), (H264Profile::Main, 32), (H264Profile::High, 8)];

/// The value of a parameter (H.245 `ParameterValue`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum H241Value {
    /// `booleanArray`.
    Flags(u8),
    /// `unsignedMin`, `unsignedMax`, `unsigned32Min` or `unsigned32Max`.
    Number(u32),
}

/// A generic capability of H.264.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct H241Capability {
    /// The bits of the profile parameter.
    profiles: u8,
    level: H264Level,
    /// Macroblocks a second, macroblocks, bits a second, where they are above the level's.
    max_mbps: Option<u32>,
    max_fs: Option<u32>,
    max_br: Option<Bitrate>,
    /// The capability's own bound.
    max_bitrate: Option<Bitrate>,
}

impl H241Capability {
    /// Reads a capability: `maxBitRate` in its own unit, and the parameters by their numbers.
    /// Those that we do not know say nothing that matters here. `None` without a profile or
    /// without a level, which every capability has (H.241 section 8.3.2).
    pub fn read(
        max_bitrate: Option<u32>,
        parameters: impl IntoIterator<Item = (u16, H241Value)>,
    ) -> Option<Self> {
        let (mut profiles, mut level) = (None, None);
        let (mut max_mbps, mut max_fs, mut max_br) = (None, None, None);
        for parameter in parameters {
            match parameter {
                (PROFILE, H241Value::Flags(flags)) => profiles = Some(flags),
                (LEVEL, H241Value::Number(number)) => level = Some(level_of(number)),
                (CUSTOM_MAX_MBPS, H241Value::Number(number)) => {
                    max_mbps = Some(number.saturating_mul(MBPS_UNIT));
                }
                (CUSTOM_MAX_FS, H241Value::Number(number)) => {
                    max_fs = Some(number.saturating_mul(FS_UNIT));
                }
                (CUSTOM_MAX_BR, H241Value::Number(number)) => {
                    max_br = Some(Bitrate::bps(u64::from(number) * BR_UNIT));
                }
                _ => {}
            }
        }
        Some(Self {
            profiles: profiles?,
            level: level?,
            max_mbps,
            max_fs,
            max_br,
            max_bitrate: max_bitrate.map(|rate| Bitrate::bps(u64::from(rate) * BITRATE_UNIT)),
        })
    }

    /// What says that we take `format`, within `max_bitrate`.
    pub fn of(format: &H264Format, max_bitrate: Bitrate) -> Self {
        let level = format.level.limits(format.profile);
        let limits = format.limits;
        Self {
            profiles: bit_of(format.profile),
            level: format.level,
            max_mbps: Some(limits.max_mbps).filter(|most| *most > level.max_mbps),
            max_fs: Some(limits.max_fs).filter(|most| *most > level.max_fs),
            max_br: Some(limits.max_bitrate).filter(|most| *most > level.max_bitrate),
            max_bitrate: Some(max_bitrate),
        }
    }

    /// `maxBitRate`, in 100 bit/s. It is always said: some rooms send nothing where it is not.
    pub fn max_bitrate(&self) -> Option<u32> {
        let units = self.max_bitrate?.as_bps() / BITRATE_UNIT;
        Some(u32::try_from(units).unwrap_or(u32::MAX))
    }

    /// The parameters by their numbers, rounded down: no more is promised than is taken.
    pub fn parameters(&self) -> Vec<(u16, H241Value)> {
        let number = |value: u64| H241Value::Number(u32::try_from(value).unwrap_or(u32::MAX));
        let mut out = vec![
            (PROFILE, H241Value::Flags(self.profiles)),
            (LEVEL, number(number_of(self.level).into())),
        ];
        let customs = [
            (CUSTOM_MAX_MBPS, self.max_mbps.map(|most| u64::from(most / MBPS_UNIT))),
            (CUSTOM_MAX_FS, self.max_fs.map(|most| u64::from(most / FS_UNIT))),
            (CUSTOM_MAX_BR, self.max_br.map(|most| most.as_bps() / BR_UNIT)),
        ];
        out.extend(customs.into_iter().filter_map(|(id, value)| Some((id, number(value?)))));
        out
    }

    /// The formats that it takes under `mode`, the narrowest profile first. Parameters below the
    /// level's do not count.
    pub fn formats(&self, mode: PacketizationMode) -> Vec<H264Format> {
        let named = PROFILES.into_iter().filter(|(_, bit)| self.profiles & bit != 0);
        named.map(|(profile, _)| self.format(profile, mode)).collect()
    }

    fn format(&self, profile: H264Profile, mode: PacketizationMode) -> H264Format {
        let level = self.level.limits(profile);
        let raised = self.max_br.map_or(level.max_bitrate, |most| most.max(level.max_bitrate));
        let limits = H264Limits {
            max_fs: level.max_fs.max(self.max_fs.unwrap_or(0)),
            max_mbps: level.max_mbps.max(self.max_mbps.unwrap_or(0)),
            max_bitrate: self.max_bitrate.map_or(raised, |most| most.min(raised)),
        };
        H264Format { profile, level: self.level, mode, limits, max_frame_rate: None }
    }
}

/// The mode that an identifier of packetization names. `None` for interleaved, which is not spoken
/// here, and for all others.
pub fn packetization(arcs: &[u64]) -> Option<PacketizationMode> {
    let last = arcs.strip_prefix(&PACKETIZATION.map(u64::from)[..])?;
    match last {
        [] => Some(PacketizationMode::SingleNal),
        [number] => PacketizationMode::from_number(u8::try_from(*number).ok()?),
        _ => None,
    }
}

/// The identifier of a mode.
pub fn packetization_id(mode: PacketizationMode) -> [u32; 8] {
    let [a, b, c, d, e, f, g] = PACKETIZATION;
    [a, b, c, d, e, f, g, mode.number().into()]
}

/// A number between levels counts as the level below it.
fn level_of(number: u32) -> H264Level {
    let below = LEVELS.iter().rev().find(|(_, level)| u32::from(*level) <= number);
    below.map_or(H264Level::L1, |(level, _)| *level)
}

const fn number_of(level: H264Level) -> u8 {
    LEVELS[level as usize].1
}

/// The bit under which a profile is offered: there is none for the constrained ones.
const fn bit_of(profile: H264Profile) -> u8 {
    match profile {
        H264Profile::ConstrainedBaseline | H264Profile::Baseline => PROFILES[0].1,
        H264Profile::Main => PROFILES[1].1,
        H264Profile::ConstrainedHigh | H264Profile::High => PROFILES[2].1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_base::VideoSize;
    use proptest::prelude::*;

    const BASELINE_AND_HIGH: u8 = 64 | 8;

    fn read(max_bitrate: u32, parameters: &[(u16, H241Value)]) -> H241Capability {
        H241Capability::read(Some(max_bitrate), parameters.iter().copied()).expect("whole")
    }

    #[test]
    fn a_room_that_takes_720p() {
        let parameters = [
            (PROFILE, H241Value::Flags(BASELINE_AND_HIGH)),
            (LEVEL, H241Value::Number(71)),
            (CUSTOM_MAX_MBPS, H241Value::Number(231)),
            (CUSTOM_MAX_FS, H241Value::Number(15)),
        ];
        let capability = read(19_200, &parameters);
        let formats = capability.formats(PacketizationMode::SingleNal);
        let profiles: Vec<_> = formats.iter().map(|format| format.profile).collect();
        assert_eq!(profiles, [H264Profile::Baseline, H264Profile::High]);
        for format in formats {
            assert_eq!(format.level, H264Level::L3_1);
            assert_eq!((format.limits.max_mbps, format.limits.max_fs), (115_500, 3_840));
            assert_eq!(format.limits.max_bitrate, Bitrate::kbps(1_920));
            assert_eq!(format.limits.frame_rate(VideoSize::new(1280, 720)), Some(32));
        }
        assert_eq!(capability.parameters(), parameters);
        assert_eq!(capability.max_bitrate(), Some(19_200));
    }

    #[test]
    fn a_capability_without_profile_or_level_is_none() {
        let profile = (PROFILE, H241Value::Flags(64));
        let level = (LEVEL, H241Value::Number(64));
        assert_eq!(H241Capability::read(None, [profile]), None);
        assert_eq!(H241Capability::read(None, [level]), None);
        assert_eq!(
            H241Capability::read(None, [(PROFILE, H241Value::Number(64)), level]),
            None,
            "a profile is flags"
        );
        let whole = H241Capability::read(None, [profile, level, (200, H241Value::Number(1))]);
        assert_eq!(whole.expect("whole").formats(PacketizationMode::SingleNal).len(), 1);
        let extended = H241Capability::read(None, [(PROFILE, H241Value::Flags(16)), level]);
        assert_eq!(extended.expect("whole").formats(PacketizationMode::SingleNal), []);
    }

    #[test]
    fn numbers_of_levels() {
        for (place, level) in H264Level::all().enumerate() {
            assert_eq!(LEVELS[place].0, level);
            assert_eq!(level_of(number_of(level).into()), level);
        }
        for (number, level) in [
            (0, H264Level::L1),
            (18, H264Level::L1),
            (20, H264Level::L1b),
            (75, H264Level::L3_1),
            (u32::MAX, H264Level::L6_2),
        ] {
            assert_eq!(level_of(number), level, "{number}");
        }
    }

    #[test]
    fn parameters_below_the_level_do_not_lower_it() {
        let capability = read(
            100_000,
            &[
                (PROFILE, H241Value::Flags(64)),
                (LEVEL, H241Value::Number(64)),
                (CUSTOM_MAX_MBPS, H241Value::Number(1)),
                (CUSTOM_MAX_BR, H241Value::Number(1)),
            ],
        );
        let format = capability.formats(PacketizationMode::NonInterleaved)[0];
        assert_eq!(format.limits, H264Level::L3.limits(H264Profile::Baseline));
    }

    #[test]
    fn packetization_by_its_identifier() {
        let arcs = |last: &[u64]| [&PACKETIZATION.map(u64::from)[..], last].concat();
        for (last, mode) in [
            (&[][..], Some(PacketizationMode::SingleNal)),
            (&[0], Some(PacketizationMode::SingleNal)),
            (&[1], Some(PacketizationMode::NonInterleaved)),
            (&[2], None),
            (&[u64::MAX], None),
            (&[0, 0], None),
        ] {
            assert_eq!(packetization(&arcs(last)), mode, "{last:?}");
        }
        assert_eq!(packetization(&[0, 0, 8]), None);
        for mode in [PacketizationMode::SingleNal, PacketizationMode::NonInterleaved] {
            assert_eq!(packetization(&packetization_id(mode).map(u64::from)), Some(mode));
        }
    }

    proptest! {
        /// What we say we take is read as no more than that, and as no less than the units allow.
        #[test]
        fn what_is_offered_is_read_as_it_was_meant(
            place in 0usize..20,
            profile in prop::sample::select(vec![H264Profile::Baseline, H264Profile::Main, H264Profile::High]),
            more_mbps in 0u32..100_000,
            more_fs in 0u32..10_000,
            more_kbps in 0u64..50_000,
            most in 64u64..100_000,
        ) {
            let level = H264Level::all().nth(place).expect("twenty");
            let base = level.limits(profile);
            let limits = H264Limits {
                max_fs: base.max_fs + more_fs,
                max_mbps: base.max_mbps + more_mbps,
                max_bitrate: Bitrate::bps(base.max_bitrate.as_bps() + 1_000 * more_kbps),
            };
            let mode = PacketizationMode::SingleNal;
            let format = H264Format { profile, level, mode, limits, max_frame_rate: None };
            let said = H241Capability::of(&format, Bitrate::kbps(most));
            let heard = H241Capability::read(said.max_bitrate(), said.parameters()).expect("whole");
            let formats = heard.formats(mode);
            prop_assert_eq!(formats.len(), 1);
            let read = formats[0];
            prop_assert_eq!((read.profile, read.level), (profile, level));
            prop_assert!(read.limits.max_fs <= limits.max_fs && read.limits.max_fs + FS_UNIT > limits.max_fs);
            prop_assert!(read.limits.max_mbps <= limits.max_mbps && read.limits.max_mbps + MBPS_UNIT > limits.max_mbps);
            let bound = limits.max_bitrate.min(Bitrate::kbps(most));
            prop_assert!(read.limits.max_bitrate <= bound);
            prop_assert!(read.limits.max_bitrate.as_bps() + BR_UNIT > bound.as_bps());
        }
    }
}
