//! What `deploy/` promises: the system service as systemd judges it, the compose file as Compose
//! reads it, alerts and panels as Prometheus reads them, the image as far as its recipe tells. A tool that is missing fails the test by name;
//! `make test` installs them all.

#![allow(clippy::disallowed_methods, reason = "runs the tools of the system")]

use causeway_server::Config;
use causeway_server::ports::{End, table};
use serde_json::Value;
use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

const UNIT: &str = include_str!("../deploy/causeway.service");
const DOCKERFILE: &str = include_str!("../deploy/Dockerfile");
const ALERTS: &str = include_str!("../deploy/alerts.yaml");
const DASHBOARD: &str = include_str!("../deploy/dashboard.json");
const METRICS: &str = include_str!("../src/server/metrics.rs");
const CONTAINER: &str = include_str!("../deploy/container.toml");

/// Exposure in tenths, of 100: what is left is what a bridge with sockets and real-time threads
/// has to have.
const MOST_EXPOSED: u32 = 20;

/// A folder that goes away.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("causeway-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn run(program: &str, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).output().unwrap_or_else(|error| {
        panic!("cannot start {program}: {error}; run deploy/bootstrap --tests")
    })
}

/// The unit with a program that exists here.
fn unit(folder: &Folder) -> String {
    let file = folder.0.join("causeway.service");
    let here = UNIT.replace("/usr/local/bin/causeway", env!("CARGO_BIN_EXE_causeway"));
    assert_ne!(here, UNIT);
    fs::write(&file, here).expect("written");
    file.display().to_string()
}

/// The value of a line `key=value` of the unit.
fn setting(key: &str) -> &'static str {
    let line = UNIT.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    line.unwrap_or_else(|| panic!("the unit has no {key}"))
}

/// `1h 2min`, `1h2m`.
fn duration(text: &str) -> Duration {
    let mut seconds = 0;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (word, after) = after.split_at(letters);
        let factor = match word {
            "h" => 3600,
            "m" | "min" => 60,
            "s" | "" => 1,
            other => panic!("{other:?} in {text:?}"),
        };
        seconds += number.parse::<u64>().expect(text) * factor;
        rest = after.trim_start();
    }
    Duration::from_secs(seconds)
}

/// What a stop takes at most by default: the calls that may go on, then a farewell.
fn longest_stop() -> Duration {
    let config = Config::parse("defaults", causeway_server::config::DEFAULT_FILE, &|_| None);
    config.expect("valid").drain_limit + Duration::from_secs(60)
}

#[test]
fn systemd_accepts_the_unit() {
    let folder = Folder::new("verify");
    let output = run("systemd-analyze", &["verify", &unit(&folder)]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("causeway.service"), "{said}");
}

#[test]
fn the_service_is_exposed_no_more_than_it_must_be() {
    let folder = Folder::new("security");
    let threshold = format!("--threshold={MOST_EXPOSED}");
    let output =
        run("systemd-analyze", &["security", "--offline=true", &threshold, &unit(&folder)]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn the_service_lets_calls_end_and_is_reloaded_by_a_signal() {
    assert!(duration(setting("TimeoutStopSec")) >= longest_stop());
    assert_eq!(setting("ExecReload"), "/bin/kill -HUP $MAINPID");
    assert!(setting("EnvironmentFile").starts_with('-'), "a machine without secrets there starts");
    assert_eq!(setting("DynamicUser"), "yes");
}

/// The compose file as Compose reads it, with the secrets of a test.
fn compose(secrets: &HashMap<&str, &str>) -> Result<Value, String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/compose.yaml");
    // Not the deploy/.env of whoever runs this.
    let folder = Folder::new(&format!("compose-{}", secrets.len()));
    let none = folder.0.join("none.env");
    fs::write(&none, "").expect("written");
    let output = Command::new("docker-compose")
        .arg("--env-file")
        .arg(none)
        .arg("-f")
        .arg(file)
        .arg("config")
        .env_remove("POSTGRES_PASSWORD")
        .env_remove("TURN_SECRET")
        .envs(secrets)
        .output()
        .unwrap_or_else(|error| panic!("docker-compose: {error}; run deploy/bootstrap --tests"));
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    // Debian's Compose brings Debian's YAML reader.
    let script = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)";
    let mut reader = Command::new("/usr/bin/python3")
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("/usr/bin/python3: {error}; run deploy/bootstrap --tests"));
    reader.stdin.take().expect("piped").write_all(&output.stdout).expect("it reads");
    let read = reader.wait_with_output().expect("it ends");
    Ok(serde_json::from_slice(&read.stdout).expect("JSON"))
}

#[test]
fn compose_reads_the_file_and_lets_calls_end() {
    let secrets = HashMap::from([("POSTGRES_PASSWORD", "c0ffee"), ("TURN_SECRET", "f00d")]);
    let read = compose(&secrets).expect("valid");
    let bridge = &read["services"]["causeway"];
    let grace = bridge["stop_grace_period"].as_str().expect("a text");
    assert!(duration(grace) >= longest_stop(), "{grace}");
    assert_eq!(bridge["cap_drop"][0], "ALL");
    assert_eq!(bridge["read_only"], true);
    assert!(bridge.get("cap_add").is_none() && bridge.get("privileged").is_none());
    let url = bridge["environment"]["CAUSEWAY_STORE_URL"].as_str().expect("a text");
    let environment = |name: &str| (name == "CAUSEWAY_STORE_URL").then(|| url.to_owned());
    let config = Config::parse("container.toml", CONTAINER, &environment).expect("valid");
    assert!(format!("{:?}", config.store.location).starts_with("postgres"));
    // What the database publishes, only this machine reaches.
    let published = read["services"]["postgres"]["ports"].to_string();
    assert!(published.contains("127.0.0.1:5432:5432"), "{published}");
    // Both use the host's ports.
    let relays = read["services"]["coturn"]["command"].to_string();
    assert!(relays.contains("--min-port=49152") && *config.engine.ports.end() < 49_152, "{relays}");
}

#[test]
fn compose_does_not_start_without_secrets_and_holds_none() {
    for missing in ["POSTGRES_PASSWORD", "TURN_SECRET"] {
        let mut secrets = HashMap::from([("POSTGRES_PASSWORD", "c0ffee"), ("TURN_SECRET", "f00d")]);
        secrets.remove(missing);
        let why = compose(&secrets).expect_err("a secret is missing");
        assert!(why.contains(missing) && why.contains("deploy/.env"), "{why}");
    }
    let ignored = include_str!("../.dockerignore");
    for needed in [".git", "target", "deploy/.env"] {
        assert!(ignored.lines().any(|line| line == needed), "{needed} would be in the image");
    }
}

/// The lines of the image's last stage that begin with this word.
fn instructions(word: &str) -> Vec<&'static str> {
    let last = DOCKERFILE.rsplit("\nFROM ").next().unwrap_or_default();
    last.lines().filter_map(|line| line.strip_prefix(word)).map(str::trim).collect()
}

#[test]
fn the_image_starts_unprivileged_with_a_configuration_that_others_can_call() {
    assert_eq!(instructions("USER"), ["10001:10001"]);
    assert!(!DOCKERFILE.contains("setcap"), "a capability that is withheld keeps it from starting");
    let config = Config::parse("container.toml", CONTAINER, &|_| None).expect("valid");
    let exposed = instructions("EXPOSE").join(" ");
    for port in table(&config) {
        let protocol = port.protocol.to_string().to_ascii_lowercase();
        let number = match port.end {
            End::Listen(address) => {
                // What is for this machine alone needs no port outside.
                if port.key == "web.http" {
                    continue;
                }
                assert!(address.ip().is_unspecified(), "{address}: nobody outside reaches it");
                address.port().to_string()
            }
            End::Media { min, max, .. } => format!("{min}-{max}"),
            // How many there are depends on the machine.
            End::Workers { first, .. } => first.to_string(),
            End::Remote(_) => continue,
        };
        let wanted = format!("{number}/{protocol}");
        assert!(exposed.split(' ').any(|port| port == wanted), "{wanted} is not in {exposed}");
    }
    assert_eq!(instructions("CMD"), ["[\"serve\"]"]);
    assert!(DOCKERFILE.contains("CAUSEWAY_CONFIG=/etc/causeway/causeway.toml"));
}

fn judge(arguments: &[&str]) {
    let Output { status, stdout, stderr } = run("promtool", arguments);
    let said = [stdout, stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    assert!(status.success(), "{said}");
}

/// The queries of all panels.
fn queries() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(DASHBOARD).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels").clone();
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().expect("targets"));
    targets.map(|target| target["expr"].as_str().expect("a query").to_owned()).collect()
}

#[test]
fn alerts_say_what_they_are_for_and_nothing_where_all_is_well() {
    let root = env!("CARGO_MANIFEST_DIR");
    judge(&["check", "rules", &format!("{root}/deploy/alerts.yaml")]);
    judge(&["test", "rules", &format!("{root}/tests/alerts.yaml")]);
}

#[test]
fn panels_ask_what_prometheus_understands() {
    let rules = queries().into_iter().enumerate().map(|(at, query)| {
        let query = query.replace("$instance", ".*");
        serde_json::json!({ "record": format!("panel:{at}"), "expr": query })
    });
    let rules: Vec<Value> = rules.collect();
    assert!(!rules.is_empty());
    let folder = Folder::new("panels");
    let file = folder.0.join("panels.yaml");
    let groups = serde_json::json!({ "groups": [{ "name": "panels", "rules": rules }] });
    fs::write(&file, groups.to_string()).expect("written");
    judge(&["check", "rules", &file.display().to_string()]);
}

#[test]
fn alerts_and_panels_ask_for_figures_that_there_are() {
    let asked = queries().join("\n") + ALERTS;
    let names: Vec<&str> = asked
        .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .filter(|word| word.starts_with("causeway_"))
        .collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        assert!(METRICS.contains(&format!("\"{name}\"")), "{name}");
    }
    let labels = ["none", "audio-only", "frozen"];
    assert!(labels.iter().all(|label| METRICS.contains(&format!("\"{label}\""))));
}
