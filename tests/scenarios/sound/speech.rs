//! Synthetic speech.

use super::Wave;
use std::{env, fs, process};

/// About ten seconds of English speech with pauses at both ends, always the same.
pub(crate) fn speech() -> Wave {
    const TEXT: &str = "The bridge carries every voice across the river. \
        Seven small boats were waiting quietly beside the northern shore. \
        Please read the next number slowly, and then repeat it once more.";
    let path = env::temp_dir().join(format!("causeway-speech-{}.wav", process::id()));
    let status = process::Command::new("espeak-ng")
        .args(["-v", "en-us", "-s", "150", "-w"])
        .args([path.as_os_str(), TEXT.as_ref()])
        .status()
        .unwrap_or_else(|error| panic!("espeak-ng: {error}; run deploy/bootstrap --tests"));
    assert!(status.success(), "espeak-ng failed: {status}");
    let spoken = Wave::read(&path).resampled(48_000);
    let _ = fs::remove_file(&path);
    let silence = vec![0.0; 48_000];
    let samples = [silence.as_slice(), &spoken.samples, &silence].concat();
    Wave { rate: 48_000, samples }
}
