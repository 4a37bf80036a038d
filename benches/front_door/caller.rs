//! SIPp as a thousand devices.

use crate::server::{Folder, Server, tool};
use crate::{CALLS, DEVICES, RATE};
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The core on which it runs.
const CORE: &str = "1";

/// How a device calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// Nobody asks who it is.
    Plain,
    /// By digest.
    Proved,
}

/// The devices.
pub(crate) struct Caller {
    folder: PathBuf,
}

/// The name of a device, and its password.
pub(crate) fn device(index: u32) -> (String, String) {
    let name = format!("device{index:04}");
    let password = format!("pw-{name}");
    (name, password)
}

impl Caller {
    /// Writes what SIPp reads: a line for each device, and the flows.
    pub(crate) fn new(folder: &Folder) -> io::Result<Self> {
        let mut devices = String::from("SEQUENTIAL\n");
        for index in 0..DEVICES {
            let (name, password) = device(index);
            let _ =
                writeln!(devices, "{name};[authentication username={name} password={password}]");
        }
        let folder = folder.path().to_owned();
        fs::write(folder.join("devices.csv"), devices)?;
        for (name, flow) in [
            ("register", include_str!("flow/register.xml")),
            ("call", include_str!("flow/call.xml")),
            ("plain_call", include_str!("flow/plain_call.xml")),
        ] {
            fs::write(folder.join(name).with_extension("xml"), flow)?;
        }
        Ok(Self { folder })
    }

    /// Registers every device. Returns the processor's microseconds for each.
    pub(crate) fn register(&self, server: &Server) -> io::Result<f64> {
        let before = server.reading()?;
        let failed = self.run(server, "register", "", DEVICES)?;
        if failed > 0 {
            return Err(io::Error::other(format!(
                "{failed} of {DEVICES} devices did not register"
            )));
        }
        let spent = server.reading()?.cpu - before.cpu;
        Ok(spent.as_secs_f64() * 1e6 / f64::from(DEVICES))
    }

    /// Makes the calls of a case. Returns how many failed.
    pub(crate) fn call(&self, server: &Server, call: Call) -> io::Result<u32> {
        let failed = match call {
            Call::Plain => self.run(server, "plain_call", "9100", CALLS)?,
            Call::Proved => self.run(server, "call", &server.called, CALLS)?,
        };
        if failed == CALLS {
            return Err(io::Error::other("every call failed: there is nothing to compare"));
        }
        Ok(failed)
    }

    /// Runs a flow so many times. Returns how many failed.
    fn run(&self, server: &Server, flow: &str, called: &str, times: u32) -> io::Result<u32> {
        let screen = self.folder.join(format!("{flow}.screen"));
        let host = format!("127.0.0.1:{}", server.port());
        let uri = if called.is_empty() { host.clone() } else { format!("{called}@{host}") };
        let output = tool("taskset", "util-linux")
            .args(["-c", CORE, "sipp"])
            .arg(&host)
            .args(["-auth_uri", &uri])
            .args(["-i", "127.0.0.1", "-s", called, "-sf"])
            .arg(self.folder.join(flow).with_extension("xml"))
            .arg("-inf")
            .arg(self.folder.join("devices.csv"))
            .args(["-m", &times.to_string(), "-r", &RATE.to_string(), "-l", "2000"])
            .args(["-recv_timeout", "8000", "-nostdin", "-trace_screen", "-screen_file"])
            .arg(&screen)
            .current_dir(&self.folder)
            .output()?;
        // 0: every call succeeded; 1: some did not.
        match output.status.code() {
            Some(0) => Ok(0),
            Some(1) => Ok(failed(&screen).unwrap_or(times)),
            _ => Err(io::Error::other(format!(
                "sipp ({flow}): {}",
                String::from_utf8_lossy(&output.stderr)
            ))),
        }
    }
}

/// The count of failed calls on SIPp's last screen.
fn failed(screen: &Path) -> Option<u32> {
    let text = fs::read_to_string(screen).ok()?;
    let line = text.lines().rev().find(|line| line.contains("Failed call"))?;
    line.split('|').nth(2)?.trim().parse().ok()
}
