//! One picture in one size.

use super::scene::{Moment, SceneBuilder, Set, fit};
use super::{PictureSource, Shared};
use causeway_base::{LegId, VideoSize};
use causeway_media::video::compose::{ComposeError, Compositor};
use causeway_media::video::frame::{Frame, FramePool};
use causeway_plan::{PicturePlan, Show};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError};

/// Canvases in use at once: as many as a compositor keeps.
const MAX_FRAMES: usize = 4;

/// What a composition is to show.
pub(super) struct Wanted {
    pub(super) plan: PicturePlan,
    pub(super) sources: HashMap<LegId, Box<dyn PictureSource>>,
}

impl fmt::Debug for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wanted({:?}, {} sources)", self.plan.id, self.sources.len())
    }
}

impl Wanted {
    pub(super) fn picture(&self, leg: LegId) -> Option<Frame> {
        self.sources.get(&leg)?.picture()
    }
}

/// Draws one composition in one size. Its frames go with it.
#[derive(Debug)]
pub(super) struct Canvas {
    size: VideoSize,
    compositor: Compositor,
    frames: FramePool,
    set: Option<Built>,
}

/// A scene with what it was built for.
#[derive(Debug)]
struct Built {
    wanted: Arc<Wanted>,
    /// Whose pictures came when it was built.
    came: Vec<LegId>,
    set: Set,
}

impl Canvas {
    pub(super) fn new(size: VideoSize) -> Self {
        let frames = FramePool::new(MAX_FRAMES);
        Self { size, compositor: Compositor::new(), frames, set: None }
    }

    /// The picture of what is wanted now: the one of before where nothing changed. An error leaves
    /// this picture out.
    pub(super) fn draw(
        &mut self,
        wanted: &Arc<Wanted>,
        shared: &Shared,
        moment: Moment,
    ) -> Result<Frame, ComposeError> {
        let mut pictures = Vec::with_capacity(wanted.sources.len());
        for leg in wanted.plan.sources() {
            if let Some(picture) = wanted.picture(leg) {
                pictures.push((leg, picture));
            }
        }
        let set = self.set_for(wanted, &pictures, shared, moment);
        for place in &set.places {
            let picture = pictures.iter().find(|(leg, _)| *leg == place.source);
            if let (Some((_, picture)), Some(tile)) = (picture, set.scene.tiles.get_mut(place.tile))
            {
                tile.fit = fit(tile.rect, picture);
                tile.frame = Some(picture.clone());
            }
        }
        drop(pictures);
        let Some(built) = &mut self.set else { return Err(ComposeError::Busy) };
        let composed = self.compositor.compose(&built.set.scene, &self.frames);
        // Sources get their frames back at once: decoders have few.
        for place in &built.set.places {
            if let Some(tile) = built.set.scene.tiles.get_mut(place.tile) {
                tile.frame = None;
            }
        }
        composed.map(|composed| composed.picture)
    }

    /// The scene without pictures: that of before where it still holds.
    fn set_for(
        &mut self,
        wanted: &Arc<Wanted>,
        pictures: &[(LegId, Frame)],
        shared: &Shared,
        moment: Moment,
    ) -> &mut Set {
        let moves = matches!(wanted.plan.show, Show::Bars { .. });
        let holds = !moves
            && self.set.as_ref().is_some_and(|built| {
                Arc::ptr_eq(&built.wanted, wanted)
                    && built.came.iter().eq(pictures.iter().map(|(leg, _)| leg))
            });
        let kept = self.set.take_if(|_| holds);
        let built = kept.unwrap_or_else(|| {
            let came: Vec<LegId> = pictures.iter().map(|(leg, _)| *leg).collect();
            let mut lettering = shared.lettering.lock().unwrap_or_else(PoisonError::into_inner);
            let mut builder = SceneBuilder {
                theme: &shared.theme,
                lettering: &mut lettering,
                comes: &|leg| came.contains(&leg),
                moment,
            };
            let set = builder.build(&wanted.plan, self.size);
            Built { wanted: Arc::clone(wanted), came, set }
        });
        &mut self.set.insert(built).set
    }
}
