//! What a leg's sound is like: what came from it against what it was sent, 20 ms at a time.

use crate::leg::{Leg, Link};
use crate::room::QUANTUM_MS;
use crate::worker::EventSink;
use causeway_media::audio::level::Level;
use causeway_media::audio::watch::{self, Heard};
use causeway_plan::MediaEvent;

const _: () = assert!(watch::QUANTUM_MS == QUANTUM_MS, "both count the same 20 ms");

/// Watches a leg that may be heard. `sent` is how loud what it was sent in this quantum is.
pub(crate) fn watch(leg: &mut Leg, sent: Level, sink: &mut EventSink) {
    let Some(Link { ingress, playout, sound, .. }) = &mut leg.link else { return };
    // Nothing is known of a microphone from which no packet came.
    if ingress.stats.packets() == 0 {
        return;
    }
    let (came, sounding) = (playout.level(), playout.is_sounding());
    if let Some(sound) = sound.take(Heard { sent, came, sounding }) {
        sink.send(MediaEvent::Sounded { leg: leg.id, sound });
    }
}

/// Listens to a leg as a caller of a voice menu does.
pub(crate) fn listen(leg: &mut Leg, sink: &mut EventSink) {
    let (Some(cues), Some(link)) = (&mut leg.cues, &leg.link) else { return };
    // Who sent no packet yet is not silent, but not there.
    if link.ingress.stats.packets() == 0 {
        return;
    }
    if let Some(cue) = cues.take(link.playout.level()) {
        sink.send(MediaEvent::Cued { leg: leg.id, cue });
    }
}

/// The leg may not be heard.
pub(crate) fn rest(leg: &mut Leg, sink: &mut EventSink) {
    if let Some(sound) = leg.link.as_mut().and_then(|link| link.sound.rest()) {
        sink.send(MediaEvent::Sounded { leg: leg.id, sound });
    }
}

/// The leg left its conference: the next one knows nothing of it, and is told anew.
pub(crate) fn leave(leg: &mut Leg) {
    if let Some(link) = &mut leg.link {
        link.sound.rest();
    }
}
