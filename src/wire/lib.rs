//! Every format but SIP <-> values. Parsers borrow from the packet, allocate nothing (SDP
//! aside) and never panic; writers fill a buffer that the caller owns.
//!
//! * [`demux`]: what a datagram on a media port is, by its first bytes.
//! * [`rtp`]: RTP headers, header extensions and padding.
//! * [`rtcp`]: RTCP compounds, feedback about video, and NTP time.
//! * [`telephone_event`]: digits in RTP.
//! * [`comfort_noise`]: the level of silence.
//! * [`audio_level`]: the loudness of a packet, told in its header.
//! * [`sdp`]: session descriptions.
//! * [`stun`]: keep-alives of SIP flows.
//! * [`ice_check`]: whose a connectivity check is, on a port that many sessions share.
//! * [`framing`]: datagrams on a stream.
//! * [`red`]: audio sent twice.
//! * [`h264`], [`vp8`]: video in RTP, and what its bitstreams say of themselves.
//! * [`tpkt`]: packets on a stream of H.323.
//! * [`q931`]: its call signalling, but for the ASN.1 within.
//! * [`h224`], [`h281`]: the control of a far camera.

pub mod audio_level;
pub mod comfort_noise;
pub mod demux;
pub mod framing;
#[doc(hidden)]
pub mod fuzz;
pub mod h224;
pub mod h264;
pub mod h281;
pub mod ice_check;
pub mod q931;
pub mod red;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
pub mod stun;
pub mod telephone_event;
#[doc(hidden)]
pub mod testing;
pub mod tpkt;
pub mod vp8;

/// Two bytes at `at`, most significant first.
fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_be_bytes)
}

/// Four bytes at `at`, most significant first.
fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)
}

/// Eight bytes at `at`, most significant first.
fn be64(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at.checked_add(8)?)?.try_into().ok().map(u64::from_be_bytes)
}
