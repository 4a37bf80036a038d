//! Several pictures in one.
//!
//! Each tile is scaled straight into its place. A compositor keeps a few canvases and remembers
//! what each of them shows: what it shows already is not drawn again, and a scene that did not
//! change is the same picture as before, which need not be encoded again.

use std::fmt;

use causeway_base::VideoSize;

use super::colour::Colour;
use super::frame::{Frame, FrameError, FrameSource, PlaneMut, PlanesMut, is_allowed};
use super::scale::Scaler;
use super::sprite::Sprite;

/// The most tiles of a scene: 7x7 at 720p are of 182x102 pixels, and nobody knows a face in less.
pub const MAX_TILES: usize = 49;

/// Canvases of one compositor: one being drawn, one in each of two encoders that take turns, and
/// one that is late.
const MAX_CANVASES: usize = 4;

/// A place on a canvas, in pixels. Its sides are even, so that chroma has the same edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rect {
    left: u16,
    top: u16,
    width: u16,
    height: u16,
}

impl Rect {
    /// A place whose sides are rounded down to even numbers.
    pub const fn new(left: u16, top: u16, width: u16, height: u16) -> Self {
        Self { left: left & !1, top: top & !1, width: width & !1, height: height & !1 }
    }

    /// All of a canvas.
    pub const fn all(canvas: VideoSize) -> Self {
        Self::new(0, 0, canvas.width, canvas.height)
    }

    /// The left edge.
    pub const fn left(&self) -> u16 {
        self.left
    }

    /// The upper edge.
    pub const fn top(&self) -> u16 {
        self.top
    }

    /// Columns.
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Rows.
    pub const fn height(&self) -> u16 {
        self.height
    }

    /// Whether both have a pixel in common.
    fn meets(&self, other: &Self) -> bool {
        let overlap = |a: u16, length: u16, b: u16, other: u16| {
            u32::from(a) < u32::from(b) + u32::from(other)
                && u32::from(b) < u32::from(a) + u32::from(length)
        };
        overlap(self.left, self.width, other.left, other.width)
            && overlap(self.top, self.height, other.top, other.height)
    }

    /// What of it lies on a canvas.
    fn within(&self, canvas: VideoSize) -> Self {
        let (left, top) = (self.left.min(canvas.width), self.top.min(canvas.height));
        let (width, height) = (canvas.width - left, canvas.height - top);
        Self::new(left, top, self.width.min(width), self.height.min(height))
    }
}

/// How a picture of another shape fills a tile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fit {
    /// Its edges are cut off.
    #[default]
    Fill,
    /// All of it is shown, with the tile's colour beside it.
    Whole,
}

/// The frame around a tile, inside of its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Border {
    /// Its colour.
    pub colour: Colour,
    /// Its width in pixels; odd ones are rounded up.
    pub width: u8,
}

/// One picture of the scene, with what is drawn over it.
#[derive(Clone, Debug)]
pub struct Tile {
    /// Its place.
    pub rect: Rect,
    /// What it shows; without one, its colour.
    pub frame: Option<Frame>,
    /// How the picture fills it.
    pub fit: Fit,
    /// What shows where no picture is.
    pub colour: Colour,
    /// Its frame.
    pub border: Option<Border>,
    /// Text and marks, from the lowest to the uppermost; places count from the tile's corner.
    pub sprites: Vec<Sprite>,
}

impl Tile {
    /// A tile with a picture and nothing else.
    pub fn new(rect: Rect, frame: Option<Frame>) -> Self {
        Self {
            rect,
            frame,
            fit: Fit::default(),
            colour: Colour::BLACK,
            border: None,
            sprites: Vec::new(),
        }
    }

    fn picture(&self) -> Option<u64> {
        self.frame.as_ref().map(Frame::id)
    }
}

/// A picture to compose: tiles over a background, the later ones over the earlier.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The size, even in both directions.
    pub canvas: VideoSize,
    /// What shows between tiles.
    pub background: Colour,
    /// The tiles; those beyond [`MAX_TILES`] are not shown.
    pub tiles: Vec<Tile>,
}

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComposeError {
    /// API misuse: no such canvas.
    Size(VideoSize),
    /// All canvases are still in use, or the pool is empty: leave this picture out.
    Busy,
}

impl fmt::Display for ComposeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ComposeError::Size(size) => write!(f, "there is no canvas of {size}"),
            ComposeError::Busy => f.write_str("all canvases are in use"),
        }
    }
}

impl std::error::Error for ComposeError {}

/// What came of a scene.
#[derive(Clone, Debug)]
pub struct Composed {
    /// The picture.
    pub picture: Frame,
    /// Tiles that were drawn for it. With none it is the picture of the last time.
    pub drawn: usize,
}

/// Draws the scenes of one picture, one after the other.
#[derive(Debug, Default)]
pub struct Compositor {
    /// The one of the last picture comes last.
    canvases: Vec<Canvas>,
    /// One for each tile.
    scalers: Vec<Option<Scaler>>,
}

impl Compositor {
    /// A compositor that has drawn nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Draws a scene, or as much of it as changed. Canvases come from `frames`.
    pub fn compose(
        &mut self,
        scene: &Scene,
        frames: &dyn FrameSource,
    ) -> Result<Composed, ComposeError> {
        let VideoSize { width, height } = scene.canvas;
        if !is_allowed(scene.canvas) || !width.is_multiple_of(2) || !height.is_multiple_of(2) {
            return Err(ComposeError::Size(scene.canvas));
        }
        if let Some(last) = self.canvases.last()
            && last.shows(scene)
        {
            return Ok(Composed { picture: last.frame.clone(), drawn: 0 });
        }
        let mut canvas = self.free_canvas(scene.canvas, frames)?;
        let drawn = canvas.draw(scene, &mut self.scalers);
        let picture = canvas.frame.clone();
        self.canvases.push(canvas);
        Ok(Composed { picture, drawn })
    }

    /// A canvas that nobody else holds; the one drawn last has the most in common with the scene.
    fn free_canvas(
        &mut self,
        size: VideoSize,
        frames: &dyn FrameSource,
    ) -> Result<Canvas, ComposeError> {
        self.canvases.retain(|canvas| canvas.frame.size() == size);
        if let Some(free) = self.canvases.iter().rposition(|canvas| !canvas.frame.is_shared()) {
            return Ok(self.canvases.remove(free));
        }
        if self.canvases.len() >= MAX_CANVASES {
            return Err(ComposeError::Busy);
        }
        match frames.take(size) {
            Ok(frame) => Ok(Canvas { frame: frame.freeze(), shown: None }),
            Err(FrameError::Size(size)) => Err(ComposeError::Size(size)),
            Err(FrameError::Exhausted) => Err(ComposeError::Busy),
        }
    }
}

/// A picture with what it shows.
#[derive(Debug)]
struct Canvas {
    frame: Frame,
    shown: Option<Shown>,
}

#[derive(Debug)]
struct Shown {
    background: Colour,
    tiles: Vec<ShownTile>,
}

/// A tile without its frame, which would be held.
#[derive(Debug)]
struct ShownTile {
    tile: Tile,
    picture: Option<u64>,
}

impl ShownTile {
    fn of(tile: &Tile) -> Self {
        // The frame is not cloned, to give it back early.
        let Tile { rect, frame: _, fit, colour, border, sprites } = tile;
        let (rect, fit, colour, border) = (*rect, *fit, *colour, *border);
        let sprites = sprites.clone();
        let picture = tile.picture();
        Self { tile: Tile { rect, frame: None, fit, colour, border, sprites }, picture }
    }

    /// Everything but the picture is the same.
    fn has_form_of(&self, tile: &Tile) -> bool {
        let Tile { rect, frame: _, fit, colour, border, sprites } = &self.tile;
        (*rect, *fit, *colour, *border) == (tile.rect, tile.fit, tile.colour, tile.border)
            && *sprites == tile.sprites
            && self.picture.is_some() == tile.frame.is_some()
    }

    fn shows(&self, tile: &Tile) -> bool {
        self.picture == tile.picture() && self.has_form_of(tile)
    }
}

fn tiles(scene: &Scene) -> &[Tile] {
    &scene.tiles[..scene.tiles.len().min(MAX_TILES)]
}

impl Canvas {
    fn shows(&self, scene: &Scene) -> bool {
        let tiles = tiles(scene);
        self.frame.size() == scene.canvas
            && self.shown.as_ref().is_some_and(|shown| {
                shown.background == scene.background
                    && shown.tiles.len() == tiles.len()
                    && shown.tiles.iter().zip(tiles).all(|(shown, tile)| shown.shows(tile))
            })
    }

    /// Whether what is already there stands where the scene has it.
    fn has_places_of(&self, scene: &Scene) -> bool {
        let tiles = tiles(scene);
        self.shown.as_ref().is_some_and(|shown| {
            shown.background == scene.background
                && shown.tiles.len() == tiles.len()
                && shown.tiles.iter().zip(tiles).all(|(shown, tile)| shown.tile.rect == tile.rect)
        })
    }

    /// Draws what differs; returns how many tiles that were.
    fn draw(&mut self, scene: &Scene, scalers: &mut Vec<Option<Scaler>>) -> usize {
        let places_stand = self.has_places_of(scene);
        let tiles = tiles(scene);
        scalers.resize_with(tiles.len(), || None);
        let Some(mut planes) = self.frame.rewrite() else { return 0 };
        if !places_stand {
            planes.fill(scene.background);
        }
        let mut shown = self.shown.take().filter(|_| places_stand);
        let mut drawn: Vec<Rect> = Vec::new();
        for (index, (tile, scaler)) in tiles.iter().zip(scalers).enumerate() {
            let before = shown.as_mut().and_then(|shown| shown.tiles.get_mut(index));
            let covered = drawn.iter().any(|rect| rect.meets(&tile.rect));
            match before {
                Some(before) if before.shows(tile) && !covered => continue,
                Some(before) if before.has_form_of(tile) => before.picture = tile.picture(),
                Some(before) => *before = ShownTile::of(tile),
                None => {}
            }
            draw_tile(&mut planes, scene.canvas, tile, scaler);
            drawn.push(tile.rect);
        }
        self.shown = shown.or_else(|| {
            let tiles = tiles.iter().map(ShownTile::of).collect();
            Some(Shown { background: scene.background, tiles })
        });
        drawn.len()
    }
}

fn draw_tile(
    canvas: &mut PlanesMut<'_>,
    size: VideoSize,
    tile: &Tile,
    scaler: &mut Option<Scaler>,
) {
    let rect = tile.rect.within(size);
    let (width, height) = (usize::from(rect.width), usize::from(rect.height));
    if width == 0 || height == 0 {
        return;
    }
    let mut place = canvas.part(rect.left.into(), rect.top.into(), width, height);
    match &tile.frame {
        None => place.fill(tile.colour),
        Some(frame) => draw_picture(&mut place, (width, height), frame, tile, scaler),
    }
    for sprite in &tile.sprites {
        sprite.draw(&mut place);
    }
    if let Some(border) = tile.border {
        draw_border(&mut place, (width, height), border);
    }
}

/// Width and height in pixels.
type Size = (usize, usize);

fn draw_picture(
    place: &mut PlanesMut<'_>,
    to: Size,
    frame: &Frame,
    tile: &Tile,
    scaler: &mut Option<Scaler>,
) {
    let from = (usize::from(frame.size().width), usize::from(frame.size().height));
    let (crop, inner) = match tile.fit {
        Fit::Fill => (shaped(from, to), to),
        Fit::Whole => (from, shaped(to, from)),
    };
    if inner != to {
        place.fill(tile.colour);
    }
    let middle = |outer: usize, inner: usize| ((outer - inner) / 2) & !1;
    let scaler = match scaler {
        Some(scaler) if scaler.is_for(crop, inner) => scaler,
        other => other.insert(Scaler::new(crop, inner)),
    };
    let (left, top) = (middle(from.0, crop.0), middle(from.1, crop.1));
    let source = frame.planes().part(left, top, crop.0, crop.1);
    let (left, top) = (middle(to.0, inner.0), middle(to.1, inner.1));
    scaler.scale(source, place.part(left, top, inner.0, inner.1));
}

/// The largest size within `outer` that has the shape of `shape`. Shapes that differ by less than
/// one part in 64 are the same: nobody sees it, and 16:9 is not always whole.
fn shaped(outer: Size, shape: Size) -> Size {
    let (wide, high) = (outer.0 * shape.1, outer.1 * shape.0);
    if wide.abs_diff(high) * 64 < wide.max(high) {
        outer
    } else if wide > high {
        (even(high / shape.1, outer.0), outer.1)
    } else {
        (outer.0, even(wide / shape.0, outer.1))
    }
}

/// Rounded to an even number, at least 2, within `limit`.
fn even(side: usize, limit: usize) -> usize {
    ((side + 1) & !1).clamp(2.min(limit), limit)
}

fn draw_border(place: &mut PlanesMut<'_>, size: Size, border: Border) {
    let width = usize::from(border.width).next_multiple_of(2).min(size.0 & !1).min(size.1 & !1);
    let Colour { y, u, v } = border.colour;
    draw_edges(&mut place.y, width, y);
    draw_edges(&mut place.u, width / 2, u);
    draw_edges(&mut place.v, width / 2, v);
}

fn draw_edges(plane: &mut PlaneMut<'_>, width: usize, value: u8) {
    let (columns, rows) = (plane.width(), plane.height());
    let width = width.min(columns);
    for (number, row) in plane.rows_mut().enumerate() {
        if number < width || number + width >= rows {
            row.fill(value);
        } else {
            row[..width].fill(value);
            row[columns - width..].fill(value);
        }
    }
}
