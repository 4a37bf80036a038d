//! Reliable provisional responses as callee (RFC 3262 section 3).

use crate::sip::limits::MAX_PROVISIONALS;
use crate::sip::timer::{Backoff, T1_64, UNCAPPED};
use crate::sip::words::Flow;
use bytes::Bytes;
use std::collections::VecDeque;
use std::time::Instant;

/// What the caller said of 100rel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rel {
    Unknown,
    Supported,
    Required,
}

/// A response that waits for its turn.
#[derive(Debug)]
pub(crate) struct Queued {
    pub(crate) status: u16,
    pub(crate) sdp: Option<Bytes>,
}

/// One response at a time waits for its PRACK; the others queue behind it.
#[derive(Debug)]
pub(crate) struct Reliable {
    rseq: u32,
    waiting: Option<Waiting>,
    queue: VecDeque<Queued>,
}

#[derive(Debug)]
struct Waiting {
    flow: Flow,
    bytes: Bytes,
    has_sdp: bool,
    backoff: Backoff,
    until: Instant,
}

/// What a passed deadline asks for.
#[derive(Debug)]
pub(crate) enum Due {
    Nothing,
    Retransmit(Flow, Bytes),
    /// No PRACK came within 64 * T1.
    GiveUp,
}

impl Reliable {
    /// Responses are numbered from a random number on.
    pub(crate) fn new(first: u32) -> Self {
        Self { rseq: first, waiting: None, queue: VecDeque::new() }
    }

    /// Queues a response; dropped where too many wait.
    pub(crate) fn push(&mut self, status: u16, sdp: Option<Bytes>) {
        if self.queue.len() < MAX_PROVISIONALS {
            self.queue.push_back(Queued { status, sdp });
        }
    }

    /// The next response to send with its RSeq, if none waits.
    pub(crate) fn next(&mut self) -> Option<(Queued, u32)> {
        if self.waiting.is_some() {
            return None;
        }
        let next = self.queue.pop_front()?;
        self.rseq += 1;
        Some((next, self.rseq))
    }

    /// It was sent.
    pub(crate) fn sent(&mut self, now: Instant, flow: Flow, bytes: Bytes, has_sdp: bool) {
        let backoff = Backoff::start(now, UNCAPPED);
        self.waiting = Some(Waiting { flow, bytes, has_sdp, backoff, until: now + T1_64 });
    }

    /// A PRACK came. Says whether it fits.
    pub(crate) fn acknowledge(&mut self, rseq: u32) -> bool {
        let fits = self.waiting.is_some() && rseq == self.rseq;
        if fits {
            self.waiting = None;
        }
        fits
    }

    /// A 2xx must wait: the answer is in a response that is not acknowledged (section 3).
    pub(crate) fn holds_answer(&self) -> bool {
        self.waiting.as_ref().is_some_and(|w| w.has_sdp)
            || self.queue.iter().any(|queued| queued.sdp.is_some())
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.waiting.as_ref().map(|w| w.backoff.at().min(w.until))
    }

    pub(crate) fn timeout(&mut self, now: Instant) -> Due {
        let Some(waiting) = &mut self.waiting else { return Due::Nothing };
        if now >= waiting.until {
            self.waiting = None;
            return Due::GiveUp;
        }
        if waiting.backoff.fire(now) {
            return Due::Retransmit(waiting.flow, waiting.bytes.clone());
        }
        Due::Nothing
    }
}
