//! A second picture, for slides (H.239): its capabilities, and the token that says whose it is.
//!
//! Nobody shares slides here yet: the messages are read, and what asks is refused politely
//! ([`H239Message::refusal`]), so that a room shows its person why.

use causeway_asn1::ObjectIdentifier;
use causeway_asn1::h245::{
    CapabilityIdentifier, GenericMessage, GenericParameter, ParameterIdentifier, ParameterValue,
};

/// The capability of these messages (H.239 section 11).
pub const CONTROL: [u32; 6] = [0, 0, 8, 239, 1, 1];

/// The capability of a second picture, beside that of its codec.
pub const EXTENDED_VIDEO: [u32; 6] = [0, 0, 8, 239, 1, 2];

/// What the messages are called.
pub const MESSAGE: [u32; 5] = [0, 0, 8, 239, 2];

/// Numbers of the messages.
const FLOW_CONTROL_RELEASE_REQUEST: u8 = 1;
const FLOW_CONTROL_RELEASE_RESPONSE: u8 = 2;
const PRESENTATION_TOKEN_REQUEST: u8 = 3;
const PRESENTATION_TOKEN_RESPONSE: u8 = 4;
const PRESENTATION_TOKEN_RELEASE: u8 = 5;
const PRESENTATION_TOKEN_INDICATE_OWNER: u8 = 6;

/// Numbers of the parameters.
const BIT_RATE: u8 = 41;
const CHANNEL: u8 = 42;
const SYMMETRY_BREAKING: u8 = 43;
const TERMINAL_LABEL: u8 = 44;
const ACKNOWLEDGE: u8 = 126;
const REJECT: u8 = 127;

/// Parameters that are looked at: a message has four.
const MAX_PARAMETERS: usize = 16;

/// A message. `channel` is that of the second picture, `label` the terminal that shows it: its
/// MCU's number and its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum H239Message {
    /// May I raise the rate that you bound by flow control to this, in 100 bit/s?
    RateRequest {
        /// The channel.
        channel: u32,
        /// The rate.
        rate: u32,
    },
    /// Its answer.
    RateResponse {
        /// The channel.
        channel: u32,
        /// Whether.
        granted: bool,
    },
    /// May I show slides?
    TokenRequest {
        /// The channel.
        channel: u32,
        /// Of two that ask at once the greater has it, 1 to 127.
        symmetry: u32,
        /// Who asks.
        label: u32,
    },
    /// Its answer.
    TokenResponse {
        /// The channel.
        channel: u32,
        /// Who was asked for.
        label: u32,
        /// Whether.
        granted: bool,
    },
    /// I do not show slides any more.
    TokenRelease {
        /// The channel.
        channel: u32,
        /// Who.
        label: u32,
    },
    /// This one shows slides.
    TokenOwner {
        /// The channel.
        channel: u32,
        /// Who.
        label: u32,
    },
}

impl H239Message {
    /// Reads a message. `None` for those of other recommendations, and without what it must have.
    pub fn read(message: &GenericMessage) -> Option<Self> {
        let CapabilityIdentifier::Standard(identifier) = &message.message_identifier else {
            return None;
        };
        if !identifier.is(&MESSAGE) {
            return None;
        }
        let content = || message.message_content.iter().flatten().take(MAX_PARAMETERS);
        let number = |id: u8| content().find_map(|parameter| number_of(parameter, id));
        let says = |id: u8| content().any(|parameter| is(parameter, id));
        let channel = number(CHANNEL)?;
        let label = number(TERMINAL_LABEL).unwrap_or(0);
        // Who says both, or neither, does not grant.
        let granted = says(ACKNOWLEDGE) && !says(REJECT);
        Some(match message.sub_message_identifier? {
            FLOW_CONTROL_RELEASE_REQUEST => {
                H239Message::RateRequest { channel, rate: number(BIT_RATE)? }
            }
            FLOW_CONTROL_RELEASE_RESPONSE => H239Message::RateResponse { channel, granted },
            PRESENTATION_TOKEN_REQUEST => {
                let symmetry = number(SYMMETRY_BREAKING).unwrap_or(0);
                H239Message::TokenRequest { channel, symmetry, label }
            }
            PRESENTATION_TOKEN_RESPONSE => H239Message::TokenResponse { channel, label, granted },
            PRESENTATION_TOKEN_RELEASE => H239Message::TokenRelease { channel, label },
            PRESENTATION_TOKEN_INDICATE_OWNER => H239Message::TokenOwner { channel, label },
            _ => return None,
        })
    }

    /// Writes the message.
    pub fn write(self) -> GenericMessage {
        let verdict = |granted: bool| if granted { ACKNOWLEDGE } else { REJECT };
        let (number, parameters) = match self {
            H239Message::RateRequest { channel, rate } => (
                FLOW_CONTROL_RELEASE_REQUEST,
                vec![numbered(CHANNEL, channel), numbered(BIT_RATE, rate)],
            ),
            H239Message::RateResponse { channel, granted } => (
                FLOW_CONTROL_RELEASE_RESPONSE,
                vec![flag(verdict(granted)), numbered(CHANNEL, channel)],
            ),
            H239Message::TokenRequest { channel, symmetry, label } => (
                PRESENTATION_TOKEN_REQUEST,
                vec![
                    numbered(TERMINAL_LABEL, label),
                    numbered(CHANNEL, channel),
                    numbered(SYMMETRY_BREAKING, symmetry),
                ],
            ),
            H239Message::TokenResponse { channel, label, granted } => (
                PRESENTATION_TOKEN_RESPONSE,
                vec![
                    flag(verdict(granted)),
                    numbered(TERMINAL_LABEL, label),
                    numbered(CHANNEL, channel),
                ],
            ),
            H239Message::TokenRelease { channel, label } => (
                PRESENTATION_TOKEN_RELEASE,
                vec![numbered(TERMINAL_LABEL, label), numbered(CHANNEL, channel)],
            ),
            H239Message::TokenOwner { channel, label } => (
                PRESENTATION_TOKEN_INDICATE_OWNER,
                vec![numbered(TERMINAL_LABEL, label), numbered(CHANNEL, channel)],
            ),
        };
        GenericMessage {
            message_identifier: CapabilityIdentifier::Standard(ObjectIdentifier::new(&MESSAGE)),
            sub_message_identifier: Some(number),
            message_content: Some(parameters),
        }
    }

    /// What refuses a request. `None` for what asks nothing.
    pub fn refusal(self) -> Option<Self> {
        match self {
            H239Message::RateRequest { channel, .. } => {
                Some(H239Message::RateResponse { channel, granted: false })
            }
            H239Message::TokenRequest { channel, label, .. } => {
                Some(H239Message::TokenResponse { channel, label, granted: false })
            }
            _ => None,
        }
    }
}

fn is(parameter: &GenericParameter, id: u8) -> bool {
    parameter.parameter_identifier == ParameterIdentifier::Standard(id)
}

/// The number of a parameter, however large its type.
fn number_of(parameter: &GenericParameter, id: u8) -> Option<u32> {
    if !is(parameter, id) {
        return None;
    }
    match parameter.parameter_value {
        ParameterValue::UnsignedMin(value) | ParameterValue::UnsignedMax(value) => {
            Some(value.into())
        }
        ParameterValue::Unsigned32Min(value) | ParameterValue::Unsigned32Max(value) => Some(value),
        ParameterValue::BooleanArray(value) => Some(value.into()),
        _ => None,
    }
}

fn flag(id: u8) -> GenericParameter {
    GenericParameter {
        parameter_identifier: ParameterIdentifier::Standard(id),
        parameter_value: ParameterValue::Logical,
        ..GenericParameter::default()
    }
}

fn numbered(id: u8, value: u32) -> GenericParameter {
    let parameter_value = u16::try_from(value)
        .map_or(ParameterValue::Unsigned32Min(value), ParameterValue::UnsignedMin);
    GenericParameter {
        parameter_identifier: ParameterIdentifier::Standard(id),
        parameter_value,
        ..GenericParameter::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_asn1::{decode, encode};
    use proptest::prelude::*;

    #[test]
    fn a_request_for_the_token_is_refused_in_its_own_words() {
        let request = H239Message::TokenRequest { channel: 7, symmetry: 4, label: 0x101 };
        let refusal = request.refusal().expect("an answer");
        let expected = H239Message::TokenResponse { channel: 7, label: 0x101, granted: false };
        assert_eq!(refusal, expected);
        assert_eq!(refusal.refusal(), None);
        assert_eq!(H239Message::read(&refusal.write()), Some(expected));
    }

    #[test]
    fn messages_of_others_are_not_read() {
        let mut message = H239Message::TokenOwner { channel: 1, label: 1 }.write();
        message.sub_message_identifier = Some(99);
        assert_eq!(H239Message::read(&message), None);
        message.sub_message_identifier = None;
        assert_eq!(H239Message::read(&message), None);
        let mut message = H239Message::TokenOwner { channel: 1, label: 1 }.write();
        message.message_content = None;
        assert_eq!(H239Message::read(&message), None, "no channel");
        let other = ObjectIdentifier::new(&CONTROL);
        message.message_identifier = CapabilityIdentifier::Standard(other);
        assert_eq!(H239Message::read(&message), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(kind in 0u8..6, channel: u32, label: u32, other: u32, granted: bool) {
            let message = match kind {
                0 => H239Message::RateRequest { channel, rate: other },
                1 => H239Message::RateResponse { channel, granted },
                2 => H239Message::TokenRequest { channel, symmetry: other, label },
                3 => H239Message::TokenResponse { channel, label, granted },
                4 => H239Message::TokenRelease { channel, label },
                _ => H239Message::TokenOwner { channel, label },
            };
            let written = message.write();
            prop_assert_eq!(H239Message::read(&written), Some(message));
            prop_assert_eq!(decode(&encode(&written).unwrap()), Ok(written));
        }
    }
}
