//! What we are able to do, as requests are judged by it.

use sip_codec::Method;
use sip_codec::validate::Element;

/// What we take; the last ones with a registrar, and with transfers. SUBSCRIBE, MESSAGE and PUBLISH
/// are not among it, from whomever they come; nor NOTIFY, since we ask nobody to tell us anything.
static METHODS: [Method; 8] = [
    Method::Invite,
    Method::Ack,
    Method::Bye,
    Method::Cancel,
    Method::Options,
    Method::Info,
    Method::Update,
    Method::Prack,
];
static WITH_REGISTER: [Method; 9] = [
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
/// REGISTER stands first: those who may not register are shown the rest.
static WITH_REFER: [Method; 10] = [
    Method::Register,
    Method::Invite,
    Method::Ack,
    Method::Bye,
    Method::Cancel,
    Method::Options,
    Method::Info,
    Method::Update,
    Method::Prack,
    Method::Refer,
];

/// What is taken in Require; the last two with a registrar.
const EXTENSIONS: [&str; 5] = ["timer", "100rel", "replaces", "outbound", "path"];

/// What we are able to do, with and without a registrar and transfers.
pub(super) fn element(registrar: bool, transfers: bool) -> Element<'static> {
    let methods = match (registrar, transfers) {
        (false, false) => METHODS.as_slice(),
        (true, false) => WITH_REGISTER.as_slice(),
        (false, true) => WITH_REFER.split_first().map_or(METHODS.as_slice(), |(_, rest)| rest),
        (true, true) => WITH_REFER.as_slice(),
    };
    let without = EXTENSIONS.first_chunk::<3>().filter(|_| !registrar);
    Element {
        methods,
        extensions: without.map_or(EXTENSIONS.as_slice(), |few| few.as_slice()),
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
