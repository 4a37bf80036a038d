//! The gatekeeper against our own endpoint's side, and against who is neither.

mod call;
#[cfg(feature = "h460-traversal")]
mod crossing;
mod hostile;
mod neighbour;
mod password;
mod register;
mod tshark;

use super::*;
use crate::h323::ras::{self, CallKey, Client, Clock, Key};

const GATEKEEPER: ([u8; 4], u16) = ([127, 0, 0, 1], 1719);
const HERE: ([u8; 4], u16) = ([127, 0, 0, 1], 1720);
const ENDPOINT: ([u8; 4], u16) = ([127, 0, 0, 2], 1719);
const NEIGHBOUR: ([u8; 4], u16) = ([127, 0, 0, 3], 1719);
const STRANGER: ([u8; 4], u16) = ([127, 0, 0, 4], 1719);

const CALL: CallKey = CallKey { identifier: [1; 16], answer: false };

struct Test {
    now: Instant,
    gatekeeper: Gatekeeper,
    client: Client,
    /// What the gatekeeper sent to others than the client.
    elsewhere: Vec<(SocketAddr, Vec<u8>)>,
    /// What it sent to the client.
    sent: Vec<Vec<u8>>,
    /// What the client sent.
    requests: Vec<Vec<u8>>,
    asked: Vec<Event>,
    heard: Vec<ras::Event>,
}

fn local() -> Local {
    Local { ras: GATEKEEPER.into(), call: HERE.into() }
}

fn clock(now: Instant) -> Clock {
    Clock { at: now, seconds: 1_700_000_000 }
}

fn config(now: Instant) -> Config {
    let user = |name: &str, password, aliases: &[&str]| User {
        name: name.into(),
        key: Key::of(password),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
    };
    let neighbour = |address: ([u8; 4], u16), prefixes: &[&str]| Neighbour {
        address: address.into(),
        reply: GATEKEEPER.into(),
        prefixes: prefixes.iter().map(|prefix| (*prefix).to_owned()).collect(),
    };
    Config {
        identifier: "Causeway".into(),
        time_to_live: Duration::from_secs(120),
        bandwidth: 40_000,
        routed: false,
        users: vec![user("room9", "secret", &["9009"]), user("room8", "other", &["9008"])],
        neighbours: vec![
            neighbour(NEIGHBOUR, &["7", "77"]),
            neighbour(([127, 0, 0, 13], 1719), &["77"]),
            neighbour(([127, 0, 0, 14], 1719), &[]),
        ],
        clock: clock(now),
        seed: [3; 32],
    }
}

fn of_client(now: Instant) -> ras::Config {
    ras::Config {
        gatekeeper: GATEKEEPER.into(),
        discover: true,
        gatekeeper_identifier: None,
        ras_address: ENDPOINT.into(),
        call_address: ([127, 0, 0, 2], 1720).into(),
        product: ("Room".into(), "7.1".into()),
        aliases: vec!["Room 1".into()],
        time_to_live: Duration::from_secs(600),
        inside: false,
        credentials: None,
        clock: clock(now),
        seed: [4; 32],
    }
}

/// One with a password.
fn room9(now: Instant, password: &str) -> ras::Config {
    ras::Config {
        aliases: vec!["room9".into(), "9009".into()],
        credentials: Some(("room9".into(), Key::of(password))),
        ..of_client(now)
    }
}

impl Test {
    #[allow(clippy::disallowed_methods, reason = "an instant to count from")]
    fn new() -> Self {
        let now = Instant::now();
        Self {
            now,
            gatekeeper: Gatekeeper::new(config(now)),
            client: Client::new(of_client(now)),
            elsewhere: vec![],
            sent: vec![],
            requests: vec![],
            asked: vec![],
            heard: vec![],
        }
    }

    /// One whose endpoint is registered.
    fn registered() -> Self {
        let mut test = Self::new();
        test.register();
        test
    }

    /// The client registers.
    fn register(&mut self) {
        self.client(ras::Command::Start);
        let Some(Event::Registering(id, _)) = self.asked.pop() else { panic!("not asked") };
        self.say(Command::Register(id));
        assert_eq!(self.heard, [ras::Event::Registered(vec![])]);
        assert!(matches!(self.asked.pop(), Some(Event::Registered(..))));
        self.heard.clear();
    }

    fn client(&mut self, command: ras::Command) {
        self.client.handle_input(self.now, ras::Input::Command(command));
        self.exchange();
    }

    fn say(&mut self, command: Command) {
        self.gatekeeper.handle_input(self.now, Input::Command(command));
        self.exchange();
    }

    fn datagram(&mut self, from: SocketAddr, message: &RasMessage) -> usize {
        self.bytes(from, &encode(message).expect("allowed"))
    }

    fn bytes(&mut self, from: SocketAddr, data: &[u8]) -> usize {
        let input = Input::Datagram { from, local: local(), data };
        self.gatekeeper.handle_input(self.now, input);
        self.exchange();
        data.len()
    }

    /// What the gatekeeper sent last to somebody else.
    fn last_elsewhere(&self) -> RasMessage {
        decode(&self.elsewhere.last().expect("something").1).expect("our own")
    }

    /// Until neither has anything to say.
    fn exchange(&mut self) -> Option<Instant> {
        loop {
            let client = loop {
                match self.client.poll_output() {
                    ras::Output::Transmit { data, .. } => {
                        let (from, local) = (ENDPOINT.into(), local());
                        let input = Input::Datagram { from, local, data: &data };
                        self.gatekeeper.handle_input(self.now, input);
                        self.requests.push(data);
                    }
                    ras::Output::Event(event) => self.heard.push(event),
                    ras::Output::Timeout(deadline) => break deadline,
                }
            };
            match self.gatekeeper.poll_output() {
                Output::Transmit { to, data } if to == ENDPOINT.into() => {
                    let from = GATEKEEPER.into();
                    let input = ras::Input::Datagram { from, data: &data };
                    self.client.handle_input(self.now, input);
                    self.sent.push(data);
                }
                Output::Transmit { to, data } => self.elsewhere.push((to, data)),
                Output::Event(event) => self.asked.push(event),
                Output::Timeout(deadline) => return client.into_iter().chain(deadline).min(),
            }
        }
    }

    fn wait(&mut self) {
        let deadline = self.exchange().expect("something waits");
        self.now = self.now.max(deadline);
        self.client.handle_timeout(self.now);
        self.gatekeeper.handle_timeout(self.now);
        self.exchange();
    }

    /// What the registered endpoint is called.
    fn identifier(&self) -> BmpString {
        self.gatekeeper.table.get(ENDPOINT.into()).expect("registered").identifier.clone()
    }
}

fn admission(answer: bool) -> ras::Command {
    ras::Command::Admit(Box::new(ras::Admission {
        key: CallKey { answer, ..CALL },
        call_reference: 5,
        conference: [2; 16],
        to: vec!["8001".into()],
        address: None,
        from: vec![],
        bandwidth: 100_000,
    }))
}
