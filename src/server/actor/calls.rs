//! All legs of one actor: their answers, their media, their ends. What a leg means to its owner
//! is the owner's matter.
//!
//! ```text
//! Visit -> Reserve -> Reserved -> Accept -> MediaReady -> Configure, Move -> Answered, Record -> up
//!       -> Ended -> Record, Release
//! ```
//!
//! Every leg is recorded when it is answered, so that a crash leaves a trace of it. It is released
//! once, and its record completed, after its last word, by the actor that owns it then.

use super::call::{Agreement, Call, Farewell, Keeper, Progress, Ways};
use super::{Answering, Fate, Handover, Message, Order};
use crate::metrics;
use causeway_base::{ConferenceId, EndCause, Lang, LegId};
use causeway_conference::{LegCommand, LegEvent, MediaAddress, Phrase, PortAddress, Protocol};
use causeway_plan::video::{Sight, VideoState};
use causeway_plan::{
    Cue, DigitMethod, LegStats, MediaCommand, MediaEvent, PlayId, Sound, Subject, WebRtcState,
};
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;
use tracing::info;

/// Where the numbers of an actor's own phrases begin: beyond those that the reception's machine
/// gives, so that the end of one is never taken for the other's.
const FIRST_PLAY: u64 = 1 << 32;

/// What happened to a leg, for its owner.
#[derive(Debug)]
pub(crate) enum Report {
    /// It hears and can be heard, for the first time or in another direction.
    Up {
        leg: LegId,
        ways: Ways,
    },
    /// Its pictures begin to come, stand still, or ended.
    VideoChanged {
        leg: LegId,
        state: VideoState,
    },
    /// It gets tiles, or a picture again.
    TilesShown {
        leg: LegId,
        shown: bool,
    },
    /// Its pictures look different.
    Sighted {
        leg: LegId,
        sight: Sight,
    },
    /// Its sound is like something else than before.
    Sounded {
        leg: LegId,
        sound: Sound,
    },
    /// Something else is heard of it, while it is listened to.
    Cued {
        leg: LegId,
        cue: Cue,
    },
    Digit {
        leg: LegId,
        digit: char,
        method: DigitMethod,
    },
    /// The media of a browser found a way, for the first time or again.
    Connected {
        leg: LegId,
    },
    Heard {
        leg: LegId,
    },
    Silent {
        leg: LegId,
    },
    Played {
        leg: LegId,
        play: PlayId,
    },
    Stats {
        leg: LegId,
        stats: Box<LegStats>,
    },
    /// It wants somebody else called in its place.
    Referred {
        leg: LegId,
        referral: u32,
        target: String,
    },
    /// It is gone, released and recorded.
    Ended {
        leg: LegId,
        cause: EndCause,
    },
}

/// The legs of one actor.
#[derive(Debug)]
pub(crate) struct Calls {
    room: ConferenceId,
    calls: HashMap<LegId, Call>,
    answering: Arc<Answering>,
    last_play: u64,
    /// Bounded by the calls: at most eight orders each, and one plan.
    pub(crate) orders: VecDeque<Order>,
    pub(crate) handovers: Vec<Handover>,
}

impl Calls {
    pub(crate) fn new(room: ConferenceId, answering: Arc<Answering>) -> Self {
        Self {
            room,
            calls: HashMap::new(),
            answering,
            last_play: FIRST_PLAY,
            orders: [Order::Media(MediaCommand::OpenConference { conference: room })].into(),
            handovers: Vec::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    pub(crate) fn get(&self, leg: LegId) -> Option<&Call> {
        self.calls.get(&leg)
    }

    pub(crate) fn get_mut(&mut self, leg: LegId) -> Option<&mut Call> {
        self.calls.get_mut(&leg)
    }

    /// Whether somebody is shown how good the lines are: by a page, or in a picture.
    pub(crate) fn are_shown(&self) -> bool {
        let sees = |call: &Call| call.up().is_some_and(|ways| ways.pictures.sends());
        self.calls.values().any(|call| call.protocol() == Protocol::WebRtc || sees(call))
    }

    /// Asks the engine for the figures of every leg that is up.
    pub(crate) fn measure(&mut self) {
        let up = self.calls.values().filter(|call| call.up().is_some()).map(|call| call.leg);
        let asked = up.map(|leg| Order::Media(MediaCommand::ReportStats { leg }));
        self.orders.extend(asked);
    }

    pub(crate) fn legs(&self) -> Vec<LegId> {
        self.calls.keys().copied().collect()
    }

    /// Whether those who are let go hear why.
    pub(crate) fn says_farewell(&self) -> bool {
        self.answering.farewell
    }

    /// Takes a leg: a new one gets its ports, one from another actor moves here.
    pub(crate) fn take(&mut self, call: Call) {
        let (leg, local) = (call.leg, call.local);
        let order = match call.up() {
            Some(_) => MediaCommand::Move { leg, conference: self.room },
            None => match call.protocol() {
                Protocol::Sip | Protocol::H323 => {
                    let video = call.begins_with_pictures(&self.answering);
                    MediaCommand::Reserve { leg, local, video }
                }
                Protocol::WebRtc => MediaCommand::ReserveWebRtc { leg },
            },
        };
        self.calls.insert(leg, call);
        self.media(order);
    }

    /// Gives a leg away. What still comes for it goes back to the router.
    pub(crate) fn give(&mut self, leg: LegId) -> Option<Call> {
        self.calls.remove(&leg)
    }

    /// What a leg's adapter reports.
    pub(crate) fn leg_event(&mut self, event: LegEvent) -> Option<Report> {
        let leg = event.leg();
        if !self.calls.contains_key(&leg) {
            let message = Message::Leg(event);
            self.handovers.push(Handover::Stray { from: self.room, message });
            return None;
        }
        match event {
            LegEvent::MediaReady { leg, media } => {
                let call = self.calls.get_mut(&leg)?;
                let (up, moves) = match call.media_ready(&media) {
                    Agreement::OutOfPlace => return None,
                    Agreement::First(up) => (up, true),
                    Agreement::Again(up) => (up, false),
                };
                self.media(MediaCommand::Configure { leg, media });
                if moves {
                    self.media(MediaCommand::Move { leg, conference: self.room });
                }
                up.map(|ways| Report::Up { leg, ways })
            }
            LegEvent::Candidate { leg, candidate } => {
                self.media(MediaCommand::AddCandidate { leg, candidate });
                None
            }
            LegEvent::Answered { leg } => {
                let call = self.calls.get_mut(&leg)?;
                call.tell(Fate::Answered);
                call.draft.answered();
                self.orders.push_back(Order::Record(call.draft.clone()));
                call.confirmed().map(|ways| Report::Up { leg, ways })
            }
            LegEvent::Digit { leg, digit, method } => {
                metrics::digit(method);
                Some(Report::Digit { leg, digit, method })
            }
            LegEvent::Ended { leg, cause } => self.ended(leg, cause),
            LegEvent::Carried { leg, trunk } => {
                self.calls.get_mut(&leg)?.draft.trunk = trunk;
                None
            }
            LegEvent::Ringing { leg } => {
                self.calls.get(&leg)?.tell(Fate::Ringing);
                None
            }
            LegEvent::Referred { leg, referral, target } => {
                Some(Report::Referred { leg, referral, target })
            }
            LegEvent::KeyframeNeeded { leg } => {
                self.media(MediaCommand::RefreshPicture { leg });
                None
            }
            LegEvent::PicturesOffered { leg } => {
                let call = self.calls.get(&leg)?;
                if call.may_have_pictures(&self.answering) {
                    let local = call.local;
                    self.media(MediaCommand::ReservePictures { leg, local });
                } else {
                    self.answer_pictures(leg, None);
                }
                None
            }
            // An offer comes as a visit.
            LegEvent::Offered(_) => None,
        }
    }

    /// What the engine reports of a leg.
    pub(crate) fn media_event(&mut self, now: Instant, event: MediaEvent) -> Option<Report> {
        let Subject::Leg(leg) = event.subject() else { return None };
        if !self.calls.contains_key(&leg) {
            let message = Message::Media(event);
            self.handovers.push(Handover::Stray { from: self.room, message });
            return None;
        }
        match event {
            MediaEvent::Reserved { leg, rtp, rtcp, video } => {
                let ports = PortAddress { rtp, rtcp, advertised: rtp.ip(), video };
                self.reserved(leg, MediaAddress::Ports(ports))
            }
            MediaEvent::PicturesReserved { leg, ports } => {
                self.answer_pictures(leg, ports);
                None
            }
            MediaEvent::WebRtcReserved { leg, local } => {
                self.reserved(leg, MediaAddress::WebRtc(local))
            }
            MediaEvent::WebRtcChanged { leg, state } => {
                let call = self.calls.get_mut(&leg)?;
                if let Keeper::Media { gone } = &mut call.keeper {
                    *gone = (state == WebRtcState::Disconnected).then_some(now);
                }
                (state != WebRtcState::Disconnected).then_some(Report::Connected { leg })
            }
            MediaEvent::SourceLatched { leg, .. } | MediaEvent::Resumed { leg } => {
                Some(Report::Heard { leg })
            }
            MediaEvent::Silent { leg, .. } => Some(Report::Silent { leg }),
            MediaEvent::Digit { leg, digit, method } => {
                metrics::digit(method);
                Some(Report::Digit { leg, digit, method })
            }
            MediaEvent::Played { leg, play } => Some(Report::Played { leg, play }),
            MediaEvent::Stats { leg, stats } => Some(Report::Stats { leg, stats }),
            MediaEvent::Failed { leg, cause } => self.hang_up(leg, cause),
            MediaEvent::VideoChanged { leg, state } => {
                // It goes along: the next owner hears of it only when it changes again.
                self.calls.get_mut(&leg)?.pictured(state);
                Some(Report::VideoChanged { leg, state })
            }
            MediaEvent::TilesShown { leg, shown } => Some(Report::TilesShown { leg, shown }),
            MediaEvent::Sighted { leg, sight } => Some(Report::Sighted { leg, sight }),
            MediaEvent::Sounded { leg, sound } => Some(Report::Sounded { leg, sound }),
            MediaEvent::Cued { leg, cue } => Some(Report::Cued { leg, cue }),
            MediaEvent::KeyFrameNeeded { leg } => {
                self.orders.push_back(Order::Leg(LegCommand::RequestKeyframe { leg }));
                None
            }
            MediaEvent::Talkers { .. }
            | MediaEvent::VideoStrained { .. }
            | MediaEvent::ConferenceFailed { .. } => None,
        }
    }

    /// Refuses to call somebody in the place of a leg.
    pub(crate) fn refuse_referral(&mut self, leg: LegId, referral: u32, cause: EndCause) {
        let verdict = Err(cause);
        self.orders.push_back(Order::Leg(LegCommand::AnswerReferral { leg, referral, verdict }));
    }

    /// Answers who adds pictures, with ports for them or without.
    fn answer_pictures(&mut self, leg: LegId, ports: Option<(SocketAddr, SocketAddr)>) {
        self.orders.push_back(Order::Leg(LegCommand::AnswerPictures { leg, ports }));
    }

    /// The engine has ports: answers, or calls out.
    fn reserved(&mut self, leg: LegId, bound: MediaAddress) -> Option<Report> {
        let call = self.calls.get_mut(&leg)?;
        if let Some(command) = call.accept(bound, &self.answering) {
            self.orders.push_back(Order::Leg(command));
        } else if call.is_outgoing() {
            return self.ended(leg, EndCause::Cancelled);
        }
        None
    }

    /// Hangs up or refuses. Reports the end where no last word will come.
    pub(crate) fn hang_up(&mut self, leg: LegId, cause: EndCause) -> Option<Report> {
        match self.calls.get_mut(&leg)?.end(cause) {
            Farewell::Tell(command) => {
                self.orders.push_back(Order::Leg(*command));
                None
            }
            Farewell::Gone => {
                self.handovers.push(Handover::Gone { leg, cause });
                None
            }
            Farewell::Told => None,
        }
    }

    /// Refuses a leg that was never taken.
    pub(crate) fn turn_away(&mut self, mut call: Call, cause: EndCause) {
        info!(leg = %call.leg, code = cause.code(), "call refused");
        call.draft.refused(cause);
        if let Farewell::Tell(command) = call.end(cause) {
            self.orders.push_back(Order::Leg(*command));
            // It stays until its last word.
            self.calls.insert(call.leg, call);
        } else {
            self.handovers.push(Handover::Gone { leg: call.leg, cause });
            self.calls.insert(call.leg, call);
        }
    }

    /// Whether a report of a digit is a press that was not counted yet.
    pub(crate) fn is_press(
        &mut self,
        now: Instant,
        leg: LegId,
        digit: char,
        method: DigitMethod,
    ) -> bool {
        self.calls.get_mut(&leg).is_some_and(|call| call.digits.report(now, digit, method))
    }

    /// Sends on to a leg what another one pressed: as RTP events where it takes them, else by INFO.
    /// What the other sent as a tone is in the sound of such a leg already.
    pub(crate) fn send_digit(&mut self, leg: LegId, digit: char, method: DigitMethod) {
        let Some(call) = self.calls.get(&leg).filter(|call| call.up().is_some()) else { return };
        let digits = digit.to_string();
        if call.takes_events {
            self.media(MediaCommand::SendDigits { leg, digits });
        } else if method != DigitMethod::InBand {
            self.orders.push_back(Order::Leg(LegCommand::SendDigits { leg, digits }));
        }
    }

    /// When the next call must be over: one of ours, or one whose media is gone.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        let ours = self.calls.values().filter(|call| call.progress != Progress::Ending);
        ours.flat_map(|call| [call.until, call.keeper.until()]).flatten().min()
    }

    /// Hangs up calls that must be over.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        let is_due = |until: Option<Instant>| until.is_some_and(|until| now >= until);
        let due = |call: &Call| match (is_due(call.until), is_due(call.keeper.until())) {
            (true, _) => Some((call.leg, EndCause::CallingOutCapReached)),
            (false, true) => Some((call.leg, EndCause::MediaTimeout)),
            (false, false) => None,
        };
        let due: Vec<(LegId, EndCause)> = self.calls.values().filter_map(due).collect();
        for (leg, cause) in due {
            self.hang_up(leg, cause);
        }
    }

    fn ended(&mut self, leg: LegId, cause: EndCause) -> Option<Report> {
        let call = self.calls.remove(&leg)?;
        info!(%leg, room = %self.room, code = cause.code(), "call ended");
        call.tell(Fate::Ended(cause));
        let mut draft = call.draft;
        draft.ended(cause);
        // First the record: the engine's answer to the release completes it.
        self.orders.push_back(Order::Record(draft));
        self.media(MediaCommand::Release { leg });
        Some(Report::Ended { leg, cause })
    }

    /// Plays a phrase to a leg, in place of what it hears from us now.
    pub(crate) fn say(&mut self, leg: LegId, phrase: Phrase, lang: Lang) {
        self.last_play += 1;
        self.say_as(leg, PlayId(self.last_play), phrase, lang);
    }

    pub(crate) fn say_as(&mut self, leg: LegId, play: PlayId, phrase: Phrase, lang: Lang) {
        if let Some(call) = self.calls.get_mut(&leg) {
            call.spoken_to = true;
        }
        self.orders.push_back(Order::Say { leg, play, phrase, lang });
    }

    /// Ends what is played to a leg.
    pub(crate) fn hush(&mut self, leg: LegId) {
        self.media(MediaCommand::StopPlaying { leg });
    }

    pub(crate) fn media(&mut self, command: MediaCommand) {
        self.orders.push_back(Order::Media(command));
    }
}
