//! How H.245 travels: within call signalling, or on a connection of its own (H.323 section 8.2).

use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long a connection for H.245 may take to come, and to come again when it was lost: rooms
/// that start slowly take ten seconds.
pub const CONTROL_PATIENCE: Duration = Duration::from_secs(20);

/// Messages that wait for a way: a capability set, a determination and some channels.
const MAX_WAITING: usize = 64;

/// Whether H.245 travels within call signalling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tunnelling {
    /// We proposed it; the first answer says.
    Offered,
    /// Both want it.
    Agreed,
    /// Both wanted it, and the other side does not any more. What it said before is heard.
    Withdrawn,
    /// One does not.
    Refused,
}

/// Where the way stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// There is none.
    None,
    /// Within call signalling.
    Tunnel,
    /// The other side takes connections there, and fast start is settled first.
    Told(SocketAddr),
    /// There should be a connection, and nobody makes one; until then.
    Missing(Instant),
    /// We connect; until then.
    Connecting(Instant),
    /// We take connections there; until then.
    Listening(SocketAddr, Instant),
    /// On a connection.
    Connection,
}

/// Who makes a connection for H.245.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Maker {
    /// Whoever is told first where the other takes one.
    Either,
    /// The other side: it is behind a firewall that lets nobody in (H.460.18).
    Other,
    /// We, for the same reason.
    Us,
}

/// How H.245 travels, and what waits.
#[derive(Debug)]
pub(super) struct Carriage {
    tunnelling: Tunnelling,
    way: Way,
    /// Who makes a connection, where there is one.
    maker: Maker,
    waiting: Vec<Vec<u8>>,
}

impl Default for Carriage {
    fn default() -> Self {
        Self {
            tunnelling: Tunnelling::Refused,
            way: Way::None,
            maker: Maker::Either,
            waiting: vec![],
        }
    }
}

impl Carriage {
    /// Whether what the other side says by H.245 within call signalling is heard.
    pub(super) fn hears_tunnel(&self) -> bool {
        matches!(self.tunnelling, Tunnelling::Agreed | Tunnelling::Withdrawn)
    }

    /// The other side alone makes connections from now on.
    pub(super) fn never_connect(&mut self) {
        self.maker = Maker::Other;
    }

    /// We alone make connections from now on.
    pub(super) fn always_connect(&mut self) {
        self.maker = Maker::Us;
    }

    /// Whether we alone make connections.
    pub(super) fn only_connects(&self) -> bool {
        self.maker == Maker::Us
    }

    /// Whether the other side alone makes connections.
    pub(super) fn only_listens(&self) -> bool {
        self.maker == Maker::Other
    }

    /// What our messages say of tunnelling.
    pub(super) fn says_tunnelling(&self) -> bool {
        matches!(self.tunnelling, Tunnelling::Offered | Tunnelling::Agreed)
    }

    /// Whether it is known that H.245 needs a connection of its own.
    pub(super) fn needs_connection(&self) -> bool {
        matches!(self.tunnelling, Tunnelling::Refused | Tunnelling::Withdrawn)
    }

    /// We call.
    pub(super) fn offer(&mut self, tunnelling: bool) {
        self.tunnelling = if tunnelling { Tunnelling::Offered } else { Tunnelling::Refused };
    }

    /// We are called, and both want tunnelling or not.
    pub(super) fn settle(&mut self, tunnelling: bool) {
        self.tunnelling = if tunnelling { Tunnelling::Agreed } else { Tunnelling::Refused };
    }

    /// A message of the other side says whether it tunnels: the first one decides. A later refusal
    /// counts as well, and is final (H.323 section 8.2.1). Whether it takes the way away.
    pub(super) fn answered(&mut self, tunnelling: bool) -> bool {
        match (self.tunnelling, tunnelling) {
            (Tunnelling::Offered, _) => self.settle(tunnelling),
            (Tunnelling::Agreed, false) => {
                self.tunnelling = Tunnelling::Withdrawn;
                if self.way == Way::Tunnel {
                    self.way = Way::None;
                    return true;
                }
            }
            _ => {}
        }
        false
    }

    /// The other side answered, and never spoke of tunnelling: it does not.
    pub(super) fn unanswered(&mut self) {
        if self.tunnelling == Tunnelling::Offered {
            self.settle(false);
        }
    }

    /// H.245 may begin. Whether there is a way at once, and was none before.
    pub(super) fn begin(&mut self) -> bool {
        let begins =
            self.tunnelling == Tunnelling::Agreed && matches!(self.way, Way::None | Way::Told(_));
        if begins {
            self.way = Way::Tunnel;
        }
        begins
    }

    /// There should be a connection. Whether nobody makes one yet.
    pub(super) fn want(&mut self, now: Instant) -> bool {
        let wanted = self.needs_connection() && self.way == Way::None;
        if wanted {
            self.way = Way::Missing(now + CONTROL_PATIENCE);
        }
        wanted
    }

    /// The other side takes connections at `theirs`. Whether we should make one. Where both take
    /// connections the one with the smaller address makes it (H.323 section 8.2).
    pub(super) fn connect(&mut self, now: Instant, theirs: SocketAddr) -> bool {
        let connects = self.needs_connection()
            && self.maker != Maker::Other
            && match self.way {
                Way::None | Way::Told(_) | Way::Missing(_) => true,
                Way::Listening(ours, _) => ours < theirs || self.maker == Maker::Us,
                Way::Tunnel | Way::Connecting(_) | Way::Connection => false,
            };
        if connects {
            self.way = Way::Connecting(self.until(now));
        }
        connects
    }

    /// The other side takes connections at `theirs`, and it is too early to make one.
    pub(super) fn remember(&mut self, theirs: SocketAddr) {
        if self.way == Way::None && self.tunnelling != Tunnelling::Agreed {
            self.way = Way::Told(theirs);
        }
    }

    /// Where the other side takes connections, if it was too early to make one.
    pub(super) fn told(&self) -> Option<SocketAddr> {
        match self.way {
            Way::Told(theirs) => Some(theirs),
            _ => None,
        }
    }

    /// We take connections at `ours`. Whether the other side should hear of it.
    pub(super) fn listen(&mut self, now: Instant, ours: SocketAddr) -> bool {
        let listens = self.needs_connection()
            && matches!(self.way, Way::None | Way::Told(_) | Way::Missing(_));
        if listens {
            self.way = Way::Listening(ours, self.until(now));
        }
        listens
    }

    /// There is a connection, by us or by the other side. Whether it is the way from now on.
    pub(super) fn connected(&mut self) -> bool {
        let connected = self.needs_connection() && !matches!(self.way, Way::Connection);
        if connected {
            self.way = Way::Connection;
        }
        connected
    }

    /// The connection is lost, or could not be made. Whether there was, or was to be, one.
    pub(super) fn lost(&mut self, now: Instant) -> bool {
        let lost = matches!(self.way, Way::Connecting(_) | Way::Listening(..) | Way::Connection);
        if lost {
            self.way = Way::Missing(self.until(now));
        }
        lost
    }

    /// Until when a connection is waited for: however often one is tried, it is the first wait
    /// that counts.
    fn until(&self, now: Instant) -> Instant {
        self.deadline().unwrap_or(now + CONTROL_PATIENCE)
    }

    /// Until when there should be a connection.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.way {
            Way::Missing(until) | Way::Connecting(until) | Way::Listening(_, until) => Some(until),
            Way::None | Way::Told(_) | Way::Tunnel | Way::Connection => None,
        }
    }

    /// It did not come, and the call goes on without.
    pub(super) fn give_up(&mut self) {
        if self.deadline().is_some() {
            self.way = Way::None;
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        matches!(self.way, Way::Tunnel | Way::Connection)
    }

    /// Something is to be said. It waits for a way; too much of it is dropped.
    pub(super) fn say(&mut self, message: Vec<u8>) {
        if self.waiting.len() < MAX_WAITING {
            self.waiting.push(message);
        }
    }

    /// Something is to be said before all that waits.
    pub(super) fn say_first(&mut self, message: Vec<u8>) {
        self.waiting.insert(0, message);
    }

    /// What goes with the next message of call signalling.
    pub(super) fn take_for_tunnel(&mut self) -> Vec<Vec<u8>> {
        if self.way == Way::Tunnel { std::mem::take(&mut self.waiting) } else { vec![] }
    }

    /// What goes on the connection.
    pub(super) fn take_for_connection(&mut self) -> Vec<Vec<u8>> {
        if self.way == Way::Connection { std::mem::take(&mut self.waiting) } else { vec![] }
    }
}
