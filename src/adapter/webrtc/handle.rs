//! Opens legs for doors, and commands them for the rest of the bridge.

use super::session::{PeerEvent, Session};
use super::task::{self, Word};
use super::{Door, WebRtcConfig};
use causeway_base::{EndCause, LegId};
use causeway_conference::{LegCommand, LegEvent};
use causeway_proto::offer_answer::Refusal;
use causeway_proto::offer_answer::webrtc::Fragment;
use causeway_wire::sdp;
use dashmap::DashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, Semaphore, mpsc, oneshot, watch};
use tokio::time::timeout;

/// Commands that may wait for a leg. It is accepted once, and held or resumed by people.
const MAX_COMMANDS: usize = 16;

/// Words of a peer that may wait: all the candidates of a machine with many networks. A fragment
/// holds as many in one word, but a door hands in one at a time.
const MAX_WORDS: usize = 128;

/// Offers of a peer that may wait. Each is up to 64 kB, and a browser has one under way.
const MAX_OFFERS: usize = 2;

/// Events that may wait for a door: each word of its peer has two at most, and no word is taken
/// while they have no room.
const MAX_PEER_EVENTS: usize = 8;

/// The peer's or the leg's queue is full. A peer that fills its own floods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

/// There are as many legs as there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too many words wait for a WebRTC leg")
    }
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too many WebRTC legs")
    }
}

impl std::error::Error for Busy {}
impl std::error::Error for Full {}

/// Talks to the WebRTC adapter. Clones talk to the same one.
#[derive(Clone, Debug)]
pub struct WebRtcHandle {
    shared: Arc<Shared>,
}

/// What all legs share.
#[derive(Debug)]
struct Shared {
    config: WebRtcConfig,
    events: mpsc::Sender<LegEvent>,
    legs: DashMap<LegId, Strings>,
    count: watch::Sender<usize>,
}

/// By what a leg is moved.
#[derive(Debug)]
struct Strings {
    commands: mpsc::Sender<LegCommand>,
    ending: Arc<Ending>,
}

/// That a leg shall end. Never lost, whatever waits.
#[derive(Debug, Default)]
pub(super) struct Ending {
    cause: OnceLock<EndCause>,
    told: Notify,
}

impl Ending {
    /// The first cause counts.
    fn tell(&self, cause: EndCause) {
        if self.cause.set(cause).is_ok() {
            self.told.notify_one();
        }
    }

    /// Waits for it.
    pub(super) async fn told(&self) -> EndCause {
        self.told.notified().await;
        self.cause.get().copied().unwrap_or(EndCause::Normal)
    }
}

/// A leg's place among the others. Dropped last, when its task is done.
#[derive(Debug)]
pub(super) struct Place {
    leg: LegId,
    shared: Arc<Shared>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.shared.legs.remove(&self.leg);
        self.shared.count.send_modify(|count| *count = count.saturating_sub(1));
    }
}

impl WebRtcHandle {
    pub(super) fn new(config: WebRtcConfig, events: mpsc::Sender<LegEvent>) -> Self {
        let shared = Shared { config, events, legs: DashMap::new(), count: watch::channel(0).0 };
        Self { shared: Arc::new(shared) }
    }

    /// Opens a leg that came through a door. It must be offered to the bridge, which ends it
    /// where nobody takes it; its last word is [`LegEvent::Ended`].
    ///
    /// # Errors
    /// [`Full`]: there are as many legs as there may be.
    pub fn open(&self, leg: LegId, door: Door) -> Result<Peer, Full> {
        let most = self.shared.config.max_legs;
        let has_room = self.shared.count.send_if_modified(|count| {
            let has_room = *count < most;
            *count += usize::from(has_room);
            has_room
        });
        if !has_room {
            return Err(Full);
        }
        let (commands, orders) = mpsc::channel(MAX_COMMANDS);
        let (words, said) = mpsc::channel(MAX_WORDS);
        let (to_door, events) = mpsc::channel(MAX_PEER_EVENTS);
        let ending = Arc::new(Ending::default());
        let place = Place { leg, shared: Arc::clone(&self.shared) };
        self.shared.legs.insert(leg, Strings { commands, ending: Arc::clone(&ending) });
        let WebRtcConfig { ice_lite, half_open, .. } = self.shared.config;
        let session = Session::new(leg, door, ice_lite, Instant::now() + half_open);
        let queues = task::Queues {
            orders,
            words: said,
            ending: Arc::clone(&ending),
            to_door,
            to_bridge: self.shared.events.clone(),
        };
        tokio::spawn(task::run(session, queues, place));
        let offers = Arc::new(Semaphore::new(MAX_OFFERS));
        Ok(Peer { leg, words, offers, ending, events })
    }

    /// Legs that are open.
    pub fn count(&self) -> usize {
        *self.shared.count.borrow()
    }

    /// Gives a command to a leg without waiting. A leg that is gone ignores it, but who ends one
    /// hears once more that it is over: an owner that missed its last word lets go of it then.
    ///
    /// # Errors
    /// [`Busy`]: try again a little later.
    pub fn try_command(&self, command: LegCommand) -> Result<(), Busy> {
        let leg = command.leg();
        match command {
            LegCommand::Reject { cause, .. } | LegCommand::End { cause, .. } => {
                let Some(strings) = self.shared.legs.get(&leg) else {
                    return self.say_over(leg, cause);
                };
                strings.ending.tell(cause);
                Ok(())
            }
            // Browsers are not called; whoever tries hears that it is over.
            LegCommand::Dial { .. } => self.say_over(leg, EndCause::Unsupported),
            command => {
                let Some(strings) = self.shared.legs.get(&leg) else { return Ok(()) };
                match strings.commands.try_send(command) {
                    Err(mpsc::error::TrySendError::Full(_)) => Err(Busy),
                    // A closed one is a leg that just ended.
                    _ => Ok(()),
                }
            }
        }
    }

    fn say_over(&self, leg: LegId, cause: EndCause) -> Result<(), Busy> {
        match self.shared.events.try_send(LegEvent::Ended { leg, cause }) {
            Err(mpsc::error::TrySendError::Full(_)) => Err(Busy),
            // A bridge that listens no more has let go of every leg.
            _ => Ok(()),
        }
    }

    /// Ends every leg, and waits until they have said their last words, at most `patience`.
    pub async fn stop(&self, patience: Duration) {
        for strings in &self.shared.legs {
            strings.ending.tell(EndCause::Draining);
        }
        let mut count = self.shared.count.subscribe();
        // The sender lives as long as we do.
        let _ = timeout(patience, count.wait_for(|count| *count == 0)).await;
    }
}

/// One leg, for the door that it came through. Dropping it ends the leg.
#[derive(Debug)]
pub struct Peer {
    leg: LegId,
    words: mpsc::Sender<Word>,
    offers: Arc<Semaphore>,
    ending: Arc<Ending>,
    /// What its other side shall hear. Closed when the leg is over; [`PeerEvent::Ended`] says
    /// why, unless nobody has read for long.
    pub events: mpsc::Receiver<PeerEvent>,
}

impl Peer {
    /// Its number.
    pub const fn leg(&self) -> LegId {
        self.leg
    }

    /// Hands in an offer, the first or a later one. Answered by [`PeerEvent::Answer`] or
    /// [`PeerEvent::Refused`], the first one when the bridge has taken the leg. One that waits is
    /// replaced.
    ///
    /// # Errors
    /// [`Busy`]: the peer floods.
    pub fn try_offer(&self, sdp: String) -> Result<(), Busy> {
        let permit = Arc::clone(&self.offers).try_acquire_owned().map_err(|_| Busy)?;
        self.say(Word::Offer { sdp, _permit: permit })
    }

    /// Hands in a further candidate, as a script has it. One that cannot be used is passed over.
    ///
    /// # Errors
    /// [`Busy`]: the peer floods.
    pub fn try_candidate(&self, text: String) -> Result<(), Busy> {
        if text.len() > sdp::candidate::MAX_CANDIDATE {
            return Ok(());
        }
        self.say(Word::Candidate(text))
    }

    /// Hands in what the peer says of ICE alone (RFC 8840). The answer is our fragment where that
    /// restarts ICE; none comes where the leg ends.
    ///
    /// # Errors
    /// [`Busy`]: the peer floods.
    pub fn try_fragment(
        &self,
        fragment: Fragment,
    ) -> Result<oneshot::Receiver<Result<Option<String>, Refusal>>, Busy> {
        let (answer, receiver) = oneshot::channel();
        self.say(Word::Fragment { fragment: Box::new(fragment), answer })?;
        Ok(receiver)
    }

    /// Ends the leg.
    pub fn end(&self, cause: EndCause) {
        self.ending.tell(cause);
    }

    fn say(&self, word: Word) -> Result<(), Busy> {
        match self.words.try_send(word) {
            Err(mpsc::error::TrySendError::Full(_)) => Err(Busy),
            // A closed one is a leg that just ended.
            _ => Ok(()),
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.ending.tell(EndCause::Normal);
    }
}
