//! What the keys of a telephone do: the participant's own commands, and an answer by voice.

use super::Conference;
use crate::{By, Command, CommandError, Event, KeyAction, Notice, digit};
use causeway_base::{EndCause, LegId, ParticipantId};
use std::time::Instant;

impl Conference {
    pub(super) fn digit(
        &mut self,
        now: Instant,
        leg: LegId,
        digit: char,
    ) -> Result<(), CommandError> {
        if !digit::is_digit(digit) {
            return Err(CommandError::NotADigit);
        }
        let seat = self.roster.leg_mut(leg)?;
        let participant = seat.participant;
        let action = match seat.admission.is_admitted() {
            true => seat.keys.press(now, digit, &self.settings.keys),
            false => None,
        };
        self.events.push_back(Event::DigitPressed { participant, leg, digit });
        match action {
            Some(action) => self.act(now, leg, participant, action),
            None => Ok(()),
        }
    }

    fn act(
        &mut self,
        now: Instant,
        leg: LegId,
        who: ParticipantId,
        action: KeyAction,
    ) -> Result<(), CommandError> {
        let by = By::Participant(who);
        let participant = self.roster.participant(who)?;
        let role = participant.role;
        let (muted, raised) = (participant.mute.is_muted(), participant.hand.is_none());
        let command = match action {
            KeyAction::ToggleMute if muted => Command::Unmute { participant: who, by },
            KeyAction::ToggleMute => Command::Mute { participant: who, by },
            KeyAction::ToggleHand => Command::RaiseHand { participant: who, raised, by },
            KeyAction::ToggleLock => Command::SetLock { locked: !self.door.locked, by },
            KeyAction::AdmitAll => Command::AdmitAll { by },
            KeyAction::MuteAll => Command::MuteAll { by },
            KeyAction::EndForAll => Command::EndForAll { by },
            KeyAction::NextLayout => return self.next_layout(now, who),
            KeyAction::NextPage => return self.next_page(now, who),
            KeyAction::Help => {
                self.say(now, leg, Notice::Help(role));
                return Ok(());
            }
            KeyAction::Leave => {
                self.dismiss(now, leg, EndCause::Normal);
                return Ok(());
            }
        };
        match self.carry_out(now, command) {
            Ok(()) => self.answer(now, leg, who, action),
            // No place is left for those who wait: a host may see that, and there is no word for it.
            Err(CommandError::Refused(_)) => {}
            // The press itself was taken; that it did nothing is said by voice.
            Err(_) if action == KeyAction::ToggleMute => {
                self.say(now, leg, Notice::MayNotUnmute);
            }
            Err(_) => self.say(now, leg, Notice::OnlyHost),
        }
        Ok(())
    }

    /// Says what the keys did, where the command itself says nothing to the one who gave it.
    fn answer(&mut self, now: Instant, leg: LegId, who: ParticipantId, action: KeyAction) {
        let Ok(participant) = self.roster.participant(who) else { return };
        let notice = match action {
            KeyAction::ToggleMute if participant.mute.by_self => Notice::Muted,
            KeyAction::ToggleMute => Notice::Unmuted,
            KeyAction::ToggleHand if participant.hand.is_some() => Notice::HandRaised,
            KeyAction::ToggleHand => Notice::HandLowered,
            KeyAction::AdmitAll => Notice::AllAdmitted,
            KeyAction::Help
            | KeyAction::NextLayout
            | KeyAction::NextPage
            | KeyAction::ToggleLock
            | KeyAction::MuteAll
            | KeyAction::Leave
            | KeyAction::EndForAll => return,
        };
        self.say(now, leg, notice);
    }
}
