//! H.323: the drivers around `causeway_proto::h323`.
//!
//! * [`ras`]: gatekeepers: ours for rooms, and the one where we are registered.

pub mod ras;
