//! How a stream of video stands, as people are told.

/// How a leg's main video stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum VideoState {
    /// Nothing comes.
    #[default]
    Absent,
    /// It comes.
    Coming,
    /// It cannot be shown: the last good picture stays.
    Frozen(FreezeCause),
}

/// Why a stream stands still though packets come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FreezeCause {
    /// What is missing was asked for, and does not come.
    NoKeyFrame,
    /// Its pictures are too large, or have no pixels.
    Size,
    /// Interlaced, not 4:2:0, or more than eight bits.
    Unsupported,
    /// Its decoder died of it, again and again.
    Crashed,
    /// More are shown than are decoded at once.
    Crowded,
}

/// What a picture looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sight {
    /// Nothing is wrong, or nothing is known yet.
    #[default]
    Fine,
    /// Black: a covered lens, a camera that is off.
    Black,
    /// The same picture for long, though pictures come.
    Frozen,
    /// Too dark to know a face.
    LowLight,
}

/// What is left of a conference's pictures where the machine has too little time for them: each
/// step gives up more than the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VideoStrain {
    /// All of them.
    #[default]
    None,
    /// Half as many a second.
    FewerPictures,
    /// Small ones.
    Smaller,
    /// None: audio only.
    AudioOnly,
}
