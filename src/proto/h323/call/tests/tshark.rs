//! Who knows more than we: tshark finds nothing malformed in all that both sides say.

use super::super::message::{self, Header};
use super::super::{Command, Input, Placing, Redirection};
use super::pair::{Pair, Side, config, placing, proposal, reverse_proposal};
use super::scenario;
use crate::h323::captures::tshark;
use crate::h323::{address, h245};
use causeway_asn1::encode;
use causeway_asn1::h225::H323UserInformation;
use causeway_asn1::h245::{
    ConferenceRequest, ModeElement, MultimediaSystemControlMessage as Message, RequestMessage,
    RequestMode,
};
use causeway_asn1::h450::{H4501SupplementaryService, Invoke, Ros, ServiceApdus};
use causeway_base::EndCause;
use causeway_wire::q931::{CallReference, MessageKind, Q931View, Q931Writer};
use causeway_wire::testing::capture::Sent;

/// How many messages of call signalling there are, and of H.245, within them or beside.
fn count(sent: &[Sent]) -> (usize, usize) {
    let (mut signalling, mut control) = (0, 0);
    for one in sent {
        let Ok(view) = Q931View::parse(&one.data) else {
            control += 1;
            continue;
        };
        let message: Option<H323UserInformation> =
            view.user_user().map(|asn1| causeway_asn1::decode(asn1).expect("our own"));
        signalling += usize::from(message.is_some());
        control += message.and_then(|it| it.h323_uu_pdu.h245_control).map_or(0, |it| it.len());
    }
    (signalling, control)
}

fn check(name: &str, sent: &[Sent]) {
    let (signalling, control) = count(sent);
    let Some(text) = tshark(name, sent) else { return };
    for complaint in ["Malformed", "Expert Info (Error", "Dissector bug", "Unreassembled"] {
        let place = text.find(complaint).unwrap_or(text.len());
        assert_eq!(place, text.len(), "{}", &text[place.saturating_sub(4_000)..place + 40]);
    }
    assert_eq!(text.matches("H323-UserInformation").count(), signalling, "tshark read them");
    assert_eq!(text.matches("PDU Type: ").count(), control, "tshark read them");
}

#[test]
fn it_finds_nothing_malformed_in_any_way_to_start() {
    let sent = scenario::all_that_is_said(108);
    let (signalling, control) = count(&sent);
    assert!(signalling > 1_000 && control > 1_000, "{signalling} {control}");
    check("h323-starts", &sent);
}

/// What calls say beside: digits, redirections, notifications, states, refusals.
#[test]
fn it_finds_nothing_malformed_beside() {
    let mut pair = Pair::new(config(true, false), config(true, true));
    let fast_start = vec![proposal(1), reverse_proposal(2)];
    pair.place(Placing { overlap: true, fast_start, ..placing() });
    pair.command(Side::Callee, Command::AskDigits);
    pair.run();
    pair.command(Side::Caller, Command::SendDigits("80".into()));
    pair.command(Side::Caller, Command::SendLastDigits("01".into()));
    pair.run();
    pair.command(Side::Callee, Command::Name("\u{4f1a}\u{8bae}\u{5ba4} 8001".into()));
    pair.command(Side::Callee, Command::SettleFastStart(vec![proposal(1), reverse_proposal(101)]));
    pair.command(Side::Callee, Command::Progress(8));
    pair.answer(vec![]);
    inquiries(&mut pair);
    for side in [Side::Caller, Side::Callee] {
        for command in [
            h245::Command::SendUserInput(h245::UserInput::Signal('#', None)),
            h245::Command::SendUserInput(h245::UserInput::Text("1234".into())),
            h245::Command::LimitFlow { channel: None, limit: Some(7_680) },
            h245::Command::AskFastUpdate(1),
            h245::Command::MeasureRoundTrip,
            h245::Command::Close(if side == Side::Caller { 1 } else { 101 }),
        ] {
            pair.command(side, Command::Control(command));
        }
        pair.command(side, Command::Notify(0x79));
    }
    let redirection = Redirection {
        to: vec![address::alias("8002"), address::alias("room@example.com")],
        address: Some(([127, 0, 0, 3], 1720).into()),
        route: false,
    };
    pair.command(Side::Callee, Command::Redirect(Box::new(redirection)));
    pair.run();
    pair.command(Side::Callee, Command::End(EndCause::Replaced));
    pair.run();
    let kinds: Vec<MessageKind> =
        pair.sent.iter().filter_map(|sent| Some(Q931View::parse(&sent.data).ok()?.kind)).collect();
    for kind in [
        MessageKind::SetupAcknowledge,
        MessageKind::Information,
        MessageKind::Progress,
        MessageKind::Notify,
        MessageKind::Status,
        MessageKind::Facility,
        MessageKind::ReleaseComplete,
    ] {
        assert!(kinds.contains(&kind), "{kind:?}");
    }
    check("h323-beside", &pair.sent);
}

/// A question for the state of the call and of one that is not there, a service, and H.245 that is
/// refused or not understood: all are answered.
fn inquiries(pair: &mut Pair) {
    let asked = pair.sent.len();
    for value in [77, 78] {
        let reference = CallReference { value, from_destination: false };
        let inquiry = Q931Writer::new(reference, MessageKind::StatusInquiry).finish();
        pair.input(Side::Callee, Input::Signalling(&inquiry.expect("short")));
    }
    let reference = CallReference { value: 77, from_destination: false };
    let header = Header { tunnelling: Some(true), ..Header::default() };
    let refused = [
        RequestMessage::MaintenanceLoopRequest(Default::default()),
        RequestMessage::RequestMode(RequestMode {
            sequence_number: 7,
            requested_modes: vec![vec![ModeElement::default()]],
        }),
        RequestMessage::ConferenceRequest(ConferenceRequest::TerminalListRequest),
    ];
    let refused =
        refused.map(|request| encode(&Message::Request(Box::new(request))).expect("a request"));
    let invoke = Ros::Invoke(Invoke { invoke_id: 7, ..Invoke::default() });
    let service = H4501SupplementaryService {
        service_apdu: ServiceApdus::RosApdus(vec![invoke]),
        ..H4501SupplementaryService::default()
    };
    let services = vec![encode(&service).expect("a service")];
    let packet = message::carrier().bytes(reference, &header, refused.to_vec(), services);
    pair.input(Side::Callee, Input::Signalling(&packet.expect("short")));
    assert!(pair.sent.len() >= asked + 3, "they are answered");
}
