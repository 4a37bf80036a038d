//! What of a stream its readers see.

use super::Trouble;
use causeway_base::VideoCodec;
use causeway_media::video::detect::Sight;
use causeway_media::video::frame::Frame;
use causeway_plan::video::FreezeCause;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A number that no other stream of the same queue has or had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct StreamId(pub(super) u64);

/// One stream, as all who have to do with it share it.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) id: StreamId,
    pub(super) codec: VideoCodec,
    shown: Mutex<Shown>,
}

/// Held for an assignment or two.
#[derive(Debug, Default)]
struct Shown {
    picture: Option<Frame>,
    standing: Standing,
    /// What nobody has been told yet.
    trouble: Option<Trouble>,
    sight: Sight,
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
    pub(super) fn new(id: StreamId, codec: VideoCodec) -> Self {
        Self { id, codec, shown: Mutex::default() }
    }

    pub(super) fn picture(&self) -> Option<Frame> {
        self.shown().picture.clone()
    }

    pub(super) fn take_trouble(&self) -> Option<Trouble> {
        self.shown().trouble.take()
    }

    pub(super) fn sight(&self) -> Sight {
        self.shown().sight
    }

    /// A good picture: whatever was wrong is over.
    pub(super) fn show(&self, picture: Frame) {
        let mut shown = self.shown();
        shown.standing = Standing::Right;
        shown.trouble = None;
        let before = shown.picture.replace(picture);
        // The last owner of a picture gives its slot back, which is no work for under this lock.
        drop(shown);
        drop(before);
    }

    pub(super) fn set_sight(&self, sight: Sight) {
        self.shown().sight = sight;
    }

    /// What it builds on is missing. That is no news while it is frozen.
    pub(super) fn break_off(&self) {
        let mut shown = self.shown();
        if shown.standing != Standing::Frozen {
            shown.standing = Standing::Broken;
            shown.trouble = Some(Trouble::KeyFrame);
        }
    }

    /// It stands still for a reason that a key picture does not remove.
    pub(super) fn freeze(&self, cause: FreezeCause) {
        let mut shown = self.shown();
        shown.standing = Standing::Frozen;
        shown.trouble = Some(Trouble::Frozen(cause));
    }

    /// It is tried again.
    pub(super) fn thaw(&self) {
        let mut shown = self.shown();
        shown.standing = Standing::Broken;
        shown.trouble = Some(Trouble::KeyFrame);
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
