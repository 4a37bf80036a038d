//! One SIPp call flow against the bridge.

use super::{
    folder::Folder,
    free_port,
    process::{PATIENCE, Process},
};
use std::{path::Path, process::Command};

/// Runs `flow/<name>.xml` once, calling `alias` at the bridge's UDP port. Fails with SIPp's own
/// words when a message was missing or unexpected.
pub(crate) fn run_flow(name: &str, alias: &str, port: u16) {
    let folder = Folder::new(name);
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/scenarios/flow")
        .join(name)
        .with_extension("xml");
    let mut sipp = Process::start(
        name,
        Command::new("sipp")
            .current_dir(&*folder)
            .arg(format!("127.0.0.1:{port}"))
            .arg("-sf")
            .arg(scenario)
            .args(["-s", alias, "-i", "127.0.0.1", "-p", &free_port().to_string()])
            .args(["-mi", "127.0.0.1", "-min_rtp_port", &free_port().to_string()])
            .args(["-m", "1", "-timeout", "15s", "-timeout_error", "-nostdin"])
            .args(["-trace_err", "-error_file", "errors.log"])
            .args(["-trace_msg", "-message_file", "messages.log"]),
    );
    let status = sipp.wait_for_exit(PATIENCE);
    assert!(
        status.success(),
        "flow {name} failed ({status}):\n{}\n{}",
        std::fs::read_to_string(folder.join("errors.log")).unwrap_or_default(),
        std::fs::read_to_string(folder.join("messages.log")).unwrap_or_default()
    );
}
