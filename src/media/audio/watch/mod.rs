//! What is wrong with a leg's sound: nothing comes, or what it was sent comes back. And what a
//! caller of a voice menu hears of it.
//!
//! Only levels are looked at, which are known without decoding.

mod cue;
mod echo;
mod silence;

pub use cue::CueWatch;
pub use echo::EchoWatch;
pub use silence::SilenceWatch;

use super::level::Level;
use causeway_plan::Sound;

/// The milliseconds of one level.
pub const QUANTUM_MS: u32 = 20;

/// Watches one leg that may be heard.
#[derive(Debug, Default)]
pub struct SoundWatch {
    silence: SilenceWatch,
    echo: EchoWatch,
    told: Sound,
}

/// 20 ms of a leg.
#[derive(Clone, Copy, Debug)]
pub struct Heard {
    /// How loud what it was sent is.
    pub sent: Level,
    /// How loud what came from it is.
    pub came: Level,
    /// What came stands out of the leg's own noise:
    /// [`Activity::is_sounding`](super::level::Activity::is_sounding).
    pub sounding: bool,
}

impl SoundWatch {
    /// Takes the next 20 ms. `Some` where the sound is like something else than before.
    pub fn take(&mut self, heard: Heard) -> Option<Sound> {
        let silent = self.silence.take(heard.sounding);
        let echoing = self.echo.take(heard.sent, heard.came);
        self.tell(match (silent, echoing) {
            (true, _) => Sound::Silent,
            (false, true) => Sound::Echoing,
            (false, false) => Sound::Fine,
        })
    }

    /// The leg may not be heard, or sends nothing to hear: nothing is known of it. That its
    /// microphone works stays known.
    pub fn rest(&mut self) -> Option<Sound> {
        self.silence.rest();
        self.echo.forget();
        self.tell(Sound::Fine)
    }

    fn tell(&mut self, sound: Sound) -> Option<Sound> {
        (std::mem::replace(&mut self.told, sound) != sound).then_some(sound)
    }
}
