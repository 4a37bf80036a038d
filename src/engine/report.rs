//! RTCP of a leg (RFC 3550 section 6), and its silence.

use crate::clock::Now;
use crate::egress::{Outgoing, random_u32};
use crate::leg::{Leg, Link, Path};
use crate::video::line;
use crate::worker::EventSink;
use causeway_plan::MediaEvent;
use causeway_rtp::report::RtcpSchedule;
use causeway_rtp::srtp::MAX_SRTP_OVERHEAD;
use causeway_wire::rtcp::{NtpTime, RtcpPacket, RtcpView, RtcpWriter};
use causeway_wire::rtp::NoRoom;
use std::time::{Duration, Instant};

/// Room for SR, one report block, SDES and BYE.
const MAX_COMPOUND: usize = 256;

/// When a leg's next report is due, and when it was last heard.
#[derive(Debug)]
pub(crate) struct Reporting {
    schedule: RtcpSchedule,
    last_heard: Instant,
    silence: Silence,
    cname: String,
    loss: PeerLoss,
    loss_changed: bool,
}

/// What the peer says of our packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PeerLoss {
    /// They arrive.
    None,
    /// Some were lost; so many reports without loss until that is forgotten.
    Some { clean_reports_left: u8 },
}

/// Reports without loss after which a path is taken for clean again: half a minute.
const CLEAN_REPORTS: u8 = 6;

/// The loss from which FEC pays for itself: 2 %, in 256ths.
const FEC_LOSS: u8 = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Silence {
    Untold,
    Told,
}

impl Reporting {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            schedule: RtcpSchedule::new(now, random_u32()),
            last_heard: now,
            silence: Silence::Untold,
            // RFC 7022 section 4.2: random, and so says nothing of the host or the person.
            cname: format!("{:08x}{:08x}{:08x}", random_u32(), random_u32(), random_u32()),
            loss: PeerLoss::None,
            loss_changed: false,
        }
    }

    /// The canonical name of all that is sent to the leg.
    pub(crate) fn cname(&self) -> &str {
        &self.cname
    }

    /// Something genuine came. True where it ends a silence that was told.
    pub(crate) fn heard(&mut self, at: Instant) -> bool {
        self.last_heard = at;
        std::mem::replace(&mut self.silence, Silence::Untold) == Silence::Told
    }

    /// The peer loses packets of ours, or did until lately.
    pub(crate) fn peer_loses(&self) -> bool {
        self.loss != PeerLoss::None
    }

    /// True once after [`Self::peer_loses`] changed: the leg belongs to another encode group.
    pub(crate) fn take_loss_change(&mut self) -> bool {
        std::mem::take(&mut self.loss_changed)
    }

    /// Takes how much the peer lost lately, in 256ths.
    pub(crate) fn peer_reported(&mut self, fraction_lost: u8) {
        let before = self.peer_loses();
        self.loss = match self.loss {
            _ if fraction_lost >= FEC_LOSS => PeerLoss::Some { clean_reports_left: CLEAN_REPORTS },
            PeerLoss::Some { clean_reports_left: 1.. } if fraction_lost > 0 => self.loss,
            PeerLoss::Some { clean_reports_left: left @ 2.. } => {
                PeerLoss::Some { clean_reports_left: left - 1 }
            }
            _ => PeerLoss::None,
        };
        self.loss_changed |= self.peer_loses() != before;
    }

    /// A re-offer gives a silent peer its time again.
    pub(crate) fn resume(&mut self, now: Instant) {
        self.last_heard = now;
    }
}

/// Takes a compound that the guard let in and SRTP opened.
pub(crate) fn take(link: &mut Link, compound: &[u8], arrival: Instant, now: Now) {
    let Ok(view) = RtcpView::parse(compound) else {
        link.ingress.refused += 1;
        return;
    };
    let since = now.instant.saturating_duration_since(arrival);
    let ntp = NtpTime::from_unix(now.wall.saturating_sub(since));
    let ours = link.egress.sender.ssrc();
    for packet in view.packets() {
        let reports = match packet {
            RtcpPacket::SenderReport { ssrc, info, reports } => {
                link.ingress.stats.sender_report(arrival, ssrc, info.ntp);
                reports
            }
            RtcpPacket::ReceiverReport { reports, .. } => reports,
            _ => continue,
        };
        for report in reports.filter(|report| report.ssrc == ours) {
            link.reporting.peer_reported(report.fraction_lost);
            link.egress.stats.reported(ntp, &report);
        }
    }
}

/// Sends a report if one is due, and tells of a silence once.
pub(crate) fn run(leg: &mut Leg, now: Now, silence: Duration, sink: &mut EventSink) {
    let Some(link) = &mut leg.link else { return };
    link.ingress.end_stale_digit(now.instant);
    let quiet_for = now.instant.saturating_duration_since(link.reporting.last_heard);
    if quiet_for >= silence
        && link.reporting.silence == Silence::Untold
        && link.media.direction.receives()
    {
        link.reporting.silence = Silence::Told;
        sink.send(MediaEvent::Silent { leg: leg.id, quiet_for });
    }
    if link.reporting.schedule.due() <= now.instant {
        link.reporting.schedule.sent(now.instant, random_u32());
        send(leg, now, Last::No);
    }
}

/// Says goodbye to a leg's peer (RFC 3550 section 6.6).
pub(crate) fn send_goodbye(leg: &mut Leg, now: Now, out: &mut Outgoing) {
    if let Path::WebRtc(peer) = &mut leg.path {
        peer.close(now, &mut out.browsers);
    }
    send(leg, now, Last::Yes);
    line::send_goodbye(leg, now);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Yes,
    No,
}

/// A browser's session reports by itself.
fn send(leg: &mut Leg, now: Now, last: Last) {
    let Leg { path: Path::Ports(ports), link: Some(link), .. } = leg else { return };
    if !link.has_traffic() {
        return;
    }
    let target = link.guard.as_mut().and_then(|guard| guard.may_send_rtcp(now.instant));
    let Some(target) = target else { return };
    let mut buffer = [0u8; MAX_COMPOUND + MAX_SRTP_OVERHEAD];
    let Ok(len) = write(link, now, last, &mut buffer[..MAX_COMPOUND]) else { return };
    let Some(len) = link.egress.protection.protect_rtcp(&mut buffer, len) else { return };
    let Some(compound) = buffer.get(..len) else { return };
    if link.media.transport.rtp().is_some_and(|rtp| rtp.rtcp_mux) {
        ports.send_rtp(compound, target);
    } else {
        // What cannot be sent is lost, and the next report says the same anew.
        let _ = ports.rtcp.send_to(compound, target);
    }
}

fn write(link: &mut Link, now: Now, last: Last, out: &mut [u8]) -> Result<usize, NoRoom> {
    let ssrc = link.egress.sender.ssrc();
    let received = link.ingress.stats.report(now.instant);
    let received = received.as_slice();
    let mut writer = RtcpWriter::new(out);
    match link.egress.stats.report(now.instant, NtpTime::from_unix(now.wall)) {
        Some(sent) => writer.sender_report(ssrc, &sent, received)?,
        None => writer.receiver_report(ssrc, received)?,
    }
    writer.cname(ssrc, &link.reporting.cname)?;
    if last == Last::Yes {
        writer.bye(&[ssrc], "")?;
    }
    Ok(writer.len())
}
