//! What is said of firewalls, against a real call through a gatekeeper that keeps the way to a room.

use super::*;
use crate::h323::captures::captures;
use causeway_asn1::h225::{H323UserInformation, H323UuPdu, RasMessage};
use causeway_asn1::{decode, encode};
use causeway_wire::q931::{MessageKind, Q931View};
use causeway_wire::testing::capture::{self, Sent};
use proptest::prelude::*;
use std::net::SocketAddr;

/// All that was sent in the call that a gatekeeper brought to a room.
fn sent() -> Vec<Sent> {
    let captures = captures();
    let ours = captures.iter().find(|(name, _)| name == "gk-h46018");
    ours.map(|(_, file)| capture::read(file)).unwrap_or_default()
}

fn pdu(packet: &[u8]) -> Option<(MessageKind, H323UuPdu)> {
    let view = Q931View::parse(packet).ok()?;
    let message = decode::<H323UserInformation>(view.user_user()?).ok()?;
    Some((view.kind, message.h323_uu_pdu))
}

#[test]
fn rooms_say_that_they_wait_for_calls_and_are_told_as_others_tell_them() {
    let sent = sent();
    let (mut asked, mut told) = (0, 0);
    for one in &sent {
        match decode::<RasMessage>(&one.data) {
            Ok(RasMessage::GatekeeperRequest(request)) => {
                asked += usize::from(reach(request.feature_set.as_ref()) == Reach::Indicated);
            }
            Ok(RasMessage::RegistrationRequest(request)) => {
                asked += usize::from(reach(request.feature_set.as_ref()) == Reach::Indicated);
            }
            Ok(RasMessage::RegistrationConfirm(confirm)) => {
                assert_eq!(confirm.feature_set, confirmed(Reach::Indicated));
            }
            Ok(RasMessage::ServiceControlIndication(indication)) => {
                let (call, at) = called(&indication).expect("a call");
                let ours = incoming_call(indication.request_seq_num, call, at).expect("short");
                assert_eq!(encode(&ours).as_deref(), Ok(&one.data[..]), "byte by byte");
                told += 1;
            }
            _ => {}
        }
    }
    assert!(sent.is_empty() || (asked >= 2 && told == 1), "{asked} {told}");
}

#[test]
fn a_connection_is_known_by_its_first_packet() {
    let opened: Vec<_> = sent().iter().filter_map(|one| opening(&one.data)).collect();
    let named: Vec<_> = sent()
        .iter()
        .filter_map(|one| match decode::<RasMessage>(&one.data) {
            Ok(RasMessage::ServiceControlIndication(indication)) => called(&indication),
            _ => None,
        })
        .map(|(call, _)| call)
        .collect();
    assert_eq!(opened, named);
    let own = open([7; 16]).expect("short");
    assert_eq!(opening(&own), Some([7; 16]));
    for one in sent() {
        let is_opening = opening(&one.data).is_some();
        let is_facility = pdu(&one.data).is_some_and(|(kind, _)| kind == MessageKind::Facility);
        assert!(!is_opening || is_facility, "a Setup is no opening");
    }
}

#[test]
fn a_room_behind_a_firewall_is_told_from_who_is_in_the_open() {
    let in_the_open = SocketAddr::from(([127, 0, 23, 3], 1720));
    let mut seen = [0; 2];
    for one in sent() {
        let Some((kind, pdu)) = pdu(&one.data) else { continue };
        if kind != MessageKind::Setup {
            continue;
        }
        let room = one.from != in_the_open;
        assert_eq!(is_inside(&pdu), room, "{kind:?} of {}", one.from);
        seen[usize::from(room)] += 1;
    }
    assert!(captures().is_empty() || seen.iter().all(|count| *count > 0), "{seen:?}");
}

proptest! {
    #[test]
    fn any_bytes(data in prop::collection::vec(any::<u8>(), 0..400)) {
        fuzz::crossing(&data);
    }

    #[test]
    fn what_is_written_is_read_and_what_is_spoilt_does_no_harm(
        call: [u8; 16],
        port: u16,
        sequence in 1u16..,
        place: prop::sample::Index,
        bits in 1u8..,
    ) {
        let at = SocketAddr::from(([192, 0, 2, 5], port));
        let Some(RasMessage::ServiceControlIndication(told)) = incoming_call(sequence, call, at)
        else { panic!("an indication") };
        prop_assert_eq!(called(&told), Some((call, at)));
        for mut bytes in [encode(&RasMessage::ServiceControlIndication(told)).ok(), open(call)]
            .into_iter()
            .flatten()
        {
            let place = place.index(bytes.len());
            bytes[place] ^= bits;
            fuzz::crossing(&bytes);
            if let Ok(RasMessage::ServiceControlIndication(spoilt)) = decode(&bytes) {
                let _ = called(&spoilt);
            }
        }
    }
}
