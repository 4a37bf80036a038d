//! With a password.

use super::*;
use crate::h323::ras::security::{self, Proof, Seen, Signer};

fn with_password() -> (Test, Signer) {
    let mut test = Test::new(false);
    let mut config = config(test.now, false);
    config.credentials = Some(("room1".into(), Key::of("secret")));
    let signer = Signer::new(config.clock, 5);
    test.client = Client::new(config);
    (test, signer)
}

fn signed(signer: &mut Signer, now: Instant, password: &str, message: RasMessage) -> Vec<u8> {
    let name = BmpString::from("GK");
    signer.sign(now, message, &Key::of(password), Some(&name), None).expect("allowed")
}

/// Who each datagram says to come from; all prove the password.
fn senders(test: &Test, signer: &Signer) -> Vec<String> {
    let mut seen = Seen::default();
    let sender = |data: &Vec<u8>| {
        let token = security::token(&decode(data).expect("our own")).expect("signed");
        let key = Key::of("secret");
        let proof = security::prove(&token, data, &key, signer.time(test.now), &mut seen);
        assert_eq!(proof, Proof::Right);
        token.sender.expect("named").to_string()
    };
    test.sent.iter().map(sender).collect()
}

#[test]
fn every_request_is_signed() {
    let (mut test, mut signer) = with_password();
    let (requests, _) = test.command(Command::Start);
    let data = signed(&mut signer, test.now, "secret", confirm(sequence(&requests[0]), 100));
    test.client.handle_input(test.now, Input::Datagram { from: GATEKEEPER.into(), data: &data });
    assert_eq!(test.drain().1, [Event::Registered(vec![])]);
    test.command(Command::Admit(admission()));
    assert_eq!(senders(&test, &signer), ["room1", "E1"], "its name, then what it is called");
}

#[test]
fn a_gatekeeper_that_signed_once_is_believed_in_nothing_else() {
    let (mut test, mut signer) = with_password();
    let (requests, _) = test.command(Command::Start);
    let number = sequence(&requests[0]);
    let forged = signed(&mut signer, test.now, "other", confirm(number, 100));
    test.client.handle_input(test.now, Input::Datagram { from: GATEKEEPER.into(), data: &forged });
    assert_eq!(test.drain().1, [], "of another password");
    let data = signed(&mut signer, test.now, "secret", confirm(number, 100));
    test.client.handle_input(test.now, Input::Datagram { from: GATEKEEPER.into(), data: &data });
    assert_eq!(test.drain().1.len(), 1);
    let leave = leave();
    let (answers, events) = test.answer(leave.clone());
    assert_eq!((answers.len(), events.len()), (0, 0), "without a token");
    let data = signed(&mut signer, test.now, "secret", leave);
    for expected in [1, 0] {
        let input = Input::Datagram { from: GATEKEEPER.into(), data: &data };
        test.client.handle_input(test.now, input);
        assert_eq!(test.drain().1.len(), expected, "once, not when it is replayed");
    }
}

#[test]
fn a_gatekeeper_that_never_signs_is_taken_all_the_same() {
    let (mut test, _) = with_password();
    let (requests, _) = test.command(Command::Start);
    let (_, events) = test.answer(confirm(sequence(&requests[0]), 100));
    assert_eq!(events, [Event::Registered(vec![])]);
}
