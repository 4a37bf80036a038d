//! What somebody asks for who makes a meeting, and what may be wrong with it.

use super::{Kind, MAX_PIN, MIN_PIN, Pin};
use causeway_base::Lang;
use causeway_conference::{Lobby, NamedLayout, policy::DEFAULT_MAX_PARTICIPANTS};
use std::collections::HashSet;
use std::fmt;

/// The longest name of a meeting, in characters.
pub const MAX_NAME: usize = 120;

/// The most aliases of one meeting.
pub const MAX_ALIASES: usize = 8;

/// The longest alias, in bytes: it fits into a SIP user part that every device can store.
pub const MAX_ALIAS: usize = 64;

/// Digits of a code that is made here, and the fewest of one that needs no PIN beside it: ten
/// callers a second would need more than a year to try them all.
pub const CODE_DIGITS: usize = 9;

/// The fewest digits of a code.
pub const MIN_CODE: usize = 4;

/// The most digits of a code: the length of the longest E.164 number.
pub const MAX_CODE: usize = 15;

/// The longest scheduled meeting, in hours.
pub const MAX_HOURS: i64 = 7 * 24;

/// The most minutes before the start that a meeting can be entered.
pub const MAX_EARLY_MIN: u32 = 24 * 60;

/// Participants beyond this many need more than one node.
const MOST_PARTICIPANTS: usize = 100_000;

/// A meeting that somebody wants. `Debug` shows neither code nor PINs.
#[derive(Clone, PartialEq, Eq)]
pub struct NewMeeting {
    /// The name that people see and hear.
    pub name: String,
    /// When it takes place.
    pub kind: Kind,
    /// What it is to be dialled by beside its code.
    pub aliases: Vec<String>,
    /// Its conference number; `None`: [`CODE_DIGITS`] random digits.
    pub code: Option<String>,
    /// 4 to 10 digits.
    pub host_pin: Option<String>,
    /// 4 to 10 digits.
    pub guest_pin: Option<String>,
    /// Who waits until a host lets them in.
    pub lobby: Lobby,
    /// Guests wait until a host is there.
    pub wait_for_host: bool,
    /// Guests start muted.
    pub mute_on_entry: bool,
    /// Guests may have their telephone called.
    pub guests_call_me: bool,
    /// It begins locked.
    pub locked_at_start: bool,
    /// The layout that it begins with; `None`: the bridge's.
    pub layout: Option<NamedLayout>,
    /// The most participants.
    pub max_participants: usize,
    /// The language of its invite.
    pub lang: Lang,
    /// How many minutes before its start callers wait for it, where that is more than its day.
    pub early_entry_min: u32,
}

impl NewMeeting {
    /// A meeting with the usual settings.
    pub fn new(name: &str, kind: Kind) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            aliases: Vec::new(),
            code: None,
            host_pin: None,
            guest_pin: None,
            lobby: Lobby::Off,
            wait_for_host: false,
            mute_on_entry: false,
            guests_call_me: false,
            locked_at_start: false,
            layout: None,
            max_participants: DEFAULT_MAX_PARTICIPANTS,
            lang: Lang::Zh,
            early_entry_min: 15,
        }
    }

    /// Everything that is wrong with it by itself, in the order of its fields. Whether a name is
    /// taken, only the table of meetings knows.
    pub fn problems(&self) -> Vec<FieldError> {
        use FieldError as E;
        let mut found = Vec::new();
        let mut check = |fine: bool, error: FieldError| {
            if !fine && !found.contains(&error) {
                found.push(error);
            }
        };
        let name = self.name.trim();
        check(!name.is_empty() && name.chars().count() <= MAX_NAME, E::NameLength);
        check(!name.chars().any(unsafe_to_show), E::NameCharacter);
        if let Kind::Scheduled { starts, ends } = self.kind {
            check(ends > starts, E::EndsBeforeStart);
            check(ends.duration_since(starts).as_hours() <= MAX_HOURS, E::TooLong);
        }
        check(self.aliases.len() <= MAX_ALIASES, E::TooManyAliases);
        let folded: HashSet<String> = self.aliases.iter().map(|alias| fold(alias)).collect();
        check(folded.len() == self.aliases.len(), E::AliasTwice);
        check(self.aliases.iter().all(|alias| is_alias(alias)), E::AliasForm);
        if let Some(code) = &self.code {
            check(is_code(code), E::CodeForm);
            check(!folded.contains(code), E::AliasTwice);
        }
        let numbers = self.code.iter().chain(&folded).filter(|name| is_number(name));
        let short = numbers.clone().any(|number| number.len() < CODE_DIGITS);
        check(!short || self.guest_pin.is_some(), E::ShortCodeNeedsPin);
        let is_pin =
            |pin: &Option<String>| pin.as_deref().is_none_or(|pin| Pin::parse(pin).is_some());
        check(is_pin(&self.host_pin), E::HostPinForm);
        check(is_pin(&self.guest_pin), E::GuestPinForm);
        check(self.host_pin.is_none() || self.host_pin != self.guest_pin, E::SamePins);
        check((1..=MOST_PARTICIPANTS).contains(&self.max_participants), E::MaxParticipants);
        check(self.early_entry_min <= MAX_EARLY_MIN, E::EarlyEntry);
        found
    }
}

impl fmt::Debug for NewMeeting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewMeeting").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The form in which names are compared: visual separators of numbers and ASCII case removed.
pub fn fold(name: &str) -> String {
    let name = name.trim();
    let is_number = name.bytes().any(|b| b.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_digit() || "+-.() ".contains(c));
    if is_number {
        return name.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    }
    name.to_ascii_lowercase()
}

/// What a telephone can count up: an alias of digits is as easily guessed as a code.
fn is_number(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
}

/// A user part that can be dialled: letters, digits and the marks of RFC 3261 section 25.1. No
/// full-width forms, which the dial plan reads as their ASCII ones.
fn is_alias(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_ALIAS
        && text.chars().all(|c| (c.is_alphanumeric() && !is_wide(c)) || "-_.!~*'()+".contains(c))
}

const fn is_wide(c: char) -> bool {
    matches!(c, '\u{FF00}'..='\u{FFEF}')
}

/// Whether a text is a conference number: digits without a leading zero, which telephones use to
/// dial out.
pub fn is_code(text: &str) -> bool {
    (MIN_CODE..=MAX_CODE).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_digit())
        && !text.starts_with('0')
}

/// Control characters, and those that turn or hide the text around them.
fn unsafe_to_show(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

macro_rules! field_errors {
    ($($(#[$doc:meta])* $name:ident $field:literal $code:literal $zh:expr, $en:expr;)*) => {
        /// What is wrong with one field of a meeting.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum FieldError {
            $($(#[$doc])* $name,)*
        }

        impl FieldError {
            /// Every error, for tables and tests.
            pub const ALL: &'static [FieldError] = &[$(FieldError::$name,)*];

            /// The field, by its name in [`NewMeeting`].
            pub const fn field(self) -> &'static str {
                match self { $(FieldError::$name => $field,)* }
            }

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(FieldError::$name => $code,)* }
            }

            /// What to write instead, in the person's language.
            pub fn sentence(self, lang: Lang) -> String {
                match (self, lang) {
                    $((FieldError::$name, Lang::Zh) => $zh.to_owned(),
                      (FieldError::$name, Lang::En) => $en.to_owned(),)*
                }
            }
        }
    };
}

field_errors! {
    /// Empty or too long.
    NameLength "name" "CW-MEET-001"
        format!("会议名称应为 1 到 {MAX_NAME} 个字符。"), format!("A name has 1 to {MAX_NAME} characters.");
    /// Control characters or direction marks.
    NameCharacter "name" "CW-MEET-002"
        "会议名称不能包含控制字符。", "A name has no control characters.";
    /// The end is not after the start.
    EndsBeforeStart "ends" "CW-MEET-003"
        "结束时间应晚于开始时间。", "A meeting ends after it starts.";
    /// Too long.
    TooLong "ends" "CW-MEET-004"
        format!("会议最长 {MAX_HOURS} 小时；常设会议请用永久类型。"),
        format!("A scheduled meeting lasts at most {MAX_HOURS} hours; make it permanent instead.");
    /// Too many aliases.
    TooManyAliases "aliases" "CW-MEET-005"
        format!("最多 {MAX_ALIASES} 个别名。"), format!("At most {MAX_ALIASES} aliases.");
    /// The same name twice, or equal to the code.
    AliasTwice "aliases" "CW-MEET-006"
        "别名重复，或与会议号相同。", "An alias is given twice, or equals the code.";
    /// Not a user part.
    AliasForm "aliases" "CW-MEET-007"
        format!("别名由字母、数字和 -_.!~*'()+ 组成，最长 {MAX_ALIAS} 字节，不含主机名。"),
        format!("An alias is letters, digits and -_.!~*'()+, at most {MAX_ALIAS} bytes, without a host.");
    /// The alias belongs to another meeting.
    AliasTaken "aliases" "CW-MEET-008"
        "别名已被其他会议占用，请换一个。", "Another meeting has this alias. Choose another one.";
    /// Not a conference number.
    CodeForm "code" "CW-MEET-009"
        format!("会议号为 {MIN_CODE} 到 {MAX_CODE} 位数字，不以 0 开头。"),
        format!("A code is {MIN_CODE} to {MAX_CODE} digits without a leading zero.");
    /// The code belongs to another meeting.
    CodeTaken "code" "CW-MEET-010"
        "会议号已被占用，请换一个，或留空由系统生成。", "Another meeting has this code. Choose another one, or none to get one.";
    /// A code that can be guessed, without a PIN for guests.
    ShortCodeNeedsPin "code" "CW-MEET-011"
        format!("少于 {CODE_DIGITS} 位的会议号或数字别名容易被猜中：请加长，或设置来宾密码。"),
        format!("A code or an alias under {CODE_DIGITS} digits can be guessed: make it longer, or set a PIN for guests.");
    /// Not a PIN.
    HostPinForm "host_pin" "CW-MEET-012"
        format!("密码为 {MIN_PIN} 到 {MAX_PIN} 位数字。"), format!("A PIN is {MIN_PIN} to {MAX_PIN} digits.");
    /// Not a PIN.
    GuestPinForm "guest_pin" "CW-MEET-013"
        format!("密码为 {MIN_PIN} 到 {MAX_PIN} 位数字。"), format!("A PIN is {MIN_PIN} to {MAX_PIN} digits.");
    /// Every guest would be a host.
    SamePins "host_pin" "CW-MEET-014"
        "主持人密码不能与来宾密码相同。", "The PINs of hosts and guests differ.";
    /// None, or more than a node carries.
    MaxParticipants "max_participants" "CW-MEET-015"
        format!("人数上限为 1 到 {MOST_PARTICIPANTS}。"), format!("Between 1 and {MOST_PARTICIPANTS} participants.");
    /// Too early.
    EarlyEntry "early_entry_min" "CW-MEET-016"
        format!("最多提前 {MAX_EARLY_MIN} 分钟入会。"), format!("At most {MAX_EARLY_MIN} minutes before the start.");
}
