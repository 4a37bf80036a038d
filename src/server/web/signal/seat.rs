//! Seats of pages: a page whose connection broke takes its own back, and nobody else's.

use super::wire::Wire;
use crate::store::{StoreError, random};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use causeway_adapter::webrtc::message;
use causeway_base::{Lang, ParticipantId};
use causeway_conference::Who;
use dashmap::DashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq;
use tokio::sync::mpsc;

/// Connections that may wait for a seat: the last one that proved to be its holder's counts.
const MAX_WAITING: usize = 4;

/// Between two looks of one and the same: a page asks every two seconds. Looks that are refused
/// make no more news than this either.
const LOOK_GOES_ON: Duration = Duration::from_secs(10);

/// Bytes that name a seat, and bytes that prove it.
const NAME: usize = 8;
const PROOF: usize = 16;

/// A connection whose page has proved that the seat is its own.
#[derive(Debug)]
pub(crate) struct Return {
    pub(crate) wire: Wire,
    pub(crate) lang: Lang,
}

/// All seats of pages. A seat lives as long as its [`Seat`].
#[derive(Debug, Default)]
pub(crate) struct Seats {
    held: DashMap<[u8; NAME], Held>,
}

#[derive(Debug)]
struct Held {
    who: Who,
    proof: Proof,
    door: mpsc::Sender<Return>,
    looked: Looked,
}

/// How the holder of a seat looked through others' eyes last.
#[derive(Debug, Default)]
struct Looked {
    /// Through whose, with a picture, and when.
    seen: Option<(ParticipantId, Instant)>,
    /// When it was refused, and that was news.
    refused: Option<Instant>,
}

impl Looked {
    fn seen(&mut self, whom: ParticipantId, now: Instant) -> bool {
        let before = self.seen.replace((whom, now));
        before.is_none_or(|(before, at)| before != whom || !goes_on(at, now))
    }

    fn refused(&mut self, now: Instant) -> bool {
        let is_news = self.refused.is_none_or(|at| !goes_on(at, now));
        if is_news {
            self.refused = Some(now);
        }
        is_news
    }
}

fn goes_on(since: Instant, now: Instant) -> bool {
    now.saturating_duration_since(since) < LOOK_GOES_ON
}

/// Proves a seat. `Debug` does not show it.
struct Proof([u8; PROOF]);

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proof(…)")
    }
}

/// One seat, with those who come back to it.
#[derive(Debug)]
pub(crate) struct Seat {
    seats: Arc<Seats>,
    name: [u8; NAME],
    /// As the page is told. Its secret is the name and the proof in base64url.
    secret: Secret,
    returns: mpsc::Receiver<Return>,
}

struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Seats {
    /// A seat for a participant.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(crate) fn take(self: &Arc<Self>, who: Who) -> Result<Seat, StoreError> {
        let (name, proof) = (random::bytes::<NAME>()?, random::bytes::<PROOF>()?);
        let secret = Secret(URL_SAFE_NO_PAD.encode([&name[..], &proof[..]].concat()));
        let (door, returns) = mpsc::channel(MAX_WAITING);
        self.held.insert(name, Held { who, proof: Proof(proof), door, looked: Looked::default() });
        Ok(Seat { seats: Arc::clone(self), name, secret, returns })
    }

    /// Where a page goes that says to have a seat. `None` where there is none, or another's.
    pub(crate) fn find(&self, claim: &message::Seat) -> Option<mpsc::Sender<Return>> {
        self.proved(claim, |held| held.door.clone())
    }

    /// Whose seat it is. `None` as in [`Self::find`].
    pub(crate) fn holder(&self, claim: &message::Seat) -> Option<Who> {
        self.proved(claim, |held| held.who)
    }

    /// The holder looked through somebody's eyes and saw a picture: whether that look begins.
    pub(crate) fn saw(&self, claim: &message::Seat, whom: ParticipantId, now: Instant) -> bool {
        self.proved(claim, |held| held.looked.seen(whom, now)).unwrap_or_default()
    }

    /// The holder was refused a look: whether that is news. Whoever is asked for, it is at most
    /// once in some seconds, so that nobody fills the audit.
    pub(crate) fn was_refused(&self, claim: &message::Seat, now: Instant) -> bool {
        self.proved(claim, |held| held.looked.refused(now)).unwrap_or_default()
    }

    /// What there is of a seat, to who proves that it is theirs.
    fn proved<T>(&self, claim: &message::Seat, of: impl FnOnce(&mut Held) -> T) -> Option<T> {
        let bytes = URL_SAFE_NO_PAD.decode(&claim.secret).ok()?;
        let (name, proof) = bytes.split_first_chunk::<NAME>()?;
        let mut held = self.held.get_mut(name)?;
        let fits = held.proof.0.ct_eq(proof) & held.who.participant.0.ct_eq(&claim.participant);
        bool::from(fits).then(|| of(&mut held))
    }

    /// How many there are.
    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.held.len()
    }
}

impl Seat {
    /// The secret that a page is told.
    pub(crate) fn secret(&self) -> &str {
        &self.secret.0
    }

    /// The next connection that comes back.
    pub(crate) async fn returned(&mut self) -> Option<Return> {
        self.returns.recv().await
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.held.remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_base::ConferenceId;

    fn claim(participant: u64, secret: &str) -> message::Seat {
        message::Seat { participant, secret: secret.to_owned() }
    }

    fn who(participant: u64) -> Who {
        Who { conference: ConferenceId(1), participant: ParticipantId(participant) }
    }

    #[test]
    fn a_look_begins_with_another_person_and_after_a_pause() {
        let seats = Arc::new(Seats::default());
        let seat = seats.take(who(7)).expect("a seat");
        let (mut now, mine) = (Instant::now(), claim(7, seat.secret()));
        assert_eq!(seats.holder(&mine), Some(who(7)));
        let mut saw = |whom, after| {
            now += Duration::from_secs(after);
            seats.saw(&mine, ParticipantId(whom), now)
        };
        assert!(saw(8, 0));
        assert!(!saw(8, 2));
        assert!(saw(9, 2));
        assert!(saw(9, 10));
        let stolen = claim(8, seat.secret());
        assert!(seats.holder(&stolen).is_none() && !seats.saw(&stolen, ParticipantId(7), now));
    }

    #[test]
    fn a_look_that_is_refused_at_first_is_told_when_it_succeeds() {
        let seats = Arc::new(Seats::default());
        let seat = seats.take(who(7)).expect("a seat");
        let (now, mine) = (Instant::now(), claim(7, seat.secret()));
        assert!(seats.was_refused(&mine, now));
        assert!(seats.saw(&mine, ParticipantId(8), now + Duration::from_secs(2)));
    }

    #[test]
    fn refused_looks_fill_no_audit_whoever_is_asked_for() {
        let seats = Arc::new(Seats::default());
        let seat = seats.take(who(7)).expect("a seat");
        let (now, mine) = (Instant::now(), claim(7, seat.secret()));
        let told = |tenth: &u64| seats.was_refused(&mine, now + Duration::from_millis(100 * tenth));
        assert_eq!((0..300).filter(told).count(), 3);
    }

    #[test]
    fn a_seat_is_found_by_its_participant_and_its_secret_together() {
        let seats = Arc::new(Seats::default());
        let [one, two] = [7, 8].map(|participant| seats.take(who(participant)).expect("a seat"));
        assert!(seats.find(&claim(7, one.secret())).is_some());
        assert!(seats.find(&claim(8, one.secret())).is_none(), "another's");
        assert!(seats.find(&claim(7, two.secret())).is_none());
        let mut forged = URL_SAFE_NO_PAD.decode(one.secret()).expect("base64");
        for place in NAME..NAME + PROOF {
            forged[place] ^= 1;
            assert!(seats.find(&claim(7, &URL_SAFE_NO_PAD.encode(&forged))).is_none(), "{place}");
            forged[place] ^= 1;
        }
        for cut in 0..one.secret().len() {
            assert!(seats.find(&claim(7, &one.secret()[..cut])).is_none(), "{cut}");
        }
        assert!(seats.find(&claim(7, &format!("{}AAAA", one.secret()))).is_none(), "longer");
        assert!(!format!("{one:?}").contains(one.secret()));
        let secret = one.secret().to_owned();
        drop(one);
        assert!(seats.find(&claim(7, &secret)).is_none(), "given up");
        assert_eq!(seats.count(), 1);
    }
}
