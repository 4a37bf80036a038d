//! Body of a fuzz target: two sessions, whose messages arrive, are lost or are said by nobody, and
//! are told anything between them.

use super::{Command, Config, Event, Input, Output, Session, Terms};
use crate::h323::address;
use crate::h323::call::Placing;
use crate::offer_answer::LocalMedia;
use causeway_asn1::encode;
use causeway_asn1::h245::{
    AudioCapability, CloseLogicalChannel, CommandMessage, DataType, FlowControlCommand,
    FlowControlCommandRestriction, FlowControlCommandScope, H2250LogicalChannelParameters,
    IndicationMessage, MultimediaSystemControlMessage as Message, OpenLogicalChannel,
    OpenLogicalChannelAck, OpenLogicalChannelForwardLogicalChannelParameters,
    OpenLogicalChannelForwardLogicalChannelParametersMultiplexParameters as Multiplex,
    OpenLogicalChannelReject, RequestChannelClose, RequestMessage, ResponseMessage,
    TerminalCapabilitySet, UserInputIndication,
};
use causeway_base::{Bitrate, EndCause, VideoCodec};
use causeway_plan::{Encryption, LegMedia, OfferPolicy};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Steps that one input of the fuzzer makes at most.
const MAX_STEPS: usize = 256;

/// Bytes of one message that the fuzzer writes itself.
const MAX_WRITTEN: usize = 32;

/// One session, and what is on its way to it.
struct End {
    session: Session,
    arriving: VecDeque<Packet>,
    told: Option<LegMedia>,
    over: bool,
}

enum Packet {
    Signalling(Vec<u8>),
    Control(Vec<u8>),
    Connected,
}

fn terms(host: u8, pictures: bool) -> Terms {
    let local = |rtp_port| LocalMedia {
        advertised: [127, 0, 0, host].into(),
        rtp_port,
        rtcp_port: rtp_port + 1,
    };
    let mut policy = OfferPolicy { encryption: Encryption::Off, ..OfferPolicy::default() };
    policy.video.codecs = vec![VideoCodec::H264];
    Terms {
        policy,
        audio: local(20_000),
        video: pictures.then(|| local(20_002)),
        signalling_source: [127, 0, 0, 3 - host].into(),
    }
}

/// Whatever comes in whatever order: what is agreed is sound, nothing follows an end, and no timer
/// is left.
#[allow(clippy::disallowed_methods, reason = "an instant to count from")]
pub fn sequence(data: &[u8]) {
    let mut now = Instant::now();
    let (mode, mut rest) = data.split_first().map_or((0, data), |(mode, rest)| (*mode, rest));
    let mut ends = [1, 2].map(|seed| {
        let ring = Duration::from_secs(60);
        let session = Session::new(Config::new("Fuzz", "", mode & 1 != 0, ring, [seed; 32]));
        End { session, arriving: VecDeque::new(), told: None, over: false }
    });
    let placing = Box::new(placing());
    let place =
        Command::Place { placing, terms: Box::new(terms(1, mode & 2 != 0)), fast: mode & 4 != 0 };
    input(&mut ends, 0, now, Input::Command(place));
    for _ in 0..MAX_STEPS {
        let [kind, value, after @ ..] = rest else { break };
        rest = after;
        let at = usize::from(kind >> 7);
        match kind & 0x1f {
            0..=9 => arrive(&mut ends, at, now),
            10 => drop(ends.get_mut(at).and_then(|end| end.arriving.pop_front())),
            11 => {
                now += Duration::from_secs(u64::from(*value));
                for at in 0..2 {
                    timeout(&mut ends, at, now);
                }
            }
            12 => {
                let (written, after) =
                    rest.split_at(usize::from(*value).min(MAX_WRITTEN).min(rest.len()));
                rest = after;
                let connection = kind & 0x20 != 0;
                let written =
                    if connection { Input::Control(written) } else { Input::Signalling(written) };
                input(&mut ends, at, now, written);
            }
            13..=18 => {
                let command = command(*kind, *value);
                input(&mut ends, at, now, Input::Command(command));
            }
            19 => input(&mut ends, at, now, Input::ControlLost),
            _ => {
                if let Ok(bytes) = encode(&message(*kind, *value)) {
                    input(&mut ends, at, now, Input::Control(&bytes));
                }
            }
        }
    }
    for at in 0..2 {
        input(&mut ends, at, now, Input::Command(Command::End(EndCause::Normal)));
    }
    while ends.iter().any(|end| !end.arriving.is_empty()) {
        for at in 0..2 {
            arrive(&mut ends, at, now);
        }
    }
    for at in 0..2 {
        for _ in 0..MAX_STEPS {
            let Some(deadline) = drain(&mut ends, at) else { break };
            now = now.max(deadline);
            timeout(&mut ends, at, now);
        }
        assert_eq!(drain(&mut ends, at), None, "it has ended");
        assert!(ends[at].over, "and said so");
    }
}

fn placing() -> Placing {
    Placing {
        call_reference: 1,
        call_identifier: [1; 16],
        conference: [2; 16],
        from: vec![],
        display: String::new(),
        to: vec![address::alias("8001")],
        destination: None,
        source: None,
        fast_start: vec![],
        overlap: false,
    }
}

fn command(kind: u8, value: u8) -> Command {
    let control = Some(([127, 0, 0, 2], 11_000).into());
    match kind & 0x1f {
        13 => Command::Ring,
        14 => Command::Answer { terms: Box::new(terms(2, value & 1 != 0)), control },
        15 => Command::Hold(value & 1 != 0),
        16 => Command::RequestKeyframe,
        17 => Command::AnnounceControl(([127, 0, 0, 1], 11_000).into()),
        18 => Command::Admit(Bitrate::kbps(u64::from(value) * 16)),
        _ => Command::SendDigits(char::from(value).to_string()),
    }
}

/// A message that might come at any moment, about channel `value`.
fn message(kind: u8, value: u8) -> Message {
    let number = u16::from(value % 8) + 1;
    let request = |request| Message::Request(Box::new(request));
    let response = |response| Message::Response(Box::new(response));
    match kind & 0x1f {
        20 => request(RequestMessage::TerminalCapabilitySet(Box::default())),
        21 => request(RequestMessage::TerminalCapabilitySet(Box::new(TerminalCapabilitySet {
            sequence_number: value,
            ..super::super::media::fuzz::capabilities(&terms(1, value & 1 != 0))
        }))),
        22 | 23 => request(RequestMessage::OpenLogicalChannel(Box::new(open(number, value)))),
        24 => response(ResponseMessage::OpenLogicalChannelAck(Box::new(OpenLogicalChannelAck {
            forward_logical_channel_number: number,
            ..OpenLogicalChannelAck::default()
        }))),
        25 => response(ResponseMessage::OpenLogicalChannelReject(OpenLogicalChannelReject {
            forward_logical_channel_number: number,
            ..OpenLogicalChannelReject::default()
        })),
        26 | 27 => request(RequestMessage::CloseLogicalChannel(CloseLogicalChannel {
            forward_logical_channel_number: number,
            ..CloseLogicalChannel::default()
        })),
        28 => request(RequestMessage::RequestChannelClose(RequestChannelClose {
            forward_logical_channel_number: number,
            ..RequestChannelClose::default()
        })),
        29 | 30 => {
            let scope = match value & 8 {
                0 => FlowControlCommandScope::WholeMultiplex,
                _ => FlowControlCommandScope::LogicalChannelNumber(number),
            };
            let most = u32::from(value >> 4) * 1_000;
            let restriction = FlowControlCommandRestriction::MaximumBitRate(most);
            let command = FlowControlCommand { scope, restriction };
            Message::Command(Box::new(CommandMessage::FlowControlCommand(command)))
        }
        _ => {
            let keys = UserInputIndication::Alphanumeric(vec![value & 0x7f]);
            Message::Indication(Box::new(IndicationMessage::UserInput(keys)))
        }
    }
}

fn open(number: u16, value: u8) -> OpenLogicalChannel {
    let codec = match value >> 6 {
        0 => AudioCapability::G711Alaw64k(20),
        1 => AudioCapability::G711Ulaw64k(20),
        2 => AudioCapability::G72264k(20),
        _ => AudioCapability::G728(20),
    };
    let parameters =
        H2250LogicalChannelParameters { session_id: value >> 3 & 3, ..Default::default() };
    OpenLogicalChannel {
        forward_logical_channel_number: number,
        forward_logical_channel_parameters: OpenLogicalChannelForwardLogicalChannelParameters {
            data_type: DataType::AudioData(codec),
            multiplex_parameters: Multiplex::H2250LogicalChannelParameters(Box::new(parameters)),
            replacement_for: (value & 0x20 != 0).then_some(number % 4 + 1),
            ..Default::default()
        },
        ..OpenLogicalChannel::default()
    }
}

fn arrive(ends: &mut [End; 2], at: usize, now: Instant) {
    match ends[at].arriving.pop_front() {
        Some(Packet::Signalling(packet)) => input(ends, at, now, Input::Signalling(&packet)),
        Some(Packet::Control(packet)) => input(ends, at, now, Input::Control(&packet)),
        Some(Packet::Connected) => input(ends, at, now, Input::ControlConnected),
        None => {}
    }
}

fn input(ends: &mut [End; 2], at: usize, now: Instant, input: Input<'_>) {
    ends[at].session.handle_input(now, input);
    drain(ends, at);
}

fn timeout(ends: &mut [End; 2], at: usize, now: Instant) {
    ends[at].session.handle_timeout(now);
    drain(ends, at);
}

fn drain(ends: &mut [End; 2], at: usize) -> Option<Instant> {
    for _ in 0..1_000 {
        let output = ends[at].session.poll_output();
        let other = &mut ends[1 - at].arriving;
        match output {
            Output::Signalling(packet) => other.push_back(Packet::Signalling(packet)),
            Output::Control(packet) => other.push_back(Packet::Control(packet)),
            Output::ConnectControl(_) => {
                other.push_back(Packet::Connected);
                ends[at].arriving.push_back(Packet::Connected);
            }
            Output::Close => {}
            Output::Event(event) => happened(&mut ends[at], event),
            Output::Timeout(deadline) => return deadline,
        }
    }
    panic!("one input makes few outputs");
}

fn happened(end: &mut End, event: Event) {
    assert!(!end.over, "nothing follows an end: {event:?}");
    match event {
        Event::Ended(_) => end.over = true,
        Event::MediaReady(media) => {
            assert_ne!(end.told.as_ref(), Some(&*media), "it is told when it has changed");
            let mut numbers: Vec<u8> =
                media.audio.receive.iter().map(|format| format.payload_type).collect();
            let count = numbers.len();
            numbers.sort_unstable();
            numbers.dedup();
            assert!(count > 0 && numbers.len() == count, "each number has one meaning");
            assert!(media.video.len() <= 1);
            end.told = Some(*media);
        }
        _ => {}
    }
}
