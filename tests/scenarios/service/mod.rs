//! Meetings of other services, as far as what they document goes: each answers calls, enforces its
//! contract, keeps what came, and fails the scenario where the bridge breaks it.
//!
//! - `line`: the telephone line of a stand-in: SIP over UDP, G.711, keys as RTP events. `menu`: a
//!   menu by voice, its lobby and its meeting.
//! - `sim_zoom_crc`, `sim_webex`, `sim_mra`, `sim_teams_conf`: the services.
//! - `registrar`: the bridge as a registered endpoint, and addresses for one call.
//! - `demo`: everybody in one conference. `journey`: a conference that is connected with each. `misbehave`: what goes wrong.

mod demo;
mod journey;
mod line;
mod menu;
mod misbehave;
mod registrar;
mod sim_mra;
mod sim_teams_conf;
mod sim_webex;
mod sim_zoom_crc;
