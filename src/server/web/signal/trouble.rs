//! Why a page is refused, or a word of it is not carried out: with a stable code and the next step.

use crate::front_desk::Refusal;
use crate::live::LiveError;
use causeway_adapter::webrtc::message::Problem;
use causeway_base::{EndCause, Lang};
use causeway_conference::{CommandError, TextError};

macro_rules! troubles {
    ($($(#[$doc:meta])* $name:ident $code:literal $zh:literal $en:literal;)*) => {
        /// Why not.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Trouble {
            $($(#[$doc])* $name,)*
        }

        impl Trouble {
            #[cfg(test)]
            const ALL: &'static [Trouble] = &[$(Trouble::$name,)*];

            /// The stable code.
            pub(super) const fn code(self) -> &'static str {
                match self { $(Trouble::$name => $code,)* }
            }

            /// What is wrong and what to do, in the person's language.
            const fn sentence(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Trouble::$name, Lang::Zh) => $zh, (Trouble::$name, Lang::En) => $en,)*
                }
            }
        }
    };
}

troubles! {
    /// The meeting asks for a PIN.
    PinNeeded "CW-AUTH-010" "此会议需要密码，请输入邀请中的密码。" "This meeting needs a PIN. Enter the one of the invitation.";
    /// It was not this one.
    PinWrong "CW-AUTH-011" "密码不正确，请核对后重新输入。" "The PIN is wrong. Check it and enter it again.";
    /// A word that cannot be read.
    BadWord "CW-WEB-001" "页面发送了无法识别的消息，请刷新页面。" "The page sent a message that cannot be read. Reload the page.";
    /// A word at the wrong time.
    OutOfTurn "CW-WEB-002" "页面消息顺序错误，请刷新页面。" "The page sent a message out of turn. Reload the page.";
    /// Another version of the words.
    Version "CW-WEB-003" "页面版本过旧，请刷新页面。" "The page is of another version. Reload it.";
    /// Only hosts may.
    NotAllowed "CW-WEB-004" "只有主持人可以这样做。" "Only a host may do this.";
    /// Somebody is gone.
    PersonGone "CW-WEB-005" "对方已离开会议。" "That person has left the meeting.";
    /// Somebody else decided.
    NotWaiting "CW-WEB-006" "对方已不在等候。" "That person does not wait any more.";
    /// Only who was let in may.
    NotAdmitted "CW-WEB-007" "获准入会后才能这样做。" "You can do this once you were let in.";
    /// Nothing is written.
    ChatEmpty "CW-WEB-008" "消息为空。" "The message is empty.";
    /// Too much is written.
    ChatTooLong "CW-WEB-009" "消息过长，最多 2000 个字符。" "The message is too long: at most 2000 characters.";
    /// Too often something is written.
    ChatTooFast "CW-WEB-010" "发送过于频繁，请稍候再发。" "Too many messages in a short time. Wait a moment.";
    /// Nobody may have a telephone called here.
    CallMeOff "CW-WEB-011" "此会议未开启回拨，请自行拨打会议电话。" "This meeting calls nobody back. Dial its number yourself.";
    /// As often as one may.
    CallMeUsedUp "CW-WEB-012" "回拨次数已达上限，请自行拨打会议电话。" "You were called as often as is allowed. Dial the number of the meeting yourself.";
    /// Too many connections from one place, or in all.
    Busy "CW-WEB-013" "连接过多，请稍后再试。" "Too many connections. Try again in a moment.";
    /// A participant is sent no picture.
    NothingSeen "CW-WEB-014" "对方没有收到画面。" "That person is sent no picture.";
    /// The seat was given up.
    SeatLost "CW-LINK-006" "断线时间过长，座位已释放：请重新入会。" "The connection was away for too long and the seat is gone. Join again.";
}

impl Trouble {
    /// As a page is told.
    pub(crate) fn problem(self, lang: Lang) -> Problem {
        Problem {
            code: self.code().to_owned(),
            text: self.sentence(lang).to_owned(),
            pin_needed: matches!(self, Trouble::PinNeeded | Trouble::PinWrong),
        }
    }
}

/// Why something ended or cannot be, as a page is told.
pub(crate) fn of_cause(cause: EndCause, lang: Lang) -> Problem {
    let (code, text) = (cause.code().to_owned(), cause.sentence(lang).to_owned());
    Problem { code, text, pin_needed: false }
}

/// Why somebody does not come in, as a page is told.
pub(crate) fn of_refusal(refusal: Refusal, lang: Lang) -> Problem {
    match refusal {
        Refusal::PinNeeded => Trouble::PinNeeded.problem(lang),
        Refusal::PinWrong => Trouble::PinWrong.problem(lang),
        Refusal::Cause(cause) => of_cause(cause, lang),
        Refusal::Link(problem) => Problem {
            code: problem.code().to_owned(),
            text: problem.sentence(lang).to_owned(),
            pin_needed: false,
        },
    }
}

/// Why a running conference did nothing, as a page is told.
pub(crate) fn of_error(error: LiveError, lang: Lang) -> Problem {
    let error = match error {
        LiveError::NotRunning | LiveError::Refused(CommandError::Ended) => {
            return of_cause(EndCause::ConferenceEnded, lang);
        }
        LiveError::Refused(CommandError::Refused(cause)) => return of_cause(cause, lang),
        LiveError::Refused(error) => error,
    };
    let trouble = match error {
        CommandError::NotAllowed => Trouble::NotAllowed,
        CommandError::UnknownParticipant | CommandError::UnknownLeg => Trouble::PersonGone,
        CommandError::NotWaiting => Trouble::NotWaiting,
        CommandError::NotAdmitted => Trouble::NotAdmitted,
        CommandError::Text(TextError::Empty) => Trouble::ChatEmpty,
        CommandError::Text(TextError::TooLong) => Trouble::ChatTooLong,
        CommandError::TooFast => Trouble::ChatTooFast,
        CommandError::AlreadySeated
        | CommandError::NotADigit
        | CommandError::TooManySuccessors
        | CommandError::Ended
        | CommandError::Refused(_) => Trouble::OutOfTurn,
    };
    trouble.problem(lang)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::LinkProblem;
    use std::collections::HashSet;

    #[test]
    fn codes_are_unique_and_every_trouble_speaks_both_languages() {
        let codes: HashSet<_> = Trouble::ALL.iter().map(|trouble| trouble.code()).collect();
        assert_eq!(codes.len(), Trouble::ALL.len());
        for trouble in Trouble::ALL {
            assert!(!trouble.sentence(Lang::Zh).is_ascii(), "{trouble:?}");
            assert!(trouble.sentence(Lang::En).is_ascii(), "{trouble:?}");
            let asked = trouble.problem(Lang::En).pin_needed;
            assert_eq!(asked, trouble.code().starts_with("CW-AUTH"), "{trouble:?}");
        }
        assert!(EndCause::ALL.iter().all(|cause| !codes.contains(cause.code())));
        assert_eq!(Trouble::SeatLost.code(), LinkProblem::SeatLost.code());
    }
}
