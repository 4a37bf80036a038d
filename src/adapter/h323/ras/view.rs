//! What others may see of registrations: plain data, written by the task of RAS alone.

use causeway_base::EndCause;
use causeway_proto::h323::ras::CallKey;
use causeway_proto::h323::ras::gatekeeper::Reach;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::broadcast;

/// News that a slow listener may be behind; it is told how much it missed, and reads the views
/// anew.
pub const MAX_NEWS: usize = 1024;

/// A room that is registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationView {
    /// Who it proved to be.
    pub user: Option<Arc<str>>,
    /// Its names and numbers, at most [`causeway_proto::h323::address::MAX_ALIASES`].
    pub aliases: Vec<String>,
    /// Where it takes RAS; it is unregistered by this.
    pub ras: SocketAddr,
    /// Where it takes calls.
    pub call: SocketAddr,
    /// How they get there.
    pub reach: Reach,
    /// Until when, unless refreshed before.
    pub until: SystemTime,
    /// Its product and version, cut at 256 bytes.
    pub product: Option<String>,
}

/// How our registration at a gatekeeper stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpstreamState {
    /// Asked for, no answer yet.
    Trying,
    /// The gatekeeper knows us.
    Registered,
    /// Refused or unanswered; it is tried again.
    Failed(EndCause),
}

/// The gatekeeper where we are registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamView {
    /// As configured.
    pub gatekeeper: SocketAddr,
    /// How it stands.
    pub state: UpstreamState,
    /// The names that it granted; those that we asked for where it says nothing.
    pub aliases: Vec<String>,
    /// It lets us take calls without asking for each (preGrantedARQ of H.225.0).
    pub pre_granted_answer: bool,
}

/// A call of a registered room that our gatekeeper sent to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdmittedCall {
    /// Who the room proved to be.
    pub user: Option<Arc<str>>,
    /// The room's names.
    pub calling: Vec<String>,
    /// Whom it called.
    pub called: Vec<String>,
    /// The room's own address.
    pub source: IpAddr,
    /// What it may use, both directions together, in bit/s.
    pub bandwidth: u64,
    /// How calls get to the room.
    pub reach: Reach,
    /// The first name of the registered room whose own address it dialled: by that it is called,
    /// whatever its Setup says.
    pub room: Option<String>,
}

/// What happened to registrations. No news carry an address but that of a configured gatekeeper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RasNews {
    /// A room is registered.
    Registered {
        /// Its user, else its first name.
        name: Arc<str>,
    },
    /// A room is not registered any more.
    Unregistered {
        /// Its user, else its first name.
        name: Arc<str>,
    },
    /// Our registration changed.
    UpstreamChanged(UpstreamView),
}

#[derive(Debug, Default)]
struct Shown {
    /// By where they take RAS.
    rooms: HashMap<SocketAddr, RegistrationView>,
    /// Where the room of each name takes RAS.
    called: HashMap<String, SocketAddr>,
    /// By callIdentifier: no more than the gatekeeper knows of.
    calls: HashMap<[u8; 16], AdmittedCall>,
    /// Names that a neighbour was told to call here, until then.
    expected: HashMap<String, Instant>,
    upstream: Option<UpstreamView>,
}

/// How long a call is expected after a neighbour was told that it may come: a person has dialled.
const EXPECTED: Duration = Duration::from_secs(60);

/// Names that calls are expected for at a time: those of 60 calls a second. Of more the oldest go.
const MAX_EXPECTED: usize = 4_096;

/// The views, shared between the task of RAS, which writes, and all others, who read.
#[derive(Clone, Debug)]
pub(super) struct Views {
    shown: Arc<Mutex<Shown>>,
    news: broadcast::Sender<RasNews>,
}

impl Views {
    pub(super) fn new() -> Self {
        Self { shown: Arc::default(), news: broadcast::channel(MAX_NEWS).0 }
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<RasNews> {
        self.news.subscribe()
    }

    pub(super) fn registrations(&self, now: SystemTime) -> Vec<RegistrationView> {
        let shown = self.shown();
        let mut rooms: Vec<_> =
            shown.rooms.values().filter(|room| room.until > now).cloned().collect();
        drop(shown);
        rooms.sort_by(|a, b| (&a.user, &a.aliases, a.ras).cmp(&(&b.user, &b.aliases, b.ras)));
        rooms
    }

    pub(super) fn upstream(&self) -> Option<UpstreamView> {
        self.shown().upstream.clone()
    }

    pub(super) fn room(&self, name: &str, now: SystemTime) -> Option<RegistrationView> {
        let shown = self.shown();
        let room = shown.rooms.get(shown.called.get(&key(name))?)?;
        Some(room).filter(|room| room.until > now).cloned()
    }

    pub(super) fn call(&self, identifier: &[u8; 16]) -> Option<AdmittedCall> {
        self.shown().calls.get(identifier).cloned()
    }

    /// A room is registered, or is so again. One that took its names is gone before.
    pub(super) fn set_room(&self, room: RegistrationView) {
        let name = named(&room);
        let mut shown = self.shown();
        let before = shown.rooms.insert(room.ras, room.clone());
        if let Some(before) = &before {
            forget_names(&mut shown, before);
        }
        for alias in room.aliases.iter().map(String::as_str).chain(room.user.as_deref()) {
            shown.called.entry(key(alias)).or_insert(room.ras);
        }
        drop(shown);
        if before.is_none() {
            self.tell(RasNews::Registered { name });
        }
    }

    pub(super) fn drop_room(&self, ras: SocketAddr) {
        let mut shown = self.shown();
        let Some(room) = shown.rooms.remove(&ras) else { return };
        forget_names(&mut shown, &room);
        drop(shown);
        self.tell(RasNews::Unregistered { name: named(&room) });
    }

    /// Whether a room takes RAS or calls at an address.
    pub(super) fn has_room_at(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        let is_there = |address: SocketAddr| address.ip().to_canonical() == ip;
        self.shown().rooms.values().any(|room| is_there(room.ras) || is_there(room.call))
    }

    /// Calls to these names come in a moment, from wherever.
    pub(super) fn expect(&self, now: Instant, names: &[String]) {
        let mut shown = self.shown();
        shown.expected.retain(|_, until| *until > now);
        for name in names {
            if shown.expected.len() >= MAX_EXPECTED {
                let oldest = shown.expected.iter().min_by_key(|(_, until)| **until);
                let oldest = oldest.map(|(name, _)| name.clone());
                oldest.and_then(|name| shown.expected.remove(&name));
            }
            shown.expected.insert(key(name), now + EXPECTED);
        }
    }

    pub(super) fn is_expected(&self, now: Instant, name: &str) -> bool {
        self.shown().expected.get(&key(name)).is_some_and(|until| *until > now)
    }

    /// A room that names its call as another room did does not take its place.
    pub(super) fn set_call(&self, key: CallKey, call: AdmittedCall) {
        self.shown().calls.entry(key.identifier).or_insert(call);
    }

    /// A room changes what its call may use. Whether it did.
    pub(super) fn set_bandwidth(&self, key: CallKey, source: IpAddr, bandwidth: u64) -> bool {
        let mut shown = self.shown();
        let call = shown.calls.get_mut(&key.identifier).filter(|call| call.source == source);
        let before = call.map(|call| std::mem::replace(&mut call.bandwidth, bandwidth));
        before.is_some_and(|before| before != bandwidth)
    }

    pub(super) fn drop_call(&self, key: CallKey, source: IpAddr) {
        let mut shown = self.shown();
        if shown.calls.get(&key.identifier).is_some_and(|call| call.source == source) {
            shown.calls.remove(&key.identifier);
        }
    }

    pub(super) fn set_upstream(&self, view: UpstreamView) {
        let before = self.shown().upstream.replace(view.clone());
        if before.as_ref() != Some(&view) {
            self.tell(RasNews::UpstreamChanged(view));
        }
    }

    fn tell(&self, news: RasNews) {
        let what = match &news {
            RasNews::Registered { .. } => "a room registered",
            RasNews::Unregistered { .. } => "a room is not registered any more",
            RasNews::UpstreamChanged(_) => "our registration at a gatekeeper changed",
        };
        tracing::info!("{what}");
        let _ = self.news.send(news);
    }
}

fn forget_names(shown: &mut Shown, room: &RegistrationView) {
    for alias in room.aliases.iter().map(String::as_str).chain(room.user.as_deref()) {
        let key = key(alias);
        if shown.called.get(&key) == Some(&room.ras) {
            shown.called.remove(&key);
        }
    }
}

/// Names are the same in capitals.
fn key(name: &str) -> String {
    name.to_lowercase()
}

/// What a room goes by.
fn named(room: &RegistrationView) -> Arc<str> {
    let alias = || room.aliases.first().map(|alias| Arc::from(alias.as_str()));
    room.user.clone().or_else(alias).unwrap_or_else(|| Arc::from(""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn a_room_changes_what_its_own_call_may_use() {
        let views = Views::new();
        let key = CallKey { identifier: [1; 16], answer: false };
        assert!(!views.set_bandwidth(key, HERE, 1), "there is none");
        let call = AdmittedCall {
            user: None,
            calling: vec![],
            called: vec![],
            source: HERE,
            bandwidth: 2_000_000,
            reach: Reach::Direct,
            room: None,
        };
        views.set_call(key, call);
        assert!(!views.set_bandwidth(key, [192, 0, 2, 9].into(), 1), "not its own");
        assert!(!views.set_bandwidth(key, HERE, 2_000_000), "as it is");
        assert!(views.set_bandwidth(key, HERE, 768_000));
        assert_eq!(views.call(&[1; 16]).map(|call| call.bandwidth), Some(768_000));
    }

    #[test]
    fn calls_are_expected_for_a_minute_and_the_newest_are_kept() {
        let (views, now) = (Views::new(), Instant::now());
        views.expect(now, &["7701".to_owned()]);
        assert!(views.is_expected(now, "7701") && !views.is_expected(now, "7702"));
        assert!(!views.is_expected(now + EXPECTED, "7701"));
        for n in 0..MAX_EXPECTED as u64 {
            views.expect(now + Duration::from_millis(1 + n), &[format!("8{n}")]);
        }
        assert_eq!(views.shown().expected.len(), MAX_EXPECTED);
        assert!(!views.is_expected(now, "7701") && views.is_expected(now, "80"));
    }
}
