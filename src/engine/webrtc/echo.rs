//! What comes by a data channel goes back by it: the test before joining. Bounded in length, in
//! number and in rate; what is beyond is lost, as the test's own channel allows.

use std::collections::VecDeque;
use std::time::{Duration, Instant};
use str0m::Rtc;
use str0m::channel::{ChannelData, ChannelId};

/// The longest message. The test's are as long as a packet of speech.
const MAX_MESSAGE: usize = 1_200;

/// Messages that wait for the end of one datagram's work.
const MAX_WAITING: usize = 32;

/// Messages of one second: four times the test's.
const MAX_PER_SECOND: u32 = 200;

/// The echo of one session.
#[derive(Debug, Default)]
pub(super) struct Echo {
    waiting: VecDeque<(ChannelId, bool, Vec<u8>)>,
    /// The second that is counted, and its messages.
    since: Option<Instant>,
    count: u32,
}

impl Echo {
    /// Keeps a message to be sent back.
    pub(super) fn take(&mut self, now: Instant, message: ChannelData) {
        let old = |since: Instant| now.saturating_duration_since(since) >= Duration::from_secs(1);
        if self.since.is_none_or(old) {
            self.since = Some(now);
            self.count = 0;
        }
        let fits = message.data.len() <= MAX_MESSAGE && self.waiting.len() < MAX_WAITING;
        if fits && self.count < MAX_PER_SECOND {
            self.count += 1;
            self.waiting.push_back((message.id, message.binary, message.data));
        }
    }

    /// Sends the next one back. False where none waits.
    pub(super) fn give(&mut self, rtc: &mut Rtc) -> bool {
        let Some((channel, binary, data)) = self.waiting.pop_front() else { return false };
        if let Some(mut channel) = rtc.channel(channel) {
            // A channel that takes no more loses it.
            let _ = channel.write(binary, &data);
        }
        true
    }
}
