//! What messages of call signalling say.

use super::words::{Description, MAX_DIGITS, MAX_FAST_START, Offer};
use crate::h323::address::{self, MAX_ALIASES};
use crate::h323::h235::MAX_TOKENS;
use causeway_asn1::decode;
use causeway_asn1::h225::{
    AliasAddress, EndpointType, H323UuPdu, H323UuPduH323MessageBody as Body,
};
use causeway_asn1::h235::ClearToken;
use causeway_asn1::h245::OpenLogicalChannel;
use causeway_wire::q931::{ElementId, Number, Q931View, element};

/// The channels of a fast start. Those that cannot be read are left out: they are proposals.
pub(super) fn channels(fast_start: Option<&Vec<Vec<u8>>>) -> Vec<OpenLogicalChannel> {
    let proposals = fast_start.into_iter().flatten().take(MAX_FAST_START);
    proposals.filter_map(|bytes| decode(bytes).ok()).collect()
}

fn tokens(tokens: Option<&Vec<ClearToken>>) -> Vec<ClearToken> {
    tokens.into_iter().flatten().take(MAX_TOKENS).cloned().collect()
}

/// What the callee says for security, in any of its messages before media.
pub(super) fn answered_tokens(body: &Body) -> Vec<ClearToken> {
    tokens(match body {
        Body::CallProceeding(body) => body.tokens.as_ref(),
        Body::Alerting(body) => body.tokens.as_ref(),
        Body::Progress(body) => body.tokens.as_ref(),
        Body::Connect(body) => body.tokens.as_ref(),
        _ => None,
    })
}

/// What a Setup offers. `tunnelling`: whether we may tunnel.
pub(super) fn offer(view: &Q931View<'_>, pdu: &H323UuPdu, tunnelling: bool) -> Option<Offer> {
    let Body::Setup(setup) = &pdu.h323_message_body else { return None };
    let aliases = |list: &Option<Vec<AliasAddress>>| -> Vec<AliasAddress> {
        list.iter().flatten().take(MAX_ALIASES).cloned().collect()
    };
    Some(Offer {
        call_reference: view.call_reference.value,
        call_identifier: setup.call_identifier.as_ref().map(|identifier| identifier.guid),
        conference: setup.conference_id,
        from: aliases(&setup.source_address),
        calling_number: digits(view, ElementId::CALLING_PARTY_NUMBER),
        source: setup.source_call_signal_address.as_ref().and_then(address::socket),
        display: display(view),
        to: aliases(&setup.destination_address),
        called_number: digits(view, ElementId::CALLED_PARTY_NUMBER),
        endpoint: setup.source_info.clone(),
        fast_start: channels(setup.fast_start.as_ref()),
        tokens: tokens(setup.tokens.as_ref()),
        tunnelled: tunnelling && pdu.h245_tunnelling == Some(true),
        overlap: setup.can_overlap_send == Some(true)
            && view.find(ElementId::SENDING_COMPLETE).is_none(),
    })
}

/// What the callee says of itself, beside what is `known` of it.
pub(super) fn description(
    known: &Description,
    view: &Q931View<'_>,
    body: Option<&Body>,
) -> Description {
    let endpoint = match body {
        Some(Body::CallProceeding(body)) => Some(&body.destination_info),
        Some(Body::Alerting(body)) => Some(&body.destination_info),
        Some(Body::Progress(body)) => Some(&body.destination_info),
        Some(Body::Connect(body)) => Some(&body.destination_info),
        _ => None,
    };
    // Some say nothing of themselves until they answer.
    let endpoint = endpoint.filter(|endpoint| **endpoint != EndpointType::default()).cloned();
    Description {
        endpoint: endpoint.or_else(|| known.endpoint.clone()),
        display: display(view).or_else(|| known.display.clone()),
        number: digits(view, ElementId::CONNECTED_NUMBER).or_else(|| known.number.clone()),
    }
}

/// The digits of an Information message, as a number or key by key, and whether they are the last.
pub(super) fn more_digits(view: &Q931View<'_>) -> (String, bool) {
    let keys = || view.find(ElementId::KEYPAD_FACILITY).and_then(text);
    let digits = digits(view, ElementId::CALLED_PARTY_NUMBER).or_else(keys);
    (digits.unwrap_or_default(), view.find(ElementId::SENDING_COMPLETE).is_some())
}

/// The digits of a number element, at most [`MAX_DIGITS`].
fn digits(view: &Q931View<'_>, id: ElementId) -> Option<String> {
    text(view.find(id).and_then(Number::parse)?.digits)
}

fn text(digits: &[u8]) -> Option<String> {
    let digits = String::from_utf8_lossy(digits);
    let digits: String = digits.chars().take(MAX_DIGITS).collect();
    (!digits.is_empty()).then_some(digits)
}

fn display(view: &Q931View<'_>) -> Option<String> {
    let text = String::from_utf8_lossy(element::display(view.find(ElementId::DISPLAY)?));
    let text = text.trim_matches(['\0', ' ']).to_owned();
    (!text.is_empty()).then_some(text)
}
