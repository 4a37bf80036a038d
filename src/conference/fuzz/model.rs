//! What may be seen of a conference, whatever it is told: who comes in, and by whose decision.

use crate::{
    AdmissionState, By, Command, Conference, Event, Join, Lobby, Notice, Protocol, Role, Settings,
};
use causeway_base::{LegId, ParticipantId};
use causeway_plan::picture::MAX_FORWARDED;
use causeway_plan::video::VideoState;
use causeway_plan::{Feed, MediaPlan, PicturePlan, Show, VideoEgress, VideoFeed};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// Words that repeat follow one another no closer than this.
const GAP: Duration = Duration::from_secs(5);

/// By whose decision something happens in the step that is watched.
#[derive(Clone, Copy, Debug)]
struct Authority {
    /// An operator, or a host who is in.
    decides: bool,
    /// The command is one by which somebody decides.
    is_decision: bool,
}

/// Knows roles and rules from the commands and events alone.
#[derive(Debug)]
pub(super) struct Model {
    roles: BTreeMap<ParticipantId, Role>,
    present: BTreeSet<ParticipantId>,
    trusted: BTreeMap<LegId, bool>,
    owner: BTreeMap<LegId, ParticipantId>,
    /// Legs whose media passes.
    reached: BTreeSet<LegId>,
    most: usize,
    admitted: BTreeSet<LegId>,
    successors: Vec<ParticipantId>,
    locked: bool,
    lobby: Lobby,
    wait_for_host: bool,
    /// When its time comes: guests wait until then, and until the timer says so.
    begins: Option<Instant>,
    pub(super) now: Instant,
    told: BTreeMap<LegId, Instant>,
    authority: Authority,
}

impl Model {
    pub(super) fn new(now: Instant, settings: &Settings) -> Self {
        Self {
            roles: BTreeMap::new(),
            present: BTreeSet::new(),
            trusted: BTreeMap::new(),
            owner: BTreeMap::new(),
            reached: BTreeSet::new(),
            most: settings.max_participants,
            admitted: BTreeSet::new(),
            successors: Vec::new(),
            locked: settings.locked_at_start,
            lobby: settings.lobby,
            wait_for_host: settings.wait_for_host,
            begins: settings.starts_in.map(|wait| now + wait),
            now,
            told: BTreeMap::new(),
            authority: Authority { decides: false, is_decision: false },
        }
    }

    /// Before a command: who gives it.
    pub(super) fn expect(&mut self, command: &Command) {
        let by = match command {
            Command::Admit { by, .. }
            | Command::AdmitAll { by }
            | Command::Deny { by, .. }
            | Command::SetLock { by, .. }
            | Command::SetLobby { by, .. }
            | Command::Adopt { by, .. }
            | Command::MuteAll { by }
            | Command::AllowUnmute { by, .. }
            | Command::AllowCallMe { by, .. }
            | Command::HandOver { by, .. }
            | Command::SetSuccessors { by, .. }
            | Command::EndForAll { by }
            | Command::SetLayout { by, .. }
            | Command::Spotlight { by, .. }
            | Command::SetRole { by, .. } => Some(*by),
            // Everybody chooses what they see themselves.
            Command::ChoosePicture { participant, by, .. }
                if *by == By::Participant(*participant) =>
            {
                None
            }
            Command::ChoosePicture { by, .. } => Some(*by),
            // Everybody may leave.
            Command::Remove { participant, by } if *by == By::Participant(*participant) => None,
            Command::Remove { by, .. } => Some(*by),
            Command::Digit { leg, .. } => self.owner.get(leg).copied().map(By::Participant),
            _ => None,
        };
        let decides = match by {
            Some(By::Operator) => true,
            Some(By::Participant(id)) => {
                self.present.contains(&id) && self.roles.get(&id) == Some(&Role::Host)
            }
            None => false,
        };
        self.authority = Authority { decides, is_decision: by.is_some() };
    }

    /// After a command that was carried out.
    pub(super) fn carried_out(&mut self, command: &Command, conference: &Conference) {
        let Authority { decides, is_decision } = self.authority;
        let is_press = matches!(command, Command::Digit { .. });
        assert!(decides || !is_decision || is_press, "a guest decided: {command:?}");
        match command {
            Command::Join(join) => self.seated(join, conference),
            Command::SetSuccessors { participants, .. } => self.successors.clone_from(participants),
            Command::Adopt { settings, .. } => self.adopted(settings),
            Command::PathFound { leg } => {
                self.reached.insert(*leg);
            }
            _ => {}
        }
    }

    fn adopted(&mut self, settings: &Settings) {
        self.wait_for_host = settings.wait_for_host;
        self.begins = settings.starts_in.map(|wait| self.now + wait);
    }

    /// A timer is called.
    pub(super) fn timeout(&mut self, now: Instant) {
        self.now = now;
        self.begins = self.begins.filter(|begins| now < *begins);
    }

    fn seated(&mut self, join: &Join, conference: &Conference) {
        let owner = conference.roster().leg(join.leg).expect("it has a seat").participant;
        self.owner.insert(join.leg, owner);
        self.trusted.insert(join.leg, join.trusted);
        self.reached.remove(&join.leg);
        self.reached.extend((join.source != Protocol::WebRtc).then_some(join.leg));
        let role = *self.roles.entry(owner).or_insert(join.role);
        let is_in = join.beside.is_some_and(|who| self.present.contains(&who));
        let may = !self.locked || role == Role::Host || is_in;
        assert!(may, "a guest has a seat in a locked conference");
        self.told.remove(&join.leg);
    }

    pub(super) fn observe(&mut self, now: Instant, event: &Event) {
        let decides = self.authority.decides;
        match event {
            Event::ParticipantJoined { participant, .. } => {
                self.present.insert(*participant);
            }
            Event::ParticipantLeft { participant, .. } => {
                self.present.remove(participant);
            }
            Event::RoleChanged { participant, role } => {
                let succeeds = *role == Role::Host && self.successors.contains(participant);
                assert!(decides || succeeds, "a role that nobody gave");
                self.roles.insert(*participant, *role);
            }
            Event::LockChanged { locked } => {
                assert!(decides, "nobody locked");
                assert_ne!(self.locked, *locked);
                self.locked = *locked;
            }
            Event::LobbyChanged { lobby } => {
                assert!(decides, "nobody changed the lobby");
                self.lobby = *lobby;
            }
            Event::Notice { leg, notice, .. } => self.told(now, *leg, *notice),
            _ => {}
        }
    }

    fn told(&mut self, now: Instant, leg: LegId, notice: Notice) {
        assert!(self.owner.contains_key(&leg), "a voice for nobody");
        let waits = matches!(notice, Notice::Waiting { .. } | Notice::WaitingForHost { .. });
        assert!(!waits || !self.admitted.contains(&leg), "who is in is told to wait");
        let repeats = waits || matches!(notice, Notice::SomebodyCame | Notice::SomebodyLeft);
        if let Some(before) = self.told.insert(leg, now) {
            assert!(!repeats || now >= before + GAP, "{notice:?} falls into other words");
        }
    }

    /// After every step: who is in, is in by right; who waits, waits by right; and what the mixer
    /// was told says the same.
    pub(super) fn compare(&mut self, command: Option<&Command>, conference: &Conference) {
        let roster = conference.roster();
        let host_is_here = roster.legs().any(|(leg, seat)| {
            seat.admission.is_admitted()
                && self.reached.contains(&leg)
                && self.roles.get(&seat.participant) == Some(&Role::Host)
        });
        let is_full = self.present.len() >= self.most;
        assert!(self.present.len() <= self.most, "more are in than may be");
        for (leg, seat) in roster.legs() {
            let allowed = self.allows(leg, seat.participant, host_is_here);
            match seat.admission {
                AdmissionState::Arriving { .. } | AdmissionState::Approaching { .. } => {}
                AdmissionState::Waiting { .. } => {
                    assert!(!allowed || is_full, "{leg} waits for nothing");
                }
                AdmissionState::Admitted { .. } if self.admitted.contains(&leg) => {}
                AdmissionState::Admitted { .. } => {
                    let asked = match command {
                        Some(Command::Admit { participant, .. }) => {
                            *participant == seat.participant
                        }
                        Some(Command::AdmitAll { .. } | Command::Digit { .. }) => true,
                        _ => false,
                    };
                    assert!(allowed || asked && self.authority.decides, "{leg} came in unasked");
                }
            }
        }
        self.admitted =
            roster.legs().filter(|(_, l)| l.admission.is_admitted()).map(|(leg, _)| leg).collect();
        self.owner.retain(|leg, _| roster.leg(*leg).is_ok());
        compare_places(conference);
    }

    fn allows(&self, leg: LegId, who: ParticipantId, host_is_here: bool) -> bool {
        let lobby_is_open = self.lobby == Lobby::Off
            || self.lobby == Lobby::ForUntrusted && self.trusted.get(&leg) == Some(&true);
        let opened = !self.locked
            && lobby_is_open
            && (host_is_here || !(self.wait_for_host || self.begins.is_some()));
        // A further leg of somebody who is in.
        opened || self.roles.get(&who) == Some(&Role::Host) || self.present.contains(&who)
    }
}

/// Exactly those who wait have a place, and the places are 1, 2, 3 …
fn compare_places(conference: &Conference) {
    let view = conference.view();
    let mut places: Vec<usize> = Vec::new();
    for who in &view.participants {
        let waits = who.legs.iter().any(|leg| leg.admission.is_waiting());
        assert_eq!(waits, who.place.is_some(), "a place without waiting, or the other way round");
        places.extend(who.place);
    }
    places.sort_unstable();
    assert_eq!(places, (1..=view.waiting).collect::<Vec<_>>());
}

/// No leg is heard or hears the others before it was admitted.
pub(super) fn compare_plan(plan: &MediaPlan, conference: &Conference) {
    let roster = conference.roster();
    let planned: Vec<_> = roster
        .legs()
        .filter(|(_, leg)| !matches!(leg.admission, AdmissionState::Arriving { .. }))
        .collect();
    let ids: Vec<_> = planned.iter().map(|(id, _)| *id).collect();
    assert_eq!(plan.ingress.iter().map(|way| way.leg).collect::<Vec<_>>(), ids);
    assert_eq!(plan.egress.iter().map(|way| way.leg).collect::<Vec<_>>(), ids);
    for ((id, leg), (way_in, way_out)) in planned.iter().zip(plan.ingress.iter().zip(&plan.egress))
    {
        let mute = roster.participant(leg.participant).map(|p| p.mute).unwrap_or_default();
        let is_in = leg.admission.is_admitted();
        // A browser whose participant is in by telephone too.
        let silenced = leg.source == Protocol::WebRtc
            && roster.legs().any(|(_, other)| {
                other.participant == leg.participant
                    && other.source != Protocol::WebRtc
                    && other.admission.is_admitted()
            });
        let heard = is_in && !silenced && !mute.is_muted() && leg.direction.receives();
        assert_eq!(way_in.heard, heard, "{id}");
        let feed = match (leg.direction.sends(), is_in) {
            (false, _) => Feed::Nothing,
            (true, true) if silenced => Feed::Nothing,
            (true, true) => Feed::Mix,
            (true, false) => Feed::Played,
        };
        assert_eq!(way_out.feed, feed, "{id}");
    }
}

/// No leg is seen or sees the conference before it was admitted; whoever sees something is told
/// that of which its name stands in the plan.
pub(super) fn compare_pictures(plan: &MediaPlan, conference: &Conference) {
    let roster = conference.roster();
    let admitted = |leg: LegId| roster.leg(leg).is_ok_and(|seat| seat.admission.is_admitted());
    for source in plan.pictures.iter().flat_map(PicturePlan::sources) {
        let seat = roster.leg(source).expect("who left is not shown");
        assert!(admitted(source), "{source} is shown before it is in");
        assert!(seat.video.receives() && seat.picture != VideoState::Absent);
    }
    let ids: Vec<_> = plan.pictures.iter().map(|picture| picture.id).collect();
    assert!(ids.is_sorted_by(|one, next| one < next), "a name twice");
    let receivers: Vec<_> = roster
        .legs()
        .filter(|(_, seat)| seat.video.sends())
        .filter(|(_, seat)| match seat.admission {
            AdmissionState::Arriving { .. } | AdmissionState::Approaching { .. } => false,
            // A page tells by itself.
            AdmissionState::Waiting { .. } => seat.source != Protocol::WebRtc,
            AdmissionState::Admitted { .. } => true,
        })
        .map(|(leg, _)| leg)
        .collect();
    let mains = plan.video.iter().filter(|way| way.line == 0);
    assert_eq!(mains.map(|way| way.leg).collect::<Vec<_>>(), receivers);
    let mut last = None;
    for way in &plan.video {
        let (source, id) = match way.feed {
            VideoFeed::Nothing => panic!("whoever takes pictures gets one"),
            VideoFeed::Picture(id) => (None, id),
            VideoFeed::Forward(source, id) => (Some(source), id),
            VideoFeed::Tiles(id) => {
                last = Some((way.leg, 0));
                (None, id)
            }
            VideoFeed::Source(source) => {
                let lines = roster.leg(way.leg).expect("seated").tile_lines;
                assert!(way.line > 0 && way.line <= lines && way.line <= MAX_FORWARDED);
                let before = last.replace((way.leg, way.line)).expect("its main line is first");
                assert!(before.0 == way.leg && before.1 < way.line, "a line twice");
                assert!(source != way.leg && admitted(source) && admitted(way.leg));
                continue;
            }
        };
        let at = ids.binary_search(&id).expect("it is composed");
        let is_conference = matches!(plan.pictures[at].show, Show::People { .. });
        assert_eq!(is_conference, admitted(way.leg), "{} sees what is not for it", way.leg);
        assert!(source.is_none_or(|source| source != way.leg && admitted(source)));
    }
    for id in ids {
        let is_read = |way: &VideoEgress| match way.feed {
            VideoFeed::Nothing | VideoFeed::Source(_) => false,
            VideoFeed::Picture(other) | VideoFeed::Forward(_, other) | VideoFeed::Tiles(other) => {
                other == id
            }
        };
        assert!(plan.video.iter().any(is_read), "a picture for nobody");
    }
}
