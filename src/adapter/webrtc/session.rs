//! One leg's offer/answer: what its door hands in, and what comes of it.
//!
//! ```text
//! Opened -> (offer, Accept in either order) -> Negotiated -> … -> Ended
//! ```
//!
//! * An offer that comes before the engine's half waits; a later one takes its place.
//! * A first offer that cannot be answered ends the leg. A later one is refused, and what was
//!   agreed stays.
//! * A leg that is not negotiated in time after its door opened ends.
//! * Hold changes the direction of the media and nothing else: the engine does not send, and takes
//!   nothing. The peer hears silence; another offer of ours would only have told it so.

use super::Door;
use causeway_base::{EndCause, LegId};
use causeway_conference::{LegEvent, MediaAddress};
use causeway_plan::webrtc::MAX_CANDIDATES;
use causeway_plan::{Direction, LegMedia, OfferPolicy};
use causeway_proto::offer_answer::webrtc::{Fragment, Taken};
use causeway_proto::offer_answer::{Refusal, WebRtcNegotiator, WebRtcTerms};
use std::collections::VecDeque;
use std::time::Instant;

/// What a door is told of its leg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerEvent {
    /// The answer to its offer.
    Answer {
        /// The description, with all our candidates.
        sdp: String,
    },
    /// Its offer is not taken. What was agreed before stays; after the first offer the leg ends.
    Refused {
        /// Why.
        cause: EndCause,
        /// What is wrong with it, in English, for whoever wrote the program.
        detail: String,
    },
    /// The leg is over.
    Ended {
        /// Why.
        cause: EndCause,
    },
}

/// What comes of it.
#[derive(Debug)]
enum Output {
    Peer(PeerEvent),
    Leg(LegEvent),
}

/// One leg.
#[derive(Debug)]
pub(super) struct Session {
    leg: LegId,
    door: Door,
    ice_lite: bool,
    state: State,
    /// What is to be told, in order: of the door's words at most [`MAX_CANDIDATES`] and three,
    /// because no further one is taken before all is told; of each command one.
    outputs: VecDeque<Output>,
}

/// Where it stands.
#[derive(Debug)]
enum State {
    /// Something is missing: the engine's half, or an offer.
    Opened {
        until: Instant,
        negotiator: Option<Box<WebRtcNegotiator>>,
        offer: Option<String>,
        /// At most [`MAX_CANDIDATES`].
        candidates: Vec<String>,
    },
    /// Media is agreed.
    Negotiated { negotiator: Box<WebRtcNegotiator>, held: bool },
    /// It is over.
    Ended,
}

impl Session {
    /// A leg without anything, which ends at `until` if it is not negotiated.
    pub(super) fn new(leg: LegId, door: Door, ice_lite: bool, until: Instant) -> Self {
        let (negotiator, offer, candidates) = (None, None, Vec::new());
        let state = State::Opened { until, negotiator, offer, candidates };
        Self { leg, door, ice_lite, state, outputs: VecDeque::new() }
    }

    /// The engine's half is there.
    pub(super) fn accept(&mut self, policy: OfferPolicy, media: MediaAddress, seed: [u8; 32]) {
        let State::Opened { negotiator, .. } = &mut self.state else { return };
        let MediaAddress::WebRtc(local) = media else {
            return self.end(EndCause::Internal);
        };
        let terms = WebRtcTerms { ice_lite: self.ice_lite, direction: self.door.direction() };
        *negotiator = Some(Box::new(WebRtcNegotiator::new(policy, *local, terms, seed)));
        self.begin();
    }

    /// The peer offers.
    pub(super) fn offer(&mut self, sdp: String) {
        match &mut self.state {
            State::Opened { offer, .. } => {
                *offer = Some(sdp);
                self.begin();
            }
            State::Negotiated { negotiator, held } => match negotiator.answer(sdp.as_bytes()) {
                Ok((sdp, media)) => {
                    let media = while_held(media, *held);
                    self.media_ready(media);
                    self.outputs.push_back(Output::Peer(PeerEvent::Answer { sdp }));
                }
                Err(refusal) => self.refused(refusal),
            },
            State::Ended => {}
        }
    }

    /// The peer has a further candidate.
    pub(super) fn candidate(&mut self, text: String) {
        match &mut self.state {
            State::Opened { candidates, .. } => {
                if candidates.len() < MAX_CANDIDATES {
                    candidates.push(text);
                }
            }
            State::Negotiated { negotiator, .. } => {
                if let Some(candidate) = negotiator.candidate(&text) {
                    let leg = self.leg;
                    let event = LegEvent::Candidate { leg, candidate };
                    self.outputs.push_back(Output::Leg(event));
                }
            }
            State::Ended => {}
        }
    }

    /// The peer says something of ICE alone. Gives our fragment where that restarts ICE.
    pub(super) fn fragment(&mut self, fragment: &Fragment) -> Result<Option<String>, Refusal> {
        let State::Negotiated { negotiator, held } = &mut self.state else {
            return Err(Refusal::bad("there is no session"));
        };
        let (leg, held) = (self.leg, *held);
        match negotiator.fragment(fragment)? {
            Taken::Candidates(candidates) => {
                let events = candidates
                    .into_iter()
                    .map(|candidate| Output::Leg(LegEvent::Candidate { leg, candidate }));
                self.outputs.extend(events);
                Ok(None)
            }
            Taken::Restarted { fragment, media } => {
                self.media_ready(while_held(*media, held));
                Ok(Some(fragment))
            }
        }
    }

    /// Holds or resumes.
    pub(super) fn hold(&mut self, now_held: bool) {
        let State::Negotiated { negotiator, held } = &mut self.state else { return };
        if std::mem::replace(held, now_held) == now_held {
            return;
        }
        if let Some(media) = negotiator.media() {
            let media = while_held(media.clone(), now_held);
            self.media_ready(media);
        }
    }

    /// Ends it, whatever state it is in.
    pub(super) fn end(&mut self, cause: EndCause) {
        if matches!(std::mem::replace(&mut self.state, State::Ended), State::Ended) {
            return;
        }
        self.outputs.push_back(Output::Peer(PeerEvent::Ended { cause }));
        self.outputs.push_back(Output::Leg(LegEvent::Ended { leg: self.leg, cause }));
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) {
        if self.poll_timeout().is_some_and(|until| now >= until) {
            self.end(EndCause::SignallingTimeout);
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        match self.state {
            State::Opened { until, .. } => Some(until),
            State::Negotiated { .. } | State::Ended => None,
        }
    }

    /// What the door is told next, once the bridge was told what comes before it.
    pub(super) fn poll_peer_event(&mut self) -> Option<PeerEvent> {
        let event = self.outputs.pop_front_if(|output| matches!(output, Output::Peer(_)))?;
        match event {
            Output::Peer(event) => Some(event),
            Output::Leg(_) => None,
        }
    }

    /// What the bridge is told next, once the door was told what comes before it.
    pub(super) fn poll_leg_event(&mut self) -> Option<LegEvent> {
        let event = self.outputs.pop_front_if(|output| matches!(output, Output::Leg(_)))?;
        match event {
            Output::Leg(event) => Some(event),
            Output::Peer(_) => None,
        }
    }

    /// Whether the bridge has something to be told.
    pub(super) fn has_leg_event(&self) -> bool {
        self.outputs.iter().any(|output| matches!(output, Output::Leg(_)))
    }

    pub(super) const fn is_over(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    /// Answers the first offer, once both halves are there.
    fn begin(&mut self) {
        let State::Opened { negotiator, offer, candidates, .. } = &mut self.state else { return };
        if negotiator.is_none() || offer.is_none() {
            return;
        }
        let (Some(sdp), Some(mut own)) = (offer.take(), negotiator.take()) else { return };
        let early = std::mem::take(candidates);
        match own.answer(sdp.as_bytes()) {
            Ok((sdp, media)) => {
                let leg = self.leg;
                // Media first: the peer may begin as soon as it has the answer.
                self.media_ready(media);
                self.outputs.push_back(Output::Leg(LegEvent::Answered { leg }));
                self.outputs.push_back(Output::Peer(PeerEvent::Answer { sdp }));
                self.state = State::Negotiated { negotiator: own, held: false };
                early.into_iter().for_each(|text| self.candidate(text));
            }
            Err(refusal) => {
                let cause = refusal.cause;
                self.refused(refusal);
                self.end(cause);
            }
        }
    }

    fn media_ready(&mut self, media: LegMedia) {
        let event = LegEvent::MediaReady { leg: self.leg, media: Box::new(media) };
        self.outputs.push_back(Output::Leg(event));
    }

    fn refused(&mut self, refusal: Refusal) {
        let Refusal { cause, warning: detail, .. } = refusal;
        tracing::info!(leg = %self.leg, code = cause.code(), why = detail,
            "a media description was refused");
        self.outputs.push_back(Output::Peer(PeerEvent::Refused { cause, detail }));
    }
}

/// Nothing flows either way: neither sound nor pictures.
fn while_held(mut media: LegMedia, held: bool) -> LegMedia {
    if held {
        media.direction = Direction::Inactive;
        for line in &mut media.video {
            line.direction = Direction::Inactive;
        }
    }
    media
}
