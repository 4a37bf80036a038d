//! What each side of real calls said, said to us: every request is answered, nothing is
//! malformed. Without captures there is nothing to replay; in CI they must be there.

use super::super::{Command, Config, Control, Event, Input, Output};
use super::pair::{ack, g711};
use causeway_asn1::decode;
use causeway_asn1::h225::H323UserInformation;
use causeway_asn1::h245::{
    MultimediaSystemControlMessage as Message, RequestMessage, ResponseMessage,
};
use causeway_wire::q931::Q931View;
use causeway_wire::testing::capture::{self, Carrier};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Instant;

fn captures() -> Vec<(String, Vec<u8>)> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/testdata");
    let folder = std::env::var_os("CAUSEWAY_TESTDATA").map_or(beside.into(), PathBuf::from);
    let folder = folder.join("h323");
    if !folder.is_dir() {
        assert!(std::env::var_os("CI").is_none(), "no captures in {}", folder.display());
        return vec![];
    }
    let files = std::fs::read_dir(folder).expect("a folder");
    files
        .map(|file| {
            let path = file.expect("a file").path();
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(path).expect("readable"))
        })
        .collect()
}

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

/// What must answer a request, if anything must.
fn answer(request: &RequestMessage) -> Option<fn(&ResponseMessage) -> bool> {
    Some(match request {
        RequestMessage::MasterSlaveDetermination(_) => {
            |response| matches!(response, ResponseMessage::MasterSlaveDeterminationAck(_))
        }
        RequestMessage::TerminalCapabilitySet(_) => {
            |response| matches!(response, ResponseMessage::TerminalCapabilitySetAck(_))
        }
        RequestMessage::OpenLogicalChannel(_) => {
            |response| matches!(response, ResponseMessage::OpenLogicalChannelAck(_))
        }
        RequestMessage::CloseLogicalChannel(_) => {
            |response| matches!(response, ResponseMessage::CloseLogicalChannelAck(_))
        }
        RequestMessage::RoundTripDelayRequest(_) => {
            |response| matches!(response, ResponseMessage::RoundTripDelayResponse(_))
        }
        _ => return None,
    })
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
