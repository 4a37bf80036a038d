//! Requests of ours: client transactions with their messages.

use super::{Core, TimerKey};
use crate::sip::config::Config;
use crate::sip::limits::MAX_UDP_REQUEST;
use crate::sip::read;
use crate::sip::transaction::{Client, ClientInvite, ClientKey, Fired, Heard};
use crate::sip::words::{Carrier, Flow};
use bytes::Bytes;
use causeway_base::LegId;
use sip_codec::header::{Transport, Via};
use sip_codec::{HeaderName, Method, Request, Response};
use std::time::Instant;

#[derive(Debug)]
enum ClientMachine {
    Invite(ClientInvite),
    Other(Client),
}

/// Who waits for the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    Call(LegId),
    Ping(u64),
    Request(u64),
}

/// A client transaction with its messages.
#[derive(Debug)]
pub(crate) struct ClientTransaction {
    machine: ClientMachine,
    pub(crate) owner: Owner,
    pub(crate) flow: Flow,
    /// With its Via.
    pub(crate) request: Request,
    bytes: Bytes,
    /// The datagram way, where TCP is tried for the size alone.
    fallback: Option<Flow>,
}

/// What a response means for its owner.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) owner: Owner,
    pub(crate) key: ClientKey,
    /// The request as it was sent.
    pub(crate) request: Request,
    pub(crate) flow: Flow,
}

impl Core {
    /// Sends a request (without Via) as a new transaction.
    pub(crate) fn send(
        &mut self,
        now: Instant,
        owner: Owner,
        flow: Flow,
        request: Request,
    ) -> ClientKey {
        let key = ClientKey::new(self.random.wide());
        self.start_client(now, key, owner, flow, request);
        key
    }

    /// Sends the CANCEL of a pending INVITE (RFC 3261 section 9.1).
    pub(crate) fn send_cancel(&mut self, now: Instant, invite: ClientKey, reason: Bytes) {
        let Some(pending) = self.clients.get(&invite) else { return };
        let mut cancel = Request::new(Method::Cancel, pending.request.uri.clone());
        let headers = &pending.request.headers;
        for name in [HeaderName::MaxForwards, HeaderName::Route, HeaderName::From, HeaderName::To] {
            headers.copy_to(&name, &mut cancel.headers);
        }
        headers.copy_to(&HeaderName::CallId, &mut cancel.headers);
        let seq = read::cseq(headers).map_or(0, |(seq, _)| seq);
        cancel.headers.push_raw(HeaderName::CSeq, format!("{seq} CANCEL"));
        cancel.headers.push_raw(HeaderName::Reason, reason);
        let (owner, flow) = (pending.owner, pending.flow);
        self.start_client(now, invite.cancel(), owner, flow, cancel);
    }

    fn start_client(
        &mut self,
        now: Instant,
        key: ClientKey,
        owner: Owner,
        flow: Flow,
        mut request: Request,
    ) {
        request.headers.remove(&HeaderName::UserAgent);
        request.headers.push_raw(HeaderName::UserAgent, self.config.user_agent.clone());
        request.headers.push_front(&via(&self.config, flow, key.branch()));
        let (mut flow, mut fallback) = (flow, None);
        let mut bytes = request.to_bytes();
        if flow.carrier == Carrier::Udp && bytes.len() > MAX_UDP_REQUEST && self.config.tcp {
            fallback = Some(flow);
            flow.carrier = Carrier::Tcp;
            request.headers.set_first(&via(&self.config, flow, key.branch()));
            bytes = request.to_bytes();
        }
        let reliable = flow.carrier.is_reliable();
        let machine = match request.method {
            Method::Invite => ClientMachine::Invite(ClientInvite::start(now, reliable)),
            _ => ClientMachine::Other(Client::start(now, reliable)),
        };
        if let Owner::Call(call) = owner {
            *self.alive.entry(call).or_default() += 1;
            self.touched.insert(call);
        }
        self.transmit(flow, bytes.clone());
        let transaction = ClientTransaction { machine, owner, flow, request, bytes, fallback };
        self.timers.set(&TimerKey::Client(key), transaction.deadline());
        self.clients.insert(key, transaction);
    }

    /// Sends a request outside of transactions: the ACK of a 2xx. Returns its bytes.
    pub(crate) fn send_ack(&mut self, flow: Flow, mut ack: Request) -> Bytes {
        let branch = ClientKey::new(self.random.wide()).branch();
        ack.headers.push_front(&via(&self.config, flow, branch));
        ack.headers.push_raw(HeaderName::UserAgent, self.config.user_agent.clone());
        let bytes = ack.to_bytes();
        self.transmit(flow, bytes.clone());
        bytes
    }

    /// A response arrived: runs its transaction. `Some`: the owner must hear of it.
    pub(crate) fn response(&mut self, now: Instant, response: &Response) -> Option<Delivery> {
        let key = ClientKey::of_response(&response.headers)?;
        let transaction = self.clients.get_mut(&key)?;
        let (_, method) = read::cseq(&response.headers)?;
        if method != transaction.request.method {
            return None;
        }
        let status = response.status.code();
        let heard = match &mut transaction.machine {
            ClientMachine::Invite(machine) => machine.response(now, status),
            ClientMachine::Other(machine) => machine.response(now, status),
        };
        let delivery = Delivery {
            owner: transaction.owner,
            key,
            request: transaction.request.clone(),
            flow: transaction.flow,
        };
        if matches!(heard, Heard::UpAndAck | Heard::AckAgain) {
            let ack = failure_ack(&transaction.request, response);
            self.transmit(delivery.flow, ack);
        }
        self.settle_client(key);
        matches!(heard, Heard::Up | Heard::UpAndAck).then_some(delivery)
    }

    /// After a change: moves the deadline, or forgets the transaction.
    fn settle_client(&mut self, key: ClientKey) {
        let Some(transaction) = self.clients.get(&key) else { return };
        if !transaction.is_terminated() {
            self.timers.set(&TimerKey::Client(key), transaction.deadline());
            return;
        }
        self.timers.set(&TimerKey::Client(key), None);
        let owner = transaction.owner;
        self.clients.remove(&key);
        if let Owner::Call(call) = owner {
            self.touched.insert(call);
            if let Some(count) = self.alive.get_mut(&call) {
                *count -= 1;
                if *count == 0 {
                    self.alive.remove(&call);
                }
            }
        }
    }

    /// A client transaction's deadline passed. `Some`: it got no answer.
    pub(crate) fn client_timeout(&mut self, now: Instant, key: ClientKey) -> Option<Delivery> {
        let transaction = self.clients.get_mut(&key)?;
        let fired = match &mut transaction.machine {
            ClientMachine::Invite(machine) => machine.timeout(now),
            ClientMachine::Other(machine) => machine.timeout(now),
        };
        let mut silent = None;
        match fired {
            Fired::Retransmit => {
                let (flow, bytes) = (transaction.flow, transaction.bytes.clone());
                self.transmit(flow, bytes);
            }
            Fired::TimedOut => silent = Some(transaction.delivery(key)),
            Fired::Ended | Fired::Nothing => {}
        }
        self.settle_client(key);
        silent
    }

    /// A request of ours that is under way, with its Via.
    pub(crate) fn request_of(&self, key: ClientKey) -> Option<Request> {
        self.clients.get(&key).map(|transaction| transaction.request.clone())
    }

    /// An INVITE that nobody finishes, cancelled or gone by another way: forget it.
    pub(crate) fn abandon(&mut self, key: ClientKey) {
        if let Some(transaction) = self.clients.get_mut(&key) {
            transaction.machine = ClientMachine::Other(Client::ended());
            self.settle_client(key);
        }
    }

    /// Requests of calls and registrations that wait for their final response.
    pub(crate) fn asking(&self) -> usize {
        let matters = |t: &&ClientTransaction| !matches!(t.owner, Owner::Ping(_));
        self.clients.values().filter(matters).filter(|t| t.is_pending()).count()
    }

    /// Whether an INVITE of ours got a provisional response, so that a CANCEL may go.
    pub(crate) fn may_cancel(&self, key: ClientKey) -> bool {
        self.clients.get(&key).is_some_and(|t| match &t.machine {
            ClientMachine::Invite(machine) => machine.is_proceeding(),
            ClientMachine::Other(_) => false,
        })
    }

    /// The driver cannot reach a peer: transactions that went there by that way fail, or fall
    /// back to datagrams.
    pub(crate) fn failed(&mut self, now: Instant, flow: Flow) -> Vec<Delivery> {
        let mut broken: Vec<ClientKey> = self
            .clients
            .iter()
            .filter(|(_, t)| t.flow.carrier == flow.carrier && t.flow.remote == flow.remote)
            .filter(|(_, t)| t.is_pending())
            .map(|(key, _)| *key)
            .collect();
        broken.sort_unstable();
        let mut failed = Vec::new();
        for key in broken {
            let Some(transaction) = self.clients.get_mut(&key) else { continue };
            if let Some(datagrams) = transaction.fallback.take() {
                transaction.restart(now, key, datagrams, &self.config);
                let bytes = transaction.bytes.clone();
                self.transmit(datagrams, bytes);
                self.settle_client(key);
                continue;
            }
            failed.push(transaction.delivery(key));
            self.abandon(key);
        }
        failed
    }
}

impl ClientTransaction {
    fn delivery(&self, key: ClientKey) -> Delivery {
        Delivery { owner: self.owner, key, request: self.request.clone(), flow: self.flow }
    }

    fn deadline(&self) -> Option<Instant> {
        match &self.machine {
            ClientMachine::Invite(machine) => machine.deadline(),
            ClientMachine::Other(machine) => machine.deadline(),
        }
    }

    fn is_pending(&self) -> bool {
        match &self.machine {
            ClientMachine::Invite(machine) => machine.is_pending(),
            ClientMachine::Other(machine) => machine.is_pending(),
        }
    }

    fn is_terminated(&self) -> bool {
        match &self.machine {
            ClientMachine::Invite(machine) => machine.is_terminated(),
            ClientMachine::Other(machine) => machine.is_terminated(),
        }
    }

    /// The same request by datagrams after all.
    fn restart(&mut self, now: Instant, key: ClientKey, flow: Flow, config: &Config) {
        self.flow = flow;
        self.request.headers.set_first(&via(config, flow, key.branch()));
        self.bytes = self.request.to_bytes();
        self.machine = match self.request.method {
            Method::Invite => ClientMachine::Invite(ClientInvite::start(now, false)),
            _ => ClientMachine::Other(Client::start(now, false)),
        };
    }
}

fn via(config: &Config, flow: Flow, branch: String) -> Via {
    let transport = match flow.carrier {
        Carrier::Udp => Transport::Udp,
        Carrier::Tcp => Transport::Tcp,
        Carrier::Tls => Transport::Tls,
    };
    Via::new(transport, config.host(flow), Some(flow.local.port())).with_rport().with_branch(branch)
}

/// The ACK of a failure (RFC 3261 section 17.1.1.3).
fn failure_ack(request: &Request, response: &Response) -> Bytes {
    let mut ack = Request::new(Method::Ack, request.uri.clone());
    if let Some(via) = read::first::<Via>(&request.headers) {
        ack.headers.push(&via);
    }
    for name in [HeaderName::MaxForwards, HeaderName::Route, HeaderName::From] {
        request.headers.copy_to(&name, &mut ack.headers);
    }
    response.headers.copy_to(&HeaderName::To, &mut ack.headers);
    request.headers.copy_to(&HeaderName::CallId, &mut ack.headers);
    let seq = read::cseq(&request.headers).map_or(0, |(seq, _)| seq);
    ack.headers.push_raw(HeaderName::CSeq, format!("{seq} ACK"));
    ack.to_bytes()
}
