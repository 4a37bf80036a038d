//! The log: to stderr, text or JSON. At info and above it holds no address, number, name or key.

use crate::config::Log;
use std::fmt;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// The log could not be set up.
#[derive(Debug)]
pub struct LogError(String);

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "log: {}", self.0)
    }
}

impl std::error::Error for LogError {}

/// Sets the log up, once for the process.
///
/// # Errors
/// When the filter cannot be read, or a log exists already.
pub fn start(log: &Log) -> Result<(), LogError> {
    let filter = EnvFilter::try_new(&log.filter)
        .map_err(|error| LogError(format!("{:?} is no filter: {error}", log.filter)))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let done = if log.json { builder.json().try_init() } else { builder.try_init() };
    done.map_err(|error| LogError(error.to_string()))
}
