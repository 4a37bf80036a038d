//! Makes a description fit `rtc-sdp`, which wants every line in the order of RFC 8866 and
//! refuses the whole description for one line that it does not know.
//!
//! Lines of no use here (`i u e p t r z k` and unknown ones) are dropped, the rest is put in
//! order, a missing or unreadable `o=`, `s=` or `t=` is filled in, kinds of media outside its
//! list travel beside the text.

use super::{MAX_FORMATS, MAX_LEN, MAX_LINES, MAX_MEDIA, SdpError};
use std::fmt::Write;

/// The kinds of media that `rtc-sdp` lets through.
const KNOWN_KINDS: [&str; 6] = ["audio", "video", "text", "application", "message", "image"];
const STAND_IN_KIND: &str = "application";

/// A description in order.
#[derive(Debug)]
pub(super) struct Normal {
    /// What `rtc-sdp` reads.
    pub(super) text: String,
    /// The kind of each `m=` line, as it stood.
    pub(super) kinds: Vec<String>,
}

/// The lines of the session or of one media, by letter.
#[derive(Debug, Default)]
struct Section<'a> {
    media: Option<&'a str>,
    origin: Option<&'a str>,
    name: Option<&'a str>,
    connection: Option<&'a str>,
    bandwidth: Vec<&'a str>,
    attributes: Vec<&'a str>,
}

pub(super) fn normalise(bytes: &[u8]) -> Result<Normal, SdpError> {
    if bytes.len() > MAX_LEN {
        return Err(SdpError::TooLong);
    }
    let text = String::from_utf8_lossy(bytes);
    let clean: String = text.chars().filter(|c| !c.is_control() || "\r\n\t".contains(*c)).collect();
    let sections = split(&clean)?;
    let mut normal = Normal { text: String::with_capacity(clean.len() + 64), kinds: Vec::new() };
    for section in &sections {
        match section.media {
            None => put_session(&mut normal.text, section),
            Some(media) => put_media(&mut normal, media),
        }
        put_common(&mut normal.text, section);
    }
    Ok(normal)
}

/// The session's section, then one for each `m=`.
fn split(text: &str) -> Result<Vec<Section<'_>>, SdpError> {
    let mut sections = vec![Section::default()];
    let mut versioned = false;
    for (count, line) in text.split(['\r', '\n']).filter(|line| !line.is_empty()).enumerate() {
        if count >= MAX_LINES {
            return Err(SdpError::TooManyLines);
        }
        let Some((letter, value)) = line.trim_start().split_once('=') else { continue };
        let value = value.trim();
        if letter == "m" {
            if sections.len() > MAX_MEDIA {
                return Err(SdpError::TooManyLines);
            }
            sections.push(Section { media: Some(value), ..Section::default() });
            continue;
        }
        let Some(section) = sections.last_mut() else { continue };
        match letter {
            "v" => versioned |= value == "0",
            "o" => section.origin = section.origin.or(Some(value)),
            "s" => section.name = section.name.or(Some(value)),
            "c" => section.connection = section.connection.or_else(|| connection(value)),
            "b" if is_bandwidth(value) => section.bandwidth.push(value),
            "a" if !value.is_empty() => section.attributes.push(value),
            _ => {}
        }
    }
    if versioned { Ok(sections) } else { Err(SdpError::NoVersion) }
}

/// The address alone, if the line has one.
fn connection(value: &str) -> Option<&str> {
    let mut words = value.split_whitespace();
    let _network = words.next()?;
    let _family = words.next()?;
    words.next()
}

fn is_bandwidth(value: &str) -> bool {
    value.split_once(':').is_some_and(|(kind, number)| {
        !kind.is_empty() && !kind.contains(char::is_whitespace) && number.parse::<u64>().is_ok()
    })
}

fn put_session(text: &mut String, section: &Section<'_>) {
    let origin = section.origin.and_then(origin).unwrap_or("- 0 0 IN IP4 0.0.0.0".to_owned());
    let name = section.name.filter(|name| !name.is_empty()).unwrap_or("-");
    let _ = write!(text, "v=0\r\no={origin}\r\ns={name}\r\n");
    if let Some(address) = section.connection {
        let _ = write!(text, "c=IN IP4 {address}\r\n");
    }
    for bandwidth in &section.bandwidth {
        let _ = write!(text, "b={bandwidth}\r\n");
    }
    text.push_str("t=0 0\r\n");
}

/// The last five words are fixed; what stands before them is the user name, spaces and all.
fn origin(value: &str) -> Option<String> {
    let mut words = value.split_whitespace().rev();
    let address = words.next()?;
    let family = words.next()?;
    let _network = words.next()?;
    let version: u64 = words.next()?.parse().ok()?;
    let id: u64 = words.next()?.parse().ok()?;
    let mut user: Vec<_> = words.collect();
    user.reverse();
    let user = if user.is_empty() { "-".to_owned() } else { user.join("_") };
    let family = if family.eq_ignore_ascii_case("IP6") { "IP6" } else { "IP4" };
    Some(format!("{user} {id} {version} IN {family} {address}"))
}

fn put_media(normal: &mut Normal, value: &str) {
    let mut words = value.split_whitespace();
    let kind = words.next().unwrap_or(STAND_IN_KIND);
    let port = words.next().map(|port| port.split('/').next().unwrap_or("").parse::<u16>());
    let proto = words.next().filter(|proto| proto.split('/').all(|part| !part.is_empty()));
    let formats: Vec<_> = words.take(MAX_FORMATS).collect();
    let whole = proto.is_some() && !formats.is_empty();
    let port = if whole { port.and_then(Result::ok).unwrap_or(0) } else { 0 };
    let formats = if formats.is_empty() { "0".to_owned() } else { formats.join(" ") };
    let known = KNOWN_KINDS.into_iter().find(|known| *known == kind).unwrap_or(STAND_IN_KIND);
    let proto = proto.unwrap_or("RTP/AVP");
    let _ = write!(normal.text, "m={known} {port} {proto} {formats}\r\n");
    normal.kinds.push(kind.to_owned());
}

fn put_common(text: &mut String, section: &Section<'_>) {
    if section.media.is_some() {
        if let Some(address) = section.connection {
            let _ = write!(text, "c=IN IP4 {address}\r\n");
        }
        for bandwidth in &section.bandwidth {
            let _ = write!(text, "b={bandwidth}\r\n");
        }
    }
    for attribute in &section.attributes {
        let _ = write!(text, "a={attribute}\r\n");
    }
}
