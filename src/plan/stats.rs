//! What the engine knows of a leg's media.

use causeway_base::{Bitrate, Codec, SizeClass, VideoCodec, VideoSize};
use std::net::SocketAddr;
use std::time::Duration;

/// Counters and measures of one leg's audio since it began.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LegStats {
    /// RTP packets taken.
    pub packets_received: u64,
    /// RTP packets sent.
    pub packets_sent: u64,
    /// Bytes of RTP payload taken.
    pub octets_received: u64,
    /// Bytes of RTP payload sent.
    pub octets_sent: u64,
    /// Packets that never came (RFC 3550 section 6.4.1, cumulative). Duplicates can make it
    /// negative.
    pub packets_lost: i64,
    /// Packets that came too late to be played.
    pub packets_late: u64,
    /// Packets refused by the source guard.
    pub packets_refused: u64,
    /// SRTP packets whose tag or index was wrong.
    pub packets_unauthentic: u64,
    /// Interarrival jitter (RFC 3550 section 6.4.1).
    pub jitter: Duration,
    /// Round trip by sender and receiver reports, once known.
    pub round_trip: Option<Duration>,
    /// What the peer says it lost of ours, cumulative, once it reported.
    pub remote_lost: Option<i64>,
    /// What the peer says is its jitter, once it reported.
    pub remote_jitter: Option<Duration>,
    /// Samples of 48 kHz that were concealed.
    pub concealed_samples: u64,
    /// The present depth of the jitter buffer.
    pub buffer_delay: Duration,
    /// The codec played last, once a packet was.
    pub codec: Option<Codec>,
    /// Whether RTP is protected both ways (SRTP).
    pub encrypted: bool,
    /// How long something was heard from the leg: 20 ms for each 20 ms louder than its noise.
    /// Packets without it carry silence. Counted while the leg is in a conference.
    pub audible: Duration,
    /// The address whose RTP is taken, once one is.
    pub source: Option<SocketAddr>,
    /// Its main video, where it has any.
    pub video: Option<VideoStats>,
}

/// How often each means was used to ask for a full picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyFrameAsks {
    /// RTCP picture loss indications (RFC 4585).
    pub pli: u64,
    /// RTCP full intra requests (RFC 5104).
    pub fir: u64,
    /// SIP INFO (RFC 5168).
    pub info: u64,
}

/// Counters and measures of one leg's main video since it began, both ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VideoStats {
    /// RTP packets taken, without those sent again on a stream of their own.
    pub packets_received: u64,
    /// Bytes of RTP payload taken.
    pub octets_received: u64,
    /// Packets that never came (RFC 3550 section 6.4.1, cumulative).
    pub packets_lost: i64,
    /// Packets that were refused, or not authentic.
    pub packets_refused: u64,
    /// Interarrival jitter (RFC 3550 section 6.4.1).
    pub jitter: Duration,
    /// Full pictures that were asked for.
    pub key_frames_asked: KeyFrameAsks,
    /// The codec that comes.
    pub received_codec: Option<VideoCodec>,
    /// The size of the pictures that come, while somebody sees them.
    pub received_size: Option<VideoSize>,
    /// RTP packets sent, without those sent again.
    pub packets_sent: u64,
    /// Bytes of RTP payload sent.
    pub octets_sent: u64,
    /// Packets sent again.
    pub packets_resent: u64,
    /// Full pictures that the peer asked for.
    pub key_frames_wanted: u64,
    /// Round trip by sender and receiver reports, once known.
    pub round_trip: Option<Duration>,
    /// What the peer says it lost of ours, cumulative, once it reported.
    pub remote_lost: Option<i64>,
    /// What is sent: codec, size, and the rate that is aimed at.
    pub sent: Option<(VideoCodec, SizeClass, Bitrate)>,
}
