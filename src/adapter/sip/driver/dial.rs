//! Calls that go out: to a registered device, by a trunk, or to an address.

use super::{Driver, Found, seed};
use crate::sip::account::Trunk;
use crate::sip::leg::CallLeg;
use crate::sip::resolver::Dns;
use causeway_base::{Alias, EndCause, LegId};
use causeway_conference::{LegCommand, LegEvent, MediaAddress};
use causeway_plan::OfferPolicy;
use causeway_proto::sip::location::{Abilities, Target};
use causeway_proto::sip::{Command, Hop, Invite, Presentation};
use sip_codec::header::NameAddr;
use sip_codec::{Host, SipUri, Uri};
use std::net::IpAddr;

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
    media: MediaAddress,
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
}

/// A call whose ways are known.
#[derive(Debug)]
pub(super) struct Located {
    call: Dialled,
    ways: Vec<(Goal, Target)>,
}

impl Driver {
    pub(super) fn dial(&mut self, command: LegCommand) {
        let LegCommand::Dial { leg, target, trunk, calling, display_name, private, policy, media } =
            command
        else {
            return;
        };
        let call = Dialled { leg, calling, display_name, private, policy, media };
        let Ok(target) = Uri::parse(target) else {
            return self.never_began(leg, EndCause::BadAddress);
        };
        match trunk {
            Some(name) => self.dial_by_trunk(call, &target, &name),
            None => match self.registered(&target, media.advertised) {
                Some(hops) if hops.is_empty() => self.never_began(leg, EndCause::NoAnswer),
                Some(hops) => self.invite(call, hops, None),
                None => match target.as_sip().cloned() {
                    Some(proxy) => self.locate(call, vec![Goal { target, proxy, trunk: None }]),
                    None => self.never_began(leg, EndCause::BadAddress),
                },
            },
        }
    }

    fn never_began(&mut self, leg: LegId, cause: EndCause) {
        self.outbox.push_back(LegEvent::Ended { leg, cause });
    }

    /// The ways to a user of ours: by those on which it registered. `None`: nobody of ours.
    fn registered(&self, target: &Uri, local: IpAddr) -> Option<Vec<Hop>> {
        let alias = crate::sip::facts::alias(target)?;
        let user = self.accounts.user_at(&alias, local)?;
        let contacts = self.contacts_of(&user.name);
        let hop = |contact: causeway_proto::sip::registrar::Target| Hop {
            flow: contact.flow,
            target: contact.uri,
            route: contact.path,
            credentials: None,
        };
        Some(contacts.into_iter().map(hop).collect())
    }

    /// By a trunk that can carry it, or by those that stand in for it.
    fn dial_by_trunk(&mut self, call: Dialled, target: &Uri, name: &str) {
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
            if self.trunks.is_usable(index)
                && let Some(goal) = goal_of(index, trunk, target)
            {
                goals.push(goal);
            }
            next = trunk.fallback.as_deref().and_then(|name| self.accounts.trunk_named(name));
        }
        if goals.is_empty() {
            return self.never_began(call.leg, EndCause::NoTrunk);
        }
        self.locate(call, goals);
    }

    /// Looks the ways up beside the task.
    fn locate(&self, call: Dialled, goals: Vec<Goal>) {
        let (found, dns, able) =
            (self.located.0.clone(), self.dns.clone(), self.transports.abilities());
        tokio::spawn(async move {
            let ways = look_up(&dns, goals, able).await;
            let _ = found.send(Found::Call(Box::new(Located { call, ways }))).await;
        });
    }

    pub(super) fn located(&mut self, Located { call, ways }: Located) {
        let first = ways.first().and_then(|(goal, _)| goal.trunk);
        let mut hops = Vec::new();
        for (goal, way) in ways {
            let name = host_name(&goal.proxy.host);
            let Some(flow) = self.transports.flow_to(way.carrier, way.address, name.as_deref())
            else {
                continue;
            };
            let trunk = goal.trunk.and_then(|index| self.accounts.trunks.get(index));
            let credentials = trunk.and_then(|trunk| trunk.credentials.clone());
            hops.push(Hop { flow, target: goal.target, route: Vec::new(), credentials });
        }
        if hops.is_empty() {
            return self.never_began(call.leg, EndCause::Unreachable);
        }
        self.invite(call, hops, first);
    }

    fn invite(&mut self, call: Dialled, hops: Vec<Hop>, trunk: Option<usize>) {
        let Dialled { leg, calling, display_name, private, policy, media } = call;
        let mut hops = hops.into_iter();
        let Some(first) = hops.next() else { return };
        let line = trunk.and_then(|index| self.accounts.trunks.get(index));
        let caller = Caller::new(&calling, &display_name, line, &first);
        let Some(caller) = caller else { return self.never_began(leg, EndCause::BadAddress) };
        let (leg_state, offer) =
            CallLeg::dialled(leg, first.flow.remote.ip(), *policy, media, seed());
        self.calls.insert(leg, leg_state);
        if let Some(trunk) = trunk {
            self.trunks.began(trunk, leg, &self.views);
        }
        let presentation = Presentation { asserted: caller.asserted, hidden: private };
        self.command(Command::Invite(Box::new(Invite {
            offer: Some(offer),
            display_name,
            credentials: first.credentials,
            route: first.route,
            presentation,
            alternatives: hops.collect(),
            ..Invite::new(leg, first.flow, first.target, caller.from)
        })));
    }
}

async fn look_up(dns: &Dns, goals: Vec<Goal>, able: Abilities) -> Vec<(Goal, Target)> {
    let mut ways = Vec::new();
    for goal in goals {
        let targets = dns.locate(&goal.proxy, able).await;
        ways.extend(targets.into_iter().map(|target| (goal.clone(), target)));
    }
    ways
}

/// Who calls, as it is told.
struct Caller {
    from: Uri,
    asserted: Option<NameAddr>,
}

impl Caller {
    /// Directly: the caller at the address that the callee's network sees. By a trunk: the caller
    /// at the trunk where the trunk is told who calls, else our account there.
    fn new(calling: &Alias, name: &str, trunk: Option<&Trunk>, hop: &Hop) -> Option<Self> {
        let host = match trunk {
            Some(_) => hop.target.host()?.to_string(),
            None => Host::from(hop.flow.local.ip()).to_string(),
        };
        let own = uri(calling.user(), &host)?;
        let account = trunk.filter(|trunk| !trunk.trusted).and_then(|t| t.credentials.as_ref());
        let from = match account {
            Some(account) => uri(&account.username, &host)?,
            None => own.clone(),
        };
        let asserted =
            trunk.filter(|trunk| trunk.trusted && !calling.user().is_empty()).map(|_| {
                let address = NameAddr::new(own);
                if name.is_empty() { address } else { address.with_display(name) }
            });
        Some(Self { from, asserted })
    }
}

fn uri(user: &str, host: &str) -> Option<Uri> {
    let user = sip_codec::escape_user(user.as_bytes());
    let user = String::from_utf8_lossy(user.as_bytes()).into_owned();
    let text = if user.is_empty() { format!("sip:{host}") } else { format!("sip:{user}@{host}") };
    Uri::parse(text).ok()
}

/// The callee at a trunk's proxy.
fn goal_of(index: usize, trunk: &Trunk, target: &Uri) -> Option<Goal> {
    let proxy = Uri::parse(trunk.target.clone()?).ok()?.as_sip()?.clone();
    let user = match target {
        Uri::Tel(tel) => tel.number.clone(),
        _ => target.user()?,
    };
    let mut callee = proxy.clone().with_user(&user);
    callee.params.remove("transport");
    Some(Goal { target: callee.into(), proxy, trunk: Some(index) })
}

/// The name that a TLS peer must show; an address is checked by itself.
pub(super) fn host_name(host: &Host) -> Option<String> {
    match host {
        Host::Name(name) => Some(name.to_str_lossy().trim_end_matches('.').to_owned()),
        _ => None,
    }
}
