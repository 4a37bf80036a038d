//! Assembly: configuration, directory, actors, load generator.
//!
//! * [`api`]: the HTTP API. * [`metrics`]: what counts, for Prometheus.
//! * [`config`]: `causeway.toml` -> [`Config`].
//! * [`serve`](mod@serve): the commands `serve` and `check`.
//! * [`bridge`]: [`Bridge`], everything that runs: adapter, engine, conferences, and how it stops.
//! * [`dial_command`]: the command `dial explain`.
//! * `router`: each event to its conference, each new call to where the dial plan says.
//! * `conference_actor`: what one conference decides, leg by leg; `call` one leg's way through
//!   it; `conference_task` the task that runs it; `outlet` where its orders go.
//! * [`directory`]: who is where. [`view`]: what the outside sees of running conferences.
//! * [`record`]: what is kept of a call.
//! * [`meeting`]: what can be dialled into, and what it asks. * [`store`]: what outlives a restart.
//! * [`tls`]: who we are under TLS.
//! * [`greeting`]: what a person reads at the start.
//! * [`logging`]: the log.
//! * [`load`]: many calls to any SIP address, and what each of them hears.

pub mod api;
pub mod bridge;
mod call;
mod conference_actor;
mod conference_task;
pub mod config;
pub mod dial_command;
pub mod directory;
pub mod greeting;
pub mod load;
pub mod logging;
pub mod meeting;
pub mod metrics;
mod outlet;
pub mod record;
mod router;
pub mod serve;
pub mod store;
#[cfg(test)]
mod tests;
pub mod tls;
pub mod view;

pub use bridge::{Bridge, StartError};
pub use conference_task::News;
pub use config::Config;
pub use dial_command::dial;
pub use directory::Directory;
pub use serve::{check, serve};
