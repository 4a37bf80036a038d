//! The way of an operator on a new machine: `init`, `check`, `check --ports`, `seal`, `serve`.

use crate::peer::{Folder, Process};
use std::{
    io::Write as _,
    net::{TcpListener, UdpSocket},
    path::Path,
    process::{Command, Output, Stdio},
};

/// Runs a command with this standard input.
fn causeway(folder: &Path, words: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_causeway"))
        .args(words)
        .current_dir(folder)
        .env("LANG", "en_US.UTF-8")
        .env_remove("LC_ALL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("our own program");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it reads");
    child.wait_with_output().expect("it ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// The first of some media ports that nobody has.
fn media_port() -> u16 {
    let free = |port: &u16| UdpSocket::bind(("127.0.0.1", *port)).is_ok();
    // Each process begins elsewhere.
    let first = 61_000 + (std::process::id() % 40) as u16 * 100;
    let mut ports = (first..65_300).step_by(100);
    ports.find(|port| free(port) && free(&(port + 99))).expect("free ports")
}

#[test]
fn a_new_machine_is_set_up_by_answers_and_its_ports_are_proved() {
    let folder = Folder::new("setup");
    let sip = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let tcp = TcpListener::bind(sip.local_addr().expect("bound")).expect("the same port");
    let (tls, api) = (TcpListener::bind("127.0.0.1:0"), TcpListener::bind("127.0.0.1:0"));
    let port = |listener: &TcpListener| listener.local_addr().expect("bound").port();
    let (tls, api) = (tls.expect("a port"), api.expect("a port"));
    let media = media_port();
    let ports = format!("{} {} {} {media}-{}", port(&tcp), port(&tls), port(&api), media + 99);
    drop((sip, tcp, tls, api));

    // Twice, for a machine on which something has port 5060. Elsewhere the second is no language,
    // and it is asked for again.
    let answers = format!("localhost\n\n{ports}\n{ports}\nen\n-\n1001 Board\n");
    let words = ["init", "--file", "made.toml", "--state-dir", "state"];
    let done = causeway(&folder, &words, &answers);
    let said = text(&done.stdout);
    assert!(done.status.success(), "{said}{}", text(&done.stderr));
    let dialled = said.lines().filter(|line| line.trim_start().starts_with("sip:")).count();
    assert_eq!(dialled, 3, "{said}");

    let valid = causeway(&folder, &["check", "made.toml"], "");
    assert!(valid.status.success() && !text(&valid.stdout).contains("note:"), "{valid:?}");
    let proved = causeway(&folder, &["check", "--ports", "made.toml"], "");
    let table = text(&proved.stdout);
    assert!(proved.status.success(), "{table}{}", text(&proved.stderr));
    assert!(table.contains("a datagram to it arrived") && !table.contains('✗'), "{table}");

    let mut serve = Command::new(env!("CARGO_BIN_EXE_causeway"));
    serve.args(["serve", "--config", "made.toml"]).current_dir(&*folder);
    let bridge = Process::start("causeway", &mut serve);
    bridge.wait_for_line("To leave:");
    let proved = causeway(&folder, &["check", "--ports", "made.toml"], "");
    let table = text(&proved.stdout);
    assert!(proved.status.success(), "{table}");
    let ours = format!("causeway has it (process {})", bridge.id());
    assert_eq!(table.matches(&ours).count(), 8, "{table}");
}

#[test]
fn a_port_that_another_program_has_fails_the_proof_and_is_named() {
    let folder = Folder::new("taken");
    let other = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = other.local_addr().expect("bound").port();
    folder.write(
        "causeway.toml",
        format!("[sip]\nudp = []\ntls = []\ntcp = [\"127.0.0.1:{port}\"]\n[h323]\nlisten = []\n[api]\nlisten = []\n"),
    );
    let proved = causeway(&folder, &["check", "--ports"], "");
    assert_eq!(proved.status.code(), Some(1));
    let table = text(&proved.stdout);
    let named = format!("(process {})", std::process::id());
    let row = table.lines().skip_while(|line| !line.contains(&port.to_string())).nth(1);
    assert!(row.is_some_and(|row| row.contains(&named)), "{table}");
}

#[test]
fn a_secret_is_sealed_for_the_file_and_opens_with_its_key_alone() {
    let folder = Folder::new("seal");
    folder.write("causeway.toml", "[node]\nstate_dir = \"state\"\n");
    let sealed = causeway(&folder, &["seal"], "geheim 7\n");
    assert!(sealed.status.success(), "{}", text(&sealed.stderr));
    let sealed = text(&sealed.stdout);
    assert!(sealed.starts_with("sealed:") && !sealed.contains("geheim"), "{sealed}");
    let user = |password: &str| {
        format!(
            "[node]\nstate_dir = \"state\"\n[[user]]\nname = \"room1\"\npassword = \"{password}\"\n"
        )
    };
    folder.write("causeway.toml", user(sealed.trim()));
    let checked = causeway(&folder, &["check"], "");
    assert!(checked.status.success() && !text(&checked.stdout).contains("note"), "{checked:?}");
    folder.write("clear.toml", user("geheim 7"));
    let noted = text(&causeway(&folder, &["check", "clear.toml"], "").stdout);
    assert!(noted.contains("`user[0].password`") && noted.contains("causeway seal"), "{noted}");
    assert!(!noted.contains("geheim"));

    std::fs::remove_file(folder.join("state/secret.key")).expect("the key");
    causeway(&folder, &["seal"], "another key\n");
    let refused = causeway(&folder, &["check"], "");
    let why = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        why.contains("causeway.toml:5:12: `user[0].password`: sealed with another key"),
        "{why}"
    );
}
