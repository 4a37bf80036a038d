//! Prompt packs: the sound of what the bridge can say, in Chinese and in English.
//!
//! A pack is a folder of WAV files, `<language>/<prompt>.wav`, named as [`Prompt::file`] says
//! (`zh-CN/welcome.wav`). The default pack is part of the program: `deploy/prompt` has its text,
//! its sound and the script between the two. A pack of one's own need not be whole: what is
//! missing is taken from the default pack, and said.

mod pack;
mod wav;

pub use pack::{Pack, PackError, PackFault, PackWarning};
pub use wav::{MAX_FILE_BYTES, MAX_SECONDS, WavError, read_wav};

#[cfg(doc)]
use causeway_plan::Prompt;
