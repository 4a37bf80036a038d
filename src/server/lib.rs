//! Assembly: configuration, directory, actors, load generator.
//!
//! * [`api`]: the HTTP API. * [`metrics`]: what counts, for Prometheus.
//! * [`config`]: `causeway.toml` -> [`Config`].
//! * [`serve`](mod@serve): the commands `serve` and `check`.
//! * [`bridge`]: [`Bridge`], everything that runs: adapters, engine, conferences, and how it stops.
//!   `h323`: what the adapter of H.323 is told.
//! * [`link_command`]: the command `link`. * [`dial_command`]: the commands `dial explain` and `dial parse`; `explanation`: what it says, as JSON.
//! * `room_address`: addresses that are issued for one call into a meeting.
//! * `router`: each event to the actor that owns its leg, each new call to where the dial plan
//!   says. `front_desk`: who may go where, in which role. `calling_out`: calls that we make.
//! * `actor`: who owns legs: conferences and the reception. `outlet`: where their orders go.
//! * `device`: what devices are like. [`profile_command`]: the command `profile`.
//! * `personal_code`: codes by which a telephone joins a browser.
//! * `sweep`: what is done from time to time.
//! * [`directory`]: who is where. [`live`]: what the outside may do with running conferences;
//!   [`view`]: what it sees.
//! * [`record`]: what is kept of a call; `journal` writes it down. `measure`: what the figures of
//!   a test call mean.
//! * [`meeting`]: what can be dialled into, and what it asks. * [`store`]: what outlives a restart.
//! * `web`: the page by which browsers join. * [`mod@link`]: what lets a browser into a meeting. * [`invite`]: what is sent to people. `booking`: what stands on the screens of rooms.
//! * [`tls`]: who we are under TLS. * [`mod@direct_routing`]: who we are to Microsoft Teams. * [`acme`]: a certificate from an authority.
//! * [`greeting`]: what a person reads at the start.
//! * [`init`](mod@init): the command `init`. * [`seal`](mod@seal): the command `seal`.
//! * [`ports`]: every port, for firewalls; proved from inside. * [`say`]: both languages, or one.
//! * [`logging`]: the log. * `look`: what a participant sees.
//! * [`load`]: many calls to any SIP address, and what each of them hears.

pub mod acme;
mod actor;
pub mod api;
mod booking;
pub mod bridge;
mod calling_out;
pub mod config;
mod device;
pub mod dial_command;
pub mod direct_routing;
pub mod directory;
mod explanation;
mod front_desk;
pub mod greeting;
mod h323;
pub mod init;
mod instance;
pub mod invite;
mod journal;
pub mod link;
pub mod link_command;
pub mod live;
pub mod load;
pub mod logging;
mod look;
mod measure;
pub mod meeting;
pub mod metrics;
mod outlet;
mod personal_code;
pub mod ports;
pub mod profile_command;
pub mod record;
mod refusal;
mod room_address;
mod router;
pub mod say;
pub mod seal;
pub mod serve;
pub mod store;
mod sweep;
#[cfg(test)]
mod tests;
pub mod tls;
pub mod view;
pub mod web;

pub use actor::task::News;
pub use bridge::{Bridge, StartError};
pub use causeway_engine::decode_if_asked;
pub use config::Config;
pub use dial_command::dial;
pub use directory::Directory;
pub use init::init;
pub use link_command::link;
pub use live::{Live, LiveError};
pub use ports::check_ports;
pub use profile_command::profile;
pub use seal::seal;
pub use serve::{check, serve};
