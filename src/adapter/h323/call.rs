//! One call: its session between the connections and its leg. One task each.

use super::config::{Decision, IncomingCall};
use super::control::{ControlWay, Happened, Peers};
use super::facts::{self, Path};
use super::ras::{Admitted, AdmittedCall, CallKey, Reach, UpstreamState, UpstreamView};
use super::reachable::{is_ours, reachable};
use super::shared::{Life, Present, Seat, Shared};
use super::upstream::Asked;
use super::wire::{Lost, Wire};
use crate::tcp::Place;
use causeway_base::{Bitrate, EndCause};
use causeway_conference::{LegCommand, LegEvent, PortAddress};
use causeway_plan::{DigitMethod, OfferPolicy};
use causeway_proto::h323::call::{Offer, Redirection};
use causeway_proto::h323::session::{Command, Event, Input, Output, Session, Terms};
use causeway_proto::offer_answer::LocalMedia;
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long the next digit of a number may be away before the number counts as it stands.
const NEXT_DIGIT: Duration = Duration::from_secs(6);

/// How long the end of a call may take to be said.
const FAREWELL: Duration = Duration::from_secs(3);

/// Keys of one command.
const MAX_KEYS: usize = 64;

/// One call.
pub(super) struct Call {
    shared: Arc<Shared>,
    session: Session,
    wire: Wire,
    control: ControlWay,
    stage: Stage,
    path: Path,
    /// Where else than its signalling the peer says it is: itself, and its H.245.
    elsewhere: [Option<IpAddr>; 2],
    vendor: Option<String>,
    life: watch::Receiver<Life>,
    /// Events that the bridge is to hear, in order: some for each packet of one read.
    outbox: VecDeque<LegEvent>,
    /// When the session is to be woken.
    deadline: Option<Instant>,
    /// The gatekeeper where we are registered was asked for this call, and is to hear of its end.
    asked: Option<CallKey>,
    /// Our gatekeeper sent the room here with this call, and tells what it may use.
    sent: Option<[u8; 16]>,
    lead: Lead,
    _present: Present,
    /// A connection that was taken has a place among those allowed.
    _place: Option<Place>,
}

/// Whether whom we call may have us call somebody else instead (H.323 section 8.1).
enum Lead {
    /// It calls us, or it has answered.
    No,
    May,
    /// It did. The leg goes on there.
    On(Box<Onward>),
}

/// A leg that calls somebody else instead.
pub(super) struct Onward {
    pub(super) seat: Seat,
    pub(super) to: Redirection,
}

/// Where the call stands.
enum Stage {
    /// Somebody is connected, and calls until then.
    Silent { until: Instant },
    /// Digits of a number come one by one.
    Dialling { offer: Box<Offer>, until: Instant },
    /// The gatekeeper where we are registered is asked whether we may take it.
    Asking { offer: Box<Offer>, asked: Asked },
    /// It is a leg.
    Leg { seat: Seat, tunnelled: bool },
    /// It is over; its end is said until then.
    Ending { until: Instant },
    /// Nothing follows.
    Over,
}

/// One thing to do.
enum Step {
    Timer,
    /// The adapter drains or stops.
    Life,
    Command(Box<LegCommand>),
    /// The gatekeeper answered.
    Answered(Result<Admitted, EndCause>),
    /// A gatekeeper lets the leg use so much, both directions together, in bit/s.
    Limited(u64),
    Signalling(Result<(), Lost>),
    Control(Happened),
}

impl Call {
    /// A connection that somebody made to us.
    pub(super) fn incoming(
        shared: &Arc<Shared>,
        wire: Wire,
        path: Path,
        place: Option<Place>,
    ) -> Self {
        let until = Instant::now() + shared.config.limits.first_call;
        Self::new(shared, wire, path, Stage::Silent { until }, place)
    }

    /// A connection that we made, for a leg that calls out.
    pub(super) fn outgoing(shared: &Arc<Shared>, wire: Wire, path: Path, seat: Seat) -> Self {
        let stage = Stage::Leg { seat, tunnelled: true };
        Self { lead: Lead::May, ..Self::new(shared, wire, path, stage, None) }
    }

    fn new(
        shared: &Arc<Shared>,
        wire: Wire,
        path: Path,
        stage: Stage,
        place: Option<Place>,
    ) -> Self {
        Self {
            session: shared.session(),
            wire,
            control: ControlWay::None,
            stage,
            path,
            elsewhere: [None; 2],
            vendor: None,
            life: shared.life.subscribe(),
            outbox: VecDeque::new(),
            deadline: None,
            asked: None,
            sent: None,
            lead: Lead::No,
            _present: shared.present(),
            _place: place,
            shared: Arc::clone(shared),
        }
    }

    /// Works until the call is over, or until nobody listens. The leg, where it goes on elsewhere.
    pub(super) async fn run(mut self) -> Option<Onward> {
        self.life_changed();
        loop {
            self.drain();
            while let Some(event) = self.outbox.pop_front() {
                // Nothing is read of the network while the bridge has no room.
                if self.shared.events.send(event).await.is_err() {
                    return None;
                }
            }
            if matches!(self.stage, Stage::Over) {
                break;
            }
            match self.wait().await {
                Step::Timer => self.timeout(Instant::now()),
                Step::Life => self.life_changed(),
                Step::Command(command) => self.leg_command(*command),
                Step::Answered(answer) => self.upstream_answered(answer),
                Step::Limited(bandwidth) => self.command(Command::Admit(one_way(bandwidth))),
                Step::Signalling(read) => self.signalling(read),
                Step::Control(happened) => self.control_happened(&happened),
            }
        }
        self.wire.finish().await;
        if let Some(identifier) = self.sent {
            self.shared.admitted.remove(&identifier);
        }
        if let (Some(ras), Some(key)) = (&self.shared.config.ras, self.asked) {
            self.shared.admitted.remove(&key.identifier);
            ras.end(key).await;
        }
        match self.lead {
            Lead::On(onward) => Some(*onward),
            Lead::No | Lead::May => None,
        }
    }

    /// Waits for the next thing to do.
    async fn wait(&mut self) -> Step {
        let wake = [self.deadline, self.stage.until()].into_iter().flatten().min();
        let Self { shared, wire, control, stage, life, .. } = self;
        tokio::select! {
            biased;
            () = sleep_until(wake) => Step::Timer,
            Ok(()) = life.changed() => Step::Life,
            step = stage.next() => step,
            happened = control.next(&shared.config) => Step::Control(happened),
            read = wire.read() => Step::Signalling(read),
        }
    }

    fn timeout(&mut self, now: Instant) {
        if self.deadline.is_some_and(|deadline| now >= deadline) {
            self.session.handle_timeout(now);
        }
        if self.stage.until().is_none_or(|until| now < until) {
            return;
        }
        match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Dialling { offer, .. } => self.complete(offer),
            // Whoever does not call, or does not take its end, is let go.
            _ => self.stage = Stage::Over,
        }
    }

    fn life_changed(&mut self) {
        if *self.life.borrow_and_update() == Life::Stopping {
            match self.stage {
                Stage::Leg { .. } => self.command(Command::End(EndCause::Draining)),
                Stage::Silent { .. } => self.stage = Stage::Over,
                Stage::Dialling { .. } | Stage::Asking { .. } => {
                    self.refuse(None, EndCause::Draining);
                }
                Stage::Ending { .. } | Stage::Over => {}
            }
        }
    }

    /// Something was read of the connection of call signalling, or it is lost.
    fn signalling(&mut self, read: Result<(), Lost>) {
        let mut next = read.and_then(|()| self.wire.take());
        while let Ok(Some(packet)) = next {
            self.session.handle_input(Instant::now(), Input::Signalling(&packet));
            self.drain();
            next = self.wire.take();
        }
        if next.is_err() {
            self.signalling_lost();
        }
    }

    fn signalling_lost(&mut self) {
        self.session.handle_input(Instant::now(), Input::SignallingLost);
        self.drain();
        self.ended(EndCause::SignallingTimeout);
        // Nothing can be said any more.
        self.stage = Stage::Over;
    }

    fn control_happened(&mut self, happened: &Happened) {
        let input = match happened {
            Happened::Connected => Input::ControlConnected,
            Happened::Lost => Input::ControlLost,
            Happened::Read => return self.control_read(),
        };
        self.session.handle_input(Instant::now(), input);
    }

    fn control_read(&mut self) {
        while let Some(wire) = self.control.open() {
            match wire.take() {
                Ok(Some(packet)) => {
                    self.session.handle_input(Instant::now(), Input::Control(&packet));
                    self.drain();
                }
                Ok(None) => return,
                Err(Lost) => self.control_lost(),
            }
        }
    }

    fn control_lost(&mut self) {
        self.control = ControlWay::None;
        self.session.handle_input(Instant::now(), Input::ControlLost);
    }

    fn command(&mut self, command: Command) {
        self.session.handle_input(Instant::now(), Input::Command(command));
    }

    /// Carries out what the session wants, until it wants nothing more.
    fn drain(&mut self) {
        let mut is_closed = false;
        loop {
            match self.session.poll_output() {
                Output::Signalling(packet) => {
                    if self.wire.send(&packet).is_err() {
                        self.session.handle_input(Instant::now(), Input::SignallingLost);
                    }
                }
                Output::Control(packet) => {
                    let sent = self.control.open().map(|wire| wire.send(&packet));
                    if sent == Some(Err(Lost)) {
                        self.control_lost();
                    }
                }
                Output::ConnectControl(address) => {
                    self.elsewhere[1] = Some(address.ip());
                    let address = reachable(address, self.path.remote.ip(), is_ours);
                    self.control.connect(address, &self.shared.config);
                }
                // Why it is over may be told after it.
                Output::Close => is_closed = true,
                Output::Event(event) => self.happened(event),
                Output::Timeout(deadline) => {
                    self.deadline = deadline;
                    break;
                }
            }
        }
        if is_closed {
            self.ended(EndCause::Normal);
            self.stage = Stage::Over;
        }
    }

    fn happened(&mut self, event: Event) {
        match event {
            Event::Offered(offer) => self.offered(offer),
            Event::NumberDigits(digits, last) => self.dialled(&digits, last),
            Event::Vendor(vendor) => self.vendor = Some(vendor),
            Event::ControlWanted => self.announce_control(),
            Event::Redirected(to) => self.led_on(*to),
            Event::Ended(cause) => {
                self.ended(cause);
                if !matches!(self.stage, Stage::Over) {
                    self.stage = Stage::Ending { until: Instant::now() + FAREWELL };
                }
            }
            event => self.tell(event),
        }
    }

    /// Tells the bridge what happened to its leg.
    fn tell(&mut self, event: Event) {
        let Stage::Leg { seat, .. } = &self.stage else { return };
        let leg = seat.leg;
        self.outbox.extend(match event {
            Event::Ringing => Some(LegEvent::Ringing { leg }),
            Event::Answered { .. } => {
                self.lead = Lead::No;
                Some(LegEvent::Answered { leg })
            }
            Event::MediaReady(media) => Some(LegEvent::MediaReady { leg, media }),
            Event::Digit(digit) => {
                Some(LegEvent::Digit { leg, digit, method: DigitMethod::UserInput })
            }
            Event::KeyframeNeeded => Some(LegEvent::KeyframeNeeded { leg }),
            _ => None,
        });
    }

    /// Whom we call would have us call somebody else. Whether that may be is decided there; this
    /// call is over. One that stands stays where it is.
    fn led_on(&mut self, to: Redirection) {
        if !matches!(self.lead, Lead::May) {
            tracing::info!("a call that stands is not redirected");
            return;
        }
        let ending = Stage::Ending { until: Instant::now() + FAREWELL };
        match std::mem::replace(&mut self.stage, ending) {
            Stage::Leg { seat, .. } => {
                self.lead = Lead::On(Box::new(Onward { seat, to }));
                self.command(Command::End(EndCause::Normal));
            }
            stage => self.stage = stage,
        }
    }

    /// The last word of the leg, once.
    fn ended(&mut self, cause: EndCause) {
        if let Stage::Leg { seat, .. } = &self.stage {
            self.outbox.push_back(LegEvent::Ended { leg: seat.leg, cause });
            self.stage = Stage::Ending { until: Instant::now() + FAREWELL };
        }
    }

    fn offered(&mut self, offer: Box<Offer>) {
        if !matches!(self.stage, Stage::Silent { .. }) {
            return;
        }
        self.elsewhere[0] = offer.source.map(|source| source.ip());
        if self.sent_here(&offer).is_some_and(|call| call.reach == Reach::Indicated) {
            self.session.peer_is_inside();
        }
        // Whoever is not known has its call admitted, or not, with what it dialled: which numbers
        // lead somewhere is not answered digit by digit to anybody.
        if offer.overlap && self.proved(&offer).is_some() && !self.leads(&offer) {
            let until = Instant::now() + NEXT_DIGIT;
            self.stage = Stage::Dialling { offer, until };
            return self.command(Command::AskDigits);
        }
        self.complete(offer);
    }

    /// More digits of the number.
    fn dialled(&mut self, digits: &str, last: bool) {
        let Stage::Dialling { offer, until } = &mut self.stage else { return };
        facts::dialled_further(offer, digits);
        *until = Instant::now() + NEXT_DIGIT;
        let offer = offer.clone();
        if last || self.leads(&offer) {
            self.complete(offer);
        }
    }

    /// The number is complete. Where we are registered at a gatekeeper it is asked first, as H.323
    /// section 8.1 wants of who is called, unless it said that it need not be; of calls that our own gatekeeper sent here it knows
    /// nothing.
    fn complete(&mut self, offer: Box<Offer>) {
        let ras = self.shared.config.ras.as_ref();
        let wants = |view: &UpstreamView| {
            view.state == UpstreamState::Registered && !view.pre_granted_answer
        };
        let upstream = ras.filter(|ras| ras.upstream().as_ref().is_some_and(wants));
        let asked = upstream
            .filter(|_| self.proved(&offer).is_none())
            .and_then(|ras| Asked::new(ras, &offer, self.path.remote));
        match asked {
            Some(asked) => {
                self.asked = Some(asked.key());
                self.command(Command::Proceed);
                self.stage = Stage::Asking { offer, asked };
            }
            None => self.decide(offer),
        }
    }

    fn upstream_answered(&mut self, answer: Result<Admitted, EndCause>) {
        let Stage::Asking { offer, .. } = std::mem::replace(&mut self.stage, Stage::Over) else {
            return;
        };
        match answer {
            Ok(admitted) => {
                self.command(Command::Admit(one_way(admitted.bandwidth)));
                self.decide(offer);
            }
            Err(cause) => {
                let (call, _) = self.known(&offer);
                self.refuse(Some(&call), cause);
            }
        }
    }

    /// What is known of a call, under the first of its names that leads anywhere.
    fn known(&self, offer: &Offer) -> (IncomingCall, bool) {
        let mut call = facts::incoming(offer, self.path, self.vendor.as_deref());
        let admitted = self.sent_here(offer);
        call.proof.user = admitted.as_ref().and_then(|admitted| admitted.user.clone());
        let room = admitted.and_then(|admitted| facts::name_at(&admitted.room?, self.path.local));
        for called in room.into_iter().chain(facts::callees(offer, self.path.local)) {
            let before = std::mem::replace(&mut call.called, called);
            if (self.shared.config.leads)(&call) {
                return (call, true);
            }
            call.called = before;
        }
        (call, false)
    }

    /// The registered room that our gatekeeper sent here with this call, from its own address.
    fn proved(&self, offer: &Offer) -> Option<Arc<str>> {
        self.sent_here(offer)?.user
    }

    /// What our gatekeeper knows of a call of a room that it sent here.
    fn sent_here(&self, offer: &Offer) -> Option<AdmittedCall> {
        let admitted = self.shared.config.ras.as_ref()?.admitted(&offer.call_identifier?)?;
        let source = self.path.remote.ip().to_canonical();
        Some(admitted).filter(|admitted| admitted.source.to_canonical() == source)
    }

    fn leads(&self, offer: &Offer) -> bool {
        self.known(offer).1
    }

    /// The number is complete: whether the call may be a leg.
    fn decide(&mut self, offer: Box<Offer>) {
        let (call, _) = self.known(&offer);
        if *self.life.borrow() != Life::Serving {
            return self.refuse(Some(&call), EndCause::Draining);
        }
        match (self.shared.config.admission)(&call) {
            Decision::Admit => self.admit(call, &offer),
            Decision::Refuse(cause) => self.refuse(Some(&call), cause),
            Decision::Authenticate => self.refuse(Some(&call), EndCause::Unauthorized),
        }
    }

    fn admit(&mut self, call: IncomingCall, offer: &Offer) {
        let leg = self.shared.config.legs.next();
        let offered = facts::offered(leg, call, offer);
        let seat = self.shared.seat(leg);
        if let Some(key) = self.asked {
            self.shared.admitted.insert(key.identifier, leg);
        }
        if let (Some(call), Some(identifier)) = (self.sent_here(offer), offer.call_identifier) {
            self.shared.admitted.insert(identifier, leg);
            self.sent = Some(identifier);
            self.command(Command::Admit(one_way(call.bandwidth)));
        }
        self.stage = Stage::Leg { seat, tunnelled: offer.tunnelled };
        self.outbox.push_back(LegEvent::Offered(Box::new(offered)));
        self.command(Command::Proceed);
    }

    fn refuse(&mut self, call: Option<&IncomingCall>, cause: EndCause) {
        (self.shared.config.refused)(call, cause);
        self.stage = Stage::Ending { until: Instant::now() + FAREWELL };
        self.command(Command::End(cause));
    }

    fn leg_command(&mut self, command: LegCommand) {
        let command = match command {
            LegCommand::Accept { policy, media, .. } => {
                return match media.ports() {
                    Some(media) => self.accept(*policy, media),
                    None => self.command(Command::End(EndCause::Internal)),
                };
            }
            LegCommand::Ring { .. } => Command::Ring,
            LegCommand::Reject { cause, .. } | LegCommand::End { cause, .. } => Command::End(cause),
            LegCommand::Hold { held, .. } => Command::Hold(held),
            LegCommand::SendDigits { digits, .. } => {
                Command::SendDigits(digits.chars().take(MAX_KEYS).collect())
            }
            LegCommand::RequestKeyframe { .. } => Command::RequestKeyframe,
            // Channels for pictures are opened as ports for them were given at the answer.
            LegCommand::AnswerPictures { .. } | LegCommand::Dial { .. } => return,
            // Nobody refers by H.323 here.
            LegCommand::AnswerReferral { .. } | LegCommand::ReportReferral { .. } => return,
        };
        self.command(command);
    }

    fn accept(&mut self, policy: OfferPolicy, media: PortAddress) {
        let Stage::Leg { seat, tunnelled } = &self.stage else { return };
        let (leg, tunnelled) = (seat.leg, *tunnelled);
        let is_carried = tunnelled || self.control.is_made();
        let control = if is_carried { None } else { self.await_control() };
        let terms = Box::new(terms(policy, media, self.path.remote.ip()));
        self.command(Command::Answer { terms, control });
        self.drain();
        // What was proposed may leave nothing to agree to: it ended then, and was never answered.
        if !matches!(self.stage, Stage::Leg { .. }) {
            return;
        }
        // TCP has proved where the caller is; nothing follows by which it would confirm.
        self.outbox.push_back(LegEvent::Answered { leg });
    }

    /// We answered, or were answered, without a way for H.245.
    fn announce_control(&mut self) {
        if self.control.is_made() {
            return;
        }
        match self.await_control() {
            Some(address) => self.command(Command::AnnounceControl(address)),
            None => self.command(Command::End(EndCause::PortsExhausted)),
        }
    }

    /// Takes a connection for H.245. Gives the address as the peer sees it.
    fn await_control(&mut self) -> Option<SocketAddr> {
        let Shared { config, ports, locals, .. } = &*self.shared;
        let source = self.path.remote.ip();
        let is_gatekeeper = self.shared.is_gatekeeper(source);
        let named = self.elsewhere.iter().flatten().copied();
        let peers = match is_gatekeeper {
            true => Peers::Any,
            false => Peers::At(std::iter::once(source).chain(named).collect()),
        };
        let ends = (self.path.local, peers);
        match self.control.listen(ends, ports, config) {
            Ok(port) => Some(SocketAddr::new(locals.advertised(self.path.local), port)),
            Err(error) => {
                tracing::warn!(%error, "no port for H.245");
                None
            }
        }
    }
}

impl Call {
    /// Takes a packet that was taken of the connection before, and what was read with it.
    #[cfg(feature = "h460-traversal")]
    pub(super) fn read_before(&mut self, packet: &[u8]) {
        self.session.handle_input(Instant::now(), Input::Signalling(packet));
        self.drain();
        self.signalling(Ok(()));
    }

    /// We made the connection from behind a firewall, to be called by it.
    #[cfg(feature = "h460-traversal")]
    pub(super) fn peer_is_outside(&mut self) {
        self.session.peer_is_outside();
    }

    /// The room that we call made the connection, from behind a firewall.
    pub(super) fn peer_is_inside(&mut self, place: Option<Place>) {
        self.session.peer_is_inside();
        self._place = place;
    }

    /// Begins a call that we make.
    pub(super) fn begin(&mut self, command: Command) {
        self.command(command);
    }
}

impl Stage {
    fn until(&self) -> Option<Instant> {
        match self {
            Stage::Silent { until } | Stage::Dialling { until, .. } | Stage::Ending { until } => {
                Some(*until)
            }
            Stage::Asking { .. } | Stage::Leg { .. } | Stage::Over => None,
        }
    }

    /// What the stage waits for: the next command of the leg, or the gatekeeper's answer.
    async fn next(&mut self) -> Step {
        match self {
            Stage::Leg { seat: Seat { commands, admitted, .. }, .. } => tokio::select! {
                biased;
                Ok(()) = admitted.changed() => {
                    let bandwidth = *admitted.borrow_and_update();
                    Step::Limited(bandwidth.unwrap_or(u64::MAX))
                }
                Some(command) = commands.recv() => Step::Command(Box::new(command)),
                else => std::future::pending().await,
            },
            Stage::Asking { asked, .. } => Step::Answered(asked.answer().await),
            _ => std::future::pending().await,
        }
    }
}

/// What a leg may agree to, and where its media is awaited.
pub(super) fn terms(policy: OfferPolicy, media: PortAddress, source: IpAddr) -> Terms {
    let at = |rtp: SocketAddr, rtcp: SocketAddr| LocalMedia {
        advertised: media.advertised,
        rtp_port: rtp.port(),
        rtcp_port: rtcp.port(),
    };
    Terms {
        policy,
        audio: at(media.rtp, media.rtcp),
        video: media.video.map(|(rtp, rtcp)| at(rtp, rtcp)),
        signalling_source: source,
    }
}

/// What either side may send of what a gatekeeper lets both use together (H.225.0 section 7.11.1).
const fn one_way(bandwidth: u64) -> Bitrate {
    Bitrate::bps(bandwidth / 2)
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
