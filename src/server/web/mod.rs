//! Browsers: how they come in, and what they are told.
//!
//! * `entrance`: the one way in, from a good link to a leg with a seat.
//! * `signal`: the WebSocket of a page, from its first word to its seat; `session`: one seat, to the
//!   end. `door`: what they share. `wire`: one WebSocket. `place`: how many there are.
//! * `word`: what a page says. `order`: what that means to the conference. `calls`: calls that it
//!   asked for. `seat`: seats that are taken back.
//! * `scenes`: looks at conferences; `scene`: what is seen; `shown`: what one page is told of it.
//! * `trouble`: why not.

mod calls;
mod door;
pub(crate) mod entrance;
#[doc(hidden)]
pub mod fuzz;
mod order;
pub(crate) mod peer;
mod place;
mod scene;
mod scenes;
mod seat;
mod session;
mod shown;
mod signal;
#[cfg(test)]
mod tests;
mod trouble;
mod wire;
mod word;
