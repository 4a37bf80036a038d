//! Seats of pages: a page whose connection broke takes its own back, and nobody else's.

use super::wire::Wire;
use crate::store::{StoreError, random};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use causeway_adapter::webrtc::message;
use causeway_base::Lang;
use dashmap::DashMap;
use std::fmt;
use std::sync::Arc;
use subtle::ConstantTimeEq;
use tokio::sync::mpsc;

/// Connections that may wait for a seat: the last one that proved to be its holder's counts.
const MAX_WAITING: usize = 4;

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
    participant: u64,
    proof: Proof,
    door: mpsc::Sender<Return>,
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
    pub(crate) fn take(self: &Arc<Self>, participant: u64) -> Result<Seat, StoreError> {
        let (name, proof) = (random::bytes::<NAME>()?, random::bytes::<PROOF>()?);
        let secret = Secret(URL_SAFE_NO_PAD.encode([&name[..], &proof[..]].concat()));
        let (door, returns) = mpsc::channel(MAX_WAITING);
        self.held.insert(name, Held { participant, proof: Proof(proof), door });
        Ok(Seat { seats: Arc::clone(self), name, secret, returns })
    }

    /// Where a page goes that says to have a seat. `None` where there is none, or another's.
    pub(crate) fn find(&self, claim: &message::Seat) -> Option<mpsc::Sender<Return>> {
        let bytes = URL_SAFE_NO_PAD.decode(&claim.secret).ok()?;
        let (name, proof) = bytes.split_first_chunk::<NAME>()?;
        let held = self.held.get(name)?;
        let fits = held.proof.0.ct_eq(proof) & held.participant.ct_eq(&claim.participant);
        bool::from(fits).then(|| held.door.clone())
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

    fn claim(participant: u64, secret: &str) -> message::Seat {
        message::Seat { participant, secret: secret.to_owned() }
    }

    #[test]
    fn a_seat_is_found_by_its_participant_and_its_secret_together() {
        let seats = Arc::new(Seats::default());
        let [one, two] = [7, 8].map(|participant| seats.take(participant).expect("a seat"));
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
