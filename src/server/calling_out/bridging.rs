//! Calls of ours into other meetings: what is dialled, what is done after the answer, and which
//! meeting it is, so that none is reached twice.

use causeway_base::EndCause;
use causeway_dial::dial_string::{DialString, Field, Fields, Protocol, Service, dial_strings};
use causeway_dial::script::{Run, Script};
use std::sync::Arc;
use std::time::Instant;

/// What a call of ours does to get into another meeting. `Debug` shows neither its number nor its
/// passcode.
#[derive(Clone, PartialEq, Eq)]
pub struct Bridging {
    /// Whose meeting it is, where that was said.
    service: Option<Service>,
    script: Arc<Script>,
    fields: Fields,
    /// The number of the meeting, as far as it is known.
    number: Option<String>,
    /// Calls for the same before this one.
    earlier: u8,
    /// Why the last of them ended.
    after: Option<EndCause>,
}

impl std::fmt::Debug for Bridging {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bridging")
            .field("service", &self.service)
            .field("script", &self.script.name)
            .field("earlier", &self.earlier)
            .finish_non_exhaustive()
    }
}

/// What somebody asks for: an address with digits or a script, or a service with a meeting. `Debug`
/// shows none of it.
#[derive(Clone, Copy, Default)]
pub struct Request<'a> {
    /// What is called; of a service its address or its number where it has no fixed one.
    pub to: &'a str,
    /// What is pressed after the answer; a comma is a pause.
    pub digits: Option<&'a str>,
    /// The name of a script.
    pub script: Option<&'a str>,
    /// The name of a service.
    pub service: Option<&'a str>,
    /// The name of one of its dial strings; the best that can be filled where nothing is said.
    pub form: Option<&'a str>,
    /// The number of the meeting.
    pub meeting: Option<&'a str>,
    /// Its passcode.
    pub passcode: Option<&'a str>,
    /// The customer's part of a service's host.
    pub site: Option<&'a str>,
}

impl std::fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request").field("service", &self.service).finish_non_exhaustive()
    }
}

/// Which meeting a call reaches: whose, and its number.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Reached {
    at: String,
    number: String,
}

impl std::fmt::Debug for Reached {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reached").field("at", &self.at).finish_non_exhaustive()
    }
}

impl Bridging {
    /// What is called for a request, and what is done after the answer; nothing where only an
    /// address was given.
    ///
    /// # Errors
    /// [`EndCause::BadAddress`]: a service, a script or a form that there is not, a field that
    /// cannot hold what was given, or what is missing.
    pub fn read(request: &Request<'_>) -> Result<(String, Option<Box<Self>>), EndCause> {
        let to = request.to.trim();
        let bridging = match (request.service, request.script, request.digits) {
            (Some(service), None, None) => {
                let service = Service::of_name(service).ok_or(EndCause::BadAddress)?;
                let (target, bridging) = of_service(service, request)?;
                return Ok((target, Some(Box::new(bridging))));
            }
            (None, Some(name), None) => {
                let script = Script::named(name).ok_or(EndCause::BadAddress)?;
                let fields = fields_of(request)?;
                let number = fields.get(Field::Meeting).map(str::to_owned);
                Self::new(None, script, fields, number)?
            }
            (None, None, Some(digits)) => {
                let script = Script::of_digits(digits).ok_or(EndCause::BadAddress)?;
                let first = digits.split(['#', ',']).find(|part| !part.is_empty());
                Self::new(None, script, Fields::new(), first.map(str::to_owned))?
            }
            (None, None, None) if request.meeting.is_none() && request.passcode.is_none() => {
                // As one taps it in an invitation: the number, pauses, what is pressed after them.
                let Some((address, digits)) = to.split_once(',') else {
                    return Ok((to.to_owned(), None));
                };
                return Self::read(&Request { to: address, digits: Some(digits), ..*request });
            }
            _ => return Err(EndCause::BadAddress),
        };
        if to.is_empty() {
            return Err(EndCause::BadAddress);
        }
        Ok((to.to_owned(), Some(Box::new(bridging))))
    }

    fn new(
        service: Option<Service>,
        script: Script,
        fields: Fields,
        number: Option<String>,
    ) -> Result<Self, EndCause> {
        if !script.can_press(&fields) {
            return Err(EndCause::BadAddress);
        }
        let script = Arc::new(script);
        Ok(Self { service, script, fields, number, earlier: 0, after: None })
    }

    /// The way through it that begins now.
    pub(crate) fn run(&self, now: Instant) -> Run {
        Run::new(now, &self.script, &self.fields, self.earlier)
    }

    /// The same once more, after a call that ended so.
    pub(crate) fn again(&self, cause: EndCause) -> Self {
        Self { earlier: self.earlier.saturating_add(1), after: Some(cause), ..self.clone() }
    }

    /// Which call of the same it is, from 1, and why there was one before.
    pub(crate) fn repeats(&self) -> Option<(u8, EndCause)> {
        Some((self.earlier.saturating_add(1), self.after?))
    }

    /// The profile of its service, where that has one of its own. A video interop partner and a
    /// server of the customer's are known by their hosts.
    pub(crate) fn profile(&self) -> Option<&'static str> {
        match self.service? {
            Service::Zoom => Some("zoom-crc"),
            Service::Webex => Some("webex"),
            Service::TeamsAudio => Some("teams-audio-conferencing"),
            Service::GoogleMeet => Some("google-meet-pexip"),
            Service::Tencent => Some("tencent-mra"),
            Service::WeCom => Some("wecom-mra"),
            Service::Feishu => Some("feishu"),
            Service::BlueJeans => Some("bluejeans"),
            Service::Lifesize => Some("lifesize"),
            Service::Cms => Some("cisco-cms"),
            Service::Pexip => Some("pexip"),
            Service::Rmx => Some("poly-rmx"),
            Service::Yealink => Some("yealink"),
            Service::TeamsVideo | Service::Causeway | Service::Generic => None,
        }
    }

    /// The stable name of whose meeting it is.
    pub(crate) fn service(&self) -> Option<&'static str> {
        self.service.map(Service::brand)
    }
}

/// An address without what lets somebody in, for records.
pub(crate) fn without_passcode(target: &str) -> String {
    let (host, port) = match target.rsplit_once('@') {
        Some((_, host)) => (host, host.strip_prefix(without_port(host)).unwrap_or_default()),
        None => ("", ""),
    };
    let bare = target.strip_suffix(port).unwrap_or(target);
    // As people dial it, which is how services write it.
    let room = bare.strip_prefix("h323:").and_then(|rest| rest.split_once('@'));
    let dialled = room.map(|(room, _)| format!("{}##{room}", without_port(host)));
    let kept = dial_strings().iter().find_map(|row| {
        let read = |text: &str| row.read(text);
        let mut fields = read(bare).or_else(|| read(dialled.as_deref()?))?;
        let secrets = [Field::Passcode, Field::HostKey];
        secrets.iter().any(|field| fields.get(*field).is_some()).then_some(())?;
        // Else it is the only name of whom it calls.
        number_of(&fields)?;
        secrets.into_iter().for_each(|field| fields.clear(field));
        let address = row.address.fill(&fields).ok()?;
        Some(self::target(row, &address, port))
    });
    kept.unwrap_or_else(|| target.to_owned())
}

/// Which meeting a call reaches, where that can be told.
pub(super) fn reached(target: &str, bridging: Option<&Bridging>) -> Option<Reached> {
    let by_service = bridging.and_then(|bridging| {
        let at = bridging.service?.brand().to_owned();
        Some(Reached { at, number: bridging.number.clone()? })
    });
    by_service.or_else(|| by_address(target)).or_else(|| {
        let number = bridging?.number.clone()?;
        // With its port: another one is another machine.
        let at = target.rsplit_once('@').map_or(target, |(_, host)| host).to_ascii_lowercase();
        Some(Reached { at, number })
    })
}

/// By the address of a service that has one of its own.
fn by_address(target: &str) -> Option<Reached> {
    dial_strings().iter().find_map(|row| {
        let is_own = row.address.as_str().contains('@') && !row.address.has(Field::Address);
        let fields = is_own.then(|| row.read(target))??;
        Some(Reached { at: row.service.brand().to_owned(), number: number_of(&fields)? })
    })
}

fn number_of(fields: &Fields) -> Option<String> {
    let names = [Field::Meeting, Field::VideoId, Field::Room, Field::User];
    names.into_iter().find_map(|field| fields.get(field)).map(str::to_owned)
}

fn fields_of(request: &Request<'_>) -> Result<Fields, EndCause> {
    let mut fields = Fields::new();
    let given = [
        (Field::Meeting, request.meeting),
        (Field::Passcode, request.passcode),
        (Field::Site, request.site),
    ];
    for (field, value) in given {
        let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) else { continue };
        let value: String = match field {
            // As people and invitations write numbers.
            Field::Meeting => value.chars().filter(|c| !matches!(c, ' ' | '-')).collect(),
            _ => value.to_owned(),
        };
        // Teams by a partner has a number of another name, and other services have names.
        fields.set(field, &value).map_err(|_| EndCause::BadAddress)?;
    }
    Ok(fields)
}

/// The best dial string of a service that can be filled: one that carries the passcode before one
/// that does not, in the order of the table.
fn of_service(service: Service, request: &Request<'_>) -> Result<(String, Bridging), EndCause> {
    let mut fields = fields_of(request)?;
    let (wanted, to) = match request.to.trim().split_once(':') {
        Some(("sip" | "sips", to)) => (Some(Protocol::Sip), to),
        Some(("h323", to)) => (Some(Protocol::H323), to.trim_start_matches('@')),
        Some(("tel", to)) => (Some(Protocol::Tel), to),
        _ => (None, request.to.trim()),
    };
    let place = match to {
        "" => None,
        number if number.starts_with('+') => Some(Field::Number),
        _ => Some(Field::Address),
    };
    if let Some(place) = place {
        // A port is no part of a field: it goes back to where it stood.
        let place_of = match place {
            Field::Number => to.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect(),
            _ => without_port(to).to_owned(),
        };
        fields.set(place, &place_of).map_err(|_| EndCause::BadAddress)?;
    }
    let number = number_of(&fields);
    let rows = dial_strings().iter().filter(|row| {
        row.service == service
            && row.protocol != Protocol::Web
            && wanted.is_none_or(|wanted| row.protocol == wanted)
            && request.form.is_none_or(|name| row.name == name)
            && place.is_none_or(|place| row.address.has(place))
    });
    let filled: Vec<_> =
        rows.filter_map(|row| row.fill(&fields).ok().map(|filled| (row, filled))).collect();
    let has_passcode = fields.get(Field::Passcode).is_some();
    let (row, dialled) = filled
        .iter()
        .find(|(_, dialled)| dialled.carries_passcode || !has_passcode)
        .or(filled.first())
        .ok_or(EndCause::BadAddress)?;
    let script = match dialled.digits.as_str() {
        "" => Script::one_step(),
        digits => Script::of_digits(digits).ok_or(EndCause::BadAddress)?,
    };
    let port = to.strip_prefix(without_port(to)).unwrap_or_default();
    let target = target(row, &dialled.address, port);
    Ok((target, Bridging::new(Some(service), script, fields, number)?))
}

/// What is called, with its scheme.
fn target(row: &DialString, address: &str, port: &str) -> String {
    match row.protocol {
        Protocol::Sip => format!("sip:{address}{port}"),
        Protocol::H323 => match address.split_once("##") {
            Some((host, room)) => format!("h323:{room}@{host}{port}"),
            None if row.address.has(Field::Address) => format!("h323:@{address}{port}"),
            None => format!("h323:{address}"),
        },
        Protocol::Tel | Protocol::Web => address.to_owned(),
    }
}

/// A host without its port; an IPv6 address stands in brackets.
fn without_port(to: &str) -> &str {
    let host = to.find(']').map_or(0, |end| end + 1);
    match to.get(host..).and_then(|rest| rest.find(':')) {
        Some(at) => to.get(..host + at).unwrap_or(to),
        None => to,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(request: &Request<'_>) -> (String, Box<Bridging>) {
        let (target, bridging) = Bridging::read(request).expect("readable");
        (target, bridging.expect("a way into a meeting"))
    }

    fn zoom() -> Request<'static> {
        let (service, meeting) = (Some("zoom"), Some("123 456-789"));
        Request { service, meeting, passcode: Some("4321"), ..Request::default() }
    }

    #[test]
    fn a_service_is_called_by_its_best_string() {
        for (request, expected, script) in [
            (zoom(), "sip:123456789.4321@zoomcrc.com", "one-step"),
            (Request { passcode: None, ..zoom() }, "sip:123456789@zoomcrc.com", "one-step"),
            (
                Request { to: "162.255.37.11", ..zoom() },
                "h323:123456789#4321@162.255.37.11",
                "one-step",
            ),
            (
                Request { form: Some("zoom-two-stage"), ..zoom() },
                "sip:123456789@zoomcrc.com",
                "digits",
            ),
            (
                Request { service: Some("webex"), site: Some("acme"), ..zoom() },
                "sip:123456789@acme.webex.com",
                "digits",
            ),
            (
                Request { service: Some("webex"), to: "h323:173.243.2.68", ..zoom() },
                "h323:@173.243.2.68",
                "digits",
            ),
            (
                Request { service: Some("tencent"), ..zoom() },
                "sip:123456789**4321@sip.qqmra.com",
                "one-step",
            ),
            (
                Request { service: Some("wecom"), to: "mra.example.cn:5062", ..zoom() },
                "sip:123456789**4321@mra.example.cn:5062",
                "one-step",
            ),
            (
                Request {
                    service: Some("teams-audio"),
                    to: "+442079460000",
                    passcode: None,
                    ..zoom()
                },
                "+442079460000",
                "digits",
            ),
        ] {
            let (target, bridging) = read(&request);
            assert_eq!((target.as_str(), &*bridging.script.name), (expected, script));
            assert_eq!(bridging.number.as_deref(), Some("123456789"), "{expected}");
        }
    }

    #[test]
    fn no_record_shows_a_passcode() {
        for (target, kept) in [
            ("sip:123456789.4321@zoomcrc.com", "sip:123456789@zoomcrc.com"),
            ("h323:123456789#4321@162.255.37.11", "h323:123456789@162.255.37.11"),
            ("sip:123456789**4321@mra.example.cn:5062", "sip:123456789@mra.example.cn:5062"),
            ("sip:1001@192.0.2.7", "sip:1001@192.0.2.7"),
            ("h323:room@192.0.2.7:1720", "h323:room@192.0.2.7:1720"),
            ("+442079460000", "+442079460000"),
        ] {
            assert_eq!(without_passcode(target), kept);
        }
    }

    #[test]
    fn what_is_missing_or_cannot_be_pressed_is_no_address() {
        let to = "sip:room@example.com";
        for request in [
            Request { service: Some("zoon"), ..zoom() },
            Request { service: Some("webex"), ..zoom() },
            Request { meeting: None, ..zoom() },
            Request { meeting: Some("12a"), ..zoom() },
            Request { digits: Some("1#"), ..zoom() },
            Request { digits: Some("1#"), ..Request::default() },
            Request { to, digits: Some("1x"), ..Request::default() },
            Request { to, script: Some("zoom-crc"), passcode: Some("a1b2"), ..Request::default() },
            Request { to, script: Some("no-such"), ..Request::default() },
            Request { to, meeting: Some("1"), ..Request::default() },
        ] {
            assert_eq!(
                Bridging::read(&request).err(),
                Some(EndCause::BadAddress),
                "{}",
                request.to
            );
        }
        let tapped = Request { to: "+44 20 7946 0000,,291633251#", ..Request::default() };
        let (target, bridging) = read(&tapped);
        assert_eq!((target.as_str(), &*bridging.script.name), ("+44 20 7946 0000", "digits"));
        let plain = Bridging::read(&Request { to, ..Request::default() });
        assert_eq!(plain, Ok((to.to_owned(), None)));
    }

    #[test]
    fn the_same_meeting_is_known_by_whatever_way_it_is_reached() {
        let zoom = |request: Request<'_>| {
            let (target, bridging) = read(&request);
            reached(&target, Some(&bridging))
        };
        let one = zoom(zoom_by("")).expect("known");
        assert_eq!(zoom(zoom_by("162.255.37.11")).as_ref(), Some(&one), "by H.323");
        let digits = Request {
            to: "sip:123456789@zoomcrc.com",
            digits: Some("4321#"),
            ..Request::default()
        };
        assert_eq!(zoom(digits).as_ref(), Some(&one), "by digits");
        assert_eq!(reached("sip:123456789.9@ZOOMCRC.com", None).as_ref(), Some(&one), "by hand");
        assert_ne!(reached("sip:123456788@zoomcrc.com", None).as_ref(), Some(&one));
        let ivr = |to, digits| {
            let (target, bridging) =
                read(&Request { to, digits: Some(digits), ..Request::default() });
            reached(&target, Some(&bridging)).expect("known")
        };
        assert_eq!(ivr("+442079460000", "77#"), ivr("+442079460000", ",,77#,1#"));
        assert_ne!(ivr("+442079460000", "77#"), ivr("+442079460000", "78#"));
        assert_eq!(reached("sip:room@example.com", None), None, "a room is no meeting");
    }

    fn zoom_by(to: &'static str) -> Request<'static> {
        Request { to, ..zoom() }
    }
}
