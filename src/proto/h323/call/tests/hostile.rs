//! Thousands of broken messages, each in every place of a call, and after each a good call.

use super::super::{Answering, Call, Command, Event, Input, Output, Placing};
use super::pair::{Pair, Side, config, placing, proposal, reverse_proposal};
use crate::h323::h245;
use causeway_asn1::encode;
use causeway_asn1::h245::{
    AudioCapability, Capability, CapabilityDescriptor, CapabilityTableEntry, DataType,
    H2250LogicalChannelParameters, MultimediaSystemControlMessage as Message, RequestMessage,
    TerminalCapabilitySet,
};
use causeway_wire::q931::{CallReference, ElementId, Q931View, Q931Writer};
use causeway_wire::testing::hostile::{self, Hostile};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// What both sides of a good call say: by signalling with fast start and tunnelled H.245, and by
/// H.245 alone.
struct Good {
    setup: Vec<u8>,
    /// What who is called says until it answers.
    answers: Vec<Vec<u8>>,
    /// What who calls says later.
    later: Vec<Vec<u8>>,
    control: Vec<Vec<u8>>,
}

fn good() -> Good {
    let mut pair = Pair::new(config(true, false), config(true, true));
    let fast_start = vec![proposal(1), reverse_proposal(2)];
    pair.place(Placing { fast_start, ..placing() });
    pair.command(Side::Callee, Command::Name("8001".into()));
    pair.answer(vec![proposal(1)]);
    for side in [Side::Caller, Side::Callee] {
        pair.command(side, Command::Control(h245::Command::DetermineMaster));
        pair.command(side, Command::Control(h245::Command::SendCapabilities(Box::new(set()))));
        pair.command(side, Command::Control(h245::Command::Open(Box::new(opening()))));
    }
    for command in [
        h245::Command::SendUserInput(h245::UserInput::Signal('5', Some(Duration::from_millis(90)))),
        h245::Command::SendUserInput(h245::UserInput::Text("12#".into())),
        h245::Command::LimitFlow { channel: Some(7), limit: Some(5_120) },
        h245::Command::AskFastUpdate(7),
        h245::Command::AskClose(7),
        h245::Command::MeasureRoundTrip,
        h245::Command::Close(7),
    ] {
        pair.command(Side::Caller, Command::Control(command));
    }
    pair.run();
    let said = |side: Side| -> Vec<Vec<u8>> {
        let port = if side == Side::Caller { 40_000 } else { 1_720 };
        let sent = pair.sent.iter().filter(|sent| sent.from.port() == port);
        sent.map(|sent| sent.data.clone()).collect()
    };
    let (mut caller, callee) = (said(Side::Caller), said(Side::Callee));
    let setup = caller.remove(0);
    let control = pair.bodies(Side::Caller).into_iter().filter_map(|pdu| pdu.h245_control);
    let control: BTreeSet<Vec<u8>> = control.flatten().collect();
    Good { setup, answers: callee, later: caller, control: control.into_iter().collect() }
}

fn set() -> TerminalCapabilitySet {
    let entry = |number, capability| CapabilityTableEntry {
        capability_table_entry_number: number,
        capability: Some(Capability::ReceiveAudioCapability(capability)),
    };
    TerminalCapabilitySet {
        capability_table: Some(vec![
            entry(1, AudioCapability::G711Ulaw64k(20)),
            entry(2, AudioCapability::G72264k(20)),
        ]),
        capability_descriptors: Some(vec![CapabilityDescriptor {
            capability_descriptor_number: 0,
            simultaneous_capabilities: Some(vec![vec![1, 2]]),
        }]),
        ..TerminalCapabilitySet::default()
    }
}

fn opening() -> h245::Opening {
    h245::Opening {
        number: 7,
        data_type: DataType::AudioData(AudioCapability::G711Ulaw64k(20)),
        parameters: H2250LogicalChannelParameters { session_id: 1, ..Default::default() },
        encryption: None,
        replaces: None,
        generic: None,
        exclusive: false,
    }
}

/// All that is wrong in one place of a message of Q.931, or in one byte of what H.225.0 says in it.
fn broken(message: &[u8]) -> Vec<Hostile> {
    let mut all = hostile::of_message(message);
    let view = Q931View::parse(message).expect("a good one");
    let Some(asn1) = view.user_user() else { return all };
    for inner in hostile::of_bytes(asn1) {
        let mut writer = Q931Writer::new(view.call_reference, view.kind);
        for element in view.elements().filter(|element| element.id != ElementId::USER_USER) {
            writer = writer.element(element.id, element.data);
        }
        let message = writer.user_user(&inner.message).finish().expect("as long as before");
        all.push(Hostile { what: format!("asn1 {}", inner.what), message });
    }
    // Much is broken in the same way twice.
    let mut seen = BTreeSet::new();
    all.retain(|hostile| hostile.message != message && seen.insert(hostile.message.clone()));
    all
}

/// A side, and what it does.
struct Place {
    call: Call,
    now: Instant,
    /// Packets of its last input.
    packets: usize,
}

impl Place {
    fn new(now: Instant, bridge: bool) -> Self {
        Self { call: Call::new(config(true, bridge)), now, packets: 0 }
    }

    fn input(&mut self, what: &str, input: Input<'_>) -> Vec<Event> {
        self.call.handle_input(self.now, input);
        self.drain(what)
    }

    fn command(&mut self, command: Command) -> Vec<Event> {
        self.input("a command", Input::Command(command))
    }

    fn drain(&mut self, what: &str) -> Vec<Event> {
        let mut events = vec![];
        self.packets = 0;
        for _ in 0..300 {
            match self.call.poll_output() {
                Output::Timeout(_) => return events,
                Output::Event(event) => events.push(event),
                Output::Signalling(_) | Output::Control(_) => self.packets += 1,
                Output::ConnectControl(_) | Output::Close => {}
            }
        }
        panic!("one input makes few outputs: {what}");
    }

    /// Whatever it heard, it comes to its end by itself, or waits for nothing.
    fn ends(&mut self, what: &str) {
        for _ in 0..16 {
            let Output::Timeout(deadline) = self.call.poll_output() else { panic!("{what}") };
            let Some(deadline) = deadline else { return };
            self.now = self.now.max(deadline);
            self.call.handle_timeout(self.now);
            self.drain(what);
        }
        panic!("it waits without end: {what}");
    }
}

fn ended(events: &[Event]) -> bool {
    events.iter().any(|event| matches!(event, Event::Ended(_)))
}

/// A good call: it is offered and answered, and heard by H.245.
fn works(good: &Good, mut place: Place, what: &str) {
    let offered = place.input(what, Input::Signalling(&good.setup));
    assert!(matches!(&offered[..], [Event::Offered(_)]), "{what}: {offered:?}");
    let ready = place.command(Command::Answer(Box::default()));
    assert!(ready.contains(&Event::ControlReady), "{what}: {ready:?}");
    place.input(what, Input::Signalling(&carried(&question())));
    assert!(place.packets > 0, "a request is answered: {what}");
}

/// A Setup: to a connection on which there is no call yet. The next call is a good one.
#[test]
#[allow(clippy::disallowed_methods, reason = "an instant to count from")]
fn broken_setups_harm_nobody() {
    let (now, good) = (Instant::now(), good());
    let all = broken(&good.setup);
    assert!(all.len() > 4_500, "{}", all.len());
    for Hostile { what, message } in &all {
        let mut place = Place::new(now, true);
        let heard = place.input(what, Input::Signalling(message));
        assert!(heard.len() <= 4, "{what}: {heard:?}");
        if heard.is_empty() {
            // It was no call: the next is one, on the same connection.
            works(&good, place, what);
        } else {
            place.ends(what);
            works(&good, Place::new(now, true), what);
        }
    }
    println!("{} broken messages", all.len());
}

/// Within a call that stands: it ends, or is answered.
#[test]
#[allow(clippy::disallowed_methods, reason = "an instant to count from")]
fn broken_messages_within_a_call_harm_nobody() {
    let (now, good) = (Instant::now(), good());
    let all = [hostile::of_message(&good.setup), broken(&good.later[0])].concat();
    assert!(all.len() > 4_500, "{}", all.len());
    for Hostile { what, message } in &all {
        let mut place = Place::new(now, true);
        place.input(what, Input::Signalling(&good.setup));
        let heard = place.input(what, Input::Signalling(message));
        let ready = place.command(Command::Answer(Box::default()));
        // One that says that it does not tunnel any more wants a connection; others begin with
        // H.245 themselves.
        let goes_on = [Event::ControlReady, Event::ControlWanted];
        let goes_on = heard.iter().chain(&ready).any(|event| goes_on.contains(event));
        assert!(ended(&heard) || goes_on, "{what}: {heard:?} {ready:?}");
        place.command(Command::End(causeway_base::EndCause::Normal));
        place.ends(what);
        works(&good, Place::new(now, true), what);
    }
    println!("{} broken messages", all.len());
}

/// To who calls: Alerting and Connect. The good ones that follow are heard, or it has ended.
#[test]
#[allow(clippy::disallowed_methods, reason = "an instant to count from")]
fn broken_answers_harm_nobody() {
    let (now, good) = (Instant::now(), good());
    let mut count = 0;
    for (nth, message) in good.answers.iter().enumerate().take(3).skip(1) {
        // What H.225.0 says is broken in Connect alone, which has all that the others have.
        let all = if nth < 2 { hostile::of_message(message) } else { broken(message) };
        for Hostile { what, message } in &all {
            count += 1;
            let mut place = Place::new(now, false);
            let fast_start = vec![proposal(1), reverse_proposal(2)];
            place.command(Command::Place(Box::new(Placing { fast_start, ..placing() })));
            let mut heard = place.input(what, Input::Signalling(message));
            for message in &good.answers[nth..3] {
                heard.extend(place.input(what, Input::Signalling(message)));
            }
            let answered = heard.iter().any(|event| matches!(event, Event::Answered(_)));
            assert!(answered || ended(&heard), "{what}: {heard:?}");
            place.command(Command::End(causeway_base::EndCause::Normal));
            place.ends(what);
            works(&good, Place::new(now, true), what);
        }
    }
    assert!(count > 4_500, "{count}");
    println!("{count} broken messages");
}

/// H.245, tunnelled and on a connection of its own: the call goes on, or the other side ended it.
#[test]
#[allow(clippy::disallowed_methods, reason = "an instant to count from")]
fn broken_control_harms_nobody() {
    let now = Instant::now();
    let good = good();
    let mut count = 0;
    for (message, tunnelled) in
        good.control.iter().flat_map(|message| [(message, true), (message, false)])
    {
        for hostile in hostile::of_bytes(message) {
            count += 1;
            let what = &hostile.what;
            let mut place = standing(&good, now, tunnelled);
            let heard = if tunnelled {
                let carried = carried(&hostile.message);
                place.input(what, Input::Signalling(&carried))
            } else {
                place.input(what, Input::Control(&hostile.message))
            };
            assert!(place.packets <= 64 && heard.len() <= 64, "{what}: {heard:?}");
            // What follows is answered all the same.
            let question = question();
            if tunnelled {
                place.input(what, Input::Signalling(&carried(&question)));
            } else {
                place.input(what, Input::Control(&question));
            }
            assert!(ended(&heard) || place.packets > 0, "{what}: {heard:?}");
            place.command(Command::End(causeway_base::EndCause::Normal));
            place.ends(what);
            works(&good, Place::new(now, true), what);
        }
    }
    assert!(count > 2_500, "{count}");
    println!("{count} broken messages of H.245");
}

/// A call that was answered, with H.245 one way or the other.
fn standing(good: &Good, now: Instant, tunnelled: bool) -> Place {
    let mut place = Place::new(now, true);
    if !tunnelled {
        place.call = Call::new(config(false, true));
    }
    place.input("a good one", Input::Signalling(&good.setup));
    let control = Some(([127, 0, 0, 1], 11_000).into());
    place.command(Command::Answer(Box::new(Answering { control, ..Answering::default() })));
    if !tunnelled {
        place.input("a connection", Input::ControlConnected);
    }
    place
}

/// A request that is always answered.
fn question() -> Vec<u8> {
    let request = RequestMessage::RoundTripDelayRequest(Default::default());
    encode(&Message::Request(Box::new(request))).expect("a message")
}

/// H.245 within a message of call signalling.
fn carried(control: &[u8]) -> Vec<u8> {
    let reference = CallReference { value: 77, from_destination: false };
    let header = super::super::message::Header { tunnelling: Some(true), ..Default::default() };
    let control = vec![control.to_vec()];
    super::super::message::carrier().bytes(reference, &header, control, vec![]).expect("short")
}
