//! Hands.

use super::Conference;
use crate::{By, CommandError, Event, Notice};
use causeway_base::ParticipantId;
use std::time::Instant;

impl Conference {
    pub(super) fn raise_hand(
        &mut self,
        now: Instant,
        who: ParticipantId,
        raised: bool,
        by: By,
    ) -> Result<(), CommandError> {
        let own = by == By::Participant(who);
        if !own {
            self.authorise(by)?;
        }
        let participant = self.roster.participant_mut(who)?;
        if !participant.joined {
            return Err(CommandError::NotAdmitted);
        }
        if participant.hand.is_some() == raised {
            return Ok(());
        }
        participant.hand = raised.then_some(now);
        self.events.push_back(Event::HandChanged { participant: who, raised });
        self.plan_is_stale = true;
        if !own {
            let notice = if raised { Notice::HandRaised } else { Notice::HandLowered };
            self.say_to(now, who, notice);
        }
        Ok(())
    }
}
