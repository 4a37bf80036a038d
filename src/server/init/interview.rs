//! Asking until the answers are good.

use super::answer::{self, Answers, Reading, Trunk};
use super::fact::Facts;
use crate::ports::Protocol;
use crate::say::{Said, Speech, said};
use crate::seal::Quiet;
use std::fmt;
use std::io::{self, BufRead, Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// The longest answer: two paths.
const MAX_ANSWER: u64 = 16 << 10;

/// The years in which a clock can be right.
const YEARS: std::ops::RangeInclusive<i16> = 2025..=2100;

/// Why there are no answers.
#[derive(Debug)]
pub enum InterviewError {
    /// The input ended before the questions did.
    Ended,
    /// The input or the output fails.
    Io(io::Error),
    /// What is proposed cannot be taken.
    Proposal(Said),
}

impl fmt::Display for InterviewError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InterviewError::Ended => f.write_str(
                "回答提前结束；--yes 采用所有建议值 / the answers ended too early; --yes takes every proposal",
            ),
            InterviewError::Io(error) => error.fmt(f),
            InterviewError::Proposal(said) => write!(f, "{}\n{}", said.zh, said.en),
        }
    }
}

impl std::error::Error for InterviewError {}

impl From<io::Error> for InterviewError {
    fn from(error: io::Error) -> Self {
        InterviewError::Io(error)
    }
}

/// A conversation.
pub struct Interview<'a, I, O> {
    input: I,
    output: O,
    speech: Speech,
    facts: &'a dyn Facts,
    /// Proposals are taken without asking.
    yes: bool,
}

impl<I, O> fmt::Debug for Interview<'_, I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interview").field("speech", &self.speech).finish_non_exhaustive()
    }
}

impl<'a, I: BufRead, O: Write> Interview<'a, I, O> {
    /// A conversation that has not begun.
    pub fn new(input: I, output: O, speech: Speech, facts: &'a dyn Facts, yes: bool) -> Self {
        Self { input, output, speech, facts, yes }
    }

    /// Says something.
    ///
    /// # Errors
    /// When the output fails.
    pub fn say(&mut self, said: &Said) -> io::Result<()> {
        writeln!(self.output, "{}", self.speech.text(said))?;
        self.output.flush()
    }

    /// Whether a file that is there may be written over.
    ///
    /// # Errors
    /// See [`InterviewError`].
    pub fn may_replace(&mut self, file: &Path) -> Result<bool, InterviewError> {
        let file = file.display();
        let asked = said(
            format!("{file} 已存在。覆盖吗？(yes/no)"),
            format!("{file} is there already. Write over it? (yes/no)"),
        );
        self.ask(&asked, "no", answer::yes_or_no)
    }

    /// The six questions.
    ///
    /// # Errors
    /// See [`InterviewError`].
    pub fn ask_all(&mut self) -> Result<Answers, InterviewError> {
        self.judge_clock()?;
        self.say(&said(
            "共六个问题；直接回车采用方括号中的建议值。",
            "Six questions; Enter takes what stands in brackets.",
        ))?;
        let facts = self.facts;
        let place =
            self.ask(&answer::place_question(), &answer::place_proposal(facts), |text| {
                answer::place(text, facts)
            })?;
        let certificate = self.ask(&answer::certificate_question(), "self-signed", |text| {
            answer::certificate(text, &place, facts)
        })?;
        let ports =
            self.ask(&answer::ports_question(), &answer::ports_proposal(facts), |text| {
                answer::ports(text, facts)
            })?;
        let h323 = !facts.is_taken(Protocol::Tcp, answer::H323_PORT);
        if !h323 {
            self.say(&answer::taken(Protocol::Tcp, answer::H323_PORT))?;
        }
        let usual = answer::lang_proposal(self.speech);
        let lang = self.ask(&answer::lang_question(), usual, answer::lang)?;
        let mut trunk =
            self.ask(&answer::trunk_question(), "-", |text| answer::trunk(text, facts))?;
        if let Some(trunk) = &mut trunk {
            self.ask_password(trunk)?;
        }
        let room = self.ask(&answer::room_question(), answer::ROOM, answer::room)?;
        Ok(Answers { place, certificate, ports, h323, lang, trunk, room })
    }

    /// A clock that is years off breaks certificates, and every record says the wrong day.
    fn judge_clock(&mut self) -> io::Result<()> {
        let year = self.facts.year();
        if YEARS.contains(&year) {
            return Ok(());
        }
        self.say(&said(
            format!("本机时钟显示 {year} 年，证书会因此无效。请先校时：timedatectl set-ntp true"),
            format!(
                "The clock of this machine says {year}: no certificate would be valid. Set it \
                 first: timedatectl set-ntp true"
            ),
        ))
    }

    fn ask_password(&mut self, trunk: &mut Trunk) -> Result<(), InterviewError> {
        if trunk.user.is_empty() {
            return Ok(());
        }
        let user = &trunk.user;
        let asked = said(
            format!("线路用户 {user} 的密码（不显示，加密保存）"),
            format!("The password of {user} at this trunk (not shown, kept sealed)"),
        );
        while trunk.password.is_empty() {
            write!(self.output, "{} > ", self.speech.text(&asked))?;
            self.output.flush()?;
            let _quiet = Quiet::new();
            trunk.password = self.line()?;
        }
        Ok(())
    }

    /// Asks until the answer is good. What is doubtful is taken when it is written again.
    fn ask<T>(
        &mut self,
        asked: &Said,
        proposal: &str,
        read: impl Fn(&str) -> Reading<T>,
    ) -> Result<T, InterviewError> {
        if self.yes {
            return match read(proposal) {
                Reading::Fine(value) => Ok(value),
                Reading::Doubtful(value, doubt) => {
                    self.say(&doubt)?;
                    Ok(value)
                }
                Reading::Wrong(why) => Err(InterviewError::Proposal(why)),
            };
        }
        let mut doubted = None;
        loop {
            write!(self.output, "\n{} [{proposal}] > ", self.speech.text(asked))?;
            self.output.flush()?;
            let line = self.line()?;
            let answer = if line.is_empty() { proposal } else { &line };
            match read(answer) {
                Reading::Fine(value) => return Ok(value),
                Reading::Doubtful(value, _) if doubted.as_deref() == Some(answer) => {
                    return Ok(value);
                }
                Reading::Doubtful(_, doubt) => {
                    self.say(&doubt)?;
                    self.say(&said("再写一遍表示保留。", "Write it again to keep it."))?;
                    doubted = Some(answer.to_owned());
                }
                Reading::Wrong(why) => self.say(&why)?,
            }
        }
    }

    /// One line, without the space around it.
    fn line(&mut self) -> Result<Zeroizing<String>, InterviewError> {
        let mut line = Zeroizing::new(String::new());
        if self.input.by_ref().take(MAX_ANSWER).read_line(&mut line)? == 0 {
            return Err(InterviewError::Ended);
        }
        Ok(Zeroizing::new(line.trim().to_owned()))
    }
}
