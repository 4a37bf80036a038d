//! Addresses that are issued for one call into a meeting: another service, which cannot be asked for
//! a PIN, is told to call it. It is in memory alone, like the call that it is for.

use crate::store::{StoreError, random};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Digits of an address: more than of conference numbers and personal codes, and so many that
/// nobody finds one of a thousand by calling: it leads past the PIN. As many as E.164 lets H.323
/// dial.
const DIGITS: u32 = 12;

/// Addresses that wait for their call: far more than there are meetings that begin at once.
const MAX_WAITING: usize = 1_000;

/// Of one meeting: what a host could invite by hand.
const MAX_OF_MEETING: usize = 20;

/// How often one is drawn before it is given up.
const TRIES: usize = 4;

/// How long an address waits where nobody says, and at most, in minutes: who is called rings for a
/// minute, and a meeting may be prepared a day before.
pub(crate) const MINUTES: u16 = 10;
pub(crate) const MAX_MINUTES: u16 = 24 * 60;

/// Addresses that wait for their call.
#[derive(Debug, Default)]
pub(crate) struct RoomAddresses {
    waiting: Mutex<HashMap<String, Waiting>>,
}

#[derive(Debug)]
struct Waiting {
    /// The key of the conference.
    key: Arc<str>,
    until: Timestamp,
}

/// Why none is issued.
#[derive(Debug)]
pub(crate) enum IssueError {
    /// [`MAX_WAITING`] or [`MAX_OF_MEETING`] wait.
    TooMany,
    /// The system has no randomness, or every draw was taken.
    Store(StoreError),
}

impl RoomAddresses {
    /// A new address, none that `is_taken` by a name of the bridge, and until when it waits.
    ///
    /// # Errors
    /// See [`IssueError`].
    pub(crate) fn issue(
        &self,
        now: Timestamp,
        key: &Arc<str>,
        minutes: u16,
        is_taken: impl Fn(&str) -> bool,
    ) -> Result<(String, Timestamp), IssueError> {
        let wait = SignedDuration::from_mins(i64::from(minutes.clamp(1, MAX_MINUTES)));
        let until = now.checked_add(wait).unwrap_or(now);
        for _ in 0..TRIES {
            let digits = draw().map_err(IssueError::Store)?;
            if is_taken(&digits) {
                continue;
            }
            let mut waiting = self.waiting();
            waiting.retain(|_, other| now < other.until);
            let of_meeting = waiting.values().filter(|other| other.key == *key).count();
            if waiting.len() >= MAX_WAITING || of_meeting >= MAX_OF_MEETING {
                return Err(IssueError::TooMany);
            }
            if !waiting.contains_key(&digits) {
                waiting.insert(digits.clone(), Waiting { key: Arc::clone(key), until });
                return Ok((digits, until));
            }
        }
        Err(IssueError::Store(StoreError::Conflict))
    }

    /// Where an address leads that still waits.
    pub(crate) fn find(&self, now: Timestamp, digits: &str) -> Option<Arc<str>> {
        let waiting = self.waiting();
        waiting.get(digits).filter(|it| now < it.until).map(|it| Arc::clone(&it.key))
    }

    /// The same, once: its call is here.
    pub(crate) fn take(&self, now: Timestamp, digits: &str) -> Option<Arc<str>> {
        self.waiting().remove(digits).filter(|it| now < it.until).map(|it| it.key)
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<String, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// [`DIGITS`] digits, the first not zero, which telephones use to dial out.
fn draw() -> Result<String, StoreError> {
    let first = 10_u64.pow(DIGITS - 1);
    // 64 bits over 9 * 10^11 values: no value is likelier than another by more than 10^-7.
    let drawn = u64::from_ne_bytes(random::bytes::<8>()?) % (9 * first);
    Ok((first + drawn).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(now: Timestamp, minutes: i64) -> Timestamp {
        now.checked_add(SignedDuration::from_mins(minutes)).expect("a time")
    }

    #[test]
    fn an_address_leads_in_once_and_until_its_time() {
        let (rooms, now, key) = (RoomAddresses::default(), Timestamp::now(), "board".into());
        let (one, until) = rooms.issue(now, &key, 10, |_| false).expect("an address");
        assert!(one.len() == 12 && !one.starts_with('0') && until == after(now, 10));
        assert_eq!(rooms.find(now, &one), Some(Arc::clone(&key)), "looking uses nothing up");
        assert_eq!(rooms.take(now, &one), Some(Arc::clone(&key)));
        assert_eq!((rooms.find(now, &one), rooms.take(now, &one)), (None, None));
        let (late, _) = rooms.issue(now, &key, 10, |_| false).expect("an address");
        assert_eq!(rooms.find(after(now, 10), &late), None);
        assert_eq!(rooms.take(after(now, 10), &late), None);
        assert!(matches!(rooms.issue(now, &key, 10, |_| true), Err(IssueError::Store(_))));
    }

    #[test]
    fn a_meeting_has_so_many_and_those_of_yesterday_count_no_more() {
        let (rooms, now, key) = (RoomAddresses::default(), Timestamp::now(), "board".into());
        for _ in 0..MAX_OF_MEETING {
            rooms.issue(now, &key, u16::MAX, |_| false).expect("an address");
        }
        assert!(matches!(rooms.issue(now, &key, 1, |_| false), Err(IssueError::TooMany)));
        assert!(rooms.issue(now, &"other".into(), 1, |_| false).is_ok());
        assert!(rooms.issue(after(now, 24 * 60), &key, 1, |_| false).is_ok());
    }
}
