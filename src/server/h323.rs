//! What the H.323 adapter is told at the start of a bridge.

use crate::config::Config;
use crate::front_desk::FrontDesk;
use causeway_adapter::admission::{Admission, Refused};
use causeway_adapter::h323::H323Config;
use causeway_adapter::h323::H323Handle;
use causeway_adapter::h323::ras::{
    AdmissionRequest, By, Decision, GatekeeperConfig, Ras, RasConfig, RasError, RasEvent, RasHandle,
};
use causeway_adapter::leg_ids::LegIds;
use causeway_base::{Alias, EndCause};
use causeway_dial::IncomingCall;
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
    let desk = Arc::clone(desk);
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
        ras,
        nameservers: config.nameservers.clone(),
        ..H323Config::new(h323.listen.clone(), legs)
    }
}

/// Whether a name or a rule takes a call.
fn leads(desk: &FrontDesk, called: &Alias, calling: &Alias, local: IpAddr) -> bool {
    let (_, explanation) = desk.destination(&IncomingCall { called, calling, trunk: None, local });
    explanation.names().iter().any(|step| step.found) || explanation.taken_by().is_some()
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
        let desk = Arc::clone(desk);
        GatekeeperConfig {
            listen: own.listen,
            discovery: own.discovery.clone(),
            identifier: own.identifier.clone(),
            time_to_live: own.time_to_live,
            bandwidth: 2 * config.video.policy.max_bitrate.as_bps() + 256_000,
            users: own.users.clone(),
            open: own.open.clone(),
            neighbours: Vec::new(),
            admission: Arc::new(move |request| admit(&desk, call_address, request)),
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

/// Where a registered room may call: another room, or us. A neighbour learns where names of ours are.
fn admit(desk: &FrontDesk, ours: SocketAddr, request: &AdmissionRequest) -> Decision {
    if let Some(room) = request.room {
        return Decision::Direct(room);
    }
    let local = match ours.ip() {
        any if any.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        local => local,
    };
    let calling = Alias::H323 { user: String::new(), host: request.source.ip().to_string() };
    let known = request.called.iter().any(|name| {
        let called = Alias::H323 { user: name.clone(), host: local.to_string() };
        leads(desk, &called, &calling, local)
    });
    match &request.by {
        By::Neighbour if !known => Decision::Refuse(EndCause::NotFound),
        // Whom nobody knows is asked at the reception.
        By::Neighbour | By::Room(_) => Decision::Here,
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
