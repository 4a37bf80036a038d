//! A `causeway serve` process, and what it uses.

use crate::usage;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs::{self, File};
use std::io;
use std::net::{TcpListener, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

pub(crate) const CAUSEWAY: &str = env!("CARGO_BIN_EXE_causeway");

/// How long the server may take to do what it is asked.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server process. Ends when it is dropped.
pub(crate) struct Server {
    process: Child,
    directory: PathBuf,
}

/// What the server used so far.
pub(crate) struct Reading {
    pub(crate) at: Instant,
    pub(crate) cpu: Duration,
    pub(crate) resident_kb: u64,
    pub(crate) late_ticks: Option<u64>,
}

impl Server {
    /// Starts one with these settings; it runs once it has said `ready`.
    pub(crate) fn start(settings: &str, ready: &str) -> io::Result<Self> {
        let directory = std::env::temp_dir().join(format!("causeway-room-{}", std::process::id()));
        fs::create_dir_all(&directory)?;
        let config = directory.join("causeway.toml");
        fs::write(&config, settings.replace("STATE_DIR", &directory.display().to_string()))?;
        let log = File::create(directory.join("log"))?;
        let process = Command::new(CAUSEWAY)
            .args(["serve", "--config"])
            .arg(&config)
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let server = Self { process, directory };
        // It answers SIGUSR1 once it runs; before, the signal would end it.
        server.wait_for_log(ready, 1)?;
        Ok(server)
    }

    fn pid(&self) -> u32 {
        self.process.id()
    }

    /// The lines of the log that hold `text`, once there are `count` of them.
    pub(crate) fn wait_for_log(&self, text: &str, count: usize) -> io::Result<Vec<String>> {
        let patience = Instant::now() + PATIENCE;
        loop {
            let log = fs::read_to_string(self.directory.join("log"))?;
            let lines: Vec<_> =
                log.lines().filter(|line| line.contains(text)).map(str::to_owned).collect();
            if lines.len() >= count {
                return Ok(lines);
            }
            if Instant::now() > patience {
                return Err(io::Error::other(format!("the server does not say {text:?}: {log}")));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Resident memory in KiB.
    pub(crate) fn resident_kb(&self) -> io::Result<u64> {
        usage::resident_kb(self.pid())
    }

    pub(crate) fn reading(&self) -> io::Result<Reading> {
        let (at, cpu) = (Instant::now(), usage::threads(self.pid(), "")?);
        let resident_kb = self.resident_kb()?;
        Ok(Reading { at, cpu, resident_kb, late_ticks: self.late_ticks()? })
    }

    /// Late ticks of all workers since the start; there is one worker.
    fn late_ticks(&self) -> io::Result<Option<u64>> {
        let said = self.wait_for_log("media ticks", 0)?.len();
        let pid = Pid::from_raw(self.pid() as i32).ok_or(io::ErrorKind::InvalidInput)?;
        kill_process(pid, Signal::USR1)?;
        let lines = self.wait_for_log("media ticks", said + 1)?;
        let last: Value = serde_json::from_str(lines.last().map_or("", |line| line))?;
        Ok(last.pointer("/fields/late_ticks").and_then(Value::as_u64))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// A port that is free now; the chance that somebody takes it before the server is small.
pub(crate) fn free_port() -> io::Result<u16> {
    loop {
        let port = UdpSocket::bind(("127.0.0.1", 0))?.local_addr()?.port();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
}

/// One worker, so that a case is what one core does. Conference 1001 takes `participants`; `api` is
/// the section of that name.
pub(crate) fn settings(sip_port: u16, participants: usize, api: &str) -> String {
    let participants = participants.max(1);
    format!(
        r#"
[node]
workers = 1
state_dir = "STATE_DIR"

[log]
level = "info"
format = "json"

[sip]
udp = ["127.0.0.1:{sip_port}"]
tcp = []
tls = []

[h323]
listen = []

{api}
[media]
# Apart from the usual range: another bridge may run on this machine.
port_min = 20000
port_max = 29999

[[conference]]
name = "bench"
aliases = ["1001"]
open = true
max_participants = {participants}
"#
    )
}
