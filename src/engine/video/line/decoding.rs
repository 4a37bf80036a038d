//! For whom a stream is decoded.
//!
//! Who gets a stream as it is needs no decoder. It is looked at now and then all the same, for as
//! long as it takes to know whether it is black, dark or stands still: a moment where something
//! moves. A look costs its sender one full picture, of the smallest size where there are several.

use crate::video::decode::{DecodeStream, Decoders};
use causeway_base::VideoCodec;
use causeway_plan::video::Sight;
use std::time::{Duration, Instant};

/// From the end of one look to the next: who covers a lens is told within half a minute, and a
/// full picture in so long makes the others worse for nobody.
const LOOK_INTERVAL: Duration = Duration::from_secs(20);

/// A look ends after so long whatever it showed: the longest verdict takes ten seconds from the
/// first picture on, and that may have to be asked for twice.
const MAX_LOOK: Duration = Duration::from_secs(15);

/// Why a stream is decoded.
#[derive(Debug)]
enum Purpose {
    /// Nobody needs it.
    None,
    /// Somebody is shown it in a picture.
    Shown(DecodeStream),
    /// To know what it looks like.
    Look { stream: DecodeStream, since: Instant },
}

/// The decoder of a stream, while there is one.
#[derive(Debug)]
pub(super) struct Decoding {
    purpose: Purpose,
    /// What it looked like when that was known last, and when a look ended last.
    sight: Option<Sight>,
    looked: Option<Instant>,
}

impl Decoding {
    /// Somebody is shown it.
    pub(super) const fn shown(stream: DecodeStream) -> Self {
        Self { purpose: Purpose::Shown(stream), sight: None, looked: None }
    }

    /// The stream, whatever it is decoded for.
    pub(super) const fn stream(&self) -> Option<&DecodeStream> {
        match &self.purpose {
            Purpose::None => None,
            Purpose::Shown(stream) | Purpose::Look { stream, .. } => Some(stream),
        }
    }

    /// The stream that pictures show.
    pub(super) const fn in_pictures(&self) -> Option<&DecodeStream> {
        match &self.purpose {
            Purpose::Shown(stream) => Some(stream),
            Purpose::None | Purpose::Look { .. } => None,
        }
    }

    pub(super) const fn is_look(&self) -> bool {
        matches!(self.purpose, Purpose::Look { .. })
    }

    /// What it looks like, as far as is known.
    pub(super) fn sight(&self) -> Option<Sight> {
        self.stream().and_then(DecodeStream::sight).or(self.sight)
    }

    /// Somebody is shown it from now on. True where a full picture is needed for that.
    pub(super) fn show(&mut self, decoders: &Decoders, codec: VideoCodec) -> bool {
        self.purpose = match std::mem::replace(&mut self.purpose, Purpose::None) {
            shown @ Purpose::Shown(_) => shown,
            Purpose::Look { stream, .. } => Purpose::Shown(stream),
            Purpose::None => Purpose::Shown(decoders.stream(codec)),
        };
        self.stream().is_some_and(|stream| stream.picture_id().is_none())
    }

    /// Nobody is shown it any more. Where it is not known yet what it looks like, it is looked at
    /// for a while longer.
    pub(super) fn hide(&mut self, now: Instant) {
        let Purpose::Shown(stream) = std::mem::replace(&mut self.purpose, Purpose::None) else {
            return;
        };
        match stream.sight() {
            Some(sight) => (self.sight, self.looked) = (Some(sight), Some(now)),
            None => self.purpose = Purpose::Look { stream, since: now },
        }
    }

    /// How long ago it was looked at, where another look may begin: for ever, where never.
    pub(super) fn look_age(&self, now: Instant) -> Option<Duration> {
        if !matches!(self.purpose, Purpose::None) {
            return None;
        }
        let age = self.looked.map_or(Duration::MAX, |at| now.saturating_duration_since(at));
        (age >= LOOK_INTERVAL).then_some(age)
    }

    /// Begins a look, for which a full picture is needed.
    pub(super) fn look(&mut self, now: Instant, decoders: &Decoders, codec: VideoCodec) {
        if matches!(self.purpose, Purpose::None) {
            self.purpose = Purpose::Look { stream: decoders.stream(codec), since: now };
        }
    }

    /// Ends a look that showed enough, or shows nothing.
    pub(super) fn settle(&mut self, now: Instant) {
        let Purpose::Look { stream, since } = &self.purpose else { return };
        let sight = stream.sight();
        if sight.is_some() || now.saturating_duration_since(*since) >= MAX_LOOK {
            self.end_look(now);
        }
    }

    /// Ends a look.
    pub(super) fn end_look(&mut self, now: Instant) {
        self.sight = self.sight();
        (self.purpose, self.looked) = (Purpose::None, Some(now));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

    use super::*;
    use crate::video::decode::tests::program;

    #[test]
    fn a_look_ends_and_the_next_begins_some_later() {
        let decoders = Decoders::start(program(), 1).expect("a process");
        let start = Instant::now();
        let mut decoding = Decoding::shown(decoders.stream(VideoCodec::Vp8));
        assert_eq!(decoding.look_age(start), None, "somebody is shown it");
        decoding.hide(start);
        assert!(decoding.is_look() && decoding.in_pictures().is_none(), "nothing is known of it");
        decoding.settle(start + MAX_LOOK - Duration::from_millis(1));
        assert!(decoding.is_look());
        let ended = start + MAX_LOOK;
        decoding.settle(ended);
        assert!(!decoding.is_look() && decoding.stream().is_none());
        assert_eq!(decoding.look_age(ended + LOOK_INTERVAL - Duration::from_millis(1)), None);
        let due = ended + LOOK_INTERVAL;
        assert_eq!(decoding.look_age(due), Some(LOOK_INTERVAL));
        decoding.look(due, &decoders, VideoCodec::Vp8);
        assert!(decoding.is_look());
        assert!(decoding.show(&decoders, VideoCodec::Vp8), "it shows nothing yet");
        assert!(decoding.in_pictures().is_some());
    }
}
