//! The cards of a bridge: what its dial plan does with each address, and its links.

use super::card::{Leads, Tokens};
use super::{Addresses, Card, CardError, Subject};
use crate::link::{Kind, Links};
use crate::meeting::{self, Meetings, Permanent};
use causeway_base::Alias;
use causeway_dial::{Destination, DialPlan, Found, IncomingCall, NameTable, Names, Resolver};
use jiff::Timestamp;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

/// What cards are made of.
pub struct Cards {
    /// Every meeting of the store.
    pub(crate) meetings: Arc<Meetings>,
    /// The conferences of the configuration.
    pub(crate) permanent: Vec<Permanent>,
    /// What lets browsers in.
    pub(crate) links: Arc<Links>,
    /// Where calls go.
    pub(crate) dial_plan: Arc<DialPlan>,
    /// What the configuration has named.
    pub(crate) names: NameTable,
    /// Where the bridge is reached.
    pub(crate) addresses: Addresses,
    /// The address of this node at which calls arrive, where nothing else tells.
    pub(crate) local: IpAddr,
}

impl fmt::Debug for Cards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cards").finish_non_exhaustive()
    }
}

impl Cards {
    /// Asks the dial plan of many cards in turn.
    pub fn resolver(&self) -> Resolver {
        Resolver::new(Arc::clone(&self.dial_plan))
    }

    /// A conference of the configuration.
    pub fn conference(&self, key: &str) -> Option<&Permanent> {
        self.permanent.iter().find(|conference| *conference.key == *key)
    }

    /// The card of a key; `None` for what is no meeting.
    pub fn of(&self, key: &str) -> Option<Result<Card, CardError>> {
        let mut resolver = self.resolver();
        Some(match self.meetings.get(key) {
            Some(meeting) => self.card(&mut resolver, meeting.as_ref().into()),
            None => self.card(&mut resolver, self.conference(key)?.into()),
        })
    }

    /// The card of a meeting, as the dial plan will lead once the meeting can be entered.
    ///
    /// # Errors
    /// An address that leads elsewhere, or none at all.
    pub fn card(&self, resolver: &mut Resolver, subject: Subject<'_>) -> Result<Card, CardError> {
        let tokens = self.tokens(subject.id());
        let subject = &subject.linked(tokens);
        let names = Opened { fixed: &self.names, subject };
        let nobody = Alias::sip("", "anonymous.invalid");
        Card::of(subject, &self.addresses, &mut |called, trunk| {
            let call = IncomingCall { called, calling: &nobody, trunk, local: self.local };
            match resolver.resolve(&call, &names).0 {
                Destination::Conference(key) if *key == *subject.id() => Leads::ToTheMeeting,
                Destination::Reception { .. } => Leads::ToTheReception,
                _ => Leads::Elsewhere,
            }
        })
    }

    /// The number to call and the code to enter there: the first telephone of a card.
    pub fn phone(&self, key: &str) -> Option<(String, String)> {
        let card = self.of(key)?.ok()?;
        let phone = card.phones.first()?;
        Some((phone.number.clone(), card.code.clone()))
    }

    fn tokens(&self, key: &str) -> Option<Tokens> {
        let now = Timestamp::now();
        let of = |kind| self.links.standing(key, kind, now);
        self.addresses.web.as_ref()?;
        Some(Tokens { guest: of(Kind::Guest)?, host: of(Kind::Host)?, guide: of(Kind::Guide)? })
    }
}

/// The names of the bridge as they are while a meeting can be entered.
#[derive(Debug)]
struct Opened<'a> {
    fixed: &'a NameTable,
    subject: &'a Subject<'a>,
}

impl Names for Opened<'_> {
    fn find(&self, name: &str) -> Option<Found> {
        let folded = meeting::fold(name);
        let own = || self.subject.names().any(|own| meeting::fold(own) == folded);
        let found = self.fixed.find(name);
        found.or_else(|| own().then(|| Found::Conference(self.subject.id().into())))
    }
}
