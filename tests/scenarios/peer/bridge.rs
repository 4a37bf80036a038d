//! The bridge under test: the `causeway` binary on loopback ports that the system chooses.

use super::{
    baresip::Transport,
    folder::Folder,
    process::{PATIENCE, Process},
};
use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    process::{self, Command},
    time::Duration,
};

pub(crate) struct Bridge {
    process: Process,
    _folder: Folder,
}

/// What a scenario may want different.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting<'a> {
    pub(crate) workers: u16,
    pub(crate) media_ports: u16,
    /// Where H.323 rooms call.
    pub(crate) h323: &'a str,
    /// Serves the API, and with it browsers.
    pub(crate) api: bool,
    /// More of the configuration, after the rest.
    pub(crate) more: &'a str,
}

impl Default for Setting<'_> {
    fn default() -> Self {
        Self { workers: 1, media_ports: 200, h323: "127.0.0.1:0", api: false, more: "" }
    }
}

impl Bridge {
    /// Starts with the embedded conferences 1001 and 1002, and returns once it has said where it
    /// can be reached.
    pub(crate) fn start() -> Self {
        Self::with(Setting::default())
    }

    pub(crate) fn with(setting: Setting<'_>) -> Self {
        let folder = Folder::new("bridge");
        let configuration = folder.write("causeway.toml", configuration(&folder, setting));
        let mut command = Command::new(env!("CARGO_BIN_EXE_causeway"));
        command.arg("serve").arg("--config").arg(configuration).current_dir(&*folder);
        let process = Process::start("causeway", &mut command);
        process.wait_for_line("To leave:");
        Self { process, _folder: folder }
    }

    /// The port on which the bridge said that it takes calls over IPv4.
    pub(crate) fn port(&self, transport: Transport) -> u16 {
        self.port_at("127.0.0.1", transport)
    }

    /// The same at one of its addresses.
    pub(crate) fn port_at(&self, host: &str, transport: Transport) -> u16 {
        let beginning = format!("sip:1001@{host}:");
        let said = self.process.said();
        let mut places = said.lines().filter_map(|line| line.trim().strip_prefix(&beginning));
        places
            .find_map(|place| place.strip_suffix(transport.parameter())?.parse().ok())
            .unwrap_or_else(|| panic!("no {transport:?} at {host} in:\n{said}"))
    }

    /// The port on which it said that it takes calls of H.323.
    pub(crate) fn h323(&self) -> u16 {
        let said = self.process.said();
        let mut places =
            said.lines().filter_map(|line| line.trim().strip_prefix("h323:1001@127.0.0.1:"));
        let port = places.find_map(|place| place.parse().ok());
        port.unwrap_or_else(|| panic!("no H.323 in:\n{said}"))
    }

    /// Where the API listens, and the one-time code of its first admin.
    pub(crate) fn api(&self) -> (SocketAddr, String) {
        let api = self.process.wait_for_line("API: https://");
        let code = self.process.wait_for_line("one-time code of the first admin token: ");
        let last =
            |line: &str, mark: &str| line.rsplit(mark).next().unwrap_or_default().trim().to_owned();
        let address = last(&api, "https://").parse();
        (address.unwrap_or_else(|_| panic!("no address in {api:?}")), last(&code, ": "))
    }

    /// The sockets that the bridge has open. Its other files are its store's, which keeps
    /// connections once it needed them.
    pub(crate) fn open_sockets(&self) -> usize {
        let files = fs::read_dir(format!("/proc/{}/fd", self.process.id()));
        let targets =
            files.expect("the bridge runs").filter_map(|it| fs::read_link(it.ok()?.path()).ok());
        targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
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
        self.signal("TERM");
    }

    /// SIGINT: leave.
    pub(crate) fn interrupt(&self) {
        self.signal("INT");
    }

    fn signal(&self, name: &str) {
        let status = Command::new("sh")
            .args(["-c", &format!("kill -{name} {}", self.process.id())])
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

fn configuration(folder: &Folder, setting: Setting<'_>) -> String {
    let Setting { workers, media_ports, h323, api, more } = setting;
    let api_listen = if api { "\"127.0.0.1:0\"" } else { "" };
    let port_min = free_media_ports();
    format!(
        "[node]
workers = {workers}
state_dir = \"{}\"
[log]
level = \"info,causeway_server=debug\"
[sip]
udp = [\"127.0.0.1:0\", \"[::1]:0\"]
tcp = [\"127.0.0.1:0\"]
tls = [\"127.0.0.1:0\"]
# Debian's baresip gives up where SHA-256 is asked for beside MD5.
digest = [\"md5\"]
[h323]
listen = [\"{h323}\"]
max_connections_per_source = 2048
[api]
listen = [{api_listen}]
# Every peer of a scenario is on this machine.
max_connections_per_source = 1024
[web]
http = []
[webrtc]
udp_port = 0
[media]
port_min = {port_min}
port_max = {}
{more}",
        folder.display(),
        port_min + media_ports - 1
    )
}

/// Where 200 media ports start of which the first two are free. Each scenario is a process of its
/// own; its number keeps those that run side by side apart.
fn free_media_ports() -> u16 {
    let is_free = |port: &u16| {
        [*port, port + 1].iter().all(|port| UdpSocket::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
    };
    let nth = |index: u32| 10_000 + (index % 100) as u16 * 200;
    (process::id()..).take(100).map(nth).find(is_free).expect("a free range of media ports")
}

/// Real time in which telephones talk with each other: the thing measured, not a guess at how
/// long something takes.
pub(crate) fn talk(duration: Duration) {
    std::thread::sleep(duration);
}
