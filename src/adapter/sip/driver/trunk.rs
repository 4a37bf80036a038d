//! Trunks: whether they live, our registrations there, how many calls they carry.

use super::dial::host_name;
use super::{Driver, Found, seed};
use crate::sip::account::Trunk;
use crate::sip::transport::Door;
use crate::sip::view::{ProxyView, TrunkHealth, TrunkRegistration, TrunkView, Views, wall};
use bytes::Bytes;
use causeway_base::{EndCause, LegId};
use causeway_proto::sip::health::{Health, State};
use causeway_proto::sip::location::Target;
use causeway_proto::sip::registration::{Account, Event, Output, Registration};
use causeway_proto::sip::{Command, Flow};
use sip_codec::{Response, SipUri, Text, Uri};
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// Between the first questions to trunks, so that not all are asked at once.
const SPREAD: Duration = Duration::from_millis(50);

/// Keeps a connection alive; whoever is there answers half of it (RFC 5626 section 4.4.1).
const PING: &[u8] = b"\r\n\r\n";

/// All trunks, as they are now.
#[derive(Debug)]
pub(super) struct Trunks {
    lines: Vec<Line>,
    /// Which trunk carries a call.
    legs: HashMap<LegId, usize>,
    /// Which trunks the ways lead by that a call has left; `None` where one leads directly.
    spare: HashMap<LegId, VecDeque<Option<usize>>>,
}

/// One trunk.
#[derive(Debug)]
struct Line {
    view: TrunkView,
    /// Where it is asked whether it lives. We register at the first.
    proxies: Vec<Proxy>,
    /// The number of the name that we bear there.
    bears: Option<u16>,
    registration: Option<Registration>,
    /// When the connection by which the trunk calls us is kept alive next.
    next_ping: Option<Instant>,
}

/// One proxy of a trunk.
#[derive(Debug)]
struct Proxy {
    uri: SipUri,
    health: Option<Health>,
    /// Where it is, the best first.
    ways: Vec<Target>,
    /// Its addresses are being looked up.
    is_looked_up: bool,
    /// The way that is asked: the next one after silence.
    turn: usize,
    /// It asked to be left alone until then.
    rests_until: Option<Instant>,
}

/// A proxy of a trunk, by their numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking {
    index: usize,
    proxy: usize,
}

/// Proxies of one trunk: Direct Routing has three.
pub(super) const MAX_PROXIES: usize = 16;

impl Asking {
    fn number(self) -> u64 {
        (self.index * MAX_PROXIES + self.proxy) as u64
    }

    fn of(number: u64) -> Option<Self> {
        let number = usize::try_from(number).ok()?;
        Some(Self { index: number / MAX_PROXIES, proxy: number % MAX_PROXIES })
    }
}

/// Where peers come that know us by a name.
pub(super) fn doors(trunks: &[Trunk]) -> Vec<Door> {
    let door = |(index, trunk): (usize, &Trunk)| {
        let teams = trunk.direct_routing.as_ref()?;
        Some(Door {
            bears: u16::try_from(index).ok()?,
            addresses: teams.listen.clone(),
            tls: teams.tls.clone()?,
        })
    };
    trunks.iter().enumerate().filter_map(door).collect()
}

/// The name by which a trunk knows us, at its number; empty where it knows our address.
pub(super) fn our_name(trunk: &Trunk) -> Text {
    let teams = trunk.direct_routing.as_ref();
    teams.map(|teams| Text::from(teams.fqdn.to_string())).unwrap_or_default()
}

impl Trunks {
    pub(super) fn new(now: Instant, trunks: &[Trunk], instance: &str) -> Self {
        let line = |(index, trunk): (usize, &Trunk)| {
            Line::new(now + SPREAD * u32::try_from(index).unwrap_or(0), index, trunk, instance)
        };
        Self {
            lines: trunks.iter().enumerate().map(line).collect(),
            legs: HashMap::new(),
            spare: HashMap::new(),
        }
    }

    pub(super) fn views(&self) -> Vec<TrunkView> {
        self.lines.iter().map(|line| line.view.clone()).collect()
    }

    /// Whether it has no room for a call.
    pub(super) fn is_full(&self, index: usize) -> bool {
        self.lines.get(index).is_some_and(|line| line.view.calls >= line.view.max_calls)
    }

    /// Whether a call out may try it.
    pub(super) fn is_usable(&self, index: usize) -> bool {
        self.lines.get(index).is_some_and(|line| line.view.is_usable())
    }

    /// The addresses that its proxy was found at.
    pub(super) fn proxies(&self, index: usize) -> Vec<IpAddr> {
        let proxies = self.lines.get(index).map(|line| line.proxies.as_slice());
        let ways = proxies.unwrap_or_default().iter().flat_map(|proxy| &proxy.ways);
        ways.map(|way| way.address.ip()).collect()
    }

    /// Its proxies in the order in which a call tries them: those that are silent or want to be
    /// left alone come last.
    pub(super) fn order(&self, index: usize, now: Instant) -> Vec<usize> {
        let proxies = self.lines.get(index).map(|line| line.proxies.as_slice());
        let proxies = proxies.unwrap_or_default();
        let mut order: Vec<usize> = (0..proxies.len()).collect();
        order.sort_by_key(|at| proxies.get(*at).is_some_and(|proxy| proxy.is_demoted(now)));
        order
    }

    /// The trunk that carries a call.
    pub(super) fn of(&self, leg: LegId) -> Option<usize> {
        self.legs.get(&leg).copied()
    }

    /// The number of the name that we bear towards the trunk of a call.
    pub(super) fn bears(&self, leg: LegId) -> Option<u16> {
        let line = self.legs.get(&leg).and_then(|index| self.lines.get(*index))?;
        line.bears
    }

    /// It carries a call from now on.
    pub(super) fn began(&mut self, index: usize, leg: LegId, views: &Views) {
        if let Some(line) = self.lines.get_mut(index) {
            self.legs.insert(leg, index);
            line.view.calls += 1;
            views.set_trunk(index, line.view.clone());
        }
    }

    /// A call goes out, by the first of these ways.
    pub(super) fn dialled(
        &mut self,
        leg: LegId,
        mut ways: VecDeque<Option<usize>>,
        views: &Views,
    ) -> Option<usize> {
        let first = ways.pop_front().flatten();
        if let Some(index) = first {
            self.began(index, leg, views);
        }
        self.spare.insert(leg, ways);
        first
    }

    /// A call goes on by its next way. Gives the trunk of it, and whether that had room.
    pub(super) fn went_on(&mut self, leg: LegId, views: &Views) -> (Option<usize>, bool) {
        let next = self.spare.get_mut(&leg).and_then(VecDeque::pop_front).flatten();
        if next.is_none() || next != self.legs.get(&leg).copied() {
            self.leave(leg, views);
            let has_room = next.is_none_or(|index| !self.is_full(index));
            if let Some(index) = next {
                self.began(index, leg, views);
            }
            return (next, has_room);
        }
        (next, true)
    }

    /// A call ended, of whatever trunk or none.
    pub(super) fn ended(&mut self, leg: LegId, views: &Views) {
        self.spare.remove(&leg);
        self.leave(leg, views);
    }

    fn leave(&mut self, leg: LegId, views: &Views) {
        let Some(index) = self.legs.remove(&leg) else { return };
        if let Some(line) = self.lines.get_mut(index) {
            line.view.calls = line.view.calls.saturating_sub(1);
            views.set_trunk(index, line.view.clone());
        }
    }

    /// A connection closed: a registration that held by it is made anew.
    pub(super) fn flow_lost(&mut self, now: Instant, flow: Flow) {
        for line in &mut self.lines {
            if let Some(registration) = &mut line.registration
                && registration.flow_lost(now, flow)
            {
                tracing::info!(trunk = %line.view.name, "the connection of a trunk is lost");
                line.next_ping = None;
            }
        }
    }

    /// When [`Driver::tend_trunks`] is due.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let due =
            |line: &Line| line.proxies.iter().enumerate().filter_map(|(at, _)| line.due(at)).min();
        let asked = self.lines.iter().filter_map(due);
        asked.chain(self.lines.iter().filter_map(|line| line.next_ping)).min()
    }
}

impl Line {
    fn new(first: Instant, index: usize, trunk: &Trunk, instance: &str) -> Self {
        let teams = trunk.direct_routing.as_ref();
        let targets = match teams {
            Some(teams) => teams.proxies.as_slice(),
            None => trunk.target.as_slice(),
        };
        let uri = |target: &String| Uri::parse(target.clone()).ok()?.as_sip().cloned();
        let uris = targets.iter().filter_map(uri).take(MAX_PROXIES);
        let proxies: Vec<Proxy> = uris.map(|uri| Proxy::new(first, trunk, uri)).collect();
        let account = proxies.first().and_then(|proxy| account(trunk, &proxy.uri, instance));
        let registration = account.map(|account| Registration::new(first, account, seed()));
        let view = TrunkView {
            name: Arc::clone(&trunk.name),
            health: TrunkHealth::Unknown,
            registration: match registration {
                Some(_) => TrunkRegistration::Trying,
                None => TrunkRegistration::NotWanted,
            },
            calls: 0,
            max_calls: trunk.max_calls,
            proxies: proxies.iter().map(Proxy::view).collect(),
            asked_at: None,
        };
        let bears = teams.and_then(|_| u16::try_from(index).ok());
        Self { view, proxies, bears, registration, next_ping: None }
    }

    /// When a proxy is to be asked next. Not while it is looked up.
    fn due(&self, at: usize) -> Option<Instant> {
        let proxy = self.proxies.get(at).filter(|proxy| !proxy.is_looked_up)?;
        let health = proxy.health.as_ref().and_then(Health::poll_timeout);
        let registration = self.registration.as_ref().filter(|_| at == 0);
        let registration = registration.and_then(Registration::poll_timeout);
        health.into_iter().chain(registration).min()
    }

    /// The connection that is to be kept alive now, if any.
    fn ping(&mut self, now: Instant) -> Option<Flow> {
        let kept = self.registration.as_ref().and_then(Registration::kept_alive);
        let Some((flow, timer)) = kept else {
            self.next_ping = None;
            return None;
        };
        // Before the timer runs out, and not at the same moment as the refresh.
        let next = now + timer * 4 / 5;
        match self.next_ping {
            Some(at) if at > now => None,
            Some(_) => {
                self.next_ping = Some(next);
                Some(flow)
            }
            None => {
                self.next_ping = Some(next);
                None
            }
        }
    }

    /// What became of a question. A trunk lives as long as one of its proxies does.
    fn learn(&mut self, now: Instant, at: usize, status: Option<u16>) {
        let (proxy, view) = (self.proxies.get_mut(at), self.view.proxies.get_mut(at));
        let (Some(proxy), Some(view)) = (proxy, view) else { return };
        let Some(health) = &mut proxy.health else { return };
        // Who knows us by a name and does not want us carries no calls either.
        let is_refused = self.bears.is_some() && status.is_some_and(|status| status >= 300);
        health.handle_answer(now, if is_refused { Some(503) } else { status });
        if status.is_none() {
            proxy.turn = proxy.turn.wrapping_add(1);
        } else {
            view.answered_at = Some(SystemTime::now());
        }
        view.health = match health.state() {
            State::Untried => TrunkHealth::Unknown,
            State::Up => TrunkHealth::Up,
            State::Down => TrunkHealth::Down(match status {
                // It does not want us: another name, or nobody there knows ours.
                Some(403) => EndCause::Forbidden,
                Some(_) => EndCause::CapacityReached,
                None => EndCause::SignallingTimeout,
            }),
        };
        let rank = |health: &TrunkHealth| match health {
            TrunkHealth::Up => 0,
            TrunkHealth::Unknown => 1,
            TrunkHealth::Down(_) => 2,
        };
        let best = self.view.proxies.iter().map(|proxy| proxy.health).min_by_key(rank);
        self.view.health = best.unwrap_or(TrunkHealth::Unknown);
    }
}

impl Proxy {
    fn new(first: Instant, trunk: &Trunk, mut uri: SipUri) -> Self {
        let health = trunk.health_interval.map(|interval| match &trunk.direct_routing {
            // More often than once a minute it does not like to be asked, whatever was lost.
            Some(_) => Health::steady(interval, first),
            None => Health::new(interval, first),
        });
        if trunk.direct_routing.is_some() {
            uri.params.set("transport", "tls");
        }
        Self { uri, health, ways: Vec::new(), is_looked_up: false, turn: 0, rests_until: None }
    }

    fn view(&self) -> ProxyView {
        let port = self.uri.port.map(|port| format!(":{port}")).unwrap_or_default();
        let host = format!("{}{port}", self.uri.host);
        ProxyView { host, health: TrunkHealth::Unknown, answered_at: None }
    }

    /// The way to ask now.
    fn way(&self) -> Option<Target> {
        self.ways.get(self.turn.checked_rem(self.ways.len())?).copied()
    }

    fn is_demoted(&self, now: Instant) -> bool {
        let is_down = self.health.as_ref().is_some_and(|health| !health.is_usable());
        is_down || self.rests_until.is_some_and(|until| now < until)
    }

    /// Whom an OPTIONS asks: the host alone, where it goes by name.
    fn asked(&self, bears: Option<u16>) -> Uri {
        let mut uri = self.uri.clone();
        if bears.is_some() {
            uri.params = Default::default();
        }
        uri.into()
    }
}

/// What we register: our account's address at the proxy's host.
fn account(trunk: &Trunk, proxy: &SipUri, instance: &str) -> Option<Account> {
    let (expires, credentials) = (trunk.register?, trunk.credentials.clone()?);
    let mut host = proxy.clone();
    host.params = Default::default();
    host.user = None;
    let mut aor = host.clone().with_user(&credentials.username);
    aor.port = None;
    Some(Account {
        registrar: host.into(),
        aor: aor.into(),
        contact_user: credentials.username.clone(),
        route: Vec::new(),
        credentials: Some(credentials),
        expires,
        instance: instance.to_owned(),
    })
}

impl Driver {
    /// Asks what is due: looks the trunk up anew (the answer is kept for its time to live), then
    /// asks by the way found.
    pub(super) fn tend_trunks(&mut self, now: Instant) {
        for line in &mut self.trunks.lines {
            if let Some(flow) = line.ping(now) {
                // One that closes meanwhile says so itself.
                let _ = self.transports.send(flow, Bytes::from_static(PING));
            }
        }
        for (index, line) in self.trunks.lines.iter_mut().enumerate() {
            let able = self.transports.abilities_at(line.bears);
            for at in 0..line.proxies.len() {
                let is_due = line.due(at).is_some_and(|due| due <= now);
                let Some(proxy) = line.proxies.get_mut(at).filter(|_| is_due) else { continue };
                proxy.is_looked_up = true;
                let uri = proxy.uri.clone();
                let (found, dns) = (self.located.0.clone(), self.dns.clone());
                tokio::spawn(async move {
                    let ways = dns.locate(&uri, able).await;
                    let asked = Asking { index, proxy: at };
                    let _ = found.send(Found::Trunk { asked, ways }).await;
                });
            }
        }
    }

    pub(super) fn trunk_found(&mut self, asked: Asking, ways: Vec<Target>) {
        let now = Instant::now();
        let Some(line) = self.trunks.lines.get_mut(asked.index) else { return };
        let bears = line.bears;
        let Some(proxy) = line.proxies.get_mut(asked.proxy) else { return };
        proxy.is_looked_up = false;
        proxy.ways = ways;
        let name = host_name(&proxy.uri.host);
        let flow = proxy.way().and_then(|way| {
            self.transports.flow_to(way.carrier, way.address, name.as_deref(), bears)
        });
        let asks = proxy.health.as_mut().is_some_and(|health| health.handle_timeout(now));
        let target = proxy.asked(bears);
        if let Some(registration) = line.registration.as_mut().filter(|_| asked.proxy == 0) {
            match flow {
                Some(flow) => registration.handle_timeout(now, flow),
                None => registration.unreachable(now),
            }
        }
        match (asks, flow) {
            (true, Some(flow)) => {
                self.command(Command::Ping { ping: asked.number(), flow, target })
            }
            (true, None) => line.learn(now, asked.proxy, None),
            (false, _) => {}
        }
        self.tell_of_trunk(now, asked.index);
    }

    pub(super) fn trunk_pinged(&mut self, ping: u64, status: Option<u16>) {
        let Some(Asking { index, proxy }) = Asking::of(ping) else { return };
        let now = Instant::now();
        if let Some(line) = self.trunks.lines.get_mut(index) {
            line.learn(now, proxy, status);
            self.tell_of_trunk(now, index);
        }
    }

    /// The trunk that knows us by this name asked whether we live.
    pub(super) fn trunk_asked(&mut self, flow: Flow) {
        let Some(index) = flow.name.map(usize::from) else { return };
        if let Some(line) = self.trunks.lines.get_mut(index) {
            line.view.asked_at = Some(SystemTime::now());
            self.views.set_trunk(index, line.view.clone());
        }
    }

    /// A proxy has too much to do: its connection is closed, and calls try it last for a while.
    pub(super) fn trunk_rests(&mut self, flow: Flow, retry_after: Duration) {
        self.transports.close(flow);
        let until = Instant::now() + retry_after;
        let line = flow.name.and_then(|bears| self.trunks.lines.get_mut(usize::from(bears)));
        let proxies = line.map(|line| line.proxies.as_mut_slice()).unwrap_or_default();
        let is_meant = |proxy: &&mut Proxy| proxy.ways.iter().any(|way| way.address == flow.remote);
        for proxy in proxies.iter_mut().filter(is_meant) {
            proxy.rests_until = Some(until);
        }
    }

    pub(super) fn trunk_responded(&mut self, number: u64, from: Flow, response: Option<&Response>) {
        let Ok(index) = usize::try_from(number) else { return };
        let now = Instant::now();
        let Some(line) = self.trunks.lines.get_mut(index) else { return };
        if let Some(proxy) = line.proxies.first_mut().filter(|_| response.is_none()) {
            proxy.turn = proxy.turn.wrapping_add(1);
        }
        if let Some(registration) = &mut line.registration {
            registration.handle_response(now, from, response);
        }
        self.tell_of_trunk(now, index);
    }

    /// Takes our registrations back: nobody shall be sent to a node that is gone.
    pub(super) fn leave_trunks(&mut self) {
        let now = Instant::now();
        for index in 0..self.trunks.lines.len() {
            if let Some(line) = self.trunks.lines.get_mut(index)
                && let Some(registration) = &mut line.registration
            {
                registration.stop(now, None);
            }
            self.tell_of_trunk(now, index);
        }
    }

    /// Carries out what a registration wants, and shows how the trunk stands.
    fn tell_of_trunk(&mut self, now: Instant, index: usize) {
        let mut requests = Vec::new();
        let Some(line) = self.trunks.lines.get_mut(index) else { return };
        if let Some(registration) = &mut line.registration {
            loop {
                match registration.poll_output() {
                    Output::Send { flow, request } => requests.push((flow, request)),
                    Output::Event(event) => {
                        line.view.registration = shown(now, event, registration);
                    }
                    Output::Timeout(_) => break,
                }
            }
        }
        line.ping(now);
        self.views.set_trunk(index, line.view.clone());
        for (flow, request) in requests {
            self.command(Command::Request { number: index as u64, flow, request });
        }
    }
}

/// A failed refresh leaves what was granted before.
fn shown(now: Instant, event: Event, registration: &Registration) -> TrunkRegistration {
    match event {
        Event::Registered { until } => TrunkRegistration::Registered { until: wall(until) },
        Event::Failed { cause, .. } => match registration.until().filter(|until| *until > now) {
            Some(until) => TrunkRegistration::Registered { until: wall(until) },
            None => TrunkRegistration::Failed(cause),
        },
        Event::Unregistered => TrunkRegistration::NotWanted,
    }
}
