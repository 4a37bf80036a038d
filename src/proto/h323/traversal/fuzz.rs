//! Body of a fuzz target: what rooms behind firewalls say.

use super::{is_inside, opening, reach};
use causeway_asn1::decode;
use causeway_asn1::h225::{FeatureSet, H323UserInformation};

/// A packet, features and a message, whatever they are.
pub fn crossing(data: &[u8]) {
    let _ = opening(data);
    if let Ok(set) = decode::<FeatureSet>(data) {
        let _ = reach(Some(&set));
    }
    if let Ok(message) = decode::<H323UserInformation>(data) {
        let _ = is_inside(&message.h323_uu_pdu);
    }
}
