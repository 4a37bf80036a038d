//! Whether one direction of a leg is in the clear, under SRTP or under H.235.6. Never guessed: a key
//! that does not fit its suite, or is not there yet, silences the direction instead of opening it.

use causeway_plan::{H235Key, H235Spec, H235Way, MediaProtection, SrtpKey, SrtpSpec, SrtpSuite};
use causeway_rtp::{H235Receiver, H235Sender, SrtpReceiver, SrtpSender};
use std::fmt;

/// One direction's context.
#[derive(Debug)]
pub(crate) enum Protection<C: Context> {
    /// RTP as it is.
    Clear,
    /// SRTP.
    Srtp(Box<C>),
    /// H.235.6: payloads only, and nothing is proven by it.
    H235(Box<C::H235>),
    /// H.235.6 was agreed, and its key is not there yet: nothing but RTCP passes.
    Awaited,
    /// SRTP was agreed, but its key does not fit: nothing passes.
    Broken,
}

/// An SRTP context for either direction, and its sibling of H.235.6.
pub(crate) trait Context: Sized {
    type H235: fmt::Debug;

    /// The keys of this direction.
    fn srtp_key(spec: &SrtpSpec) -> &SrtpKey;
    fn h235_way(spec: &H235Spec) -> H235Way;

    fn make(suite: SrtpSuite, key: &SrtpKey) -> Option<Self>;
    fn take_key(&mut self, suite: SrtpSuite, key: &SrtpKey) -> bool;
    fn make_h235(key: &H235Key) -> Self::H235;

    /// `false`: what waits to be sent was meant for a key that is no more.
    fn take_h235_key(context: &mut Self::H235, key: &H235Key) -> bool;
}

impl Context for SrtpSender {
    type H235 = H235Sender;

    fn srtp_key(spec: &SrtpSpec) -> &SrtpKey {
        &spec.send
    }

    fn h235_way(spec: &H235Spec) -> H235Way {
        spec.send
    }

    fn make(suite: SrtpSuite, key: &SrtpKey) -> Option<Self> {
        Self::new(suite, key)
    }

    fn take_key(&mut self, suite: SrtpSuite, key: &SrtpKey) -> bool {
        self.rekey(suite, key)
    }

    fn make_h235(key: &H235Key) -> H235Sender {
        H235Sender::new(key)
    }

    fn take_h235_key(context: &mut H235Sender, key: &H235Key) -> bool {
        context.rekey(key)
    }
}

impl Context for SrtpReceiver {
    type H235 = H235Receiver;

    fn srtp_key(spec: &SrtpSpec) -> &SrtpKey {
        &spec.receive
    }

    fn h235_way(spec: &H235Spec) -> H235Way {
        spec.receive
    }

    fn make(suite: SrtpSuite, key: &SrtpKey) -> Option<Self> {
        Self::new(suite, key)
    }

    fn take_key(&mut self, suite: SrtpSuite, key: &SrtpKey) -> bool {
        self.rekey(suite, key)
    }

    fn make_h235(key: &H235Key) -> H235Receiver {
        H235Receiver::new(key)
    }

    fn take_h235_key(context: &mut H235Receiver, key: &H235Key) -> bool {
        context.rekey(key);
        true
    }
}

impl<C: Context> Protection<C> {
    /// Takes what was agreed. The same key keeps its indices. `false`: what waits to be sent was
    /// meant for another protection, under which alone its receiver would take it.
    pub(crate) fn agree(&mut self, agreed: &MediaProtection) -> bool {
        match agreed {
            MediaProtection::Clear => self.agree_h235(H235Way::Clear),
            MediaProtection::Srtp(spec) => {
                self.agree_srtp(spec.suite, C::srtp_key(spec));
                true
            }
            MediaProtection::H235(spec) => self.agree_h235(C::h235_way(spec)),
        }
    }

    fn agree_srtp(&mut self, suite: SrtpSuite, key: &SrtpKey) {
        if let Protection::Srtp(context) = self {
            if !context.take_key(suite, key) {
                *self = Protection::Broken;
            }
            return;
        }
        *self = C::make(suite, key)
            .map_or(Protection::Broken, |context| Protection::Srtp(Box::new(context)));
    }

    fn agree_h235(&mut self, way: H235Way) -> bool {
        *self = match (&mut *self, way) {
            (Protection::H235(context), H235Way::Keyed(key)) => {
                return C::take_h235_key(context, &key);
            }
            (Protection::Clear, H235Way::Clear) | (Protection::Awaited, H235Way::Awaited) => {
                return true;
            }
            (_, H235Way::Keyed(key)) => Protection::H235(Box::new(C::make_h235(&key))),
            (_, H235Way::Clear) => Protection::Clear,
            (_, H235Way::Awaited) => Protection::Awaited,
        };
        false
    }
}

impl<C: Context> Protection<C> {
    /// The length after a step that SRTP alone makes: H.235.6 leaves RTCP as it is. `None` where it
    /// fails.
    fn after_rtcp<E>(
        &mut self,
        len: usize,
        step: impl FnOnce(&mut C) -> Result<usize, E>,
    ) -> Option<usize> {
        match self {
            Protection::Clear | Protection::H235(_) | Protection::Awaited => Some(len),
            Protection::Srtp(context) => step(context).ok(),
            Protection::Broken => None,
        }
    }

    /// Whether what passes is under SRTP.
    pub(crate) const fn is_srtp(&self) -> bool {
        matches!(self, Protection::Srtp(_))
    }
}

impl Protection<SrtpSender> {
    /// Protects the RTP packet of so many bytes at the start of `buffer`; its new length. `None`:
    /// it must not leave. Besides a key that does not fit that is only one at the end of its life:
    /// silence is better than a key stream used twice.
    pub(crate) fn protect_rtp(&mut self, buffer: &mut [u8], len: usize) -> Option<usize> {
        match self {
            Protection::Clear => Some(len),
            Protection::Srtp(srtp) => srtp.protect_rtp(buffer, len).ok(),
            Protection::H235(h235) => h235.protect_rtp(buffer, len).ok(),
            Protection::Awaited | Protection::Broken => None,
        }
    }

    /// The same for RTCP.
    pub(crate) fn protect_rtcp(&mut self, buffer: &mut [u8], len: usize) -> Option<usize> {
        self.after_rtcp(len, |srtp| srtp.protect_rtcp(buffer, len))
    }
}

impl Protection<SrtpReceiver> {
    /// Opens an RTP packet in place; its new length. `None` for one that is not authentic, or does
    /// not open.
    pub(crate) fn open_rtp(&mut self, datagram: &mut [u8]) -> Option<usize> {
        match self {
            Protection::Clear => Some(datagram.len()),
            Protection::Srtp(srtp) => srtp.unprotect_rtp(datagram).ok(),
            Protection::H235(h235) => h235.open_rtp(datagram).ok(),
            Protection::Awaited | Protection::Broken => None,
        }
    }

    /// The same for RTCP.
    pub(crate) fn open_rtcp(&mut self, datagram: &mut [u8]) -> Option<usize> {
        self.after_rtcp(datagram.len(), |srtp| srtp.unprotect_rtcp(datagram))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_does_not_fit_silences_and_never_opens() {
        let short = SrtpKey::new(SrtpSuite::AeadAes128Gcm, &[7; 28]).expect("28 bytes");
        let srtp = |suite| MediaProtection::Srtp(SrtpSpec { suite, send: short, receive: short });
        let mut protection = Protection::<SrtpSender>::Clear;
        protection.agree(&srtp(SrtpSuite::AeadAes256Gcm));
        assert!(matches!(protection, Protection::Broken));
        protection.agree(&srtp(SrtpSuite::AeadAes128Gcm));
        assert!(matches!(protection, Protection::Srtp(_)));
        protection.agree(&srtp(SrtpSuite::AeadAes256Gcm));
        assert!(matches!(protection, Protection::Broken));
        protection.agree(&MediaProtection::Clear);
        assert!(matches!(protection, Protection::Clear));
    }

    #[test]
    fn each_direction_of_h235_has_a_key_of_its_own_or_none() {
        let (mut out, mut back) =
            (Protection::<SrtpSender>::Clear, Protection::<SrtpReceiver>::Clear);
        let ours = MediaProtection::of_h235(keyed(1, 120), keyed(2, 121));
        let theirs = MediaProtection::of_h235(keyed(2, 121), keyed(1, 120));
        out.agree(&ours);
        back.agree(&theirs);
        assert!(!out.is_srtp() && !back.is_srtp(), "it proves nothing");
        let mut packet = [7; 12 + 20 + 20];
        packet[0] = 0x80;
        packet[1] = 120;
        let sent = packet;
        let len = out.protect_rtp(&mut packet, 32).expect("protected");
        assert_eq!((len, packet[12..32] != sent[12..32]), (44, true));
        assert_eq!(back.open_rtp(&mut packet[..len]), Some(32));
        assert_eq!(packet[..32], sent[..32]);
        assert_eq!(out.protect_rtcp(&mut packet, 32), Some(32), "in the clear");
        // What cannot have been protected does not pass, and one direction may be in the clear.
        assert_eq!(back.open_rtp(&mut packet[..20]), None);
        back.agree(&MediaProtection::of_h235(keyed(2, 121), H235Way::Clear));
        assert_eq!(back.open_rtp(&mut packet[..20]), Some(20));
    }

    fn keyed(byte: u8, payload_type: u8) -> H235Way {
        H235Way::Keyed(H235Key { key: [byte; 16], payload_type })
    }

    #[test]
    fn a_direction_whose_key_is_awaited_lets_nothing_but_rtcp_through() {
        let (mut out, mut back) =
            (Protection::<SrtpSender>::Clear, Protection::<SrtpReceiver>::Clear);
        let one_way = MediaProtection::of_h235(H235Way::Awaited, keyed(2, 121));
        for agreed in [one_way, MediaProtection::of_h235(keyed(2, 121), H235Way::Awaited)] {
            out.agree(&agreed);
            back.agree(&agreed);
            let mut packet = [7; 12 + 32 + 16];
            packet[0] = 0x80;
            packet[1] = 121;
            let sends = agreed != one_way;
            assert_eq!(out.protect_rtp(&mut packet, 44).is_some(), sends);
            assert_eq!(back.open_rtp(&mut packet[..44]).is_some(), !sends);
            assert_eq!(out.protect_rtcp(&mut packet, 44), Some(44));
            assert_eq!(back.open_rtcp(&mut packet[..44]), Some(44));
        }
    }

    #[test]
    fn what_waits_leaves_only_under_the_protection_that_it_was_meant_for() {
        let sends = |send| MediaProtection::of_h235(send, H235Way::Clear);
        let mut out = Protection::<SrtpSender>::Clear;
        for (agreed, goes_on) in [
            (H235Way::Clear, true),
            (keyed(1, 120), false),
            (keyed(1, 120), true),
            (keyed(2, 121), true),
            (keyed(3, 121), false),
            (H235Way::Awaited, false),
            (H235Way::Awaited, true),
            (H235Way::Clear, false),
        ] {
            assert_eq!(out.agree(&sends(agreed)), goes_on, "{agreed:?}");
        }
    }
}
