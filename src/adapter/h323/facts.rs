//! What a Setup says of itself, as the rest of the bridge understands it. Nothing proves it.

use super::config::IncomingCall;
use crate::shown::{MAX_DISPLAY_NAME, MAX_USER_AGENT, seen, shown};
use causeway_base::device::word;
use causeway_base::{Alias, Device, H221, LegId};
use causeway_conference::{Offered, Proof, Protocol};
use causeway_proto::h323::address::{self, MAX_ALIASES};
use causeway_proto::h323::call::Offer;
use causeway_proto::h323::call::words::MAX_DIGITS;
use std::net::{IpAddr, SocketAddr};

/// How a call reached us.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path {
    /// The far end of its connection.
    pub(super) remote: SocketAddr,
    /// The local address at which it arrived.
    pub(super) local: IpAddr,
}

/// What is known of a call before it has a leg. Whom it calls stands in [`callees`].
pub(super) fn incoming(offer: &Offer, path: Path, vendor: Option<&str>) -> IncomingCall {
    let names = offer.from.iter().take(MAX_ALIASES).filter_map(address::text);
    let mut names: Vec<String> = offer.calling_number.iter().cloned().chain(names).collect();
    // A number says more of who calls than a name that anybody may give itself.
    names.sort_by_key(|name| !name.bytes().all(|byte| byte.is_ascii_digit()));
    let calling = names.iter().find_map(|name| name_at(name, path.remote.ip()));
    IncomingCall {
        protocol: Protocol::H323,
        called: callees(offer, path.local).remove(0),
        calling: calling.unwrap_or_else(|| h323("", path.remote.ip())),
        claims: None,
        proof: Proof::default(),
        asserted_name: None,
        private: false,
        asked_again: false,
        source: path.remote,
        local: path.local,
        secure: false,
        user_agent: vendor.map(|vendor| shown(vendor, MAX_USER_AGENT)),
    }
}

/// The names by which somebody is called, in the order in which they count: those of H.323, then
/// the number of Q.931. At least one: who only dials an address calls nobody in particular there.
pub(super) fn callees(offer: &Offer, local: IpAddr) -> Vec<Alias> {
    let names = offer.to.iter().take(MAX_ALIASES).filter_map(address::text);
    let mut callees: Vec<Alias> = Vec::new();
    for name in names.chain(offer.called_number.clone()) {
        if let Some(alias) = name_at(&name, local)
            && !callees.contains(&alias)
        {
            callees.push(alias);
        }
    }
    if callees.is_empty() {
        callees.push(h323("", local));
    }
    callees
}

/// More digits of the number that is called, which then counts before all names. Its first digits
/// may stand among these alone.
pub(super) fn dialled_further(offer: &mut Offer, digits: &str) {
    let is_number =
        |name: &String| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    let named = || offer.to.iter().filter_map(address::text).find(is_number);
    let before = offer.called_number.take().or_else(named).unwrap_or_default();
    let room = MAX_DIGITS.saturating_sub(before.len());
    let number: String = before.chars().chain(digits.chars().take(room)).collect();
    offer.to.retain(|name| address::text(name).is_none_or(|name| name != before));
    offer.to.insert(0, address::alias(&number));
    offer.called_number = Some(number);
}

/// What is known of it, for a leg.
pub(super) fn offered(leg: LegId, call: IncomingCall, offer: &Offer) -> Offered {
    // Rooms call themselves by a name, beside their number.
    let is_name = |name: &String| name.chars().any(char::is_alphabetic) && !name.contains('@');
    let named = || offer.from.iter().take(MAX_ALIASES).filter_map(address::text).find(is_name);
    let name = offer.display.clone().filter(|name| !name.trim().is_empty()).or_else(named);
    Offered {
        leg,
        protocol: Protocol::H323,
        called: call.called,
        calling: call.calling,
        private: call.private,
        proof: call.proof,
        display_name: name.map(|name| shown(&name, MAX_DISPLAY_NAME)).unwrap_or_default(),
        source: call.source,
        local: call.local,
        secure: call.secure,
        user_agent: call.user_agent,
        device: device(offer),
        // A capability set says it, which comes with the answer only.
        pictures: true,
    }
}

/// What a Setup shows of its device. A maker that is nobody, as ours, is none.
fn device(offer: &Offer) -> Device {
    let Some(vendor) = &offer.endpoint.vendor else { return Device::default() };
    let text = |bytes: &Option<Vec<u8>>| word(bytes.as_deref().unwrap_or_default());
    let maker = H221 {
        country: vendor.vendor.t35_country_code,
        extension: vendor.vendor.t35_extension,
        manufacturer: vendor.vendor.manufacturer_code,
    };
    let is_somebody = maker.country != 0 || maker.manufacturer != 0;
    let (product, version) = (text(&vendor.product_id), text(&vendor.version_id));
    Device { h221: is_somebody.then_some(maker), product, version, ..Device::default() }
}

/// A name or number as it would be dialled: `8001`, `room`, `room@host` and `h323:room@host`
/// (Annex O), `IP##8001`. Without a host of its own it is at `host`. `None` for an address alone.
fn name_at(name: &str, host: IpAddr) -> Option<Alias> {
    let name = seen(name);
    let name = name.trim();
    if name.is_empty() || name.parse::<SocketAddr>().is_ok() || name.parse::<IpAddr>().is_ok() {
        return None;
    }
    if name.contains('@') || name.contains(':') {
        let whole = if name.contains(':') { name.to_owned() } else { format!("h323:{name}") };
        if let Ok(alias) = Alias::parse(&whole) {
            return Some(match alias {
                Alias::H323 { user, host: none } if none.is_empty() => h323(&user, host),
                whole => whole,
            });
        }
    }
    match Alias::parse(name) {
        Ok(room @ Alias::H323 { .. }) => Some(room),
        _ => Some(h323(name, host)),
    }
}

fn h323(user: &str, host: IpAddr) -> Alias {
    let host = match host.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("[{v6}]"),
    };
    Alias::H323 { user: user.to_owned(), host }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(to: &[&str], number: Option<&str>) -> Offer {
        Offer {
            to: to.iter().map(|name| address::alias(name)).collect(),
            called_number: number.map(str::to_owned),
            ..Offer::default()
        }
    }

    #[test]
    fn whom_a_room_calls_is_read_however_it_writes_it() {
        let local: IpAddr = [192, 0, 2, 5].into();
        let room = |user: &str| Alias::H323 { user: user.into(), host: "192.0.2.5".into() };
        for (to, number, expected) in [
            (&["8001"][..], None, vec![room("8001")]),
            (&["Board", "8001"], Some("8001"), vec![room("Board"), room("8001")]),
            (&[], Some("8001"), vec![room("8001")]),
            (&["8001@192.0.2.5"], None, vec![room("8001")]),
            (&["h323:8001"], None, vec![room("8001")]),
            (&["192.0.2.5##8001"], None, vec![room("8001")]),
            (&["192.0.2.5:1720"], None, vec![room("")]),
            (&["192.0.2.5"], None, vec![room("")]),
            (&[], None, vec![room("")]),
            (&["会议室"], None, vec![room("会议室")]),
            (&["sip:8001@192.0.2.5"], None, vec![Alias::sip("8001", "192.0.2.5")]),
            (
                &["room@example.com"],
                None,
                vec![Alias::H323 { user: "room".into(), host: "example.com".into() }],
            ),
        ] {
            assert_eq!(callees(&offer(to, number), local), expected, "{to:?} {number:?}");
        }
    }

    #[test]
    fn digits_that_follow_go_behind_those_that_came_by_whatever_element() {
        let local: IpAddr = [192, 0, 2, 5].into();
        for (to, number) in [
            (&["80"][..], None),
            (&["Board", "80"], None),
            (&[], Some("80")),
            (&["Board", "80"], Some("80")),
        ] {
            let mut offer = offer(to, number);
            dialled_further(&mut offer, "0");
            dialled_further(&mut offer, "1");
            assert_eq!(callees(&offer, local)[0].user(), "8001", "{to:?} {number:?}");
            assert_eq!(callees(&offer, local).len(), 1 + usize::from(to.contains(&"Board")));
        }
        let mut none = offer(&[], None);
        dialled_further(&mut none, "8");
        assert_eq!(callees(&none, local)[0].user(), "8");
    }

    #[test]
    fn who_calls_is_shown_by_its_name_and_kept_by_its_number() {
        let path = Path {
            remote: "192.0.2.9:40000".parse().expect("an address"),
            local: [192, 0, 2, 5].into(),
        };
        let mut offer = offer(&["8001"], None);
        offer.from = ["Room\u{202e} 7", "7007"].map(address::alias).into();
        let shown = |offer: &Offer| {
            let call = incoming(offer, path, Some("Polycom HDX\r\n 9000"));
            let offered = offered(LegId(1), call, offer);
            (offered.calling.to_string(), offered.display_name, offered.user_agent)
        };
        let agent = Some("Polycom HDX 9000".to_owned());
        let expected = ("h323:7007@192.0.2.9".to_owned(), "Room 7".to_owned(), agent.clone());
        assert_eq!(shown(&offer), expected);
        offer.calling_number = Some("7007".to_owned());
        offer.display = Some("会议室".to_owned());
        let expected = ("h323:7007@192.0.2.9".to_owned(), "会议室".to_owned(), agent);
        assert_eq!(shown(&offer), expected);
    }

    #[test]
    fn a_room_shows_its_maker_and_its_product_and_a_maker_that_is_nobody_is_none() {
        let mut offer = offer(&["8001"], None);
        offer.endpoint = causeway_proto::h323::session::endpoint("Room\u{7} 1", "2.0");
        let ours = Device { product: "Room 1".into(), version: "2.0".into(), ..Device::default() };
        assert_eq!(device(&offer), ours);
        let vendor = offer.endpoint.vendor.as_mut().expect("said");
        (vendor.vendor.t35_country_code, vendor.vendor.manufacturer_code) = (181, 0x5050);
        let maker = H221 { country: 181, extension: 0, manufacturer: 0x5050 };
        assert_eq!(device(&offer), Device { h221: Some(maker), ..ours });
        offer.endpoint.vendor = None;
        assert_eq!(device(&offer), Device::default());
    }
}
