//! Invitations told apart: everything that is found belongs to the meeting before it, until
//! something names another one.

use super::document::Part;
use super::find::{Address, Found, Phone, Placed};
use super::host;
use super::label::Label;
use super::link::Link;
use crate::dial_string::{Field, Fields, Protocol, Service, dial_string};
use std::net::Ipv4Addr;

/// The most meetings of one text.
pub(super) const MAX_BLOCKS: usize = 32;

/// The most of a kind that one meeting has: Zoom lists 60 telephones.
const MAX_EACH: usize = 80;

/// What belongs to one meeting.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    /// The place of its part.
    pub(super) place: usize,
    pub(super) part: Part,
    /// Whose it is, as a link or an address says.
    pub(super) service: Option<Service>,
    /// Whose it is, as a word says.
    pub(super) hint: Option<Service>,
    /// What tells its link from another.
    pub(super) key: Option<String>,
    /// What is known of the meeting.
    pub(super) fields: Fields,
    /// The number under which the meeting is listed.
    pub(super) meeting: Option<String>,
    /// The passcode as it was written.
    pub(super) passcode: Option<String>,
    /// A passcode of a link, where no other is written.
    pub(super) spare: Option<String>,
    /// The passcode that rooms and telephones type.
    pub(super) numeric: Option<String>,
    /// The number that telephones enter.
    pub(super) conference: Option<String>,
    pub(super) addresses: Vec<Address>,
    pub(super) dials: Vec<(Ipv4Addr, String)>,
    pub(super) ips: Vec<Ipv4Addr>,
    pub(super) phones: Vec<Phone>,
    pub(super) pages: Vec<String>,
    pub(super) look_alikes: Vec<String>,
}

/// What something found says of whose meeting it is.
#[derive(Default)]
struct Identity {
    service: Option<Service>,
    meeting: Option<String>,
    key: Option<String>,
}

/// The meetings in the order of the text.
pub(super) fn split(found: Vec<Placed>, parts: &[Part]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for (place, found) in found {
        let identity = Identity::of(&found);
        let goes_on = blocks
            .last()
            .is_some_and(|block| block.place == place && !block.contradicts(&identity));
        if !goes_on {
            if blocks.len() == MAX_BLOCKS {
                break;
            }
            let part = parts.get(place).copied().unwrap_or_default();
            blocks.push(Block { place, part, ..Block::default() });
        }
        if let Some(block) = blocks.last_mut() {
            block.take(found, identity);
        }
    }
    join_loose_ends(blocks)
}

/// Links of Webex without a number, behind a meeting with one, are pages about the same one.
fn join_loose_ends(blocks: Vec<Block>) -> Vec<Block> {
    let mut joined: Vec<Block> = Vec::new();
    for block in blocks {
        match joined.last_mut() {
            Some(last)
                if block.is_loose_end() && last.meeting.is_some() && last.is_beside(&block) =>
            {
                last.pages.extend(block.pages);
                last.phones.extend(block.phones);
            }
            _ => joined.push(block),
        }
    }
    joined
}

impl Identity {
    fn of(found: &Found) -> Self {
        match found {
            Found::Link(link) => Self {
                service: link.service,
                meeting: link
                    .fields
                    .get(Field::Meeting)
                    .filter(|_| link.service != Some(Service::GoogleMeet))
                    .map(str::to_owned),
                // The page of a partner belongs to the invitation around it.
                key: Some(link.key.clone()).filter(|_| link.service != Some(Service::TeamsVideo)),
            },
            Found::Address(address) => {
                let service = host::service(&address.host).filter(|s| !is_of_anybody(*s));
                let read = known(address, service);
                let meeting = read.as_ref().and_then(|fields| fields.get(Field::Meeting));
                let is_number = address.user.bytes().all(|byte| byte.is_ascii_digit());
                let listed = service.is_none() && is_number && address.user.len() >= 3;
                Self {
                    service,
                    meeting: meeting.or(listed.then_some(&address.user)).map(str::to_owned),
                    key: None,
                }
            }
            Found::Number(Label::Meeting, digits) => {
                Self { meeting: Some(digits.clone()), ..Self::default() }
            }
            _ => Self::default(),
        }
    }
}

/// Products that everybody may run, also as the partner of another service.
fn is_of_anybody(service: Service) -> bool {
    matches!(service, Service::Pexip | Service::Cms)
}

/// The fields of an address of a service.
fn known(address: &Address, service: Option<Service>) -> Option<Fields> {
    let rows: &[&str] = match service? {
        Service::Zoom => &["zoom"],
        Service::Webex => &["webex", "webex-person"],
        Service::TeamsVideo => &[
            "teams-poly",
            "teams-webex",
            "teams-bluejeans",
            "teams-poly-two-stage",
            "teams-webex-two-stage",
        ],
        Service::Tencent => &["tencent"],
        Service::Feishu => &["feishu"],
        Service::BlueJeans => &["bluejeans"],
        Service::Lifesize => &["lifesize"],
        _ => &[],
    };
    let whole = format!("{}@{}", address.user, address.host);
    rows.iter().find_map(|row| dial_string(row)?.read(&whole))
}

impl Block {
    fn contradicts(&self, other: &Identity) -> bool {
        let brand = |service: Option<Service>| service.map(Service::brand);
        if let (Some(own), Some(other)) = (brand(self.service), brand(other.service))
            && own != other
            // A partner's page or address within an invitation of another service.
            && !self.is_lent(other)
        {
            return true;
        }
        let is_teams = brand(self.service.or(self.hint)) == Some("teams");
        if let (Some(own), Some(number)) = (&self.meeting, &other.meeting)
            && own != number
        {
            // A Teams meeting has three numbers, each of its own kind.
            return !is_teams || other.key.is_some();
        }
        match (&self.key, &other.key) {
            (Some(own), Some(key)) if own != key => {
                brand(other.service) != Some("webex") || self.meeting.is_some()
            }
            _ => false,
        }
    }

    fn is_lent(&self, brand: &str) -> bool {
        matches!(brand, "pexip" | "cms") && self.key.is_some()
    }

    /// Only links, by which nothing can be called.
    fn is_loose_end(&self) -> bool {
        self.service == Some(Service::Webex)
            && self.meeting.is_none()
            && self.addresses.is_empty()
            && self.passcode.is_none()
    }

    fn is_beside(&self, other: &Block) -> bool {
        self.place == other.place && self.service == other.service
    }

    fn take(&mut self, found: Found, identity: Identity) {
        if let Some(service) = identity.service
            && (self.service.is_none() || service == Service::TeamsVideo)
        {
            self.service = Some(service);
        }
        let is_teams = self.service.is_some_and(|service| service.brand() == "teams");
        match identity.meeting {
            Some(number) if self.meeting.is_none() || !is_teams => self.meeting = Some(number),
            _ => {}
        }
        self.key = self.key.take().or(identity.key);
        match found {
            Found::Link(link) => self.link(*link),
            Found::Page(url) => add(&mut self.pages, url),
            Found::Address(address) => self.address(address),
            Found::Dial(ip, dialled) => add(&mut self.dials, (ip, dialled)),
            Found::Ip(ip) => add(&mut self.ips, ip),
            Found::Phone(phone) => self.phone(phone),
            Found::Number(label, digits) => self.number(label, digits),
            Found::Passcode { text, digits } => self.code(text, digits),
            Found::Tenant(key) => {
                let _ = self.fields.set(Field::Tenant, &key);
            }
            Found::Of(service) => self.hint = self.hint.or(Some(service)),
            Found::LookAlike(host) => add(&mut self.look_alikes, host),
        }
    }

    fn link(&mut self, link: Link) {
        for (field, value) in link.fields.iter() {
            match field {
                Field::Passcode if link.service == Some(Service::TeamsAudio) => {
                    self.spare = Some(value.to_owned());
                }
                Field::Passcode => self.code(value.to_owned(), None),
                Field::Meeting if link.service == Some(Service::GoogleMeet) => {
                    self.conference.get_or_insert_with(|| value.to_owned());
                }
                _ => {
                    let _ = self.fields.set(field, value);
                }
            }
        }
        // What a link brought in percents is looked at like any other address.
        if let Some((user, host)) = link.address
            && let Some(address) = Address::read(Protocol::Sip, &format!("{user}@{host}"))
            && address.user == user
        {
            add(&mut self.addresses, address);
        }
        // Pages that tell how to dial are no way in.
        let tells = link.service == Some(Service::TeamsVideo);
        if !tells && !link.url.starts_with("https://tel.meet/") {
            add(&mut self.pages, link.url);
        }
    }

    fn address(&mut self, address: Address) {
        let service = host::service(&address.host);
        if let Some(fields) = known(&address, service) {
            for (field, value) in fields.iter() {
                match field {
                    Field::Passcode => self.code(value.to_owned(), None),
                    _ => {
                        let _ = self.fields.set(field, value);
                    }
                }
            }
        }
        add(&mut self.addresses, address);
    }

    /// A telephone twice is one; what is typed there is kept.
    fn phone(&mut self, phone: Phone) {
        let same = self.phones.iter_mut().find(|own| own.number == phone.number);
        match same {
            Some(own) if own.typed.is_empty() => own.typed = phone.typed,
            Some(_) => {}
            None => add(&mut self.phones, phone),
        }
    }

    fn number(&mut self, label: Label, digits: String) {
        match label {
            Label::VideoId => {
                self.service = Some(match self.service {
                    None | Some(Service::TeamsAudio) => Service::TeamsVideo,
                    Some(other) => other,
                });
                let _ = self.fields.set(Field::VideoId, &digits);
            }
            Label::ConferenceId => self.conference = Some(digits),
            Label::Pin => {
                self.conference.get_or_insert(digits);
            }
            Label::NumericPasscode => self.numeric = Some(digits),
            _ => {}
        }
    }

    fn code(&mut self, text: String, digits: Option<String>) {
        let is_numeric = text.bytes().all(|byte| byte.is_ascii_digit());
        let numeric = digits.or_else(|| is_numeric.then(|| text.clone()));
        if self.numeric.is_none() {
            self.numeric = numeric;
        }
        self.passcode.get_or_insert(text);
    }

    /// Whose meeting it is.
    pub(super) fn owner(&self) -> Service {
        self.service.or(self.hint).unwrap_or(Service::Generic)
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if list.len() < MAX_EACH && !list.contains(&item) {
        list.push(item);
    }
}
