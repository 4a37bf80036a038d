//! What telephones send, and how that which they hear is judged.

mod correlation;
mod intelligibility;
mod recognise;
mod speech;
mod tone;
mod wave;

pub(crate) use intelligibility::intelligibility;
#[allow(unused_imports, reason = "the journeys by voice use them")]
pub(crate) use recognise::{Heard, prompts, recognise, spoken};
pub(crate) use speech::speech;
pub(crate) use tone::{level_db, tone};
pub(crate) use wave::Wave;
