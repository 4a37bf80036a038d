//! Who is called: SIPp, Kamailio, or ourselves; each alone on one core.

use crate::DEVICES;
use crate::caller::device;
use crate::usage;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The core on which it runs.
const CORE: &str = "0";

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(15);

/// Rules of our dial plan, of which the last takes the calls.
const RULES: u32 = 1000;

/// Conferences among which the one that is called is found.
const ROOMS: u32 = 100;

/// A folder that goes away.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("causeway-front-door-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What a server used so far.
pub(crate) struct Reading {
    pub(crate) at: Instant,
    pub(crate) cpu: Duration,
    /// Of its media threads.
    pub(crate) media: Duration,
    pub(crate) resident_kb: u64,
}

/// A server process. Ends when it is dropped.
pub(crate) struct Server {
    process: Child,
    port: u16,
    /// What callers who prove who they are call: all one name, since SIPp puts one URI into every
    /// digest. To Kamailio it is a device, to us what a rule takes.
    pub(crate) called: String,
}

/// A program, which `package` of Debian has.
pub(crate) fn tool(program: &str, package: &str) -> Command {
    let places = std::env::var_os("PATH").unwrap_or_default();
    // Debian keeps servers where only root looks.
    let mut folders: Vec<_> = std::env::split_paths(&places).collect();
    folders.extend(["/usr/sbin", "/sbin"].map(PathBuf::from));
    let found = folders.iter().map(|folder| folder.join(program)).find(|path| path.exists());
    match found {
        Some(path) => Command::new(path),
        None => {
            eprintln!("{program} is missing: apt-get install {package}");
            std::process::exit(1);
        }
    }
}

/// A program alone on the server's core.
fn pinned(program: &Path) -> Command {
    let mut command = tool("taskset", "util-linux");
    command.args(["-c", CORE]).arg(program);
    command
}

impl Server {
    /// SIPp's own UAS.
    pub(crate) fn sipp(folder: &Folder) -> io::Result<Self> {
        let port = free_port()?;
        let mut command = pinned(Path::new(tool("sipp", "sip-tester").get_program()));
        command.args(["-sn", "uas", "-i", "127.0.0.1", "-nostdin", "-p", &port.to_string()]);
        Self::start(folder, command, port, String::new())
    }

    /// A registrar that answers calls to its devices itself.
    pub(crate) fn kamailio(folder: &Folder) -> io::Result<Self> {
        let port = free_port()?;
        let text = include_str!("kamailio.cfg").replace("@PORT@", &port.to_string());
        let config = folder.path().join("kamailio.cfg");
        fs::write(&config, text)?;
        let mut command = pinned(Path::new(tool("kamailio", "kamailio").get_program()));
        command.args(["-DD", "-E", "-m", "256", "-M", "16", "-Y"]).arg(folder.path());
        command.arg("-f").arg(config);
        Self::start(folder, command, port, device(42).0)
    }

    /// Ourselves.
    pub(crate) fn causeway(folder: &Folder) -> io::Result<Self> {
        let port = free_port()?;
        let config = folder.path().join("causeway.toml");
        fs::write(&config, configuration(folder.path(), port))?;
        let mut command = pinned(Path::new(env!("CARGO_BIN_EXE_causeway")));
        command.args(["serve", "--config"]).arg(config);
        Self::start(folder, command, port, "floor0042".to_owned())
    }

    fn start(folder: &Folder, mut command: Command, port: u16, called: String) -> io::Result<Self> {
        let log = folder.path().join(format!("{port}.log"));
        let file = File::create(&log)?;
        let process = command
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()?;
        let mut server = Self { process, port, called };
        let patience = Instant::now() + PATIENCE;
        // Whoever binds the port is ready to read what arrives there.
        while UdpSocket::bind(("127.0.0.1", port)).is_ok() {
            let ended = server.process.try_wait()?.is_some();
            if ended || Instant::now() > patience {
                let said = fs::read_to_string(&log)?;
                return Err(io::Error::other(format!("the server does not start:\n{said}")));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn reading(&self) -> io::Result<Reading> {
        let (at, root) = (Instant::now(), self.process.id());
        let mut reading =
            Reading { at, cpu: Duration::ZERO, media: Duration::ZERO, resident_kb: 0 };
        for process in family(root) {
            reading.cpu += usage::threads(process, "")?;
            reading.media += usage::threads(process, "media-")?;
            reading.resident_kb += usage::resident_kb(process)?;
        }
        Ok(reading)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Kamailio's first process ends the others when it is asked to end itself.
        if let Some(pid) = rustix::process::Pid::from_raw(self.process.id().cast_signed()) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let patience = Instant::now() + Duration::from_secs(5);
        while Instant::now() < patience {
            if self.process.try_wait().is_ok_and(|ended| ended.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A process with its children and theirs.
fn family(root: u32) -> Vec<u32> {
    let mut family = vec![root];
    let mut next = 0;
    while let Some(process) = family.get(next) {
        let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
        let children = children.unwrap_or_default();
        family.extend(children.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
        next += 1;
    }
    family
}

/// Free for UDP and TCP at the moment of asking.
fn free_port() -> io::Result<u16> {
    loop {
        let port = UdpSocket::bind(("127.0.0.1", 0))?.local_addr()?.port();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
}

/// One worker, users, rooms, and rules of which the last takes what devices call.
fn configuration(folder: &Path, port: u16) -> String {
    let mut text = format!(
        "[node]\nworkers = 1\nstate_dir = {:?}\n[log]\nlevel = \"warn\"\n\
         [h323]\nlisten = []\n[sip]\nudp = [\"127.0.0.1:{port}\"]\ntcp = []\ntls = []\ndigest = [\"md5\"]\n\
         max_calls_per_source = 4000\n[api]\nlisten = []\n\
         [media]\nport_min = 20000\nport_max = 29999\nport_rest_s = 2\n\
         [[conference]]\nname = \"open\"\naliases = [\"9100\"]\nopen = true\n",
        folder.display().to_string()
    );
    for index in 0..DEVICES {
        let (name, password) = device(index);
        let _ = writeln!(
            text,
            "[[user]]\nname = \"{name}\"\npassword = \"{password}\"\ntrusted = true"
        );
    }
    for room in 0..ROOMS {
        let _ = writeln!(
            text,
            "[[conference]]\nname = \"room {room}\"\naliases = [\"80{room:02}\"]\nlobby = \"untrusted\""
        );
    }
    for rule in 1..RULES {
        let _ = writeln!(text, "[[rule]]\nmatch = 'branch-{rule:04}\\.\\d+@'\nto = \"reject\"");
    }
    // Two digits of what is called choose the room. Devices have names of their own, before rules.
    text + "[[rule]]\nmatch = 'floor\\d\\d(?P<room>\\d\\d)'\nto = 'conference:80${room}'\n"
}
