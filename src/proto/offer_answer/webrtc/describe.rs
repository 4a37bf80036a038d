//! Our lines.

use super::WebRtcNegotiator;
use super::bundle::{self, Offered};
use super::candidate;
use super::line::AudioLine;
use super::video::{self, VideoLine};
use crate::offer_answer;
use crate::offer_answer::describe::{answered_formats, extmap, refused, word};
use crate::offer_answer::format;
use crate::offer_answer::video::peer::TRANSPORT_CC;
use causeway_base::Codec;
use causeway_plan::{DtlsRole, WebRtcExtensions, WebRtcRid, WebRtcSpec, WebRtcVideo};
use causeway_wire::sdp::{
    Address, Attribute, ExtMap, Group, MediaDescription, Origin, Rid, RtpMap, SessionDescription,
    Simulcast, SimulcastStream,
};
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The SCTP port that everybody uses (RFC 8841 section 5).
const SCTP_PORT: u16 = 5_000;

/// The longest message on a data channel that we take. A test before joining sends 160 bytes.
const MAX_MESSAGE: u32 = 16 * 1024;

/// The stream and the track that our sound is shown as (RFC 8830).
const MSID: &str = "conference audio";

/// The same of our picture: of the same stream, so that a browser keeps both in time.
const VIDEO_MSID: &str = "conference video";

/// A line for each of the offer's: those that are not described are refused.
pub(super) fn lines(
    offered: &Offered<'_>,
    describe: impl Fn(usize, &MediaDescription) -> Option<MediaDescription>,
) -> Vec<MediaDescription> {
    let lines = offered.session.media.iter().enumerate();
    lines.map(|(index, line)| describe(index, line).unwrap_or_else(|| no(line))).collect()
}

/// A whole answer with version 1.
pub(super) fn session(
    own: &WebRtcNegotiator,
    offered: &Offered<'_>,
    taken: &[usize],
    spec: &WebRtcSpec,
    media: Vec<MediaDescription>,
) -> SessionDescription {
    let mut session = frame(own, media);
    session.attributes = options(spec);
    if let Some(group) = taken.first().and_then(|index| offered.group_of(*index)) {
        let ours = |index: &usize| offered.session.media.get(*index).and_then(bundle::tag);
        let is_taken = |tag: &&String| taken.iter().filter_map(ours).any(|ours| ours == *tag);
        let tags = group.tags.iter().filter(is_taken).cloned().collect();
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
    is_first: bool,
) -> MediaDescription {
    let settled = &audio.settled;
    let mut described = common(line, spec, own, is_first);
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
        attributes.push(extension(id, super::line::MID));
    }
    attributes.push(Attribute::flag(word(settled.direction)));
    if let Some(agreed) = spec.audio.as_ref().filter(|_| settled.direction.sends()) {
        attributes.push(Attribute::value("msid", MSID));
        let source = format_args!("{} cname:{}", agreed.local_ssrc, agreed.cname);
        attributes.push(Attribute::value("ssrc", source));
    }
    described
}

/// A video line of an answer.
pub(super) fn video(
    video: &VideoLine,
    line: &MediaDescription,
    spec: &WebRtcSpec,
    own: &WebRtcNegotiator,
    is_first: bool,
) -> MediaDescription {
    let VideoLine { settled, carried, .. } = video;
    let mut described = common(line, spec, own, is_first);
    let (formats, attributes) = offer_answer::video::format::describe(&settled.receive);
    described.formats = formats;
    described.bandwidth = offer_answer::video::bandwidth(own.policy.video.max_bitrate);
    described.attributes.extend(attributes);
    let attributes = &mut described.attributes;
    attributes.push(Attribute::flag("rtcp-mux"));
    let WebRtcExtensions { mid, rid, repaired_rid, abs_send_time, transport_cc } =
        carried.extensions;
    for (id, uri) in [
        (mid, super::line::MID),
        (rid, video::RID),
        (repaired_rid, video::REPAIRED_RID),
        (abs_send_time, video::ABS_SEND_TIME),
        (transport_cc, TRANSPORT_CC),
    ] {
        attributes.extend(id.map(|id| extension(id, uri)));
    }
    attributes.push(Attribute::flag(word(settled.direction)));
    add_simulcast(attributes, &carried.remote_rids);
    if settled.direction.sends() {
        attributes.push(match video.is_tile() {
            // Each by itself: a browser keeps one picture in time with the sound.
            true => Attribute::value("msid", format_args!("tile{0} tile{0}", video.index)),
            false => Attribute::value("msid", VIDEO_MSID),
        });
        add_sources(attributes, carried, settled.receive.iter().any(|f| f.rtx.is_some()));
    }
    described
}

/// The sizes that we take of a camera.
fn add_simulcast(attributes: &mut Vec<Attribute>, rids: &[WebRtcRid]) {
    if rids.is_empty() {
        return;
    }
    let taken = |rid: &WebRtcRid| Rid { id: rid.rid.clone(), send: false };
    attributes.extend(rids.iter().map(|rid| Attribute::value("rid", taken(rid))));
    let stream = |rid: &WebRtcRid| SimulcastStream { rid: rid.rid.clone(), paused: false };
    let receive = rids.iter().map(stream).collect();
    attributes.push(Attribute::value("simulcast", Simulcast { send: Vec::new(), receive }));
}

/// The source of our picture, and that of its repetitions.
fn add_sources(attributes: &mut Vec<Attribute>, carried: &WebRtcVideo, repeats: bool) {
    let WebRtcVideo { local_ssrc, local_rtx_ssrc, cname, .. } = carried;
    let source = |ssrc| Attribute::value("ssrc", format_args!("{ssrc} cname:{cname}"));
    if repeats {
        let group = format_args!("FID {local_ssrc} {local_rtx_ssrc}").to_string();
        attributes.push(Attribute::value("ssrc-group", group));
    }
    attributes.push(source(local_ssrc));
    attributes.extend(repeats.then(|| source(local_rtx_ssrc)));
}

fn extension(id: u8, uri: &str) -> Attribute {
    extmap(&ExtMap { id, direction: None, uri: uri.to_owned() })
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
    let mut described = common(line, spec, own, true);
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

/// What the lines of one transport share; our candidates stand in the first.
fn common(
    line: &MediaDescription,
    spec: &WebRtcSpec,
    own: &WebRtcNegotiator,
    is_first: bool,
) -> MediaDescription {
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
    if is_first {
        attributes.extend(candidates(own));
    }
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
