//! Who is seen where, and what everybody sees.

use super::Conference;
use crate::forwarding::Crowd;
use crate::layout::{Layout, PictureChoice, STRIP};
use crate::picture_plan::{self, Cast, Scenery};
use crate::roster::SeatedLeg;
use crate::{By, CommandError, Event, Participant, Protocol, screen};
use causeway_base::{LegId, ParticipantId};
use causeway_plan::picture::{Area, PathQuality, TextScreen};
use causeway_plan::video::{Sight, VideoState, VideoStrain};
use causeway_plan::{PicturePlan, Show, VideoEgress, VideoFeed};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// What a participant sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looks {
    /// The layout, as far as the choice can be followed.
    pub layout: Layout,
    /// The page, from 0.
    pub page: usize,
    /// How many pages there are, at least one.
    pub pages: usize,
    /// People with a picture of their own who found no place in this one, where that is told.
    pub more: usize,
}

/// What a browser is shown as tiles of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wall {
    /// It should have lines for them, [`MAX_FORWARDED`](causeway_plan::picture::MAX_FORWARDED).
    pub wanted: bool,
    /// It gets them, and no picture.
    pub shown: bool,
    /// What it is to show.
    pub tiles: Vec<WallTile>,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WallTile {
    /// Who.
    pub participant: ParticipantId,
    /// Where.
    pub area: Area,
    /// By which line, from 1; none for the one who looks.
    pub line: Option<usize>,
}

impl Conference {
    pub(super) fn set_layout(&mut self, layout: Layout, by: By) -> Result<(), CommandError> {
        self.authorise(by)?;
        if self.layout != layout {
            self.layout = layout.clone();
            self.events.push_back(Event::LayoutChanged { layout });
            self.plan_is_stale = true;
        }
        Ok(())
    }

    /// Everybody for themselves, so often: each choice plans all pictures anew. Hosts and the
    /// operator for others.
    pub(super) fn choose_picture(
        &mut self,
        now: Instant,
        who: ParticipantId,
        choice: PictureChoice,
        by: By,
    ) -> Result<(), CommandError> {
        if by != By::Participant(who) {
            self.authorise(by)?;
        }
        if !self.roster.participant(who)?.joined {
            return Err(CommandError::NotAdmitted);
        }
        // Who waits is as unknown as who is not there: numbers tell nothing.
        let is_in = |who| self.roster.participant(who).is_ok_and(|who| who.joined);
        if choice.pinned.is_some_and(|pinned| !is_in(pinned)) {
            return Err(CommandError::UnknownParticipant);
        }
        let participant = self.roster.participant_mut(who)?;
        if participant.choice != choice {
            if by == By::Participant(who) && !participant.choosing.take(now) {
                return Err(CommandError::TooFast);
            }
            participant.choice = choice;
            self.events.push_back(Event::PictureChosen { participant: who });
            self.plan_is_stale = true;
        }
        Ok(())
    }

    pub(super) fn look(
        &mut self,
        now: Instant,
        who: ParticipantId,
        pinned: Option<ParticipantId>,
        page: usize,
    ) -> Result<(), CommandError> {
        let layout = self.roster.participant(who)?.choice.layout.clone();
        self.choose_picture(now, who, PictureChoice { layout, pinned, page }, By::Participant(who))
    }

    pub(super) fn set_spotlight(
        &mut self,
        who: Option<ParticipantId>,
        by: By,
    ) -> Result<(), CommandError> {
        self.authorise(by)?;
        if let Some(who) = who
            && !self.roster.participant(who)?.joined
        {
            return Err(CommandError::NotAdmitted);
        }
        if std::mem::replace(&mut self.spotlight, who) != who {
            self.events.push_back(Event::SpotlightChanged { participant: who });
            self.plan_is_stale = true;
        }
        Ok(())
    }

    /// Somebody left: nobody else gets their place in the light, and no pin waits for them.
    pub(super) fn withdraw_large(&mut self, who: ParticipantId) {
        for other in self.roster.participants_mut() {
            other.choice.pinned.take_if(|pinned| *pinned == who);
        }
        if self.spotlight.take_if(|there| *there == who).is_some() {
            self.events.push_back(Event::SpotlightChanged { participant: None });
        }
    }

    pub(super) fn video_changed(
        &mut self,
        leg: LegId,
        state: VideoState,
    ) -> Result<(), CommandError> {
        let seat = self.roster.leg_mut(leg)?;
        // What was said before it stopped comes late.
        let is_late = state != VideoState::Absent && !seat.video.receives();
        if is_late || std::mem::replace(&mut seat.picture, state) == state {
            return Ok(());
        }
        if state == VideoState::Absent {
            seat.sight = Sight::Fine;
        }
        let participant = seat.participant;
        self.events.push_back(Event::VideoChanged { participant, leg, state });
        self.plan_is_stale = true;
        Ok(())
    }

    pub(super) fn tile_lines(&mut self, leg: LegId, lines: usize) -> Result<(), CommandError> {
        let seat = self.roster.leg_mut(leg)?;
        self.plan_is_stale |= std::mem::replace(&mut seat.tile_lines, lines) != lines;
        Ok(())
    }

    pub(super) fn tiles_shown(&mut self, leg: LegId, shown: bool) -> Result<(), CommandError> {
        let seat = self.roster.leg_mut(leg)?;
        if std::mem::replace(&mut seat.tiles_shown, shown) != shown {
            let participant = seat.participant;
            self.events.push_back(Event::TilesShown { participant, leg, shown });
        }
        Ok(())
    }

    pub(super) fn sighted(&mut self, leg: LegId, sight: Sight) -> Result<(), CommandError> {
        let seat = self.roster.leg_mut(leg)?;
        if std::mem::replace(&mut seat.sight, sight) != sight {
            let participant = seat.participant;
            self.events.push_back(Event::Sighted { participant, leg, sight });
        }
        Ok(())
    }

    pub(super) fn line_measured(
        &mut self,
        leg: LegId,
        quality: Option<PathQuality>,
    ) -> Result<(), CommandError> {
        let seat = self.roster.leg_mut(leg)?;
        self.plan_is_stale |= std::mem::replace(&mut seat.quality, quality) != quality;
        Ok(())
    }

    pub(super) fn strained(&mut self, strain: VideoStrain) {
        if std::mem::replace(&mut self.strain, strain) != strain {
            self.events.push_back(Event::VideoStrained { strain });
        }
    }

    /// The next layout, by a key.
    pub(super) fn next_layout(
        &mut self,
        now: Instant,
        who: ParticipantId,
    ) -> Result<(), CommandError> {
        let layout = Some(self.looks(who)?.layout.next());
        let choice = PictureChoice { layout, ..PictureChoice::default() };
        self.choose_picture(now, who, choice, By::Participant(who))
    }

    /// The next page, and after the last one the first, by a key.
    pub(super) fn next_page(
        &mut self,
        now: Instant,
        who: ParticipantId,
    ) -> Result<(), CommandError> {
        let looks = self.looks(who)?;
        let choice = self.roster.participant(who)?.choice.clone();
        let page = (looks.page + 1) % looks.pages;
        self.choose_picture(now, who, PictureChoice { page, ..choice }, By::Participant(who))
    }

    /// What somebody sees, or would if they were sent pictures.
    pub(super) fn looks(&self, who: ParticipantId) -> Result<Looks, CommandError> {
        Ok(self.looks_of(self.roster.participant(who)?))
    }

    pub(super) fn looks_of(&self, who: &Participant) -> Looks {
        let (layout, page, pinned) =
            picture_plan::in_effect(&who.choice, &self.layout, &self.stage);
        let pages = self.stage.pages(&layout);
        let more = match layout.tells_of_more() {
            true => self.stage.more(&layout, page, pinned, who.id),
            false => 0,
        };
        Looks { layout, page, pages, more }
    }

    /// The legs whose pictures somebody is shown.
    pub(super) fn seen(&self) -> BTreeSet<LegId> {
        self.plan.pictures.iter().flat_map(PicturePlan::sources).collect()
    }

    /// Seats those with a picture, and composes what everybody sees.
    pub(super) fn compose(&mut self) -> (Vec<PicturePlan>, Vec<VideoEgress>) {
        let cast = Cast::of(&self.roster);
        self.stage.seat(&cast.shown());
        self.stage.spotlight(self.spotlight);
        let speaker = self.speaker.current();
        if let Some(speaker) = speaker {
            // Whom a light or a pin made large has one of the places, and some may look at a strip
            // while others see a page.
            let places = self.layout.places().saturating_sub(1).clamp(1, STRIP);
            self.stage.speaks(speaker, places);
        }
        self.forwards = self.settings.browser_pictures.forwards(self.crowd(&cast), self.forwards);
        let scenery = Scenery {
            layout: &self.layout,
            roster: &self.roster,
            cast: &cast,
            stage: &self.stage,
            speaker,
            screens: self.screens(),
            forwards: self.settings.forwards_pictures,
            tiles: self.forwards,
            margin: self.settings.margin,
        };
        picture_plan::plan(&scenery, &mut self.picture_names, &mut self.tile_lines)
    }

    /// Who sees how many.
    fn crowd(&self, cast: &Cast) -> Crowd {
        let sees = |seat: &SeatedLeg| seat.video.sends() && seat.admission.is_admitted();
        let (mut browsers, mut rooms) = (0, 0);
        for (_, seat) in self.roster.legs().filter(|(_, seat)| sees(seat)) {
            match seat.source {
                Protocol::WebRtc => browsers += 1,
                Protocol::Sip | Protocol::H323 => rooms += 1,
            }
        }
        let sources = cast.shown().len().min(self.layout.places()) as u64;
        Crowd { browsers, rooms, sources }
    }

    /// What a leg is shown as tiles, and by which of its lines.
    pub(super) fn wall_of(&self, leg: LegId, seat: &SeatedLeg) -> Wall {
        // Each line makes all descriptions longer: there are none before there is somebody to see.
        let mut sources = self.plan.pictures.iter().flat_map(PicturePlan::sources);
        let wanted = self.forwards
            && seat.source == Protocol::WebRtc
            && seat.video.sends()
            && sources.any(|source| source != leg);
        let mut wall = Wall { wanted, shown: seat.tiles_shown, tiles: Vec::new() };
        let begin = self.plan.video.partition_point(|way| way.leg < leg);
        let ways = self.plan.video.get(begin..).unwrap_or_default();
        let ways = ways.iter().take_while(|way| way.leg == leg);
        let main = ways.clone().find_map(|way| match way.feed {
            VideoFeed::Tiles(picture) => Some(picture),
            _ => None,
        });
        let picture = self.plan.pictures.iter().find(|picture| Some(picture.id) == main);
        let Some(Show::People { tiles, .. }) = picture.map(|picture| &picture.show) else {
            return wall;
        };
        for tile in tiles {
            let Some(source) = tile.source else { continue };
            let Ok(of) = self.roster.leg(source) else { continue };
            let is_line = |way: &&VideoEgress| way.feed == VideoFeed::Source(source);
            let line = ways.clone().find(is_line).map(|way| way.line);
            wall.tiles.push(WallTile { participant: of.participant, area: tile.area, line });
        }
        wall
    }

    /// What is shown to each who waits.
    fn screens(&self) -> BTreeMap<LegId, TextScreen> {
        let host_is_here = !self.queue.is_empty() && self.host_is_here();
        let places = self.queue.places().flat_map(|(place, who)| {
            let waiting = self.waiting_legs(who).into_iter();
            waiting.map(move |leg| (leg, place))
        });
        let screen = |(leg, place): (LegId, usize)| {
            let seat = self.roster.leg(leg).ok().filter(|seat| seat.video.sends())?;
            let screen = screen::waiting(seat.lang, &self.settings.name, place, host_is_here);
            Some((leg, screen))
        };
        places.filter_map(screen).collect()
    }
}
