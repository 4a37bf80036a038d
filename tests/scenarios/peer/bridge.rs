//! The bridge under test: the `causeway` binary on loopback ports that the system chooses.

use super::{
    baresip::Transport,
    folder::Folder,
    process::{PATIENCE, Process},
};
use std::{
    process::{self, Command},
    time::Duration,
};

pub(crate) struct Bridge {
    process: Process,
    udp: u16,
    tcp: u16,
    tls: u16,
    _folder: Folder,
}

impl Bridge {
    /// Starts with the embedded conferences 1001 and 1002, and returns once it has said where it
    /// can be reached.
    pub(crate) fn start() -> Self {
        Self::with_media_ports(200)
    }

    /// Starts with so many ports for media.
    pub(crate) fn with_media_ports(count: u16) -> Self {
        let folder = Folder::new("bridge");
        let configuration = folder.write("causeway.toml", configuration(&folder, count));
        let mut command = Command::new(env!("CARGO_BIN_EXE_causeway"));
        command.arg("serve").arg("--config").arg(configuration).current_dir(&*folder);
        let process = Process::start("causeway", &mut command);
        let port = |ending: &str| {
            let joins = |line: &str| -> Option<u16> {
                let place = line.trim().strip_prefix("sip:1001@127.0.0.1:")?;
                place.strip_suffix(ending)?.parse().ok()
            };
            let line = process.wait_until("where it can be reached", |line| joins(line).is_some());
            joins(&line).expect("just matched")
        };
        let (udp, tcp, tls) = (port(""), port(";transport=tcp"), port(";transport=tls"));
        Self { process, udp, tcp, tls, _folder: folder }
    }

    pub(crate) fn port(&self, transport: Transport) -> u16 {
        match transport {
            Transport::Udp => self.udp,
            Transport::Tcp => self.tcp,
            Transport::Tls => self.tls,
        }
    }

    /// Waits until the bridge has logged so many lines that contain `needle`.
    pub(crate) fn wait_for_lines(&self, needle: &str, count: usize) {
        self.process.wait_for_lines(needle, count);
    }

    pub(crate) fn count_lines(&self, needle: &str) -> usize {
        self.process.said().lines().filter(|line| line.contains(needle)).count()
    }

    /// SIGTERM: drain.
    pub(crate) fn terminate(&self) {
        let status = Command::new("sh")
            .args(["-c", &format!("kill -TERM {}", self.process.id())])
            .status()
            .expect("there is a shell");
        assert!(status.success());
    }

    pub(crate) fn is_running(&mut self) -> bool {
        !self.process.has_ended()
    }

    /// Waits for the end and demands a clean one.
    pub(crate) fn wait_for_clean_exit(mut self) {
        let status = self.process.wait_for_exit(PATIENCE);
        assert!(status.success(), "the bridge ended with {status}:\n{}", self.process.said());
    }
}

/// Each scenario is a process of its own; its number keeps the media ports of scenarios that run
/// side by side apart.
fn configuration(folder: &Folder, media_ports: u16) -> String {
    let port_min = 10_000 + (process::id() % 100) as u16 * 200;
    format!(
        "[node]
state_dir = \"{}\"
[log]
level = \"info,causeway_server=debug\"
[sip]
udp = [\"127.0.0.1:0\"]
tcp = [\"127.0.0.1:0\"]
tls = [\"127.0.0.1:0\"]
[media]
port_min = {port_min}
port_max = {}
",
        folder.display(),
        port_min + media_ports - 1
    )
}

/// Real time in which telephones talk with each other: the thing measured, not a guess at how
/// long something takes.
pub(crate) fn talk(duration: Duration) {
    std::thread::sleep(duration);
}
