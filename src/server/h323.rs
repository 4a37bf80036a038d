//! What the H.323 adapter is told at the start of a bridge.

use crate::config::Config;
use crate::front_desk::FrontDesk;
use causeway_adapter::admission::{Admission, Refused};
use causeway_adapter::h323::H323Config;
use causeway_adapter::leg_ids::LegIds;
use causeway_dial::IncomingCall;
use std::sync::Arc;

/// As a configuration says, with the admission that all calls share.
pub(crate) fn config(
    config: &Config,
    legs: LegIds,
    desk: &Arc<FrontDesk>,
    admission: Admission,
    refused: Refused,
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
        leads: Arc::new(move |call| {
            let asked = IncomingCall {
                called: &call.called,
                calling: &call.calling,
                trunk: None,
                local: call.local,
            };
            let (_, explanation) = desk.destination(&asked);
            explanation.names().iter().any(|step| step.found) || explanation.taken_by().is_some()
        }),
        nameservers: config.nameservers.clone(),
        ..H323Config::new(h323.listen.clone(), legs)
    }
}
