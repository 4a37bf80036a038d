//! What a person answers -> what it means. Pure: what is asked of the machine is a [`Facts`].

use super::fact::Facts;
use crate::ports::Protocol;
use crate::say::{Said, Speech, said};
use causeway_base::Lang;
use causeway_dial::AliasPattern;
use std::net::IpAddr;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// All answers.
#[derive(Debug)]
pub struct Answers {
    /// Where callers reach the bridge.
    pub place: Place,
    /// Who it is under TLS.
    pub certificate: Certificate,
    /// Its ports.
    pub ports: Ports,
    /// Rooms of H.323 call it: their port is free.
    pub h323: bool,
    /// The language of its voice.
    pub lang: Lang,
    /// Its provider.
    pub trunk: Option<Trunk>,
    /// Its first conference.
    pub room: Room,
}

/// What an answer is worth.
#[derive(Debug, PartialEq, Eq)]
pub enum Reading<T> {
    /// Good.
    Fine(T),
    /// Possible, and seldom meant: why.
    Doubtful(T, Said),
    /// No answer: the sentence says what to write.
    Wrong(Said),
}

fn wrong<T>(zh: impl Into<String>, en: impl Into<String>) -> Reading<T> {
    Reading::Wrong(said(zh, en))
}

/// `yes` or `no`.
pub fn yes_or_no(text: &str) -> Reading<bool> {
    match text.to_ascii_lowercase().as_str() {
        "y" | "yes" | "是" => Reading::Fine(true),
        "n" | "no" | "否" => Reading::Fine(false),
        _ => wrong("请写 yes 或 no。", "Write yes or no."),
    }
}

/// Where callers reach the bridge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What they write: a name or an address.
    pub host: String,
    /// Only this machine reaches it.
    pub loopback: bool,
    /// It is a name.
    pub named: bool,
    /// The public address behind which this machine stands.
    pub advertised: Option<IpAddr>,
    /// Networks reach this machine over IPv6 too.
    pub ipv6: bool,
}

/// The first question.
pub fn place_question() -> Said {
    said(
        "1/6 别人用哪个域名或地址呼叫这台服务器？只供本机试用请写 localhost。",
        "1/6 Under which public name or address do callers reach this bridge? localhost: only this \
         machine.",
    )
}

/// The address of this machine that networks see, else this machine alone.
pub fn place_proposal(facts: &dyn Facts) -> String {
    facts.addresses().first().map_or_else(|| "localhost".to_owned(), ToString::to_string)
}

/// Reads the first answer.
pub fn place(text: &str, facts: &dyn Facts) -> Reading<Place> {
    let host = text.trim_matches(['[', ']']).to_ascii_lowercase();
    let ours = facts.addresses();
    let place = |host: &str, named, advertised| Place {
        host: host.to_owned(),
        loopback: false,
        named,
        advertised,
        ipv6: ours.iter().any(IpAddr::is_ipv6),
    };
    let address = match host.as_str() {
        "localhost" => Some(IpAddr::from([127, 0, 0, 1])),
        host => host.parse().ok(),
    };
    match address {
        Some(address) if address.is_loopback() => Reading::Fine(Place {
            loopback: true,
            ipv6: false,
            ..place(&address.to_string(), false, None)
        }),
        Some(address) if address.is_unspecified() || address.is_multicast() => wrong(
            "这不是别人能呼叫的地址；请写域名，如 meet.example.com，或本机的地址。",
            "Nobody can call this address: write a name like meet.example.com, or an address of \
             this machine.",
        ),
        Some(address) => {
            let advertised = (!ours.contains(&address)).then_some(address);
            let found = place(&host, false, advertised);
            if advertised.is_some() && is_private(address) {
                return Reading::Doubtful(found, not_ours(address, &ours));
            }
            Reading::Fine(found)
        }
        None if is_host(&host) => name(&host, facts, place(&host, true, None)),
        None => wrong(
            "这不是域名或地址；请写如 meet.example.com 或 203.0.113.5。",
            "Neither a name nor an address: write meet.example.com or 203.0.113.5.",
        ),
    }
}

fn not_ours(address: IpAddr, ours: &[IpAddr]) -> Said {
    let ours = ours.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    said(
        format!("{address} 不是本机的地址（本机：{ours}）。"),
        format!("{address} is no address of this machine (they are: {ours})."),
    )
}

/// A public name must lead to a public address, and to this machine or to what forwards to it.
fn name(host: &str, facts: &dyn Facts, mut place: Place) -> Reading<Place> {
    let found = facts.resolve(host);
    let ours = facts.addresses();
    let local = [".local", ".lan", ".internal", ".intranet", ".corp", ".home.arpa"];
    let public_name = !local.iter().any(|end| host.ends_with(end));
    match found.iter().find(|address| !is_private(**address)) {
        Some(public) => {
            place.advertised =
                (!found.iter().any(|address| ours.contains(address))).then_some(*public);
            Reading::Fine(place)
        }
        None if found.is_empty() => Reading::Doubtful(
            place,
            said(
                format!("域名 {host} 目前没有解析到任何地址；请为它添加 A 记录，指向本服务器。"),
                format!(
                    "The name {host} leads nowhere yet: add an A record for it that points here."
                ),
            ),
        ),
        None if public_name => {
            let private = found[0];
            Reading::Doubtful(
                place,
                said(
                    format!(
                        "公网域名 {host} 解析到内网地址 {private}，外部呼叫到不了；请把 A 记录改为公网地址，并在路由器上转发端口。"
                    ),
                    format!(
                        "The public name {host} leads to the private address {private}, which \
                         nobody outside reaches: point its A record to the public address, and \
                         forward the ports there."
                    ),
                ),
            )
        }
        None => Reading::Fine(place),
    }
}

/// An address that the internet does not carry.
fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                // Behind a provider's NAT (RFC 6598).
                || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let named =
        text.rsplit('.').next().is_some_and(|top| top.bytes().any(|b| b.is_ascii_alphabetic()));
    text.len() <= 253 && named && text.contains('.') && text.split('.').all(label)
}

/// Who the bridge is under TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// One of its own.
    SelfSigned,
    /// These files.
    Files {
        /// The chain.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
    },
    /// From Let's Encrypt.
    Acme {
        /// An address of mail for warnings; may be empty.
        contact: String,
    },
}

/// The second question.
pub fn certificate_question() -> Said {
    said(
        "2/6 证书：self-signed（自签名）、files 证书.pem 私钥.pem，或 acme [邮箱]（Let's Encrypt，需要 80 端口）",
        "2/6 Certificate: self-signed, files CHAIN.pem KEY.pem, or acme [MAIL] (Let's Encrypt; needs \
         port 80)",
    )
}

/// Reads the second answer.
pub fn certificate(text: &str, place: &Place, facts: &dyn Facts) -> Reading<Certificate> {
    let words: Vec<_> = text.split_whitespace().collect();
    match words.as_slice() {
        ["self-signed" | "self" | "自签名"] => Reading::Fine(Certificate::SelfSigned),
        ["files", certificate, key] => files(certificate, key, facts),
        ["acme"] => acme("", place, facts),
        ["acme", contact] if contact.contains('@') => acme(contact, place, facts),
        _ => wrong(
            "请写 self-signed、files 证书.pem 私钥.pem，或 acme 邮箱。",
            "Write self-signed, files CHAIN.pem KEY.pem, or acme MAIL.",
        ),
    }
}

fn files(certificate: &str, key: &str, facts: &dyn Facts) -> Reading<Certificate> {
    let absolute = |path: &str| std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
    let (certificate, key) = (absolute(certificate), absolute(key));
    match facts.certificate_fault(&certificate, &key) {
        None => Reading::Fine(Certificate::Files { certificate, key }),
        Some(fault) => wrong(
            format!("这两个文件不能用：{fault}。请写 PEM 证书链和它的私钥。"),
            format!("These files cannot be used: {fault}. Name a chain in PEM and its key."),
        ),
    }
}

fn acme(contact: &str, place: &Place, facts: &dyn Facts) -> Reading<Certificate> {
    if !place.named {
        return wrong(
            "证书机构只认证域名，而第一个回答是地址；请写 self-signed。",
            "An authority certifies names, and the first answer is an address: write self-signed.",
        );
    }
    let acme = Certificate::Acme { contact: contact.to_owned() };
    if facts.is_taken(Protocol::Tcp, 80) {
        return Reading::Doubtful(acme, taken(Protocol::Tcp, 80));
    }
    Reading::Fine(acme)
}

/// The ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// SIP over UDP and TCP.
    pub sip: u16,
    /// SIP over TLS.
    pub tls: u16,
    /// The HTTPS API.
    pub api: u16,
    /// Media, from.
    pub media_min: u16,
    /// Media, to.
    pub media_max: u16,
}

/// The third question.
pub fn ports_question() -> Said {
    said(
        "3/6 端口：SIP、SIP over TLS、HTTPS 接口、媒体（UDP 范围）",
        "3/6 Ports: SIP, SIP over TLS, the HTTPS API, media (a range of UDP)",
    )
}

/// The usual ports; another for SIP where something else has it.
pub fn ports_proposal(facts: &dyn Facts) -> String {
    let free =
        |port: &u16| !facts.is_taken(Protocol::Udp, *port) && !facts.is_taken(Protocol::Tcp, *port);
    let sip = [5060, 5070, 5080, 5090].into_iter().find(free).unwrap_or(5060);
    let tls = if sip == 5060 { 5061 } else { sip + 1 };
    let api = [8443, 8444, 9443].into_iter().find(free).unwrap_or(8443);
    format!("{sip} {tls} {api} 10000-31999")
}

/// Reads the third answer.
pub fn ports(text: &str, facts: &dyn Facts) -> Reading<Ports> {
    let Some(ports) = read_ports(text) else {
        return wrong(
            "请写四项，如 5060 5061 8443 10000-31999。",
            "Write four things, like 5060 5061 8443 10000-31999.",
        );
    };
    let Ports { sip, tls, api, media_min, media_max } = ports;
    if sip == tls || sip == api || tls == api {
        return wrong("每项要用不同的端口。", "Give each its own port.");
    }
    if media_min < 1024 || media_max <= media_min || (media_min..=media_max).contains(&sip) {
        return wrong(
            "媒体范围要在 1024 以上，至少两个端口，且不含 SIP 端口，如 10000-31999。",
            "The media range lies above 1024, has two ports or more, and not that of SIP: write \
             10000-31999.",
        );
    }
    let used =
        [(Protocol::Udp, sip), (Protocol::Tcp, sip), (Protocol::Tcp, tls), (Protocol::Tcp, api)];
    match used.into_iter().find(|(protocol, port)| facts.is_taken(*protocol, *port)) {
        Some((protocol, port)) => Reading::Doubtful(ports, taken(protocol, port)),
        // The phones of the world dial 5060 where they are told no port.
        None if sip != 5060 && facts.is_taken(Protocol::Udp, 5060) => {
            Reading::Doubtful(ports, taken(Protocol::Udp, 5060))
        }
        None => Reading::Fine(ports),
    }
}

/// The port that rooms of H.323 dial; they can be told no other.
pub const H323_PORT: u16 = 1720;

pub(super) fn taken(protocol: Protocol, port: u16) -> Said {
    let letter = if protocol == Protocol::Udp { 'u' } else { 't' };
    said(
        format!(
            "{protocol} 端口 {port} 已被其他程序占用；请停掉它（ss -{letter}lnp | grep :{port} 可查到是谁），或换一个端口。"
        ),
        format!(
            "Another program has {protocol} port {port}: stop it (ss -{letter}lnp | grep :{port} names \
             it), or choose another port."
        ),
    )
}

fn read_ports(text: &str) -> Option<Ports> {
    let words: Vec<_> = text.split([' ', ',', '\t']).filter(|word| !word.is_empty()).collect();
    let &[sip, tls, api, media] = words.as_slice() else { return None };
    let (min, max) = media.split_once('-')?;
    let port = |text: &str| text.parse().ok().filter(|port| *port != 0);
    Some(Ports {
        sip: port(sip)?,
        tls: port(tls)?,
        api: port(api)?,
        media_min: port(min)?,
        media_max: port(max)?,
    })
}

/// The fourth question.
pub fn lang_question() -> Said {
    said("4/6 语音提示的语言：zh-CN 或 en", "4/6 The language of the voice: zh-CN or en")
}

/// The language in which one talks already.
pub const fn lang_proposal(speech: Speech) -> &'static str {
    match speech {
        Speech::One(lang) => lang.tag(),
        Speech::Both => Lang::Zh.tag(),
    }
}

/// Reads the fourth answer.
pub fn lang(text: &str) -> Reading<Lang> {
    match (Lang::from_tag(text), text) {
        (Some(lang), _) => Reading::Fine(lang),
        (None, "中文") => Reading::Fine(Lang::Zh),
        (None, _) => wrong("请写 zh-CN 或 en。", "Write zh-CN or en."),
    }
}

/// A provider.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Trunk {
    /// Its proxy, as a SIP address.
    pub target: String,
    /// The user that registers there; empty: it knows us by our address.
    pub user: String,
    /// Its password.
    pub password: Zeroizing<String>,
    /// The number that rings here, like `+861012345678`; empty: none is known.
    pub number: String,
    /// Where its calls come from, where it knows us by our address.
    pub sources: Vec<IpAddr>,
}

/// The fifth question.
pub fn trunk_question() -> Said {
    said(
        "5/6 电话线路（SIP 中继）：服务器 [用户名] [+号码]，如 sip.carrier.example 861012345678 +861012345678；没有写 -",
        "5/6 SIP trunk: PROXY [USER] [+NUMBER], like sip.carrier.example 861012345678 +861012345678; - \
         for none",
    )
}

/// Reads the fifth answer, all but the password.
pub fn trunk(text: &str, facts: &dyn Facts) -> Reading<Option<Trunk>> {
    let words: Vec<_> = text.split_whitespace().collect();
    let (proxy, user, number) = match words.as_slice() {
        ["-" | "no" | "none" | "无"] => return Reading::Fine(None),
        [proxy] => (*proxy, "", ""),
        [proxy, number] if number.starts_with('+') => (*proxy, "", *number),
        [proxy, user] => (*proxy, *user, ""),
        [proxy, user, number] => (*proxy, *user, *number),
        _ => return trunk_form(),
    };
    let target = if proxy.starts_with("sip:") { proxy.to_owned() } else { format!("sip:{proxy}") };
    let uri = sip_codec::Uri::parse(target.clone().into_bytes());
    let host = uri.as_ref().ok().and_then(sip_codec::Uri::as_sip).map(|uri| uri.host.to_string());
    let Some(host) = host else { return trunk_form() };
    let is_number = |text: &str| {
        text.strip_prefix('+').is_some_and(|digits| {
            (4..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
        })
    };
    if !number.is_empty() && !is_number(number) {
        return wrong(
            "号码请写国际格式，如 +861012345678。",
            "Write the number in international form, like +861012345678.",
        );
    }
    let host = host.trim_matches(['[', ']']);
    let found = host.parse().map_or_else(|_| facts.resolve(host), |address| vec![address]);
    let by_address = user.is_empty();
    let trunk = Trunk {
        target,
        user: user.to_owned(),
        number: number.to_owned(),
        sources: if by_address { found.clone() } else { Vec::new() },
        ..Trunk::default()
    };
    if found.is_empty() {
        let doubt = said(
            format!("服务器 {host} 现在查不到地址；请核对写法，或检查 DNS。"),
            format!("The proxy {host} has no address now: check how it is written, or the DNS."),
        );
        return Reading::Doubtful(Some(trunk), doubt);
    }
    Reading::Fine(Some(trunk))
}

fn trunk_form<T>() -> Reading<T> {
    wrong(
        "请写 服务器 [用户名] [+号码]，或 - 表示没有。",
        "Write PROXY [USER] [+NUMBER], or - for none.",
    )
}

/// The first conference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// What callers dial.
    pub number: String,
    /// What people see.
    pub name: String,
}

/// The proposal for the first conference.
pub const ROOM: &str = "1001 会议室一 / Room one";

/// The sixth question.
pub fn room_question() -> Said {
    said(
        "6/6 第一个会议室：号码和名称（会自动生成主持人密码）",
        "6/6 The first room: its number and its name (a host PIN is made for it)",
    )
}

/// Reads the sixth answer.
pub fn room(text: &str) -> Reading<Room> {
    let (number, name) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let digits = (3..=12).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    if !digits || AliasPattern::parse(number).is_err() {
        return wrong(
            "号码请写 3 到 12 位数字，如 1001；名称写在后面。",
            "Write 3 to 12 digits, like 1001, then the name.",
        );
    }
    if ["9000", "9999"].contains(&number) {
        return wrong(
            "9000 是语音前台，9999 是测试呼叫；请换一个号码。",
            "9000 is the reception and 9999 the test call: choose another number.",
        );
    }
    let name = name.trim();
    if name.chars().any(char::is_control) || name.len() > 128 {
        return wrong("名称太长或含控制字符。", "The name is too long or has control characters.");
    }
    let name = if name.is_empty() { number } else { name };
    Reading::Fine(Room { number: number.to_owned(), name: name.to_owned() })
}
