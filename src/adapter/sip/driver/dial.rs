//! Calls that go out: to a registered device, by a trunk, or to an address.

use super::{Driver, Found, Life, seed};
use crate::sip::account::Trunk;
use crate::sip::leg::CallLeg;
use crate::sip::resolver::Dns;
use causeway_base::{Alias, EndCause, LegId};
use causeway_conference::{LegCommand, LegEvent, PortAddress};
use causeway_plan::{Encryption, OfferPolicy, SrtpSuite};
use causeway_proto::sip::location::{Abilities, Target};
use causeway_proto::sip::{Carrier, Command, Flow, Hop, Invite, Presentation};
use sip_codec::header::NameAddr;
use sip_codec::{Host, SipUri, Text, Uri};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

/// Trunks of one call: each may name another that stands in for it.
const MAX_TRUNKS: usize = 4;

/// What a call out needs, but for its way.
#[derive(Debug)]
pub(super) struct Dialled {
    leg: LegId,
    calling: Alias,
    display_name: String,
    private: bool,
    policy: Box<OfferPolicy>,
    media: PortAddress,
}

/// A request-URI, whose proxy is to be looked up.
#[derive(Clone, Debug)]
struct Goal {
    /// The request-URI.
    target: Uri,
    /// What is looked up.
    proxy: SipUri,
    /// The trunk that carries it.
    trunk: Option<usize>,
    /// The number of the name that we bear there.
    bears: Option<u16>,
}

/// Where the requests of a call go, by name.
#[derive(Debug)]
pub(super) struct Sought {
    leg: LegId,
    host: Option<String>,
    bears: Option<u16>,
    ways: Vec<Target>,
}

/// A call whose ways are known.
#[derive(Debug)]
pub(super) struct Located {
    call: Dialled,
    ways: Vec<(Goal, Target)>,
}

/// A way to the callee.
#[derive(Debug)]
struct Way {
    flow: Flow,
    target: Uri,
    /// The Path of a registered device.
    route: Vec<NameAddr>,
    trunk: Option<usize>,
}

impl Driver {
    pub(super) fn dial(&mut self, command: LegCommand) {
        let LegCommand::Dial { leg, target, trunk, calling, display_name, private, policy, media } =
            command
        else {
            return;
        };
        if matches!(self.life, Life::Stopping(_)) {
            return self.never_began(leg, EndCause::Draining);
        }
        let Some(media) = media.ports() else {
            return self.never_began(leg, EndCause::Internal);
        };
        let call = Dialled { leg, calling, display_name, private, policy, media };
        match trunk {
            Some(name) => match user_of(&target) {
                Some(user) => self.dial_by_trunk(call, &user, &name),
                None => self.never_began(leg, EndCause::BadAddress),
            },
            None => self.dial_directly(call, target),
        }
    }

    fn dial_directly(&mut self, call: Dialled, target: String) {
        let leg = call.leg;
        let Ok(target) = Uri::parse(target) else {
            return self.never_began(leg, EndCause::BadAddress);
        };
        match self.registered(&target, call.media.advertised) {
            Some(ways) if ways.is_empty() => self.never_began(leg, EndCause::NoAnswer),
            Some(ways) => self.invite(call, ways),
            None => match target.as_sip().cloned() {
                Some(proxy) => {
                    self.locate(call, vec![Goal { target, proxy, trunk: None, bears: None }]);
                }
                None => self.never_began(leg, EndCause::BadAddress),
            },
        }
    }

    fn never_began(&mut self, leg: LegId, cause: EndCause) {
        self.outbox.push_back(LegEvent::Ended { leg, cause });
    }

    /// The ways to a user of ours: by those on which it registered. `None`: nobody of ours.
    fn registered(&self, target: &Uri, local: IpAddr) -> Option<Vec<Way>> {
        let alias = crate::sip::facts::alias(target)?;
        let user = self.accounts.user_at(&alias, local)?;
        let contacts = self.contacts_of(&user.name);
        let way = |contact: causeway_proto::sip::registrar::Target| Way {
            flow: contact.flow,
            target: contact.uri,
            route: contact.path,
            trunk: None,
        };
        Some(contacts.into_iter().map(way).collect())
    }

    /// By a trunk that can carry it, or by those that stand in for it.
    fn dial_by_trunk(&mut self, call: Dialled, user: &Text, name: &str) {
        let mut goals: Vec<Goal> = Vec::new();
        let mut next = self.accounts.trunk_named(name);
        for _ in 0..MAX_TRUNKS {
            let Some((index, trunk)) = next.and_then(|i| Some((i, self.accounts.trunks.get(i)?)))
            else {
                break;
            };
            if goals.iter().any(|goal| goal.trunk == Some(index)) {
                break;
            }
            if self.trunks.is_usable(index) {
                match &trunk.direct_routing {
                    None => goals.extend(goal_of(index, trunk, user)),
                    Some(teams) if is_e164(user) => {
                        let order = self.trunks.order(index, Instant::now());
                        let proxies = order.into_iter().filter_map(|at| teams.proxies.get(at));
                        let goals_of = proxies.filter_map(|proxy| goal_by_name(index, proxy, user));
                        goals.extend(goals_of);
                    }
                    Some(_) => return self.never_began(call.leg, EndCause::BadAddress),
                }
            }
            next = trunk.fallback.as_deref().and_then(|name| self.accounts.trunk_named(name));
        }
        if goals.is_empty() {
            return self.never_began(call.leg, EndCause::NoTrunk);
        }
        self.locate(call, goals);
    }

    /// Looks the ways up beside the task.
    fn locate(&mut self, call: Dialled, goals: Vec<Goal>) {
        self.pending.insert(call.leg);
        let (found, dns) = (self.located.0.clone(), self.dns.clone());
        let able = |goal: Goal| (self.transports.abilities_at(goal.bears), goal);
        let goals = goals.into_iter().map(able).collect();
        tokio::spawn(async move {
            let ways = look_up(&dns, goals).await;
            let _ = found.send(Found::Call(Box::new(Located { call, ways }))).await;
        });
    }

    pub(super) fn located(&mut self, Located { call, ways: found }: Located) {
        if !self.pending.remove(&call.leg) {
            return; // Given up meanwhile, and told so.
        }
        let mut ways = Vec::new();
        for (goal, way) in found {
            let name = host_name(&goal.proxy.host);
            let flow =
                self.transports.flow_to(way.carrier, way.address, name.as_deref(), goal.bears);
            let Some(flow) = flow else { continue };
            ways.push(Way { flow, target: goal.target, route: Vec::new(), trunk: goal.trunk });
        }
        if ways.is_empty() {
            return self.never_began(call.leg, EndCause::Unreachable);
        }
        self.invite(call, ways);
    }

    fn invite(&mut self, call: Dialled, ways: Vec<Way>) {
        let leg = call.leg;
        let trunks = ways.iter().map(|way| way.trunk).collect();
        let hops: Option<Vec<Hop>> = ways.into_iter().map(|way| self.hop(&call, way)).collect();
        let mut hops = hops.unwrap_or_default().into_iter();
        let Some(first) = hops.next() else { return self.never_began(leg, EndCause::BadAddress) };
        let Dialled { private, mut policy, media, .. } = call;
        if first.flow.name.is_some() {
            harden(&mut policy);
        }
        let (leg_state, offer) =
            CallLeg::dialled(leg, first.flow.remote.ip(), *policy, media, seed());
        self.calls.insert(leg, leg_state);
        let trunk = self.trunks.dialled(leg, trunks, &self.views);
        self.carried(leg, trunk);
        let presentation = Presentation { asserted: first.asserted, hidden: private };
        let name = first.from.display_name().map(|name| name.to_str_lossy().into_owned());
        self.command(Command::Invite(Box::new(Invite {
            offer: Some(offer),
            display_name: name.unwrap_or_default(),
            credentials: first.credentials,
            route: first.route,
            presentation,
            alternatives: hops.collect(),
            ..Invite::new(leg, first.flow, first.target, first.from.uri)
        })));
    }

    /// A way with what it may know of the caller.
    fn hop(&self, call: &Dialled, way: Way) -> Option<Hop> {
        let Way { flow, target, route, trunk } = way;
        let trunk = trunk.and_then(|index| self.accounts.trunks.get(index));
        let host = match (trunk, &call.calling) {
            (Some(Trunk { direct_routing: Some(teams), .. }), _) => teams.fqdn.to_string(),
            (Some(_), _) => target.host()?.to_string(),
            (None, Alias::Sip { user, host }) if !user.is_empty() && !host.is_empty() => {
                host.clone()
            }
            (None, _) => Host::from(flow.local.ip()).to_string(),
        };
        let Caller { from, asserted } = Caller::new(call, trunk, &host)?;
        let credentials = trunk.and_then(|trunk| trunk.credentials.clone());
        Some(Hop { flow, target, route, credentials, from, asserted })
    }

    /// Somebody is to be called in the place of this leg's peer. By a trunk only where its operator
    /// lets it; who stands at a host of ours is meant by the user alone.
    pub(super) fn referred(&mut self, leg: LegId, referral: u32, target: &Uri) {
        let trunk = self.trunks.of(leg).and_then(|index| self.accounts.trunks.get(index));
        if trunk.is_some_and(|trunk| !trunk.transfers) {
            let verdict = Err(EndCause::Forbidden);
            return self.command(Command::AnswerReferral { call: leg, referral, verdict });
        }
        let local = self.calls.get(&leg).and_then(CallLeg::local);
        let alias = crate::sip::facts::alias(target);
        let ours = alias.zip(local).filter(|(alias, local)| self.accounts.is_ours(alias, *local));
        let target = ours.map_or_else(|| target.to_string(), |(alias, _)| alias.user().to_owned());
        self.outbox.push_back(LegEvent::Referred { leg, referral, target });
    }

    /// Looks up the name by which the requests of a call go from now on.
    pub(super) fn seek(&mut self, leg: LegId, uri: &Uri) {
        let bears = self.trunks.bears(leg);
        let mut proxy = uri.as_sip().cloned();
        proxy.iter_mut().for_each(|proxy| proxy.params.set("transport", "tls"));
        let host = proxy.as_ref().and_then(|proxy| host_name(&proxy.host));
        let (found, dns) = (self.located.0.clone(), self.dns.clone());
        let able = self.transports.abilities_at(bears);
        tokio::spawn(async move {
            let ways = match proxy {
                Some(proxy) => dns.locate(&proxy, able).await,
                None => Vec::new(),
            };
            let _ = found.send(Found::Route(Sought { leg, host, bears, ways })).await;
        });
    }

    /// Its requests go there, or where they went before.
    pub(super) fn route(&mut self, sought: Sought) {
        let Sought { leg, host, bears, ways } = sought;
        let way = ways.first().filter(|_| bears.is_some());
        let flow = way.and_then(|way| {
            self.transports.flow_to(way.carrier, way.address, host.as_deref(), bears)
        });
        self.command(Command::Route { call: leg, flow });
    }

    /// The way of a call failed; it goes by its next one, which may be another trunk's.
    pub(super) fn went_on(&mut self, leg: LegId) {
        let (trunk, has_room) = self.trunks.went_on(leg, &self.views);
        self.carried(leg, trunk);
        if !has_room {
            self.command(Command::Hangup { call: leg, cause: EndCause::CapacityReached });
        }
    }

    fn carried(&mut self, leg: LegId, trunk: Option<usize>) {
        let trunk = trunk.and_then(|index| self.accounts.trunks.get(index));
        let trunk = trunk.map(|trunk| Arc::clone(&trunk.name));
        self.outbox.push_back(LegEvent::Carried { leg, trunk });
    }
}

async fn look_up(dns: &Dns, goals: Vec<(Abilities, Goal)>) -> Vec<(Goal, Target)> {
    let mut ways = Vec::new();
    for (able, goal) in goals {
        let targets = dns.locate(&goal.proxy, able).await;
        ways.extend(targets.into_iter().map(|target| (goal.clone(), target)));
    }
    ways
}

/// Whom a trunk is asked for: the user of an address, or a number as it stands.
fn user_of(target: &str) -> Option<Text> {
    match Uri::parse(target.to_owned()) {
        Ok(Uri::Tel(tel)) => Some(tel.number),
        Ok(uri) => uri.user(),
        Err(_) if target.is_empty() => None,
        Err(_) => Some(Text::from(target.to_owned())),
    }
}

/// What the bridge calls itself where it has no number.
const OURSELVES: &str = "causeway";

/// Who calls, as it is told.
struct Caller {
    from: NameAddr,
    asserted: Option<NameAddr>,
}

impl Caller {
    /// Directly: the caller at its host, or at the address that the callee's network sees. By a
    /// trunk: the caller at the trunk where the trunk is told who calls, else our account there.
    fn new(call: &Dialled, trunk: Option<&Trunk>, host: &str) -> Option<Self> {
        let account = trunk.and_then(|trunk| trunk.credentials.as_ref());
        let account = account.map(|account| account.username.as_str());
        let number = trunk.and_then(|trunk| trunk.number.as_deref());
        let (caller, known) = match call.calling.user() {
            // Direct Routing takes numbers only, each with its country.
            caller if trunk.is_some_and(|t| t.direct_routing.is_some()) && !is_e164(caller) => {
                (number?, true)
            }
            "" => (number.or(account).unwrap_or(OURSELVES), number.is_some()),
            caller => (caller, true),
        };
        let is_trusted = trunk.is_some_and(|trunk| trunk.trusted);
        let told = NameAddr::new(uri(caller, host)?);
        let told = match call.display_name.as_str() {
            "" => told,
            name => told.with_display(name),
        };
        let from = match account.filter(|_| !is_trusted) {
            Some(account) => NameAddr::new(uri(account, host)?),
            None => told.clone(),
        };
        Some(Self { from, asserted: (is_trusted && known).then_some(told) })
    }
}

fn uri(user: &str, host: &str) -> Option<Uri> {
    let user = sip_codec::escape_user(user.as_bytes());
    let user = String::from_utf8_lossy(user.as_bytes()).into_owned();
    let text = if user.is_empty() { format!("sip:{host}") } else { format!("sip:{user}@{host}") };
    Uri::parse(text).ok()
}

/// The callee at a trunk's proxy.
fn goal_of(index: usize, trunk: &Trunk, user: &Text) -> Option<Goal> {
    let proxy = Uri::parse(trunk.target.clone()?).ok()?.as_sip()?.clone();
    let mut callee = proxy.clone().with_user(user);
    callee.params.remove("transport");
    Some(Goal { target: callee.into(), proxy, trunk: Some(index), bears: None })
}

/// The callee at a proxy of Direct Routing: a telephone number, and by TLS alone.
fn goal_by_name(index: usize, proxy: &str, user: &Text) -> Option<Goal> {
    let mut proxy = Uri::parse(proxy.to_owned()).ok()?.as_sip()?.clone();
    proxy.params = Default::default();
    let mut callee = proxy.clone().with_user(user);
    callee.port = proxy.port.filter(|port| *port != Carrier::Tls.default_port());
    callee.params.set("user", "phone");
    proxy.params.set("transport", "tls");
    let bears = u16::try_from(index).ok();
    Some(Goal { target: callee.into(), proxy, trunk: Some(index), bears })
}

/// Whether it is a number with its country: `+` and at most 15 digits (E.164 section 6).
fn is_e164(number: impl AsRef<[u8]>) -> bool {
    let digits = number.as_ref().strip_prefix(b"+").unwrap_or_default();
    (1..=15).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
}

/// Direct Routing talks SRTP only, keyed by SDES.
pub(super) fn harden(policy: &mut OfferPolicy) {
    policy.encryption = Encryption::Required;
    if !policy.suites.contains(&SrtpSuite::Aes128CmSha1_80) {
        policy.suites.push(SrtpSuite::Aes128CmSha1_80);
    }
}

/// The name that a TLS peer must show; an address is checked by itself.
pub(super) fn host_name(host: &Host) -> Option<String> {
    match host {
        Host::Name(name) => Some(name.to_str_lossy().trim_end_matches('.').to_owned()),
        _ => None,
    }
}
