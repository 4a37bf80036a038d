//! A case on a whole server: `causeway serve` in one process, `causeway load` in another.

use crate::case::Case;
use crate::load::QUIET_DBOV;
use crate::row::Row;
use crate::usage;
use causeway_server::load::report::LoadReport;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const CAUSEWAY: &str = env!("CARGO_BIN_EXE_causeway");

/// Seconds of the measured window.
const WINDOW_S: u32 = 10;

/// How long the server may take to do what it is asked.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs a case: starts a server, has it called, reads what it used in the steady window.
pub(crate) fn measure(case: &Case) -> io::Result<Row> {
    let server = Server::start(case)?;
    let idle_kb = usage::resident_kb(server.pid())?;
    let mut load = call(case, server.port)?;
    let output = load.stdout.take().ok_or_else(|| io::Error::other("no output"))?;
    let (mut begin, mut end, mut report) = (None, None, None);
    for line in BufReader::new(output).lines() {
        let line: Value = serde_json::from_str(&line?)?;
        match line["phase"].as_str() {
            Some("steady") => begin = Some(server.reading()?),
            Some("measured") => end = Some(server.reading()?),
            _ => report = Some(serde_json::from_value::<LoadReport>(line)?),
        }
    }
    load.wait()?;
    let missing = || io::Error::other("the load ended without a report");
    let (begin, end) = (begin.ok_or_else(missing)?, end.ok_or_else(missing)?);
    let report = report.ok_or_else(missing)?;
    if report.answered < case.legs || !report.dropped.is_empty() {
        let LoadReport { failed, dropped, .. } = &report;
        eprintln!("{case}: {} calls came up; {failed:?} {dropped:?}", report.answered);
    }
    let (legs, seconds) = (case.legs as f64, (end.at - begin.at).as_secs_f64());
    Ok(Row {
        cpu_ms_per_leg_s: (end.cpu - begin.cpu).as_secs_f64() * 1000.0 / seconds / legs,
        late_ticks: end.late_ticks.zip(begin.late_ticks).map(|(end, begin)| end - begin),
        rss_kb_per_leg: end.resident_kb.saturating_sub(idle_kb) as f64 / legs,
        media: report.media,
    })
}

fn call(case: &Case, port: u16) -> io::Result<Child> {
    let mut load = Command::new(CAUSEWAY);
    load.arg("load").arg(format!("sip:1001@127.0.0.1:{port}"));
    load.args(["--json", "--codec", case.codec_name()]);
    load.args(["--calls", &case.legs.to_string(), "--talkers", &case.talkers.to_string()]);
    load.args(["--seconds", &WINDOW_S.to_string(), "--quiet-level", &QUIET_DBOV.to_string()]);
    for (set, flag) in [(case.srtp, "--srtp"), (case.dtx, "--dtx"), (case.level, "--level")] {
        if set {
            load.arg(flag);
        }
    }
    load.stdout(Stdio::piped()).spawn()
}

/// A server process. Ends when it is dropped.
struct Server {
    process: Child,
    port: u16,
    directory: PathBuf,
}

/// What the server used so far.
struct Reading {
    at: Instant,
    cpu: Duration,
    resident_kb: u64,
    late_ticks: Option<u64>,
}

impl Server {
    fn start(case: &Case) -> io::Result<Self> {
        let directory = std::env::temp_dir().join(format!("causeway-room-{}", std::process::id()));
        fs::create_dir_all(&directory)?;
        // The port is free now; the chance that somebody takes it before the server is small.
        let port = UdpSocket::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let config = directory.join("causeway.toml");
        fs::write(&config, configuration(case, port, &directory))?;
        let log = File::create(directory.join("log"))?;
        let process = Command::new(CAUSEWAY)
            .args(["serve", "--config"])
            .arg(&config)
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let server = Self { process, port, directory };
        // It answers SIGUSR1 once it runs; before, the signal would end it.
        server.wait_for_log("sip:1001", 1)?;
        Ok(server)
    }

    fn pid(&self) -> u32 {
        self.process.id()
    }

    /// The lines of the log that hold `text`, once there are `count` of them.
    fn wait_for_log(&self, text: &str, count: usize) -> io::Result<Vec<String>> {
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

    fn reading(&self) -> io::Result<Reading> {
        let (at, cpu) = (Instant::now(), usage::threads(self.pid(), "")?);
        let resident_kb = usage::resident_kb(self.pid())?;
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

/// One worker, so that a case is what one core does.
fn configuration(case: &Case, port: u16, directory: &Path) -> String {
    let directory = directory.display();
    let participants = case.legs.max(1);
    format!(
        r#"
[node]
workers = 1
state_dir = "{directory}"

[log]
level = "info"
format = "json"

[sip]
udp = ["127.0.0.1:{port}"]
tcp = []
tls = []

[api]
listen = []

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
