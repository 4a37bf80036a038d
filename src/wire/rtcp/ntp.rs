//! NTP timestamps as RTCP carries them (RFC 3550 section 4).

use std::time::Duration;

/// Seconds from 1900 to 1970 (RFC 868).
const UNIX_EPOCH: u64 = 2_208_988_800;

/// Seconds since 1900 in 32.32 fixed point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NtpTime(pub u64);

/// The middle 32 bits of an [`NtpTime`]: 16.16 fixed point, wraps every 18 hours. Also a
/// span of time (DLSR).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NtpShort(pub u32);

impl NtpTime {
    /// From the time since 1970. Seconds wrap in 2036, as the format does.
    pub const fn from_unix(since_1970: Duration) -> Self {
        let seconds = since_1970.as_secs().wrapping_add(UNIX_EPOCH) as u32 as u64;
        Self((seconds << 32) | (((since_1970.subsec_nanos() as u64) << 32) / 1_000_000_000))
    }

    /// The short form, as a reception report echoes it (LSR).
    pub const fn short(self) -> NtpShort {
        NtpShort((self.0 >> 16) as u32)
    }
}

impl NtpShort {
    /// The span, to 15 µs.
    pub const fn to_duration(self) -> Duration {
        Duration::from_nanos((self.0 as u64 * 1_000_000_000) >> 16)
    }

    /// From a span. More than 18 hours becomes the longest there is.
    pub fn from_duration(span: Duration) -> Self {
        let units = (span.as_nanos() << 16) / 1_000_000_000;
        Self(u32::try_from(units).unwrap_or(u32::MAX))
    }

    /// The span since an earlier time. Wraps.
    pub const fn since(self, earlier: NtpShort) -> NtpShort {
        NtpShort(self.0.wrapping_sub(earlier.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_times() {
        assert_eq!(NtpTime::from_unix(Duration::ZERO).0, UNIX_EPOCH << 32);
        let half = NtpTime::from_unix(Duration::from_millis(1500));
        assert_eq!(half.0, (UNIX_EPOCH + 1) << 32 | 0x8000_0000);
        assert_eq!(half.short().0, ((UNIX_EPOCH + 1) as u32) << 16 | 0x8000);
        // RFC 3550 section 6.4.1, figure 2: A 0xb710:8000, DLSR 5.250 s, LSR 0xb705:2000.
        let delay = NtpShort::from_duration(Duration::from_millis(5250));
        assert_eq!(delay.0, 0x0005_4000);
        let trip = NtpShort(0xb710_8000).since(NtpShort(0xb705_2000)).since(delay);
        assert_eq!(trip.to_duration(), Duration::from_millis(6125));
        assert_eq!(NtpShort::from_duration(Duration::MAX).0, u32::MAX);
    }
}
