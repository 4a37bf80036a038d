//! A menu by voice: prompts, answers by keys, a lobby, a meeting.

use std::time::Duration;

/// What a menu says now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Say {
    Nothing,
    /// Words of the menu.
    Menu,
    /// One steady tone.
    Beep,
    /// The lobby's.
    Music,
    /// Who is in hears the others.
    Meeting,
    /// It hangs up.
    Bye,
}

/// What answers a call.
pub(super) trait Menu: Send {
    /// The next 20 ms, so long after the answer; takes from the keys what it understood.
    fn say(&mut self, now: Duration, keys: &mut String) -> Say;
}

/// Questions one after the other, each ended by `#`; then thanks, the lobby, and in.
pub(super) struct Voice {
    questions: Vec<&'static str>,
    /// How long the lobby takes; `None`: for ever.
    lobby: Option<Duration>,
    /// Keys before the end of a prompt are lost. Nobody documents it.
    early_keys_are_lost: bool,
    at: At,
    wrong: u32,
    typed: String,
}

enum At {
    /// A prompt that began then.
    Prompt {
        question: usize,
        since: Duration,
    },
    /// Its answer is awaited since then.
    Answer {
        question: usize,
        since: Duration,
    },
    Thanks {
        since: Duration,
    },
    Lobby {
        since: Duration,
    },
    Beep {
        since: Duration,
    },
    In,
}

const PROMPT: Duration = Duration::from_millis(1_500);
const THANKS: Duration = Duration::from_millis(600);
const BEEP: Duration = Duration::from_millis(400);

/// What has no `#` at its end is waited for so long, and is wrong then. Nobody documents it.
const ANSWER: Duration = Duration::from_secs(8);

/// Wrong answers until it hangs up. Nobody documents it.
const PATIENCE: u32 = 3;

impl Voice {
    pub(super) fn asking(questions: &[&'static str]) -> Self {
        let at = match questions.is_empty() {
            true => At::Thanks { since: Duration::ZERO },
            false => At::Prompt { question: 0, since: Duration::ZERO },
        };
        Self {
            questions: questions.to_vec(),
            lobby: Some(Duration::ZERO),
            early_keys_are_lost: false,
            at,
            wrong: 0,
            typed: String::new(),
        }
    }

    /// A menu to which keys before the end of its prompt are lost, or none.
    pub(super) fn with_early_keys_lost(self, early_keys_are_lost: bool) -> Self {
        Self { early_keys_are_lost, ..self }
    }

    pub(super) fn with_lobby(self, lobby: Option<Duration>) -> Self {
        Self { lobby, ..self }
    }

    /// Takes keys; true where an answer is complete.
    fn typed(&mut self, keys: &mut String) -> bool {
        while let Some(key) = keys.chars().next() {
            keys.remove(0);
            if key == '#' {
                return true;
            }
            self.typed.push(key);
        }
        false
    }

    fn judge(&mut self, now: Duration, question: usize) -> bool {
        let is_right = std::mem::take(&mut self.typed) == self.questions[question];
        self.at = match is_right {
            true if question + 1 < self.questions.len() => {
                At::Prompt { question: question + 1, since: now }
            }
            true => At::Thanks { since: now },
            false => {
                self.wrong += 1;
                At::Prompt { question, since: now }
            }
        };
        self.wrong < PATIENCE
    }
}

impl Menu for Voice {
    fn say(&mut self, now: Duration, keys: &mut String) -> Say {
        match self.at {
            At::Prompt { question, since } => {
                if self.early_keys_are_lost {
                    keys.clear();
                } else if !keys.is_empty() {
                    // Who knows what to say need not hear it.
                    self.at = At::Answer { question, since: now };
                    return Say::Nothing;
                }
                if now >= since + PROMPT {
                    self.at = At::Answer { question, since: now };
                    return Say::Nothing;
                }
                words(question, now - since)
            }
            At::Answer { question, since } => {
                if self.typed(keys) || now >= since + ANSWER {
                    return if self.judge(now, question) { Say::Nothing } else { Say::Bye };
                }
                Say::Nothing
            }
            At::Thanks { since } if now < since + THANKS => Say::Menu,
            At::Thanks { .. } => {
                self.at = At::Lobby { since: now };
                Say::Nothing
            }
            At::Lobby { since } => match self.lobby {
                Some(lobby) if now >= since + lobby => {
                    self.at = At::Beep { since: now };
                    Say::Nothing
                }
                _ => Say::Music,
            },
            At::Beep { since } if now < since + BEEP => Say::Beep,
            At::Beep { .. } | At::In => {
                self.at = At::In;
                Say::Meeting
            }
        }
    }
}

/// What one prompt says, so long after its beginning: each pauses elsewhere.
fn words(question: usize, at: Duration) -> Say {
    let pause = PAUSES[question % PAUSES.len()];
    if at >= pause && at < pause + PAUSE { Say::Nothing } else { Say::Menu }
}

const PAUSES: [Duration; 2] = [Duration::from_millis(400), Duration::from_millis(900)];
const PAUSE: Duration = Duration::from_millis(240);

/// Says its prompt again and again, whatever is pressed.
pub(super) struct Deaf;

impl Menu for Deaf {
    fn say(&mut self, now: Duration, keys: &mut String) -> Say {
        const ROUND: u128 = 6_000;
        keys.clear();
        let at = Duration::from_millis((now.as_millis() % ROUND) as u64);
        if at < PROMPT { words(0, at) } else { Say::Nothing }
    }
}

/// Hangs up once it has so many keys.
pub(super) struct HangsUp(pub(super) usize);

impl Menu for HangsUp {
    fn say(&mut self, now: Duration, keys: &mut String) -> Say {
        match keys.len() >= self.0 {
            true => Say::Bye,
            false if now < PROMPT => Say::Menu,
            false => Say::Nothing,
        }
    }
}
