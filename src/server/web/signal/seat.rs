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

/// Between two looks of one and the same: a page asks every two seconds.
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
    /// Through whose eyes its holder looked last, and when.
    looked: Option<(ParticipantId, Instant)>,
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
        self.held.insert(name, Held { who, proof: Proof(proof), door, looked: None });
        Ok(Seat { seats: Arc::clone(self), name, secret, returns })
    }

    /// Where a page goes that says to have a seat. `None` where there is none, or another's.
    pub(crate) fn find(&self, claim: &message::Seat) -> Option<mpsc::Sender<Return>> {
        self.proved(claim, |held| held.door.clone())
    }

    /// Who looks through somebody's eyes now, and whether that look begins; `None` as in
    /// [`Self::find`].
    pub(crate) fn looks(
        &self,
        claim: &message::Seat,
        whom: ParticipantId,
        now: Instant,
    ) -> Option<(Who, bool)> {
        self.proved(claim, |held| {
            let before = held.looked.replace((whom, now));
            let goes_on = before.is_some_and(|(before, at)| {
                before == whom && now.saturating_duration_since(at) < LOOK_GOES_ON
            });
            (held.who, !goes_on)
        })
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
        let mut look = |whom, after| {
            now += Duration::from_secs(after);
            seats.looks(&mine, ParticipantId(whom), now)
        };
        assert_eq!(look(8, 0), Some((who(7), true)));
        assert_eq!(look(8, 2), Some((who(7), false)));
        assert_eq!(look(9, 2), Some((who(7), true)));
        assert_eq!(look(9, 10), Some((who(7), true)));
        assert!(seats.looks(&claim(8, seat.secret()), ParticipantId(7), now).is_none());
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
