//! The lines by which a browser gets what its picture shows, each source as it came, instead of the
//! picture: its page puts the tiles in their places.
//!
//! A wall begins beside the picture, which goes on until all that comes is passed on; then the
//! picture rests, and none of its sources need be decoded for it. Where a source cannot be taken
//! as it is, the picture is shown again. Each tile gets the size of simulcast that its place is
//! worth, as far as the path goes ([`super::budget`]).

use super::budget::{Budget, Sending, Wish, share};
use super::{Place, Source, at, place};
use crate::clock::Now;
use crate::egress::Outgoing;
use crate::leg::Path;
use crate::video::line::{self, Detail, Passed, PassedAs, PathNews, Sizes, Wanted};
use crate::worker::{EventSink, Legs};
use causeway_base::{Bitrate, ConferenceId, LegId};
use causeway_plan::picture::{GRID_HEIGHT, MAX_FORWARDED};
use causeway_plan::webrtc::MAX_RIDS;
use causeway_plan::{MediaEvent, MediaPlan, PicturePlan, Show, VideoEgress, VideoFeed};
use std::time::{Duration, Instant};

/// What did not fit is not tried again for so long: to change costs a full picture of each source.
const AGAIN: Duration = Duration::from_secs(10);

/// A source that was asked for a full picture for so long does not give one.
const PATIENCE: Duration = Duration::from_secs(5);

/// Packets of a tile leave at least so fast: a full picture of the smallest size within a tenth of
/// a second.
const MIN_PACE: Bitrate = Bitrate::kbps(500);

/// How a wall stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// The picture is shown, and the tiles are not tried before then.
    Composed { until: Option<Instant> },
    /// The picture is shown until all tiles are there, which are waited for since then.
    Gathering { since: Instant },
    /// The tiles are shown.
    Whole,
}

/// One tile.
#[derive(Clone, Copy, Debug)]
struct Tile {
    /// Its line, by its place in the leg's media.
    line: usize,
    source: LegId,
    detail: Detail,
    /// The size that it is to get, by its place in simulcast, and the one that it gets.
    chosen: Option<usize>,
    passed: Option<usize>,
    under: Option<PassedAs>,
    /// Since when it shows nothing that moves, of a source that comes.
    lacks_since: Option<Instant>,
}

/// The tiles of one leg.
#[derive(Debug)]
pub(super) struct Wall {
    leg: LegId,
    slot: usize,
    standing: Standing,
    /// Who counts most first.
    tiles: Vec<Tile>,
    /// A line that the plan names is not there.
    lacks_line: bool,
    budget: Budget,
    sending: Sending,
}

/// All walls of a conference, in the order of their legs.
#[derive(Debug, Default)]
pub(super) struct Walls(Vec<Wall>);

impl Walls {
    /// The walls that a plan wants. The ways of one leg stand together in it.
    pub(super) fn seat(
        &mut self,
        id: ConferenceId,
        plan: &MediaPlan,
        legs: &mut Legs,
        sink: &mut EventSink,
    ) {
        let mut before = std::mem::take(&mut self.0);
        for own in plan.video.chunk_by(|one, next| one.leg == next.leg) {
            let shows = own.iter().find_map(|way| match way.feed {
                VideoFeed::Tiles(id) => plan.pictures.iter().find(|picture| picture.id == id),
                _ => None,
            });
            let Some(picture) = shows else { continue };
            let place = own.first().and_then(|way| place(id, way.leg, legs, line::screen));
            let Some(Place { leg, slot, .. }) = place else { continue };
            let known = before.iter().position(|wall| (wall.leg, wall.slot) == (leg, slot));
            let mut wall = match known.map(|at| before.swap_remove(at)) {
                Some(wall) => wall,
                None => Wall::new(leg, slot),
            };
            wall.seat(own, picture, legs);
            self.0.push(wall);
        }
        self.0.sort_unstable_by_key(|wall| wall.leg);
        for mut gone in before {
            gone.compose(legs, None, sink);
        }
    }

    fn of(&self, leg: LegId) -> Option<&Wall> {
        let at = self.0.binary_search_by_key(&leg, |wall| wall.leg).ok()?;
        self.0.get(at)
    }

    /// Whether a leg gets its tiles, and needs no picture.
    pub(super) fn is_whole(&self, leg: LegId) -> bool {
        self.of(leg).is_some_and(|wall| wall.standing == Standing::Whole)
    }

    /// A browser said what its path is like. That counts whatever it is sent: where the picture
    /// alone is too much, tiles are.
    pub(super) fn hear(&mut self, leg: LegId, news: PathNews, now: Now) {
        let Ok(at) = self.0.binary_search_by_key(&leg, |wall| wall.leg) else { return };
        let wall = &mut self.0[at];
        if news.estimate.is_none() && news.lost.is_none() {
            return;
        }
        let Some(sent) = wall.sending.measure(now.instant, news.octets) else { return };
        if let Some(rate) = news.estimate {
            wall.budget.estimated(now.instant, rate, sent);
        }
        if let Some(fraction) = news.lost {
            wall.budget.lost(now.instant, fraction, sent);
        }
    }

    /// Chooses what each tile gets, and which walls are whole.
    pub(super) fn choose(
        &mut self,
        sources: &[Source],
        legs: &mut Legs,
        now: Now,
        sink: &mut EventSink,
    ) {
        self.0.iter_mut().for_each(|wall| wall.choose(sources, legs, now, sink));
    }

    /// The packets of a source that tiles want, and the sizes of which they wait for a full
    /// picture.
    pub(super) fn wanted_of(&self, source: LegId, wanted: &mut Wanted) -> [bool; MAX_RIDS] {
        let mut awaited = [false; MAX_RIDS];
        let tiles = self.0.iter().flat_map(|wall| &wall.tiles).filter(|tile| tile.source == source);
        for tile in tiles {
            if let Some(chosen) = tile.chosen {
                wanted.add(chosen);
                awaited[chosen] |= tile.passed != tile.chosen;
            }
            if let Some(passed) = tile.passed {
                wanted.add(passed);
            }
        }
        awaited
    }

    /// Passes on what came, and sends what is to leave now. `needed` takes those sources, with
    /// their sizes, of which a full picture was asked for.
    pub(super) fn send(
        &mut self,
        passed: &[(LegId, Vec<Passed>)],
        legs: &mut Legs,
        now: Now,
        out: &mut Outgoing,
        needed: &mut Vec<(LegId, Option<usize>)>,
    ) {
        for wall in &mut self.0 {
            wall.send(passed, legs, now, out, needed);
        }
    }
}

impl Wall {
    fn new(leg: LegId, slot: usize) -> Self {
        Self {
            leg,
            slot,
            standing: Standing::Composed { until: None },
            tiles: Vec::new(),
            lacks_line: false,
            budget: Budget::new(),
            sending: Sending::default(),
        }
    }

    fn seat(&mut self, own: &[VideoEgress], picture: &PicturePlan, legs: &mut Legs) {
        let Some(link) = legs.get_mut(self.slot).and_then(|leg| leg.link.as_mut()) else { return };
        let lines: Vec<usize> = line::tiles(link).collect();
        let before = std::mem::take(&mut self.tiles);
        self.lacks_line = false;
        for way in own {
            let VideoFeed::Source(source) = way.feed else { continue };
            let Some(&line) = way.line.checked_sub(1).and_then(|at| lines.get(at)) else {
                self.lacks_line = true;
                continue;
            };
            let known = before.iter().find(|tile| (tile.line, tile.source) == (line, source));
            let fresh = Tile {
                line,
                source,
                detail: Detail::Small,
                chosen: None,
                passed: None,
                under: None,
                lacks_since: None,
            };
            let mut tile = known.copied().unwrap_or(fresh);
            tile.detail = detail(picture, source);
            self.tiles.push(tile);
        }
        self.tiles.truncate(MAX_FORWARDED);
        let order: Vec<LegId> = picture.sources().collect();
        self.tiles.sort_by_key(|tile| {
            let place = order.iter().position(|source| *source == tile.source);
            (std::cmp::Reverse(tile.detail), place)
        });
        // Nothing more is passed on of who is not to be seen any more.
        for gone in before.iter().filter(|gone| {
            !self.tiles.iter().any(|tile| (tile.line, tile.source) == (gone.line, gone.source))
        }) {
            if let Some(line) = link.video.get_mut(gone.line) {
                line.egress.clear();
            }
        }
    }

    fn choose(&mut self, sources: &[Source], legs: &mut Legs, now: Now, sink: &mut EventSink) {
        if !self.is_up(legs) {
            // Full pictures would be lost, and tiles be taken for shown.
            if !matches!(self.standing, Standing::Composed { .. }) {
                self.compose(legs, None, sink);
            }
            return;
        }
        if let Standing::Composed { until } = self.standing {
            if until.is_some_and(|until| now.instant < until) {
                return;
            }
            self.standing = Standing::Gathering { since: now.instant };
        }
        if !self.fits(sources, legs) {
            return self.compose(legs, Some(now.instant + AGAIN), sink);
        }
        if !self.share(sources, legs, now) {
            return self.compose(legs, Some(now.instant + AGAIN), sink);
        }
        let patient = |since: Instant| now.instant < since + PATIENCE;
        match self.standing {
            Standing::Gathering { since } if self.is_there(sources, now.instant, since) => {
                self.standing = Standing::Whole;
                sink.send(MediaEvent::TilesShown { leg: self.leg, shown: true });
            }
            Standing::Gathering { since } if !patient(since) => {
                self.compose(legs, Some(now.instant + AGAIN), sink);
            }
            Standing::Whole => {
                let lost = |tile: &Tile| tile.lacks_since.is_some_and(|since| !patient(since));
                if self.tiles.iter().any(lost) {
                    self.compose(legs, Some(now.instant + AGAIN), sink);
                }
            }
            Standing::Gathering { .. } | Standing::Composed { .. } => {}
        }
    }

    /// Whether all that come are passed on; who is not known to come is waited for a little.
    fn is_there(&self, sources: &[Source], now: Instant, since: Instant) -> bool {
        let mut tiles = self.tiles.iter();
        let waits =
            |tile: &Tile| tile.lacks(sources) || tile.under.is_none() && now < since + PATIENCE / 2;
        self.tiles.is_empty()
            || !tiles.clone().any(waits) && tiles.any(|tile| tile.passed.is_some())
    }

    fn is_up(&self, legs: &mut Legs) -> bool {
        let leg = legs.get_mut(self.slot).filter(|leg| leg.id == self.leg);
        leg.is_some_and(|leg| matches!(&leg.path, Path::WebRtc(peer) if peer.is_up()))
    }

    /// Whether the browser can take all that comes, as it is, and under which payload types. A
    /// source of which nothing is known yet can be taken.
    fn fits(&mut self, sources: &[Source], legs: &mut Legs) -> bool {
        let Some(leg) = legs.get_mut(self.slot).filter(|leg| leg.id == self.leg) else {
            return false;
        };
        let Some(link) = &leg.link else { return false };
        if self.lacks_line {
            return false;
        }
        for tile in &mut self.tiles {
            let source = sources.iter().find(|source| source.place.leg == tile.source);
            let Some((source, flow)) = source.and_then(|source| Some((source, source.flow?)))
            else {
                continue;
            };
            let Some(line) = link.video.get(tile.line) else { return false };
            let takes = |coding| flow.is_coded(coding) && source.suits(coding);
            let format = line.media.receive.iter().find(|format| takes(&format.coding));
            let Some(format) = format.filter(|_| line.egress.carries(&flow)) else {
                return false;
            };
            tile.under = Some(PassedAs::from(format));
        }
        true
    }

    /// Gives each tile its size. False where there is too little even for the smallest of all.
    fn share(&mut self, sources: &[Source], legs: &mut Legs, now: Now) -> bool {
        let standing = self.standing;
        let wish = |tile: &Tile| Wish {
            sizes: tile.under.map_or(Sizes::default(), |under| {
                let source = sources.iter().find(|source| source.place.leg == tile.source);
                source.map_or(Sizes::default(), |source| source.sizes_for(&under.coding))
            }),
            // Beside the picture the path has room for little.
            detail: if standing == Standing::Whole { tile.detail } else { Detail::Small },
            present: tile.chosen,
        };
        let wishes: Vec<Wish> = self.tiles.iter().map(wish).collect();
        let wanted = wishes.iter().map(|wish| wish.full().as_bps()).sum();
        self.budget.grow(now.instant, Bitrate::bps(wanted));
        let chosen = share(self.budget.limit(), &wishes);
        let rests = |(wish, chosen): (&Wish, &Option<usize>)| {
            chosen.is_none() && wish.sizes != Sizes::default()
        };
        if wishes.iter().zip(&chosen).any(rests) {
            return false;
        }
        let leg = legs.get_mut(self.slot).filter(|leg| leg.id == self.leg);
        let Some(link) = leg.and_then(|leg| leg.link.as_mut()) else { return false };
        for ((tile, chosen), wish) in self.tiles.iter_mut().zip(chosen).zip(&wishes) {
            let Some(line) = link.video.get_mut(tile.line) else { continue };
            if tile.chosen.is_some() && chosen.is_none() {
                line.egress.clear();
            }
            // What was passed ended with another agreement, or too much waited.
            if line.egress.passed_source().is_none() {
                tile.passed = None;
            }
            tile.chosen = chosen;
            let since = tile.lacks_since.unwrap_or(now.instant);
            tile.lacks_since = tile.lacks(sources).then_some(since);
            let rate = wish.sizes.iter().find(|(layer, _)| Some(*layer) == chosen);
            line.egress.set_pace(rate.map_or(MIN_PACE, |(_, rate)| rate.max(MIN_PACE)));
        }
        true
    }

    /// The picture is shown again.
    fn compose(&mut self, legs: &mut Legs, until: Option<Instant>, sink: &mut EventSink) {
        if self.standing == Standing::Whole {
            sink.send(MediaEvent::TilesShown { leg: self.leg, shown: false });
        }
        self.standing = Standing::Composed { until };
        let leg = legs.get_mut(self.slot).filter(|leg| leg.id == self.leg);
        let mut link = leg.and_then(|leg| leg.link.as_mut());
        for tile in &mut self.tiles {
            (tile.chosen, tile.passed, tile.under) = (None, None, None);
            if let Some(line) = link.as_mut().and_then(|link| link.video.get_mut(tile.line)) {
                line.egress.clear();
            }
        }
    }

    fn send(
        &mut self,
        passed: &[(LegId, Vec<Passed>)],
        legs: &mut Legs,
        now: Now,
        out: &mut Outgoing,
        needed: &mut Vec<(LegId, Option<usize>)>,
    ) {
        if matches!(self.standing, Standing::Composed { .. }) {
            return;
        }
        let place = Place { leg: self.leg, slot: self.slot, line: 0 };
        let Some(leg) = at(legs, place) else { return };
        let Some(link) = &mut leg.link else { return };
        for tile in &mut self.tiles {
            let (Some(chosen), Some(under)) = (tile.chosen, tile.under) else { continue };
            let Some(line) = link.video.get_mut(tile.line) else { continue };
            let packets = passed.iter().find(|(of, _)| *of == tile.source);
            for packet in packets.iter().flat_map(|(_, packets)| packets) {
                let is_chosen = packet.layer == chosen;
                if !is_chosen && tile.passed != Some(packet.layer) {
                    continue;
                }
                let begun = line.egress.pass(now.instant, under, packet, is_chosen);
                if begun && line.egress.passed_source() == Some(packet.header.ssrc) {
                    tile.passed = Some(packet.layer);
                }
            }
            if line.egress.take_demand(now.instant) {
                needed.push((tile.source, tile.passed.or(tile.chosen)));
            }
        }
        line::send_tiles(leg, self.tiles.iter().map(|tile| tile.line), now, out);
    }
}

impl Tile {
    /// Whether it shows nothing that moves, of a source that comes: no full picture came yet, or
    /// that of another size did not while the one that it shows comes no more.
    fn lacks(&self, sources: &[Source]) -> bool {
        let Some(chosen) = self.chosen else {
            let is_unknown = self.under.is_none() && is_coming(sources, self.source);
            // Else what comes is too large.
            return is_unknown || sizes(sources, self.source) != Sizes::default();
        };
        let comes = |passed| sizes(sources, self.source).iter().any(|(layer, _)| layer == passed);
        self.passed.is_none_or(|passed| passed != chosen && !comes(passed))
    }
}

/// Whether anything comes of a source.
fn is_coming(sources: &[Source], leg: LegId) -> bool {
    sources.iter().any(|source| source.place.leg == leg && source.coming)
}

/// What comes of a source.
fn sizes(sources: &[Source], leg: LegId) -> Sizes {
    let source = sources.iter().find(|source| source.place.leg == leg);
    source.map_or(Sizes::default(), |source| source.sizes)
}

/// How large a source is shown in a picture.
fn detail(picture: &PicturePlan, source: LegId) -> Detail {
    let Show::People { tiles, .. } = &picture.show else { return Detail::Small };
    let shown = tiles.iter().filter(|tile| tile.source == Some(source));
    match shown.map(|tile| tile.area.height()).max() {
        Some(height) if height > GRID_HEIGHT / 2 => Detail::Large,
        Some(height) if height >= GRID_HEIGHT / 4 => Detail::Medium,
        _ => Detail::Small,
    }
}
