//! What one leg is told by voice. The conference and the reception decide what; the phrase is
//! composed here, in the person's language; the pack has the sound.

use crate::{KeyAction, KeyTable, Role};
use causeway_base::Lang;
use causeway_plan::Prompt;

/// Something that one leg should hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The leg waits in the lobby, at this place counted from 1.
    Waiting {
        /// The place.
        place: usize,
    },
    /// The leg waits because no host has come yet, at this place counted from 1.
    WaitingForHost {
        /// The place.
        place: usize,
    },
    /// The caller came back in time and has its old place in the queue.
    PlaceKept {
        /// The place.
        place: usize,
    },
    /// The leg is in.
    Admitted {
        /// In which role.
        role: Role,
        /// It starts muted.
        muted: bool,
        /// Nobody else is there.
        alone: bool,
    },
    /// Muted by itself.
    Muted,
    /// It can be heard.
    Unmuted,
    /// A host muted it.
    MutedByHost,
    /// A host took that back.
    UnmutedByHost,
    /// It wants to be heard, but a host muted it.
    MayNotUnmute,
    /// Its hand is up.
    HandRaised,
    /// Its hand is down.
    HandLowered,
    /// The keys of its role.
    Help(Role),
    /// The conference was locked.
    Locked,
    /// The conference was opened again.
    Unlocked,
    /// Everybody who waited is in.
    AllAdmitted,
    /// Only a host may do what it asked for.
    OnlyHost,
    /// The last host left; the conference goes on this long.
    HostLeft {
        /// How many minutes.
        minutes: u16,
    },
    /// It is the host from now on.
    HostIsYou,
    /// Somebody came in.
    SomebodyCame,
    /// Somebody left.
    SomebodyLeft,
}

/// Prompts in a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phrase {
    /// The prompts.
    pub prompts: Vec<Prompt>,
    /// The last one starts again for ever.
    pub loops: bool,
}

impl Phrase {
    /// Prompts that are played once.
    pub fn once(prompts: impl Into<Vec<Prompt>>) -> Self {
        Self { prompts: prompts.into(), loops: false }
    }

    /// Prompts, and hold music for ever after them.
    pub fn then_music(prompts: impl Into<Vec<Prompt>>) -> Self {
        let mut prompts = prompts.into();
        prompts.push(Prompt::HoldMusic);
        Self { prompts, loops: true }
    }
}

impl Notice {
    /// What is said, with the keys of this table.
    pub fn phrase(self, lang: Lang, keys: &KeyTable) -> Phrase {
        use Prompt as P;
        match self {
            Notice::Waiting { place } => {
                Phrase::then_music([place_of(place, lang), vec![P::HostWasTold]].concat())
            }
            Notice::WaitingForHost { place } => {
                Phrase::then_music([vec![P::WaitForHost], place_of(place, lang)].concat())
            }
            Notice::PlaceKept { place } => {
                Phrase::then_music([vec![P::PlaceKept], place_of(place, lang)].concat())
            }
            Notice::Admitted { role, muted, alone } => {
                let facts = [
                    (true, P::Admitted),
                    (role == Role::Host, P::YouAreHost),
                    (alone, P::AloneHere),
                    (muted, P::MutedOnEntry),
                ];
                let facts = facts.into_iter().filter(|(holds, _)| *holds);
                let mut said: Vec<P> = facts.map(|(_, prompt)| prompt).collect();
                if muted {
                    use KeyAction::{Help, ToggleHand, ToggleMute};
                    said.extend(spoken(keys, &[ToggleMute, ToggleHand, Help]));
                }
                Phrase::once(said)
            }
            Notice::HostLeft { minutes } => Phrase::once(
                [vec![P::HostLeft], number(u32::from(minutes), lang), vec![P::Minutes]].concat(),
            ),
            Notice::Help(role) => {
                let may = |action: &KeyAction| role == Role::Host || !action.is_for_hosts();
                let actions: Vec<_> = KeyAction::ALL.into_iter().filter(may).collect();
                Phrase::once(spoken(keys, &actions))
            }
            Notice::MayNotUnmute => {
                let hand = spoken(keys, &[KeyAction::ToggleHand]);
                Phrase::once([vec![P::MayNotUnmute], hand].concat())
            }
            other => Phrase::once([other.prompt()]),
        }
    }

    /// The one prompt of a notice without parameters.
    const fn prompt(self) -> Prompt {
        match self {
            Notice::Waiting { .. } | Notice::WaitingForHost { .. } => Prompt::HostWasTold,
            Notice::PlaceKept { .. } => Prompt::PlaceKept,
            Notice::Admitted { .. } => Prompt::Admitted,
            Notice::Muted => Prompt::Muted,
            Notice::Unmuted => Prompt::Unmuted,
            Notice::MutedByHost => Prompt::MutedByHost,
            Notice::UnmutedByHost => Prompt::UnmutedByHost,
            Notice::MayNotUnmute => Prompt::MayNotUnmute,
            Notice::HandRaised => Prompt::HandRaised,
            Notice::HandLowered => Prompt::HandLowered,
            Notice::Help(_) => Prompt::KeyHelp,
            Notice::Locked => Prompt::Locked,
            Notice::Unlocked => Prompt::Unlocked,
            Notice::AllAdmitted => Prompt::AllAdmitted,
            Notice::OnlyHost => Prompt::OnlyHost,
            Notice::HostLeft { .. } => Prompt::HostLeft,
            Notice::HostIsYou => Prompt::HostIsYou,
            Notice::SomebodyCame => Prompt::ChimeIn,
            Notice::SomebodyLeft => Prompt::ChimeOut,
        }
    }
}

fn place_of(place: usize, lang: Lang) -> Vec<Prompt> {
    let place = u32::try_from(place).unwrap_or(u32::MAX);
    [vec![Prompt::PlaceBefore], number(place, lang), vec![Prompt::PlaceAfter]].concat()
}

/// Which keys do these things, where the table has any. A to D are on no telephone that needs help.
fn spoken(keys: &KeyTable, actions: &[KeyAction]) -> Vec<Prompt> {
    let mut said = Vec::new();
    for action in actions {
        let sequence = keys.keys().find(|(_, does)| does == action).map(|(keys, _)| keys);
        let pressed: Option<Vec<Prompt>> =
            sequence.and_then(|keys| keys.chars().map(key).collect());
        if let (Some(pressed), Some(prompt)) = (pressed, press(*action)) {
            said.push(prompt);
            said.extend(pressed);
        }
    }
    said
}

/// `None` for what is seen: who only hears has no use for it.
const fn press(action: KeyAction) -> Option<Prompt> {
    Some(match action {
        KeyAction::NextLayout | KeyAction::NextPage => return None,
        KeyAction::ToggleMute => Prompt::KeyMute,
        KeyAction::ToggleHand => Prompt::KeyHand,
        KeyAction::Help => Prompt::KeyHelp,
        KeyAction::ToggleLock => Prompt::KeyLock,
        KeyAction::AdmitAll => Prompt::KeyAdmitAll,
        KeyAction::MuteAll => Prompt::KeyMuteAll,
        KeyAction::Leave => Prompt::KeyLeave,
        KeyAction::EndForAll => Prompt::KeyEnd,
    })
}

fn key(key: char) -> Option<Prompt> {
    match key {
        '*' => Some(Prompt::Star),
        '#' => Some(Prompt::Hash),
        other => other.to_digit(10).map(digit),
    }
}

/// A number as it is spoken: 0 to 999, others digit by digit.
pub fn number(value: u32, lang: Lang) -> Vec<Prompt> {
    if value > 999 {
        return value.to_string().chars().filter_map(|c| c.to_digit(10)).map(digit).collect();
    }
    match lang {
        Lang::Zh => zh(value),
        Lang::En => en(value),
    }
}

/// One digit.
pub fn digit(value: u32) -> Prompt {
    const DIGITS: [Prompt; 10] = [
        Prompt::Digit0,
        Prompt::Digit1,
        Prompt::Digit2,
        Prompt::Digit3,
        Prompt::Digit4,
        Prompt::Digit5,
        Prompt::Digit6,
        Prompt::Digit7,
        Prompt::Digit8,
        Prompt::Digit9,
    ];
    DIGITS[(value % 10) as usize]
}

fn zh(value: u32) -> Vec<Prompt> {
    let (hundreds, tens, units) = (value / 100, value / 10 % 10, value % 10);
    let mut said = Vec::new();
    if hundreds > 0 {
        said.extend([digit(hundreds), Prompt::Hundred]);
    }
    match (hundreds, tens, units) {
        (0, 0, _) => return vec![digit(units)],
        (_, 0, 0) => {}
        (_, 0, _) => said.push(Prompt::Digit0),
        // 十五, but 一百一十五.
        (0, 1, _) => said.push(Prompt::Ten),
        _ => said.extend([digit(tens), Prompt::Ten]),
    }
    if units > 0 {
        said.push(digit(units));
    }
    said
}

fn en(value: u32) -> Vec<Prompt> {
    const TEENS: [Prompt; 10] = [
        Prompt::Ten,
        Prompt::Eleven,
        Prompt::Twelve,
        Prompt::Thirteen,
        Prompt::Fourteen,
        Prompt::Fifteen,
        Prompt::Sixteen,
        Prompt::Seventeen,
        Prompt::Eighteen,
        Prompt::Nineteen,
    ];
    const TENS: [Prompt; 8] = [
        Prompt::Twenty,
        Prompt::Thirty,
        Prompt::Forty,
        Prompt::Fifty,
        Prompt::Sixty,
        Prompt::Seventy,
        Prompt::Eighty,
        Prompt::Ninety,
    ];
    let (hundreds, rest) = (value / 100, value % 100);
    let mut said = Vec::new();
    if hundreds > 0 {
        said.extend([digit(hundreds), Prompt::Hundred]);
    }
    match rest {
        0 if hundreds > 0 => {}
        0..=9 => said.push(digit(rest)),
        10..=19 => said.push(TEENS[(rest - 10) as usize]),
        _ => {
            said.push(TENS[(rest / 10 - 2) as usize]);
            if rest % 10 > 0 {
                said.push(digit(rest % 10));
            }
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(value: u32, lang: Lang) -> String {
        number(value, lang).iter().map(|prompt| prompt.file()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn numbers_are_spoken_as_people_say_them() {
        for (value, zh, en) in [
            (0, "digit-0", "digit-0"),
            (2, "digit-2", "digit-2"),
            (10, "ten", "ten"),
            (15, "ten digit-5", "fifteen"),
            (20, "digit-2 ten", "twenty"),
            (42, "digit-4 ten digit-2", "forty digit-2"),
            (105, "digit-1 hundred digit-0 digit-5", "digit-1 hundred digit-5"),
            (115, "digit-1 hundred digit-1 ten digit-5", "digit-1 hundred fifteen"),
            (300, "digit-3 hundred", "digit-3 hundred"),
            (1024, "digit-1 digit-0 digit-2 digit-4", "digit-1 digit-0 digit-2 digit-4"),
        ] {
            assert_eq!(said(value, Lang::Zh), zh, "{value}");
            assert_eq!(said(value, Lang::En), en, "{value}");
        }
    }

    #[test]
    fn who_waits_hears_the_place_and_then_music() {
        let phrase = Notice::Waiting { place: 2 }.phrase(Lang::Zh, &KeyTable::default());
        let files: Vec<_> = phrase.prompts.iter().map(|prompt| prompt.file()).collect();
        assert_eq!(
            files,
            ["place-before", "digit-2", "place-after", "host-was-told", "hold-music"]
        );
        assert!(phrase.loops);
    }

    fn files(notice: Notice, keys: &KeyTable) -> String {
        let phrase = notice.phrase(Lang::En, keys);
        phrase.prompts.iter().map(|prompt| prompt.file()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn help_says_the_keys_of_the_table_and_each_role_only_its_own() {
        let keys = [("*3", KeyAction::ToggleMute), ("##", KeyAction::EndForAll)];
        let keys = [("1", KeyAction::ToggleHand), ("A", KeyAction::Leave)].iter().chain(&keys);
        let keys = KeyTable::new(keys.map(|(keys, does)| ((*keys).to_owned(), *does)));
        let keys = keys.expect("good");
        assert_eq!(
            files(Notice::Help(Role::Guest), &keys),
            "key-mute star digit-3 key-hand digit-1"
        );
        let host = files(Notice::Help(Role::Host), &keys);
        assert!(host.ends_with("key-hand digit-1 key-end hash hash"), "{host}");
        let muted = Notice::Admitted { role: Role::Guest, muted: true, alone: false };
        assert_eq!(
            files(muted, &keys),
            "admitted muted-on-entry key-mute star digit-3 key-hand digit-1"
        );
        assert_eq!(files(Notice::MayNotUnmute, &keys), "may-not-unmute key-hand digit-1");
    }
}
