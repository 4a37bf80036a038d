//! All sessions of both doors, and the task that keeps each until its leg is over.

use crate::web::entrance;
use causeway_adapter::webrtc::whip::{Restarts, Unmet};
use causeway_adapter::webrtc::{Door, Fragment, Peer, PeerEvent, Refusal};
use causeway_base::EndCause;
use dashmap::DashMap;
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Requests to one session that may wait: a program has one under way, or a few that overlap.
const MAX_WAITING: usize = 8;

/// Names a session: 128 random bits, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Id(String);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// By what a session knows its program again. The token itself is not kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Token([u8; 32]);

impl Token {
    pub(super) fn of(bearer: &str) -> Self {
        Self(Sha256::digest(bearer).into())
    }
}

/// What a fragment came to.
#[derive(Debug)]
pub(super) enum Taken {
    /// Candidates.
    Candidates,
    /// ICE was restarted: our fragment, and the entity tag from now on.
    Restarted { fragment: String, tag: String },
    /// Its precondition does not hold.
    Unmet(Unmet),
    /// It is of no use here.
    Refused(Refusal),
}

/// What a session is asked for.
enum Ask {
    Fragment { fragment: Fragment, if_match: Option<String>, answer: oneshot::Sender<Taken> },
    End { done: oneshot::Sender<()> },
}

/// One session, as requests find it.
struct Session {
    door: Door,
    token: Token,
    asks: mpsc::Sender<Ask>,
}

/// All sessions.
#[derive(Default)]
pub(super) struct Sessions {
    /// As many as the adapter has legs at most.
    all: DashMap<Id, Session>,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("count", &self.all.len()).finish()
    }
}

/// A session that a request may use.
#[derive(Debug)]
pub(super) struct Found(mpsc::Sender<Ask>);

impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Ask::Fragment { .. } => "Fragment",
            Ask::End { .. } => "End",
        })
    }
}

/// Whether a request may use a session.
#[derive(Debug)]
pub(super) enum Look {
    Found(Found),
    /// There is none of that name at that door.
    Nothing,
    /// It belongs to another token.
    NotYours,
}

impl Sessions {
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    /// Keeps a leg until it is over. Gives the name of its session and its first entity tag.
    pub(super) fn keep(
        self: &Arc<Self>,
        (peer, of_source): (Peer, Option<entrance::Place>),
        door: Door,
        token: Token,
    ) -> (Id, String) {
        let mut random = [0; 16];
        // Without a source of randomness the kernel itself would not have booted.
        let _ = getrandom::fill(&mut random);
        let id = Id(hex::encode(random));
        let (asks, asked) = mpsc::channel(MAX_WAITING);
        self.all.insert(id.clone(), Session { door, token, asks });
        let place = Place { sessions: Arc::clone(self), id: id.clone(), _of_source: of_source };
        tokio::spawn(attend(peer, asked, place));
        (id, Restarts::default().tag())
    }

    pub(super) fn look(&self, id: &Id, door: Door, token: Token) -> Look {
        match self.all.get(id).filter(|session| session.door == door) {
            None => Look::Nothing,
            Some(session) if session.token != token => Look::NotYours,
            Some(session) => Look::Found(Found(session.asks.clone())),
        }
    }

    pub(super) fn has(&self, id: &Id, door: Door) -> bool {
        self.all.get(id).is_some_and(|session| session.door == door)
    }
}

impl Found {
    /// Hands in a fragment. `None`: the session is over.
    pub(super) async fn fragment(
        &self,
        fragment: Fragment,
        if_match: Option<String>,
    ) -> Option<Taken> {
        let (answer, taken) = oneshot::channel();
        self.0.send(Ask::Fragment { fragment, if_match, answer }).await.ok()?;
        taken.await.ok()
    }

    /// Ends the session, and waits until it is over.
    pub(super) async fn end(&self) {
        let (done, over) = oneshot::channel();
        if self.0.send(Ask::End { done }).await.is_ok() {
            // A task that is gone has let go of its leg.
            let _ = over.await;
        }
    }
}

/// A session's place among all.
struct Place {
    sessions: Arc<Sessions>,
    id: Id,
    /// Its program's among those of its source.
    _of_source: Option<entrance::Place>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.sessions.all.remove(&self.id);
    }
}

/// Keeps one session.
async fn attend(mut peer: Peer, mut asked: mpsc::Receiver<Ask>, place: Place) {
    let mut restarts = Restarts::default();
    let mut waiting = Vec::new();
    loop {
        let ask = tokio::select! {
            event = peer.events.recv() => match event {
                Some(PeerEvent::Ended { .. }) | None => break,
                // It has offered once; nothing else is answered here.
                Some(PeerEvent::Answer { .. } | PeerEvent::Refused { .. }) => continue,
            },
            // A sender of it is among the sessions until we are done.
            Some(ask) = asked.recv() => ask,
        };
        match ask {
            Ask::Fragment { fragment, if_match, answer } => {
                if let Some(taken) = take(&peer, &mut restarts, fragment, if_match).await {
                    // Who asked may have gone.
                    let _ = answer.send(taken);
                }
            }
            Ask::End { done } => {
                peer.end(EndCause::Normal);
                if waiting.len() < MAX_WAITING {
                    waiting.push(done);
                }
            }
        }
    }
    drop(place);
    for done in waiting {
        let _ = done.send(());
    }
}

/// `None`: the leg ends meanwhile.
async fn take(
    peer: &Peer,
    restarts: &mut Restarts,
    fragment: Fragment,
    if_match: Option<String>,
) -> Option<Taken> {
    if let Err(unmet) = restarts.matches(if_match.as_deref()) {
        return Some(Taken::Unmet(unmet));
    }
    // One at a time: it is never busy but while it ends.
    let taken = peer.try_fragment(fragment).ok()?.await.ok()?;
    Some(match taken {
        Ok(None) => Taken::Candidates,
        Ok(Some(fragment)) => {
            restarts.count();
            Taken::Restarted { fragment, tag: restarts.tag() }
        }
        Err(refusal) => Taken::Refused(refusal),
    })
}
