//! Music that several legs hear at once: like a radio station it plays on, whoever listens, and is
//! encoded once for each kind of encoder. A lobby of fifty then costs little more than one leg.

use crate::encode::{EncodeKey, EncodeStream};
use crate::play::Play;
use causeway_media::audio::FRAME;

/// One looping clip.
#[derive(Debug)]
pub(crate) struct Station {
    play: Play,
    streams: Vec<Stream>,
    /// Somebody heard it in this quantum.
    listened: bool,
}

#[derive(Debug)]
struct Stream {
    encoder: EncodeStream,
    wanted: bool,
}

impl Station {
    /// Goes on from where a leg's own playing is, so that this leg hears no difference.
    pub(crate) fn new(play: Play) -> Self {
        Self { play, streams: Vec::new(), listened: true }
    }

    pub(crate) fn play(&self) -> &Play {
        &self.play
    }

    /// Keeps it going for a leg that comes in with the next quantum.
    pub(crate) fn keep(&mut self) {
        self.listened = true;
    }

    /// Has this quantum encoded for a listener. False where the codec's library refuses.
    pub(crate) fn listen(&mut self, key: EncodeKey) -> bool {
        self.listened = true;
        if let Some(stream) = self.streams.iter_mut().find(|stream| stream.encoder.key() == key) {
            stream.wanted = true;
            return true;
        }
        let Some(encoder) = EncodeStream::new(key) else { return false };
        self.streams.push(Stream { encoder, wanted: true });
        true
    }

    /// Whether anybody heard it in the last quantum. Nobody: it ends.
    pub(crate) fn take_listened(&mut self) -> bool {
        std::mem::take(&mut self.listened)
    }

    /// Plays and encodes one quantum.
    pub(crate) fn run(&mut self) {
        let mut pcm = [0.0; FRAME];
        self.play.read(&mut pcm);
        self.streams.retain(|stream| stream.wanted);
        for stream in &mut self.streams {
            stream.wanted = false;
            stream.encoder.encode(&pcm);
        }
    }

    /// This quantum's packets for one kind of listener.
    pub(crate) fn packets(&self, key: EncodeKey) -> Option<&EncodeStream> {
        self.streams.iter().map(|stream| &stream.encoder).find(|encoder| encoder.key() == key)
    }
}
