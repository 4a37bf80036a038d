//! What all calls share: transactions, timers, outputs, randomness.

use super::config::Config;
use super::digest::Nonces;
use super::limits::{MAX_OUTPUTS, MAX_UDP_REQUEST};
use super::random::Random;
use super::timer::TimerQueue;
use super::transaction::{
    Asked, Client, ClientInvite, ClientKey, Fired, Heard, Server, ServerInvite, ServerKey,
};
use super::words::{Carrier, Event, Flow, Output};
use bytes::Bytes;
use causeway_base::LegId;
use sip_codec::header::{To, Transport, Via};
use sip_codec::{HeaderName, Headers, Host, Method, Request, Response, StatusCode, Text};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Instant;

/// Whose deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum TimerKey {
    Client(ClientKey),
    Server(ServerId),
    Call(LegId),
}

/// A server transaction by its number in this endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ServerId(u64);

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

#[derive(Debug)]
enum ServerMachine {
    Invite(ServerInvite),
    Other(Server),
}

/// A server transaction with its last response.
#[derive(Debug)]
pub(crate) struct ServerTransaction {
    machine: ServerMachine,
    key: ServerKey,
    pub(crate) owner: Option<LegId>,
    flow: Flow,
    /// The headers that every response returns.
    returned: Headers,
    /// Record-Route, returned by responses that make a dialog.
    record_route: Headers,
    last: Option<Bytes>,
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

/// All but the calls.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) config: Config,
    pub(crate) random: Random,
    pub(crate) nonces: Nonces,
    clients: HashMap<ClientKey, ClientTransaction>,
    servers: HashMap<ServerId, ServerTransaction>,
    server_ids: HashMap<ServerKey, ServerId>,
    next_server: u64,
    /// Client transactions alive, by call.
    alive: HashMap<LegId, usize>,
    pub(crate) timers: TimerQueue<TimerKey>,
    outputs: VecDeque<Output>,
    /// Calls whose deadline or end is to be looked at.
    pub(crate) touched: BTreeSet<LegId>,
}

impl Core {
    pub(crate) fn new(config: Config) -> Self {
        let mut random = Random::new(config.seed);
        let nonces = Nonces::new(random.wide());
        Self {
            config,
            random,
            nonces,
            clients: HashMap::new(),
            servers: HashMap::new(),
            server_ids: HashMap::new(),
            next_server: 0,
            alive: HashMap::new(),
            timers: TimerQueue::new(),
            outputs: VecDeque::new(),
            touched: BTreeSet::new(),
        }
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    pub(crate) fn transmit(&mut self, flow: Flow, bytes: Bytes) {
        if self.outputs.len() < MAX_OUTPUTS {
            self.outputs.push_back(Output::Transmit { flow, bytes });
        }
    }

    pub(crate) fn pop_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    pub(crate) fn transactions(&self) -> usize {
        self.clients.len() + self.servers.len()
    }

    /// Client transactions of a call that are not over.
    pub(crate) fn alive(&self, call: LegId) -> bool {
        self.alive.contains_key(&call)
    }

    // Requests of ours.

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
        let seq = super::read::cseq(headers).map_or(0, |(seq, _)| seq);
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
        request.headers.push_front(&via(flow, key.branch()));
        let (mut flow, mut fallback) = (flow, None);
        let mut bytes = request.to_bytes();
        if flow.carrier == Carrier::Udp && bytes.len() > MAX_UDP_REQUEST && self.config.tcp {
            fallback = Some(flow);
            flow.carrier = Carrier::Tcp;
            request.headers.set_first(&via(flow, key.branch()));
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
        ack.headers.push_front(&via(flow, branch));
        ack.headers.push_raw(HeaderName::UserAgent, self.config.user_agent.clone());
        let bytes = ack.to_bytes();
        self.transmit(flow, bytes.clone());
        bytes
    }

    /// A response arrived: runs its transaction. `Some`: the owner must hear of it.
    pub(crate) fn response(&mut self, now: Instant, response: &Response) -> Option<Delivery> {
        let key = ClientKey::of_response(&response.headers)?;
        let transaction = self.clients.get_mut(&key)?;
        let (_, method) = super::read::cseq(&response.headers)?;
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

    /// A CANCELled INVITE that nobody finishes: forget it.
    pub(crate) fn abandon(&mut self, key: ClientKey) {
        if let Some(transaction) = self.clients.get_mut(&key) {
            transaction.machine = ClientMachine::Other(Client::ended());
            self.settle_client(key);
        }
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
                transaction.restart(now, key, datagrams);
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

    // Requests of others.

    /// The transaction of a request that came before.
    pub(crate) fn find_server(&self, key: &ServerKey) -> Option<ServerId> {
        self.server_ids.get(key).copied()
    }

    pub(crate) fn server_owner(&self, id: ServerId) -> Option<LegId> {
        self.servers.get(&id)?.owner
    }

    /// A request came again, or the ACK of a failure.
    pub(crate) fn repeated(&mut self, now: Instant, id: ServerId, is_ack: bool) {
        let Some(transaction) = self.servers.get_mut(&id) else { return };
        let asked = match &mut transaction.machine {
            ServerMachine::Invite(machine) if is_ack => {
                machine.ack(now);
                Asked::Nothing
            }
            ServerMachine::Invite(machine) => machine.request(),
            ServerMachine::Other(machine) => machine.request(),
        };
        if asked == Asked::RepeatResponse
            && let Some(last) = transaction.last.clone()
        {
            let flow = transaction.flow;
            self.transmit(flow, last);
        }
        self.settle_server(id);
    }

    /// Begins the transaction of a new request. The caller has made sure there is none.
    pub(crate) fn accept(
        &mut self,
        now: Instant,
        owner: Option<LegId>,
        flow: Flow,
        request: &Request,
    ) -> Option<ServerId> {
        let key = ServerKey::of_request(request)?;
        if self.server_ids.contains_key(&key)
            || self.transactions() >= self.config.limits.transactions
        {
            return None;
        }
        self.next_server += 1;
        let id = ServerId(self.next_server);
        let reliable = flow.carrier.is_reliable();
        let machine = match request.method {
            Method::Invite => ServerMachine::Invite(ServerInvite::start(reliable)),
            _ => ServerMachine::Other(Server::start(now, reliable)),
        };
        let mut record_route = Headers::new();
        request.headers.copy_to(&HeaderName::RecordRoute, &mut record_route);
        let transaction = ServerTransaction {
            machine,
            key: key.clone(),
            owner,
            flow: response_flow(flow, request),
            returned: request.response(StatusCode::OK).headers,
            record_route,
            last: None,
        };
        self.servers.insert(id, transaction);
        self.server_ids.insert(key, id);
        self.settle_server(id);
        Some(id)
    }

    /// A response of this transaction, to be completed and given to [`Core::respond`].
    pub(crate) fn response_to(
        &self,
        id: ServerId,
        status: u16,
        to_tag: Option<&Text>,
    ) -> Option<Response> {
        let transaction = self.servers.get(&id)?;
        let mut response = Response::new(StatusCode::new(status)?);
        response.headers = transaction.returned.clone();
        if let Some(tag) = to_tag {
            add_to_tag(&mut response.headers, tag);
        }
        let invites = matches!(transaction.machine, ServerMachine::Invite(_));
        if invites && (101..300).contains(&status) {
            transaction.record_route.copy_to(&HeaderName::RecordRoute, &mut response.headers);
        }
        Some(response)
    }

    /// Sends a response. `None`: the transaction has answered, or is gone.
    pub(crate) fn respond(
        &mut self,
        now: Instant,
        id: ServerId,
        mut response: Response,
    ) -> Option<(Flow, Bytes)> {
        let transaction = self.servers.get_mut(&id)?;
        let status = response.status.code();
        let may = match &mut transaction.machine {
            ServerMachine::Invite(machine) => machine.respond(now, status),
            ServerMachine::Other(machine) => status >= 200 && machine.respond(now),
        };
        if !may {
            return None;
        }
        response.headers.push_raw(HeaderName::Server, self.config.user_agent.clone());
        let bytes = response.to_bytes();
        transaction.last = Some(bytes.clone());
        let flow = transaction.flow;
        self.transmit(flow, bytes.clone());
        self.settle_server(id);
        Some((flow, bytes))
    }

    /// The last response again.
    pub(crate) fn repeat_last(&mut self, id: ServerId) {
        let Some(transaction) = self.servers.get(&id) else { return };
        if let Some(last) = transaction.last.clone() {
            self.transmit(transaction.flow, last);
        }
    }

    /// A plain final response.
    pub(crate) fn reply(&mut self, now: Instant, id: ServerId, status: u16, tag: Option<&Text>) {
        if let Some(response) = self.response_to(id, status, tag) {
            self.respond(now, id, response);
        }
    }

    pub(crate) fn server_timeout(&mut self, now: Instant, id: ServerId) {
        let Some(transaction) = self.servers.get_mut(&id) else { return };
        let fired = match &mut transaction.machine {
            ServerMachine::Invite(machine) => machine.timeout(now),
            ServerMachine::Other(machine) => machine.timeout(now),
        };
        if fired == Fired::Retransmit
            && let Some(last) = transaction.last.clone()
        {
            let flow = transaction.flow;
            self.transmit(flow, last);
        }
        self.settle_server(id);
    }

    fn settle_server(&mut self, id: ServerId) {
        let Some(transaction) = self.servers.get(&id) else { return };
        let (over, deadline) = match &transaction.machine {
            ServerMachine::Invite(machine) => (machine.is_terminated(), machine.deadline()),
            ServerMachine::Other(machine) => (machine.is_terminated(), machine.deadline()),
        };
        self.timers.set(&TimerKey::Server(id), if over { None } else { deadline });
        if over && let Some(transaction) = self.servers.remove(&id) {
            self.server_ids.remove(&transaction.key);
        }
    }

    /// Answers without keeping state. Over UDP no answer is longer than its question of `size`
    /// bytes: what is not needed is left out, and at the worst the answer itself.
    pub(crate) fn stateless(
        &mut self,
        flow: Flow,
        size: usize,
        request: &Request,
        status: u16,
        more: Headers,
    ) {
        if request.method == Method::Ack {
            return;
        }
        let Some(status) = StatusCode::new(status) else { return };
        let mut response = request.response(status);
        let tag = self.nonces.stateless_tag(request);
        add_to_tag(&mut response.headers, &tag);
        let flow = response_flow(flow, request);
        self.transmit_bounded(flow, size, response, more);
    }

    /// Challenges without keeping state. Where not all challenges fit under the bound of
    /// [`Core::stateless`], the ones that fewest devices know are left out.
    pub(crate) fn challenge(
        &mut self,
        flow: Flow,
        size: usize,
        request: &Request,
        challenges: Headers,
    ) {
        let mut response = request.response(StatusCode::UNAUTHORIZED);
        let tag = self.nonces.stateless_tag(request);
        add_to_tag(&mut response.headers, &tag);
        let flow = response_flow(flow, request);
        for left_out in 0..challenges.len() {
            let mut full = response.clone();
            for (name, value) in challenges.iter().skip(left_out) {
                full.headers.push_raw(name.clone(), value.clone());
            }
            let bytes = full.to_bytes();
            if flow.carrier.is_reliable() || bytes.len() <= size {
                return self.transmit(flow, bytes);
            }
        }
    }

    pub(crate) fn transmit_bounded(
        &mut self,
        flow: Flow,
        size: usize,
        mut response: Response,
        more: Headers,
    ) {
        let short = response.clone();
        for (name, value) in more.iter() {
            response.headers.push_raw(name.clone(), value.clone());
        }
        let bytes = response.to_bytes();
        if flow.carrier.is_reliable() || bytes.len() <= size {
            return self.transmit(flow, bytes);
        }
        let bytes = short.to_bytes();
        if bytes.len() <= size {
            self.transmit(flow, bytes);
        }
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
    fn restart(&mut self, now: Instant, key: ClientKey, flow: Flow) {
        self.flow = flow;
        self.request.headers.set_first(&via(flow, key.branch()));
        self.bytes = self.request.to_bytes();
        self.machine = match self.request.method {
            Method::Invite => ClientMachine::Invite(ClientInvite::start(now, false)),
            _ => ClientMachine::Other(Client::start(now, false)),
        };
    }
}

fn via(flow: Flow, branch: String) -> Via {
    let transport = match flow.carrier {
        Carrier::Udp => Transport::Udp,
        Carrier::Tcp => Transport::Tcp,
        Carrier::Tls => Transport::Tls,
    };
    let host = Host::from(flow.local.ip());
    Via::new(transport, host, Some(flow.local.port())).with_rport().with_branch(branch)
}

/// Where a response goes (RFC 3261 section 18.2.2, RFC 3581 section 4): to the address that the
/// request came from; over UDP to the port in Via unless `rport` asks for the one it came from.
pub(crate) fn response_flow(mut flow: Flow, request: &Request) -> Flow {
    if flow.carrier == Carrier::Udp
        && let Some(via) = super::read::first::<Via>(&request.headers)
        && !via.params.has("rport")
    {
        flow.remote.set_port(via.port.unwrap_or(flow.carrier.default_port()));
    }
    flow
}

/// Adds our tag to a To that has none.
pub(crate) fn add_to_tag(headers: &mut Headers, tag: &Text) {
    if let Some(mut to) = super::read::to(headers)
        && to.tag().is_none()
    {
        to.params.set("tag", tag.clone());
        headers.set(&To(to));
    }
}

/// The ACK of a failure (RFC 3261 section 17.1.1.3).
fn failure_ack(request: &Request, response: &Response) -> Bytes {
    let mut ack = Request::new(Method::Ack, request.uri.clone());
    if let Some(via) = super::read::first::<Via>(&request.headers) {
        ack.headers.push(&via);
    }
    for name in [HeaderName::MaxForwards, HeaderName::Route, HeaderName::From] {
        request.headers.copy_to(&name, &mut ack.headers);
    }
    response.headers.copy_to(&HeaderName::To, &mut ack.headers);
    request.headers.copy_to(&HeaderName::CallId, &mut ack.headers);
    let seq = super::read::cseq(&request.headers).map_or(0, |(seq, _)| seq);
    ack.headers.push_raw(HeaderName::CSeq, format!("{seq} ACK"));
    ack.to_bytes()
}
