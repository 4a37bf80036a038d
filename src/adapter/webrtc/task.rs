//! One leg's task: its session between its door and the rest of the bridge.

use super::handle::{Ending, Place};
use super::session::{PeerEvent, Session};
use causeway_base::EndCause;
use causeway_conference::{LegCommand, LegEvent};
use causeway_proto::offer_answer::Refusal;
use causeway_proto::offer_answer::webrtc::Fragment;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

/// What a peer says.
#[derive(Debug)]
pub(super) enum Word {
    /// Its place among the offers that wait goes with it.
    Offer {
        sdp: String,
        _permit: OwnedSemaphorePermit,
    },
    Candidate(String),
    Fragment {
        fragment: Box<Fragment>,
        answer: oneshot::Sender<FragmentAnswer>,
    },
}

/// Our fragment where one restarted ICE.
pub(super) type FragmentAnswer = Result<Option<String>, Refusal>;

/// Events for a door that one word can have: refused and ended.
const EVENTS_OF_A_WORD: usize = 2;

/// By what a leg hears and is heard.
#[derive(Debug)]
pub(super) struct Queues {
    pub(super) orders: mpsc::Receiver<LegCommand>,
    pub(super) words: mpsc::Receiver<Word>,
    pub(super) ending: Arc<Ending>,
    pub(super) to_door: mpsc::Sender<PeerEvent>,
    pub(super) to_bridge: mpsc::Sender<LegEvent>,
}

/// One thing to do.
enum Step {
    /// The bridge took an event.
    Told,
    Timer,
    Order(Box<LegCommand>),
    Word(Word),
    End(EndCause),
}

/// Runs a leg until it has said its last word, or until nobody listens.
pub(super) async fn run(mut session: Session, mut queues: Queues, place: Place) {
    loop {
        while let Some(event) = session.poll_peer_event() {
            // A door that is gone or does not read misses the last word only.
            drop(queues.to_door.try_send(event));
        }
        if session.is_over() && !session.has_leg_event() {
            break;
        }
        let Some(step) = wait(&mut session, &mut queues).await else { break };
        match step {
            Step::Told => {}
            Step::Timer => session.handle_timeout(Instant::now()),
            Step::Order(order) => obey(&mut session, *order),
            Step::Word(Word::Offer { sdp, .. }) => session.offer(sdp),
            Step::Word(Word::Candidate(text)) => session.candidate(text),
            Step::Word(Word::Fragment { fragment, answer }) => {
                // Who asked may have gone.
                let _ = answer.send(session.fragment(&fragment));
            }
            Step::End(cause) => session.end(cause),
        }
    }
    drop(place);
}

/// Waits for the next thing to do. `None`: nobody listens any more.
async fn wait(session: &mut Session, queues: &mut Queues) -> Option<Step> {
    let Queues { orders, words, ending, to_door, to_bridge } = queues;
    let (until, has_leg_event) = (session.poll_timeout(), session.has_leg_event());
    let due = async {
        match until {
            Some(until) => tokio::time::sleep_until(until.into()).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        permit = to_bridge.reserve(), if has_leg_event => {
            let permit = permit.ok()?;
            if let Some(event) = session.poll_leg_event() {
                permit.send(event);
            }
            Some(Step::Told)
        }
        cause = ending.told() => Some(Step::End(cause)),
        Some(order) = orders.recv() => Some(Step::Order(Box::new(order))),
        () = due => Some(Step::Timer),
        word = next_word(to_door, words), if !has_leg_event => Some(match word {
            Some(word) => Step::Word(word),
            None => Step::End(EndCause::Normal),
        }),
    }
}

/// The next word, once the door has room for all that comes of it. `None`: the door is gone.
async fn next_word(
    to_door: &mpsc::Sender<PeerEvent>,
    words: &mut mpsc::Receiver<Word>,
) -> Option<Word> {
    drop(to_door.reserve_many(EVENTS_OF_A_WORD).await.ok()?);
    words.recv().await
}

fn obey(session: &mut Session, order: LegCommand) {
    match order {
        LegCommand::Accept { policy, media, .. } => {
            session.accept(*policy, media, crate::random::seed());
        }
        LegCommand::Hold { held, .. } => session.hold(held),
        // Its page shows that it waits; keys of others go to it as RTP events or not at all.
        LegCommand::Ring { .. }
        | LegCommand::SendDigits { .. }
        | LegCommand::RequestKeyframe { .. } => {}
        // Those do not come this way.
        LegCommand::Dial { .. }
        | LegCommand::AnswerPictures { .. }
        | LegCommand::AnswerReferral { .. }
        | LegCommand::ReportReferral { .. }
        | LegCommand::Reject { .. }
        | LegCommand::End { .. } => {}
    }
}
