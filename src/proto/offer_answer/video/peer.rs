//! What a peer's video line says, whatever carries it.

use super::format::{self, Numbered};
use crate::offer_answer::peer::{direction, extension};
use causeway_base::Bitrate;
use causeway_plan::video::MAX_LABEL;
use causeway_plan::{Content, Direction};
use causeway_wire::sdp::{Bandwidth, MediaDescription, RateLimit, SessionDescription};

/// Of a rate that counts headers (`b=AS`), the part of the headers of IP, UDP and RTP in full
/// packets: one in 26.
pub(super) const HEADER_PART: u64 = 26;

/// The header extension that numbers packets over a transport.
pub(in crate::offer_answer) const TRANSPORT_CC: &str =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

/// A video line of the peer.
#[derive(Clone, Debug)]
pub(in crate::offer_answer) struct PeerPicture {
    /// The formats that we know, in the peer's order.
    pub(in crate::offer_answer) formats: Vec<Numbered>,
    /// From the peer's side.
    pub(in crate::offer_answer) direction: Direction,
    /// The rate that it takes for media, by its line and its session.
    pub(in crate::offer_answer) limit: Option<Bitrate>,
    pub(in crate::offer_answer) content: Content,
    pub(in crate::offer_answer) label: Option<String>,
    /// Under which identifier it numbers packets both ways, for reports of when each arrived.
    pub(in crate::offer_answer) transport_cc: Option<u8>,
}

impl PeerPicture {
    /// Reads a video line. `offered` gives meaning to numbers of ours in an answer.
    pub(in crate::offer_answer) fn read(
        session: &SessionDescription,
        media: &MediaDescription,
        offered: &[Numbered],
    ) -> Self {
        let limits = [limit(&media.bandwidth), limit(&session.bandwidth)];
        Self {
            formats: format::theirs(media, offered),
            direction: direction(session, media),
            limit: limits.into_iter().flatten().min(),
            content: content(media),
            label: media.label().filter(|label| label.len() <= MAX_LABEL).map(str::to_owned),
            transport_cc: extension(session, media, TRANSPORT_CC)
                .filter(|map| map.direction.is_none())
                .map(|map| map.id),
        }
    }
}

/// What a line shows. Whatever is not a shared screen is people.
pub(in crate::offer_answer) fn content(media: &MediaDescription) -> Content {
    match media.contents().any(|word| word.eq_ignore_ascii_case("slides")) {
        true => Content::Slides,
        false => Content::Main,
    }
}

fn limit(lines: &[Bandwidth]) -> Option<Bitrate> {
    let limit = RateLimit::of(lines)?;
    let headers = match limit {
        RateLimit::Packets(rate) => Bitrate::bps(rate.as_bps() / HEADER_PART),
        RateLimit::Media(_) => Bitrate::default(),
    };
    Some(limit.media(headers))
}
