//! Answers for which nothing is kept.

use super::Core;
use crate::sip::read;
use crate::sip::words::{Carrier, Flow};
use sip_codec::header::{To, Via};
use sip_codec::{Headers, Method, Request, Response, StatusCode, Text};

impl Core {
    /// Answers without keeping state. Over UDP no answer is longer than its question of `size`
    /// bytes: what is not needed is left out, and at the worst the answer itself.
    pub(crate) fn stateless(
        &mut self,
        flow: Flow,
        size: usize,
        request: &Request,
        status: u16,
        more: Headers,
    ) {
        if request.method == Method::Ack {
            return;
        }
        let Some(status) = StatusCode::new(status) else { return };
        let mut response = request.response(status);
        let tag = self.nonces.stateless_tag(request);
        add_to_tag(&mut response.headers, &tag);
        let flow = response_flow(flow, request);
        self.transmit_bounded(flow, size, response, more);
    }

    /// Challenges without keeping state. Over UDP the answer is at most half as long again as its
    /// question of `size` bytes, since a challenge cannot be shortened; where not all of them
    /// fit, the ones that fewest devices know are left out.
    pub(crate) fn challenge(
        &mut self,
        flow: Flow,
        size: usize,
        request: &Request,
        challenges: Headers,
    ) {
        let mut response = request.response(StatusCode::UNAUTHORIZED);
        let tag = self.nonces.stateless_tag(request);
        add_to_tag(&mut response.headers, &tag);
        let flow = response_flow(flow, request);
        for left_out in 0..challenges.len() {
            let mut full = response.clone();
            for (name, value) in challenges.iter().skip(left_out) {
                full.headers.push_raw(name.clone(), value.clone());
            }
            let bytes = full.to_bytes();
            if flow.carrier.is_reliable() || bytes.len() <= size + size / 2 {
                return self.transmit(flow, bytes);
            }
        }
    }

    pub(crate) fn transmit_bounded(
        &mut self,
        flow: Flow,
        size: usize,
        mut response: Response,
        more: Headers,
    ) {
        let short = response.clone();
        for (name, value) in more.iter() {
            response.headers.push_raw(name.clone(), value.clone());
        }
        let bytes = response.to_bytes();
        if flow.carrier.is_reliable() || bytes.len() <= size {
            return self.transmit(flow, bytes);
        }
        let bytes = short.to_bytes();
        if bytes.len() <= size {
            self.transmit(flow, bytes);
        }
    }
}

/// Where a response goes (RFC 3261 section 18.2.2, RFC 3581 section 4): to the address that the
/// request came from; over UDP to the port in Via unless `rport` asks for the one it came from.
pub(crate) fn response_flow(mut flow: Flow, request: &Request) -> Flow {
    if flow.carrier == Carrier::Udp
        && let Some(via) = read::first::<Via>(&request.headers)
        && !via.params.has("rport")
    {
        flow.remote.set_port(via.port.unwrap_or(flow.carrier.default_port()));
    }
    flow
}

/// Adds our tag to a To that has none.
pub(crate) fn add_to_tag(headers: &mut Headers, tag: &Text) {
    if let Some(mut to) = read::to(headers)
        && to.tag().is_none()
    {
        to.params.set("tag", tag.clone());
        headers.set(&To(to));
    }
}
