//! Encrypted media, off, best effort and required, against each other in every mode.

use super::super::{Command, Event, Terms};
use super::pair::{ALL, Fast, Mode, Pair, Side, terms};
use causeway_asn1::h235::ClearToken;
use causeway_asn1::h245::{
    CommandMessage, EncryptionUpdateDirection, EncryptionUpdateRequest, MiscellaneousCommand,
    MiscellaneousCommandType as Type, MultimediaSystemControlMessage as Message, RequestMessage,
    ResponseMessage,
};
use causeway_base::EndCause;
use causeway_plan::{Direction, Encryption, H235Spec, H235Way, LegMedia, MediaProtection};

fn wanting(side: Side, encryption: Encryption) -> Terms {
    let mut terms = terms(side, &ALL, true);
    terms.policy.encryption = encryption;
    terms
}

const EVERY: [Encryption; 3] = [Encryption::Off, Encryption::BestEffort, Encryption::Required];

/// How the sound and the picture of a leg are protected.
fn protections(media: &LegMedia) -> [MediaProtection; 2] {
    let [line] = &media.video[..] else { panic!("{:?}", media.video) };
    [media.transport.rtp(), line.transport.rtp()].map(|rtp| rtp.expect("its own").protection)
}

fn h235(protection: MediaProtection) -> H235Spec {
    match protection {
        MediaProtection::H235(spec) => spec,
        other => panic!("{other:?}"),
    }
}

/// That what one side protects the other opens, each way, with four keys in all.
fn assert_secret(caller: &LegMedia, callee: &LegMedia, at: &str) {
    assert!(caller.transport.is_encrypted() && callee.transport.is_encrypted(), "{at}");
    let mut keys = vec![];
    for (one, other) in protections(caller).into_iter().zip(protections(callee)) {
        let (one, other) = (h235(one), h235(other));
        assert_eq!((one.send, one.receive), (other.receive, other.send), "{at}");
        keys.extend([one.send.key().expect(at).key, one.receive.key().expect(at).key]);
    }
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 4, "{at}");
    for (from, to) in [(caller, callee), (callee, caller)] {
        assert_eq!(from.direction, Direction::SendReceive, "{at}");
        let sent = from.audio.send;
        let key = h235(protections(from)[0]).send.key().expect(at);
        assert_eq!(key.payload_type, sent.payload_type, "{at}");
        // By no other number than that.
        assert_eq!(to.audio.receive, [sent], "{at}");
    }
}

#[test]
fn every_wish_meets_every_other_in_every_mode() {
    for mode in Mode::all() {
        for caller in EVERY {
            for callee in EVERY {
                let at = format!("{mode:?} {caller:?} {callee:?}");
                let own = |side, encryption| wanting(side, encryption);
                let mut pair =
                    Pair::connected(mode, own(Side::Caller, caller), own(Side::Callee, callee));
                let off = [caller, callee].contains(&Encryption::Off);
                if off && [caller, callee].contains(&Encryption::Required) {
                    for side in Side::BOTH {
                        let events = pair.take(side);
                        let ended = events.iter().any(|event| matches!(event, Event::Ended(_)));
                        let media = |event: &Event| matches!(event, Event::MediaReady(_));
                        assert!(ended && !events.iter().any(media), "{at}: {events:?}");
                    }
                    continue;
                }
                let (caller, callee) = (pair.media(Side::Caller), pair.media(Side::Callee));
                if off {
                    for media in [caller, callee] {
                        assert_eq!(protections(&media), [MediaProtection::Clear; 2], "{at}");
                        assert!(!media.transport.is_encrypted(), "{at}");
                    }
                } else {
                    assert_secret(&caller, &callee, &at);
                }
            }
        }
    }
}

#[test]
fn who_requires_it_says_why_it_ends() {
    let (off, required) = (Encryption::Off, Encryption::Required);
    let ended = Event::Ended(EndCause::EncryptionRequired);
    let begin = |caller, callee| {
        Pair::connected(Mode::SLOW, wanting(Side::Caller, caller), wanting(Side::Callee, callee))
    };
    let mut pair = begin(off, required);
    assert!(pair.take(Side::Callee).contains(&ended));
    let mut pair = begin(required, off);
    assert!(pair.take(Side::Caller).contains(&ended));
}

#[test]
fn off_says_nothing_of_it() {
    let own = |side| wanting(side, Encryption::Off);
    let pair = Pair::connected(Mode::SLOW, own(Side::Caller), own(Side::Callee));
    for (_, message) in &pair.said {
        let text = format!("{message:?}");
        assert!(!text.contains("H235") && !text.contains("encryption_sync: Some"), "{text}");
    }
    assert_eq!(pair.tokens, Vec::<ClearToken>::new());
}

#[test]
fn nothing_of_the_secret_travels() {
    let own = |side| wanting(side, Encryption::Required);
    let mut pair = Pair::connected(Mode::SLOW, own(Side::Caller), own(Side::Callee));
    assert_eq!(pair.tokens.len(), 3 + 2, "both groups and the version, then one");
    let keys = protections(&pair.media(Side::Caller)).map(h235);
    let said = format!("{:?}{:?}", pair.said, pair.tokens);
    let ways = keys.into_iter().flat_map(|spec| [spec.send, spec.receive]);
    for key in ways.filter_map(H235Way::key) {
        let bytes = format!("{:?}", key.key);
        assert!(!said.contains(bytes.trim_matches(['[', ']'])), "a key");
    }
}

/// A key without which nothing opens is as good as a refusal; what is in the clear follows.
#[test]
fn a_channel_without_its_key_is_closed_and_tried_in_the_clear() {
    let mode = Mode { tunnelling: false, fast: Fast::No };
    let mut pair = Pair::new(false);
    pair.place(mode, wanting(Side::Caller, Encryption::BestEffort));
    pair.spoils = Box::new(|message| {
        if let Message::Response(response) = message
            && let ResponseMessage::OpenLogicalChannelAck(ack) = &mut **response
        {
            ack.encryption_sync = None;
        }
    });
    let callee = Box::new(wanting(Side::Callee, Encryption::BestEffort));
    let control = Some(Side::Callee.control());
    pair.command(Side::Callee, Command::Answer { terms: callee, control });
    pair.run();
    let of = |pair: &mut Pair, side| protections(&pair.media(side));
    let (caller, callee) = (of(&mut pair, Side::Caller), of(&mut pair, Side::Callee));
    // Who is master has keys of its own for what it sends.
    let clear = |spec: H235Spec| (!spec.send.is_secret(), !spec.receive.is_secret());
    for line in 0..2 {
        let ways = [caller[line], callee[line]].map(h235).map(clear);
        assert!(ways == [(true, false), (false, true)] || ways == [(false, true), (true, false)]);
    }
}

#[test]
fn keys_are_renewed_when_they_are_asked_for() {
    let own = |side| wanting(side, Encryption::Required);
    let mut pair = Pair::connected(Mode::SLOW, own(Side::Caller), own(Side::Callee));
    let before = [pair.media(Side::Caller), pair.media(Side::Callee)];
    let opened = |pair: &Pair, side| {
        let number = pair.said.iter().find_map(|(by, message)| match message {
            Message::Request(request) if *by == side => match &**request {
                RequestMessage::OpenLogicalChannel(open) => {
                    Some(open.forward_logical_channel_number)
                }
                _ => None,
            },
            _ => None,
        });
        number.expect("a channel")
    };
    let master = pair.master();
    let slave = master.other();
    for (of, direction) in [
        (master, None),
        (master, Some(EncryptionUpdateDirection::MasterToSlave)),
        (slave, Some(EncryptionUpdateDirection::SlaveToMaster)),
    ] {
        let number = opened(&pair, of);
        pair.inject(slave, ask(number, direction.clone()));
        let media = [pair.media(Side::Caller), pair.media(Side::Callee)];
        let [one, other] = media.each_ref().map(|media| h235(protections(media)[0]));
        assert_eq!((one.send, one.receive), (other.receive, other.send), "{direction:?}");
        let (now, old) = if of == Side::Caller {
            (one.send, h235(protections(&before[0])[0]).send)
        } else {
            (one.receive, h235(protections(&before[0])[0]).receive)
        };
        let (now, old) = (now.key(), old.key());
        assert_ne!(now.map(|key| key.key), old.map(|key| key.key), "{direction:?}");
        let receiver = if of == Side::Caller { &media[1] } else { &media[0] };
        let numbers: Vec<u8> =
            receiver.audio.receive.iter().map(|format| format.payload_type).collect();
        assert_eq!(numbers.len(), 2, "what is under way counts too: {direction:?}");
        assert_eq!(numbers.first().copied(), now.map(|key| key.payload_type), "{direction:?}");
    }
    // Who is not master makes none, and what no channel has is passed over.
    let number = opened(&pair, slave);
    pair.inject(master, ask(number, None));
    pair.inject(slave, ask(999, None));
    for side in Side::BOTH {
        assert_eq!(pair.take(side), []);
    }
}

fn ask(number: u16, direction: Option<EncryptionUpdateDirection>) -> Message {
    let type_ = Type::EncryptionUpdateRequest(EncryptionUpdateRequest::default());
    let command = MiscellaneousCommand { logical_channel_number: number, type_, direction };
    Message::Command(Box::new(CommandMessage::MiscellaneousCommand(command)))
}
