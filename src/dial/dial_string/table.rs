//! Every dial string that is known.

use super::field::{Field, Fields};
use super::form::{FillError, Form};
use super::service::{Protocol, Service};
use std::sync::LazyLock;

/// How sure it is that a string works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The service's own pages, or its invitations, have it.
    Seen,
    /// It follows from a rule that the service gives.
    Derived,
    /// Nobody says so; it is what others of its kind take.
    Guess,
}

/// A way to reach a meeting: what is called, and what is typed after the answer.
#[derive(Clone, Debug)]
pub struct DialString {
    /// Its stable name.
    pub name: &'static str,
    /// Where it leads.
    pub service: Service,
    /// By what.
    pub protocol: Protocol,
    /// What is called, without a scheme.
    pub address: Form,
    /// What is typed after the answer, ended by `#` where the service wants it; a comma is a pause.
    pub digits: Option<Form>,
    /// How sure that is.
    pub evidence: Evidence,
}

/// A string that was filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialled {
    /// What is called.
    pub address: String,
    /// What is typed after the answer; empty: nothing.
    pub digits: String,
    /// Whether the passcode, where there is one, is in either.
    pub carries_passcode: bool,
}

impl DialString {
    /// What is called and typed.
    ///
    /// # Errors
    /// A field that is missing.
    pub fn fill(&self, fields: &Fields) -> Result<Dialled, FillError> {
        let digits = self.digits.as_ref().map(|digits| digits.fill(fields)).transpose()?;
        let has = |form: &Form| form.has(Field::Passcode);
        let has_place = has(&self.address) || self.digits.as_ref().is_some_and(has);
        Ok(Dialled {
            address: self.address.fill(fields)?,
            digits: digits.unwrap_or_default(),
            carries_passcode: has_place && fields.get(Field::Passcode).is_some(),
        })
    }

    /// The fields of an address, with or without its scheme.
    pub fn read(&self, address: &str) -> Option<Fields> {
        let schemes: &[&str] = match self.protocol {
            Protocol::Sip => &["sip:", "sips:"],
            Protocol::H323 => &["h323:"],
            Protocol::Tel => &["tel:"],
            Protocol::Web => &[],
        };
        let cut = |scheme: &&str| {
            let (start, rest) = address.split_at_checked(scheme.len())?;
            start.eq_ignore_ascii_case(scheme).then_some(rest)
        };
        self.address.read(schemes.iter().find_map(cut).unwrap_or(address))
    }
}

/// The string of a name.
pub fn dial_string(name: &str) -> Option<&'static DialString> {
    TABLE.iter().find(|row| row.name == name)
}

/// Every string, those of a service in order of preference.
pub fn dial_strings() -> &'static [DialString] {
    &TABLE
}

type Row = (&'static str, Service, Protocol, &'static str, &'static str, Evidence);

use Evidence::{Derived, Guess, Seen};
use Protocol::{H323, Sip, Tel};

/// Name, service, protocol, what is called, what is typed, how sure.
const ROWS: &[Row] = &[
    // Zoom: room connector. Four fields by dots, or behind `##` by `#`.
    (
        "zoom",
        Service::Zoom,
        Sip,
        "{meeting}[.{passcode}.{layout}.{host_key}]@zoomcrc.com",
        "",
        Seen,
    ),
    ("zoom-two-stage", Service::Zoom, Sip, "{meeting}@zoomcrc.com", "[{passcode}#]", Seen),
    ("zoom-session", Service::Zoom, Sip, "{room}[.{passcode}]@global.zoomcrc.com", "", Seen),
    (
        "zoom-h323",
        Service::Zoom,
        H323,
        "{address}##{meeting}[#{passcode}#{layout}#{host_key}]",
        "",
        Seen,
    ),
    ("zoom-h323-two-stage", Service::Zoom, H323, "{address}", "{meeting}#[{passcode}#]", Derived),
    ("zoom-phone", Service::Zoom, Tel, "{number}", "{meeting}#[,,,,*{passcode}#]", Seen),
    // Webex.
    ("webex", Service::Webex, Sip, "{meeting}@{site}.webex.com", "[{passcode}#]", Seen),
    ("webex-person", Service::Webex, Sip, "{user}@{site}.webex.com", "[{passcode}#]", Seen),
    ("webex-person-number", Service::Webex, Sip, "pr{meeting}@{site}.webex.com", "", Seen),
    ("webex-person-free", Service::Webex, Sip, "{room}.{site}.my@webex.com", "", Seen),
    ("webex-ip", Service::Webex, H323, "{address}", "{meeting}#[,,{passcode}#]", Seen),
    ("webex-phone", Service::Webex, Tel, "{number}", "{meeting}#,,#[,,{passcode}#]", Derived),
    // Teams by a partner: the order of the fields differs by partner.
    ("teams-poly", Service::TeamsVideo, Sip, "{tenant}.{video_id}@t.plcm.vc", "", Derived),
    ("teams-poly-two-stage", Service::TeamsVideo, Sip, "{tenant}@t.plcm.vc", "{video_id}#", Seen),
    ("teams-webex", Service::TeamsVideo, Sip, "{video_id}.{tenant}@m.webex.com", "", Seen),
    (
        "teams-webex-two-stage",
        Service::TeamsVideo,
        Sip,
        "{tenant}@m.webex.com",
        "{video_id}#",
        Seen,
    ),
    ("teams-bluejeans", Service::TeamsVideo, Sip, "{tenant}.{video_id}@teams.bjn.vc", "", Seen),
    ("teams-pexip", Service::TeamsVideo, Sip, "{video_id}@{address}", "", Seen),
    ("teams-pexip-two-stage", Service::TeamsVideo, Sip, "teams@{address}", "{video_id}#", Seen),
    ("teams-partner", Service::TeamsVideo, Sip, "{tenant}.{video_id}@{address}", "", Seen),
    (
        "teams-partner-two-stage",
        Service::TeamsVideo,
        Sip,
        "{tenant}@{address}",
        "{video_id}#",
        Seen,
    ),
    ("teams-phone", Service::TeamsAudio, Tel, "{number}", "{meeting}#", Seen),
    // Google Meet: video through Pexip.
    ("meet-pexip", Service::GoogleMeet, Sip, "{meeting}@{address}", "", Seen),
    ("meet-phone", Service::GoogleMeet, Tel, "{number}", "{meeting}#", Seen),
    // Tencent Meeting and WeCom: room connector.
    ("tencent", Service::Tencent, Sip, "{meeting}[**{passcode}]@sip.qqmra.com", "", Seen),
    ("tencent-gatekeeper", Service::Tencent, H323, "{meeting}[**{passcode}]", "", Seen),
    ("tencent-ip", Service::Tencent, H323, "{address}", "{meeting}#[{passcode}#]", Seen),
    ("tencent-ip-sip", Service::Tencent, Sip, "{meeting}@{address}", "[{passcode}#]", Guess),
    ("tencent-ip-h323", Service::Tencent, H323, "{address}##{meeting}", "[{passcode}#]", Guess),
    ("tencent-phone", Service::Tencent, Tel, "{number}", "{meeting}#[,,{passcode}#]", Derived),
    ("wecom", Service::WeCom, Sip, "{meeting}[**{passcode}]@{address}", "", Guess),
    ("wecom-ip", Service::WeCom, H323, "{address}", "{meeting}#[{passcode}#]", Guess),
    ("wecom-phone", Service::WeCom, Tel, "{number}", "{meeting}#[,,{passcode}#]", Derived),
    // Feishu.
    ("feishu", Service::Feishu, Sip, "{meeting}@lvc.feishu.cn", "[{passcode}#]", Seen),
    ("feishu-ip", Service::Feishu, Sip, "{meeting}@{address}", "[{passcode}#]", Seen),
    ("feishu-two-stage", Service::Feishu, H323, "{address}", "{meeting}#[{passcode}#]", Seen),
    ("feishu-phone", Service::Feishu, Tel, "{number}", "{meeting}#", Derived),
    // Others, and bridges of one's own.
    ("bluejeans", Service::BlueJeans, Sip, "{meeting}[.{passcode}]@bjn.vc", "", Seen),
    ("bluejeans-phone", Service::BlueJeans, Tel, "{number}", "{meeting}#[,,{passcode}#]", Derived),
    ("lifesize", Service::Lifesize, Sip, "{meeting}@sip.lifesizecloud.com", "[{passcode}#]", Seen),
    ("cms", Service::Cms, Sip, "{user}@{address}", "[{passcode}#]", Seen),
    ("pexip", Service::Pexip, Sip, "{user}@{address}", "[{passcode}#]", Seen),
    ("rmx", Service::Rmx, Sip, "{meeting}[$${passcode}$${host_key}]@{address}", "", Seen),
    ("rmx-h323", Service::Rmx, H323, "{address}##{meeting}[##{passcode}##{host_key}]", "", Seen),
    ("yealink", Service::Yealink, Sip, "{passcode}@{address}", "", Seen),
    ("yealink-h323", Service::Yealink, H323, "{address}[##{passcode}]", "", Seen),
    ("causeway", Service::Causeway, Sip, "{user}@{address}", "[{passcode}#]", Seen),
    ("causeway-h323", Service::Causeway, H323, "{address}##{meeting}", "[{passcode}#]", Seen),
    ("causeway-phone", Service::Causeway, Tel, "{number}", "{meeting}#[,,{passcode}#]", Seen),
    ("generic", Service::Generic, Sip, "{user}@{address}", "[{passcode}#]", Guess),
    ("generic-h323", Service::Generic, H323, "{address}##{meeting}", "[{passcode}#]", Guess),
    ("generic-h323-ip", Service::Generic, H323, "{address}", "{meeting}#[{passcode}#]", Guess),
    ("generic-phone", Service::Generic, Tel, "{number}", "[{meeting}#]", Guess),
];

static TABLE: LazyLock<Vec<DialString>> = LazyLock::new(|| {
    let form = |text: &str| Form::parse(text).ok();
    let row = |(name, service, protocol, address, digits, evidence): &Row| {
        let digits = if digits.is_empty() { None } else { Some(form(digits)?) };
        let (address, evidence) = (form(address)?, *evidence);
        Some(DialString { name, service: *service, protocol: *protocol, address, digits, evidence })
    };
    ROWS.iter().filter_map(row).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_a_form_and_has_a_name_of_its_own() {
        assert_eq!(dial_strings().len(), ROWS.len());
        for (at, row) in ROWS.iter().enumerate() {
            assert!(ROWS.iter().skip(at + 1).all(|other| other.0 != row.0), "{}", row.0);
        }
    }
}
