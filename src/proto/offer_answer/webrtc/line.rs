//! Which lines of an offer are taken, and what they say.

use super::WebRtcNegotiator;
use super::bundle::Offered;
use crate::offer_answer::Refusal;
use crate::offer_answer::format::{self, Format};
use crate::offer_answer::peer::{self, PeerSound};
use crate::offer_answer::settle::{self, Settled, Wishes};
use causeway_base::Codec;
use causeway_wire::sdp::{MediaDescription, RtpMap, attribute};

/// The transports of RTP over DTLS (RFC 5764, RFC 7850).
pub(super) const SECURE: [&str; 4] =
    ["UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "TCP/DTLS/RTP/SAVPF", "TCP/DTLS/RTP/SAVP"];

/// The transports of data channels (RFC 8841).
const DATA: [&str; 2] = ["UDP/DTLS/SCTP", "TCP/DTLS/SCTP"];

/// The name of the header extension that tells the line of a packet (RFC 9143 section 15).
pub(super) const MID: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";

/// Packets of one payload of RED (RFC 2198) that a description may announce; browsers announce two.
pub const MAX_RED_LEVELS: usize = 8;

/// An audio line that is taken.
#[derive(Debug)]
pub(super) struct AudioLine {
    pub(super) index: usize,
    pub(super) mid: String,
    pub(super) settled: Settled,
    pub(super) red: Option<Red>,
    pub(super) remote_ssrc: Option<u32>,
    pub(super) mid_extension: Option<u8>,
}

impl AudioLine {
    /// Every number that it uses.
    pub(super) fn payload_types(&self) -> Vec<u8> {
        let receive = self.settled.receive.iter().map(|numbered| numbered.payload_type);
        receive.chain(self.red.as_ref().map(|red| red.payload_type)).collect()
    }
}

/// Redundant Opus that the peer can send.
#[derive(Debug)]
pub(super) struct Red {
    pub(super) payload_type: u8,
    /// Its parameters, as they stand.
    pub(super) parameters: Option<String>,
    /// The peer would rather send it than plain Opus.
    pub(super) preferred: bool,
}

/// A data line that is taken.
#[derive(Debug)]
pub(super) struct DataLine {
    pub(super) index: usize,
    pub(super) mid: String,
    pub(super) sctp_port: u16,
}

/// The audio line to use. `None`: the peer switched the line in use off.
pub(super) fn choose_audio(
    offered: &Offered<'_>,
    own: &WebRtcNegotiator,
    in_use: Option<usize>,
) -> Result<Option<AudioLine>, Refusal> {
    let mut refusal = None;
    for (index, line) in offered.lines("audio", in_use) {
        match audio(offered, index, line, own) {
            Ok(audio) => return Ok(Some(audio)),
            Err(why) => refusal = refusal.or(Some(why)),
        }
    }
    match refusal {
        Some(refusal) => Err(refusal),
        None if in_use.is_some_and(|index| offered.session.media.get(index).is_some()) => Ok(None),
        None => Err(Refusal::no_audio()),
    }
}

fn audio(
    offered: &Offered<'_>,
    index: usize,
    line: &MediaDescription,
    own: &WebRtcNegotiator,
) -> Result<AudioLine, Refusal> {
    if !SECURE.iter().any(|proto| line.proto.eq_ignore_ascii_case(proto)) {
        return Err(Refusal::not_dtls(&line.proto));
    }
    if !line.has("rtcp-mux") && !line.has("rtcp-mux-only") {
        return Err(Refusal::bad("a=rtcp-mux is required"));
    }
    let mid = offered.mid(index, line)?;
    let mut sound = PeerSound::read(offered.session, line, &[]);
    sound.formats.retain(|numbered| format::can_share_port(&[*numbered]));
    let wishes = Wishes {
        policy: &own.policy,
        direction: own.terms.direction,
        in_use: own.media().map(|media| media.audio.send.codec),
    };
    let mut settled = settle::from_offer(&sound, line, wishes)?;
    wish_for_silence(&mut settled);
    let level = settled.audio.level_extension;
    let mid_extension = peer::extension(offered.session, line, MID).map(|map| map.id);
    Ok(AudioLine {
        index,
        mid,
        red: red(line, &settled),
        remote_ssrc: line.values("ssrc").find_map(attribute::ssrc),
        mid_extension: mid_extension.filter(|id| Some(*id) != level),
        settled,
    })
}

/// Asks for discontinuous transmission: most of those in a conference are silent, and what they do
/// not send need be neither carried nor decoded.
fn wish_for_silence(settled: &mut Settled) {
    let formats = settled.receive.iter_mut();
    for numbered in formats.filter(|numbered| numbered.format == Format::Codec(Codec::Opus)) {
        numbered.opus.dtx = true;
    }
    for format in settled.audio.receive.iter_mut().filter(|format| format.codec == Codec::Opus) {
        format.dtx = true;
    }
}

/// RED of the Opus that was settled on, and of nothing else.
fn red(line: &MediaDescription, settled: &Settled) -> Option<Red> {
    let opus = settled.receive.first().filter(|f| f.format == Format::Codec(Codec::Opus))?;
    let map = line.values("rtpmap").filter_map(RtpMap::parse).find(|map| {
        map.name.eq_ignore_ascii_case("red") && map.clock == Codec::Opus.clock_rate()
    })?;
    let number = map.payload_type;
    let place = |wanted: u8| line.payload_types().position(|number| number == wanted);
    let preferred = place(number)? < place(opus.payload_type)?;
    if (64..=95).contains(&number) || settled.receive.iter().any(|f| f.payload_type == number) {
        return None;
    }
    let parameters = line
        .values("fmtp")
        .filter_map(attribute::fmtp)
        .find(|(of, _)| of.parse() == Ok(number))
        .map(|(_, text)| text);
    let is_opus = |part: &str| part.trim().parse() == Ok(opus.payload_type);
    let levels = parameters.map_or(1, |text| text.split('/').take(MAX_RED_LEVELS + 1).count());
    let of_opus = parameters.is_none_or(|text| text.split('/').all(is_opus));
    (of_opus && levels <= MAX_RED_LEVELS).then(|| Red {
        payload_type: number,
        parameters: parameters.map(str::to_owned),
        preferred,
    })
}

/// The data line to use.
pub(super) fn choose_data(offered: &Offered<'_>) -> Result<DataLine, Refusal> {
    let mut refusal = None;
    for (index, line) in offered.lines("application", None) {
        match data(offered, index, line) {
            Ok(data) => return Ok(data),
            Err(why) => refusal = refusal.or(Some(why)),
        }
    }
    Err(refusal.unwrap_or_else(|| Refusal::bad("no data line")))
}

fn data(offered: &Offered<'_>, index: usize, line: &MediaDescription) -> Result<DataLine, Refusal> {
    let spoken = DATA.iter().any(|proto| line.proto.eq_ignore_ascii_case(proto));
    if !spoken || !line.formats.iter().any(|format| format == "webrtc-datachannel") {
        return Err(Refusal::transport(&line.proto));
    }
    let port = line.values("sctp-port").next().and_then(|port| port.trim().parse().ok());
    let sctp_port =
        port.filter(|port| *port != 0).ok_or_else(|| Refusal::bad("no usable a=sctp-port"))?;
    Ok(DataLine { index, mid: offered.mid(index, line)?, sctp_port })
}
