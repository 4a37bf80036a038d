//! The answers -> the text of a configuration.

use super::Sealed;
use super::answer::{Answers, Certificate, H323_PORT, Place, Ports, Trunk};
use causeway_dial::Network;
use std::fmt::Write;
use std::net::IpAddr;
use std::path::Path;

/// The directory of Let's Encrypt.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// The file.
pub fn text(answers: &Answers, sealed: &Sealed, state_dir: &Path) -> String {
    let mut text = String::from(
        "# Causeway：由 `causeway init` 写成。未列出的键用默认值：`causeway check --defaults`。\n\
         # Written by `causeway init`. What is not here has its default: `causeway check --defaults`.\n\
         # 改动后检查 / after a change: `causeway check FILE`, `causeway check --ports FILE`.\n",
    );
    node(&mut text, state_dir);
    network(&mut text, &answers.place);
    sip(&mut text, answers);
    api(&mut text, answers);
    browsers(&mut text, answers);
    let _ = write!(
        text,
        "\n[media]\n# 媒体用的 UDP 端口，每个通话两个 / UDP ports of media, two a call.\n\
         port_min = {}\nport_max = {}\n\
         \n[reception]\n# 语音提示的语言 / the language of the voice: \"zh-CN\", \"en\".\nlang = \"{}\"\n",
        answers.ports.media_min,
        answers.ports.media_max,
        answers.lang.tag()
    );
    room(&mut text, answers, sealed);
    if let Some(trunk) = &answers.trunk {
        self::trunk(&mut text, trunk, sealed);
    }
    text
}

/// What a phone dials to reach `user` here.
pub fn address(answers: &Answers, user: &str) -> String {
    let host = match answers.place.host.parse::<IpAddr>() {
        Ok(IpAddr::V6(v6)) => format!("[{v6}]"),
        _ => answers.place.host.clone(),
    };
    // A phone looks a bare name up by DNS and takes 5060 for the rest.
    match answers.ports.sip {
        5060 => format!("sip:{user}@{host}"),
        port => format!("sip:{user}@{host}:{port}"),
    }
}

fn node(text: &mut String, state_dir: &Path) {
    let _ = write!(
        text,
        "\n[node]\n# 证书、数据库和密钥 secret.key 存放于此；请备份密钥：没有它，下面的 sealed 值无法解开。\n\
         # Certificates, the database and secret.key are kept here. Back the key up: without it nothing\n\
         # that is sealed below opens.\nstate_dir = {}\n",
        quoted(&state_dir.display().to_string())
    );
}

fn network(text: &mut String, place: &Place) {
    if place.named {
        let _ = write!(
            text,
            "\n[network]\n# 本服务器的名称；呼叫其他主机名会被拒绝 / our names: calls to others are refused.\n\
             hosts = [{}]\n",
            quoted(&place.host)
        );
    }
    if let Some(address) = place.advertised {
        let local = if address.is_ipv4() { "0.0.0.0" } else { "::" };
        let _ = write!(
            text,
            "\n# 在 NAT 之后：告诉对方的公网地址 / behind NAT: the public address that peers are told.\n\
             [[network.advertised]]\nlocal = \"{local}\"\naddress = \"{address}\"\n"
        );
    }
}

/// Every local address that answers, with a port.
fn listen(place: &Place, port: u16) -> String {
    match place {
        Place { loopback: true, host, .. } if host.contains(':') => format!("\"[{host}]:{port}\""),
        Place { loopback: true, host, .. } => format!("\"{host}:{port}\""),
        Place { ipv6: true, .. } => format!("\"0.0.0.0:{port}\", \"[::]:{port}\""),
        Place { .. } => format!("\"0.0.0.0:{port}\""),
    }
}

fn sip(text: &mut String, answers: &Answers) {
    let plain = listen(&answers.place, answers.ports.sip);
    let tls = listen(&answers.place, answers.ports.tls);
    let _ = write!(
        text,
        "\n[sip]\n# 电话和会议室终端呼入的地址 / where phones and rooms call.\n\
         udp = [{plain}]\ntcp = [{plain}]\ntls = [{tls}]\n"
    );
    let rooms = if answers.h323 { listen(&answers.place, H323_PORT) } else { String::new() };
    let _ = write!(
        text,
        "\n[h323]\n# H.323 会议室终端呼入的地址，空表示不用 / where H.323 rooms call; empty: none.\n\
         listen = [{rooms}]\n"
    );
    if let Certificate::Files { certificate, key } = &answers.certificate {
        let _ = write!(
            text,
            "\n[sip.tls_identity]\ncertificate = {}\nkey = {}\n",
            quoted(&certificate.display().to_string()),
            quoted(&key.display().to_string())
        );
    }
}

fn api(text: &mut String, answers: &Answers) {
    // Nobody should get used to clicking a warning away: without a certificate that browsers know
    // the API stays on this machine.
    let open = answers.certificate != Certificate::SelfSigned && !answers.place.loopback;
    let host = if open { "0.0.0.0" } else { "127.0.0.1" };
    let _ = write!(
        text,
        "\n[api]\n# HTTPS 接口；127.0.0.1 表示仅限本机 / the HTTPS API; 127.0.0.1: this machine only.\n\
         listen = [\"{host}:{}\"]\n",
        answers.ports.api
    );
    match &answers.certificate {
        Certificate::SelfSigned => {
            text.push_str(
                "# 自签名证书在首次启动时生成 / a self-signed certificate is made at the first start.\n",
            );
        }
        Certificate::Files { certificate, key } => {
            let _ = write!(
                text,
                "certificate = {}\nkey = {}\n",
                quoted(&certificate.display().to_string()),
                quoted(&key.display().to_string())
            );
        }
        Certificate::Acme { contact } => {
            let _ = write!(
                text,
                "\n[api.acme]\n# 接口的证书由此机构签发；SIP over TLS 仍用自签名证书。\n\
                 # The certificate of the API comes from here; SIP over TLS keeps a self-signed one.\n\
                 directory = \"{LETS_ENCRYPT}\"\ncontact = {}\nnames = [{}]\nhttp = [\"0.0.0.0:80\"]\n",
                quoted(contact),
                quoted(&answers.place.host)
            );
        }
    }
}

/// Which port browsers' media takes: not one of those of calls.
fn browsers_port(ports: &Ports) -> u16 {
    const USUAL: u16 = 8450;
    /// Ports left for workers before the range.
    const ROOM: u16 = 64;
    match ports.media_min..=ports.media_max {
        range if !range.contains(&USUAL) => USUAL,
        range if *range.start() >= 1024 + ROOM => range.start() - ROOM,
        range => range.end().saturating_add(1),
    }
}

fn browsers(text: &mut String, answers: &Answers) {
    let _ = write!(
        text,
        "\n[webrtc]\n# 浏览器媒体的端口（UDP 与 TCP，每个媒体线程一个）；页面与 [api] 同址。入会链接：`causeway link {room}`。\n\
         # The port of browsers' media, UDP and TCP, one a worker. Their page is at the address of [api];\n\
         # links: `causeway link {room}`.\nudp_port = {}\n",
        browsers_port(&answers.ports),
        room = answers.room.number,
    );
}

fn room(text: &mut String, answers: &Answers, sealed: &Sealed) {
    let lobby = if answers.place.loopback { "off" } else { "untrusted" };
    let _ = write!(
        text,
        "\n[[conference]]\nname = {}\n# 呼叫者拨打的号码 / what callers dial.\naliases = [{}]\n\
         # 主持人密码，已加密；换一个：`causeway seal` / the host PIN, sealed; another: `causeway seal`.\n\
         host_pin = {}\n\
         # 未经证实的来宾等主持人准入 / strangers wait until a host lets them in: \"off\", \"untrusted\", \"on\".\n\
         lobby = \"{lobby}\"\n",
        quoted(&answers.room.name),
        quoted(&answers.room.number),
        quoted(&sealed.sealed_host_pin)
    );
    if lobby == "off" {
        text.push_str(
            "# 号码很短，本机以外拨不到 / a short number, which nobody outside this machine can dial.\n\
             open = true\n",
        );
    }
}

fn trunk(text: &mut String, trunk: &Trunk, sealed: &Sealed) {
    let _ = write!(
        text,
        "\n# 电话线路。呼出默认关闭，见 [calling_out] / the trunk; calling out is off, see [calling_out].\n\
         [[trunk]]\nname = \"carrier\"\ntarget = {}\n",
        quoted(&trunk.target)
    );
    if trunk.user.is_empty() {
        let sources = trunk.sources.iter().map(|address| network_of(*address));
        let _ = write!(
            text,
            "# 它的呼叫来自这些地址 / its calls come from these addresses.\nsources = [{}]\n",
            sources.collect::<Vec<_>>().join(", ")
        );
    } else {
        let _ = write!(
            text,
            "user = {}\npassword = {}\nregister = true\n",
            quoted(&trunk.user),
            quoted(&sealed.trunk_password)
        );
    }
    if !trunk.number.is_empty() {
        let _ = write!(
            text,
            "numbers = [\"{number}\"]\n\
             \n# 打这个号码的人由语音前台接待 / who calls this number is received by the reception.\n\
             [[rule]]\nname = \"carrier-number\"\nmatch = '\\{number}'\ntrunk = \"carrier\"\nto = \"reception\"\n",
            number = trunk.number
        );
    }
}

fn network_of(address: IpAddr) -> String {
    let bits = if address.is_ipv4() { 32 } else { 128 };
    Network::new(address, bits).map_or_else(String::new, |network| quoted(&network.to_string()))
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
