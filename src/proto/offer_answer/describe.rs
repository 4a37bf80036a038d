//! Our own lines.

use super::format::{self, Format, Numbered};
use super::keying::{self, OfferedKey, PeerKey};
use super::settle::Settled;
use super::{LocalMedia, Negotiator};
use causeway_plan::{Direction, Encryption, TransportSpec};
use causeway_wire::audio_level;
use causeway_wire::sdp::{
    Address, Attribute, ExtMap, MediaDescription, Origin, RtcpAddress, SessionDescription,
};

/// A whole description with version 1.
pub(super) fn session(
    session_id: u64,
    local: LocalMedia,
    media: Vec<MediaDescription>,
) -> SessionDescription {
    let address = Address::Ip(local.advertised);
    SessionDescription {
        origin: Origin { user: "-".to_owned(), session_id, version: 1, address: address.clone() },
        name: "Causeway".to_owned(),
        connection: Some(address),
        media,
        ..SessionDescription::default()
    }
}

/// A line that is refused, or not used any more (RFC 3264 sections 6 and 8.2).
pub(super) fn refused(line: &MediaDescription) -> MediaDescription {
    MediaDescription {
        kind: line.kind.clone(),
        proto: line.proto.clone(),
        formats: line.formats.clone(),
        ..MediaDescription::default()
    }
}

/// The audio line of an answer.
pub(super) fn answer(
    settled: &Settled,
    transport: &TransportSpec,
    their_key: Option<&PeerKey>,
    line: &MediaDescription,
    own: &Negotiator,
) -> MediaDescription {
    let mut described = common(
        &answered_formats(settled),
        settled.audio.ptime_ms,
        settled.direction,
        transport.rtcp_mux,
        own.local,
    );
    described.proto.clone_from(&line.proto);
    if let Some(level) = &settled.level {
        described.attributes.push(extmap(level));
    }
    if let (Some(theirs), Some(srtp)) = (their_key, transport.srtp()) {
        let crypto = keying::line(theirs.tag, &theirs.name, &srtp.send);
        described.attributes.push(Attribute::value("crypto", crypto));
    }
    described
}

/// The chosen codec, comfort noise if it has that clock, and events, those of its clock first.
pub(super) fn answered_formats(settled: &Settled) -> Vec<Numbered> {
    let chosen = settled.audio.send.codec;
    let clock = chosen.clock_rate();
    let mut formats: Vec<_> = settled
        .receive
        .iter()
        .filter(|numbered| match numbered.format {
            Format::Codec(codec) => codec == chosen,
            Format::ComfortNoise => clock == 8_000,
            Format::Events(_) => true,
        })
        .copied()
        .collect();
    formats.sort_by_key(|numbered| match numbered.format {
        Format::Codec(_) => 0,
        Format::ComfortNoise => 1,
        Format::Events(rate) if rate == clock => 2,
        Format::Events(_) => 3,
    });
    formats
}

/// The audio line of an offer.
pub(super) fn offer(
    formats: &[Numbered],
    keys: &[OfferedKey],
    own: &Negotiator,
) -> MediaDescription {
    let policy = &own.policy;
    let rtcp_mux = policy.rtcp_mux && format::can_share_port(formats);
    let mut described = common(formats, policy.ptime_ms, own.wanted, rtcp_mux, own.local);
    described.proto = match &own.agreed {
        Some(agreed) => agreed.proto.clone(),
        None if policy.encryption == Encryption::Required => "RTP/SAVP".to_owned(),
        None => "RTP/AVP".to_owned(),
    };
    if policy.level_extension {
        let id = own.level_id();
        let level = ExtMap { id, direction: None, uri: audio_level::URI.to_owned() };
        described.attributes.push(extmap(&level));
    }
    for offered in keys {
        let crypto = keying::line(offered.tag, offered.suite.name(), &offered.key);
        described.attributes.push(Attribute::value("crypto", crypto));
    }
    described
}

/// What offers and answers share; the transport is left to them.
fn common(
    formats: &[Numbered],
    ptime_ms: u8,
    direction: Direction,
    rtcp_mux: bool,
    local: LocalMedia,
) -> MediaDescription {
    let (formats, mut attributes) = format::describe(formats);
    attributes.push(Attribute::value("ptime", ptime_ms));
    attributes.extend(flow(direction, rtcp_mux, local));
    MediaDescription {
        kind: "audio".to_owned(),
        port: local.rtp_port,
        formats,
        attributes,
        ..MediaDescription::default()
    }
}

/// Which way a line flows, and where its RTCP is.
pub(super) fn flow(direction: Direction, rtcp_mux: bool, local: LocalMedia) -> Vec<Attribute> {
    let mut attributes = vec![Attribute::flag(word(direction))];
    if rtcp_mux {
        attributes.push(Attribute::flag("rtcp-mux"));
    }
    if Some(local.rtcp_port) != local.rtp_port.checked_add(1) {
        let rtcp = RtcpAddress { port: local.rtcp_port, address: None };
        attributes.push(Attribute::value("rtcp", rtcp));
    }
    attributes
}

/// The attribute of a direction.
pub(super) const fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::SendReceive => "sendrecv",
        Direction::SendOnly => "sendonly",
        Direction::ReceiveOnly => "recvonly",
        Direction::Inactive => "inactive",
    }
}

pub(super) fn extmap(level: &ExtMap) -> Attribute {
    let direction = level.direction.as_ref().map(|way| format!("/{way}")).unwrap_or_default();
    Attribute::value("extmap", format_args!("{}{direction} {}", level.id, level.uri))
}
