//! What others may see of trunks and registrations: plain data, written by the signalling task
//! alone.

use causeway_base::EndCause;
use causeway_proto::sip::Carrier;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::broadcast;

/// News that a slow listener may be behind; it is told how much it missed, and reads the views
/// anew.
pub const MAX_NEWS: usize = 1024;

/// Whether a trunk can carry calls, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrunkHealth {
    /// Nobody asked yet, or nobody asks (no health checks).
    Unknown,
    /// The last question was answered, whatever the answer.
    Up,
    /// It does not answer, or sent us away.
    Down(EndCause),
}

/// How our registration at a trunk stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrunkRegistration {
    /// The trunk wants none.
    NotWanted,
    /// Asked for, no answer yet.
    Trying,
    /// The trunk knows us.
    Registered {
        /// Until when, unless refreshed before.
        until: SystemTime,
    },
    /// Refused or unanswered; it is tried again.
    Failed(EndCause),
}

/// One trunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrunkView {
    /// Its name in the configuration.
    pub name: Arc<str>,
    /// Whether it can carry calls.
    pub health: TrunkHealth,
    /// How our registration stands.
    pub registration: TrunkRegistration,
    /// Calls at this moment, in and out.
    pub calls: usize,
    /// The most calls at a time.
    pub max_calls: usize,
    /// Where it is, each as it answers: one proxy, or those of Direct Routing in their order.
    pub proxies: Vec<ProxyView>,
    /// When it asked last whether we live, where it knows us by a name.
    pub asked_at: Option<SystemTime>,
}

/// One proxy of a trunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyView {
    /// Its host and port, as configured.
    pub host: String,
    /// Whether it answers.
    pub health: TrunkHealth,
    /// When it answered our question last.
    pub answered_at: Option<SystemTime>,
}

impl TrunkView {
    /// Whether a call out may try it.
    pub fn is_usable(&self) -> bool {
        !matches!(self.health, TrunkHealth::Down(_))
            && !matches!(self.registration, TrunkRegistration::Failed(_))
            && self.calls < self.max_calls
    }
}

/// One contact of a registered user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationView {
    /// The user.
    pub user: Arc<str>,
    /// Where it is, without its user part and parameters: `192.0.2.7:5060`.
    pub contact: String,
    /// How it is reached.
    pub carrier: Carrier,
    /// Until when, unless refreshed before.
    pub until: SystemTime,
    /// Its `User-Agent`, cut at 256 bytes.
    pub user_agent: Option<String>,
}

/// What happened to trunks and registrations. No event carries an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SipNews {
    /// A trunk's health, or our registration there, changed.
    TrunkChanged(TrunkView),
    /// A user has its first contact.
    Registered {
        /// Who.
        user: Arc<str>,
    },
    /// A user's last contact is gone.
    Unregistered {
        /// Who.
        user: Arc<str>,
    },
}

/// The views, shared between the signalling task, which writes, and all others, who read.
#[derive(Clone, Debug)]
pub(super) struct Views {
    trunks: Arc<Mutex<Vec<TrunkView>>>,
    registrations: Arc<Mutex<BTreeMap<Arc<str>, Vec<RegistrationView>>>>,
    news: broadcast::Sender<SipNews>,
}

impl Views {
    pub(super) fn new(trunks: Vec<TrunkView>) -> Self {
        let (news, _) = broadcast::channel(MAX_NEWS);
        Self { trunks: Arc::new(Mutex::new(trunks)), registrations: Arc::default(), news }
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<SipNews> {
        self.news.subscribe()
    }

    pub(super) fn trunks(&self) -> Vec<TrunkView> {
        self.trunks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All contacts that have not run out, by user.
    pub(super) fn registrations(&self, now: SystemTime) -> Vec<RegistrationView> {
        let registrations = self.registrations.lock().unwrap_or_else(PoisonError::into_inner);
        registrations.values().flatten().filter(|view| view.until > now).cloned().collect()
    }
}

impl Views {
    /// Replaces what is shown of a trunk. Tells where more than its calls changed.
    pub(super) fn set_trunk(&self, index: usize, view: TrunkView) {
        let mut trunks = self.trunks.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(shown) = trunks.get_mut(index) else { return };
        let changed =
            (shown.health, kind(&shown.registration)) != (view.health, kind(&view.registration));
        shown.clone_from(&view);
        drop(trunks);
        if changed {
            tracing::info!(trunk = %view.name, health = ?view.health,
                registration = ?kind(&view.registration), "a trunk changed");
            let _ = self.news.send(SipNews::TrunkChanged(view));
        }
    }

    /// Replaces the contacts of a user; none: it is gone.
    pub(super) fn set_registrations(&self, user: &Arc<str>, contacts: Vec<RegistrationView>) {
        let mut registrations = self.registrations.lock().unwrap_or_else(PoisonError::into_inner);
        let news = match (registrations.contains_key(user), contacts.is_empty()) {
            (true, true) => Some(SipNews::Unregistered { user: Arc::clone(user) }),
            (false, false) => Some(SipNews::Registered { user: Arc::clone(user) }),
            _ => None,
        };
        if contacts.is_empty() {
            registrations.remove(user);
        } else {
            registrations.insert(Arc::clone(user), contacts);
        }
        drop(registrations);
        if let Some(news) = news {
            tracing::info!(
                registered = matches!(news, SipNews::Registered { .. }),
                "a user came or went"
            );
            let _ = self.news.send(news);
        }
    }
}

/// A refresh is no news.
fn kind(registration: &TrunkRegistration) -> TrunkRegistration {
    match registration {
        TrunkRegistration::Registered { .. } => {
            TrunkRegistration::Registered { until: SystemTime::UNIX_EPOCH }
        }
        other => *other,
    }
}

/// The wall clock's word for an instant of the steady one.
pub(super) fn wall(until: Instant) -> SystemTime {
    let left: Duration = until.saturating_duration_since(Instant::now());
    SystemTime::now() + left
}
