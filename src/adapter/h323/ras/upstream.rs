//! Our registration at a gatekeeper, in the task of RAS.

use super::config::{RasConfig, UpstreamConfig};
use super::socket::{self, Sockets, Which};
use super::view::{UpstreamState, UpstreamView, Views};
use super::{Admitted, CallRequest, RasEvent};
use crate::local::LocalAddresses;
use causeway_base::EndCause;
use causeway_proto::h323::ras::{
    Admission, CallKey, Client, Clock, Command, Config, Event, Input, Output,
};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Instant;
use tokio::sync::oneshot;

/// Rates of H.225.0 are in 100 bit/s.
const UNIT: u64 = 100;

type Answer = oneshot::Sender<Result<Admitted, EndCause>>;

/// It, and who waits for what it says.
#[derive(Debug)]
pub(super) struct Upstream {
    client: Client,
    /// As many as the client takes calls.
    waiting: HashMap<CallKey, Answer>,
    view: UpstreamView,
    aliases: Vec<String>,
    pub(super) due: Option<Instant>,
    pub(super) done: bool,
}

impl Upstream {
    pub(super) fn new(
        now: Instant,
        config: &RasConfig,
        upstream: &UpstreamConfig,
        sockets: &Sockets,
        locals: &LocalAddresses,
        clock: Clock,
    ) -> Self {
        let gatekeeper = upstream.gatekeeper;
        let ras_address = sockets.seen(Which::Upstream, gatekeeper, locals);
        let mut client = Client::new(Config {
            gatekeeper,
            discover: upstream.discover,
            gatekeeper_identifier: upstream.identifier.clone(),
            ras_address: ras_address.unwrap_or(upstream.listen),
            call_address: socket::seen(config.call_address, gatekeeper, locals),
            product: config.product.clone(),
            aliases: upstream.aliases.clone(),
            time_to_live: upstream.time_to_live,
            inside: upstream.inside,
            credentials: upstream.credentials.clone(),
            clock,
            seed: config.seed,
        });
        client.handle_input(now, Input::Command(Command::Start));
        let aliases = upstream.aliases.clone();
        let view = UpstreamView {
            gatekeeper,
            state: UpstreamState::Trying,
            aliases: aliases.clone(),
            pre_granted_answer: false,
        };
        Self { client, waiting: HashMap::new(), view, aliases, due: None, done: false }
    }

    pub(super) fn view(&self) -> UpstreamView {
        self.view.clone()
    }

    pub(super) fn datagram(&mut self, now: Instant, from: SocketAddr, data: &[u8]) {
        self.client.handle_input(now, Input::Datagram { from, data });
    }

    pub(super) fn command(&mut self, now: Instant, command: Command) {
        self.client.handle_input(now, Input::Command(command));
    }

    pub(super) fn timeout(&mut self, now: Instant) {
        self.client.handle_timeout(now);
    }

    /// Asks for a call.
    pub(super) fn admit(&mut self, now: Instant, call: CallRequest, answer: Answer) {
        let CallRequest { key, call_reference, conference, to, address, from, bandwidth } = call;
        if self.waiting.contains_key(&key) {
            let _ = answer.send(Err(EndCause::CapacityReached));
            return;
        }
        self.waiting.insert(key, answer);
        let bandwidth = u32::try_from(bandwidth / UNIT).unwrap_or(u32::MAX);
        let admission = Admission { key, call_reference, conference, to, address, from, bandwidth };
        self.command(now, Command::Admit(Box::new(admission)));
    }

    /// A call is over, also one that still asks: who asked waits no more.
    pub(super) fn end(&mut self, now: Instant, call: CallKey) {
        if let Some(answer) = self.waiting.remove(&call) {
            let _ = answer.send(Err(EndCause::Cancelled));
        }
        self.command(now, Command::Disengage(call));
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
            match self.client.poll_output() {
                Output::Transmit { to, data } => sent.push((Which::Upstream, to, data)),
                Output::Event(event) => {
                    self.event(now, event, told);
                    self.view.pre_granted_answer = self.client.answers_unasked(now);
                    views.set_upstream(self.view.clone());
                }
                Output::Timeout(due) => {
                    self.due = due;
                    // That a registration is renewed, or at its end, is no event.
                    let pre_granted = self.client.answers_unasked(now);
                    if self.view.pre_granted_answer != pre_granted {
                        self.view.pre_granted_answer = pre_granted;
                        views.set_upstream(self.view.clone());
                    }
                    return;
                }
            }
        }
    }

    fn event(&mut self, now: Instant, event: Event, told: &mut Vec<RasEvent>) {
        match event {
            Event::Registered(aliases) => {
                self.view.state = UpstreamState::Registered;
                self.view.aliases = if aliases.is_empty() { self.aliases.clone() } else { aliases };
            }
            // A registration from before holds.
            Event::Failed(cause, _) if !self.client.is_registered(now) => {
                self.view.state = UpstreamState::Failed(cause);
            }
            Event::Failed(..) => {}
            Event::ThrownOut => self.view.state = UpstreamState::Trying,
            Event::Unregistered => {
                self.view.state = UpstreamState::Trying;
                self.done = true;
            }
            Event::Admitted { call, address, to, bandwidth } => {
                let bandwidth = u64::from(bandwidth) * UNIT;
                let admitted = Admitted { address, to, bandwidth };
                let taken = self.waiting.remove(&call).map(|answer| answer.send(Ok(admitted)));
                if !matches!(taken, Some(Ok(()))) {
                    // Who asked has hung up meanwhile.
                    self.command(now, Command::Disengage(call));
                }
            }
            Event::Refused(call, cause) => {
                if let Some(answer) = self.waiting.remove(&call) {
                    let _ = answer.send(Err(cause));
                }
            }
            Event::Bandwidth(call, bandwidth) => {
                told.push(RasEvent::Bandwidth(call, u64::from(bandwidth) * UNIT));
            }
            Event::Called { call, at } => told.push(RasEvent::Connect(call, at)),
            Event::DropAsked(call) => match self.waiting.remove(&call) {
                Some(answer) => {
                    let _ = answer.send(Err(EndCause::Forbidden));
                }
                None => told.push(RasEvent::Drop(call, EndCause::Forbidden)),
            },
        }
    }
}
