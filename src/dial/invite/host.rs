//! Whose host it is, by the whole host; and hosts that only look like one.

use crate::dial_string::Service;

/// The domains of services; every host below one counts.
const DOMAINS: [(&str, Service); 24] = [
    ("zoomcrc.com", Service::Zoom),
    ("zoom.us", Service::Zoom),
    ("zoom.com", Service::Zoom),
    ("zoom.com.cn", Service::Zoom),
    ("zoomgov.com", Service::Zoom),
    ("webex.com", Service::Webex),
    ("webex.com.cn", Service::Webex),
    ("plcm.vc", Service::TeamsVideo),
    ("teams.microsoft.com", Service::TeamsAudio),
    ("teams.cloud.microsoft", Service::TeamsAudio),
    ("teams.live.com", Service::TeamsAudio),
    ("teams.microsoft.us", Service::TeamsAudio),
    ("meet.google.com", Service::GoogleMeet),
    ("meeting.tencent.com", Service::Tencent),
    ("voovmeeting.com", Service::Tencent),
    ("qqmra.com", Service::Tencent),
    ("work.weixin.qq.com", Service::WeCom),
    ("feishu.cn", Service::Feishu),
    ("larksuite.com", Service::Feishu),
    ("bluejeans.com", Service::BlueJeans),
    ("bjn.vc", Service::BlueJeans),
    ("lifesizecloud.com", Service::Lifesize),
    ("lifesize.com", Service::Lifesize),
    ("onpexip.com", Service::Pexip),
];

/// Names that nobody else has in a host by chance.
const BRANDS: [&str; 8] = [
    "zoomcrc",
    "qqmra",
    "lifesizecloud",
    "onpexip",
    "larksuite",
    "feishu",
    "voovmeeting",
    "bluejeans",
];

/// Whose host it is. `m.webex.com` and `teams.bjn.vc` lead to meetings of Teams.
pub(super) fn service(host: &str) -> Option<Service> {
    if host == "m.webex.com" || host == "teams.bjn.vc" {
        return Some(Service::TeamsVideo);
    }
    if host == "tel.meet" {
        return Some(Service::GoogleMeet);
    }
    DOMAINS.iter().find(|(domain, _)| is_below(host, domain)).map(|(_, service)| *service)
}

/// Whether a host is a domain or one below it.
pub(super) fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|above| above.is_empty() || above.ends_with('.'))
}

/// Whether a host that is no service's was made to look like one's: it holds the whole domain of
/// one, or its name, or letters that only look like ASCII.
pub(super) fn is_look_alike(host: &str) -> bool {
    if service(host).is_some() {
        return false;
    }
    if !host.is_ascii() || host.split('.').any(|label| label.starts_with("xn--")) {
        return true;
    }
    let skeleton = skeleton(host);
    let holds_domain = DOMAINS.iter().any(|(domain, _)| {
        let plain = domain.replace('-', "");
        host.contains(domain) || skeleton.contains(&plain)
    });
    let is_brand = skeleton.split('.').any(|label| BRANDS.contains(&label));
    holds_domain || is_brand
}

/// A host as a hasty reader sees it.
fn skeleton(host: &str) -> String {
    let folded: String = host
        .chars()
        .filter(|c| *c != '-' && *c != '_')
        .map(|c| match c.to_ascii_lowercase() {
            '0' => 'o',
            '1' => 'l',
            '3' => 'e',
            '5' => 's',
            c => c,
        })
        .collect();
    folded.replace("rn", "m").replace("vv", "w")
}

/// Hosts of mail whose users are numbers: no addresses of rooms.
pub(super) fn is_mail(host: &str) -> bool {
    const MAIL: [&str; 10] = [
        "qq.com",
        "163.com",
        "126.com",
        "139.com",
        "189.cn",
        "foxmail.com",
        "gmail.com",
        "outlook.com",
        "hotmail.com",
        "yeah.net",
    ];
    MAIL.iter().any(|domain| is_below(host, domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_known_by_the_whole_host() {
        assert_eq!(service("us02web.zoom.us"), Some(Service::Zoom));
        assert_eq!(service("m.webex.com"), Some(Service::TeamsVideo));
        assert_eq!(service("acme.webex.com"), Some(Service::Webex));
        for other in ["evilzoom.us", "zoom.us.example.com", "zoomcrc.com.example.com", "zoom.uk"] {
            assert_eq!(service(other), None, "{other}");
        }
    }

    #[test]
    fn what_looks_like_a_service_is_told_from_a_host_of_ones_own() {
        for fake in [
            "zoom.us.example.com",
            "evilzoom.us",
            "z00m.us",
            "zoorn.us",
            "zoom-crc.com",
            "zoomcrc.co",
            "webex.com-join.example",
            "xn--zom-cub.us",
            "zооm.us",
            "sip.qqmra.net",
            "rneeting.tencent.com",
        ] {
            assert!(is_look_alike(fake), "{fake}");
        }
        for own in ["zoom.us", "video.example.com", "webex.corp.example", "zoom.corp.example"] {
            assert!(!is_look_alike(own), "{own}");
        }
    }
}
