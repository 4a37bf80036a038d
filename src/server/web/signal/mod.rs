//! `GET <prefix>/api/v1/signal`: the WebSocket of a page, in the words of
//! [`causeway_adapter::webrtc::message`].
//!
//! * `hello`: from the first word to a seat; `session`: one seat, to the end. `door`: what they share.
//! * `wire`: one WebSocket. `place`: how many there are. `seat`: seats that are taken back.
//! * `word`: what a page says. `order`: what that means to the conference. `calls`: calls that it
//!   asked for; `callback`: how often guests are called.
//! * `scenes`: looks at conferences; `scene`: what is seen; `shown`: what one page is told of it.
//! * `look`: what a participant sees, for hosts. * `trouble`: why not.

mod callback;
mod calls;
mod door;
#[doc(hidden)]
pub mod fuzz;
mod hello;
mod invited;
mod look;
mod order;
mod place;
mod scene;
mod scenes;
mod seat;
mod session;
mod shown;
#[cfg(test)]
mod tests;
mod trouble;
mod turn;
mod wire;
mod word;

#[cfg(test)]
pub(crate) use shown::Page;

pub(crate) use door::{Door, Facts, Patience};
pub(crate) use hello::routes;
pub(crate) use trouble::of_refusal as problem;
