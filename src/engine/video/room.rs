//! One conference's pictures: who is seen, who is shown what, and which encoder serves whom.

use super::Machinery;
use super::decode::DecodeStream;
use super::line::{self, Detail, Packets, Working};
use super::studio::{Composition, Encode, EncodeKey};
use crate::clock::Now;
use crate::egress::Outgoing;
use crate::leg::Leg;
use crate::worker::{EventSink, Legs};
use causeway_base::{Bitrate, ConferenceId, LegId, SizeClass};
use causeway_plan::picture::GRID_HEIGHT;
use causeway_plan::video::{PacketizationMode, VideoCoding, VideoStrain};
use causeway_plan::{MediaEvent, MediaPlan, PictureId, PicturePlan, Show, VideoFeed};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often sizes and rates are chosen.
const CHOICE_INTERVAL: Duration = Duration::from_millis(100);

/// Pictures a second that the studio composes; what a receiver takes less of is a whole part.
const BEATS: u8 = 30;

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
    served: Vec<Served>,
    strain: VideoStrain,
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
    /// Which of its streams the pictures show, by [`line::Ingress::changes`].
    changes: u64,
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
    rate: Bitrate,
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
            served: Vec::new(),
            strain: VideoStrain::None,
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
            self.seat(id, plan, legs, now);
        }
        self.watch(legs, now, out, sink);
        for served in &mut self.served {
            served.take();
        }
        if self.chosen_at.is_none_or(|at| now.instant >= at + CHOICE_INTERVAL) {
            self.chosen_at = Some(now.instant);
            self.tell_strain(id, sink);
            self.choose(legs, now);
        }
        self.send(legs, now, out);
    }

    /// The picture that a leg is shown.
    pub(crate) fn shown_to(&self, leg: LegId) -> Option<Arc<Composition>> {
        let receiver = self.receivers.iter().find(|receiver| receiver.place.leg == leg)?;
        let shown = self.shown.iter().find(|shown| shown.plan.id == receiver.picture)?;
        Some(Arc::clone(&shown.composition))
    }

    /// Finds the plan's legs among those that are here.
    fn seat(&mut self, id: ConferenceId, plan: &MediaPlan, legs: &mut Legs, now: Now) {
        self.seat_receivers(id, plan, legs, now);
        self.seat_sources(id, plan, legs, now);
        self.show(plan, legs);
        self.chosen_at = None;
    }

    fn seat_receivers(&mut self, id: ConferenceId, plan: &MediaPlan, legs: &mut Legs, now: Now) {
        let before = std::mem::take(&mut self.receivers);
        for egress in &plan.video {
            let (VideoFeed::Picture(picture) | VideoFeed::Forward(_, picture)) = egress.feed else {
                continue;
            };
            let Some(place) = place(id, egress.leg, legs, line::screen) else { continue };
            let same =
                |receiver: &&Receiver| receiver.place == place && receiver.picture == picture;
            let receiver = before.iter().find(same).copied();
            self.receivers.push(receiver.unwrap_or(Receiver {
                place,
                picture,
                present: None,
                next: None,
                rate: Bitrate::default(),
            }));
        }
        // What waits to be sent of a picture that somebody is not to see any more is not sent.
        for gone in before {
            if self
                .receivers
                .iter()
                .any(|receiver| receiver.place == gone.place && receiver.picture == gone.picture)
            {
                continue;
            }
            if let Some(leg) = at(legs, gone.place)
                && leg.room == Some(id)
                && let Some(working) = Working::of(leg, gone.place.line, now)
            {
                working.line.egress.clear();
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
            let Some(working) = at(legs, place).and_then(|leg| Working::of(leg, place.line, now))
            else {
                continue;
            };
            let ingress = &mut working.line.ingress;
            ingress.see(now.instant, &self.machinery.decoders.of(leg, place.line));
            ingress.want(detail(plan, leg));
            self.sources.push(Source { place, changes: ingress.changes() });
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
        for source in &mut self.sources {
            let Some(mut working) =
                at(legs, source.place).and_then(|leg| Working::of(leg, source.place.line, now))
            else {
                continue;
            };
            working.watch(now, out, sink);
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
        let strain = self.machinery.studio.strain();
        if !self.receivers.is_empty() && strain != self.strain {
            self.strain = strain;
            sink.send(MediaEvent::VideoStrained { conference, strain });
        }
    }

    /// Chooses each receiver's encode, and each encode's rate.
    fn choose(&mut self, legs: &mut Legs, now: Now) {
        for receiver in &mut self.receivers {
            let place = receiver.place;
            let Some(working) = at(legs, place).and_then(|leg| Working::of(leg, place.line, now))
            else {
                continue;
            };
            let chosen =
                if working.may_send() { working.line.egress.allocate(now.instant) } else { None };
            let wanted = chosen.and_then(|(send, allocation)| {
                receiver.rate = allocation.rate;
                key(&send, allocation.class, self.strain)
            });
            let sent = wanted.map(|key| (key.codec, key.class, receiver.rate));
            working.line.egress.tell(sent);
            let Some(key) = wanted else {
                working.line.egress.clear();
                (receiver.present, receiver.next) = (None, None);
                continue;
            };
            let tap = Tap { picture: receiver.picture, key };
            receiver.next = (receiver.present != Some(tap)).then_some(tap);
            // Asked until it comes; who asks for the same changes nothing.
            if let Some(next) = receiver.next
                && let Some(served) = serve(&mut self.served, &self.shown, next)
            {
                served.encode.refresh();
            }
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
    }

    /// Queues what was encoded, and sends what is to leave now.
    fn send(&mut self, legs: &mut Legs, now: Now, out: &mut Outgoing) {
        for at_receiver in 0..self.receivers.len() {
            if let Some(next) = self.receivers.get(at_receiver + 1) {
                legs.prefetch(next.place.slot);
            }
            let receiver = &mut self.receivers[at_receiver];
            let place = receiver.place;
            let Some(mut working) =
                at(legs, place).and_then(|leg| Working::of(leg, place.line, now))
            else {
                continue;
            };
            working.hear(now);
            receiver.queue(&self.served, &mut working);
            if working.line.egress.take_demand()
                && let Some(present) = receiver.present
                && let Some(served) = self.served.iter().find(|served| served.tap == present)
            {
                served.encode.refresh();
            }
            working.send(now, out);
        }
    }
}

impl Receiver {
    /// Queues what its encode gave. It changes to another with a full picture of that.
    fn queue(&mut self, served: &[Served], working: &mut Working<'_>) {
        let of = |tap: Tap| served.iter().find(|served| served.tap == tap);
        if let Some(next) = self.next
            && let Some(served) = of(next)
            && let Some(begin) = served.packets.iter().position(|packets| packets.key)
        {
            (self.present, self.next) = (Some(next), None);
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
