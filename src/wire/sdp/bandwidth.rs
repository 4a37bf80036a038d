//! `b=`: what a peer takes at most (RFC 8866 section 5.8, RFC 3890).

use super::Bandwidth;
use causeway_base::Bitrate;

/// What a `b=` line limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateLimit {
    /// Media alone, without RTP's headers (RFC 3890 section 6.4): `TIAS`.
    Media(Bitrate),
    /// Media with the headers of IP, UDP and RTP (RFC 3890 section 1.1.2): `AS`.
    Packets(Bitrate),
}

impl RateLimit {
    /// The limit of some lines: `TIAS` before `AS`. Zero, which some devices write while a line
    /// is held, is none.
    pub fn of(lines: &[Bandwidth]) -> Option<Self> {
        let of = |kind: &str| lines.iter().find(|b| b.kind == kind && b.value > 0);
        let media = of("TIAS").map(|b| RateLimit::Media(Bitrate::bps(b.value)));
        media.or_else(|| of("AS").map(|b| RateLimit::Packets(Bitrate::kbps(b.value))))
    }

    /// What is left for media beside this rate of headers.
    pub const fn media(self, headers: Bitrate) -> Bitrate {
        match self {
            RateLimit::Media(rate) => rate,
            RateLimit::Packets(rate) => {
                Bitrate::bps(rate.as_bps().saturating_sub(headers.as_bps()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[(&str, u64)]) -> Option<RateLimit> {
        let line = |(kind, value): &(&str, u64)| Bandwidth { kind: (*kind).into(), value: *value };
        RateLimit::of(&lines.iter().map(line).collect::<Vec<_>>())
    }

    #[test]
    fn tias_is_the_finer_word_and_zero_is_none() {
        let media = Some(RateLimit::Media(Bitrate::bps(64_000)));
        assert_eq!(of(&[("AS", 80), ("TIAS", 64_000)]), media);
        assert_eq!(of(&[("AS", 80), ("TIAS", 0)]), Some(RateLimit::Packets(Bitrate::kbps(80))));
        assert_eq!(of(&[("CT", 80), ("RS", 0), ("X-AS", 9)]), None);
    }

    #[test]
    fn headers_count_in_packets_alone() {
        let headers = Bitrate::kbps(16);
        assert_eq!(RateLimit::Media(Bitrate::kbps(64)).media(headers), Bitrate::kbps(64));
        assert_eq!(RateLimit::Packets(Bitrate::kbps(80)).media(headers), Bitrate::kbps(64));
        assert_eq!(RateLimit::Packets(Bitrate::kbps(8)).media(headers), Bitrate::bps(0));
    }
}
