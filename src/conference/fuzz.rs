//! Fuzz bodies: random orders of commands against the invariants of a conference.

mod model;

use crate::layout::{Layout, PictureChoice};
use crate::{
    By, CallerKey, Command, Conference, EndRules, Event, Join, Lobby, Protocol, Role, Settings,
};
use causeway_base::{ConferenceId, EndCause, Lang, LegId, ParticipantId};
use causeway_plan::picture::Area;
use causeway_plan::video::{FreezeCause, VideoState, VideoStrain};
use causeway_plan::{Direction, MediaPlan};
use model::Model;
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
    said: u64,
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
            Event::Said(said) => {
                assert!(self.present.contains(&said.from), "who is not in writes");
                assert_eq!(said.id, self.said + 1, "a message is missing");
                self.said = said.id;
            }
            Event::HandChanged { .. }
            | Event::TalkersChanged { .. }
            | Event::WaitingLeft { .. }
            | Event::LockChanged { .. }
            | Event::LobbyChanged { .. }
            | Event::UnmuteAllowed { .. }
            | Event::CallMeAllowed { .. }
            | Event::HostsGone
            | Event::Notice { .. }
            | Event::ParticipantWaiting { .. }
            | Event::LegDismissed { .. }
            | Event::MuteChanged { .. }
            | Event::RoleChanged { .. }
            | Event::LayoutChanged { .. }
            | Event::PictureChosen { .. }
            | Event::SpotlightChanged { .. }
            | Event::VideoChanged { .. }
            | Event::TilesShown { .. }
            | Event::Sighted { .. }
            | Event::Sounded { .. }
            | Event::VideoStrained { .. }
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
        assert_eq!(conference.chat().last().map_or(0, |said| said.id), self.said);
        assert_eq!(conference.active_speaker(), self.speaker);
        if self.ended {
            assert!(roster.is_empty() && conference.poll_timeout().is_none());
            return;
        }
        model::compare_plan(&self.plan, conference);
        model::compare_pictures(&self.plan, conference);
    }
}

/// Plays bytes as commands, three bytes each, and checks after each that roster, plan, events
/// and timers agree, and that nobody is in whom no rule and no host let in.
// Only differences between instants count here.
#[allow(clippy::disallowed_methods)]
pub fn conference_commands(data: &[u8]) {
    let Some((&kind, rest)) = data.split_first() else { return };
    let settings = settings(kind);
    let mut now = Instant::now();
    let mut model = Model::new(now, &settings);
    let mut conference = Conference::new(ConferenceId(1), settings, now);
    let mut observer = Observer::default();
    for word in rest.chunks_exact(3) {
        let command = (word[0] < 0xF0).then(|| command(word, &people(&conference)));
        if let Some(command) = &command {
            now += Duration::from_millis(u64::from(word[2]));
            model.now = now;
            model.expect(command);
            if conference.handle(now, command.clone()).is_ok() {
                model.carried_out(command, &conference);
            }
        } else {
            now = conference.poll_timeout().map_or(now, |deadline| deadline.max(now));
            model.expect(&Command::Talkers { legs: Vec::new() });
            model.timeout(now);
            conference.handle_timeout(now);
        }
        while let Some(event) = conference.poll_event() {
            model.observe(now, &event);
            observer.observe(event);
        }
        observer.compare(&conference);
        model.compare(command.as_ref(), &conference);
    }
    drain_to_the_end(now, conference, observer);
}

fn settings(kind: u8) -> Settings {
    Settings {
        max_participants: 4,
        lobby: lobby(kind),
        wait_for_host: kind & 4 != 0,
        locked_at_start: kind & 128 != 0,
        starts_in: kind.is_multiple_of(5).then_some(Duration::from_secs(20)),
        mute_on_entry: kind & 8 != 0,
        chimes: kind & 16 != 0,
        longest_wait: (kind & 32 != 0).then_some(Duration::from_secs(50)),
        end: EndRules {
            linger: Duration::from_secs(u64::from(kind >> 4)),
            host_grace: (kind & 64 != 0).then_some(Duration::from_secs(40)),
            ..EndRules::default()
        },
        ..Settings::default()
    }
}

fn lobby(byte: u8) -> Lobby {
    match byte % 4 {
        0 | 1 => Lobby::Off,
        2 => Lobby::ForUntrusted,
        _ => Lobby::On,
    }
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

/// Whom commands speak of: those who are there, and somebody who is not.
fn people(conference: &Conference) -> Vec<ParticipantId> {
    let nobody = ParticipantId(0);
    conference.roster().participants().map(|who| who.id).chain([nobody]).collect()
}

fn command(word: &[u8], people: &[ParticipantId]) -> Command {
    let [verb, subject, detail] = [word[0], word[1], word[2]];
    let somebody = |n: u8| people[usize::from(n) % people.len()];
    let leg = LegId(u64::from(subject % LEGS));
    let participant = somebody(subject);
    let by = match detail % 8 {
        7 => By::Operator,
        other => By::Participant(somebody(other)),
    };
    let role = if detail & 1 == 0 { Role::Guest } else { Role::Host };
    match verb % 32 {
        0..=3 => Command::Join(Join {
            beside: (detail & 6 == 6).then_some(participant),
            ..join(leg, role, detail)
        }),
        4 => Command::TileLines { leg, lines: usize::from(detail % 12) },
        5 if detail & 15 == 1 => Command::Approach { leg },
        5 if detail & 15 == 2 => Command::Arrive { leg },
        5..=7 => Command::MediaReady {
            leg,
            direction: Direction::of(detail & 1 == 0, detail & 6 != 0),
            video: Direction::of(detail & 24 != 0, detail & 96 != 0),
        },
        8 | 9 => Command::Leave { leg, cause: EndCause::Normal },
        10 => Command::Mute { participant, by },
        11 => Command::Unmute { participant, by },
        12 => Command::SetRole { participant, role, by },
        13 => Command::Remove { participant, by },
        14..=17 => {
            let digit = char::from(b"*#*#6078514*#D!"[usize::from(detail % 15)]);
            Command::Digit { leg, digit }
        }
        18 => Command::Talkers {
            legs: (0..LEGS)
                .filter(|bit| detail >> bit & 1 == 1)
                .map(|n| LegId(u64::from(n)))
                .collect(),
        },
        19 if detail & 3 == 2 => Command::PathFound { leg },
        19 if detail & 1 == 0 => Command::LegHeard { leg },
        19 => Command::LegSilent { leg },
        20 => Command::Admit { participant, by },
        21 => Command::Deny { participant, by },
        22 => Command::SetLock { locked: subject & 1 == 0, by },
        23 => Command::SetLobby { lobby: lobby(subject), by },
        24 => Command::HandOver { to: participant, by },
        25 => {
            Command::SetSuccessors { participants: (0..subject % 20).map(somebody).collect(), by }
        }
        26 if detail & 3 == 3 => {
            Command::Say { participant, text: "\u{202E}x\n".repeat(usize::from(detail)) }
        }
        26 => Command::RaiseHand { participant, raised: detail & 16 == 0, by },
        27 | 28 => Command::VideoChanged { leg, state: picture(detail) },
        29 if detail & 15 == 15 => {
            Command::Look { participant, pinned: Some(somebody(detail)), page: 1 }
        }
        29 => Command::ChoosePicture {
            participant,
            choice: PictureChoice {
                layout: (detail & 64 == 0).then(|| layout(detail)),
                pinned: (detail & 32 == 0).then(|| somebody(detail >> 2)),
                page: usize::from(detail >> 5),
            },
            by,
        },
        30 => match detail & 24 {
            0 => Command::SetLayout { layout: layout(subject), by },
            8 => Command::Spotlight { participant: None, by },
            16 => Command::Spotlight { participant: Some(participant), by },
            _ => Command::VideoStrained { strain: VideoStrain::Smaller },
        },
        _ => match subject % 8 {
            0 if detail == 0 => Command::End { cause: EndCause::ConferenceEnded },
            1 if detail & 31 == 7 => Command::EndForAll { by },
            0..=2 => Command::MuteAll { by },
            7 => Command::Adopt { settings: Box::new(settings(detail)), by },
            3 => Command::AllowCallMe { allowed: detail & 16 == 0, by },
            4 => Command::AllowUnmute { allowed: detail & 16 == 0, by },
            _ => Command::AdmitAll { by },
        },
    }
}

fn picture(byte: u8) -> VideoState {
    match byte % 4 {
        0 => VideoState::Absent,
        1 => VideoState::Frozen(FreezeCause::NoKeyFrame),
        _ => VideoState::Coming,
    }
}

fn layout(byte: u8) -> Layout {
    match byte % 5 {
        0 => Layout::Single,
        1 => Layout::Speaker,
        2 => Layout::Equal,
        3 => Layout::SideBySide,
        _ => Layout::Custom(vec![Area::ALL]),
    }
}

fn join(leg: LegId, role: Role, detail: u8) -> Join {
    let protocol = usize::from(detail >> 4) % Protocol::ALL.len();
    Join {
        leg,
        display_name: "\u{202E}x".repeat(usize::from(detail)),
        role,
        source: Protocol::ALL[protocol],
        trusted: detail & 8 != 0,
        lang: Lang::Zh,
        caller: (detail & 16 == 0).then_some(CallerKey(u64::from(detail >> 5 & 1))),
        beside: None,
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
