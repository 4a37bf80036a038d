//! What the H.323 adapter is told at the start of a bridge.

use crate::config::Config;
use crate::front_desk::FrontDesk;
use causeway_adapter::admission::{Admission, Refused};
use causeway_adapter::h323::H323Config;
use causeway_adapter::h323::H323Handle;
use causeway_adapter::h323::ras::{
    AdmissionRequest, By, Decision, GatekeeperConfig, Neighbour, Ras, RasConfig, RasError,
    RasEvent, RasHandle,
};
use causeway_adapter::leg_ids::LegIds;
use causeway_base::{Alias, EndCause};
use causeway_dial::{Destination, IncomingCall};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Wishes of gatekeepers that may wait: one a call, in a burst.
const MAX_WISHES: usize = 256;

/// As a configuration says, with the admission that all calls share.
pub(crate) fn config(
    config: &Config,
    legs: LegIds,
    desk: &Arc<FrontDesk>,
    admission: Admission,
    refused: Refused,
    ras: Option<RasHandle>,
) -> H323Config {
    let h323 = &config.h323;
    let (desk, caller) = (Arc::clone(desk), Arc::clone(desk));
    H323Config {
        control_ports: Some(h323.control_ports.clone()),
        advertised: config.advertised.clone(),
        tunnelling: h323.tunnelling,
        fast_start: h323.fast_start,
        ring_patience: h323.ring,
        dscp: h323.dscp,
        keep_alive: h323.keep_alive,
        limits: h323.limits,
        admission,
        refused,
        leads: Arc::new(move |call| leads(&desk, &call.called, &call.calling, call.local)),
        leads_on: Arc::new(move |target| caller.outgoing().leads_on(target)),
        ras,
        gatekeepers: {
            let neighbours = h323.gatekeeper.iter().flat_map(|own| &own.neighbours);
            let upstream = h323.upstream.iter().map(|there| there.gatekeeper);
            upstream.chain(neighbours.map(|one| one.address)).map(|at| at.ip()).collect()
        },
        nameservers: config.nameservers.clone(),
        ..H323Config::new(h323.listen.clone(), legs)
    }
}

/// Whether a name or a rule takes a call.
fn leads(desk: &FrontDesk, called: &Alias, calling: &Alias, local: IpAddr) -> bool {
    destination(desk, called, calling, local).is_some()
}

/// Where a call leads that a name or a rule takes.
fn destination(
    desk: &FrontDesk,
    called: &Alias,
    calling: &Alias,
    local: IpAddr,
) -> Option<Destination> {
    let call = IncomingCall { called, calling, trunk: None, local };
    let (destination, explanation) = desk.destination(&call);
    let is_named = explanation.names().iter().any(|step| step.found);
    (is_named || explanation.taken_by().is_some()).then_some(destination)
}

/// Starts our gatekeeper and our registration at another's, where there are such. What they want of
/// calls comes by the queue.
pub(crate) async fn gatekeepers(
    config: &Config,
    desk: &Arc<FrontDesk>,
    seed: [u8; 32],
) -> Result<Option<(RasHandle, mpsc::Receiver<RasEvent>)>, RasError> {
    let h323 = &config.h323;
    let Some(call_address) = h323.listen.first().copied() else { return Ok(None) };
    if h323.gatekeeper.is_none() && h323.upstream.is_none() {
        return Ok(None);
    }
    let gatekeeper = h323.gatekeeper.as_ref().map(|own| {
        let (desk, neighbours) = (Arc::clone(desk), own.neighbours.clone());
        GatekeeperConfig {
            listen: own.listen,
            discovery: own.discovery.clone(),
            identifier: own.identifier.clone(),
            time_to_live: own.time_to_live,
            bandwidth: own.bandwidth,
            users: own.users.clone(),
            open: own.open.clone(),
            neighbours: own.neighbours.clone(),
            admission: Arc::new(move |request| admit(&desk, call_address, &neighbours, request)),
        }
    });
    let product = ("Causeway".to_owned(), env!("CARGO_PKG_VERSION").to_owned());
    let ras = RasConfig {
        call_address,
        advertised: config.advertised.clone(),
        product,
        gatekeeper,
        upstream: h323.upstream.clone(),
        seed,
    };
    let (wishes, wished) = mpsc::channel(MAX_WISHES);
    Ok(Some((Ras::start(ras, wishes).await?, wished)))
}

/// Where a registered room may call: first what the dial plan knows, so that no room takes a
/// conference's number by registering it; then another room; then who neighbours may know. Whom
/// nobody knows is asked at the reception. A neighbour learns where names of ours are.
fn admit(
    desk: &FrontDesk,
    ours: SocketAddr,
    neighbours: &[Neighbour],
    request: &AdmissionRequest,
) -> Decision {
    let local = match ours.ip() {
        any if any.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        local => local,
    };
    let from = request.calling.first().cloned().unwrap_or_default();
    let calling = Alias::H323 { user: from, host: request.source.ip().to_string() };
    let known = request.called.iter().filter_map(|name| {
        let called = Alias::H323 { user: name.clone(), host: local.to_string() };
        destination(desk, &called, &calling, local)
    });
    let known: Vec<Destination> = known.collect();
    // A user of ours is where its room is, if that is registered.
    let is_user = |place: &Destination| matches!(place, Destination::User(_));
    // Neighbours are asked for the first name.
    let first = request.called.first().map(|name| name.to_lowercase()).unwrap_or_default();
    let fits = |prefix: &String| first.starts_with(&prefix.to_lowercase());
    match (&request.by, request.room) {
        _ if !known.iter().all(is_user) => Decision::Here,
        (_, Some(room)) => Decision::Direct(room),
        _ if !known.is_empty() => Decision::Here,
        (By::Neighbour, None) => Decision::Refuse(EndCause::NotFound),
        (By::Room(_), None) if neighbours.iter().flat_map(|one| &one.prefixes).any(fits) => {
            Decision::Neighbour
        }
        (By::Room(_), None) => Decision::Here,
    }
}

/// Does what gatekeepers want of calls, until they are gone.
pub(crate) fn obey(h323: H323Handle, mut wishes: mpsc::Receiver<RasEvent>) {
    tokio::spawn(async move {
        while let Some(wish) = wishes.recv().await {
            h323.gatekeeper_wants(&wish);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meeting::Meetings;

    #[test]
    fn a_room_of_a_user_is_called_where_it_registered_and_a_conference_keeps_its_number() {
        let text = "[node]\nstate_dir = \"/nonexistent\"\n\
            [[user]]\nname = \"room9\"\npassword = \"hunter2\"\naliases = [\"9009\"]\n\
            [[conference]]\nname = \"One\"\naliases = [\"1001\"]\nopen = true\n";
        let config = Config::parse("test.toml", text, &|_| None).expect("valid");
        let meetings = Arc::new(Meetings::fixed(config.conferences.clone()));
        let desk = FrontDesk::new(crate::bridge::rules(&config), meetings);
        let room: SocketAddr = "192.0.2.9:1720".parse().expect("an address");
        let ask = |by: By, name: &str, room: Option<SocketAddr>| {
            let request = AdmissionRequest {
                by,
                called: vec![name.to_owned()],
                destination: None,
                calling: vec!["7007".to_owned()],
                user: None,
                source: "192.0.2.8:1719".parse().expect("an address"),
                bandwidth: 0,
                room,
            };
            admit(&desk, "192.0.2.5:1720".parse().expect("an address"), &[], &request)
        };
        for name in ["9009", "room9"] {
            assert_eq!(ask(By::Neighbour, name, Some(room)), Decision::Direct(room), "{name}");
            assert_eq!(ask(By::Neighbour, name, None), Decision::Here, "by SIP, perhaps: {name}");
        }
        assert_eq!(ask(By::Neighbour, "1001", Some(room)), Decision::Here);
        assert_eq!(ask(By::Neighbour, "7777", Some(room)), Decision::Direct(room));
        let nowhere = Decision::Refuse(EndCause::NotFound);
        assert_eq!(ask(By::Neighbour, "7777", None), nowhere);
    }
}
