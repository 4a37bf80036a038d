//! One side of each real call, replayed against us in the place of the other, by its order.

use super::super::{Answering, Call, Command, Config, Event, Input, Output, Placing, read};
use super::pair::{config, placing};
use crate::h323::captures::{answer, captures};
use crate::h323::{address, h245};
use causeway_asn1::decode;
use causeway_asn1::h225::{
    H323UserInformation, H323UuPdu, H323UuPduH323MessageBody as Body, TransportAddress,
};
use causeway_asn1::h245::{
    AudioCapability, Capability, CapabilityTableEntry, MultimediaSystemControlMessage as Message,
    OpenLogicalChannel, OpenLogicalChannelAck, ResponseMessage, TerminalCapabilitySet,
};
use causeway_base::EndCause;
use causeway_wire::q931::{MessageKind, Q931View};
use causeway_wire::testing::capture::{self, Carrier, Sent};
use std::time::{Duration, Instant};

fn pdu(packet: &[u8]) -> Option<(MessageKind, u16, H323UuPdu)> {
    let view = Q931View::parse(packet).ok()?;
    let message = decode::<H323UserInformation>(view.user_user()?).ok()?;
    Some((view.kind, view.call_reference.value, message.h323_uu_pdu))
}

/// The call in whose place we are.
struct Replay {
    call: Call,
    now: Instant,
    events: Vec<Event>,
    responses: Vec<ResponseMessage>,
}

impl Replay {
    fn input(&mut self, input: Input<'_>) {
        self.call.handle_input(self.now, input);
        loop {
            match self.call.poll_output() {
                Output::Signalling(packet) => {
                    let control = pdu(&packet).and_then(|(.., pdu)| pdu.h245_control);
                    control.iter().flatten().for_each(|message| self.note(message));
                }
                Output::Control(packet) => self.note(&packet),
                Output::ConnectControl(_) => return self.input(Input::ControlConnected),
                Output::Event(event) => self.react(event),
                Output::Close => {}
                Output::Timeout(_) => return,
            }
        }
    }

    fn note(&mut self, message: &[u8]) {
        if let Ok(Message::Response(response)) = decode(message) {
            self.responses.push(*response);
        }
    }

    /// Takes what is offered, and begins when it may.
    fn react(&mut self, event: Event) {
        self.events.push(event.clone());
        match event {
            Event::ControlReady => {
                for command in [
                    h245::Command::DetermineMaster,
                    h245::Command::SendCapabilities(Box::new(g711())),
                ] {
                    self.input(Input::Command(Command::Control(command)));
                }
            }
            Event::Control(h245::Event::Offered(open)) => {
                let ack = OpenLogicalChannelAck {
                    forward_logical_channel_number: open.forward_logical_channel_number,
                    ..OpenLogicalChannelAck::default()
                };
                let accept = h245::Command::Accept(Box::new(ack));
                self.input(Input::Command(Command::Control(accept)));
            }
            _ => {}
        }
    }

    fn command(&mut self, command: Command) {
        self.input(Input::Command(command));
    }

    /// What was said to us; every request in it is answered.
    fn heard(&mut self, at: &str, packet: &[u8]) {
        self.responses.clear();
        let signalling = pdu(packet);
        let ends = matches!(signalling, Some((MessageKind::ReleaseComplete, ..)));
        let control = match &signalling {
            Some((.., pdu)) => pdu.h245_control.clone().unwrap_or_default(),
            None if Q931View::parse(packet).is_ok() => vec![],
            None => vec![packet.to_vec()],
        };
        match &signalling {
            None if !control.is_empty() => self.input(Input::Control(packet)),
            _ => self.input(Input::Signalling(packet)),
        }
        for message in control {
            let message: Message = decode(&message).expect("captured");
            if let Message::Request(request) = &message
                && let Some(answer) = answer(request)
                && !ends
            {
                assert!(self.responses.iter().any(answer), "{at}: {message:?}");
            }
        }
    }
}

fn g711() -> TerminalCapabilitySet {
    TerminalCapabilitySet {
        capability_table: Some(vec![CapabilityTableEntry {
            capability_table_entry_number: 1,
            capability: Some(Capability::ReceiveAudioCapability(AudioCapability::G711Alaw64k(20))),
        }]),
        ..TerminalCapabilitySet::default()
    }
}

/// What a message of the one in whose place we are makes us do.
fn follow(replay: &mut Replay, kind: MessageKind, pdu: &H323UuPdu) {
    let channels =
        |fast: &Option<Vec<Vec<u8>>>| -> Vec<OpenLogicalChannel> { read::channels(fast.as_ref()) };
    let control = |address: &Option<TransportAddress>| address.as_ref().and_then(address::socket);
    match &pdu.h323_message_body {
        Body::CallProceeding(_) => replay.command(Command::Proceed),
        Body::Alerting(alerting) => {
            if alerting.fast_start.is_some() {
                let channels = channels(&alerting.fast_start);
                replay.command(Command::SettleFastStart(channels));
            }
            replay.command(Command::Alert);
        }
        Body::Connect(connect) => {
            let answering = Answering {
                fast_start: channels(&connect.fast_start),
                control: control(&connect.h245_address),
            };
            replay.command(Command::Answer(Box::new(answering)));
        }
        _ if kind == MessageKind::ReleaseComplete => {
            replay.command(Command::End(EndCause::Normal));
        }
        // It spoke by H.245 before it answered.
        _ if pdu.h245_control.is_some() => replay.command(Command::BeginControl),
        _ => {}
    }
}

/// A call of a capture: where its Setup is, and what belongs to it.
fn replay(name: &str, sent: &[Sent], setup: &Sent, as_caller: bool, now: Instant) -> Replay {
    let (ours, theirs) = if as_caller { (setup.from, setup.to) } else { (setup.to, setup.from) };
    let at = format!("{name}, in the place of {ours}");
    let signals =
        |one: &Sent| [(one.from, one.to), (one.to, one.from)].contains(&(setup.from, setup.to));
    let controls = |one: &Sent| {
        Q931View::parse(&one.data).is_err()
            && [(one.from.ip(), one.to.ip()), (one.to.ip(), one.from.ip())]
                .contains(&(setup.from.ip(), setup.to.ip()))
    };
    let mine: Vec<&Sent> = sent
        .iter()
        .filter(|one| one.carrier == Carrier::Tpkt && !one.data.is_empty())
        .filter(|one| signals(one) || controls(one))
        .collect();
    let says = |one: &&&Sent| one.from == ours && signals(one);
    let tunnelling = mine.iter().filter(says).find_map(|one| pdu(&one.data)?.2.h245_tunnelling);
    let config = Config { ..config(tunnelling == Some(true), !as_caller) };
    let mut replay = Replay { call: Call::new(config), now, events: vec![], responses: vec![] };
    for one in mine {
        replay.now = now + one.at;
        let us = if signals(one) { one.from == ours } else { one.from.ip() == ours.ip() };
        if !signals(one) {
            // The first on a connection says that there is one; the others change nothing.
            replay.input(Input::ControlConnected);
        }
        if !us {
            replay.heard(&at, &one.data);
            continue;
        }
        let Some((kind, call_reference, pdu)) = pdu(&one.data) else { continue };
        match &pdu.h323_message_body {
            Body::Setup(setup) if as_caller => {
                let fast_start = read::channels(setup.fast_start.as_ref());
                let placing = Placing { call_reference, fast_start, ..placing() };
                replay.command(Command::Place(Box::new(placing)));
            }
            _ => follow(&mut replay, kind, &pdu),
        }
    }
    assert!(theirs != ours);
    replay.now += Duration::from_secs(1);
    replay.command(Command::End(EndCause::Normal));
    replay
}

#[test]
#[allow(clippy::disallowed_methods, reason = "an instant to count from")]
fn real_calls_go_on_with_us() {
    let now = Instant::now();
    let captures = captures();
    let (mut replayed, mut fast) = (0, 0);
    for (name, file) in &captures {
        let sent = capture::read(file);
        let setups = sent.iter().filter(|one| {
            one.carrier == Carrier::Tpkt && matches!(pdu(&one.data), Some((MessageKind::Setup, ..)))
        });
        for (setup, as_caller) in setups.flat_map(|setup| [(setup, true), (setup, false)]) {
            let mut replay = replay(name, &sent, setup, as_caller, now);
            let at = format!("{name}, as caller {as_caller}: {:?}", replay.events);
            let count = |wanted: fn(&Event) -> bool| {
                replay.events.iter().filter(|event| wanted(event)).count()
            };
            let begun = count(|event| matches!(event, Event::Offered(_) | Event::Answered(_)));
            assert_eq!(begun, 1, "{at}");
            assert_eq!(count(|event| matches!(event, Event::ControlReady)), 1, "{at}");
            assert_eq!(count(|event| matches!(event, Event::Ended(EndCause::Normal))), 1, "{at}");
            let told = |event: &Event| matches!(event, Event::Control(h245::Event::Malformed(_)));
            assert_eq!(count(told), 0, "{at}");
            let set = |event: &Event| matches!(event, Event::Control(h245::Event::Capabilities(set)) if !set.is_empty());
            assert!(count(set) > 0, "{at}");
            fast += count(|event| matches!(event, Event::FastStart(_)));
            assert_eq!(replay.call.poll_output(), Output::Timeout(None), "{at}");
            replayed += 1;
        }
    }
    println!("{replayed} replayed");
    assert!(captures.is_empty() || (replayed >= 20 && fast >= 1), "{replayed} {fast}");
}
