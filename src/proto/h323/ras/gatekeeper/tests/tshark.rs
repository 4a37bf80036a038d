//! What a gatekeeper sends, as tshark reads it.

use super::*;
use crate::h323::captures::tshark;
use causeway_wire::testing::capture::{Carrier, Sent};

#[test]
fn tshark_finds_nothing_malformed() {
    let mut test = Test::new();
    test.client = Client::new(room9(test.now, "secret"));
    test.client(ras::Command::Start);
    let Some(Event::Registering(id, _)) = test.asked.pop() else { panic!() };
    test.say(Command::Register(id));
    test.client(admission(false));
    let question = test.asked.iter().find_map(|event| match event {
        Event::Admission { question, .. } => Some(*question),
        _ => None,
    });
    let question = question.expect("asked");
    test.say(Command::Wait(question, Duration::from_secs(9)));
    test.say(Command::Admit(question, HERE.into()));
    test.say(Command::Find(1, "7723".into()));
    let start = test.now;
    while test.now - start < Duration::from_secs(310) {
        test.wait();
    }
    test.client(ras::Command::Disengage(CALL));
    test.say(Command::Stop);
    let all: Vec<Vec<u8>> = [&test.requests[..], &test.sent[..]]
        .concat()
        .into_iter()
        .chain(test.elsewhere.into_iter().map(|(_, data)| data))
        .collect();
    let kinds: std::collections::BTreeSet<String> = all
        .iter()
        .map(|data| format!("{:?}", decode::<RasMessage>(data).expect("our own")))
        .map(|text| text.split('(').next().unwrap_or_default().to_owned())
        .collect();
    assert!(kinds.len() >= 12, "{kinds:?}");
    let sent = all.iter().map(|data| Sent {
        at: Duration::ZERO,
        from: ENDPOINT.into(),
        to: GATEKEEPER.into(),
        carrier: Carrier::Udp,
        data: data.clone(),
    });
    let sent: Vec<Sent> = sent.collect();
    let Some(text) = tshark("gatekeeper", &sent) else { return };
    assert!(!text.contains("Malformed"), "{text}");
    assert_eq!(text.matches("RasMessage: ").count(), all.len(), "tshark looked into them");
    assert!(text.contains("cryptoHashedToken"), "and into the tokens");
}
