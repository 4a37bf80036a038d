//! Messages of three independent stacks: each is read, and written so that it is read the same,
//! by us and by tshark.

#![allow(clippy::disallowed_methods, reason = "it measures how long reading takes")]

mod common;

use std::process::Command;
use std::time::{Duration, Instant};

use causeway_wire::q931::{CallReference, MessageKind, Q931Writer};
use causeway_wire::testing::capture;
use common::{CONTROL_PORT, Kind, Pdu, again, captured, fixtures, sent};

#[test]
fn every_message_is_read_and_written_again() {
    let all: Vec<Pdu> = captured().into_iter().chain(fixtures()).collect();
    let mut wrong = vec![];
    let mut differ = vec![];
    for pdu in &all {
        match again(pdu.kind, &pdu.bytes) {
            Ok(written) if written == pdu.bytes => {}
            Ok(_) => differ.push(format!("{} {:?}", pdu.place, pdu.kind)),
            Err(error) => wrong.push(format!("{} {:?}: {error}", pdu.place, pdu.kind)),
        }
    }
    println!("{} messages, {} written otherwise: {differ:?}", all.len(), differ.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for kind in [Kind::Ras, Kind::Signalling, Kind::Control, Kind::Channel] {
        assert!(all.iter().any(|pdu| pdu.kind == kind), "no message of {kind:?}");
    }
}

/// tshark says the same of what we write as of what came, and finds nothing malformed.
#[test]
fn tshark_reads_what_we_write() {
    let all: Vec<Pdu> = captured().into_iter().chain(fixtures()).collect();
    // tshark takes no OpenLogicalChannel by itself; it sees them within their messages.
    let all: Vec<Pdu> = all.into_iter().filter(|pdu| pdu.kind != Kind::Channel).collect();
    let ours = all.iter().map(|pdu| again(pdu.kind, &pdu.bytes).expect("read above"));
    let Some(ours) = dissect("ours", &all, ours) else { return };
    let theirs = dissect("theirs", &all, all.iter().map(|pdu| pdu.bytes.clone())).expect("as ours");
    assert!(ours.len() >= all.len(), "a dissection each");
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(ours, theirs);
        assert!(!ours.contains("Malformed"), "{ours}");
    }
    let dissected = |name: &str| ours.iter().filter(|frame| frame.contains(name)).count();
    let signalling = all.iter().filter(|pdu| pdu.kind == Kind::Signalling).count();
    let control = all.iter().filter(|pdu| pdu.kind == Kind::Control).count();
    assert!(dissected("H323-UserInformation") >= signalling, "tshark looked into them");
    assert!(dissected("PDU Type: ") >= control, "tshark looked into them");
    assert!(dissected("RasMessage") > 0, "tshark looked into them");
}

/// What tshark says of each message. `None` where there is no tshark; in CI it must be there.
fn dissect(name: &str, all: &[Pdu], bytes: impl Iterator<Item = Vec<u8>>) -> Option<Vec<String>> {
    let call_reference = CallReference { value: 1, from_destination: false };
    let q931 = |asn1: &[u8]| {
        let message = Q931Writer::new(call_reference, MessageKind::Facility).user_user(asn1);
        message.finish().expect("short")
    };
    let packets: Vec<_> = all
        .iter()
        .zip(bytes)
        .enumerate()
        .map(|(number, (pdu, bytes))| sent(number, pdu.kind, &bytes, q931))
        .collect();
    let folder = std::env::temp_dir();
    let file = folder.join(format!("causeway-asn1-{name}-{}.pcap", std::process::id()));
    std::fs::write(&file, capture::write(&packets)).expect("writable");
    let output = Command::new("tshark")
        .args(["-n", "-O", "h225,h245,q931", "-d"])
        .arg(format!("tcp.port=={CONTROL_PORT},h245"))
        .arg("-r")
        .arg(&file)
        .output();
    std::fs::remove_file(&file).expect("just written");
    let Ok(output) = output else {
        assert!(std::env::var_os("CI").is_none(), "no tshark: deploy/bootstrap --tests");
        return None;
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let frames = text.split("\nFrame ").map(|frame| {
        // One of the stacks pads lengths; we do not.
        let below = frame.lines().filter(|line| line.starts_with(' ') || line.starts_with("H."));
        let below = below.filter(|line| !line.trim_start().starts_with("Length: "));
        below.collect::<Vec<_>>().join("\n")
    });
    Some(frames.collect())
}

/// Longer than any message may take in a build for tests.
const PATIENCE: Duration = Duration::from_millis(100);

/// How often what seems slow is tried.
const TRIES: usize = 5;

/// Each byte of each message at the values that lengths and choices turn at, and each bit
/// flipped: nothing panics, and nothing takes long.
#[test]
fn mutated_messages_take_no_time() {
    let (mut count, mut read, mut worst) = (0, 0, (Duration::ZERO, String::new()));
    let mut seen = std::collections::HashSet::new();
    for pdu in captured().into_iter().chain(fixtures()) {
        if !seen.insert(pdu.bytes.clone()) {
            continue;
        }
        for place in 0..pdu.bytes.len() {
            let byte = pdu.bytes[place];
            let flips = (0..8).map(|bit| byte ^ 1 << bit);
            for value in flips.chain([0x00, 0x7f, 0x80, 0xbf, 0xff]) {
                let mut bytes = pdu.bytes.clone();
                bytes[place] = value;
                let mut taken = Duration::MAX;
                // A machine at work stops now and then: what is slow by itself is slow each time.
                for _ in 0..TRIES {
                    let start = Instant::now();
                    let is_read = again(pdu.kind, &bytes).is_ok();
                    taken = taken.min(start.elapsed());
                    if taken < PATIENCE / 10 {
                        read += usize::from(is_read);
                        break;
                    }
                }
                count += 1;
                if taken > worst.0 {
                    worst = (taken, format!("{} with {value:#04x} at {place}", pdu.place));
                }
            }
        }
    }
    println!("{count} mutated, {read} read, the slowest took {:?}: {}", worst.0, worst.1);
    assert!(worst.0 < PATIENCE, "{worst:?}");
    assert!(read < count, "something must be wrong with some");
}
