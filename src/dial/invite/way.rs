//! How a meeting is reached: every way that its service has and the invitation tells of.

use super::block::Block;
use super::find::Address;
use super::why::{Barred, Why};
use super::{Allow, Invitation, host};
use crate::dial_string::{Field, Fields, Protocol, Service, dial_string};
use causeway_base::Lang;
use std::fmt;
use std::net::Ipv4Addr;

/// The most ways of a protocol that are told of: an invitation of Zoom lists sixty telephones,
/// and those that may be called come first.
const MAX_WAYS: usize = 6;

/// A way into a meeting. `Debug` shows no address and no digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Way {
    /// Through which service it leads.
    pub service: Service,
    /// The number by which this way knows the meeting.
    pub meeting: Option<String>,
    /// The passcode that this way takes.
    pub passcode: Option<String>,
    /// By what it is called.
    pub protocol: Protocol,
    /// What is called: `user@host`, `IP##number`, a host or an IP address, a telephone number;
    /// what is opened for [`Protocol::Web`].
    pub address: String,
    /// What is typed after the answer, a comma a pause; empty: nothing.
    pub digits: String,
    /// Why it stands where it stands.
    pub why: Vec<Why>,
    /// Why it may not be called; `None`: it may.
    pub barred: Option<Barred>,
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Way")
            .field("service", &self.service)
            .field("protocol", &self.protocol)
            .field("barred", &self.barred)
            .finish_non_exhaustive()
    }
}

impl Way {
    /// What is called, with its scheme; `None` for a page.
    pub fn target(&self) -> Option<String> {
        target(self.protocol, &self.address)
    }

    /// Why it stands where it stands, and why it may not be called, in sentences.
    pub fn reason(&self, lang: Lang) -> String {
        let space = if lang == Lang::En { " " } else { "" };
        let reasons = self.why.iter().map(|why| why.sentence(lang));
        let barred = self.barred.filter(|barred| *barred != Barred::Browser);
        let barred = barred.map(|barred| barred.sentence(lang));
        reasons.chain(barred).collect::<Vec<_>>().join(space)
    }

    /// Whether another way does the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.protocol == other.protocol
            && self.address == other.address
            && self.digits == other.digits
    }
}

/// An address as it is called, with its scheme; `None` for a page.
pub fn target(protocol: Protocol, address: &str) -> Option<String> {
    match protocol {
        Protocol::Sip if address.starts_with("sips:") => Some(address.to_owned()),
        Protocol::Sip => Some(format!("sip:{address}")),
        Protocol::H323 => Some(match address.split_once("##") {
            Some((host, user)) => format!("h323:{user}@{host}"),
            None if address.contains('@') => format!("h323:{address}"),
            None => format!("h323:@{address}"),
        }),
        Protocol::Tel => Some(address.to_owned()),
        Protocol::Web => None,
    }
}

/// What a block of an invitation says.
pub(super) fn invitation(block: &Block, allow: &Allow<'_>) -> Invitation {
    let mut maker = Maker::new(block);
    match block.owner() {
        Service::Zoom => maker.zoom(),
        Service::Webex => maker.webex(),
        Service::TeamsVideo | Service::TeamsAudio => maker.teams(),
        Service::Tencent => maker.tencent(),
        Service::WeCom => maker.by_ip("wecom-ip"),
        Service::Feishu => maker.feishu(),
        Service::BlueJeans => maker.direct("bluejeans"),
        Service::Lifesize => maker.direct("lifesize"),
        _ => {}
    }
    maker.printed();
    maker.phones();
    maker.pages();
    let meeting = maker.meeting();
    Invitation {
        service: block.owner(),
        meeting,
        passcode: block.passcode.clone().or_else(|| block.spare.clone()).or(maker.spare),
        tenant: maker.fields.get(Field::Tenant).map(str::to_owned).or(maker.tenant),
        quoted: block.part.quoted,
        cancelled: block.part.cancelled,
        ways: finish(maker.ways, block, allow),
        look_alikes: block.look_alikes.clone(),
    }
}

/// Asks whether each may be called, and leaves out what is too much.
fn finish(ways: Vec<Way>, block: &Block, allow: &Allow<'_>) -> Vec<Way> {
    let mut finished: Vec<Way> = Vec::new();
    for mut way in ways {
        let verdict = way.target().map(|target| allow.verdict(&target));
        let look_alike = verdict != Some(Ok(())) && host::is_look_alike(host_of(&way.address));
        if look_alike || finished.iter().any(|other| other.is_same(&way)) {
            continue;
        }
        way.barred = match verdict {
            None => Some(Barred::Browser),
            Some(_) if block.part.cancelled => Some(Barred::Cancelled),
            Some(Err(cause)) => Some(Barred::Rules(cause)),
            Some(Ok(())) => None,
        };
        way.why.extend(block.part.quoted.then_some(Why::Quoted));
        finished.push(way);
    }
    finished.sort_by_key(|way| way.barred.is_some());
    let mut counts = [0; 4];
    finished.retain(|way| {
        let count = &mut counts[way.protocol as usize];
        *count += 1;
        *count <= MAX_WAYS
    });
    finished
}

/// The host of an address that has one: a page was read before.
fn host_of(address: &str) -> &str {
    let host = address.rsplit_once('@').map_or("", |(_, host)| host);
    host.split(':').next().unwrap_or_default()
}

struct Maker<'b> {
    block: &'b Block,
    /// What is known, with the number of the meeting and the passcode in digits.
    fields: Fields,
    /// The user of an address that may be a tenant's key.
    tenant: Option<String>,
    /// A passcode of which only a telephone's digits tell.
    spare: Option<String>,
    ways: Vec<Way>,
}

impl<'b> Maker<'b> {
    fn new(block: &'b Block) -> Self {
        let mut fields = block.fields.clone();
        fields.clear(Field::Meeting);
        fields.clear(Field::Passcode);
        for (field, value) in [(Field::Meeting, &block.meeting), (Field::Passcode, &block.numeric)]
        {
            if let Some(value) = value {
                // What no field can hold is not dialled.
                let _ = fields.set(field, value);
            }
        }
        let mut spare = None;
        if block.owner() == Service::Zoom && block.meeting.is_none() {
            let form = dial_string("zoom-phone").and_then(|row| row.digits.as_ref());
            let read = form.and_then(|form| form.read(&block.phones.first()?.typed));
            spare = read.as_ref().and_then(|read| read.get(Field::Passcode)).map(str::to_owned);
            for (field, value) in read.iter().flat_map(Fields::iter) {
                let _ = fields.set(field, value);
            }
        }
        Self { block, fields, tenant: None, spare, ways: Vec::new() }
    }

    /// The number under which the meeting is listed, else the one of the best way.
    fn meeting(&self) -> Option<String> {
        let video = || self.field(Field::VideoId);
        let listed = self.block.meeting.clone().or_else(|| self.field(Field::Meeting));
        let of_a_way = || self.ways.iter().find_map(|way| way.meeting.clone());
        listed.or_else(video).or_else(of_a_way)
    }

    fn field(&self, field: Field) -> Option<String> {
        self.fields.get(field).map(str::to_owned)
    }

    /// Adds a way by a dial string; one that lacks a field is none.
    fn add(&mut self, row: &str, fields: &Fields, mut why: Vec<Why>) {
        let Some(row) = dial_string(row) else { return };
        let Ok(dialled) = row.fill(fields) else { return };
        let teams = row.service.brand() == "teams";
        let (meeting, passcode) = match teams {
            true => (fields.get(Field::VideoId).or(fields.get(Field::Meeting)), None),
            false => (fields.get(Field::Meeting), fields.get(Field::Passcode)),
        };
        if !teams && self.block.passcode.is_some() && passcode.is_none() {
            why.push(Why::Letters);
        }
        self.ways.push(Way {
            service: row.service,
            meeting: meeting.map(str::to_owned),
            passcode: passcode.map(str::to_owned),
            protocol: row.protocol,
            address: dialled.address,
            digits: dialled.digits,
            why,
            barred: None,
        });
    }

    /// Adds a way whose address carries the number, and perhaps the passcode.
    fn direct(&mut self, row: &str) {
        let fields = self.fields.clone();
        let carries = |form: &crate::dial_string::Form| form.has(Field::Passcode);
        let in_address = dial_string(row).is_some_and(|row| carries(&row.address));
        let why = self.step(in_address);
        self.add(row, &fields, vec![why]);
    }

    fn step(&self, in_address: bool) -> Why {
        match (self.fields.get(Field::Passcode), in_address) {
            (None, _) => Why::Number,
            (Some(_), true) => Why::OneStep,
            (Some(_), false) => Why::ThenPasscode,
        }
    }

    fn with(&self, field: Field, value: &str) -> Fields {
        let mut fields = self.fields.clone();
        // A value that does not fit leaves a field empty, and the way is none.
        if fields.set(field, value).is_err() {
            fields.clear(field);
        }
        fields
    }

    /// One way for each address of H.323.
    fn by_ip(&mut self, row: &str) {
        let block = self.block;
        for ip in &block.ips {
            let fields = self.with(Field::Address, &ip.to_string());
            self.add(row, &fields, vec![Why::ThenNumber]);
        }
    }

    fn zoom(&mut self) {
        self.direct("zoom");
        let block = self.block;
        // Sessions of programs have names.
        for address in block.addresses.iter().filter(|to| to.host == "global.zoomcrc.com") {
            self.print(address, Why::AsPrinted);
        }
        for ip in &block.ips {
            let fields = self.with(Field::Address, &ip.to_string());
            let why = self.step(true);
            self.add("zoom-h323", &fields, vec![why]);
        }
    }

    fn webex(&mut self) {
        self.direct("webex-person");
        self.direct("webex");
        let block = self.block;
        for address in block.addresses.iter().filter(|to| to.host == "webex.com") {
            self.print(address, Why::AsPrinted);
        }
        self.by_ip("webex-ip");
    }

    fn tencent(&mut self) {
        let fields = self.fields.clone();
        let why = self.step(true);
        self.add("tencent", &fields, vec![why, Why::Registered]);
        self.by_ip("tencent-ip");
        if self.block.ips.is_empty() {
            let fields = self.with(Field::Address, "qqmra.com");
            self.add("tencent-ip", &fields, vec![Why::ThenNumber]);
        }
    }

    fn feishu(&mut self) {
        // The host of Lark is not known: only what the invitation gives.
        let is_lark = self.block.pages.iter().any(|page| page.contains("larksuite"));
        if !is_lark {
            self.direct("feishu");
        }
        let block = self.block;
        for ip in &block.ips {
            let fields = self.with(Field::Address, &ip.to_string());
            let why = self.step(false);
            self.add("feishu-ip", &fields, vec![why]);
            self.add("feishu-two-stage", &fields, vec![Why::ThenNumber]);
        }
    }

    /// Video by a partner: what stands in which order is the partner's.
    fn teams(&mut self) {
        let block = self.block;
        for address in &block.addresses {
            let mut fields = self.with(Field::Address, &address.host);
            // A user that is no key leaves the one of a link.
            let _ = fields.set(Field::Tenant, &address.user);
            let rows: &[&str] = match (address.host.as_str(), address.user.as_str()) {
                ("t.plcm.vc", _) => &["teams-poly", "teams-poly-two-stage"],
                ("m.webex.com", _) => &["teams-webex", "teams-webex-two-stage"],
                ("teams.bjn.vc", _) => &["teams-bluejeans"],
                (_, "teams") => &["teams-pexip", "teams-pexip-two-stage"],
                (_, user) if user.bytes().all(|byte| byte.is_ascii_digit()) => {
                    if !self.is_whole(address) {
                        self.tenant = Some(address.user.clone());
                    }
                    &["teams-partner", "teams-partner-two-stage"]
                }
                _ => &["teams-partner-two-stage"],
            };
            let before = self.ways.len();
            let is_whole = self.is_whole(address);
            for row in rows.iter().filter(|_| !is_whole) {
                let asks = row.ends_with("two-stage");
                let why = if asks { Why::PartnerAsks } else { Why::Partner };
                self.add(row, &fields, vec![why]);
            }
            if self.ways.len() == before {
                let why = if is_whole { Why::Partner } else { Why::AsPrinted };
                self.print(address, why);
            }
        }
    }

    /// Whether an address carries the video ID already.
    fn is_whole(&self, address: &Address) -> bool {
        let Some(id) = self.fields.get(Field::VideoId) else { return address.user.contains('.') };
        let mut parts = address.user.split('.');
        address.user.ends_with(id) || parts.any(|part| part == id)
    }

    /// The addresses that the invitation gives, numbers before names.
    fn printed(&mut self) {
        let block = self.block;
        let owner = block.owner();
        let is_made = |address: &&Address| {
            let own = host::service(&address.host).is_some_and(|own| own.brand() == owner.brand());
            owner.brand() == "teams" || (own && owner != Service::Pexip)
        };
        let mut printed: Vec<&Address> =
            block.addresses.iter().filter(|address| !is_made(address)).collect();
        let is_name = |address: &&Address| !address.user.bytes().all(|byte| byte.is_ascii_digit());
        printed.sort_by_key(|address| (address.protocol, is_name(address)));
        for address in printed {
            self.print(address, Why::AsPrinted);
        }
        for (ip, dialled) in &block.dials {
            self.dial(*ip, dialled);
        }
        let is_known = matches!(
            owner,
            Service::Zoom | Service::Webex | Service::Tencent | Service::WeCom | Service::Feishu
        );
        if !is_known && owner.brand() != "teams" {
            self.by_ip("generic-h323-ip");
        }
    }

    fn print(&mut self, address: &Address, why: Why) {
        let scheme = if address.secure { "sips:" } else { "" };
        let port = address.port.map(|port| format!(":{port}")).unwrap_or_default();
        let whole = format!("{scheme}{}@{}{port}", address.user, address.host);
        let is_teams = self.block.owner().brand() == "teams";
        let is_number = address.user.bytes().all(|byte| byte.is_ascii_digit());
        let passcode = self.field(Field::Passcode).filter(|_| !is_teams);
        let meeting = match (is_teams, is_number) {
            (true, _) => self.field(Field::VideoId),
            (false, true) => Some(address.user.clone()),
            (false, false) => self.block.meeting.clone(),
        };
        let typed = passcode.as_ref().map(|code| format!("{code}#")).unwrap_or_default();
        let then = passcode.is_some().then_some(Why::ThenPasscode);
        self.ways.push(Way {
            service: self.block.owner(),
            meeting,
            passcode,
            protocol: address.protocol,
            address: whole,
            digits: typed,
            why: [Some(why), then].into_iter().flatten().collect(),
            barred: None,
        });
    }

    /// `IP##…` as it was written; what it carries is not typed again.
    fn dial(&mut self, ip: Ipv4Addr, dialled: &str) {
        let mut parts = dialled.split('#').filter(|part| !part.is_empty());
        let number = parts.next().unwrap_or_default();
        let carries = parts.next().map(str::to_owned);
        let passcode = self.field(Field::Passcode);
        let typed = passcode.as_ref().filter(|_| carries.is_none());
        let address = if dialled.is_empty() { ip.to_string() } else { format!("{ip}##{dialled}") };
        self.ways.push(Way {
            service: self.block.owner(),
            meeting: Some(number.to_owned()).filter(|number| !number.is_empty()),
            passcode: carries.clone().or(passcode.clone()),
            protocol: Protocol::H323,
            address,
            digits: typed.map(|code| format!("{code}#")).unwrap_or_default(),
            why: vec![if carries.is_some() { Why::OneStep } else { Why::AsPrinted }],
            barred: None,
        });
    }

    fn phones(&mut self) {
        let row = match self.block.owner() {
            Service::Zoom => "zoom-phone",
            Service::Webex => "webex-phone",
            Service::TeamsVideo | Service::TeamsAudio => "teams-phone",
            Service::GoogleMeet => "meet-phone",
            Service::Tencent => "tencent-phone",
            Service::WeCom => "wecom-phone",
            Service::Feishu => "feishu-phone",
            Service::BlueJeans => "bluejeans-phone",
            Service::Causeway => "causeway-phone",
            _ => "causeway-phone",
        };
        let own = matches!(row, "teams-phone" | "meet-phone");
        let block = self.block;
        for phone in &block.phones {
            let mut fields = self.with(Field::Number, &phone.number);
            fields.clear(Field::VideoId);
            // The telephone's number of a meeting of Teams or Google is not the one of the list.
            if own {
                fields.clear(Field::Meeting);
            }
            if let Some(conference) = &block.conference {
                let _ = fields.set(Field::Meeting, conference);
            }
            let typed = phone.typed.split(['#', ',']).next().unwrap_or_default();
            if own && block.conference.is_none() {
                let _ = fields.set(Field::Meeting, typed);
            }
            let before = self.ways.len();
            self.add(row, &fields, vec![Why::Voice]);
            if self.ways.len() == before {
                self.add("generic-phone", &fields, vec![Why::Voice]);
            }
            let Some(way) = self.ways.get_mut(before) else { continue };
            way.service = block.owner();
            // What is printed counts, unless it stops short of the passcode.
            if !phone.typed.is_empty() && !way.digits.starts_with(&phone.typed) {
                way.digits.clone_from(&phone.typed);
            }
        }
    }

    fn pages(&mut self) {
        let block = self.block;
        for page in &block.pages {
            self.ways.push(Way {
                service: block.owner(),
                meeting: block.meeting.clone(),
                passcode: block.passcode.clone().or_else(|| block.spare.clone()),
                protocol: Protocol::Web,
                address: page.clone(),
                digits: String::new(),
                why: vec![Why::Browser],
                barred: None,
            });
        }
    }
}
