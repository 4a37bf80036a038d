//! `[h323]`: where H.323 rooms call, and how it is spoken.

use super::gatekeeper::{self, Gatekeeper};
use super::raw::RawH323;
use super::resolve::{Environment, Finder};
use super::source::At;
use causeway_adapter::h323::Limits;
use causeway_adapter::h323::ras::UpstreamConfig;
use causeway_adapter::sip::User;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

/// Where H.323 is taken, and how it is spoken.
#[derive(Clone, Debug)]
pub struct H323 {
    /// Where call signalling is taken. Empty: nobody calls by H.323; calls out go all the same.
    pub listen: Vec<SocketAddr>,
    /// TCP ports of H.245 where it has a connection of its own.
    pub control_ports: RangeInclusive<u16>,
    /// Whether H.245 may travel within call signalling.
    pub tunnelling: bool,
    /// Whether calls that we make propose channels at once.
    pub fast_start: bool,
    /// How long a call that we make may ring.
    pub ring: Duration,
    /// How signalling is marked for routers.
    pub dscp: u8,
    /// Silence on a connection after which the system asks whether the peer is there.
    pub keep_alive: Duration,
    /// Limits.
    pub limits: Limits,
    /// Where rooms register here.
    pub gatekeeper: Option<Gatekeeper>,
    /// Where we register.
    pub upstream: Option<UpstreamConfig>,
}

impl H323 {
    /// Where other gatekeepers are: neighbours, and the one where we are registered.
    pub(crate) fn gatekeepers(&self) -> impl Iterator<Item = IpAddr> {
        let neighbours = self.gatekeeper.iter().flat_map(|own| &own.neighbours);
        let upstream = self.upstream.iter().map(|there| there.gatekeeper);
        upstream.chain(neighbours.map(|one| one.address)).map(|at| at.ip())
    }
}

pub(super) fn h323(
    finder: &mut Finder<'_>,
    raw: &RawH323,
    users: &[User],
    environment: Environment<'_>,
) -> H323 {
    let fix = "write an address with a port, like \"192.0.2.5:1720\" or \"[::]:1720\"";
    finder.range("h323", "dscp", raw.dscp, 0, 63);
    finder.range("h323", "ring_s", raw.ring_s, 5, 600);
    finder.range("h323", "keep_alive_s", raw.keep_alive_s, 5, 7_200);
    finder.range("h323", "control_port_min", raw.control_port_min, 1_024, 65_535);
    if raw.control_port_max < raw.control_port_min {
        let at = [At::Key("h323"), At::Key("control_port_max")];
        finder.find(&at, "below `control_port_min`", "leave room for a port a call");
    }
    let gatekeeper = gatekeeper::gatekeeper(finder, &raw.gatekeeper, users);
    let upstream = gatekeeper::upstream(finder, &raw.upstream, environment);
    let listen = finder.list("h323", "listen", &raw.listen, fix);
    if raw.listen.is_empty() && (gatekeeper.is_some() || upstream.is_some()) {
        let at = [At::Key("h323"), At::Key("listen")];
        finder.find(&at, "gatekeepers need an address at which calls arrive", fix);
    }
    // A gatekeeper is told the first address, and tells it to rooms.
    let is_near = |address: &SocketAddr| address.ip().is_loopback();
    let is_far = upstream.as_ref().is_some_and(|there| !is_near(&there.gatekeeper));
    if is_far && listen.first().is_some_and(is_near) {
        let at = [At::Key("h323"), At::Key("listen")];
        finder.find(&at, "the upstream gatekeeper cannot bring calls to this machine alone", fix);
    }
    let is_open = gatekeeper.as_ref().is_some_and(|own| !is_near(&own.listen));
    if is_open && listen.first().is_some_and(is_near) {
        let at = [At::Key("h323"), At::Key("listen")];
        let what = "rooms that register from elsewhere cannot call this machine alone \
                    在其他机器上注册的会议室无法呼叫只监听本机的地址";
        finder.find(&at, what, fix);
    }
    H323 {
        listen,
        control_ports: raw.control_port_min..=raw.control_port_max,
        tunnelling: raw.tunnelling,
        fast_start: raw.fast_start,
        ring: Duration::from_secs(raw.ring_s),
        dscp: raw.dscp,
        keep_alive: Duration::from_secs(raw.keep_alive_s),
        limits: Limits {
            connections: raw.max_connections,
            connections_per_source: raw.max_connections_per_source,
            connections_per_gatekeeper: raw.max_connections_per_gatekeeper,
            ..Limits::default()
        },
        gatekeeper,
        upstream,
    }
}
