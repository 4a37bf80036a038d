//! A call that comes in, while we are registered at a gatekeeper: whether we may take it.

use super::ras::{Admitted, CallKey, CallRequest, RasHandle};
use causeway_base::EndCause;
use causeway_proto::h323::address::{self, MAX_ALIASES};
use causeway_proto::h323::call::Offer;
use std::net::SocketAddr;
use tokio::task::JoinHandle;

/// Both directions of a room in sound and picture, in bit/s: what gatekeepers are asked for.
pub(super) const BANDWIDTH: u64 = 2 * 2_048_000;

/// A question under way. Dropping it takes it back.
#[derive(Debug)]
pub(super) struct Asked {
    key: CallKey,
    answer: JoinHandle<Result<Admitted, EndCause>>,
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.answer.abort();
    }
}

impl Asked {
    /// `None` for a call without an identifier, by which alone the gatekeeper would know it.
    pub(super) fn new(ras: &RasHandle, offer: &Offer, from: SocketAddr) -> Option<Self> {
        let key = CallKey { identifier: offer.call_identifier?, answer: true };
        let texts =
            |names: &[_]| names.iter().take(MAX_ALIASES).filter_map(address::text).collect();
        let mut called: Vec<String> = texts(&offer.to);
        called.extend(offer.called_number.clone().filter(|_| called.is_empty()));
        let request = CallRequest {
            key,
            call_reference: offer.call_reference,
            conference: offer.conference,
            to: called,
            address: Some(from),
            from: texts(&offer.from),
            bandwidth: BANDWIDTH,
        };
        let ras = ras.clone();
        let answer = tokio::spawn(async move { ras.admit(request).await });
        Some(Self { key, answer })
    }

    pub(super) fn key(&self) -> CallKey {
        self.key
    }

    /// Whether we may take the call, and what it may use.
    pub(super) async fn answer(&mut self) -> Result<Admitted, EndCause> {
        (&mut self.answer).await.unwrap_or(Err(EndCause::Internal))
    }
}
