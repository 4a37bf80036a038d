//! H.245: made by `generate/`, not by hand. The recommendation says what each type is for.

#![allow(missing_docs, reason = "the recommendation has them")]
#![allow(unused_imports, reason = "each part takes all names")]

mod audio;
mod capability;
mod channel;
mod command;
mod conference;
mod data;
mod indication;
mod message;
mod mode;
mod video;

pub use audio::*;
pub use capability::*;
pub use channel::*;
pub use command::*;
pub use conference::*;
pub use data::*;
pub use indication::*;
pub use message::*;
pub use mode::*;
pub use video::*;
