//! Captures of real calls, for tests that replay them. Without captures there is nothing to replay;
//! in CI they must be there.

use causeway_asn1::h245::{RequestMessage, ResponseMessage};
use causeway_wire::testing::capture::{self, Sent};
use std::path::PathBuf;

/// Each capture with its name.
pub(super) fn captures() -> Vec<(String, Vec<u8>)> {
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

/// What must answer a request, if anything must.
pub(super) fn answer(request: &RequestMessage) -> Option<fn(&ResponseMessage) -> bool> {
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

/// What tshark says of all that, H.245 of its own being on port 11000. `None` where there is no
/// tshark, which CI does not allow.
pub(super) fn tshark(name: &str, sent: &[Sent]) -> Option<String> {
    let file = std::env::temp_dir().join(format!("causeway-{name}-{}.pcap", std::process::id()));
    std::fs::write(&file, capture::write(sent)).expect("writable");
    let output = std::process::Command::new("tshark")
        .args(["-n", "-V", "-d", "tcp.port==11000,h245", "-r"])
        .arg(&file)
        .output();
    std::fs::remove_file(&file).expect("just written");
    let Ok(output) = output else {
        assert!(std::env::var_os("CI").is_none(), "no tshark: deploy/bootstrap --tests");
        return None;
    };
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}
