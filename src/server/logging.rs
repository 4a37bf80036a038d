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
    let filter = filter(&log.filter)?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let done = if log.json { builder.json().try_init() } else { builder.try_init() };
    done.map_err(|error| LogError(error.to_string()))
}

/// Crates that write the passwords of ICE and what DTLS negotiates below `warn`.
const TALKATIVE: [&str; 3] = ["str0m", "is", "dimpl"];

/// What an operator asks for; of crates that tell secrets only what is named.
pub(crate) fn filter(text: &str) -> Result<EnvFilter, LogError> {
    let wrong = |error| LogError(format!("{text:?} is no filter: {error}"));
    let mut filter = EnvFilter::try_new(text).map_err(wrong)?;
    let names = |name: &str| {
        text.split(',').any(|part| part.split(['=', '[']).next().unwrap_or_default().trim() == name)
    };
    for name in TALKATIVE.into_iter().filter(|name| !names(name)) {
        filter = filter.add_directive(format!("{name}=warn").parse().map_err(wrong)?);
    }
    Ok(filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_that_tell_secrets_are_quiet_unless_they_are_named() {
        for text in ["trace", "info,causeway=debug", "", "[call{leg=1}]=trace"] {
            let shown = filter(text).expect("a filter").to_string();
            for name in TALKATIVE {
                assert!(shown.contains(&format!("{name}=warn")), "{text}: {shown}");
            }
        }
        let shown = filter("debug,is=trace,str0m[x]=debug").expect("a filter").to_string();
        assert!(shown.contains("is=trace") && !shown.contains("is=warn"), "{shown}");
        assert!(!shown.contains("str0m=warn") && shown.contains("dimpl=warn"), "{shown}");
        let inside = filter("info,is::agent=debug").expect("a filter").to_string();
        assert!(inside.contains("is=warn") && inside.contains("is::agent=debug"), "{inside}");
        assert!(filter("a=b=c").is_err());
    }
}
