//! RTCP of a line with ports of its own: reports both ways, and what each asks of the other.
//! A browser's session does the same by itself.

use super::{VideoLine, Way, Working};
use crate::clock::Now;
use crate::egress::random_u32;
use crate::leg::Leg;
use causeway_base::{Bitrate, SizeClass};
use causeway_plan::video::{FeedbackKind, VideoStrain};
use causeway_rtp::report::RtcpSchedule;
use causeway_rtp::srtp::MAX_SRTP_OVERHEAD;
use causeway_rtp::video::KeyFrameMethod;
use causeway_wire::rtcp::feedback::{
    BitrateLimit, IntraRequest, PayloadFeedback, TransportFeedback,
};
use causeway_wire::rtcp::{NtpTime, RtcpPacket, RtcpView, RtcpWriter};
use causeway_wire::rtp::NoRoom;
use std::time::Instant;

/// Room for a report, a name, and a request for as many packets as one message may name.
const MAX_COMPOUND: usize = 1024;

/// What a peer whose picture nobody sees is asked to send at most. Some take zero for an error.
const UNSEEN_RATE: Bitrate = Bitrate::kbps(64);

/// Bytes of headers that we count for each packet: IPv4, UDP, RTP.
const COUNTED_OVERHEAD: u16 = 40;

/// The rate that the peer was asked to keep to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Asked {
    /// Nothing, or all that was agreed, and often enough.
    #[default]
    All,
    /// All that was agreed, so many times more: one request may be lost.
    AllAgain(u8),
    /// What pictures of this size take: there is no time to decode larger ones.
    Class(SizeClass),
    /// Next to nothing.
    Little,
}

/// How often a peer is asked for all that was agreed: it may be deaf to one or two.
const ASKS_FOR_ALL: u8 = 3;

impl Asked {
    /// What a line is to be asked for.
    const fn wanted(is_needed: bool, strain: VideoStrain) -> Self {
        match (is_needed, strain) {
            (false, _) => Asked::Little,
            (true, VideoStrain::None) => Asked::All,
            (true, VideoStrain::FewerPictures) => Asked::Class(SizeClass::P360),
            (true, VideoStrain::Smaller | VideoStrain::AudioOnly) => Asked::Class(SizeClass::P180),
        }
    }

    /// What is asked for now, if anything: at once where that changes, and again with reports.
    fn next(self, wanted: Self, report_due: bool) -> Option<Self> {
        match (self, wanted) {
            (Asked::Little | Asked::Class(_), Asked::All) => {
                Some(Asked::AllAgain(ASKS_FOR_ALL - 1))
            }
            (Asked::AllAgain(0 | 1), Asked::All) if report_due => Some(Asked::All),
            (Asked::AllAgain(more), Asked::All) if report_due => Some(Asked::AllAgain(more - 1)),
            (_, Asked::All | Asked::AllAgain(_)) => None,
            (same, wanted) if same == wanted && !report_due => None,
            (_, less) => Some(less),
        }
    }
}

/// When a line's next report is due.
#[derive(Debug)]
pub(super) struct Reporting {
    schedule: RtcpSchedule,
    asked: Asked,
}

impl Reporting {
    pub(super) fn new(now: Instant) -> Self {
        Self { schedule: RtcpSchedule::new(now, random_u32()), asked: Asked::All }
    }
}

/// Takes a compound that the guard let in and SRTP opened. False for what is none.
pub(super) fn take(line: &mut VideoLine, compound: &[u8], arrival: Instant, now: Now) -> bool {
    let Ok(view) = RtcpView::parse(compound) else { return false };
    let since = now.instant.saturating_duration_since(arrival);
    let ntp = NtpTime::from_unix(now.wall.saturating_sub(since));
    let ours = line.egress.ssrc();
    for packet in view.packets() {
        match packet {
            RtcpPacket::SenderReport { ssrc, info, reports } => {
                line.ingress.stats.sender_report(arrival, ssrc, info.ntp);
                reports.for_each(|report| reported(line, &report, arrival, ntp));
            }
            RtcpPacket::ReceiverReport { reports, .. } => {
                reports.for_each(|report| reported(line, &report, arrival, ntp));
            }
            RtcpPacket::TransportFeedback(feedback) => match feedback.transport() {
                Some(TransportFeedback::Nack(numbers)) if feedback.media == ours => {
                    line.egress.asked_again(now.instant, numbers);
                }
                Some(TransportFeedback::BitrateRequest(limits)) => {
                    for limit in limits.filter(|limit| limit.ssrc == ours) {
                        line.egress.requested(BitrateLimit { ssrc: feedback.sender, ..limit });
                    }
                }
                Some(TransportFeedback::TransportWide(arrivals)) => {
                    line.egress.fed_back(now.instant, &arrivals);
                }
                _ => {}
            },
            RtcpPacket::PayloadFeedback(feedback) => match feedback.payload() {
                Some(PayloadFeedback::PictureLoss) if feedback.media == ours => {
                    line.egress.asked_key_frame();
                }
                Some(PayloadFeedback::FullIntra(requests)) => {
                    for request in requests.filter(|request| request.ssrc == ours) {
                        line.egress.asked_intra(arrival, request.sequence);
                    }
                }
                Some(PayloadFeedback::Estimate(estimate)) => {
                    line.egress.estimated(now.instant, estimate.bitrate);
                }
                _ => {}
            },
            _ => {}
        }
    }
    true
}

fn reported(
    line: &mut VideoLine,
    report: &causeway_wire::rtcp::ReportBlock,
    arrival: Instant,
    ntp: NtpTime,
) {
    if report.ssrc == line.egress.ssrc() {
        line.egress.stats.reported(ntp, report);
        line.egress.reported(arrival, report.fraction_lost);
        line.ingress.set_round_trip(line.egress.stats.round_trip());
    }
}

/// Sends a report if one is due, and what else is to be said.
pub(super) fn run(working: &mut Working<'_>, now: Now) {
    let Working { line, .. } = working;
    if line.media.transport.rtp().is_none() || !line.has_traffic() {
        return;
    }
    if let Some(limit) = line.egress.take_notice() {
        let ssrc = line.egress.ssrc();
        send(working, |writer| writer.bitrate_notice(ssrc, &[limit]));
    }
    report_arrivals(working);
    let Working { line, .. } = working;
    let due = line.reporting.schedule.due() <= now.instant;
    let wanted = Asked::wanted(line.ingress.is_needed(), line.ingress.strain());
    if let Some(asked) = line.reporting.asked.next(wanted, due) {
        ask_rate(working, asked);
    }
    if due {
        let Working { line, .. } = working;
        line.reporting.schedule.sent(now.instant, random_u32());
        send_report(working, now, Last::No);
    }
}

/// Tells the peer when its packets came, where it numbers them.
fn report_arrivals(working: &mut Working<'_>) {
    let Some(media) = working.line.ingress.source() else { return };
    let ours = working.line.egress.ssrc();
    let mut arrivals = std::mem::take(&mut working.line.ingress.arrivals);
    arrivals.report(|report| {
        send(working, |writer| writer.transport_wide(ours, media, report));
    });
    working.line.ingress.arrivals = arrivals;
}

/// Asks the peer to keep to a rate, where it takes such requests.
fn ask_rate(working: &mut Working<'_>, wanted: Asked) {
    let Working { line, .. } = working;
    let (Some(media), Some(format)) = (line.ingress.source(), line.ingress.format()) else {
        return;
    };
    line.reporting.asked = wanted;
    if !format.feedback.has(FeedbackKind::Tmmbr) {
        return;
    }
    let all = format.coding.max_bitrate().unwrap_or(causeway_rtp::bandwidth::MAX);
    let bitrate = match wanted {
        Asked::Little => UNSEEN_RATE,
        Asked::Class(class) => all.min(*class.rates().end()),
        Asked::All | Asked::AllAgain(_) => all,
    };
    let limit = BitrateLimit { ssrc: media, bitrate, overhead: COUNTED_OVERHEAD };
    let ours = line.egress.ssrc();
    send(working, |writer| writer.bitrate_request(ours, &[limit]));
}

/// Asks the peer for a full picture.
pub(super) fn ask_key_frame(working: &mut Working<'_>, method: KeyFrameMethod) {
    let Working { line, .. } = working;
    let Some(media) = line.ingress.source() else { return };
    let ours = line.egress.ssrc();
    let sequence = line.ingress.fir_sequence();
    send(working, |writer| match method {
        KeyFrameMethod::Pli => writer.picture_loss(ours, media),
        KeyFrameMethod::Fir => writer.full_intra(ours, &[IntraRequest { ssrc: media, sequence }]),
        // By signalling, not here.
        KeyFrameMethod::Info => Ok(()),
    });
}

/// Asks the peer for packets again.
pub(super) fn ask_again(working: &mut Working<'_>, numbers: &[u16]) {
    let Working { line, .. } = working;
    let Some(media) = line.ingress.source() else { return };
    let ours = line.egress.ssrc();
    send(working, |writer| writer.nack(ours, media, numbers));
}

/// Says goodbye to the peer of each line with ports of its own.
pub(crate) fn send_goodbye(leg: &mut Leg, now: Now) {
    let lines = leg.link.as_ref().map_or(0, |link| link.video.len());
    for at in 0..lines {
        if let Some(mut working) = Working::of(leg, at, now)
            && working.line.has_traffic()
        {
            send_report(&mut working, now, Last::Yes);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Yes,
    No,
}

/// Sends one message behind a report that counts nothing (RFC 4585 section 3.1: a compound begins
/// with a report and names its sender).
fn send(
    working: &mut Working<'_>,
    message: impl FnOnce(&mut RtcpWriter<'_>) -> Result<(), NoRoom>,
) {
    let ours = working.line.egress.ssrc();
    let cname = working.cname;
    send_compound(working, |writer| {
        writer.receiver_report(ours, &[])?;
        writer.cname(ours, cname)?;
        message(writer)
    });
}

fn send_report(working: &mut Working<'_>, now: Now, last: Last) {
    let ours = working.line.egress.ssrc();
    let cname = working.cname;
    let received = working.line.ingress.stats.report(now.instant);
    let sent = working.line.egress.stats.report(now.instant, NtpTime::from_unix(now.wall));
    send_compound(working, |writer| {
        match sent {
            Some(sent) => writer.sender_report(ours, &sent, received.as_slice())?,
            None => writer.receiver_report(ours, received.as_slice())?,
        }
        writer.cname(ours, cname)?;
        match last {
            Last::Yes => writer.bye(&[ours], ""),
            Last::No => Ok(()),
        }
    });
}

fn send_compound(
    working: &mut Working<'_>,
    write: impl FnOnce(&mut RtcpWriter<'_>) -> Result<(), NoRoom>,
) {
    let Working { line, way, .. } = working;
    if !matches!(way, Way::Ports { rtcp: Some(_), .. }) {
        return;
    }
    let mut buffer = [0u8; MAX_COMPOUND + MAX_SRTP_OVERHEAD];
    let Some(room) = buffer.get_mut(..MAX_COMPOUND) else { return };
    let mut writer = RtcpWriter::new(room);
    if write(&mut writer).is_err() {
        return;
    }
    let len = writer.len();
    let Some(len) = line.egress.protection().protect_rtcp(&mut buffer, len) else { return };
    if let Some(compound) = buffer.get(..len) {
        way.send_rtcp(compound);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_asked_for_again_three_times_and_little_as_long_as_it_holds() {
        let mut asked = Asked::default();
        let mut ask = |is_needed, due| {
            let next = asked.next(Asked::wanted(is_needed, VideoStrain::None), due);
            asked = next.unwrap_or(asked);
            next.is_some()
        };
        assert!(!ask(true, true), "nothing was ever asked");
        assert!(ask(false, false));
        assert_eq!([ask(false, false), ask(false, true), ask(false, true)], [false, true, true]);
        assert!(ask(true, false));
        assert_eq!([ask(true, false), ask(true, true)], [false, true]);
        assert_eq!([ask(true, true), ask(true, true), ask(true, true)], [true, false, false]);
    }

    #[test]
    fn who_is_not_decoded_in_time_is_asked_for_less_at_once_and_for_all_when_there_is_time() {
        let (less, least) = (Asked::Class(SizeClass::P360), Asked::Class(SizeClass::P180));
        let strained = |strain| Asked::wanted(true, strain);
        assert_eq!(Asked::All.next(strained(VideoStrain::FewerPictures), false), Some(less));
        assert_eq!(less.next(strained(VideoStrain::FewerPictures), false), None);
        assert_eq!(less.next(strained(VideoStrain::FewerPictures), true), Some(less));
        assert_eq!(less.next(strained(VideoStrain::Smaller), false), Some(least));
        assert_eq!(least.next(strained(VideoStrain::None), false), Some(Asked::AllAgain(2)));
        assert_eq!(
            least.next(Asked::wanted(false, VideoStrain::Smaller), false),
            Some(Asked::Little)
        );
    }
}
