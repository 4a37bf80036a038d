//! Actors: who owns legs at a moment. A conference is one, the reception is one; a leg goes from
//! one to another as a [`Visit`], without new signalling.
//!
//! * [`call`]: one leg's way from its offer to its end. * [`calls`]: all legs of one actor.
//! * [`conference`]: what a conference's actor decides. * [`reception`]: what the reception's.
//! * `bridges`: calls into other meetings.
//! * `quality`: how good the lines are.
//! * [`task`]: the task that runs either.

mod bridges;
pub(crate) mod call;
pub(crate) mod calls;
pub(crate) mod conference;
mod quality;
pub(crate) mod reception;
pub(crate) mod task;

use crate::calling_out::Errand;
use crate::store::NewAudit;
use crate::view::{CallOut, ConferenceView};
use call::Call;
use causeway_adapter::sip::Advertised;
use causeway_base::{ConferenceId, EndCause, Lang, LegId};
use causeway_conference::{
    CallerKey, Command, CommandError, Event, Goal, LegCommand, LegEvent, Offered, Phrase, Role, Who,
};
use causeway_dial::calling_out::Asker;
use causeway_plan::{MediaCommand, MediaEvent, OfferPolicy, PlayId};
use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};

/// A leg that comes to an actor: from its adapter, or from another actor.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) call: Call,
    /// Who it is across calls.
    pub(crate) caller: Option<CallerKey>,
    /// It was proved to be one of ours.
    pub(crate) trusted: bool,
    pub(crate) purpose: Purpose,
    /// Who waits to hear which seat it gets, or why none. A leg whose person hears that by a page is
    /// never sent to the reception.
    pub(crate) seated: Option<oneshot::Sender<Result<Who, EndCause>>>,
}

/// What a visit is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To take part in the conference of this key, or to be a further leg of somebody there.
    Join { key: Arc<str>, role: Role, beside: Option<Who> },
    /// To speak with the reception.
    Ask(Goal),
    /// To be put through to somebody else: for the rule of this name, empty for the operator.
    Gateway { target: String, trunk: Option<Arc<str>>, asker: Asker, rule: Arc<str> },
    /// To be put through to this user of ours.
    User(Arc<str>),
}

/// What an actor is told.
#[derive(Debug)]
pub(crate) enum Message {
    /// A leg comes.
    Visit(Box<Visit>),
    /// Call somebody in, from this address of ours.
    CallOut { local: IpAddr, errand: Box<Errand>, watcher: Option<Watcher> },
    /// A leg of this actor reports.
    Leg(LegEvent),
    /// The engine reports of a leg of this actor, or of its room.
    Media(MediaEvent),
    /// Somebody outside asks for something: mute, remove, end.
    Tell { command: Command, reply: Option<oneshot::Sender<Result<(), CommandError>>> },
    /// Somebody outside wants to see the conference.
    Show(oneshot::Sender<ConferenceView>),
    /// Let go of every leg and end.
    End(EndCause),
}

/// What an actor wants done, in this order.
#[derive(Clone, Debug)]
pub(crate) enum Order {
    Leg(LegCommand),
    Media(MediaCommand),
    /// Play to one leg.
    Say {
        leg: LegId,
        play: PlayId,
        phrase: Phrase,
        lang: Lang,
    },
    /// A call was answered, or is over: keep what is known of it.
    Record(Box<crate::record::Draft>),
    /// Something that an operator must be able to prove later.
    Audit(NewAudit),
}

/// What an actor gives back to the router.
#[derive(Debug)]
pub(crate) enum Handover {
    /// A leg that belongs elsewhere now.
    Visit(Box<Visit>),
    /// A message for a leg that was handed over while the message was under way.
    Stray { from: ConferenceId, message: Message },
    /// An outgoing leg that ended before its adapter heard of it.
    Gone { leg: LegId, cause: EndCause },
    /// A caller of a gateway has confirmed: whom it wants may be called.
    PutThrough { room: ConferenceId, purpose: Purpose, caller: Box<PutThrough> },
    /// A leg wants somebody called in its place.
    Referred { key: Arc<str>, referred: Box<Referred> },
    /// A conference is over: its meeting may be over with it.
    Closed { key: Arc<str>, cause: EndCause },
    /// A call into another meeting is made once more.
    CallAgain { key: Arc<str>, call: Box<CallOut>, asker: Asker, watcher: Option<Watcher> },
    /// Somebody outside wants somebody called.
    CallOut {
        key: Arc<str>,
        call: Box<CallOut>,
        asker: Asker,
        watcher: Option<Watcher>,
        reply: oneshot::Sender<Result<LegId, EndCause>>,
    },
}

/// What becomes of a call that somebody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It rings.
    Ringing,
    /// Somebody answered.
    Answered,
    /// It is over, or came to nothing.
    Ended(EndCause),
}

/// Fates that may wait to be read: more than a call has.
pub(crate) const MAX_FATES: usize = 8;

/// Is told what becomes of a call. One who does not read misses it.
#[derive(Clone, Debug)]
pub(crate) struct Watcher(pub(crate) mpsc::Sender<(LegId, Fate)>);

impl Watcher {
    pub(crate) fn tell(&self, leg: LegId, fate: Fate) {
        let _ = self.0.try_send((leg, fate));
    }
}

/// Somebody whom a leg wants called in its place.
#[derive(Debug)]
pub(crate) struct Referred {
    pub(crate) leg: LegId,
    /// As its adapter names it.
    pub(crate) referral: u32,
    pub(crate) call: CallOut,
    pub(crate) asker: Asker,
}

/// A caller who is put through.
#[derive(Debug)]
pub(crate) struct PutThrough {
    /// The address of ours at which it arrived.
    pub(crate) local: IpAddr,
    pub(crate) lang: Lang,
    /// As it called; `None` where we called it.
    pub(crate) offered: Option<Box<Offered>>,
}

/// What all actors of a node answer alike.
#[derive(Debug)]
pub(crate) struct Answering {
    pub(crate) policy: OfferPolicy,
    pub(crate) advertised: Vec<Advertised>,
    /// Trunks behind which there are rooms: their calls may have pictures.
    pub(crate) seeing_trunks: HashSet<Arc<str>>,
    /// Who is let go hears why, and is asked how it was.
    pub(crate) farewell: bool,
}

impl Answering {
    /// Whether people are to be seen at all.
    pub(crate) fn has_pictures(&self) -> bool {
        !self.policy.video.codecs.is_empty()
    }
}

/// Who owns legs. Pure; [`task`] runs it.
pub(crate) trait Actor: Send + 'static {
    /// Takes a message. [`Self::settle`] follows the last one that waits.
    fn handle(&mut self, now: Instant, message: Message);
    /// Does what is due.
    fn handle_timeout(&mut self, now: Instant);
    /// When something is due.
    fn poll_timeout(&self) -> Option<Instant>;
    /// Turns decisions into orders.
    fn settle(&mut self, now: Instant);
    /// What is to be done next; [`Self::order_done`] takes it away.
    fn next_order(&self) -> Option<&Order>;
    fn order_done(&mut self);
    /// What happened since it was last asked.
    fn take_news(&mut self) -> Vec<Event>;
    /// What belongs to others.
    fn take_handovers(&mut self) -> Vec<Handover>;
    /// It takes no visits any more; another may have its name.
    fn has_ended(&self) -> bool;
    /// Nothing is left to do.
    fn is_done(&self) -> bool;
}
