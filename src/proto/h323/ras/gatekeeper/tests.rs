//! The gatekeeper against our own endpoint's side, and against who is neither.

use super::*;
use crate::h323::ras::{self, Client};
use causeway_asn1::h225::{EndpointType, GatekeeperRequest, LocationRequest, VendorIdentifier};
use proptest::prelude::*;

const GATEKEEPER: ([u8; 4], u16) = ([127, 0, 0, 1], 1719);
const ENDPOINT: ([u8; 4], u16) = ([127, 0, 0, 2], 1719);
const NEIGHBOUR: ([u8; 4], u16) = ([127, 0, 0, 3], 1719);
const STRANGER: ([u8; 4], u16) = ([127, 0, 0, 4], 1719);

struct Test {
    now: Instant,
    gatekeeper: Gatekeeper,
    client: Client,
    /// What the gatekeeper sent to others than the client.
    elsewhere: Vec<(SocketAddr, Vec<u8>)>,
    asked: Vec<Event>,
    heard: Vec<ras::Event>,
}

impl Test {
    #[allow(clippy::disallowed_methods, reason = "an instant to count from")]
    fn new() -> Self {
        let gatekeeper = Gatekeeper::new(Config {
            identifier: "Causeway".into(),
            ras_address: GATEKEEPER.into(),
            time_to_live: Duration::from_secs(120),
            bandwidth: 40_000,
            neighbours: vec![NEIGHBOUR.into()],
        });
        let client = Client::new(ras::Config {
            gatekeeper: GATEKEEPER.into(),
            discover: true,
            gatekeeper_identifier: None,
            ras_address: ENDPOINT.into(),
            call_address: ([127, 0, 0, 2], 1720).into(),
            endpoint: EndpointType::default(),
            vendor: VendorIdentifier::default(),
            aliases: vec![address::alias("Room 1")],
            time_to_live: Duration::from_secs(600),
        });
        let now = Instant::now();
        Self { now, gatekeeper, client, elsewhere: vec![], asked: vec![], heard: vec![] }
    }

    /// One whose endpoint is registered.
    fn registered() -> Self {
        let mut test = Self::new();
        test.client(ras::Command::Start);
        let Some(Event::Registering(id, _)) = test.asked.pop() else { panic!("not asked") };
        test.say(Command::Register(id));
        assert_eq!(test.heard, [ras::Event::Registered(vec![])]);
        test.heard.clear();
        test
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
        let data = encode(message).expect("allowed");
        self.gatekeeper.handle_input(self.now, Input::Datagram { from, data: &data });
        self.exchange();
        data.len()
    }

    /// Until neither has anything to say.
    fn exchange(&mut self) -> Option<Instant> {
        loop {
            let client = loop {
                match self.client.poll_output() {
                    ras::Output::Transmit { data, .. } => {
                        let from = ENDPOINT.into();
                        let input = Input::Datagram { from, data: &data };
                        self.gatekeeper.handle_input(self.now, input);
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
}

fn admission(answer: bool) -> ras::Command {
    ras::Command::Admit(Box::new(ras::Admission {
        call_reference: 5,
        call_identifier: [1; 16],
        conference: [2; 16],
        answer,
        to: vec![address::alias("8001")],
        from: vec![],
        bandwidth: 100_000,
    }))
}

#[test]
fn an_endpoint_registers_stays_and_leaves() {
    let mut test = Test::registered();
    let start = test.now;
    for _ in 0..5 {
        test.wait();
    }
    assert!(test.now - start >= Duration::from_secs(4 * 90), "three quarters of 120 s each");
    assert_eq!((test.heard.len(), test.asked.len()), (0, 0), "nobody is asked again");
    assert!(test.gatekeeper.registrant(ENDPOINT.into()).is_some());
    test.client(ras::Command::Stop);
    assert_eq!(test.heard, [ras::Event::Unregistered]);
    assert!(matches!(&test.asked[..], [Event::Unregistered(_)]));
}

#[test]
fn a_registration_ends_by_itself() {
    let mut test = Test::registered();
    test.now += Duration::from_secs(121);
    test.gatekeeper.handle_timeout(test.now);
    test.exchange();
    assert!(matches!(&test.asked[..], [Event::Unregistered(_)]));
    // The endpoint that believes in it is sent back to the beginning.
    test.client.handle_timeout(test.now);
    test.exchange();
    assert!(matches!(test.asked.last(), Some(Event::Registering(..))), "{:?}", test.asked);
}

#[test]
fn calls_are_the_applications_to_admit() {
    let mut test = Test::registered();
    test.client(admission(false));
    let Some(Event::Admission { question, by, to }) = test.asked.pop() else { panic!() };
    assert_eq!(by.call, ([127, 0, 0, 2], 1720).into());
    assert_eq!(to, [address::alias("8001")]);
    let us: SocketAddr = ([127, 0, 0, 1], 1720).into();
    test.say(Command::Admit(question, us));
    test.say(Command::Admit(question, us));
    assert_eq!(test.heard, [ras::Event::Admitted(5, Some(us))]);
    test.client(ras::Command::Disengage(5));
    test.client(admission(false));
    let Some(Event::Admission { question, .. }) = test.asked.pop() else { panic!() };
    test.say(Command::Refuse(question, EndCause::NotFound));
    assert_eq!(test.heard.last(), Some(&ras::Event::Refused(5, EndCause::NotFound)));
    // Who is called need not ask.
    test.client(admission(true));
    assert!(matches!(test.heard.last(), Some(ras::Event::Admitted(5, Some(_)))));
    assert_eq!(test.asked, []);
}

#[test]
fn a_registration_is_refused() {
    let mut test = Test::new();
    test.client(ras::Command::Start);
    let Some(Event::Registering(id, registrant)) = test.asked.pop() else { panic!() };
    assert_eq!(registrant.aliases, [address::alias("Room 1")]);
    test.say(Command::Refuse(id, EndCause::Unauthorized));
    assert!(matches!(&test.heard[..], [ras::Event::Failed(EndCause::Unauthorized, _)]));
    assert_eq!(test.gatekeeper.registrant(ENDPOINT.into()), None);
}

#[test]
fn a_repeated_request_asks_once() {
    let mut test = Test::new();
    test.client(ras::Command::Start);
    for _ in 0..2 {
        test.wait();
    }
    assert!(matches!(&test.asked[..], [Event::Registering(..)]), "{:?}", test.asked);
}

#[test]
fn only_neighbours_may_look_for_somebody() {
    let mut test = Test::new();
    let request = LocationRequest {
        request_seq_num: 9,
        destination_info: vec![address::alias("8001")],
        // Where the answer is not sent.
        reply_address: address::transport(([192, 0, 2, 1], 9).into()),
        ..LocationRequest::default()
    };
    let request = RasMessage::LocationRequest(Box::new(request));
    test.datagram(STRANGER.into(), &request);
    assert_eq!((test.asked.len(), test.elsewhere.len()), (0, 0));
    test.datagram(NEIGHBOUR.into(), &request);
    let Some(Event::Location { question, .. }) = test.asked.pop() else { panic!() };
    test.say(Command::Admit(question, ([127, 0, 0, 1], 1720).into()));
    let [(to, answer)] = &test.elsewhere[..] else { panic!("{:?}", test.elsewhere) };
    assert_eq!(*to, NEIGHBOUR.into());
    assert!(matches!(decode(answer), Ok(RasMessage::LocationConfirm(_))));
}

#[test]
fn another_gatekeepers_endpoints_are_not_answered() {
    let mut test = Test::new();
    let mut request = GatekeeperRequest {
        request_seq_num: 9,
        gatekeeper_identifier: Some("Other".into()),
        ..GatekeeperRequest::default()
    };
    test.datagram(STRANGER.into(), &RasMessage::GatekeeperRequest(Box::new(request.clone())));
    assert_eq!(test.elsewhere, []);
    request.gatekeeper_identifier = Some("Causeway".into());
    test.datagram(STRANGER.into(), &RasMessage::GatekeeperRequest(Box::new(request)));
    assert_eq!(test.elsewhere.len(), 1);
}

#[test]
fn a_stranger_hears_no_more_than_it_says() {
    let test_with = |message: RasMessage| {
        let mut test = Test::new();
        let length = test.datagram(STRANGER.into(), &message);
        for (to, answer) in test.elsewhere {
            assert_eq!(to, STRANGER.into());
            assert!(answer.len() <= length, "{message:?}");
        }
    };
    for message in [
        RasMessage::GatekeeperRequest(Box::new(GatekeeperRequest {
            request_seq_num: 1,
            ..GatekeeperRequest::default()
        })),
        RasMessage::RegistrationRequest(Box::new(RegistrationRequest {
            request_seq_num: 1,
            keep_alive: Some(true),
            ..RegistrationRequest::default()
        })),
    ] {
        test_with(message);
    }
}

proptest! {
    #[test]
    fn any_datagrams(datagrams in prop::collection::vec((0u8..30, prop::collection::vec(any::<u8>(), 0..80), any::<bool>()), 0..20)) {
        let mut test = Test::registered();
        for (first, rest, known) in datagrams {
            let data = [&[first << 2], &rest[..]].concat();
            let from = if known { ENDPOINT } else { STRANGER }.into();
            test.gatekeeper.handle_input(test.now, Input::Datagram { from, data: &data });
            let sent = test.elsewhere.len();
            test.exchange();
            prop_assert!(test.elsewhere.len() <= sent + 1);
            prop_assert!(test.elsewhere[sent..].iter().all(|(_, answer)| answer.len() <= data.len()));
        }
    }
}
