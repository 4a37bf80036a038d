//! Our gatekeeper, in the task of RAS.

use super::config::{Admission, AdmissionRequest, By, Decision, GatekeeperConfig, RasConfig};
use super::socket::{self, Sockets, Which};
use super::view::{AdmittedCall, RegistrationView, Views};
use super::{RasEvent, RoomCall, Usage};
use crate::h323::facts::name_at;
use crate::h323::locate::CALL_PORT;
use crate::local::LocalAddresses;
use causeway_base::{Alias, EndCause};
use causeway_dial::network::customer;
use causeway_dial::{Attempt, AttemptRule, AttemptRules, Attempts, Network, RateLimit, RateRule};
use causeway_proto::h323::ras::gatekeeper::{
    AskedCall, Command, Config, Event, Gatekeeper, Identity, Input, Local, Neighbour, Output,
    QuestionId, Reach, Registrant, User,
};
use causeway_proto::h323::ras::{CallKey, Clock};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::oneshot;

/// Rates of H.225.0 are in 100 bit/s.
const UNIT: u64 = 100;

/// Messages of one address that is not registered: a thousand rooms behind one router that come
/// back at once after a failure, and repeat themselves.
const STRANGERS: (u32, u32) = (100, 2_000);

/// Messages of one address where a room is registered, or of a neighbour: those of 200 calls a
/// second.
const KNOWN: (u32, u32) = (1_000, 4_000);

/// Searches at neighbours at a time.
const MAX_SEARCHES: usize = 1_000;

/// Calls between rooms that are remembered for their records: two for each room of a large company,
/// some 10 MB. More go on, and have none.
const MAX_AWAY: usize = 20_000;

/// How long a room is told to wait while neighbours are asked: as long as they are (H.225.0
/// table 18).
const SEARCH_PATIENCE: Duration = Duration::from_secs(12);

/// Wrong passwords from one source, whoever's they are; one user's are limited much earlier.
const WRONG_BY_SOURCE: AttemptRule =
    AttemptRule { wrong: causeway_dial::attempt::MAX_WRONG, window: Duration::from_secs(600) };

/// Who waits for a search at neighbours.
#[derive(Debug)]
enum Search {
    /// A room, to be admitted to there.
    Room(QuestionId, Box<Away>),
    /// Somebody who asked through the handle.
    Handle(oneshot::Sender<Option<SocketAddr>>),
}

/// A call that goes elsewhere than to us, and whose it is: where that takes RAS.
#[derive(Debug)]
struct Away {
    by: SocketAddr,
    key: CallKey,
    call: RoomCall,
}

/// It, and what it decides by.
pub(super) struct Rooms {
    gatekeeper: Gatekeeper,
    open: Vec<Network>,
    neighbours: Vec<SocketAddr>,
    admission: Admission,
    attempts: Attempts,
    strangers: RateLimit,
    known: RateLimit,
    searches: HashMap<u64, Search>,
    last_search: u64,
    /// Calls between rooms that we only hear of: such that the gatekeeper has, at most [`MAX_AWAY`].
    away: HashMap<(SocketAddr, CallKey), RoomCall>,
    call_address: SocketAddr,
    pub(super) due: Option<Instant>,
    /// Where the datagram came from that is being answered, and by which socket.
    answering: Option<(SocketAddr, Which)>,
}

impl Rooms {
    pub(super) fn new(
        config: &RasConfig,
        ours: &GatekeeperConfig,
        sockets: &Sockets,
        locals: &LocalAddresses,
        clock: Clock,
    ) -> Self {
        let limit = |(per_second, burst)| {
            RateLimit::new(RateRule { per_second, burst, exempt: Vec::new() })
        };
        let users = ours.users.iter().map(|user| User {
            name: Arc::from(user.name.as_str()),
            key: user.key.clone(),
            aliases: user.aliases.clone(),
        });
        let neighbours = ours.neighbours.iter().map(|neighbour| Neighbour {
            address: neighbour.address,
            reply: sockets
                .seen(Which::Gatekeeper, neighbour.address, locals)
                .unwrap_or(ours.listen),
            prefixes: neighbour.prefixes.clone(),
        });
        let mut seed = config.seed;
        // The numbers of the other machine say nothing of this one's.
        seed.iter_mut().for_each(|byte| *byte ^= 0x5a);
        Self {
            gatekeeper: Gatekeeper::new(Config {
                identifier: ours.identifier.clone(),
                time_to_live: ours.time_to_live,
                bandwidth: u32::try_from(ours.bandwidth / UNIT).unwrap_or(u32::MAX),
                routed: ours.routed,
                users: users.collect(),
                neighbours: neighbours.collect(),
                clock,
                seed,
            }),
            open: ours.open.clone(),
            neighbours: ours.neighbours.iter().map(|neighbour| neighbour.address).collect(),
            admission: Arc::clone(&ours.admission),
            attempts: Attempts::new(AttemptRules {
                source: WRONG_BY_SOURCE,
                ..AttemptRules::default()
            }),
            strangers: limit(STRANGERS),
            known: limit(KNOWN),
            searches: HashMap::new(),
            last_search: 0,
            away: HashMap::new(),
            call_address: config.call_address,
            due: None,
            answering: None,
        }
    }

    pub(super) fn is_idle(&self) -> bool {
        self.gatekeeper.is_idle()
    }

    pub(super) fn datagram(
        &mut self,
        now: Instant,
        (from, which): (SocketAddr, Which),
        data: &[u8],
        sockets: &Sockets,
        locals: &LocalAddresses,
    ) {
        let known = self.gatekeeper.registrant(from).is_some() || self.neighbours.contains(&from);
        let limit = if known { &mut self.known } else { &mut self.strangers };
        if !limit.take(now, from.ip()) {
            return;
        }
        let Some(ras) = sockets.seen(Which::Gatekeeper, from, locals) else { return };
        let local = Local { ras, call: socket::seen(self.call_address, from, locals) };
        self.answering = Some((from, which));
        self.gatekeeper.handle_input(now, Input::Datagram { from, local, data });
    }

    pub(super) fn command(&mut self, now: Instant, command: Command) {
        self.gatekeeper.handle_input(now, Input::Command(command));
    }

    pub(super) fn timeout(&mut self, now: Instant) {
        self.gatekeeper.handle_timeout(now);
    }

    /// Asks the neighbours for who asked through the handle.
    pub(super) fn find(
        &mut self,
        now: Instant,
        name: String,
        answer: oneshot::Sender<Option<SocketAddr>>,
    ) {
        self.search(now, name, Search::Handle(answer));
    }

    fn search(&mut self, now: Instant, name: String, search: Search) {
        if self.searches.len() >= MAX_SEARCHES {
            return self.found(now, search, None);
        }
        self.last_search += 1;
        self.searches.insert(self.last_search, search);
        self.command(now, Command::Find(self.last_search, name));
    }

    fn found(&mut self, now: Instant, search: Search, address: Option<SocketAddr>) {
        match (search, address) {
            (Search::Handle(answer), address) => {
                let _ = answer.send(address);
            }
            (Search::Room(question, away), Some(address)) => {
                self.send_away(now, question, *away, address);
            }
            (Search::Room(question, _), None) => {
                self.command(now, Command::Refuse(question, EndCause::NotFound));
            }
        }
    }

    /// What it sends and what it tells, until it has nothing more to say.
    pub(super) fn drain(
        &mut self,
        now: Instant,
        views: &Views,
        sent: &mut Vec<(Which, SocketAddr, Vec<u8>)>,
        told: &mut Vec<RasEvent>,
    ) {
        loop {
            match self.gatekeeper.poll_output() {
                Output::Transmit { to, data } => {
                    let way = self.answering.filter(|(from, _)| *from == to);
                    sent.push((way.map_or(Which::Gatekeeper, |(_, which)| which), to, data));
                }
                Output::Event(event) => self.event(now, event, views, told),
                Output::Timeout(due) => {
                    self.due = due;
                    self.answering = None;
                    return;
                }
            }
        }
    }

    fn event(&mut self, now: Instant, event: Event, views: &Views, told: &mut Vec<RasEvent>) {
        match event {
            Event::Registering(question, registrant) => {
                let answer = match self.may_register(now, &registrant) {
                    Ok(()) => Command::Register(question),
                    Err(cause) => Command::Refuse(question, cause),
                };
                self.command(now, answer);
            }
            Event::Registered(registrant, until) => views.set_room(view(&registrant, now, until)),
            Event::Unregistered(registrant) => views.drop_room(registrant.ras),
            Event::Admission { question, by, call, here } => {
                self.admission(now, question, &by, *call, here, views);
            }
            Event::Left { by, call, usage } => {
                views.drop_call(call, by.ip());
                told.push(RasEvent::RoomLeft(call));
                let away = self.away.remove(&(by, call));
                told.extend(
                    away.map(|call| RasEvent::RoomCalled(Box::new(RoomCall { usage, ..call }))),
                );
            }
            Event::Bandwidth { by, call, bandwidth } => {
                let bandwidth = u64::from(bandwidth) * UNIT;
                if views.set_bandwidth(call, by.ip(), bandwidth) {
                    told.push(RasEvent::Bandwidth(call, bandwidth));
                }
            }
            Event::Location { question, by, of, here } => {
                self.location(now, question, by, &of, here, views);
            }
            Event::Found(query, address) => {
                if let Some(search) = self.searches.remove(&query) {
                    self.found(now, search, address);
                }
            }
        }
    }

    /// Whether an endpoint may register. Guessers are slowed by source and by user.
    fn may_register(&mut self, now: Instant, registrant: &Registrant) -> Result<(), EndCause> {
        let (user, right) = match &registrant.identity {
            Identity::Anybody => {
                let open = self.open.iter().any(|network| network.contains(registrant.ras.ip()));
                return if open { Ok(()) } else { Err(EndCause::Unauthorized) };
            }
            Identity::Proved(user) => (user, true),
            Identity::Unproved(user) => (user, false),
        };
        let source = registrant.ras.ip();
        let mut hasher = DefaultHasher::new();
        (user, customer(source)).hash(&mut hasher);
        let attempt =
            Attempt { source: Some(source), caller: Some(hasher.finish()), ..Attempt::default() };
        let permit = self.attempts.check(now, &attempt);
        let permit = permit.map_err(|_| EndCause::AttemptsExhausted)?;
        if right {
            self.attempts.succeeded(now, permit);
            return Ok(());
        }
        if self.attempts.failed(now, permit).is_some() {
            tracing::warn!("too many wrong H.323 passwords from one source");
        }
        Err(EndCause::Unauthorized)
    }

    /// Has a room connect to us for a call.
    pub(super) fn indicate(
        &mut self,
        now: Instant,
        (ras, call): (SocketAddr, [u8; 16]),
        locals: &LocalAddresses,
    ) {
        let here = socket::seen(self.call_address, ras, locals);
        self.command(now, Command::Indicate { ras, call, here });
    }

    /// A room calls elsewhere.
    fn send_away(&mut self, now: Instant, question: QuestionId, away: Away, address: SocketAddr) {
        self.command(now, Command::Admit(question, address));
        let Away { by, key, call } = away;
        // It may have given up meanwhile.
        if self.away.len() < MAX_AWAY && self.gatekeeper.has_call(by, &key) {
            self.away.insert((by, key), call);
        }
    }

    /// Where the registered room of the first of these names takes calls. To one behind a firewall
    /// only we get through.
    fn room(&self, names: &[String]) -> Option<SocketAddr> {
        let room = names.iter().find_map(|name| self.gatekeeper.named(name))?;
        (room.reach == Reach::Direct).then_some(room.call)
    }

    fn admission(
        &mut self,
        now: Instant,
        question: QuestionId,
        by: &Registrant,
        call: AskedCall,
        here: SocketAddr,
        views: &Views,
    ) {
        let AskedCall { key, to, destination, bandwidth, .. } = call;
        let Dialled { names, place } = Dialled::read(&to, destination, here);
        let at = place.and_then(|place| self.gatekeeper.at(place));
        let at = at.filter(|room| room.reach == Reach::Direct);
        let room = at.and_then(|room| room.aliases.first()).cloned();
        let asked = AdmissionRequest {
            by: By::Room(key),
            room: self.room(&names),
            at: at.map(|room| room.call),
            called: names,
            destination: place,
            here,
            calling: by.aliases.clone(),
            user: user(by),
            source: by.ras,
            bandwidth: u64::from(bandwidth) * UNIT,
        };
        match (self.admission)(&asked) {
            Decision::Here => {
                views.set_call(key, AdmittedCall { room, ..admitted(by, &asked) });
                self.command(now, Command::Admit(question, here));
            }
            Decision::Direct(address) => {
                self.send_away(now, question, away(by, key, &asked), address);
            }
            Decision::Refuse(cause) => self.command(now, Command::Refuse(question, cause)),
            Decision::Neighbour => match asked.called.first().cloned() {
                Some(name) => {
                    self.command(now, Command::Wait(question, SEARCH_PATIENCE));
                    let away = Box::new(away(by, key, &asked));
                    self.search(now, name, Search::Room(question, away));
                }
                None => self.command(now, Command::Refuse(question, EndCause::BadAddress)),
            },
        }
    }

    fn location(
        &mut self,
        now: Instant,
        question: QuestionId,
        by: SocketAddr,
        of: &[String],
        here: SocketAddr,
        views: &Views,
    ) {
        let Dialled { names, .. } = Dialled::read(of, None, here);
        let asked = AdmissionRequest {
            by: By::Neighbour,
            room: self.room(&names),
            at: None,
            called: names,
            destination: None,
            here,
            calling: Vec::new(),
            user: None,
            source: by,
            bandwidth: 0,
        };
        let answer = match (self.admission)(&asked) {
            Decision::Here => {
                // Who calls comes from wherever it is; by these names it may.
                views.expect(now, &asked.called);
                Command::Admit(question, here)
            }
            Decision::Direct(address) => Command::Admit(question, address),
            Decision::Refuse(cause) => Command::Refuse(question, cause),
            Decision::Neighbour => Command::Refuse(question, EndCause::NotFound),
        };
        self.command(now, answer);
    }
}

fn user(registrant: &Registrant) -> Option<Arc<str>> {
    match &registrant.identity {
        Identity::Proved(user) => Some(Arc::clone(user)),
        _ => None,
    }
}

fn admitted(by: &Registrant, asked: &AdmissionRequest) -> AdmittedCall {
    AdmittedCall {
        user: asked.user.clone(),
        calling: asked.calling.clone(),
        called: asked.called.clone(),
        source: by.ras.ip(),
        bandwidth: asked.bandwidth,
        reach: by.reach,
        room: None,
    }
}

/// What an endpoint dialled: names, and an address that is not ours.
struct Dialled {
    names: Vec<String>,
    place: Option<SocketAddr>,
}

impl Dialled {
    /// `IP##8001`, `8001@IP` and an address alone may stand among the names; with our own address,
    /// `here`, they are a name of ours.
    fn read(to: &[String], destination: Option<SocketAddr>, here: SocketAddr) -> Self {
        let is_ours = |place: SocketAddr| {
            place.ip().to_canonical() == here.ip().to_canonical()
                && [here.port(), CALL_PORT].contains(&place.port())
        };
        let (mut names, mut places) = (Vec::new(), Vec::from_iter(destination));
        for name in to {
            let address = name.parse::<SocketAddr>();
            if let Ok(place) =
                address.or_else(|_| name.parse().map(|ip| SocketAddr::new(ip, CALL_PORT)))
            {
                places.push(place);
                continue;
            }
            match name_at(name, here.ip()) {
                Some(Alias::H323 { user, host }) => match host.parse::<IpAddr>() {
                    Ok(ip) if is_ours(SocketAddr::new(ip, CALL_PORT)) => names.push(user),
                    Ok(ip) => {
                        places.push(SocketAddr::new(ip, CALL_PORT));
                        names.push(name.clone());
                    }
                    Err(_) => names.push(name.clone()),
                },
                _ => names.push(name.clone()),
            }
        }
        Self { names, place: places.into_iter().find(|place| !is_ours(*place)) }
    }
}

fn away(by: &Registrant, key: CallKey, asked: &AdmissionRequest) -> Away {
    let call = RoomCall {
        calling: asked.calling.first().cloned().unwrap_or_default(),
        called: asked.called.first().cloned().unwrap_or_default(),
        source: by.ras.ip(),
        here: asked.here.ip(),
        began: SystemTime::now(),
        usage: Usage::default(),
    };
    Away { by: by.ras, key, call }
}

/// What is shown of a room.
fn view(registrant: &Registrant, now: Instant, until: Instant) -> RegistrationView {
    RegistrationView {
        user: user(registrant),
        aliases: registrant.aliases.clone(),
        ras: registrant.ras,
        call: registrant.call,
        reach: registrant.reach,
        until: SystemTime::now() + until.saturating_duration_since(now),
        product: registrant.product.clone(),
    }
}

impl std::fmt::Debug for Rooms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rooms").field("gatekeeper", &self.gatekeeper).finish_non_exhaustive()
    }
}
