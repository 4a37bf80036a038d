//! From `rtc-sdp`'s types to ours.

use super::normalise::Normal;
use super::{
    Address, Attribute, Bandwidth, MediaDescription, Origin, SdpError, SessionDescription,
};
use ::sdp::description::common as rtc;
use ::sdp::description::media::MediaDescription as RtcMedia;
use ::sdp::description::session::SessionDescription as RtcSession;
use std::io::Cursor;

pub(super) fn read(normal: &Normal) -> Result<SessionDescription, SdpError> {
    let read = RtcSession::unmarshal(&mut Cursor::new(normal.text.as_bytes()))
        .map_err(|_| SdpError::Syntax)?;
    let origin = read.origin;
    let media = read.media_descriptions.into_iter().zip(&normal.kinds);
    Ok(SessionDescription {
        origin: Origin {
            user: origin.username,
            session_id: origin.session_id,
            version: origin.session_version,
            address: Address::parse(&origin.unicast_address).unwrap_or(Origin::default().address),
        },
        name: read.session_name,
        connection: read.connection_information.and_then(connection),
        bandwidth: read.bandwidth.into_iter().map(bandwidth).collect(),
        attributes: read.attributes.into_iter().map(attribute).collect(),
        media: media.map(|(media, kind)| one_media(media, kind)).collect(),
    })
}

fn one_media(media: RtcMedia, kind: &str) -> MediaDescription {
    MediaDescription {
        kind: kind.to_owned(),
        port: u16::try_from(media.media_name.port.value).unwrap_or(0),
        proto: media.media_name.protos.join("/"),
        formats: media.media_name.formats,
        connection: media.connection_information.and_then(connection),
        bandwidth: media.bandwidth.into_iter().map(bandwidth).collect(),
        attributes: media.attributes.into_iter().map(attribute).collect(),
    }
}

fn connection(connection: rtc::ConnectionInformation) -> Option<Address> {
    Address::parse(&connection.address?.address)
}

fn bandwidth(bandwidth: rtc::Bandwidth) -> Bandwidth {
    let kind = bandwidth.bandwidth_type;
    let kind = if bandwidth.experimental { format!("X-{kind}") } else { kind };
    Bandwidth { kind, value: bandwidth.bandwidth }
}

fn attribute(attribute: rtc::Attribute) -> Attribute {
    Attribute { name: attribute.key, value: attribute.value }
}
