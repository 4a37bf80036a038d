//! H.264 profiles and levels, as RFC 6184 carries them and ITU-T H.264 Annex A defines them.

use causeway_base::{Bitrate, VideoSize};

/// `profile-level-id` (RFC 6184 section 8.1): `profile_idc`, the constraint flags, `level_idc`.
pub type ProfileLevelId = [u8; 3];

/// What is meant where a description says no `profile-level-id`: Baseline, level 1
/// (RFC 6184 section 8.1).
pub const DEFAULT_PROFILE_LEVEL_ID: ProfileLevelId = [0x42, 0x00, 0x0a];

/// A profile that we can decode, the narrowest first: a stream in the first can be decoded by
/// everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum H264Profile {
    /// Constrained Baseline: what we send.
    ConstrainedBaseline,
    /// Baseline. What it has beyond the former (ITU-T H.264 A.2.1) no device sends.
    Baseline,
    /// Main.
    Main,
    /// Constrained High: High without B slices and interlace.
    ConstrainedHigh,
    /// High.
    High,
}

impl H264Profile {
    /// All profiles, the narrowest first.
    pub const ALL: [H264Profile; 5] = [
        H264Profile::ConstrainedBaseline,
        H264Profile::Baseline,
        H264Profile::Main,
        H264Profile::ConstrainedHigh,
        H264Profile::High,
    ];

    /// The profile of an identifier (RFC 6184 table 5). `None` for those that we cannot decode:
    /// Extended with its data partitions, more than 8 bits, other than 4:2:0.
    pub const fn of(id: ProfileLevelId) -> Option<Self> {
        let [idc, constraints, _] = id;
        let set0 = constraints & 0x80 != 0;
        let set1 = constraints & 0x40 != 0;
        match idc {
            0x42 if set1 => Some(H264Profile::ConstrainedBaseline),
            0x42 => Some(H264Profile::Baseline),
            0x4d if set0 => Some(H264Profile::ConstrainedBaseline),
            0x4d => Some(H264Profile::Main),
            0x58 if set0 && set1 => Some(H264Profile::ConstrainedBaseline),
            0x58 if set0 => Some(H264Profile::Baseline),
            0x64 if constraints & 0x0c == 0x0c => Some(H264Profile::ConstrainedHigh),
            0x64 => Some(H264Profile::High),
            _ => None,
        }
    }

    /// The identifier under which we offer it.
    pub const fn id(self, level: H264Level) -> ProfileLevelId {
        let profile = match self {
            H264Profile::ConstrainedBaseline => [0x42, 0xe0, 0],
            H264Profile::Baseline => [0x42, 0x80, 0],
            H264Profile::Main => [0x4d, 0x00, 0],
            H264Profile::ConstrainedHigh => [0x64, 0x0c, 0],
            H264Profile::High => [0x64, 0x00, 0],
        };
        level.put(profile)
    }

    /// By what the rates of the level table are multiplied, in thousandths (ITU-T H.264
    /// table A-2, `cpbBrVclFactor`).
    const fn rate_factor(self) -> u64 {
        match self {
            H264Profile::ConstrainedHigh | H264Profile::High => 1_250,
            _ => 1_000,
        }
    }
}

/// A level (ITU-T H.264 table A-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the numbers of the table")]
pub enum H264Level {
    L1,
    /// Level 1b: the size of level 1 at twice its rate.
    L1b,
    L1_1,
    L1_2,
    L1_3,
    L2,
    L2_1,
    L2_2,
    L3,
    L3_1,
    L3_2,
    L4,
    L4_1,
    L4_2,
    L5,
    L5_1,
    L5_2,
    L6,
    L6_1,
    L6_2,
}

/// One row of table A-1: level, `level_idc`, MaxMBPS, MaxFS, MaxBR in kbit/s.
type Row = (H264Level, u8, u32, u32, u64);

const TABLE: [Row; 20] = [
    (H264Level::L1, 10, 1_485, 99, 64),
    (H264Level::L1b, 9, 1_485, 99, 128),
    (H264Level::L1_1, 11, 3_000, 396, 192),
    (H264Level::L1_2, 12, 6_000, 396, 384),
    (H264Level::L1_3, 13, 11_880, 396, 768),
    (H264Level::L2, 20, 11_880, 396, 2_000),
    (H264Level::L2_1, 21, 19_800, 792, 4_000),
    (H264Level::L2_2, 22, 20_250, 1_620, 4_000),
    (H264Level::L3, 30, 40_500, 1_620, 10_000),
    (H264Level::L3_1, 31, 108_000, 3_600, 14_000),
    (H264Level::L3_2, 32, 216_000, 5_120, 20_000),
    (H264Level::L4, 40, 245_760, 8_192, 20_000),
    (H264Level::L4_1, 41, 245_760, 8_192, 50_000),
    (H264Level::L4_2, 42, 522_240, 8_704, 50_000),
    (H264Level::L5, 50, 589_824, 22_080, 135_000),
    (H264Level::L5_1, 51, 983_040, 36_864, 240_000),
    (H264Level::L5_2, 52, 2_073_600, 36_864, 240_000),
    (H264Level::L6, 60, 4_177_920, 139_264, 240_000),
    (H264Level::L6_1, 61, 8_355_840, 139_264, 480_000),
    (H264Level::L6_2, 62, 16_711_680, 139_264, 800_000),
];

/// `constraint_set3_flag`: with `level_idc` 11 of the older profiles it means level 1b.
const SET3: u8 = 0x10;

impl H264Level {
    /// All levels, the lowest first.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        TABLE.iter().map(|row| row.0)
    }

    /// The level of an identifier. Level 1b is `level_idc` 11 with `constraint_set3_flag` in
    /// Baseline, Main and Extended, and `level_idc` 9 in all others (ITU-T H.264 A.3); devices
    /// write the latter anywhere. A number between levels counts as the level below it.
    pub fn of(id: ProfileLevelId) -> Self {
        let [idc, constraints, level] = id;
        if level == 9 || (level == 11 && has_flag_for_1b(idc) && constraints & SET3 != 0) {
            return H264Level::L1b;
        }
        let below = TABLE.iter().rev().find(|row| row.0 != H264Level::L1b && row.1 <= level);
        below.map_or(H264Level::L1, |row| row.0)
    }

    /// The identifier of the profile of `id` with this level.
    pub const fn put(self, id: ProfileLevelId) -> ProfileLevelId {
        let [idc, constraints, _] = id;
        if !has_flag_for_1b(idc) {
            return [idc, constraints, self.row().1];
        }
        match self {
            H264Level::L1b => [idc, constraints | SET3, 11],
            _ => [idc, constraints & !SET3, self.row().1],
        }
    }

    /// What a decoder of this level can take of a stream in `profile`.
    pub const fn limits(self, profile: H264Profile) -> H264Limits {
        let (_, _, max_mbps, max_fs, kbps) = self.row();
        let max_bitrate = Bitrate::bps(kbps * profile.rate_factor());
        H264Limits { max_fs, max_mbps, max_bitrate }
    }

    /// The lowest level that holds pictures of `size` at `frame_rate` a second.
    pub fn holding(size: VideoSize, frame_rate: u8) -> Self {
        let fits = |level: &Self| {
            let limits = level.limits(H264Profile::ConstrainedBaseline);
            limits.frame_rate(size).is_some_and(|rate| rate >= u32::from(frame_rate))
        };
        Self::all().find(fits).unwrap_or(H264Level::L6_2)
    }

    const fn row(self) -> Row {
        TABLE[self as usize]
    }
}

/// Whether level 1b is told by a flag in this `profile_idc`.
const fn has_flag_for_1b(profile_idc: u8) -> bool {
    matches!(profile_idc, 0x42 | 0x4d | 0x58)
}

/// What a receiver of H.264 can take: its level, changed by the `max-…` parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct H264Limits {
    /// Macroblocks of one picture.
    pub max_fs: u32,
    /// Macroblocks a second.
    pub max_mbps: u32,
    /// The rate of the stream.
    pub max_bitrate: Bitrate,
}

impl H264Limits {
    /// Whole pictures a second of this size. `None` where the size is too large, or nothing.
    pub fn frame_rate(self, size: VideoSize) -> Option<u32> {
        fits(size, self.max_fs).then(|| self.max_mbps.checked_div(size.macroblocks())).flatten()
    }
}

/// Whether a picture fits into so many macroblocks, in whole and by its sides: neither is longer
/// than √(8 × `max_fs`) (ITU-T H.264 A.3.1; RFC 7741 section 6.1 for VP8).
pub(super) fn fits(size: VideoSize, max_fs: u32) -> bool {
    let short = |pixels: u16| {
        let side = u64::from(pixels.div_ceil(16));
        side * side <= 8 * u64::from(max_fs)
    };
    size.macroblocks() <= max_fs && short(size.width) && short(size.height)
}

/// How access units are cut into packets (RFC 6184 section 6.2). Mode 2 is not spoken here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PacketizationMode {
    /// Mode 0, which is meant where nothing is said: one NAL unit a packet.
    #[default]
    SingleNal,
    /// Mode 1: aggregated and fragmented too.
    NonInterleaved,
}

impl PacketizationMode {
    /// The mode of `packetization-mode`.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(PacketizationMode::SingleNal),
            1 => Some(PacketizationMode::NonInterleaved),
            _ => None,
        }
    }

    /// The value of `packetization-mode`.
    pub const fn number(self) -> u8 {
        match self {
            PacketizationMode::SingleNal => 0,
            PacketizationMode::NonInterleaved => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CB: H264Profile = H264Profile::ConstrainedBaseline;

    #[test]
    fn the_table_is_in_the_order_of_the_levels() {
        for (place, level) in H264Level::all().enumerate() {
            assert_eq!(level as usize, place);
            assert_eq!(level.row().0, level);
        }
        for pair in TABLE.windows(2) {
            assert!(pair[0].2 <= pair[1].2 && pair[0].3 <= pair[1].3 && pair[0].4 <= pair[1].4);
        }
    }

    #[test]
    fn profiles_of_identifiers_as_they_are_seen() {
        for (id, profile) in [
            ([0x42, 0xe0, 0x1f], Some(CB)),
            ([0x42, 0xc0, 0x1f], Some(CB)),
            ([0x42, 0x40, 0x1f], Some(CB)),
            ([0x4d, 0x80, 0x1f], Some(CB)),
            ([0x58, 0xc0, 0x1f], Some(CB)),
            ([0x42, 0x80, 0x20], Some(H264Profile::Baseline)),
            ([0x42, 0x00, 0x0a], Some(H264Profile::Baseline)),
            ([0x58, 0x80, 0x1f], Some(H264Profile::Baseline)),
            ([0x4d, 0x00, 0x1f], Some(H264Profile::Main)),
            ([0x4d, 0x40, 0x1f], Some(H264Profile::Main)),
            ([0x64, 0x0c, 0x1f], Some(H264Profile::ConstrainedHigh)),
            ([0x64, 0x00, 0x20], Some(H264Profile::High)),
            ([0x58, 0x00, 0x1f], None),
            ([0x6e, 0x00, 0x1f], None),
            ([0xf4, 0x00, 0x1f], None),
        ] {
            assert_eq!(H264Profile::of(id), profile, "{id:02x?}");
        }
        for profile in H264Profile::ALL {
            assert_eq!(H264Profile::of(profile.id(H264Level::L3_1)), Some(profile));
        }
    }

    #[test]
    fn levels_come_back_as_they_were_put_in_every_profile() {
        for profile in
            [[0x42, 0xe0, 0], [0x42, 0xf0, 0], [0x4d, 0, 0], [0x58, 0xc0, 0], [0x64, 0, 0]]
        {
            for level in H264Level::all() {
                let id = level.put(profile);
                assert_eq!(H264Level::of(id), level, "{id:02x?}");
                assert_eq!(H264Profile::of(id), H264Profile::of(profile), "{id:02x?}");
            }
        }
    }

    #[test]
    fn level_1b_in_both_its_spellings() {
        for (id, level) in [
            ([0x42, 0xf0, 11], H264Level::L1b),
            ([0x42, 0xe0, 11], H264Level::L1_1),
            ([0x42, 0xe0, 9], H264Level::L1b),
            ([0x4d, 0x10, 11], H264Level::L1b),
            ([0x64, 0x00, 9], H264Level::L1b),
            ([0x64, 0x10, 11], H264Level::L1_1),
        ] {
            assert_eq!(H264Level::of(id), level, "{id:02x?}");
        }
        let [lower, middle, upper] = [H264Level::L1, H264Level::L1b, H264Level::L1_1];
        assert_eq!(middle.limits(CB).max_fs, lower.limits(CB).max_fs);
        assert_eq!(middle.limits(CB).max_bitrate, Bitrate::kbps(128));
        assert!(lower < middle && middle < upper);
    }

    #[test]
    fn numbers_between_levels_are_the_level_below() {
        for (number, level) in [
            (0, H264Level::L1),
            (10, H264Level::L1),
            (14, H264Level::L1_3),
            (33, H264Level::L3_2),
            (255, H264Level::L6_2),
        ] {
            assert_eq!(H264Level::of([0x42, 0xe0, number]), level, "{number}");
        }
    }

    #[test]
    fn sizes_and_rates_of_levels() {
        let rate = |level: H264Level, width, height| {
            level.limits(CB).frame_rate(VideoSize::new(width, height))
        };
        assert_eq!(rate(H264Level::L3_1, 1280, 720), Some(30));
        assert_eq!(rate(H264Level::L3, 1280, 720), None);
        assert_eq!(rate(H264Level::L4, 1920, 1080), Some(30));
        assert_eq!(rate(H264Level::L3_2, 1920, 1080), None);
        assert_eq!(rate(H264Level::L1, 176, 144), Some(15));
        assert_eq!(rate(H264Level::L1_3, 320, 180), Some(49));
        assert_eq!(rate(H264Level::L1_3, 1600, 16), None, "longer than √(8 × 396)");
        assert_eq!(rate(H264Level::L3_1, 0, 0), None);
        for (size, rate, level) in [
            (VideoSize::new(320, 180), 30, H264Level::L1_3),
            (VideoSize::new(640, 360), 30, H264Level::L3),
            (VideoSize::new(1280, 720), 30, H264Level::L3_1),
            (VideoSize::new(1280, 720), 60, H264Level::L3_2),
            (VideoSize::new(1920, 1080), 30, H264Level::L4),
            (VideoSize::new(u16::MAX, u16::MAX), 60, H264Level::L6_2),
        ] {
            assert_eq!(H264Level::holding(size, rate), level, "{size} {rate}");
        }
    }

    #[test]
    fn high_profiles_have_a_quarter_more_rate() {
        let rate = |profile| H264Level::L3_1.limits(profile).max_bitrate;
        assert_eq!(rate(H264Profile::Main), Bitrate::kbps(14_000));
        assert_eq!(rate(H264Profile::High), Bitrate::kbps(17_500));
    }
}
