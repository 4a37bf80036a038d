//! The bounds of what people send that their types do not hold.

use super::fault::Problem;
use super::resource::{
    CallOut, Layout, LinkDraft, MeetingChange, MeetingDraft, PastedInvitation, PictureChoice,
    Question, RoomAddressDraft, Secret, SessionRequest, Successors, Time, TokenDraft,
};
use crate::meeting::MAX_EARLY_MIN;
use causeway_base::alias::MAX_ALIAS_LEN;
use causeway_conference::policy::{DEFAULT_MAX_PARTICIPANTS, MAX_SUCCESSORS};

/// The digits of a PIN, at least and at most.
const PIN_DIGITS: std::ops::RangeInclusive<usize> = 4..=10;

/// The longest name of a trunk or of a meeting's alias.
const MAX_WORD: usize = 64;

/// The longest invitation, in bytes: with its quotes it fits into a body.
const MAX_PASTED: usize = 60_000;

/// The longest one-time code; ours are shorter.
const MAX_CODE: usize = 128;

type Checked = Result<(), Problem>;

fn require(holds: bool, field: &str) -> Checked {
    if holds { Ok(()) } else { Err(Problem::value(field)) }
}

fn is_pin(pin: &Secret) -> bool {
    let digits = pin.reveal().as_bytes();
    PIN_DIGITS.contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
}

fn is_word(text: &str, longest: usize) -> bool {
    !text.trim().is_empty() && text.len() <= longest && !text.chars().any(char::is_control)
}

fn pins(host: Option<&Secret>, guest: Option<&Secret>) -> Checked {
    require(host.is_none_or(is_pin), "host_pin")?;
    require(guest.is_none_or(is_pin), "guest_pin")?;
    require(host.is_none() || host != guest, "guest_pin")
}

fn participants(most: Option<u32>) -> Checked {
    let within = |most: u32| (1..=DEFAULT_MAX_PARTICIPANTS).contains(&(most as usize));
    require(most.is_none_or(within), "max_participants")
}

fn early(minutes: Option<u32>) -> Checked {
    require(minutes.is_none_or(|minutes| minutes <= MAX_EARLY_MIN), "early_entry_min")
}

fn order(start: Option<Time>, end: Option<Time>) -> Checked {
    ordered(start, end, "ends_at")
}

fn ordered(start: Option<Time>, end: Option<Time>, field: &str) -> Checked {
    require(start.zip(end).is_none_or(|(start, end)| start < end), field)
}

pub(super) fn draft(draft: &MeetingDraft) -> Checked {
    pins(draft.host_pin.as_ref(), draft.guest_pin.as_ref())?;
    let timed = draft.starts_at.is_some() || draft.ends_at.is_some();
    require(!draft.permanent || !timed, "permanent")?;
    require(draft.alias.as_ref().is_none_or(|alias| is_word(alias, MAX_WORD)), "alias")?;
    participants(draft.max_participants)?;
    early(draft.early_entry_min)?;
    order(draft.starts_at, draft.ends_at)
}

pub(super) fn change(change: &MeetingChange) -> Checked {
    pins(change.host_pin.as_ref(), change.guest_pin.as_ref().and_then(Option::as_ref))?;
    participants(change.max_participants)?;
    early(change.early_entry_min)?;
    order(change.starts_at.flatten(), change.ends_at.flatten())
}

/// A layout, if it is one.
pub(super) fn layout(layout: &Layout) -> Result<causeway_conference::Layout, Problem> {
    layout.read().ok_or_else(|| Problem::value("places"))
}

pub(super) fn choice(
    choice: &PictureChoice,
) -> Result<causeway_conference::PictureChoice, Problem> {
    Ok(causeway_conference::PictureChoice {
        layout: choice.layout.as_ref().map(layout).transpose()?,
        pinned: choice.pinned.map(|who| who.0),
        page: usize::try_from(choice.page).unwrap_or(usize::MAX),
    })
}

pub(super) fn successors(successors: &Successors) -> Checked {
    require(successors.participants.len() <= MAX_SUCCESSORS, "participants")
}

pub(super) fn call_out(call: &CallOut) -> Checked {
    let needs_address = call.service.is_none();
    require(is_word(&call.to, MAX_ALIAS_LEN) || !needs_address && call.to.is_empty(), "to")?;
    let words = [
        (&call.digits, "digits"),
        (&call.script, "script"),
        (&call.service, "service"),
        (&call.form, "form"),
        (&call.meeting, "meeting"),
        (&call.passcode, "passcode"),
        (&call.site, "site"),
    ];
    for (word, field) in words {
        require(word.as_ref().is_none_or(|word| is_word(word, MAX_WORD)), field)?;
    }
    let ways = [&call.digits, &call.script, &call.service];
    require(ways.into_iter().flatten().count() <= 1, "script")?;
    require(call.trunk.as_ref().is_none_or(|trunk| is_word(trunk, MAX_WORD)), "trunk")
}

pub(super) fn room_address(draft: &RoomAddressDraft) -> Checked {
    let most = crate::room_address::MAX_MINUTES;
    require(draft.minutes.is_none_or(|minutes| (1..=most).contains(&minutes)), "minutes")
}

pub(super) fn link(draft: &LinkDraft) -> Checked {
    require(draft.uses != Some(0), "uses")?;
    require(draft.name.as_ref().is_none_or(|name| !name.as_str().is_empty()), "name")?;
    ordered(draft.not_before, draft.expires_at, "expires_at")
}

pub(super) fn question(question: &Question) -> Checked {
    require(is_word(&question.alias, MAX_ALIAS_LEN), "alias")?;
    require(question.from.as_ref().is_none_or(|from| is_word(from, MAX_ALIAS_LEN)), "from")?;
    require(question.trunk.as_ref().is_none_or(|trunk| is_word(trunk, MAX_WORD)), "trunk")
}

pub(super) fn pasted(pasted: &PastedInvitation) -> Checked {
    require((1..=MAX_PASTED).contains(&pasted.text.len()), "text")
}

pub(super) fn code(asked: &SessionRequest) -> Checked {
    require((1..=MAX_CODE).contains(&asked.code.reveal().len()), "code")
}

pub(super) fn token(draft: &TokenDraft) -> Checked {
    let alive = |at: Time| at.0 > jiff::Timestamp::now();
    require(draft.expires_at.is_none_or(alive), "expires_at")
}
