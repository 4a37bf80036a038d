//! What legs are told by voice, and when.

use super::{Conference, Phase};
use crate::policy::MAX_CHIMED;
use crate::roster::Path;
use crate::{AdmissionState, Event, Notice};
use causeway_base::{LegId, ParticipantId};
use std::time::Instant;

impl Conference {
    /// Tells one leg.
    pub(super) fn say(&mut self, now: Instant, leg: LegId, notice: Notice) {
        if let Ok(seat) = self.roster.leg_mut(leg) {
            seat.voice.said(now, notice);
            self.events.push_back(Event::Notice { leg, lang: seat.lang, notice });
        }
    }

    /// Tells every admitted leg of a participant.
    pub(super) fn say_to(&mut self, now: Instant, who: ParticipantId, notice: Notice) {
        for leg in self.admitted_legs(|other| other == who) {
            self.say(now, leg, notice);
        }
    }

    pub(super) fn say_to_hosts(&mut self, now: Instant, notice: Notice) {
        for host in self.host_ids() {
            self.say_to(now, host, notice);
        }
    }

    pub(super) fn say_to_all(&mut self, now: Instant, notice: Notice) {
        for leg in self.admitted_legs(|_| true) {
            self.say(now, leg, notice);
        }
    }

    /// A tone for the others when somebody came or left.
    pub(super) fn chime_others(&mut self, now: Instant, who: ParticipantId, chime: Notice) {
        if !self.settings.chimes || self.phase == Phase::Ended {
            return;
        }
        if self.roster.participants().filter(|who| who.joined).count() <= MAX_CHIMED {
            self.chime(now, |other| other != who, chime);
        }
    }

    /// A tone for the hosts, once, when somebody began to wait.
    pub(super) fn tell_hosts_of_waiting(&mut self, now: Instant) {
        if self.queue.is_empty() {
            self.waiting_is_news = false;
            return;
        }
        let hosts = self.host_ids();
        // Kept until a host is there to be told.
        if !hosts.is_empty() && std::mem::take(&mut self.waiting_is_news) {
            self.chime(now, |who| hosts.contains(&who), Notice::SomebodyCame);
        }
    }

    fn chime(&mut self, now: Instant, to: impl Fn(ParticipantId) -> bool, chime: Notice) {
        for leg in self.admitted_legs(to) {
            if let Ok(seat) = self.roster.leg_mut(leg)
                && seat.path == Path::Found
                && seat.voice.may_chime(now, chime)
            {
                self.say(now, leg, chime);
            }
        }
    }

    /// Chimes that had to wait for the end of other words.
    pub(super) fn say_due_chimes(&mut self, now: Instant) {
        for leg in self.admitted_legs(|_| true) {
            let due = self.roster.leg_mut(leg).ok().and_then(|seat| seat.voice.due_chime(now));
            if let Some(chime) = due {
                self.say(now, leg, chime);
            }
        }
    }

    /// Tells those who wait their place, when it is due.
    pub(super) fn say_places(&mut self, now: Instant) {
        let due: Vec<(LegId, Notice)> = self
            .waiting_notices()
            .filter(|(_, _, at)| at.is_none_or(|at| now >= at))
            .map(|(leg, notice, _)| (leg, notice))
            .collect();
        for (leg, notice) in due {
            self.say(now, leg, notice);
        }
    }

    /// When the next one who waits is told the place.
    pub(super) fn next_place(&self) -> Option<Instant> {
        self.waiting_notices().filter_map(|(_, _, at)| at).min()
    }

    /// Every leg that waits, what it is to be told, and when (`None`: at once).
    fn waiting_notices(&self) -> impl Iterator<Item = (LegId, Notice, Option<Instant>)> {
        let host_is_here = !self.queue.is_empty() && self.host_is_here();
        self.queue.places().flat_map(move |(place, who)| {
            let notice = match host_is_here {
                true => Notice::Waiting { place },
                false => Notice::WaitingForHost { place },
            };
            self.roster
                .legs_where(who, AdmissionState::is_waiting)
                .map(move |(leg, seat)| (leg, notice, seat.voice.place_at(notice)))
        })
    }

    fn host_ids(&self) -> Vec<ParticipantId> {
        self.roster.hosts().map(|host| host.id).collect()
    }

    fn admitted_legs(&self, of: impl Fn(ParticipantId) -> bool) -> Vec<LegId> {
        let admitted = self.roster.legs().filter(|(_, seat)| seat.admission.is_admitted());
        admitted.filter(|(_, seat)| of(seat.participant)).map(|(leg, _)| leg).collect()
    }
}
