//! One SIPp call flow against the bridge.

use super::{
    folder::Folder,
    free_port,
    process::{PATIENCE, Process},
};
use crate::sound::Wave;
use std::{fs, path::Path, process::Command};

/// A running flow.
pub(crate) struct Flow {
    name: &'static str,
    process: Process,
    folder: Folder,
}

impl Flow {
    /// Starts `flow/<name>.xml` once, calling `alias` at the bridge's UDP port. A flow that sends
    /// media streams `voice.alaw`: `voice` at 8 kHz.
    pub(crate) fn start(name: &'static str, alias: &str, port: u16, voice: Option<&Wave>) -> Self {
        Self::many(name, alias, port, voice, 1)
    }

    /// Starts a flow so many times, fifty a second.
    pub(crate) fn many(
        name: &'static str,
        alias: &str,
        port: u16,
        voice: Option<&Wave>,
        calls: u16,
    ) -> Self {
        let folder = Folder::new(name);
        if let Some(voice) = voice {
            let samples = voice.resampled(8000).samples;
            folder.write("voice.alaw", samples.into_iter().map(alaw).collect::<Vec<u8>>());
        }
        let scenario = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/scenarios/flow")
            .join(name)
            .with_extension("xml");
        let process = Process::start(
            name,
            Command::new("sipp")
                .current_dir(&*folder)
                .arg(format!("127.0.0.1:{port}"))
                .arg("-sf")
                .arg(scenario)
                .args(["-s", alias, "-i", "127.0.0.1", "-p", &free_port().to_string()])
                .args(["-mi", "127.0.0.1", "-mp", &free_port().to_string()])
                .args(["-m", &calls.to_string(), "-l", &calls.to_string(), "-r", "50"])
                .args(["-timeout", "60s", "-timeout_error", "-nostdin"])
                .args(["-trace_err", "-error_file", "errors.log"])
                .args(["-trace_msg", "-message_file", "messages.log"]),
        );
        Self { name, process, folder }
    }

    /// Waits for the end. Fails with SIPp's own words when a message was missing or unexpected.
    pub(crate) fn finish(mut self) {
        let status = self.process.wait_for_exit(PATIENCE);
        let log = |file| fs::read_to_string(self.folder.join(file)).unwrap_or_default();
        assert!(
            status.success(),
            "flow {} failed ({status}):\n{}\n{}",
            self.name,
            log("errors.log"),
            log("messages.log")
        );
    }
}

/// One sample in A-law (ITU-T G.711): the sign, three bits of exponent, four of mantissa, every
/// second bit inverted.
fn alaw(sample: f32) -> u8 {
    let magnitude = ((sample.abs() * 32768.0) as u16).min(32_767) >> 4;
    let exponent = (16 - magnitude.leading_zeros()).saturating_sub(4);
    let mantissa = (magnitude >> exponent.saturating_sub(1)) & 0x0f;
    let sign = if sample < 0.0 { 0 } else { 0x80 };
    (sign | (exponent as u8) << 4 | mantissa as u8) ^ 0x55
}

#[test]
fn alaw_matches_known_codes() {
    // Silence, full scale both ways, and one step inside segment 6.
    for (sample, code) in [(0.0, 0xd5), (1.0, 0xaa), (-1.0, 0x2a), (0.25, 0xb5)] {
        assert_eq!(alaw(sample), code, "{sample}");
    }
}
