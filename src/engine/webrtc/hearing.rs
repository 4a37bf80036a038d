//! The sources that a line is heard from: those that the peer stated, and those that it did not.
//!
//! What a packet says of a source without being authentic teaches nothing: the library listens to
//! that source for as long as it takes to open the packet. Once one was opened, the source is what
//! that packet said.

use causeway_plan::webrtc::MAX_RIDS;
use str0m::change::DirectApi;
use str0m::media::{MediaKind, Mid};
use str0m::rtp::Ssrc;

/// Sources of an audio line that nobody stated and that were authentic: those that were longest
/// known give way.
pub(super) const MAX_UNSTATED: usize = 4;

/// The same of a video line: each size and what is sent again of it, twice, since a camera that
/// is changed brings new ones.
pub(super) const MAX_UNSTATED_VIDEO: usize = 4 * MAX_RIDS;

/// What a source is of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    /// The place of its size among those of simulcast; 0 without.
    pub(super) layer: usize,
    /// It is what is sent again.
    pub(super) repair: bool,
}

/// An authentic source that nobody stated.
#[derive(Clone, Copy, Debug)]
struct Heard {
    ssrc: u32,
    claim: Claim,
    /// Of repeats: the library knows of which source they are.
    joined: bool,
}

/// What a line is heard from.
#[derive(Debug)]
pub(super) struct Hearing {
    mid: Mid,
    kind: MediaKind,
    wanted: Wanted,
    /// The longest known first.
    heard: Vec<Heard>,
}

/// What was agreed of a line's sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    sources: Sources,
    /// Ask for lost packets again.
    asks: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Sources {
    /// Nobody is listened to.
    #[default]
    None,
    Unstated {
        layers: usize,
    },
    Stated {
        ssrc: u32,
        rtx: Option<u32>,
    },
}

impl Wanted {
    pub(super) fn of(stated: Option<u32>, rtx: Option<u32>, layers: usize, asks: bool) -> Self {
        let sources = match stated.filter(|ssrc| *ssrc != 0) {
            Some(ssrc) => {
                Sources::Stated { ssrc, rtx: rtx.filter(|rtx| *rtx != 0 && *rtx != ssrc) }
            }
            None => Sources::Unstated { layers },
        };
        Self { sources, asks }
    }
}

/// The source by which the library knows repeats while it does not know what they repeat.
pub(super) fn stand_in(repeats: u32) -> u32 {
    !repeats
}

impl Hearing {
    pub(super) fn new(mid: Mid, kind: MediaKind) -> Self {
        Self { mid, kind, wanted: Wanted::default(), heard: Vec::new() }
    }

    /// Takes what was agreed. Where that is what it was, the sources that were learnt stay; else
    /// nobody is listened to before [`Self::begin`], so that a source can go from one line to
    /// another.
    pub(super) fn prepare(&mut self, direct: &mut DirectApi<'_>, wanted: Wanted) {
        if self.wanted == wanted {
            return;
        }
        while let Some(heard) = self.heard.pop() {
            forget(direct, heard.ssrc, heard.claim);
        }
        if let Sources::Stated { ssrc, .. } = self.wanted.sources {
            direct.remove_stream_rx(ssrc.into());
        }
        self.wanted = wanted;
    }

    /// Listens to the stated sources.
    pub(super) fn begin(&self, direct: &mut DirectApi<'_>) {
        if let Sources::Stated { ssrc, rtx } = self.wanted.sources {
            self.expect(direct, ssrc, rtx);
        }
    }

    /// The stated sources.
    pub(super) fn stated(&self) -> impl Iterator<Item = u32> + use<> {
        let both = match self.wanted.sources {
            Sources::Stated { ssrc, rtx } => [Some(ssrc), rtx],
            _ => [None; 2],
        };
        both.into_iter().flatten()
    }

    /// Whether sources that nobody stated may be this line's.
    pub(super) fn is_unstated(&self) -> bool {
        matches!(self.wanted.sources, Sources::Unstated { .. })
    }

    /// Whether a source is this line's.
    pub(super) fn knows(&self, ssrc: u32) -> bool {
        self.stated().any(|stated| stated == ssrc)
            || self.heard.iter().any(|heard| heard.ssrc == ssrc)
    }

    /// A source turned out to be another line's.
    pub(super) fn disclaim(&mut self, direct: &mut DirectApi<'_>, ssrc: u32) {
        if let Some(place) = self.heard.iter().position(|heard| heard.ssrc == ssrc) {
            self.drop_heard(direct, place);
        }
    }

    /// Whether a source that nobody stated can be what its packet says.
    pub(super) fn admits(&self, claim: Claim) -> bool {
        match self.wanted.sources {
            Sources::Unstated { layers } => claim.layer < layers,
            // Who states a source may leave out that of its repeats.
            Sources::Stated { rtx, .. } => rtx.is_none() && claim.repair && self.kind.is_video(),
            Sources::None => false,
        }
    }

    /// Makes the library listen to a source for one packet.
    pub(super) fn listen(&self, direct: &mut DirectApi<'_>, ssrc: u32, claim: Claim) {
        match claim.repair {
            true => self.expect(direct, stand_in(ssrc), Some(ssrc)),
            false => self.expect(direct, ssrc, None),
        }
    }

    /// The packet was opened: the source is what it said.
    pub(super) fn believe(&mut self, direct: &mut DirectApi<'_>, ssrc: u32, claim: Claim) {
        if self.heard.len() >= self.most() {
            self.drop_heard(direct, 0);
        }
        self.heard.push(Heard { ssrc, claim, joined: false });
        self.join(direct, claim.layer);
    }

    /// The place of a source's size.
    pub(super) fn layer(&self, ssrc: u32) -> Option<usize> {
        if self.stated().any(|stated| stated == ssrc) {
            return Some(0);
        }
        self.heard.iter().find(|heard| heard.ssrc == ssrc).map(|heard| heard.claim.layer)
    }

    /// The source of a size: the stated one, else the last that was authentic.
    pub(super) fn main(&self, layer: usize) -> Option<u32> {
        if let Sources::Stated { ssrc, .. } = self.wanted.sources {
            return (layer == 0).then_some(ssrc);
        }
        let of = |heard: &&Heard| heard.claim == Claim { layer, repair: false };
        self.heard.iter().rev().find(of).map(|heard| heard.ssrc)
    }

    /// Tells the library of which source the repeats of a size are, where both are authentic.
    fn join(&mut self, direct: &mut DirectApi<'_>, layer: usize) {
        let Some(main) = self.main(layer) else { return };
        let repeats = Claim { layer, repair: true };
        let found = |heard: &&mut Heard| heard.claim == repeats && !heard.joined;
        let Some(heard) = self.heard.iter_mut().rev().find(found) else { return };
        heard.joined = true;
        let ssrc = heard.ssrc;
        forget(direct, ssrc, repeats);
        self.expect(direct, main, Some(ssrc));
    }

    /// Listens to a source no more, nor to the repeats that were joined to it: they can join
    /// again.
    fn drop_heard(&mut self, direct: &mut DirectApi<'_>, place: usize) {
        let gone = self.heard.remove(place);
        forget(direct, gone.ssrc, gone.claim);
        if gone.claim.repair {
            return;
        }
        let repeats = Claim { repair: true, ..gone.claim };
        self.heard.retain(|heard| heard.claim != repeats || !heard.joined);
    }

    fn most(&self) -> usize {
        if self.kind.is_video() { MAX_UNSTATED_VIDEO } else { MAX_UNSTATED }
    }

    fn expect(&self, direct: &mut DirectApi<'_>, ssrc: u32, rtx: Option<u32>) {
        let rtx = rtx.map(Ssrc::from);
        direct.expect_stream_rx(ssrc.into(), rtx, self.mid, None).suppress_nack(!self.wanted.asks);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.heard.len()
    }
}

/// Makes the library listen to a source no more.
pub(super) fn forget(direct: &mut DirectApi<'_>, ssrc: u32, claim: Claim) {
    let known_as = if claim.repair { stand_in(ssrc) } else { ssrc };
    direct.remove_stream_rx(known_as.into());
}
