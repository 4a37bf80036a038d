//! One conference's pictures: who is seen, who is shown what, and which encoder serves whom.

mod budget;
mod wall;

use super::Machinery;
use super::decode::DecodeStream;
use super::line::{self, Detail, Flow, Packets, Passed, PassedAs, Shapes, Sizes, Wanted, Working};
use super::pace::{Medians, Pace};
use super::studio::{Composition, Encode, EncodeKey};
use crate::clock::Now;
use crate::egress::Outgoing;
use crate::leg::Leg;
use crate::worker::{EventSink, Legs};
use causeway_base::{Bitrate, ConferenceId, LegId, SizeClass};
use causeway_media::video::frame::Frame;
use causeway_plan::picture::GRID_HEIGHT;
use causeway_plan::video::{PacketizationMode, VideoCoding, VideoStrain};
use causeway_plan::{MediaEvent, MediaPlan, PictureId, PicturePlan, Show, VideoFeed};
use std::sync::Arc;
use std::time::{Duration, Instant};
use wall::Walls;

/// How often sizes and rates are chosen.
const CHOICE_INTERVAL: Duration = Duration::from_millis(100);

/// What did not fit is not tried again for so long: to change costs a full picture each time.
const FORWARD_AGAIN: Duration = Duration::from_secs(10);

/// Who is looked at through another's eyes is composed for so long, whatever they get themselves: who
/// looks, looks again within that.
const LOOK: Duration = Duration::from_secs(10);

/// Pictures a second that the studio composes; what a receiver takes less of is a whole part.
const BEATS: u8 = 30;

/// Who looks through the eyes of somebody who gets tiles waits so long at most: their sources are
/// asked for a full picture, and that is decoded.
const MAX_WAIT: Duration = Duration::from_millis(1_500);

/// Streams that are looked at at once, of those that nobody is shown in a picture: each costs a
/// decoder while it lasts.
const MAX_LOOKS: usize = 1;

/// So often it is seen whether they came.
const WAIT_STEP: Duration = Duration::from_millis(10);

/// What somebody is shown, for somebody else.
#[derive(Debug)]
pub(crate) struct Look {
    composition: Arc<Composition>,
    /// Of so many there is to be a picture.
    awaited: usize,
}

impl Look {
    /// The picture, once all are in it, or in vain were waited for. Not for a worker's thread.
    #[allow(
        clippy::disallowed_methods,
        reason = "what is decoded tells nobody, and this waits until a deadline"
    )]
    pub(crate) fn picture(&self) -> Option<Frame> {
        let end = Now::read().instant + MAX_WAIT;
        while self.composition.pictures() < self.awaited && Now::read().instant < end {
            std::thread::sleep(WAIT_STEP);
        }
        self.composition.snapshot()
    }
}

/// Whether what is shown still fits the plan and the legs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Seating {
    #[default]
    Settled,
    Changed,
}

/// The pictures of one conference.
#[derive(Debug)]
pub(crate) struct Pictures {
    machinery: Machinery,
    seating: Seating,
    shown: Vec<Shown>,
    sources: Vec<Source>,
    receivers: Vec<Receiver>,
    walls: Walls,
    served: Vec<Served>,
    strain: VideoStrain,
    /// What there is time for to decode.
    decode_strain: VideoStrain,
    /// The heavier of both, as it was told.
    told: VideoStrain,
    chosen_at: Option<Instant>,
}

/// A picture that is composed.
#[derive(Debug)]
struct Shown {
    plan: PicturePlan,
    composition: Arc<Composition>,
}

/// A leg that somebody sees.
#[derive(Clone, Copy, Debug)]
struct Source {
    place: Place,
    /// How much of it the pictures show.
    detail: Detail,
    /// Which of its streams the pictures show, by [`line::Ingress::changes`].
    changes: u64,
    /// Whether anything comes of it, what, and in which sizes.
    coming: bool,
    flow: Option<Flow>,
    sizes: Sizes,
    shapes: Shapes,
}

impl Source {
    /// Whether who takes pictures coded like this can take one of its sizes, as far as they are
    /// known.
    fn suits(&self, coding: &VideoCoding) -> bool {
        let mut known = self.shapes.iter().flatten().peekable();
        known.peek().is_none() || known.any(|shape| shape.suits(coding))
    }

    /// The sizes that who takes pictures coded like this can take, and those of which nothing is
    /// known yet.
    fn sizes_for(&self, coding: &VideoCoding) -> Sizes {
        let shape = |layer: usize| self.shapes.get(layer).copied().flatten();
        self.sizes.only(|layer| shape(layer).is_none_or(|shape| shape.suits(coding)))
    }
}

/// Whether a receiver gets a leg as it is instead of a picture of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Forward {
    /// The plan does not want it.
    Never,
    /// It does not fit, and is not tried again before then.
    Unfit(LegId, Option<Instant>),
    /// From its next full picture on; until then the receiver gets its picture.
    Awaited(LegId),
    Passing(LegId),
}

/// A leg that is shown a picture.
#[derive(Clone, Copy, Debug)]
struct Receiver {
    place: Place,
    /// The picture that the plan wants it to be shown.
    picture: PictureId,
    /// The encode that it gets.
    present: Option<Tap>,
    /// The one that it gets from that one's next full picture on.
    next: Option<Tap>,
    forward: Forward,
    rate: Bitrate,
    /// The encode that it could share with others, and whether it would hold them up.
    home: Option<Tap>,
    pace: Pace,
    /// Its picture was asked for by somebody else.
    looked_at: Option<Instant>,
}

/// Where a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    leg: LegId,
    slot: usize,
    line: usize,
}

/// Names an encode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tap {
    picture: PictureId,
    key: EncodeKey,
}

/// An encode that somebody gets.
#[derive(Debug)]
struct Served {
    tap: Tap,
    encode: Encode,
    /// What came of it on this tick.
    packets: Vec<Packets>,
    rate: Option<Bitrate>,
}

impl Pictures {
    pub(crate) fn new(machinery: Machinery) -> Self {
        Self {
            machinery,
            seating: Seating::Settled,
            shown: Vec::new(),
            sources: Vec::new(),
            receivers: Vec::new(),
            walls: Walls::default(),
            served: Vec::new(),
            strain: VideoStrain::None,
            decode_strain: VideoStrain::None,
            told: VideoStrain::None,
            chosen_at: None,
        }
    }

    /// The plan, the legs or their lines changed.
    pub(crate) const fn change(&mut self) {
        self.seating = Seating::Changed;
    }

    /// A fault of ours ended one of its pictures: there will be no other of it.
    pub(crate) fn has_failed(&self) -> bool {
        self.shown.iter().any(|shown| shown.composition.has_failed())
    }

    /// All that one tick does.
    pub(crate) fn run(
        &mut self,
        id: ConferenceId,
        plan: &MediaPlan,
        legs: &mut Legs,
        now: Now,
        out: &mut Outgoing,
        sink: &mut EventSink,
    ) {
        if std::mem::take(&mut self.seating) == Seating::Changed {
            self.seat(id, plan, legs, now, sink);
        }
        self.watch(legs, now, out, sink);
        for served in &mut self.served {
            served.take();
        }
        if self.chosen_at.is_none_or(|at| now.instant >= at + CHOICE_INTERVAL) {
            self.chosen_at = Some(now.instant);
            self.tell_strain(id, sink);
            self.choose(legs, now, sink);
        }
        self.send(legs, now, out);
    }

    /// The picture that a leg is shown, for somebody else who asks for it now. Where the leg gets
    /// its tiles, its sources are decoded from now on for a while.
    pub(crate) fn shown_to(&mut self, leg: LegId, now: Instant) -> Option<Look> {
        let receiver = self.receivers.iter_mut().find(|receiver| receiver.place.leg == leg)?;
        receiver.looked_at = Some(now);
        let picture = receiver.picture;
        let shown = self.shown.iter().find(|shown| shown.plan.id == picture)?;
        let composition = Arc::clone(&shown.composition);
        let awaited = if self.walls.is_whole(leg) {
            // Now, not at the next choice.
            self.chosen_at = None;
            let comes = |source: &&Source| source.coming && source.flow.is_some();
            let coming = self.sources.iter().filter(comes);
            coming.filter(|source| self.shows(picture, source.place.leg)).count()
        } else {
            0
        };
        Some(Look { composition, awaited })
    }

    /// Finds the plan's legs among those that are here.
    fn seat(
        &mut self,
        id: ConferenceId,
        plan: &MediaPlan,
        legs: &mut Legs,
        now: Now,
        sink: &mut EventSink,
    ) {
        self.seat_receivers(id, plan, legs, now);
        self.walls.seat(id, plan, legs, sink);
        self.seat_sources(id, plan, legs, now);
        self.show(plan, legs);
        self.chosen_at = None;
    }

    fn seat_receivers(&mut self, id: ConferenceId, plan: &MediaPlan, legs: &mut Legs, now: Now) {
        let before = std::mem::take(&mut self.receivers);
        for egress in &plan.video {
            let (forward, picture) = match egress.feed {
                // Lines of tiles are their walls'.
                VideoFeed::Nothing | VideoFeed::Source(_) => continue,
                VideoFeed::Picture(picture) | VideoFeed::Tiles(picture) => {
                    (Forward::Never, picture)
                }
                VideoFeed::Forward(leg, picture) => (Forward::Unfit(leg, None), picture),
            };
            let Some(place) = place(id, egress.leg, legs, line::screen) else { continue };
            let fresh = Receiver {
                place,
                picture,
                present: None,
                next: None,
                forward,
                rate: Bitrate::default(),
                home: None,
                pace: Pace::With,
                looked_at: None,
            };
            let known = before.iter().find(|receiver| receiver.continues(&fresh)).copied();
            self.receivers.push(known.unwrap_or(fresh));
        }
        // What waits to be sent of a picture that somebody is not to see any more is not sent.
        for gone in before {
            if self.receivers.iter().any(|receiver| receiver.continues(&gone)) {
                continue;
            }
            if let Some(leg) = at(legs, gone.place)
                && leg.room == Some(id)
                && let Some(working) = Working::of(leg, gone.place.line, now)
            {
                working.line.egress.clear();
                working.line.egress.stop_passing();
            }
        }
    }

    fn seat_sources(&mut self, id: ConferenceId, plan: &MediaPlan, legs: &mut Legs, now: Now) {
        let before = std::mem::take(&mut self.sources);
        let seen = |picture: &&PicturePlan| {
            self.receivers.iter().any(|receiver| receiver.picture == picture.id)
        };
        let mut wanted: Vec<LegId> =
            plan.pictures.iter().filter(seen).flat_map(PicturePlan::sources).collect();
        wanted.sort_unstable();
        wanted.dedup();
        for leg in wanted {
            let Some(place) = place(id, leg, legs, line::source) else { continue };
            let Some(working) = working_at(legs, place, now) else {
                continue;
            };
            let ingress = &mut working.line.ingress;
            ingress.see(now.instant, &self.machinery.decoders.of(id, leg, place.line));
            let (changes, flow) = (ingress.changes(), ingress.flow());
            let (coming, sizes) = (ingress.is_coming(now.instant), ingress.sizes());
            let (detail, shapes) = (detail(plan, leg), ingress.shapes());
            self.sources.push(Source { place, detail, changes, coming, flow, sizes, shapes });
        }
        for gone in before {
            if !self.sources.iter().any(|source| source.place == gone.place)
                && let Some(leg) = at(legs, gone.place)
                && leg.room == Some(id)
                && let Some(working) = Working::of(leg, gone.place.line, now)
            {
                working.line.ingress.unsee(now.instant);
            }
        }
    }

    /// Has the pictures of the plan composed, and no others. The same name is the same picture.
    fn show(&mut self, plan: &MediaPlan, legs: &mut Legs) {
        let mut before = std::mem::take(&mut self.shown);
        for picture in &plan.pictures {
            let same = before.iter().position(|shown| shown.plan.id == picture.id);
            let composition = match same.map(|at| before.swap_remove(at)) {
                Some(shown) => shown.composition,
                None => Arc::new(self.machinery.studio.open()),
            };
            composition.show(picture, streams(&self.sources, picture, legs));
            self.shown.push(Shown { plan: picture.clone(), composition });
        }
        let shown = &self.shown;
        self.served.retain(|served| shown.iter().any(|shown| shown.plan.id == served.tap.picture));
    }

    /// Looks after those who are seen: what they send is decoded, what is missing asked for.
    fn watch(&mut self, legs: &mut Legs, now: Now, out: &mut Outgoing, sink: &mut EventSink) {
        let mut changed = Vec::new();
        self.decode_strain = VideoStrain::None;
        for source in &mut self.sources {
            let Some(mut working) = working_at(legs, source.place, now) else {
                continue;
            };
            working.watch(now, out, sink);
            source.flow = working.line.ingress.flow();
            self.decode_strain = self.decode_strain.max(working.line.ingress.strain());
            let changes = working.line.ingress.changes();
            if std::mem::replace(&mut source.changes, changes) != changes {
                changed.push(source.place.leg);
            }
        }
        for shown in &self.shown {
            if shown.plan.sources().any(|source| changed.contains(&source)) {
                let streams = streams(&self.sources, &shown.plan, legs);
                shown.composition.show(&shown.plan, streams);
            }
        }
    }

    fn tell_strain(&mut self, conference: ConferenceId, sink: &mut EventSink) {
        if self.receivers.is_empty() {
            return;
        }
        self.strain = self.machinery.studio.strain();
        let strain = self.strain.max(self.decode_strain);
        if std::mem::replace(&mut self.told, strain) != strain {
            sink.send(MediaEvent::VideoStrained { conference, strain });
        }
    }

    /// Chooses what each receiver gets, and each encode's rate.
    fn choose(&mut self, legs: &mut Legs, now: Now, sink: &mut EventSink) {
        for source in &mut self.sources {
            if let Some(working) = working_at(legs, source.place, now) {
                source.sizes = working.line.ingress.sizes();
                source.shapes = working.line.ingress.shapes();
                source.coming = working.line.ingress.is_coming(now.instant);
            }
        }
        self.walls.choose(&self.sources, legs, now, sink);
        let with = self.receivers.iter().filter(|receiver| receiver.pace == Pace::With);
        let medians =
            Medians::new(with.filter_map(|it| Some((it.home?, useful(it.home?, it.rate)))));
        for at_receiver in 0..self.receivers.len() {
            self.choose_for(at_receiver, &medians, legs, now);
        }
        let receivers = &self.receivers;
        self.served.retain_mut(|served| {
            let gets = |receiver: &&Receiver| {
                receiver.present == Some(served.tap) || receiver.next == Some(served.tap)
            };
            let Some(rate) = receivers.iter().filter(gets).map(|receiver| receiver.rate).min()
            else {
                return false;
            };
            served.set_rate(rate);
            true
        });
        self.choose_sources(legs, now);
    }

    fn choose_for(
        &mut self,
        at_receiver: usize,
        medians: &Medians<Tap>,
        legs: &mut Legs,
        now: Now,
    ) {
        let receiver = &mut self.receivers[at_receiver];
        receiver.home = None;
        let place = receiver.place;
        let Some(working) = working_at(legs, place, now) else {
            return;
        };
        if self.walls.is_whole(place.leg) {
            if (receiver.present.take(), receiver.next.take()) != (None, None) {
                working.line.egress.clear();
            }
            working.line.egress.tell(None);
            return;
        }
        let allocated = working.may_send().then(|| working.line.egress.allocate(now.instant));
        let wanted = allocated.flatten().and_then(|(send, allocation)| {
            receiver.rate = allocation.rate;
            Some((send, key(&send, allocation.class, self.strain)?))
        });
        let sent = wanted.map(|(_, key)| (key.codec, key.class, receiver.rate));
        working.line.egress.tell(sent);
        let Some((send, key)) = wanted else {
            // It is tried again as soon as anything may be sent.
            if let Some(leg) = receiver.forward.source() {
                receiver.forward = Forward::Unfit(leg, None);
            }
            working.line.egress.stop_passing();
            working.line.egress.clear();
            (receiver.present, receiver.next) = (None, None);
            return;
        };
        let flow = |leg| self.sources.iter().find(|source| source.place.leg == leg)?.flow;
        let flow: Option<Flow> = receiver.forward.source().and_then(flow);
        let fits = flow.is_some_and(|flow| {
            flow.fits(&send, key.class, receiver.rate) && working.line.egress.carries(&flow)
        });
        let before = receiver.forward;
        receiver.forward = before.weigh(now.instant, fits);
        if before.is_open() && !receiver.forward.is_open() {
            working.line.egress.stop_passing();
        }
        if matches!(receiver.forward, Forward::Passing(_)) {
            (receiver.present, receiver.next) = (None, None);
            return;
        }
        let could_share = Tap { picture: receiver.picture, key };
        receiver.home = Some(could_share);
        let rate = useful(could_share, receiver.rate);
        receiver.pace = receiver.pace.judge(rate, medians.of(&could_share));
        let class = match receiver.pace {
            Pace::With => key.class,
            Pace::Behind => key.class.smaller().unwrap_or(key.class),
        };
        let key = EncodeKey { class, ..key };
        working.line.egress.tell(Some((key.codec, key.class, receiver.rate)));
        let tap = Tap { picture: receiver.picture, key };
        if receiver.present.is_some_and(|present| !suits(present.key, &send, key)) {
            receiver.present = None;
            working.line.egress.clear();
        }
        receiver.next = (receiver.present != Some(tap)).then_some(tap);
        // Asked until it comes; who asks for the same changes nothing.
        if let Some(next) = receiver.next
            && let Some(served) = serve(&mut self.served, &self.shown, next)
        {
            served.encode.refresh();
        }
    }

    /// Has those decoded whom a picture shows that somebody gets, and those kept whom somebody gets
    /// as they are.
    fn choose_sources(&self, legs: &mut Legs, now: Now) {
        let mut looks = 0;
        for source in &self.sources {
            let place = source.place;
            let decoded = self.receivers.iter().any(|receiver| {
                self.is_composed_for(receiver, now.instant)
                    && self.shows(receiver.picture, place.leg)
            });
            let awaited = Forward::Awaited(place.leg);
            let mut wanted = Wanted::default();
            for receiver in &self.receivers {
                if receiver.forward == awaited || receiver.forward == Forward::Passing(place.leg) {
                    wanted.add_taken();
                }
            }
            let needed = self.walls.wanted_of(place.leg, &mut wanted);
            let Some(working) = working_at(legs, place, now) else {
                continue;
            };
            let ingress = &mut working.line.ingress;
            // Tiles name their sizes; to look at it the smallest is enough.
            let is_taken = decoded || wanted.has_taken();
            ingress.want(if is_taken { source.detail } else { Detail::Small });
            ingress.set_decoded(now.instant, decoded);
            looks += usize::from(ingress.is_looked_at());
            ingress.set_passed(wanted);
            if self.receivers.iter().any(|receiver| receiver.forward == awaited) {
                ingress.want_key_frame(now.instant);
            }
            for (layer, _) in needed.into_iter().enumerate().filter(|(_, needed)| *needed) {
                ingress.want_layer(now.instant, layer);
            }
        }
        if looks < MAX_LOOKS && self.told == VideoStrain::None {
            self.look(legs, now);
        }
    }

    /// Looks at the source that was looked at least lately.
    fn look(&self, legs: &mut Legs, now: Now) {
        let mut oldest = None;
        for source in &self.sources {
            if let Some(Working { line, .. }) = working_at(legs, source.place, now)
                && let Some(age) = line.ingress.look_age(now.instant)
                && oldest.is_none_or(|(before, _)| age > before)
            {
                oldest = Some((age, source.place));
            }
        }
        if let Some(Working { line, .. }) =
            oldest.and_then(|(_, place)| working_at(legs, place, now))
        {
            line.ingress.look(now.instant);
        }
    }

    /// Whether somebody is shown a picture, or looked at.
    fn is_composed_for(&self, receiver: &Receiver, now: Instant) -> bool {
        let gets = !matches!(receiver.forward, Forward::Passing(_))
            && !self.walls.is_whole(receiver.place.leg);
        gets || receiver.looked_at.is_some_and(|at| now.saturating_duration_since(at) < LOOK)
    }

    fn shows(&self, picture: PictureId, leg: LegId) -> bool {
        let shown = self.shown.iter().find(|shown| shown.plan.id == picture);
        shown.is_some_and(|shown| shown.plan.sources().any(|source| source == leg))
    }

    /// Queues what was encoded and what is passed on, and sends what is to leave now.
    fn send(&mut self, legs: &mut Legs, now: Now, out: &mut Outgoing) {
        let passed = self.take_passed(legs);
        let mut needed: Vec<(LegId, Option<usize>)> = Vec::new();
        for at_receiver in 0..self.receivers.len() {
            if let Some(next) = self.receivers.get(at_receiver + 1) {
                legs.prefetch(next.place.slot);
            }
            let receiver = &mut self.receivers[at_receiver];
            let place = receiver.place;
            let Some(leg) = at(legs, place) else {
                continue;
            };
            let news = line::hear(leg, place.line, now);
            self.walls.hear(place.leg, news, now);
            let Some(mut working) = Working::of(leg, place.line, now) else {
                continue;
            };
            receiver.pass(&passed, &mut working, now);
            receiver.queue(&self.served, &mut working);
            if working.line.egress.take_demand(now.instant) {
                match (receiver.forward, receiver.present) {
                    (Forward::Passing(leg), _) => needed.push((leg, None)),
                    (_, Some(present)) => {
                        let served = self.served.iter().find(|served| served.tap == present);
                        served.into_iter().for_each(|served| served.encode.refresh());
                    }
                    // It waits for one already.
                    (_, None) => {}
                }
            }
            working.send(now, out);
        }
        self.walls.send(&passed, legs, now, out, &mut needed);
        for (source, layer) in needed {
            let source = self.sources.iter().find(|it| it.place.leg == source);
            let working = source.and_then(|source| working_at(legs, source.place, now));
            let Some(Working { line, .. }) = working else { continue };
            match layer {
                Some(layer) => line.ingress.want_layer(now.instant, layer),
                None => line.ingress.want_key_frame(now.instant),
            }
        }
    }

    /// What came of those whom somebody gets as they are.
    fn take_passed(&self, legs: &mut Legs) -> Vec<(LegId, Vec<Passed>)> {
        let mut passed = Vec::new();
        for source in &self.sources {
            let place = source.place;
            if let Some(link) = at(legs, place).and_then(|leg| leg.link.as_mut())
                && let Some(line) = link.video.get_mut(place.line)
                && let packets = line.ingress.take_passed()
                && !packets.is_empty()
            {
                passed.push((place.leg, packets));
            }
        }
        passed
    }
}

impl Forward {
    /// The leg that is to be got as it is, if the plan wants that.
    const fn source(self) -> Option<LegId> {
        match self {
            Forward::Never => None,
            Forward::Unfit(leg, _) | Forward::Awaited(leg) | Forward::Passing(leg) => Some(leg),
        }
    }

    /// Whether the leg's packets are wanted.
    const fn is_open(self) -> bool {
        matches!(self, Forward::Awaited(_) | Forward::Passing(_))
    }

    /// It does not fit now.
    fn unfit(self, now: Instant) -> Self {
        self.source().map_or(self, |leg| Forward::Unfit(leg, Some(now + FORWARD_AGAIN)))
    }

    /// The same after a look at whether it fits.
    fn weigh(self, now: Instant, fits: bool) -> Self {
        match self {
            Forward::Unfit(leg, until) if fits && until.is_none_or(|until| now >= until) => {
                Forward::Awaited(leg)
            }
            Forward::Awaited(_) | Forward::Passing(_) if !fits => self.unfit(now),
            other => other,
        }
    }
}

impl Receiver {
    /// Whether the plan wants the same for the same line.
    fn continues(&self, other: &Self) -> bool {
        (self.place, self.picture, self.forward.source())
            == (other.place, other.picture, other.forward.source())
    }

    /// Queues what came of the leg that it gets as it is, from a full picture on.
    fn pass(&mut self, passed: &[(LegId, Vec<Passed>)], working: &mut Working<'_>, now: Now) {
        let Some(leg) = self.forward.source().filter(|_| self.forward.is_open()) else { return };
        let packets = passed.iter().find(|(of, _)| *of == leg).map(|(_, packets)| packets);
        let Some(send) = &working.line.media.send else { return };
        let under = PassedAs::from(&send.format);
        for packet in packets.into_iter().flatten().filter(|packet| packet.taken) {
            if working.line.egress.pass(now.instant, under, packet, true) {
                self.forward = Forward::Passing(leg);
                (self.present, self.next) = (None, None);
            }
        }
    }

    /// Queues what its encode gave. It changes to another with a full picture of that.
    fn queue(&mut self, served: &[Served], working: &mut Working<'_>) {
        let of = |tap: Tap| served.iter().find(|served| served.tap == tap);
        if let Some(next) = self.next
            && let Some(served) = of(next)
            && let Some(begin) = served.packets.iter().position(|packets| packets.key)
        {
            (self.present, self.next) = (Some(next), None);
            working.line.egress.begin();
            served.packets.iter().skip(begin).for_each(|packets| {
                working.line.egress.push(packets);
            });
            return;
        }
        let Some(served) = self.present.and_then(of) else { return };
        for packets in &served.packets {
            if !working.line.egress.push(packets) {
                // It waits for a full picture again.
                self.next = self.present.take();
                return;
            }
        }
    }
}

impl Served {
    /// Takes what was encoded, and cuts it once for all.
    fn take(&mut self) {
        self.packets.clear();
        for picture in self.encode.take() {
            match Packets::cut(self.tap.key, &picture) {
                Some(packets) => self.packets.push(packets),
                // An encoder that was told the limit does not pass it; if it did, all that
                // follows would lean on what nobody gets.
                None => self.encode.refresh(),
            }
        }
    }

    fn set_rate(&mut self, rate: Bitrate) {
        let rates = self.tap.key.class.rates();
        let rate = rate.clamp(*rates.start(), *rates.end());
        if self.rate.replace(rate) != Some(rate) {
            self.encode.set_rate(rate);
        }
    }
}

/// The encode of a name: that which is there, else a new one.
fn serve<'a>(served: &'a mut Vec<Served>, shown: &[Shown], tap: Tap) -> Option<&'a mut Served> {
    let known = served.iter().position(|served| served.tap == tap);
    let index = match known {
        Some(index) => index,
        None => {
            let shown = shown.iter().find(|shown| shown.plan.id == tap.picture)?;
            let encode = shown.composition.encode(tap.key);
            served.push(Served { tap, encode, packets: Vec::new(), rate: None });
            served.len() - 1
        }
    };
    served.get_mut(index)
}

/// What a receiver's encoder is to be like. `None` while there is time for no picture at all.
fn key(
    send: &causeway_plan::VideoSend,
    class: SizeClass,
    strain: VideoStrain,
) -> Option<EncodeKey> {
    let class = class.min(send.ceiling.class);
    let class = match strain {
        VideoStrain::None | VideoStrain::FewerPictures => class,
        VideoStrain::Smaller => class.min(SizeClass::P360),
        VideoStrain::AudioOnly => return None,
    };
    let single_nal = match send.format.coding {
        VideoCoding::H264(h264) => h264.mode == PacketizationMode::SingleNal,
        VideoCoding::Vp8(_) => false,
    };
    // A smaller picture than the ceiling may come more often than that.
    let most = send.format.coding.frame_rate(class.size())?.min(BEATS);
    Some(EncodeKey {
        codec: send.format.coding.codec(),
        class,
        single_nal,
        frame_rate: BEATS / BEATS.div_ceil(most.max(1)),
    })
}

/// What an encode makes use of, of a receiver's rate.
fn useful(tap: Tap, rate: Bitrate) -> Bitrate {
    rate.min(*tap.key.class.rates().end())
}

/// Whether an encode may be sent on, until another begins, to who was promised this and is to get
/// pictures like these: under its payload type, another codec or mode makes no sense.
fn suits(present: EncodeKey, send: &causeway_plan::VideoSend, next: EncodeKey) -> bool {
    present.codec == next.codec
        && present.single_nal == next.single_nal
        && present.class <= send.ceiling.class
}

/// How much of a leg is shown, where it is shown largest.
fn detail(plan: &MediaPlan, leg: LegId) -> Detail {
    let height = |picture: &PicturePlan| match &picture.show {
        Show::People { tiles, .. } => {
            let shown = tiles.iter().filter(|tile| tile.source == Some(leg));
            shown.map(|tile| tile.area.height()).max()
        }
        Show::Text(_) | Show::Bars { .. } => None,
    };
    match plan.pictures.iter().filter_map(height).max() {
        Some(height) if height < GRID_HEIGHT / 4 => Detail::Small,
        Some(height) if height <= GRID_HEIGHT / 2 => Detail::Medium,
        _ => Detail::Large,
    }
}

/// Where the line of a leg is, if the leg is in this conference and has one.
fn place(
    id: ConferenceId,
    leg: LegId,
    legs: &mut Legs,
    line: impl FnOnce(&crate::leg::Link) -> Option<usize>,
) -> Option<Place> {
    let slot = legs.slot(leg)?;
    let found = legs.get_mut(slot).filter(|found| found.room == Some(id))?;
    let line = line(found.link.as_ref()?)?;
    Some(Place { leg, slot, line })
}

/// The leg of a place, while it is there.
fn at(legs: &mut Legs, place: Place) -> Option<&mut Leg> {
    legs.get_mut(place.slot).filter(|leg| leg.id == place.leg)
}

/// The line of that place at work.
fn working_at(legs: &mut Legs, place: Place, now: Now) -> Option<Working<'_>> {
    Working::of(at(legs, place)?, place.line, now)
}

/// The streams that a picture shows.
fn streams(
    sources: &[Source],
    picture: &PicturePlan,
    legs: &mut Legs,
) -> Vec<(LegId, DecodeStream)> {
    let stream = |leg: LegId| {
        let source = sources.iter().find(|source| source.place.leg == leg)?;
        let link = at(legs, source.place)?.link.as_ref()?;
        let decode = link.video.get(source.place.line)?.ingress.decode()?;
        Some((leg, decode.clone()))
    };
    picture.sources().filter_map(stream).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_base::VideoCodec;
    use causeway_plan::video::{Ceiling, Feedback, Vp8Format};
    use causeway_plan::{VideoFormat, VideoSend};

    #[test]
    fn what_is_sent_ends_at_once_where_another_codec_mode_or_size_was_agreed() {
        let coding = VideoCoding::Vp8(Vp8Format { max_fs: None, max_frame_rate: None });
        let send = |class| VideoSend {
            format: VideoFormat { payload_type: 96, coding, rtx: None, feedback: Feedback::NONE },
            ceiling: Ceiling { class, frame_rate: 30 },
            max_bitrate: Bitrate::kbps(1_000),
        };
        let key = |codec, class, single_nal| EncodeKey { codec, class, single_nal, frame_rate: 30 };
        let (h264, vp8) = (VideoCodec::H264, VideoCodec::Vp8);
        let (small, large) = (SizeClass::P360, SizeClass::P720);
        let present = key(h264, large, false);
        assert!(suits(present, &send(large), key(h264, small, false)), "it waits for the smaller");
        assert!(!suits(present, &send(small), key(h264, small, false)), "too large");
        assert!(!suits(present, &send(large), key(vp8, large, false)));
        assert!(!suits(present, &send(large), key(h264, large, true)));
    }
}
