//! What happens after the first answer.

use super::*;

fn offer(ufrag: &str, certificate: u8, direction: &str) -> Vec<u8> {
    wire(&format!("{}{AUDIO}a={direction}\n", head(ufrag, certificate)))
}

fn version(text: &str) -> u64 {
    SessionDescription::parse(text.as_bytes()).unwrap().origin.version
}

#[test]
fn the_same_again_changes_nothing() {
    let mut leg = leg();
    let (first, media) = leg.answer(&offer("first", 1, "sendrecv")).unwrap();
    assert_eq!(spec(&media).local_ice, local().ice, "the engine's, until the first restart");
    let again = leg.answer(&offer("first", 1, "sendrecv")).unwrap();
    assert_eq!(again, (first, media));
}

#[test]
fn a_listener_gets_a_voice_by_another_offer() {
    let mut leg = leg();
    let (first, media) = leg.answer(&offer("first", 1, "recvonly")).unwrap();
    assert_eq!(media.direction, Direction::SendOnly);
    let (second, louder) = leg.answer(&offer("first", 1, "sendrecv")).unwrap();
    assert_eq!(louder.direction, Direction::SendReceive);
    assert_eq!(spec(&louder), spec(&media), "the transport stays as it is");
    assert_eq!(version(&second), version(&first) + 1);
}

#[test]
fn a_restart_of_ice_has_new_credentials_on_both_sides_and_the_same_dtls() {
    let mut leg = leg();
    let (_, first) = leg.answer(&offer("first", 1, "sendrecv")).unwrap();
    assert!(leg.candidate("1 1 udp 9 192.0.2.7 5000 typ host").is_some());
    let (_, second) = leg.answer(&offer("second", 1, "sendrecv")).unwrap();
    let (before, after) = (spec(&first), spec(&second));
    assert_eq!(before.remote_fingerprint, after.remote_fingerprint);
    assert_eq!((before.dtls, &before.audio), (after.dtls, &after.audio));
    assert_eq!(after.remote_ice.ufrag, "second");
    assert_ne!(after.local_ice.ufrag, before.local_ice.ufrag);
    assert_ne!(after.local_ice.password, before.local_ice.password);
    assert_eq!((after.local_ice.ufrag.len(), after.local_ice.password.len()), (12, 32));
    assert!(after.remote_candidates.is_empty(), "those of before are of no use");
    assert!(leg.candidate("1 1 udp 9 192.0.2.7 5000 typ host ufrag first").is_none());
    assert!(leg.candidate("1 1 udp 9 192.0.2.7 5000 typ host ufrag second").is_some());
    let (_, third) = leg.answer(&offer("third", 1, "sendrecv")).unwrap();
    assert_ne!(spec(&third).local_ice.ufrag, after.local_ice.ufrag);
    let (_, same) = leg.answer(&offer("third", 1, "sendrecv")).unwrap();
    assert_eq!(spec(&same), spec(&third));
}

#[test]
fn what_was_trickled_is_kept_with_the_same_credentials() {
    let mut leg = leg();
    leg.answer(&offer("first", 1, "sendrecv")).unwrap();
    let candidate = leg.candidate("1 1 udp 9 192.0.2.7 5000 typ host").unwrap();
    let (_, media) = leg.answer(&offer("first", 1, "recvonly")).unwrap();
    assert_eq!(spec(&media).remote_candidates, [candidate]);
}

#[test]
fn another_certificate_is_another_peer_connection_on_the_same_leg() {
    let mut leg = leg();
    let (_, first) = leg.answer(&offer("first", 1, "sendrecv")).unwrap();
    let (_, other) = leg.answer(&offer("first", 2, "sendrecv")).unwrap();
    assert_eq!(spec(&other).remote_fingerprint, Fingerprint([2; 32]));
    assert_ne!(spec(&other).local_ice, spec(&first).local_ice);
    let audio = |media: &LegMedia| spec(media).audio.clone().unwrap();
    assert_eq!(audio(&other).local_ssrc, audio(&first).local_ssrc);
}

#[test]
fn a_running_handshake_keeps_its_roles() {
    let with = |setup: &str, certificate| {
        let text = String::from_utf8(offer("first", certificate, "sendrecv")).unwrap();
        text.replace("actpass", setup).into_bytes()
    };
    let mut leg = leg();
    let (_, media) = leg.answer(&with("passive", 1)).unwrap();
    assert_eq!(spec(&media).dtls, DtlsRole::Client);
    let (_, media) = leg.answer(&with("actpass", 1)).unwrap();
    assert_eq!(spec(&media).dtls, DtlsRole::Client, "not what we would have chosen anew");
    let refusal = leg.answer(&with("active", 1)).unwrap_err();
    assert_eq!(refusal.cause, EndCause::BadMediaDescription);
    assert_eq!(leg.media(), Some(&media));
    let (_, media) = leg.answer(&with("active", 2)).unwrap();
    assert_eq!(spec(&media).dtls, DtlsRole::Server);
}

#[test]
fn a_refused_offer_leaves_what_was_agreed() {
    let mut leg = leg();
    let (first, media) = leg.answer(&offer("first", 1, "sendrecv")).unwrap();
    for bad in [&b""[..], &wire(&head("second", 1)), b"v=0\r\nm=audio 9 RTP/AVP 0\r\n"] {
        leg.answer(bad).unwrap_err();
        assert_eq!(leg.media(), Some(&media));
    }
    assert_eq!(leg.answer(&offer("first", 1, "sendrecv")).unwrap(), (first, media));
}

#[test]
fn a_line_switched_off_is_silence_and_comes_back() {
    let mut leg = leg();
    let (_, before) = leg.answer(&offer("first", 1, "sendrecv")).unwrap();
    let off =
        String::from_utf8(offer("first", 1, "sendrecv")).unwrap().replace("audio 9", "audio 0");
    let (answer, media) = leg.answer(off.as_bytes()).unwrap();
    assert!(answer.contains("m=audio 0 ") && !answer.contains("a=group"), "{answer}");
    assert_eq!(media.direction, Direction::Inactive);
    assert_eq!(spec(&media).audio, None);
    assert_eq!(spec(&media).remote_ice, spec(&before).remote_ice);
    let (_, back) = leg.answer(&offer("first", 1, "sendrecv")).unwrap();
    assert_eq!(back, before);
}

#[test]
fn what_a_door_grants_is_the_most_that_flows() {
    for (granted, offered, agreed) in [
        (Direction::SendReceive, "sendrecv", Direction::SendReceive),
        (Direction::SendOnly, "sendrecv", Direction::SendOnly),
        (Direction::SendOnly, "recvonly", Direction::SendOnly),
        (Direction::SendOnly, "sendonly", Direction::Inactive),
        (Direction::ReceiveOnly, "sendrecv", Direction::ReceiveOnly),
        (Direction::ReceiveOnly, "recvonly", Direction::Inactive),
    ] {
        let mut leg = negotiator(WebRtcTerms { ice_lite: true, direction: granted });
        let (answer, media) = leg.answer(&offer("first", 1, offered)).unwrap();
        assert_eq!(media.direction, agreed, "{granted:?} {offered}");
        assert_eq!(answer.contains("a=ssrc:"), agreed.sends());
        assert!(answer.contains("a=ice-lite"));
    }
}

#[test]
fn a_fragment_brings_candidates_or_a_restart() {
    let mut leg = leg();
    let read = |text: &str| Fragment::parse(&wire(text)).unwrap();
    let trickled = "a=ice-ufrag:first\na=ice-pwd:theirpasswordtheirpassword\n\
                    m=audio 9 UDP/TLS/RTP/SAVPF 0\na=mid:0\n\
                    a=candidate:1 1 udp 9 192.0.2.7 5000 typ host ufrag first\n\
                    a=candidate:2 1 udp 9 hidden.local 5000 typ host\na=end-of-candidates\n";
    assert!(leg.fragment(&read(trickled)).is_err(), "nothing is agreed yet");
    let (_, before) = leg.answer(&offer("first", 1, "sendrecv")).unwrap();
    let Ok(Taken::Candidates(known)) = leg.fragment(&read(trickled)) else { panic!("a restart") };
    assert_eq!(known.len(), 1);
    let only = "m=audio 9 UDP/TLS/RTP/SAVPF 0\na=candidate:3 1 udp 9 192.0.2.7 5001 typ host\n";
    let Ok(Taken::Candidates(more)) = leg.fragment(&read(only)) else { panic!("a restart") };
    assert_eq!(more.len(), 1);

    let anew = trickled.replace("first", "anew");
    let Ok(Taken::Restarted { fragment, media }) = leg.fragment(&read(&anew)) else {
        panic!("no restart")
    };
    assert_eq!(leg.media(), Some(&*media));
    let (old, new) = (spec(&before), spec(&media));
    assert_eq!((new.remote_ice.ufrag.as_str(), new.remote_candidates.len()), ("anew", 1));
    assert_ne!(new.local_ice, old.local_ice);
    assert_eq!((new.remote_fingerprint, new.dtls), (old.remote_fingerprint, old.dtls));
    assert_eq!((&new.audio, &media.audio), (&old.audio, &before.audio));
    let ours = Fragment::parse(fragment.as_bytes()).unwrap();
    assert_eq!(ours.ice.as_ref(), Some(&new.local_ice));
    assert_eq!(ours.candidates.len(), 3, "{fragment}");
    assert!(fragment.starts_with("a=ice-options:"), "{fragment}");
    // The whole description that follows some day goes on from there.
    let (_, again) = leg.answer(&offer("anew", 1, "sendrecv")).unwrap();
    assert_eq!(spec(&again).local_ice, new.local_ice);
}

#[test]
fn fragments_that_cannot_be_used_are_refused() {
    for text in [
        "a=ice-ufrag:abcd\n",
        "a=ice-pwd:theirpasswordtheirpassword\n",
        "a=ice-ufrag:abcd\na=ice-pwd:short\n",
        "a=ice-ufrag:ab d\na=ice-pwd:theirpasswordtheirpassword\n",
    ] {
        assert!(Fragment::parse(&wire(text)).is_err(), "{text}");
    }
    for text in ["", "\0\0", "a=end-of-candidates\n", "hello"] {
        let empty = Fragment { ice: None, candidates: Vec::new() };
        assert_eq!(Fragment::parse(&wire(text)), Ok(empty), "{text}");
    }
    let line = "a=candidate:1 1 udp 9 192.0.2.7 5000 typ host\n";
    let many = Fragment::parse(&wire(&line.repeat(2 * MAX_CANDIDATES))).unwrap();
    assert_eq!(many.candidates.len(), MAX_CANDIDATES);
}
