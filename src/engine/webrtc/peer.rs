//! A browser's leg as the engine sees it. A fault in its session, ours or the library's, ends this
//! leg and nothing else.

use super::inlet::is_request;
use super::line::{MediaPacket, SessionLine};
use super::session::{News, Session};
use super::{Datagram, Door, Outbox};
use crate::clock::Now;
use crate::ingress;
use crate::leg::{Leg, Link, Path};
use crate::video;
use crate::worker::EventSink;
use causeway_base::{Bitrate, EndCause, LegId};
use causeway_plan::{IceCandidate, LegMedia, MediaEvent, WebRtcState};
use causeway_rtp::Numbering;
use causeway_rtp::video::KeyFrameMethod;
use causeway_wire::rtcp::ReportBlock;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};
use str0m::stats::MediaEgressStats;

/// The transport of one browser.
#[derive(Debug)]
pub(crate) struct Peer {
    door: Arc<Door>,
    /// From the first agreement to a fault.
    session: Option<Box<Session>>,
    /// A fault that was not told yet.
    fault: Option<EndCause>,
    /// A session that was up is gone, which was not told yet.
    lost: bool,
    /// What the browser said of our pictures, until the leg takes it.
    video: Vec<VideoNews>,
}

/// What a browser says of the pictures that it is sent. Lines are meant by their place in the
/// leg's media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VideoNews {
    /// It needs a full picture.
    KeyFrameWanted(usize),
    /// What the path to it carries in all, RTP headers included.
    Estimated(Bitrate),
    /// What was lost of a line since the last time, in 256ths.
    Lost { line: usize, fraction: u8, round_trip: Option<Duration> },
}

impl VideoNews {
    /// Whether a later one says all that an earlier one said.
    fn replaces(&self, earlier: &Self) -> bool {
        match (self, earlier) {
            (VideoNews::KeyFrameWanted(new), VideoNews::KeyFrameWanted(old)) => new == old,
            (VideoNews::Estimated(_), VideoNews::Estimated(_)) => true,
            (VideoNews::Lost { line: new, .. }, VideoNews::Lost { line: old, .. }) => new == old,
            _ => false,
        }
    }
}

impl Peer {
    pub(crate) fn new(door: Arc<Door>) -> Self {
        Self { door, session: None, fault: None, lost: false, video: Vec::new() }
    }

    /// Takes what offer/answer settled: the session goes on, or a new one begins.
    pub(crate) fn configure(&mut self, now: Now, media: &LegMedia, outbox: &mut Outbox) {
        let Some(spec) = media.transport.webrtc() else { return };
        if self.session.as_ref().is_some_and(|session| session.continues(spec)) {
            self.guard(|session| {
                session.reconfigure(media, spec);
                session.run(now, outbox)
            });
            return;
        }
        if let Some(before) = self.session.take() {
            self.lost |= before.is_up();
        }
        let door = &self.door;
        let begin = AssertUnwindSafe(|| Session::new(now, door, media, spec));
        match catch_unwind(begin).unwrap_or(Err(EndCause::Internal)) {
            Ok(session) => {
                self.session = Some(Box::new(session));
                self.guard(|session| session.run(now, outbox));
            }
            Err(cause) => self.fault = Some(cause),
        }
    }

    pub(crate) fn is_up(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.is_up())
    }

    /// When it has something to do or to tell. `None`: never by itself.
    pub(crate) fn due(&self, now: Now) -> Option<Instant> {
        if self.fault.is_some() || self.lost {
            return Some(now.instant);
        }
        self.session.as_ref().map(|session| session.due())
    }

    pub(crate) fn send(
        &mut self,
        now: Now,
        numbers: Numbering,
        payload_type: u8,
        payload: &[u8],
        outbox: &mut Outbox,
    ) {
        self.guard(|session| session.send(now, numbers, payload_type, payload, outbox));
    }

    /// Sends packets by video lines, each with the place of its line in the leg's media. Several at
    /// once cost less than one by one. Nothing goes out before the transport is up.
    pub(crate) fn send_video(
        &mut self,
        now: Now,
        packets: impl IntoIterator<Item = (usize, MediaPacket)>,
        outbox: &mut Outbox,
    ) {
        self.guard(|session| session.send_video(now, packets, outbox));
    }

    /// Asks the browser for a full picture on a video line: of the size of this place in the
    /// line's simulcast, 0 without. By RTCP only: another method does nothing.
    pub(crate) fn ask_key_frame(
        &mut self,
        now: Now,
        line: usize,
        layer: usize,
        method: KeyFrameMethod,
        outbox: &mut Outbox,
    ) {
        self.guard(|session| session.ask_key_frame(now, line, layer, method, outbox));
    }

    /// What the browser said of our pictures since the last call.
    pub(crate) fn video_news(&mut self) -> impl Iterator<Item = VideoNews> {
        self.video.drain(..)
    }

    /// Keeps what the browser said last: one of each kind for each line.
    fn keep(&mut self, news: VideoNews) {
        self.video.retain(|earlier| !news.replaces(earlier));
        self.video.push(news);
    }

    /// Says goodbye to the browser.
    pub(crate) fn close(&mut self, now: Now, outbox: &mut Outbox) {
        self.guard(|session| session.close(now, outbox));
        self.session = None;
    }

    /// Works on the session. A fault ends it.
    fn guard(&mut self, work: impl FnOnce(&mut Session) -> Result<(), EndCause>) {
        let Some(session) = &mut self.session else { return };
        let result = catch_unwind(AssertUnwindSafe(|| work(session)));
        if let Err(cause) = result.unwrap_or(Err(EndCause::Internal)) {
            self.fault = Some(cause);
            self.session = None;
        }
    }
}

/// Takes a datagram of a browser's leg.
pub(crate) fn take(
    leg: &mut Leg,
    datagram: &Datagram<'_>,
    now: Now,
    outbox: &mut Outbox,
    sink: &mut EventSink,
) {
    let Leg { id, path: Path::WebRtc(peer), link, .. } = leg else { return };
    // Nothing else is known to be genuine before the session opened it.
    if is_request(datagram.bytes)
        && let Some(link) = link
    {
        heard(*id, link, datagram.arrival, sink);
    }
    peer.guard(|session| {
        session.receive(now, datagram, outbox, &mut |line, layer, packet| {
            let Some(link) = link else { return };
            match line {
                SessionLine::Audio => {
                    let source = datagram.route.source;
                    ingress::take_browser(*id, link, packet, source, sink);
                }
                SessionLine::Video(line) => video::line::take_browser(link, line, layer, packet),
            }
        })
    });
    tell(*id, peer, link, sink);
}

/// Lets a session's time pass, and tells what happened.
pub(crate) fn run(leg: &mut Leg, now: Now, outbox: &mut Outbox, sink: &mut EventSink) {
    let Leg { id, path: Path::WebRtc(peer), link, .. } = leg else { return };
    if peer.due(now).is_some_and(|due| due <= now.instant) {
        peer.guard(|session| session.run(now, outbox));
    }
    tell(*id, peer, link, sink);
}

/// Takes a candidate of the browser.
pub(crate) fn add_candidate(
    leg: &mut Leg,
    candidate: &IceCandidate,
    now: Now,
    outbox: &mut Outbox,
) {
    let Path::WebRtc(peer) = &mut leg.path else { return };
    peer.guard(|session| {
        session.add_candidate(candidate);
        session.run(now, outbox)
    });
}

fn tell(leg: LegId, peer: &mut Peer, link: &mut Option<Link>, sink: &mut EventSink) {
    if std::mem::take(&mut peer.lost) {
        let state = WebRtcState::Disconnected;
        sink.send(MediaEvent::WebRtcChanged { leg, state });
    }
    let news: Vec<_> = peer.session.iter_mut().flat_map(|session| session.news()).collect();
    for news in news {
        match news {
            News::Changed(state) => sink.send(MediaEvent::WebRtcChanged { leg, state }),
            News::Measured(SessionLine::Audio, stats, round_trip) => {
                if let Some(link) = link {
                    measured(leg, link, &stats, round_trip, sink);
                }
            }
            News::Measured(SessionLine::Video(line), stats, round_trip) => {
                if let Some(loss) = stats.loss {
                    let round_trip = stats.rtt.or(round_trip);
                    let fraction = (loss * 256.0) as u8;
                    peer.keep(VideoNews::Lost { line, fraction, round_trip });
                }
            }
            News::KeyFrameWanted(line) => peer.keep(VideoNews::KeyFrameWanted(line)),
            News::Estimated(rate) => peer.keep(VideoNews::Estimated(rate)),
        }
    }
    if let Some(cause) = peer.fault.take() {
        sink.send(MediaEvent::Failed { leg, cause });
    }
}

/// The peer is there: a report of it was opened, or a check of it proved itself.
fn heard(leg: LegId, link: &mut Link, at: Instant, sink: &mut EventSink) {
    if link.reporting.heard(at) {
        sink.send(MediaEvent::Resumed { leg });
    }
}

/// What the peer's reports say of our packets.
fn measured(
    leg: LegId,
    link: &mut Link,
    stats: &MediaEgressStats,
    round_trip: Option<Duration>,
    sink: &mut EventSink,
) {
    let report = stats.remote.as_ref().map(|remote| ReportBlock {
        lost: i32::try_from(remote.packets_lost).unwrap_or(i32::MAX),
        jitter: remote.jitter,
        ..ReportBlock::default()
    });
    link.egress.stats.measured(stats.rtt.or(round_trip), report);
    if let Some(loss) = stats.loss {
        link.reporting.peer_reported((loss * 256.0) as u8);
        heard(leg, link, stats.timestamp, sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::WebRtcConfig;
    use std::net::{IpAddr, Ipv4Addr};

    #[test]
    fn of_what_a_browser_says_the_last_of_each_kind_is_kept() {
        let addresses = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
        let config = WebRtcConfig { addresses, udp_port: 0, tcp_port: None };
        let mut peer = Peer::new(Arc::new(Door::open(&config, 0, 0).expect("loopback")));
        for number in 0..1_000 {
            let rate = Bitrate::kbps(number);
            let line = number as usize % 2;
            let fraction = number as u8;
            peer.keep(VideoNews::Estimated(rate));
            peer.keep(VideoNews::KeyFrameWanted(line));
            peer.keep(VideoNews::Lost { line, fraction, round_trip: None });
        }
        let kept: Vec<_> = peer.video_news().collect();
        let lost =
            |line, number: u16| VideoNews::Lost { line, fraction: number as u8, round_trip: None };
        let expected = [
            VideoNews::KeyFrameWanted(0),
            lost(0, 998),
            VideoNews::Estimated(Bitrate::kbps(999)),
            VideoNews::KeyFrameWanted(1),
            lost(1, 999),
        ];
        assert_eq!(kept, expected);
        assert_eq!(peer.video_news().count(), 0);
    }
}
