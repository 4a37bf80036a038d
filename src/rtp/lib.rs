//! Sans-IO media transport for the RTP stream of one leg. A received packet passes these in
//! order, and none of them allocates in steady state:
//!
//! * [`source_guard`]: whose packets are taken, and where ours may go.
//! * [`srtp`]: SRTP and SRTCP, opened and protected in place.
//! * [`h235`]: the payloads of H.323's own encryption, in place.
//! * [`report`]: what RTCP tells of loss, jitter and round trip, and when it is due.
//! * [`telephone_event`]: digits as RTP events, both ways.
//! * [`jitter`]: packets in order at the playout tick, no later than the network makes them.
//! * [`sender`]: the sequence numbers and timestamps of what we send.
//! * [`bandwidth`]: what a receiver can take, and which size of picture that is enough for.
//! * [`video`]: frames, and what it takes to get and to send them whole.

pub mod bandwidth;
#[doc(hidden)]
pub mod fuzz;
pub mod h235;
pub mod jitter;
pub mod report;
pub mod sender;
pub mod source_guard;
pub mod srtp;
pub mod telephone_event;
pub mod video;

pub use h235::{H235Error, H235Receiver, H235Sender};
pub use jitter::{Arrival, Inserted, JitterBuffer, Packet, Pull};
pub use sender::{Numbering, RtpSender};
pub use source_guard::{SourceGuard, Verdict};
pub use srtp::{SrtpError, SrtpReceiver, SrtpSender};
