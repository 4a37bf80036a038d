//! Roles, successors, and what happens when no host is left.

use super::Conference;
use crate::policy::{HostPresence, MAX_SUCCESSORS};
use crate::{By, CommandError, Event, Notice, Role};
use causeway_base::ParticipantId;
use std::time::{Duration, Instant};

impl Conference {
    pub(super) fn set_role(
        &mut self,
        now: Instant,
        who: ParticipantId,
        role: Role,
        by: By,
    ) -> Result<(), CommandError> {
        self.authorise(by)?;
        self.give_role(now, who, role)?;
        if role == Role::Guest {
            // Else it would at once succeed itself.
            self.successors.retain(|successor| *successor != who);
        }
        Ok(())
    }

    pub(super) fn allow_call_me(&mut self, allowed: bool, by: By) -> Result<(), CommandError> {
        self.authorise(by)?;
        if std::mem::replace(&mut self.guests_call_me, allowed) != allowed {
            self.events.push_back(Event::CallMeAllowed { allowed });
        }
        Ok(())
    }

    pub(super) fn hand_over(
        &mut self,
        now: Instant,
        to: ParticipantId,
        by: By,
    ) -> Result<(), CommandError> {
        self.authorise(by)?;
        if !self.roster.participant(to)?.joined {
            return Err(CommandError::NotAdmitted);
        }
        self.give_role(now, to, Role::Host)?;
        match by {
            By::Participant(from) if from != to => self.give_role(now, from, Role::Guest),
            _ => Ok(()),
        }
    }

    pub(super) fn set_successors(
        &mut self,
        participants: Vec<ParticipantId>,
        by: By,
    ) -> Result<(), CommandError> {
        self.authorise(by)?;
        if participants.len() > MAX_SUCCESSORS {
            return Err(CommandError::TooManySuccessors);
        }
        let mut successors = Vec::with_capacity(participants.len());
        for who in participants {
            self.roster.participant(who)?;
            if !successors.contains(&who) {
                successors.push(who);
            }
        }
        self.successors = successors;
        self.seats_changed = true;
        Ok(())
    }

    fn give_role(
        &mut self,
        now: Instant,
        who: ParticipantId,
        role: Role,
    ) -> Result<(), CommandError> {
        let participant = self.roster.participant_mut(who)?;
        if std::mem::replace(&mut participant.role, role) != role {
            self.events.push_back(Event::RoleChanged { participant: who, role });
            if role == Role::Host {
                self.say_to(now, who, Notice::HostIsYou);
                self.waiting_is_news = true;
            }
            self.seats_changed = true;
        }
        Ok(())
    }

    pub(super) fn host_is_here(&self) -> bool {
        self.roster.hosts().next().is_some()
    }

    /// When it ends because its hosts left. Never before its time: a host may test early.
    pub(super) fn hosts_until(&self) -> Option<Instant> {
        self.settings.end.hosts_until(self.hosts).filter(|_| self.begins.is_none())
    }

    /// Notes that hosts came or that the last one is gone, and makes a successor the host. True
    /// when there is a new host.
    pub(super) fn follow_hosts(&mut self, now: Instant) -> bool {
        if self.host_is_here() {
            self.hosts = HostPresence::Here;
            return false;
        }
        if self.hosts == HostPresence::NoneYet {
            return false;
        }
        let successor =
            self.successors.iter().copied().find(|successor| self.roster.is_reached(*successor));
        if let Some(successor) = successor {
            return self.give_role(now, successor, Role::Host).is_ok();
        }
        if self.hosts == HostPresence::Here {
            self.hosts = HostPresence::GoneSince(now);
            self.events.push_back(Event::HostsGone);
            if let Some(grace) = self.settings.end.host_grace.filter(|_| self.begins.is_none()) {
                self.say_to_all(now, Notice::HostLeft { minutes: whole_minutes(grace) });
            }
        }
        false
    }
}

/// Minutes, rounded up: nobody is promised none.
fn whole_minutes(time: Duration) -> u16 {
    u16::try_from(time.as_secs().div_ceil(60)).unwrap_or(u16::MAX)
}
