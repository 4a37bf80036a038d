//! By what somebody takes part: what can be told from who calls, and how.

use crate::calling_out::{Errand, Way};
use crate::view::Kind;
use causeway_conference::{Offered, Protocol};

/// Words in the `User-Agent` of room systems.
const ROOMS: [&str; 14] = [
    "polycom",
    "poly",
    "realpresence",
    "tandberg",
    "telepresence",
    "roomos",
    "cisco-ce",
    "lifesize",
    "meetingeye",
    "yealink vc",
    "huawei te",
    "ideahub",
    "avaya xt",
    "scopia",
];

/// Words in the `User-Agent` of meeting services and of their gateways.
const BRIDGES: [&str; 9] =
    ["pexip", "acano", "zoom", "webex", "teams", "bluejeans", "tencent", "wemeet", "mcu"];

/// Of somebody who calls.
pub(super) fn of(offered: &Offered) -> Kind {
    if offered.protocol == Protocol::WebRtc {
        return Kind::Browser;
    }
    let agent = offered.user_agent.as_deref().unwrap_or_default().to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| agent.contains(word));
    if offered.proof.trunk.is_some() && !says(&BRIDGES) {
        // Behind a trunk stands an exchange, whatever it writes.
        Kind::Phone
    } else if says(&BRIDGES) {
        Kind::Bridge
    } else if says(&ROOMS) && !agent.contains("vvx") && !agent.contains("trio") {
        Kind::Room
    } else {
        Kind::Phone
    }
}

/// Of somebody whom we call: an address is a room's, a number a telephone's, what needs a way in a
/// meeting's.
pub(super) fn of_errand(errand: &Errand) -> Kind {
    match errand.way {
        _ if errand.bridging.is_some() => Kind::Bridge,
        Way::Direct => Kind::Room,
        Way::Trunk(_) | Way::User => Kind::Phone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_base::{Alias, LegId};

    fn kind(agent: Option<&str>, trunk: Option<&str>) -> Kind {
        of(&Offered {
            leg: LegId(1),
            protocol: Protocol::Sip,
            called: Alias::sip("1001", "192.0.2.5"),
            calling: Alias::sip("ann", "192.0.2.9"),
            private: false,
            proof: causeway_conference::Proof {
                trunk: trunk.map(Into::into),
                ..Default::default()
            },
            display_name: String::new(),
            source: "192.0.2.9:5060".parse().expect("an address"),
            local: [192, 0, 2, 5].into(),
            secure: false,
            user_agent: agent.map(str::to_owned),
            pictures: true,
        })
    }

    #[test]
    fn a_device_is_known_by_what_it_calls_itself_and_else_a_telephone() {
        for (agent, trunk, expected) in [
            (None, None, Kind::Phone),
            (Some("baresip v4.4.0"), None, Kind::Phone),
            (Some("PolycomRealPresenceGroup/6.2"), None, Kind::Room),
            (Some("PolycomVVX-VVX_410-UA/5.9"), None, Kind::Phone),
            (Some("TANDBERG/529 (ce9.15)"), None, Kind::Room),
            (Some("Yealink VC800 63.345"), None, Kind::Room),
            (Some("Pexip Infinity/35"), None, Kind::Bridge),
            (Some("Asterisk PBX 20"), Some("carrier"), Kind::Phone),
            (Some("Polycom"), Some("carrier"), Kind::Phone),
            (Some("Webex SBC"), Some("webex"), Kind::Bridge),
        ] {
            assert_eq!(kind(agent, trunk), expected, "{agent:?} {trunk:?}");
        }
    }
}
