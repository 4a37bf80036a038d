//! What we are able to do, as requests are judged by it.

use sip_codec::Method;
use sip_codec::validate::Element;

/// What we take. REFER is not among it: a refused transfer says 405. SUBSCRIBE, MESSAGE and
/// PUBLISH neither, from whomever they come. REGISTER stands last: it is left out without a registrar.
static METHODS: [Method; 9] = [
    Method::Invite,
    Method::Ack,
    Method::Bye,
    Method::Cancel,
    Method::Options,
    Method::Info,
    Method::Update,
    Method::Prack,
    Method::Register,
];

/// What is taken in Require; the last two with a registrar.
const EXTENSIONS: [&str; 4] = ["timer", "100rel", "outbound", "path"];

/// What we are able to do, with and without a registrar.
pub(super) fn element(registrar: bool) -> Element<'static> {
    let (methods, extensions) = match (METHODS.split_last(), EXTENSIONS.first_chunk::<2>()) {
        (Some((_, methods)), Some(extensions)) if !registrar => (methods, extensions.as_slice()),
        _ => (METHODS.as_slice(), EXTENSIONS.as_slice()),
    };
    Element {
        methods,
        extensions,
        reads: &[
            "application/sdp",
            "multipart/mixed",
            "application/dtmf-relay",
            "application/dtmf",
            "application/media_control+xml",
        ],
        writes: &["application/sdp"],
    }
}
