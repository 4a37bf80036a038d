//! Piped answers -> a file -> a bridge.

use super::answer::{self, Certificate, Reading};
use super::fact::{Facts, Machine};
use super::{InitOptions, run};
use crate::bridge::Bridge;
use crate::config::Config;
use crate::ports::Protocol;
use crate::say::Speech;
use causeway_base::Lang;
use std::net::{IpAddr, TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A machine in an office: behind NAT, with a phone exchange on port 5060.
struct Office {
    year: i16,
    taken: Vec<u16>,
}

impl Office {
    fn usual() -> Self {
        Self { year: 2026, taken: Vec::new() }
    }
}

impl Facts for Office {
    fn resolve(&self, name: &str) -> Vec<IpAddr> {
        let address = match name {
            "meet.example.com" => "203.0.113.5",
            "inside.example.com" | "bridge.lan" => "10.0.0.5",
            "sip.carrier.example" => "198.51.100.9",
            _ => return Vec::new(),
        };
        vec![address.parse().expect("an address")]
    }

    fn addresses(&self) -> Vec<IpAddr> {
        vec!["10.0.0.5".parse().expect("an address")]
    }

    fn is_taken(&self, _: Protocol, port: u16) -> bool {
        self.taken.contains(&port)
    }

    fn certificate_fault(&self, certificate: &Path, _: &Path) -> Option<String> {
        (!certificate.ends_with("chain.pem")).then(|| "no such file".to_owned())
    }

    fn year(&self) -> i16 {
        self.year
    }
}

struct Dir(PathBuf);

impl Dir {
    fn new() -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        let name = format!("causeway-init-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }

    fn options(&self, yes: bool) -> InitOptions {
        InitOptions {
            file: self.0.join("etc/causeway.toml"),
            yes,
            state_dir: Some(self.0.join("state")),
            lang: None,
        }
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.0.join("etc/causeway.toml")).expect("a file")
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Answers a line each; returns what was said.
fn talk(dir: &Dir, facts: &dyn Facts, speech: Speech, answers: &str) -> Result<String, String> {
    let mut said = Vec::new();
    let done = run(&dir.options(false), speech, facts, answers.as_bytes(), &mut said);
    let said = String::from_utf8(said).expect("UTF-8");
    done.map(|()| said.clone()).map_err(|error| format!("{error}\n{said}"))
}

#[test]
fn six_answers_make_a_file_that_holds_no_secret_in_clear() {
    let dir = Dir::new();
    let answers = "meet.example.com\nfiles /tls/chain.pem /tls/key.pem\n\nen\n\
        sip.carrier.example 8610 +861012345678\ngeheim-7\n8001 Weekly \"sync\"\n";
    let said = talk(&dir, &Office::usual(), Speech::Both, answers).expect("written");
    let text = dir.text();
    assert!(!text.contains("geheim-7") && text.matches("sealed:").count() == 2, "{text}");
    let mode = std::fs::metadata(dir.options(false).file).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
    let config = Config::load(Some(&dir.options(false).file)).expect("valid");
    assert!(config.clear_secrets.is_empty() && config.warnings.is_empty());
    assert_eq!(config.hosts, ["meet.example.com"]);
    assert_eq!(config.advertised("10.0.0.5".parse().unwrap()).to_string(), "203.0.113.5");
    assert_eq!(config.sip.tls_identity.certificate.as_deref(), Some(Path::new("/tls/chain.pem")));
    assert_eq!(config.api.listen, ["0.0.0.0:8443".parse().unwrap()]);
    assert_eq!((config.webrtc.udp_port, config.web.enabled), (8450, true));
    assert_eq!(config.reception.lang, Lang::En);
    let trunk = &config.trunks.lines[0];
    assert!(trunk.register.is_some());
    assert_eq!(trunk.credentials.as_ref().map(|it| it.password.as_str()), Some("geheim-7"));
    assert_eq!(config.dial_plan.rules().len(), 1);
    assert_eq!(config.conferences[0].settings.name, "Weekly \"sync\"");
    let pin = config.conferences[0].host_pin.as_ref().expect("a PIN");
    let clear = format!("\"{}\"", pin.reveal());
    assert!(said.contains(pin.reveal()) && !text.contains(&clear));
    for address in
        ["sip:8001@meet.example.com ", "sip:9000@meet.example.com ", "sip:9999@meet.example.com "]
    {
        assert!(said.contains(address), "{address} is missing in:\n{said}");
    }
    assert!(said.contains("六个问题") && said.contains("Six questions"));
}

#[test]
fn one_language_is_spoken_where_the_locale_names_it() {
    let dir = Dir::new();
    let zh = Speech::of_locale("zh_CN.UTF-8");
    let said = talk(&dir, &Office::usual(), zh, "localhost\n\n\n\n\n\n").expect("written");
    assert!(said.contains("六个问题") && !said.contains("questions"), "{said}");
    assert!(said.contains("[zh-CN]") && said.contains("sip:1001@127.0.0.1"));
    assert_eq!(Speech::of_locale("en_US.UTF-8"), Speech::One(Lang::En));
    assert_eq!(Speech::of_locale("C.UTF-8"), Speech::Both);
}

#[test]
fn a_private_address_under_a_public_name_is_caught() {
    let place = |text| answer::place(text, &Office::usual());
    let Reading::Doubtful(_, doubt) = place("inside.example.com") else { panic!("caught") };
    assert!(doubt.en.contains("private address 10.0.0.5") && doubt.zh.contains("内网地址"));
    let Reading::Doubtful(_, doubt) = place("new.example.com") else { panic!("leads nowhere") };
    assert!(doubt.en.contains("A record"));
    let Reading::Doubtful(_, doubt) = place("192.168.7.7") else { panic!("not ours") };
    assert!(doubt.en.contains("10.0.0.5"));
    assert!(matches!(place("bridge.lan"), Reading::Fine(place) if place.advertised.is_none()));
    assert!(matches!(place("10.0.0.5"), Reading::Fine(place) if place.advertised.is_none()));
    for bad in ["", "0.0.0.0", "a b", "-x.example", "meet", "http://meet.example.com", "1.2.3"] {
        assert!(matches!(place(bad), Reading::Wrong(_)), "{bad}");
    }
    // What was doubted is kept when it is written again.
    let dir = Dir::new();
    let answers = "inside.example.com\ninside.example.com\n\n\n\n\n\n";
    let said = talk(&dir, &Office::usual(), Speech::One(Lang::En), answers).expect("written");
    assert!(said.contains("Write it again to keep it."));
}

#[test]
fn a_taken_port_is_caught_and_another_is_proposed() {
    let office = Office { taken: vec![5060], ..Office::usual() };
    assert_eq!(answer::ports_proposal(&office), "5070 5071 8443 10000-31999");
    let Reading::Doubtful(_, doubt) = answer::ports("5060 5061 8443 10000-31999", &office) else {
        panic!("taken")
    };
    assert!(doubt.en.contains("UDP port 5060") && doubt.en.contains("ss -ulnp"));
    let dir = Dir::new();
    let answers = "10.0.0.5\n\n\n5070 5071 8443 10000-31999\n\n\n\n";
    let said = talk(&dir, &office, Speech::One(Lang::En), answers).expect("written");
    assert!(said.contains("Another program has UDP port 5060"), "{said}");
    assert!(said.contains("sip:1001@10.0.0.5:5070 "), "{said}");
    for bad in [
        "5060",
        "5060 5060 8443 10000-31999",
        "0 5061 8443 10000-31999",
        "5060 5061 8443 9-8",
        "5060 5061 8443 5000-6000",
        "5060 5061 8443 10000",
        "5060 5061 84430 10000-31999",
    ] {
        assert!(matches!(answer::ports(bad, &Office::usual()), Reading::Wrong(_)), "{bad}");
    }
}

#[test]
fn a_clock_that_is_years_off_is_caught() {
    for year in [1970, 2020, 2107] {
        let office = Office { year, ..Office::usual() };
        let said =
            talk(&Dir::new(), &office, Speech::One(Lang::En), "\n\n\n\n\n\n").expect("written");
        assert!(said.contains(&format!("says {year}")) && said.contains("timedatectl"), "{said}");
    }
}

#[test]
fn a_wrong_answer_is_asked_again_with_what_to_write() {
    let certificate = |text: &str, place: &str| {
        let Reading::Fine(place) = answer::place(place, &Office::usual()) else {
            panic!("{place}")
        };
        answer::certificate(text, &place, &Office::usual())
    };
    assert!(matches!(
        certificate("acme admin@example.com", "meet.example.com"),
        Reading::Fine(Certificate::Acme { .. })
    ));
    for (bad, place) in [
        ("acme", "10.0.0.5"),
        ("acme nobody", "meet.example.com"),
        ("files a.pem b.pem", "meet.example.com"),
        ("files a.pem", "meet.example.com"),
        ("letsencrypt", "meet.example.com"),
    ] {
        assert!(matches!(certificate(bad, place), Reading::Wrong(_)), "{bad}");
    }
    for bad in ["", "12", "room", "9000", "9999", "1001\u{7}x"] {
        assert!(matches!(answer::room(bad), Reading::Wrong(_)), "{bad}");
    }
    for bad in ["sip.carrier.example u 8610", "a b c d", "sip:"] {
        assert!(matches!(answer::trunk(bad, &Office::usual()), Reading::Wrong(_)), "{bad}");
    }
    assert!(matches!(answer::trunk("nowhere.example u", &Office::usual()), Reading::Doubtful(..)));
    assert!(matches!(answer::lang("fr"), Reading::Wrong(_)));
    let dir = Dir::new();
    let answers = "10.0.0.5\nacme\nself-signed\n\nfr\nen\n\nroom\n1001\n";
    let said = talk(&dir, &Office::usual(), Speech::One(Lang::En), answers).expect("written");
    assert!(said.contains("write self-signed") && said.contains("Write 3 to 12 digits"));
}

#[test]
fn a_file_that_is_there_stays_unless_its_owner_agrees() {
    let dir = Dir::new();
    let office = Office::usual();
    let speech = Speech::One(Lang::En);
    talk(&dir, &office, speech, "\n\n\n\n\n\n").expect("written");
    let first = dir.text();
    let said = talk(&dir, &office, speech, "maybe\n\n").expect("asked");
    assert!(said.contains("Write over it?") && said.contains("Nothing was changed."));
    assert_eq!(dir.text(), first);
    let yes = run(&dir.options(true), speech, &office, &b""[..], Vec::new());
    assert!(yes.expect_err("there").to_string().contains("--file"));
    assert_eq!(dir.text(), first);
    talk(&dir, &office, speech, "yes\nlocalhost\n\n\n\n\n\n").expect("written over");
    assert_ne!(dir.text(), first);
    assert_eq!(std::fs::read_dir(dir.0.join("etc")).expect("there").count(), 1, "no draft stays");
}

#[test]
fn answers_that_end_too_early_write_nothing() {
    let dir = Dir::new();
    let error = talk(&dir, &Office::usual(), Speech::Both, "10.0.0.5\n\n").expect_err("ended");
    assert!(error.contains("--yes"));
    assert!(!dir.options(false).file.exists());
}

#[tokio::test]
async fn a_bridge_starts_from_what_was_written() {
    let dir = Dir::new();
    let tcp = || TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = |listener: &TcpListener| listener.local_addr().expect("bound").port();
    let (sip, tls, api) = (tcp(), tcp(), tcp());
    let udp = port(&sip);
    let other = UdpSocket::bind(("127.0.0.1", udp)).expect("the same port");
    let ports = format!("{udp} {} {} 28000-28099", port(&tls), port(&api));
    drop((sip, other, tls, api));
    // Twice, for a machine on which something has port 5060. Elsewhere the second is no language,
    // and it is asked for again.
    let answers = format!("localhost\n\n{ports}\n{ports}\n\n\n\n");
    let said = talk(&dir, &Machine, Speech::Both, &answers).expect("written");
    assert!(said.contains(&format!("sip:1001@127.0.0.1:{udp} ")), "{said}");
    let config = Config::load(Some(&dir.options(false).file)).expect("valid");
    let mut bridge = Bridge::start(config).await.expect("a bridge");
    assert_eq!(bridge.bound().len(), 3);
    bridge.leave().await;
    bridge.stopped().await;
}
