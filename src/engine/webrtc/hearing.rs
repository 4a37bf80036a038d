//! The sources that a line is heard from: those that the peer stated, and those that it did not.
//!
//! What a packet says of a source without being authentic teaches nothing that outlasts it: each
//! later packet of that source may say otherwise. Once one was opened, the source is what that
//! packet said.

use causeway_plan::webrtc::MAX_RIDS;
use str0m::change::DirectApi;
use str0m::media::{MediaKind, Mid};
use str0m::rtp::Ssrc;

/// Sources of an audio line without a stated one that are listened to at once. Which of them is the
/// peer's own is known once one of its packets is authentic.
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

/// How far a source is known that nobody stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trust {
    /// None of its packets was opened.
    Claimed,
    /// One was.
    Authentic,
    /// One was, and the library knows of which source it is the repeats.
    Joined,
}

#[derive(Clone, Copy, Debug)]
struct Heard {
    ssrc: u32,
    claim: Claim,
    trust: Trust,
}

/// What a line is heard from.
#[derive(Debug)]
pub(super) struct Hearing {
    mid: Mid,
    kind: MediaKind,
    wanted: Wanted,
    /// The sources that are listened to without being stated.
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

/// The source by which the library knows repeats whose own source is not known yet.
fn stand_in(repeats: u32) -> u32 {
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
            forget(direct, &heard);
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

    /// Whether packets of a source are this line's for certain.
    pub(super) fn knows(&self, ssrc: u32) -> bool {
        self.is_stated(ssrc)
            || self.heard.iter().any(|heard| heard.ssrc == ssrc && heard.trust != Trust::Claimed)
    }

    fn is_stated(&self, wanted: u32) -> bool {
        self.stated().any(|ssrc| ssrc == wanted)
    }

    /// Whether the library would take this source for another's of this line, if it listened to
    /// it as `claim` says.
    pub(super) fn clashes(&self, ssrc: u32, claim: Claim) -> bool {
        let known_as = if claim.repair { stand_in(ssrc) } else { ssrc };
        let same = |heard: &Heard| heard.ssrc == known_as || stand_in(heard.ssrc) == known_as;
        self.is_stated(known_as) || self.heard.iter().any(|heard| heard.ssrc != ssrc && same(heard))
    }

    /// A source turned out to be another line's.
    pub(super) fn disclaim(&mut self, direct: &mut DirectApi<'_>, ssrc: u32) {
        if let Some(place) = self.heard.iter().position(|heard| heard.ssrc == ssrc) {
            self.drop_heard(direct, place);
        }
    }

    /// Listens to a source that nobody stated, as what its packet says that it is. It is not
    /// authentic yet: one that never was gives way first.
    pub(super) fn listen(&mut self, direct: &mut DirectApi<'_>, ssrc: u32, claim: Claim) {
        match self.wanted.sources {
            Sources::Unstated { layers } if claim.layer < layers => {}
            // Who states a source may leave out that of its repeats.
            Sources::Stated { rtx: None, .. } if claim.repair => {}
            _ => return,
        }
        if let Some(place) = self.heard.iter().position(|heard| heard.ssrc == ssrc) {
            if self.heard.get(place).is_some_and(|heard| heard.claim == claim) {
                return;
            }
            self.drop_heard(direct, place);
        } else if self.heard.len() >= self.most() {
            let claimed = |heard: &Heard| heard.trust == Trust::Claimed;
            let place = self.heard.iter().position(claimed).unwrap_or(0);
            self.drop_heard(direct, place);
        }
        if claim.repair {
            self.expect(direct, stand_in(ssrc), Some(ssrc));
        } else {
            self.expect(direct, ssrc, None);
        }
        self.heard.push(Heard { ssrc, claim, trust: Trust::Claimed });
    }

    /// A packet of a source was opened. Returns the place of its size, and the source that it
    /// belongs to, where that is known; and whether it is the first of this source.
    pub(super) fn opened(&mut self, direct: &mut DirectApi<'_>, ssrc: u32) -> Opened {
        if self.is_stated(ssrc) {
            return Opened::Known { layer: 0, main: self.main(0) };
        }
        let Some(heard) = self.heard.iter_mut().find(|heard| heard.ssrc == ssrc) else {
            return Opened::Stranger;
        };
        let layer = heard.claim.layer;
        let first = heard.trust == Trust::Claimed;
        if first {
            heard.trust = Trust::Authentic;
            self.join(direct, layer);
        }
        let main = self.main(layer);
        if first { Opened::New { layer, main } } else { Opened::Known { layer, main } }
    }

    /// The source of a size: the stated one, else the last that was authentic.
    pub(super) fn main(&self, layer: usize) -> Option<u32> {
        if let Sources::Stated { ssrc, .. } = self.wanted.sources {
            return (layer == 0).then_some(ssrc);
        }
        let of = |heard: &&Heard| {
            heard.claim == Claim { layer, repair: false } && heard.trust != Trust::Claimed
        };
        self.heard.iter().rev().find(of).map(|heard| heard.ssrc)
    }

    /// Tells the library of which source the repeats of a size are, where both are authentic.
    fn join(&mut self, direct: &mut DirectApi<'_>, layer: usize) {
        let Some(main) = self.main(layer) else { return };
        let repeats = Claim { layer, repair: true };
        let found = |heard: &&mut Heard| heard.claim == repeats && heard.trust == Trust::Authentic;
        let Some(heard) = self.heard.iter_mut().rev().find(found) else { return };
        forget(direct, heard);
        heard.trust = Trust::Joined;
        let ssrc = heard.ssrc;
        self.expect(direct, main, Some(ssrc));
    }

    /// Listens to a source no more, nor to the repeats that were joined to it: they can join
    /// again.
    fn drop_heard(&mut self, direct: &mut DirectApi<'_>, place: usize) {
        let gone = self.heard.remove(place);
        forget(direct, &gone);
        if gone.claim.repair {
            return;
        }
        let repeats = Claim { repair: true, ..gone.claim };
        self.heard.retain(|heard| heard.claim != repeats || heard.trust != Trust::Joined);
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

/// What came of a packet that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opened {
    /// Of a source that is authentic with it.
    New {
        layer: usize,
        main: Option<u32>,
    },
    Known {
        layer: usize,
        main: Option<u32>,
    },
    /// Of no source of this line.
    Stranger,
}

fn forget(direct: &mut DirectApi<'_>, heard: &Heard) {
    let known_as = if heard.claim.repair { stand_in(heard.ssrc) } else { heard.ssrc };
    direct.remove_stream_rx(known_as.into());
}
