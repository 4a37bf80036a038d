//! What endpoints and we say that we know (the generic extensibility of H.323, section 8.8.3).

use crate::h323::ras::gatekeeper::Reach;
use causeway_asn1::h225::{
    EnumeratedParameter, FeatureDescriptor, FeatureSet, GenericIdentifier, H323UuPdu,
    H323UuPduH323MessageBody as Body,
};

/// Signalling through firewalls (H.460.18).
const SIGNALLING: u32 = 18;

/// Media through firewalls (H.460.19).
const MEDIA: u32 = 19;

/// Of the feature of media: who says it is in the open, and keeps the ways of others
/// (H.460.19, `mediaTraversalServer`).
const IN_THE_OPEN: u32 = 2;

/// Features of one message that are looked at: rooms name a handful.
const MAX_FEATURES: usize = 32;

/// Parameters of one feature that are looked at.
const MAX_PARAMETERS: usize = 16;

fn named(number: u32) -> FeatureDescriptor {
    FeatureDescriptor { id: GenericIdentifier::Standard(number), parameters: None }
}

/// The feature of media, as who is in the open says it.
fn media() -> FeatureDescriptor {
    let in_the_open =
        EnumeratedParameter { id: GenericIdentifier::Standard(IN_THE_OPEN), content: None };
    FeatureDescriptor { parameters: Some(vec![in_the_open]), ..named(MEDIA) }
}

fn supported(feature: FeatureDescriptor) -> FeatureSet {
    FeatureSet { supported_features: Some(vec![feature]), ..FeatureSet::default() }
}

/// The feature of a number among those that somebody needs, desires or knows.
fn find(lists: [Option<&Vec<FeatureDescriptor>>; 3], number: u32) -> Option<&FeatureDescriptor> {
    let features = lists.into_iter().flatten().flat_map(|list| list.iter().take(MAX_FEATURES));
    features.into_iter().find(|feature| feature.id == GenericIdentifier::Standard(number))
}

fn lists(set: &FeatureSet) -> [Option<&Vec<FeatureDescriptor>>; 3] {
    [&set.needed_features, &set.desired_features, &set.supported_features].map(Option::as_ref)
}

/// How an endpoint is reached that names these features as it looks for us or registers.
pub fn reach(features: Option<&FeatureSet>) -> Reach {
    match features.and_then(|set| find(lists(set), SIGNALLING)) {
        Some(_) => Reach::Indicated,
        None => Reach::Direct,
    }
}

/// What we say as we look for a gatekeeper and register, from behind a firewall.
pub fn asked() -> Option<FeatureSet> {
    Some(supported(named(SIGNALLING)))
}

/// What the answer to it says.
pub fn confirmed(reach: Reach) -> Option<FeatureSet> {
    (reach == Reach::Indicated).then(|| supported(named(SIGNALLING)))
}

/// What a Setup says to a room behind a firewall.
pub fn offered() -> Option<Vec<FeatureDescriptor>> {
    Some(vec![media()])
}

/// What an answer says to one.
pub fn answered() -> Option<FeatureSet> {
    Some(supported(media()))
}

/// Whether a Setup says that who calls is behind a firewall: it knows how media passes one, and is
/// not the one in the open. What an answer says of it counts for nothing, for gatekeepers pass it on
/// to who did not ask.
pub fn is_inside(pdu: &H323UuPdu) -> bool {
    let Body::Setup(setup) = &pdu.h323_message_body else { return false };
    let lists = [&setup.needed_features, &setup.desired_features, &setup.supported_features];
    let Some(media) = find(lists.map(Option::as_ref), MEDIA) else { return false };
    let mut parameters = media.parameters.iter().flatten().take(MAX_PARAMETERS);
    !parameters.any(|parameter| parameter.id == GenericIdentifier::Standard(IN_THE_OPEN))
}
