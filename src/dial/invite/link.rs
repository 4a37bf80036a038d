//! Links: unwrapped from what mail scanners make of them, and read where a service is known by
//! its whole host.

use super::{fold, host};
use crate::dial_string::{Field, Fields, Service};

/// The longest link that is read: those of Teams have 300 bytes, wrapped ones three times that.
pub(super) const MAX_LINK: usize = 4096;

/// Scanners that wrap each other's links.
const MAX_WRAPS: usize = 4;

/// A link that leads into a meeting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Link {
    /// Unwrapped.
    pub(super) url: String,
    /// Whose it is; `None` for a host that is no service's.
    pub(super) service: Option<Service>,
    /// What tells one meeting of a service from another.
    pub(super) key: String,
    /// What it says of the meeting.
    pub(super) fields: Fields,
    /// The address of SIP that it stands for, with its host.
    pub(super) address: Option<(String, String)>,
}

/// What a link is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// It leads into a meeting.
    Meeting(Box<Link>),
    /// A page of a host that is no service's.
    Other(String),
    /// A page that is nothing to us.
    Nothing,
    /// Its host was made to look like a service's.
    LookAlike(String),
}

/// A URL taken apart.
struct Url<'t> {
    whole: &'t str,
    host: String,
    path: &'t str,
    query: &'t str,
    fragment: &'t str,
}

/// Reads a link of `http`, `https`, `zoommtg` or `pexip`.
pub(super) fn read(text: &str) -> Read {
    if text.len() > MAX_LINK {
        return Read::Nothing;
    }
    let text = unwrap(text.replace("&amp;", "&"));
    let Some(url) = Url::read(&text) else { return Read::Nothing };
    if host::is_look_alike(&url.host) {
        return Read::LookAlike(url.host);
    }
    match host::service(&url.host) {
        Some(service) => url.of_service(service).map_or(Read::Nothing, |link| url.meeting(link)),
        None => match url.of_anybody() {
            Some(link) => url.meeting(link),
            None => Read::Other(url.whole.to_owned()),
        },
    }
}

impl<'t> Url<'t> {
    /// `None` also where somebody stands before the host: that is there to deceive.
    fn read(text: &'t str) -> Option<Self> {
        let (_, rest) = text.split_once(':')?;
        let rest = rest.trim_start_matches('/');
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let host = authority.split(':').next().unwrap_or_default().trim_end_matches('.');
        let is_host = !host.is_empty() && !authority.contains(['@', '\\', '[', '%']);
        let host = host.to_lowercase();
        is_host.then_some(Self { whole: text, host, path, query, fragment })
    }

    /// A value of the query, decoded.
    fn value(&self, name: &str) -> Option<String> {
        value(self.query, name).filter(|value| !value.is_empty())
    }

    /// The parts of the path.
    fn steps(&self) -> impl Iterator<Item = &'t str> + Clone + use<'t> {
        self.path.split('/').filter(|step| !step.is_empty())
    }

    fn meeting(&self, link: Link) -> Read {
        let key = if link.key.is_empty() { self.whole.to_owned() } else { link.key };
        Read::Meeting(Box::new(Link { url: self.whole.to_owned(), key, ..link }))
    }

    fn of_service(&self, service: Service) -> Option<Link> {
        match service {
            Service::Zoom => self.zoom(),
            Service::Webex => self.webex(),
            Service::TeamsVideo if self.host == "dialin.plcm.vc" => self.polycom(),
            Service::TeamsAudio => self.teams(),
            Service::GoogleMeet => self.google(),
            Service::Tencent => self.tencent(),
            Service::Feishu => self.feishu(),
            Service::WeCom => self.joins(Service::WeCom, &["webapp", "meeting", "wework_admin"]),
            Service::BlueJeans => self.bluejeans(),
            Service::Lifesize => self.lifesize(),
            Service::Pexip => self.of_anybody(),
            _ => None,
        }
    }

    /// A link whose path begins with one of these steps.
    fn joins(&self, service: Service, first: &[&str]) -> Option<Link> {
        let step = self.steps().next()?;
        first.contains(&step).then(|| of(service, ""))
    }

    fn zoom(&self) -> Option<Link> {
        if let Some(number) = self.value("confno") {
            return numbered(Service::Zoom, &number);
        }
        let mut steps = self.steps();
        match steps.next()? {
            "j" | "w" | "s" => numbered(Service::Zoom, steps.next()?),
            "wc" => {
                let step = steps.next()?;
                numbered(Service::Zoom, if step == "join" { steps.next()? } else { step })
            }
            "my" => Some(of(Service::Zoom, steps.next()?)),
            _ => None,
        }
    }

    fn webex(&self) -> Option<Link> {
        if self.path.trim_end_matches('/') == "/msteams" {
            let mut link = of(Service::TeamsVideo, "");
            let domain = self.value("domain").filter(|domain| domain == "m.webex.com")?;
            let tenant = self.value("tenantkey")?;
            link.fields.set(Field::VideoId, &self.value("confid")?).ok()?;
            link.fields.set(Field::Tenant, &tenant).ok()?;
            link.address = Some((tenant, domain));
            return Some(link);
        }
        let site = self.host.strip_suffix(".webex.com")?;
        let mut link = of(Service::Webex, "");
        let mut steps = self.steps();
        let first = steps.next()?;
        if matches!(first, "meet" | "join") {
            let user = steps.next()?;
            link.key = user.to_owned();
            link.fields.set(Field::User, user).ok()?;
        } else {
            let is_join = self.path.contains("/j.php") || self.path.contains("/joinservice/");
            link.key = self
                .value("MTID")
                .filter(|_| is_join)
                .or_else(|| is_join.then(|| self.path.to_owned()))?;
        }
        // Of sites below sites only the names of the form are known.
        let _ = link.fields.set(Field::Site, site);
        Some(link)
    }

    /// The page of a partner for those who cannot dial.
    fn polycom(&self) -> Option<Link> {
        let mut link = of(Service::TeamsVideo, "");
        let tenant = self.value("key")?;
        link.fields.set(Field::Tenant, &tenant).ok()?;
        link.fields.set(Field::VideoId, &self.value("conf")?).ok()?;
        link.address = Some((tenant, "t.plcm.vc".to_owned()));
        Some(link)
    }

    fn teams(&self) -> Option<Link> {
        let mut steps = self.steps();
        match steps.next()? {
            "meet" => {
                let number = steps.next()?;
                let mut link = of(Service::TeamsAudio, number);
                if let Some(passcode) = self.value("p") {
                    let _ = link.fields.set(Field::Passcode, &passcode);
                }
                let _ = link.fields.set(Field::Meeting, number);
                Some(link)
            }
            "l" if matches!(steps.next(), Some("meetup-join" | "meeting")) => {
                Some(of(Service::TeamsAudio, steps.next().unwrap_or_default()))
            }
            _ => None,
        }
    }

    fn google(&self) -> Option<Link> {
        let code = self.steps().next()?;
        let is_code = code.len() >= 9 && code.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        let mut link = is_code.then(|| of(Service::GoogleMeet, code))?;
        if self.host == "tel.meet" {
            let pin = self.value("pin")?;
            link.fields.set(Field::Meeting, &pin).ok()?;
        }
        Some(link)
    }

    fn tencent(&self) -> Option<Link> {
        let mut steps = self.steps();
        let (first, second) = (steps.next()?, steps.next()?);
        match first {
            "p" => numbered(Service::Tencent, second),
            "dm" | "dw" | "s" | "v2" | "l" => Some(of(Service::Tencent, second)),
            _ => None,
        }
    }

    fn feishu(&self) -> Option<Link> {
        let mut steps = self.steps();
        let is_join = self.host.starts_with("vc.") && steps.next()? == "j";
        if is_join { numbered(Service::Feishu, steps.next()?) } else { None }
    }

    fn bluejeans(&self) -> Option<Link> {
        let mut steps = self.steps();
        let mut link = numbered(Service::BlueJeans, steps.next()?)?;
        if let Some(passcode) = steps.next() {
            let _ = link.fields.set(Field::Passcode, passcode);
        }
        Some(link)
    }

    fn lifesize(&self) -> Option<Link> {
        let is_call = self.host == "call.lifesizecloud.com" || self.host == "call.lifesize.com";
        if is_call { numbered(Service::Lifesize, self.steps().next()?) } else { None }
    }

    /// The pages of products that anybody may run.
    fn of_anybody(&self) -> Option<Link> {
        let mut steps = self.steps();
        let first = steps.next();
        if first == Some("teams") && self.value("conf").is_some() {
            return self.pexip_teams();
        }
        let mut conference = None;
        if first == Some("webapp") {
            let in_fragment =
                self.fragment.split_once('?').and_then(|(_, query)| value(query, "conference"));
            let in_path = steps.clone().skip_while(|step| *step != "conference").nth(1);
            conference = self.value("conference").or(in_fragment).or_else(|| in_path.map(decoded));
        }
        if let Some((user, host)) = conference.as_deref().and_then(|whole| whole.split_once('@')) {
            return Some(addressed(Service::Pexip, user, &host.to_ascii_lowercase()));
        }
        let id = match first? {
            "invited.sf" | "index.html" => self.value("id"),
            "meeting" => steps.next().map(str::to_owned),
            _ => None,
        };
        let id = id.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()))?;
        Some(addressed(Service::Cms, &id, &self.host))
    }

    /// The page of Pexip for Teams: the prefix and the ID together are dialled.
    fn pexip_teams(&self) -> Option<Link> {
        let mut link = of(Service::TeamsVideo, "");
        let (id, domain) = (self.value("conf")?, self.value("d")?);
        link.fields.set(Field::VideoId, &id).ok()?;
        let prefix = self.value("prefix").unwrap_or_default();
        if host::is_look_alike(&domain) {
            return None;
        }
        link.address = Some((format!("{prefix}{id}"), domain.to_ascii_lowercase()));
        Some(link)
    }
}

fn of(service: Service, key: &str) -> Link {
    Link { service: Some(service), key: key.to_owned(), ..Link::default() }
}

fn numbered(service: Service, number: &str) -> Option<Link> {
    let mut link = of(service, number);
    link.fields.set(Field::Meeting, number).ok()?;
    Some(link)
}

fn addressed(service: Service, user: &str, host: &str) -> Link {
    let address = Some((user.to_owned(), host.to_owned()));
    Link { address, ..of(service, &format!("{user}@{host}")) }
}

/// A link as it was before scanners of mail wrapped it.
fn unwrap(mut link: String) -> String {
    for _ in 0..MAX_WRAPS {
        // What stood in percents was not looked at before.
        let inner = unwrapped(&link).map(|inner| fold::line(&inner));
        let is_one = |inner: &String| !inner.chars().any(|c| c.is_whitespace() || c.is_control());
        let Some(inner) = inner.filter(is_one) else { break };
        link = inner;
    }
    link
}

fn unwrapped(link: &str) -> Option<String> {
    let url = Url::read(link)?;
    let inner = if host::is_below(&url.host, "safelinks.protection.outlook.com")
        || host::is_below(&url.host, "safelinks.protection.office365.us")
    {
        url.value("url")
    } else if url.host == "www.google.com" && url.path == "/url" {
        url.value("q").or_else(|| url.value("url"))
    } else if url.host == "urldefense.proofpoint.com" || url.host == "urldefense.com" {
        let wrapped = url.path.split_once("/v3/__").and_then(|_| link.split_once("/v3/__"));
        match wrapped {
            Some((_, inner)) => {
                Some(inner.split_once("__;").map_or(inner, |(url, _)| url).to_owned())
            }
            None => url.value("u").map(|coded| decoded(&coded.replace('_', "/").replace('-', "%"))),
        }
    } else {
        None
    };
    inner.filter(|inner| {
        ["http:", "https:", "zoommtg:"].iter().any(|scheme| {
            inner.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        })
    })
}

fn value(query: &str, name: &str) -> Option<String> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| decoded(value))
}

/// Percent-encoding undone; what is none stays.
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| *first == b'%');
        let byte = hex.and_then(|hex| {
            let hex = std::str::from_utf8(hex).ok().filter(|hex| !hex.starts_with('+'))?;
            u8::from_str_radix(hex, 16).ok()
        });
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meeting(text: &str) -> Link {
        match read(text) {
            Read::Meeting(link) => *link,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn links_are_unwrapped_before_they_are_read() {
        let plain = "https://us02web.zoom.us/j/85012345678?pwd=abc";
        let coded = "https%3A%2F%2Fus02web.zoom.us%2Fj%2F85012345678%3Fpwd%3Dabc";
        for wrapped in [
            format!("https://eur01.safelinks.protection.outlook.com/?url={coded}&amp;data=05%7C01"),
            format!("https://www.google.com/url?q={coded}&sa=D"),
            format!("https://urldefense.com/v3/__{plain}__;!!AbC!xyz$"),
            "https://urldefense.proofpoint.com/v2/url?u=https-3A__us02web.zoom.us_j_85012345678-3Fpwd-3Dabc&d=DwM".to_owned(),
        ] {
            assert_eq!(meeting(&wrapped).url, plain, "{wrapped}");
        }
    }

    #[test]
    fn a_link_that_deceives_is_none() {
        assert_eq!(read("https://zoom.us@evil.example/j/85012345678"), Read::Nothing);
        let fake = "https://zoom.us.evil.example/j/85012345678";
        assert_eq!(read(fake), Read::LookAlike("zoom.us.evil.example".into()));
        let inside = "https://evil.example/?u=https://zoom.us/j/85012345678";
        assert_eq!(read(inside), Read::Other(inside.into()));
        let fake = "https://x.safelinks.protection.outlook.com.evil.example/?url=https%3A%2F%2Fzoom.us%2Fj%2F1";
        assert!(matches!(read(fake), Read::Other(_)));
    }

    #[test]
    fn pages_of_partners_stand_for_addresses() {
        let poly = meeting("https://dialin.plcm.vc/teams/?key=813878896&conf=017920684");
        assert_eq!(poly.address, Some(("813878896".into(), "t.plcm.vc".into())));
        let webex = meeting(
            "https://www.webex.com/msteams?confid=1259772026&tenantkey=mividas&domain=m.webex.com",
        );
        assert_eq!(webex.fields.get(Field::VideoId), Some("1259772026"));
        let pexip = meeting(
            "https://px.example.com/teams/?conf=1234567&ivr=teams&d=v.example.com&ip=192.0.2.1&prefix=91",
        );
        assert_eq!(pexip.address, Some(("911234567".into(), "v.example.com".into())));
        for vmr in [
            "https://v.example.com/webapp/home/?conference=a@b.example",
            "https://v.example.com/webapp/#/?conference=a@b.example",
            "https://v.example.com/webapp/conference/a@b.example",
        ] {
            assert_eq!(meeting(vmr).address, Some(("a".into(), "b.example".into())), "{vmr}");
        }
        let cms = meeting("https://join.example.com/invited.sf?secret=abc&id=8001");
        assert_eq!(cms.address, Some(("8001".into(), "join.example.com".into())));
    }
}
