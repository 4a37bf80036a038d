//! A case of telephones: `causeway serve` in one process, `causeway load` in another.

use crate::case::Case;
use crate::load::QUIET_DBOV;
use crate::row::Row;
use crate::server::{CAUSEWAY, Server, free_port, settings};
use causeway_server::load::report::LoadReport;
use serde_json::Value;
use std::io::{self, BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Seconds of the measured window.
const WINDOW_S: u32 = 10;

const NO_API: &str = "[api]\nlisten = []\n";

/// Runs a case: starts a server, has it called, reads what it used in the steady window.
pub(crate) fn measure(case: &Case) -> io::Result<Row> {
    let port = free_port()?;
    let server = Server::start(&settings(port, case.legs, NO_API), "sip:1001")?;
    let idle_kb = server.resident_kb()?;
    let mut load = call(case, port)?;
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
    Ok(Row::of(case, idle_kb, &begin, &end, report.media))
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
