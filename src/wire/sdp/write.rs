//! From our types to bytes.

use super::{Address, Attribute, Bandwidth, SessionDescription};
use std::fmt::Write;

pub(super) fn write(session: &SessionDescription) -> String {
    let mut text = String::with_capacity(1024);
    let origin = &session.origin;
    let name = if session.name.is_empty() { "-" } else { &session.name };
    let _ = write!(
        text,
        "v=0\r\no={} {} {} {}\r\ns={name}\r\n",
        origin.user, origin.session_id, origin.version, origin.address
    );
    connection_and_bandwidth(&mut text, session.connection.as_ref(), &session.bandwidth);
    text.push_str("t=0 0\r\n");
    attributes(&mut text, &session.attributes);
    for media in &session.media {
        let _ = write!(text, "m={} {} {}", media.kind, media.port, media.proto);
        for format in &media.formats {
            let _ = write!(text, " {format}");
        }
        text.push_str("\r\n");
        connection_and_bandwidth(&mut text, media.connection.as_ref(), &media.bandwidth);
        attributes(&mut text, &media.attributes);
    }
    text
}

fn connection_and_bandwidth(
    text: &mut String,
    connection: Option<&Address>,
    bandwidth: &[Bandwidth],
) {
    if let Some(address) = connection {
        let _ = write!(text, "c={address}\r\n");
    }
    for line in bandwidth {
        let _ = write!(text, "b={}:{}\r\n", line.kind, line.value);
    }
}

fn attributes(text: &mut String, attributes: &[Attribute]) {
    for attribute in attributes {
        match &attribute.value {
            Some(value) => {
                let _ = write!(text, "a={}:{value}\r\n", attribute.name);
            }
            None => {
                let _ = write!(text, "a={}\r\n", attribute.name);
            }
        }
    }
}
