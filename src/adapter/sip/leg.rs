//! One call's descriptions: offer/answer between the endpoint's events and the leg's words.

use super::facts::may_have_pictures;
use bytes::Bytes;
use causeway_base::{EndCause, LegId};
use causeway_conference::{LegEvent, PortAddress};
use causeway_plan::{Direction, LegMedia, OfferPolicy};
use causeway_proto::offer_answer::{LocalMedia, Negotiator, Refusal};
use causeway_proto::sip::{Command, Event};
use std::net::IpAddr;

/// One call.
#[derive(Debug)]
pub(super) struct CallLeg {
    leg: LegId,
    /// Where its signalling comes from.
    source: IpAddr,
    /// How its peer's network sees this node, once media has its place.
    local: Option<IpAddr>,
    state: State,
    /// It is carried on by another dialog than it began with.
    is_replaced: bool,
    /// An offer in the standing call that waits for ports for its pictures.
    widening: Option<Bytes>,
}

/// Where its descriptions stand.
#[derive(Debug)]
enum State {
    /// It called, and waits to be let in.
    Offered { offer: Option<Bytes> },
    /// Our offer went out (a call of ours, or an answer to an invitation without one). Each
    /// branch of a forked call answers it for itself.
    Offering { offered: Box<Negotiator>, agreed: Option<Box<Negotiator>> },
    /// Media is agreed.
    Agreed(Box<Negotiator>),
    /// It was told to end; its last word is awaited.
    Ending,
}

/// What comes of an event or a command.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// For the endpoint, in order.
    pub(super) commands: Vec<Command>,
    /// For the rest of the bridge, in order.
    pub(super) events: Vec<LegEvent>,
}

impl CallLeg {
    /// A call that came in.
    pub(super) fn offered(leg: LegId, source: IpAddr, offer: Option<Bytes>) -> Self {
        Self {
            leg,
            source,
            local: None,
            state: State::Offered { offer },
            is_replaced: false,
            widening: None,
        }
    }

    /// A call that goes out; gives its offer too.
    pub(super) fn dialled(
        leg: LegId,
        source: IpAddr,
        policy: OfferPolicy,
        media: PortAddress,
        seed: [u8; 32],
    ) -> (Self, Bytes) {
        let mut negotiator = Box::new(negotiator(policy, media, source, seed));
        let offer = negotiator.offer().into();
        let state = State::Offering { offered: negotiator, agreed: None };
        (
            Self {
                leg,
                source,
                local: Some(media.advertised),
                state,
                is_replaced: false,
                widening: None,
            },
            offer,
        )
    }

    /// Lets a call in.
    pub(super) fn accept(
        &mut self,
        policy: OfferPolicy,
        media: PortAddress,
        seed: [u8; 32],
        out: &mut Outcome,
    ) {
        let State::Offered { offer } = &mut self.state else { return };
        let offer = offer.take();
        self.local = Some(media.advertised);
        let mut negotiator = Box::new(negotiator(policy, media, self.source, seed));
        let call = self.leg;
        match offer {
            None => {
                let sdp = negotiator.offer().into();
                self.state = State::Offering { offered: negotiator, agreed: None };
                out.commands.push(Command::Answer { call, sdp });
            }
            Some(offer) => match negotiator.answer(&offer) {
                Ok((answer, media)) => {
                    self.state = State::Agreed(negotiator);
                    // Media first: the peer may talk as soon as it has the answer.
                    self.media_ready(media, out);
                    out.commands.push(Command::Answer { call, sdp: answer.into() });
                }
                Err(refusal) => {
                    self.refused(&refusal);
                    self.state = State::Ending;
                    out.commands.push(Command::Reject { call, cause: refusal.cause });
                }
            },
        }
    }

    /// How its peer's network sees this node.
    pub(super) fn local(&self) -> Option<IpAddr> {
        self.local
    }

    /// Somebody else goes on with it (RFC 3891): what its offer is answered with.
    ///
    /// # Errors
    /// Why the offer does not suit; what was agreed before stays.
    pub(super) fn replaced(&mut self, offer: &[u8], out: &mut Outcome) -> Result<Bytes, EndCause> {
        let State::Agreed(negotiator) = &mut self.state else {
            return Err(EndCause::NoCommonCodec);
        };
        // An offer of either side under way went with who had it.
        negotiator.rollback();
        match negotiator.answer(offer) {
            Ok((answer, media)) => {
                self.widening = None;
                self.is_replaced = true;
                self.media_ready(media, out);
                Ok(answer.into())
            }
            Err(refusal) => {
                self.refused(&refusal);
                Err(refusal.cause)
            }
        }
    }

    /// Ends it, whatever state it is in.
    pub(super) fn end(&mut self, cause: EndCause, out: &mut Outcome) {
        let call = self.leg;
        let command = match std::mem::replace(&mut self.state, State::Ending) {
            State::Offered { .. } => Command::Reject { call, cause },
            _ => Command::Hangup { call, cause },
        };
        out.commands.push(command);
    }

    /// Holds or resumes.
    pub(super) fn hold(&mut self, held: bool, out: &mut Outcome) {
        let State::Agreed(negotiator) = &mut self.state else { return };
        let direction = if held { Direction::Inactive } else { Direction::SendReceive };
        negotiator.set_direction(direction);
        // With an offer of either side under way the direction goes into the next one.
        if !negotiator.is_offering() && self.widening.is_none() {
            let sdp = negotiator.offer().into();
            out.commands.push(Command::Reoffer { call: self.leg, sdp });
        }
    }

    /// Takes what the endpoint says of this call.
    pub(super) fn event(&mut self, event: Event, out: &mut Outcome) {
        let leg = self.leg;
        match event {
            Event::Progress { status, sdp, .. } => {
                if status == 180 {
                    out.events.push(LegEvent::Ringing { leg });
                }
                if let Some(sdp) = sdp {
                    self.early_answer(&sdp, out);
                }
            }
            Event::Answered { sdp, .. } => {
                self.answered(sdp, out);
                out.events.push(LegEvent::Answered { leg });
            }
            Event::Confirmed { sdp, .. } => {
                if matches!(self.state, State::Offering { .. }) {
                    self.answered(sdp, out);
                }
                if !self.is_replaced {
                    out.events.push(LegEvent::Answered { leg });
                }
            }
            Event::Reoffered { offer, .. } => self.reoffered(offer, out),
            Event::ReofferAnswered { sdp, .. } => self.reoffer_answered(&sdp, out),
            Event::ReofferFailed { .. } => {
                if let State::Agreed(negotiator) = &mut self.state {
                    negotiator.rollback();
                }
            }
            Event::Digit { digit, .. } => out.events.push(LegEvent::Digit {
                leg,
                digit,
                method: causeway_plan::DigitMethod::SipInfo,
            }),
            Event::KeyframeNeeded { .. } => out.events.push(LegEvent::KeyframeNeeded { leg }),
            Event::Ended { cause, .. } => out.events.push(LegEvent::Ended { leg, cause }),
            _ => {}
        }
    }

    /// Early media: the branch may still lose to another, so the open offer stays.
    fn early_answer(&mut self, sdp: &[u8], out: &mut Outcome) {
        let State::Offering { offered, agreed } = &mut self.state else { return };
        let mut branch = offered.clone();
        match branch.accept_answer(sdp) {
            Ok(media) => {
                *agreed = Some(branch);
                self.media_ready(media, out);
            }
            Err(refusal) => self.refused(&refusal),
        }
    }

    /// The final answer to our offer; `None` where an early one stands for it.
    fn answered(&mut self, sdp: Option<Bytes>, out: &mut Outcome) {
        let State::Offering { offered, agreed } = &mut self.state else { return };
        let settled = match (sdp, agreed.take()) {
            (Some(sdp), _) => {
                let mut negotiator = offered.clone();
                negotiator.accept_answer(&sdp).map(|media| (negotiator, Some(media)))
            }
            (None, Some(agreed)) => Ok((agreed, None)),
            (None, None) => {
                self.end(EndCause::BadMediaDescription, out);
                return;
            }
        };
        match settled {
            Ok((negotiator, media)) => {
                self.state = State::Agreed(negotiator);
                if let Some(media) = media {
                    self.media_ready(media, out);
                }
            }
            Err(refusal) => {
                self.refused(&refusal);
                self.end(refusal.cause, out);
            }
        }
    }

    fn reoffered(&mut self, offer: Option<Bytes>, out: &mut Outcome) {
        let call = self.leg;
        let State::Agreed(negotiator) = &mut self.state else {
            out.commands.push(Command::RejectReoffer { call });
            return;
        };
        match offer {
            Some(offer) if negotiator.lacks_video_ports() && may_have_pictures(&offer) => {
                self.widening = Some(offer);
                out.events.push(LegEvent::PicturesOffered { leg: call });
            }
            Some(offer) => self.answer(&offer, out),
            None => {
                let sdp = negotiator.offer().into();
                out.commands.push(Command::AnswerReoffer { call, sdp });
            }
        }
    }

    /// The offer that waits has ports for its pictures, RTP and RTCP, or gets none.
    pub(super) fn answer_pictures(&mut self, ports: Option<(u16, u16)>, out: &mut Outcome) {
        let Some(offer) = self.widening.take() else { return };
        let State::Agreed(negotiator) = &mut self.state else { return };
        if let Some((rtp, rtcp)) = ports {
            negotiator.add_video(rtp, rtcp);
        }
        self.answer(&offer, out);
    }

    /// Answers an offer in the standing call.
    fn answer(&mut self, offer: &[u8], out: &mut Outcome) {
        let call = self.leg;
        let State::Agreed(negotiator) = &mut self.state else { return };
        match negotiator.answer(offer) {
            Ok((answer, media)) => {
                self.media_ready(media, out);
                out.commands.push(Command::AnswerReoffer { call, sdp: answer.into() });
            }
            Err(refusal) => {
                self.refused(&refusal);
                out.commands.push(Command::RejectReoffer { call });
            }
        }
    }

    fn reoffer_answered(&mut self, sdp: &[u8], out: &mut Outcome) {
        let State::Agreed(negotiator) = &mut self.state else { return };
        match negotiator.accept_answer(sdp) {
            Ok(media) => self.media_ready(media, out),
            // What was agreed before stays.
            Err(refusal) => self.refused(&refusal),
        }
    }

    fn media_ready(&self, media: LegMedia, out: &mut Outcome) {
        out.events.push(LegEvent::MediaReady { leg: self.leg, media: Box::new(media) });
    }

    fn refused(&self, refusal: &Refusal) {
        tracing::info!(leg = %self.leg, code = refusal.cause.code(), why = refusal.warning,
            "a media description was refused");
    }
}

fn negotiator(
    policy: OfferPolicy,
    media: PortAddress,
    source: IpAddr,
    seed: [u8; 32],
) -> Negotiator {
    let local = LocalMedia {
        advertised: media.advertised,
        rtp_port: media.rtp.port(),
        rtcp_port: media.rtcp.port(),
    };
    let negotiator = Negotiator::new(policy, local, source, seed);
    match media.video {
        Some((rtp, rtcp)) => negotiator.with_video(rtp.port(), rtcp.port()),
        None => negotiator,
    }
}
