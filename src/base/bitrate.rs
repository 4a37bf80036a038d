//! Bits per second.

use std::fmt;

/// A rate in bits per second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bitrate(u64);

impl Bitrate {
    /// From bits per second (the unit of `b=TIAS`, RFC 3890).
    pub const fn bps(bps: u64) -> Self {
        Self(bps)
    }

    /// From kilobits per second (the unit of `b=AS`, RFC 8866 section 5.8). Saturates.
    pub const fn kbps(kbps: u64) -> Self {
        Self(kbps.saturating_mul(1000))
    }

    /// In bits per second.
    pub const fn as_bps(self) -> u64 {
        self.0
    }

    /// In whole kilobits per second, rounded down.
    pub const fn as_kbps(self) -> u64 {
        self.0 / 1000
    }
}

impl fmt::Display for Bitrate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} kbit/s", self.as_kbps())
    }
}
