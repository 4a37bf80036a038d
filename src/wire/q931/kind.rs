//! The numbers of messages and elements (Q.931 tables 4-2 and 4-3, H.225.0 section 7.2).

use std::fmt;

macro_rules! message_kinds {
    ($($(#[$doc:meta])* $name:ident = $number:literal;)*) => {
        /// What a message says.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum MessageKind {
            $($(#[$doc])* $name,)*
            /// Any other, by its number.
            Other(u8),
        }

        impl MessageKind {
            /// The kind with this number.
            pub const fn from_number(number: u8) -> Self {
                match number {
                    $($number => MessageKind::$name,)*
                    other => MessageKind::Other(other),
                }
            }

            /// Its number.
            pub const fn number(self) -> u8 {
                match self {
                    $(MessageKind::$name => $number,)*
                    MessageKind::Other(number) => number,
                }
            }
        }
    };
}

message_kinds! {
    /// The callee is called.
    Alerting = 0x01;
    /// The call is being set up; no more digits are needed.
    CallProceeding = 0x02;
    /// Something happened on the way.
    Progress = 0x03;
    /// The beginning of a call.
    Setup = 0x05;
    /// The callee answered.
    Connect = 0x07;
    /// More digits are needed.
    SetupAcknowledge = 0x0d;
    /// The caller saw the answer.
    ConnectAcknowledge = 0x0f;
    /// Data of users.
    UserInformation = 0x20;
    /// A wish to end the call; gateways send it, H.323 endpoints do not.
    Disconnect = 0x45;
    /// As [`MessageKind::Disconnect`].
    Release = 0x4d;
    /// The end of a call.
    ReleaseComplete = 0x5a;
    /// Anything else within a call.
    Facility = 0x62;
    /// Tells something of the call.
    Notify = 0x6e;
    /// Asks how the call stands.
    StatusInquiry = 0x75;
    /// More digits.
    Information = 0x7b;
    /// How the call stands.
    Status = 0x7d;
}

/// The identifier of an information element.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ElementId(pub u8);

macro_rules! elements {
    ($($(#[$doc:meta])* $name:ident = $number:literal;)*) => {
        impl ElementId {
            $($(#[$doc])* pub const $name: Self = Self($number);)*
        }

        impl fmt::Debug for ElementId {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match *self {
                    $(Self::$name => f.write_str(stringify!($name)),)*
                    Self(number) => write!(f, "{number:#04x}"),
                }
            }
        }
    };
}

elements! {
    /// What the call is to carry.
    BEARER_CAPABILITY = 0x04;
    /// Why a call ended.
    CAUSE = 0x08;
    /// Circuits.
    CHANNEL_IDENTIFICATION = 0x18;
    /// A supplementary service of Q.932.
    FACILITY = 0x1c;
    /// What happened on the way.
    PROGRESS_INDICATOR = 0x1e;
    /// Something of the call that the user may want to know.
    NOTIFICATION_INDICATOR = 0x27;
    /// Text for the user.
    DISPLAY = 0x28;
    /// The time.
    DATE_TIME = 0x29;
    /// Digits, key by key.
    KEYPAD_FACILITY = 0x2c;
    /// Tones.
    SIGNAL = 0x34;
    /// How a call stands, in an answer to a status inquiry.
    CALL_STATE = 0x14;
    /// Who answered.
    CONNECTED_NUMBER = 0x4c;
    /// Who calls.
    CALLING_PARTY_NUMBER = 0x6c;
    /// Behind that.
    CALLING_PARTY_SUBADDRESS = 0x6d;
    /// Who is called.
    CALLED_PARTY_NUMBER = 0x70;
    /// Behind that.
    CALLED_PARTY_SUBADDRESS = 0x71;
    /// Who was called first.
    REDIRECTING_NUMBER = 0x74;
    /// What H.225.0 says.
    USER_USER = 0x7e;
    /// The number is complete.
    SENDING_COMPLETE = 0xa1;
    /// More of the same follows.
    MORE_DATA = 0xa0;
    /// How full a network is: its lower half says.
    CONGESTION_LEVEL = 0xb0;
    /// What is repeated: its lower half says.
    REPEAT_INDICATOR = 0xd0;
}

/// The upper half of the elements of one byte that have no value of their own.
const NO_VALUE: u8 = 0xa0;

impl ElementId {
    /// That of an element of one byte: all of it, or its upper half where the lower is a value
    /// (Q.931 section 4.5.1).
    pub(super) const fn of_single(byte: u8) -> Self {
        if byte & 0xf0 == NO_VALUE { Self(byte) } else { Self(byte & 0xf0) }
    }

    /// Whether it is an element of one byte.
    pub const fn is_single(self) -> bool {
        self.0 & 0x80 != 0
    }
}
