//! One Contact of a device.

use super::request::{Asked, AskedContact};
use crate::sip::words::Flow;
use sip_codec::header::NameAddr;
use sip_codec::{Text, Uri};
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// A device, and how to reach it.
#[derive(Clone)]
pub struct Target {
    /// The request-URI: its Contact.
    pub uri: Uri,
    /// The way: that by which it registered.
    pub flow: Flow,
    /// The proxies on the way, for [`super::super::Invite::route`].
    pub path: Vec<NameAddr>,
    /// Thousandths; 1,000 where it says nothing.
    pub q: u16,
    /// Which device it is (`+sip.instance`, RFC 5626 section 4.1).
    pub instance: Option<Text>,
    /// Its User-Agent, without control characters; may be empty.
    pub user_agent: Arc<str>,
    /// When it expires.
    pub until: Instant,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({:?}, {:?})", self.flow.carrier, self.user_agent)
    }
}

/// Why a binding is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// The device took it back.
    Asked,
    /// It was not refreshed.
    Expired,
    /// Its connection closed.
    FlowClosed,
    /// It made room for a newer one of the same user.
    Replaced,
    /// The user is no more.
    Removed,
}

/// One binding.
pub(super) struct Binding {
    pub(super) number: u64,
    pub(super) target: Target,
    /// As it came, without `expires`.
    header: NameAddr,
    /// Which of the ways of an outbound device.
    reg_id: Option<u32>,
    pub(super) call_id: Text,
    pub(super) cseq: u32,
    pub(super) refreshed: Instant,
}

impl Binding {
    pub(super) fn new(
        number: u64,
        now: Instant,
        flow: Flow,
        asked: &Asked,
        contact: &AskedContact,
    ) -> Self {
        let target = Target {
            uri: contact.header.uri.clone(),
            flow,
            path: asked.path.clone(),
            q: contact.q,
            instance: contact.instance.clone(),
            user_agent: asked.user_agent.clone(),
            until: now + contact.expires,
        };
        Self {
            number,
            target,
            header: contact.header.clone(),
            reg_id: contact.reg_id,
            call_id: asked.call_id.clone(),
            cseq: asked.cseq,
            refreshed: now,
        }
    }

    /// Whether a contact is this one: the same way of the same device, or else the same address
    /// (RFC 5626 section 6). A device that names itself but no way has one; so it does not pile
    /// up after each restart.
    pub(super) fn is(&self, contact: &AskedContact) -> bool {
        match (&self.target.instance, &contact.instance) {
            (Some(ours), Some(theirs)) => {
                ours.eq_ignore_case(theirs) && self.reg_id == contact.reg_id
            }
            _ => self.target.uri.equivalent(&contact.header.uri),
        }
    }

    /// As an answer lists it: with the seconds that are left.
    pub(super) fn contact(&self, now: Instant) -> NameAddr {
        let left = self.target.until.saturating_duration_since(now).as_secs_f64().ceil();
        let mut header = self.header.clone();
        header.params.set("expires", format!("{left:.0}"));
        header
    }
}
