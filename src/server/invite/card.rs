//! One meeting's card: every way in.

use crate::meeting::{Kind, Meeting};
use causeway_base::{Alias, Lang};
use std::fmt;
use std::net::IpAddr;

/// Where a bridge can be reached, as its operator publishes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// What a link begins with: `https://bridge.example.com/j/`. `None`: no browsers.
    pub link: Option<String>,
    /// The host of SIP addresses. `None`: none are published.
    pub sip_host: Option<String>,
    /// The address that rooms dial as `IP##number`. `None`: none is published.
    pub ip: Option<IpAddr>,
    /// Telephone numbers that lead to the reception, the best first.
    pub phones: Vec<Phone>,
    /// Meetings are recorded.
    pub recorded: bool,
    /// The mail address of the organizer in calendars.
    pub organizer: Option<String>,
}

/// A telephone number that leads to the reception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// E.164, with plus.
    pub number: String,
    /// Where it is, in Chinese.
    pub zh: String,
    /// Where it is, in English.
    pub en: String,
}

impl Phone {
    /// Where it is.
    pub fn place(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
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
    /// Its conference number.
    pub code: String,
    /// What guests enter, where they need a PIN. A host's PIN is never on a card.
    pub guest_pin: Option<String>,
    /// The link.
    pub link: Option<String>,
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

impl Card {
    /// The card of a meeting, every address tried first.
    ///
    /// # Errors
    /// An address that `leads` elsewhere, or none at all.
    pub fn of(
        meeting: &Meeting,
        addresses: &Addresses,
        leads: &dyn Fn(&Alias) -> Leads,
    ) -> Result<Self, CardError> {
        let code = &meeting.code;
        let host = addresses.sip_host.as_deref();
        let sip = host.map(|host| format!("sip:{code}@{host}"));
        let ip_dial = addresses.ip.map(|ip| format!("{ip}##{code}"));
        let wanted = [
            sip.as_ref().map(|sip| ("sip", sip, Alias::sip(code, host.unwrap_or_default()))),
            ip_dial.as_ref().zip(addresses.ip).map(|(dial, ip)| {
                let host = ip.to_string();
                ("ip", dial, Alias::H323 { user: code.clone(), host })
            }),
        ];
        for (kind, address, alias) in wanted.into_iter().flatten() {
            if leads(&alias) != Leads::ToTheMeeting {
                return Err(CardError::NotRouted { kind, address: address.clone() });
            }
        }
        for phone in &addresses.phones {
            if leads(&Alias::Number(phone.number.clone())) == Leads::Elsewhere {
                let address = phone.number.clone();
                return Err(CardError::NotRouted { kind: "phone", address });
            }
        }
        let link = addresses.link.as_ref().map(|link| format!("{link}{}", meeting.id));
        if link.is_none() && sip.is_none() && ip_dial.is_none() && addresses.phones.is_empty() {
            return Err(CardError::NoAddress);
        }
        Ok(Self {
            id: meeting.id.to_string(),
            name: meeting.name.clone(),
            kind: meeting.kind,
            code: code.clone(),
            guest_pin: meeting.guest_pin.as_ref().map(|pin| pin.reveal().to_owned()),
            link,
            sip,
            ip_dial,
            phones: addresses.phones.clone(),
            recorded: addresses.recorded,
            lobby: meeting.lobby != causeway_conference::Lobby::Off || meeting.wait_for_host,
            organizer: addresses.organizer.clone(),
            sequence: 0,
            cancelled: meeting.ended.is_some(),
        })
    }

    /// The one-tap address of a telephone number: two pauses, then the number and hash; after
    /// two more the PIN (RFC 3966; the comma is what telephones take for a pause).
    pub fn one_tap(&self, phone: &Phone) -> String {
        let pin = self.guest_pin.as_ref().map(|pin| format!(",,{pin}%23")).unwrap_or_default();
        format!("tel:{},,{}%23{pin}", phone.number, self.code)
    }

    /// The number in groups of three, as people read it aloud.
    pub fn spaced_code(&self) -> String {
        let digits: Vec<char> = self.code.chars().collect();
        digits.chunks(3).map(String::from_iter).collect::<Vec<_>>().join(" ")
    }
}
