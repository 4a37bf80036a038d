//! What telephones send, and how that which they hear is judged.

mod correlation;
mod intelligibility;
mod recognise;
mod speech;
mod tone;
mod wave;

pub(crate) use intelligibility::intelligibility;
pub(crate) use recognise::{prompts, recognise};
pub(crate) use speech::speech;
pub(crate) use tone::{keys, level_db, silence, tone};
pub(crate) use wave::Wave;
