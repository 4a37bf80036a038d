//! What protocols call a bit rate, in bits of encoded picture: they differ in whose headers
//! they count.

use causeway_base::Bitrate;
use causeway_wire::rtcp::BitrateLimit;

/// Bytes of encoded picture in a full packet.
const FULL_PACKET: u64 = 1_100;

/// Bytes that a payload format puts before each piece of a picture: FU-A of H.264, the descriptor of
/// VP8.
const PAYLOAD_FORMAT: u64 = 2;

/// Packets a second at least: one a frame.
const MIN_PACKETS: u64 = 30;

/// Bytes of headers before (and tags behind) the payload of each packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overhead {
    /// IP and UDP.
    pub network: u16,
    /// RTP with its extensions, the payload format's, and SRTP's tag.
    pub rtp: u16,
}

impl Overhead {
    /// IPv4 (RFC 791) and UDP, plain RTP and a byte or two of payload format.
    pub const IPV4: Self = Self { network: 28, rtp: 14 };
    /// IPv6 (RFC 8200) and UDP, likewise.
    pub const IPV6: Self = Self { network: 48, rtp: 14 };
    /// SRTP's tag of ten bytes and two extensions of a browser, over IPv4.
    pub const BROWSER: Self = Self { network: 28, rtp: 14 + 10 + 12 };
}

/// A bound as its protocol says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// `b=TIAS`: payloads of RTP. Its header, with extensions and what a profile adds, belongs to the
    /// lower layers, as IP and UDP do (RFC 3890 section 6.4, step 1); the payload format's own does not.
    Tias(Bitrate),
    /// `b=AS` (RFC 8866 section 5.8): with IP and UDP.
    As(Bitrate),
    /// TMMBR (RFC 5104 section 4.2): with as many bytes of headers as it says itself.
    Tmmbr(BitrateLimit),
    /// REMB: RTP packets without IP and UDP.
    Remb(Bitrate),
    /// What we measured: RTP packets.
    Path(Bitrate),
}

impl Bound {
    /// Bits of encoded picture a second. Zero where headers alone are too much.
    pub fn media(self, overhead: Overhead) -> Bitrate {
        let rtp = u64::from(overhead.rtp);
        match self {
            Bound::Tias(rate) => without(rate, PAYLOAD_FORMAT),
            Bound::Remb(rate) | Bound::Path(rate) => without(rate, rtp),
            Bound::As(rate) => without(rate, rtp + u64::from(overhead.network)),
            Bound::Tmmbr(limit) => without(limit.bitrate, u64::from(limit.overhead)),
        }
    }
}

/// A rate less the headers of its packets: full ones, or one a frame if those are more.
fn without(rate: Bitrate, header: u64) -> Bitrate {
    let rate = rate.as_bps();
    let full = u128::from(rate) * u128::from(FULL_PACKET) / u128::from(FULL_PACKET + header);
    let sparse = rate.saturating_sub(MIN_PACKETS * header * 8);
    Bitrate::bps(sparse.min(full as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tmmbr(kbps: u64, overhead: u16) -> Bound {
        Bound::Tmmbr(BitrateLimit { ssrc: 1, bitrate: Bitrate::kbps(kbps), overhead })
    }

    #[test]
    fn each_protocol_counts_its_own_headers() {
        let rate = Bitrate::kbps(1_024);
        let table = [
            (Bound::Tias(rate), Overhead::IPV4, 1_022_141),
            (Bound::Tias(rate), Overhead::BROWSER, 1_022_141),
            (Bound::As(rate), Overhead::IPV4, 986_339),
            (Bound::As(rate), Overhead::IPV6, 969_363),
            (Bound::Remb(rate), Overhead::BROWSER, 991_549),
            (Bound::Path(rate), Overhead::IPV4, 1_011_131),
            (tmmbr(1_024, 40), Overhead::IPV4, 988_070),
            (tmmbr(1_024, 0), Overhead::IPV4, 1_024_000),
        ];
        for (bound, overhead, media) in table {
            assert_eq!(bound.media(overhead), Bitrate::bps(media), "{bound:?}");
        }
    }

    #[test]
    fn small_rates_pay_for_a_packet_a_frame() {
        // 30 packets of 42 bytes are 10080 bit/s.
        assert_eq!(Bound::As(Bitrate::kbps(64)).media(Overhead::IPV4), Bitrate::bps(53_920));
        assert_eq!(Bound::As(Bitrate::kbps(10)).media(Overhead::IPV4), Bitrate::bps(0));
        assert_eq!(tmmbr(0, 511).media(Overhead::IPV4), Bitrate::bps(0));
    }

    proptest! {
        #[test]
        fn what_is_sent_never_exceeds_the_bound(kbps in 0u64..50_000, network in 0u16..100, rtp in 0u16..100) {
            let overhead = Overhead { network, rtp };
            let bound = Bitrate::kbps(kbps);
            let media = Bound::As(bound).media(overhead).as_bps();
            let packets = (media / 8).div_ceil(FULL_PACKET).max(if media == 0 { 0 } else { MIN_PACKETS });
            let wire = media + packets * u64::from(network + rtp) * 8;
            // A packet that is not full is rounded up to one.
            prop_assert!(wire <= bound.as_bps() + u64::from(network + rtp) * 8 + 8);
        }

        #[test]
        fn no_rate_overflows(bps: u64, overhead: u16) {
            let limit = BitrateLimit { ssrc: 1, bitrate: Bitrate::bps(bps), overhead };
            prop_assert!(Bound::Tmmbr(limit).media(Overhead::IPV4) <= Bitrate::bps(bps));
        }
    }
}
