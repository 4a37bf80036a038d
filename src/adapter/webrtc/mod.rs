//! Browsers. So far their words only: the page that speaks them is `src/server/web/client`.
//!
//! * [`message`]: what a browser and the bridge say to each other.

pub mod message;
#[cfg(test)]
mod typescript;
