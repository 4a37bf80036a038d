//! What people write.

use super::Conference;
use crate::{ChatText, CommandError, Event, Said};
use causeway_base::ParticipantId;
use std::sync::Arc;
use std::time::Instant;

impl Conference {
    pub(super) fn say_in_chat(
        &mut self,
        now: Instant,
        who: ParticipantId,
        text: &str,
    ) -> Result<(), CommandError> {
        let participant = self.roster.participant_mut(who)?;
        if !participant.joined {
            return Err(CommandError::NotAdmitted);
        }
        let text = ChatText::new(text).map_err(CommandError::Text)?;
        if !participant.pace.take(now) {
            return Err(CommandError::TooFast);
        }
        let said = self.chat.say(now, who, participant.display_name.clone(), text);
        self.events.push_back(Event::Said(said));
        Ok(())
    }

    /// What was written, oldest first, as far as it is kept: for those who were let in.
    pub fn chat(&self) -> impl ExactSizeIterator<Item = &Arc<Said>> {
        self.chat.kept()
    }
}
