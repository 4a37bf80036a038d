//! What the endpoint's side sends and says, and whom it believes.

use super::pending::Pending;
use super::security::{self, Proof, Seen, Signer};
use super::words::{Config, Event, Output};
use super::{Clock, Key};
use crate::sip::random::Random;
use causeway_asn1::h225::RasMessage;
use causeway_asn1::{BmpString, encode};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

/// Outputs that wait: one input makes one for each call at most.
const MAX_OUTPUTS: usize = 8_192;

/// What waits to be drained, and the numbers of requests.
#[derive(Debug)]
pub(super) struct Outbox {
    queue: VecDeque<Output>,
    sequence: u16,
    signing: Option<Signing>,
}

/// Our password at the gatekeeper.
#[derive(Debug)]
struct Signing {
    key: Key,
    signer: Signer,
    seen: Seen,
    /// What we are called: our name, and once registered what the gatekeeper calls us.
    name: BmpString,
    endpoint: Option<BmpString>,
    gatekeeper: Option<BmpString>,
    peer: Peer,
}

/// What is known of the gatekeeper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Peer {
    /// It may not sign: some ask for passwords and give none.
    Unknown,
    /// It signed, so what is not signed is not its own.
    Signs,
}

impl Outbox {
    pub(super) fn new(config: &Config) -> Self {
        let mut random = Random::new(config.seed);
        let number = |random: &mut Random| random.below(u32::MAX);
        // Nobody who does not see our requests knows the numbers that answers must have.
        let sequence = (number(&mut random) % u32::from(u16::MAX)) as u16;
        let signing = config.credentials.as_ref().map(|(name, key)| Signing {
            key: key.clone(),
            signer: Signer::new(config.clock, number(&mut random)),
            seen: Seen::default(),
            name: name.as_str().into(),
            endpoint: None,
            gatekeeper: None,
            peer: Peer::Unknown,
        });
        Self { queue: VecDeque::new(), sequence, signing }
    }

    pub(super) fn pop(&mut self) -> Option<Output> {
        self.queue.pop_front()
    }

    pub(super) fn set_clock(&mut self, clock: Clock) {
        if let Some(signing) = &mut self.signing {
            signing.signer.set_clock(clock);
        }
    }

    /// Another gatekeeper, or one that may have been restarted: whether it signs is open again.
    pub(super) fn begin(&mut self) {
        if let Some(signing) = &mut self.signing {
            signing.peer = Peer::Unknown;
        }
    }

    /// Who we and the gatekeeper are from now on.
    pub(super) fn identify(
        &mut self,
        endpoint: Option<&BmpString>,
        gatekeeper: Option<&BmpString>,
    ) {
        if let Some(signing) = &mut self.signing {
            signing.endpoint = endpoint.cloned();
            signing.gatekeeper = gatekeeper.cloned();
        }
    }

    /// Whether a message may be the gatekeeper's own.
    pub(super) fn believes(&mut self, now: Instant, data: &[u8], message: &RasMessage) -> bool {
        let Some(signing) = &mut self.signing else { return true };
        let Some(token) = security::token(message) else { return signing.peer == Peer::Unknown };
        let time = signing.signer.time(now);
        let proof = security::prove(&token, data, &signing.key, time, &mut signing.seen);
        if proof == Proof::Right {
            signing.peer = Peer::Signs;
        }
        proof == Proof::Right
    }

    /// The next number of a request, never 0.
    pub(super) fn number(&mut self) -> u16 {
        self.sequence = self.sequence.checked_add(1).unwrap_or(1);
        self.sequence
    }

    fn push(&mut self, output: Output) {
        if self.queue.len() < MAX_OUTPUTS {
            self.queue.push_back(output);
        }
    }

    pub(super) fn event(&mut self, event: Event) {
        self.push(Output::Event(event));
    }

    pub(super) fn transmit(&mut self, to: SocketAddr, data: Vec<u8>) {
        self.push(Output::Transmit { to, data });
    }

    /// Sends a message; one with a value that is not allowed is not sent, and unanswered then.
    pub(super) fn send(&mut self, now: Instant, to: SocketAddr, message: RasMessage) -> Vec<u8> {
        let data = match &mut self.signing {
            Some(Signing { key, signer, name, endpoint, gatekeeper, .. }) => {
                let sender = endpoint.as_ref().unwrap_or(name);
                signer.sign(now, message, key, Some(sender), gatekeeper.as_ref())
            }
            None => encode(&message),
        };
        let data = data.unwrap_or_default();
        if !data.is_empty() {
            self.transmit(to, data.clone());
        }
        data
    }

    /// Sends a request and waits for its answer.
    pub(super) fn request(
        &mut self,
        now: Instant,
        to: SocketAddr,
        sequence: u16,
        message: RasMessage,
    ) -> Pending {
        let data = self.send(now, to, message);
        Pending::new(now, to, sequence, data)
    }
}
