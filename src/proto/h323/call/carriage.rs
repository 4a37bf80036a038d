//! How H.245 travels: within call signalling, or on a connection of its own (H.323 section 8.2).

/// Messages that wait for a way: a capability set, a determination and some channels.
const MAX_WAITING: usize = 64;

/// Whether H.245 travels within call signalling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tunnelling {
    /// We proposed it; the first answer says.
    Offered,
    /// Both want it.
    Agreed,
    /// One does not.
    Refused,
}

/// Where the way stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Nothing is to be said yet.
    None,
    /// Within call signalling.
    Tunnel,
    /// We connect, or wait for the other side to connect.
    Connecting,
    /// On a connection.
    Connection,
    /// It was, and is not any more.
    Lost,
}

/// How H.245 travels, and what waits.
#[derive(Debug)]
pub(super) struct Carriage {
    tunnelling: Tunnelling,
    way: Way,
    waiting: Vec<Vec<u8>>,
}

impl Default for Carriage {
    fn default() -> Self {
        Self { tunnelling: Tunnelling::Refused, way: Way::None, waiting: vec![] }
    }
}

impl Carriage {
    pub(super) fn tunnelling(&self) -> Tunnelling {
        self.tunnelling
    }

    /// What our messages say of tunnelling.
    pub(super) fn says_tunnelling(&self) -> bool {
        self.tunnelling != Tunnelling::Refused
    }

    /// We call.
    pub(super) fn offer(&mut self, tunnelling: bool) {
        self.tunnelling = if tunnelling { Tunnelling::Offered } else { Tunnelling::Refused };
    }

    /// We are called, and both want tunnelling or not.
    pub(super) fn settle(&mut self, tunnelling: bool) {
        self.tunnelling = if tunnelling { Tunnelling::Agreed } else { Tunnelling::Refused };
    }

    /// The first answer of the other side; the later ones change nothing.
    pub(super) fn answered(&mut self, tunnelling: bool) {
        if self.tunnelling == Tunnelling::Offered {
            self.settle(tunnelling);
        }
    }

    /// H.245 may begin. Whether there is a way at once, and was none before.
    pub(super) fn begin(&mut self) -> bool {
        let begins = self.tunnelling == Tunnelling::Agreed && self.way == Way::None;
        if begins {
            self.way = Way::Tunnel;
        }
        begins
    }

    /// The other side takes connections. Whether we should make one.
    pub(super) fn connect(&mut self) -> bool {
        let connects = self.tunnelling != Tunnelling::Agreed && self.way == Way::None;
        if connects {
            self.way = Way::Connecting;
        }
        connects
    }

    /// We take connections. Whether there was no way yet.
    pub(super) fn await_connection(&mut self) -> bool {
        self.connect()
    }

    /// Whether there is a way, or will be.
    pub(super) fn has_way(&self) -> bool {
        self.way != Way::None
    }

    /// There is a connection, by us or by the other side. Whether it is the way from now on.
    pub(super) fn connected(&mut self) -> bool {
        let connected = matches!(self.way, Way::None | Way::Connecting);
        if connected {
            self.way = Way::Connection;
        }
        connected
    }

    pub(super) fn lost(&mut self) {
        if self.way != Way::Tunnel {
            self.way = Way::Lost;
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

    /// What goes with the next message of call signalling.
    pub(super) fn take_for_tunnel(&mut self) -> Vec<Vec<u8>> {
        if self.way == Way::Tunnel { std::mem::take(&mut self.waiting) } else { vec![] }
    }

    /// What goes on the connection.
    pub(super) fn take_for_connection(&mut self) -> Vec<Vec<u8>> {
        if self.way == Way::Connection { std::mem::take(&mut self.waiting) } else { vec![] }
    }
}
