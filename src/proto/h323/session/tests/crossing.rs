//! A room behind a firewall: it makes every connection, and is found by what it sends.

use super::super::{Command, Event};
use super::pair::{ALL, Fast, Mode, Pair, Side, terms};
use crate::h323::captures::tshark;
use crate::h323::media::address;
use causeway_asn1::decode;
use causeway_asn1::h245::{
    CapabilityIdentifier, IndicationMessage, MultimediaSystemControlMessage as Message,
    OpenLogicalChannel, ParameterValue, RequestMessage,
};
use causeway_asn1::h460::TraversalParameters;
use causeway_base::EndCause;
use std::net::{IpAddr, SocketAddr};

/// What the router of the room shows of it.
const OUTSIDE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 44));

/// A call to a room that is behind a firewall.
fn call(mode: Mode) -> Pair {
    let mut pair = Pair::new(mode.tunnelling);
    pair.session(Side::Caller).peer_is_inside();
    pair.session(Side::Callee).peer_is_outside();
    let mut own = terms(Side::Caller, &ALL, true);
    own.signalling_source = OUTSIDE;
    pair.connect(mode, own, terms(Side::Callee, &ALL, true));
    if !mode.tunnelling {
        let heard = pair.take(Side::Caller);
        assert!(heard.contains(&Event::ControlWanted), "the room is to connect: {heard:?}");
        assert!(pair.said.is_empty(), "nobody connected yet");
        pair.command(Side::Caller, Command::AnnounceControl(Side::Caller.control()));
    }
    pair.pass(super::super::SETTLING);
    pair
}

/// Where the channels of a side are kept open, by their sessions.
fn kept_open(pair: &Pair, side: Side) -> Vec<(u8, Option<SocketAddr>)> {
    let opened = pair.said.iter().filter_map(|(by, message)| match message {
        Message::Request(request) if *by == side => match &**request {
            RequestMessage::OpenLogicalChannel(open) => Some(&**open),
            _ => None,
        },
        _ => None,
    });
    opened.map(|open| (session(open), parameters(open).and_then(|said| said.1))).collect()
}

fn session(open: &OpenLogicalChannel) -> u8 {
    use causeway_asn1::h245::OpenLogicalChannelForwardLogicalChannelParametersMultiplexParameters as M;
    match &open.forward_logical_channel_parameters.multiplex_parameters {
        M::H2250LogicalChannelParameters(parameters) => parameters.session_id,
        _ => 0,
    }
}

/// What a channel says of keeping it open: how often, and where.
fn parameters(open: &OpenLogicalChannel) -> Option<(Option<u32>, Option<SocketAddr>)> {
    let said = open.generic_information.as_ref()?.first()?;
    let CapabilityIdentifier::Standard(identifier) = &said.message_identifier else { return None };
    assert!(identifier.is(&[0, 0, 8, 460, 19, 0, 1]));
    let parameter = said.message_content.as_ref()?.first()?;
    let ParameterValue::OctetString(bytes) = &parameter.parameter_value else { return None };
    let read: TraversalParameters = decode(bytes).expect("our own");
    let at = read.keep_alive_channel.as_ref().and_then(address::socket);
    Some((read.keep_alive_interval, at))
}

#[test]
fn the_room_makes_the_connection_and_media_goes_where_it_comes_from() {
    for mode in Mode::all() {
        let mut pair = call(mode);
        let media = pair.media(Side::Caller);
        assert!(media.direction.sends() && media.direction.receives(), "{mode:?}");
        let transport = media.transport.rtp().expect("RTP");
        assert_eq!(transport.remote_rtp, Some(Side::Callee.sound()), "{mode:?}: as it says");
        assert_eq!(transport.signalling_source, OUTSIDE, "from where it may come as well");
        assert_eq!(media.video.len(), 1, "{mode:?}");
        let heard = pair.media(Side::Callee);
        let open = heard.transport.rtp().expect("RTP").remote_rtp;
        assert_eq!(open, Some(Side::Caller.sound()), "who is in the open is where it says");

        let kept = kept_open(&pair, Side::Caller);
        let picture = (2, Some(Side::Caller.picture()));
        assert!(kept.contains(&picture), "{mode:?}: {kept:?}");
        let sound = (1, Some(Side::Caller.sound()));
        assert_eq!(kept.contains(&sound), mode.fast != Fast::Accepted, "{mode:?}: {kept:?}");
        let theirs = kept_open(&pair, Side::Callee);
        assert!(theirs.iter().all(|(_, at)| at.is_none()), "{mode:?}: {theirs:?}");
        if !mode.tunnelling {
            let first = pair.said.iter().find(|(by, _)| *by == Side::Callee);
            let Some((_, Message::Indication(first))) = first else { panic!("{first:?}") };
            let IndicationMessage::GenericIndication(first) = &**first else { panic!("{first:?}") };
            assert_eq!(first.message_content.as_ref().map(Vec::len), Some(2), "call, and answer");
        }
        pair.command(Side::Caller, Command::End(EndCause::Normal));
        pair.run();
        assert!(pair.take(Side::Callee).iter().any(|event| matches!(event, Event::Ended(_))));
    }
}

#[test]
fn tshark_knows_what_is_said_of_it() {
    let slow = Mode { tunnelling: false, fast: Fast::No };
    let (mut open, mut apart) = (call(Mode::SLOW), call(slow));
    for pair in [&mut open, &mut apart] {
        pair.command(Side::Callee, Command::End(EndCause::Normal));
        pair.run();
    }
    let mut sent = open.sent;
    sent.extend(apart.sent.into_iter().map(|mut one| {
        for end in [&mut one.from, &mut one.to] {
            if end.port() == 40_000 {
                end.set_port(40_001);
            }
        }
        one
    }));
    let Some(text) = tshark("h323-crossing", &sent) else { return };
    for complaint in ["Malformed", "Expert Info (Error", "Dissector bug"] {
        let place = text.find(complaint).unwrap_or(text.len());
        assert_eq!(place, text.len(), "{}", &text[place.saturating_sub(4_000)..place + 40]);
    }
    for known in [
        "19 - mediaNATFWTraversal",
        "2 - mediaTraversalServer",
        "keepAliveInterval: 19",
        "startH245",
        "0.0.8.460.18.0.1",
    ] {
        assert!(text.contains(known), "{known}");
    }
}
