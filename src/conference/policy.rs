//! The limits and rules of a conference.

use crate::KeyTable;
use crate::forwarding::BrowserPictures;
use crate::layout::Layout;
use causeway_plan::media_plan::DEFAULT_MAX_TALKERS;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a leg may hold a seat before its media is agreed: twice the 32 s after which SIP
/// gives up on a lost message (64 * T1, RFC 3261 section 17).
pub const ARRIVAL_LIMIT: Duration = Duration::from_secs(64);

/// How long a leg may hold a seat whose media finds no way: a browser tries everything within a
/// minute, and its person may dial in beside it in the others.
pub const PATH_LIMIT: Duration = Duration::from_secs(180);

/// The most participants by default: what one worker mixes without a late tick.
pub const DEFAULT_MAX_PARTICIPANTS: usize = 1000;

/// The most legs whose media is not agreed yet: 64 calls a second for as long as one may arrive. They
/// take no seat of those who came, so that forged calls cannot fill a conference.
pub const MAX_ARRIVING: usize = 4096;

/// The most successors of a host.
pub const MAX_SUCCESSORS: usize = 16;

/// How long the place of somebody who waited and hung up is kept.
pub const PLACE_KEPT: Duration = Duration::from_secs(120);

/// The grace time of meetings after the last host left.
pub const HOST_GRACE: Duration = Duration::from_secs(600);

/// How often who waits is told the place.
pub const PLACE_INTERVAL: Duration = Duration::from_secs(30);

/// The most people among whom a chime says that somebody came or left: in larger conferences
/// somebody always does, and nobody could listen.
pub const MAX_CHIMED: usize = 30;

/// Who waits in the lobby until a host lets them in. Hosts never wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lobby {
    /// Nobody.
    #[default]
    Off,
    /// Who was not proved to be one of ours.
    ForUntrusted,
    /// Every guest.
    On,
}

/// What a conference is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The name that people see and hear.
    pub name: String,
    /// The most participants. Guests who wait take the places of guests, never those of hosts.
    pub max_participants: usize,
    /// How many of the loudest are mixed.
    pub max_talkers: u8,
    /// Bring every voice to the same loudness.
    pub auto_gain: bool,
    /// Who waits before being heard.
    pub lobby: Lobby,
    /// Guests wait until a host is there, whatever the lobby says. Nobody is sent away for it.
    pub wait_for_host: bool,
    /// The conference was opened so long before its time: until then guests wait, even where none
    /// is to wait for a host. `None`: its time has come.
    pub starts_in: Option<Duration>,
    /// It begins locked: only hosts come in until one opens it.
    pub locked_at_start: bool,
    /// Who waits is let go after this long, `None` never.
    pub longest_wait: Option<Duration>,
    /// Guests start muted.
    pub mute_on_entry: bool,
    /// Tones when somebody comes or leaves.
    pub chimes: bool,
    /// Guests may have their telephone called, until a host decides otherwise. Hosts may wherever
    /// the bridge calls out.
    pub guests_call_me: bool,
    /// The layout of all who choose none of their own, until a host decides otherwise.
    pub layout: Layout,
    /// One person's picture that fills all is sent on as it came, where the receiver can take it:
    /// without transcoding, and without the name in it.
    pub forwards_pictures: bool,
    /// Whether browsers get a composed picture or people as they send themselves.
    pub browser_pictures: BrowserPictures,
    /// How much of pictures stays free along each edge, in percent.
    pub margin: u8,
    /// What the keys of a telephone do in the conference.
    pub keys: Arc<KeyTable>,
    /// When it ends by itself.
    pub end: EndRules,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: String::new(),
            max_participants: DEFAULT_MAX_PARTICIPANTS,
            max_talkers: DEFAULT_MAX_TALKERS,
            auto_gain: false,
            lobby: Lobby::default(),
            wait_for_host: false,
            starts_in: None,
            locked_at_start: false,
            longest_wait: None,
            mute_on_entry: false,
            chimes: false,
            guests_call_me: false,
            layout: Layout::default(),
            forwards_pictures: true,
            browser_pictures: BrowserPictures::default(),
            margin: 0,
            keys: Arc::default(),
            end: EndRules::default(),
        }
    }
}

/// When a conference ends by itself. Who is muted, held or silent never plays a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndRules {
    /// How long it stays after the last leg left, for those who come back.
    pub linger: Duration,
    /// How long it may last, `None` without a limit.
    pub max_duration: Option<Duration>,
    /// How long it goes on when the last host left and no successor is there; `None` for ever.
    /// Only where a host has been there.
    pub host_grace: Option<Duration>,
}

impl Default for EndRules {
    fn default() -> Self {
        Self {
            linger: Duration::from_secs(10),
            max_duration: Some(Duration::from_secs(24 * 60 * 60)),
            host_grace: None,
        }
    }
}

/// Whether a host is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HostPresence {
    /// None has come yet.
    #[default]
    NoneYet,
    /// At least one was let in.
    Here,
    /// The last one left, or is a guest now, since then.
    GoneSince(Instant),
}

/// Whether anybody is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Nobody came yet.
    NobodyYet,
    /// Somebody has a seat.
    Occupied,
    /// The last leg left then.
    EmptySince(Instant),
}

impl EndRules {
    /// When an empty conference ends: not before the last place that is kept is given up.
    pub(crate) fn empty_until(
        &self,
        started: Instant,
        presence: Presence,
        kept: Option<Instant>,
    ) -> Option<Instant> {
        match presence {
            Presence::NobodyYet => Some(started + self.linger.max(ARRIVAL_LIMIT)),
            Presence::Occupied => None,
            Presence::EmptySince(since) => Some((since + self.linger).max(kept.unwrap_or(since))),
        }
    }

    /// When a conference that its hosts left ends.
    pub(crate) fn hosts_until(&self, hosts: HostPresence) -> Option<Instant> {
        let HostPresence::GoneSince(since) = hosts else { return None };
        self.host_grace.and_then(|grace| since.checked_add(grace))
    }

    /// When a conference has lasted long enough.
    pub(crate) fn lasts_until(&self, started: Instant) -> Option<Instant> {
        self.max_duration.and_then(|limit| started.checked_add(limit))
    }
}
