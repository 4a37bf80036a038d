//! What devices are like: the profile of each call, and by what its people take part.

use crate::calling_out::{Errand, Way};
use crate::view::Kind;
use causeway_conference::{Offered, Protocol};
use causeway_dial::profile::{By, Chosen, DeviceKind, ProfileProtocol, Profiles, Traits};
use std::collections::HashMap;
use std::sync::Arc;

/// The profiles of a node, and for whom the configuration names one.
#[derive(Clone, Debug, Default)]
pub struct Devices {
    /// With files of the operator's; `None`: those of the repository alone.
    pub own: Option<Arc<Profiles>>,
    /// Of users, by their names.
    pub users: HashMap<Arc<str>, Arc<str>>,
    /// Of trunks, by their names.
    pub trunks: HashMap<Arc<str>, Arc<str>>,
}

impl Devices {
    /// All profiles.
    pub fn profiles(&self) -> Arc<Profiles> {
        self.own.clone().unwrap_or_else(Profiles::built_in)
    }

    /// The profile of who calls; a browser has none.
    pub(crate) fn caller(&self, offered: &Offered) -> Option<Arc<Chosen>> {
        let traits = Traits {
            protocol: Some(protocol(offered.protocol)?),
            user_agent: offered.user_agent.as_deref().unwrap_or_default(),
            host: "",
            device: Some(&offered.device),
        };
        let proof = &offered.proof;
        let of_user = proof.user.as_ref().and_then(|user| self.users.get(user));
        let named = of_user.or_else(|| self.trunks.get(proof.trunk.as_ref()?));
        Some(Arc::new(self.profiles().choose(&traits, named.map(AsRef::as_ref))))
    }

    /// The profile of whom we call: that of the user, of the trunk, of the service, or of the host.
    pub(crate) fn callee(&self, errand: &Errand) -> Option<Arc<Chosen>> {
        let host = match errand.way {
            Way::Direct => host(&errand.target),
            Way::Trunk(_) | Way::User => "",
        };
        let protocol = Some(protocol(errand.protocol())?);
        let traits = Traits { protocol, host, ..Traits::default() };
        let of_service = errand.bridging.as_ref().and_then(|bridging| bridging.profile());
        let named = match &errand.way {
            Way::Trunk(trunk) => self.trunks.get(trunk).map(AsRef::as_ref).or(of_service),
            Way::User => self.users.get(errand.target.as_str()).map(AsRef::as_ref),
            Way::Direct => of_service,
        };
        Some(Arc::new(self.profiles().choose(&traits, named)))
    }
}

const fn protocol(protocol: Protocol) -> Option<ProfileProtocol> {
    match protocol {
        Protocol::Sip => Some(ProfileProtocol::Sip),
        Protocol::H323 => Some(ProfileProtocol::H323),
        Protocol::WebRtc => None,
    }
}

/// The host of an address, without port and parameters.
fn host(target: &str) -> &str {
    let host = target.rsplit_once('@').map_or(target, |(_, host)| host);
    let host = host.trim_start_matches("sip:").trim_start_matches("sips:");
    let host = host.trim_start_matches("h323:");
    let end = host.find([':', ';', '?', '>', '#']).unwrap_or(host.len());
    host.get(..end).unwrap_or_default()
}

/// By what somebody takes part who calls.
pub(crate) fn kind_of_caller(offered: &Offered, device: Option<&Chosen>) -> Kind {
    let Some(device) = device else {
        return match offered.protocol {
            Protocol::WebRtc => Kind::Browser,
            Protocol::Sip | Protocol::H323 => Kind::Phone,
        };
    };
    let kind = kind(device.profile.kind);
    // Behind a trunk stands an exchange, whatever it writes.
    let is_hidden = offered.proof.trunk.is_some() && device.by != By::Configured;
    if is_hidden && kind != Kind::Bridge { Kind::Phone } else { kind }
}

/// By what somebody takes part whom we call: what needs a way in is a meeting's, an address of which
/// nothing is known a room's, a number a telephone's.
pub(crate) fn kind_of_callee(errand: &Errand) -> Kind {
    let known = errand.device.as_deref().filter(|device| {
        device.by == By::Configured || device.profile.matches.iter().any(|one| one.host.is_some())
    });
    match (&errand.way, known) {
        _ if errand.bridging.is_some() => Kind::Bridge,
        (_, Some(device)) => kind(device.profile.kind),
        (Way::Direct, None) => Kind::Room,
        (Way::Trunk(_) | Way::User, None) => Kind::Phone,
    }
}

const fn kind(kind: DeviceKind) -> Kind {
    match kind {
        DeviceKind::Room => Kind::Room,
        DeviceKind::Phone => Kind::Phone,
        DeviceKind::Bridge => Kind::Bridge,
        DeviceKind::Browser => Kind::Browser,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Answering;
    use crate::actor::call::Call;
    use crate::record::Draft;
    use causeway_base::{Alias, Lang, LegId};
    use causeway_conference::{LegCommand, MediaAddress, PortAddress};
    use causeway_plan::{Encryption, OfferPolicy, SrtpSuite};

    fn offered(agent: Option<&str>, trunk: Option<&str>, user: Option<&str>) -> Offered {
        Offered {
            leg: LegId(1),
            protocol: Protocol::Sip,
            called: Alias::sip("1001", "192.0.2.5"),
            calling: Alias::sip("ann", "192.0.2.9"),
            private: false,
            proof: causeway_conference::Proof {
                trunk: trunk.map(Into::into),
                user: user.map(Into::into),
                ..Default::default()
            },
            display_name: String::new(),
            source: "192.0.2.9:5060".parse().expect("an address"),
            local: [192, 0, 2, 5].into(),
            secure: false,
            user_agent: agent.map(str::to_owned),
            device: Default::default(),
            pictures: true,
        }
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
            (Some("Polycom HDX 8000"), Some("carrier"), Kind::Phone),
            (Some("Webex SBC"), Some("webex"), Kind::Bridge),
        ] {
            let offered = offered(agent, trunk, None);
            let device = Devices::default().caller(&offered);
            let kind = kind_of_caller(&offered, device.as_deref());
            assert_eq!(kind, expected, "{agent:?} {trunk:?}");
        }
    }

    #[test]
    fn the_profile_of_a_user_counts_before_that_of_its_trunk_and_both_before_the_device() {
        let devices = Devices {
            own: None,
            users: [("room1".into(), "yealink".into())].into(),
            trunks: [("cucm".into(), "cucm-trunk".into())].into(),
        };
        let chosen = |trunk, user| {
            let offered = offered(Some("Polycom HDX 8000"), trunk, user);
            let chosen = devices.caller(&offered).expect("no browser");
            let kind = kind_of_caller(&offered, Some(&chosen));
            let better = chosen.better.as_ref().map(|better| better.id.clone());
            (chosen.profile.id.clone(), better, kind)
        };
        let hdx = || Some("poly-hdx".to_owned());
        assert_eq!(chosen(None, None), ("poly-hdx".to_owned(), None, Kind::Room));
        assert_eq!(chosen(None, Some("room1")), ("yealink".to_owned(), hdx(), Kind::Room));
        assert_eq!(chosen(Some("cucm"), None), ("cucm-trunk".to_owned(), hdx(), Kind::Phone));
        assert_eq!(chosen(Some("cucm"), Some("room1")).0, "yealink");
    }

    #[test]
    fn a_call_is_answered_under_its_profile_which_its_record_keeps_with_the_reason() {
        let answering = Answering {
            policy: OfferPolicy::default(),
            advertised: Vec::new(),
            seeing_trunks: Default::default(),
            farewell: false,
        };
        let answered = |agent: &str| {
            let offered = offered(Some(agent), None, None);
            let device = Devices::default().caller(&offered);
            let draft = Draft::begun(LegId(1), Protocol::Sip, false);
            let mut call = Call::offered(Box::new(offered), Lang::Zh, draft).known_as(device);
            let at = "192.0.2.5:10000".parse().expect("an address");
            let advertised = [192, 0, 2, 5].into();
            let ports = PortAddress { rtp: at, rtcp: at, advertised, video: None };
            let Some(LegCommand::Accept { policy, .. }) =
                call.accept(MediaAddress::Ports(ports), &answering)
            else {
                panic!("accepted")
            };
            let kept: serde_json::Value =
                serde_json::from_str(call.draft.profile.as_deref().expect("kept")).expect("JSON");
            (policy, kept)
        };
        let (policy, kept) = answered("Microsoft.PSTNHub.SIPProxy v.2024.5.1.1");
        assert_eq!(policy.encryption, Encryption::Required);
        assert_eq!(policy.suites, [SrtpSuite::Aes128CmSha1_80]);
        assert_eq!((&kept["id"], &kept["by"]), (&"teams-direct-routing".into(), &"matched".into()));
        let why = kept["why"]["en"].as_str().expect("said");
        assert!(why.contains("user_agent"), "{why}");
        let (policy, kept) = answered("Acme 1.0");
        assert_eq!((*policy, &kept["id"]), (OfferPolicy::default(), &"sip-generic".into()));
    }

    #[test]
    fn the_host_of_an_address_is_found_in_every_form() {
        for (target, expected) in [
            ("sip:1.2@zoomcrc.com;transport=tls", "zoomcrc.com"),
            ("sip:zoomcrc.com:5061", "zoomcrc.com"),
            ("h323:1@192.0.2.9:1720", "192.0.2.9"),
            ("+8613800138000", "+8613800138000"),
        ] {
            assert_eq!(host(target), expected);
        }
    }
}
