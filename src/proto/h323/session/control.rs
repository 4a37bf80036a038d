//! What H.245 says beside media: keys, questions, and who speaks.

use super::words::{Event, product};
use super::{Session, Stage};
use crate::h323::call;
use crate::h323::h239::H239Message;
use crate::h323::h245::{self, UserInput, words::MAX_USER_INPUT};
use causeway_asn1::h245::{
    FunctionNotUnderstood, GenericMessage, IndicationMessage,
    MultimediaSystemControlMessage as Message, RequestMessage, ResponseMessage,
};
use causeway_base::EndCause;
use std::time::{Duration, Instant};

/// How long a key that we send was pressed, as SIP's INFO says it too.
const KEY_PRESSED: Duration = Duration::from_millis(160);

/// Whether it is a key of a telephone.
const fn is_key(key: char) -> bool {
    matches!(key, '0'..='9' | '*' | '#' | 'A'..='D')
}

impl Session {
    /// Takes what H.245 tells.
    pub(super) fn heard(&mut self, now: Instant, event: h245::Event) {
        if self.stage == Stage::Ended {
            return;
        }
        match event {
            h245::Event::UserInput(UserInput::Text(text)) => {
                text.chars().for_each(|key| self.key(key))
            }
            h245::Event::UserInput(UserInput::Signal(key, _)) => self.key(key),
            h245::Event::FastUpdateAsked(_) => {
                if self.media.as_ref().is_some_and(|media| media.sends_picture()) {
                    self.event(Event::KeyframeNeeded);
                }
                self.owes_keyframe |=
                    self.media.as_ref().is_some_and(|media| media.opens_picture());
            }
            h245::Event::RoundTrip(_) => self.keep_alive.answered(),
            h245::Event::RoundTripUnanswered => {
                if self.keep_alive.unanswered() {
                    self.order(now, call::Command::End(EndCause::SignallingTimeout));
                }
            }
            h245::Event::Vendor(vendor) => {
                let (name, version) = (&vendor.product_number, &vendor.version_number);
                self.sold_by(product(name.as_deref(), version.as_deref()));
            }
            h245::Event::GenericRequest(request) => {
                let answer = answer(request);
                self.say(now, h245::Command::Send(Box::new(answer)));
            }
            media => {
                self.with_media(now, |channels| channels.heard(&media));
                self.insist(now);
            }
        }
    }

    fn key(&mut self, key: char) {
        let key = key.to_ascii_uppercase();
        if is_key(key) {
            self.event(Event::Digit(key));
        }
    }

    /// Sends keys one by one where the other side takes them so, else as text.
    pub(super) fn send_digits(&mut self, now: Instant, digits: &str) {
        let keys = digits.chars().map(|key| key.to_ascii_uppercase()).filter(|key| is_key(*key));
        let keys: String = keys.take(MAX_USER_INPUT).collect();
        if self.media.as_ref().is_some_and(|media| media.takes_signals()) {
            for key in keys.chars() {
                let signal = UserInput::Signal(key, Some(KEY_PRESSED));
                self.say(now, h245::Command::SendUserInput(signal));
            }
        } else if !keys.is_empty() {
            self.say(now, h245::Command::SendUserInput(UserInput::Text(keys)));
        }
    }
}

/// Answers what other recommendations ask: for slides with no, for all else that it is not known.
fn answer(request: Box<GenericMessage>) -> Message {
    let refusal = H239Message::read(&request).and_then(H239Message::refusal);
    match refusal {
        Some(refusal) => {
            Message::Response(Box::new(ResponseMessage::GenericResponse(Box::new(refusal.write()))))
        }
        None => Message::Indication(Box::new(IndicationMessage::FunctionNotUnderstood(
            FunctionNotUnderstood::Request(Box::new(RequestMessage::GenericRequest(request))),
        ))),
    }
}
