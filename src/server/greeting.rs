//! What a person reads at the start: every address at which one can join, and how to leave.

use crate::config::Config;
use crate::meeting::Permanent;
use causeway_adapter::sip::{Advertised, Carrier};
use causeway_base::Alias;
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::path::Path;

/// What the greeting tells of.
#[derive(Clone, Debug)]
pub struct Greeting {
    rooms: Vec<Room>,
    hosts: Vec<String>,
    advertised: Vec<Advertised>,
    drain_limit_s: u64,
}

#[derive(Clone, Debug)]
struct Room {
    name: String,
    aliases: Vec<String>,
}

impl Greeting {
    /// What a configuration has to tell.
    pub fn new(config: &Config) -> Self {
        let room = |conference: &Permanent| Room {
            name: conference.settings.name.clone(),
            aliases: conference.aliases.clone(),
        };
        let service = |name: &str, aliases: &[String]| Room {
            name: name.to_owned(),
            aliases: aliases.first().cloned().into_iter().collect(),
        };
        let services = [
            service("语音前台 / Reception", &config.reception.aliases),
            service("测试呼叫 / Test call", &config.reception.test_aliases),
        ];
        let rooms = config.conferences.iter().map(room).chain(services);
        Self {
            rooms: rooms.filter(|room| !room.aliases.is_empty()).collect(),
            hosts: config.hosts.clone(),
            advertised: config.advertised.clone(),
            drain_limit_s: config.drain_limit.as_secs(),
        }
    }

    /// The text, for what was bound.
    pub fn text(
        &self,
        bound: &[(Carrier, SocketAddr)],
        h323: &[SocketAddr],
        realtime: bool,
        certificate: Option<&Path>,
    ) -> String {
        let mut text = format!(
            "Causeway {} 已就绪。在 SIP 电话或 H.323 会议室终端中拨打以下任一地址即可入会。\n\
             Causeway is ready. Dial one of these addresses with any SIP phone or H.323 room to join.\n",
            env!("CARGO_PKG_VERSION")
        );
        let places = self.places(bound);
        for room in &self.rooms {
            let _ = writeln!(text, "\n  {}", room.name);
            for alias in &room.aliases {
                for (carrier, place) in &places {
                    let _ = writeln!(text, "    {}", address(alias, *carrier, place));
                }
                for place in h323.iter().flat_map(|bound| self.rooms_dial(*bound)) {
                    let _ = writeln!(text, "    {}", room_address(alias, place));
                }
            }
        }
        self.notes(&mut text, bound, realtime, certificate);
        text
    }

    fn notes(
        &self,
        text: &mut String,
        bound: &[(Carrier, SocketAddr)],
        realtime: bool,
        certificate: Option<&Path>,
    ) {
        text.push('\n');
        if bound.iter().all(|(_, address)| address.ip().is_loopback()) {
            text.push_str(
                "只能从本机拨入；要向网络开放，请在 causeway.toml 的 [sip]、[h323] 中填写地址。\n\
                 Reachable from this machine only; to open it to a network, set the addresses in [sip] and [h323] of causeway.toml.\n",
            );
        }
        if let Some(path) = certificate {
            let _ = writeln!(
                text,
                "TLS 使用自签名证书，话机需信任它： / TLS uses a self-signed certificate that phones must trust:\n  {}",
                path.display()
            );
        }
        if !realtime {
            text.push_str(
                "未获得实时调度权限，高负载时声音可能断续（授予 CAP_SYS_NICE 可解决）。\n\
                 No permission for real-time scheduling: sound may break up under load (grant CAP_SYS_NICE).\n",
            );
        }
        let _ = writeln!(
            text,
            "离会：挂断电话。停止：Ctrl-C（SIGTERM 会等通话结束，最长 {limit} 秒）。\n\
             To leave: hang up. To stop the bridge: Ctrl-C (SIGTERM lets calls end first, up to {limit} s).",
            limit = self.drain_limit_s
        );
    }

    /// Where rooms of H.323 dial.
    fn rooms_dial(&self, bound: SocketAddr) -> Vec<SocketAddr> {
        let seen = |local| crate::config::advertised(&self.advertised, local);
        let local = local_addresses(bound.ip()).into_iter();
        local.map(|local| SocketAddr::new(seen(local), bound.port())).collect()
    }

    /// Every host and port that a caller can write, per transport.
    fn places(&self, bound: &[(Carrier, SocketAddr)]) -> Vec<(Carrier, String)> {
        let mut places = Vec::new();
        for (carrier, bound) in bound {
            let mut add = |host: String| {
                let place = (*carrier, format!("{host}:{}", bound.port()));
                if !places.contains(&place) {
                    places.push(place);
                }
            };
            for local in local_addresses(bound.ip()) {
                add(host(crate::config::advertised(&self.advertised, local)));
            }
            self.hosts.iter().cloned().for_each(&mut add);
        }
        places
    }
}

/// Where the API is reached in a browser, for what was bound: nobody can open `https://0.0.0.0`.
pub(crate) fn links(config: &Config, bound: &[SocketAddr]) -> Vec<String> {
    let mut links = Vec::new();
    for address in bound {
        for local in local_addresses(address.ip()) {
            let host = host(crate::config::advertised(&config.advertised, local));
            let link = format!("https://{host}:{}", address.port());
            if !links.contains(&link) {
                links.push(link);
            }
        }
    }
    links
}

fn host(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("[{v6}]"),
    }
}

/// One address to dial. An alias with its own host keeps it.
fn address(alias: &str, carrier: Carrier, place: &str) -> String {
    let transport = match carrier {
        Carrier::Udp => "",
        Carrier::Tcp => ";transport=tcp",
        Carrier::Tls => ";transport=tls",
    };
    match Alias::parse(alias) {
        Ok(whole @ (Alias::Sip { .. } | Alias::H323 { .. })) => {
            format!("{whole}{transport}  ({place})")
        }
        Ok(Alias::Number(digits)) => format!("sip:{digits}@{place}{transport}"),
        Err(_) => format!("sip:{alias}@{place}{transport}"),
    }
}

/// How rooms of H.323 dial: `IP##1001`, at another than the usual port `h323:1001@IP:port`.
fn room_address(alias: &str, place: SocketAddr) -> String {
    match Alias::parse(alias) {
        Ok(whole @ (Alias::Sip { .. } | Alias::H323 { .. })) => format!("{whole}  (H.323 {place})"),
        _ if place.port() == 1720 && place.is_ipv4() => format!("H.323: {}##{alias}", place.ip()),
        _ => format!("h323:{alias}@{place}"),
    }
}

/// The local addresses behind a bound one. For an unspecified one, those from which this machine
/// would reach the usual kinds of network; connecting a datagram socket sends nothing.
pub(crate) fn local_addresses(bound: IpAddr) -> Vec<IpAddr> {
    if !bound.is_unspecified() {
        return vec![bound];
    }
    let targets: &[IpAddr] = if bound.is_ipv4() {
        &[
            IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
            IpAddr::V4(Ipv4Addr::new(10, 255, 255, 254)),
            IpAddr::V4(Ipv4Addr::new(172, 31, 255, 254)),
            IpAddr::V4(Ipv4Addr::new(192, 168, 255, 254)),
            IpAddr::V4(Ipv4Addr::LOCALHOST),
        ]
    } else {
        &[
            IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
            IpAddr::V6(Ipv6Addr::LOCALHOST),
        ]
    };
    let mut found = Vec::new();
    for target in targets {
        let from = UdpSocket::bind((bound, 0))
            .and_then(|socket| socket.connect((*target, 9)).and_then(|()| socket.local_addr()));
        if let Ok(from) = from
            && !found.contains(&from.ip())
        {
            found.push(from.ip());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_of_the_api_can_be_opened_whatever_it_listens_on() {
        let config = Config::parse("test.toml", "", &|_| None).expect("valid");
        let links = |text: &str| links(&config, &[text.parse().expect("an address")]);
        assert_eq!(links("[::1]:8443"), ["https://[::1]:8443"]);
        let any = links("0.0.0.0:8443");
        assert!(any.contains(&"https://127.0.0.1:8443".to_owned()), "{any:?}");
        assert!(any.iter().all(|link| !link.contains("0.0.0.0")), "{any:?}");
    }

    #[test]
    fn every_transport_and_address_is_printed_in_both_languages() {
        let text = "[network]\nhosts = [\"bridge.example.com\"]\n[[network.advertised]]\nlocal = \"10.0.0.5\"\naddress = \"203.0.113.5\"\n";
        let config = Config::parse("test.toml", text, &|_| None).expect("valid");
        let bound = [
            (Carrier::Udp, "10.0.0.5:5060".parse().expect("an address")),
            (Carrier::Tcp, "[::1]:5062".parse().expect("an address")),
            (Carrier::Tls, "127.0.0.1:5061".parse().expect("an address")),
        ];
        let h323 = ["10.0.0.5:1720", "[::1]:1721"].map(|text| text.parse().expect("an address"));
        let greeting = Greeting::new(&config).text(&bound, &h323, true, None);
        for wanted in [
            "H.323: 203.0.113.5##1001\n",
            "h323:1002@[::1]:1721\n",
            "会议室一 / Room one",
            "sip:1001@203.0.113.5:5060\n",
            "sip:1001@bridge.example.com:5060\n",
            "sip:1002@[::1]:5062;transport=tcp\n",
            "sip:1002@127.0.0.1:5061;transport=tls\n",
            "挂断电话",
            "hang up",
        ] {
            assert!(greeting.contains(wanted), "{wanted} is missing in:\n{greeting}");
        }
        assert!(!greeting.contains("10.0.0.5"), "behind NAT the local address reaches nobody");
    }
}
