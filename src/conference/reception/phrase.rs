//! What callers are told at the reception.

use crate::Phrase;
use causeway_base::EndCause;
use causeway_plan::Prompt;

pub(super) fn enter_number(lead: &[Prompt]) -> Phrase {
    // Who hears the wrong language should hear of the other one before the instructions.
    Phrase::once([lead, &[Prompt::OtherLanguage, Prompt::EnterNumber]].concat())
}

/// `first`: the caller has not been asked for anything before, nor for the language.
pub(super) fn enter_pin(lead: &[Prompt], first: bool, guests_need_pin: bool) -> Phrase {
    let language: &[Prompt] = if first { &[Prompt::OtherLanguage] } else { &[] };
    let enter = if guests_need_pin { Prompt::EnterPin } else { Prompt::EnterPinOrHash };
    Phrase::once([lead, language, &[enter]].concat())
}

pub(super) fn ask_feedback(cause: EndCause) -> Phrase {
    let prompts: Vec<_> = reason(cause).into_iter().chain([Prompt::AskFeedback]).collect();
    Phrase::once(prompts)
}

pub(super) fn test_introduction() -> Phrase {
    Phrase::once([Prompt::TestIntroduction, Prompt::Beep])
}

/// Why it is over, where there is something to say beside goodbye.
pub(super) fn reason(cause: EndCause) -> Option<Prompt> {
    match cause {
        EndCause::ConferenceEnded | EndCause::Gone => Some(Prompt::ConferenceEnded),
        EndCause::Removed => Some(Prompt::Removed),
        EndCause::Denied => Some(Prompt::Denied),
        EndCause::WaitedTooLong => Some(Prompt::WaitedTooLong),
        EndCause::CapacityReached => Some(Prompt::Full),
        EndCause::NotStarted => Some(Prompt::NotStarted),
        EndCause::ConferenceLocked => Some(Prompt::IsLocked),
        EndCause::AttemptsExhausted => Some(Prompt::TooManyAttempts),
        EndCause::NotFound => Some(Prompt::NotRight),
        EndCause::Internal | EndCause::Draining | EndCause::PortsExhausted => Some(Prompt::Fault),
        _ => None,
    }
}
