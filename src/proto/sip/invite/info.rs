//! INFO both ways, as devices use it (RFC 2976): digits and key-frame requests.

use super::Call;
use super::session::{Informing, Session};
use crate::sip::core::{Core, Owner};
use crate::sip::read;
use crate::sip::transaction::ClientKey;
use crate::sip::words::Event;
use bytes::Bytes;
use causeway_base::LegId;
use sip_codec::{HeaderName, Headers, Method};
use std::time::{Duration, Instant};

/// The media types that an INFO may bring.
pub(crate) const ACCEPT: &str =
    "application/dtmf-relay, application/dtmf, application/media_control+xml";

/// The media type of a request for a whole picture (RFC 5168 section 4).
const MEDIA_CONTROL: &str = "application/media_control+xml";

/// Such a request, without the spaces between its elements.
const PICTURE_FAST_UPDATE: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n\
    <media_control><vc_primitive><to_encoder><picture_fast_update/></to_encoder></vc_primitive>\
    </media_control>\r\n";

/// INFO that wait: a person's digits, and a conference number pasted at once.
const MAX_INFOS: usize = 64;

/// The longest duration of a digit that is believed.
const MAX_DURATION_MS: u64 = 10_000;

/// Whether a body of this type is known.
pub(crate) fn is_known(headers: &Headers) -> bool {
    read::content_type(headers).is_none_or(|kind| ACCEPT.split(", ").any(|known| known == kind))
}

/// What a body says, if it says something.
pub(crate) fn read(call: LegId, headers: &Headers, body: &Bytes) -> Option<Event> {
    let text = std::str::from_utf8(body).ok()?;
    match read::content_type(headers)?.as_str() {
        "application/dtmf-relay" => relay(call, text),
        "application/dtmf" => {
            let digit = self::digit(text.trim())?;
            Some(Event::Digit { call, digit, duration: None })
        }
        MEDIA_CONTROL if text.contains("picture_fast_update") => {
            Some(Event::KeyframeNeeded { call })
        }
        _ => None,
    }
}

/// `Signal=5` and `Duration=160` (milliseconds) on lines of their own.
fn relay(call: LegId, text: &str) -> Option<Event> {
    let field = |name: &str| {
        text.lines()
            .filter_map(|line| line.split_once('='))
            .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    };
    let digit = digit(field("Signal")?)?;
    let duration = field("Duration")
        .and_then(|text| text.parse::<u64>().ok())
        .map(|ms| Duration::from_millis(ms.min(MAX_DURATION_MS)));
    Some(Event::Digit { call, digit, duration })
}

/// A digit, also by its RFC 4733 number.
fn digit(text: &str) -> Option<char> {
    match text {
        "10" => return Some('*'),
        "11" => return Some('#'),
        _ => {}
    }
    let mut chars = text.chars();
    let digit = chars.next()?.to_ascii_uppercase();
    (chars.next().is_none() && matches!(digit, '0'..='9' | 'A'..='D' | '*' | '#')).then_some(digit)
}

/// Whether the peer takes INFO of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    Yes,
    No,
}

impl Taken {
    /// By a final status: no such method, no such type, not implemented, or never answered.
    pub(super) const fn of(status: u16) -> Self {
        match status {
            405 | 408 | 415 | 501 => Self::No,
            _ => Self::Yes,
        }
    }
}

impl Call {
    /// Sends an INFO, after those before it were answered: none of a kind that the peer does not
    /// take, and digits before a request for a picture that waits.
    pub(crate) fn inform(
        &mut self,
        core: &mut Core,
        now: Instant,
        content_type: &'static str,
        body: Bytes,
    ) {
        if self.ended {
            return;
        }
        let Some(session) = self.session() else { return };
        if session.infos.len() >= MAX_INFOS || session.untaken.contains(&content_type) {
            return;
        }
        let is_request = |(kind, _): &(&str, Bytes)| *kind == MEDIA_CONTROL;
        let before = session.infos.iter().position(is_request).unwrap_or(session.infos.len());
        session.infos.insert(before, (content_type, body));
        self.inform_next(core, now);
    }

    /// Asks for a whole picture. One that waits already asks for the same.
    pub(crate) fn request_keyframe(&mut self, core: &mut Core, now: Instant) {
        let waits = |session: &mut Session| {
            session.infos.iter().any(|(content_type, _)| *content_type == MEDIA_CONTROL)
        };
        if !self.session().is_some_and(waits) {
            let body = Bytes::from_static(PICTURE_FAST_UPDATE.as_bytes());
            self.inform(core, now, MEDIA_CONTROL, body);
        }
    }

    fn inform_next(&mut self, core: &mut Core, now: Instant) {
        let id = self.id;
        let Some(session) = self.session() else { return };
        if session.informing.is_some() {
            return;
        }
        let Some((content_type, body)) = session.infos.pop_front() else { return };
        let mut request = session.dialog.request(Method::Info);
        let flow = session.dialog.flow();
        request.headers.push_raw(HeaderName::ContentType, content_type);
        request.body = body;
        self.authorize(core, &mut request);
        let key = core.send(now, Owner::Call(id), flow, request);
        if let Some(session) = self.session() {
            session.informing = Some(Informing { key, content_type });
        }
    }

    /// An INFO of ours was answered, or will not be.
    pub(super) fn informed(&mut self, core: &mut Core, now: Instant, key: ClientKey, taken: Taken) {
        let Some(session) = self.session() else { return };
        let Some(done) = session.informing.take_if(|informing| informing.key == key) else {
            return;
        };
        if taken == Taken::No {
            session.untaken.push(done.content_type);
            session.infos.retain(|(content_type, _)| *content_type != done.content_type);
        }
        self.inform_next(core, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(kind: &'static str, body: &'static str) -> Option<Event> {
        let mut headers = Headers::new();
        headers.push_raw(HeaderName::ContentType, kind);
        read(LegId(1), &headers, &Bytes::from_static(body.as_bytes()))
    }

    #[test]
    fn every_way_to_write_a_digit_is_read() {
        let digit = |event| match event {
            Some(Event::Digit { digit, duration, .. }) => Some((digit, duration)),
            _ => None,
        };
        let pressed = Some(Duration::from_millis(160));
        assert_eq!(
            digit(says("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n")),
            Some(('5', pressed))
        );
        assert_eq!(digit(says("application/dtmf-relay", "Signal= *\n")), Some(('*', None)));
        assert_eq!(digit(says("application/dtmf", "11")), Some(('#', None)));
        assert_eq!(digit(says("application/dtmf; x=y", "d\r\n")), Some(('D', None)));
        assert_eq!(digit(says("application/dtmf-relay", "Signal=55\n")), None);
        assert_eq!(digit(says("text/plain", "5")), None);
    }

    #[test]
    fn a_key_frame_request_is_known_by_its_element() {
        let body = "<media_control><vc_primitive><to_encoder><picture_fast_update/></to_encoder>\
                    </vc_primitive></media_control>";
        assert!(matches!(
            says("application/media_control+xml", body),
            Some(Event::KeyframeNeeded { .. })
        ));
        assert!(says("application/media_control+xml", "<media_control/>").is_none());
        let ours = says(MEDIA_CONTROL, PICTURE_FAST_UPDATE);
        assert!(matches!(ours, Some(Event::KeyframeNeeded { .. })));
    }
}
