//! Captures of real calls, for tests that replay them. Without captures there is nothing to replay;
//! in CI they must be there.

use causeway_asn1::h245::{RequestMessage, ResponseMessage};
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
