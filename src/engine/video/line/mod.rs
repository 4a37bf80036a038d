//! A video line of a leg: its packets to frames, and encoded pictures to its packets.
//!
//! * `ingress`: what it takes; `layer`: which size of several; `flow`: whether it could be passed
//!   on; `decoding`: for whom it is decoded.
//! * `packets`: a picture as payloads. `egress`: what it sends.
//! * `report`: its RTCP.

mod decoding;
mod egress;
mod flow;
mod ingress;
mod layer;
mod packets;
mod report;

pub(crate) use egress::{Egress, PassedAs};
pub(crate) use flow::Flow;
pub(crate) use ingress::{Ingress, Passed, Shapes, Wanted};
pub(crate) use layer::{Detail, Sizes};
pub(crate) use packets::Packets;
pub(crate) use report::send_goodbye;

use crate::burst::Burst;
use crate::clock::Now;
use crate::egress::Outgoing;
use crate::leg::{Leg, Link, Path};
use crate::port::PortPair;
use crate::sys::{self, Inbox};
use crate::webrtc::{Peer, VideoNews};
use crate::worker::EventSink;
use causeway_base::{Bitrate, LegId};
use causeway_plan::picture::MAX_FORWARDED;
use causeway_plan::video::{Content, MAX_VIDEO_LINES};
use causeway_plan::{LegVideo, MediaEvent, VideoStats, VideoTransport};
use causeway_rtp::bandwidth::{Arrivals, Overhead};
use causeway_rtp::video::nack::MAX_PER_MESSAGE;
use causeway_rtp::video::{Ask, KeyFrameMethod};
use causeway_rtp::{SourceGuard, Verdict};
use causeway_wire::demux::DatagramKind;
use causeway_wire::rtp::{RtpHeader, RtpView};
use report::Reporting;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::Instant;
use str0m::rtp::RtpPacket;

/// One video line.
#[derive(Debug)]
pub(crate) struct VideoLine {
    pub(crate) media: LegVideo,
    /// Who may send to ports of its own. A browser's session does without.
    guard: Option<SourceGuard>,
    pub(crate) ingress: Ingress,
    pub(crate) egress: Egress,
    reporting: Reporting,
}

/// By what a line sends.
#[derive(Debug)]
pub(crate) enum Way<'a> {
    /// Ports of its own.
    Ports {
        ports: &'a PortPair,
        rtp: Option<SocketAddr>,
        rtcp: Option<SocketAddr>,
        /// Both on one port.
        mux: bool,
    },
    /// A browser's session, by its line of this place.
    Session { peer: &'a mut Peer, line: usize },
    /// Nothing yet.
    Nowhere,
}

impl Way<'_> {
    /// Sends the packets that leave at once.
    fn send_burst(&mut self, burst: &mut Burst) {
        if let Way::Ports { ports, rtp: Some(target), .. } = self
            && !burst.is_empty()
        {
            ports.send_burst(burst, *target);
        }
        burst.clear();
    }

    fn send_rtcp(&mut self, compound: &[u8]) {
        match self {
            Way::Ports { ports, rtcp: Some(target), mux: true, .. } => {
                ports.send_rtp(compound, *target);
            }
            Way::Ports { ports, rtcp: Some(target), mux: false, .. } => {
                // What cannot be sent is lost, and a later report says the same anew.
                let _ = ports.rtcp.send_to(compound, *target);
            }
            _ => {}
        }
    }
}

impl VideoLine {
    pub(crate) fn new(now: Instant, media: LegVideo) -> Self {
        Self {
            guard: media.transport.rtp().map(SourceGuard::new),
            ingress: Ingress::new(&media),
            egress: Egress::new(now, &media),
            reporting: Reporting::new(now),
            media,
        }
    }

    /// Takes the outcome of a re-offer. Numbering, keys and counters go on.
    fn reconfigure(&mut self, now: Instant, media: LegVideo) {
        if let (Some(guard), Some(rtp)) = (&mut self.guard, media.transport.rtp()) {
            let before = guard.latched();
            guard.reoffer(now, rtp);
            if before.is_some() && guard.latched() != before {
                self.egress.forget_source();
            }
        }
        self.ingress.reconfigure(&media);
        self.egress.reconfigure(&media);
        self.media = media;
    }

    /// Whether it is the same line as one of a re-offer.
    fn continues(&self, media: &LegVideo) -> bool {
        match (&self.media.transport, &media.transport) {
            (VideoTransport::Rtp(_), VideoTransport::Rtp(_)) => true,
            (VideoTransport::Bundle(before), VideoTransport::Bundle(now)) => {
                before.local_ssrc == now.local_ssrc
            }
            _ => false,
        }
    }

    /// Media went one way or the other: before, there is nothing to report.
    fn has_traffic(&self) -> bool {
        self.egress.stats.packets() > 0 || self.ingress.source().is_some()
    }
}

/// The lines of a leg after offer/answer: those that were there go on.
pub(crate) fn configure(lines: &mut Vec<VideoLine>, now: Instant, media: &[LegVideo]) {
    let mut before = std::mem::take(lines);
    for media in media.iter().take(MAX_VIDEO_LINES) {
        let same = before.iter().position(|line| line.continues(media));
        lines.push(match same.map(|at| before.remove(at)) {
            Some(mut line) => {
                line.reconfigure(now, media.clone());
                line
            }
            None => VideoLine::new(now, media.clone()),
        });
    }
}

/// The line whose picture a leg shows of itself.
pub(crate) fn source(link: &Link) -> Option<usize> {
    let is_main = |line: &VideoLine| line.media.content == Content::Main;
    link.video.iter().position(|line| is_main(line) && line.media.direction.receives())
}

/// The line by which a leg is shown a picture.
pub(crate) fn screen(link: &Link) -> Option<usize> {
    let is_main = |line: &VideoLine| line.media.content == Content::Main;
    let sends = |line: &VideoLine| line.media.direction.sends() && line.media.send.is_some();
    link.video.iter().position(|line| is_main(line) && sends(line))
}

/// A line at work, with what it works by.
pub(crate) struct Working<'a> {
    pub(crate) leg: LegId,
    pub(crate) line: &'a mut VideoLine,
    pub(crate) way: Way<'a>,
    /// The canonical name of all that the leg is sent.
    cname: &'a str,
}

impl<'a> Working<'a> {
    /// A line of a leg, while it has that.
    pub(crate) fn of(leg: &'a mut Leg, line: usize, now: Now) -> Option<Self> {
        let Leg { id, path, video_ports, link: Some(link), .. } = leg else { return None };
        let place = line;
        let sound = link.guard.as_ref().and_then(SourceGuard::latched);
        let line = link.video.get_mut(place)?;
        if let Some(guard) = &mut line.guard {
            guard.vouch(sound);
        }
        let way = match (path, video_ports, &mut line.guard, line.media.transport.rtp()) {
            (_, Some(ports), Some(guard), Some(rtp)) => Way::Ports {
                ports,
                rtp: guard.may_send_video(),
                rtcp: guard.may_send_rtcp(now.instant),
                mux: rtp.rtcp_mux,
            },
            (Path::WebRtc(peer), _, _, None) => Way::Session { peer, line: place },
            _ => Way::Nowhere,
        };
        Some(Self { leg: *id, line, way, cname: link.reporting.cname() })
    }

    /// Whether a picture may be sent now.
    pub(crate) fn may_send(&self) -> bool {
        match &self.way {
            Way::Ports { rtp, .. } => rtp.is_some(),
            Way::Session { peer, .. } => peer.is_up(),
            Way::Nowhere => false,
        }
    }

    /// Sends what is to leave now.
    pub(crate) fn send(&mut self, now: Now, out: &mut Outgoing) {
        self.line.egress.run(&mut self.way, now, out);
    }

    /// Lets time pass on a line that somebody sees: what was waited for in vain is given up, and
    /// what is missing is asked for.
    pub(crate) fn watch(&mut self, now: Now, out: &mut Outgoing, sink: &mut EventSink) {
        let ingress = &mut self.line.ingress;
        ingress.drain(now.instant);
        if let (Some(layer), Way::Session { peer, line }) =
            (ingress.ask_layer(now.instant), &mut self.way)
        {
            peer.ask_key_frame(now, *line, layer, KeyFrameMethod::Pli, &mut out.browsers);
        }
        let mut numbers = [0; MAX_PER_MESSAGE];
        while let Some(ask) = self.line.ingress.ask(now.instant, &mut numbers) {
            match ask {
                Ask::KeyFrame(KeyFrameMethod::Info) => {
                    sink.send(MediaEvent::KeyFrameNeeded { leg: self.leg });
                }
                Ask::KeyFrame(method) => match &mut self.way {
                    Way::Session { peer, line } => {
                        let layer = self.line.ingress.layer();
                        peer.ask_key_frame(now, *line, layer, method, &mut out.browsers);
                    }
                    _ => report::ask_key_frame(self, method),
                },
                // A browser's session asks by itself.
                Ask::Packets(_) if matches!(self.way, Way::Session { .. }) => {}
                Ask::Packets(count) => {
                    report::ask_again(self, numbers.get(..count).unwrap_or_default());
                }
            }
        }
    }
}

/// Looks after the lines of a leg some times a second: reports, and how they stand.
pub(crate) fn run(leg: &mut Leg, now: Now, sink: &mut EventSink) {
    let Some(link) = &leg.link else { return };
    let main = source(link);
    for at in 0..link.video.len() {
        let Some(mut working) = Working::of(leg, at, now) else { return };
        report::run(&mut working, now);
        let Working { leg, line, .. } = working;
        line.ingress.settle(now.instant);
        if main != Some(at) {
            continue;
        }
        if let Some(state) = line.ingress.news(now.instant) {
            sink.send(MediaEvent::VideoChanged { leg, state });
        }
        if let Some(sight) = line.ingress.sight_news() {
            sink.send(MediaEvent::Sighted { leg, sight });
        }
    }
}

/// The lines by which a leg is shown tiles, in their order.
pub(crate) fn tiles(link: &Link) -> impl Iterator<Item = usize> + '_ {
    let lines = link.video.iter().enumerate();
    let sends = |line: &VideoLine| line.media.direction.sends() && line.media.send.is_some();
    let tiles = lines.filter(move |(_, line)| line.media.content == Content::Tile && sends(line));
    tiles.map(|(at, _)| at).take(MAX_FORWARDED)
}

/// What a browser says of the path to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PathNews {
    /// What it carries in all.
    pub(crate) estimate: Option<Bitrate>,
    /// What was lost, in 256ths: the mean of its lines.
    pub(crate) lost: Option<u8>,
    /// Bytes that it was sent since it is there, by all its lines.
    pub(crate) octets: u64,
}

/// Takes what a browser says of the pictures that it is sent, where it is one: others say it by
/// reports. `screen` is its main line, which counts for all: they have one path.
pub(crate) fn hear(leg: &mut Leg, screen: usize, now: Now) -> PathNews {
    let mut news = PathNews::default();
    let Leg { path: Path::WebRtc(peer), link: Some(link), .. } = leg else { return news };
    let (mut lost, mut lines) = (0, 0);
    for word in peer.video_news() {
        match word {
            VideoNews::KeyFrameWanted(line) => {
                if let Some(line) = link.video.get_mut(line) {
                    line.egress.asked_key_frame();
                }
            }
            VideoNews::Estimated(rate) => news.estimate = Some(rate),
            VideoNews::Lost { line, fraction, round_trip } => {
                (lost, lines) = (lost + u32::from(fraction), lines + 1);
                if let Some(line) = link.video.get_mut(line) {
                    line.egress.measured(now.instant, fraction, round_trip);
                }
            }
        }
    }
    news.octets = link.video.iter().map(|line| line.egress.stats.octets()).sum();
    news.lost = (lines > 0).then(|| (lost / lines.max(1)) as u8);
    if let (Some(rate), Some(line)) = (news.estimate, link.video.get_mut(screen)) {
        line.egress.estimated(now.instant, rate);
    }
    news
}

/// Sends what is to leave now by these lines of a browser, all at once.
pub(crate) fn send_tiles(
    leg: &mut Leg,
    lines: impl Iterator<Item = usize>,
    now: Now,
    out: &mut Outgoing,
) {
    let Leg { path: Path::WebRtc(peer), link: Some(link), .. } = leg else { return };
    let mut leaving = Vec::new();
    for at in lines {
        if let Some(line) = link.video.get_mut(at).filter(|line| !line.egress.is_idle()) {
            leaving.extend(line.egress.leaving(now).map(|packet| (at, packet)));
        }
    }
    if !leaving.is_empty() {
        peer.send_video(now, leaving, &mut out.browsers);
    }
}

/// What is known of a leg's main video, both ways: a browser's lines are one for each, or several
/// for tiles.
pub(crate) fn stats(link: &Link) -> Option<VideoStats> {
    let camera = source(link).and_then(|at| link.video.get(at));
    let screen = screen(link).and_then(|at| link.video.get(at));
    if camera.is_none() && screen.is_none() {
        return None;
    }
    let mut stats = VideoStats::default();
    if let Some(line) = camera {
        line.ingress.count_into(&mut stats);
    }
    if let Some(line) = screen {
        line.egress.count_into(&mut stats);
    }
    for line in tiles(link).filter_map(|at| link.video.get(at)) {
        stats.packets_sent += line.egress.stats.packets();
        stats.octets_sent += line.egress.stats.octets();
    }
    Some(stats)
}

/// The peer of a leg asks by signalling for a full picture.
pub(crate) fn refresh(leg: &mut Leg) {
    if let Some(link) = &mut leg.link
        && let Some(at) = screen(link)
        && let Some(line) = link.video.get_mut(at)
    {
        line.egress.asked_key_frame();
    }
}

/// Nobody sees a leg, and it sees nobody: it leaves its conference.
pub(crate) fn leave(leg: &mut Leg, now: Instant) {
    for line in leg.link.iter_mut().flat_map(|link| &mut link.video) {
        line.ingress.unsee(now);
        line.egress.clear();
    }
}

/// The socket of a line that a datagram came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    Rtp,
    Rtcp,
}

/// Takes what came to a socket of a leg's video, at most a batch.
pub(crate) fn take(leg: &mut Leg, port: Port, now: Now, inbox: &mut Inbox, sink: &mut EventSink) {
    let Leg { id, video_ports: Some(ports), link, .. } = leg else { return };
    let socket = match port {
        Port::Rtp => ports.rtp.as_fd(),
        Port::Rtcp => ports.rtcp.as_fd(),
    };
    // An error here is an ICMP complaint about something we sent; RTCP tells the same better.
    let Ok(count) = sys::receive_batch(socket, inbox) else { return };
    let Some(link) = link else { return };
    let Some(line) = link.video.iter_mut().find(|line| line.guard.is_some()) else { return };
    for (received, datagram) in inbox.datagrams_mut(count) {
        if received.truncated {
            line.ingress.refused += 1;
            continue;
        }
        let arrival = now.instant_of(received.arrival);
        let genuine = match (DatagramKind::of(datagram), port) {
            (DatagramKind::Rtp, Port::Rtp) => take_rtp(line, datagram, received.source, arrival),
            (DatagramKind::Rtcp, _) => take_rtcp(line, datagram, received.source, arrival, now),
            _ => false,
        };
        if !genuine {
            line.ingress.refused += 1;
        } else if link.reporting.heard(arrival) {
            sink.send(MediaEvent::Resumed { leg: *id });
        }
    }
}

/// Takes a packet of a browser's line that its session opened; `layer` is the place of its size in
/// simulcast.
pub(crate) fn take_browser(link: &mut Link, line: usize, layer: usize, packet: &RtpPacket) {
    let Some(line) = link.video.get_mut(line) else { return };
    if !line.media.direction.receives() {
        return;
    }
    let header = RtpHeader {
        marker: packet.header.marker,
        payload_type: *packet.header.payload_type,
        sequence: packet.header.sequence_number,
        timestamp: packet.header.timestamp,
        ssrc: *packet.header.ssrc,
    };
    line.ingress.take_layer(packet.timestamp, layer, header, &packet.payload);
}

/// False for a packet that is not taken.
fn take_rtp(
    line: &mut VideoLine,
    datagram: &mut [u8],
    source: SocketAddr,
    arrival: Instant,
) -> bool {
    let Some(guard) = &mut line.guard else { return false };
    let before = (guard.latched(), line.ingress.source());
    let repairs = RtpView::parse_protected(datagram)
        .is_ok_and(|view| line.ingress.repairs(view.payload_type()));
    let verdict = match repairs {
        true => guard.check_repair(arrival, source),
        false => guard.check_rtp(arrival, source, datagram),
    };
    if verdict == Verdict::Refuse {
        return false;
    }
    let Some(len) = line.ingress.open_rtp(datagram) else { return false };
    if line.media.transport.rtp().is_some_and(|rtp| rtp.srtp().is_some()) {
        guard.authenticated(source);
    }
    let Some(Ok(view)) = datagram.get(..len).map(RtpView::parse) else { return false };
    if line.media.direction.receives() {
        line.ingress.note(arrival, &view);
        line.ingress.take(arrival, view.header(), view.payload());
    }
    let present = line.guard.as_ref().and_then(SourceGuard::latched);
    if is_another(before.0, present) || is_another(before.1, line.ingress.source()) {
        line.egress.forget_source();
        // Another counts from elsewhere.
        line.ingress.arrivals = Arrivals::new();
    }
    true
}

/// Whether something else took the place of what was there.
fn is_another<T: PartialEq>(before: Option<T>, present: Option<T>) -> bool {
    before.is_some() && before != present
}

/// False for a compound that is not taken.
fn take_rtcp(
    line: &mut VideoLine,
    datagram: &mut [u8],
    source: SocketAddr,
    arrival: Instant,
    now: Now,
) -> bool {
    let Some(guard) = &mut line.guard else { return false };
    if guard.check_rtcp(arrival, source, datagram) == Verdict::Refuse {
        return false;
    }
    let Some(len) = line.ingress.open_rtcp(datagram) else { return false };
    if line.media.transport.rtp().is_some_and(|rtp| rtp.srtp().is_some()) {
        guard.authenticated_rtcp(source);
    }
    datagram.get(..len).is_some_and(|compound| report::take(line, compound, arrival, now))
}

/// Bytes of headers of each packet of a line.
fn overhead(line: &LegVideo) -> Overhead {
    match line.transport.rtp() {
        None => Overhead::BROWSER,
        Some(rtp) if rtp.remote_rtp.is_some_and(|at| at.is_ipv6()) => Overhead::IPV6,
        Some(_) => Overhead::IPV4,
    }
}
