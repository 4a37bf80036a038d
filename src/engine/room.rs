//! One conference's media: every 20 ms, who is loudest, the mixes, and who is sent which.

use crate::clock::Now;
use crate::egress::{self, Outgoing};
use crate::encode::{EncodeKey, EncodeStream};
use crate::leg::Leg;
use crate::playout::{self, Forwards};
use crate::sound;
use crate::station::Station;
use crate::video::Machinery;
use crate::video::room::Pictures;
use crate::worker::{EventSink, Legs};
use causeway_base::{ConferenceId, LegId};
use causeway_media::audio::FRAME;
use causeway_media::audio::level::Level;
use causeway_media::audio::mixer::{Mixer, Ramp};
use causeway_media::audio::ranking::{Candidate, Ranking};
use causeway_plan::media_plan::DEFAULT_MAX_TALKERS;
use causeway_plan::{AudioEgress, AudioIngress, Feed, MediaEvent, MediaPlan};
use std::time::{Duration, Instant};

/// Milliseconds mixed at once: the usual packet.
pub(crate) const QUANTUM_MS: u32 = 20;

/// The same as a time.
pub(crate) const QUANTUM: Duration = Duration::from_millis(QUANTUM_MS as u64);

/// A change of talkers is told this often at most.
const TALKERS_INTERVAL: Duration = Duration::from_millis(100);

/// Quanta after which an encode group that serves nobody is given up: two seconds, so that a
/// listener who speaks a word returns to a warm encoder.
const MAX_IDLE_QUANTA: u32 = 100;

/// What conferences of one worker use in turn.
#[derive(Debug)]
pub(crate) struct Scratch {
    candidates: Vec<Candidate>,
    forwards: Forwards,
    /// Everybody's mix.
    total: [f32; FRAME],
    /// How loud that is.
    total_level: Level,
    /// What one leg hears or says.
    pcm: [f32; FRAME],
    pub(crate) out: Outgoing,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            candidates: Vec::new(),
            forwards: Forwards::default(),
            total: [0.0; FRAME],
            total_level: Level::SILENCE,
            pcm: [0.0; FRAME],
            out: Outgoing::default(),
        }
    }
}

/// One conference's media.
#[derive(Debug)]
pub(crate) struct Room {
    /// The tick of each quantum on which it runs.
    pub(crate) phase: u64,
    id: ConferenceId,
    plan: MediaPlan,
    members: Vec<Member>,
    seating: Seating,
    ranking: Ranking,
    mixer: Mixer,
    groups: Vec<EncodeGroup>,
    stations: Vec<Station>,
    /// Its pictures, where there are any.
    pub(crate) pictures: Option<Pictures>,
    told: Vec<LegId>,
    told_at: Option<Instant>,
    /// Its next tick comes to a fault.
    #[cfg(test)]
    pub(crate) is_broken: bool,
}

/// Whether members and groups still fit the plan and the legs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seating {
    Settled,
    Changed,
}

/// One leg's place in the conference.
#[derive(Clone, Copy, Debug)]
struct Member {
    slot: usize,
    leg: LegId,
    heard: bool,
    auto_gain: bool,
    forwarded: bool,
    /// What the plan wants it to be sent.
    planned: Feed,
    /// What it is sent in this quantum: nothing while it may not be sent to.
    feed: Feed,
    /// Something plays to it alone.
    played_to: bool,
    key: Option<EncodeKey>,
    group: Option<usize>,
    /// The station that it hears in this quantum.
    station: Option<usize>,
}

/// The listeners that share one encoder.
#[derive(Debug)]
struct EncodeGroup {
    stream: EncodeStream,
    wanted: bool,
    idle: u32,
}

impl Room {
    pub(crate) fn new(id: ConferenceId, phase: u64, machinery: Option<Machinery>) -> Self {
        Self {
            phase,
            id,
            plan: MediaPlan::default(),
            members: Vec::new(),
            seating: Seating::Settled,
            ranking: Ranking::new(usize::from(DEFAULT_MAX_TALKERS)),
            mixer: Mixer::new(),
            groups: Vec::new(),
            stations: Vec::new(),
            pictures: machinery.map(Pictures::new),
            told: Vec::new(),
            told_at: None,
            #[cfg(test)]
            is_broken: false,
        }
    }

    /// Takes a new plan whole, unless it is older than the present one.
    pub(crate) fn apply(&mut self, plan: MediaPlan, legs: &mut Legs) {
        if plan.version >= self.plan.version {
            self.ranking.set_max(usize::from(plan.max_talkers));
            self.plan = plan;
            self.seat(legs);
        }
    }

    /// Finds the plan's legs among those that are here. Called when either changes.
    pub(crate) fn seat(&mut self, legs: &mut Legs) {
        self.members.clear();
        for AudioEgress { leg, feed } in &self.plan.egress {
            let Some(slot) = legs.slot(*leg) else { continue };
            if legs.get_mut(slot).is_none_or(|leg| leg.room != Some(self.id)) {
                continue;
            }
            self.members.push(Member {
                slot,
                leg: *leg,
                heard: false,
                auto_gain: false,
                forwarded: false,
                planned: *feed,
                feed: Feed::Nothing,
                played_to: false,
                key: None,
                group: None,
                station: None,
            });
        }
        self.members.sort_unstable_by_key(|member| member.leg);
        for AudioIngress { leg, heard, auto_gain } in &self.plan.ingress {
            if let Ok(index) = self.members.binary_search_by_key(leg, |member| member.leg) {
                self.members[index].heard = *heard;
                self.members[index].auto_gain = *auto_gain;
            }
        }
        for at in 0..self.members.len() {
            if let Feed::Forward(source) = self.members[at].planned
                && let Ok(index) = self.members.binary_search_by_key(&source, |member| member.leg)
            {
                self.members[index].forwarded = true;
            }
        }
        self.regroup();
    }

    /// Some leg's formats changed: find its encode group anew.
    pub(crate) fn regroup(&mut self) {
        self.seating = Seating::Changed;
        if let Some(pictures) = &mut self.pictures {
            pictures.change();
        }
    }

    /// The slots of the legs in it.
    pub(crate) fn slots(&self) -> impl Iterator<Item = usize> + '_ {
        self.members.iter().map(|member| member.slot)
    }

    /// Mixes and sends one quantum.
    pub(crate) fn run(
        &mut self,
        legs: &mut Legs,
        scratch: &mut Scratch,
        now: Now,
        sink: &mut EventSink,
    ) {
        if self.seating == Seating::Changed {
            self.seating = Seating::Settled;
            self.read_keys(legs);
        }
        self.stations.retain_mut(Station::take_listened);
        self.rank(legs, scratch, now, sink);
        self.mix(legs, scratch);
        self.encode_groups(scratch);
        self.stations.iter_mut().for_each(Station::run);
        self.send(legs, scratch, now, sink);
        self.tell_talkers(now, sink);
    }

    /// Sends what was encoded of its pictures meanwhile. On every tick: a picture does not wait for
    /// the sound's. False where a fault of ours ended one.
    pub(crate) fn run_pictures(
        &mut self,
        legs: &mut Legs,
        scratch: &mut Scratch,
        now: Now,
        sink: &mut EventSink,
    ) -> bool {
        let Some(pictures) = &mut self.pictures else { return true };
        pictures.run(self.id, &self.plan, legs, now, &mut scratch.out, sink);
        !pictures.has_failed()
    }

    /// Reads each leg's encoder settings anew. Groups are found, or made, when they are needed.
    fn read_keys(&mut self, legs: &mut Legs) {
        for member in &mut self.members {
            let link = legs.get_mut(member.slot).and_then(|leg| leg.link.as_ref());
            member.key = link.map(EncodeKey::of);
            member.group = None;
        }
    }

    /// Takes each leg's 20 ms out of its jitter buffer, and picks the loudest.
    fn rank(&mut self, legs: &mut Legs, scratch: &mut Scratch, now: Now, sink: &mut EventSink) {
        scratch.candidates.clear();
        scratch.forwards.clear();
        for at in 0..self.members.len() {
            self.prefetch_after(at, legs);
            let member = &mut self.members[at];
            member.feed = Feed::Nothing;
            let Some(leg) = legs.get_mut(member.slot) else { continue };
            member.feed = leg.feed(member.planned);
            member.played_to = leg.is_played_to();
            member.station = match (member.feed, member.key) {
                (Feed::Played, Some(key)) => tune_in(&mut self.stations, leg, key),
                _ => None,
            };
            if leg.link.as_mut().is_some_and(|link| link.reporting.take_loss_change()) {
                self.seating = Seating::Changed;
            }
            // Who is muted is not forwarded either.
            let forwards = (member.forwarded && member.heard).then_some(&mut scratch.forwards);
            // A leg that hears itself is heard by nobody else: its sound is taken out once.
            let echoes = leg.take_up_echo(member.feed);
            let candidate = playout::stage(leg, now, forwards, sink);
            sound::listen(leg, sink);
            scratch.candidates.extend(candidate.filter(|_| member.heard && !echoes));
        }
        self.ranking.update(scratch.candidates.iter().copied(), QUANTUM_MS);
    }

    /// Decodes the talkers, and only them, into the mixer.
    fn mix(&mut self, legs: &mut Legs, scratch: &mut Scratch) {
        self.mixer.begin(FRAME);
        for talker in self.ranking.talkers() {
            let Ok(at) = self.members.binary_search_by_key(&talker.leg, |member| member.leg) else {
                continue;
            };
            let member = self.members[at];
            let Some(link) = legs.get_mut(member.slot).and_then(|leg| leg.link.as_mut()) else {
                continue;
            };
            // A leg that was muted between two quanta must not be heard even fading out.
            if member.heard {
                playout::render(link, member.auto_gain, &mut scratch.pcm);
                self.mixer.add(talker.leg, &scratch.pcm, talker.ramp);
            }
        }
    }

    /// Encodes the common mix once for each group that has a listener.
    fn encode_groups(&mut self, scratch: &mut Scratch) {
        for group in &mut self.groups {
            group.wanted = false;
        }
        for member in &mut self.members {
            let shares = member.feed == Feed::Mix && !member.played_to;
            if !shares || self.mixer.contains(member.leg) {
                continue;
            }
            if member.group.is_none() {
                member.group = member.key.and_then(|key| group_of(&mut self.groups, key));
            }
            if let Some(group) = member.group.and_then(|group| self.groups.get_mut(group)) {
                group.wanted = true;
            }
        }
        self.mixer.total(&mut scratch.total);
        scratch.total_level = Level::of_pcm(&scratch.total);
        for group in self.groups.iter_mut().filter(|group| group.wanted) {
            group.stream.encode(&scratch.total);
        }
        self.give_up_idle_groups();
    }

    fn give_up_idle_groups(&mut self) {
        for group in &mut self.groups {
            group.idle = if group.wanted { 0 } else { group.idle + 1 };
        }
        if self.groups.iter().any(|group| group.idle > MAX_IDLE_QUANTA) {
            self.groups.retain(|group| group.idle <= MAX_IDLE_QUANTA);
            for member in &mut self.members {
                member.group = None;
            }
        }
    }

    /// Sends each leg its packets: the group's, another leg's, or those of a sound of its own. Whom
    /// the conference may hear is watched for what comes back of that.
    fn send(&mut self, legs: &mut Legs, scratch: &mut Scratch, now: Now, sink: &mut EventSink) {
        for at in 0..self.members.len() {
            self.prefetch_after(at, legs);
            let member = self.members[at];
            let Some(leg) = legs.get_mut(member.slot) else { continue };
            let sent = match member.feed {
                Feed::Nothing => {
                    // A prompt ends also for who is on hold, so that nobody waits for its end.
                    if member.planned != Feed::Nothing && member.played_to {
                        leg.lay_played(&mut scratch.pcm).into_iter().for_each(|it| sink.send(it));
                    }
                    if let Some(link) = &mut leg.link {
                        link.egress.skip(QUANTUM_MS);
                    }
                    Level::SILENCE
                }
                Feed::Forward(source) if !member.played_to => {
                    forward(leg, source, &scratch.forwards, now, &mut scratch.out);
                    Level::SILENCE
                }
                Feed::Mix if !member.played_to && !self.mixer.contains(member.leg) => {
                    if let Some(group) = member.group.and_then(|group| self.groups.get(group)) {
                        send_packets(leg, &group.stream, now, &mut scratch.out);
                    }
                    scratch.total_level
                }
                Feed::Played if let Some(station) = heard_station(&self.stations, &member) => {
                    send_packets(leg, station, now, &mut scratch.out);
                    if let Some(player) = &mut leg.player {
                        player.skip();
                    }
                    Level::SILENCE
                }
                feed => {
                    self.own_sound(leg, feed, scratch);
                    leg.lay_played(&mut scratch.pcm).into_iter().for_each(|it| sink.send(it));
                    send_own(leg, &scratch.pcm, now, &mut scratch.out);
                    Level::of_pcm(&scratch.pcm)
                }
            };
            if member.heard {
                sound::watch(leg, sent, sink);
            } else {
                sound::rest(leg, sink);
            }
        }
    }

    /// What a leg hears that shares no encoder, without what plays to it. A forwarded stream is
    /// silent under a prompt: it is not decoded here.
    fn own_sound(&mut self, leg: &mut Leg, feed: Feed, scratch: &mut Scratch) {
        match feed {
            Feed::Mix if self.mixer.contains(leg.id) => {
                self.mixer.minus(leg.id, &mut scratch.pcm);
            }
            Feed::Mix => scratch.pcm = scratch.total,
            Feed::Echo(_) => playout::echo(leg, &mut scratch.pcm),
            Feed::Nothing | Feed::Played | Feed::Forward(_) => scratch.pcm.fill(0.0),
        }
    }

    /// Has the processor fetch the leg after this one.
    fn prefetch_after(&self, at: usize, legs: &Legs) {
        if let Some(next) = self.members.get(at + 1) {
            legs.prefetch(next.slot);
        }
    }

    fn tell_talkers(&mut self, now: Now, sink: &mut EventSink) {
        if self.told_at.is_some_and(|at| now.instant < at + TALKERS_INTERVAL) {
            return;
        }
        let talkers = self.ranking.talkers().iter().filter(|talker| talker.ramp != Ramp::Out);
        if talkers.clone().map(|talker| talker.leg).eq(self.told.iter().copied()) {
            return;
        }
        self.told.clear();
        self.told.extend(talkers.map(|talker| talker.leg));
        self.told_at = Some(now.instant);
        sink.send(MediaEvent::Talkers { conference: self.id, legs: self.told.clone() });
    }
}

/// The group of these encoder settings; a new one for the first listener who has them. `None`
/// where the codec's library refuses.
fn group_of(groups: &mut Vec<EncodeGroup>, key: EncodeKey) -> Option<usize> {
    if let Some(found) = groups.iter().position(|group| group.stream.key() == key) {
        return Some(found);
    }
    let stream = EncodeStream::new(key)?;
    groups.push(EncodeGroup { stream, wanted: false, idle: 0 });
    Some(groups.len() - 1)
}

/// The station that a leg hears, where it loops a clip: its own from where it is, if nobody plays
/// that clip yet. Who comes later joins with a quantum of its own, and hears it from the next on.
fn tune_in(stations: &mut Vec<Station>, leg: &mut Leg, key: EncodeKey) -> Option<usize> {
    let player = leg.player.as_mut()?;
    let play = player.looping()?;
    let Some(at) = stations.iter().position(|station| station.play().plays_along(play)) else {
        stations.push(Station::new(play.clone()));
        return None;
    };
    let station = &mut stations[at];
    if !play.is_at(station.play()) {
        station.keep();
        player.join(station.play());
        return None;
    }
    station.listen(key).then_some(at)
}

fn heard_station<'a>(stations: &'a [Station], member: &Member) -> Option<&'a EncodeStream> {
    stations.get(member.station?)?.packets(member.key?)
}

/// Sends another leg's packets on as they are.
fn forward(leg: &mut Leg, source: LegId, forwards: &Forwards, now: Now, out: &mut Outgoing) {
    let Some(codec) = leg.link.as_ref().map(|link| link.media.audio.send.codec) else { return };
    let mut passed = 0;
    for (payload, milliseconds) in forwards.of(source, codec) {
        egress::send_audio(leg, payload, milliseconds, now, out);
        passed += milliseconds;
    }
    if let Some(link) = &mut leg.link {
        link.egress.forwarded(passed);
    }
}

/// Encodes for one leg alone.
fn send_own(leg: &mut Leg, mix: &[f32], now: Now, out: &mut Outgoing) {
    let Some(link) = leg.link.as_mut() else { return };
    let key = EncodeKey::of(link);
    let own = link
        .own
        .take()
        .filter(|own| own.key() == key)
        .or_else(|| EncodeStream::new(key).map(Box::new));
    let Some(mut own) = own else { return };
    own.encode(mix);
    send_packets(leg, &own, now, out);
    if let Some(link) = &mut leg.link {
        link.own = Some(own);
    }
}

fn send_packets(leg: &mut Leg, stream: &EncodeStream, now: Now, out: &mut Outgoing) {
    for payload in stream.packets() {
        if payload.is_empty() {
            if let Some(link) = &mut leg.link {
                link.egress.skip(stream.packet_ms());
            }
        } else {
            egress::send_audio(leg, payload, stream.packet_ms(), now, out);
        }
    }
}
