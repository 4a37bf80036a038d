//! What H.460.18 and H.460.19 put into generic data: how calls pass a firewall that only lets
//! connections out.

#![allow(missing_docs, reason = "the recommendation has them")]

use crate::codec::{May, Must, Whole};
use crate::define::sequence;
use crate::{h225, h245};

sequence! {
    /// H.460.18: somebody calls; connect to this address for the Setup.
    IncomingCallIndication {
        call_signalling_address: h225::TransportAddress as Must<h225::TransportAddress>,
        call_id: h225::CallIdentifier as Must<h225::CallIdentifier>,
    } more {}
}

sequence! {
    /// H.460.18: how often a gatekeeper hears of its neighbour, in seconds.
    LrqKeepAliveData {
        lrq_keep_alive_interval: u32 as Must<Whole<1, 4_294_967_295>>,
    } more {}
}

sequence! {
    /// H.460.19: how media passes a firewall.
    TraversalParameters {
        multiplexed_media_channel: Option<h245::TransportAddress> as May<h245::TransportAddress>,
        multiplexed_media_control_channel:
            Option<h245::TransportAddress> as May<h245::TransportAddress>,
        multiplex_id: Option<u32> as May<Whole<0, 4_294_967_295>>,
        keep_alive_channel: Option<h245::TransportAddress> as May<h245::TransportAddress>,
        keep_alive_payload_type: Option<u8> as May<Whole<0, 127>>,
        keep_alive_interval: Option<u32> as May<Whole<1, 4_294_967_295>>,
    } more {}
}
