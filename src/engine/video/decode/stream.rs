//! What of a stream its readers see.

use super::Trouble;
use super::record::Owner;
use causeway_base::{VideoCodec, VideoSize};
use causeway_media::video::frame::Frame;
use causeway_plan::video::{FreezeCause, Sight};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A number that no other stream of the same queue has or had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct StreamId(pub(super) u64);

/// One stream, as all who have to do with it share it.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) id: StreamId,
    pub(super) codec: VideoCodec,
    pub(super) owner: Owner,
    shown: Mutex<Shown>,
    glance: Glance,
}

/// What a worker looks at for each packet, without the lock, which threads hold that give way to
/// others.
#[derive(Debug, Default)]
struct Glance {
    /// Somebody is to be told of a trouble.
    troubled: AtomicBool,
    /// The number of the picture that is shown; 0 without one, as no picture has that.
    picture: AtomicU64,
    /// Its size: the width in the upper half.
    size: AtomicU32,
}

/// Held for an assignment or two.
#[derive(Debug, Default)]
struct Shown {
    picture: Option<Frame>,
    standing: Standing,
    /// What nobody has been told yet.
    trouble: Option<Trouble>,
    /// What it looks like, once that is known.
    sight: Option<Sight>,
}

/// How the stream stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Standing {
    /// The newest picture is right, or only late.
    #[default]
    Right,
    /// The picture on the screen is an old one until a key picture comes.
    Broken,
    /// So too; and asking for a key picture would only bring another that is no use.
    Frozen,
}

impl Stream {
    pub(super) fn new(id: StreamId, codec: VideoCodec, owner: Owner) -> Self {
        Self { id, codec, owner, shown: Mutex::default(), glance: Glance::default() }
    }

    pub(super) fn picture(&self) -> Option<Frame> {
        self.shown().picture.clone()
    }

    /// The number of the picture that is shown.
    pub(super) fn picture_id(&self) -> Option<u64> {
        Some(self.glance.picture.load(Ordering::Relaxed)).filter(|id| *id != 0)
    }

    /// The size of the picture that is shown.
    pub(super) fn size(&self) -> Option<VideoSize> {
        let size = self.glance.size.load(Ordering::Relaxed);
        (size != 0).then(|| VideoSize::new((size >> 16) as u16, size as u16))
    }

    pub(super) fn take_trouble(&self) -> Option<Trouble> {
        if !self.glance.troubled.load(Ordering::Acquire) {
            return None;
        }
        let mut shown = self.shown();
        self.glance.troubled.store(false, Ordering::Release);
        shown.trouble.take()
    }

    pub(super) fn sight(&self) -> Option<Sight> {
        self.shown().sight
    }

    /// A good picture: whatever was wrong is over.
    pub(super) fn show(&self, picture: Frame) {
        let VideoSize { width, height } = picture.size();
        let mut shown = self.shown();
        self.glance.picture.store(picture.id(), Ordering::Relaxed);
        self.glance.size.store(u32::from(width) << 16 | u32::from(height), Ordering::Relaxed);
        self.glance.troubled.store(false, Ordering::Release);
        shown.standing = Standing::Right;
        shown.trouble = None;
        let before = shown.picture.replace(picture);
        // The last owner of a picture gives its slot back, which is no work for under this lock.
        drop(shown);
        drop(before);
    }

    pub(super) fn set_sight(&self, sight: Sight) {
        self.shown().sight = Some(sight);
    }

    /// What it builds on is missing. That is no news while it is frozen.
    pub(super) fn break_off(&self) {
        let mut shown = self.shown();
        if shown.standing != Standing::Frozen {
            self.stand(&mut shown, Standing::Broken, Trouble::KeyFrame);
        }
    }

    /// It stands still for a reason that a key picture does not remove.
    pub(super) fn freeze(&self, cause: FreezeCause) {
        self.stand(&mut self.shown(), Standing::Frozen, Trouble::Frozen(cause));
    }

    /// It is tried again.
    pub(super) fn thaw(&self) {
        self.stand(&mut self.shown(), Standing::Broken, Trouble::KeyFrame);
    }

    fn stand(&self, shown: &mut Shown, standing: Standing, trouble: Trouble) {
        shown.standing = standing;
        shown.trouble = Some(trouble);
        self.glance.troubled.store(true, Ordering::Release);
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
