//! What each side of real calls said, said to us: every request is answered, nothing is
//! malformed.

use super::super::{Command, Config, Control, Event, Input, Output};
use super::pair::{ack, g711};
use crate::h323::captures::{answer, captures};
use causeway_asn1::decode;
use causeway_asn1::h225::H323UserInformation;
use causeway_asn1::h245::{MultimediaSystemControlMessage as Message, ResponseMessage};
use causeway_wire::q931::Q931View;
use causeway_wire::testing::capture::{self, Carrier};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Instant;

/// The H.245 of a capture, by who said it to whom.
fn said(file: &[u8]) -> BTreeMap<(SocketAddr, SocketAddr), Vec<Vec<u8>>> {
    let mut said: BTreeMap<_, Vec<Vec<u8>>> = BTreeMap::new();
    for sent in capture::read(file) {
        if sent.carrier != Carrier::Tpkt || sent.data.is_empty() {
            continue;
        }
        let messages = match Q931View::parse(&sent.data) {
            Ok(view) => view
                .user_user()
                .and_then(|asn1| decode::<H323UserInformation>(asn1).ok())
                .and_then(|message| message.h323_uu_pdu.h245_control)
                .unwrap_or_default(),
            Err(_) => vec![sent.data],
        };
        said.entry((sent.from, sent.to)).or_default().extend(messages);
    }
    said.retain(|_, messages| !messages.is_empty());
    said
}

#[test]
#[allow(clippy::disallowed_methods, reason = "an instant to count from")]
fn real_calls_are_answered() {
    let now = Instant::now();
    let mut replayed = 0;
    for (name, file) in captures() {
        for ((from, to), messages) in said(&file) {
            let at = format!("{name}, {from} -> {to}");
            let mut control = Control::new(Config::new(240, [3; 32]));
            control.handle_input(now, Input::Command(Command::DetermineMaster));
            control.handle_input(now, Input::Command(Command::SendCapabilities(Box::new(g711()))));
            respond(&mut control, now);
            for bytes in messages {
                replayed += 1;
                let message: Message = decode(&bytes).expect("captured");
                control.handle_input(now, Input::Message(&bytes));
                let answers = respond(&mut control, now);
                if let Message::Request(request) = &message
                    && let Some(answer) = answer(request)
                {
                    assert!(answers.iter().any(answer), "{at}: {message:?}");
                }
            }
            assert!(!control.capabilities().is_empty(), "{at}: nobody takes nothing");
        }
    }
    println!("{replayed} messages replayed");
}

/// Takes every channel that is offered; the responses that were sent.
fn respond(control: &mut Control, now: Instant) -> Vec<ResponseMessage> {
    let mut responses = vec![];
    loop {
        match control.poll_output() {
            Output::Transmit(bytes) => {
                if let Message::Response(response) = decode(&bytes).expect("our own") {
                    responses.push(*response);
                }
            }
            Output::Event(Event::Offered(open)) => {
                let number = open.forward_logical_channel_number;
                control.handle_input(now, Input::Command(Command::Accept(ack(number))));
            }
            Output::Event(Event::Malformed(error)) => panic!("{error}"),
            Output::Event(_) => {}
            Output::Timeout(_) => return responses,
        }
    }
}
