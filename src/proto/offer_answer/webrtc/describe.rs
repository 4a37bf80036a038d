//! Our lines.

use super::WebRtcNegotiator;
use super::bundle::{self, Offered};
use super::candidate;
use super::line::AudioLine;
use crate::offer_answer::describe::{answered_formats, extmap, refused, word};
use crate::offer_answer::format;
use causeway_base::Codec;
use causeway_plan::{DtlsRole, WebRtcSpec};
use causeway_wire::sdp::{
    Address, Attribute, ExtMap, Group, MediaDescription, Origin, RtpMap, SessionDescription,
};
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The SCTP port that everybody uses (RFC 8841 section 5).
const SCTP_PORT: u16 = 5_000;

/// The longest message on a data channel that we take. A test before joining sends 160 bytes.
const MAX_MESSAGE: u32 = 16 * 1024;

/// The stream and the track that our sound is shown as (RFC 8830).
const MSID: &str = "conference audio";

/// A line for each of the offer's: the one at `taken` described, all others refused.
pub(super) fn lines(
    offered: &Offered<'_>,
    taken: usize,
    describe: impl Fn(&MediaDescription) -> MediaDescription,
) -> Vec<MediaDescription> {
    let lines = offered.session.media.iter().enumerate();
    lines.map(|(index, line)| if index == taken { describe(line) } else { no(line) }).collect()
}

/// A whole answer with version 1.
pub(super) fn session(
    own: &WebRtcNegotiator,
    offered: &Offered<'_>,
    taken: usize,
    spec: &WebRtcSpec,
    media: Vec<MediaDescription>,
) -> SessionDescription {
    let mut session = frame(own, media);
    session.attributes = options(spec);
    if let Some(group) = offered.group_of(taken) {
        let tag = offered.session.media.get(taken).and_then(bundle::tag).map(str::to_owned);
        let tags = tag.into_iter().collect();
        let group = Group { semantics: group.semantics.clone(), tags };
        session.attributes.push(Attribute::value("group", group));
    }
    session
}

/// An answer that takes no line.
pub(super) fn nothing(own: &WebRtcNegotiator, offered: &Offered<'_>) -> SessionDescription {
    frame(own, offered.session.media.iter().map(no).collect())
}

fn frame(own: &WebRtcNegotiator, media: Vec<MediaDescription>) -> SessionDescription {
    let address = Address::Ip(meeting_point(own).ip());
    let session_id = own.seed.session_id();
    SessionDescription {
        origin: Origin { user: "-".to_owned(), session_id, version: 1, address },
        name: "Causeway".to_owned(),
        media,
        ..SessionDescription::default()
    }
}

/// The address of `c=` and of `m=`: our first candidate by UDP, else none (RFC 8839 section 4.2).
fn meeting_point(own: &WebRtcNegotiator) -> SocketAddr {
    let nowhere = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 9);
    own.local.udp.first().copied().unwrap_or(nowhere)
}

/// A line that is refused. Browsers want to see its tag again.
fn no(line: &MediaDescription) -> MediaDescription {
    let tag = bundle::tag(line).filter(|tag| bundle::is_usable(tag));
    let mid = tag.map(|tag| Attribute::value("mid", tag));
    MediaDescription {
        connection: Some(Address::Ip(IpAddr::V4(Ipv4Addr::UNSPECIFIED))),
        attributes: mid.into_iter().chain([Attribute::flag("inactive")]).collect(),
        ..refused(line)
    }
}

/// The audio line of an answer.
pub(super) fn audio(
    audio: &AudioLine,
    line: &MediaDescription,
    spec: &WebRtcSpec,
    own: &WebRtcNegotiator,
) -> MediaDescription {
    let settled = &audio.settled;
    let mut described = common(line, spec, own);
    let (formats, attributes) = format::describe(&answered_formats(settled));
    described.formats = formats;
    described.attributes.extend(attributes);
    add_red(&mut described, audio);
    let attributes = &mut described.attributes;
    attributes.push(Attribute::value("ptime", settled.audio.ptime_ms));
    attributes.push(Attribute::flag("rtcp-mux"));
    if let Some(level) = &settled.level {
        attributes.push(extmap(level));
    }
    if let Some(id) = audio.mid_extension {
        let mid = ExtMap { id, direction: None, uri: super::line::MID.to_owned() };
        attributes.push(extmap(&mid));
    }
    attributes.push(Attribute::flag(word(settled.direction)));
    if let Some(agreed) = spec.audio.as_ref().filter(|_| settled.direction.sends()) {
        attributes.push(Attribute::value("msid", MSID));
        let source = format_args!("{} cname:{}", agreed.local_ssrc, agreed.cname);
        attributes.push(Attribute::value("ssrc", source));
    }
    described
}

/// RED stands before Opus where the peer would rather send it, else behind.
fn add_red(described: &mut MediaDescription, audio: &AudioLine) {
    let Some(red) = &audio.red else { return };
    let payload_type = red.payload_type;
    let place = if red.preferred { 0 } else { 1.min(described.formats.len()) };
    described.formats.insert(place, payload_type.to_string());
    let (clock, channels) = (Codec::Opus.clock_rate(), Codec::Opus.rtpmap_channels());
    let map = RtpMap { payload_type, name: "red".to_owned(), clock, channels };
    described.attributes.push(Attribute::value("rtpmap", map));
    if let Some(parameters) = &red.parameters {
        let fmtp = format_args!("{payload_type} {parameters}");
        described.attributes.push(Attribute::value("fmtp", fmtp));
    }
}

/// The data line of an answer.
pub(super) fn data(
    line: &MediaDescription,
    spec: &WebRtcSpec,
    own: &WebRtcNegotiator,
) -> MediaDescription {
    let mut described = common(line, spec, own);
    described.formats = vec!["webrtc-datachannel".to_owned()];
    described.attributes.push(Attribute::value("sctp-port", SCTP_PORT));
    described.attributes.push(Attribute::value("max-message-size", MAX_MESSAGE));
    described
}

/// What we say of ICE alone, by the line that was agreed.
pub(super) fn fragment(own: &WebRtcNegotiator, spec: &WebRtcSpec, payload_type: u8) -> String {
    let mid = spec.audio.as_ref().map_or("0", |audio| &audio.mid);
    let mut line = MediaDescription {
        kind: "audio".to_owned(),
        port: 9,
        proto: super::line::SECURE[0].to_owned(),
        formats: vec![payload_type.to_string()],
        attributes: vec![Attribute::value("mid", mid)],
        ..MediaDescription::default()
    };
    line.attributes.extend(ice(spec));
    line.attributes.extend(candidates(own));
    let mut session = SessionDescription { media: vec![line], ..SessionDescription::default() };
    session.attributes = options(spec);
    let group = Group { semantics: "BUNDLE".to_owned(), tags: vec![mid.to_owned()] };
    session.attributes.push(Attribute::value("group", group));
    // A fragment has none of the lines before its attributes.
    let text = session.to_string();
    text.find("a=").map_or(String::new(), |start| text[start..].to_owned())
}

/// How we do ICE.
fn options(spec: &WebRtcSpec) -> Vec<Attribute> {
    let lite = spec.ice_lite.then(|| Attribute::flag("ice-lite"));
    lite.into_iter().chain([Attribute::value("ice-options", "ice2 trickle")]).collect()
}

/// Our credentials.
fn ice(spec: &WebRtcSpec) -> [Attribute; 2] {
    let ice = &spec.local_ice;
    [Attribute::value("ice-ufrag", &ice.ufrag), Attribute::value("ice-pwd", &ice.password)]
}

/// All our candidates.
fn candidates(own: &WebRtcNegotiator) -> Vec<Attribute> {
    let ours = candidate::ours(&own.local);
    let ours = ours.iter().map(|candidate| Attribute::value("candidate", candidate));
    ours.chain([Attribute::flag("end-of-candidates")]).collect()
}

/// What the lines of one transport share.
fn common(line: &MediaDescription, spec: &WebRtcSpec, own: &WebRtcNegotiator) -> MediaDescription {
    let mut attributes = Vec::new();
    attributes.extend(bundle::tag(line).map(|tag| Attribute::value("mid", tag)));
    attributes.extend(ice(spec));
    attributes.push(Attribute::value("fingerprint", fingerprint(&own.local.fingerprint.0)));
    attributes.push(Attribute::value(
        "setup",
        match spec.dtls {
            DtlsRole::Client => "active",
            DtlsRole::Server => "passive",
        },
    ));
    attributes.extend(candidates(own));
    let point = meeting_point(own);
    MediaDescription {
        kind: line.kind.clone(),
        port: point.port(),
        proto: line.proto.clone(),
        connection: Some(Address::Ip(point.ip())),
        attributes,
        ..MediaDescription::default()
    }
}

fn fingerprint(hash: &[u8]) -> String {
    let mut text = String::from("sha-256 ");
    for (index, byte) in hash.iter().enumerate() {
        let colon = if index == 0 { "" } else { ":" };
        let _ = write!(text, "{colon}{byte:02X}");
    }
    text
}
