//! Who speaks, with hysteresis: a cough does not take the stage from a speaker.

use causeway_base::ParticipantId;
use std::time::{Duration, Instant};

/// How long another must be the loudest while the speaker still talks.
pub const TAKE_OVER: Duration = Duration::from_millis(1000);

/// How long another must be the loudest once the speaker is quiet.
pub const FOLLOW_ON: Duration = Duration::from_millis(300);

/// The active speaker. Stays the same through silence, until another takes over or the speaker
/// is withdrawn.
#[derive(Debug, Default)]
pub struct ActiveSpeaker {
    current: Option<ParticipantId>,
    current_talks: bool,
    challenger: Option<(ParticipantId, Instant)>,
}

impl ActiveSpeaker {
    /// Who speaks.
    pub fn current(&self) -> Option<ParticipantId> {
        self.current
    }

    /// Takes who is heard now, loudest first. True when the speaker changed.
    pub fn hear(&mut self, now: Instant, talkers: &[ParticipantId]) -> bool {
        let Some(&loudest) = talkers.first() else {
            self.current_talks = false;
            self.challenger = None;
            return false;
        };
        let Some(current) = self.current else {
            self.switch_to(loudest);
            return true;
        };
        self.current_talks = talkers.contains(&current);
        self.challenger = match self.challenger {
            _ if loudest == current => None,
            Some((same, since)) if same == loudest => Some((same, since)),
            _ => Some((loudest, now)),
        };
        self.handle_timeout(now)
    }

    /// When the challenger takes over.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let patience = if self.current_talks { TAKE_OVER } else { FOLLOW_ON };
        self.challenger.map(|(_, since)| since + patience)
    }

    /// True when the speaker changed.
    pub fn handle_timeout(&mut self, now: Instant) -> bool {
        match (self.challenger, self.poll_timeout()) {
            (Some((challenger, _)), Some(deadline)) if now >= deadline => {
                self.switch_to(challenger);
                true
            }
            _ => false,
        }
    }

    /// A participant left or was muted. True when the speaker changed.
    pub fn withdraw(&mut self, participant: ParticipantId) -> bool {
        if self.challenger.is_some_and(|(challenger, _)| challenger == participant) {
            self.challenger = None;
        }
        if self.current != Some(participant) {
            return false;
        }
        self.current = self.challenger.take().map(|(challenger, _)| challenger);
        self.current_talks = self.current.is_some();
        true
    }

    fn switch_to(&mut self, participant: ParticipantId) {
        self.current = Some(participant);
        self.current_talks = true;
        self.challenger = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_base::ParticipantId as P;

    const ANNA: P = P(1);
    const BO: P = P(2);

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    // The clock of the tests starts anywhere; only differences count.
    #[allow(clippy::disallowed_methods)]
    fn start() -> Instant {
        Instant::now()
    }

    #[test]
    fn a_cough_does_not_take_the_stage_and_a_speech_does() {
        let (t, mut speaker) = (start(), ActiveSpeaker::default());
        assert!(speaker.hear(t, &[ANNA]));
        assert!(!speaker.hear(t + ms(100), &[BO, ANNA]));
        assert!(!speaker.hear(t + ms(400), &[ANNA]), "the cough is over");
        assert!(!speaker.hear(t + ms(2000), &[BO, ANNA]));
        assert!(!speaker.handle_timeout(t + ms(2999)));
        assert_eq!(speaker.poll_timeout(), Some(t + ms(3000)));
        assert!(speaker.handle_timeout(t + ms(3000)));
        assert_eq!(speaker.current(), Some(BO));
    }

    #[test]
    fn an_answer_follows_on_quickly_and_silence_changes_nothing() {
        let (t, mut speaker) = (start(), ActiveSpeaker::default());
        speaker.hear(t, &[ANNA]);
        assert!(!speaker.hear(t + ms(1000), &[]));
        assert_eq!((speaker.current(), speaker.poll_timeout()), (Some(ANNA), None));
        assert!(!speaker.hear(t + ms(1500), &[BO]));
        assert!(speaker.handle_timeout(t + ms(1800)));
        assert!(!speaker.withdraw(ANNA));
        assert!(speaker.withdraw(BO));
        assert_eq!(speaker.current(), None);
    }
}
