//! All media state of one leg: one value that one worker owns and can hand to another.

use crate::clock::Now;
use crate::echo::Echo;
use crate::egress::{Egress, Outgoing};
use crate::encode::EncodeStream;
use crate::ingress::Ingress;
use crate::play::{Play, Player};
use crate::playout::Playout;
use crate::port::PortPair;
use crate::report::Reporting;
use crate::video::line::{self, VideoLine};
use crate::webrtc::Peer;
use causeway_base::{ConferenceId, LegId};
use causeway_media::audio::FRAME;
use causeway_media::audio::watch::{CueWatch, SoundWatch};
use causeway_plan::{Feed, LegMedia, LegStats, MediaEvent, Transport};
use causeway_rtp::SourceGuard;
use std::net::SocketAddr;

/// One leg.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) id: LegId,
    pub(crate) path: Path,
    /// Ports of its main video line, where it has any of its own.
    pub(crate) video_ports: Option<PortPair>,
    /// The conference that it is in.
    pub(crate) room: Option<ConferenceId>,
    /// Hears what a caller of a voice menu hears, while somebody listens.
    pub(crate) cues: Option<Box<CueWatch>>,
    /// What plays to it alone, while anything does. It waits here for media and a conference.
    pub(crate) player: Option<Box<Player>>,
    /// Its media, once offer/answer has settled it.
    pub(crate) link: Option<Link>,
    /// The next work on it comes to a fault.
    #[cfg(test)]
    pub(crate) is_broken: bool,
}

/// By what a leg's media travels.
#[derive(Debug)]
pub(crate) enum Path {
    /// Ports of its own.
    Ports(PortPair),
    /// A session on the ports that browsers share.
    WebRtc(Box<Peer>),
}

/// The media of a leg, both ways.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) media: LegMedia,
    /// Who may send to ports of its own. A browser's session does without.
    pub(crate) guard: Option<SourceGuard>,
    /// Where a browser's media comes from.
    pub(crate) source: Option<SocketAddr>,
    pub(crate) ingress: Ingress,
    pub(crate) playout: Playout,
    pub(crate) egress: Egress,
    /// The encoder of its own mix, from the first word that it speaks.
    pub(crate) own: Option<Box<EncodeStream>>,
    /// Its own sound, while it hears that.
    pub(crate) echo: Option<Echo>,
    pub(crate) reporting: Reporting,
    /// What its sound is like.
    pub(crate) sound: SoundWatch,
    /// Its video lines, by their number in `media`.
    pub(crate) video: Vec<VideoLine>,
}

impl Leg {
    pub(crate) fn new(id: LegId, path: Path) -> Self {
        Self {
            id,
            path,
            video_ports: None,
            room: None,
            cues: None,
            player: None,
            link: None,
            #[cfg(test)]
            is_broken: false,
        }
    }

    /// The same leg with ports for a main video line.
    pub(crate) fn with_video_ports(self, video_ports: Option<PortPair>) -> Self {
        Self { video_ports, ..self }
    }

    /// Takes what offer/answer settled, for the first time or anew. Numbering, keys and
    /// counters go on where they can. What is of another kind of transport than the leg's is not
    /// taken.
    pub(crate) fn configure(&mut self, now: Now, media: LegMedia, out: &mut Outgoing) {
        match (&mut self.path, &media.transport) {
            (Path::Ports(ports), Transport::Rtp(_)) => ports.open_up(),
            (Path::WebRtc(peer), Transport::WebRtc(_)) => {
                peer.configure(now, &media, &mut out.browsers);
            }
            _ => return,
        }
        match &mut self.link {
            Some(link) => link.reconfigure(now, media),
            None => self.link = Some(Link::new(now, media)),
        }
        // An address that was learnt before and still holds is not learnt again.
        if let (Path::Ports(ports), Some(link)) = (&mut self.path, &self.link)
            && let Some(source) = link.guard.as_ref().and_then(SourceGuard::latched)
            && link.stays_with(source)
        {
            ports.keep_to(source);
        }
    }

    /// Where an RTP packet goes now. `None`: nowhere yet, or nowhere any more.
    pub(crate) fn target(&mut self, now: Now) -> Option<Target> {
        match &self.path {
            Path::Ports(_) => {
                let guard = self.link.as_mut()?.guard.as_mut()?;
                guard.may_send(now.instant).map(Target::Address)
            }
            Path::WebRtc(peer) => peer.is_up().then_some(Target::Session),
        }
    }

    /// What it is sent of what the plan wants: nothing while it may not be sent to.
    pub(crate) fn feed(&self, planned: Feed) -> Feed {
        match &self.link {
            Some(link) if link.media.direction.sends() => planned,
            _ => Feed::Nothing,
        }
    }

    pub(crate) fn send_digits(&mut self, digits: &str) {
        if let Some(link) = &mut self.link
            && link.media.audio.send_events.is_some()
        {
            link.egress.events.queue(digits);
        }
    }

    /// Whether what is heard of it is told from now on.
    pub(crate) fn listen(&mut self, on: bool) {
        self.cues = on.then(Box::default);
    }

    pub(crate) fn play(&mut self, play: Play) {
        self.player.get_or_insert_with(|| Box::new(Player::new())).start(play);
    }

    pub(crate) fn stop_playing(&mut self) {
        if let Some(player) = &mut self.player {
            player.stop();
        }
    }

    /// Gives it a delay line where it hears itself, and takes it away where it does not. True
    /// where it does.
    pub(crate) fn take_up_echo(&mut self, feed: Feed) -> bool {
        let Some(link) = &mut self.link else { return false };
        match feed {
            Feed::Echo(ms) => {
                if link.echo.as_ref().is_none_or(|echo| echo.delay_ms() != ms) {
                    link.echo = Some(Echo::new(ms));
                }
                true
            }
            _ => {
                link.echo = None;
                false
            }
        }
    }

    /// Something plays to it, so that it needs an encoder of its own.
    pub(crate) fn is_played_to(&self) -> bool {
        self.player.is_some()
    }

    /// Lays what plays on what it hears. Returns the event of what ended by it.
    pub(crate) fn lay_played(&mut self, sound: &mut [f32; FRAME]) -> Option<MediaEvent> {
        let player = self.player.as_mut()?;
        let ended = player.lay_on(sound);
        if player.is_idle() {
            self.player = None;
        }
        ended.map(|play| MediaEvent::Played { leg: self.id, play })
    }

    pub(crate) fn stats_event(&self, now: Now) -> MediaEvent {
        let stats = self.link.as_ref().map(|link| link.stats(now)).unwrap_or_default();
        MediaEvent::Stats { leg: self.id, stats: Box::new(stats) }
    }

    /// Lets go of everything but the sockets, whose ports still rest.
    pub(crate) fn rest(&mut self) {
        self.player = None;
        self.link = None;
    }
}

/// Where a packet goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// To this address, by ports of the leg's own.
    Address(SocketAddr),
    /// Where its session sends.
    Session,
}

impl Link {
    fn new(now: Now, media: LegMedia) -> Self {
        let mut video = Vec::new();
        line::configure(&mut video, now.instant, &media.video);
        Self {
            guard: media.transport.rtp().map(SourceGuard::new),
            source: None,
            ingress: Ingress::new(&media),
            playout: Playout::default(),
            egress: Egress::new(&media),
            own: None,
            echo: None,
            reporting: Reporting::new(now.instant),
            sound: SoundWatch::default(),
            video,
            media,
        }
    }

    /// Whether the kernel may keep RTP to this source: in the clear, and where it is the very
    /// address that the SDP names, from which the source guard follows nobody to another. Any
    /// other source may give way to that address; under SRTP a packet from elsewhere can prove
    /// that it is genuine.
    pub(crate) fn stays_with(&self, source: SocketAddr) -> bool {
        let Some(transport) = self.media.transport.rtp() else { return false };
        transport.srtp().is_none()
            && transport.remote_rtp.is_some_and(|named| {
                named.port() == source.port() && named.ip() == source.ip().to_canonical()
            })
    }

    /// Media went one way or the other. Before, there is nothing to report, and the address that
    /// a call names may be that of somebody who never called.
    pub(crate) fn has_traffic(&self) -> bool {
        self.egress.stats.packets() > 0 || self.source().is_some()
    }

    /// The address whose RTP is taken.
    fn source(&self) -> Option<SocketAddr> {
        self.guard.as_ref().map_or(self.source, SourceGuard::latched)
    }

    fn reconfigure(&mut self, now: Now, media: LegMedia) {
        if let (Some(guard), Some(rtp)) = (&mut self.guard, media.transport.rtp()) {
            guard.reoffer(now.instant, rtp);
        }
        self.ingress.reconfigure(&media);
        self.egress.reconfigure(&media);
        self.reporting.resume(now.instant);
        line::configure(&mut self.video, now.instant, &media.video);
        self.media = media;
    }

    fn stats(&self, _now: Now) -> LegStats {
        let received = &self.ingress.stats;
        let sent = &self.egress.stats;
        let jitter = self.ingress.jitter.stats();
        LegStats {
            packets_received: received.packets(),
            packets_sent: sent.packets(),
            octets_received: received.octets(),
            octets_sent: sent.octets(),
            packets_lost: received.lost(),
            packets_late: jitter.late,
            packets_refused: self.ingress.refused,
            packets_unauthentic: self.ingress.unauthentic,
            jitter: received.jitter(),
            round_trip: sent.round_trip(),
            remote_lost: sent.remote_lost(),
            remote_jitter: sent.remote_jitter(),
            concealed_samples: self.playout.concealed_samples(),
            buffer_delay: self.ingress.jitter.delay(),
            codec: self.playout.codec(),
            encrypted: self.media.transport.is_encrypted(),
            audible: self.playout.audible(),
            source: self.source(),
            video: line::stats(self),
        }
    }
}
