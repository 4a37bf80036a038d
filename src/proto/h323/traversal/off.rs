//! Stands for the crossing of firewalls where the feature `h460-traversal` is off: nobody is behind
//! one, and nothing is said of it.

use super::ras::gatekeeper::Reach;
use crate::offer_answer::LocalMedia;
use causeway_asn1::h225::{
    FeatureDescriptor, FeatureSet, H323UuPdu, RasMessage, ServiceControlIndication,
};
use causeway_asn1::h245::GenericInformation;
use std::net::SocketAddr;
use std::time::Duration;

/// How an endpoint is reached.
pub(crate) const fn reach(_: Option<&FeatureSet>) -> Reach {
    Reach::Direct
}

/// What we say of it as we register.
pub(crate) const fn asked() -> Option<FeatureSet> {
    None
}

/// Which call a gatekeeper tells us of, and where it takes the connection.
pub(crate) const fn called(_: &ServiceControlIndication) -> Option<([u8; 16], SocketAddr)> {
    None
}

/// The first message of a connection for H.245.
pub(crate) const fn control_opening(_: [u8; 16], _: bool) -> Option<Vec<u8>> {
    None
}

/// What a registration says of it.
pub(crate) const fn confirmed(_: Reach) -> Option<FeatureSet> {
    None
}

/// What a Setup says of it.
pub(crate) const fn offered() -> Option<Vec<FeatureDescriptor>> {
    None
}

/// What an answer says of it.
pub(crate) const fn answered() -> Option<FeatureSet> {
    None
}

/// Whether the other side of a call says that it is behind a firewall.
pub(crate) const fn is_inside(_: &H323UuPdu) -> bool {
    false
}

/// The datagram that has a room connect to us.
pub(crate) const fn incoming_call(_: u16, _: [u8; 16], _: SocketAddr) -> Option<RasMessage> {
    None
}

/// What a channel of ours says of it.
pub(crate) const fn parameters(_: LocalMedia) -> Option<Vec<GenericInformation>> {
    None
}

/// How long a registration lasts at most, and at least.
pub(crate) const fn lasts(_: Reach, longest: Duration, shortest: Duration) -> (Duration, Duration) {
    (longest, shortest)
}
