mod alternate;
mod asked;
mod report;
mod signed;

use super::pending::{MAX_TRIES, PATIENCE};
use super::*;
use crate::h323::address;
use crate::h323::captures::tshark;
use causeway_asn1::h225::{
    AdmissionConfirm, AdmissionReject, AdmissionRejectReason, CallIdentifier, CallModel,
    DisengageReason, GatekeeperConfirm, InfoRequestResponseStatus, RegistrationConfirm,
    RegistrationReject, RegistrationRejectReason, RequestInProgress, UnregistrationRequest,
};
use causeway_asn1::{BmpString, encode};
use causeway_wire::testing::capture::{Carrier, Sent};
use proptest::prelude::*;

const GATEKEEPER: ([u8; 4], u16) = ([127, 0, 0, 1], 1719);

struct Test {
    now: Instant,
    client: Client,
    sent: Vec<Vec<u8>>,
}

const KEY: CallKey = CallKey { identifier: [1; 16], answer: false };

fn config(now: Instant, discover: bool) -> Config {
    Config {
        gatekeeper: GATEKEEPER.into(),
        discover,
        gatekeeper_identifier: None,
        ras_address: ([127, 0, 0, 2], 1719).into(),
        call_address: ([127, 0, 0, 2], 1720).into(),
        product: ("Causeway".into(), "1".into()),
        aliases: vec!["8001".into(), "Causeway".into()],
        time_to_live: Duration::from_secs(300),
        inside: false,
        credentials: None,
        clock: Clock { at: now, seconds: 1_700_000_000 },
        seed: [7; 32],
    }
}

impl Test {
    #[allow(clippy::disallowed_methods, reason = "an instant to count from")]
    fn new(discover: bool) -> Self {
        let now = Instant::now();
        Self::of(now, config(now, discover))
    }

    fn of(now: Instant, config: Config) -> Self {
        Self { now, client: Client::new(config), sent: vec![] }
    }

    /// One that is registered for `seconds`.
    fn registered(seconds: u32) -> Self {
        let mut test = Self::new(false);
        let (requests, _) = test.command(Command::Start);
        let (_, events) = test.answer(confirm(sequence(&requests[0]), seconds));
        assert_eq!(events, [Event::Registered(vec![])]);
        test
    }

    fn drain(&mut self) -> (Vec<RasMessage>, Vec<Event>) {
        let (sent, events) = self.drain_all();
        assert!(sent.iter().all(|(to, _)| *to == GATEKEEPER.into()), "{sent:?}");
        (sent.into_iter().map(|(_, message)| message).collect(), events)
    }

    /// What is sent, with where it goes.
    fn drain_all(&mut self) -> (Vec<(SocketAddr, RasMessage)>, Vec<Event>) {
        let (mut messages, mut events) = (vec![], vec![]);
        loop {
            match self.client.poll_output() {
                Output::Transmit { to, data } => {
                    messages.push((to, decode(&data).expect("our own")));
                    self.sent.push(data);
                }
                Output::Event(event) => events.push(event),
                Output::Timeout(_) => return (messages, events),
            }
        }
    }

    fn command(&mut self, command: Command) -> (Vec<RasMessage>, Vec<Event>) {
        self.client.handle_input(self.now, Input::Command(command));
        self.drain()
    }

    fn answer(&mut self, message: RasMessage) -> (Vec<RasMessage>, Vec<Event>) {
        self.answer_from(GATEKEEPER.into(), message)
    }

    fn answer_from(
        &mut self,
        from: SocketAddr,
        message: RasMessage,
    ) -> (Vec<RasMessage>, Vec<Event>) {
        self.hear(from, message);
        self.drain()
    }

    fn hear(&mut self, from: SocketAddr, message: RasMessage) {
        let data = encode(&message).expect("allowed");
        self.client.handle_input(self.now, Input::Datagram { from, data: &data });
    }

    /// At the next deadline.
    fn wait(&mut self) -> (Vec<RasMessage>, Vec<Event>) {
        self.until_deadline();
        self.drain()
    }

    fn until_deadline(&mut self) {
        let Output::Timeout(Some(deadline)) = self.client.poll_output() else {
            panic!("something waits")
        };
        self.now = self.now.max(deadline);
        self.client.handle_timeout(self.now);
    }
}

fn sequence(message: &RasMessage) -> u16 {
    match message {
        RasMessage::GatekeeperRequest(request) => request.request_seq_num,
        RasMessage::RegistrationRequest(request) => request.request_seq_num,
        RasMessage::UnregistrationRequest(request) => request.request_seq_num,
        RasMessage::AdmissionRequest(request) => request.request_seq_num,
        RasMessage::DisengageRequest(request) => request.request_seq_num,
        other => panic!("{other:?}"),
    }
}

fn confirm(request_seq_num: u16, seconds: u32) -> RasMessage {
    RasMessage::RegistrationConfirm(Box::new(RegistrationConfirm {
        request_seq_num,
        endpoint_identifier: "E1".into(),
        time_to_live: Some(seconds),
        ..RegistrationConfirm::default()
    }))
}

fn reject(request_seq_num: u16, reject_reason: RegistrationRejectReason) -> RasMessage {
    RasMessage::RegistrationReject(Box::new(RegistrationReject {
        request_seq_num,
        reject_reason,
        ..RegistrationReject::default()
    }))
}

/// The gatekeeper ends the registration.
fn leave() -> RasMessage {
    RasMessage::UnregistrationRequest(Box::new(UnregistrationRequest {
        request_seq_num: 903,
        endpoint_identifier: Some("E1".into()),
        ..UnregistrationRequest::default()
    }))
}

fn admission() -> Box<Admission> {
    Box::new(Admission {
        key: KEY,
        call_reference: 5,
        conference: [2; 16],
        to: vec!["9000".into()],
        address: None,
        from: vec!["8001".into()],
        bandwidth: 20_480,
    })
}

fn admitted(request_seq_num: u16) -> RasMessage {
    RasMessage::AdmissionConfirm(Box::new(AdmissionConfirm {
        request_seq_num,
        band_width: 20_480,
        call_model: CallModel::Direct,
        dest_call_signal_address: address::transport(([127, 0, 0, 9], 1720).into()),
        ..AdmissionConfirm::default()
    }))
}

#[test]
fn it_discovers_and_registers_where_the_gatekeeper_says() {
    let mut test = Test::new(true);
    let (requests, _) = test.command(Command::Start);
    assert!(matches!(&requests[..], [RasMessage::GatekeeperRequest(_)]));
    let gatekeeper = GatekeeperConfirm {
        request_seq_num: sequence(&requests[0]),
        gatekeeper_identifier: Some("GK".into()),
        ras_address: address::transport(GATEKEEPER.into()),
        ..GatekeeperConfirm::default()
    };
    let (requests, _) = test.answer(RasMessage::GatekeeperConfirm(Box::new(gatekeeper)));
    let [RasMessage::RegistrationRequest(request)] = &requests[..] else { panic!("{requests:?}") };
    assert!(request.discovery_complete);
    assert_eq!(request.gatekeeper_identifier, Some(BmpString::from("GK")));
    let expected = [address::alias("8001"), address::alias("Causeway")];
    assert_eq!(request.terminal_alias.as_deref(), Some(&expected[..]));
    test.answer(confirm(request.request_seq_num, 60));
    assert!(test.client.is_registered(test.now));
}

#[test]
fn a_gatekeeper_that_wants_discovery_again_and_again_is_asked_with_patience() {
    let mut test = Test::new(true);
    let (requests, _) = test.command(Command::Start);
    let gatekeeper = GatekeeperConfirm {
        request_seq_num: sequence(&requests[0]),
        ras_address: address::transport(GATEKEEPER.into()),
        ..GatekeeperConfirm::default()
    };
    let (requests, _) = test.answer(RasMessage::GatekeeperConfirm(Box::new(gatekeeper)));
    let refused = reject(sequence(&requests[0]), RegistrationRejectReason::DiscoveryRequired);
    let (requests, events) = test.answer(refused);
    assert_eq!(requests, [], "not at once");
    assert!(matches!(&events[..], [Event::Failed(EndCause::Forbidden, _)]), "{events:?}");
    let before = test.now;
    let (requests, _) = test.wait();
    assert!(matches!(&requests[..], [RasMessage::GatekeeperRequest(_)]), "{requests:?}");
    assert!(test.now > before);
}

#[test]
fn it_stays_registered_by_lightweight_requests() {
    let mut test = Test::registered(100);
    let start = test.now;
    for round in 1..=3 {
        let (requests, events) = test.wait();
        assert_eq!(test.now - start, round * Duration::from_secs(75));
        let [RasMessage::RegistrationRequest(request)] = &requests[..] else { panic!() };
        assert_eq!(request.keep_alive, Some(true));
        assert_eq!(request.endpoint_identifier, Some(BmpString::from("E1")));
        assert_eq!(request.terminal_alias, None);
        assert_eq!(events, []);
        let (_, events) = test.answer(confirm(request.request_seq_num, 100));
        assert_eq!(events, [], "nothing new");
    }
}

#[test]
fn a_gatekeeper_that_forgot_us_is_asked_in_full() {
    let mut test = Test::registered(100);
    let (requests, _) = test.wait();
    let refused =
        reject(sequence(&requests[0]), RegistrationRejectReason::FullRegistrationRequired);
    let (requests, _) = test.answer(refused);
    let [RasMessage::RegistrationRequest(request)] = &requests[..] else { panic!() };
    assert_eq!(request.keep_alive, Some(false));
    let (_, events) = test.answer(confirm(request.request_seq_num, 100));
    assert_eq!(events, [Event::Registered(vec![])]);
}

#[test]
fn silence_is_met_with_patience_that_grows() {
    let mut test = Test::new(false);
    let start = test.now;
    let (requests, _) = test.command(Command::Start);
    let first = sequence(&requests[0]);
    for _ in 1..MAX_TRIES {
        let (again, events) = test.wait();
        assert_eq!((sequence(&again[0]), events.len()), (first, 0), "the same request");
    }
    let mut waits = vec![];
    for _ in 0..8 {
        let events = loop {
            let (_, events) = test.wait();
            if !events.is_empty() {
                break events;
            }
        };
        let [Event::Failed(EndCause::SignallingTimeout, at)] = events[..] else {
            panic!("{events:?}")
        };
        waits.push(at - test.now);
    }
    assert_eq!(waits[..3], [5, 10, 20].map(Duration::from_secs));
    assert_eq!(waits[7], Duration::from_secs(300));
    assert!(test.now - start > u32::from(MAX_TRIES) * PATIENCE);
}

#[test]
fn calls_are_admitted_refused_and_left() {
    let mut test = Test::registered(3_000);
    let (requests, _) = test.command(Command::Admit(admission()));
    let (_, events) = test.answer(admitted(sequence(&requests[0])));
    let allowed = Event::Admitted {
        call: KEY,
        address: Some(([127, 0, 0, 9], 1720).into()),
        to: vec![],
        bandwidth: 20_480,
    };
    assert_eq!(events, [allowed]);
    let (_, events) = test.command(Command::Admit(admission()));
    assert_eq!(events, [Event::Refused(KEY, EndCause::CapacityReached)], "the same call twice");
    let (requests, _) = test.command(Command::Disengage(KEY));
    assert!(matches!(&requests[..], [RasMessage::DisengageRequest(_)]));
    assert!(test.command(Command::Disengage(KEY)).0.is_empty(), "once");
    let confirm =
        DisengageConfirm { request_seq_num: sequence(&requests[0]), ..DisengageConfirm::default() };
    test.answer(RasMessage::DisengageConfirm(Box::new(confirm)));
    let (requests, _) = test.command(Command::Admit(admission()));
    let refusal = AdmissionReject {
        request_seq_num: sequence(&requests[0]),
        reject_reason: AdmissionRejectReason::CalledPartyNotRegistered,
        ..AdmissionReject::default()
    };
    let (_, events) = test.answer(RasMessage::AdmissionReject(Box::new(refusal)));
    assert_eq!(events, [Event::Refused(KEY, EndCause::NotFound)]);
}

#[test]
fn who_works_on_it_is_given_time() {
    let mut test = Test::registered(3_000);
    let start = test.now;
    let (requests, _) = test.command(Command::Admit(admission()));
    let progress = RequestInProgress {
        request_seq_num: sequence(&requests[0]),
        delay: 20_000,
        ..RequestInProgress::default()
    };
    test.answer(RasMessage::RequestInProgress(Box::new(progress)));
    let (again, _) = test.wait();
    assert_eq!((again.len(), test.now - start), (1, Duration::from_secs(20)));
    let events = loop {
        let (_, events) = test.wait();
        if !events.is_empty() {
            break events;
        }
    };
    assert_eq!(events, [Event::Refused(KEY, EndCause::SignallingTimeout)]);
}

#[test]
fn a_call_before_the_registration_is_refused() {
    let mut test = Test::new(false);
    let (_, events) = test.command(Command::Admit(admission()));
    assert_eq!(events, [Event::Refused(KEY, EndCause::Unreachable)]);
}

#[test]
fn what_the_gatekeeper_asks_is_answered() {
    let mut test = Test::registered(3_000);
    let (requests, _) = test.command(Command::Admit(admission()));
    test.answer(admitted(sequence(&requests[0])));
    let question = InfoRequest { request_seq_num: 900, ..InfoRequest::default() };
    let (answers, _) = test.answer(RasMessage::InfoRequest(Box::new(question)));
    let [RasMessage::InfoRequestResponse(report)] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!(report.request_seq_num, 900);
    assert_eq!(report.per_call_info.as_ref().map(Vec::len), Some(1));
    assert_eq!(report.irr_status, Some(InfoRequestResponseStatus::Complete));
    let drop = DisengageRequest {
        request_seq_num: 902,
        endpoint_identifier: "E1".into(),
        call_reference_value: 5,
        disengage_reason: DisengageReason::ForcedDrop,
        ..DisengageRequest::default()
    };
    let (answers, events) = test.answer(RasMessage::DisengageRequest(Box::new(drop)));
    assert!(matches!(&answers[..], [RasMessage::DisengageConfirm(_)]));
    assert_eq!(events, [Event::DropAsked(KEY)]);
    let leave = leave();
    let (answers, events) = test.answer(leave);
    assert!(matches!(&answers[..], [RasMessage::UnregistrationConfirm(_)]));
    assert_eq!(events, [Event::ThrownOut]);
    assert!(!test.client.is_registered(test.now));
    let (requests, _) = test.wait();
    assert!(matches!(&requests[..], [RasMessage::RegistrationRequest(_)]), "and comes back");
}

#[test]
fn nobody_but_the_gatekeeper_is_heard_or_answered() {
    let mut test = Test::registered(3_000);
    let leave = leave();
    for from in [([127, 0, 0, 1], 1718), ([127, 0, 0, 7], 1719)] {
        let (answers, events) = test.answer_from(from.into(), leave.clone());
        assert_eq!((answers.len(), events.len()), (0, 0));
    }
    assert!(test.client.is_registered(test.now));
}

#[test]
fn it_unregisters_and_is_done_also_where_nobody_answers() {
    let mut test = Test::registered(3_000);
    let (requests, _) = test.command(Command::Stop);
    assert!(matches!(&requests[..], [RasMessage::UnregistrationRequest(_)]));
    for _ in 1..MAX_TRIES {
        assert_eq!(test.wait().1, []);
    }
    assert_eq!(test.wait().1, [Event::Unregistered]);
    assert!(matches!(test.client.poll_output(), Output::Timeout(None)));
}

#[test]
fn tshark_finds_nothing_malformed() {
    let mut test = Test::new(true);
    test.command(Command::Start);
    let mut all = test.sent;
    let mut test = Test::registered(100);
    let (requests, _) = test.command(Command::Admit(admission()));
    test.answer(admitted(sequence(&requests[0])));
    let question = InfoRequest { request_seq_num: 900, ..InfoRequest::default() };
    test.answer(RasMessage::InfoRequest(Box::new(question)));
    test.command(Command::Disengage(KEY));
    test.wait();
    test.command(Command::Stop);
    all.extend(test.sent);
    assert!(all.len() >= 7);
    let sent = all.iter().map(|data| Sent {
        at: Duration::ZERO,
        from: ([127, 0, 0, 2], 1719).into(),
        to: GATEKEEPER.into(),
        carrier: Carrier::Udp,
        data: data.clone(),
    });
    let sent: Vec<Sent> = sent.collect();
    let Some(text) = tshark("ras", &sent) else { return };
    assert!(!text.contains("Malformed"), "{text}");
    assert_eq!(text.matches("RasMessage: ").count(), all.len(), "tshark looked into them");
}

proptest! {
    #[test]
    fn any_datagrams(datagrams in prop::collection::vec((0u8..30, prop::collection::vec(any::<u8>(), 0..80)), 0..20)) {
        let mut test = Test::registered(100);
        test.command(Command::Admit(admission()));
        for (first, rest) in &datagrams {
            let data = [&[first << 2], &rest[..]].concat();
            let from = GATEKEEPER.into();
            test.client.handle_input(test.now, Input::Datagram { from, data: &data });
            let (answers, _) = test.drain();
            prop_assert!(answers.len() <= 1, "never more than it is asked");
        }
    }
}
