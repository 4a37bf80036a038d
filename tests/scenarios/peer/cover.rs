//! What protects the packets of a room: nothing, or H.235.6.

use causeway_plan::{H235Way, MediaProtection};
use causeway_rtp::h235::MAX_H235_OVERHEAD;
use causeway_rtp::{H235Receiver, H235Sender};

#[derive(Debug, Default)]
pub(crate) struct Cover {
    out: Way<H235Sender>,
    back: Way<H235Receiver>,
}

#[derive(Debug, Default)]
enum Way<Context> {
    #[default]
    Clear,
    Keyed(Context),
    /// Encrypted by a key that is not there.
    Shut,
}

impl Cover {
    /// Takes what is agreed now; what is agreed already changes nothing.
    pub(crate) fn agree(&mut self, protection: MediaProtection) {
        let (send, receive) = match protection {
            MediaProtection::Clear => (H235Way::Clear, H235Way::Clear),
            MediaProtection::H235(spec) => (spec.send, spec.receive),
            MediaProtection::Srtp(_) => panic!("rooms of H.323 have no SRTP"),
        };
        match (&mut self.out, send) {
            (Way::Keyed(sender), H235Way::Keyed(key)) => {
                sender.rekey(&key);
            }
            (out, way) => *out = Way::new(way, |key| H235Sender::new(&key)),
        }
        match (&mut self.back, receive) {
            (Way::Keyed(receiver), H235Way::Keyed(key)) => receiver.rekey(&key),
            (back, way) => *back = Way::new(way, |key| H235Receiver::new(&key)),
        }
    }

    /// Protects a packet; `false` where it must not leave.
    pub(crate) fn protect(&self, packet: &mut Vec<u8>) -> bool {
        match &self.out {
            Way::Clear => true,
            Way::Keyed(sender) => {
                let len = packet.len();
                packet.resize(len + MAX_H235_OVERHEAD, 0);
                let protected = sender.protect_rtp(packet, len).expect("a packet of our own");
                packet.truncate(protected);
                true
            }
            Way::Shut => false,
        }
    }

    /// Opens a packet; `false` where it does not open.
    pub(crate) fn open(&self, packet: &mut Vec<u8>) -> bool {
        match &self.back {
            Way::Clear => true,
            Way::Keyed(receiver) => match receiver.open_rtp(packet) {
                Ok(len) => {
                    packet.truncate(len);
                    true
                }
                Err(_) => false,
            },
            Way::Shut => false,
        }
    }
}

impl<Context> Way<Context> {
    fn new(way: H235Way, make: impl FnOnce(causeway_plan::H235Key) -> Context) -> Self {
        match way {
            H235Way::Clear => Way::Clear,
            H235Way::Awaited => Way::Shut,
            H235Way::Keyed(key) => Way::Keyed(make(key)),
        }
    }
}
