//! One meeting's card: every way in.

use super::Addresses;
use super::address::Phone;
use crate::meeting::{Kind, Meeting, Permanent, Pin};
use causeway_base::{Alias, Lang};
use causeway_conference::Lobby;
use std::fmt;
use zeroize::Zeroizing;

/// What stands behind the `#` of the standing links of a meeting. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Tokens {
    /// For guests.
    pub guest: Zeroizing<String>,
    /// For hosts.
    pub host: Zeroizing<String>,
    /// Of the printable guide.
    pub guide: Zeroizing<String>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}

/// What a card tells of: a meeting of the store, or a conference of the configuration.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    id: &'a str,
    name: &'a str,
    kind: Kind,
    /// The number on the card.
    number: &'a str,
    /// What else it is dialled by.
    others: Vec<&'a str>,
    guest_pin: Option<&'a Pin>,
    tokens: Option<Tokens>,
    lobby: bool,
    sequence: u32,
    cancelled: bool,
}

impl Subject<'_> {
    /// The same with its standing links.
    #[must_use]
    pub fn linked(self, tokens: Option<Tokens>) -> Self {
        Self { tokens, ..self }
    }

    /// The key of its conference.
    pub fn id(&self) -> &str {
        self.id
    }

    /// Everything that it is dialled by.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [self.number].into_iter().chain(self.others.iter().copied())
    }
}

impl<'a> From<&'a Meeting> for Subject<'a> {
    fn from(meeting: &'a Meeting) -> Self {
        Self {
            id: &meeting.id,
            name: &meeting.name,
            kind: meeting.kind,
            number: &meeting.code,
            others: meeting.aliases.iter().map(String::as_str).collect(),
            guest_pin: meeting.guest_pin.as_ref(),
            tokens: None,
            lobby: meeting.lobby != Lobby::Off || meeting.wait_for_host,
            sequence: meeting.sequence,
            cancelled: meeting.ended.is_some(),
        }
    }
}

impl<'a> From<&'a Permanent> for Subject<'a> {
    fn from(conference: &'a Permanent) -> Self {
        let names = conference.code.iter().chain(&conference.aliases).map(String::as_str);
        let typed = |name: &&str| is_typed(name);
        let number = names.clone().find(typed).or_else(|| names.clone().next());
        let settings = &conference.settings;
        Self {
            id: &conference.key,
            name: &settings.name,
            kind: Kind::Permanent,
            number: number.unwrap_or_default(),
            others: names.filter(|name| Some(*name) != number).collect(),
            guest_pin: conference.guest_pin.as_ref(),
            tokens: None,
            lobby: settings.lobby != Lobby::Off || settings.wait_for_host,
            sequence: 0,
            cancelled: false,
        }
    }
}

/// Whether a telephone can type it.
fn is_typed(number: &str) -> bool {
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// One meeting's card. `Debug` shows no code and no PIN.
#[derive(Clone, PartialEq, Eq)]
pub struct Card {
    /// The meeting's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it takes place.
    pub kind: Kind,
    /// Its conference number, or the name by which it is dialled.
    pub code: String,
    /// Guests need a PIN.
    pub pin_needed: bool,
    /// That PIN, where the reader may know it. A host's PIN is never on a card.
    pub guest_pin: Option<String>,
    /// The link of guests, which lets in whoever has it.
    pub link: Option<String>,
    /// The link of hosts: for the organizer alone.
    pub host_link: Option<String>,
    /// The printable guide, for the organizer.
    pub guide: Option<String>,
    /// `sip:number@host`.
    pub sip: Option<String>,
    /// `IP##number`.
    pub ip_dial: Option<String>,
    /// Telephone numbers, the best first.
    pub phones: Vec<Phone>,
    /// The meeting is recorded.
    pub recorded: bool,
    /// Guests wait until a host lets them in.
    pub lobby: bool,
    /// The organizer's mail address.
    pub organizer: Option<String>,
    /// Counts up with each change of time or place (RFC 5545 section 3.8.7.4).
    pub sequence: u32,
    /// The meeting was called off.
    pub cancelled: bool,
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Card").field("id", &self.id).finish_non_exhaustive()
    }
}

/// An address that would lead nowhere: nothing is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardError {
    /// The dial plan would not bring this address to the meeting.
    NotRouted {
        /// Which kind of address: `sip`, `ip`, `phone`.
        kind: &'static str,
        /// The address.
        address: String,
    },
    /// There is no way in at all.
    NoAddress,
}

impl CardError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            CardError::NotRouted { .. } => "CW-INVITE-001",
            CardError::NoAddress => "CW-INVITE-002",
        }
    }

    /// What is wrong, and what to do.
    pub fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (CardError::NotRouted { address, .. }, Lang::Zh) => {
                format!(
                    "拨号规则不会把 {address} 接到该会议，邀请未发布；请用 causeway dial explain 查看原因。"
                )
            }
            (CardError::NotRouted { address, .. }, Lang::En) => format!(
                "The dial plan would not bring {address} to this meeting, so nothing is published. See causeway dial explain."
            ),
            (CardError::NoAddress, Lang::Zh) => {
                "没有可发布的地址：请在 [invite] 中填写。".to_owned()
            }
            (CardError::NoAddress, Lang::En) => {
                "There is no address to publish: fill in [invite].".to_owned()
            }
        }
    }
}

impl fmt::Display for CardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.sentence(Lang::En))
    }
}

impl std::error::Error for CardError {}

/// Where an address leads: asked of the dial plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leads {
    /// To the meeting itself.
    ToTheMeeting,
    /// To the reception, which asks for the number.
    ToTheReception,
    /// Somewhere else, or nowhere.
    Elsewhere,
}

/// Asks the dial plan where a call to this alias leads that this trunk brings.
pub type Ask<'a> = dyn FnMut(&Alias, Option<&str>) -> Leads + 'a;

impl Card {
    /// The card of a meeting, every address tried first. One that is over needs no way in.
    ///
    /// # Errors
    /// An address that leads elsewhere, or none at all.
    pub fn of(
        subject: &Subject<'_>,
        addresses: &Addresses,
        ask: &mut Ask<'_>,
    ) -> Result<Self, CardError> {
        let card = Self::untried(subject, addresses);
        if card.cancelled {
            return Ok(card);
        }
        for (kind, address, alias, trunk) in card.wanted(subject, addresses) {
            let leads = ask(&alias, trunk);
            let by_voice = kind == "phone" && leads == Leads::ToTheReception;
            if leads != Leads::ToTheMeeting && !by_voice {
                return Err(CardError::NotRouted { kind, address });
            }
        }
        let ways = [&card.link, &card.sip, &card.ip_dial];
        if ways.iter().all(|way| way.is_none()) && card.phones.is_empty() {
            return Err(CardError::NoAddress);
        }
        Ok(card)
    }

    fn untried(subject: &Subject<'_>, addresses: &Addresses) -> Self {
        let number = subject.number;
        let typed = is_typed(number);
        let tokens = subject.tokens.as_ref();
        let sip = match Alias::parse(number) {
            Ok(whole @ Alias::Sip { .. }) => Some(whole.to_string()),
            _ => addresses.sip.as_ref().map(|place| place.uri(number)),
        };
        Self {
            id: subject.id.to_owned(),
            name: subject.name.to_owned(),
            kind: subject.kind,
            code: number.to_owned(),
            pin_needed: subject.guest_pin.is_some(),
            guest_pin: subject.guest_pin.map(|pin| pin.reveal().to_owned()),
            link: tokens.and_then(|tokens| addresses.join(subject.id, &tokens.guest)),
            host_link: tokens.and_then(|tokens| addresses.join(subject.id, &tokens.host)),
            guide: tokens.and_then(|tokens| addresses.guide(subject.id, &tokens.guide)),
            sip,
            ip_dial: addresses.ip.filter(|_| typed).map(|ip| format!("{ip}##{number}")),
            phones: if typed { addresses.phones.clone() } else { Vec::new() },
            recorded: addresses.recorded,
            lobby: subject.lobby,
            organizer: addresses.organizer.clone(),
            sequence: subject.sequence,
            cancelled: subject.cancelled,
        }
    }

    /// Every address with its kind, as it is shown and as it is dialled, and the trunk that
    /// brings its calls.
    fn wanted<'a>(
        &self,
        subject: &Subject<'_>,
        addresses: &'a Addresses,
    ) -> Vec<(&'static str, String, Alias, Option<&'a str>)> {
        let mut wanted = Vec::new();
        for name in subject.names() {
            match (Alias::parse(name), &addresses.sip) {
                (Ok(whole @ (Alias::Sip { .. } | Alias::H323 { .. })), _) => {
                    wanted.push(("sip", whole.to_string(), whole, None));
                }
                (_, Some(place)) => {
                    wanted.push(("sip", place.uri(name), Alias::sip(name, &place.host), None));
                }
                (_, None) => {}
            }
        }
        if let Some((dial, ip)) = self.ip_dial.clone().zip(addresses.ip) {
            let alias = Alias::H323 { user: self.code.clone(), host: ip.to_string() };
            wanted.push(("ip", dial, alias, None));
        }
        // The list of the operator: that of the card is the same or empty.
        for phone in addresses.phones.iter().filter(|_| !self.phones.is_empty()) {
            let (number, trunk) = (phone.number.clone(), phone.trunk.as_deref());
            wanted.push(("phone", number.clone(), Alias::Number(number), trunk));
        }
        wanted
    }

    /// The card for those who are invited: nothing that is the organizer's.
    #[must_use]
    pub fn for_guests(self) -> Self {
        Self { host_link: None, guide: None, ..self }
    }

    /// The card for those who may look but not let others in: no PIN, and no link.
    #[must_use]
    pub fn without_secrets(self) -> Self {
        Self { guest_pin: None, link: None, ..self.for_guests() }
    }

    /// The one-tap address of a telephone number: two pauses, then the number and hash; after
    /// two more the PIN (RFC 3966; the comma is what telephones take for a pause).
    pub fn one_tap(&self, phone: &Phone) -> String {
        let pin = self.guest_pin.as_ref().map(|pin| format!(",,{pin}%23")).unwrap_or_default();
        format!("tel:{},,{}%23{pin}", phone.number, self.code)
    }

    /// The number in groups of three, as people read it aloud; a short one as it is.
    pub fn spaced_code(&self) -> String {
        const SHORT: usize = 5;
        if !is_typed(&self.code) || self.code.len() <= SHORT {
            return self.code.clone();
        }
        let digits: Vec<char> = self.code.chars().collect();
        digits.chunks(3).map(String::from_iter).collect::<Vec<_>>().join(" ")
    }
}
