//! What a plan's picture looks like in a size.

use causeway_base::{LegId, VideoSize};
use causeway_media::video::compose::{Border, Fit, Rect, Scene, Tile};
use causeway_media::video::frame::Frame;
use causeway_media::video::overlay::{
    Lettering, Mark, More, Quality, caption, card, more, recording,
};
use causeway_media::video::screen::{Entry, TitleScreen, bars, title};
use causeway_media::video::theme::Theme;
use causeway_plan::picture::{
    Area, MAX_MARGIN, MAX_TILES, PathQuality, PlannedTile, ScreenEntry, TextScreen,
};
use causeway_plan::{PicturePlan, Show, TileMarks};
use std::time::Duration;

/// A picture of another shape fills its tile while no more than this part of it is cut off, in
/// percent: 4:3 in 16:9 loses 25, 11:9 31, and a telephone held upright would lose its face.
const MAX_CUT: u32 = 34;

/// What changes with every picture of a screen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// The number of the picture.
    pub(super) number: u32,
    /// Since 1970.
    pub(super) wall: Duration,
}

/// A scene without the pictures in it.
#[derive(Debug)]
pub(super) struct Set {
    /// What is shown.
    pub(super) scene: Scene,
    /// Tiles of the scene that show somebody's picture.
    pub(super) places: Vec<Place>,
}

/// A tile of the scene and whose picture belongs into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) tile: usize,
    pub(super) source: LegId,
}

/// Builds scenes.
pub(super) struct SceneBuilder<'a> {
    pub(super) theme: &'a Theme,
    pub(super) lettering: &'a mut Lettering,
    /// Whether a picture of a leg is there.
    pub(super) comes: &'a dyn Fn(LegId) -> bool,
    pub(super) moment: Moment,
}

impl SceneBuilder<'_> {
    /// The scene of a plan on a canvas, within the plan's margin.
    pub(super) fn build(&mut self, plan: &PicturePlan, canvas: VideoSize) -> Set {
        let margin = u32::from(plan.margin.min(MAX_MARGIN));
        let edge = |side: u16| (u32::from(side) * margin / 100) as u16 & !1;
        let (left, top) = (edge(canvas.width), edge(canvas.height));
        let inner = VideoSize::new(canvas.width - 2 * left, canvas.height - 2 * top);
        let mut set = match &plan.show {
            Show::People { tiles, on_phone, more, recording } => {
                let more = More { on_camera: *more, on_phone: *on_phone };
                self.people(plan, inner, tiles, more, *recording)
            }
            Show::Text(screen) => self.text(inner, screen),
            Show::Bars { lines, source } => self.bars(inner, lines, *source),
        };
        set.scene.canvas = canvas;
        for tile in &mut set.scene.tiles {
            let rect = tile.rect;
            let (x, y) = (rect.left() + left, rect.top() + top);
            tile.rect = Rect::new(x, y, rect.width(), rect.height());
        }
        set
    }

    fn people(
        &mut self,
        plan: &PicturePlan,
        canvas: VideoSize,
        planned: &[PlannedTile],
        unseen: More,
        recorded: bool,
    ) -> Set {
        let planned = &planned[..planned.len().min(MAX_TILES)];
        let mut tiles: Vec<Tile> =
            planned.iter().map(|planned| self.person(canvas, planned)).collect();
        let sources = planned.iter().enumerate();
        let places = sources
            .filter_map(|(tile, planned)| planned.source.map(|source| Place { tile, source }))
            .collect();
        let all = Rect::all(canvas);
        if recorded {
            tiles.push(recording(self.lettering, all, plan.lang));
        }
        tiles.extend(more(self.lettering, all, unseen, plan.lang));
        Set { scene: Scene { canvas, background: self.theme.background, tiles }, places }
    }

    fn person(&mut self, canvas: VideoSize, planned: &PlannedTile) -> Tile {
        let rect = rect(planned.area, canvas);
        let mut tile = match planned.source {
            Some(source) if (self.comes)(source) => Tile::new(rect, None),
            _ => card(self.lettering, rect, &planned.name),
        };
        let marks = marks(planned.marks);
        tile.sprites.extend(caption(self.lettering, rect, &planned.name, &marks));
        tile.border = planned.marks.speaking.then(|| Border {
            colour: self.theme.accent,
            width: (canvas.height / 180).max(2) as u8,
        });
        tile
    }

    fn text(&mut self, canvas: VideoSize, screen: &TextScreen) -> Set {
        let entry = screen.entry.as_ref().map(|entry| match entry {
            ScreenEntry::Digits(digits) => Entry::Digits(digits.clone()),
            ScreenEntry::Hidden(count) => Entry::Hidden(*count),
        });
        let screen =
            TitleScreen { title: screen.title.clone(), lines: screen.lines.clone(), entry };
        Set { scene: title(self.lettering, canvas, &screen, self.theme), places: Vec::new() }
    }

    fn bars(&mut self, canvas: VideoSize, lines: &[String], source: Option<LegId>) -> Set {
        let Moment { number, wall } = self.moment;
        let mut scene = bars(self.lettering, canvas, lines, &clock(wall), number);
        let mut places = Vec::new();
        if let Some(source) = source.filter(|source| (self.comes)(*source)) {
            places.push(Place { tile: scene.tiles.len(), source });
            let VideoSize { width, height } = canvas;
            let middle = Rect::new(width / 4, height / 8, width / 2, height / 2);
            scene.tiles.push(Tile::new(middle, None));
        }
        Set { scene, places }
    }
}

/// How a picture fills a tile of this size.
pub(super) fn fit(rect: Rect, picture: &Frame) -> Fit {
    let size = picture.size();
    let wide = u32::from(size.width) * u32::from(rect.height());
    let high = u32::from(size.height) * u32::from(rect.width());
    let (less, more) = (u64::from(wide.min(high)), u64::from(wide.max(high)));
    let enough = less * 100 >= more * u64::from(100 - MAX_CUT);
    if enough { Fit::Fill } else { Fit::Whole }
}

fn rect(area: Area, canvas: VideoSize) -> Rect {
    let place = area.in_pixels(canvas);
    Rect::new(place.left, place.top, place.width, place.height)
}

fn marks(planned: TileMarks) -> Vec<Mark> {
    let quality = planned.quality.and_then(|quality| match quality {
        PathQuality::Good => None,
        PathQuality::Poor => Some(Mark::Quality(Quality::Fair)),
        PathQuality::Bad => Some(Mark::Quality(Quality::Bad)),
    });
    let hand = planned.hand.then_some(Mark::Hand);
    let phone = planned.phone.then_some(Mark::Phone);
    let muted = planned.muted.then_some(Mark::Muted);
    [hand, phone, muted, quality].into_iter().flatten().collect()
}

/// The time of the day: everywhere the same, as who calls may be anywhere.
fn clock(wall: Duration) -> String {
    let seconds = wall.as_secs() % 86_400;
    format!("{:02}:{:02}:{:02} UTC", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests;
