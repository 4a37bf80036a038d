//! Trunks: whether they live, our registrations there, how many calls they carry.

use super::dial::host_name;
use super::{Driver, Found, seed};
use crate::sip::account::Trunk;
use crate::sip::view::{TrunkHealth, TrunkRegistration, TrunkView, Views, wall};
use bytes::Bytes;
use causeway_base::{EndCause, LegId};
use causeway_proto::sip::health::{Health, State};
use causeway_proto::sip::location::Target;
use causeway_proto::sip::registration::{Account, Event, Output, Registration};
use causeway_proto::sip::{Command, Flow};
use sip_codec::{Response, SipUri, Uri};
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

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
    proxy: Option<SipUri>,
    health: Option<Health>,
    registration: Option<Registration>,
    /// Where its proxy is, the best first.
    ways: Vec<Target>,
    /// Its addresses are being looked up.
    is_looked_up: bool,
    /// The way that is asked: the next one after silence.
    turn: usize,
    /// When the connection by which the trunk calls us is kept alive next.
    next_ping: Option<Instant>,
}

impl Trunks {
    pub(super) fn new(now: Instant, trunks: &[Trunk], instance: &str) -> Self {
        let line = |(index, trunk): (usize, &Trunk)| {
            Line::new(now + SPREAD * u32::try_from(index).unwrap_or(0), trunk, instance)
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
        let ways = self.lines.get(index).map(|line| line.ways.as_slice()).unwrap_or_default();
        ways.iter().map(|way| way.address.ip()).collect()
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
        let asked = self.lines.iter().filter(|line| !line.is_looked_up).filter_map(Line::due);
        asked.chain(self.lines.iter().filter_map(|line| line.next_ping)).min()
    }
}

impl Line {
    fn new(first: Instant, trunk: &Trunk, instance: &str) -> Self {
        let proxy = trunk.target.clone().and_then(|target| Uri::parse(target).ok());
        let proxy = proxy.and_then(|uri| uri.as_sip().cloned());
        let asked = trunk.health_interval.filter(|_| proxy.is_some());
        let account = proxy.as_ref().and_then(|proxy| account(trunk, proxy, instance));
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
        };
        Self {
            view,
            proxy,
            health: asked.map(|interval| Health::new(interval, first)),
            registration,
            ways: Vec::new(),
            is_looked_up: false,
            turn: 0,
            next_ping: None,
        }
    }

    fn due(&self) -> Option<Instant> {
        let health = self.health.as_ref().and_then(Health::poll_timeout);
        let registration = self.registration.as_ref().and_then(Registration::poll_timeout);
        health.into_iter().chain(registration).min()
    }

    /// The way to ask now.
    fn way(&self) -> Option<Target> {
        self.ways.get(self.turn.checked_rem(self.ways.len())?).copied()
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

    fn learn(&mut self, now: Instant, status: Option<u16>) {
        let Some(health) = &mut self.health else { return };
        health.handle_answer(now, status);
        if status.is_none() {
            self.turn = self.turn.wrapping_add(1);
        }
        self.view.health = match health.state() {
            State::Untried => TrunkHealth::Unknown,
            State::Up => TrunkHealth::Up,
            State::Down if status.is_some() => TrunkHealth::Down(EndCause::CapacityReached),
            State::Down => TrunkHealth::Down(EndCause::SignallingTimeout),
        };
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
            let is_due = line.due().is_some_and(|due| due <= now);
            if !is_due || line.is_looked_up {
                continue;
            }
            let Some(proxy) = line.proxy.clone() else { continue };
            line.is_looked_up = true;
            let able = self.transports.abilities();
            let (found, dns) = (self.located.0.clone(), self.dns.clone());
            tokio::spawn(async move {
                let ways = dns.locate(&proxy, able).await;
                let _ = found.send(Found::Trunk { index, ways }).await;
            });
        }
    }

    pub(super) fn trunk_found(&mut self, index: usize, ways: Vec<Target>) {
        let now = Instant::now();
        let Some(line) = self.trunks.lines.get_mut(index) else { return };
        line.is_looked_up = false;
        line.ways = ways;
        let name = line.proxy.as_ref().and_then(|proxy| host_name(&proxy.host));
        let flow = line
            .way()
            .and_then(|way| self.transports.flow_to(way.carrier, way.address, name.as_deref()));
        if let Some(registration) = &mut line.registration {
            match flow {
                Some(flow) => registration.handle_timeout(now, flow),
                None => registration.unreachable(now),
            }
        }
        let asks = line.health.as_mut().is_some_and(|health| health.handle_timeout(now));
        match (asks, flow, line.proxy.clone()) {
            (true, Some(flow), Some(proxy)) => {
                let ping = index as u64;
                self.command(Command::Ping { ping, flow, target: proxy.into() });
            }
            (true, _, _) => line.learn(now, None),
            _ => {}
        }
        self.tell_of_trunk(now, index);
    }

    pub(super) fn trunk_pinged(&mut self, ping: u64, status: Option<u16>) {
        let Ok(index) = usize::try_from(ping) else { return };
        let now = Instant::now();
        if let Some(line) = self.trunks.lines.get_mut(index) {
            line.learn(now, status);
            self.tell_of_trunk(now, index);
        }
    }

    pub(super) fn trunk_responded(&mut self, number: u64, from: Flow, response: Option<&Response>) {
        let Ok(index) = usize::try_from(number) else { return };
        let now = Instant::now();
        let Some(line) = self.trunks.lines.get_mut(index) else { return };
        if response.is_none() {
            line.turn = line.turn.wrapping_add(1);
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
