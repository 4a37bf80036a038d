//! What telephones send, and how that which they hear is judged.

mod intelligibility;
mod speech;
mod tone;
mod wave;

pub(crate) use intelligibility::intelligibility;
pub(crate) use speech::speech;
pub(crate) use tone::{level_db, tone};
pub(crate) use wave::Wave;
