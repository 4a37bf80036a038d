//! How many streams of events are open, in all and for each token.

use super::resource::TokenId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Streams at a time: consoles and web pages of one node.
pub(super) const MAX_STREAMS: usize = 256;

/// Those of one token: some pages and programs of one person, so that nobody takes all.
pub(super) const MAX_STREAMS_PER_TOKEN: usize = 16;

/// The streams that are open, by their token.
#[derive(Clone, Debug, Default)]
pub(super) struct StreamSeats(Arc<Mutex<HashMap<TokenId, usize>>>);

/// One open stream. Dropping it frees the seat.
#[derive(Debug)]
pub(super) struct Seat {
    seats: StreamSeats,
    token: TokenId,
}

impl StreamSeats {
    /// A seat for a stream of this token; `None` when too many are open.
    pub(super) fn take(&self, token: &TokenId) -> Option<Seat> {
        let mut open = self.lock();
        if open.values().sum::<usize>() >= MAX_STREAMS {
            return None;
        }
        let count = open.entry(token.clone()).or_default();
        if *count >= MAX_STREAMS_PER_TOKEN {
            return None;
        }
        *count += 1;
        drop(open);
        Some(Seat { seats: self.clone(), token: token.clone() })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TokenId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.seats.lock();
        if let Some(count) = open.get_mut(&self.token) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.token);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_token_cannot_take_the_streams_of_all() {
        let seats = StreamSeats::default();
        let token = |number: usize| format!("t-{number}").parse::<TokenId>().expect("an id");
        let mut open = Vec::new();
        for _ in 0..MAX_STREAMS_PER_TOKEN {
            open.push(seats.take(&token(0)).expect("within its bound"));
        }
        assert!(seats.take(&token(0)).is_none());
        let others = MAX_STREAMS - MAX_STREAMS_PER_TOKEN;
        for number in 1..=others {
            open.push(seats.take(&token(number)).expect("others still come"));
        }
        assert!(seats.take(&token(9999)).is_none(), "the node has a bound too");
        open.truncate(1);
        assert!(seats.take(&token(9999)).is_some());
        drop(open);
        assert!(seats.lock().is_empty(), "nothing is kept of streams that are closed");
    }
}
