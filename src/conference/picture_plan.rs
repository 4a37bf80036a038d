//! What the decisions mean for pictures: which are composed, and who is sent which.
//!
//! Receivers with the same choice share a picture, so that cost grows with the pictures that
//! differ and not with who watches. Nobody is shown, and nobody is shown a conference, before
//! being admitted: who waits has a screen of its own.

use crate::layout::{Layout, PictureChoice, Pictures, Seen, Stage};
use crate::tile::TileLines;
use crate::{AdmissionState, Participant, Protocol, Roster};
use causeway_base::{Lang, LegId, ParticipantId};
use causeway_plan::picture::{Area, MAX_FORWARDED, PathQuality, TextScreen};
use causeway_plan::video::VideoState;
use causeway_plan::{
    Direction, PictureId, PicturePlan, PlannedTile, Show, TileMarks, VideoEgress, VideoFeed,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Screens of those who wait: each is a picture and an encoder of its own. Further ones wait without,
/// and hear the same.
const MAX_SCREENS: usize = 64;

/// Pictures of a conference that differ by what people chose: each costs a composition and encoders.
/// Thirty private layouts, each with one for who is on its stage; further ones get the common
/// picture.
const MAX_PICTURES: usize = 64;

/// What a picture is composed from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct View {
    layout: Layout,
    page: usize,
    pinned: Option<ParticipantId>,
}

/// What a picture is for: for as long as that stays, it has one name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Purpose {
    /// For all who look that way.
    Common(View),
    /// For the one of them who is on its stage.
    OnStage(View),
    /// For one who waits.
    Waiting(LegId),
}

/// The names of the pictures that are composed.
#[derive(Debug, Default)]
pub(crate) struct PictureNames {
    last: u32,
    given: HashMap<Purpose, PictureId>,
}

impl PictureNames {
    /// The names of these purposes; those of no other are kept.
    fn of(&mut self, purposes: impl Iterator<Item = Purpose>) -> &HashMap<Purpose, PictureId> {
        let mut before = std::mem::take(&mut self.given);
        for purpose in purposes {
            let name = before.remove(&purpose).unwrap_or_else(|| {
                self.last = self.last.wrapping_add(1);
                PictureId(self.last)
            });
            self.given.insert(purpose, name);
        }
        &self.given
    }
}

/// Who is to be seen.
#[derive(Debug, Default)]
pub(crate) struct Cast {
    /// The leg that brings the picture of each who has one.
    cameras: BTreeMap<ParticipantId, LegId>,
    /// Those of them who speak by telephone.
    by_phone: BTreeSet<ParticipantId>,
    /// People who are in by telephone only: neither by a page nor by a room that takes pictures.
    pub(crate) on_phone: usize,
}

impl Cast {
    /// Those of a roster.
    pub(crate) fn of(roster: &Roster) -> Self {
        let mut cast = Cast::default();
        for who in roster.participants() {
            cast.take(roster, who);
        }
        cast
    }

    fn take(&mut self, roster: &Roster, who: &Participant) {
        let mut legs = roster.legs_where(who.id, AdmissionState::is_admitted).peekable();
        if legs.peek().is_none() {
            return;
        }
        let (mut camera, mut has_screen, mut has_phone) = (None, false, false);
        for (leg, seat) in legs {
            let receives = seat.video.receives();
            let is_phone = seat.source != Protocol::WebRtc && seat.video == Direction::Inactive;
            has_screen |= !is_phone;
            has_phone |= is_phone;
            match seat.picture {
                VideoState::Absent => {}
                _ if !receives => {}
                // One that comes goes before one that stands still.
                VideoState::Coming => {
                    camera = camera.filter(|(_, comes)| *comes).or(Some((leg, true)))
                }
                VideoState::Frozen(_) => camera = camera.or(Some((leg, false))),
            }
        }
        if let Some((leg, _)) = camera {
            self.cameras.insert(who.id, leg);
            if has_phone {
                self.by_phone.insert(who.id);
            }
        }
        self.on_phone += usize::from(!has_screen);
    }

    /// Those with a picture, in the order in which they came.
    pub(crate) fn shown(&self) -> Vec<ParticipantId> {
        self.cameras.keys().copied().collect()
    }
}

/// What is decided of a conference.
pub(crate) struct Scenery<'a> {
    /// The layout of all who chose none.
    pub(crate) layout: &'a Layout,
    pub(crate) roster: &'a Roster,
    pub(crate) cast: &'a Cast,
    pub(crate) stage: &'a Stage,
    pub(crate) speaker: Option<ParticipantId>,
    /// What is shown to each who waits.
    pub(crate) screens: BTreeMap<LegId, TextScreen>,
    /// A picture that is one person's and nothing else is sent on as it came.
    pub(crate) forwards: bool,
    /// Browsers get people as they send themselves, where they have the lines for it.
    pub(crate) tiles: bool,
    /// How much of pictures stays free along each edge, in percent.
    pub(crate) margin: u8,
}

/// The pictures, in the order of their names, and who is sent which, in the order of their legs.
pub(crate) fn plan(
    scenery: &Scenery<'_>,
    names: &mut PictureNames,
    lines: &mut TileLines,
) -> (Vec<PicturePlan>, Vec<VideoEgress>) {
    let mut staged = HashMap::new();
    let (mut screens, mut chosen) = (0, 0);
    let mut wanted: Vec<(LegId, Purpose)> = Vec::new();
    let mut readers: HashMap<Purpose, Readers> = HashMap::new();
    for (leg, seat) in scenery.roster.legs().filter(|(_, seat)| seat.video.sends()) {
        let purpose = match seat.admission {
            AdmissionState::Arriving { .. } | AdmissionState::Approaching { .. } => continue,
            // A page tells by itself.
            AdmissionState::Waiting { .. } if seat.source == Protocol::WebRtc => continue,
            AdmissionState::Waiting { .. } if screens >= MAX_SCREENS => continue,
            AdmissionState::Waiting { .. } => {
                screens += 1;
                Purpose::Waiting(leg)
            }
            AdmissionState::Admitted { .. } => {
                let who = seat.participant;
                let common = scenery.purpose(who, scenery.common(), &mut staged);
                let purpose = scenery.purpose(who, scenery.view(who), &mut staged);
                match purpose == common || readers.contains_key(&purpose) {
                    true => purpose,
                    false if chosen >= MAX_PICTURES => common,
                    false => {
                        chosen += 1;
                        purpose
                    }
                }
            }
        };
        readers.entry(purpose.clone()).or_default().count(seat.lang);
        wanted.push((leg, purpose));
    }
    let names = names.of(readers.keys().cloned());
    let mut pictures: Vec<PicturePlan> = readers
        .iter()
        .filter_map(|(purpose, readers)| {
            let (id, show) = (*names.get(purpose)?, scenery.show(purpose, &staged)?);
            Some(PicturePlan { id, show, lang: readers.lang(), margin: scenery.margin })
        })
        .collect();
    pictures.sort_unstable_by_key(|picture| picture.id);
    let mut video = Vec::with_capacity(wanted.len());
    let mut before = std::mem::take(lines);
    for (leg, purpose) in wanted {
        let planned = names
            .get(&purpose)
            .and_then(|picture| pictures.binary_search_by_key(picture, |planned| planned.id).ok());
        let Some(picture) = planned.map(|at| &pictures[at]) else { continue };
        let Some((count, sources)) = scenery.tiles_of(leg, picture) else {
            video.push(VideoEgress { leg, line: 0, feed: scenery.feed(leg, picture) });
            continue;
        };
        video.push(VideoEgress { leg, line: 0, feed: VideoFeed::Tiles(picture.id) });
        video.extend(
            lines.seat(&mut before, (leg, count), &sources).map(|(line, source)| VideoEgress {
                leg,
                line,
                feed: VideoFeed::Source(source),
            }),
        );
    }
    (pictures, video)
}

/// The languages of those who read one picture.
#[derive(Clone, Copy, Debug, Default)]
struct Readers {
    zh: usize,
    en: usize,
}

impl Readers {
    fn count(&mut self, lang: Lang) {
        match lang {
            Lang::Zh => self.zh += 1,
            Lang::En => self.en += 1,
        }
    }

    /// That of most of them: a picture for each language would cost as much as one more layout.
    fn lang(self) -> Lang {
        if self.en > self.zh { Lang::En } else { Lang::Zh }
    }
}

impl Scenery<'_> {
    fn purpose(
        &self,
        who: ParticipantId,
        view: View,
        staged: &mut HashMap<View, Pictures>,
    ) -> Purpose {
        let pictures = staged
            .entry(view.clone())
            .or_insert_with_key(|view| self.stage.pictures(&view.layout, view.page, view.pinned));
        match &pictures.own {
            Some((on_stage, _)) if *on_stage == who => Purpose::OnStage(view),
            _ => Purpose::Common(view),
        }
    }

    /// What somebody chose, as far as it can be shown.
    fn view(&self, who: ParticipantId) -> View {
        let choice = self.roster.participant(who).map(|who| who.choice.clone()).unwrap_or_default();
        self.view_of(&choice)
    }

    /// What those see who chose nothing.
    fn common(&self) -> View {
        self.view_of(&PictureChoice::default())
    }

    fn view_of(&self, choice: &PictureChoice) -> View {
        let (layout, page, pinned) = in_effect(choice, self.layout, self.stage);
        View { layout, page, pinned }
    }

    fn show(&self, purpose: &Purpose, staged: &HashMap<View, Pictures>) -> Option<Show> {
        let (view, picture) = match purpose {
            Purpose::Waiting(leg) => {
                return Some(Show::Text(self.screens.get(leg).cloned().unwrap_or_default()));
            }
            Purpose::Common(view) => (view, &staged.get(view)?.common),
            Purpose::OnStage(view) => (view, &staged.get(view)?.own.as_ref()?.1),
        };
        let tiles = picture.people.iter().filter_map(|seen| self.tile(seen)).collect();
        let on_phone = self.cast.on_phone;
        let more = if view.layout.tells_of_more() { picture.more } else { 0 };
        Some(Show::People { tiles, on_phone, more, recording: false })
    }

    fn tile(&self, seen: &Seen) -> Option<PlannedTile> {
        let who = self.roster.participant(seen.participant).ok()?;
        Some(PlannedTile {
            area: seen.area,
            source: self.cast.cameras.get(&who.id).copied(),
            name: who.display_name.as_str().to_owned(),
            marks: TileMarks {
                muted: who.mute.is_muted(),
                hand: who.hand.is_some(),
                phone: self.cast.by_phone.contains(&who.id),
                speaking: self.speaker == Some(who.id),
                quality: self.quality(who.id),
            },
        })
    }

    /// How well somebody's voice comes, where that is less than well.
    fn quality(&self, who: ParticipantId) -> Option<PathQuality> {
        let legs = self.roster.legs_where(who, AdmissionState::is_admitted);
        let voices = legs.filter(|(leg, _)| self.roster.carries_voice(*leg));
        let worst = voices.filter_map(|(_, seat)| seat.quality).min();
        worst.filter(|quality| *quality != PathQuality::Good)
    }

    /// Whom a leg gets as they send themselves, each by a line of its own, where it gets all of a
    /// picture that way.
    fn tiles_of(&self, leg: LegId, picture: &PicturePlan) -> Option<(usize, Vec<LegId>)> {
        let seat = self.roster.leg(leg).ok().filter(|_| self.tiles)?;
        let shows = matches!(picture.show, Show::People { .. });
        if !shows || seat.source != Protocol::WebRtc {
            return None;
        }
        // Who looks has their own picture already.
        let mut sources: Vec<LegId> = picture.sources().filter(|source| *source != leg).collect();
        sources.sort_unstable();
        sources.dedup();
        let lines = seat.tile_lines.min(MAX_FORWARDED);
        (1..=lines).contains(&sources.len()).then_some((lines, sources))
    }

    /// Somebody who fills the picture, with nothing to be said about it, is sent on as they are;
    /// never to themselves.
    fn feed(&self, leg: LegId, picture: &PicturePlan) -> VideoFeed {
        let Show::People { tiles, on_phone: 0, more: 0, recording: false } = &picture.show else {
            return VideoFeed::Picture(picture.id);
        };
        match tiles.as_slice() {
            [tile] if self.forwards && tile.area == Area::ALL && !tile.marks.hand => {
                match tile.source.filter(|source| *source != leg) {
                    Some(source) => VideoFeed::Forward(source, picture.id),
                    None => VideoFeed::Picture(picture.id),
                }
            }
            _ => VideoFeed::Picture(picture.id),
        }
    }
}

/// The layout, the page and who is pinned, as far as a choice can be followed now.
pub(crate) fn in_effect(
    choice: &PictureChoice,
    common: &Layout,
    stage: &Stage,
) -> (Layout, usize, Option<ParticipantId>) {
    let pinned = choice.pinned.filter(|who| stage.has(*who));
    let layout = choice.layout.as_ref().unwrap_or(common).clone();
    // The light is for those who look as the meeting does. Nothing is shared by anybody yet.
    let is_lit = choice.layout.is_none() && stage.has_spotlight();
    let layout = layout.in_effect(pinned.is_some() || is_lit, false);
    let pinned = pinned.filter(|_| layout.has_stage());
    let page = choice.page.min(stage.pages(&layout) - 1);
    (layout, page, pinned)
}
