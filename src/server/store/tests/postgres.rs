//! A PostgreSQL of one's own, from Debian's package, on a free port of the loopback.

use super::{Dir, Location, PATIENCE};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub(crate) struct Cluster {
    programs: PathBuf,
    dir: Dir,
    port: u16,
    server: Option<Child>,
}

/// The newest installed release.
fn programs() -> Option<PathBuf> {
    let releases = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> = releases
        .filter_map(|release| Some(release.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop()
}

/// PostgreSQL refuses to run as root: then as the user of its package.
fn command(program: &Path) -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
    command
}

impl Cluster {
    /// `None` where it is not installed, which is a failure in CI.
    pub(crate) async fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            assert!(std::env::var_os("CI").is_none(), "PostgreSQL is missing");
            eprintln!("PostgreSQL is not installed: deploy/bootstrap --tests installs it");
            return None;
        };
        let dir = Dir::new();
        if rustix::process::geteuid().is_root() {
            let owned = Command::new("chown").arg("postgres").arg(dir.path()).status();
            assert!(owned.expect("chown runs").success());
        }
        let made = command(&programs.join("initdb"))
            .args(["--auth=trust", "--username=causeway", "--encoding=UTF8", "--no-sync", "-D"])
            .arg(dir.path().join("data"))
            .current_dir("/")
            .stdout(Stdio::null())
            .status();
        assert!(made.expect("initdb runs").success());
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("bound").port();
        drop(free);
        let mut cluster = Self { programs, dir, port, server: None };
        cluster.restart().await;
        Some(cluster)
    }

    pub(crate) async fn restart(&mut self) {
        assert!(self.server.is_none());
        let server = command(&self.programs.join("postgres"))
            .arg("-D")
            .arg(self.dir.path().join("data"))
            .args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "unix_socket_directories=", "-c", "fsync=off"])
            .current_dir("/")
            .stderr(Stdio::null())
            .spawn();
        self.server = Some(server.expect("postgres runs"));
        let answers = async {
            while sqlx::PgPool::connect(&self.url("postgres")).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, answers).await.expect("postgres answers");
    }

    /// At once, with whatever it was doing.
    pub(crate) fn stop(&mut self) {
        let Some(mut server) = self.server.take() else { return };
        let pid = i32::try_from(server.id()).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(pid) = pid {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::QUIT);
        }
        let _ = server.wait();
    }

    pub(crate) async fn database(&self, name: &str) -> Location {
        // A name of PostgreSQL has at most 63 bytes; ours come from this file.
        let name: String = name.chars().take(60).collect();
        let pool = sqlx::PgPool::connect(&self.url("postgres")).await.expect("postgres answers");
        let sql = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::query(sql).execute(&pool).await.expect("a database");
        Location::parse(&self.url(&name)).expect("a location")
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://causeway@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}
