//! A call of ours that may be made: whom, by which way, and what the callee is told of the caller.

use super::{Bridging, Outgoing};
use causeway_base::{Alias, Lang, LegId};
use causeway_conference::{Offered, Protocol, Role, Who};
use causeway_dial::calling_out::Asker;
use causeway_dial::{Chosen, NumberPlan};
use sip_codec::Host;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

/// A call of ours that may be made. `Debug` shows nothing personal.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Errand {
    pub(crate) leg: LegId,
    /// When it is hung up at the latest.
    pub(crate) until: Instant,
    /// A number or an address, as it was checked; the name of a user of ours.
    pub(crate) target: String,
    pub(crate) way: Way,
    pub(crate) shown: Appearance,
    /// The name in the roster, where somebody gave one.
    pub(crate) display_name: String,
    pub(crate) role: Role,
    pub(crate) lang: Lang,
    /// Whose telephone it is; `None`: somebody else.
    pub(crate) beside: Option<Who>,
    /// Who wants it.
    pub(crate) asker: Asker,
    /// How it gets into another meeting.
    pub(crate) bridging: Option<Box<Bridging>>,
    /// What it is like that we call.
    pub(crate) device: Option<Arc<Chosen>>,
    /// Why it may be made, as its record keeps it.
    pub(crate) explanation: String,
}

impl fmt::Debug for Errand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Errand").field("leg", &self.leg).finish_non_exhaustive()
    }
}

/// By which way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Trunk(Arc<str>),
    /// To the host of its address.
    Direct,
    /// To the devices that a user of ours registered.
    User,
}

impl Errand {
    pub(crate) fn trunk(&self) -> Option<&Arc<str>> {
        match &self.way {
            Way::Trunk(name) => Some(name),
            Way::Direct | Way::User => None,
        }
    }

    /// What its signalling will speak.
    pub(crate) fn protocol(&self) -> Protocol {
        let is_h323 = self.way == Way::Direct && self.target.starts_with("h323:");
        if is_h323 { Protocol::H323 } else { Protocol::Sip }
    }

    /// The name in the roster: of a room that nobody named, the name that was dialled.
    pub(crate) fn name(&self) -> String {
        if !self.display_name.is_empty() || self.protocol() != Protocol::H323 {
            return self.display_name.clone();
        }
        match Alias::parse(&self.target) {
            Ok(Alias::H323 { user, host }) if user.is_empty() => host,
            Ok(room) => room.user().to_owned(),
            Err(_) => String::new(),
        }
    }

    /// Whom the adapter is to call. `local`: how peers see this node.
    pub(crate) fn address(&self, local: IpAddr) -> String {
        match self.way {
            Way::Trunk(_) | Way::Direct => self.target.clone(),
            // As a socket address, which writes an IPv6 address in brackets.
            Way::User => {
                let host = SocketAddr::new(local, 0).to_string();
                let host = host.strip_suffix(":0").unwrap_or(&host);
                format!("sip:{}@{host}", self.target)
            }
        }
    }
}

/// What the callee is told of who calls.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Appearance {
    /// Without a user: the bridge itself.
    pub(crate) calling: Alias,
    pub(crate) display_name: String,
    pub(crate) private: bool,
    /// Somebody vouches for it: its password, or a trunk that is believed.
    is_vouched: bool,
}

impl Appearance {
    /// The bridge itself calls.
    pub(crate) fn ourselves() -> Self {
        let calling = Alias::sip("", "anonymous.invalid");
        Self { calling, display_name: String::new(), private: false, is_vouched: true }
    }

    /// Somebody who called us is put through.
    pub(crate) fn of(offered: &Offered, outgoing: &Outgoing) -> Self {
        let proof = &offered.proof;
        let believed = proof.trunk.as_ref().is_some_and(|trunk| outgoing.believes(trunk));
        let is_vouched = proof.user.is_some() || believed;
        let user = offered.calling.user();
        let calling = if is_vouched {
            // At our own address, so that calling back leads here.
            Alias::sip(user, "")
        } else {
            // Where it really comes from: nobody takes it for one of our extensions.
            Alias::sip(user, &Host::from(offered.source.ip()).to_string())
        };
        Self {
            calling,
            display_name: offered.display_name.clone(),
            private: offered.private,
            is_vouched,
        }
    }

    /// As a trunk may be told: the caller where somebody vouches for it and it is a number, else
    /// the bridge. A telephone network refuses callers that are none.
    pub(super) fn told_to_trunk(self, numbers: &NumberPlan) -> Self {
        if self.is_vouched && numbers.read(self.calling.user()).is_some() {
            return self;
        }
        let display_name = if self.is_vouched { self.display_name } else { String::new() };
        Self { display_name, private: self.private, ..Self::ourselves() }
    }
}
