//! Requests of others: server transactions with their last response.

use super::stateless::{add_to_tag, response_flow};
use super::{Core, TimerKey};
use crate::sip::callers::CREDIT;
use crate::sip::transaction::{Asked, Fired, Server, ServerInvite, ServerKey};
use crate::sip::words::Flow;
use bytes::Bytes;
use causeway_base::LegId;
use sip_codec::{HeaderName, Headers, Method, Request, Response, StatusCode, Text};
use std::time::Instant;

/// A server transaction by its number in this endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ServerId(u64);

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
    /// Bytes that the peer may still be sent, where nothing proves that it asked.
    credit: Option<usize>,
}

impl Core {
    /// The transaction of a request that came before.
    pub(crate) fn find_server(&self, key: &ServerKey) -> Option<ServerId> {
        self.server_ids.get(key).copied()
    }

    pub(crate) fn server_owner(&self, id: ServerId) -> Option<LegId> {
        self.servers.get(&id)?.owner
    }

    /// A request came again, or the ACK of a failure.
    pub(crate) fn repeated(&mut self, now: Instant, id: ServerId, is_ack: bool, size: usize) {
        let Some(transaction) = self.servers.get_mut(&id) else { return };
        if let Some(credit) = &mut transaction.credit {
            *credit = credit.saturating_add(size * CREDIT);
        }
        let asked = match &mut transaction.machine {
            ServerMachine::Invite(machine) if is_ack => {
                machine.ack(now);
                Asked::Nothing
            }
            ServerMachine::Invite(machine) => machine.request(),
            ServerMachine::Other(machine) => machine.request(),
        };
        // A stranger's answer may have waited for this.
        if asked == Asked::RepeatResponse || (transaction.credit.is_some() && !is_ack) {
            self.repeat_last(id);
        }
        self.settle_server(id);
    }

    /// Begins the transaction of a new request. The caller has made sure there is none.
    /// `credit`: how many bytes a stranger may be sent.
    pub(crate) fn accept(
        &mut self,
        now: Instant,
        owner: Option<LegId>,
        flow: Flow,
        request: &Request,
        credit: Option<usize>,
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
            credit,
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
        self.repeat_last(id);
        self.settle_server(id);
        Some((flow, bytes))
    }

    /// Sends the last response, for the first time or again, unless a stranger's credit is used
    /// up.
    pub(crate) fn repeat_last(&mut self, id: ServerId) {
        let Some(transaction) = self.servers.get_mut(&id) else { return };
        let Some(last) = transaction.last.clone() else { return };
        if let Some(credit) = &mut transaction.credit {
            let Some(left) = credit.checked_sub(last.len()) else { return };
            *credit = left;
        }
        let flow = transaction.flow;
        self.transmit(flow, last);
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
        if fired == Fired::Retransmit {
            self.repeat_last(id);
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
}
