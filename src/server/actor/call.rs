//! One leg's way from its offer to its end, whoever owns it meanwhile.

use super::quality::Quality;
use super::{Answering, Fate, Watcher};
use crate::calling_out::Errand;
use crate::device;
use crate::record::Draft;
use crate::view::Kind;
use causeway_adapter::sip::Advertised;
use causeway_base::{EndCause, Lang, LegId};
use causeway_conference::digit::DigitMerge;
use causeway_conference::{LegCommand, MediaAddress, Offered, PortAddress, Protocol};
use causeway_dial::Chosen;
use causeway_plan::video::VideoState;
use causeway_plan::{Direction, LegMedia};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Which way the media of a call may flow, from our side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ways {
    pub(crate) sound: Direction,
    /// Of people.
    pub(crate) pictures: Direction,
    /// How many lines there are for tiles.
    pub(crate) tile_lines: usize,
}

/// Where a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It belongs to an actor; the engine binds its ports.
    Reserving,
    /// It was answered, or called; neither its media is agreed nor did the other side confirm.
    Accepted,
    /// The other side confirmed (ACK, 200); its media is not agreed yet.
    Confirmed,
    /// Its media is agreed; the other side did not confirm yet. It hears nothing: nobody has
    /// proved to be at the address that the offer names.
    Agreed(Ways),
    /// Its media is agreed and it is confirmed.
    Up(Ways),
    /// It was told to end; its last word is awaited.
    Ending,
}

/// By what it is noticed that the other side is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeper {
    /// Its dialog, or the door of its page.
    Signalling,
    /// Its media alone, which is gone since then: who publishes or plays by HTTP says nothing more.
    Media { gone: Option<Instant> },
}

impl Keeper {
    /// When a leg without media is let go.
    pub(crate) fn until(self) -> Option<Instant> {
        match self {
            Keeper::Media { gone: Some(since) } => Some(since + MEDIA_GONE),
            Keeper::Media { gone: None } | Keeper::Signalling => None,
        }
    }
}

/// How long a leg that only its media keeps may be without: time for ICE to find another way.
pub(crate) const MEDIA_GONE: Duration = Duration::from_secs(30);

/// Who began a call.
#[derive(Debug)]
pub(crate) enum Origin {
    /// The peer.
    Offered(Box<Offered>),
    /// We.
    CallOut(Box<Errand>),
}

/// What newly agreed media means; with its ways where the call is up with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Agreement {
    /// It moves to its owner's room.
    First(Option<Ways>),
    /// It is there.
    Again(Option<Ways>),
    /// Nobody waits for it.
    OutOfPlace,
}

/// How to be rid of a call.
#[derive(Debug)]
pub(crate) enum Farewell {
    /// Tell its adapter, which answers with its last word.
    Tell(Box<LegCommand>),
    /// Its adapter never heard of it.
    Gone,
    /// It was told already.
    Told,
}

/// One call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) leg: LegId,
    pub(crate) local: IpAddr,
    /// The language in which it is spoken to.
    pub(crate) lang: Lang,
    pub(crate) origin: Origin,
    pub(crate) progress: Progress,
    /// When it is hung up at the latest: a cap of calls that we make.
    pub(crate) until: Option<Instant>,
    /// The bridge has spoken to it: it is told the rest too. Who dials an open conference directly
    /// comes in without a word.
    pub(crate) spoken_to: bool,
    /// It is put through to somebody instead of hearing this reason: it hears it where nobody
    /// answers.
    pub(crate) instead_of: Option<EndCause>,
    /// How the pictures that it sends stand.
    pub(crate) picture: VideoState,
    /// Its other side listens for digits as RTP events.
    pub(crate) takes_events: bool,
    /// What it pressed lately, by every way: it goes along, so that a press that is reported again
    /// after the call changed hands is not taken for another.
    pub(crate) digits: DigitMerge,
    /// By what its person takes part.
    pub(crate) kind: Kind,
    /// What its device is like; `None`: a browser.
    pub(crate) device: Option<Arc<Chosen>>,
    /// How good the line is.
    pub(crate) quality: Quality,
    pub(crate) keeper: Keeper,
    /// Who is told what becomes of it.
    pub(crate) watcher: Option<Watcher>,
    /// What will be kept of it.
    pub(crate) draft: Box<Draft>,
}

impl Call {
    /// A call that somebody makes to us.
    pub(crate) fn offered(offered: Box<Offered>, lang: Lang, draft: Draft) -> Self {
        Self {
            leg: offered.leg,
            local: offered.local,
            lang,
            kind: device::kind_of_caller(&offered, None),
            device: None,
            quality: Quality::default(),
            keeper: Keeper::Signalling,
            watcher: None,
            origin: Origin::Offered(offered),
            progress: Progress::Reserving,
            until: None,
            spoken_to: false,
            instead_of: None,
            picture: VideoState::default(),
            takes_events: false,
            digits: DigitMerge::default(),
            draft: Box::new(draft),
        }
    }

    /// A call that we make.
    pub(crate) fn outgoing(local: IpAddr, errand: Box<Errand>, draft: Draft) -> Self {
        Self {
            leg: errand.leg,
            local,
            lang: errand.lang,
            until: Some(errand.until),
            kind: device::kind_of_callee(&errand),
            device: None,
            quality: Quality::default(),
            keeper: Keeper::Signalling,
            watcher: None,
            origin: Origin::CallOut(errand),
            progress: Progress::Reserving,
            spoken_to: false,
            instead_of: None,
            picture: VideoState::default(),
            takes_events: false,
            digits: DigitMerge::default(),
            draft: Box::new(draft),
        }
    }

    /// The same, of a device that is like this.
    pub(crate) fn known_as(mut self, device: Option<Arc<Chosen>>) -> Self {
        if let Origin::Offered(offered) = &mut self.origin {
            // They have said what they can.
            offered.device.sdp_lines = String::new();
            self.kind = device::kind_of_caller(offered, device.as_deref());
        }
        self.draft.profile = device.as_ref().map(|device| device.kept().to_string());
        self.device = device;
        self
    }

    pub(crate) fn is_outgoing(&self) -> bool {
        matches!(self.origin, Origin::CallOut(_))
    }

    /// What its signalling speaks.
    pub(crate) fn protocol(&self) -> Protocol {
        match &self.origin {
            Origin::Offered(offered) => offered.protocol,
            Origin::CallOut(errand) => errand.protocol(),
        }
    }

    /// Whether pictures are agreed with it where it takes them. A telephone behind a carrier's trunk
    /// has none, and each line makes an INVITE longer, until UDP cuts it in pieces that get lost.
    pub(crate) fn may_have_pictures(&self, answering: &Answering) -> bool {
        let sees = |trunk: &Arc<str>| answering.seeing_trunks.contains(trunk);
        answering.has_pictures()
            && match &self.origin {
                Origin::Offered(offered) => {
                    self.kind != Kind::Phone || offered.proof.trunk.as_ref().is_none_or(sees)
                }
                Origin::CallOut(errand) => errand.trunk().is_none_or(sees),
            }
    }

    /// Whether it needs ports for pictures at once. Who offers some later gets them then.
    pub(crate) fn begins_with_pictures(&self, answering: &Answering) -> bool {
        let offers = match &self.origin {
            Origin::Offered(offered) => offered.pictures,
            Origin::CallOut(_) => true,
        };
        offers && self.may_have_pictures(answering)
    }

    /// Whose meeting it leads into, where that was said.
    pub(crate) fn service(&self) -> Option<&'static str> {
        match &self.origin {
            Origin::CallOut(errand) => errand.bridging.as_ref()?.service(),
            Origin::Offered(_) => None,
        }
    }

    /// Tells who asked for it what becomes of it.
    pub(crate) fn tell(&self, fate: Fate) {
        if let Some(watcher) = &self.watcher {
            watcher.tell(self.leg, fate);
        }
    }

    /// The name that it wants shown; none where it asked for privacy.
    pub(crate) fn display_name(&self) -> String {
        match &self.origin {
            Origin::Offered(offered) if offered.private => String::new(),
            Origin::Offered(offered) => offered.display_name.clone(),
            Origin::CallOut(call) => call.name(),
        }
    }

    /// Whether the caller asked not to be shown.
    pub(crate) fn is_private(&self) -> bool {
        matches!(&self.origin, Origin::Offered(offered) if offered.private)
    }

    /// Which way its media may flow, once it is up.
    pub(crate) fn up(&self) -> Option<Ways> {
        match self.progress {
            Progress::Up(ways) => Some(ways),
            _ => None,
        }
    }

    /// The answer, or the call out, once the engine has ports. `None` where nobody waits for it
    /// any more.
    pub(crate) fn accept(
        &mut self,
        bound: MediaAddress,
        answering: &Answering,
    ) -> Option<LegCommand> {
        if self.progress != Progress::Reserving {
            return None;
        }
        self.progress = Progress::Accepted;
        let media = seen_from_outside(bound, &answering.advertised);
        let policy = match &self.device {
            Some(device) => device.profile.policy(&answering.policy),
            None => answering.policy.clone(),
        };
        let (leg, mut policy) = (self.leg, Box::new(policy));
        if !self.may_have_pictures(answering) {
            policy.video.codecs.clear();
        }
        Some(match &self.origin {
            Origin::Offered(_) => LegCommand::Accept { leg, policy, media },
            Origin::CallOut(errand) => LegCommand::Dial {
                leg,
                target: errand.address(media.ports()?.advertised),
                trunk: errand.trunk().cloned(),
                calling: errand.shown.calling.clone(),
                display_name: errand.shown.display_name.clone(),
                private: errand.shown.private,
                policy,
                media,
            },
        })
    }

    /// How to be rid of it: refuse what was not answered, hang up what was.
    pub(crate) fn end(&mut self, cause: EndCause) -> Farewell {
        let leg = self.leg;
        match std::mem::replace(&mut self.progress, Progress::Ending) {
            Progress::Reserving if self.is_outgoing() => Farewell::Gone,
            Progress::Reserving => Farewell::Tell(Box::new(LegCommand::Reject { leg, cause })),
            Progress::Ending => Farewell::Told,
            _ => Farewell::Tell(Box::new(LegCommand::End { leg, cause })),
        }
    }

    /// The other side confirmed. Gives the ways with which it is up, if its media is agreed.
    pub(crate) fn confirmed(&mut self) -> Option<Ways> {
        match self.progress {
            Progress::Accepted => self.progress = Progress::Confirmed,
            Progress::Agreed(ways) => {
                self.progress = Progress::Up(ways);
                return Some(ways);
            }
            Progress::Reserving | Progress::Confirmed | Progress::Up(_) | Progress::Ending => {}
        }
        None
    }

    /// How the pictures that it sends stand: of a line that does not receive, word comes late.
    pub(crate) fn pictured(&mut self, state: VideoState) {
        if let Progress::Agreed(ways) | Progress::Up(ways) = self.progress
            && ways.pictures.receives()
        {
            self.picture = state;
        }
    }

    /// Its media was agreed, for the first time or anew.
    pub(crate) fn media_ready(&mut self, media: &LegMedia) -> Agreement {
        let ways = Ways {
            sound: media.direction,
            pictures: media.pictures(),
            tile_lines: media.tile_lines(),
        };
        let (next, agreement) = match self.progress {
            Progress::Accepted => (Progress::Agreed(ways), Agreement::First(None)),
            Progress::Confirmed => (Progress::Up(ways), Agreement::First(Some(ways))),
            Progress::Agreed(_) => (Progress::Agreed(ways), Agreement::Again(None)),
            Progress::Up(_) => (Progress::Up(ways), Agreement::Again(Some(ways))),
            same @ (Progress::Reserving | Progress::Ending) => (same, Agreement::OutOfPlace),
        };
        self.progress = next;
        if agreement != Agreement::OutOfPlace {
            if !ways.pictures.receives() {
                self.picture = VideoState::Absent;
            }
            self.draft.agreed(media);
            self.takes_events = media.audio.send_events.is_some();
        }
        agreement
    }
}

/// Puts the addresses that the peer's network sees in the place of those bound.
fn seen_from_outside(bound: MediaAddress, advertised: &[Advertised]) -> MediaAddress {
    let seen = |bound: IpAddr| crate::config::advertised(advertised, bound);
    match bound {
        MediaAddress::Ports(ports) => {
            MediaAddress::Ports(PortAddress { advertised: seen(ports.rtp.ip()), ..ports })
        }
        MediaAddress::WebRtc(mut local) => {
            for address in local.udp.iter_mut().chain(&mut local.tcp) {
                address.set_ip(seen(address.ip()));
            }
            MediaAddress::WebRtc(local)
        }
    }
}
