//! Fuzz bodies: random orders of commands against the invariants of a conference.

use crate::{By, Command, Conference, EndRules, Event, Join, Lobby, Protocol, Role, Settings};
use causeway_base::{ConferenceId, EndCause, LegId, ParticipantId};
use causeway_plan::{DigitMethod, Direction, Feed, MediaPlan};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// Legs and participants that the commands speak of: few, so that they meet.
const LEGS: u8 = 6;

/// What an observer of the events knows.
#[derive(Default)]
struct Observer {
    present: BTreeSet<ParticipantId>,
    left: BTreeSet<ParticipantId>,
    speaker: Option<ParticipantId>,
    plan: MediaPlan,
    ended: bool,
}

impl Observer {
    fn observe(&mut self, event: Event) {
        assert!(!self.ended, "an event after the end: {event:?}");
        match event {
            Event::ParticipantJoined { participant, .. } => {
                assert!(self.present.insert(participant), "joined twice");
                assert!(!self.left.contains(&participant), "came back under the same id");
            }
            Event::ParticipantLeft { participant, .. } => {
                assert!(self.present.remove(&participant), "left without having joined");
                assert!(self.left.insert(participant), "left twice");
            }
            Event::PlanChanged(plan) => {
                assert!(plan.version > self.plan.version, "the version does not count up");
                self.plan = plan;
            }
            Event::ActiveSpeakerChanged { participant } => {
                assert_ne!(self.speaker, participant, "the speaker changed to the same");
                self.speaker = participant;
            }
            Event::Ended(_) => {
                assert!(self.present.is_empty(), "somebody is left in an ended conference");
                self.ended = true;
            }
            Event::HandChanged { .. }
            | Event::LockChanged { .. }
            | Event::LobbyChanged { .. }
            | Event::UnmuteAllowed { .. }
            | Event::HostsGone
            | Event::Notice { .. }
            | Event::ParticipantWaiting { .. }
            | Event::LegDismissed { .. }
            | Event::MuteChanged { .. }
            | Event::RoleChanged { .. }
            | Event::DigitPressed { .. } => {}
        }
    }

    fn compare(&self, conference: &Conference) {
        let roster = conference.roster();
        let joined: BTreeSet<_> =
            roster.participants().filter(|p| p.joined).map(|p| p.id).collect();
        assert_eq!(joined, self.present, "roster and events disagree");
        let by_participant: BTreeMap<_, _> =
            roster.participants().flat_map(|p| p.legs.iter().map(|leg| (*leg, p.id))).collect();
        let by_leg: BTreeMap<_, _> = roster.legs().map(|(id, leg)| (id, leg.participant)).collect();
        assert_eq!(by_participant, by_leg, "legs and participants disagree");
        assert!(roster.participants().all(|p| !p.legs.is_empty()), "a participant without a leg");
        assert_eq!(conference.active_speaker(), self.speaker);
        if self.ended {
            assert!(roster.is_empty() && conference.poll_timeout().is_none());
            return;
        }
        self.compare_plan(conference);
    }

    fn compare_plan(&self, conference: &Conference) {
        let roster = conference.roster();
        let admitted: Vec<_> = roster.legs().filter(|(_, l)| l.admission.is_admitted()).collect();
        let ids: Vec<_> = admitted.iter().map(|(id, _)| *id).collect();
        let ingress: Vec<_> = self.plan.ingress.iter().map(|way| way.leg).collect();
        let egress: Vec<_> = self.plan.egress.iter().map(|way| way.leg).collect();
        assert_eq!(ingress, ids, "heard are exactly the admitted legs");
        assert_eq!(egress, ids, "served are exactly the admitted legs");
        for ((id, leg), (way_in, way_out)) in
            admitted.iter().zip(self.plan.ingress.iter().zip(&self.plan.egress))
        {
            let mute = roster.participant(leg.participant).map(|p| p.mute).unwrap_or_default();
            assert_eq!(way_in.heard, !mute.is_muted() && leg.direction.receives(), "{id}");
            assert_eq!(way_out.feed == Feed::Mix, leg.direction.sends(), "{id}");
        }
    }
}

/// Plays bytes as commands, three bytes each, and checks after each that roster, plan, events
/// and timers agree.
// Only differences between instants count here.
#[allow(clippy::disallowed_methods)]
pub fn conference_commands(data: &[u8]) {
    let Some((&kind, rest)) = data.split_first() else { return };
    let lobby = if kind & 1 == 0 { Lobby::Off } else { Lobby::On };
    let linger = Duration::from_secs(u64::from(kind >> 4));
    let settings = Settings {
        max_participants: 4,
        lobby,
        end: EndRules { linger, ..EndRules::default() },
        ..Settings::default()
    };
    let mut now = Instant::now();
    let mut conference = Conference::new(ConferenceId(1), settings, now);
    let mut observer = Observer::default();
    for word in rest.chunks_exact(3) {
        let [verb, subject, detail] = [word[0], word[1], word[2]];
        if verb == 0xFF {
            now = conference.poll_timeout().map_or(now, |deadline| deadline.max(now));
            conference.handle_timeout(now);
        } else {
            now += Duration::from_millis(u64::from(detail));
            let _ = conference.handle(now, command(verb, subject, detail));
        }
        while let Some(event) = conference.poll_event() {
            observer.observe(event);
        }
        observer.compare(&conference);
    }
    drain_to_the_end(now, conference, observer);
}

/// When every leg leaves, everybody has left once and the conference ends by itself.
fn drain_to_the_end(now: Instant, mut conference: Conference, mut observer: Observer) {
    let legs: Vec<_> = conference.roster().legs().map(|(leg, _)| leg).collect();
    for leg in legs {
        let _ = conference.handle(now, Command::Leave { leg, cause: EndCause::Normal });
    }
    let mut rounds = 0;
    while let Some(deadline) = conference.poll_timeout() {
        conference.handle_timeout(deadline.max(now));
        rounds += 1;
        assert!(rounds < 10, "a timer that never gets done");
    }
    while let Some(event) = conference.poll_event() {
        observer.observe(event);
    }
    assert!(observer.ended && observer.present.is_empty());
}

fn command(verb: u8, subject: u8, detail: u8) -> Command {
    let leg = LegId(u64::from(subject % LEGS));
    let participant = ParticipantId(u64::from(subject % LEGS) + 1);
    let by = match detail % 8 {
        7 => By::Operator,
        other => By::Participant(ParticipantId(u64::from(other) + 1)),
    };
    let role = if detail & 1 == 0 { Role::Guest } else { Role::Host };
    match verb % 14 {
        0 | 1 => Command::Join(Join {
            leg,
            display_name: "\u{202E}x".repeat(usize::from(detail)),
            role,
            source: Protocol::Sip,
            trusted: false,
            lang: causeway_base::Lang::Zh,
            caller: None,
            beside: (detail & 6 == 6).then_some(ParticipantId(u64::from(detail % LEGS))),
        }),
        2 | 3 => {
            Command::MediaReady { leg, direction: Direction::of(detail & 1 == 0, detail & 6 != 0) }
        }
        4 => Command::Leave { leg, cause: EndCause::Normal },
        5 => Command::Mute { participant, by },
        6 => Command::Unmute { participant, by },
        7 => Command::SetRole { participant, role, by },
        8 => Command::Remove { participant, by },
        9 => {
            let digit = char::from(b"0123456789*#AD!"[usize::from(detail % 15)]);
            let methods = [DigitMethod::Rfc4733, DigitMethod::SipInfo, DigitMethod::InBand];
            Command::Digit { leg, digit, method: methods[usize::from(subject % 3)] }
        }
        10 => Command::Talkers {
            legs: (0..LEGS)
                .filter(|bit| detail >> bit & 1 == 1)
                .map(|n| LegId(u64::from(n)))
                .collect(),
        },
        11 => Command::LegHeard { leg },
        12 => Command::Admit { participant, by },
        _ if detail == 0 => Command::End { cause: EndCause::ConferenceEnded },
        _ => Command::LegSilent { leg },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1500))]
        #[test]
        fn conference_commands(data in prop::collection::vec(any::<u8>(), 0..400)) {
            super::conference_commands(&data);
        }
    }
}
